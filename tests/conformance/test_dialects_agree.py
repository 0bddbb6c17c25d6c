"""Where Keras, PyTorch and ONNX mean the same, their words give the same numbers, steps and indices.

One engine stands behind all three, so what can differ is the translation: argument orders, defaults, layouts, the
shapes of kernels, and which side the odd line of padding goes to.
"""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import stepwise as sw
from stepwise.dialects import keras, onnx, torch
from stepwise.traces.trace import Trace

Array = NDArray[Any]
F = torch.functional
nn: Any = torch.nn
modest = settings(max_examples=40, deadline=None)


@st.composite
def images(draw: st.DrawFn, spatial: int) -> Array:
    """A batch with channels first, large enough for every window here."""
    shape = (draw(st.integers(1, 2)), draw(st.integers(1, 3)), *draw(st.tuples(*[st.integers(5, 7)] * spatial)))
    return np.random.default_rng(draw(st.integers(0, 10**6))).normal(size=shape).round(3)


spatials = st.integers(1, 3)


def last(array: Any) -> Array:
    """Channels first to channels last."""
    return np.moveaxis(np.asarray(array), 1, -1)


def kernel_last(kernel: Array) -> Array:
    """(out, in, …) to (…, in, out)."""
    return np.moveaxis(kernel, (0, 1), (-1, -2))


def alike(channels_first: Any, channels_last: Any) -> None:
    """Same numbers, laid out differently; and the same working, cell by cell."""
    assert np.allclose(last(channels_first), np.asarray(channels_last), rtol=1e-12, atol=1e-12)
    if isinstance(channels_first, Trace) and isinstance(channels_last, Trace):
        one, other = (trace.step((0,) * trace.ndim) for trace in (channels_first, channels_last))
        assert str(one.formula) == str(other.formula)
        assert [(tap.value, tap.weight) for tap in one.taps] == [(tap.value, tap.weight) for tap in other.taps]


@modest
@given(st.data(), spatials, st.integers(1, 3), st.integers(1, 3))
def test_max_pooling(data: st.DataObject, n: int, window: int, stride: int) -> None:
    x = data.draw(images(n))
    by_torch = getattr(nn, f"MaxPool{n}d")(window, stride)(x)
    by_keras = getattr(keras.layers, f"MaxPool{n}D")(window, stride)(last(x))
    [by_onnx, _] = onnx.node("MaxPool", [x], kernel_shape=[window] * n, strides=[stride] * n)
    alike(by_torch, by_keras)
    alike(by_onnx, by_keras)


@modest
@given(st.data(), spatials, st.integers(1, 3), st.integers(1, 3))
def test_indices_count_within_a_channel_in_pytorch_and_through_everything_in_onnx(
    data: st.DataObject, n: int, window: int, stride: int
) -> None:
    x = data.draw(images(n))
    _, inside = getattr(nn, f"MaxPool{n}d")(window, stride, return_indices=True)(x)
    _, through = onnx.node("MaxPool", [x], kernel_shape=[window] * n, strides=[stride] * n)
    cells = int(np.prod(x.shape[2:]))
    planes = np.arange(x.shape[0] * x.shape[1]).reshape(*x.shape[:2], *[1] * n)
    assert np.array_equal(through, inside + planes * cells)
    assert np.array_equal(x.ravel()[through], F.__getattr__(f"max_pool{n}d")(x, window, stride))


@modest
@given(st.data(), spatials, st.integers(1, 3), st.integers(1, 3), st.sampled_from(["valid", "same"]))
def test_average_pooling_without_counting_padding(
    data: st.DataObject, n: int, window: int, stride: int, padding: str
) -> None:
    x = data.draw(images(n))
    by_keras = getattr(keras.layers, f"AveragePooling{n}D")(window, stride, padding)(last(x))
    auto = {"valid": "VALID", "same": "SAME_UPPER"}[padding]
    [by_onnx] = onnx.node("AveragePool", [x], kernel_shape=[window] * n, strides=[stride] * n, auto_pad=auto)
    alike(by_onnx, by_keras)


