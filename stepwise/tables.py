"""An output as tables of rows and columns, one after the other, as files of numbers hold it and answers are read.

What has up to two axes is one table as it stands. Of more, the last two axes that a window slides along are rows and
columns, and there is a table for each image, channel and depth, the last of these running fastest.
"""

from __future__ import annotations

import numpy as np

from .arithmetic import Array
from .traces import Trace, chain


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
    spatial = slid_along(trace)
    if spatial > 1 and array.ndim > spatial and trace.layer.layout.channels_last:
        array = np.moveaxis(array, -1, -1 - spatial)
    return list(array.reshape(-1, *array.shape[-2:]))


def slid_along(trace: Trace) -> int:
    """How many axes of an output a window slid along, in this layer or in one before; 0 where the axes are others."""
    for layer in reversed(chain(trace)):
        if layer.geometry.axes:
            return len(layer.geometry.axes)
        if layer.output.ndim != layer.inputs["input"].ndim or layer.layer.operation.name == "transpose":
            break
    return 0
