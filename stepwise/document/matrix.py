"""A grid of cells as it is drawn: which of them are marked, framed, skipped."""

from __future__ import annotations

from typing import Literal, TypeAlias

from ..arithmetic import Value
from ..dataclass import dataclass
from ..formula import Formula
from ..traces.layout import Index

Mark: TypeAlias = Literal["window", "tapped", "winner", "result", "wrong", "idle"]
"""`idle`: where a kernel is spread, nothing has landed on this cell."""
CellKind: TypeAlias = Literal["data", "padding", "outside", "unknown", "blank", "skipped"]


@dataclass(frozen=True)
class Cell:
    """One cell of a picture: data, padding (never a number), an output still to be found, or a blank to write in.

    What lies outside, past the padded edge, is drawn where a window hangs over it: nothing is there, not even padding.
    """

    kind: CellKind
    value: Value | Formula = None  # a formula where a name stands for a long expression; of what is skipped, its dots
    index: Index | None = None  # into the array it stands for, as its owner laid it out
    marks: frozenset[Mark] = frozenset()


@dataclass(frozen=True)
class Frame:
    """Where the window lies in a matrix, in rows and columns of the picture."""

    top: int
    left: int
    height: int
    width: int


MatrixKind: TypeAlias = Literal["input", "kernel", "output"]
Skip: TypeAlias = tuple[tuple[int, int], ...]
"""Lines of a picture that stand for others: the number of each among the lines drawn, and how many it stands for."""


@dataclass(frozen=True)
class Matrix:
    """A grid of cells: an input with its padding, a kernel, an output.

    Large ones are cut out around the window, or have rows and columns in their middle `skipped`, where dots stand.
    """

    kind: MatrixKind
    caption: str
    rows: tuple[tuple[Cell, ...], ...]
    first_row: int = 0  # the position of the first row and column shown; negative in padding
    first_column: int = 0
    cut: bool = False  # whether this is large, or a part of something larger, so that positions must be shown
    frame: Frame | None = None
    skipped: tuple[Skip, Skip] = ((), ())  # among the rows, and among the columns
    field: str = ""  # what is written into it comes back by this name; see `Place`

    def row_at(self, number: int) -> int | None:
        """The position of a row of the picture; None where rows were left out."""
        return _position(self.first_row, self.skipped[0], number)

    def column_at(self, number: int) -> int | None:
        """The position of a column of the picture; None where columns were left out."""
        return _position(self.first_column, self.skipped[1], number)


def _position(first: int, skipped: Skip, number: int) -> int | None:
    for line, left_out in skipped:
        if number == line:
            return None
        first += left_out - 1 if number > line else 0
    return first + number