@modest
@given(st.data(), spatials, st.booleans(), st.booleans())
def test_average_pooling_with_padding(data: st.DataObject, n: int, counted: bool, ceil: bool) -> None:
    x = data.draw(images(n))
    by_torch = getattr(nn, f"AvgPool{n}d")(3, 2, 1, ceil, counted)(x)
    shared: dict[str, Any] = {"strides": [2] * n, "pads": [1] * 2 * n, "ceil_mode": int(ceil)}
    [by_onnx] = onnx.node("AveragePool", [x], kernel_shape=[3] * n, count_include_pad=int(counted), **shared)
    assert np.allclose(by_torch, by_onnx, rtol=1e-12, atol=1e-12)


@modest
@given(st.data(), spatials, st.integers(1, 3), st.integers(1, 2), st.sampled_from(["valid", "same"]))
def test_convolution(data: st.DataObject, n: int, window: int, dilation: int, padding: str) -> None:
    x = data.draw(images(n))
    random = np.random.default_rng(data.draw(st.integers(0, 99)))
    kernel, bias = random.normal(size=(2, x.shape[1], *[window] * n)), random.normal(size=2)
    by_torch = getattr(F, f"conv{n}d")(x, kernel, bias, 1, padding, dilation)
    layer = getattr(keras.layers, f"Conv{n}D")(2, window, padding=padding, dilation_rate=dilation)
    layer.set_weights([kernel_last(kernel), bias])
    auto = {"valid": "VALID", "same": "SAME_UPPER"}[padding]
    [by_onnx] = onnx.node("Conv", [x, kernel, bias], auto_pad=auto, dilations=[dilation] * n)
    by_keras = layer(last(x))
    alike(by_torch, by_keras)
    alike(by_onnx, by_keras)


@modest
@given(st.data(), st.integers(1, 2))
def test_a_depthwise_convolution_is_one_group_for_each_channel(data: st.DataObject, multiplier: int) -> None:
    x = data.draw(images(2))
    channels = x.shape[1]
    kernel = np.random.default_rng(0).normal(size=(channels * multiplier, 1, 3, 3))
    by_torch = F.conv2d(x, kernel, groups=channels)
    layer: Any = keras.layers.DepthwiseConv2D(3, depth_multiplier=multiplier, use_bias=False)
    layer.set_weights([np.moveaxis(kernel.reshape(channels, multiplier, 3, 3), (0, 1), (2, 3))])
    alike(by_torch, layer(last(x)))


@modest
@given(st.data(), spatials, st.integers(1, 3), st.integers(1, 3))
def test_transposed_convolution(data: st.DataObject, n: int, window: int, stride: int) -> None:
    x = data.draw(images(n))
    kernel = np.random.default_rng(data.draw(st.integers(0, 99))).normal(size=(x.shape[1], 2, *[window] * n))
    by_torch = getattr(F, f"conv_transpose{n}d")(x, kernel, stride=stride)
    [by_onnx] = onnx.node("ConvTranspose", [x, kernel], strides=[stride] * n)
    assert np.allclose(by_torch, by_onnx, rtol=1e-12, atol=1e-12)
    if window >= stride:  # else Keras's VALID is longer
        layer = getattr(keras.layers, f"Conv{n}DTranspose")(2, window, stride, use_bias=False)
        layer.set_weights([kernel_last(kernel)])  # (…, out, in)
        alike(by_torch, layer(last(x)))


