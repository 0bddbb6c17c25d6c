"""What Keras, PyTorch, onnxruntime and the first tutorial's TensorFlow computed, stepwise computes and explains."""

from __future__ import annotations

import pytest

from tests.told import agrees, explains_itself, tells_itself
from tools.conformance import Fact, digit, keras_facts, onnxruntime_facts, read, torch_facts, tutorial_facts

SOURCES = {
    "keras": list(keras_facts()),
    "torch": list(torch_facts()),
    "onnxruntime": list(onnxruntime_facts()),
    "tutorial": list(tutorial_facts()),
}
FACTS = {f"{source} {fact.name}": fact for source, facts in SOURCES.items() for fact in facts}
each = pytest.mark.parametrize("fact", FACTS.values(), ids=FACTS)


def test_has_all_the_facts() -> None:
    counts = {source: len({fact.name for fact in facts}) for source, facts in SOURCES.items()}
    assert (counts["keras"], counts["torch"], counts["onnxruntime"]) == (60, 65, 30)


def test_uses_every_number_of_the_tutorial() -> None:
    given = {"digit", "kernel", "bias", "dense_kernel", "dense_bias"}
    known = read("seed_tf")
    digits = {f"digit, {name}" for name in known.pop("mnist").keys() - given}
    assert {fact.name for fact in SOURCES["tutorial"]} == known.keys() | digits


@each
def test_agrees(fact: Fact) -> None:
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
