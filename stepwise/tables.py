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
    >>> two = sw.trace("nn.Conv2d(1, 2, 2, bias=False)", [[[1, 2], [3, 4]]], kernel=[[[[1, 0], [0, 0]]], [[[0, 0], [0, 1]]]])
    >>> [table.tolist() for table in tables(two)]
    [[[1]], [[4]]]
    """
    array = trace.output if array is None else array
    if array.ndim < 3:
        return [np.atleast_2d(array)]
    spatial = _spatial(trace)
    if spatial > 1 and array.ndim > spatial and trace.layer.layout.channels_last:
        array = np.moveaxis(array, -1, -1 - spatial)
    return list(array.reshape(-1, *array.shape[-2:]))


def _spatial(trace: Trace) -> int:
    """How many axes the nearest window slides along; 0 where there was none."""
    return next((len(layer.geometry.axes) for layer in reversed(chain(trace)) if layer.geometry.axes), 0)
