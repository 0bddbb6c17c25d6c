"""Unfolding (im2col): what lies under each place of a window becomes a column; folding adds the columns back up."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

import numpy as np

from ..arithmetic import Array, Value, wide
from ..dataclass import dataclass
from ..errors import ShapeError, counted
from ..geometry import axis_names
from ..rules.tree import Rule, X, total
from ..traces.influence import Box
from ..traces.layout import Index, Layout
from ..traces.step import Step
from ..traces.trace import Trace
from .cells import CellOperation, Moving, Shape, Source, around, slack


@dataclass(frozen=True)
class Blocks:
    """Where windows lie on a picture: `counts` of them along each axis, counted row by row."""

    sizes: tuple[int, ...]
    window: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...]
    dilation: tuple[int, ...]

    @property
    def counts(self) -> tuple[int, ...]:
        """Places of the window along each axis."""
        return tuple(
            (n + 2 * p - d * (k - 1) - 1) // s + 1
            for n, k, s, p, d in zip(self.sizes, self.window, self.stride, self.padding, self.dilation)
        )

    def checked(self) -> Blocks:
        """The same. Raises `ShapeError` where the window does not fit."""
        for name, n, k, count in zip(axis_names(len(self.sizes)), self.sizes, self.window, self.counts):
            if count < 1:
                raise ShapeError(f"along the {name}, a window of {k} cells does not fit into {n} and the padding")
        return self

    def position(self, offset: Index, block: Index) -> Index | None:
        """The cell of the picture under one cell of the window, in one of its places; None on padding."""
        found = tuple(
            i * s + k * d - p for i, k, s, p, d in zip(block, offset, self.stride, self.padding, self.dilation)
        )
        return found if all(0 <= at < n for at, n in zip(found, self.sizes)) else None

    def reached(self, offset: Index) -> Any:
        """The cells of the padded picture under one cell of the window, in all of its places: a slice for each axis."""
        return tuple(
            slice(k * d, k * d + (count - 1) * s + 1, s)
            for k, d, s, count in zip(offset, self.dilation, self.stride, self.counts)
        )

    def laid(self, parts: Array) -> Array:
        """Numbers `(…, *window, *counts)` laid on the picture, each where its cell of the window stands, and added."""
        outer = parts.shape[: -2 * len(self.window)]
        padded = np.zeros((*outer, *(n + 2 * p for n, p in zip(self.sizes, self.padding))), dtype=parts.dtype)
        for offset in np.ndindex(self.window):
            padded[(..., *self.reached(offset))] += parts[(*(slice(None),) * len(outer), *offset)]
        kept: Any = (..., *(slice(p, p + n) for n, p in zip(self.sizes, self.padding)))
        return np.array(padded[kept])

    def meeting(self, position: Index) -> Iterable[tuple[int, int]]:
        """Each cell of the window that can lie on a cell of the picture, and in which place, both by their numbers."""
        for number, offset in enumerate(np.ndindex(self.window)):
            block = []
            along = zip(position, offset, self.stride, self.padding, self.dilation, self.counts)
            for at, k, s, p, d, count in along:
                place, rest = divmod(at + p - k * d, s)
                if rest or not 0 <= place < count:
                    break
                block.append(place)
            else:
                yield number, int(np.ravel_multi_index(tuple(block), self.counts))


def _index(number: int, shape: Shape) -> Index:
    return tuple(map(int, np.unravel_index(number, shape)))


@dataclass(frozen=True)
class Unfold(Moving):
    """y[c·k² + a·k + b, l] = x[c, i·s + a·d - p, j·s + b·d - p] for the l-th place (i, j) of the window; padding is 0

    A column for each place of the window, a row for each of its cells in each channel: the matrix (im2col) with which a
    convolution is one matrix product. Source: PyTorch Unfold.
    """

    window: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...]
    dilation: tuple[int, ...]

    name: ClassVar[str] = "unfold"
    rule: ClassVar[str] = "moved"
    keeps_axes: ClassVar[bool] = False

    def _images(self, layout: Layout, shape: Shape) -> tuple[Shape, Blocks]:
        images = layout.images_shape(shape, len(self.window))
        if 0 in images:
            raise ShapeError(f"the input has shape {shape}: there is nothing to look at")
        return images, Blocks(images[2:], self.window, self.stride, self.padding, self.dilation).checked()

    def result_shape(self, layout: Layout, shapes: Mapping[str, Shape]) -> Shape:
        shape = shapes["input"]
        images, blocks = self._images(layout, shape)
        matrix = (images[1] * math.prod(self.window), math.prod(blocks.counts))
        return (images[0], *matrix) if len(shape) == len(self.window) + 2 else matrix

    def fast(self, layout: Layout, inputs: Mapping[str, Array]) -> Array:
        x = inputs["input"]
        images, blocks = layout.images(x, len(self.window)), self._images(layout, x.shape)[1]
        padded = np.pad(images, [(0, 0), (0, 0), *((p, p) for p in self.padding)])
        found = np.empty((*images.shape[:2], *self.window, *blocks.counts), dtype=x.dtype)
        for offset in np.ndindex(self.window):
            found[(slice(None), slice(None), *offset)] = padded[(..., *blocks.reached(offset))]
        return found.reshape(self.result_shape(layout, {"input": x.shape}))

    def again(self, layout: Layout, inputs: Mapping[str, Array]) -> tuple[Array, Array | float]:
        """Cell by cell."""
        x = inputs["input"]
        result = np.zeros(self.result_shape(layout, {"input": x.shape}), dtype=x.dtype)
        for index in np.ndindex(result.shape):
            at = self._source(layout, x.shape, index)
            if at is not None:
                result[index] = x[at]
        return result, 0.0

    def _source(self, layout: Layout, shape: Shape, index: Index) -> Index | None:
        _shape, blocks = self._images(layout, shape)
        image, row, column = (0, *index)[-3:]
        channel, cell = divmod(row, math.prod(self.window))
        position = blocks.position(_index(cell, self.window), _index(column, blocks.counts))
        return None if position is None else layout.outer((image, channel, *position), len(shape))

    def looks_at(self, trace: Trace, name: str, box: Box) -> Box:
        return around(self, trace, box) or super().looks_at(trace, name, box)

    def cells(self, trace: Trace, index: Index) -> Iterable[Source]:
        """The cell of the picture that stands here, or padding."""
        at = self._source(trace.layer.layout, trace.inputs["input"].shape, index)
        return [Source(at, value=0 if at is None else None)]

    def gradient(self, trace: Trace, name: str, grad: Array) -> Array:
        """What came back, folded."""
        x, layout = trace.inputs[name], trace.layer.layout
        images, blocks = self._images(layout, x.shape)
        back = blocks.laid(grad.reshape(*images[:2], *self.window, *blocks.counts))
        return layout.restored(back, len(self.window), x.ndim)

    def block(self, trace: Trace, index: Index) -> tuple[Index, Index]:
        """Which cell of the window an output cell was under, and in which place of the window."""
        _images, blocks = self._images(trace.layer.layout, trace.inputs["input"].shape)
        _image, row, column = (0, *index)[-3:]
        return _index(row % math.prod(self.window), self.window), _index(column, blocks.counts)


@dataclass(frozen=True)
class Fold(CellOperation):
    """y[c, p, q] = the sum of all x[c·k² + a·k + b, l] that an unfolding would have taken from y[c, p, q]

    It is the transpose of `Unfold`: numbers that lie on one cell are added, so it does not undo it where windows
    overlap. `sizes` are the output's. Source: PyTorch Fold.
    """

    sizes: tuple[int, ...]
    window: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...]
    dilation: tuple[int, ...]

    name: ClassVar[str] = "fold"
    rule: ClassVar[str] = "sum"
    calculation: ClassVar[Rule] = total(X)
    listed: ClassVar[bool] = True
    keeps_axes: ClassVar[bool] = False

    @property
    def blocks(self) -> Blocks:
        """Where windows lie on the output."""
        return Blocks(self.sizes, self.window, self.stride, self.padding, self.dilation)

    def result_shape(self, layout: Layout, shapes: Mapping[str, Shape]) -> Shape:
        shape, cells = shapes["input"], math.prod(self.window)
        blocks = self.blocks.checked()
        if len(shape) not in (2, 3):
            given = f"the input has {counted(len(shape), 'axis')}, {shape}"
            raise ShapeError(f"{given}; it takes a matrix of columns, or a batch of them")
        rows, columns = shape[-2:]
        if rows % cells or not rows:
            raise ShapeError(f"the columns have {rows} numbers, which is not divisible by the window's {cells} cells")
        if columns != math.prod(blocks.counts):
            places = "·".join(map(str, blocks.counts))
            raise ShapeError(
                f"there are {columns} columns, but the window has {places} places on an output of {self.sizes}"
            )
        return (*shape[:-2], rows // cells, *self.sizes)

    def fast(self, layout: Layout, inputs: Mapping[str, Array]) -> Array:
        x = wide(inputs["input"], math.prod(self.window))
        shape, blocks = self.result_shape(layout, {"input": x.shape}), self.blocks
        return blocks.laid(x.reshape(*shape[: -len(self.sizes)], *self.window, *blocks.counts))

    def again(self, layout: Layout, inputs: Mapping[str, Array]) -> tuple[Array, Array | float]:
        """Each output cell gathers what lies on it."""
        x = wide(inputs["input"], math.prod(self.window))
        result = np.zeros(self.result_shape(layout, {"input": x.shape}), dtype=x.dtype)
        spread = np.zeros(result.shape)
        for index in np.ndindex(result.shape):
            for at in self._landed(index):
                result[index] += x[at]
                spread[index] += 0 if x.dtype == object else abs(x[at])
        return result, 0.0 if x.dtype == object else slack(result, spread)

    def _landed(self, index: Index) -> Iterable[Index]:
        """The input cells that are added in an output cell, in their order."""
        *outer, channel = index[: -len(self.sizes)]
        cells = math.prod(self.window)
        for cell, column in self.blocks.meeting(index[-len(self.sizes) :]):
            yield (*outer, channel * cells + cell, column)

    def cells(self, trace: Trace, index: Index) -> Iterable[Source]:
        """All that lies on this cell."""
        return [Source(at) for at in self._landed(index)]

    def looks_at(self, trace: Trace, name: str, box: Box) -> Box:
        return around(self, trace, box) or super().looks_at(trace, name, box)

    def reach(self, trace: Trace) -> int:
        return math.prod(self.window)

    def slopes(self, step: Step) -> list[Value]:
        return [1] * len(step.taps)

    @property
    def _reverse(self) -> Unfold:
        return Unfold(self.window, self.stride, self.padding, self.dilation)

    def gradient(self, trace: Trace, name: str, grad: Array) -> Array:
        """What came back, unfolded."""
        layout = Layout(channels_last=False, kernel_channels_last=False)
        return self._reverse.fast(layout, {"input": grad}).reshape(trace.inputs["input"].shape)

    def feeds(self, trace: Trace, name: str, index: Index) -> Iterable[tuple[Index, Value]]:
        *outer, row, column = index
        channel, cell = divmod(row, math.prod(self.window))
        position = self.blocks.position(_index(cell, self.window), _index(column, self.blocks.counts))
        return [] if position is None else [((*outer, channel, *position), 1)]

    def touches(self, trace: Trace, name: str, mask: Array) -> Array:
        """Wherever one of those that land is marked."""
        often = self.fast(trace.layer.layout, {"input": mask.astype(np.int64)})
        return np.asarray(often > 0)


__all__ = ["Blocks", "Fold", "Unfold"]
