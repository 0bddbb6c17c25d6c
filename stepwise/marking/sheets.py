"""The cells of a spreadsheet's first sheet, read from its own XML, with bounds.

A spreadsheet is a zip of XML files, written by a stranger. Of all that may be in it only what its cells show is read:
which sheet is the first, its cells, the words that they share, and which of them are dates. A formula gives what was
last shown. Source: ECMA-376, part 1, section 18 (SpreadsheetML) and the built-in formats of 18.8.30.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from ..zip_files import DamagedZip, zip_parts

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
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8")  # what begins so is never parsed
_PLACE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_NUMBER = re.compile(r"[+-]?[0-9]{1,400}")
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')

Cell = int | float | str | bool | None


class DamagedSheet(ValueError):  # noqa: N818 - it names what the data is
    """Bytes that are no spreadsheet; `most` says of one that is too large what it may have."""

    def __init__(self, most: int = 0) -> None:
        super().__init__()
        self.most = most


def first_sheet(data: bytes) -> list[list[Cell]]:
    """The first sheet's rows, as far as there are cells. Raises `DamagedSheet`."""
    try:
        parts = zip_parts(data, MOST_UNPACKED)
    except DamagedZip as damage:
        raise DamagedSheet(MOST_UNPACKED if damage.large else 0) from None
    told = [part for part in parts.values() if not part.startswith(_PICTURES)]
    if sum(map(len, told)) > MOST_PARSED:
        raise DamagedSheet(MOST_PARSED)
    if any(b"<!DOCTYPE" in part for part in told):  # entities, which no spreadsheet has and an attack may
        raise DamagedSheet
    book = _Parts(parts)
    name = _first_name(book)
    words = [_text(entry) for entry in _within(book.tree("xl/sharedStrings.xml"), "si")]
    dates = _dates(book.tree("xl/styles.xml"))
    found = {place: cell for place, cell in _cells(book.tree(name, needed=True), words, dates) if cell is not None}
    rows = max((row for row, _column in found), default=-1) + 1
    columns = max((column for _row, column in found), default=-1) + 1
    return [[found.get((row, column)) for column in range(columns)] for row in range(rows)]


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


def _first_name(book: _Parts) -> str:
    """The part that the workbook names first among its sheets."""
    first = next(_within(book.tree("xl/workbook.xml", needed=True), "sheet"), None)
    if first is None:
        raise DamagedSheet
    id = next((value for key, value in first.attrib.items() if key.rpartition("}")[2] == "id" and "}" in key), None)
    for relation in _within(book.tree("xl/_rels/workbook.xml.rels", needed=True), "Relationship"):
        if relation.get("Id") == id:
            target = relation.get("Target", "")
            return target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
    raise DamagedSheet


def _text(element: Element) -> str:
    """The words of an entry; how they are to be spoken in Japanese (`rPh`) is not what stands there."""
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


def _cells(sheet: Element, words: list[str], dates: list[bool]) -> Iterator[tuple[tuple[int, int], Cell]]:
    """What stands in each cell, row and column counted from 0. A cell may leave out where it is: after the last one."""
    row = -1
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
                yield (row, column), _shown(cell, words, dates)


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
    style = cell.get("s", "0")
    if style.isascii() and style.isdigit() and len(style) < 9 and int(style) < len(dates) and dates[int(style)]:
        return DATE
    if _NUMBER.fullmatch(value.strip()):
        return int(value)
    try:
        return float(value)
    except ValueError:
        raise DamagedSheet from None
