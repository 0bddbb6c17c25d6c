"""The blocks a lesson is made of. Pure data: nothing here knows HTML, LaTeX or any other format.

A `Lesson` has sections, a section has blocks, and prose is made of pieces (`Inline`). A renderer has one template for
each block class, named after it. To add a block: a dataclass here, in the `Block` union, and a template in each folder
of `templates/`; a test names every one that is missing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias

from ..arithmetic import Array, Value
from ..files import PathLike
from ..formula import Formula
from ..layout import Index

if TYPE_CHECKING:
    from pathlib import Path

    from ..sites.jupyter import Live
    from ..traces import Trace


@dataclass(frozen=True)
class Strong:
    """Words that matter more than those around them."""

    text: str


@dataclass(frozen=True)
class Emphasis:
    """Words that are stressed."""

    text: str


@dataclass(frozen=True)
class Link:
    """Words that lead somewhere else; on paper, the address stands behind them."""

    text: str
    address: str

    @property
    def printed(self) -> str:
        """The words with the address, unless they are that."""
        return self.text if self.text == self.address else f"{self.text} ({self.address})"


@dataclass(frozen=True)
class Code:
    """Words to be typed as they stand."""

    text: str


@dataclass(frozen=True)
class Math:
    """A formula within a sentence."""

    formula: Formula


Inline: TypeAlias = str | Strong | Emphasis | Link | Code | Math
Text: TypeAlias = tuple[Inline, ...]


def unmarked(text: Text) -> str:
    """A text's words alone, as they would be read out.

    >>> unmarked(("The ", Strong("largest"), " wins."))
    'The largest wins.'
    """
    return "".join(
        piece if isinstance(piece, str) else str(piece.formula) if isinstance(piece, Math) else piece.text
        for piece in text
    )


@dataclass(frozen=True)
class Prose:
    """A paragraph. A `note` is set apart: it is what a reader should remember."""

    text: Text
    tone: Literal["plain", "note"] = "plain"


Mark: TypeAlias = Literal["window", "tapped", "winner", "result", "wrong"]
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


@dataclass(frozen=True)
class Table:
    """Rows under column heads. `differing` are the body cells (row, column) to be marked."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Text, ...], ...]
    differing: frozenset[tuple[int, int]] = frozenset()


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
    """One of two things set side by side."""

    title: str
    remark: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Pair:
    """Two cards, side by side where there is room."""

    left: Card
    right: Card


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


Block: TypeAlias = Prose | Scene | FormulaLine | Steps | Table | Figure | Pair | FillIn | Room


@dataclass(frozen=True)
class Mistake:
    """What a wrong procedure with a name gives, cell by cell, in the words that tell it to whoever made it."""

    code: str
    text: str
    output: Array  # of the right output's shape


@dataclass(frozen=True, eq=False)
class Stage:
    """What a page needs so that its reader can operate a section: one trace, or two that are compared."""

    traces: tuple[Trace, ...]
    names: tuple[str, ...] = ()  # of two that are compared
    remarks: tuple[str, ...] = ()  # a few words on each of them
    steps: tuple[tuple[int, int], ...] = ()  # their output cells in pairs, where the two count them otherwise
    practice: bool = False  # whether outputs start hidden, for the reader to work out
    mistakes: tuple[Mistake, ...] = ()  # that practice can recognise
    alternatives: tuple[Trace, ...] = ()  # the same layer as it might have been asked for

    @property
    def calls(self) -> tuple[str, ...]:
        """What was called, and then what might have been."""
        return tuple(trace.layer.call for trace in (*self.traces[:1], *self.alternatives))


