"""The cells of a spreadsheet, and the names that it has for some of them, read from its own XML, with bounds.

A spreadsheet is a zip of XML files, written by a stranger. Of all that may be in it only what its cells show is read:
its sheets in their order, their cells, the words that they share, which of them are dates, and names of ranges. A
formula gives what was last shown.
Source: ECMA-376, part 1, section 18 (SpreadsheetML) and the built-in formats of 18.8.30.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from itertools import islice
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from ..arithmetic import plain
from ..dataclass import dataclass
from ..io.zips import DamagedZip, zip_parts

MOST_UNPACKED = 2**26
"""Bytes that the parts of a spreadsheet may unpack to, pictures among them."""
MOST_PARSED = 2**22
"""Bytes that those may have which are parsed: parsing takes many times as much memory, and seconds for each MB."""
SHEET = 512
"""Rows and columns of a spreadsheet that are looked at."""
DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
"""The numbers of the built-in formats that show a date or a time."""
DATE = "a date"
"""What stands for a date: a program makes one of what looked like a fraction, and the number behind it is no answer."""
STRUCK = "a number that is struck out"
"""What stands for what is struck out: whether it still counts, nobody can tell."""
HIDDEN = "a hidden cell"
"""What stands for a cell that nobody sees, but its author."""
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8")  # what begins so is never parsed
_PLACE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_NUMBER = re.compile(r"[+-]?[0-9]{1,400}")
_QUOTED = re.compile(r'"[^"]*(?:"|\Z)|\\.|\[[^\]]*(?:\]|\Z)')  # what is not closed goes on to the end

_AREA = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})(?::\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6}))?")
MOST_SHEETS = 256
MOST_NAMES = 4096

Cell = int | float | str | bool | None
Place = tuple[int, int]


class DamagedSheet(ValueError):  # noqa: N818 - it names what the data is
    """Bytes that are no spreadsheet; `most` says of one that is too large what it may have."""

    def __init__(self, most: int = 0) -> None:
        super().__init__()
        self.most = most


@dataclass(frozen=True)
class Page:
    """One sheet: what stands in its cells, row and column counted from 0."""

    cells: dict[Place, Cell]

    @property
    def area(self) -> tuple[Place, Place] | None:
        """The first and the last place that its cells reach to; None where it has none."""
        if not self.cells:
            return None
        rows, columns = zip(*self.cells)
        return (min(rows), min(columns)), (max(rows), max(columns))

    def words(self, first: Place, last: Place) -> list[list[str]]:
        """The cells from one place to another, both included, as words; nothing where nothing is."""
        return [
            [_word(self.cells.get((row, column))) for column in range(first[1], last[1] + 1)]
            for row in range(first[0], last[0] + 1)
        ]


@dataclass(frozen=True)
class Workbook:
    """The sheets by their titles, in order, and what each name stands for, as it is written there."""

    pages: dict[str, Page]
    names: dict[str, str]

    def named(self, name: str) -> list[list[str]] | None:
        """The words in the cells that a name stands for, such as `'1 Max pooling'!$B$3:$C$4`; None where it has none.

        A program keeps such a name where rows are put in, or a sheet is renamed.
        """
        title, _mark, place = self.names[name].rpartition("!")
        match = _AREA.fullmatch(place)
        title = title[1:-1].replace("''", "'") if title.startswith("'") else title.removeprefix("$")
        if not match or title not in self.pages:
            return None
        first = int(match[2]) - 1, _column(match[1])
        last = (int(match[4]) - 1, _column(match[3])) if match[3] else first
        if not (first[0] <= last[0] < SHEET and first[1] <= last[1] < SHEET):
            return None
        return self.pages[title].words(first, last)


def read_workbook(data: bytes) -> Workbook:
    """The sheets of a spreadsheet, as far as there are cells. Raises `DamagedSheet`."""
    try:
        parts = zip_parts(data, MOST_UNPACKED)
    except DamagedZip as damage:
        raise DamagedSheet(MOST_UNPACKED if damage.large else 0) from None
    kept = [part for part in parts.values() if not part.startswith(_PICTURES)]
    if sum(map(len, kept)) > MOST_PARSED:
        raise DamagedSheet(MOST_PARSED)
    if any(b"<!DOCTYPE" in part for part in kept):  # entities, which no spreadsheet has and an attack may
        raise DamagedSheet
    book = _Parts(parts)
    about = book.tree("xl/workbook.xml", needed=True)
    words = [_text(entry) for entry in _within(book.tree("xl/sharedStrings.xml"), "si")]
    styles = book.tree("xl/styles.xml")
    dates, struck = _dates(styles), _struck(styles)
    pages = {}
    for title, name in _sheets(about, book):
        cells = _cells(book.tree(name, needed=True), words, dates, struck)
        pages[title] = Page({place: cell for place, cell in cells if cell is not None})
    names = {entry.get("name", ""): entry.text or "" for entry in islice(_within(about, "definedName"), MOST_NAMES)}
    return Workbook(pages, names)


class _Parts:
    """The parts of a spreadsheet, parsed when asked for."""

    def __init__(self, parts: dict[str, bytes]) -> None:
        self._parts = {name.lstrip("/").lower(): content for name, content in parts.items()}

    def tree(self, name: str, needed: bool = False) -> Element:
        content = self._parts.get(name.lower())
        if content is None:
            if needed:
                raise DamagedSheet
            return Element("nothing")
        if content.startswith(_PICTURES):  # it is not among those that were looked through
            raise DamagedSheet
        try:  # as text, so that no other encoding can be asked for
            return ElementTree.fromstring(content.decode("utf-8-sig"))  # noqa: S314 - no entities, and bounded
        except (ElementTree.ParseError, UnicodeDecodeError):
            raise DamagedSheet from None


def _within(tree: Element, name: str) -> Iterator[Element]:
    """The elements of this name, in whatever namespace: there are two, for one and the same format."""
    return (element for element in tree.iter() if _name(element) == name)


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _sheets(about: Element, book: _Parts) -> list[tuple[str, str]]:
    """The title of each sheet, and the part that it is in; none of those is read twice."""
    parts = {}
    for relation in _within(book.tree("xl/_rels/workbook.xml.rels", needed=True), "Relationship"):
        target = relation.get("Target", "")
        inside = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
        parts[relation.get("Id")] = inside
    found: dict[str, str] = {}
    for sheet in islice(_within(about, "sheet"), MOST_SHEETS):
        id = next((value for key, value in sheet.attrib.items() if key.rpartition("}")[2] == "id" and "}" in key), None)
        if id not in parts or parts[id] in found.values():
            raise DamagedSheet
        found[sheet.get("name", "")] = parts[id]
    if not found:
        raise DamagedSheet
    return list(found.items())


def _word(cell: Cell) -> str:
    return "" if cell is None else cell if isinstance(cell, str) else str(plain(cell))


def _text(element: Element) -> str:
    """The words of an entry; how they are to be spoken in Japanese (`rPh`) is not what stands there."""
    if any(_is_on(mark) for mark in _within(element, "strike")):
        return STRUCK
    own = [part for part in element if _name(part) == "t"]
    runs = [text for part in element if _name(part) == "r" for text in part if _name(text) == "t"]
    return "".join(part.text or "" for part in own + runs)


def _dates(styles: Element) -> list[bool]:
    """Whether each of the sheet's styles shows a date."""
    own = {n.get("numFmtId"): n.get("formatCode", "") for n in _within(styles, "numFmt")}
    shown = {id for id, code in own.items() if set("ymdhs") & set(_QUOTED.sub("", code).lower())}
    cells = next(_within(styles, "cellXfs"), Element("nothing"))
    ids = [style.get("numFmtId", "0") for style in cells]
    return [id in shown or (id not in own and id.isascii() and id.isdigit() and int(id[:9]) in DATES) for id in ids]


