"""Keras's words for the operations: `keras.layers.MaxPool2D(pool_size=(2, 2), strides=1, padding='same')`.

Each function below has a Keras layer's own signature and defaults (Keras 3, `keras/src/layers`), and its body is the
translation. To add a layer: a function, and a line in `LAYERS`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from ..arithmetic import Array
from ..errors import CallError, ShapeError
from ..geometry import Rule
from ..layout import Layout
from ..ops import Conv, MaxPool, MeanPool
from .base import Dialect, LayerObject, Plan, Signature
from .initializers import Initializers, understood
from .words import one_of, whole, whole_each, yes_or_no

PADDING: dict[str, Rule] = {"valid": "valid", "same": "same_upper"}
DATA_FORMAT = {"channels_last": True, "channels_first": False}


class KerasLayer(LayerObject):
    """A layer with Keras's methods for weights: `set_weights([kernel, bias])` works before the first call too."""

    dialect = "keras"

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Set all weights, in Keras's order and shapes. Raises `ShapeError` for another number of them."""
        names = list(self.plan.initializers)
        if len(weights) != len(names):
            raise ShapeError(f"{self.layer.call} has {len(names)} weights {names}, but {len(weights)} were given")
        self.give(dict(zip(names, weights)))

    def get_weights(self) -> list[Array]:
        """The weights set so far, in Keras's order."""
        return [self.weights[name] for name in self.plan.initializers if name in self.weights]


def _layout(data_format: Any) -> Layout:
    last = True if data_format is None else one_of("data_format", data_format, DATA_FORMAT)
    return Layout(channels_last=last, kernel_channels_last=True)


def _pooling(
    operation: type[MaxPool | MeanPool],
    spatial: int,
    /,
    pool_size: Any = 2,
    strides: Any = None,
    padding: Any = "valid",
    data_format: Any = None,
    name: str | None = None,
    dtype: Any = None,
    trainable: bool = True,
) -> Plan:
    window = whole_each("pool_size", pool_size, spatial)
    stride = window if strides is None else whole_each("strides", strides, spatial)
    rule = one_of("padding", padding, PADDING)
    return Plan(operation(window, stride, rule, dilation=(1,) * spatial), _layout(data_format))


def _convolution(
    spatial: int,
    /,
    filters: Any,
    kernel_size: Any,
    strides: Any = 1,
    padding: Any = "valid",
    data_format: Any = None,
    dilation_rate: Any = 1,
    groups: Any = 1,
    activation: Any = None,
    use_bias: Any = True,
    kernel_initializer: Any = "glorot_uniform",
    bias_initializer: Any = "zeros",
    kernel_regularizer: None = None,
    bias_regularizer: None = None,
    activity_regularizer: None = None,
    kernel_constraint: None = None,
    bias_constraint: None = None,
    name: str | None = None,
    dtype: Any = None,
    trainable: bool = True,
) -> Plan:
    if activation not in (None, "linear"):
        raise CallError(f"activation={activation!r} is not carried out yet; only None and 'linear' are")
    stride = whole_each("strides", strides, spatial)
    dilation = whole_each("dilation_rate", dilation_rate, spatial)
    if max(stride) > 1 and max(dilation) > 1:
        raise CallError(
            f"Keras takes no strides={strides!r} together with dilation_rate={dilation_rate!r}; one must be 1"
        )
    operation = Conv(
        window=whole_each("kernel_size", kernel_size, spatial),
        stride=stride,
        padding=one_of("padding", padding, PADDING),
        dilation=dilation,
        filters=whole("filters", filters),
        groups=whole("groups", groups),
    )
    initializers = {"kernel": understood("kernel_initializer", kernel_initializer)}
    if yes_or_no("use_bias", use_bias):
        initializers["bias"] = understood("bias_initializer", bias_initializer)
    return Plan(operation, _layout(data_format), initializers)


LAYERS: dict[str, Signature] = {
    "MaxPooling2D": partial(_pooling, MaxPool, 2),
    "MaxPool2D": partial(_pooling, MaxPool, 2),
    "AveragePooling2D": partial(_pooling, MeanPool, 2),
    "AvgPool2D": partial(_pooling, MeanPool, 2),
    "Conv2D": partial(_convolution, 2),
    "Convolution2D": partial(_convolution, 2),
}

layers = Dialect("keras.layers", KerasLayer, LAYERS)
initializers = Initializers()
