"""The arithmetic of convolution: what the windows cover is laid out as the columns of a matrix, and BLAS does the rest.

Columns are laid out along every axis but the first. Over the first, one matrix serves all lines of the kernel: each is
multiplied with the lines of data that it meets, a view that begins some lines further down, and the products are added.
So the data under a 3×3 kernel is copied three times, not nine. A block is some lines of an image, or several images
where they are small, so that Python goes round once for all of them; it bounds the memory. Gradients go the same way:
the kernel's from the same columns, the input's through columns that are added up where they came from.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..arithmetic import Array
from ..geometry import Geometry
from .windows import along

BLOCK_BYTES = 2**22
"""Columns and sums in hand at once; more where a single line of the output needs more."""
IMAGES_BYTES = 2**20
"""Columns and sums of several images in hand at once, about: they then stay in a core's own cache."""


def convolve(images: Array, kernel: Array, bias: Array | None, geometry: Geometry, groups: int) -> Array:
    """Convolution of `(N, C, *spatial)` with `(out, in, *window)`; the output is `(N, out, *outputs)`."""
    filters = len(kernel)
    dtype = np.result_type(images, kernel) if bias is None else np.result_type(images, kernel, bias)
    result = np.empty((len(images), groups, filters // groups, *geometry.output_shape), dtype)
    grouped = _grouped(images, groups)
    weights = _by_line(kernel, groups)

    def carry_out(columns: _Columns, images: slice, lines: slice) -> None:
        columns.lay_out(grouped[images])
        found = _flat(result[images, :, :, lines])
        np.matmul(weights[0], columns.under(0), out=found)
        for line in range(1, len(weights)):
            found += np.matmul(weights[line], columns.under(line))

    _in_blocks(grouped, filters, geometry, carry_out)
    if bias is not None:
        result += bias.reshape(groups, -1, *(1,) * len(geometry.axes))
    return result.reshape(len(images), filters, *geometry.output_shape)


def kernel_gradient(images: Array, back: Array, window: tuple[int, ...], geometry: Geometry, groups: int) -> Array:
    """How the kernel `(out, in, *window)` of a convolution should change, for the gradient `(N, out, *outputs)`.

    Cells on padding count as 0, so what is infinite in `back` makes NaN of them.
    """
    filters, channels = back.shape[1], images.shape[1] // groups
    grouped, sent = _grouped(images, groups), _grouped(back, groups)
    rest = math.prod(window[1:]) * channels
    result = np.zeros((window[0], groups, rest, filters // groups), np.result_type(images, back))

    def carry_out(columns: _Columns, images: slice, lines: slice) -> None:
        columns.lay_out(grouped[images])
        came = np.swapaxes(_flat(sent[images, :, :, lines]), -1, -2)
        for line in range(window[0]):
            result[line] += np.matmul(columns.under(line), came).sum(axis=0)

    _in_blocks(grouped, filters, geometry, carry_out)
    apart = result.reshape(window[0], groups, *window[1:], channels, filters // groups)
    return np.moveaxis(apart, (1, -1, -2), (0, 1, 2)).reshape(filters, channels, *window)


def input_gradient(back: Array, kernel: Array, shape: tuple[int, ...], geometry: Geometry, groups: int) -> Array:
    """The same of the data, of this shape `(N, C, *spatial)`: columns that are added up where they would come from."""
    dtype = np.result_type(back, kernel)
    result = np.zeros((shape[0], groups, shape[1] // groups, *shape[2:]), dtype)
    sent = _grouped(back, groups)
    weights = np.ascontiguousarray(np.swapaxes(_by_line(kernel, groups), -1, -2))
    product = np.multiply if len(kernel) == groups else np.matmul  # BLAS is slow where nothing is added

    def carry_out(columns: _Columns, images: slice, lines: slice) -> None:
        columns.empty(images.stop - images.start)
        came = _flat(sent[images, :, :, lines])
        for line, weight in enumerate(weights):
            met = columns.met(line)
            room = columns.room((*came.shape[:2], weight.shape[1], came.shape[-1]))
            met += product(weight, came, out=room).reshape(met.shape)
        columns.add_up(result[images])

    _in_blocks(result, len(kernel), geometry, carry_out)
    return result.reshape(shape)


def _grouped(images: Array, groups: int) -> Array:
    return images.reshape(len(images), groups, -1, *images.shape[2:])


def _flat(block: Array) -> Array:
    """`(n, group, channel, *lines)` with its lines one after another: a view where they lie so."""
    return block.reshape(*block.shape[:3], -1)


def _by_line(kernel: Array, groups: int) -> Array:
    """The kernel a line at a time: `(line, group, filter, the rest of the window · channel)`."""
    filters, channels, lines = kernel.shape[:3]
    split = kernel.reshape(groups, filters // groups, channels, lines, -1)
    return np.moveaxis(split, (3, 4), (0, 3)).reshape(lines, groups, filters // groups, -1)


def _in_blocks(
    grouped: Array, filters: int, geometry: Geometry, carry_out: Callable[[_Columns, slice, slice], None]
) -> None:
    """Some images at a time, some lines of the output at a time, with room for their columns."""
    first, *others = geometry.axes
    rows = grouped.shape[1] * grouped.shape[2] * math.prod(axis.window for axis in others) + filters
    line = rows * math.prod(axis.output for axis in others) * grouped.itemsize
    spare: int = BLOCK_BYTES // line - first.span
    most = max(1, spare // first.stride + 1)
    image = line * ((first.output - 1) * first.stride + first.span)
    count = min(len(grouped), max(1, IMAGES_BYTES // image)) if most >= first.output else 1

    def carry_out_lines(lines: range) -> None:  # a function, which gives the columns up before the next are made
        columns = _Columns(grouped, geometry, lines, count)
        for n in range(0, len(grouped), count):
            carry_out(columns, slice(n, min(n + count, len(grouped))), slice(lines.start, lines.stop))

    for top in range(0, first.output, most):
        carry_out_lines(range(top, min(top + most, first.output)))


class _Columns:
    """What some lines of the output look at: `(image, group, *rest of the window, channel, line, *outputs)`."""

    def __init__(self, grouped: Array, geometry: Geometry, outputs: range, images: int) -> None:
        self.first, *self.others = geometry.axes
        self.outputs = outputs
        _, groups, channels, *_ = grouped.shape
        window = [axis.window for axis in self.others]
        start, count = self.first.start(outputs[0]), (len(outputs) - 1) * self.first.stride + self.first.span
        self.whole = np.zeros(
            (images, groups, *window, channels, count, *(axis.output for axis in self.others)), grouped.dtype
        )  # padding is the zeros that no image writes to
        self.laid, self.kept = self.whole, self.whole[:0]
        begin = min(max(start, 0), self.first.size)
        end = max(min(start + count, self.first.size), begin)
        self.found = slice(begin, end)  # the lines of an image that these outputs look at
        self.place = slice(begin - start, end - start)  # and where they lie here

    def lay_out(self, images: Array) -> None:
        """Put the images' cells in their places."""
        self.laid = self.whole[: len(images)]
        for there, here in self._pairs():
            self.laid[there] = images[here]

    def empty(self, images: int) -> None:
        """Take so many images away, and put none in their place."""
        self.laid = self.whole[:images]
        self.laid.fill(0)

    def add_up(self, images: Array) -> None:
        """The reverse of `lay_out`: what lies in their places is added to the images' cells."""
        for there, here in self._pairs():
            images[here] += self.laid[there]

    def _pairs(self) -> Iterator[tuple[Any, Any]]:
        """Places here, and the cells of the images that lie there."""
        for offsets in itertools.product(*(range(axis.window) for axis in self.others)):
            reached = [axis.reached(offset) for axis, offset in zip(self.others, offsets)]
            every = slice(None)
            there = (every, every, *offsets, every, self.place, *(windows for windows, _ in reached))
            yield there, (every, every, every, self.found, *(cells for _, cells in reached))

    def room(self, shape: tuple[int, ...]) -> Array:
        """For a product, made once: new memory costs more than what is calculated in it."""
        if self.kept.shape != shape:
            self.kept = np.empty(shape, self.whole.dtype)
        return self.kept

    def met(self, line: int) -> Array:
        """What one line of the kernel meets, a view."""
        start = line * self.first.dilation
        stop = start + (len(self.outputs) - 1) * self.first.stride + 1
        return along(self.laid, 3 + len(self.others), slice(start, stop, self.first.stride))

    def under(self, line: int) -> Array:
        """The same as a matrix for each image and group; a view where the stride is 1."""
        met, depth = self.met(line), 3 + len(self.others)
        return met.reshape(*met.shape[:2], math.prod(met.shape[2:depth]), -1)
