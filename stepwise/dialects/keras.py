"""Keras's words for the operations: `keras.layers.MaxPool2D(pool_size=(2, 2), strides=1, padding='same')`.

Each function below has a Keras layer's own signature and defaults (Keras 3, `keras/src/layers`), and its body is the
translation; the first parameter is the number of spatial axes. To add a layer: a function, and a line in `LAYERS`.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..arithmetic import Array
from ..errors import CallError, ShapeError, shown
from ..geometry import Adaptive, Rule, Sliding, Transposed, Whole
from ..layers.calls import written
from ..layers.initializers import Initializers, understood
from ..layers.layer import Dialect, LayerObject, Plan, Signature, Stage, in_dimensions
from ..layers.words import number, one_of, share, whole, whole_each, yes_or_no
from ..networks.datasets import Datasets
from ..ops import (
    ELU,
    Add,
    BatchNorm,
    Concat,
    Conv,
    ConvTranspose,
    Dense,
    DepthwiseConv,
    Flatten,
    Identity,
    MaxPool,
    MeanPool,
    Multiply,
    Pad,
    ReLU,
    Reshape,
    Sigmoid,
    Softmax,
    Subtract,
    Tanh,
    Transpose,
)
from ..ops.broadcast import Broadcast
from ..traces.layout import Layout
from ..traces.operation import Operation
from ..traces.trace import Trace
from .functional import KerasModel, KerasSequential, Symbol, called_on, keras_input

PADDING: dict[str, Rule] = {"valid": "valid", "same": "same_upper"}
CAUSAL_PADDING: dict[str, Rule] = {**PADDING, "causal": "causal"}
DATA_FORMAT = {"channels_last": True, "channels_first": False}
ACTIVATIONS: dict[str, tuple[str, Operation | None]] = {
    "linear": ("", None),
    "relu": ("ReLU()", ReLU()),
    "leaky_relu": ("LeakyReLU(0.2)", ReLU(slope=0.2)),
    "elu": ("ELU()", ELU()),
    "sigmoid": ("Activation('sigmoid')", Sigmoid()),
    "tanh": ("Activation('tanh')", Tanh()),
    "softmax": ("Softmax()", Softmax()),
}


LEAKY = ACTIVATIONS["leaky_relu"][1]
LEAKY_IN_TENSORFLOW = ReLU(slope=float(np.float32(0.2)))
"""TensorFlow keeps the slope in 32 bits, whatever the numbers are in; where a gradient nearly cancels, it shows."""


class KerasLayer(LayerObject):
    """A layer with Keras's methods for weights: `set_weights([kernel, bias])` works before the first call too."""

    dialect = "keras"

    def __call__(self, x: Any, *others: Any) -> Trace:
        """Carry the layer out; several inputs are given as one list, as in Keras."""
        joins = isinstance(self.plan.stages[0].operation, Broadcast | Concat)
        if joins and isinstance(x, list | tuple):
            x, *others = x  # type: ignore[assignment]
        if isinstance(x, Symbol) or any(isinstance(other, Symbol) for other in others):
            return called_on(self, (x, *others))  # type: ignore[return-value]  # in a network that is being put together
        return super().__call__(x, *others)

    def fitted(self, operation: Operation, shape: tuple[int, ...], form: str) -> Operation:
        """Keras counts axes with the batch, which is axis 0: of one image, each is one less.

        Rows of features, and no image, go into a batch normalisation that was given a number for each column.
        """
        if form == "plain" and isinstance(operation, BatchNorm):
            given = {np.size(weight) for weight in self.weights.values()}
            form = "batch" if given == {shape[-1]} and (operation.axis == 1 or given != {1}) else form
        if form in ("image", "plain"):
            operation = _of_one(operation, shape, form)
        return super().fitted(operation, shape, form)

    @property
    def trainable(self) -> bool:
        """Whether its weights are learned: `layer.trainable = False` freezes them, as `trainable=False` does."""
        return self.plan.trainable

    @trainable.setter
    def trainable(self, value: Any) -> None:
        self.plan = replace(self.plan, trainable=yes_or_no("trainable", value))

    def _stage(self, stage: Stage, inputs: Mapping[str, Any], number: int) -> Trace:
        if stage.operation is LEAKY and getattr(inputs["input"], "dtype", None) == np.float64:
            stage = replace(stage, operation=LEAKY_IN_TENSORFLOW)
        given = inputs["input"]
        if isinstance(stage.operation, Softmax) and not (isinstance(given, Trace) or self.form) and np.ndim(given) == 2:
            with self.taking("batch"):  # shares are of rows: axis 1 is the classes', and not a picture's height
                return super()._stage(stage, inputs, number)
        return super()._stage(stage, inputs, number)

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Set all weights, in Keras's order and shapes. Raises `ShapeError` for another number of them."""
        names = list(self.plan.initializers)
        if not isinstance(weights, list | tuple):
            raise CallError(f"set_weights takes a list of arrays, one for each of {names}, not {shown(weights)}")
        if len(weights) != len(names):
            raise ShapeError(f"{self.call} has {len(names)} weights {names}, but {len(weights)} were given")
        self.give(dict(zip(names, weights)))

    def get_weights(self) -> list[Array]:
        """The weights in Keras's order: those that were set, or drawn in a call; before that there are none."""
        return list(self.known_weights().values())


