"""The arithmetic of convolution: what the windows cover is laid out as the columns of a matrix, and BLAS does the rest.

Columns are laid out along every axis but the first. Over the first, one matrix serves all lines of the kernel: each is
multiplied with the lines of data that it meets, a view that begins some lines further down, and the products are added.
So the data under a 3×3 kernel is copied three times, not nine, and a block at a time, which bounds the memory.
"""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np

from ..arithmetic import Array
from ..geometry import Geometry
from .windows import along

BLOCK_BYTES = 2**22
"""Columns and sums in hand at once; more where a single line of the output needs more."""


def convolve(images: Array, kernel: Array, bias: Array | None, geometry: Geometry, groups: int) -> Array:
    """Convolution of `(N, C, *spatial)` with `(out, in, *window)`; the output is `(N, out, *outputs)`."""
    filters, first = len(kernel), geometry.axes[0]
    dtype = np.result_type(images, kernel) if bias is None else np.result_type(images, kernel, bias)
    result = np.empty((len(images), groups, filters // groups, *geometry.output_shape), dtype)
    grouped = images.reshape(len(images), groups, -1, *images.shape[2:])
    weights = _by_line(kernel, groups)
    most = _lines_in_a_block(images, kernel, geometry)
    for top in range(0, first.output, most):
        lines = range(top, min(top + most, first.output))
        _convolve_lines(grouped, weights, geometry, lines, result[:, :, :, top : lines.stop])
    if bias is not None:
        result += bias.reshape(groups, -1, *(1,) * len(geometry.axes))
    return result.reshape(len(images), filters, *geometry.output_shape)


def _convolve_lines(images: Array, weights: Array, geometry: Geometry, lines: range, result: Array) -> None:
    """Some lines of the output, of every image."""
    columns = _Columns(images, geometry, lines)
    for image, output in zip(images, result):
        columns.lay_out(image)
        block = output.reshape(*output.shape[:2], -1)  # a view: the lines lie one after another
        np.matmul(weights[0], columns.under(0), out=block)
        for line in range(1, len(weights)):
            block += np.matmul(weights[line], columns.under(line))


def _by_line(kernel: Array, groups: int) -> Array:
    """The kernel a line at a time: `(line, group, filter, the rest of the window · channel)`."""
    filters, channels, lines = kernel.shape[:3]
    split = kernel.reshape(groups, filters // groups, channels, lines, -1)
    return np.moveaxis(split, (3, 4), (0, 3)).reshape(lines, groups, filters // groups, -1)


def _lines_in_a_block(images: Array, kernel: Array, geometry: Geometry) -> int:
    first, *others = geometry.axes
    rows = images.shape[1] * math.prod(axis.window for axis in others) + len(kernel)
    line = rows * math.prod(axis.output for axis in others) * images.itemsize
    spare: int = BLOCK_BYTES // line - first.span
    return max(1, spare // first.stride + 1)


class _Columns:
    """What some lines of the output look at in one image: `(group, *rest of the window, channel, line, *outputs)`."""

    def __init__(self, grouped: Array, geometry: Geometry, outputs: range) -> None:
        self.first, *self.others = geometry.axes
        self.outputs = outputs
        _, groups, channels, *_ = grouped.shape
        window = [axis.window for axis in self.others]
        start, count = self.first.start(outputs[0]), (len(outputs) - 1) * self.first.stride + self.first.span
        self.laid = np.zeros(
            (groups, *window, channels, count, *(axis.output for axis in self.others)), grouped.dtype
        )  # padding is the zeros that no image writes to
        begin = min(max(start, 0), self.first.size)
        end = max(min(start + count, self.first.size), begin)
        self.found = slice(begin, end)  # the lines of an image that these outputs look at
        self.place = slice(begin - start, end - start)  # and where they lie here

    def lay_out(self, image: Array) -> None:
        """Put an image's cells in their places."""
        for offsets in itertools.product(*(range(axis.window) for axis in self.others)):
            reached = [axis.reached(offset) for axis, offset in zip(self.others, offsets)]
            there: Any = (slice(None), *offsets, slice(None), self.place, *(windows for windows, _ in reached))
            self.laid[there] = image[:, :, self.found, *(cells for _, cells in reached)]

    def under(self, line: int) -> Array:
        """What one line of the kernel meets, a matrix for each group; a view where the stride is 1."""
        start = line * self.first.dilation
        stop = start + (len(self.outputs) - 1) * self.first.stride + 1
        depth = 2 + len(self.others)
        met = along(self.laid, depth, slice(start, stop, self.first.stride))
        return met.reshape(len(met), math.prod(met.shape[1:depth]), -1)
