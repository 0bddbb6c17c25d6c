"""Requests whose proofs, sizes, matrices and letters together say every sentence of these (`sentence_requests.py`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import stepwise as sw
from stepwise.algebra.fits import Bounds, fits
from stepwise.cli.shape import _forwards
from stepwise.dialects import keras, onnx
from stepwise.dialects.tracing import understood
from stepwise.lessons.fits import tell_fits
from tests.unit.lessons.sentence_marks import said

Told = Callable[[], str]


def _proof(a: Any, b: Any, *shape: int) -> Told:
    return lambda: said(sw.equivalent(a, b, input_shape=shape).lesson())


def _dense(rows: Sequence[Sequence[float]], bias: Sequence[float] | None = None) -> Any:
    layer: Any = keras.layers.Dense(len(rows[0]), use_bias=bias is not None)
    layer.set_weights([np.array(rows), *([] if bias is None else [np.array(bias)])])
    return layer


def _bare(rows: Sequence[Sequence[float]]) -> Any:
    """A layer whose kernel was given and whose bias was not."""
    layer = understood("Dense(1)")[0]
    layer.give({"kernel": np.array(rows)})
    return layer


def _fits(given: int, wanted: int, dialect: str, layer: str = "pool", **bounds: int) -> Told:
    limits = Bounds(**bounds)
    return lambda: said(tell_fits(given, wanted, fits(given, wanted, dialect, layer, limits), limits, dialect))


def _sizes(calls: Sequence[str], *shape: int | str, assume: Sequence[str] = ()) -> Told:
    return lambda: said(_forwards(understood(list(calls)), shape, assume))


def _letters(call: Any, x: Any, matrix: bool = False, **given: Any) -> Told:
    return lambda: said(sw.trace(call, x, **given).lesson(matrix=matrix))


X2, X3, X4 = sw.symbols("x", (2, 2)), sw.symbols("x", (3, 3)), sw.symbols("x", (4, 4))

ALGEBRA: dict[str, Told] = {
    "proof same": _proof(["MaxPool2D(2)", "MaxPool2D(2)"], "MaxPool2D(4)", 4, 4),
    "proof same, many": _proof(["MaxPool2D(2, strides=1)"] * 2, "MaxPool2D(3, strides=1)", 6, 6),
    "proof found": _proof("AveragePooling2D(2)", "Conv2D(1, 2, strides=2)", 4, 4),
    "proof found, many": _proof("AveragePooling2D(2, strides=1)", "Conv2D(1, 2)", 5, 5),
    "proof found, long": _proof(["Conv2D(1, 3)", "Conv2D(1, 3)"], "Conv2D(1, 5)", 7, 7),
    "proof sizes": _proof("MaxPool2D(2)", "MaxPool2D(3)", 6, 6),
    "proof sizes, a single number": _proof("GlobalMaxPooling2D()", "nn.MaxPool2d(1)", 2, 2),
    "proof differs": _proof("MaxPool2D(2)", "AveragePooling2D(2)", 2, 2),
    "proof differs in several cells": _proof("MaxPool2D(2, strides=1)", "AveragePooling2D(2, strides=1)", 3, 3),
    "proof weights missing": _proof(["Conv2D(1, 2)", "ReLU()"], "Conv2D(1, 2)", 3, 3),
    "proof no weights": _proof("MaxPool2D(2, strides=1)", "Conv2D(1, 2)", 3, 3),
    "proof no weights, padded": _proof(
        "AveragePooling2D(2, strides=1, padding='same')", "Conv2D(1, 2, padding='same')", 3, 3
    ),
    "proof no weights, some given": _proof(["Dense(3)", "ReLU()", "Dense(2)"], "Dense(2)", 1, 4),
    "proof no weights, one equation": _proof(_dense([[1]], [1]), "Dense(1, use_bias=False)", 1, 1),
    "proof no weights, a bias": _proof("Conv2D(1, 2)", "Conv2D(1, 2, use_bias=False)", 3, 3),
    "proof no weights, two biases": _proof(["Dense(1)", "Dense(1)"], "Dense(1, use_bias=False)", 1, 1),
    "proof the same weights": _proof("Conv2D(1, 2, activation='relu')", ["Conv2D(1, 2)", "ReLU()"], 3, 3),
    "proof a kernel without its bias": _proof(_bare([[1]]), "Dense(1)", 1, 1),
    "proof not found": _proof("Softmax()", "Dense(2)", 1, 2),
    "proof too large": _proof("nn.MaxPool2d(2)", "MaxPool2D(2)", 1, 80, 80),
    "proof weights inside": _proof(["Dense(1)", "ReLU()", "Dense(1)"], ["Dense(2)", "ReLU()", "Dense(1)"], 1, 2),
    "proof opaque": _proof("Softmax()", [_dense([[1, 0], [0, 1]], [1, 1]), "Softmax()"], 1, 2),
    # which sizes go together
    "fits keras": _fits(6, 3, "keras"),
    "fits torch": _fits(6, 3, "torch", "conv", dilation=2),
    "fits onnx": _fits(6, 3, "onnx"),
    "fits transposed": _fits(3, 6, "onnx", "conv", window=3, stride=2, padding=1),
    "fits one": _fits(5, 5, "torch", window=1, stride=1, padding=0),
    "fits none": _fits(100, 2, "keras"),
    # sizes of layers, with numbers and with letters
    "sizes": _sizes(["Conv2D(5, 3, padding='same')", "MaxPool2D(2)"], 8, 8, 1),
    "sizes one": _sizes(["MaxPool2D(2)"], 8, 8, 1),
    "sizes unlike along the axes": _sizes(["MaxPool2D((2, 3))", "Flatten()", "Dense(1)"], 8, 9, 1),
    "sizes letters": _sizes(["MaxPool2D(2, padding='same')", "Conv2D(5, 3)"], "n", "m", 1),
    "sizes letters, even": _sizes(["MaxPool2D(2)"], "n", "n", 1, assume=["n even"]),
    "sizes letters, odd": _sizes(["MaxPool2D(3, strides=2)"], "n", "n", 1, assume=["n odd"]),
    "sizes letters, one left": _sizes(["MaxPool2D(3)"], "n", "n", 1, assume=["n odd"]),
    "sizes of cells that were moved": _sizes(["Conv2D(1, 3)", "Reshape((4, 4, 1))", "Conv2D(1, 3)"], 6, 6, 1),
    "sizes letters, divisible": _sizes(["MaxPool2D(3)"], "n", "m", 1, assume=["n divisible by 3", "m even"]),
    "sizes adaptive": _sizes(["nn.AdaptiveMaxPool2d(3)"], 1, 7, 7),
    "sizes transposed": _sizes(["nn.ConvTranspose2d(1, 1, 3, stride=2)"], 1, 4, 4),
    "sizes whole": _sizes(["GlobalMaxPooling2D()", "Dense(2)"], 4, 4, 2),
    "sizes of no window": _sizes(["ReLU()"], 3, 4),
    "sizes of one number": _sizes(["nn.Flatten(0)"], 1),
    # one matrix
    "matrix": _letters("Conv2D(1, 2)", [[1, 2, 3], [4, 5, 6], [7, 8, 9]], matrix=True, kernel=[[1, 2], [3, 4]], bias=1),
    "matrix of a mean": _letters("AveragePooling2D(2)", np.arange(16.0).reshape(4, 4), matrix=True),
    "matrix transposed": _letters("Conv2DTranspose(1, 2)", [[1, 2], [3, 4]], matrix=True, kernel=[[1, 2], [3, 4]]),
    "matrix too large": _letters("Conv2D(1, 3)", np.ones((8, 8)), matrix=True, kernel=np.ones((3, 3))),
    # letters
    "letters max": _letters("MaxPool2D(2)", X2),
    "letters max of positive": _letters("MaxPool2D(2)", "a 0; 0 0", assume="positive"),
    "letters max of negative": _letters("MaxPool2D(2)", "a 0; b 1", assume="negative"),
    "letters max, not negative": _letters("MaxPool2D(2)", "a -1; b -2", assume="nonnegative"),
    "letters max, one not negative": _letters("MaxPool2D((1, 2))", "a -1", assume="nonnegative"),
    "letters max in a range": _letters("MaxPool2D(2)", "a 300; 0 b", assume="0..255"),
    "letters max, one in a range": _letters("MaxPool2D(2)", "a 300; 0 1", assume="0..255"),
    "letters max with a larger number": _letters("MaxPool2D(2)", "a 0; -1 5"),
    "letters max with many numbers": _letters("MaxPool2D(3)", "a 0 -1; 5 1 2; 3 4 -2"),
    "letters max with one number more": _letters("MaxPool2D((1, 6))", "a 0 -1 5 1 2"),
    "letters max alone": _letters("MaxPool2D((1, 1))", "a"),
    "letters max of sums": _letters(["Conv2D(1, 1)", "MaxPool2D((1, 2))"], "a a", kernel=[[1]], bias=1),
    "letters max of maxima": _letters(["MaxPool2D(2, strides=1)", "MaxPool2D(2)"], X3),
    "letters max of sums of maxima": _letters(
        ["ReLU()", "Conv2D(1, (1, 2))", "ZeroPadding2D(1)", "MaxPool2D((1, 2))"], "a b",
        weights=[None, {"kernel": [[1, 1]]}, None, None],
    ),
    "letters of long names": _letters("Conv2D(1, 2)", X2, kernel=[[10**120 + 1, 0], [0, 0]]),
    "letters clip": lambda: said(
        onnx.node("Clip", [sw.symbols("x", (1, 2)), np.array(-1.0), np.array(2.0)])[0].lesson()
    ),
    "letters conv of sums": _letters("Conv2D(1, 2)", "a 1; 2 b", kernel=sw.symbols("k", (2, 2))),
    "letters in a range": _letters("ReLU()", "a b", assume="0..255"),
    "letters positive": _letters("AveragePooling2D((1, 2))", "a b", assume="positive"),
    "letters negative": _letters("AveragePooling2D((1, 2))", "a b", assume="negative"),
    "letters relu": _letters("ReLU()", "a b"),
    "letters relu of positive": _letters("ReLU()", "a", assume="positive"),
    "letters relu of negative": _letters("ReLU()", "a", assume="negative"),
    "letters relu cut off": _letters("ReLU(max_value=6)", "a", assume="7..9"),
    "letters relu 6": _letters("ReLU(max_value=6)", "a"),
    "letters leaky of negative": _letters("LeakyReLU(negative_slope=0.5)", "a", assume="negative"),
    "letters conv": _letters("Conv2D(1, 3)", X3, kernel=sw.symbols("k", (3, 3))),
    "letters conv without bias": _letters("Conv2D(1, 3, use_bias=False)", X3, kernel=sw.symbols("k", (3, 3))),
    "letters conv, many": _letters("Conv2D(1, 2)", X4, kernel=sw.symbols("k", (2, 2))),
    "letters conv, many cells": _letters(
        "Conv2D(1, 2)", sw.symbols("x", (5, 5)), kernel=sw.symbols("k", (2, 2)), bias=sw.symbols("b", 1)
    ),
    "letters sigmoid": _letters(["Dense(1)", "Activation('sigmoid')"], "1/3 1", kernel=[[1], [2]]),
    "letters twice": _letters(["Conv2D(1, 2)", "Conv2D(1, 2)"], X4, weights=[{"kernel": sw.symbols("k", (2, 2))}] * 2),
    "letters mean": _letters("AveragePooling2D(2)", X2),
    "letters softmax": _letters("Softmax()", "a b"),
}  # fmt: skip
