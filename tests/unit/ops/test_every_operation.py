"""Every operation that a course names, in every dialect that has it, in 1, 2 and 3 dimensions: traced, told, verified.

A row is a call in a framework's own words; `{n}` is the number of dimensions. To add an operation: its rows.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import stepwise as sw
from stepwise.analysis.backpropagation import loss_of
from stepwise.dialects import DIALECTS, keras, layers, onnx, torch
from stepwise.layers.saved import from_data
from stepwise.ops import OPERATIONS
from stepwise.ops.smooth import GELU
from stepwise.traces.operation import Operation
from stepwise.traces.trace import Trace, chain
from tests.requests import in_training
from tests.worked_out import explains, sample

ALL = (1, 2, 3)
CELLS = {1: 4, 2: 4, 3: 3}  # along each axis

# what it is -> (the call, the dimensions it exists in)
CALLS: dict[str, tuple[str, tuple[int, ...]]] = {
    "max pooling, Keras": ("MaxPool{n}D(2, strides=1, padding='same')", ALL),
    "max pooling, PyTorch: dilation, ceil mode": ("nn.MaxPool{n}d(2, 2, 1, dilation=2, ceil_mode=True)", ALL),
    "max pooling, ONNX: lower": ("MaxPool(kernel_shape={twos}, auto_pad='SAME_LOWER')", ALL),
    "max pooling, ONNX: dilation, ceil mode": (
        "MaxPool(kernel_shape={twos}, strides={twos}, dilations={twos}, ceil_mode=1)",
        ALL,
    ),
    "average pooling, Keras": ("AveragePooling{n}D(2, padding='same')", ALL),
    "average pooling, PyTorch: padding counted": ("nn.AvgPool{n}d(3, 2, 1, ceil_mode=True)", ALL),
    "average pooling, PyTorch: padding not counted": ("nn.AvgPool{n}d(3, 2, 1, count_include_pad=False)", ALL),
    "average pooling, PyTorch: divisor": ("nn.AvgPool{n}d(2, divisor_override=3)", (2, 3)),
    "average pooling, ONNX: dilation": ("AveragePool(kernel_shape={twos}, dilations={twos})", ALL),
    "average pooling, ONNX: padding counted": (
        "AveragePool(kernel_shape={twos}, pads={pads}, count_include_pad=1)",
        ALL,
    ),
    "Lp pooling, PyTorch": ("nn.LPPool{n}d(2, 2, ceil_mode=True)", ALL),
    "Lp pooling, PyTorch: the largest": ("nn.LPPool{n}d(float('inf'), 2, 1)", ALL),
    "Lp pooling, PyTorch: the smallest": ("nn.LPPool{n}d(-float('inf'), 2, 1)", ALL),
    "Lp pooling, ONNX": ("LpPool(kernel_shape={twos}, p=3)", ALL),
    "global max, Keras": ("GlobalMaxPooling{n}D()", ALL),
    "global average, Keras": ("GlobalAveragePooling{n}D(keepdims=True)", ALL),
    "adaptive max, PyTorch": ("nn.AdaptiveMaxPool{n}d(2)", ALL),
    "adaptive average, PyTorch": ("nn.AdaptiveAvgPool{n}d(2)", ALL),
    "adaptive max, Keras": ("AdaptiveMaxPooling{n}D(2)", ALL),
    "adaptive average, Keras": ("AdaptiveAveragePooling{n}D(2)", ALL),
    "convolution, Keras": ("Conv{n}D(2, 2, padding='same')", ALL),
    "convolution, Keras: strided": ("Conv{n}D(2, 2, strides=2)", ALL),
    "convolution, Keras: dilated": ("Conv{n}D(2, 2, dilation_rate=2)", ALL),
    "convolution, Keras: grouped": ("Conv{n}D(4, 2, groups=2)", ALL),
    "convolution, Keras: pointwise": ("Conv{n}D(3, 1)", ALL),
    "convolution, Keras: activated": ("Conv{n}D(2, 2, activation='relu')", ALL),
    "convolution, Keras: causal": ("Conv1D(2, 2, padding='causal', dilation_rate=2)", (1,)),
    "convolution, PyTorch": ("nn.Conv{n}d(2, 3, 2, stride=2, padding=1)", ALL),
    "convolution, PyTorch: same": ("nn.Conv{n}d(2, 2, 2, padding='same', dilation=2)", ALL),
    "convolution, PyTorch: depthwise": ("nn.Conv{n}d(2, 4, 2, groups=2)", ALL),
    "convolution, PyTorch: reflected": ("nn.Conv{n}d(2, 1, 3, padding=1, padding_mode='reflect')", ALL),
    "convolution, PyTorch: repeated": ("nn.Conv{n}d(2, 1, 3, padding=1, padding_mode='replicate')", ALL),
    "convolution, PyTorch: circular": ("nn.Conv{n}d(2, 1, 3, padding=1, padding_mode='circular')", ALL),
    "depthwise convolution, Keras": ("DepthwiseConv{n}D(2, depth_multiplier=2)", (1, 2)),
    "separable convolution, Keras": ("SeparableConv{n}D(3, 2, depth_multiplier=2)", (1, 2)),
    "transposed convolution, Keras": ("Conv{n}DTranspose(2, 3, strides=2, padding='same')", ALL),
    "transposed convolution, Keras: output padding": ("Conv{n}DTranspose(2, 3, strides=2, output_padding=1)", ALL),
    "transposed convolution, Keras: dilated": ("Conv{n}DTranspose(1, 2, dilation_rate=2)", ALL),
    "transposed convolution, PyTorch": (
        "nn.ConvTranspose{n}d(2, 2, 3, stride=2, padding=1, output_padding=1, groups=2)",
        ALL,
    ),
    "transposed convolution, PyTorch: dilated": ("nn.ConvTranspose{n}d(2, 1, 2, dilation=2)", ALL),
    "padding, Keras": ("ZeroPadding{n}D(1)", ALL),
    "padding, PyTorch: zeros": ("nn.ZeroPad{n}d({uneven})", ALL),
    "padding, PyTorch: constant": ("nn.ConstantPad{n}d({uneven}, -1.5)", ALL),
    "padding, PyTorch: mirrored": ("nn.ReflectionPad{n}d({uneven})", ALL),
    "padding, PyTorch: repeated": ("nn.ReplicationPad{n}d({uneven})", ALL),
    "padding, PyTorch: wrapped": ("nn.CircularPad{n}d({uneven})", ALL),
    "ReLU, Keras": ("keras.layers.ReLU(max_value=2, negative_slope=0.1)", ALL),
    "ReLU, PyTorch": ("nn.ReLU()", ALL),
    "ReLU, ONNX": ("Relu()", ALL),
    "leaky ReLU, Keras": ("keras.layers.LeakyReLU()", ALL),
    "leaky ReLU, PyTorch": ("nn.LeakyReLU(0.2)", ALL),
    "leaky ReLU, ONNX": ("LeakyRelu(alpha=0.2)", ALL),
    "ELU, Keras": ("keras.layers.ELU(0.5)", ALL),
    "ELU, PyTorch": ("nn.ELU()", ALL),
    "ELU, ONNX": ("Elu(alpha=2.0)", ALL),
    "SELU, Keras": ("Activation('selu')", ALL),
    "SELU, PyTorch": ("nn.SELU()", ALL),
    "SELU, ONNX": ("Selu(alpha=1.5)", ALL),
    "SiLU, Keras": ("Activation('silu')", ALL),
    "SiLU, PyTorch": ("nn.SiLU()", ALL),
    "GELU, Keras": ("Activation('gelu')", ALL),
    "GELU, PyTorch": ("nn.GELU()", ALL),
    "GELU by tanh, PyTorch": ("nn.GELU(approximate='tanh')", ALL),
    "GELU, ONNX": ("Gelu()", ALL),
    "softplus, Keras": ("Activation('softplus')", ALL),
    "softplus, PyTorch": ("nn.Softplus(beta=2, threshold=3)", ALL),
    "softplus, ONNX": ("onnx.Softplus()", ALL),
    "logarithm of a sigmoid, Keras": ("Activation('log_sigmoid')", ALL),
    "logarithm of a sigmoid, PyTorch": ("nn.LogSigmoid()", ALL),
    "mish, Keras": ("Activation('mish')", ALL),
    "mish, PyTorch": ("nn.Mish()", ALL),
    "mish, ONNX": ("onnx.Mish()", ALL),
    "hard tanh, Keras": ("Activation('hard_tanh')", ALL),
    "hard tanh, PyTorch": ("nn.Hardtanh(-1, 2)", ALL),
    "hard sigmoid, Keras": ("Activation('hard_sigmoid')", ALL),
    "hard sigmoid, PyTorch": ("nn.Hardsigmoid()", ALL),
    "hard sigmoid, ONNX": ("HardSigmoid(alpha=0.25)", ALL),
    "hard swish, Keras": ("Activation('hard_silu')", ALL),
    "hard swish, PyTorch": ("nn.Hardswish()", ALL),
    "hard swish, ONNX": ("HardSwish()", ALL),
    "softsign, Keras": ("Activation('softsign')", ALL),
    "softsign, PyTorch": ("nn.Softsign()", ALL),
    "softsign, ONNX": ("onnx.Softsign()", ALL),
    "PReLU, Keras": ("keras.layers.PReLU(alpha_initializer='ones')", ALL),
    "PReLU, Keras: shared": ("keras.layers.PReLU(shared_axes=[1])", ALL),
    "PReLU, PyTorch": ("nn.PReLU()", ALL),
    "PReLU, PyTorch: of channels": ("nn.PReLU(2)", ALL),
    "log softmax, Keras": ("Activation('log_softmax')", ALL),
    "log softmax, PyTorch": ("nn.LogSoftmax(dim=1)", ALL),
    "log softmax, ONNX": ("onnx.LogSoftmax(axis=1)", ALL),
    "sigmoid, Keras": ("Activation('sigmoid')", ALL),
    "sigmoid, PyTorch": ("nn.Sigmoid()", ALL),
    "sigmoid, ONNX": ("onnx.Sigmoid()", ALL),
    "tanh, Keras": ("Activation('tanh')", ALL),
    "tanh, PyTorch": ("nn.Tanh()", ALL),
    "tanh, ONNX": ("onnx.Tanh()", ALL),
    "softmax, Keras": ("keras.layers.Softmax()", ALL),
    "softmax, PyTorch": ("nn.Softmax(dim=1)", ALL),
    "softmax, ONNX": ("onnx.Softmax(axis=1)", ALL),
    "flatten, Keras": ("keras.layers.Flatten()", ALL),
    "flatten, PyTorch": ("nn.Flatten()", ALL),
    "flatten, ONNX": ("onnx.Flatten()", ALL),
    "dense, Keras": ("Dense(2)", ALL),
    "linear, PyTorch": ("nn.Linear({cells}, 2)", ALL),
    "batch normalisation, Keras": ("BatchNormalization()", ALL),
    "layer normalisation, Keras": ("LayerNormalization()", ALL),
    "layer normalisation of an axis, Keras": ("keras.layers.LayerNormalization(axis=1)", ALL),
    "layer normalisation, PyTorch": ("nn.LayerNorm({cells})", ALL),
    "group normalisation, Keras": ("GroupNormalization(2)", ALL),
    "group normalisation, PyTorch": ("nn.GroupNorm(1, 2)", ALL),
    "instance normalisation, Keras": ("GroupNormalization(-1, axis=-1)", ALL),
    "instance normalisation, PyTorch": ("nn.InstanceNorm{n}d(2, affine=True)", ALL),
    "local response normalisation, PyTorch": ("nn.LocalResponseNorm(2, alpha=0.5)", ALL),
    "local response normalisation, TensorFlow": ("tf.nn.lrn(x, 1)", (2,)),
    "local response normalisation, ONNX": ("onnx.LRN(size=2, alpha=0.5)", ALL),
    "batch normalisation, PyTorch": ("nn.BatchNorm{n}d(2)", ALL),
    "dropout, Keras": ("keras.layers.Dropout(0.5)", ALL),
    "spatial dropout, Keras": ("SpatialDropout{n}D(0.5)", ALL),
    "dropout, PyTorch": ("nn.Dropout(0.5)", ALL),
    "channel dropout, PyTorch": ("nn.Dropout{n}d(0.5)", ALL),
    "dropout, ONNX": ("onnx.Dropout()", ALL),
    "ReLU6, PyTorch": ("nn.ReLU6()", ALL),
    "clip, ONNX": ("Clip(min=-2.5, max=3)", ALL),
    "reshape, Keras": ("keras.layers.Reshape((-1, 1))", ALL),
    "axes moved, Keras": ("Permute({order})", ALL),
    "axes moved, ONNX": ("onnx.Transpose()", ALL),
    "minimum, PyTorch's style": ("nn.MinPool{n}d(2, 1, 1, ceil_mode=True)", ALL),
    "median, PyTorch's style": ("nn.MedianPool{n}d(2, stride=1)", ALL),
    "cropping, Keras": ("Cropping{n}D(1)", ALL),
    "resizing, Keras: nearest": ("UpSampling{n}D(2)", ALL),
    "resizing, Keras: bilinear": ("UpSampling2D((2, 3), interpolation='bilinear')", (2,)),
    "resizing, PyTorch: nearest": ("nn.Upsample(scale_factor=2)", ALL),
    "resizing, PyTorch: linear": ("nn.Upsample(size=5, mode='linear')", (1,)),
    "resizing, PyTorch: bilinear": ("nn.Upsample(scale_factor=1.5, mode='bilinear', align_corners=True)", (2,)),
    "resizing, PyTorch: trilinear": ("nn.Upsample(size=4, mode='trilinear')", (3,)),
    "resizing, PyTorch: of a picture": ("nn.UpsamplingNearest2d(scale_factor=2)", (2,)),
    "resizing, PyTorch: of a picture, bilinear": ("nn.UpsamplingBilinear2d(size=7)", (2,)),
    "resizing, ONNX: nearest": ("Resize(sizes={sizes}, nearest_mode='ceil')", ALL),
    "resizing, ONNX: linear": (
        "Resize(sizes={sizes}, mode='linear', coordinate_transformation_mode='asymmetric')",
        ALL,
    ),
    "resizing, ONNX: old": ("onnx.Upsample(scales={scales})", ALL),
    "pixel unshuffle, PyTorch": ("nn.PixelUnshuffle(2)", (2,)),
    "space to depth, ONNX": ("SpaceToDepth(blocksize=2)", (2,)),
    "channel shuffle, PyTorch": ("nn.ChannelShuffle(2)", ALL),
    "unfolding, PyTorch": ("nn.Unfold(2, padding=1, stride=2)", (2,)),
    "nothing, Keras": ("keras.layers.Identity()", ALL),
    "nothing, PyTorch": ("nn.Identity()", ALL),
    "nothing, ONNX": ("onnx.Identity()", ALL),
}


SLOPES = "np.hypot(ndimage.sobel(x, axis=0), ndimage.sobel(x))"


def image(n: int, channels_last: bool) -> np.ndarray[Any, np.dtype[Any]]:
    """One image in a batch, a few cells along each of n axes, two channels."""
    x = np.random.default_rng(n).integers(-9, 10, (1, 2, *[CELLS[n]] * n)).astype(float)
    return np.moveaxis(x, 1, -1) if channels_last else x


def called(call: str, n: int) -> Trace:
    words: dict[str, Any] = {
        "n": n,
        "cells": CELLS[n],
        "twos": [2] * n,
        "pads": [1] * 2 * n,
        "uneven": tuple([1, 2] * n),
        "order": tuple(range(n + 1, 0, -1)),
        "sizes": [1, 2, *[5] * n],
        "scales": [1, 1, *[2] * n],
    }
    text = call.format(**words)
    [layer] = layers(text)
    return sw.trace(text, image(n, layer.dialect == "keras"))


def _unpooled(n: int) -> Trace:
    pooled, indices = getattr(torch.functional, f"max_pool{n}d")(image(n, False), 2, return_indices=True)
    undone: Trace = getattr(torch.nn, f"MaxUnpool{n}d")(2)(pooled, indices)
    return undone


def _node(op: str, n: int, *others: Any, **attributes: Any) -> Trace:
    trace: Trace = onnx.node(op, [image(n, False), *others], **attributes)[0]
    return trace


def _ones(*shape: int) -> np.ndarray[Any, np.dtype[Any]]:
    return np.arange(np.prod(shape), dtype=float).reshape(shape) % 3 - 1


def gradient(call: str, n: int, name: str) -> Trace:
    trace = called(call, n)
    back = np.random.default_rng(n).integers(-3, 4, trace.shape).astype(float)
    return trace.backward(back)[name]


def measured(call: str, n: int, loss: str, drawn: bool = False) -> Trace:
    """A loss of what a layer gives: of drawn targets, or of a class for each sample."""
    trace = called(call, n)
    random = np.random.default_rng(n)
    target: Any
    if loss != "cross_entropy" or drawn:
        target = random.uniform(0.1, 1, trace.shape)
        target /= target.sum(axis=-1, keepdims=True) if loss == "cross_entropy" else 1
    else:
        axis = -1 if trace.layer.layout.channels_last or trace.ndim < 3 else 1
        target = random.integers(0, trace.shape[axis], np.delete(trace.shape, axis))
    return loss_of(trace, loss, target)


# What needs more inputs than one, and so is no pasted call.
NODES: dict[str, Callable[[int], Trace]] = {
    "max-unpooling, PyTorch": _unpooled,
    "max-unpooling, ONNX": lambda n: onnx.node(  # windows that overlap, so that some maxima land alike
        "MaxUnpool",
        onnx.node("MaxPool", [image(n, False)], kernel_shape=[2] * n, strides=[1] * n),
        kernel_shape=[2] * n,
        strides=[1] * n,
    )[0],
    "global max, ONNX": lambda n: _node("GlobalMaxPool", n),
    "global average, ONNX": lambda n: _node("GlobalAveragePool", n),
    "global Lp, ONNX": lambda n: _node("GlobalLpPool", n, p=3),
    "convolution, ONNX": lambda n: _node("Conv", n, _ones(4, 1, *[2] * n), _ones(4), group=2, auto_pad="SAME_LOWER"),
    "convolution, ONNX: asymmetric": lambda n: _node("Conv", n, _ones(1, 2, *[2] * n), pads=[0] * n + [1] * n),
    "transposed convolution, ONNX": lambda n: _node(
        "ConvTranspose", n, _ones(2, 1, *[3] * n), strides=[2] * n, output_padding=[1] * n, pads=[1] * 2 * n
    ),
    "padding, ONNX: asymmetric": lambda n: _node("Pad", n, np.array([0, 0, *[1] * n, 0, 0, *[2] * n])),
    "padding, ONNX: wrapped": lambda n: _node("Pad", n, np.array([0, 0, *[1] * n, 0, 0, *[2] * n]), mode="wrap"),
    "padding, ONNX: mirrored": lambda n: _node("Pad", n, np.array([0, 0, *[1] * n, 0, 0, *[2] * n]), mode="reflect"),
    "padding, ONNX: repeated": lambda n: _node("Pad", n, np.array([0, 0, *[1] * n, 0, 0, *[2] * n]), mode="edge"),
    "matrix product, ONNX": lambda n: _node("MatMul", n, _ones(CELLS[n], 3)),
    "Gemm, ONNX": lambda n: onnx.node("Gemm", [_ones(n, 4), _ones(3, 4), _ones(3)], transB=1, alpha=2.0, beta=0.5)[0],
    "batch normalisation, ONNX": lambda n: _node("BatchNormalization", n, *np.ones((4, 2))),
    "layer normalisation, ONNX": lambda n: _node("LayerNormalization", n, _ones(CELLS[n]), axis=-1),
    "group normalisation, ONNX": lambda n: _node("GroupNormalization", n, _ones(2), _ones(2), num_groups=1),
    "instance normalisation, ONNX": lambda n: _node("InstanceNormalization", n, _ones(2), _ones(2)),
    "batch normalisation in training": lambda n: in_training(torch.nn.BatchNorm1d(2), _ones(3, 2, n)),
    "gradient of a batch normalisation in training": lambda n: in_training(
        keras.layers.BatchNormalization(), _ones(3, n, 2)
    ).backward(_ones(3, n, 2) / 2)[("input", "gamma", "beta")[n - 1]],
    "gradient of a layer normalisation": lambda n: gradient("keras.layers.LayerNormalization()", n, "input"),
    "gradient of a group normalisation": lambda n: gradient("nn.GroupNorm(1, 2)", n, "weight"),
    "PReLU, ONNX": lambda n: _node("PRelu", n, _ones(2, *[1] * n)),
    "gradient of a local response normalisation": lambda n: gradient("nn.LocalResponseNorm(2, alpha=0.5)", n, "input"),
    "gradient of a PReLU": lambda n: gradient("nn.PReLU(2)", n, "weight"),
    "addition, ONNX": lambda n: _node("Add", n, image(n, False)),
    "sum, ONNX": lambda n: _node("Sum", n, image(n, False), _ones(1, 2, *[1] * n)),
    "product, ONNX": lambda n: _node("Mul", n, _ones(2, *[1] * n)),
    "difference, ONNX": lambda n: _node("Sub", n, image(n, False)),
    "direction, NumPy": lambda n: sw.trace(SLOPES.replace("hypot", "arctan2"), image(n, False)[0, 0]),
    "magnitude, NumPy": lambda n: sw.trace(SLOPES, image(n, False)[0, 0]),
    "quotient, ONNX": lambda n: _node("Div", n, image(n, False) / 2 + 10),
    "concatenation, ONNX": lambda n: _node("Concat", n, image(n, False), axis=1),
    "reshape, ONNX": lambda n: _node("Reshape", n, np.array([0, -1])),
    "squeeze, ONNX": lambda n: _node("Squeeze", n, np.array([0])),
    "unsqueeze, ONNX": lambda n: _node("Unsqueeze", n, np.array([0, -1])),
    "slicing, ONNX": lambda n: _node(
        "Slice", n, np.array([1] * n), np.array([CELLS[n]] * n), np.arange(2, n + 2), np.array([1] * n)
    ),
    "tiling, ONNX": lambda n: _node("Tile", n, np.array([1, 1, 2, *[1] * (n - 1)])),
    "pixel shuffle, PyTorch": lambda n: torch.nn.PixelShuffle(2)(_ones(1, 8, 2, n)),
    "depth to space, ONNX": lambda n: onnx.node("DepthToSpace", [_ones(1, 8, 2, n)], blocksize=2)[0],
    "folding, PyTorch": lambda n: torch.nn.Fold((3, n + 1), 2)(_ones(1, 8, 2 * n)),
    "gradient of a mean of neighbours": lambda n: gradient("nn.Upsample(scale_factor=2)", n, "input"),
    "gradient of an interpolation": lambda n: gradient(
        f"nn.Upsample(scale_factor=2, mode={['linear', 'bilinear', 'trilinear'][n - 1]!r})", n, "input"
    ),
    "gradient of a median": lambda n: gradient("nn.MedianPool{n}d(2, stride=1)", n, "input"),
    "mean over all, ONNX": lambda n: _node("ReduceMean", n, np.arange(2, n + 2), keepdims=0),
    "concatenation, Keras": lambda n: keras.layers.Concatenate()([image(n, True), image(n, True)]),
    "concatenation, PyTorch": lambda n: torch.cat([image(n, False), image(n, False)], dim=1),
    "product, Keras": lambda n: keras.layers.Multiply()([image(n, True), image(n, True)]),
    "difference, Keras": lambda n: keras.layers.Subtract()([image(n, True), image(n, True)]),
    "gradient of a convolution": lambda n: gradient("Conv{n}D(2, 2, strides=2)", n, "input"),
    "gradient of its kernel": lambda n: gradient("nn.Conv{n}d(2, 4, 2, groups=2, dilation=2)", n, "weight"),
    "gradient of its bias": lambda n: gradient("Conv{n}D(2, 2, padding='same')", n, "bias"),
    "gradient of a transposed convolution": lambda n: gradient("nn.ConvTranspose{n}d(2, 2, 3, stride=2)", n, "input"),
    "gradient of a maximum": lambda n: gradient("MaxPool{n}D(2, strides=1, padding='same')", n, "input"),
    "gradient of a mean": lambda n: gradient("nn.AvgPool{n}d(3, 2, 1, ceil_mode=True)", n, "input"),
    "gradient of a softmax": lambda n: gradient("keras.layers.Softmax()", n, "input"),
    "gradient of a dense layer": lambda n: gradient("Dense(2)", n, "kernel"),
    "mean squared error": lambda n: measured("AveragePooling{n}D(2)", n, "mse"),
    "cross-entropy of scores": lambda n: measured("nn.Conv{n}d(2, 3, 2)", n, "cross_entropy"),
    "cross-entropy of scores and shares": lambda n: measured("Conv{n}D(3, 2)", n, "cross_entropy", drawn=True),
    "cross-entropy of probabilities": lambda n: measured("keras.layers.Softmax()", n, "cross_entropy"),
    "cross-entropy of logarithms": lambda n: measured("nn.LogSoftmax(1)", n, "cross_entropy"),
    "binary cross-entropy of scores": lambda n: measured("MaxPool{n}D(2)", n, "binary_cross_entropy"),
    "binary cross-entropy of probabilities": lambda n: measured("nn.Hardsigmoid()", n, "binary_cross_entropy"),
    "addition, Keras": lambda n: keras.layers.Add()([image(n, True), image(n, True)]),
}

ROWS = [
    pytest.param(lambda n, call=call: called(call, n), n, id=f"{name}, {n}D")
    for name, (call, dimensions) in CALLS.items()
    for n in dimensions
] + [pytest.param(make, n, id=f"{name}, {n}D") for name, make in NODES.items() for n in ALL]
MADE: list[tuple[Callable[[int], Trace], int]] = [row.values for row in ROWS]  # type: ignore[misc]  # any parameters


def in_32_bits(operation: Operation) -> bool:
    """Whether it is done as TensorFlow does it, which resizes in 32 bits, and keeps the root of GELU in them."""
    root = operation.root if isinstance(operation, GELU) else math.sqrt(2)
    return root != math.sqrt(2) or getattr(operation, "rounded", "") == "tensorflow"


@pytest.mark.parametrize(("make", "n"), ROWS)
def test_is_traced_told_verified_and_saved(make: Callable[[int], Trace], n: int) -> None:
    trace = make(n)
    trace.verify()
    for layer in chain(trace):
        for number in sample(len(layer.steps), 6):
            step = layer.steps[number]
            assert explains(step, 1e-6 if in_32_bits(layer.layer.operation) else 1e-9), f"{step.index}: {step.formula}"
    lesson = trace.lesson()
    assert "<math" in lesson.html() or trace.layer.operation.rule in ("moved", "unchanged")
    assert lesson.markdown().startswith("# ")
    assert lesson.text().strip()
    again = from_data(json.loads(json.dumps(trace.to_data(), allow_nan=False)))
    assert np.array_equal(again.output, trace.output)


def test_the_table_has_every_layer_and_operator_of_every_dialect() -> None:
    """A layer added to a dialect without a row here is noticed. (Aliases are checked among the dialects.)"""
    calls = " ".join(
        call.format(n=n, cells="", twos="", pads="", uneven="", order="", sizes="", scales="")
        for call, ns in CALLS.values()
        for n in ns
    )
    nodes = {name for name in onnx.OPERATORS if name in ("MaxUnpool", "Conv", "ConvTranspose", "Pad", "MatMul", "Gemm")}
    nodes |= {"GlobalMaxPool", "GlobalAveragePool", "GlobalLpPool", "BatchNormalization", "Add", "PRelu",
              "LayerNormalization", "GroupNormalization", "InstanceNormalization"}  # fmt: skip
    nodes |= {f"MaxUnpool{n}d" for n in ALL}
    nodes |= {"Sum", "Mul", "Sub", "Div", "Concat", "Reshape", "Squeeze", "Unsqueeze", "ReduceMean", "Slice", "Tile"}
    nodes |= {"PixelShuffle", "DepthToSpace", "Fold"}
    nodes |= {"Concatenate", "Multiply", "Subtract"}
    aliases = {"AvgPool", "MaxPooling", "GlobalMaxPool", "GlobalAvgPool", "Convolution", "SeparableConvolution"}
    for title, dialect in DIALECTS.items():
        for name in dir(dialect):
            alias = title == "keras" and any(name.startswith(word) and name[len(word)].isdigit() for word in aliases)
            lazy = name.startswith("Lazy")  # the same layer: held to it in tests/unit/dialects
            assert f"{name}(" in calls or name in nodes or alias or lazy, f"{title}'s {name} has no row"


def test_the_table_has_every_operation() -> None:
    seen = {layer.layer.operation.name for make, n in MADE for layer in chain(make(n))}
    assert seen == OPERATIONS.keys()


@pytest.mark.parametrize("n", ALL)
def test_a_transposed_convolution_is_told_both_ways(n: int) -> None:
    trace = called("nn.ConvTranspose{n}d(2, 1, 2, stride=1, bias=False)", n)
    told = trace.lesson().text().lower()
    assert "spread" in told
    assert "gather" in told
    # and both ways give the same: every input cell, spread, adds up to what every output cell gathers
    output = np.zeros(trace.shape)
    x = trace.inputs["input"]
    for index in np.ndindex(x.shape):
        for landed, weight in trace.layer.operation.spreads(trace, index):
            output[landed] += x[index] * weight
    assert np.allclose(output, trace.output)
    for number in sample(len(trace.steps)):
        step = trace.steps[number]
        assert sum(tap.value * tap.weight for tap in step.taps) == pytest.approx(step.result)


@pytest.mark.parametrize("n", [1, 2])
def test_a_separable_convolution_is_told_as_its_two_stages(n: int) -> None:
    trace = called("SeparableConv{n}D(3, 2, depth_multiplier=2)", n)
    first, second = chain(trace)
    assert (first.layer.operation.name, second.layer.operation.name) == ("depthwise_conv", "conv")
    assert second.geometry.window == (1,) * n
    told = trace.lesson().markdown()
    assert told.index("Stage 1: Depthwise convolution") < told.index("Stage 2: Convolution")
    assert f"`{trace.layer.whole}` is carried out in 2 stages, one after the other." in told
    assert trace.layer.whole.startswith(f"SeparableConv{n}D(3, 2")
    assert from_data(json.loads(json.dumps(trace.to_data()))).layer.whole == trace.layer.whole


def test_a_causal_convolution_sees_nothing_that_comes_later() -> None:
    trace = called("Conv1D(2, 2, padding='causal', dilation_rate=2)", 1)
    assert trace.shape == (1, 4, 2)
    for step in trace.steps:
        assert all(tap.position[0] <= step.index[1] for tap in step.taps)


@pytest.mark.parametrize("call", ["keras.layers.Dropout(0.5)", "nn.Dropout(0.5)", "onnx.Dropout()"])
def test_dropout_is_told_as_doing_nothing(call: str) -> None:
    trace = called(call, 2)
    assert np.array_equal(trace.output, trace.inputs["input"])
    assert "dropped" in trace.lesson().text()
