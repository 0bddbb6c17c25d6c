"""The gradients of a call are those of the whole call, however many stages it was carried out in."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import stepwise as sw
from stepwise.dialects import keras, torch
from stepwise.document.inline import unmarked
from stepwise.layers.saved import from_data
from stepwise.lessons.long import working
from stepwise.traces.trace import Trace

CALLS: dict[str, tuple[Any, tuple[int, ...], list[str]]] = {  # the layer, its input's shape, what has a gradient
    "an activation": (keras.layers.Conv2D(2, 2, activation="tanh"), (2, 4, 4, 1), ["input", "kernel", "bias"]),
    "two kernels and an activation": (
        keras.layers.SeparableConv2D(3, 2, depth_multiplier=2, activation="sigmoid"),
        (1, 4, 4, 2),
        ["input", "depthwise_kernel", "pointwise_kernel", "bias"],
    ),
    "data padded first": (
        torch.nn.Conv2d(1, 2, 3, padding=1, padding_mode="circular"),
        (2, 1, 4, 4),
        ["input", "weight", "bias"],
    ),
    "no bias": (torch.nn.Linear(3, 2, bias=False), (2, 3), ["input", "weight"]),
    "statistics that are not learned": (keras.layers.BatchNormalization(axis=1), (2, 3, 2), ["input", "gamma", "beta"]),
    "a frozen layer": (keras.layers.Conv1D(1, 2, trainable=False, activation="tanh"), (1, 3, 1), ["input"]),
    "the same in PyTorch": (torch.nn.BatchNorm1d(3), (2, 3, 2), ["input", "weight", "bias"]),
    "nothing but an input": (torch.nn.BatchNorm1d(3, affine=False), (2, 3, 2), ["input"]),
}
each = pytest.mark.parametrize("name", CALLS)


def carried_out(name: str) -> tuple[Trace, np.ndarray[Any, Any]]:
    layer, shape, _names = CALLS[name]
    random = np.random.default_rng(len(name))
    trace: Trace = layer(random.uniform(-1, 1, shape))
    return trace, random.uniform(-1, 1, trace.shape)


@each
def test_there_is_one_gradient_for_the_input_and_for_every_weight_that_is_learned(name: str) -> None:
    trace, back = carried_out(name)
    gradients = trace.backward(back)
    assert list(gradients) == CALLS[name][2]
    for gradient in gradients.values():
        gradient.verify()


@each
def test_each_is_what_small_changes_show(name: str) -> None:
    layer = CALLS[name][0]
    trace, back = carried_out(name)
    first = trace
    while "input" in first.parents:
        first = first.parents["input"]
    given = {"input": first.inputs["input"], **layer.known_weights()}
    for wrt, gradient in trace.backward(back).items():
        due = np.zeros(given[wrt].shape)
        for index in np.ndindex(due.shape):
            ends = []
            for by in (1e-5, -1e-5):
                changed = {key: array.copy() for key, array in given.items()}
                changed[wrt][index] += by
                layer.give({key: array for key, array in changed.items() if key != "input"})
                ends.append((layer(changed["input"]).output * back).sum())
            due[index] = (ends[0] - ends[1]) / 2e-5
        layer.give({key: array for key, array in given.items() if key != "input"})
        assert gradient.output == pytest.approx(due, abs=1e-7), wrt


@each
def test_a_saved_trace_has_the_same_gradients(name: str) -> None:
    trace, back = carried_out(name)
    again = from_data(json.loads(json.dumps(trace.to_data(), allow_nan=False)))
    for (key, gradient), (other, same) in zip(trace.backward(back).items(), again.backward(back).items(), strict=True):
        assert key == other
        assert np.array_equal(gradient.output, same.output)


def test_a_chain_goes_back_call_by_call() -> None:
    trace = sw.trace(["SeparableConv1D(2, 2, activation='relu')", "Conv1D(1, 1, activation='tanh')"], np.eye(4))
    last = trace.backward(np.ones(trace.shape))
    assert list(last) == ["input", "kernel", "bias"]
    before = trace.parents["input"].parents["input"]  # behind the activation and the convolution of the last call
    assert before.layer.call == "ReLU()"
    first = before.backward(last["input"])
    assert list(first) == ["input", "depthwise_kernel", "pointwise_kernel", "bias"]
    first["depthwise_kernel"].verify()
    assert first["input"].output.shape == (4, 4)


def test_a_trace_that_is_no_gradient_may_come_back_too() -> None:
    trace = sw.trace("Conv1D(1, 1, activation='relu')", [[[1.0], [2.0]]], kernel=[[[2.0]]])
    back = sw.trace("keras.layers.ReLU()", [[[3.0], [-1.0]]])
    gradient = trace.backward(back)["input"]
    assert gradient.output.tolist() == [[[6.0], [0.0]]]
    gradient.verify()


def test_a_gradient_is_told_by_the_name_of_its_weight() -> None:
    gradient = torch.nn.Linear(2, 1)([[1.0, 2.0]]).backward([[1.0]])["weight"]
    assert gradient.layer.call == "gradient of Linear(2, 1) for its weight"
    assert str(gradient.step((0, 1)).formula) == "1·2 = 2"


@pytest.mark.parametrize("call", ["Conv2D(1, 2)", "Conv2DTranspose(1, 2, strides=2)", "nn.Linear(3, 2)", "Dense(2)"])
def test_a_cell_is_said_to_have_fed_what_it_fed_once(call: str) -> None:
    """A bias is added to output cells; an input or a weight beside one contributes to them, and was not added."""
    trace = sw.trace(call, [[1.0, 2.0, 3.0], [4.0, 5.0, 7.0]])
    for name, gradient in trace.backward(np.ones(trace.shape)).items():
        for step in gradient.steps:
            told = unmarked(working(step)[1])
            counts = [count for count in ("contributes to", "was added to") if count in told]
            assert counts == (["was added to"] if name == "bias" else ["contributes to"]), told


def test_what_comes_back_is_no_image() -> None:
    trace = sw.trace("MaxPooling2D(2)", np.arange(8).reshape(2, 2, 2))
    text = " ".join(trace.backward([[[1, 2]]])["input"].lesson().text().split())
    assert "is taken as one image" not in text
    due = "MaxPooling2D(2) gave the output Y (1 × 1 × 2). The upstream gradient dL/dY is given. Work out dL/dX"
    assert due in text


@pytest.mark.parametrize("single", ["weights", "input", "upstream"])
@pytest.mark.parametrize(
    "call",
    ["Conv2D(2, 2)", "Conv2DTranspose(1, 2)", "DepthwiseConv2D(2)", "Dense(3)", "BatchNormalization()", "PReLU()"],
)
def test_numbers_of_32_and_of_64_bits_go_together(call: str, single: str) -> None:
    random = np.random.default_rng(3)
    x = random.normal(size=(1, 4, 4, 2)).astype(np.float32 if single == "input" else np.float64)
    [layer] = sw.dialects.layers(call, "keras")
    first = layer(x)
    layer.give(
        {
            name: np.abs(random.normal(size=array.shape)).astype(np.float32 if single == "weights" else np.float64)
            for name, array in layer.known_weights().items()
        }
    )
    back = random.normal(size=first.shape).astype(np.float32 if single == "upstream" else np.float64)
    sw.backward(layer(x), back).verify()
    sw.backward(layer(x), loss="mse", target=back).verify()


@pytest.mark.parametrize("layer", ["Add", "Subtract", "Multiply", "Concatenate"])
def test_gradients_of_branches_of_32_bits_have_32_bits(layer: str) -> None:
    """Or every layer behind a residual one would go back in 64."""
    branch = np.ones((1, 2, 2, 1), np.float32)
    joined = getattr(sw.dialects.keras.layers, layer)()([branch, branch])
    back = joined.backward(np.ones(joined.shape, np.float32))
    assert {gradient.output.dtype for gradient in back.values()} == {np.dtype(np.float32)}


@pytest.mark.parametrize("loss", ["mse", "cross_entropy", "binary_cross_entropy"])
def test_what_is_larger_than_any_decimal_is_infinite_on_the_way_back(loss: str) -> None:
    """No warning of NumPy comes through, which would be an error here; by hand, 2·(2 - 1.7e308) is beyond them."""
    far = {"mse": [[0.0, 1.7e308]], "cross_entropy": [[1, 0]], "binary_cross_entropy": [[1, 0]]}[loss]
    number = 2.0 if loss == "mse" else 9e307
    back = sw.backward(sw.trace("ReLU()" if loss == "mse" else "Softmax()", [[0.0, number]]), loss=loss, target=far)
    back.verify()
    assert back.lesson().text()
    if loss == "mse":
        assert np.asarray(back.input.parents["input"]).tolist() == [[0.0, -np.inf]]


def test_slopes_are_decimals_where_decimals_came_of_a_whole_number_of_more_than_64_bits() -> None:
    trace = sw.trace(["LayerNormalization()", "ReLU()"], [[122419402799254978560, 0]])
    back = sw.backward(trace, loss="cross_entropy", target=1)
    back.verify()
    steps = [step for one in back.gradients for gradient in one.values() for step in gradient.steps]
    assert {type(tap.weight) for step in steps for tap in step.taps} <= {int, float, type(None)}
    assert back.lesson().text()