def _of_one(operation: Operation, shape: tuple[int, ...], form: str) -> Operation:
    """An operation as it is on one image, which has no axis for the batch; a plain one has none for the channel."""
    match operation:
        case BatchNorm() if operation.axis is not None and operation.axis >= 0:
            return replace(operation, axis=_axis_of_one(operation.axis, shape, form))
        case Softmax() if max(operation.axes) >= 0:
            axes = [axis if axis < 0 else _axis_of_one(axis, shape, form) for axis in operation.axes]
            if None in axes:
                raise ShapeError(f"the input of shape {shape} is one image without channels; there is no axis for them")
            return replace(operation, axes=tuple(axis for axis in axes if axis is not None))
        case Concat() if operation.axis >= 0:
            axis = _axis_of_one(operation.axis, shape, form)
            return operation if axis is None else replace(operation, axis=axis)
        case Reshape(batched=True) if form == "image" or math.prod(operation.shape) == math.prod(shape):
            return replace(operation, batched=False)
        case Transpose() if operation.order[:1] == (0,):
            order = tuple(axis - 1 for axis in operation.order[1:])
            if len(order) == len(shape) + 1 and order[-1] == len(shape):  # the channel that is not written stays last
                order = order[:-1]
            return replace(operation, order=order) if len(order) == len(shape) else operation
    return operation


def _axis_of_one(axis: int, shape: tuple[int, ...], form: str) -> int | None:
    """An axis that was counted with the batch; None for that of the channels where there is none."""
    if axis == 0:
        raise ShapeError("axis 0 is that of the batch; the axes of one image begin with 1")
    return None if form == "plain" and axis == len(shape) + 1 else axis - 1


JOINS = {"add": "Add", "multiply": "Multiply", "subtract": "Subtract", "concatenate": "Concatenate"}
"""Keras's functions that join several inputs at once: `keras.layers.add([a, b])`."""


class KerasLayers(Dialect):
    """Keras's layers; what goes in is said by `Input`, or by the first: `Conv2D(5, 3, input_shape=(28, 28, 1))`."""

    def __getattr__(self, name: str) -> Callable[..., LayerObject]:
        if name in ("Input", "InputLayer"):
            return keras_input  # type: ignore[return-value]  # no layer, but a Sequential takes it like one
        if name in JOINS:
            return lambda inputs, **keywords: self._layer(JOINS[name], (), keywords)(inputs)  # type: ignore[return-value]
        return super().__getattr__(name)

    def _layer(
        self, name: str, arguments: Sequence[Any], keywords: Mapping[str, Any], text: str | None = None
    ) -> LayerObject:
        own = {key: value for key, value in keywords.items() if key not in ("input_shape", "trainable")}
        layer = super()._layer(name, arguments, own, text or written(name, tuple(arguments), dict(keywords)))
        if "trainable" in keywords:  # every layer of Keras takes it
            layer.plan = replace(layer.plan, trainable=yes_or_no("trainable", keywords["trainable"]))
        layer.__dict__["title"] = keywords.get("name")
        if "input_shape" in keywords:
            layer.input_shape = keras_input(keywords["input_shape"]).given
        return layer


