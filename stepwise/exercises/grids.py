"""The cells of an output laid out as a person sees them: one grid of rows and columns for each channel."""

from __future__ import annotations

import numpy as np

from ..dataclass import dataclass
from ..document.matrix import Matrix
from ..traces.layout import Index, flat_index
from ..traces.trace import Trace
from .gradient_sketches import has_own_sketch, planes


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
    if has_own_sketch(trace):
        return tuple(_drawn(trace, matrix) for matrix in planes(trace, "output"))
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


def _drawn(trace: Trace, matrix: Matrix) -> Grid:
    """A plane as a sheet draws it; its name is what tells it from others, as `filter 0 · channel 1`."""
    rows = tuple(tuple(flat_index(cell.index or (), trace.output.shape) for cell in row) for row in matrix.rows)
    return Grid(matrix.caption.partition(" · ")[2], rows)
