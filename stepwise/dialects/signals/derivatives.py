"""Kernels that filters bring along: of derivatives, and of smoothing across them. All are laid on the data unturned."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import numpy as np

from ...arithmetic import Array

DIFFERENCE = np.array([-1, 0, 1])
SECOND = np.array([1, -2, 1])


def across(line: Array, smoothing: Array, axis: int, ndim: int) -> Array:
    """A derivative along one axis, and the same smoothing along every other: their outer product.

    >>> across(DIFFERENCE, np.array([1, 2, 1]), 1, 2).tolist()
    [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]
    """
    return outer([line if a == axis else smoothing for a in range(ndim)])


def outer(lines: Sequence[Array]) -> Array:
    """The kernel that does at once what these lines do one after the other, each along its own axis."""
    return np.asarray(reduce(np.multiply.outer, lines))


def cross(line: Array, axes: Sequence[int], ndim: int) -> Array:
    """The same line laid along each of some axes, added up: the Laplacian is that of (1, -2, 1)."""
    middle = len(line) // 2
    kernel = np.zeros((len(line),) * ndim, dtype=line.dtype)
    for axis in axes:
        through: list[slice | int] = [middle] * ndim
        through[axis] = slice(None)
        kernel[tuple(through)] += line
    return kernel


def opencv_line(order: int, size: int) -> Array:
    """OpenCV's line of a derivative of this order (0 smooths): (1, 1) and (-1, 1), convolved as often as it takes.

    Source: `getSobelKernels` in OpenCV's `deriv.cpp`.

    >>> opencv_line(1, 3).tolist(), opencv_line(0, 5).tolist()
    ([-1, 0, 1], [1, 4, 6, 4, 1])
    """
    line = np.array([1])
    for _smoothing in range(size - order - 1):
        line = np.convolve(line, [1, 1])
    for _difference in range(order):
        line = np.convolve(line, [-1, 1])
    return line