def _layout(data_format: Any) -> Layout:
    last = True if data_format is None else one_of("data_format", data_format, DATA_FORMAT)
    return Layout(channels_last=last, kernel_channels_last=True)


def _single(operation: Operation, data_format: Any = None) -> Plan:
    return Plan((Stage(operation),), _layout(data_format))


def _activated(activation: Any, data_format: Any) -> tuple[Stage, ...]:
    if activation is None:
        return ()
    call, operation = one_of("activation", activation, ACTIVATIONS)
    if isinstance(operation, Softmax) and data_format == "channels_first":
        raise CallError(
            "activation='softmax' goes along the last axis, which here is not the channels; use Softmax(axis=1)"
        )
    return () if operation is None else (Stage(operation, call=call),)


def _max_pooling(
    spatial: int,
    pool_size: Any = 2,
    strides: Any = None,
    padding: Any = "valid",
    data_format: Any = None,
    name: str | None = None,
    dtype: Any = None,
    trainable: bool = True,
) -> Plan:
    return _single(MaxPool(_pool_windows(spatial, pool_size, strides, padding)), data_format)


def _average_pooling(
    spatial: int,
    pool_size: Any,
    strides: Any = None,
    padding: Any = "valid",
    data_format: Any = None,
    name: str | None = None,
    dtype: Any = None,
    trainable: bool = True,
) -> Plan:
    return _single(MeanPool(_pool_windows(spatial, pool_size, strides, padding)), data_format)


def _pool_windows(spatial: int, pool_size: Any, strides: Any, padding: Any) -> Sliding:
    window = whole_each("pool_size", pool_size, spatial)
    stride = window if strides is None else whole_each("strides", strides, spatial)
    return Sliding(window, stride, one_of("padding", padding, PADDING))


def _adaptive(make: Callable[[Adaptive], Operation]) -> Callable[..., Plan]:
    def plan(
        spatial: int,
        output_size: Any,
        data_format: Any = None,
        name: str | None = None,
        dtype: Any = None,
        trainable: bool = True,
    ) -> Plan:
        return _single(make(Adaptive(whole_each("output_size", output_size, spatial))), data_format)

    return plan


def _global_max(
    spatial: int,
    data_format: Any = None,
    keepdims: Any = False,
    name: Any = None,
    dtype: Any = None,
    trainable: bool = True,
) -> Plan:
    return _single(MaxPool(Whole(spatial, yes_or_no("keepdims", keepdims)), shared=True), data_format)


def _global_average(
    spatial: int,
    data_format: Any = None,
    keepdims: Any = False,
    name: Any = None,
    dtype: Any = None,
    trainable: bool = True,
) -> Plan:
    return _single(MeanPool(Whole(spatial, yes_or_no("keepdims", keepdims))), data_format)


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
    if yes_or_no("use_bias", use_bias):
        drawn["bias"] = understood("bias_initializer", bias_initializer)
    stage = Stage(operation, {weight: weight for weight in drawn})
    return Plan((stage, *_activated(activation, data_format)), _layout(data_format), drawn)


