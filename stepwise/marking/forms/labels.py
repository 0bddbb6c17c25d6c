"""A grid of numbers among its headings: what is left of a table when its labels are taken away."""

from __future__ import annotations

from typing import Any

from .reading import MOST_WORDS, Rows, is_cell, too_many
from .words import number

MOST_EDGES = 4
"""Times that headings are looked for within headings."""


def without_labels(rows: Rows, comma: bool = False) -> list[Rows]:
    """Every grid that a table may hold, the likeliest first; none where there is no number in it.

    Rows and columns at its edges that hold only headings are no part of it. Edges that count 0, 1, 2, … (or 1, 2, 3, …)
    beside an empty corner are headings too. Empty edges may be cells that were left open, or none.

    >>> without_labels([["", "a", "b"], ["row 1", "4", "3"], ["row 2", "2", "1"]])
    [[['4', '3'], ['2', '1']]]
    >>> without_labels([["", "0", "1"], ["0", "4", "3"], ["1", "2", "1"]])
    [[['4', '3'], ['2', '1']]]
    """
    width = max(map(len, rows), default=0)
    if width * len(rows) > MOST_WORDS:
        raise too_many(width * len(rows))
    rows = [row + [""] * (width - len(row)) for row in rows]
    if not any(number(cell, comma) is not None for row in rows for cell in row):
        return []
    found = [_without_counts(_trimmed(rows, comma, empty)) for empty in (False, True)]
    return found[:1] if found[0] == found[1] else found


def _without_counts(rows: Rows) -> Rows:
    if len(rows) > 1 and len(rows[0]) > 1 and not rows[0][0].strip():
        left = [row[0] for row in rows[1:]]
        if _counts(rows[0][1:]) and _counts(left):
            return [row[1:] for row in rows[1:]]
    return rows


def _trimmed(rows: Rows, comma: bool, empty: bool) -> Rows:
    """Without the rows and columns at the edges that hold headings; without those that hold nothing, too."""
    for _time in range(MOST_EDGES):
        kept = _inner(_inner(rows, comma, empty, turned=False), comma, empty, turned=True)
        if kept == rows:
            break
        rows = kept
    return rows


def _inner(rows: Rows, comma: bool, empty: bool, turned: bool) -> Rows:
    """Without such rows at the edges; of a table that is turned, without such columns."""
    lines = [list(column) for column in zip(*rows)] if turned else rows
    inside = [i for i, line in enumerate(lines) if not _heads(line, comma, empty)]
    lines = lines[inside[0] : inside[-1] + 1] if inside else []
    return [list(row) for row in zip(*lines)] if turned else lines


def _heads(cells: list[str], comma: bool, empty: bool) -> bool:
    """Whether a row or column holds at least one heading and no number; or nothing at all, where that counts."""
    if not any(cell.strip() for cell in cells):
        return empty
    heading = any(not is_cell(cell, comma) for cell in cells)
    return heading and not any(number(cell, comma) is not None or _as_good_as_number(cell) for cell in cells)


def _as_good_as_number(cell: str) -> bool:
    """Whether a cell is a number by another decimal sign, or has digits and no word: it is no heading, but a cell."""
    if not any(c.isdigit() for c in cell) or cell.startswith("#"):
        return False
    return "\\" in cell or not any(c.isalpha() for c in cell) or number(cell, True) is not None


def without_count(rows: Any) -> Rows:
    """Rows without their first column, where that counts them; nothing where it does not.

    >>> without_count([["0", "4", "3"], ["1", "2", "1"]]), without_count([["4", "3"], ["2", "1"]])
    ([['4', '3'], ['2', '1']], [])
    """
    grid = isinstance(rows, list) and len(rows) > 1 and all(isinstance(row, list) and len(row) > 1 for row in rows)
    return [row[1:] for row in rows] if grid and _counts([str(row[0]).rstrip(".)") for row in rows]) else []


def _counts(cells: list[str]) -> bool:
    """Whether cells count up from 0 or 1."""
    return cells in ([str(i) for i in range(len(cells))], [str(i) for i in range(1, len(cells) + 1)])
