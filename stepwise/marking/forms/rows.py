"""Rows of words: what ends a row, what parts its cells, and whether a comma is a decimal point.

    4 3; 2 1      4,3\\n2,1      4 3 / 2 1      4,0;3,0\\n2,0;1,0      4\\t3\\n2\\t1      3+1 = 4, 2+1 = 3; …

Each way of writing is a `_Style`; those by which a text becomes an even grid of numbers are its readings.
To add one: a line in `STYLES`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ...dataclass import dataclass
from ...language import _
from .reading import MOST_WORDS, Decimal, Reading, Rows, Unreadable, even, is_cell, of_grids, too_many

_LOOSE_SLASH = re.compile(r"(?<![ \t])[ \t]*/[ \t]*")  # a run of spaces is tried once, not from each of its spaces
_TIGHT, _SPACED = re.compile(r"[0-9],[0-9]"), re.compile(r"[0-9.][ \t]+[-+.0-9]")  # both in one row: 3,25 4,5
_EMPTY_LINE = re.compile(r"\n[ \t\r]*\n")
_SPACE_OR_COMMA = re.compile(r"\s*,\s*|\s+")


@dataclass(frozen=True)
class _Style:
    """One way to write a grid as text."""

    written: Callable[[str], bool]  # whether a text may be written so
    rows: Callable[[str], list[str]]
    cells: Callable[[str], list[str]]
    comma: bool = False


def _by_space(row: str) -> list[str]:
    return row.split()


def _by_space_or_comma(row: str) -> list[str]:
    return _SPACE_OR_COMMA.split(row)


def _by(sign: str) -> Callable[[str], list[str]]:
    return lambda row: [cell.strip() for cell in row.split(sign)]


def _at_top_level(row: str) -> list[str]:
    """Cells parted by commas or wide spaces, but not by those within brackets: `max(4, 3) = 4, max(3, 1) = 3`."""
    cells: list[list[str]] = [[]]
    depth = 0
    for piece in re.split(r"([(),]|[ ]{2,}|\t)", row.strip()):
        depth += (piece == "(") - (piece == ")")
        if depth == 0 and (piece == "," or (piece.isspace() and len(piece) > 1) or piece == "\t"):
            cells.append([])
        else:
            cells[-1].append(piece)
    return ["".join(cell).strip() for cell in cells]


def _by_wide_comma(row: str) -> list[str]:
    """Cells parted by a comma and a space: 7,5, 11,5."""
    return [cell.strip() for cell in re.split(r",[ \t]+", row)]


def _lines(text: str) -> list[str]:
    return text.split("\n")


def _ended(text: str) -> list[str]:
    """Rows ended by `;` or a new line."""
    return re.split(r"[;\n]", _LOOSE_SLASH.sub("/", text))


def _slashed(text: str) -> list[str]:
    """Rows ended by a `/` of its own."""
    return re.split(r"[;\n]|(?<=[ \t\n])/(?=[ \t\n])|/(?=\n)|(?<=\n)/", text)


def _tightly_slashed(text: str) -> list[str]:
    return re.split(r"[;\n/]", text)


def _barred(text: str) -> list[str]:
    """The two rows on either side of the only bar."""
    return text.split("|")


def _has_one_bar(text: str) -> bool:
    return text.count("|") == 1 and "\n" not in text.strip()


def _with_wide_comma(sign: str) -> Callable[[str], bool]:
    """Whether a text with this sign may have its cells parted by a comma and a space, beside decimal commas."""
    return lambda text: sign in text and ", " in text and bool(_TIGHT.search(text))


def _is_lines(text: str) -> bool:
    """Whether `;` stands within lines, so that it may part cells."""
    return bool(re.search(r";[ \t]*[^\s;]", text)) and "\n" in text.strip()


def _has_slashed_rows(text: str) -> bool:
    """Whether a `/` of its own stands behind more than one word, so that it is no fraction."""
    first, slash, _rest = text.partition(" / ")
    return bool(slash) and len(first.split(maxsplit=2)) > 1


def _without_last(sign: str, cells: Callable[[str], list[str]]) -> Callable[[str], list[str]]:
    """Cells of a row that ends with the sign that parts them, or that parts rows in a program."""
    return lambda row: cells(row.rstrip().removesuffix(sign))


STYLES = (
    _Style(_is_lines, _lines, _by(";"), comma=True),
    _Style(_is_lines, _lines, _by(";")),
    _Style(_has_slashed_rows, _slashed, _by_space_or_comma),
    _Style(lambda text: "=" not in text, _ended, _by_space_or_comma),
    _Style(lambda text: "/" in text, _slashed, _by_space_or_comma),
    _Style(lambda text: "/" in text, _slashed, _by_space, comma=True),
    _Style(lambda text: "/" in text, _tightly_slashed, _by_space_or_comma),
    _Style(lambda text: "/" in text and "," in text, _tightly_slashed, _by_space, comma=True),
    _Style(_with_wide_comma("/"), _slashed, _by_wide_comma, comma=True),
    _Style(_with_wide_comma("/"), _tightly_slashed, _by_wide_comma, comma=True),
    _Style(lambda text: ",\n" in f"{text}\n", _ended, _without_last(",", _by_space_or_comma)),
    _Style(lambda text: ";\n" in f"{text}\n", _lines, _without_last(";", _by(";"))),
    _Style(lambda text: ";\n" in f"{text}\n", _lines, _without_last(";", _by(";")), comma=True),
    _Style(lambda text: "," in text, _ended, _by_space, comma=True),
    _Style(lambda text: bool(_TIGHT.search(text) and ", " in text), _ended, _by_wide_comma, comma=True),
    _Style(lambda text: "," in text, _ended, _by(",")),
    _Style(lambda text: ";" in text, _lines, _by(";"), comma=True),
    _Style(lambda text: ";" in text, _lines, _by(";")),
    _Style(_has_one_bar, _barred, _by_space_or_comma),
    _Style(_has_one_bar, _barred, _by_space, comma=True),
    _Style(lambda text: _has_one_bar(text) and ", " in text, _barred, _by_wide_comma, comma=True),
    _Style(lambda text: "\t" in text, _lines, _by("\t")),
    _Style(lambda text: "\t" in text and "," in text, _lines, _by("\t"), comma=True),
    _Style(lambda text: "=" in text, _ended, _at_top_level),
    _Style(lambda text: "=" in text and not re.search(r" =|= ", text), _ended, _by_space),
)


_NUMBER = r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,15})?"
_PLAIN_ROW = rf"{_NUMBER}(?: {_NUMBER}){{1,99}}+"
_PLAIN = re.compile(rf"{_PLAIN_ROW}(?:; {_PLAIN_ROW}){{0,99}}+")


def plain_rows(text: str) -> Rows:
    """The rows of a text such as `4 3; 2 1`, which nobody can read otherwise; nothing of any other text.

    Nearly every answer is one, and is read in a fraction of the time that trying all styles takes.
    """
    if not _PLAIN.fullmatch(text):
        return []
    rows = [row.split(" ") for row in text.split("; ")]
    return rows if even(rows) else []


def from_rows(text: str, decimal: Decimal) -> list[Reading]:
    """Every reading of rows of words; where none is even and all numbers, the plain one, whose odd cells are told.

    Raises `Unreadable` where the rows are of different lengths, or commas both part cells and stand in numbers.
    """
    found: list[Reading] = []
    if ";;" in text:  # channels, as in an input that is typed
        parted = from_rows(re.sub(r";(?:[ \t]*;)+", "\n\n", text), decimal)
        found = [reading for reading in parted if reading.blocks and reading.is_grid]
    for style in STYLES:
        if style.written(text) and (decimal == "auto" or style.comma == (decimal == "comma") or "," not in text):
            reading = _read(text, style)
            if reading is not None and reading.data not in [other.data for other in found]:
                found.append(reading)
    found += [
        _rows_apart(reading) for reading in found if reading.blocks and all(len(grid) == 1 for grid in reading.data)
    ]
    return found or [_as_it_stands(text, decimal)]


def _rows_apart(reading: Reading) -> Reading:
    """Rows with empty lines between them, as one grid."""
    return Reading([grid[0] for grid in reading.data], reading.comma)


def _read(text: str, style: _Style) -> Reading | None:
    """The reading of a text in one style, None where it is no grid of numbers so."""
    grids = []
    for block in _EMPTY_LINE.split(text.strip("\n")):
        rows = [row for row in style.rows(_without_end(block)) if row.strip()]
        if not style.comma and style.cells is _by_space_or_comma and any(map(_mixed, rows)):
            return None
        grid = [style.cells(row.strip(" ")) for row in rows]
        if not even(grid):
            return None
        if len(grid) * len(grid[0]) > MOST_WORDS:
            raise too_many(len(grid) * len(grid[0]))
        if not all(is_cell(cell, style.comma) for row in grid for cell in row):
            return None
        grids.append(grid)
    alike = len({(len(grid), len(grid[0])) for grid in grids}) == 1
    return of_grids(grids, style.comma, is_grid=alike) if grids else None


def _without_end(block: str) -> str:
    """The `;` after the last row is no row."""
    return block.strip().rstrip(";") if "\t" not in block else block.strip("\n").rstrip(";")


def _mixed(row: str) -> bool:
    """Whether commas stand within numbers while spaces part them: 3,25 4,5."""
    return bool(_TIGHT.search(row) and _SPACED.search(row))


def _as_it_stands(text: str, decimal: Decimal) -> Reading:
    """Rows ended by `;` or a new line, whatever is in them."""
    grids: list[Rows] = []
    for block in _EMPTY_LINE.split(text):
        rows = [row for row in _ended(_without_end(block)) if row.strip()]
        if decimal != "comma" and (odd := next(filter(_mixed, rows), None)):
            mixed = _("{row} has cells separated by commas and by spaces; write decimals as 3.25, or use one separator")
            raise Unreadable(mixed.format(row=repr(odd.strip()[:40])))
        parted = _by_space if decimal == "comma" else _by_space_or_comma
        grids.append([parted(row.strip()) for row in rows])
    grids = [grid for grid in grids if grid]
    if not grids:
        raise Unreadable(_("the answer is empty"))
    if len(grids) == 1 and (table := _numbered(grids[0])):
        return Reading(table)
    return of_grids(grids, decimal == "comma")


def _numbered(rows: Rows) -> Rows:
    """The grid of a print that numbers its rows and columns, as pandas does; nothing of anything else."""
    head, *below = rows
    if not below or head != [str(i) for i in range(len(head))]:
        return []
    if any(len(row) != len(head) + 1 or row[0] != str(i) for i, row in enumerate(below)):
        return []
    return [row[1:] for row in below]
