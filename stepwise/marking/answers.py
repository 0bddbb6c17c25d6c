"""What was handed in: numbers, blanks, and words that could not be read.

An answer comes from a stranger. Nothing in it is executed, nothing in it raises: what cannot be read at all becomes an
`Answer` whose `problem` is one sentence, and one unreadable cell is told apart from a blank and from a wrong one.

Every way to write one is in `forms/`. Where a text may be read in two ways (`4,5; 6,7`), the answer has the likeliest,
and the `others` beside it: the size that was asked for tells which was meant.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from ..arithmetic import Array, Value, is_expression, plain
from ..dataclass import dataclass
from ..errors import shown
from ..language import _, plural
from .forms import Decimal, Reading, Unreadable, readings
from .forms.code import DEEPEST
from .forms.labels import without_labels
from .forms.reading import MOST_WORDS, Kind, Rows, of_grids, too_many
from .forms.surely import not_understood, without_input
from .forms.words import LONGEST_WORD, is_blank, number, plain_signs

LONGEST = 1_000_000
"""Characters that are read of an answer."""
MOST_PRINTED = 10_000
"""Cells of an array in 32 bits, at most, that are taken as they are printed: nobody rounds more by hand."""
MOST_CELLS = 2**22
"""Cells that an answer may have which is an array already."""
MOST_PARTS = 100
PARTING = re.compile(r"(?m)^[ \t]*-{3,}[ \t]*\r?$")
"""A line between the answers to two parts."""

Shape = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Answer:
    """Numbers in an array of `shape`, row by row; `None` where there is none.

    >>> answer = read_answer("4 _; x 1/2")
    >>> answer.shape, answer.numbers, answer.blank.tolist(), answer.unreadable.tolist()
    ((2, 2), (4, None, None, Fraction(1, 2)), [False, True, False, False], [False, False, True, False])
    """

    shown_as: ClassVar[str] = "an answer"

    shape: Shape = (0,)
    numbers: tuple[Value, ...] = ()
    words: tuple[str, ...] | None = None  # as they were written, where they were
    problem: str = ""  # why nothing of it can be read
    empty: bool = False  # whether that is because nothing was written
    blocks: bool = False  # whether the first axis is a stack of grids, one for each channel
    typed: bool = False  # whether it is rows as a person writes them, and no array of a program
    others: tuple[Answer, ...] = ()  # what else it may say
    unsure: str = ""  # why it is not to be marked unless it is of the size that is due
    kind: Kind = ""  # how doubtful a reading it is: see `Reading`

    @cached_property
    def values(self) -> Array:
        """The numbers as decimals, NaN where there is none."""
        return np.array([np.nan if n is None else n for n in self.numbers], dtype=np.float64)

    @cached_property
    def filled(self) -> Array:
        """Where there is a number."""
        return np.array([n is not None for n in self.numbers], dtype=bool)

    @cached_property
    def blank(self) -> Array:
        """Where nothing was written."""
        words = self.words or ("",) * len(self.numbers)
        return np.array([n is None and is_blank(word) for n, word in zip(self.numbers, words)], dtype=bool)

    @property
    def unreadable(self) -> Array:
        """Where something was written that is no number."""
        return ~self.filled & ~self.blank

    def written(self, cell: int) -> str:
        """A cell as it was written."""
        if self.words is not None:
            return self.words[cell]
        return "" if self.numbers[cell] is None else str(self.numbers[cell])

    def reordered(self, shape: Shape, order: Sequence[int] | None = None) -> Answer:
        """The answer in another shape, and in another order of its cells where one is given."""
        if order is None:
            return self if shape == self.shape else replace(self, shape=shape)
        words = self.words and tuple(self.words[i] for i in order)
        return replace(
            self, shape=shape, numbers=tuple(self.numbers[i] for i in order), words=words, blocks=False, typed=False
        )


def read_answer(data: Any, decimal: Decimal = "auto") -> Answer:
    """An answer from text, lists, an array, a trace or a number; never raises for what is in it.

    Text is rows of words, ended by `;`, ` / ` or a new line, and an empty line begins another channel's grid; or a
    table or matrix in any of the forms of `forms/`. `_`, `?` and nothing at all are blanks. Whether a comma is a
    decimal point is told by the whole answer, unless `decimal` says it.
    """
    try:
        if isinstance(data, Answer):
            return data
        if isinstance(data, bytes):
            data = data.decode("utf-8-sig")
        if isinstance(data, str):
            return _from_text(data, decimal)
        return _from_data(data, decimal)
    except Unreadable as problem:
        return Answer(problem=str(problem))
    except UnicodeDecodeError:
        return Answer(problem=_("the answer is not text in UTF-8"))


def read_parts(data: Any, decimal: Decimal = "auto") -> list[Answer]:
    r"""The answers to several parts: a list of them, which may be text, or text with a line `---` between the parts.

    >>> [answer.numbers for answer in read_parts("4 3\n---\n2")]
    [(4, 3), (2,)]
    >>> [answer.shape for answer in read_parts("[[[4, 3], [2, 1]], [[4]]]")]
    [(2, 2), (1, 1)]
    """
    if isinstance(data, bytes):
        data = data.decode("utf-8-sig", errors="replace")
    if isinstance(data, str):
        data = listed_parts(data, decimal) or PARTING.split(data[: LONGEST + 1])
    entries = data if isinstance(data, list | tuple) else [data]
    return [read_answer(entry, decimal) for entry in entries[:MOST_PARTS]]


def listed_parts(text: str, decimal: Decimal) -> list[Any]:
    """The parts of a text that is a list of grids; none where it is anything else."""
    if len(text) > LONGEST or not re.match(r"\s*\[\s*\[\s*\[", text):
        return []
    try:
        [only] = readings(plain_signs(text).strip(), decimal)
    except (Unreadable, ValueError):
        return []
    return only.data if isinstance(only.data, list) else []


def _from_text(text: str, decimal: Decimal) -> Answer:
    if len(text) > LONGEST:
        problem = _("the answer has {n} characters; at most {most} are read")
        raise Unreadable(problem.format(n=f"{len(text):,}", most=f"{LONGEST:,}"))
    text = plain_signs(text.replace("\r\n", "\n").replace("\r", "\n"))
    if not text.strip():
        return Answer(problem=_("the answer is empty"), empty=True)
    text = without_input(text)
    found = readings(text, decimal)
    if why := not_understood(text, found[0].data):
        raise Unreadable(why)
    first = _as_answer(found[0])
    others: list[Answer] = []
    for other in (_as_answer(reading) for reading in found[1:] if not not_understood(text, reading.data)):
        if not other.problem and all(
            (other.shape, other.numbers) != (known.shape, known.numbers) for known in (first, *others)
        ):
            others.append(other)
    return replace(first, others=tuple(others)) if others else first


def _as_answer(reading: Reading) -> Answer:
    answer = _from_words(reading.data, reading.comma)
    if not (reading.blocks or reading.unsure or reading.kind or reading.typed):
        return answer
    return replace(answer, blocks=reading.blocks, typed=reading.typed, unsure=reading.unsure, kind=reading.kind)


MOST_CROPS = 256


def of_planes(planes: Sequence[Rows], decimal: Decimal) -> Answer:
    """An answer from the cells of a sheet that was filled in, a grid for each channel, some of which may be empty.

    Of squared paper only a part is used, so that what was written may be of any size from the last filled cell on.

    >>> of_planes([[["4", "3", ""], ["2", "1,5", ""]]], "auto").numbers
    (4, 3, 2, 1.5)
    """
    height, width = max(map(len, planes), default=0), max((len(row) for plane in planes for row in plane), default=0)
    if len(planes) * height * width > MOST_WORDS:
        return Answer(problem=str(too_many(len(planes) * height * width)))
    grids = [
        [[*row, *[""] * (width - len(row))] for row in (*plane, *[[]] * (height - len(plane)))] for plane in planes
    ]
    cells = [(r, c, cell) for grid in grids for r, row in enumerate(grid) for c, cell in enumerate(row)]
    filled = [(r, c) for r, c, cell in cells if not is_blank(cell)]
    if not filled:
        return Answer(problem=_("the answer is empty"), empty=True)
    rows, columns = (1 + max(places) for places in zip(*filled))
    sizes = [(rows, columns)]
    if len(filled) < len(grids) * rows * columns and height * width <= MOST_CROPS:
        sizes += [(r, c) for r in range(rows, height + 1) for c in range(columns, width + 1)][1:]
    elif sizes != [(height, width)]:
        sizes.append((height, width))
    found = [
        replace(
            _as_answer(of_grids([[row[:c] for row in grid[:r]] for grid in grids], comma=decimal != "point")),
            typed=True,
        )
        for r, c in sizes
    ]
    return replace(found[0], others=tuple(found[1:]))


def grid_of(rows: Sequence[Sequence[Any]], decimal: Decimal) -> Answer:
    """An answer from rows of words or numbers, as tables hold them: the grid among its headings."""
    try:
        table = [
            ["" if cell is None else cell if isinstance(cell, str) else str(plain(cell)) for cell in row]
            for row in rows
        ]
        found = without_labels(table, decimal == "comma")
        first, *others = [_from_words(grid, decimal == "comma") for grid in found or [table]]
        return replace(first, others=tuple(others))
    except Unreadable as problem:
        return Answer(problem=str(problem))


def _from_data(data: Any, decimal: Decimal) -> Answer:
    if isinstance(data, bool) or (isinstance(data, float) and data != data):
        raise Unreadable(_("the answer is {word}, where numbers belong").format(word=repr(data)))
    if isinstance(data, int | float | Fraction | None):
        return _from_words([data], decimal == "comma")
    if isinstance(data, list | tuple):
        return _from_words(data, decimal == "comma")
    if isinstance(data, dict):
        raise Unreadable(_("the answer is a mapping, where numbers belong"))
    try:
        array = data if isinstance(data, np.ma.MaskedArray) else np.asarray(data)
    except (ValueError, TypeError):
        raise Unreadable(_("the answer is not an array of numbers")) from None
    if array.size > MOST_CELLS:
        raise too_many(array.size, MOST_CELLS)
    if array.dtype.kind in "biuf" and not isinstance(array, np.ma.MaskedArray):
        shape = array.shape or (1,)
        if array.dtype.kind == "f" and array.dtype.itemsize < 8 and array.size <= MOST_PRINTED:
            array = array.astype(str).astype(np.float64)  # 11.8 in 32 bits is that, not 11.800000190734863
        answer = (
            Answer(shape, tuple(array.ravel().tolist())) if array.size else Answer(problem=_("the answer is empty"))
        )
        if array.size:  # the array's own numbers, without a list in between
            answer.__dict__["values"] = array.astype(np.float64).ravel()
            answer.__dict__["filled"] = np.ones(array.size, dtype=bool)
            answer.__dict__["blank"] = np.zeros(array.size, dtype=bool)
        return answer
    if array.dtype.kind not in "biufUO":
        raise Unreadable(_("the answer holds {kind} where numbers belong").format(kind=str(array.dtype)[:40]))
    return _from_words(array.tolist(), decimal == "comma")


def _from_words(data: Any, comma: bool = False) -> Answer:
    """An answer from nested lists of words and numbers. Raises `Unreadable` where they are ragged."""
    level = _listed([data])
    shape: Shape = ()
    while isinstance(level[0], list | tuple) or any(isinstance(entry, list | tuple) for entry in level):
        lengths = [len(entry) if isinstance(entry, list | tuple) else None for entry in level]
        if len(set(lengths)) > 1:
            raise Unreadable(_ragged(lengths))
        if not lengths[0]:
            raise Unreadable(_("the answer is empty"))
        shape = (*shape, lengths[0])
        if len(shape) > DEEPEST:
            raise Unreadable(_("the answer is nested deeper than any array is"))
        if len(level) * lengths[0] > MOST_WORDS:
            raise too_many(len(level) * lengths[0])
        level = _listed([inner for entry in level for inner in entry])
    words = tuple(_word(entry) for entry in level)
    numbers = tuple(
        number(word, comma) if isinstance(entry, str) else _given(entry) for entry, word in zip(level, words)
    )
    return Answer(shape or (1,), numbers, words)


def _listed(level: list[Any]) -> list[Any]:
    """The entries, arrays among them as lists."""
    return [entry.tolist() if isinstance(entry, np.ndarray) else entry for entry in level]


def _ragged(lengths: Sequence[int | None]) -> str:
    odd = next(i for i, length in enumerate(lengths) if length != lengths[0])
    ragged = _("row {row} of the answer has {found}, and row 1 has {first}; write _ for a cell that you leave open")
    return ragged.format(row=odd + 1, found=_entries(lengths[odd]), first=_entries(lengths[0]))


def _entries(length: int | None) -> str:
    if length is None:
        return _("a number")
    return plural("{n} cell", "{n} cells", length)


def _word(entry: Any) -> str:
    if isinstance(entry, str):
        return plain_signs(entry).strip()[: LONGEST_WORD + 1]
    if entry is None:
        return ""
    value = plain(entry)
    written = (
        entry is np.ma.masked or is_expression(value) or isinstance(value, np.generic | complex | float | Fraction)
    )
    return (str(value) if written or isinstance(value, int) else shown(value))[: LONGEST_WORD + 1]


def _given(entry: Any) -> Value:
    """A number that Python holds; None for anything that is no real number."""
    if entry is np.ma.masked or is_expression(entry):
        return None
    value = plain(entry)
    if not isinstance(value, bool | int | float | Fraction):
        return None
    try:
        return value if isinstance(value, float) or abs(float(value)) < float("inf") else None
    except OverflowError:
        return None
