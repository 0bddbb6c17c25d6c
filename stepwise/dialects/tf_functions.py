"""TensorFlow's own functions, `tf.nn.max_pool2d(x, ksize=2, strides=2, padding='SAME')`: NHWC, a kernel as in Keras.

Each function below has TensorFlow's signature (TensorFlow 2, `tensorflow/python/ops/nn_ops.py`); the input comes first,
and a kernel is given beside the call, as `kernel=` or `--kernel`. To add one: a function, and a line in `FUNCTIONS`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from ..errors import CallError, did_you_mean, shown
from ..geometry import Rule, Sliding
from ..layers.calls import Call, Name
from ..layers.dialect import bind
from ..layers.initializers import constant
from ..layers.kernel_given import KernelGiven, Planner, Shape
from ..layers.layer import LayerObject, Plan
from ..layers.words import number, one_of, share, whole, yes_or_no
from ..ops import (
    ELU,
    GELU,
    SELU,
    Conv,
    Dense,
    DepthToSpace,
    Identity,
    LocalResponseNorm,
    LogSoftmax,
    MaxPool,
    MeanPool,
    ReLU,
    Reshape,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Softsign,
    SpaceToDepth,
    Tanh,
)
from ..ops.conv import DepthwiseConv
from ..traces.operation import Operation
from .keras_layer import KerasLayer
from .keras_plans import ACTIVATIONS, PADDING, single

Made = Plan | tuple[Planner, Plan]


class TensorFlowKernelGiven(KernelGiven, KerasLayer):
    """One of TensorFlow's functions that take their kernel as an argument."""


def _entries(name: str, value: Any, spatial: int, last: bool) -> tuple[int, ...]:
    """A size along each spatial axis; TensorFlow also takes one, or one for every axis with those of batch, channels.

    >>> _entries("strides", [1, 2, 2, 1], 2, True), _entries("ksize", 3, 2, True), _entries("ksize", [3], 2, True)
    ((2, 2), (3, 3), (3, 3))
    """
    entries = list(value) if isinstance(value, list | tuple) else [value]
    if len(entries) == spatial + 2:
        batch, channels = entries[0], entries[-1 if last else 1]
        if (batch, channels) != (1, 1):
            raise CallError(f"{name}={shown(value)}: those of the batch and of the channels must be 1")
        entries = entries[1:-1] if last else entries[2:]
    if len(entries) == 1:
        entries *= spatial
    if len(entries) != spatial:
        raise CallError(f"{name}={shown(value)} has {len(entries)} entries; give 1, {spatial} or {spatial + 2}")
    return tuple(whole(name, entry) for entry in entries)


def _windows(
    spatial: int, window: tuple[int, ...], strides: Any, padding: Any, last: bool, dilations: Any = None
) -> Sliding:
    step = _entries("strides", strides, spatial, last)
    gaps = _entries("dilations", 1 if dilations is None else dilations, spatial, last)
    if max(step) > 1 and max(gaps) > 1:
        raise CallError(
            f"strides={shown(strides)} and dilations={shown(dilations)}: TensorFlow takes one of them over 1"
        )
    if isinstance(padding, list | tuple):
        pads = _explicit(padding, spatial, last)
        explicit: Rule = "explicit" if any(map(any, pads)) else "valid"
        return Sliding(window, step, explicit, gaps, pads)
    rule = one_of("padding", padding, PADDING)
    if not padding.isupper():
        raise CallError(f"padding={shown(padding)} must be in capitals here: TensorFlow takes 'VALID' or 'SAME'")
    return Sliding(window, step, rule, gaps)


def _explicit(padding: Sequence[Any], spatial: int, last: bool) -> tuple[tuple[int, int], ...]:
    """`[[0, 0], [1, 1], [1, 1], [0, 0]]`: lines before and after, along every axis."""
    pairs = [tuple(pair) if isinstance(pair, list | tuple) else (None,) for pair in padding]
    if len(pairs) != spatial + 2 or any(len(pair) != 2 for pair in pairs):
        raise CallError(
            f"padding={shown(padding)} must be 'VALID', 'SAME' or {spatial + 2} pairs, such as "
            "[[0, 0], [1, 1], [1, 1], [0, 0]]"
        )
    others = (pairs[0], pairs[-1 if last else 1])
    if others != ((0, 0), (0, 0)):
        raise CallError(f"padding={shown(padding)}: neither the batch nor the channels are padded")
    inner = pairs[1:-1] if last else pairs[2:]
    return tuple((whole("padding", a, least=0), whole("padding", b, least=0)) for a, b in inner)


def _is_last(data_format: Any) -> bool:
    if data_format is None:
        return True
    return one_of("data_format", data_format, {
        "nhwc": True, "nwc": True, "ndhwc": True, "nchw": False, "ncw": False, "ncdhw": False
    })  # fmt: skip