@modest
@given(st.data(), spatials)
def test_what_stands_between(data: st.DataObject, n: int) -> None:
    x = data.draw(images(n))
    layers = keras.layers
    triples = [
        (layers.ReLU(), nn.ReLU(), onnx.node("Relu", [x])),
        (layers.LeakyReLU(0.1), nn.LeakyReLU(0.1), onnx.node("LeakyRelu", [x], alpha=0.1)),
        (layers.ELU(0.5), nn.ELU(0.5), onnx.node("Elu", [x], alpha=0.5)),
        (layers.Activation("selu"), nn.SELU(), None),
        (layers.Activation("silu"), nn.SiLU(), None),
        (layers.Activation("softplus"), nn.Softplus(threshold=90), onnx.node("Softplus", [x])),
        (layers.Activation("log_sigmoid"), nn.LogSigmoid(), None),
        (layers.Activation("mish"), nn.Mish(), onnx.node("Mish", [x])),
        (layers.Activation("softsign"), nn.Softsign(), onnx.node("Softsign", [x])),
        (layers.Activation("hard_tanh"), nn.Hardtanh(), onnx.node("Clip", [x], opset=6, min=-1.0, max=1.0)),
        (layers.Activation("hard_sigmoid"), nn.Hardsigmoid(), None),
        (layers.Activation("hard_silu"), nn.Hardswish(), onnx.node("HardSwish", [x])),
        (layers.Activation("sigmoid"), nn.Sigmoid(), onnx.node("Sigmoid", [x])),
        (layers.Activation("tanh"), nn.Tanh(), onnx.node("Tanh", [x])),
        (layers.Softmax(-1), nn.Softmax(1), onnx.node("Softmax", [x], axis=1)),
        (layers.Dropout(0.5), nn.Dropout(), onnx.node("Dropout", [x])),
        (layers.BatchNormalization(epsilon=1e-5), getattr(nn, f"BatchNorm{n}d")(x.shape[1]), None),
    ]
    for keras_layer, module, outputs in triples:
        by_torch, by_keras = module(x), keras_layer(last(x))
        alike(by_torch, by_keras)
        if outputs is not None:
            alike(outputs[0], by_keras)
    in_32_bits = np.asarray(layers.Activation("gelu")(last(x)))  # Keras keeps 1/√2 so, whatever goes in
    [by_onnx] = onnx.node("Gelu", [x])
    alike(nn.GELU()(x), last(np.asarray(by_onnx)))
    assert np.allclose(in_32_bits, last(np.asarray(by_onnx)), rtol=1e-6, atol=1e-7)


@modest
@given(st.data())
def test_flatten_and_dense(data: st.DataObject) -> None:
    x = data.draw(images(2))
    flat = nn.Flatten()(x)
    assert np.array_equal(flat, onnx.node("Flatten", [x])[0])
    layers: Any = keras.layers
    assert np.array_equal(flat, layers.Flatten(data_format="channels_last")(x))  # in reading order of what is there
    assert np.array_equal(flat, layers.Flatten(data_format="channels_first")(np.moveaxis(x, -1, 1)))
    weight = np.random.default_rng(0).normal(size=(4, flat.shape[1]))
    dense = layers.Dense(4, use_bias=False)
    dense.set_weights([weight.T])
    [gemm] = onnx.node("Gemm", [flat, weight], transB=1)
    [matmul] = onnx.node("MatMul", [flat, weight.T])
    for other in (F.linear(flat, weight), gemm, matmul):
        assert np.allclose(dense(flat), other, rtol=1e-12, atol=1e-12)


@modest
@given(st.data(), spatials, st.sampled_from(["constant", "reflect", "replicate", "circular"]))
def test_padding(data: st.DataObject, n: int, mode: str) -> None:
    x = data.draw(images(n))
    flat = data.draw(st.lists(st.integers(0, 3), min_size=2 * n, max_size=2 * n))
    by_function = F.pad(x, flat, mode)
    words = {
        "constant": "ZeroPad",
        "reflect": "ReflectionPad",
        "replicate": "ReplicationPad",
        "circular": "CircularPad",
    }
    assert np.array_equal(by_function, getattr(nn, f"{words[mode]}{n}d")(tuple(flat))(x))
    befores, afters = flat[::2][::-1], flat[1::2][::-1]
    pads = np.array([0, 0, *befores, 0, 0, *afters])
    by_onnx = onnx.node("Pad", [x, pads], mode={"replicate": "edge", "circular": "wrap"}.get(mode, mode))[0]
    assert np.array_equal(by_function, by_onnx)
    if mode == "constant":
        pairs = tuple(zip(befores, afters)) if n > 1 else (befores[0], afters[0])
        assert np.array_equal(last(by_function), getattr(keras.layers, f"ZeroPadding{n}D")(pairs)(last(x)))


