"""Layers carried out on no numbers at all: traces that have shapes and geometry, and arrays of nothing but zeros.

An array of zeros is one zero that is looked at many times (a NumPy view with strides of 0), so sizes cost no memory.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..arithmetic import Array
from ..errors import ShapeError, StepwiseError
from ..traces import Layer, Trace
from .base import LayerObject


def outline(layers: Sequence[LayerObject], shape: tuple[int, ...]) -> Trace:
    """The last layer's trace, whose parents lead back. Raises `ShapeError`, naming the layer, where one does not fit.

    >>> from . import layers
    >>> outline(layers("Conv2D(8, 3), MaxPool2D(2)"), (28, 28, 1)).shape
    (13, 13, 8)
    """
    last: Trace | None = None
    for layer in layers:
        for stage in layer.plan.stages:
            given = _zeros(shape) if last is None else last.output
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
            weights = {own: _zeros(sizes[own]) for own in stage.weights}
            inputs = {"input": given, **weights}
            parents = {} if last is None else {"input": last}
            made = Layer(operation, layer.plan.layout, layer.dialect, call)
            last = Trace(made, inputs, geometry, _zeros(output), parents)
    assert last is not None  # a network without layers is refused before
    return last


def _zeros(shape: tuple[int, ...]) -> Array:
    return np.broadcast_to(np.zeros((), dtype=np.float32), shape)
