"""Sizes alone: what every layer of a chain gives, worked out without any numbers in the cells."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from typing import Any, TypeVar

from ..dataclass import dataclass
from ..errors import LimitError, ShapeError, named
from ..geometry import Geometry
from ..ops import Identity
from ..ops.windows import WindowOperation
from ..traces.layout import Layout
from ..traces.operation import Operation
from .forms import starting_form
from .layer import LayerObject
from .wiring import branched

Shape = tuple[Any, ...]  # of whole numbers, and of letters in `algebra/`
Measured = TypeVar("Measured")


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
    return [Sized(*stage) for stage in walked(layers, shape, lambda operation, *given: operation.outline(*given))]


def walked(
    layers: Sequence[LayerObject], shape: Shape, measure: Callable[[Operation, Layout, Shape], tuple[Measured, Shape]]
) -> Iterator[tuple[str, Shape, Measured, Shape, int]]:
    """Every stage of every layer: its call, the shape that goes in, what `measure` finds there, the shape that comes
    out, and the stage's number within its call.

    Raises `ShapeError`, naming the layer, where one does not fit, and `LimitError` where letters leave a size open.
    """
    if branched(layers):
        raise LimitError("sizes are told one after the other, and here branches come together; ask for a summary")
    form = starting_form(layers, shape)
    for layer in layers:
        layer.settle(shape)
        if layer.parts:
            shape = yield from _joined(layer, shape, measure)
            continue
        for number, stage in enumerate(layer.plan.stages):
            call = stage.call_in(layer.call)
            try:
                form = _form(stage.operation, shape, form)
                measured, output = measure(layer.fitting(stage.operation, shape, form), layer.plan.layout, shape)
            except ShapeError as error:
                raise named(call, error) from None
            except TypeError:
                if all(isinstance(n, int) for n in shape):
                    raise
                # SymPy will not say which of two letters is the larger.
                raise LimitError(f"{call}: its size cannot be told in letters; give numbers for them") from None
            yield call, shape, measured, output, number
            form = "image" if form == "plain" and len(output) != len(shape) else form
            shape = output


def _joined(
    layer: LayerObject, shape: Shape, measure: Callable[[Operation, Layout, Shape], tuple[Measured, Shape]]
) -> Generator[tuple[str, Shape, Measured, Shape, int], None, Shape]:
    """Layers of one input, and what they give together, which is as large as each."""
    for part in layer.parts:
        given = shape
        for found in walked([part], shape, measure):
            given = found[3]
            yield found
    measured, output = measure(Identity(), layer.plan.layout, given)
    yield layer.call, given, measured, output, 0
    return output


def _form(operation: Operation, shape: Shape, before: str) -> str:
    """What an input of this shape is (see `Trace.form`): a layer with windows knows, others go by what came before."""
    if isinstance(operation, WindowOperation):
        return {0: "plain", 1: "image"}.get(len(shape) - operation.spatial, "batch")
    return before or ("plain" if len(shape) == 2 else "batch")
