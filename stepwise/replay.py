"""The second route: windows found by sliding them by hand, cells gathered one by one.

Nothing here uses the formulas of `geometry.py` or the fast passes of `ops/`; that is the point. A padding rule is
applied by its *definition* (SAME: the least padding under which a window starts at every stride-th cell), not by the
formula derived from it, so a slip in one is caught by the other.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import reduce
from typing import Any

import numpy as np

from .arithmetic import Array
from .errors import VerificationError
from .geometry import AxisGeometry, Geometry

Row = list[int | None]  # per cell of one window: the data cell under it, or None for padding

BLOCK_CELLS = 2**21
"""Cells gathered at a time, so that replaying a large trace needs little memory."""


def windows_by_hand(size: int, window: int, stride: int, dilation: int, before: int, after: int) -> list[Row]:
    """Slide a window over a line of padding, data, padding, and note what lies under it.

    >>> windows_by_hand(size=2, window=2, stride=1, dilation=1, before=0, after=1)
    [[0, 1], [1, None]]
    """
    line: Row = [None] * before + list(range(size)) + [None] * after
    rows = []
    start = 0
    while start + (window - 1) * dilation < len(line):  # the last cell of the window is still on the line
        rows.append(line[start : start + (window - 1) * dilation + 1 : dilation])
        start += stride
    return rows


def axis_by_hand(axis: AxisGeometry) -> list[Row]:
    """The windows the axis's rule asks for, by its definition. Raises `VerificationError` if the record has others."""
    asked, decided = axis.padding, (axis.padding.before, axis.padding.after)
    by_definition = _padding_by_hand(axis)
    if decided != by_definition:
        raise VerificationError(
            f"along the {axis.name}, the record pads {decided[0]} before and {decided[1]} after; "
            f"{asked.rule.upper()} means {by_definition[0]} before and {by_definition[1]} after"
        )
    rows = windows_by_hand(asked.size, asked.window, asked.stride, asked.dilation, *by_definition)
    if len(rows) != asked.output:
        raise VerificationError(f"along the {axis.name}, the record has {asked.output} windows, but {len(rows)} fit")
    return rows


def _padding_by_hand(axis: AxisGeometry) -> tuple[int, int]:
    asked = axis.padding
    if asked.rule == "valid":
        return (0, 0)
    last = 0  # the last window's last cell: as many strides on as there are windows after the first …
    for _ in range(len(range(0, asked.size, asked.stride)) - 1):
        last += asked.stride
    for _ in range(asked.window - 1):  # … and across that window
        last += asked.dilation
    total = max(last + 1 - asked.size, 0)  # what the line is short of
    halves = (total // 2, total - total // 2)
    return halves if asked.rule == "same_upper" else halves[::-1]


def check_geometry(geometry: Geometry, asked: Geometry) -> list[list[Row]]:
    """The windows of every axis, by hand, after checking that the record is of what was asked for."""
    for recorded, wanted in zip(geometry.axes, asked.axes, strict=True):
        a, b = recorded.padding, wanted.padding
        if (a.rule, a.size, a.window, a.stride, a.dilation) != (
            b.rule,
            b.size,
            b.window,
            b.stride,
            b.dilation,
        ):
            raise VerificationError(f"along the {recorded.name}, the recorded geometry is not the layer's")
    return [axis_by_hand(axis) for axis in geometry.axes]


def gather(images: Array, tables: Sequence[list[Row]]) -> Iterator[tuple[Array, Array]]:
    """Every window's cells, a block of output cells at a time, in row-major order.

    Yields the values `(N, C, output cells, window cells)` and which of them are data `(output cells, window cells)`.
    """
    spatial = len(tables)
    positions = [np.array([[-1 if p is None else p for p in row] for row in table]) for table in tables]
    outputs = tuple(len(table) for table in tables)
    window = math.prod(table.shape[1] for table in positions)
    block = max(1, BLOCK_CELLS // (images.shape[0] * images.shape[1] * window))
    for first in range(0, math.prod(outputs), block):
        cells = np.arange(first, min(first + block, math.prod(outputs)))
        at = []
        for axis, index in enumerate(np.unravel_index(cells, outputs)):
            shape = [len(cells), *(1,) * spatial]
            shape[1 + axis] = -1
            at.append(positions[axis][index].reshape(shape))
        everything: Any = (slice(None), slice(None), *at)  # NumPy's stubs know no such mixed index
        values = images[everything]
        data = reduce(np.logical_and, [index >= 0 for index in at])
        yield values.reshape(*values.shape[:2], len(cells), window), data.reshape(len(cells), window)
