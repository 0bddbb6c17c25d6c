r"""A grid told cell by cell, each with its place: `y[0][1] = 3`, `Y(1, 2) = 3`, `y_{1,2} = 3`, in any order.

Read only where every cell of the grid is told once, and the places count from 0 or 1 along both axes.
"""

from __future__ import annotations

import re
from itertools import pairwise

from .reading import MOST_WORDS, Rows

_ENTRY = re.compile(
    r"[ \t$]*([A-Za-z]\w{0,20}?)(?:_?\{(\d{1,3})[, ]+(\d{1,3})\}|\[(\d{1,3})(?:\]\[|,[ ]?)(\d{1,3})\]"
    r"|\((\d{1,3}),[ ]?(\d{1,3})\)|_?(\d)[, ]?(\d))[ \t]*(?::=|[:=])[ \t]*([^=:\n]{1,60}?)[ \t$;,.]*"
)

_GIVEN = {"x", "k", "w", "b", "input", "kernel", "filter", "weight", "weights", "bias"}
"""What names the numbers of the question, not those of its answer."""


def from_entries(text: str) -> Rows:
    r"""The grid whose cells are told one by one, a line each; nothing where that is not sure.

    >>> from_entries("y[0][0] = 4\ny[0][1] = 3\ny[1][0] = 2\ny[1][1] = 1")
    [['4', '3'], ['2', '1']]
    >>> from_entries("y[0][0] = 4\ny[1][1] = 1")
    []
    """
    lines = [line for line in text.split("\n") if line.strip()]
    if not 0 < len(lines) <= MOST_WORDS:
        return []
    cells: dict[tuple[int, int], str] = {}
    names = set()
    for line in lines:
        match = _ENTRY.fullmatch(line)
        if match is None:
            return []
        name, *places, word = match.groups()
        row, column = (int(place) for place in places if place is not None)
        if (row, column) in cells:
            return []
        cells[row, column] = word
        names.add(name.casefold())
    rows, columns = (sorted({place[axis] for place in cells}) for axis in (0, 1))
    counted = rows[0] == columns[0] < 2 and all(b == a + 1 for line in (rows, columns) for a, b in pairwise(line))
    if len(names) > 1 or _GIVEN & names or not counted or len(cells) != len(rows) * len(columns):
        return []
    return [[cells[row, column] for column in columns] for row in rows]
