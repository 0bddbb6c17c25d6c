"""An output as tables of rows and columns, one after the other, as files of numbers hold it and answers are read.

What has up to two axes is one table as it stands. Of more, the last two axes that a window slides along are rows and
columns, and there is a table for each image, channel and depth, the last of these running fastest.
"""

from __future__ import annotations

import numpy as np

from ..arithmetic import Array
from .axes import roles
from .layout import Index
from .trace import Trace, chain

KERNEL_ORDER = ("filter", "channel", "depth", "row", "column", "cell")
"""How kernels are typed and drawn: a table for each channel of each filter."""


def tables(trace: Trace, array: Array | None = None) -> list[Array]:
    """The tables of a trace's output, or of another array that is laid out as it is.

    >>> import stepwise as sw
    >>> colours = sw.trace("MaxPool2D(1)", [[[1, 5], [2, 6]]])  # a row of two cells with two channels each
    >>> [table.tolist() for table in tables(colours)]
    [[[1, 2]], [[5, 6]]]
    """
    array = trace.output if array is None else array
    if array.ndim < 3:
        return [np.atleast_2d(array)]
    if (order := _of_kernel(trace)) is not None:
        array = np.transpose(array, order)
        return list(array.reshape(-1, *array.shape[-2:]))
    spatial = slid_along(trace)
    if spatial > 1 and array.ndim > spatial and trace.layer.layout.channels_last:
        array = np.moveaxis(array, -1, -1 - spatial)
    return list(array.reshape(-1, *array.shape[-2:]))


def _of_kernel(trace: Trace) -> list[int] | None:
    """The order in which the axes of a kernel's gradient make tables: filter by filter, channel by channel."""
    found = roles(trace)
    if "filter" not in found:
        return None
    return sorted(range(len(found)), key=lambda axis: KERNEL_ORDER.index(found[axis]))


def lines_of(trace: Trace) -> Array | None:
    """Of an output that a window slid along one axis for: the numbers of its cells, by image, channel and position.

    They count the output's cells in row-major order. None where the output is no line.

    >>> import stepwise as sw
    >>> line = sw.trace("MaxPool1D(1)", [[1, 5], [2, 6], [3, 7]])  # three positions of two channels
    >>> lines_of(line).tolist()
    [[[0, 2, 4], [1, 3, 5]]]
    """
    output = trace.output
    if slid_along(trace) != 1 or not output.size:
        return None
    if trace.geometry.axes:
        last = trace.place(tuple(n - 1 for n in output.shape))
        images, channels, [length] = last[0] + 1, trace.channels[1], trace.geometry.output_shape
    elif output.ndim in (1, 2, 3):
        images, channels, length = trace.layer.layout.images_shape(output.shape, 1)
    else:
        return None
    if images * channels * length != output.size:
        return None
    numbers = np.arange(output.size)
    if trace.layer.layout.channels_last:
        return np.moveaxis(numbers.reshape(images, length, channels), -1, 1)
    return numbers.reshape(images, channels, length)


def lines_around(trace: Trace, at: Index) -> list[list[Index]]:
    """Of such an output, the indices of the cells of one image, a list for each channel; none of any other output."""
    lines = lines_of(trace)
    if lines is None:
        return []
    shape = trace.output.shape
    number = int(np.ravel_multi_index(at, shape)) if at else 0
    image = lines[int(np.argwhere(lines == number)[0][0])]
    return [[tuple(int(i) for i in np.unravel_index(cell, shape)) for cell in line] for line in image]


def slid_along(trace: Trace) -> int:
    """How many axes of an output a window slid along, in this layer or in one before; 0 where the axes are others.

    A gradient lies as what it is the gradient of.
    """
    owner, own = trace.layer.operation.lies_as(trace, "output")
    if owner is not trace:
        if own != "input":
            return slid_along(owner) if own == "output" else 0
        before = trace.parents.get("x")
        return len(owner.geometry.axes) or (slid_along(before) if before is not None else 0)
    for layer in reversed(chain(trace)):
        if layer.geometry.axes:
            return len(layer.geometry.axes)
        if layer.output.ndim != layer.inputs["input"].ndim or layer.layer.operation.name == "transpose":
            break
    return 0
