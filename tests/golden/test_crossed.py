"""Where options meet: what Keras, PyTorch and onnxruntime gave for options crossed, we give.

Outputs, indices, and every gradient by the framework's own name of the weight; and every third of them is verified.
"""

from __future__ import annotations

import math
from collections import defaultdict
from functools import partial
from typing import Any

import numpy as np
import pytest

from stepwise.dialects import DIALECTS, keras, onnx, torch
from stepwise.errors import StepwiseError
from stepwise.traces.trace import Trace
from tools.conformance import DISPUTED, Fact, built, crossed_facts, known, packed, pair_facts

FRAMEWORKS = ("keras", "torch", "onnx")


def by_operation() -> dict[str, list[Fact]]:
    """Every fact, by where it comes from and its operation in all dimensions."""
    found = defaultdict(list)
    sources = {f"crossed {framework}": partial(crossed_facts, framework) for framework in FRAMEWORKS}
    sources |= {f"pairs {framework}": partial(pair_facts, framework) for framework in FRAMEWORKS[:2]}
    for source, facts in sources.items():
        for fact in facts():
            found[f"{source}: {family(fact.operation)}"].append(fact)
    return found


def family(operation: str) -> str:
    """The operation without its number of dimensions."""
    return "".join(letter for letter in operation if not letter.isdigit() or operation == "ReLU6")


FACTS = by_operation()


def test_there_are_all_the_facts() -> None:
    counts = {framework: len(packed(f"crossed_{framework}")["facts"]) for framework in FRAMEWORKS}
    assert counts == {"keras": 596, "torch": 848, "onnx": 625}
    assert sum(known(framework, case) for framework in FRAMEWORKS[:2] for case in packed(f"pairs_{framework}")) >= 172


@pytest.mark.parametrize("name", FACTS)
def test_agrees(name: str) -> None:
    for number, fact in enumerate(FACTS[name]):
        for got, due in fact.carry_out():
            assert np.shape(got) == due.shape, fact.name
            assert fact.agrees(got, due), f"{fact.name}: {np.asarray(got).tolist()} is not {due.tolist()}"
            if isinstance(got, Trace) and number % 3 == 0:
                got.verify()


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_what_the_framework_refuses_is_refused(framework: str) -> None:
    random = np.random.default_rng(0)
    for case in packed(f"crossed_{framework}")["facts"]:
        if "refused" in case:
            with pytest.raises(StepwiseError):
                built(framework, case)(*(random.normal(size=shape) for shape in case["shapes"]))


ALIASES = {
    "MaxPoolD", "AvgPoolD", "GlobalMaxPoolD", "GlobalAvgPoolD", "ConvolutionD", "ConvolutionDTranspose",
    "SeparableConvolutionD",
}  # fmt: skip


@pytest.mark.parametrize("dialect", FRAMEWORKS)
def test_every_operation_of_every_dialect_is_crossed(dialect: str) -> None:
    """A layer that is added without its options crossed is noticed."""
    crossed = {family(case["op"]) for case in packed(f"crossed_{dialect}")["facts"]}
    named = {family(name).removeprefix("Lazy") for name in dir(DIALECTS[dialect])}
    lacking = named - crossed - (ALIASES if dialect == "keras" else set())
    assert not lacking


def central_difference(case: dict[str, Any], index: tuple[int, ...]) -> float:
    """How much the case's sum grows with one cell of its input, by carrying it out twice more."""
    layer = built("keras", case)
    layer.give({name: np.array(value, dtype=float) for name, value in case["weights"]})
    ends = []
    for by in (1e-4, -1e-4):
        x = np.array(case["input"], dtype=float)
        x[index] += by
        ends.append(float((layer(x).output * np.array(case["grad_output"])).sum()))
    return (ends[0] - ends[1]) / 2e-4


@pytest.mark.parametrize("name", DISPUTED)
def test_of_a_disputed_gradient_ours_is_what_small_changes_show(name: str) -> None:
    """TensorFlow's own, in 64 bits, is not: it begins to slide before the data."""
    [case] = [case for case in packed("pairs_keras") if case["id"] == name]
    layer = built("keras", case)
    layer.give({weight: np.array(value, dtype=float) for weight, value in case["weights"]})
    found = layer(np.array(case["input"], dtype=float)).backward(case["grad_output"])["input"].output
    stated = np.array(case["grads"]["input"], dtype=float)
    parted = np.argwhere(~np.isclose(found, stated))[::40]
    assert len(parted) > 5
    for index in map(tuple, parted):
        assert central_difference(case, index) == pytest.approx(found[index], abs=1e-6)


def test_keras_cuts_by_the_output_padding() -> None:
    layer = keras.layers.Conv1DTranspose(1, 3, strides=2, padding="same", output_padding=1)
    layer.give({"kernel": np.array([1.0, 2, 3]).reshape(3, 1, 1), "bias": [0]})
    assert layer(np.array([1.0, 2, 3]).reshape(1, 3, 1)).output.ravel().tolist() == [1, 2, 5, 4, 9, 6]


def test_the_norm_of_infinity_is_a_maximum() -> None:
    nine = np.arange(1.0, 10).reshape(3, 3)
    trace = torch.nn.LPPool2d(math.inf, 2, 1)(nine)
    assert trace.output.tolist() == [[5, 6], [8, 9]]
    assert str(trace.step((0, 0)).formula) == "max(1, 2, 4, 5) = 5"
    assert trace.backward(np.ones((2, 2)))["input"].output.tolist() == [[0, 0, 0], [0, 1, 1], [0, 1, 1]]
    assert torch.nn.LPPool2d(-math.inf, 2, 1)(-nine).output.tolist() == [[1, 2], [4, 5]]


def test_onnx_norms_are_whole() -> None:
    with pytest.raises(StepwiseError, match="p=inf is not a whole number"):
        onnx.node("LpPool", [np.ones((1, 1, 3))], kernel_shape=[2], p=math.inf)
