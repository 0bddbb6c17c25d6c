"""What a lesson is made of: blocks, without a word of any format.

A renderer has one template for each block class, named after it. To add a block: a dataclass here, in `Block`, and a
template in each folder of `templates/`; a test names every one that is missing.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Literal, TypeAlias

from ..dataclass import dataclass
from ..formula import Formula
from ..traces.layout import Index

if TYPE_CHECKING:
    from ..traces.trace import Trace
    from .inline import Text
    from .matrix import Frame, Matrix


@dataclass(frozen=True)
class Prose:
    """A paragraph. A `note` is set apart: it is what a reader should remember."""

    text: Text
    tone: Literal["plain", "note"] = "plain"


@dataclass(frozen=True)
class Scene:
    """Matrices in a row, with a sign before each: input, `*` kernel, `→` output."""

    matrices: tuple[Matrix, ...]
    signs: tuple[str, ...]  # one for each matrix but the first
    of: Trace | None = field(default=None, repr=False, compare=False)  # whose cells these are, to check them by

    @property
    def signed(self) -> tuple[tuple[str, Matrix], ...]:
        """Each matrix with the sign before it; the first has none."""
        return tuple(zip(("", *self.signs), self.matrices))


@dataclass(frozen=True)
class FormulaLine:
    """A formula on a line of its own."""

    formula: Formula


@dataclass(frozen=True)
class StepBlock:
    """One window or cell: where it lies, its formula, and one sentence."""

    title: str  # `Window 2 of 4`
    number: int  # among all, from 1
    index: Index  # the output cell
    scene: Scene
    formula: Formula
    sentence: Text
    kind: str = ""  # why this one is told, where not all are


@dataclass(frozen=True)
class Steps:
    """Windows, one after the other."""

    steps: tuple[StepBlock, ...]


Drawn: TypeAlias = Literal["", "bars", "heat", "figures", "stems", "workings", "stacked"]


@dataclass(frozen=True)
class Table:
    """Rows under column heads. `differing` are the body cells (row, column) to be marked.

    A page can draw its numbers: as `bars` behind a label, as a `heat` map, whose darkest cell has a share of 1, or as a
    few large `figures`, each with its label and what is said more of it, or as `stems`, whose longest has a share of 1
    or -1. Other formats print an ordinary table. `workings` are formulas beside each other, set close on paper.
    A table that is `stacked` has many columns: on a phone each row's cells stand below its name, each with its head.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Text, ...], ...]
    differing: frozenset[tuple[int, int]] = frozenset()
    drawn: Drawn = ""
    shares: tuple[tuple[float, ...], ...] = ()  # of what is drawn: for each row, one for each column after its label


@dataclass(frozen=True)
class FeatureMap:
    """A channel as a picture: numbers between black (low) and white (high)."""

    caption: str
    rows: tuple[tuple[float, ...], ...]
    low: float
    high: float
    diverging: bool = False  # in two colours that part at 0: where there are negative numbers, and that matters
    frame: Frame | None = None  # drawn around some of its cells


@dataclass(frozen=True)
class Figure:
    """Grey pictures side by side, drawn to the same cell size."""

    maps: tuple[FeatureMap, ...]


@dataclass(frozen=True)
class Card:
    """One of the things that are set side by side, or one below the other."""

    title: str
    remark: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Pair:
    """Two cards, side by side where there is room."""

    left: Card
    right: Card

    @property
    def cards(self) -> tuple[Card, ...]:
        """Both of them."""
        return (self.left, self.right)


@dataclass(frozen=True)
class Stack:
    """Cards one below the other, in an order that matters; a bar on each shows its share of a whole, 0 to 1."""

    cards: tuple[Card, ...]
    shares: tuple[float, ...]


@dataclass(frozen=True)
class FillIn:
    """Words with a line after each to write on: `Name ______  Date ______`."""

    words: tuple[str, ...]
    long: bool = True  # whether a name or a sentence goes there, not a number
    field: str = ""  # what is written there comes back by this name; see `Place`


@dataclass(frozen=True)
class Room:
    """Empty lines to write on."""

    lines: int


@dataclass(frozen=True, eq=False)
class Place:
    """What a sheet asks for and is marked; what is written there comes back by a name, `1.2`: exercise and part."""

    field: str
    trace: Trace  # the layer that it is asked of
    words: tuple[str, ...] = ()  # before each blank; without any, the output is asked for
    blanks: tuple[Index, ...] = ()  # of the output, where not all of it is asked for


Block: TypeAlias = Prose | Scene | FormulaLine | Steps | Table | Figure | Pair | Stack | FillIn | Room
