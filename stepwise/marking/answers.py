"""What was handed in: numbers, blanks, and words that could not be read.

An answer comes from a stranger. Nothing in it is executed, nothing in it raises: what cannot be read at all becomes an
`Answer` whose `problem` is one sentence, and one unreadable cell is told apart from a blank and from a wrong one.

To add a way of writing a number: `_number`. A way of writing a grid: a case in `_from_text`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal

import numpy as np

from ..arithmetic import Array, Value, is_expression, plain
from ..language import _

LONGEST = 1_000_000
"""Characters that are read of an answer."""
LONGEST_WORD = 400
MOST_CELLS = 2**22
"""Cells that an answer may have which is an array already."""
MOST_WORDS = 2**17
"""Cells that an answer may have which is read word by word."""
MOST_PARTS = 100
DEEPEST = 16
"""Axes that an answer may have."""

Shape = tuple[int, ...]
Decimal = Literal["point", "comma"]

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_FRACTION = re.compile(r"([+-]?[0-9]+)/([0-9]+)")
_BLANK = frozenset(("", "null", "none", "~", "…", "...", "□"))
_SPECIAL = {"nan": float("nan"), "inf": float("inf"), "infinity": float("inf"), "∞": float("inf")}
_WIDE = {chr(narrow + 0xFEE0): chr(narrow) for narrow in range(0x21, 0x7F)} | {"\u3000": " "}  # full-width forms
_SIGNS = str.maketrans(
    {"−": "-", "–": "-", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2044": "/", "\ufeff": None, **_WIDE}
)
_AROUND_SLASH = re.compile(r"(?<![ \t])[ \t]*/[ \t]*")  # a run of spaces is tried once, not from each of its spaces
_TIGHT, _SPACED = re.compile(r"[0-9],[0-9]"), re.compile(r"[0-9.][ \t]+[-+.0-9]")  # both in one row: 3,25 4,5
_TOKEN = re.compile(r"[\[\]();,]|\"[^\"\n]*\"|'[^'\n]*'|[^\s\[\]();,\"']+|[\"']")


class Unreadable(Exception):  # noqa: N818 - it is caught here, and nobody else sees it
    """Why an answer cannot be read at all."""


@dataclass(frozen=True, eq=False)
class Answer:
    """Numbers in an array of `shape`, row by row; `None` where there is none.

    >>> answer = read_answer("4 _; x 1/2")
    >>> answer.shape, answer.numbers, answer.blank.tolist(), answer.unreadable.tolist()
    ((2, 2), (4, None, None, Fraction(1, 2)), [False, True, False, False], [False, False, True, False])
    """

    shape: Shape = (0,)
    numbers: tuple[Value, ...] = ()
    words: tuple[str, ...] | None = None  # as they were written, where they were
    problem: str = ""  # why nothing of it can be read
    blocks: bool = False  # whether the first axis is a stack of grids, one for each channel

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
        return np.array([n is None and _is_blank(word) for n, word in zip(self.numbers, words)], dtype=bool)

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
        return replace(self, shape=shape, numbers=tuple(self.numbers[i] for i in order), words=words, blocks=False)


def read_answer(data: Any, decimal: Decimal = "point") -> Answer:
    """An answer from text, lists, an array, a trace or a number; never raises for what is in it.

    Text is rows of words, ended by `;` or a new line, and an empty line begins another channel's grid; or lists in
    brackets, as JSON and NumPy write them. `_`, `?` and nothing at all are blanks. With `decimal="comma"`, `3,25` is a
    number, and spaces (or `;` in brackets) part the cells.
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


def read_parts(data: Any, decimal: Decimal = "point") -> list[Answer]:
    r"""The answers to several parts: a list of them, which may be text, or text with a line `---` between the parts.

    >>> [answer.numbers for answer in read_parts("4 3\n---\n2")]
    [(4, 3), (2,)]
    >>> [answer.shape for answer in read_parts("[[[4, 3], [2, 1]], [[4]]]")]
    [(2, 2), (1, 1)]
    """
    if isinstance(data, bytes):
        data = data.decode("utf-8-sig", errors="replace")
    if isinstance(data, str):
        data = _listed_parts(data, decimal) or re.split(r"(?m)^[ \t]*-{3,}[ \t]*\r?$", data[: LONGEST + 1])
    entries = data if isinstance(data, list | tuple) else [data]
    return [read_answer(entry, decimal) for entry in entries[:MOST_PARTS]]


