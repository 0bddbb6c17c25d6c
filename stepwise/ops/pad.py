"""Padding as a layer: lines of a constant, or of the data itself, around the data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, ClassVar, Literal, TypeAlias

import numpy as np

from ..arithmetic import Array
from ..dataclass import dataclass
from ..errors import ShapeError
from ..traces.influence import Box
from ..traces.layout import Index, Layout
from ..traces.trace import Trace
from .cells import Moving, Shape, Source

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
