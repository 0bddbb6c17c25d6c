"""Flatten: several axes become one, and no number is changed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import ClassVar

import numpy as np

from ..arithmetic import Array
from ..dataclass import dataclass
from ..errors import ShapeError, counted
from ..traces.influence import Box
from ..traces.layout import Index, Layout
from ..traces.trace import Trace
from .cells import Moving, Shape, Source
from .rearrange import around


@dataclass(frozen=True)
class Flatten(Moving):
    """y[…, i, …] = x[…, a, b, c, …] with i counting (a, b, c) in row-major order

    Axes `first` to `last` become one. `to_matrix` is ONNX's: everything before `first` becomes one axis too. Keras's
    `data_format="channels_first"` moves the channels to the end first.
    """

    first: int = 1
    last: int = -1
    to_matrix: bool = False
    channels_to_end: bool = False

    name: ClassVar[str] = "flatten"
    rule: ClassVar[str] = "moved"
    keeps_axes: ClassVar[bool] = False

    def slides_along(self, trace: Trace) -> int:
        """Images go in, in a batch or alone, which says from where on it flattens."""
        return 0 if self.to_matrix else trace.inputs["input"].ndim - 1 - self.first

    def fitted(self, shape: tuple[int, ...], form: str) -> Flatten:
        """Of an image that has no batch axis, the axis after it is the first."""
        if self.to_matrix or form == "batch" or self.first <= 0:
            return self
        return replace(self, first=self.first - 1)

    def result_shape(self, layout: Layout, shapes: Mapping[str, Shape]) -> Shape:
        shape = shapes["input"]
        ndim = len(shape)
        if self.to_matrix:
            first = self.first + ndim if self.first < 0 else self.first
            if not 0 <= first <= ndim:
                raise ShapeError(f"axis={self.first} is not between 0 and {ndim}, the number of axes")
            return (math.prod(shape[:first]), math.prod(shape[first:]))
        first = self.first + ndim if self.first < 0 else self.first
        last = self.last + ndim if self.last < 0 else self.last
        if ndim and not 0 <= first <= last < ndim:
            if first == last + 1 == ndim == 1:
                return (*shape, 1)  # there is nothing to flatten: a batch of single numbers
            raise ShapeError(f"axes {self.first} to {self.last} are not in an input with {counted(ndim, 'axis')}")
        return (*shape[:first], math.prod(shape[first : last + 1]), *shape[last + 1 :])

    def _ordered(self, x: Array) -> Array:
        return np.moveaxis(x, self.first, -1) if self.channels_to_end and x.ndim > 2 else x

    def fast(self, layout: Layout, inputs: Mapping[str, Array]) -> Array:
        x = inputs["input"]
        return np.array(self._ordered(x).reshape(self.result_shape(layout, {"input": x.shape})))

    def again(self, layout: Layout, inputs: Mapping[str, Array]) -> tuple[Array, Array | float]:
        """Cell by cell, in the order of the input's own indices."""
        x = inputs["input"]
        shape = self.result_shape(layout, {"input": x.shape})
        result = np.empty(math.prod(shape), dtype=x.dtype)
        for number, index in enumerate(np.ndindex(self._ordered(x).shape)):
            result[number] = x[self._own(index)]
        return result.reshape(shape), 0.0

    def gradient(self, trace: Trace, name: str, grad: Array) -> Array:
        """Every number goes back to where it came from, all at once."""
        x = trace.inputs[name]
        ordered = grad.reshape(self._ordered(x).shape)
        return np.array(np.moveaxis(ordered, -1, self.first) if self.channels_to_end and x.ndim > 2 else ordered)

    def _own(self, ordered: Index) -> Index:
        """An index into the reordered input as one into the input itself."""
        if self.channels_to_end and len(ordered) > 2:
            return (*ordered[: self.first], ordered[-1], *ordered[self.first : -1])
        return tuple(ordered)

    def cells(self, trace: Trace, index: Index) -> Iterable[Source]:
        """The one cell that was moved here."""
        x = self._ordered(trace.inputs["input"])
        number = 0
        for i, n in zip(index, trace.output.shape):
            number = number * n + i
        place: list[int] = []
        for n in reversed(x.shape):
            place.insert(0, number % n)
            number //= n
        return [Source(self._own(tuple(place)))]

    def looks_at(self, trace: Trace, name: str, box: Box) -> Box:
        ordered = self._ordered(trace.inputs[name])
        found = around(box, trace.output.shape, ordered.shape)
        return self._own_box(found)

    def _own_box(self, box: Box) -> Box:
        """The same move as `_own`, of a box."""
        if self.channels_to_end and len(box) > 2:
            return (*box[: self.first], box[-1], *box[self.first : -1])
        return box
