"""The tutorial that this project began with: its small poolings, and its digit all the way to the softmax."""

from __future__ import annotations

import pytest

from tests.told import agrees, explains_itself, tells_itself
from tools.conformance import Fact, digit, read, tutorial_facts

FACTS = {fact.name: fact for fact in tutorial_facts()}
each = pytest.mark.parametrize("fact", FACTS.values(), ids=FACTS)


def test_uses_every_number_of_the_tutorial() -> None:
    given = {"digit", "kernel", "bias", "dense_kernel", "dense_bias"}
    known = read("seed_tf")
    digits = {f"digit, {name}" for name in known.pop("mnist").keys() - given}
    assert FACTS.keys() == known.keys() | digits


@each
def test_agrees_with_tensorflow(fact: Fact) -> None:
    agrees(fact)


@each
def test_verifies_round_trips_and_has_true_formulas(fact: Fact) -> None:
    explains_itself(fact)


@each
def test_is_told_in_every_format(fact: Fact) -> None:
    tells_itself(fact)


def test_a_share_of_the_softmax_leads_back_to_the_digit() -> None:
    layers, trace = [], digit()["softmax"]
    while "input" in trace.parents:
        layers.append(trace.layer.operation.name)
        trace = trace.parents["input"]
    layers.append(trace.layer.operation.name)
    assert layers == ["softmax", "dense", "flatten", "max_pool", "relu", "conv"]
    assert trace.inputs["input"].shape == (1, 28, 28, 1)
