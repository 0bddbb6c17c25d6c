"""A sheet of ours that was filled in: what stands in its places, by the name that each place carries.

    spreadsheet   names of ranges: stepwise_1_2_1 is exercise 1, part 2, first grid
    Markdown      a comment before each table: <!-- stepwise v01 grid 1.2 -->
    page          data-field="1.2" at each table or line of fields; or the file that the page saves:
                  {"stepwise": 1, "sheet": "v01", "answers": {"1.2": [[["4", "3"], ["2", "1"]]]}}

So the input's own numbers, which stand on the sheet too, are never taken for the answer. What a stranger has done to
the file besides does not matter, and a file without such names is none of ours.

To add a kind: a function that gives a `Filled`, or None, and a line in `filled_in`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import field
from functools import lru_cache
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from ..dataclass import dataclass
from ..io.literals import json_words
from ..language import _
from .answers import LONGEST, MOST_PARTS, Answer, of_planes
from .forms import Decimal
from .forms.markup import LONGEST_PAGE
from .forms.reading import MOST_WORDS, Rows
from .forms.words import LONGEST_WORD
from .sheets import DamagedSheet, read_workbook

if TYPE_CHECKING:
    from .parts import Part

Planes = list[Rows]
MOST_PLANES = 64

SHEET_NAME = "stepwise_sheet"
"""The name of which sheet it is, among a spreadsheet's own names."""

_RANGE = re.compile(r"stepwise_([1-9][0-9]{0,2})_([1-9][0-9]{0,2})_([1-9][0-9]{0,2})")
_NAME = re.compile(r"([1-9][0-9]{0,2})\.([1-9][0-9]{0,2})")
_MARK = re.compile(r"<!--[ ]?stepwise ([\w.-]{1,100}) (grid|line) ([0-9.]{3,7})[ ]?-->")
_BAR = re.compile(r"(?<!\\)\|")
_RULE = re.compile(r"[\s|:]*-[\s|:-]*")


@dataclass(frozen=True)
class Filled:
    """What stands in the places of a sheet: of each, one grid for each channel, as it was written."""

    sheet: str
    fields: dict[str, Planes] = field(default_factory=dict)

    @property
    def exercises(self) -> set[int]:
        """The numbers of the exercises that are on it."""
        return {int(name.partition(".")[0]) for name in self.fields}

    def answers(self, id: str, parts: Sequence[Part], decimal: Decimal) -> list[Any]:
        """What was answered to each part of the exercise with this id; an `Answer` that says why where it is another's.

        An id is that of the sheet, `v01`, or of an exercise on it, `v01.2`; of a lesson file there is none.
        """
        number = self._exercise(id)
        if isinstance(number, str):
            return [Answer(problem=number)]
        found = [self.fields.get(f"{number}.{n}", []) for n in range(1, len(parts) + 1)]
        return [
            of_planes(planes, decimal)
            if part.ask == "output"
            else " ".join(cell for row in _rows(planes) for cell in row)
            for part, planes in zip(parts, found)
        ]

    def _exercise(self, id: str) -> int | str:
        """Which exercise of the sheet an id means; a sentence where it means none."""
        sheet, _point, number = id.rpartition(".")
        if id in ("", self.sheet):
            if len(self.exercises) < 2:
                return next(iter(self.exercises), 1)
            problem = _("sheet {sheet} has {n} exercises; say which one is marked, such as {sheet}.1")
            return problem.format(sheet=self.sheet, n=len(self.exercises))
        if sheet == self.sheet and number.isdecimal() and int(number) in self.exercises:
            return int(number)
        return _("this is sheet {sheet}, not {id}").format(sheet=self.sheet, id=id)


@lru_cache(maxsize=1)  # each exercise of a sheet asks for the same one
def filled_in(data: bytes, suffix: str) -> Filled | None:
    """The sheet of ours that a file's content is; None where it is anything else. Never raises for what is in it."""
    suffix = suffix.lower()
    if suffix == ".xlsx":
        return _from_names(data)
    if suffix == ".json":
        return _from_json(data) if b'"stepwise"' in data and b'"answers"' in data else None
    if suffix in (".html", ".htm"):
        return _from_page(data) if b"data-field" in data else None
    if suffix in (".md", ".txt"):
        return _from_markdown(data) if b"<!-- stepwise " in data or b"<!--stepwise " in data else None
    return None


def _rows(planes: Planes) -> list[list[str]]:
    return [row for plane in planes for row in plane]


# A spreadsheet


def _from_names(data: bytes) -> Filled | None:
    try:
        book = read_workbook(data)
    except DamagedSheet:
        return None
    fields: dict[str, dict[int, Rows]] = {}
    cells = 0
    for name in book.names:
        match = _RANGE.fullmatch(name)
        rows = book.named(name) if match else None
        if not match or rows is None:
            continue  # not ours, or its cells were deleted
        cells += len(rows) * len(rows[0])
        if cells > MOST_WORDS:
            return None
        fields.setdefault(f"{match[1]}.{match[2]}", {})[int(match[3])] = rows
    sheet = book.names.get(SHEET_NAME, "").strip('="')
    return Filled(sheet, {n: [ones[k] for k in sorted(ones)] for n, ones in fields.items()}) if fields else None


