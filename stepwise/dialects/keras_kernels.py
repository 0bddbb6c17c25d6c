"""Keras's layers with a kernel: convolutions and Dense. To add one: a function, and a line in `KERNELS`."""

from __future__ import annotations

from typing import Any

from ..geometry import Sliding
from ..layers.calls import written
from ..layers.dialect import in_dimensions
from ..layers.initializers import understood
from ..layers.layer import Plan, Signature, Stage
from ..layers.words import one_of, whole, whole_each, yes_or_no
from ..ops import Conv, Dense, DepthwiseConv
from .keras_plans import CAUSAL_PADDING, PADDING, activated, layout, strided, weighted


def _convolution(
    spatial: int,
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
    windows = _conv_windows(spatial, kernel_size, strides, padding, dilation_rate)
    operation = Conv(windows, whole("filters", filters), whole("groups", groups))
    drawn = {"kernel": understood("kernel_initializer", kernel_initializer)}
    return weighted(operation, drawn, use_bias, bias_initializer, activation, data_format)


def _conv_windows(spatial: int, kernel_size: Any, strides: Any, padding: Any, dilation_rate: Any) -> Sliding:
    stride, dilation = strided(spatial, strides, dilation_rate)
    rule = one_of("padding", padding, CAUSAL_PADDING if spatial == 1 else PADDING)
    return Sliding(whole_each("kernel_size", kernel_size, spatial), stride, rule, dilation)


def _depthwise_convolution(
    spatial: int,
    kernel_size: Any,
    strides: Any = 1,
    padding: Any = "valid",
    depth_multiplier: Any = 1,
    data_format: Any = None,
    dilation_rate: Any = 1,
    activation: Any = None,
    use_bias: Any = True,
    depthwise_initializer: Any = "glorot_uniform",
    bias_initializer: Any = "zeros",
    depthwise_regularizer: None = None,
    bias_regularizer: None = None,
    activity_regularizer: None = None,
    depthwise_constraint: None = None,
    bias_constraint: None = None,
    name: str | None = None,
    dtype: Any = None,
    trainable: bool = True,
) -> Plan:
    windows = _conv_windows(spatial, kernel_size, strides, padding, dilation_rate)
    operation = DepthwiseConv(windows, multiplier=whole("depth_multiplier", depth_multiplier))
    drawn = {"kernel": understood("depthwise_initializer", depthwise_initializer)}
    return weighted(operation, drawn, use_bias, bias_initializer, activation, data_format)


def _separable_convolution(
    spatial: int,
    filters: Any,
    kernel_size: Any,
    strides: Any = 1,
    padding: Any = "valid",
    data_format: Any = None,
    dilation_rate: Any = 1,
    depth_multiplier: Any = 1,
    activation: Any = None,
    use_bias: Any = True,
    depthwise_initializer: Any = "glorot_uniform",
    pointwise_initializer: Any = "glorot_uniform",
    bias_initializer: Any = "zeros",
    depthwise_regularizer: None = None,
    pointwise_regularizer: None = None,
    bias_regularizer: None = None,
    activity_regularizer: None = None,
    depthwise_constraint: None = None,
    pointwise_constraint: None = None,
    bias_constraint: None = None,
    name: str | None = None,
    dtype: Any = None,
    trainable: bool = True,
) -> Plan:
    windows = _conv_windows(spatial, kernel_size, strides, padding, dilation_rate)
    ones = (1,) * spatial
    drawn = {
        "depthwise_kernel": understood("depthwise_initializer", depthwise_initializer),
        "pointwise_kernel": understood("pointwise_initializer", pointwise_initializer),
    }
    pointwise = {"kernel": "pointwise_kernel"}
    if yes_or_no("use_bias", use_bias):
        drawn["bias"] = understood("bias_initializer", bias_initializer)
        pointwise["bias"] = "bias"
    lies = {} if data_format is None else {"data_format": data_format}
    depthwise = written(
        f"DepthwiseConv{spatial}D",
        (kernel_size,),
        {"strides": strides, "padding": padding}
        | ({} if dilation_rate == 1 else {"dilation_rate": dilation_rate})
        | ({} if depth_multiplier == 1 else {"depth_multiplier": depth_multiplier})
        | {"use_bias": False}
        | lies,
    )
    bare = {} if "bias" in pointwise else {"use_bias": False}
    stages = (
        Stage(
            DepthwiseConv(windows, multiplier=whole("depth_multiplier", depth_multiplier)),
            {"kernel": "depthwise_kernel"},
            depthwise,
        ),
        Stage(
            Conv(Sliding(ones, ones), whole("filters", filters)),
            pointwise,
            written(f"Conv{spatial}D", (filters, 1), bare | lies),
        ),
    )
    return Plan((*stages, *activated(activation, data_format)), layout(data_format), drawn)


def _dense(
    units: Any,
    activation: Any = None,
    use_bias: Any = True,
    kernel_initializer: Any = "glorot_uniform",
    bias_initializer: Any = "zeros",
    kernel_regularizer: None = None,
    bias_regularizer: None = None,
    activity_regularizer: None = None,
    kernel_constraint: None = None,
    bias_constraint: None = None,
    lora_rank: None = None,
    lora_alpha: None = None,
    quantization_config: None = None,
    name: str | None = None,
    dtype: Any = None,
    trainable: bool = True,
) -> Plan:
    drawn = {"kernel": understood("kernel_initializer", kernel_initializer)}
    return weighted(Dense(whole("units", units)), drawn, use_bias, bias_initializer, activation, None)


KERNELS: dict[str, Signature] = {
    **in_dimensions("Conv{0}D Convolution{0}D", _convolution),
    **in_dimensions("DepthwiseConv{0}D", _depthwise_convolution, (1, 2)),
    **in_dimensions("SeparableConv{0}D SeparableConvolution{0}D", _separable_convolution, (1, 2)),
    "Dense": _dense,
}
