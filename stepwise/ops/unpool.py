"""Max-unpooling: every number goes back to where its maximum came from."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from ..arithmetic import Array, Value
from ..dataclass import dataclass
from ..errors import ShapeError, counted, differing
from ..traces.layout import Index, Layout
from ..traces.step import Step
from ..traces.trace import Trace
from .cells import Moving, Shape, Source


@dataclass(frozen=True)
class MaxUnpool(Moving):
    """y[indices[i]] = x[i], and 0 everywhere else: each maximum goes back to where it was found

    Indices count within each image and channel (PyTorch), or through the whole array (`through_all`: ONNX). The pooling
    that is undone had this window, stride and padding; `sizes` are the output's, where they are asked for. `grid` is
    what the indices count in; beyond it there are zeros. Of two that land alike the later stays.
    In PyTorch the gradient of each is what came back at its index, of one that did not stay, too.
    """

    window: tuple[int, ...]
    stride: tuple[int, ...]
    pads: tuple[tuple[int, int], ...]
    sizes: tuple[int, ...] = ()
    grid: tuple[int, ...] = ()
    through_all: bool = False

    counts: ClassVar[tuple[str, ...]] = ("indices",)
    name: ClassVar[str] = "max_unpool"
    rule: ClassVar[str] = "moved"

    def fitted(self, shape: tuple[int, ...], form: str) -> MaxUnpool:
        """With the sizes that belong to an input of this shape. Raises `ShapeError` where those asked for do not."""
        if len(shape) < len(self.window):
            given = f"the input has {counted(len(shape), 'axis')}"
            raise ShapeError(f"{given}; a window of {len(self.window)} needs as many, or more")
        usual = self.usual(shape)
        sizes = self.sizes or usual
        if min(sizes) < 1:
            raise ShapeError(f"the output would have sizes {sizes}: padding={self.pads} cuts off all there is")
        if not self.through_all and any(not u - s < n < u + s for n, u, s in zip(sizes, usual, self.stride)):
            least, most = (tuple(u + sign * (s - 1) for u, s in zip(usual, self.stride)) for sign in (-1, 1))
            raise ShapeError(f"output_size={sizes} does not fit: it must be between {least} and {most}")
        return replace(self, sizes=sizes, grid=usual if self.through_all else sizes)

    def slides_along(self, trace: Trace) -> int:
        return len(self.window)

    def usual(self, shape: Shape) -> tuple[int, ...]:
        """The sizes that come out where no others are asked for: (n - 1)·stride + window - padding."""
        given = shape[len(shape) - len(self.window) :]
        return tuple((n - 1) * s + k - a - b for n, s, k, (a, b) in zip(given, self.stride, self.window, self.pads))

    def result_shape(self, layout: Layout, shapes: Mapping[str, Shape]) -> Shape:
        shape = shapes["input"]
        if "indices" not in shapes:
            raise ShapeError("the indices that max pooling gave go in too, and here there is 1 input")
        if shapes["indices"] != shape:
            indices = shapes["indices"]
            mismatch = f"the indices have shape {indices}, but the input has {shape}: {differing(indices, shape)}"
            raise ShapeError(mismatch)
        return (*shape[: len(shape) - len(self.grid)], *self.sizes)

    def _landing(self, x: Array, indices: Array) -> Array:
        """For every input cell, the number of the output cell it goes to, counted through all of the grid."""
        cells = math.prod(self.grid)
        outer = x.shape[: x.ndim - len(self.grid)]
        most = cells * (math.prod(outer) if self.through_all else 1)
        if indices.dtype.kind not in "iu" or indices.min() < 0 or indices.max() >= most:
            raise ShapeError(f"the indices must be whole numbers from 0 to {most - 1}")
        flat = indices.reshape(math.prod(outer), -1).astype(np.int64)
        return flat if self.through_all else flat + np.arange(math.prod(outer))[:, np.newaxis] * cells

    def fast(self, layout: Layout, inputs: Mapping[str, Array]) -> Array:
        x = inputs["input"]
        outer = x.shape[: x.ndim - len(self.grid)]
        grid = np.zeros(math.prod(outer) * math.prod(self.grid), dtype=x.dtype)
        grid[self._landing(x, inputs["indices"]).ravel()] = x.ravel()
        result = np.zeros((*outer, *self.sizes), dtype=x.dtype)
        shared = tuple(slice(0, min(a, b)) for a, b in zip(self.grid, self.sizes))
        inside: Any = (..., *shared)  # NumPy's stubs know no such mixed index
        result[inside] = grid.reshape(*outer, *self.grid)[inside]
        return result

    def again(self, layout: Layout, inputs: Mapping[str, Array]) -> tuple[Array, Array | float]:
        """Cell by cell."""
        x = inputs["input"]
        result = np.zeros(self.result_shape(layout, {n: a.shape for n, a in inputs.items()}), dtype=x.dtype)
        for value, number in zip(x.ravel(), self._landing(x, inputs["indices"]).ravel()):
            at = self._output_index(int(number), x.shape)
            if all(i < n for i, n in zip(at, result.shape)):
                result[at] = value
        return result, 0.0

    def _output_index(self, number: int, shape: Shape) -> Index:
        full = (*shape[: len(shape) - len(self.grid)], *self.grid)
        return tuple(int(i) for i in np.unravel_index(number, full))

    def cells(self, trace: Trace, index: Index) -> Iterable[Source]:
        """The input cells that were sent here; none, and it is 0."""
        x = trace.inputs["input"]
        full = (*x.shape[: x.ndim - len(self.grid)], *self.grid)
        if not all(i < n for i, n in zip(index, full)):
            return []
        number = int(np.ravel_multi_index(index, full))
        found = np.flatnonzero(self._landing(x, trace.inputs["indices"]).ravel() == number)
        return [Source(tuple(int(i) for i in np.unravel_index(n, x.shape))) for n in found]

    def slopes(self, step: Step) -> list[Value]:
        """1 for the number that is kept; in PyTorch, where a gradient is read at every index, for each that is sent."""
        return self.secants(step) if self.through_all else [1 for _tap in step.taps]

    def secants(self, step: Step) -> list[Value]:
        """The number that is kept is all that the cell holds."""
        last = len(step.taps) - 1
        return [1 if at == last else None for at in range(len(step.taps))]

    def gradient(self, trace: Trace, name: str, grad: Array) -> Array:
        """What came back at each number's own index; in ONNX, which has no such rule, 0 for a number not kept."""
        if self.through_all:
            return super().gradient(trace, name, grad)
        x = trace.inputs[name]
        return grad.ravel()[self._landing(x, trace.inputs["indices"]).ravel()].reshape(x.shape)

    def feeds(self, trace: Trace, name: str, index: Index) -> Iterable[tuple[Index, Value]]:
        if self.through_all:
            return super().feeds(trace, name, index)
        x = trace.inputs[name]
        number = int(self._landing(x, trace.inputs["indices"]).ravel()[np.ravel_multi_index(index, x.shape)])
        return [(self._output_index(number, x.shape), 1)]

    def apportioned(self, trace: Trace, name: str, grad: Array) -> Array:
        """To the numbers that are kept alone, whatever a gradient goes back to."""
        return super().gradient(trace, name, grad)

    def crowding(self, trace: Trace) -> tuple[bool, bool]:
        """Whether several numbers are sent to one cell, and whether some are sent outside the output."""
        x = trace.inputs["input"]
        landing = self._landing(x, trace.inputs["indices"]).ravel()
        full = (*x.shape[: x.ndim - len(self.grid)], *self.grid)
        at = np.array(np.unravel_index(landing, full))
        inside = (at < np.array(trace.shape).reshape(-1, 1)).all(axis=0)
        return len(np.unique(landing[inside])) < int(inside.sum()), not bool(inside.all())

    def counted_place(self, trace: Trace, index: Index) -> tuple[Index, Shape]:
        """An output cell's place among those that indices count, and how many there are along each axis."""
        full = (*trace.inputs["input"].shape[: -len(self.grid)], *self.grid)
        outer = 0 if self.through_all else len(full) - len(self.grid)
        return index[outer:], full[outer:]
