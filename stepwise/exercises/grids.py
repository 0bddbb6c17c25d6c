"""The cells of an output laid out as a person sees them: one grid of rows and columns for each channel."""

from __future__ import annotations

import numpy as np

from ..dataclass import dataclass
from ..traces.layout import Index
from ..traces.trace import Trace


@dataclass(frozen=True)
class Grid:
    """One channel: the numbers of its cells in row-major order of the whole output, by row and column."""

    channel: str  # "" where there is only one grid
    rows: tuple[tuple[int, ...], ...]


def grids(trace: Trace) -> tuple[Grid, ...]:
    """The grids of a trace's output; an output of one axis is one row.

    >>> import stepwise as sw
    >>> [grid.rows for grid in grids(sw.trace("MaxPool2D(2)", [[4, 3], [2, 1]]))]
    [((0,),)]
    """
    if trace.output.ndim < len(trace.geometry.axes):  # sizes or lines of padding that were asked for: a line of numbers
        return (Grid("", (tuple(range(trace.output.size)),)),)
    found: dict[Index, dict[int, dict[int, int]]] = {}
    for number, index in enumerate(np.ndindex(trace.output.shape)):
        image, channel, *position = trace.place(index)
        *outer, row, column = (0, 0, *position)[-max(2, len(position)) :]
        found.setdefault((image, channel, *outer), {}).setdefault(row, {})[column] = number
    several = len(found) > 1
    return tuple(
        Grid(
            " ".join(map(str, key[1:] if key[0] == 0 else key)) if several else "",
            tuple(tuple(rows[row][column] for column in sorted(rows[row])) for row in sorted(rows)),
        )
        for key, rows in found.items()
    )
