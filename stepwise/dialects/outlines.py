"""Layers carried out on no numbers at all: traces that have shapes and geometry, and arrays of nothing but zeros.

An array of zeros is one zero that is looked at many times (a NumPy view with strides of 0), so sizes cost no memory.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..arithmetic import Array
from ..errors import ShapeError, StepwiseError
from ..traces import Layer, Trace
from .base import LayerObject, form_of


def outline(layers: Sequence[LayerObject], shape: tuple[int, ...]) -> Trace:
    """The last layer's trace, whose parents lead back. Raises `ShapeError`, naming the layer, where one does not fit.

    >>> from . import layers
    >>> outline(layers("Conv2D(8, 3), MaxPool2D(2)"), (28, 28, 1)).shape
    (13, 13, 8)
    """
    last: Trace | None = None
    for layer in layers:
        for stage in layer.plan.stages:
            given = zeros(shape) if last is None else last.output
            call = stage.call or layer.call
            try:
                form = last.form if last is not None else "plain" if len(shape) == 2 else "batch"
                operation = stage.operation.fitted(given.shape, form)
                layer.check_channels(operation, given.shape)
                geometry, output = operation.outline(layer.plan.layout, given.shape)
                sizes = operation.weight_shapes(layer.plan.layout, given.shape)
            except StepwiseError as error:
                told = str(error)
                raise ShapeError(told if told.startswith(call) else f"{call}: {told}") from None
            weights = {own: zeros(sizes[own]) for own in stage.weights}
            inputs = {"input": given, **weights}
            parents = {} if last is None else {"input": last}
            made = Layer(operation, layer.plan.layout, layer.dialect, call)
            last = Trace(made, inputs, geometry, zeros(output), parents)
    assert last is not None  # a network without layers is refused before
    return last


def sketched(layer: LayerObject, inputs: Mapping[str, Any]) -> Trace:
    """A layer of one stage on inputs by name, arrays or traces: its shapes and its geometry, and zeros for numbers.

    Raises `ShapeError` where they do not fit.
    """
    [stage] = layer.plan.stages
    parents = {name: value for name, value in inputs.items() if isinstance(value, Trace)}
    arrays = {name: v.output if isinstance(v, Trace) else np.asarray(v) for name, v in inputs.items()}
    operation = stage.operation.fitted(arrays["input"].shape, form_of(inputs["input"]))
    layer.check_channels(operation, arrays["input"].shape)
    geometry, shape = operation.planned(layer.plan.layout, arrays)
    made = Layer(operation, layer.plan.layout, layer.dialect, stage.call or layer.call)
    return Trace(made, arrays, geometry, zeros(shape), parents)


def zeros(shape: tuple[int, ...], dtype: Any = np.float32) -> Array:
    """An array of zeros that takes no memory, and cannot be written to."""
    return np.broadcast_to(np.zeros((), dtype=dtype), shape)