def _lies(last: bool) -> str:
    return "channels_last" if last else "channels_first"


def _pool(make: Callable[[Sliding], Operation], spatial: int, explicit: bool) -> Callable[..., Plan]:
    def plan(input: Any, ksize: Any, strides: Any, padding: Any, data_format: Any = None, name: Any = None) -> Plan:
        last = _is_last(data_format)
        if isinstance(padding, list | tuple) and not explicit:
            raise CallError(f"padding={shown(padding)}: a mean takes 'VALID' or 'SAME'")
        return single(
            make(_windows(spatial, _entries("ksize", ksize, spatial, last), strides, padding, last)), _lies(last)
        )

    return plan


def _convolution(spatial: int) -> Callable[..., Made]:
    def made(
        input: Any,
        filters: Any,
        strides: Any,
        padding: Any,
        data_format: Any = None,
        dilations: Any = None,
        name: Any = None,
    ) -> Made:
        last = _is_last(data_format)

        def plan(shape: Shape) -> Plan:
            windows = _windows(spatial, shape[:-2], strides, padding, last, dilations)
            return replace(single(Conv(windows, shape[-1]), _lies(last)), in_channels=shape[-2])

        return _kernel("filters", spatial, "out", plan)

    return made


def _convolution_1d(
    input: Any,
    filters: Any,
    stride: Any = None,
    padding: Any = None,
    data_format: Any = None,
    dilations: Any = None,
    name: Any = None,
) -> Made:
    return _convolution(1)(input, filters, stride, padding, data_format, dilations)


def _depthwise(
    input: Any,
    filter: Any,
    strides: Any,
    padding: Any,
    data_format: Any = None,
    dilations: Any = None,
    name: Any = None,
) -> Made:
    last = _is_last(data_format)

    def plan(shape: Shape) -> Plan:
        windows = _windows(2, shape[:-2], strides, padding, last, dilations)
        return replace(single(DepthwiseConv(windows, multiplier=shape[-1]), _lies(last)), in_channels=shape[-2])

    return _kernel("filter", 2, "multiplier", plan)


def _matmul(a: Any, b: Any, name: Any = None) -> Made:
    def plan(shape: Shape) -> Plan:
        return replace(single(Dense(shape[-1])), in_channels=shape[0])

    return _kernel("b", 0, "out", plan)


def _kernel(name: str, spatial: int, last: str, plan: Callable[[Shape], Plan]) -> tuple[Planner, Plan]:
    axes = (*("depth", "height", "width")[3 - spatial :], "in", last)
    return Planner(name, spatial, axes, plan, True), plan((*(3,) * spatial, 1, 1))


def _relu(features: Any, name: Any = None) -> Plan:
    return single(ReLU())


def _leaky(features: Any, alpha: Any = 0.2, name: Any = None) -> Plan:
    return single(ReLU(slope=number("alpha", alpha)))


def _softmax(make: type[Softmax]) -> Callable[..., Plan]:
    def plan(logits: Any, axis: Any = None, name: Any = None) -> Plan:
        return single(make((-1 if axis is None else whole("axis", axis, least=-32),)))

    return plan


def _gelu(features: Any, approximate: Any = False, name: Any = None) -> Plan:
    return single(GELU(by_tanh=yes_or_no("approximate", approximate)))


def _silu(features: Any, beta: Any = 1.0) -> Plan:
    if number("beta", beta) != 1:
        raise CallError(f"beta={shown(beta)} is not carried out here; SiLU has beta=1")
    return single(SiLU())


def _blocks(make: type[DepthToSpace] | type[SpaceToDepth]) -> Callable[..., Plan]:
    def plan(input: Any, block_size: Any, data_format: Any = "NHWC", name: Any = None) -> Plan:
        """TensorFlow counts the channels of a block depth first."""
        return single(make(whole("block_size", block_size), "depth first"), _lies(_is_last(data_format)))

    return plan


def _dropout(x: Any, rate: Any, noise_shape: Any = None, seed: Any = None, name: Any = None) -> Plan:
    share("rate", rate)
    return single(Identity())


def _local_response(
    input: Any, depth_radius: Any = 5, bias: Any = 1, alpha: Any = 1, beta: Any = 0.5, name: Any = None
) -> Plan:
    """So many channels on each side, and alpha multiplies their sum as it is."""
    radius = whole("depth_radius", depth_radius, least=0)
    bias, alpha, beta = number("bias", bias), number("alpha", alpha), number("beta", beta)
    return single(LocalResponseNorm(radius, radius, alpha, 1, beta, bias, axis=-1))


def _reshape(tensor: Any, shape: Any, name: Any = None) -> Plan:
    sizes = list(shape) if isinstance(shape, list | tuple) else [shape]
    first, *rest = (whole("shape", n, least=-1) for n in sizes) if sizes else [0]
    if first != -1 or not rest or min(rest) < 1:
        raise CallError(
            f"shape={shown(shape)}: only the number of images may be left open, as the first: tf.reshape(x, [-1, 784])"
        )
    return single(Reshape(tuple(rest), batched=True))