@modest
@given(st.data(), spatials)
def test_global_and_adaptive_pooling(data: st.DataObject, n: int) -> None:
    x = data.draw(images(n))
    for word, operator, adaptive in (("Average", "GlobalAveragePool", "Avg"), ("Max", "GlobalMaxPool", "Max")):
        by_keras = getattr(keras.layers, f"Global{word}Pooling{n}D")(keepdims=True)(last(x))
        alike(getattr(nn, f"Adaptive{adaptive}Pool{n}d")(1)(x), by_keras)
        alike(onnx.node(operator, [x])[0], by_keras)
        wanted = data.draw(st.integers(1, 6))
        alike(
            getattr(nn, f"Adaptive{adaptive}Pool{n}d")(wanted)(x),
            getattr(keras.layers, f"Adaptive{word}Pooling{n}D")(wanted)(last(x)),
        )


FUNCTIONAL: dict[
    str, tuple[str, tuple[Any, ...], dict[str, Any]]
] = {  # a function and its module, with the same arguments by place and by name
    "max_pool{n}d": ("MaxPool{n}d", (3,), {"stride": 2, "padding": 1, "ceil_mode": True}),
    "avg_pool{n}d": ("AvgPool{n}d", (3, 2, 1), {"count_include_pad": False}),
    "lp_pool{n}d": ("LPPool{n}d", (2, 3), {"stride": 1}),
    "adaptive_max_pool{n}d": ("AdaptiveMaxPool{n}d", (3,), {}),
    "adaptive_avg_pool{n}d": ("AdaptiveAvgPool{n}d", (2,), {}),
    "relu": ("ReLU", (), {}),
    "leaky_relu": ("LeakyReLU", (0.3,), {}),
    "elu": ("ELU", (0.5,), {}),
    "local_response_norm": ("LocalResponseNorm", (3, 0.5), {"k": 2.0}),
    "sigmoid": ("Sigmoid", (), {}),
    "relu6": ("ReLU6", (), {}),
    "selu": ("SELU", (), {}),
    "gelu": ("GELU", (), {"approximate": "tanh"}),
    "silu": ("SiLU", (), {}),
    "mish": ("Mish", (), {}),
    "softplus": ("Softplus", (2, 3), {}),
    "softsign": ("Softsign", (), {}),
    "logsigmoid": ("LogSigmoid", (), {}),
    "hardtanh": ("Hardtanh", (-2, 1), {}),
    "hardsigmoid": ("Hardsigmoid", (), {}),
    "hardswish": ("Hardswish", (), {}),
    "tanh": ("Tanh", (), {}),
    "softmax": ("Softmax", (-1,), {}),
    "log_softmax": ("LogSoftmax", (-1,), {}),
    "dropout": ("Dropout", (0.4,), {}),
    "interpolate": ("Upsample", (3,), {"mode": "nearest-exact"}),
    "upsample": ("Upsample", (None, 1.5), {}),
    "channel_shuffle": ("ChannelShuffle", (2,), {}),
}
OF_PICTURES: dict[str, tuple[str, tuple[Any, ...], tuple[int, ...]]] = {
    "pixel_shuffle": ("PixelShuffle", (2,), (1, 4, 2, 3)),
    "pixel_unshuffle": ("PixelUnshuffle", (2,), (1, 1, 4, 6)),
    "unfold": ("Unfold", (2, 1, 1, 2), (1, 2, 4, 4)),
    "fold": ("Fold", ((3, 3), 2), (1, 8, 4)),
}


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("function", FUNCTIONAL)
def test_a_function_does_what_its_module_does(function: str, n: int) -> None:
    module, places, names = FUNCTIONAL[function]
    x = np.random.default_rng(n).normal(size=(2, 2, *[6] * n))
    expected = np.asarray(getattr(nn, module.format(n=n))(*places, **names)(x))
    name = function.format(n=n)
    assert np.array_equal(getattr(F, name)(x, *places, **names), expected)
    written = ", ".join(["x", *map(repr, places), *(f"{key}={value!r}" for key, value in names.items())])
    for prefix in ("F.", "nn.functional.", "torch.nn.functional.", ""):
        assert np.array_equal(sw.trace(f"{prefix}{name}({written})", x), expected)


