"""Where maxima came from, and what goes back there: for all windows at once, a cell of the window at a time.

Arrays are taken as they lie in memory, `(planes, *spatial, channels)`: where the channels come first, the planes are
all channels of all images, and there is one channel in each; where they come last, a plane is an image.
"""

from __future__ import annotations

import itertools
import math
from functools import partial

import numpy as np

from ..arithmetic import Array
from ..geometry import AdaptiveAxis, AxisGeometry, Geometry
from .windows import CACHED_BYTES


def routed(images: Array, largest: Array, back: Array, geometry: Geometry) -> Array | None:
    """What comes back to each cell `(N, C, *spatial)`: the gradient of every window whose first maximum it is.

    images, largest, back   the data, the maxima, and the gradient that comes to them, `(N, C, …)` all three

    None where a maximum is NaN: it is equal to nothing, and which of several wins is for others to say.
    """
    last = not images.flags.c_contiguous and images.ndim > 2
    data, most, sent = (_as_it_lies(array, last) for array in (images, largest, back))
    result = np.zeros(data.shape, dtype=back.dtype)
    one_by_one = _sizes_differ(geometry) or math.prod(geometry.output_shape) < math.prod(geometry.window)
    count = len(data) if one_by_one else max(1, CACHED_BYTES * len(data) // max(1, data.nbytes))
    find = partial(_one_by_one, geometry) if one_by_one else _Places(data[:count].shape, geometry).of
    for first in range(0, len(data), count):
        block = slice(first, first + count)
        found = find(data[block], most[block])
        if found is None:
            return None
        np.add.at(result[block].reshape(-1), found.reshape(-1), sent[block].reshape(-1))
    restored = result if last else result.reshape(images.shape)
    return np.moveaxis(restored, -1, 1) if last else restored


def _as_it_lies(array: Array, last: bool) -> Array:
    """`(N, C, *spatial)` as `(planes, *spatial, channels)`."""
    return np.moveaxis(array, 1, -1) if last else array.reshape(-1, *array.shape[2:], 1)


class _Places:
    """For each window of some planes, the place of its first maximum among all their cells."""

    def __init__(self, shape: tuple[int, ...], geometry: Geometry) -> None:
        strides = _strides(shape)
        within = [np.arange(axis.window) * axis.dilation for axis in geometry.axes]
        self.window = _sums(within, strides[1:-1]).ravel()
        starts = [axis.start(0) + np.arange(axis.output) * axis.stride for axis in geometry.axes]
        self.begin = _sums([*starts, np.arange(shape[-1])], strides[1:])
        self.planes = (np.arange(shape[0]) * strides[0]).reshape(-1, *(1,) * self.begin.ndim)
        cells = itertools.product(*(axis.reaches for axis in geometry.axes))
        self.reaches = [tuple((slice(None), *slices) for slices in zip(*met)) for met in cells]
        # Made once: new memory would cost more than what is calculated in it.
        whole = (shape[0], *self.begin.shape)
        self.room = np.empty((2, *whole), dtype=np.intp)
        self.marks = np.empty((2, *whole), dtype=bool)  # no winner has been met yet; this cell is none
        self.passed = np.empty(whole, dtype=np.min_scalar_type(len(self.window)))  # cells before the winner

    def of(self, data: Array, most: Array) -> Array | None:
        """None where a maximum is NaN."""
        open_, differs = self.marks[:, : len(data)]
        open_[...] = True
        passed = self.passed[: len(data)]
        passed[...] = 0
        for windows, cells in self.reaches:
            np.not_equal(data[cells], most[windows], out=differs[windows])
            open_[windows] &= differs[windows]
            passed += open_
        if open_.any():
            return None
        number: Array = self.room[0, : len(data)]
        found: Array = self.room[1, : len(data)]
        number[...] = passed
        self.window.take(number, out=found, mode="clip")  # which needs no copy; no number is too large
        found += self.begin
        if len(data) > 1:
            found += self.planes[: len(data)]
        return found


def _strides(shape: tuple[int, ...]) -> list[int]:
    return [math.prod(shape[dimension + 1 :]) for dimension in range(len(shape))]


def _sums(steps: list[Array], strides: list[int]) -> Array:
    """Places in memory: of every combination of steps along the axes."""
    return sum(np.ix_(*(step * stride for step, stride in zip(steps, strides))), np.zeros((), dtype=np.intp))


def _sizes_differ(geometry: Geometry) -> bool:
    return any(isinstance(axis, AdaptiveAxis) for axis in geometry.axes)


def _one_by_one(geometry: Geometry, data: Array, most: Array) -> Array | None:
    """The same a window at a time: of windows of several sizes, and of few large ones."""
    strides = _strides(data.shape)
    apart = _sums([np.arange(len(data)), np.arange(data.shape[-1])], [strides[0], 1])
    found = np.empty((len(data), *geometry.output_shape, data.shape[-1]), dtype=np.intp)
    for cell in np.ndindex(geometry.output_shape):
        lines = [_held(axis, i) for axis, i in zip(geometry.axes, cell)]
        values = data[:, *(slice(line.start, line.stop, line.step) for line in lines)]
        best = values.reshape(len(data), -1, data.shape[-1]).argmax(axis=1)
        places = _sums([np.array(line) for line in lines], strides[1:-1]).ravel().take(best) + apart
        if not np.array_equal(most[:, *cell], data.reshape(-1)[places]):  # one of them is NaN
            return None
        found[:, *cell] = places
    return found


def _held(axis: AxisGeometry, i: int) -> range:
    """The data that a window covers along an axis."""
    return range(*axis.frame(i)) if isinstance(axis, AdaptiveAxis) else axis.held(i)[0]
