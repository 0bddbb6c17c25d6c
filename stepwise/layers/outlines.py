"""Layers carried out on no numbers at all: traces that have shapes and geometry, and arrays of nothing but zeros.

An array of zeros is one zero that is looked at many times (a NumPy view with strides of 0), so sizes cost no memory.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..arithmetic import Array
from ..errors import ShapeError, StepwiseError
from ..traces.operation import Layer
from ..traces.trace import Trace
from .layer import LayerObject, form_of
from .wiring import batch_shape, followed


def outline(layers: Sequence[LayerObject], shape: tuple[int, ...], form: str = "") -> Trace:
    """The last layer's trace, whose parents lead back. Raises `ShapeError`, naming the layer, where one does not fit.

    >>> from ..dialects import layers
    >>> outline(layers("Conv2D(8, 3), MaxPool2D(2)"), (28, 28, 1)).shape
    (13, 13, 8)
    """
    kept: Kept = {}

    def one(layer: LayerObject, given: list[Trace | Array]) -> Trace:
        return outlined(layer, {f"input_{i}" if i else "input": value for i, value in enumerate(given)}, form, kept)

    first: Trace | Array = zeros(batch_shape(layers, shape))
    last = followed(layers, first, one)
    assert isinstance(last, Trace)  # a network without layers is refused before
    return last


Kept = dict[tuple[int, str], Array]
"""The weights of layers, so that one that is used twice has them once."""


def outlined(layer: LayerObject, given: Mapping[str, Trace | Array], form: str, kept: Kept) -> Trace:
    """One layer, all its stages, on inputs by name; `form` is that of a bare array. Raises `ShapeError`."""
    layer.settle(np.shape(given["input"]))
    for number, stage in enumerate(layer.plan.stages):
        call = stage.call_in(layer.call)
        inputs = {name: value.output if isinstance(value, Trace) else value for name, value in given.items()}
        parents = {name: value for name, value in given.items() if isinstance(value, Trace)}
        shape = inputs["input"].shape
        try:
            first = parents["input"].form if "input" in parents else form or ("plain" if len(shape) == 2 else "batch")
            operation = layer.fitting(stage.operation, shape, first)
            sizes = operation.weight_shapes(layer.plan.layout, shape)
            weights = {own: _weight(kept, (id(layer.weights), name), sizes[own]) for own, name in stage.weights.items()}
            if len(inputs) > 1:
                geometry, output = operation.planned(layer.plan.layout, {**inputs, **weights})
            else:
                geometry, output = operation.outline(layer.plan.layout, shape)
        except StepwiseError as error:
            message = str(error)
            raise ShapeError(message if message.startswith(call) else f"{call}: {message}") from None
        own_form = "" if parents else form
        words = layer.dialect, call
        plan, whole = layer.plan, layer.plan.whole(layer.call)
        made = Layer(operation, plan.layout, *words, number, trainable=plan.trainable, form=own_form, whole=whole)
        trace = Trace(made, {**inputs, **weights}, geometry, zeros(output), parents)
        given = {"input": trace}
    return trace


def _weight(kept: Kept, key: tuple[int, str], shape: tuple[int, ...]) -> Array:
    if key not in kept or kept[key].shape != shape:
        kept[key] = zeros(shape)
    return kept[key]


def sketched(layer: LayerObject, inputs: Mapping[str, Any]) -> Trace:
    """A layer of one stage on inputs by name, arrays or traces: its shapes and its geometry, and zeros for numbers.

    Raises `ShapeError` where they do not fit.
    """
    layer.settle(np.shape(inputs["input"]))
    [stage] = layer.plan.stages
    parents = {name: value for name, value in inputs.items() if isinstance(value, Trace)}
    arrays = {name: v.output if isinstance(v, Trace) else np.asarray(v) for name, v in inputs.items()}
    operation = layer.fitting(stage.operation, arrays["input"].shape, form_of(inputs["input"]))
    geometry, shape = operation.planned(layer.plan.layout, arrays)
    made = Layer(operation, layer.plan.layout, layer.dialect, stage.call_in(layer.call))
    return Trace(made, arrays, geometry, zeros(shape), parents)


def zeros(shape: tuple[int, ...], dtype: Any = np.float32) -> Array:
    """An array of zeros that takes no memory, and cannot be written to."""
    return np.broadcast_to(np.zeros((), dtype=dtype), shape)
