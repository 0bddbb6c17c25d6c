"""What programs print and read: lists in brackets, NumPy's, PyTorch's and TensorFlow's prints, R, MATLAB, Julia.

    [[4, 3], [2, 1]]     tensor([[4., 3.], [2., 1.]])     matrix(c(4, 3, 2, 1), nrow=2, byrow=TRUE)     [4 3; 2 1]

To add one: a function that finds its grids, and a line in `from_code`.
"""

from __future__ import annotations

import re
from typing import Any

from ...io.literals import json_words
from ...language import _
from .reading import Decimal, Reading, Unreadable
from .rows import from_rows
from .words import mixed_joined, number

LONGEST_BEHIND = 400
"""Characters behind an array, such as its type and its device."""
DEEPEST = 16
"""Axes that an answer may have."""

_TOKEN = re.compile(r"[\[\](),;]|\"[^\"\n]*\"|'[^'\n]*'|[^\s\[\](),;\"']+|[\"']")
_TF = re.compile(r"<tf\.\w{1,40}[^>]{0,400}?numpy=\s*(.*)>", re.DOTALL)
_AFTER = re.compile(
    r"[\s)>;.]*+(?:,\s*[A-Za-z_]\w*\s*=\s*(?:<[^<>]*>|\([\d,\s]*\)|'[^']*'|\"[^\"]*\"|[\w.]++)[\s)>;.]*+)*"
    r"(?:\s*print\(\w*\)\s*)?(?:,\s*(?:np\.|numpy\.|torch\.)?(?:float|int|uint)\d*[\s)>;.]*)?"
)
_BARE = re.compile(r"(?<=[\[,\s])([-+]?\d{1,40}/\d{1,40}|_{1,9}|\?)(?=\s*[\],])")
_R_MATRIX = re.compile(r"matrix\(\s*c\(([^()]*)\)\s*((?:,[^()]*)?)\)", re.DOTALL)
_VECTOR = re.compile(r"\bc[ ]?\(")
_R_HEAD = re.compile(r"^[ \t]*(?:\[,\d+\][ \t]*)+$", re.MULTILINE)
_R_ROW = re.compile(r"^[ \t]*\[\d+,\]", re.MULTILINE)
_R_VECTOR = re.compile(r"^[ \t]*\[\d+\](?=[ \t]+[-\d.])", re.MULTILINE)
_JULIA_HEAD = re.compile(r"^[ \t]*\d+(?:[×x]\d+)*(?:-element)?[ \t]+[A-Z]\w*\{.*\}:?[ \t]*$", re.MULTILINE)
_COLUMNS = re.compile(r"^[ \t]*Columns? \d+(?: (?:through|and|to) \d+)?:?[ \t]*$", re.MULTILINE)
_SCALE = re.compile(r"^[ \t]*1\.0e([+-]?\d{1,3})[ \t]*\*[ \t]*$", re.MULTILINE | re.IGNORECASE)


def from_code(text: str, decimal: Decimal) -> list[Reading]:
    """Every reading of a program's text; none where it is in no such form. Raises `Unreadable` where it is broken."""
    if match := _R_MATRIX.search(text):
        return [Reading(_r_matrix(match))]
    if _R_HEAD.search(text) and _R_ROW.search(text):
        return from_rows(_R_ROW.sub("", _R_HEAD.sub("", text)).strip("\n"), decimal)
    if _JULIA_HEAD.search(text):
        return from_rows(_JULIA_HEAD.sub("", text).strip("\n"), decimal)
    if _COLUMNS.search(text):
        return from_rows(_side_by_side(text), decimal)
    if (scale := _SCALE.search(text)) and text[scale.end() :].strip():
        rows = [row.split() for row in text[scale.end() :].split("\n") if row.strip()]
        return [Reading([[f"{cell}e{int(scale[1])}" for cell in row] for row in rows])]
    if _R_VECTOR.match(text):
        return from_rows(" ".join(_R_VECTOR.sub("", text).split()), decimal)
    if match := _TF.match(text):
        text = match[1]
    if text.startswith("{") and '"' in text:
        return _object(text)
    return _in_brackets(text.replace("{", "[").replace("}", "]"), decimal)


def _in_brackets(text: str, decimal: Decimal) -> list[Reading]:
    """Lists within lists, or rows within one pair of brackets; nothing where there are no brackets around it."""
    text = _VECTOR.sub("(", text) if "rbind" in text else text
    first = next((i for i, c in enumerate(text) if c in "[("), None)
    if first is None or re.search(r"[0-9]", text[:first]):
        if any(c in "[]" for c in text):
            raise Unreadable(_("the answer has something outside its brackets"))
        return []
    if text[first] == "(" and (square := text.find("[", first)) >= 0 and not re.search(r"[0-9]", text[first:square]):
        first = square if not text[first + 1 : square].strip(" (\n") else first
    last = _closing(text, first)
    if "=" in text[last + 1 :].partition("\n")[0].partition(",")[0]:
        return []  # `max(4, 3) = 4` is a working, no list
    if _several(text[first:]):
        listed = _nested(f"[{text[first:]}]")
        return [Reading(listed, blocks=isinstance(listed[0][0], list))]
    behind = text[last + 1 :]
    if len(behind) > LONGEST_BEHIND or not _AFTER.fullmatch(behind):
        if re.fullmatch(r"[\])\s]+", behind):
            raise Unreadable(_("the answer closes a bracket that was never opened"))
        raise Unreadable(_("the answer has something outside its brackets"))
    group = text[first : last + 1]
    inner = _without_quotes(group[1:-1])
    if not re.search(r"[\[\](]", inner) and (";" in inner or ("\n" in inner.strip() and "," not in inner)):
        rows = from_rows(inner.strip(), decimal)
        return [*rows, *_wrapped(inner)]
    if re.search(r"(?<![\d.])(?:\.\.\.|…)(?![\d.])", inner) and ("," not in inner or "\n" in inner):
        raise Unreadable(_("the answer is cut short with …; print all of it"))
    return [Reading(_nested(mixed_joined(group) if "," in group else group))]


