"""The second route: windows found by sliding them by hand, cells gathered one by one.

Nothing here uses the formulas of `geometry/` or the fast passes of `ops/`; that is the point. A padding rule is applied
by its *definition* (SAME: the least padding under which a window starts at every stride-th cell), not by the formula
derived from it, so a slip in one is caught by the other.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache, reduce
from typing import Any, assert_never

import numpy as np

from ..arithmetic import Array
from ..errors import VerificationError
from ..geometry import (
    Adaptive,
    AdaptiveAxis,
    AxisGeometry,
    Geometry,
    Request,
    Sliding,
    Transposed,
    TransposedAxis,
    Whole,
)

Row = list[int | None]  # per cell of one window: the data cell under it, or None where there is none

BLOCK_CELLS = 2**21
"""Cells gathered at a time, so that replaying a large trace needs little memory."""


def slid(size: int, window: int, stride: int, dilation: int, before: int, after: int, ceil: bool = False) -> list[Row]:
    """Slide a window over a line of padding, data, padding, and note what lies under it.

    In ceil mode it slides on while cells are left over; if it then starts in the padding after the data, its last place
    does not count.

    >>> slid(size=2, window=2, stride=1, dilation=1, before=0, after=1)
    [[0, 1], [1, None]]
    """
    line: Row = [None] * before + list(range(size)) + [None] * after
    rows: list[Row] = []
    start, reached = 0, 0
    span = (window - 1) * dilation + 1
    while start + span <= len(line) or (ceil and rows and reached < len(line)):
        under: Row = []
        for cell in range(window):
            place = start + cell * dilation
            under.append(line[place] if place < len(line) else None)
        rows.append(under)
        reached = start + span
        start += stride
    if ceil and start - stride >= before + size:
        rows.pop()
    return rows


def shared_out(size: int, output: int) -> list[Row]:
    """Adaptive windows: output cell i has every data cell of which some part lies in its share of the line.

    >>> shared_out(5, 2)
    [[0, 1, 2], [2, 3, 4]]
    """
    return [
        [cell for cell in range(size) if (cell + 1) * output > i * size and cell * output < (i + 1) * size]
        for i in range(output)
    ]


def spread(size: int, window: int, stride: int, dilation: int, before: int, output: int) -> list[Row]:
    """Lay the kernel down at every input cell, and note at each output which input put which kernel cell there.

    >>> spread(size=2, window=2, stride=2, dilation=1, before=0, output=4)
    [[0, None], [None, 0], [1, None], [None, 1]]
    """
    rows: list[Row] = [[None] * window for _ in range(output)]
    for cell in range(size):
        for k in range(window):
            place = cell * stride + k * dilation - before
            if 0 <= place < output:
                rows[place][k] = cell
    return rows


def windows_by_hand(request: Request, axis: int, recorded: AxisGeometry, sizes: tuple[int, ...]) -> list[Row]:
    """The windows that a request asks for along one axis, by its definition.

    Raises `VerificationError` where the record pads otherwise.
    """
    size = sizes[axis]
    match request:
        case Whole():
            return [list(range(size))]
        case Adaptive(output=outputs):
            wanted = outputs[axis]
            return shared_out(size, size if wanted is None else wanted)
        case Transposed():
            # How much is cut is the request's to say; where the kernel then lands is found by hand.
            planned = request.plan(sizes).axes[axis].padding
            _same_padding(recorded, planned.before, planned.after)
            window, stride, dilation = request.window[axis], request.stride[axis], request.dilation[axis]
            return spread(size, window, stride, dilation, planned.before, planned.output)
        case Sliding():
            window, stride, dilation = request.window[axis], request.stride[axis], request.dilation[axis]
            before, after = _padding_by_hand(request, axis, size)
            _same_padding(recorded, before, after)
            rows = slid(size, window, stride, dilation, before, after, request.ceil)
            lacking = (window - 1) * dilation + 1 - before - size - after
            if not rows and (request.ceil or request.lenient) and lacking < stride:
                # one window, hanging over the end: the line is that much longer, and still not data
                return [
                    [p if p is not None and p < size else None for p in row]
                    for row in slid(size, window, stride, dilation, before, after + lacking)
                ]
            return rows
    assert_never(request)


def _same_padding(recorded: AxisGeometry, before: int, after: int) -> None:
    decided = recorded.padding
    if (decided.before, decided.after) != (before, after):
        raise VerificationError(
            f"along the {recorded.name}, the record pads {decided.before} before and {decided.after} after; "
            f"{decided.rule.upper()} means {before} before and {after} after"
        )


def _padding_by_hand(request: Sliding, axis: int, size: int) -> tuple[int, int]:
    window, stride, dilation = request.window[axis], request.stride[axis], request.dilation[axis]
    match request.padding:
        case "explicit":
            return request.pads[axis]
        case "causal":
            reach = 0  # the first window must end on the first cell of data
            for _ in range(window - 1):
                reach += dilation
            return reach, 0
        case "full":
            reach = 0  # the first window must end on the first cell of data, and the last begin on the last
            for _ in range(window - 1):
                reach += dilation
            return reach, reach
        case "same_upper" | "same_lower":
            last = 0  # the last window's last cell: as many strides on as there are windows after the first …
            for _ in range(len(range(0, size, stride)) - 1):
                last += stride
            for _ in range(window - 1):  # … and across that window
                last += dilation
            total = max(last + 1 - size, 0)  # what the line is short of
            halves = (total // 2, total - total // 2)
            return halves if request.padding == "same_upper" else halves[::-1]
    return (0, 0)


@lru_cache(maxsize=2)  # every step of a trace asks again
def check_geometry(request: Request, geometry: Geometry, sizes: tuple[int, ...]) -> list[list[Row]]:
    """The windows of every axis, by hand. Raises `VerificationError` where the record has others."""
    if len(geometry.axes) != len(sizes) or geometry.input_shape != sizes:
        raise VerificationError(f"the recorded geometry is of data {geometry.input_shape}, not {sizes}")
    tables = []
    for number, axis in enumerate(geometry.axes):
        rows = windows_by_hand(request, number, axis, sizes)
        if len(rows) != axis.output:
            raise VerificationError(f"along the {axis.name}, the record has {axis.output} windows, but {len(rows)} fit")
        for i, row in enumerate(rows):
            positions = [p if axis.holds(p) else None for p in axis.positions(i)]
            if positions != row:
                raise VerificationError(
                    f"along the {axis.name}, window {i} is recorded over {positions}, but lies over {row}"
                )
        tables.append(rows)
    if geometry != request.plan(sizes):  # what no window shows: the rule, and sizes that nothing here depends on
        raise VerificationError(f"the recorded geometry is not the one that the layer asks for over data {sizes}")
    return tables


def past_the_edge(axis: AxisGeometry, window: int, cell: int) -> bool:
    """Whether a cell of a window lies past data and padding, where nothing is: so many strides and gaps on."""
    if not isinstance(axis, AdaptiveAxis | TransposedAxis):
        line = range(axis.padding.before + axis.size + axis.padding.after)
        return window * axis.stride + cell * axis.dilation not in line
    return False


def gather(images: Array, tables: Sequence[list[Row]]) -> Iterator[tuple[Array, Array]]:
    """Every window's cells, a block of output cells at a time, in row-major order.

    Yields the values `(N, C, output cells, window cells)` and which of them are data `(output cells, window cells)`.
    """
    spatial = len(tables)
    positions = [positions_table(table) for table in tables]
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


def positions_table(rows: list[Row]) -> Array:
    """Rows as an array, -1 where there is no data; shorter rows are filled up with that."""
    longest = max(map(len, rows))
    return np.array([[-1 if p is None else p for p in row] + [-1] * (longest - len(row)) for row in rows])
