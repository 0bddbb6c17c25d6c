"""How arrays are laid out by their owners, and the one shape that operations work in.

Inside, an image is always `(N, C, *spatial)` and a kernel always `(out, in, *spatial)`; both are views, never copies.
Outside, arrays have the shape their owner gave them. With `s` spatial axes, an array of

    s axes      is one image with one channel               (plain)
    s + 1 axes  is one image with channels where the dialect puts them
    s + 2 axes  is a batch of those

and a result has the axes its input had; a plain image that comes out with several channels gains the channel axis.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from itertools import islice
from typing import SupportsIndex

import numpy as np

from ..arithmetic import Array, Value, plain
from ..dataclass import dataclass
from ..errors import ShapeError, StepIndexError, counted, listing, shown
from ..geometry import axis_names

Index = tuple[int, ...]

WORDS = {1: ("positions",), 2: ("rows", "columns"), 3: ("planes", "rows", "columns")}
"""The axes of an image, for messages."""


def cells_of(array: Array, most: int) -> Iterator[tuple[Index, Value]]:
    """The first cells of an array with their indices, in row-major order."""
    return ((index, plain(value)) for index, value in islice(np.ndenumerate(array), most))


def written_index(index: Iterable[int]) -> str:
    """An index as sentences and tables have it.

    >>> written_index((0, 1)), written_index((3,))
    ('(0, 1)', '(3)')
    """
    return f"({', '.join(map(str, index))})"


def flat_index(index: Iterable[int], shape: Iterable[int]) -> int:
    """Which cell of an array of this shape an index is, counted row by row from 0.

    >>> flat_index((1, 2), (2, 3)), flat_index((), ())
    (5, 0)
    """
    number = 0
    for i, size in zip(index, shape):
        number = number * size + i
    return number


def index_at(number: int, shape: Sequence[int]) -> Index:
    """The cell of this number in an array of this shape, counted as `flat_index` counts.

    >>> index_at(5, (2, 3)), index_at(0, ())
    ((1, 2), ())
    """
    index: list[int] = []
    for size in reversed(shape):
        number, at = divmod(number, size)
        index.insert(0, at)
    return tuple(index)


LONGEST_LINE = 60
"""Letters of a line to be typed that a message shows whole."""


def typed_kernel(filters: int, seen: int, window: Sequence[int]) -> str:
    """What a kernel consists of where it is typed, and a line that fits, for messages.

    >>> typed_kernel(2, 1, (1, 2))
    '2 grids of 1 row and 2 columns, filter by filter (2 filters × 1 channel in): 0 0;; 0 0'
    """
    count = filters * seen * math.prod(window[:-2])
    each = f"{counted(filters, 'filter')} × {counted(seen, 'channel')} in"
    each += f" × {counted(window[0], 'plane')}" if len(window) == 3 else ""
    grid = "; ".join([" ".join(["0"] * window[-1])] * (1 if len(window) == 1 else window[-2]))
    line = ";; ".join([grid] * count) if count * (len(grid) + 3) <= LONGEST_LINE else f"{grid};; {grid};; …"
    return f"{typed_grids(count, window)}{', filter by filter' if count > 1 else ''} ({each}): {line}"


def typed_grids(count: int, size: Sequence[int]) -> str:
    """So many grids of this size, or rows where there is one axis, for messages."""
    if len(size) == 1:
        return f"{counted(count, 'row')} of {counted(size[0], 'number')}"
    return f"{counted(count, 'grid')} of {counted(size[-2], 'row')} and {counted(size[-1], 'column')}"


def index_in(index: SupportsIndex | Sequence[SupportsIndex], shape: tuple[int, ...], array: str) -> Index:
    """The index of a cell in an array of this shape; negative entries count from the end.

    Raises `StepIndexError` for what is no index, or none of the `array` that the sentence names.

    >>> index_in((-1, 0), (2, 3), "output")
    (1, 0)
    """
    try:
        entries = index if isinstance(index, Sequence | np.ndarray) else (index,)
        given = tuple(map(operator.index, entries))
    except TypeError:
        raise StepIndexError(f"{shown(index)} is not an index; give {len(shape)} whole numbers") from None
    if len(given) != len(shape) or not all(-size <= i < size for i, size in zip(given, shape)):
        raise StepIndexError(f"{given} is not a cell of the {array}, whose shape is {shape}")
    return tuple(i % size for i, size in zip(given, shape))


@dataclass(frozen=True)
class Layout:
    """Where a dialect keeps its channels, and how its kernels lie on the data.

    >>> keras = Layout(channels_last=True, kernel_channels_last=True)
    >>> keras.images(np.zeros((28, 28, 3)), 2).shape, keras.kernel(np.zeros((3, 5, 1, 8)), 2).shape
    ((1, 3, 28, 28), (8, 1, 3, 5))
    """

    channels_last: bool
    kernel_channels_last: bool
    kernel_turned: bool = False  # by half a turn: what convolution is outside of networks

    def to_data(self) -> dict[str, bool]:
        """The layout as JSON-ready data; that a kernel is not turned goes without saying."""
        return {name: value for name, value in asdict(self).items() if value or name != "kernel_turned"}

    def axes(self, ndim: int, spatial: int) -> str:
        """The names of an array's axes, for messages: `(N, height, width, C)`."""
        names = [*axis_names(spatial)]
        if ndim > spatial:
            names.insert(spatial if self.channels_last else 0, "C")
        if ndim > spatial + 1:
            names.insert(0, "N")
        return f"({', '.join(names)})"

    def channels(self, shape: tuple[int, ...], spatial: int) -> int:
        """The channels of an array of this shape."""
        return 1 if len(shape) <= spatial else shape[-1 if self.channels_last else -1 - spatial]

    def images_shape(self, shape: tuple[int, ...], spatial: int) -> tuple[int, ...]:
        """An array's shape as `(N, C, *spatial)`. Raises `ShapeError` for a number of axes that does not fit."""
        extra = len(shape) - spatial
        if extra not in (0, 1, 2):
            fits = listing(self.axes(spatial + i, spatial) for i in range(3))
            words = f"N inputs of {' and '.join(WORDS[spatial][-2:])} in C channels"
            typed = "a row: 1 2 3 1" if spatial == 1 else "a grid: 4 3; 2 1"
            raise ShapeError(
                f"the input has {counted(len(shape), 'axis')}, {shape}; the layer takes {fits}, {words}; "
                f"typed, a channel is {typed}, and ;; or an empty line begins another"
            )
        batch, own = (shape[0], shape[1:]) if extra == 2 else (1, shape)
        if extra == 0:
            return (batch, 1, *own)
        return (batch, own[-1], *own[:-1]) if self.channels_last else (batch, *own)

    def restored_shape(self, images: tuple[int, ...], ndim: int) -> tuple[int, ...]:
        """The shape of `restored(images, …)`."""
        batch, channels, *spatial = images
        if ndim == len(spatial) and channels == 1:
            return tuple(spatial)
        own = (*spatial, channels) if self.channels_last else (channels, *spatial)
        return (batch, *own) if ndim == len(spatial) + 2 else own

    def images(self, array: Array, spatial: int) -> Array:
        """A view of the array as `(N, C, *spatial)`. Raises `ShapeError` for a number of axes that does not fit."""
        self.images_shape(array.shape, spatial)
        if array.ndim == spatial:
            return array[np.newaxis, np.newaxis]
        batch = array if array.ndim == spatial + 2 else array[np.newaxis]
        return np.moveaxis(batch, -1, 1) if self.channels_last else batch

    def restored(self, images: Array, spatial: int, ndim: int) -> Array:
        """A view of `(N, C, *spatial)` in the owner's layout, with the axes that an input of `ndim` axes had."""
        if ndim == spatial and images.shape[1] == 1:
            only: Array = images[0, 0]
            return only
        batch = np.moveaxis(images, 1, -1) if self.channels_last else images
        return batch if ndim == spatial + 2 else batch[0]

    def inner(self, index: Index, spatial: int) -> Index:
        """An index into an array in the owner's layout, as an index `(n, c, *position)`.

        >>> Layout(True, True).inner((4, 5, 2), 2), Layout(True, True).inner((4, 5), 2)
        ((0, 2, 4, 5), (0, 0, 4, 5))
        """
        extra = len(index) - spatial
        image = index[0] if extra == 2 else 0
        own = index[1:] if extra == 2 else index
        if extra == 0:
            return (image, 0, *own)
        return (image, own[-1], *own[:-1]) if self.channels_last else (image, *own)

    def outer(self, inner: Index, ndim: int) -> Index:
        """The reverse of `inner`, for an array of `ndim` axes."""
        image, channel, *position = inner
        if ndim == len(position):
            return tuple(position)
        own = (*position, channel) if self.channels_last else (channel, *position)
        return own if ndim == len(own) else (image, *own)

    def kernel(self, array: Array, spatial: int) -> Array:
        """A view of the kernel as `(out, in, *spatial)`; a kernel without channels is one filter over one channel."""
        if array.ndim == spatial:
            return self._as_it_lies(array[np.newaxis, np.newaxis])
        if array.ndim != spatial + 2:
            shape = (
                (*axis_names(spatial), "in", "out")
                if self.kernel_channels_last
                else ("out", "in", *axis_names(spatial))
            )
            raise ShapeError(
                f"the kernel has {counted(array.ndim, 'axis')}, {array.shape}; the layer takes ({', '.join(shape)}), "
                f"or ({', '.join(axis_names(spatial))}) for one filter over one channel"
            ).of("kernel")
        return self._as_it_lies(np.moveaxis(array, (-1, -2), (0, 1)) if self.kernel_channels_last else array)

    def _as_it_lies(self, kernel: Array) -> Array:
        """A kernel `(out, in, *spatial)`, turned by half a turn where its owner turns it."""
        return np.flip(kernel, tuple(range(2, kernel.ndim))) if self.kernel_turned else kernel

    def kernel_index(self, inner: Index, shape: tuple[int, ...]) -> Index:
        """An index `(out, in, *position)` into the kernel, as an index into the owner's own array of this shape.

        >>> Layout(True, True, kernel_turned=True).kernel_index((0, 0, 2, 1), (3, 3))
        (0, 1)
        """
        filter_, channel, *position = inner
        alone = len(shape) == len(position)
        if self.kernel_turned:
            own = shape if alone or self.kernel_channels_last else shape[2:]
            position = [size - 1 - p for size, p in zip(own, position)]
        if alone:
            return tuple(position)
        return (*position, channel, filter_) if self.kernel_channels_last else (filter_, channel, *position)

    def kernel_shape(self, filters: int, channels: int, window: tuple[int, ...]) -> tuple[int, ...]:
        """The owner's shape of a kernel with these sizes."""
        return (*window, channels, filters) if self.kernel_channels_last else (filters, channels, *window)
