"""A picture as data: marks at places, each with the name of its look. Every format prints the same ones.

Lengths are in pixels, 96 to an inch; y grows downwards. What stands later lies on top.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, Self, TypeAlias

from ...dataclass import dataclass

Length: TypeAlias = float
Point: TypeAlias = tuple[Length, Length]


@dataclass(frozen=True)
class _Placed:
    x: Length
    y: Length

    def moved(self, dx: Length, dy: Length) -> Self:
        """The same, elsewhere."""
        return replace(self, x=self.x + dx, y=self.y + dy)


@dataclass(frozen=True)
class Box(_Placed):
    """A filled rectangle with a line around it, both as its look says."""

    width: Length
    height: Length
    look: str


@dataclass(frozen=True)
class Strokes:
    """Lines of one look, each from a point to a point."""

    lines: tuple[tuple[Point, Point], ...]
    look: str

    def moved(self, dx: Length, dy: Length) -> Strokes:
        """The same, elsewhere."""
        return replace(self, lines=tuple(((a + dx, b + dy), (c + dx, d + dy)) for (a, b), (c, d) in self.lines))


@dataclass(frozen=True)
class Hatch(_Placed):
    """Lines that rise to the right, over a square cell and cut off at its edges: nothing is in it but padding."""

    side: Length
    look: str = "hatch"

    def strokes(self) -> Strokes:
        """The lines themselves."""
        x, y, side = self.x, self.y, self.side
        lines: list[tuple[Point, Point]] = []
        for start in (side * n / 4 for n in range(1, 8)):
            low = (x, y + start) if start <= side else (x + start - side, y + side)
            high = (x + start, y) if start <= side else (x + side, y + start - side)
            lines.append((low, high))
        return Strokes(tuple(lines), self.look)


@dataclass(frozen=True)
class Words(_Placed):
    """One line of text on its baseline; it is placed by its middle, or by its start."""

    text: str
    size: Length
    look: str
    anchor: Literal["middle", "start"] = "middle"
    whole: str = ""  # what it stands for, where it is shortened


Mark: TypeAlias = Box | Strokes | Hatch | Words


def length(value: Length) -> str:
    """A length in as few characters as it takes.

    >>> length(12.0), length(0.126), length(3.14159)
    ('12', '0.13', '3.14')
    """
    return f"{value:.2f}".rstrip("0").rstrip(".")


def on_top(mark: Mark) -> bool:
    """Whether a mark stands on the fills of the cells, and so is drawn after them."""
    return not isinstance(mark, Box) or mark.look.startswith("frame")


@dataclass(frozen=True)
class Picture:
    """Marks on a paper of some size, and the same in words."""

    width: int
    height: int
    marks: tuple[Mark, ...]
    words: str
    language: str = "en"
    title: str = ""  # of the step
    said: str = ""  # what is said of it, in whole sentences


SHEET_GAP = 24


def sheet(pictures: tuple[Picture, ...], columns: int | None = None) -> Picture:
    """Pictures of one size side by side and below each other: a contact sheet, about as wide as a page is."""
    first = pictures[0]
    if columns is None:  # nearest to three wide by two high
        ratio = 1.5 * (first.height + SHEET_GAP) / (first.width + SHEET_GAP)
        columns = max(1, min(len(pictures), round((len(pictures) * ratio) ** 0.5)))
    rows = -(-len(pictures) // columns)
    marks: list[Mark] = []
    for number, one in enumerate(pictures):
        row, column = divmod(number, columns)
        dx, dy = column * (first.width + SHEET_GAP), row * (first.height + SHEET_GAP)
        marks += [mark.moved(dx, dy) for mark in one.marks]
    width = columns * (first.width + SHEET_GAP) - SHEET_GAP
    height = rows * (first.height + SHEET_GAP) - SHEET_GAP
    return Picture(width, height, tuple(marks), " ".join(one.words for one in pictures), first.language)
