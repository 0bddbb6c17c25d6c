"""Answers in files: text in any form, programs and pages among it, CSV, JSON, YAML, NumPy's format, a spreadsheet.

A file comes from a stranger too: nothing in it is executed, or unpacked without a bound. Only a file that cannot be
opened raises; one that holds no answer gives an `Answer` that says why.

To add a kind: a reader, and a line in `READERS`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Sequence
from io import StringIO
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from ruamel.yaml.error import YAMLError

from ..io.arrays import npy_array
from ..io.files import NotRead, PathLike, read_bytes
from ..io.literals import json_words
from ..io.yaml_data import Indirect, read_yaml
from ..language import _, listed
from .answers import LONGEST, MOST_CELLS, Answer, grid_of, read_answer
from .forms import Decimal
from .forms.reading import MOST_WORDS, Rows, too_many
from .forms.surely import in_doubt, odd_beside
from .parted import taken_apart
from .sheets import HIDDEN, STRUCK, DamagedSheet, Workbook, read_workbook
from .tabled import each_grid, only_grid

if TYPE_CHECKING:
    from .parts import Part

MOST_BYTES = 2**25
"""The largest file that is read as an answer; larger ones are refused unopened."""
LONGEST_YAML = 20_000
"""Characters of YAML, which takes its time."""
DEEPEST_YAML = 32
"""Brackets in brackets: its reader takes time that grows with their square."""


def answer_from_bytes(data: bytes, suffix: str, decimal: Decimal = "auto") -> Answer:
    """The answer in a file's content, whose kind the suffix tells; never raises for what is in it."""
    reader = READERS.get(suffix.lower())
    if reader is None:
        problem = _("answers are read from {kinds} files, not from {suffix}")
        return Answer(problem=problem.format(kinds=listed(READERS, either=True), suffix=repr(suffix[:20])))
    if len(data) > MOST_BYTES:
        return Answer(problem=_("the file is larger than {n} MB").format(n=MOST_BYTES // 2**20))
    return reader(data, decimal)


def entries_from_bytes(data: bytes, suffix: str, decimal: Decimal, parts: Sequence[Part]) -> list[Any]:
    """What a file's content holds for each part, as it was written there."""
    if suffix.lower() == ".xlsx":
        return _xlsx_parts(data, decimal, parts)
    if suffix.lower() == ".npy":
        return [_npy(data, decimal)]
    if suffix.lower() not in STRUCTURED:
        return taken_apart(data, parts, decimal)
    found = STRUCTURED[suffix.lower()](data)
    if isinstance(found, Answer):
        return [found]
    if isinstance(found, dict) and "parts" in found:
        if odd := odd_beside(found):
            return [Answer(problem=in_doubt(odd))]
        found = found["parts"]
    return taken_apart(found, parts, decimal)


def file_content(path: PathLike) -> bytes | None:
    """A file's content, None where it is too large. Raises `FileError` where it cannot be read."""
    try:
        return read_bytes(path, MOST_BYTES)
    except NotRead as not_read:
        if not_read.why == "large":
            return None
        raise


def _text(data: bytes, decimal: Decimal) -> Answer:
    return read_answer(data, decimal)


def _csv(data: bytes, decimal: Decimal) -> Answer:
    """Cells parted by commas, or by `;` or tabs where no comma can part them; an empty line begins another channel."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return Answer(problem=_("the answer is not text in UTF-8"))
    if len(text) > LONGEST:
        return read_answer(text)
    parting = "," if "," in text and decimal == "point" else ";" if ";" in text else "\t" if "\t" in text else None
    if parting is None:
        return read_answer(text, decimal)
    blocks = [block for block in re.split(r"\r?\n[ \t]*\r?\n", text.strip("\r\n")) if block.strip()]
    try:
        grids = [[row for row in csv.reader(StringIO(block), delimiter=parting) if row] for block in blocks]
    except csv.Error:
        return Answer(problem=_("the answer is not a table that can be read"))
    if not grids:
        return Answer(problem=_("the answer is empty"))
    return grid_of(grids[0], decimal) if len(grids) == 1 else _stacked(grids, decimal)


def _stacked(grids: list[list[list[str]]], decimal: Decimal) -> Answer:
    return read_answer("\n\n".join(_as_text(grid) for grid in grids), decimal)


def _as_text(grid: list[list[str]]) -> str:
    return "\n".join(" ".join("".join(cell.split()) or "_" for cell in row) for row in grid)


def _json(data: bytes, decimal: Decimal) -> Answer:
    """Lists of lists, or an object with such an `answer`; `null` is a blank."""
    text = data.decode("utf-8-sig", errors="replace").strip()
    if text.startswith("["):
        return read_answer(text, decimal)
    return _answer_in(_json_data(data), decimal)


def _json_data(data: bytes) -> Any:
    """What the JSON holds, numbers as they are written; an `Answer` that says why where it cannot be read."""
    text = data.decode("utf-8-sig", errors="replace")
    if len(text) > LONGEST:
        return read_answer(text)
    try:
        return json_words(text)
    except (ValueError, RecursionError):
        return Answer(problem=_("the answer is not JSON"))


def _yaml(data: bytes, decimal: Decimal) -> Answer:
    """As JSON, in YAML."""
    return _answer_in(_yaml_data(data), decimal)


def _yaml_data(data: bytes) -> Any:
    """As `_json_data`: no aliases, which can stand for billions of cells, and no tags."""
    text = data.decode("utf-8-sig", errors="replace")
    if len(text) > LONGEST_YAML:
        problem = _("the answer has {n} characters; at most {most} of YAML are read")
        return Answer(problem=problem.format(n=f"{len(text):,}", most=f"{LONGEST_YAML:,}"))
    try:
        if _depth(text) > DEEPEST_YAML:
            return Answer(problem=_("the answer is nested deeper than any array is"))
        return read_yaml(text, "base")
    except Indirect:
        return Answer(problem=_("the answer has an alias or a tag in its YAML; write the numbers out"))
    except (YAMLError, RecursionError, ValueError, AttributeError, TypeError):
        return Answer(problem=_("the answer is not YAML"))


def _depth(text: str) -> int:
    """How deep brackets stand in brackets, at most."""
    depths = accumulate(text, lambda depth, c: max(0, depth + (c in "[{") - (c in "]}")), initial=0)
    return max(depths)


def _answer_in(found: Any, decimal: Decimal) -> Answer:
    if isinstance(found, dict):
        if "answer" not in found:
            return Answer(problem=_("the answer should be a list of rows, or have a key answer"))
        if odd := odd_beside(found):
            return Answer(problem=in_doubt(odd))
        found = found["answer"]
    return read_answer(found, decimal)


def _npy(data: bytes, decimal: Decimal) -> Answer:
    """An array in NumPy's format; never a pickled one, and never more of it than there is."""
    array = npy_array(data)
    if array is None or array.dtype.kind not in "biuf" or array.size > MOST_CELLS:
        return Answer(problem=_("the answer is not an array of numbers in NumPy's format"))
    return read_answer(array, decimal)


def _xlsx(data: bytes, decimal: Decimal) -> Answer:
    """The grid of a spreadsheet, among its labels; formulas give what was last shown."""
    found = _pages(data)
    return found if isinstance(found, Answer) else only_grid(found, decimal)


def _xlsx_parts(data: bytes, decimal: Decimal, parts: Sequence[Part]) -> list[Any]:
    """The grids of a spreadsheet, one for each part."""
    found = _pages(data)
    return [found] if isinstance(found, Answer) else each_grid(found, len(parts), decimal)


def _pages(data: bytes) -> list[Rows] | Answer:
    """The cells of every sheet that has any, from its first filled one to its last, as words."""
    try:
        book: Workbook = read_workbook(data)
    except DamagedSheet as damage:
        if damage.most:
            problem = _("the spreadsheet unpacks to more than {n} MB")
            return Answer(problem=problem.format(n=damage.most // 2**20))
        return Answer(problem=_("the answer is not a spreadsheet that can be read"))
    marked = next(
        (cell for page in book.pages.values() for cell in page.cells.values() if cell in (HIDDEN, STRUCK)), None
    )
    if marked == STRUCK:
        return Answer(problem=_("the spreadsheet has a number that is struck out"))
    if marked == HIDDEN:
        return Answer(problem=_("the spreadsheet has a hidden cell with something in it"))
    areas = {title: area for title, page in book.pages.items() if (area := page.area)}
    cells = sum((last[0] - first[0] + 1) * (last[1] - first[1] + 1) for first, last in areas.values())
    if cells > 2 * MOST_WORDS:
        return Answer(problem=str(too_many(cells)))
    if not areas:
        return Answer(problem=_("the answer is empty"), empty=True)
    return [book.pages[title].words(*area) for title, area in areas.items()]


STRUCTURED: dict[str, Callable[[bytes], Any]] = {".json": _json_data, ".yaml": _yaml_data, ".yml": _yaml_data}
READERS: dict[str, Callable[[bytes, Decimal], Answer]] = {
    ".txt": _text,
    ".csv": _csv,
    ".json": _json,
    ".yaml": _yaml,
    ".yml": _yaml,
    ".npy": _npy,
    ".xlsx": _xlsx,
    ".tsv": _csv,
    **dict.fromkeys((".md", ".html", ".htm", ".tex", ".org", ".m", ".r", ".jl", ".py"), _text),  # read, never run
}
