"""NaN, infinities, ties, signed zeros under a maximum or a softmax: what each framework gave; what is told of others.

Measured with PyTorch 2.13, Keras 3.15 on TensorFlow 2.21 and onnxruntime 1.32, on a CPU.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import stepwise as sw
from stepwise.dialects import keras, onnx, torch

nan, inf = math.nan, math.inf
# window 2, stride 1 over a row: (numbers, PyTorch's maxima, its indices, the gradient of their sum)
TORCH: dict[str, tuple[list[float], list[float], list[int], list[float]]] = {
    "several NaN": ([nan, 1, nan, nan], [nan, nan, nan], [0, 2, 3], [1, 0, 1, 1]),
    "nothing but -∞": ([-inf] * 4, [-inf] * 3, [0, 1, 2], [1, 1, 1, 0]),
    "ties": ([2, 2, 2, 2], [2, 2, 2], [0, 1, 2], [1, 1, 1, 0]),
    "zeros with signs": ([0.0, -0.0, 0.0, -0.0], [0, 0, 0], [0, 1, 2], [1, 1, 1, 0]),
    "zeros the other way round": ([-0.0, 0.0, -0.0, 0.0], [0, 0, 0], [0, 1, 2], [1, 1, 1, 0]),
}
# over a 2×2 window: (numbers, PyTorch's index)
LAST = {
    "two NaN in a column": ([[nan, 1], [nan, 2]], 2),
    "two NaN across": ([[1, nan], [nan, 2]], 2),
    "one NaN": ([[1, nan], [3, 2]], 1),
    "NaN beside ∞": ([[inf, nan], [inf, 2]], 1),
    "nothing but NaN": ([[nan, nan], [nan, nan]], 3),
    "ties": ([[5, 5], [5, 5]], 0),
    "nothing but -∞": ([[-inf, -inf], [-inf, -inf]], 0),
}


@pytest.mark.parametrize("name", TORCH)
def test_pytorch_along_a_row(name: str) -> None:
    row, maxima, indices, grads = TORCH[name]
    pool: Any = torch.nn.MaxPool1d(2, 1, return_indices=True)
    trace, found = pool(np.array([[row]]))
    assert np.array_equal(trace.output[0, 0], maxima, equal_nan=True)
    assert found[0, 0].tolist() == indices
    gradient = trace.backward(np.ones(trace.shape))["input"]
    assert gradient.output[0, 0].tolist() == grads
    gradient.verify()


@pytest.mark.parametrize("name", LAST)
@pytest.mark.parametrize("module", ["MaxPool2d(2, return_indices=True)", "AdaptiveMaxPool2d(1, return_indices=True)"])
def test_pytorch_names_the_last_nan_and_the_first_of_equals(name: str, module: str) -> None:
    numbers, index = LAST[name]
    kind, argument = module.removesuffix(", return_indices=True)").split("(")
    trace, found = getattr(torch.nn, kind)(int(argument), return_indices=True)(np.array([[numbers]], dtype=float))
    assert found.item() == index
    back = trace.backward(np.ones(trace.shape))["input"]
    assert back.output.ravel().tolist() == [float(place == index) for place in range(4)]
    assert trace.step((0, 0, 0, 0)).winner.source == (0, 0, *divmod(index, 2))


def test_pytorch_keeps_infinity_out_of_the_padding() -> None:
    pool: Any = torch.nn.MaxPool2d(2, 1, 1, return_indices=True)
    trace, found = pool(np.array([[[[-inf]]]]))
    assert (trace.output == -inf).all()
    assert (found == 0).all()
    assert trace.backward(np.ones(trace.shape))["input"].output.item() == 4


# over everything: (numbers, the gradient of the maximum), TensorFlow's reduce_max
SHARED = {
    "ties": ([2.0, 2, 2, 2], [0.25] * 4),
    "some ties": ([2.0, 1, 2, 0], [0.5, 0, 0.5, 0]),
    "nothing but -∞": ([-inf] * 4, [0.25] * 4),
    "zeros with signs": ([0.0, -0.0, 0.0, -0.0], [0.25] * 4),
    "NaN": ([1.0, nan, 2, 3], [nan] * 4),
}


@pytest.mark.parametrize("name", SHARED)
@pytest.mark.parametrize("n", [1, 2])
def test_keras_shares_a_global_maximum_among_equals(name: str, n: int) -> None:
    row, due = SHARED[name]
    shape = (1, 4, 1) if n == 1 else (1, 2, 2, 1)
    trace = getattr(keras.layers, f"GlobalMaxPooling{n}D")()(np.array(row).reshape(shape))
    gradient = trace.backward(np.ones(trace.shape))["input"]
    assert np.array_equal(gradient.output.ravel(), due, equal_nan=True)
    gradient.verify()


TOLD = {
    "keras": (
        "MaxPool2D(2)",
        "TensorFlow's own max pooling, on a CPU, ignores NaN",
        "gives the lowest finite number",
    ),
    "torch": ("nn.MaxPool2d(2)", "PyTorch's index and gradient are those of the last", ""),
    "onnx": (
        "MaxPool(kernel_shape=[2, 2])",
        "whether the maximum is NaN depends on where NaN is",
        "ONNX Runtime gives the lowest",
    ),
}


@pytest.mark.parametrize("dialect", TOLD)
def test_where_frameworks_part_it_is_told_and_only_there(dialect: str) -> None:
    call, of_nan, of_nothing = TOLD[dialect]
    told = {
        name: " ".join(sw.trace(call, np.array(numbers)).lesson().text().split())
        for name, numbers in (("nan", [[nan, 1], [nan, 3]]), ("-∞", [[-inf] * 2] * 2), ("plain", [[4.0, 3], [2, 1]]))
    }
    assert of_nan in told["nan"]
    assert not of_nothing or of_nothing in told["-∞"]
    assert not any(of_nan in told[name] for name in ("-∞", "plain"))
    assert not of_nothing or of_nothing not in told["plain"]


def test_of_a_single_nan_pytorch_does_as_everybody() -> None:
    assert "PyTorch's" not in sw.trace("nn.MaxPool2d(2)", np.array([[nan, 1], [2, 3]])).lesson().text()


def test_a_maximum_over_everything_in_keras_parts_from_nobody() -> None:
    told = sw.trace("GlobalMaxPooling2D()", np.array([[nan, 1], [2, 3]])).lesson().text()
    assert "TensorFlow's own" not in told


SHARES = {  # numbers along one axis: what TensorFlow's softmax gives in 32 bits; PyTorch, ONNX Runtime: NaN for all
    "∞": ([1, inf, 2], [0, nan, 0]),
    "two ∞": ([inf, inf, 1], [nan, nan, 0]),
    "NaN": ([nan, 1, 2], [nan, 0, 0]),
    "∞ and −∞": ([inf, -inf], [nan, 0]),
    "∞ and NaN": ([inf, nan], [nan, nan]),
    "∞ alone": ([inf, inf], [nan, nan]),
    "nothing but −∞": ([-inf] * 3, [nan] * 3),
}


@pytest.mark.parametrize("name", SHARES)
@pytest.mark.parametrize("call", ["Softmax()", "nn.Softmax(1)", "Softmax(axis=1)"])
def test_where_tensorflows_softmax_gives_0_beside_nan_it_is_told(name: str, call: str) -> None:
    row, theirs = SHARES[name]
    trace = sw.trace(call, np.array([row]))
    assert np.isnan(trace.output).all()
    told = "TensorFlow's own softmax" in " ".join(trace.lesson().text().split())
    keras_call = not call.startswith("nn.")
    assert told == (keras_call and not np.isnan(theirs).all())


@pytest.mark.parametrize(("row", "told"), [([1, inf, 2], True), ([nan, 1, 2], False)])  # Keras's own, over both axes
def test_a_softmax_over_several_axes_gives_0_beside_infinity_alone(row: list[float], told: bool) -> None:
    lesson = sw.trace("Softmax(axis=(1, 2))", np.array([[row]])).lesson()
    assert ("TensorFlow's own softmax" in " ".join(lesson.text().split())) == told


def test_finite_shares_beside_minus_infinity_part_from_nobody() -> None:
    trace = sw.trace("Softmax()", np.array([[-inf, 1, 2]]))
    assert np.allclose(trace.output, [[0, 0.26894143, 0.73105854]])
    assert "TensorFlow's own" not in trace.lesson().text()


def test_nan_wins_everywhere() -> None:
    for numbers in ([[nan, 1], [2, 3]], [[1, 2], [3, nan]]):
        batch = np.array([[numbers]], dtype=float)
        assert math.isnan(onnx.node("MaxPool", [batch], kernel_shape=[2, 2])[0].output.item())
        assert math.isnan(keras.layers.MaxPool2D(2)(batch.reshape(1, 2, 2, 1)).output.item())
