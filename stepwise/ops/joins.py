"""Several inputs put side by side along an axis."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

import numpy as np

from ..arithmetic import Array
from ..dataclass import dataclass
from ..errors import ShapeError, counted
from ..traces.influence import Box
from ..traces.layout import Index, Layout
from ..traces.trace import Trace
from .cells import Moving, Shape, Source


@dataclass(frozen=True)
class Concat(Moving):
    """y[…, i, …] = the inputs one after another along `axis`; along every other axis they have one size"""

    axis: int = -1

    name: ClassVar[str] = "concat"
    rule: ClassVar[str] = "moved"
    operated: ClassVar[bool] = False

    def _axis(self, ndim: int) -> int:
        if not -ndim <= self.axis < ndim:
            raise ShapeError(f"there is no axis {self.axis} in inputs with {counted(ndim, 'axis')}")
        return self.axis % ndim

    def result_shape(self, layout: Layout, shapes: Mapping[str, Shape]) -> Shape:
        first, *others = shapes.values()
        axis = self._axis(len(first))
        for shape in others:
            if len(shape) != len(first) or any(a != b and i != axis for i, (a, b) in enumerate(zip(first, shape))):
                listed = ", ".join(map(str, shapes.values()))
                mismatch = f"inputs of shapes {listed} cannot be joined along axis {self.axis}"
                raise ShapeError(f"{mismatch}; along every other axis they must agree")
        return (*first[:axis], sum(shape[axis] for shape in shapes.values()), *first[axis + 1 :])

    def fast(self, layout: Layout, inputs: Mapping[str, Array]) -> Array:
        return np.concatenate(list(inputs.values()), axis=self.axis)

    def again(self, layout: Layout, inputs: Mapping[str, Array]) -> tuple[Array, Array | float]:
        """Each input written to its place."""
        shape = self.result_shape(layout, {name: array.shape for name, array in inputs.items()})
        result = np.empty(shape, dtype=np.result_type(*inputs.values()))
        lines = np.moveaxis(result, self.axis, 0)
        first = 0
        for array in inputs.values():
            for line in np.moveaxis(array, self.axis, 0):
                lines[first] = line
                first += 1
        return result, 0.0

    def cells(self, trace: Trace, index: Index) -> Iterable[Source]:
        """The one cell that was put here."""
        axis = self._axis(trace.output.ndim)
        along = index[axis]
        for name, array in trace.inputs.items():
            if along < array.shape[axis]:
                return [Source((*index[:axis], along, *index[axis + 1 :]), name)]
            along -= array.shape[axis]
        return []

    def _first(self, trace: Trace, name: str) -> int:
        """Where an input begins along the axis."""
        axis, names = self._axis(trace.output.ndim), list(trace.inputs)
        return sum(trace.inputs[before].shape[axis] for before in names[: names.index(name)])

    def gradient(self, trace: Trace, name: str, grad: Array) -> Array:
        """Each input's part of what came back."""
        axis, first = self._axis(grad.ndim), self._first(trace, name)
        return np.array(grad[(slice(None),) * axis + (slice(first, first + trace.inputs[name].shape[axis]),)])

    def looks_at(self, trace: Trace, name: str, box: Box) -> Box:
        axis, first = self._axis(trace.output.ndim), self._first(trace, name)
        size = trace.inputs[name].shape[axis]
        low, high = (min(max(end - first, 0), size) for end in box[axis])
        return (*box[:axis], (low, high), *box[axis + 1 :])
