"""Lessons of every kind that a page can operate: each a trace, and what makes it unlike the others in its name."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

import stepwise as sw
from stepwise.dialects import onnx
from stepwise.io.inputs import sample_digit

FOUR = [[4, 3], [2, 1]]


def counted(*shape: int) -> Any:
    """Numbers that repeat and change sign, in this shape."""
    return (np.arange(math.prod(shape)) * 7 % 11 - 4).reshape(shape)


def halves(*shape: int) -> Any:
    """The same in halves, so that they are floats."""
    return counted(*shape) / 2


def noise(*shape: int, kind: str = "float64") -> Any:
    """Floats with long decimals, different in every cell."""
    return np.random.default_rng(len(shape)).normal(size=shape).astype(kind)


TRACES: dict[str, Callable[[], sw.Trace]] = {
    "max same": lambda: sw.trace("MaxPool2D(2, strides=1, padding='same')", FOUR),
    "max valid": lambda: sw.trace("MaxPool2D(2, strides=1)", counted(4, 5)),
    "max with ties and all negative": lambda: sw.trace("MaxPool2D(2)", [[-4, -4, 2, 2], [-4, -5, 2, 2]]),
    "max dilated": lambda: sw.trace("nn.MaxPool2d(2, stride=1, dilation=2)", counted(5, 6)),
    "max ceil": lambda: sw.trace("nn.MaxPool2d(2, stride=2, ceil_mode=True)", counted(5, 5)),
    "max ceil, dropped": lambda: sw.trace("nn.MaxPool2d(2, stride=3, padding=1, ceil_mode=True)", counted(6, 6)),
    "max asymmetric": lambda: onnx.node(
        "MaxPool", [counted(1, 1, 4, 4)], opset=22, kernel_shape=[3, 2], pads=[1, 0, 2, 1], strides=[2, 1]
    )[0],
    "max lower": lambda: onnx.node(
        "MaxPool", [counted(1, 1, 4, 4)], opset=22, kernel_shape=[2, 2], auto_pad="SAME_LOWER"
    )[0],
    "max, stride does not divide": lambda: sw.trace("MaxPool2D(2, strides=3)", counted(6, 6)),
    "max rectangular": lambda: sw.trace("MaxPool2D((1, 3), strides=(2, 1))", counted(4, 5)),
    "max in one dimension": lambda: sw.trace("MaxPool1D(3, strides=2, padding='same')", counted(8)),
    "max in three dimensions": lambda: sw.trace("nn.MaxPool3d(2, padding=1)", counted(1, 3, 3, 3)),
    "max, channels and images": lambda: sw.trace("MaxPool2D(2)", counted(2, 4, 4, 3)),
    "max, channels first": lambda: sw.trace("nn.MaxPool2d(2)", counted(2, 3, 4, 4)),
    "max adaptive": lambda: sw.trace("nn.AdaptiveMaxPool2d((2, 3))", counted(5, 7)),
    "max global": lambda: sw.trace("GlobalMaxPooling2D()", counted(1, 3, 3, 2)),
    "max not finite": lambda: sw.trace(
        "MaxPool2D(2, strides=1)", [[math.nan, 1, 2], [3, math.inf, -math.inf], [0, -1, 5]]
    ),
    "max of big numbers": lambda: sw.trace("MaxPool2D(2, strides=1)", [[2**70, 3, 2**53 + 1], [-(2**62), 10**17, 4]]),
    "max of singles": lambda: sw.trace("MaxPool2D(2, strides=1)", noise(3, 3, kind="float32")),
    "mean": lambda: sw.trace("AveragePooling2D(2)", [[1, 1, 2, 4], [5, 6, 7, 8], [3, 2, 1, 0], [1, 2, 3, 4]]),
    "mean, padding not counted": lambda: sw.trace("AveragePooling2D(3, strides=2, padding='same')", counted(4, 4)),
    "mean, padding counted": lambda: sw.trace("nn.AvgPool2d(3, stride=2, padding=1)", counted(5, 5)),
    "mean, counted, ceil": lambda: sw.trace("nn.AvgPool2d(3, stride=2, padding=1, ceil_mode=True)", counted(6, 6)),
    "mean, divisor given": lambda: sw.trace("nn.AvgPool2d(2, divisor_override=3)", halves(4, 4)),
    "mean of big numbers": lambda: sw.trace("AveragePooling2D(2)", [[10**12, 7 * 10**15], [123456789, 2**53 + 1]]),
    "mean of long decimals": lambda: sw.trace("AveragePooling2D(2, strides=1)", noise(4, 4)),
    "mean of singles": lambda: sw.trace("AveragePooling2D(2, strides=1)", noise(4, 4, kind="float32")),
    "mean adaptive": lambda: sw.trace("nn.AdaptiveAvgPool2d(2)", halves(5, 5)),
    "minimum": lambda: sw.trace("nn.MinPool2d(3, stride=2, padding=1)", halves(5, 5)),
    "minimum, ties and NaN": lambda: sw.trace("nn.MinPool2d(2, stride=1)", [[1, 1, 2], [1, math.nan, 3], [0, 0, 5]]),
    "median, odd": lambda: sw.trace("nn.MedianPool2d(3, stride=1)", halves(4, 4)),
    "median, even and padded": lambda: sw.trace("nn.MedianPool2d(2, stride=1, padding=1)", [[1, 4.5], [math.nan, 3]]),
    "median of 36": lambda: sw.trace("nn.MedianPool2d(6)", counted(6, 6)),
    "p-norm": lambda: sw.trace("nn.LPPool2d(2, 2)", counted(4, 4)),
    "p-norm, odd": lambda: sw.trace("nn.LPPool2d(3, 2, stride=1)", counted(3, 3)),
    "p-norm, one, ceil": lambda: sw.trace("nn.LPPool2d(1, 2, ceil_mode=True)", halves(3, 3)),
    "p-norm, padded": lambda: onnx.node(
        "LpPool", [halves(1, 1, 4, 4)], opset=22, kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[2, 2]
    )[0],
    "convolution": lambda: sw.trace("Conv2D(1, 2)", counted(3, 3), kernel=[[1, 0], [0, -1]], bias=[1]),
    "convolution, padded, no bias": lambda: sw.trace(
        "Conv2D(1, 3, padding='same', use_bias=False)", halves(4, 4), kernel=counted(3, 3)
    ),
    "convolution, dilated": lambda: sw.trace(
        "Conv2D(1, 2, dilation_rate=2, padding='same')", counted(4, 4), kernel=FOUR
    ),
    "convolution, channels and filters": lambda: sw.trace(
        "Conv2D(2, 2)", counted(3, 3, 3), kernel=counted(2, 2, 3, 2), bias=[1, -2]
    ),
    "convolution, grouped": lambda: sw.trace(
        "nn.Conv2d(4, 4, 2, groups=2)", halves(4, 3, 3), kernel=halves(4, 2, 2, 2), bias=[0, 1, 2, 3]
    ),
    "convolution, depthwise": lambda: sw.trace(
        "DepthwiseConv2D(2, depth_multiplier=2)", counted(3, 3, 2), kernel=counted(2, 2, 2, 2), bias=[1, 2, 3, 4]
    ),
    "convolution, causal": lambda: sw.trace("Conv1D(1, 3, padding='causal')", counted(6), kernel=[1, 2, -1], bias=[0]),
    "convolution in three dimensions": lambda: sw.trace(
        "nn.Conv3d(1, 1, 2, padding=1)", counted(2, 2, 2), kernel=counted(2, 2, 2), bias=[1]
    ),
    "convolution of many channels, folded": lambda: sw.trace(
        "Conv2D(1, 3)", noise(3, 3, 8), kernel=noise(3, 3, 8, 1), bias=[0.5]
    ),
    "convolution of the digit": lambda: sw.trace("Conv2D(5, 3, strides=2, padding='same')", sample_digit(0) / 255),
    "transposed": lambda: sw.trace(
        "nn.ConvTranspose2d(1, 1, 3, stride=2, padding=1)", FOUR, kernel=counted(3, 3), bias=[1]
    ),
    "transposed, grouped": lambda: sw.trace(
        "nn.ConvTranspose2d(2, 4, 2, stride=3, groups=2)",
        counted(2, 2, 2),
        kernel=counted(2, 2, 2, 2),
        bias=[0, 1, 2, 3],
    ),
    "transposed, Keras": lambda: sw.trace(
        "Conv2DTranspose(2, 3, strides=2, padding='same')", halves(2, 3, 2), kernel=halves(3, 3, 2, 2), bias=[0, 1]
    ),
    "relu": lambda: sw.trace("ReLU()", [[-1, 0, 2.5], [math.nan, -0.25, 3]]),
    "relu, leaky and cut off": lambda: sw.trace("ReLU(max_value=2, negative_slope=0.1, threshold=1)", halves(3, 4)),
    "elu": lambda: sw.trace("nn.ELU(0.5)", [[-2, 0, 1.5], [math.nan, -0.25, -math.inf]]),
    "selu": lambda: sw.trace("nn.SELU()", [[-2, 0, 1.5], [math.nan, -0.25, -math.inf]]),
    "mish and sigmoid where exp overflows": lambda: sw.trace(["nn.Mish()", "nn.Sigmoid()"], [[-800, 800, 1]]),
    "silu": lambda: sw.trace("nn.SiLU()", [[-2, 0, 1.5], [30, -0.25, -30]]),
    "gelu": lambda: sw.trace("nn.GELU()", [[-2, 0, 1.5], [math.nan, -0.25, -7]]),
    "gelu by tanh": lambda: sw.trace("nn.GELU('tanh')", [[-2, 0, 1.5], [math.nan, -0.25, 7]]),
    "softplus": lambda: sw.trace("nn.Softplus(2, 3)", [[-2, 0, 1.5], [math.nan, -400, 1.75]]),
    "softplus, never cut": lambda: sw.trace("Activation('softplus')", [[-2, 0, 1.5], [-7, -30, 30]]),
    "logarithm of a sigmoid": lambda: sw.trace("nn.LogSigmoid()", [[-2, 0, 1.5], [-30, -0.25, 30]]),
    "mish": lambda: sw.trace("nn.Mish()", [[-2, 0, 1.5], [math.nan, -30, 30]]),
    "hard tanh": lambda: sw.trace("nn.Hardtanh(-1, 2)", halves(2, 3)),
    "hard sigmoid": lambda: sw.trace("nn.Hardsigmoid()", [[-3, 0, 1.5], [math.nan, 3, -math.inf]]),
    "hard sigmoid of ONNX": lambda: sw.trace("HardSigmoid(beta=-0.5)", [[-3, 0, 1.5], [4, 3, 9]]),
    "hard swish": lambda: sw.trace("nn.Hardswish()", [[-3, 0, 1.5], [math.nan, 3, -math.inf]]),
    "softsign": lambda: sw.trace("nn.Softsign()", [[-3, 0, 1.5], [math.nan, 3, math.inf]]),
    "layer norm": lambda: sw.trace("LayerNormalization(epsilon=0.5)", halves(2, 3)),
    "layer norm with weights": lambda: sw.trace(
        "nn.LayerNorm([2, 2])", halves(1, 2, 2, 2), weights=[{"weight": halves(2, 2), "bias": halves(2, 2)}]
    ),
    "group norm of volumes": lambda: sw.trace("nn.GroupNorm(2, 4)", halves(1, 4, 1, 2, 2)),
    "group norm": lambda: sw.trace("keras.layers.GroupNormalization(2)", halves(2, 4)),
    "response norm": lambda: sw.trace("nn.LocalResponseNorm(2, alpha=0.5)", halves(1, 4, 2, 2)),
    "response norm, channels last": lambda: sw.trace("tf.nn.lrn(x, 1)", halves(1, 2, 2, 3)),
    "instance norm": lambda: sw.trace("nn.InstanceNorm2d(2, affine=True)", halves(1, 2, 2, 3)),
    "prelu": lambda: sw.trace("nn.PReLU()", [[-2, 0, 1.5], [math.nan, -0.25, -7]]),
    "prelu of channels": lambda: sw.trace("nn.PReLU(2)", halves(1, 2, 2, 3), weights=[{"weight": [0.5, -2.0]}]),
    "log softmax": lambda: sw.trace("nn.LogSoftmax(1)", halves(2, 3)),
    "sigmoid": lambda: sw.trace("nn.Sigmoid()", halves(2, 3)),
    "tanh": lambda: sw.trace("nn.Tanh()", halves(2, 3)),
    "softmax": lambda: sw.trace("Softmax()", [[1, 2, 3], [0, 0, -5]]),
    "flatten": lambda: sw.trace("Flatten()", counted(2, 2, 3, 2)),
    "flatten, channels first": lambda: sw.trace("Flatten(data_format='channels_first')", counted(2, 3, 2, 2)),
    "dense": lambda: sw.trace("Dense(3)", counted(2, 4), kernel=counted(4, 3), bias=[1, 2, 3]),
    "dense of 245 products": lambda: sw.trace("Dense(2)", noise(245, 1).T, kernel=noise(245, 2), bias=[0.25, -3]),
    "linear of 40, no bias": lambda: sw.trace("nn.Linear(40, 2, bias=False)", halves(2, 40), kernel=counted(2, 40)),
    "linear": lambda: sw.trace("nn.Linear(4, 3)", halves(2, 4), kernel=halves(3, 4), bias=[1, 2, 3]),
    "pad": lambda: sw.trace("nn.ReflectionPad2d(1)", counted(3, 3)),
    "pad, constant": lambda: sw.trace("ZeroPadding2D(1)", counted(2, 2)),
    "crop": lambda: sw.trace("Cropping2D(((1, 0), (0, 2)))", counted(3, 4)),
    "nearest": lambda: sw.trace("UpSampling2D(2)", halves(2, 3)),
    "nearest, smaller": lambda: sw.trace("nn.Upsample(size=(2, 3), mode='nearest-exact')", counted(1, 2, 5, 4)),
    "bilinear": lambda: sw.trace("UpSampling2D(2, interpolation='bilinear')", [[4, 8], [12, 0]]),
    "bilinear, corners": lambda: sw.trace(
        "nn.Upsample(size=(3, 5), mode='bilinear', align_corners=True)", halves(2, 3)
    ),
    "linear along a line": lambda: sw.trace("nn.Upsample(scale_factor=2, mode='linear')", halves(1, 2, 4)),
    "trilinear": lambda: sw.trace("nn.Upsample(size=(3, 2, 3), mode='trilinear')", halves(1, 1, 2, 2, 2)),
    "depth to space": lambda: sw.trace("nn.PixelShuffle(2)", counted(4, 2, 2)),
    "depth to space, depth first": lambda: onnx.node("DepthToSpace", [counted(1, 8, 1, 2)], blocksize=2)[0],
    "space to depth": lambda: sw.trace("nn.PixelUnshuffle(2)", counted(4, 4)),
    "channel shuffle": lambda: sw.trace("nn.ChannelShuffle(2)", counted(1, 4, 2, 2)),
    "unfold": lambda: sw.trace("nn.Unfold(2, padding=1, stride=2)", counted(3, 3)),
    "fold": lambda: sw.trace("nn.Fold((3, 3), 2)", counted(4, 4)),
    "fold, dilated": lambda: sw.trace("nn.Fold((4, 4), 2, dilation=2, stride=3)", counted(4, 1)),
    "identity": lambda: sw.trace("Dropout(0.5)", counted(2, 3)),
    "chain": lambda: sw.trace(
        ["Conv2D(2, 2)", "ReLU()", "MaxPool2D(2)", "Flatten()", "Dense(2)", "Softmax()"],
        halves(5, 5),
        weights=[
            {"kernel": halves(2, 2, 1, 2), "bias": [0, 1]},
            None,
            None,
            None,
            {"kernel": halves(8, 2), "bias": [0, 0.5]},
            None,
        ],
    ),
}