def _struck(styles: Element) -> list[bool]:
    """Whether each of the sheet's styles strikes out what it shows."""
    fonts = [any(map(_is_on, _within(font, "strike"))) for font in next(_within(styles, "fonts"), Element("nothing"))]
    cells = next(_within(styles, "cellXfs"), Element("nothing"))
    ids = [style.get("fontId", "0") for style in cells]
    return [id.isascii() and id.isdigit() and len(id) < 9 and int(id) < len(fonts) and fonts[int(id)] for id in ids]


def _is_on(mark: Element) -> bool:
    return next((value for key, value in mark.attrib.items() if key.endswith("val")), "1") not in ("0", "false")


def _hidden_columns(sheet: Element) -> set[int]:
    """The columns that are not shown, counted from 0."""
    hidden: set[int] = set()
    for columns in _within(sheet, "col"):
        first, last = columns.get("min", ""), columns.get("max", "")
        if columns.get("hidden") in ("1", "true") and re.fullmatch(r"[0-9]{1,6}", first) and last.isdigit():
            hidden.update(range(int(first) - 1, min(int(last[:7]), SHEET)))
    return hidden


def _cells(
    sheet: Element, words: list[str], dates: list[bool], struck: list[bool]
) -> Iterator[tuple[tuple[int, int], Cell]]:
    """What stands in each cell, row and column counted from 0. A cell may leave out where it is: after the last one."""
    row, hidden = -1, _hidden_columns(sheet)
    for line in _within(sheet, "row"):
        given = line.get("r", "")
        row = int(given) - 1 if re.fullmatch(r"[1-9][0-9]{0,6}", given) else row + 1
        column = -1
        for cell in line:
            if _name(cell) != "c":
                continue
            placed = _PLACE.fullmatch(cell.get("r", ""))
            row, column = (int(placed[2]) - 1, _column(placed[1])) if placed else (row, column + 1)
            if row < SHEET and column < SHEET:
                shown = _shown(cell, words, dates)
                if shown is not None and shown != "":
                    unseen = column in hidden or line.get("hidden") in ("1", "true")
                    shown = HIDDEN if unseen else STRUCK if _has_style(cell, struck) else shown
                yield (row, column), shown


def _has_style(cell: Element, styles: list[bool]) -> bool:
    """Whether the style of a cell is one of those."""
    style = cell.get("s", "0")
    return style.isascii() and style.isdigit() and len(style) < 9 and int(style) < len(styles) and styles[int(style)]


def _column(letters: str) -> int:
    """
    >>> _column("A"), _column("Z"), _column("AA")
    (0, 25, 26)
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _shown(cell: Element, words: list[str], dates: list[bool]) -> Cell:
    """What a cell shows; what cannot be one is a damaged spreadsheet's."""
    kind = cell.get("t", "n")
    value = next((part.text for part in cell if _name(part) == "v"), None)
    if kind == "inlineStr":
        return next((_text(part) for part in cell if _name(part) == "is"), None)
    if value is None or not value.strip():
        return None
    if kind in ("str", "e", "d"):
        return value
    if kind == "b":
        return value.strip() == "1"
    if kind == "s":
        number = int(value) if value.isascii() and value.isdigit() and len(value) < 9 else -1
        if not 0 <= number < len(words):
            raise DamagedSheet
        return words[number]
    if _has_style(cell, dates):
        return DATE
    if _NUMBER.fullmatch(value.strip()):
        return int(value)
    try:
        return float(value)
    except ValueError:
        raise DamagedSheet from None
