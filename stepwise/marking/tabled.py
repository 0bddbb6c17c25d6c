"""The grid of a table that holds other things too: blocks of cells with nothing between them, and their headings.

Of several grids, the answer is the one that is called so; or all of them are, one below the other or with rows left
open between. What is not surely the answer is not marked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ..dataclass import dataclass
from ..language import _
from .answers import Answer, grid_of, of_planes
from .forms import Decimal
from .forms.labels import without_labels
from .forms.reading import Rows
from .forms.words import number

MOST_BLOCKS = 64
"""Grids that are told apart in one file."""
_CALLED = re.compile(r"\b(?:answers?|outputs?|results?|solution|y)\b", re.IGNORECASE)


@dataclass(frozen=True)
class _Block:
    """Cells with no empty row or column between them, and the words that stand there or went before."""

    rows: Rows
    words: str


def only_grid(sheets: Sequence[Rows], decimal: Decimal) -> Answer:
    """The one answer that sheets hold; what is not surely it is `unsure`, unless all of it is of the size due."""
    blocks = [block for rows in sheets for block in _grids(rows)]
    if len(blocks) < 2:
        return grid_of(next((rows for rows in sheets if _grids(rows)), sheets[0]), decimal)
    called = [block for block in blocks if _CALLED.search(block.words)]
    if len(called) == 1:
        return grid_of(called[0].rows, decimal)
    problem = _("it has {n} grids; leave only the answer, or write “answer” above it")
    unsure = Answer((0,), unsure=problem.format(n=len(blocks)))
    if len(sheets) > 1 or len(blocks) > MOST_BLOCKS:
        return replace(unsure, problem=unsure.unsure)
    ways = [grid_of(sheets[0], decimal), *_stacked(blocks, decimal)]
    ways = [way for one in ways for way in (one, *one.others) if not one.problem and not one.unreadable.any()]
    return replace(unsure, others=tuple(ways)) if ways else replace(unsure, problem=unsure.unsure)


def each_grid(sheets: Sequence[Rows], parts: int, decimal: Decimal) -> list[Any]:
    """The answers to several parts: a sheet for each, or a grid for each on one sheet, in their order."""
    sheets = [rows for rows in sheets if _grids(rows)]
    if len(sheets) == parts:
        return [only_grid([rows], decimal) for rows in sheets]
    blocks = [block for rows in sheets for block in _grids(rows)]
    if len(blocks) <= 1 or len(blocks) == parts:
        return [grid_of(block.rows, decimal) for block in blocks]
    problem = _("it has {n} grids for {parts} parts; hand in one for each, in their order")
    return [Answer(problem=problem.format(n=len(blocks), parts=parts))]


def _stacked(blocks: Sequence[_Block], decimal: Decimal) -> list[Answer]:
    """Grids of one size as the channels of one answer."""
    grids = [without_labels(block.rows, decimal == "comma")[0] for block in blocks]
    if len({(len(grid), len(grid[0])) for grid in grids}) > 1:
        return []
    return [of_planes(grids, decimal)]


def _grids(rows: Rows) -> list[_Block]:
    """The blocks that hold numbers, in reading order."""
    found: list[_Block] = []
    words = ""
    for block in _cut(rows):
        said = " ".join(cell for row in block for cell in row if number(cell) is None)
        if any(number(cell) is not None for row in block for cell in row):
            found.append(_Block(block, f"{words} {said}"))
            words = ""
        else:
            words = said
    return found


def _cut(rows: Rows) -> list[Rows]:
    """A table cut along its empty rows, then each part along its empty columns, as often as there are any."""
    done: list[Rows] = []
    waiting = [(rows, False, 0)]
    while waiting and len(done) <= MOST_BLOCKS:
        part, turned, whole = waiting.pop()
        pieces = _pieces([list(line) for line in zip(*part)] if turned else part)
        pieces = [[list(line) for line in zip(*piece)] for piece in pieces] if turned else pieces
        whole = whole + 1 if len(pieces) == 1 else 0
        if whole == 2:  # neither way is there anything to cut
            done += pieces
        else:
            waiting += [(piece, not turned, whole) for piece in reversed(pieces)]
    return done


def _pieces(lines: Rows) -> list[Rows]:
    """Runs of lines that are not empty."""
    found: list[Rows] = [[]]
    for line in lines:
        if any(cell.strip() for cell in line):
            found[-1].append(line)
        elif found[-1]:
            found.append([])
    return [piece for piece in found if piece]
