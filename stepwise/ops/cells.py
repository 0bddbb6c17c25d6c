"""What operations without a window have in common: an output cell is made from cells at indices of its inputs.

A subclass says what comes out (`result_shape`, `fast`), where a cell comes from (`cells`), its rule as data
(`calculation`), and the whole again by another route (`again`). Indices are those of the owners' own arrays.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, NamedTuple

import numpy as np

from ..arithmetic import Array, Value, plain, rounding
from ..dataclass import dataclass
from ..effort import allow_cells
from ..errors import ShapeError, counted, differing
from ..geometry import Geometry
from ..rules.tree import Rule, X
from ..traces.influence import Box
from ..traces.kept import kept
from ..traces.layout import Index, Layout
from ..traces.operation import Operation
from ..traces.step import Step
from ..traces.tap import PADDING, Padding, Tap
from ..traces.trace import Trace

Shape = tuple[int, ...]


class Source(NamedTuple):
    """Where a tap comes from: a cell of an input, and the weight it meets, if any."""

    at: Index | None  # None: padding
    input: str = "input"
    weight_index: Index | None = None
    value: Value = None  # of padding


def hull(cells: Iterable[Index]) -> Box:
    """The smallest box around some cells; () where there are none."""
    return tuple((min(axis), max(axis) + 1) for axis in zip(*cells))


def axes_in(axes: Iterable[int], ndim: int) -> tuple[int, ...]:
    """Axes counted from 0, in order and each once. Raises `ShapeError` for one that is not there.

    >>> axes_in((-1, 0, 2), 3)
    (0, 2)
    """
    for axis in axes:
        if not -ndim <= axis < ndim:
            raise ShapeError(f"there is no axis {axis} in an input with {counted(ndim, 'axis')}")
    return tuple(sorted({axis % ndim for axis in axes}))


def outer_axes(shape: Shape, spatial: int) -> int:
    """How many axes stand before the spatial ones: 2, or fewer without a batch. Raises `ShapeError`."""
    extra = len(shape) - spatial
    if extra not in (0, 1, 2):
        raise ShapeError(
            f"the input of shape {shape} has {counted(len(shape), 'axis')}; it takes {spatial + 2}: "
            f"the batch, the channels and {spatial} more"
        )
    return extra


def channels_along(axis: int | None, shape: Shape) -> int:
    """How many channels an input of this shape has along an axis, 1 without one. Raises `ShapeError`."""
    if axis is None:
        return 1
    if not -len(shape) <= axis < len(shape):
        raise ShapeError(f"there is no axis {axis} in an input of shape {shape}")
    return shape[axis]


def misfit(name: str, given: Shape, due: Shape, axes: str) -> ShapeError:
    """What is wrong with the shape of a weight; `axes` is what is counted along its axes."""
    wrong = differing(given, due, [axes] * len(due))
    return ShapeError(f"{name} has shape {given}; this layer needs {due}: {wrong}").of(name)


def around(operation: CellOperation, trace: Trace, box: Box) -> Box | None:
    """A box around the cells that an output cell is made from; None where the box has several, or there are none."""
    if any(high - low != 1 for low, high in box):
        return None
    return hull(one.at for one in operation.cells(trace, tuple(low for low, _ in box)) if one.at is not None) or None


@dataclass(frozen=True)
class CellOperation(Operation):
    """An operation whose output cells name their sources outright."""

    @abstractmethod
    def result_shape(self, layout: Layout, shapes: Mapping[str, Shape]) -> Shape:
        """The output's shape. Raises `ShapeError` where the inputs do not fit."""

    @abstractmethod
    def fast(self, layout: Layout, inputs: Mapping[str, Array]) -> Array:
        """The output."""

    @abstractmethod
    def again(self, layout: Layout, inputs: Mapping[str, Array]) -> tuple[Array, Array | float]:
        """The output by another route, and the slack that rounding may take."""

    @abstractmethod
    def cells(self, trace: Trace, index: Index) -> Iterable[Source]:
        """Where an output cell comes from."""

    def outline(self, layout: Layout, shape: Shape) -> tuple[Geometry, Shape]:
        shapes = {"input": shape, **self.weight_shapes(layout, shape)}
        return Geometry(), self.result_shape(layout, shapes)

    def planned(self, layout: Layout, inputs: Mapping[str, Array]) -> tuple[Geometry, Shape]:
        shape = self.result_shape(layout, {name: array.shape for name, array in inputs.items()})
        allow_cells("the output", math.prod(shape))
        return Geometry(), shape

    def run(self, layout: Layout, inputs: Mapping[str, Array]) -> tuple[Geometry, Array]:
        self.planned(layout, inputs)
        output = self.fast(layout, inputs)
        # A view of an input would lock or change what is not ours.
        return Geometry(), np.array(output) if any(output is a for a in inputs.values()) else np.asarray(output)

    def replay(self, trace: Trace) -> tuple[Array, Array | float]:
        return self.again(trace.layer.layout, trace.inputs)

    def check(self, trace: Trace) -> None:
        due = self.result_shape(trace.layer.layout, {name: array.shape for name, array in trace.inputs.items()})
        if due != trace.output.shape:
            raise ShapeError(f"its output has shape {trace.output.shape}, but its inputs give {due}")

    def place(self, trace: Trace, index: Index) -> Index:
        """The position is the index itself."""
        return (0, 0, *index)

    def index(self, trace: Trace, place: Index) -> Index:
        return place[2:]

    def form(self, trace: Trace) -> str:
        """That of what came in, or a guess from its axes where that is unknown."""
        if "input" in trace.parents:
            before = trace.parents["input"].form
            return "image" if before == "plain" and trace.output.ndim != trace.inputs["input"].ndim else before
        return trace.layer.form or ("plain" if trace.inputs["input"].ndim == 2 else "batch")

    def seen(self, channel: int, trace: Trace) -> range:
        return range(1)

    def taps(self, trace: Trace, index: Index) -> tuple[Tap, ...]:
        taps = []
        for source in self.cells(trace, index):
            weight: Any = None
            if source.weight_index is not None:
                weight = plain(trace.inputs[self.weight_name][source.weight_index])
            if source.at is None:
                taps.append(Tap(PADDING, source.value, index, weight, source.weight_index, source.input))
            else:
                value = plain(trace.inputs[source.input][source.at])
                taps.append(Tap(source.at, value, source.at, weight, source.weight_index, source.input))
        return tuple(taps)

    def sources(self, trace: Trace, index: Index) -> list[Index | Padding]:
        return [PADDING if source.at is None else source.at for source in self.cells(trace, index)]


