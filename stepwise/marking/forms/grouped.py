"""Numbers in groups of three digits: `1,200 3,400`, `1.200;3.400`, `1 200 | 3 400`.

Whether 1,200 is a thousand or a little more than one is told by what is due; that is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

_GROUPS = {sign: re.compile(rf"(?<![\d.,])\d{{1,3}}(?:{re.escape(sign)}\d{{3}})+(?!\d)") for sign in ",. "}
_GROUPED = {
    ",": re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?"),
    ".": re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+(?:,\d*)?"),
}
_LONG = re.compile(r"(?<![\d.,])\d{4,}")
_MAY_BE = re.compile(r"\d[,. ]\d{3}(?!\d)")
_PAIRS = re.compile(r"[ \t]*-?\d+(?:,-?\d+)+[ \t]*")


def ungrouped(text: str) -> Iterator[str]:
    """The text with its groups of digits joined, in each way in which all its numbers may be grouped.

    >>> list(ungrouped("1,200 3,400; 5,600 950")), list(ungrouped("1.234,5 2.000")), list(ungrouped("4,5 3"))
    (['1200 3400; 5600 950'], ['1234,5 2000'], [])
    """
    if not _MAY_BE.search(text) or _LONG.search(text):
        return  # whoever groups digits groups all of them
    for sign, groups in _GROUPS.items():
        joined = groups.sub(lambda match, sign=sign: match[0].replace(sign, ""), text)  # type: ignore[misc]
        left = re.search(rf"\d{re.escape(sign)}\d", joined)
        if joined != text and (sign == " " or not left):
            yield joined


def words_ungrouped(data: Any) -> Any:
    """Nested lists of words with their groups of digits joined; None where they have none, or may have none.

    >>> words_ungrouped([["1,200", "3,400.5"], ["950", "_"]]), words_ungrouped([["4,5", "3"]])
    ([['1200', '3400.5'], ['950', '_']], None)
    """
    joined = _joined(data)
    return joined if joined != data and not _LONG.search(str(data)) else None


def _joined(data: Any) -> Any:
    if isinstance(data, list):
        return [_joined(entry) for entry in data]
    if not isinstance(data, str):
        return data
    sign = "," if _GROUPED[","].fullmatch(data) else "." if _GROUPED["."].fullmatch(data) else ""
    return data.replace(sign, "").replace(",", ".") if sign else data


def paired(text: str) -> str:
    """The text with a point in place of every other comma, where commas may be both: `7,5,11,5` is 7.5 and 11.5.

    >>> paired("7,5,11,5"), paired("1,2,3"), paired("4, 3")
    ('7.5 11.5', '', '')
    """
    rows = [row for row in re.split(r"[;\n]", text) if row.strip()]
    if not rows or not all(map(_PAIRS.fullmatch, rows)):
        return ""
    cells = [row.strip().split(",") for row in rows]
    if any(len(row) % 2 or any("-" in word for word in row[1::2]) for row in cells):
        return ""
    return "; ".join(" ".join(map(".".join, zip(row[::2], row[1::2]))) for row in cells)


__all__ = ["paired", "ungrouped", "words_ungrouped"]