def _listed_parts(text: str, decimal: Decimal) -> list[Any]:
    """The parts of a text that is a list of grids; none where it is anything else."""
    if len(text) > LONGEST or not re.match(r"\s*\[\s*\[\s*\[", text):
        return []
    try:
        parts = _bracketed(text.translate(_SIGNS).strip(), decimal)
    except Unreadable:
        return []
    return parts if isinstance(parts, list) else []


def _from_text(text: str, decimal: Decimal) -> Answer:
    if len(text) > LONGEST:
        told = _("the answer has {n} characters; at most {most} are read")
        raise Unreadable(told.format(n=f"{len(text):,}", most=f"{LONGEST:,}"))
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_SIGNS).strip()
    if not text:
        return Answer(problem=_("the answer is empty"))
    if text.startswith(("[", "(", "array(", "tensor(")):
        return _from_words(_bracketed(text, decimal), decimal)
    blocks = [block for block in re.split(r"\n[ \t\r]*\n", text) if block.strip()]
    grids = [_grid(block, decimal) for block in blocks]
    return replace(_from_words(grids if len(grids) > 1 else grids[0], decimal), blocks=len(grids) > 1)


def _grid(block: str, decimal: Decimal) -> list[list[str]]:
    """Rows of words. Between two commas there is a cell, if an empty one; the `;` after the last row is no row."""
    rows = re.split(r"[;\n]", _AROUND_SLASH.sub("/", block).strip().rstrip(";"))
    if decimal == "point" and (odd := next((row for row in rows if _TIGHT.search(row) and _SPACED.search(row)), None)):
        told = _("{row} has cells parted by commas and by spaces; write a decimal as 3.25, or part all cells alike")
        raise Unreadable(told.format(row=repr(odd.strip()[:40])))
    parting = r"\s*,\s*|\s+" if decimal == "point" else r"\s+"
    return [re.split(parting, row.strip()) for row in rows if row.strip()]


def grid_of(rows: Sequence[Sequence[Any]], decimal: Decimal) -> Answer:
    """An answer from rows of words or numbers, as tables hold them."""
    try:
        return _from_words([list(row) for row in rows], decimal)
    except Unreadable as problem:
        return Answer(problem=str(problem))


def _bracketed(text: str, decimal: Decimal) -> Any:
    """Lists in brackets as nested lists of words, without recursion: JSON, Python, and what NumPy prints."""
    if text.startswith(("array(", "tensor(")) and text.endswith(")"):
        text = re.sub(r",\s*dtype=[\w.']+$", "", text.partition("(")[2][:-1])
    if text.count("[") <= 1 and "(" not in text and ";" in text:
        return _grid(text.strip("[]"), decimal)
    outer: list[Any] = []
    open_: list[list[Any]] = [outer]
    expecting = False  # whether a comma was the last thing seen, so that a cell must follow
    for found in _TOKEN.findall(text):
        if found in "[(":
            if len(open_) > DEEPEST:
                raise Unreadable(_("the answer is nested deeper than any array is"))
            inner: list[Any] = []
            open_[-1].append(inner)
            open_.append(inner)
            expecting = False
        elif found in "])":
            if len(open_) == 1:
                raise Unreadable(_("the answer closes a bracket that was never opened"))
            if expecting and open_[-1] and not isinstance(open_[-1][-1], list):
                open_[-1].append("")
            open_.pop()
            expecting = False
        elif found in ",;":
            if expecting or not open_[-1]:
                open_[-1].append("")
            expecting = True
        else:
            open_[-1].append(found[1:-1] if len(found) > 1 and found[0] == found[-1] and found[0] in "\"'" else found)
            expecting = False
    if len(open_) != 1:
        raise Unreadable(_("the answer opens a bracket that is never closed"))
    if len(outer) != 1 or not isinstance(outer[0], list):
        raise Unreadable(_("the answer has something outside its brackets"))
    return outer[0]


