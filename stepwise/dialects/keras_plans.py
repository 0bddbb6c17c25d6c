"""What Keras's layers share: their words for padding and layout, weights with a bias, activations by name.

To add an activation: a line in `ACTIVATIONS`.
"""

from __future__ import annotations

from typing import Any

from ..errors import CallError
from ..geometry import Rule
from ..layers.initializers import Initializer, understood
from ..layers.layer import Plan, Stage
from ..layers.words import one_of, whole_each, yes_or_no
from ..ops import (
    ELU,
    GELU,
    SELU,
    HardSigmoid,
    HardSwish,
    HardTanh,
    LogSigmoid,
    LogSoftmax,
    Mish,
    ReLU,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Softsign,
    Tanh,
)
from ..traces.layout import Layout
from ..traces.operation import Operation

PADDING: dict[str, Rule] = {"valid": "valid", "same": "same_upper"}
CAUSAL_PADDING: dict[str, Rule] = {**PADDING, "causal": "causal"}
DATA_FORMAT = {"channels_last": True, "channels_first": False}
ACTIVATIONS: dict[str, tuple[str, Operation | None]] = {
    "linear": ("", None),
    "relu": ("ReLU()", ReLU()),
    "leaky_relu": ("LeakyReLU(0.2)", ReLU(slope=0.2)),
    "relu6": ("ReLU(6)", ReLU(ceiling=6.0)),
    "elu": ("ELU()", ELU()),
    "selu": ("Activation('selu')", SELU(rises=True)),
    "gelu": ("Activation('gelu')", GELU()),
    "silu": ("Activation('silu')", SiLU()),
    "swish": ("Activation('silu')", SiLU()),
    "mish": ("Activation('mish')", Mish()),
    "softplus": ("Activation('softplus')", Softplus()),
    "softsign": ("Activation('softsign')", Softsign()),
    "sigmoid": ("Activation('sigmoid')", Sigmoid()),
    "log_sigmoid": ("Activation('log_sigmoid')", LogSigmoid()),
    "tanh": ("Activation('tanh')", Tanh()),
    "hard_sigmoid": ("Activation('hard_sigmoid')", HardSigmoid()),
    "hard_silu": ("Activation('hard_silu')", HardSwish()),
    "hard_swish": ("Activation('hard_silu')", HardSwish()),
    "hard_tanh": ("Activation('hard_tanh')", HardTanh(rises=True)),
    "softmax": ("Softmax()", Softmax()),
    "log_softmax": ("Activation('log_softmax')", LogSoftmax()),
}


def layout(data_format: Any) -> Layout:
    last = True if data_format is None else one_of("data_format", data_format, DATA_FORMAT)
    return Layout(channels_last=last, kernel_channels_last=True)


def single(operation: Operation, data_format: Any = None) -> Plan:
    return Plan((Stage(operation),), layout(data_format))


def strided(spatial: int, strides: Any, dilation_rate: Any) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Strides and dilations, one for each axis. Raises `CallError` where both are other than 1."""
    stride = whole_each("strides", strides, spatial)
    dilation = whole_each("dilation_rate", dilation_rate, spatial)
    if max(stride) > 1 and max(dilation) > 1:
        raise CallError(
            f"Keras takes no strides={strides!r} together with dilation_rate={dilation_rate!r}; one must be 1"
        )
    return stride, dilation


def weighted(
    operation: Operation,
    drawn: dict[str, Initializer],
    use_bias: Any,
    bias_initializer: Any,
    activation: Any,
    data_format: Any,
) -> Plan:
    """An operation with these weights and, if it is asked for, a bias; and the activation behind it."""
    if yes_or_no("use_bias", use_bias):
        drawn = {**drawn, "bias": understood("bias_initializer", bias_initializer)}
    stage = Stage(operation, {weight: weight for weight in drawn})
    return Plan((stage, *activated(activation, data_format)), layout(data_format), drawn)


def activated(activation: Any, data_format: Any) -> tuple[Stage, ...]:
    if activation is None:
        return ()
    call, operation = one_of("activation", activation, ACTIVATIONS)
    if isinstance(operation, Softmax) and data_format == "channels_first":
        raise CallError(
            f"activation={activation!r} goes along the last axis, which here is not the channels; use Softmax(axis=1)"
        )
    return () if operation is None else (Stage(operation, call=call),)
