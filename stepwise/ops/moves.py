"""Operations that move cells without computing: flatten, padding as a layer, max-unpooling."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, ClassVar, Literal, TypeAlias

import numpy as np

from ..arithmetic import Array, Value
from ..dataclass import dataclass
from ..errors import ShapeError, counted, differing
from ..traces.influence import Box
from ..traces.layout import Index, Layout
from ..traces.step import Step
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


Mode: TypeAlias = Literal["constant", "reflect", "replicate", "circular", "mirror", "symmetric"]


@dataclass(frozen=True)
class Pad(Moving):
    """y[i] = x[i - before] inside, and outside: a constant, or x mirrored, repeated at its edge, or wrapped around

    `pads` are (before, after) for the spatial axes, outermost first; a negative one cuts lines off, and what is cut off
    is not wrapped around. Mirroring does not repeat the edge itself (`reflect`, and `mirror`, which goes on beyond the
    other edge), unless it is `symmetric`: then the edge stands twice.
    """

    pads: tuple[tuple[int, int], ...]
    mode: Mode = "constant"
    value: float = 0
    all_axes: bool = False  # whether `pads` has an entry for every axis of the array, as in ONNX

    name: ClassVar[str] = "pad"
    rule: ClassVar[str] = "moved"

    def full(self, layout: Layout, ndim: int) -> list[tuple[int, int]]:
        """(before, after) for every axis of an array with `ndim` axes."""
        own = len(self.pads)
        if ndim < own or (self.all_axes and ndim != own):
            raise ShapeError(f"there are {own} axes to pad, but the input has {ndim}")
        after = 1 if layout.channels_last and ndim > own else 0
        return [(0, 0)] * (ndim - own - after) + list(self.pads) + [(0, 0)] * after

    def slides_along(self, trace: Trace) -> int:
        """The axes that are padded, unless every axis of an array is named."""
        return 0 if self.all_axes else len(self.pads)

    def result_shape(self, layout: Layout, shapes: Mapping[str, Shape]) -> Shape:
        shape = shapes["input"]
        full = self.full(layout, len(shape))
        for axis, (n, (before, after)) in enumerate(zip(shape, full)):
            kept = n + min(before, 0) + min(after, 0)
            limits = {"reflect": n - 1, "circular": n}  # PyTorch's, which mirrors lines that are cut off too
            if self.all_axes:
                limits = {"reflect": kept - 1}  # ONNX wraps around as often as it takes
            most = limits.get(self.mode, max(before, after))
            if max(before, after) > max(most, 0):
                raise ShapeError(f"axis {axis} has {n} cells; mode {self.mode} can pad it by at most {most} on a side")
            if kept < (0 if self.mode == "constant" else 1) or n + before + after < 1:
                raise ShapeError(f"axis {axis} has {n} cells; cutting {-before} before and {-after} after leaves none")
        return tuple(n + before + after for n, (before, after) in zip(shape, full))

    def fast(self, layout: Layout, inputs: Mapping[str, Array]) -> Array:
        x = inputs["input"]
        full = self.full(layout, x.ndim)
        if not full:  # no axes: nothing to pad
            return np.array(x)
        if min(map(min, full)) < 0:
            return self._cut(layout, x, full)
        modes: dict[str, Any] = {"reflect": "reflect", "replicate": "edge", "circular": "wrap"}
        modes |= {"mirror": "reflect", "symmetric": "symmetric"}
        if self.mode == "constant":
            if x.dtype.kind not in "iu":
                return np.pad(x, full, constant_values=self.value)
            if float(self.value).is_integer() and np.iinfo(x.dtype).min <= self.value <= np.iinfo(x.dtype).max:
                return np.pad(x, full, constant_values=int(self.value))
            return np.pad(x.astype(np.float64), full, constant_values=self.value)
        return np.pad(x, full, mode=modes[self.mode])

    def _cut(self, layout: Layout, x: Array, full: list[tuple[int, int]]) -> Array:
        """With lines cut off where padding is negative: before anything is wrapped around, else after padding."""
        padding = replace(self, pads=tuple((max(a, 0), max(b, 0)) for a, b in full), all_axes=True)

        def kept(y: Array) -> Array:
            return y[tuple(slice(max(-a, 0), n - max(-b, 0)) for (a, b), n in zip(full, y.shape))]

        if self.mode == "circular":
            return padding.fast(layout, {"input": kept(x)})
        return kept(padding.fast(layout, {"input": x}))

    def again(self, layout: Layout, inputs: Mapping[str, Array]) -> tuple[Array, Array | float]:
        """One axis at a time, by looking up where each line comes from."""
        x = inputs["input"]
        full = self.full(layout, x.ndim)
        kept = np.ones(self.result_shape(layout, {"input": x.shape}), dtype=bool)
        for axis, (before, after) in enumerate(full):
            n = x.shape[axis]
            lines = [self._line(i - before, n, before, after) for i in range(n + before + after)]
            x = np.take(x, [0 if line is None else line for line in lines], axis=axis)
            inside = np.array([line is not None for line in lines])
            kept &= inside.reshape([-1 if a == axis else 1 for a in range(len(full))])
        return np.where(kept, x, self.value), 0.0

    def gradient(self, trace: Trace, name: str, grad: Array) -> Array:
        """Along one axis after another, each line goes back to the one that it is a copy of."""
        x = trace.inputs[name]
        for axis, (before, after) in enumerate(self.full(trace.layer.layout, x.ndim)):
            if not before and not after:
                continue
            size, back = x.shape[axis], np.moveaxis(grad, axis, 0)
            own = range(max(before, 0), min(len(back), size + before))  # the lines that are data themselves
            result = np.zeros((size, *back.shape[1:]), dtype=grad.dtype)
            result[max(-before, 0) :][: len(own)] = back[own.start : own.stop]
            for i in (*range(own.start), *range(own.stop, len(back))):
                line = self._line(i - before, size, before, after)
                if line is not None:
                    result[line] += back[i]
            grad = np.moveaxis(result, 0, axis)
        return np.array(grad)

    def emptied(self) -> Pad:
        return replace(self, value=0)

    def looks_at(self, trace: Trace, name: str, box: Box) -> Box:
        x = trace.inputs[name]
        found = []
        for (low, high), size, (before, after) in zip(box, x.shape, self.full(trace.layer.layout, x.ndim)):
            lines = [self._line(i - before, size, before, after) for i in range(low, high)]
            met = [line for line in lines if line is not None]
            found.append((min(met), max(met) + 1) if met else (0, 0))
        return tuple(found)

    def _line(self, position: int, size: int, before: int, after: int) -> int | None:
        """The line of data that stands at a position, which may lie outside; None for the constant."""
        if 0 <= position < size:
            return position
        match self.mode:
            case "constant":
                return None
            case "replicate":
                return 0 if position < 0 else size - 1
            case "circular":
                first, last = max(-before, 0), size - max(-after, 0)  # what is not cut off
                return first + (position - first) % (last - first)
            case "reflect":
                return -position if position < 0 else 2 * (size - 1) - position
            case "mirror":
                there = position % max(1, 2 * (size - 1))  # there and back again, the two ends once each
                return min(there, 2 * (size - 1) - there)
            case "symmetric":
                there = position % (2 * size)
                return min(there, 2 * size - 1 - there)

    def cells(self, trace: Trace, index: Index) -> Iterable[Source]:
        """The one cell that stands here, or the constant."""
        x = trace.inputs["input"]
        full = self.full(trace.layer.layout, x.ndim)
        lines = [self._line(i - before, n, before, after) for i, n, (before, after) in zip(index, x.shape, full)]
        at = tuple(line for line in lines if line is not None)
        return [Source(at) if len(at) == len(lines) else Source(None, value=self.value)]


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
