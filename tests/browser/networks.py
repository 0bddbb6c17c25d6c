"""Networks of every kind that a page can show whole: each a trace."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import stepwise as sw
from stepwise.dialects import keras, onnx
from stepwise.io.inputs import sample_digit

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "digit.onnx"


def noise(*shape: int, seed: int = 0) -> Any:
    """Floats, different in every cell."""
    return np.random.default_rng(seed + len(shape)).normal(size=shape).astype("float32")


def digit() -> sw.Trace:
    """The digit classifier of the examples."""
    return onnx.load(EXAMPLE)(sample_digit(0).reshape(1, 1, 28, 28).astype("float32") / 255)


def tutorial() -> sw.Trace:
    """The tutorial's network, whose dense layer adds 245 products."""
    image = sample_digit(0).reshape(1, 28, 28, 1).astype("float32") / 255
    calls = ["Conv2D(5, 3, strides=2, padding='SAME')", "MaxPool2D(2, strides=2, padding='SAME')", "ReLU()",
             "Flatten()", "Dense(2)", "Softmax()"]  # fmt: skip
    kernel, dense = noise(3, 3, 1, 5), noise(245, 2)
    weights = [{"kernel": kernel, "bias": noise(5)}, None, None, None, {"kernel": dense, "bias": noise(2)}, None]
    return sw.trace(calls, image, weights=weights)


def branching(size: int = 6) -> sw.Trace:
    """Two branches put side by side, one of them added to itself, over three channels and two images."""
    image = noise(2, 3, size, size)

    def node(name: str, inputs: list[Any], **attributes: Any) -> sw.Trace:
        trace: sw.Trace = onnx.node(name, inputs, opset=18, **attributes)[0]
        return trace

    left = node("Conv", [image, noise(4, 3, 3, 3), noise(4)], pads=[1, 1, 1, 1])
    left = node("Relu", [left])
    right = node("AveragePool", [image], kernel_shape=[2, 2], strides=[1, 1], auto_pad="SAME_UPPER")
    right = node("Tanh", [right])
    joined = node("Concat", [left, right], axis=1)
    moved = node("Transpose", [joined], perm=[0, 1, 3, 2])
    added = node("Add", [moved, joined])
    pooled = node("MaxPool", [added], kernel_shape=[2, 2], strides=[2, 2])
    normal = node(
        "BatchNormalization", [pooled, noise(7), noise(7, seed=1), noise(7, seed=2), noise(7, seed=3) ** 2 + 1]
    )
    flat = node("Flatten", [normal])
    scores = node("Gemm", [flat, noise(7 * (size // 2) ** 2, 3), noise(3)])
    return node("Sigmoid", [scores])


def awkward() -> sw.Trace:
    """NaN, a kernel with no bias, a leaky ReLU, a line of numbers."""
    data = noise(1, 9, 2)
    data[0, 3, 1] = math.nan
    found = keras.layers.Conv1D(3, 3, padding="causal", use_bias=False)(data)
    found = keras.layers.LeakyReLU(negative_slope=0.1)(found)
    found = keras.layers.AveragePooling1D(2)(found)
    found = keras.layers.Flatten()(found)
    found = keras.layers.Dense(2)(found)
    trace: sw.Trace = keras.layers.Softmax()(found)
    return trace


NETWORKS: dict[str, Callable[..., sw.Trace]] = {
    "digit": digit,
    "tutorial": tutorial,
    "branching": branching,
    "awkward": awkward,
}
