"""Requests whose networks, summaries and reasons together say every sentence of these: see `sentence_requests.py`."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

import stepwise as sw
from stepwise.cli.shape import _forwards
from stepwise.dialects import keras, onnx, torch
from stepwise.dialects.tracing import understood
from stepwise.traces.trace import Trace
from tests.unit.lessons.sentence_marks import said

Told = Callable[[], str]
L: Any = keras.layers


def _lesson(call: Any, x: Any, detail: str = "auto", classes: Any = (), weights: Any = None, **given: Any) -> Told:
    return lambda: said(sw.trace(call, x, weights=weights, **given).lesson(detail=detail, classes=classes))


def _why(call: Any, x: Any, *index: int, weights: Any = None, **given: Any) -> Told:
    return lambda: said(sw.trace(call, x, weights=weights, **given).why(index).lesson())


def _touched(call: Any, x: Any, *index: int, weights: Any = None, **given: Any) -> Told:
    return lambda: said(sw.trace(call, x, weights=weights, **given).touched(index).lesson())


def _scores(row: list[float], head: Any = None, images: int = 1, classes: Any = ()) -> Told:
    """A network that gives these scores, whatever goes in."""

    def told() -> str:
        dense = L.Dense(len(row), kernel_initializer="zeros")
        network = keras.Sequential([L.Flatten(), dense, *([head] if head is not None else [])])
        network(np.ones((images, 2, 2, 1)))
        dense.set_weights([np.zeros((4, len(row))), np.array(row)])
        return said(network(np.ones((images, 2, 2, 1))).lesson(classes=classes))

    return told


def _digits(*heads: Any) -> list[Any]:
    return ["Conv2D(2, 3)", "ReLU()", "MaxPool2D(2)", "Flatten()", *heads]


def _summary(calls: list[Any], *shape: int) -> Told:
    return lambda: said(keras.Sequential([L.Input(shape), *calls]).summary())


def _none(call: str, x: Any, **given: Any) -> Told:
    return _lesson(call, x, "none", **given)


ROWS = [[1.0, -2.0], [3.0, 4.0]]


def _branched() -> Trace:
    x = np.arange(16.0, dtype=np.float32).reshape(1, 1, 4, 4)
    [pooled, *_] = onnx.node("MaxPool", [x], opset=22, kernel_shape=[2, 2])
    [passed] = onnx.node("Relu", [pooled])
    [squashed] = onnx.node("Sigmoid", [pooled])
    [added] = onnx.node("Add", [passed, squashed])
    last: Trace = onnx.node("Relu", [added])[0]
    return last


def _unpooled(size: int) -> Trace:
    module: Any = torch.nn.MaxUnpool2d(2)
    maxima, indices = np.array([[[5.0, 6.0], [7.0, 8.0]]]), np.array([[[0, 3], [11, 15]]])
    found: Trace = module(maxima, indices, output_size=[size, size])
    return found


def _grey(size: int, channels: int = 1) -> Any:
    return np.arange(float(size * size * channels)).reshape(size, size, channels) % 7


NETWORKS: dict[str, Told] = {
    "chain of two": _lesson(["Conv2D(1, 2)", "MaxPool2D(2)"], _grey(5), weights=[[np.ones((2, 2, 1, 1)), [1]], None]),
    "chain of one call": _lesson("Conv2D(1, 2, activation='relu')", _grey(3), kernel=[[1, -1], [1, 1]], bias=-4),
    "network": _lesson(_digits("Dense(3)", L.Softmax()), _grey(8)[None]),
    "network of small numbers": _lesson(_digits("Dense(3)"), _grey(6)[None]),
    "network of a batch": _lesson(_digits("Dense(3)"), np.stack([_grey(8)] * 2)),
    "network of many channels": _lesson(["Conv2D(9, 3)", "ReLU()", "MaxPool2D(2)", "ReLU()"], _grey(12)),
    "network of one number": _lesson(["Conv1D(1, 2)", "ReLU()", "Flatten()", "Dense(1)"], np.ones((6, 1))),
    "network in stages": _lesson(_digits("Dense(3, activation='relu')"), _grey(8)),
    "chain in stages": _lesson(["MaxPool2D(2)", "Conv2D(1, 2, activation='relu')"], _grey(4)),
    "summary in stages": _summary([L.Conv2D(1, 2, activation="relu")], 4, 4, 1),
    "sizes in stages": lambda: said(_forwards(understood("Conv2D(1, 2, activation='relu')"), (4, 4, 1), ())),
    "network of branches": lambda: said(_branched().lesson()),
    "branches of two layers": lambda: said(sw.trace("y = nn.ReLU()(x)\nz = torch.cat([y, x], 1)", ROWS).lesson()),
    "layers one after the other": lambda: said(sw.trace("nn.ReLU(), nn.Tanh()", ROWS).lesson()),
    "branches of stages": lambda: said(
        sw.trace("a = Conv2D(1, 1, activation='relu')(x)\nb = MaxPool2D(1)(x)\ny = layers.add([a, b])", ROWS).lesson()
    ),
    "why of a join": lambda: said(sw.trace("y = nn.ReLU()(x)\nz = y + x", ROWS).why((0, 0)).lesson()),
    "why of a layer": lambda: said(sw.trace("nn.ReLU()", ROWS).why((0, 0)).lesson()),
    "network of one line": _lesson(["Conv1D(1, 2)", "ReLU()", "MaxPooling1D(2)", "ReLU()"], np.ones((6, 1))),
    "answer share": _scores([0.0, 2.0], L.Softmax()),
    "answer shares alike": _scores([2.0, 2.0, 0.0], L.Softmax()),
    "answer shares, many alike": _scores([1.0] * 5, L.Softmax()),
    "answer almost sure": _scores([0.0, 30.0], L.Softmax()),
    "answer output": _scores([0.0, 2.0]),
    "answer outputs alike": _scores([2.0, 2.0]),
    "answer outputs, many alike": _scores([2.0] * 5),
    "answer of one": _scores([3.0]),
    "answer sigmoid above": _scores([3.0], L.Activation("sigmoid"), classes=["cat", "dog"]),
    "answer sigmoid below": _scores([-3.0], L.Activation("sigmoid")),
    "answer sigmoid half": _scores([0.0], L.Activation("sigmoid")),
    "answer nan": _scores([math.nan, 1.0]),
    "answer nans": _scores([math.nan, math.nan]),
    "answer of images": _scores([0.0, 2.0], images=2),
    "answer of many images": _scores([0.0, 2.0], images=12),
    # the table
    "summary": _summary([L.Conv2D(2, 3), L.BatchNormalization(), L.MaxPool2D(2), L.Flatten(), L.Dense(3)], 8, 8, 1),
    "summary of one": _summary([L.ReLU()], 4, 4, 1),
    "summary of shared out": lambda: said(
        keras.Sequential([L.Input((7, 7, 1)), L.Conv2DTranspose(1, 3, strides=2)]).summary()
    ),
    # softmax as a whole
    "softmax as a whole": _lesson("Softmax()", [[1, 2, 3]]),
    "softmax of one": _lesson("Softmax()", [[5]]),
    "softmax of many": _lesson("Softmax()", [list(range(15))]),
    "softmax of nan": _lesson("Softmax()", [[math.nan, 1]]),
    # answers of many numbers
    "answer of 441": _lesson("ReLU()", np.arange(441.0).reshape(21, 21)),
    "answer of 900, many channels": _lesson("MaxPool2D(1)", np.ones((4, 4, 60))),
    "answer of 1600, in grey": _lesson("MaxPool2D(2, padding='same')", np.ones((40, 40, 9))),
    "answer of two channels, one dimension": _lesson("MaxPooling1D(2)", np.arange(8.0).reshape(4, 2)),
    "answer of a column": _lesson("GlobalMaxPooling2D(keepdims=True)", np.arange(8.0).reshape(2, 2, 2)),
    "answer of depths": _lesson("MaxPool3D(2)", np.arange(64.0).reshape(4, 4, 4, 1)),
    "answer of planes": _lesson("ReLU()", np.arange(8.0).reshape(2, 2, 2)),
    "answer of wide rows": _lesson("ReLU()", np.arange(60.0).reshape(2, 30)),
    "answer of many, one channel shown": _lesson("nn.MaxPool3d(1)", np.ones((30, 3, 3, 3))),
    "answer of images ": _lesson("MaxPool2D(2)", np.arange(32.0).reshape(2, 4, 4, 1)),
    "told from whole arrays": _lesson("MaxPool2D(72)", _grey(72)),
    "told from whole arrays, padded": _lesson("nn.MaxPool2d(80, padding=4)", _grey(80).reshape(1, 80, 80)),
    "mean from whole arrays": _lesson("AveragePooling2D(72)", _grey(72)),
    "long maximum": _lesson("MaxPool2D(6)", _grey(6)),
    "long mean": _lesson("AveragePooling2D(6)", _grey(6)),
    "long softmax": _lesson("Softmax()", [list(range(40))]),
    "long dense": _lesson("Dense(1)", [list(range(40))], kernel=np.arange(40).reshape(40, 1), bias=[1]),
    "long dense without bias": _lesson("Dense(1, use_bias=False)", [list(range(40))], kernel=np.ones((40, 1))),
    # what is assumed, and weights that nobody gave
    "a script": _lesson("x = nn.ReLU()(x)\nprint(x)", _grey(2)),
    "a long script": _lesson("x = nn.ReLU()(x)\n" + "".join(f"print({i})\n" for i in range(6)), _grey(2)),
    "assumed one image": _lesson(["Conv2D(1, 2)", "Flatten()", "Dense(2)"], _grey(3)),
    "assumed a batch": lambda: said(_forwards(understood(["nn.Flatten()"]), (2, 3, 4), ())),
    "assumed one image, sizes alone": lambda: said(_forwards(understood(["Flatten()"]), (2, 3, 4), ())),
    "assumed one image in letters": lambda: said(
        sw.trace("nn.Softmax(dim=0)", np.ones((2, 3, 4))).lesson()
    ),
    "assumed one image, cell by cell": _lesson("Flatten()", np.arange(4).reshape(2, 2)),
    "assumed, torch flattens a batch": _lesson(["nn.MaxPool2d(2)", "nn.Flatten()"], np.ones((2, 4, 4))),
    "no bias given": _lesson("Conv2D(1, 2)", _grey(3), kernel=[[1, 2], [3, 4]]),
    "no weights given": _lesson("Conv2D(1, 2)", _grey(3)),
    "weights of an initializer": _lesson("Conv2D(1, 2, kernel_initializer='glorot_uniform')", _grey(3)),
    # no step told
    "none of windows": _none("MaxPool2D(2)", _grey(4)),
    "none of one window": _none("MaxPool2D(2)", _grey(2)),
    "none of cells": _none("ReLU()", [[1, 2]]),
    "none of output cells": _none("nn.ConvTranspose2d(1, 1, 2, bias=False)", [[1, 2], [3, 4]], kernel=[[1, 2], [3, 4]]),
    "none of one output cell": _none("nn.ConvTranspose2d(1, 1, 1, bias=False)", [[1]], kernel=[[2]]),
    "two output cells": _lesson("nn.ConvTranspose1d(1, 1, 2, bias=False)", [[3]], kernel=[[[1, 2]]]),
    # what it can be checked by
    "check relu, none passes": _lesson("ReLU()", [[-1, -2]]),
    "check leaky, none passes": _lesson("LeakyReLU(negative_slope=0.5)", [[-1, -2]]),
    "check relu 6, all cut off": _lesson("ReLU(max_value=6)", [[7, 8]]),
    "check relu 6, none between": _lesson("ReLU(max_value=6)", [[7, -8]]),
    "check clip, none between": lambda: said(
        onnx.node("Clip", [np.array([[-3, 9]], np.float32), np.float32(0), np.float32(1)])[0].lesson()
    ),
    "check norm without way back": _lesson(
        "BatchNormalization(center=False)", [[[1.0], [3.0]]],
        weights=[{"gamma": [0.0], "moving_mean": [1.0], "moving_variance": [4.0]}],
    ),
    "check norm infinite": _lesson("BatchNormalization()", [[[math.inf], [3.0]]]),
    "check softmax of rows": _lesson("Softmax()", [[1, 2], [3, 4]]),
    "check divide by 0": lambda: said(
        onnx.node("Div", [np.ones((1, 2), np.float32), np.zeros((1, 2), np.float32)])[0].lesson()
    ),
    "check conv, an even window": _lesson("Conv2D(1, 2, use_bias=False)", [[2, 2], [2, 2]], kernel=[[1, 2], [3, 4]]),
    "check conv same, an even window": _lesson(
        "Conv2D(1, 2, padding='same', use_bias=False)", np.ones((3, 3)), kernel=[[1, 2], [3, 4]]
    ),
    "check conv same with a bias, an even window": _lesson(
        "Conv2D(1, 2, padding='same')", np.ones((3, 3)), kernel=[[1, 2], [3, 4]], bias=1
    ),
    "unpool of another size": lambda: said(_unpooled(5).lesson()),
    "relu of nan among many": _lesson("ReLU()", np.where(np.arange(100) == 3, math.nan, 1).reshape(10, 10)),
    "window of one cell": _lesson("MaxPooling1D(1, strides=2)", np.arange(4.0)),
    "line left over": _lesson("MaxPool3D((2, 1, 1))", np.arange(12.0).reshape(3, 2, 2, 1)),
    # why, and what was touched
    "why": _why(_digits("Dense(3)"), _grey(8)[None], 0, 1),
    "why softmax": _why(_digits("Dense(3)", L.Softmax()), _grey(8)[None], 0, 1),
    "why of many": _why("MaxPool2D(4)", _grey(4), 0, 0, 0),
    "why mean": _why("AveragePooling2D(4)", _grey(4), 0, 0, 0),
    "why nothing": _why("nn.ZeroPad2d(1)", [[1.0, 2.0]], 0, 0),
    "why conv on a large picture": _why("Conv2D(1, 3)", _grey(200), 5, 5, 0, kernel=np.ones((3, 3)), bias=1),
    "why everything on a large picture": _why("GlobalAveragePooling2D()", _grey(140), 0),
    "why dense": _why("Dense(2)", [[1, 2]], 0, 1, kernel=[[1, 2], [3, 4]], bias=[1, 0]),
    "why dense of ten": _why("Dense(1)", [list(range(1, 11))], 0, 0, kernel=np.ones((10, 1)), bias=[1]),
    "touched": _touched(_digits("Dense(3)"), _grey(8)[None], 0, 4, 4, 0),
    "touched nothing": _touched("MaxPool2D(2)", _grey(3), 2, 2, 0),
    # NaN and lowest numbers, where programs differ
    "nan in keras": _lesson("MaxPool2D(2)", [[math.nan, 1.0], [2.0, 3.0]]),
    "lowest in keras": _lesson("MaxPool2D(2)", [[-math.inf] * 2] * 2),
    "nan in torch": _lesson("nn.MaxPool2d(2)", [[math.nan, math.nan], [2.0, 3.0]]),
    "lowest in torch": _lesson("nn.MaxPool2d(2)", [[-math.inf] * 2] * 2),
    "nan in onnx": lambda: said(
        onnx.node("MaxPool", [np.full((1, 1, 2, 2), math.nan, np.float32)], opset=22, kernel_shape=[2, 2])[0].lesson()
    ),
    "lowest in onnx": lambda: said(
        onnx.node("MaxPool", [np.full((1, 1, 2, 2), -math.inf, np.float32)], opset=22, kernel_shape=[2, 2])[0].lesson()
    ),
}  # fmt: skip