@dataclass(frozen=True)
class Moving(CellOperation):
    """Cells that are only moved: where each came from is found by moving their numbers instead of them."""

    calculation: ClassVar[Rule] = X  # the number itself; where several are sent to one cell, the last

    def numbers(self, trace: Trace, name: str) -> Array:
        """For every output cell, 1 plus the number of the cell of this input that stands there, 0 where none does."""
        numbered = {
            other: array
            if other in self.counts
            else np.arange(1, array.size + 1).reshape(array.shape)
            if other == name
            else np.zeros(array.shape, dtype=np.int64)
            for other, array in trace.inputs.items()
        }
        return np.asarray(self.emptied().fast(trace.layer.layout, numbered))

    def emptied(self) -> Moving:
        """The operation without any number of its own."""
        return self

    def slopes(self, step: Step) -> list[Value]:
        return [1 if tap.is_data else None for tap in step.taps]

    def gradient(self, trace: Trace, name: str, grad: Array) -> Array:
        """Every number goes back to where it came from."""
        array = trace.inputs[name]
        numbers = self.numbers(trace, name).ravel()
        result = np.zeros(array.size + 1, dtype=grad.dtype)
        np.add.at(result, numbers, grad.ravel())
        return result[1:].reshape(array.shape)

    def feeds(self, trace: Trace, name: str, index: Index) -> Iterable[tuple[Index, Value]]:
        numbers, order = self._in_order(trace, name)
        number = numbers.dtype.type(1 + np.ravel_multi_index(index, trace.inputs[name].shape))
        first, last = (np.searchsorted(numbers, number, side, order) for side in ("left", "right"))
        return [(tuple(map(int, np.unravel_index(at, trace.shape))), 1) for at in order[first:last]]

    @kept
    def _in_order(self, trace: Trace, name: str) -> tuple[Array, Array]:
        """`numbers` in a row, and the output cells in the order of these."""
        numbers = self.numbers(trace, name).ravel()
        small = numbers.astype(np.min_scalar_type(trace.inputs[name].size))
        return small, np.argsort(small, kind="stable")

    def touches(self, trace: Trace, name: str, mask: Array) -> Array:
        return np.concatenate([[False], mask.ravel()])[self.numbers(trace, name)]


def slack(result: Array, scale: Array | float | None = None) -> Array | float:
    """Room for a few roundings, relative to the result or to what was added up to it."""
    if result.dtype.kind != "f":
        return 0.0
    size = np.abs(result) if scale is None else np.abs(scale)
    return np.where(np.isfinite(size), size, 0) * (rounding(result) * 16) + float(np.finfo(result.dtype).tiny)
