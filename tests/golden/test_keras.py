"""What Keras computed, stepwise computes; and every such trace explains itself."""

from __future__ import annotations

import pytest

from tests.told import agrees, explains_itself, tells_itself
from tools.conformance import Fact, keras_facts

FACTS = {fact.name: fact for fact in keras_facts()}
each = pytest.mark.parametrize("fact", FACTS.values(), ids=[f"{f.name} {f.operation}" for f in FACTS.values()])


def test_has_all_the_facts() -> None:
    assert len(FACTS) == 60


@each
def test_agrees_with_keras(fact: Fact) -> None:
    agrees(fact)


@each
def test_verifies_round_trips_and_has_true_formulas(fact: Fact) -> None:
    explains_itself(fact)


@each
def test_is_told_in_every_format(fact: Fact) -> None:
    tells_itself(fact)
