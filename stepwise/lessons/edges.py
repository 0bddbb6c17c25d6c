"""An input drawn by its edges: where its padding begins and ends, the middle left out where it is large."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise, product

from ..document.matrix import Cell, Matrix, Skip
from ..formula import written
from ..language import _
from ..traces.layout import Index
from .inline import labels

Span = tuple[int, int]  # the first position and one past the last
Edges = tuple[int, ...]  # the positions at which something else begins: data, padding, what lies outside

WHOLE = 14
"""Rows and columns that are drawn whole."""
WIDE = 70
"""Characters that fit on a line of the narrowest format, the terminal's."""
NEAR = 2
"""Lines that are drawn on both sides of an edge, where there is room."""
COUNTED = 8
"""Rows and columns that are counted at a glance; of more, the positions stand beside them."""


def edged(caption: str, spans: Sequence[Span], edges: Sequence[Edges], draw: Callable[[Index], Cell]) -> list[Matrix]:
    """The last two axes as rows and columns, a single one as a row, for each depth at an edge."""
    depths = [_near(span, where, 1) for span, where in zip(spans[:-2], edges[:-2])]
    return [
        _matrix(labels(caption, *(_("depth {n}").format(n=n) for n in lead)), spans, edges, draw, lead)
        for lead in product(*depths)
    ]


def _near(span: Span, edges: Edges, lines: int) -> list[int]:
    """The positions near an edge, and the ends."""
    first, end = span
    found = {first, end - 1, *(p for edge in edges for p in range(edge - lines, edge + lines) if first <= p < end)}
    return sorted(found | {p + 1 for p in found if p + 2 in found})  # no dots for a single line


def _matrix(
    caption: str, spans: Sequence[Span], edges: Sequence[Edges], draw: Callable[[Index], Cell], lead: Index
) -> Matrix:
    """One plane, its rows and columns whole or by their edges: as much of it as a line has room for."""
    flat = len(spans) == 1
    rows_span, columns_span = ((0, 1), spans[-1]) if flat else (spans[-2], spans[-1])
    rows_edges, columns_edges = ((0, 1), edges[-1]) if flat else (edges[-2], edges[-1])

    def drawn(rows: list[int], columns: list[int]) -> tuple[tuple[Cell, ...], ...]:
        return tuple(tuple(draw((c,) if flat else (*lead, r, c)) for c in columns) for r in rows)

    def kept(span: Span, where: Edges, lines: int) -> list[int]:
        whole = span[1] - span[0] <= WHOLE and lines > NEAR
        return list(range(*span)) if whole else _near(span, where, min(lines, NEAR))

    for lines in range(NEAR + 1, 0, -1):
        rows, columns = kept(rows_span, rows_edges, lines), kept(columns_span, columns_edges, lines)
        cells = drawn(rows, columns)
        gaps = sum(b - a > 1 for a, b in pairwise(columns))
        wide = 3 + max(len(written(cell.value)) if cell.kind == "data" else 1 for row in cells for cell in row)
        if (len(columns) + gaps) * wide <= WIDE:
            break
    across, down = _skips(columns), _skips(rows)
    cells = _dotted(cells, down, across)
    large = max(span[1] - span[0] for span in (rows_span, columns_span)) > COUNTED
    return Matrix("input", caption, cells, rows[0], columns[0], large, None, (down, across))


def _skips(positions: list[int]) -> Skip:
    """Where positions do not follow one another: which line drawn stands for those between, and how many they are."""
    found: list[tuple[int, int]] = []
    for number, (before, after) in enumerate(pairwise(positions), 1):
        if after - before > 1:
            found.append((number + len(found), after - before - 1))
    return tuple(found)


def _dotted(cells: tuple[tuple[Cell, ...], ...], down: Skip, across: Skip) -> tuple[tuple[Cell, ...], ...]:
    """The cells with dots for what was left out."""
    rows: list[list[Cell]] = [list(row) for row in cells]
    for column, _left_out in across:
        for row in rows:
            row.insert(column, Cell("skipped", "⋯"))
    for number, _left_out in down:
        dots = [Cell("skipped", "⋱" if any(c == column for column, _n in across) else "⋮") for c in range(len(rows[0]))]
        rows.insert(number, dots)
    return tuple(map(tuple, rows))
