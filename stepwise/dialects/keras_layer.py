"""A Keras layer as an object: how it is called, which weights it has, and which axes it counts."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..arithmetic import Array
from ..errors import CallError, ShapeError, shown
from ..layers.calls import written
from ..layers.dialect import Dialect
from ..layers.layer import LayerObject, Stage
from ..layers.words import yes_or_no
from ..ops import GELU, BatchNorm, Concat, GroupNorm, LayerNorm, Linear, ReLU, Reshape, Softmax, Transpose
from ..ops.broadcast import Broadcast
from ..traces.operation import Operation
from ..traces.trace import Trace
from .functional import Symbol, called_on, keras_input
from .keras_plans import ACTIVATIONS

LEAKY = ACTIVATIONS["leaky_relu"][1]

LEAKY_IN_TENSORFLOW = ReLU(slope=float(np.float32(0.2)))
"""TensorFlow keeps the slope in 32 bits, whatever the numbers are in; where a gradient nearly cancels, it shows."""


def _in_64_bits(given: Any) -> bool:
    """Whether finite decimals come in 64 bits, as an array."""
    array = given.output if isinstance(given, Trace) else given
    return getattr(array, "dtype", None) == np.float64 and bool(np.isfinite(array).all())


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
        if isinstance(stage.operation, GELU) and getattr(inputs["input"], "dtype", None) == np.float64:
            stage = replace(stage, operation=replace(stage.operation, root=1 / float(np.float32(math.sqrt(0.5)))))
        given = inputs["input"]
        if isinstance(stage.operation, Linear) and _in_64_bits(given):  # which TensorFlow resizes in 32 bits
            stage = replace(stage, operation=replace(stage.operation, rounded="tensorflow"))
        rows = np.ndim(given) == 2 and not (isinstance(given, Trace) or self.form)
        if rows and isinstance(stage.operation, Softmax | LayerNorm | GroupNorm):
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
        case LayerNorm() if max(operation.axes, default=-1) >= 0:
            axes = [axis if axis < 0 else _axis_of_one(axis, shape, form) for axis in operation.axes]
            return replace(operation, axes=tuple(axis for axis in axes if axis is not None))
        case LayerNorm() if form == "plain":  # the channel that is not written is alone
            last = [axis + 1 for axis in operation.axes if axis < -1]
            return replace(operation, axes=tuple(last))
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