@pytest.mark.parametrize("function", OF_PICTURES)
def test_a_function_of_pictures_does_what_its_module_does(function: str) -> None:
    module, places, shape = OF_PICTURES[function]
    x = np.random.default_rng(0).normal(size=shape)
    assert np.array_equal(getattr(F, function)(x, *places), np.asarray(getattr(nn, module)(*places)(x)))


@pytest.mark.parametrize("n", [1, 2, 3])
def test_unpooling_by_function_and_by_module(n: int) -> None:
    x = np.random.default_rng(n).normal(size=(1, 2, *[6] * n))
    pooled, indices = getattr(F, f"max_pool{n}d")(x, 2, return_indices=True)
    by_module = getattr(nn, f"MaxUnpool{n}d")(2)(pooled, indices)
    assert np.array_equal(getattr(F, f"max_unpool{n}d")(pooled, indices, 2), by_module)
    assert np.array_equal(by_module, np.where(np.asarray(by_module) != 0, x, 0))


ALIASES = [
    *(f"{a.format(n=n)}|{b.format(n=n)}" for n in (1, 2, 3) for a, b in (
        ("MaxPool{n}D", "MaxPooling{n}D"), ("AvgPool{n}D", "AveragePooling{n}D"),
        ("GlobalMaxPool{n}D", "GlobalMaxPooling{n}D"), ("GlobalAvgPool{n}D", "GlobalAveragePooling{n}D"),
        ("Convolution{n}D", "Conv{n}D"), ("Convolution{n}DTranspose", "Conv{n}DTranspose"),
    )),
    *(f"SeparableConvolution{n}D|SeparableConv{n}D" for n in (1, 2)),
]  # fmt: skip


@pytest.mark.parametrize("pair", ALIASES)
def test_an_alias_is_the_same_layer(pair: str) -> None:
    alias, name = pair.split("|")
    assert inspect.signature(keras.LAYERS[alias]) == inspect.signature(keras.LAYERS[name])
    n = int(name[name.index("D") - 1])
    arguments = (2, 3) if "Conv" in name else () if "Global" in name else (2,)
    x = np.random.default_rng(n).normal(size=(1, *[6] * n, 2))
    one, other = (getattr(keras.layers, word)(*arguments)(x) for word in (alias, name))
    assert np.array_equal(one, other)


@pytest.mark.parametrize("prefix", ["keras.layers.", "tf.keras.layers.", "tensorflow.keras.layers.", "layers.", ""])
def test_the_spelling_chooses_keras(prefix: str) -> None:
    assert sw.trace(f"{prefix}MaxPool2D(2)", np.eye(4)).layer.dialect == "keras"


@pytest.mark.parametrize("prefix", ["nn.", "torch.nn.", ""])
def test_the_spelling_chooses_pytorch(prefix: str) -> None:
    assert sw.trace(f"{prefix}MaxPool2d(2)", np.eye(4)).layer.dialect == "torch"


@pytest.mark.parametrize("prefix", ["onnx.", ""])
def test_the_spelling_chooses_onnx(prefix: str) -> None:
    assert sw.trace(f"{prefix}MaxPool(kernel_shape=[2, 2])", np.eye(4)).layer.dialect == "onnx"