def _cell(operation: Operation) -> Callable[..., Plan]:
    def plan(features: Any, name: Any = None) -> Plan:
        return single(operation)

    return plan


IN_NN: dict[str, Callable[..., Made]] = {
    **{f"max_pool{n}d": _pool(MaxPool, n, n == 2) for n in (1, 2, 3)},
    **{f"avg_pool{n}d": _pool(MeanPool, n, False) for n in (1, 2, 3)},
    "max_pool": _pool(MaxPool, 2, True),
    "avg_pool": _pool(MeanPool, 2, False),
    "conv1d": _convolution_1d,
    "conv2d": _convolution(2),
    "conv3d": _convolution(3),
    "depthwise_conv2d": _depthwise,
    "relu": _relu,
    "relu6": _cell(ReLU(ceiling=6.0)),
    "leaky_relu": _leaky,
    "sigmoid": _cell(Sigmoid()),
    "tanh": _cell(Tanh()),
    "softmax": _softmax(Softmax),
    "log_softmax": _softmax(LogSoftmax),
    "elu": _cell(ELU()),
    "selu": _cell(SELU()),
    "gelu": _gelu,
    "silu": _silu,
    "swish": _silu,
    "softplus": _cell(Softplus()),
    "softsign": _cell(Softsign()),
    "depth_to_space": _blocks(DepthToSpace),
    "space_to_depth": _blocks(SpaceToDepth),
    "dropout": _dropout,
    "local_response_normalization": _local_response,
    "lrn": _local_response,
}
IN_TF: dict[str, Callable[..., Made]] = {
    "reshape": _reshape,
    "matmul": _matmul,
    **{name: IN_NN[name] for name in ("sigmoid", "tanh")},
}
BIAS = "bias_add"
TAKES_BIAS = ("conv1d", "conv2d", "conv3d", "depthwise_conv2d", "matmul")


def functions(prefix: str) -> dict[str, Callable[..., Made]]:
    """The functions of `tf.nn`, or those of `tf`."""
    return IN_NN if prefix.endswith("nn") else IN_TF


def tf_layer(call: Call) -> LayerObject:
    """The layer that does what a function of TensorFlow does. Raises `CallError`."""
    if call.name == BIAS and call.arguments and isinstance(call.arguments[0], Call):
        layer = tf_layer(call.arguments[0])
        [stage] = layer.plan.stages
        if not isinstance(layer, TensorFlowKernelGiven):
            raise CallError(f"{call.text}: a bias is added to what a convolution gives, such as tf.nn.conv2d(…)")
        weights = {**stage.weights, "bias": "bias"}
        drawn = {**layer.plan.initializers, "bias": constant(0.0)}
        layer.plan = replace(layer.plan, stages=(replace(stage, weights=weights),), initializers=drawn)
        layer.call = call.text
        return layer
    known = functions(".".join(call.path[:-1]))
    if call.name not in known:
        found = ".".join(call.path)
        raise CallError(f"there is no function {found} that can be read as a layer.{did_you_mean(call.name, known)}")
    signature = known[call.name]
    first = next(iter(inspect.signature(signature).parameters))
    arguments, keywords = call.arguments, dict(call.keywords)
    if not arguments and first not in keywords:
        keywords[first] = None  # the input, which the chain gives
    bind(call.name, signature, arguments, keywords)
    try:
        made = signature(*arguments, **keywords)
    except CallError as error:
        raise CallError(f"{call.name}: {error}") from None
    if isinstance(made, Plan):
        layer = KerasLayer(made, call.text)
        layer.written = True
        return layer
    planner, plan = made
    named = inspect.signature(signature).bind(*arguments, **keywords).arguments.get(planner.kernel)
    if not isinstance(named, Name):
        raise CallError(f"{call.name}: {planner.kernel}={shown(named)} must be a name, such as w, of the kernel")
    stage = replace(plan.stages[0], weights={"kernel": planner.kernel})
    waiting = TensorFlowKernelGiven(
        replace(plan, stages=(stage,), initializers={planner.kernel: constant(0.0)}), call.text
    )
    waiting.planned_by(planner)
    return waiting


def activation_named(path: tuple[str, ...]) -> str:
    """The word for an activation that a function names: `tf.nn.relu`, `keras.activations.relu`.

    >>> activation_named(("tf", "nn", "relu")), activation_named(("nn", "ReLU"))
    ('relu', '')
    """
    prefix = ".".join(path[:-1])
    fits = prefix in ("tf.nn", "tensorflow.nn") or prefix.endswith("activations")
    return path[-1] if fits and path[-1] in ACTIVATIONS else ""