# What the page saves


def _from_json(data: bytes) -> Filled | None:
    text = data.decode("utf-8-sig", errors="replace")
    if len(text) > LONGEST:
        return None
    try:
        found = json_words(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or "stepwise" not in found or not isinstance(found.get("answers"), dict):
        return None
    fields = {
        name: planes
        for name, given in list(found["answers"].items())[: MOST_PARTS * 20]
        if _NAME.fullmatch(name) and (planes := _planes(given)) is not None
    }
    return Filled(str(found.get("sheet", ""))[:100], fields)


def _planes(given: Any) -> Planes | None:
    """Lists of lists of lists of words, if it is that."""
    if not isinstance(given, list) or len(given) > MOST_PLANES:
        return None
    for plane in given:
        if not isinstance(plane, list) or not all(isinstance(row, list) for row in plane):
            return None
        if not all(isinstance(cell, str | None) for row in plane for cell in row):
            return None
    return [[[cell or "" for cell in row] for row in plane] for plane in given]


# Markdown


def _from_markdown(data: bytes) -> Filled | None:
    """The table behind each mark, without its head, and of a grid without the head of each row."""
    text = data.decode("utf-8-sig", errors="replace")
    if len(text) > LONGEST:
        return None
    sheet = ""
    fields: dict[str, Planes] = {}
    pieces = _MARK.split(text)
    for sheet_, kind, name, behind in zip(pieces[1::4], pieces[2::4], pieces[3::4], pieces[4::4]):
        if _NAME.fullmatch(name):
            sheet = sheet or sheet_
            fields.setdefault(name, []).append(_table(behind, kind == "grid"))
    return Filled(sheet, fields) if fields else None


def _table(text: str, grid: bool) -> Rows:
    lines: list[str] = []
    for line in text.lstrip().splitlines():
        if "|" not in line:
            break
        lines.append(line.strip())
    ruled = next((i for i, line in enumerate(lines) if _RULE.fullmatch(line)), -1)
    columns = len(_cells(lines[0])) if lines else 0
    rows = [(_cells(line) + [""] * columns)[:columns] for line in lines[ruled + 1 :]]
    return [row[1:] if grid else row for row in rows]


def _cells(line: str) -> list[str]:
    """The cells between the bars of a row."""
    return [cell.strip().replace("\\|", "|") for cell in _BAR.split(line.removeprefix("|").removesuffix("|"))]


# The page itself


def _from_page(data: bytes) -> Filled | None:
    text = data.decode("utf-8-sig", errors="replace")
    if len(text) > LONGEST_PAGE:
        return None
    parser = _Fields()
    parser.feed(text)
    parser.close()
    return Filled(parser.sheet, parser.fields) if parser.fields else None


class _Fields(HTMLParser):
    """What stands in the fields of a page that was saved: tables and lines that have a name."""

    def __init__(self) -> None:
        super().__init__()
        self.sheet = ""
        self.fields: dict[str, Planes] = {}
        self._rows: Rows | None = None  # of the field that is open
        self._line = False
        self._body = False  # whether the head of the table is past
        self._cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.sheet = self.sheet or (given.get("data-sheet") or "")[:100]
        name = given.get("data-field") or ""
        if _NAME.fullmatch(name) and len(self.fields.setdefault(name, [])) < MOST_PLANES:
            self._line, self._body, self._cell = tag != "table", False, False
            self._rows = [[]] if self._line else []
            self.fields[name].append(self._rows)
        elif self._rows is None:
            return
        elif tag == "tbody":
            self._body = True
        elif tag == "tr" and self._body:
            self._cell = False  # a page may leave out where a cell ends
            self._rows.append([])
        elif tag in ("td", "th"):
            self._cell = tag == "td" and self._body and bool(self._rows)
            if self._cell:
                self._rows[-1].append("")
        elif tag == "input" and (self._line or self._cell):
            value = (given.get("value") or "")[: LONGEST_WORD + 1]
            if self._line:
                self._rows[-1].append(value)
            else:
                self._rows[-1][-1] += value

    def handle_endtag(self, tag: str) -> None:
        if tag == "table" or (tag == "p" and self._line):
            self._rows = None
        elif tag in ("td", "th", "tr"):
            self._cell = False

    def handle_data(self, data: str) -> None:
        if self._cell and self._rows and self._rows[-1] and len(self._rows[-1][-1]) <= LONGEST_WORD:
            self._rows[-1][-1] += data.strip()


__all__ = ["SHEET_NAME", "Filled", "filled_in"]