def _without_quotes(inner: str) -> str:
    """`np.matrix('4 3; 2 1')`"""
    quoted = re.fullmatch(r"\s*(['\"])([^'\"\[\]()]*)\1\s*", inner)
    return quoted[2] if quoted and " " in quoted[2].strip() else inner


def _several(text: str) -> bool:
    """Whether a text is one list after another: a row each, or a grid for each channel."""
    for _depth in range(2):
        one_less = re.sub(r"[\[(][^\[\]()]*[\])]", "", text)
        if one_less.strip(" \t\n,;") == "":
            return one_less != "" and len(re.findall(r"[\[(]", text)) > 1
        text = re.sub(r"[\[(]([^\[\]()]*)[\])]", "", text)
    return False


def _wrapped(inner: str) -> list[Reading]:
    """A list without commas that was too long for one line is one row, too."""
    words = inner.split()
    return [Reading(words)] if ";" not in inner and all(number(word) is not None for word in words) else []


def _closing(text: str, first: int) -> int:
    """Where the bracket that opens at `first` closes."""
    depth = 0
    for found in re.finditer(r"[\[\]()]|\"[^\"\n]*\"|'[^'\n]*'", text[first:]):
        depth += (found[0] in "[(") - (found[0] in "])")
        if depth == 0:
            return first + found.start()
    raise Unreadable(_("the answer opens a bracket that is never closed"))


def _nested(text: str) -> Any:
    """Lists in brackets as nested lists of words, without recursion; between two commas there is a cell."""
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
    return outer[0]


def _r_matrix(match: re.Match[str]) -> list[list[str]]:
    """`matrix(c(4, 3, 2, 1), nrow=2, byrow=TRUE)`; R fills columns first where it is not told otherwise."""
    words = [word.strip() for word in match[1].split(",")]
    options = dict(re.findall(r"(nrow|ncol|byrow)\s*=\s*(\w+)", match[2]))
    places = [word for word in re.findall(r",\s*(\w+)(?=\s*(?:,|$))", match[2].strip()) if "=" not in word]
    rows = _size(options.get("nrow") or (places[0] if places else ""))
    columns = _size(options.get("ncol") or (places[1] if len(places) > 1 else ""))
    rows = rows or (len(words) // columns if columns else len(words))
    columns = columns or len(words) // (rows or 1)
    if rows * columns != len(words):
        problem = _("the answer has {n} numbers for a matrix of {rows} × {columns}")
        raise Unreadable(problem.format(n=len(words), rows=rows, columns=columns))
    if options.get("byrow", places[2] if len(places) > 2 else "F").upper() in ("T", "TRUE"):
        return [words[r * columns : (r + 1) * columns] for r in range(rows)]
    return [words[r::rows] for r in range(rows)]


def _size(word: str) -> int:
    return int(word) if word.isdecimal() and len(word) < 7 else 0


def _side_by_side(text: str) -> str:
    """MATLAB's wide matrices, printed some columns at a time."""
    parts = [part.strip("\n") for part in _COLUMNS.split(text) if part.strip()]
    grids = [[line.split() for line in part.split("\n") if line.strip()] for part in parts]
    if len({len(grid) for grid in grids}) != 1:
        raise Unreadable(_("the answer's columns have different lengths"))
    return "\n".join(" ".join(word for grid in grids for word in grid[r]) for r in range(len(grids[0])))


def _object(text: str) -> list[Reading]:
    """`{"answer": [[4, 3], [2, 1]]}`"""
    try:
        found = loaded(text)
    except (ValueError, RecursionError):
        raise Unreadable(_("the answer is not JSON")) from None
    if not isinstance(found, dict) or (grid := answer_of(found)) is None:
        raise Unreadable(_("the answer should be a list of rows, or have a key answer"))
    return [Reading(grid)]


def loaded(text: str) -> Any:
    """JSON whose numbers are words, with fractions and blanks as people write them there. Raises `ValueError`.

    >>> loaded('{"answer": [[10/3, _]]}')
    {'answer': [['10/3', '_']]}
    """
    return json_words(_BARE.sub(r'"\1"', text))


def answer_of(found: dict[str, Any]) -> Any:
    """What stands under `answer`, or under the one key that has a list or is called so; None where that is not sure."""
    if "answer" in found:
        return found["answer"]
    lists = {key: value for key, value in found.items() if isinstance(value, list)}
    called = [value for key, value in lists.items() if re.fullmatch(r"outputs?|results?|y", key, re.IGNORECASE)]
    rows = [value for key, value in lists.items() if re.fullmatch(r"(?:row|r)?[ _-]?\d{1,3}", key, re.IGNORECASE)]
    if len(rows) == len(found) > 1:
        return rows
    return called[0] if len(called) == 1 else next(iter(lists.values())) if len(lists) == 1 else None


__all__ = ["DEEPEST", "answer_of", "from_code", "loaded"]