def _conv_windows(spatial: int, kernel_size: Any, strides: Any, padding: Any, dilation_rate: Any) -> Sliding:
    stride = whole_each("strides", strides, spatial)
    dilation = whole_each("dilation_rate", dilation_rate, spatial)
    if max(stride) > 1 and max(dilation) > 1:
        raise CallError(
            f"Keras takes no strides={strides!r} together with dilation_rate={dilation_rate!r}; one must be 1"
        )
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
    if yes_or_no("use_bias", use_bias):
        drawn["bias"] = understood("bias_initializer", bias_initializer)
    stage = Stage(operation, {weight: weight for weight in drawn})
    return Plan((stage, *_activated(activation, data_format)), _layout(data_format), drawn)


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
    return Plan((*stages, *_activated(activation, data_format)), _layout(data_format), drawn)


def _transposed_convolution(
    spatial: int,
    filters: Any,
    kernel_size: Any,
    strides: Any = 1,
    padding: Any = "valid",
    output_padding: Any = None,
    data_format: Any = None,
    dilation_rate: Any = 1,
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
    window = whole_each("kernel_size", kernel_size, spatial)
    stride = whole_each("strides", strides, spatial)
    dilation = whole_each("dilation_rate", dilation_rate, spatial)
    if max(stride) > 1 and max(dilation) > 1:
        raise CallError(
            f"Keras takes no strides={strides!r} together with dilation_rate={dilation_rate!r}; one must be 1"
        )
    same = one_of("padding", padding, {"valid": "valid", "same": "upper"})
    extra: tuple[int, ...] | None = None
    if output_padding is not None:
        extra = whole_each("output_padding", output_padding, spatial, least=0)
        if any(e >= s for e, s in zip(extra, stride)):
            raise CallError(f"output_padding={output_padding!r} must be smaller than strides={strides!r}")
    operation = ConvTranspose(
        keras_transposed(window, stride, dilation, same, extra), filters=whole("filters", filters)
    )
    drawn = {"kernel": understood("kernel_initializer", kernel_initializer)}
    if yes_or_no("use_bias", use_bias):
        drawn["bias"] = understood("bias_initializer", bias_initializer)
    stage = Stage(operation, {weight: weight for weight in drawn})
    return Plan((stage, *_activated(activation, data_format)), _layout(data_format), drawn)


def _transposed_convolution_3d(
    filters: Any,
    kernel_size: Any,
    strides: Any = 1,
    padding: Any = "valid",
    data_format: Any = None,
    output_padding: Any = None,
    *rest: Any,
    **named: Any,
) -> Plan:
    """As the others, but for Keras's own order: data_format comes before output_padding in three dimensions."""
    return _transposed_convolution(
        3, filters, kernel_size, strides, padding, output_padding, data_format, *rest, **named
    )


def _in_order_of_3d() -> inspect.Signature:
    _spatial, *parameters = inspect.signature(_transposed_convolution).parameters.values()
    names = [parameter.name for parameter in parameters]
    first, second = names.index("output_padding"), names.index("data_format")
    parameters[first], parameters[second] = parameters[second], parameters[first]
    return inspect.Signature(parameters)


_transposed_convolution_3d.__signature__ = _in_order_of_3d()  # type: ignore[attr-defined]  # inspect's own protocol


def keras_transposed(
    window: tuple[int, ...],
    stride: tuple[int, ...],
    dilation: tuple[int, ...],
    same: str,
    extra: tuple[int, ...] | None,
) -> Transposed:
    """Keras's sizes of a transposed convolution (`compute_conv_transpose_output_shape`), and TensorFlow's cuts.

    Without output_padding: VALID gives n·s + max(span - s, 0), SAME n·s. With it: (n - 1)·s + span + output_padding, of
    which SAME takes 2·⌊span / 2⌋ away; what is then left over, 2·⌊span / 2⌋ - output_padding lines, TensorFlow cuts off
    half before and half after, the odd one after. Raises `CallError` for sizes that TensorFlow refuses.
    """
    if extra is None:
        return Transposed(window, stride, dilation, same=same)
    if same == "valid":
        return Transposed(window, stride, dilation, extra=extra)
    cuts = []
    for k, d, more in zip(window, dilation, extra):
        span = (k - 1) * d + 1
        if span % 2 == 0 and more == 0:
            raise CallError(
                f"output_padding=0 with padding='same' does not go with a kernel that spans {span} cells, an even "
                "number: TensorFlow refuses the (n - 1)·strides cells that it gives; leave output_padding out"
            )
        left = max(2 * (span // 2) - more, 0)
        cuts.append((left // 2, 2 * (span // 2) - left // 2))
    return Transposed(window, stride, dilation, cuts=tuple(cuts), extra=extra)


def _zero_padding(spatial: int, padding: Any = 1, data_format: Any = None, name: Any = None) -> Plan:
    if isinstance(padding, tuple | list) and spatial == 1 and all(isinstance(p, int) for p in padding):
        padding = (tuple(padding),)
    if not isinstance(padding, tuple | list):
        padding = (padding,) * spatial
    if len(padding) != spatial:
        raise CallError(f"padding={padding!r} has {len(padding)} entries; give {spatial}, or one number for all")
    pads = tuple(whole_each("padding", entry, 2, least=0) for entry in padding)
    return _single(Pad(tuple((before, after) for before, after in pads)), data_format)


def _relu(
    max_value: Any = None, negative_slope: Any = 0.0, threshold: Any = 0.0, name: Any = None, dtype: Any = None
) -> Plan:
    ceiling = None if max_value in (None, math.inf) else number("max_value", max_value, least=0)
    slope, edge = number("negative_slope", negative_slope, least=0), number("threshold", threshold, least=0)
    return _single(ReLU(slope, edge, ceiling))


def _leaky_relu(negative_slope: Any = 0.3, name: Any = None, dtype: Any = None) -> Plan:
    return _single(ReLU(slope=number("negative_slope", negative_slope)))


def _softmax(axis: Any = -1, name: Any = None, dtype: Any = None) -> Plan:
    axes = tuple(axis) if isinstance(axis, list | tuple) else (axis,)
    return _single(Softmax(tuple(whole("axis", a, least=-32) for a in axes)))


def _activation(activation: Any, name: Any = None, dtype: Any = None) -> Plan:
    _call, operation = one_of("activation", activation, ACTIVATIONS)
    return _single(Identity() if operation is None else operation)


def _flatten(data_format: Any = None, name: Any = None, dtype: Any = None) -> Plan:
    first = data_format is not None and not one_of("data_format", data_format, DATA_FORMAT)
    return _single(Flatten(channels_to_end=first), data_format)


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
    if yes_or_no("use_bias", use_bias):
        drawn["bias"] = understood("bias_initializer", bias_initializer)
    stage = Stage(Dense(whole("units", units)), {weight: weight for weight in drawn})
    return Plan((stage, *_activated(activation, None)), _layout(None), drawn)


def _batch_normalization(
    axis: Any = -1,
    momentum: Any = 0.99,
    epsilon: Any = 1e-3,
    center: Any = True,
    scale: Any = True,
    beta_initializer: Any = "zeros",
    gamma_initializer: Any = "ones",
    moving_mean_initializer: Any = "zeros",
    moving_variance_initializer: Any = "ones",
    beta_regularizer: None = None,
    gamma_regularizer: None = None,
    beta_constraint: None = None,
    gamma_constraint: None = None,
    renorm: bool = False,
    renorm_clipping: None = None,
    renorm_momentum: float = 0.99,
    synchronized: bool = False,
    name: str | None = None,
    dtype: Any = None,
    trainable: bool = True,
) -> Plan:
    names = {"gamma": "gamma"} if yes_or_no("scale", scale) else {}
    names |= {"beta": "beta"} if yes_or_no("center", center) else {}
    names |= {"mean": "moving_mean", "variance": "moving_variance"}
    given = {
        "gamma": gamma_initializer,
        "beta": beta_initializer,
        "moving_mean": moving_mean_initializer,
        "moving_variance": moving_variance_initializer,
    }
    drawn = {name: understood(f"{name}_initializer", given[name]) for name in names.values()}
    operation = BatchNorm(whole("axis", axis, least=-32), number("epsilon", epsilon))
    return Plan((Stage(operation, names),), _layout(None), drawn)


def _dropout(rate: Any, noise_shape: Any = None, seed: Any = None, name: Any = None, dtype: Any = None) -> Plan:
    share("rate", rate)
    return _single(Identity())


def _merging(operation: Operation) -> Callable[..., Plan]:
    def plan(name: Any = None, dtype: Any = None) -> Plan:
        return _single(operation)

    return plan


def _concatenate(axis: Any = -1, name: Any = None, dtype: Any = None) -> Plan:
    return _single(Concat(whole("axis", axis, least=-32)))


def _reshape(target_shape: Any, name: Any = None, dtype: Any = None) -> Plan:
    if not isinstance(target_shape, tuple | list):
        raise CallError(f"target_shape={shown(target_shape)} must be a tuple of whole numbers, such as (7, 7, 5)")
    sizes = tuple(whole("target_shape", n, least=-1) for n in target_shape)
    return _single(Reshape(sizes, batched=True))


def _permute(dims: Any, name: Any = None, dtype: Any = None) -> Plan:
    axes = dims if isinstance(dims, tuple | list) and all(type(axis) is int for axis in dims) else (None,)
    if sorted(axes, key=str) != sorted(range(1, len(axes) + 1), key=str):
        raise CallError(f"dims={shown(dims)} must name each axis after the batch once, from 1, such as (2, 1, 3)")
    return _single(Transpose((0, *dims)))


LAYERS: dict[str, Signature] = {
    **in_dimensions("MaxPooling{0}D MaxPool{0}D", _max_pooling),
    **in_dimensions("AveragePooling{0}D AvgPool{0}D", _average_pooling),
    **in_dimensions("AdaptiveMaxPooling{0}D", _adaptive(MaxPool)),
    **in_dimensions("AdaptiveAveragePooling{0}D", _adaptive(MeanPool)),
    **in_dimensions("GlobalMaxPooling{0}D GlobalMaxPool{0}D", _global_max),
    **in_dimensions("GlobalAveragePooling{0}D GlobalAvgPool{0}D", _global_average),
    **in_dimensions("Conv{0}D Convolution{0}D", _convolution),
    **in_dimensions("DepthwiseConv{0}D", _depthwise_convolution, (1, 2)),
    **in_dimensions("SeparableConv{0}D SeparableConvolution{0}D", _separable_convolution, (1, 2)),
    **in_dimensions("Conv{0}DTranspose Convolution{0}DTranspose", _transposed_convolution, (1, 2)),
    **dict.fromkeys(("Conv3DTranspose", "Convolution3DTranspose"), _transposed_convolution_3d),
    **in_dimensions("ZeroPadding{0}D", _zero_padding),
    "SpatialDropout1D": lambda rate, seed=None, name=None, dtype=None: _dropout(rate),
    **in_dimensions(
        "SpatialDropout{0}D",
        lambda spatial, rate, data_format=None, seed=None, name=None, dtype=None: _dropout(rate),
        (2, 3),
    ),
    "Identity": lambda name=None, dtype=None: _single(Identity()),
    "ReLU": _relu,
    "LeakyReLU": _leaky_relu,
    "ELU": lambda alpha=1.0, name=None, dtype=None: _single(ELU(number("alpha", alpha))),
    "Softmax": _softmax,
    "Activation": _activation,
    "Flatten": _flatten,
    "Dense": _dense,
    "BatchNormalization": _batch_normalization,
    "Dropout": _dropout,
    "Add": _merging(Add()),
    "Multiply": _merging(Multiply()),
    "Subtract": _merging(Subtract()),
    "Concatenate": _concatenate,
    "Reshape": _reshape,
    "Permute": _permute,
}

layers = KerasLayers("keras.layers", KerasLayer, LAYERS)
initializers = Initializers()
Sequential = KerasSequential
Model = KerasModel
Input = keras_input


class models:
    """`keras.models`: the same two, as tutorials have them."""

    Sequential = KerasSequential
    Model = KerasModel


datasets = Datasets