def _from_data(data: Any, decimal: Decimal) -> Answer:
    if isinstance(data, int | float | Fraction | None):
        return _from_words([data], decimal)
    if isinstance(data, list | tuple):
        return _from_words(data, decimal)
    if isinstance(data, dict):
        raise Unreadable(_("the answer is a mapping, where numbers belong"))
    try:
        array = data if isinstance(data, np.ma.MaskedArray) else np.asarray(data)
    except (ValueError, TypeError):
        raise Unreadable(_("the answer is not an array of numbers")) from None
    if array.size > MOST_CELLS:
        raise Unreadable(_too_many(array.size, MOST_CELLS))
    if array.dtype.kind in "biuf" and not isinstance(array, np.ma.MaskedArray):
        shape = array.shape or (1,)
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
    return _from_words(array.tolist(), decimal)


def _too_many(cells: int, most: int) -> str:
    told = _("the answer has {n} cells; at most {most} are marked")
    return told.format(n=f"{cells:,}", most=f"{most:,}")


def _from_words(data: Any, decimal: Decimal) -> Answer:
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
            raise Unreadable(_too_many(len(level) * lengths[0], MOST_WORDS))
        level = _listed([inner for entry in level for inner in entry])
    words = tuple(_word(entry) for entry in level)
    numbers = tuple(_number(entry, word, decimal) for entry, word in zip(level, words))
    return Answer(shape or (1,), numbers, words)


def _listed(level: list[Any]) -> list[Any]:
    """The entries, arrays among them as lists."""
    return [entry.tolist() if isinstance(entry, np.ndarray) else entry for entry in level]


def _ragged(lengths: Sequence[int | None]) -> str:
    odd = next(i for i, length in enumerate(lengths) if length != lengths[0])
    told = _("row {row} of the answer has {found} where row 1 has {first}; write _ for a cell that you leave open")
    return told.format(row=odd + 1, found=_entries(lengths[odd]), first=_entries(lengths[0]))


def _entries(length: int | None) -> str:
    if length is None:
        return _("a number")
    return _("{n} cell").format(n=length) if length == 1 else _("{n} cells").format(n=length)


def _word(entry: Any) -> str:
    if isinstance(entry, str):
        return entry.translate(_SIGNS).strip()[: LONGEST_WORD + 1]
    return "" if entry is None else str(plain(entry))[: LONGEST_WORD + 1]


def _is_blank(word: str) -> bool:
    return not word.strip("_?") or word.lower() in _BLANK


def _number(entry: Any, word: str, decimal: Decimal) -> Value:
    """A word or a number as a number; None where it is none."""
    if not isinstance(entry, str):
        return _given(entry)
    if len(word) > LONGEST_WORD:
        return None
    bare = word.replace(",", ".") if decimal == "comma" and word.count(",") == 1 and "." not in word else word
    if _NUMBER.fullmatch(bare):
        whole = bare[1:] if bare[0] in "+-" else bare
        return _bounded(int(bare) if whole.isdecimal() else float(bare))
    if fraction := _FRACTION.fullmatch(bare):
        return _bounded(Fraction(int(fraction[1]), int(fraction[2]))) if int(fraction[2]) else None
    sign, bare = (-1, bare[1:]) if bare.startswith("-") else (1, bare.removeprefix("+"))
    return sign * _SPECIAL[bare.lower()] if bare.lower() in _SPECIAL else None


def _given(entry: Any) -> Value:
    """A number that Python holds; None for anything that is no real number."""
    if entry is np.ma.masked or is_expression(entry):
        return None
    number = plain(entry)
    return _bounded(number) if isinstance(number, bool | int | float | Fraction) else None


def _bounded(number: Value) -> Value:
    """The number, or None where it is larger than any decimal."""
    try:
        return number if not isinstance(number, int | Fraction) or abs(float(number)) < float("inf") else None
    except OverflowError:
        return None
