"""Requests by name, whose lessons, comparisons, gradients, proofs and verdicts together say every sentence there is.

`test_sentences.py` holds, of each sentence, one of these where it is true and one where it must not stand.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

import stepwise as sw
from stepwise.dialects import onnx, torch
from stepwise.document.lesson import Lesson
from tests.requests import in_training
from tests.unit.lessons.sentence_algebra import ALGEBRA
from tests.unit.lessons.sentence_gradients import GRADIENTS
from tests.unit.lessons.sentence_marked import MARKED
from tests.unit.lessons.sentence_marks import marking, messages_in, said
from tests.unit.lessons.sentence_networks import NETWORKS
from tests.unit.lessons.sentence_resizing import RESIZING
from tests.unit.lessons.sentence_signals import SIGNALS
from tests.unit.lessons.sentence_training import TRAINING

Told = str | Lesson
INF, NAN = math.inf, math.nan
FOUR = [[4, 3], [2, 1]]
COUNT = np.arange(16.0).reshape(4, 4)
GEMM = [np.ones((2, 3)), np.arange(6.0).reshape(2, 3), np.ones(2)]


def _of(trace: sw.Trace) -> str:
    """What is said of a trace, and of the padding along each axis."""
    return "\n".join((said(trace.lesson()), *(axis.padding.reason for axis in trace.geometry.axes)))


def _lesson(call: str, x: Any, **given: Any) -> Callable[[], Told]:
    return lambda: _of(sw.trace(call, x, **given))


def _node(op: str, *arrays: Any, **given: Any) -> Callable[[], Told]:
    return lambda: _of(onnx.node(op, list(arrays), **given)[0])


def _compared(a: str, b: str, x: Any = COUNT, first: Any = None, second: Any = None) -> Callable[[], Told]:
    return lambda: said(sw.compare(sw.trace(a, x, **(first or {})), sw.trace(b, x, **(second or {}))))


def _stages(first: str) -> Callable[[], Told]:
    """A call that pads in a stage of its own, beside one that has another stage at the end."""
    second = "Conv2D(1, 3, padding='same', activation='relu')"
    return _compared(first, second, COUNT, {"kernel": K3}, {"kernel": K3})


def _norms(p: int, x: Any, **given: Any) -> Callable[[], Told]:
    """PyTorch's norm beside ONNX's, which drops signs and does not scale."""

    def told() -> Told:
        [other] = onnx.node("LpPool", [x], opset=22, kernel_shape=[2, 2], strides=[2, 2], p=p, **given)
        ceil = bool(given.get("ceil_mode"))
        return said(sw.compare(sw.trace(f"nn.LPPool2d({p}, 2, ceil_mode={ceil})", x), other))

    return told


def _back(call: str, x: Any, name: str = "input", **given: Any) -> Callable[[], Told]:
    def told() -> Told:
        trace = sw.trace(call, x, **given)
        return trace.backward(np.ones(trace.shape))[name].lesson()

    return told


def _single(x: Any) -> Any:
    return np.array(x, dtype=np.float32)


def _batch(*shape: int) -> Any:
    return np.arange(float(math.prod(shape))).reshape(shape)


def _norm(center: bool, scale: bool) -> Callable[[], Told]:
    given = {"moving_mean": [1.0], "moving_variance": [4.0]}
    given |= {"gamma": [2.0]} if scale else {}
    given |= {"beta": [1.0]} if center else {}
    call = f"BatchNormalization(center={center}, scale={scale})"
    return lambda: sw.trace(call, np.array([[[1.0], [3.0]]]), weights=[given]).lesson()


def _unpooled(*landing: int, size: Any = None) -> Callable[[], Told]:
    indices = np.array(landing).reshape(1, 2, 2)
    return lambda: torch.nn.MaxUnpool2d(2)(np.array([[[5, 6], [7, 8]]]), indices).lesson()


def _unpooled_back(*landing: int) -> Callable[[], Told]:
    indices = np.array(landing).reshape(1, 2, 2)
    trace = torch.nn.MaxUnpool2d(2)(np.array([[[5, 6], [7, 8]]]), indices)
    return lambda: trace.backward(np.ones(trace.shape))["input"].lesson()


def _marked(call: str, x: Any, answer: Any, **given: Any) -> Callable[[], Told]:
    return lambda: sw.check(sw.trace(call, x, **given), answer).lesson()


K2, K3 = [[1, 2], [3, 4]], [[1, 0, 2], [0, 1, 0], [2, 0, 1]]
REQUESTS: dict[str, Callable[[], Told]] = {
    # pooling
    "max valid": _lesson("MaxPool2D(2, strides=1)", COUNT),
    "max same": _lesson("MaxPool2D(2, strides=1, padding='same')", FOUR),
    "max same even": _lesson("MaxPool2D(3, strides=1, padding='same')", FOUR),
    "max same fits": _lesson("MaxPool2D(2, padding='same')", COUNT),
    "max same dilated": lambda: onnx.node(
        "MaxPool", [_batch(1, 1, 5, 5)], opset=22, kernel_shape=[2, 2], dilations=[2, 2], auto_pad="SAME_UPPER"
    )[0].lesson(),
    "max lower": _node("MaxPool", _batch(1, 1, 2, 2), opset=22, kernel_shape=[2, 2], auto_pad="SAME_LOWER"),
    "max padded": _lesson("nn.MaxPool2d(2, 1, padding=1)", FOUR),
    "max one side": _node("MaxPool", _batch(1, 1, 2, 2), opset=22, kernel_shape=[2, 2], pads=[0, 0, 1, 1]),
    "max tie in a line": _lesson("MaxPooling1D(2)", [[[5.0], [5.0]]]),
    "max pads along axes": _lesson("nn.MaxPool2d(2, 1, padding=(1, 0))", FOUR),
    "max uneven pads": _node("MaxPool", _batch(1, 1, 3, 3), opset=22, kernel_shape=[3, 3], pads=[0, 0, 1, 2]),
    "max ceil": _lesson("nn.MaxPool2d(2, 2, ceil_mode=True)", _batch(3, 3)),
    "max ceil padded": _lesson("nn.MaxPool2d(2, 3, padding=1, ceil_mode=True)", _batch(6, 6)),
    "max ceil padded and outside": _lesson("nn.MaxPool2d(3, 3, padding=1, ceil_mode=True)", _batch(6, 6)),
    "max ceil dropped": _lesson("nn.MaxPool2d(3, 3, padding=1, ceil_mode=True)", _batch(5, 5)),
    "max ceil dropped, unpadded": _lesson("nn.MaxPool2d(1, stride=2, ceil_mode=True)", _batch(5, 6)),
    "max ceil fits": _lesson("nn.MaxPool2d(2, 2, ceil_mode=True)", COUNT),
    "max ceil, many": _lesson("nn.MaxPool2d(2, 2, ceil_mode=True)", _batch(11, 11)),
    "max lenient": _node("MaxPool", _batch(1, 1, 2, 2), opset=22, kernel_shape=[3, 3], strides=[2, 2]),
    "max gaps": _lesson("MaxPool2D(2, strides=3)", _batch(8, 5)),
    "max gaps in one": _lesson("MaxPooling1D(2, strides=3)", _batch(6)),
    "max one gap in one": _lesson("MaxPooling1D(2, strides=2)", _batch(5)),
    "max gaps in three": _lesson("MaxPool3D(1, strides=2)", _batch(4, 2, 2, 1)),
    "max gaps, more planes": _lesson("MaxPool3D(1, strides=3)", _batch(6, 2, 2, 1)),
    "max dilated": _lesson("nn.MaxPool2d(2, 1, dilation=2)", _batch(3, 3)),
    "max dilated, many gaps": _lesson("nn.MaxPool2d(2, 4, dilation=3)", _batch(4, 5)),
    "max tie": _lesson("MaxPool2D(2)", [[7, 7], [1, 2]]),
    "max one number": _lesson("MaxPool2D(1)", [[7]]),
    "max nan": _lesson("MaxPool2D(2)", [[NAN, 1], [2, 3]]),
    "max two nans": _lesson("MaxPool2D(2)", [[NAN, NAN], [2, 3]]),
    "max two windows": _lesson("MaxPool2D(2)", _batch(2, 4)),
    "max one dimension": _lesson("MaxPooling1D(2, strides=1, padding='same')", _batch(4)),
    "max channels": _lesson("MaxPool2D(2)", _batch(4, 4, 2)),
    "max images": _lesson("MaxPool2D(2)", _batch(2, 4, 4, 1)),
    "max many": _lesson("MaxPool2D(2, strides=1, padding='same')", np.arange(100).reshape(10, 10) % 7 - 9),
    "max many positive": _lesson("nn.MaxPool2d(3, 1, padding=1)", np.arange(100).reshape(10, 10) % 7),
    "max many nan": _lesson("MaxPool2D(2)", np.where(np.arange(144) == 3, NAN, np.arange(144) % 5).reshape(12, 12)),
    "max not square": _lesson("MaxPool2D((2, 3), strides=(1, 2))", COUNT),
    "max three padded": _lesson("nn.MaxPool3d(2, padding=1)", _batch(1, 3, 3, 3)),
    "max whole": _lesson("GlobalMaxPooling2D()", _batch(2, 2, 1)),
    "max adaptive": _lesson("nn.AdaptiveMaxPool2d((2, 3))", _batch(5, 7)),
    "max adaptive, many": _lesson("nn.AdaptiveMaxPool1d(9)", _batch(1, 12)),
    "mean valid": _lesson("AveragePooling2D(2)", COUNT),
    "mean same": _lesson("AveragePooling2D(2, strides=1, padding='same')", FOUR),
    "mean one side": _node("AveragePool", _batch(1, 1, 2, 2), opset=22, kernel_shape=[2, 2], pads=[0, 0, 1, 1]),
    "mean one side, wide steps": _node(
        "AveragePool", _batch(1, 1, 5, 5), opset=22, kernel_shape=[2, 2], strides=[2, 2], pads=[0, 0, 1, 1]
    ),
    "mean counted": _lesson("nn.AvgPool2d(2, 1, padding=1)", FOUR),
    "mean not counted": _lesson("nn.AvgPool2d(2, 1, padding=1, count_include_pad=False)", FOUR),
    "mean outside": _lesson("nn.AvgPool2d(2, 2, ceil_mode=True)", _batch(3, 3)),
    "mean padded and outside": _lesson("nn.AvgPool2d(3, 3, padding=1, ceil_mode=True)", _batch(6, 6)),
    "mean not counted, outside": _lesson(
        "nn.AvgPool2d(3, 3, padding=1, ceil_mode=True, count_include_pad=False)", _batch(6, 6)
    ),
    "mean divided by 3": _lesson("nn.AvgPool2d(2, 1, padding=1, divisor_override=3)", FOUR),
    "mean infinite": _lesson("AveragePooling2D(2)", [[INF, -INF], [1, 2]]),
    "mean nan": _lesson("AveragePooling2D(2)", [[NAN, 0], [1, 2]]),
    "max ceil, one outside": _lesson("nn.MaxPool1d(2, 2, ceil_mode=True)", _batch(1, 5)),
    "max ceil, two outside": _lesson("nn.MaxPool1d(3, 3, ceil_mode=True)", _batch(1, 7)),
    "max of letters": lambda: _of(sw.trace("GlobalMaxPooling2D()", sw.symbols("x", (8, 8, 1)))),
    "conv too large": _lesson(
        "Conv2D(1, 2, use_bias=False)", [[1e308, 1e308], [-1e308, -1e308]], kernel=[[9, 9], [9, 9]]
    ),
    "transposed, all cut": _lesson("nn.ConvTranspose2d(1, 1, 1, padding=1, bias=False)", _batch(3, 3), kernel=[[1]]),
    "conv transposed same or valid": _lesson("Conv2DTranspose(1, 3, strides=2)", FOUR, kernel=K3, bias=1),
    "scalar": _node("Relu", _single(3)),
    "max negative, outside": _lesson("nn.MaxPool2d(2, 2, ceil_mode=True)", _batch(3, 3) - 20),
    "max negative, padded and outside": _lesson("nn.MaxPool2d(3, 3, padding=1, ceil_mode=True)", _batch(6, 6) - 40),
    "flatten two channels": _lesson("Flatten()", _batch(1, 2, 2, 2)),
    "no padding asked for": _lesson("nn.MaxPool2d((1, 2), 1, padding=(0, 1))", FOUR),
    "norm": _lesson("nn.LPPool2d(2, 2)", COUNT),
    "norm 1 past the edge": _lesson("nn.LPPool1d(1, 2, ceil_mode=True)", COUNT[:1, :3] - 1),
    "norm 3 without signs": _node("LpPool", COUNT.reshape(1, 1, 4, 4) - 8, opset=22, kernel_shape=[2, 2], p=3),
    "norm 1": _lesson("nn.LPPool2d(1, 2)", COUNT - 8),
    "norm 3": _lesson("nn.LPPool2d(3, 2)", COUNT),
    "norm 3, negative": _lesson("nn.LPPool2d(3, 2)", -COUNT - 1),
    "norm outside": _lesson("nn.LPPool2d(2, 2, ceil_mode=True)", _batch(3, 3)),
    "norm of sizes": _node("LpPool", _batch(1, 1, 4, 4), opset=22, kernel_shape=[2, 2], p=1),
    "norm padded": _node("LpPool", _batch(1, 1, 2, 2), opset=22, kernel_shape=[2, 2], pads=[1, 1, 1, 1], p=2),
    # convolution
    "conv": _lesson("Conv2D(1, 2, use_bias=False)", COUNT, kernel=K2),
    "conv bias": _lesson("Conv2D(1, 2)", COUNT, kernel=K2, bias=1),
    "conv same": _lesson("Conv2D(1, 2, padding='same', use_bias=False)", COUNT, kernel=K2),
    "conv same bias": _lesson("Conv2D(1, 3, padding='same')", COUNT, kernel=K3, bias=1),
    "conv channels, many": _lesson(
        "Conv2D(1, 3, use_bias=False)", _batch(3, 3, 4), kernel=_batch(3, 3, 4, 1)
    ),
    "conv channels": _lesson("Conv2D(1, 2)", _batch(3, 3, 2), kernel=_batch(2, 2, 2, 1), bias=[1]),
    "conv of two channels": _lesson("Conv2D(1, 1, use_bias=False)", _batch(2, 2, 2), kernel=[[[[1], [2]]]]),
    "conv of five channels": _lesson("nn.Conv2d(5, 1, 2, bias=False)", _batch(5, 3, 3), kernel=_batch(1, 5, 2, 2)),
    "conv of five filters": _lesson("nn.Conv2d(1, 5, 2, bias=False)", _batch(1, 3, 3), kernel=_batch(5, 1, 2, 2)),
    "conv one filter of three channels": _lesson(
        "nn.Conv2d(3, 1, 2, bias=False)", _batch(3, 3, 3), kernel=_batch(1, 3, 2, 2)
    ),
    "conv groups": _lesson("nn.Conv2d(4, 2, 2, groups=2)", _batch(4, 3, 3), kernel=_batch(2, 2, 2, 2), bias=[1, 2]),
    "conv dilated": _lesson("Conv2D(1, 2, dilation_rate=2, use_bias=False)", COUNT, kernel=K2),
    "conv infinite weight": _lesson("Conv2D(1, 1, use_bias=False)", [[0.0]], kernel=[[INF]]),
    "conv causal": _lesson("Conv1D(1, 2, padding='causal', use_bias=False)", _batch(4, 1), kernel=_batch(2, 1, 1)),
    "depthwise": _lesson("DepthwiseConv2D(2, use_bias=False)", _batch(3, 3, 2), kernel=_batch(2, 2, 2, 1)),
    "depthwise bias": _lesson("DepthwiseConv2D(2)", _batch(3, 3, 2), kernel=_batch(2, 2, 2, 1), bias=[1, 2]),
    "transposed": _lesson("nn.ConvTranspose2d(1, 1, 2, bias=False)", FOUR, kernel=K2),
    "transposed bias": _lesson("nn.ConvTranspose2d(1, 1, 2, stride=2)", FOUR, kernel=K2, bias=[1]),
    "transposed wide": _lesson("nn.ConvTranspose2d(1, 1, 1, stride=2, bias=False)", FOUR, kernel=[[1]]),
    "transposed wide bias": _lesson("nn.ConvTranspose2d(1, 1, 1, stride=2)", FOUR, kernel=[[1]], bias=[3]),
    "transposed cut": _lesson("nn.ConvTranspose2d(1, 1, 3, stride=2, padding=1, bias=False)", FOUR, kernel=K3),
    "transposed kept": _lesson(
        "nn.ConvTranspose2d(1, 1, 3, stride=2, padding=1, output_padding=1, bias=False)", FOUR, kernel=K3
    ),
    "transposed added": _lesson(
        "nn.ConvTranspose2d(1, 1, 2, stride=2, output_padding=1, bias=False)", FOUR, kernel=K2
    ),
    "transposed added bias": _lesson(
        "nn.ConvTranspose2d(1, 1, 2, stride=2, output_padding=1)", FOUR, kernel=K2, bias=[2]
    ),
    "transposed two added": _lesson(
        "nn.ConvTranspose2d(1, 1, 2, stride=3, output_padding=2, bias=False)", FOUR, kernel=K2
    ),
    "transposed along a line, channels": _lesson(
        "nn.ConvTranspose1d(1, 2, 2, bias=False)", _batch(1, 3), kernel=_batch(1, 2, 2)
    ),
    "transposed by one weight": _lesson("nn.ConvTranspose1d(1, 1, 1)", [[1, 2]]),
    "transposed kept and added": _lesson(
        "nn.ConvTranspose1d(1, 1, 3, stride=3, padding=1, output_padding=2, bias=False)",
        _batch(1, 3), kernel=_batch(1, 1, 3),
    ),
    "transposed kept and added, two": _lesson(
        "nn.ConvTranspose1d(1, 1, 3, stride=4, padding=1, output_padding=3, bias=False)",
        _batch(1, 3), kernel=_batch(1, 1, 3),
    ),
    "transposed one added": _lesson(
        "nn.ConvTranspose1d(1, 1, 3, stride=2, output_padding=1, bias=False)", _batch(1, 3), kernel=_batch(1, 1, 3)
    ),
    "transposed same, one more": _lesson(
        "Conv1DTranspose(1, 3, strides=2, padding='same', output_padding=1)", _batch(5), kernel=_batch(3, 1, 1)
    ),
    "transposed same, two more": _lesson(
        "Conv1DTranspose(1, 3, strides=3, padding='same', output_padding=2)", _batch(5), kernel=_batch(3, 1, 1)
    ),
    "transposed same": _lesson("Conv2DTranspose(1, 3, strides=2, padding='same')", FOUR, kernel=K3, bias=1),
    "transposed not square": _lesson("nn.ConvTranspose2d(1, 1, 2, stride=(1, 2), bias=False)", FOUR, kernel=K2),
    "transposed channels": _lesson(
        "Conv2DTranspose(1, 2, strides=2)", _batch(2, 2, 2), kernel=_batch(2, 2, 1, 2), bias=[1]
    ),
    "transposed in depth": _lesson(
        "nn.ConvTranspose3d(1, 1, 2, bias=False)", _batch(1, 2, 2, 2), kernel=_batch(1, 1, 2, 2, 2)
    ),
    "transposed in depth, all cut": _lesson(
        "nn.ConvTranspose3d(1, 1, 1, padding=1, bias=False)", _batch(1, 3, 3, 3), kernel=_batch(1, 1, 1, 1, 1)
    ),
    # cell by cell
    "relu": _lesson("ReLU()", [[-1, 0, 2]]),
    "relu many": _lesson("ReLU()", np.arange(100).reshape(10, 10) - 50),
    "relu nan": _lesson("ReLU()", [[NAN, 1]]),
    "relu 6": _lesson("ReLU(max_value=6)", [[7, 3, -2]]),
    "relu leaky": _lesson("LeakyReLU(negative_slope=0.1)", [[-1, 2]]),
    "relu threshold": _lesson("ReLU(threshold=1)", [[0.5, 2]]),
    "relu threshold and slope": _lesson("ReLU(threshold=2, negative_slope=0.5)", [[0.5, 3]]),
    "relu 6, leaky": _lesson("ReLU(max_value=6, negative_slope=0.5)", [[7, 3, -2]]),
    "relu 6 over 1": _lesson("ReLU(max_value=6, threshold=1)", [[7, 3, -2]]),
    "relu 6 over 1, leaky": _lesson("ReLU(max_value=6, threshold=1, negative_slope=0.5)", [[7, 3, -2]]),
    "relu positive": _lesson("ReLU()", [[1, 2]]),
    "elu": _lesson("nn.ELU(0.5)", [[-1, 0, 2]]),
    "elu nan": _lesson("nn.ELU()", [[NAN, 1]]),
    "selu": _lesson("nn.SELU()", [[-1, 0, 2]]),
    "selu nan": _lesson("nn.SELU()", [[NAN, 1]]),
    "silu": _lesson("nn.SiLU()", [[-1, 2]]),
    "silu nan": _lesson("nn.SiLU()", [[NAN, 1]]),
    "silu infinite": _lesson("nn.SiLU()", [[-math.inf, 1]]),
    "gelu": _lesson("nn.GELU()", [[-1, 2]]),
    "gelu nan": _lesson("nn.GELU()", [[NAN, 1]]),
    "gelu by tanh": _lesson("nn.GELU('tanh')", [[-1, 2]]),
    "softplus": _lesson("Activation('softplus')", [[-1, 2]]),
    "softplus cut": _lesson("nn.Softplus(2, 3)", [[-1, 2]]),
    "softplus falling": _lesson("nn.Softplus(-1, 3)", [[-1, 2, -4]]),
    "softplus nan": _lesson("nn.Softplus()", [[NAN, 1]]),
    "log sigmoid": _lesson("nn.LogSigmoid()", [[-1, 2]]),
    "log sigmoid nan": _lesson("nn.LogSigmoid()", [[NAN, 1]]),
    "mish": _lesson("nn.Mish()", [[-1, 2]]),
    "hard tanh": _lesson("nn.Hardtanh()", [[-2, 0.5, 3]]),
    "hard sigmoid": _lesson("nn.Hardsigmoid()", [[-4, 0, 4]]),
    "hard sigmoid of a line": _lesson("HardSigmoid()", [[-4, 0, 4]]),
    "hard swish": _lesson("nn.Hardswish()", [[-4, 0, 3, 4]]),
    "hard swish nan": _lesson("nn.Hardswish()", [[NAN, 1]]),
    "softsign": _lesson("nn.Softsign()", [[-4, 0, 4]]),
    "layer norm": _lesson("LayerNormalization()", [[1, 2, 4], [3, 1, 1]]),
    "layer norm with scale": _lesson("LayerNormalization(center=False)", [[1, 2, 4], [3, 1, 1]]),
    "layer norm with shift": _lesson("LayerNormalization(scale=False)", [[1, 2, 4], [3, 1, 1]]),
    "layer norm alone": _lesson("nn.LayerNorm(3, elementwise_affine=False)", [[1, 2, 4], [3, 1, 1]]),
    "layer norm without epsilon": _lesson("nn.LayerNorm(3, eps=0)", [[1, 2, 4], [3, 1, 1]]),
    "layer norm of nothing": _lesson("nn.LayerNorm(3)", [[1, 2, 4]], weights=[{"weight": [0, 1, 2]}]),
    "layer norm of many": _lesson("LayerNormalization()", _batch(1, 4, 4, 2)),
    "layer norm of axes": _lesson("keras.layers.LayerNormalization(axis=[1, 2])", _batch(1, 2, 2, 2)),
    "group norm": _lesson("nn.GroupNorm(2, 4)", _batch(1, 4, 2, 2)),
    "group norm of one": _lesson("nn.GroupNorm(1, 2)", _batch(2, 2, 2, 2)),
    "batch norm in training": lambda: _of(in_training(torch.nn.BatchNorm2d(2), _batch(2, 2, 2, 2))),
    "instance norm": _lesson("nn.InstanceNorm2d(2)", _batch(1, 2, 2, 2)),
    "response norm": _lesson("nn.LocalResponseNorm(3)", _batch(1, 3, 2, 2)),
    "response norm of an even number": _lesson("nn.LocalResponseNorm(4)", _batch(1, 3, 2, 2)),
    "response norm of one": _lesson("nn.LocalResponseNorm(1, k=0)", [[1, 2]]),
    "response norm of two sides": _lesson("nn.LocalResponseNorm(5)", _batch(1, 13, 1, 1)),
    "response norm, TensorFlow": _lesson("tf.nn.lrn(x, 1)", _batch(1, 1, 1, 2)),
    **{
        f"direction of {name}": _lesson(f"np.arctan2(ndimage.sobel(x, axis=0), {of})", grid)
        for name, of, grid in (
            ("nothing", "ndimage.sobel(x)", [[1, 1], [1, 1]]),
            ("a slope", "ndimage.sobel(x)", [[1, 2], [3, 9]]),
            ("itself", "ndimage.sobel(x, axis=0)", [[1, 1], [3, 3]]),
        )
    },
    "direction to the left": _lesson("np.arctan2(ndimage.sobel(x, axis=0), ndimage.sobel(x))", [[2, 1], [9, 3]]),
    "direction up and left": _lesson("np.arctan2(ndimage.sobel(x, axis=0), ndimage.sobel(x))", [[9, 3], [2, 1]]),
    "direction up": _lesson("np.arctan2(ndimage.sobel(x, axis=0), ndimage.sobel(x))", [[3, 9], [1, 2]]),
    "direction flat": _lesson("np.arctan2(ndimage.sobel(x, axis=0), ndimage.sobel(x))", [[1, 2], [1, 2]]),
    "direction upright": _lesson("np.arctan2(ndimage.sobel(x, axis=0), ndimage.sobel(x))", [[1, 1], [2, 2]]),
    "direction in degrees": _lesson("np.degrees(np.arctan2(ndimage.sobel(x, 0), ndimage.sobel(x)))", [[1, 2], [1, 2]]),
    "direction, OpenCV": _lesson("cv2.phase(cv2.Sobel(x, -1, 1, 0), cv2.Sobel(x, -1, 0, 1))", [[1, 2], [3, 9]]),
    "direction in degrees, OpenCV": _lesson(
        "cv2.phase(cv2.Sobel(x, -1, 1, 0), cv2.Sobel(x, -1, 0, 1), None, True)", [[1, 2], [3, 9]]
    ),
    "whole numbers, SciPy": _lesson("ndimage.uniform_filter(x, size=2)", [[1, 2], [3, 9]]),
    "decimals, SciPy": _lesson("ndimage.uniform_filter(x, size=2)", [[1.0, 2.0], [3.0, 9.0]]),
    "mistakes of a layer norm": _lesson(
        "LayerNormalization(epsilon=2)", [[1, 2, 4], [3, 1, 1]], weights=[{"gamma": [2, 3, 4], "beta": [1, 2, 3]}]
    ),
    "mistakes of an instance norm": _lesson(
        "nn.InstanceNorm2d(2, affine=True)", _batch(1, 2, 2, 2), weights=[{"weight": [2, 3], "bias": [1, 2]}]
    ),
    "mistakes of a batch norm": _lesson("BatchNormalization()", [[1, 2], [5, 9]]),
    "mistakes of a response norm": _lesson("nn.LocalResponseNorm(2, alpha=2)", _batch(1, 3, 1, 1)),
    "mistakes of a response norm, TensorFlow": _lesson("tf.nn.lrn(x, 1)", _batch(1, 1, 1, 3)),
    "prelu": _lesson("nn.PReLU()", [[-1, 0, 2]]),
    "prelu nan": _lesson("nn.PReLU()", [[NAN, 1]]),
    "prelu of channels": _lesson("nn.PReLU(2)", _batch(1, 2, 2, 2)),
    "log softmax": _lesson("nn.LogSoftmax(1)", [[1, 2]]),
    "sigmoid": _lesson("nn.Sigmoid()", [[0, 1]]),
    "sigmoid nan": _lesson("nn.Sigmoid()", [[NAN, 1]]),
    "tanh": _lesson("nn.Tanh()", [[0, 1]]),
    "gemm": _node("Gemm", *GEMM, opset=13, transB=1, alpha=0.5, beta=2.0),
    "gemm alpha": _node("Gemm", *GEMM, opset=13, transB=1, alpha=0.5),
    "gemm alpha, no bias": _node("Gemm", *GEMM[:2], opset=13, transB=1, alpha=0.5),
    "gemm beta": _node("Gemm", *GEMM, opset=13, transB=1, beta=2.0),
    "nothing to do": _lesson("nn.Identity()", [[1, 2]]),
    "identity": _lesson("Dropout(0.5)", [[1, 2]]),
    "softmax": _lesson("Softmax()", [[1, 2]]),
    "softmax infinite": _lesson("Softmax()", [[INF, 2.0]]),
    "dense": _lesson("Dense(2, use_bias=False)", [[1, 2]], kernel=K2),
    "dense bias": _lesson("Dense(2)", [[1, 2]], kernel=K2, bias=[1, 0]),
    "matmul": _node("MatMul", np.array(K2), np.array(FOUR)),
    "matmul of one number": _node("MatMul", np.array([[1.0], [2.0]]), np.array([3.0])),
    "norm with both": _norm(True, True),
    "norm without epsilon": _lesson("BatchNormalization(epsilon=0.0)", _batch(1, 2, 1)),
    "norm with scale": _norm(False, True),
    "norm with shift": _norm(True, False),
    "norm alone": _norm(False, False),
    "norm alone without epsilon": _lesson(
        "BatchNormalization(epsilon=0.0, center=False, scale=False)", _batch(1, 2, 1)
    ),
    "norm with scale, without epsilon": _lesson("BatchNormalization(epsilon=0.0, center=False)", _batch(1, 2, 1)),
    "norm with shift, without epsilon": _lesson("BatchNormalization(epsilon=0.0, scale=False)", _batch(1, 2, 1)),
    "norm of channels": _lesson("BatchNormalization()", _batch(1, 2, 2)),
    "add": _node("Add", np.array(FOUR), np.array(K2)),
    "add repeated": _node("Add", np.array(FOUR), np.array([1, 2])),
    "subtract": _node("Sub", np.array(FOUR), np.array(K2)),
    "multiply": _node("Mul", np.array(FOUR), np.array(K2)),
    "divide": _node("Div", _single(FOUR), _single(K2)),
    "divide zeros": _node("Div", _single([[0, INF]]), _single([[0, INF]])),
    "clip": _node("Clip", _single([[-3, 0, 9]]), _single(-1), _single(2)),
    "clip crossed": _node("Clip", _single([[-3, 0, 9]]), _single(3), _single(2)),
    "clip below": _node("Clip", _single([[-3, 0, 9]]), _single(-1), None),
    "clip above": _node("Clip", _single([[-3, 0, 9]]), None, _single(2)),
    "clip nothing": _node("Clip", _single([[-3, NAN, 9]])),
    "absolute": lambda: sw.trace("nn.LPPool2d(float('inf'), 2)", -COUNT).parents["input"].lesson(),
    # moves
    "flatten": _lesson("Flatten()", _batch(1, 2, 2, 1)),
    "flatten images": _lesson("Flatten()", _batch(2, 2, 2, 1)),
    "flatten channels": _lesson("Flatten(data_format='channels_first')", _batch(1, 2, 2, 2)),
    "reshape": _node("Reshape", np.array(FOUR), np.array([4])),
    "transpose": _node("Transpose", np.array(FOUR), perm=[1, 0]),
    "concat": _node("Concat", np.array(FOUR), np.array(K2), axis=0),
    "flatten channels of images": _lesson("Flatten(data_format='channels_first')", _batch(2, 2, 2, 2)),
    "pad both ends": _lesson("nn.ConstantPad1d(1, 0)", [[1, 2]]),
    "pad the start": _lesson("nn.ConstantPad1d((1, 0), 0)", [[1, 2]]),
    "pad the end": _lesson("nn.ConstantPad1d((0, 1), 0)", [[1, 2]]),
    "pad one edge": _lesson("nn.ZeroPad2d((1, 0, 0, 0))", FOUR),
    "pad": _lesson("ZeroPadding2D(1)", FOUR),
    "pad nothing": _lesson("ZeroPadding2D(0)", FOUR),
    "pad reflected": _lesson("nn.ReflectionPad2d(1)", _batch(1, 3, 3)),
    "pad repeated": _lesson("nn.ReplicationPad2d(1)", _batch(1, 2, 2)),
    "pad wrapped": _lesson("nn.CircularPad2d(1)", _batch(1, 2, 2)),
    "pad cut": _lesson("nn.ZeroPad2d((-1, -1, 0, 0))", _batch(1, 4, 4)),
    "pad cut and added": _lesson("nn.ZeroPad2d((-1, 1, 0, 0))", _batch(1, 4, 4)),
    "unpool": _unpooled(0, 3, 9, 15),
    "unpool overlapping": _unpooled(0, 0, 9, 15),
    "unpool overlapping and lost": lambda: onnx.node(
        "MaxUnpool", [_batch(1, 1, 2, 2), np.array([0, 0, 9, 15]).reshape(1, 1, 2, 2), np.array([1, 1, 3, 3])],
        kernel_shape=[2, 2], strides=[2, 2],
    )[0].lesson(),
    "unpool lost": lambda: onnx.node(
        "MaxUnpool", [_batch(1, 1, 2, 2), np.array([0, 3, 9, 15]).reshape(1, 1, 2, 2), np.array([1, 1, 3, 3])],
        kernel_shape=[2, 2], strides=[2, 2],
    )[0].lesson(),
    # the way back
    "back unpool": _unpooled_back(0, 3, 9, 15),
    "back unpool overlapping": _unpooled_back(0, 0, 9, 15),
    "back max": _back("MaxPool2D(2, strides=1)", [[1, 9, 2], [3, 4, 5], [6, 7, 8]]),
    "back max tie": _back("MaxPool2D(2)", [[7, 7], [1, 2]]),
    "back max tie of two": _back("MaxPool2D(2, strides=1)", [[7, 7, 7], [1, 7, 1]]),
    "back shared": _back("GlobalMaxPooling2D()", np.array([[7.0, 7.0], [1.0, 2.0]]).reshape(1, 2, 2, 1)),
    "back shared, one": _back("GlobalMaxPooling2D()", np.array([[7.0, 3.0], [1.0, 2.0]]).reshape(1, 2, 2, 1)),
    "back shared, three": _back("GlobalMaxPooling2D()", np.array([[7.0, 7.0], [7.0, 2.0]]).reshape(1, 2, 2, 1)),
    "back shared, nan": _back("GlobalMaxPooling2D()", np.array([[NAN, 3.0], [1.0, 2.0]]).reshape(1, 2, 2, 1)),
    "back no slope": _back("nn.LPPool2d(1.5, 2)", -COUNT - 1),
    "back two nans": _back("MaxPool2D(2)", [[NAN, NAN], [1.0, 2.0]]),
    "back nans of two windows": _back("MaxPool2D(2, strides=1)", [[NAN, NAN, NAN], [1.0, NAN, 1.0]]),
    "max whole tie": _lesson("GlobalMaxPooling2D()", np.array([7, 7, 1, 2]).reshape(2, 2, 1)),
    "back max gaps": _back("MaxPool2D(1, strides=2)", _batch(3, 3)),
    "back mean of two": _back("nn.AvgPool1d(2, stride=1)", _batch(1, 3)),
    "back norm of two": _back("nn.LPPool1d(2, 2, stride=1)", _batch(1, 3)),
    "back stages": _back("Conv2D(1, 2, activation='relu')", _batch(3, 3), kernel=K2, bias=1),
    "back nan": lambda: _of(sw.trace("nn.AvgPool1d(2)", _batch(1, 2)).backward(np.array([[NAN]]))["input"]),
    "back mean": _back("AveragePooling2D(2)", FOUR),
    "back mean unlike": _back("AveragePooling2D(2, strides=1, padding='same')", FOUR),
    "back mean of one": _back("AveragePooling2D(1)", FOUR),
    "back mean gaps": _back("AveragePooling2D(1, strides=2)", _batch(3, 3)),
    "back relu": _back("ReLU()", [[-1.0, 0.0, 2.0, NAN]]),
    "back relu of letters": _back("ReLU()", sw.symbols("a", 1, "-5..0")),
    "back relu 6": _back("ReLU(max_value=6)", [[7.0, 3.0]]),
    "back leaky": _back("LeakyReLU(negative_slope=0.1)", [[-1.0, 2.0]]),
    "back conv": _back("Conv2D(1, 2)", _batch(3, 3), kernel=K2, bias=1),
    "back conv kernel": _back("Conv2D(1, 2)", _batch(3, 3), "kernel", kernel=K2, bias=1),
    "back conv bias": _back("Conv2D(1, 2)", _batch(3, 3), "bias", kernel=K2, bias=1),
    "back conv one kernel": _back("Conv2D(1, 2)", FOUR, "kernel", kernel=K2, bias=1),
    "back conv one bias": _back("Conv2D(1, 2)", FOUR, "bias", kernel=K2, bias=1),
    "back flatten": _back("Flatten()", _batch(1, 2, 2, 1)),
    "back cut": _back("nn.ZeroPad2d((-1, 0, 0, 0))", _batch(1, 2, 2)),
    "back sigmoid": _back("nn.Sigmoid()", [[0.0, 1.0]]),
    # side by side
    "VALID or SAME": _compared("MaxPool2D(2, strides=1)", "MaxPool2D(2, strides=1, padding='same')"),
    "SAME or one line": _compared("MaxPool2D(3, 2, 'same')", "MaxPool2d(3, 2, 1)"),
    "one line or two": _compared("MaxPool2d(4, 2, 1)", "MaxPool2d(4, 2, 2)"),
    "max or mean": _compared("MaxPool2D(2)", "AveragePooling2D(2)"),
    "window 2 or 3": _compared("MaxPool2D(2, 1)", "MaxPool2D(3, 1)"),
    "stride 1 or 2": _compared("MaxPool2D(2, 1)", "MaxPool2D(2, 2)"),
    "stride without effect": _compared("MaxPool2D(4, 1)", "MaxPool2D(4, 2)"),
    "dilation 1 or 2": _compared("nn.MaxPool2d(2, 1)", "nn.MaxPool2d(2, 1, dilation=2)"),
    "ceil or floor": _compared("nn.MaxPool2d(3, 2)", "nn.MaxPool2d(3, 2, ceil_mode=True)"),
    "counted or not": _compared("nn.AvgPool2d(2, 2, 1)", "nn.AvgPool2d(2, 2, 1, count_include_pad=False)"),
    "5x5 mean": _compared("nn.AvgPool2d(5, 1, padding=2)", "AveragePooling2D(5, 1, 'same')", _batch(6, 6)),
    "counted without effect": _compared("nn.AvgPool2d(2)", "nn.AvgPool2d(2, count_include_pad=False)"),
    "divisors": _compared("nn.AvgPool2d(2)", "nn.AvgPool2d(2, divisor_override=3)"),
    "divisors, not counted": _compared(
        "nn.AvgPool2d(2, count_include_pad=False)", "nn.AvgPool2d(2, divisor_override=3)"
    ),
    "powers": _compared("nn.LPPool2d(1, 2)", "nn.LPPool2d(2, 2)"),
    "whole or windows": _compared("GlobalMaxPooling2D()", "nn.AdaptiveMaxPool2d(2)", _batch(4, 4)),
    "kernels": _compared(
        "Conv2D(1, 2)", "Conv2D(1, 2)", first={"kernel": K2, "bias": 1}, second={"kernel": FOUR, "bias": 1}
    ),
    "biases": _compared(
        "Conv2D(1, 2)", "Conv2D(1, 2, use_bias=False)", first={"kernel": K2, "bias": 1}, second={"kernel": K2}
    ),
    "cuts alike": _compared("Conv2DTranspose(1, 2)", "Conv2DTranspose(1, 2, padding='valid')", FOUR),
    "cuts alike, another dilation": _compared(
        "nn.ConvTranspose2d(1, 1, 1)", "nn.ConvTranspose2d(1, 1, 1, dilation=2)", FOUR
    ),
    "cuts": _compared(
        "nn.ConvTranspose2d(1, 1, 3, stride=2, bias=False)",
        "nn.ConvTranspose2d(1, 1, 3, stride=2, padding=1, bias=False)",
        FOUR, {"kernel": K3}, {"kernel": K3},
    ),
    "cuts or lines added": _compared(
        "nn.ConvTranspose2d(1, 1, 2, stride=2, output_padding=1, bias=False)",
        "nn.ConvTranspose2d(1, 1, 2, stride=2, padding=1, bias=False)",
        FOUR, {"kernel": K2}, {"kernel": K2},
    ),
    "cuts or two lines added": _compared(
        "nn.ConvTranspose2d(1, 1, 2, stride=3, output_padding=2, bias=False)",
        "nn.ConvTranspose2d(1, 1, 2, stride=3, padding=1, bias=False)",
        FOUR, {"kernel": K2}, {"kernel": K2},
    ),
    "one cell added or two": _compared(
        "nn.ConvTranspose1d(1, 1, 2, stride=3, output_padding=1, bias=False)",
        "nn.ConvTranspose1d(1, 1, 2, stride=3, output_padding=2, bias=False)",
        _batch(1, 2), {"kernel": _batch(1, 1, 2)}, {"kernel": _batch(1, 1, 2)},
    ),
    "filters": _compared(
        "Conv2D(1, 2, use_bias=False)", "Conv2D(2, 2, use_bias=False)",
        first={"kernel": K2}, second={"kernel": _batch(2, 2, 1, 2)},
    ),
    "groups": _compared(
        "nn.Conv2d(2, 2, 2, bias=False)", "nn.Conv2d(2, 2, 2, groups=2, bias=False)", _batch(2, 3, 3),
        {"kernel": _batch(2, 2, 2, 2)}, {"kernel": _batch(2, 1, 2, 2)},
    ),
    "signs": _norms(3, -_batch(1, 1, 4, 4)),
    "scaled or not": _norms(2, _batch(1, 1, 3, 3), ceil_mode=1),
    "up and left": _compared("MaxPool2d(3, 1, 1)", "MaxPool2d(3, 1)", _batch(6, 6)),
    "two rows and one column": _compared("MaxPool2d(4, 1, (2, 1))", "MaxPool2d(4, 1)", _batch(6, 6)),
    "two columns and one row": _compared("MaxPool2d(4, 1, (1, 2))", "MaxPool2d(4, 1)", _batch(6, 6)),
    "far up and left": _compared("MaxPool2d(4, 1, 2)", "MaxPool2d(4, 1)", _batch(6, 6)),
    "far down and right": _compared("MaxPool2d(4, 1)", "MaxPool2d(4, 1, 2)", _batch(6, 6)),
    "far earlier": _compared("nn.MaxPool1d(4, 1, 2)", "nn.MaxPool1d(4, 1)", _batch(1, 6)),
    "later": _compared("nn.MaxPool1d(3, 1)", "nn.MaxPool1d(3, 1, 1)", _batch(1, 6)),
    "far later": _compared("nn.MaxPool1d(4, 1)", "nn.MaxPool1d(4, 1, 2)", _batch(1, 6)),
    "alike": _compared("MaxPool2D(2)", "MaxPool2D(2)"),
    "one dimension, SAME or not": _compared("MaxPooling1D(2, 1)", "MaxPooling1D(2, 1, 'same')", _batch(4)),
    "later or earlier": _compared("nn.MaxPool1d(3, 1, 1)", "nn.MaxPool1d(3, 1)", _batch(1, 5)),
    "channels last or first": _compared("MaxPool2D(2)", "nn.AvgPool2d(2)", "4 3; 2 1;; 0 1; 1 0"),
    "batches of either": lambda: said(
        sw.compare(
            sw.trace("MaxPool2D(2)", _batch(2, 2, 2, 1)), sw.trace("nn.AvgPool2d(2)", _batch(2, 1, 2, 2))
        )
    ),
    "ceil mode or SAME, of letters": _compared(
        "MaxPool(kernel_shape=[2, 2], strides=[2, 2], ceil_mode=1)",
        "MaxPool2D(2, padding='same')",
        "a b c; d e f; g h i",
    ),
    "ceil mode or SAME": _compared("nn.MaxPool2d(2, ceil_mode=True)", "MaxPool2D(2, padding='same')", _batch(3, 3)),
    "mirrored or 0": _stages("nn.Conv2d(1, 1, 3, padding=1, padding_mode='reflect')"),
    "repeated or 0": _stages("nn.Conv2d(1, 1, 3, padding=1, padding_mode='replicate')"),
    "turned or 0": _stages("nn.Conv2d(1, 1, 3, padding=1, padding_mode='circular')"),
    "slopes": _compared("MaxPool2D(2), ReLU()", "MaxPool2D(2), LeakyReLU(negative_slope=0.1)", -COUNT),
    "ReLU or not": _compared("MaxPool2D(2), ReLU()", "MaxPool2D(2)", -COUNT),
    "max or mean, then ReLU": _compared("MaxPool2D(2), ReLU()", "AveragePooling2D(2), ReLU()"),
    "flat, last or first": _compared("MaxPool2D(1), Flatten()", "nn.MaxPool2d(1), nn.Flatten()", "4 3; 2 1;; 0 1; 1 0"),
    "copies or windows": _compared("Conv2DTranspose(1, 2)", "Conv2D(1, 2)"),
    "padded alone": _compared("nn.ReplicationPad2d(1), nn.MaxPool2d(2)", "nn.MaxPool2d(2)"),
    "flat or not": _compared("MaxPool2D(2)", "MaxPool2D(2), Flatten()"),
    "axes of the kernel": _compared(
        "Conv2D(2, 2)", "nn.Conv2d(2, 2, 2)", "1 2 3; 4 5 6;; 1 0 0; 0 1 0",
        {"kernel": _batch(2, 2, 2, 2)}, {"kernel": _batch(2, 2, 2, 2)},
    ),
    "axes of the kernel along a line": _compared(
        "Conv1D(2, 2)", "nn.Conv1d(2, 2, 2)", "1 2 3;; 1 0 1",
        {"kernel": _batch(2, 2, 2)}, {"kernel": _batch(2, 2, 2)},
    ),
    "kernels of other sizes": _compared("Conv2D(1, 2)", "Conv2D(2, 3)", COUNT),
    "large kernels": _compared(
        "Conv2D(1, 4)", "Conv2D(1, 4)", first={"kernel": COUNT, "bias": 1}, second={"kernel": -COUNT, "bias": 1}
    ),
    "many cells differ": _compared("MaxPool2D(2, 1, 'same')", "AveragePooling2D(2, 1, 'same')", _batch(10, 10)),
    # marked
    "marked, a slip": _marked("Conv2D(1, 2)", COUNT, "51 99 99; 91 101 111; 131 141 151", kernel=K2, bias=1),
    "marked, outside counted": _marked("nn.AvgPool2d(2, 2, ceil_mode=True)", _batch(3, 3), "2 1.75; 3.25 2"),
    "too large": _lesson("MaxPool2D(1)", np.ones((500, 500))),
}  # fmt: skip


REQUESTS |= GRADIENTS | TRAINING
REQUESTS |= ALGEBRA | NETWORKS | MARKED | RESIZING | SIGNALS


@cache
def written(name: str) -> str:
    """All that a request says, each message with its mark."""
    with marking():
        told = REQUESTS[name]()
        return said(told) if isinstance(told, Lesson) else told


@cache
def says(name: str) -> frozenset[str]:
    """The messages that a request says."""
    return messages_in(written(name))
