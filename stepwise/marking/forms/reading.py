"""One way to read an answer, and the error for one that cannot be read."""

from __future__ import annotations

from typing import Any, Literal

from ...dataclass import dataclass
from ...language import _
from .words import is_blank, number

Decimal = Literal["auto", "point", "comma"]
"""What parts the whole from the fraction: `auto` where the answer itself tells."""
Kind = Literal["", "grouped", "doubtful"]
"""Of a reading beside the likeliest: with digits in groups, which is for large numbers; or one to be asked about."""
Rows = list[list[str]]


class Unreadable(Exception):  # noqa: N818 - it is caught where answers are read, and nobody else sees it
    """Why an answer cannot be read at all."""


MOST_WORDS = 2**17
"""Cells that an answer may have which is read word by word."""


def too_many(cells: int, most: int = MOST_WORDS) -> Unreadable:
    """What is said of an answer with more cells than are read."""
    problem = _("the answer has {n} cells; at most {most} are marked")
    return Unreadable(problem.format(n=f"{cells:,}", most=f"{most:,}"))


@dataclass(frozen=True)
class Reading:
    """Nested lists of words: rows of cells, or one grid for each channel."""

    data: Any
    comma: bool = False  # whether a comma in a word is its decimal point
    blocks: bool = False  # whether the outermost list is a stack of grids
    unsure: str = ""  # why it is not to be marked unless it is of the size that is due
    kind: Kind = ""
    typed: bool = False  # whether it is rows as a person writes them, and no array of a program
    is_grid: bool = False  # whether it is known that all of it are cells, in rows of one length


def of_grids(grids: list[Rows], comma: bool = False, is_grid: bool = False) -> Reading:
    """The reading of one grid, or of one for each channel."""
    several = len(grids) > 1
    return Reading(grids if several else grids[0], comma, several, is_grid=is_grid)


def is_cell(word: str, comma: bool = False) -> bool:
    """Whether a word is a number or a blank."""
    return is_blank(word) or number(word, comma) is not None


def even(rows: Rows) -> bool:
    """Whether all rows are of one length."""
    return bool(rows) and bool(rows[0]) and len({len(row) for row in rows}) == 1
