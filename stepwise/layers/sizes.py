"""Sizes alone: what every layer of a chain gives, worked out without any numbers in the cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import ShapeError, named
from ..geometry import Geometry
from ..ops.windows import WindowOperation
from ..traces.operation import Operation
from .forms import starting_form
from .layer import LayerObject

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Sized:
    """One layer of a chain: what goes in, how its windows lie, what comes out."""

    call: str
    given: Shape
    geometry: Geometry
    output: Shape
    stage: int = 0  # of its call, from 0


def sizes(layers: Sequence[LayerObject], shape: Shape) -> list[Sized]:
    """The sizes after every layer. Raises `ShapeError`, naming the layer, where one does not fit.

    >>> from ..dialects.tracing import understood
    >>> [s.output for s in sizes(understood("Conv2D(8, 3, strides=2, padding='same'), MaxPool2D(2)"), (28, 28, 1))]
    [(14, 14, 8), (7, 7, 8)]
    """
    found = []
    form = starting_form(layers, shape)
    for layer in layers:
        for number, stage in enumerate(layer.plan.stages):
            call = stage.told_in(layer.call)
            try:
                form = _form(stage.operation, shape, form)
                operation = layer.fitted(stage.operation, shape, form)
                layer.check_channels(operation, shape)
                geometry, output = operation.outline(layer.plan.layout, shape)
            except ShapeError as error:
                raise named(call, error) from None
            found.append(Sized(call, shape, geometry, output, number))
            form = "image" if form == "plain" and len(output) != len(shape) else form
            shape = output
    return found


def _form(operation: Operation, shape: Shape, before: str) -> str:
    """What an input of this shape is (see `Trace.form`): a layer with windows knows, others go by what came before."""
    if isinstance(operation, WindowOperation):
        return {0: "plain", 1: "image"}.get(len(shape) - operation.spatial, "batch")
    return before or ("plain" if len(shape) == 2 else "batch")