@dataclass(frozen=True)
class Section:
    """A part, with a number where it has a title. Level 1 opens a layer of a chain, level 2 is a part of its lesson.

    What is `folded` goes into detail: who reads on without it has missed no sentence of the argument.
    """

    title: str
    blocks: tuple[Block, ...]
    level: Literal[1, 2] = 2
    folded: tuple[Section, ...] = ()  # parts that a page folds away; a format that cannot fold leaves them out
    stage: Stage | None = None  # where the section can be operated, its blocks are what is told without
    staged: bool = False  # whether another section's stage shows all of this
    layer: Trace | None = None  # of a network, the layer that is told here
    network: Trace | None = None  # the network that is told here as a whole, by its last layer
    spoils: bool = False  # whether it gives away what is to be found out, so that practice keeps it till the end

    @property
    def whole(self) -> bool:
        """Whether a network is told here as a whole."""
        return self.network is not None


@dataclass(frozen=True)
class Lesson:
    """A document: what any renderer needs, and no more.

    The methods render it; each only calls `stepwise.render`.
    """

    shown_as: ClassVar[str] = "a lesson"

    title: str
    kicker: str  # the small line above the title: "Worked example · Max pooling"
    lead: Text
    sections: tuple[Section, ...] = field(default_factory=tuple)
    language: str = "en"
    traces: tuple[Trace, ...] = field(default=(), repr=False, compare=False)  # told here; for formats that calculate
    label: str = ""  # what tells this sheet from others of its kind; printed small
    unanswered: bool = False  # whether the outputs are for the reader to find: a spreadsheet leaves their cells empty
    places: tuple[Place, ...] = field(default=(), repr=False, compare=False)  # of a sheet: what is marked

    @property
    def everything(self) -> list[Section]:
        """Every section, with those that are folded away after the one they belong to."""
        return [part for section in self.sections for part in (section, *section.folded)]

    def __str__(self) -> str:
        return self.text()

    def html(
        self,
        templates: PathLike | None = None,
        fragment: bool = False,
        assets: str | None = None,
        nonce: str = "",
        depth: int = 1,
    ) -> str:
        """One self-contained page, or a `fragment` to paste into one; see `stepwise.render.render_html`."""
        from ..render import render_html  # a door that opens forward, named in the import check

        return render_html(self, templates, fragment, assets, nonce, depth)

    def markdown(self, templates: PathLike | None = None) -> str:
        """Markdown with tables and `$` formulas, as GitHub renders it."""
        from ..render import render

        return render(self, "md", templates)

    def latex(self, templates: PathLike | None = None, fragment: bool = False, paper: str = "a4") -> str:
        """A LaTeX file that compiles as it stands, or a `fragment` for `\\input` in a file of one's own."""
        from ..render import Options, render

        return render(self, "tex", templates, Options(fragment=fragment, paper=paper))

    def typst(self, templates: PathLike | None = None, paper: str = "a4") -> str:
        """A typst file, from which `typst compile` makes the same PDF as `save` does; `paper`: `a4` or `letter`."""
        from ..render import Options, render

        return render(self, "typ", templates, Options(paper=paper))

    def live(self, height: int = 720, scheme: str = "auto") -> Live:
        """The page in a frame, to be operated inside a notebook; `scheme` makes it `light` or `dark`."""
        from ..sites.jupyter import Live

        return Live(self, height, scheme)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """What a notebook shows of it: told, with nothing to run."""
        from ..sites.jupyter import mimebundle

        return mimebundle(self)

    def text(self, color: bool = False) -> str:
        """Plain text in 80 columns, box-drawn; with `color`, ANSI colours for a terminal."""
        from ..render.text import render_text

        return render_text(self, color)

    def save(
        self,
        path: PathLike,
        replace: bool = True,
        *,
        templates: PathLike | None = None,
        paper: str = "a4",
        figures: str = "text",
        fragment: bool = False,
    ) -> Path:
        """Write the lesson in the format that the path's suffix names, whole or not at all.

        `paper` (PDF, typst, LaTeX) is `a4` or `letter`; `figures="svg"` puts Markdown's pictures beside it as files;
        `fragment` makes LaTeX for `\\input`.
        """
        from ..render import Options, save

        return save(self, path, templates, replace, Options(paper=paper, figures=figures, fragment=fragment))
