"""What an answer was written in: every way in which people write a grid, found out and read.

    words.py    one cell as one number
    rows.py     rows of words: what ends a row, what parts cells, and whether a comma is a point
    markup.py   tables and matrices in Markdown, org, HTML, LaTeX
    code.py     what programs print and read: Python, NumPy, PyTorch, TensorFlow, R, MATLAB, Julia
    entries.py  a grid told cell by cell: y[0][1] = 3
    labels.py   a grid of numbers among its headings
    prose.py    the words around an answer: `My answer is:`, `Y =`
    loose.py    headings, remarks, quotes and the like, where nothing can be read without taking them away
    grouped.py  digits in groups: `1,200`

A text may be read in more than one way (`4,5; 6,7`): then all of them are given, the likeliest first, and whoever knows
the size that was asked for chooses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ...language import _
from .code import from_code
from .entries import from_entries
from .grouped import paired, ungrouped, words_ungrouped
from .labels import without_count
from .loose import is_list, loosened
from .markup import from_markup
from .prose import bare
from .reading import Decimal, Reading, Unreadable, even, is_cell
from .rows import from_rows, plain_rows
from .words import mixed_joined

_IN_GROUPS = re.compile(r"\d(?:[,.]|\{,\})\d{3}")


def readings(text: str, decimal: Decimal) -> list[Reading]:
    """Every way to read a text, the likeliest first. Raises `Unreadable` where there is none."""
    try:
        found, problem = _as_they_stand(text, decimal), None
    except Unreadable as why:
        found, problem = [], why
    if not any(map(_is_grid, found)):
        loose = [one for other in loosened(text) for one in _tried(other, decimal)]
        loose += [replace(one, kind="grouped") for other in ungrouped(text) for one in _tried(other, decimal)]
        loose += _mixed(text, decimal)
        if any(map(_is_grid, loose)):
            unsure = _("it has words or numbers around its cells; hand in the cells alone")
            return [replace(one, unsure=unsure) for one in loose if _is_grid(one)]
        if problem is not None:
            raise problem
        return found
    return [*found, *(one for one in _besides(text, decimal, found) if _is_grid(one))]


def _besides(text: str, decimal: Decimal, found: list[Reading]) -> Iterator[Reading]:
    """What else a grid may say: its rows numbered, its digits in groups, or its commas of two kinds."""
    if "\n" in text and is_list(text):
        yield from (one for other in loosened(text) for one in _tried(other, decimal))
    yield from (replace(one, kind="grouped") for other in ungrouped(text) for one in _tried(other, decimal))
    yield from (replace(one, kind="doubtful") for one in _mixed(text, decimal))
    may_be = _IN_GROUPS.search(text) is not None
    for one in found:
        if may_be and (words := words_ungrouped(one.data)):
            yield replace(one, data=words, kind="grouped", comma=False)
        if rows := without_count(one.data):
            yield replace(one, data=rows, kind="doubtful")
    if decimal == "auto" and "," in text:
        yield from (replace(one, kind="doubtful") for one in _tried(paired(text), "point"))


def _mixed(text: str, decimal: Decimal) -> list[Reading]:
    """With 3 1/3 as one number."""
    joined = mixed_joined(text)
    return _tried(joined, decimal) if joined != text else []


def _as_they_stand(text: str, decimal: Decimal) -> list[Reading]:
    if rows := plain_rows(text):
        return _typed([Reading(rows, is_grid=True)])
    if found := from_markup(text):
        return _typed(found)
    if ("=" in text or ":" in text) and (entries := from_entries(text)):
        return _typed([Reading(entries)])
    text = bare(text)
    if not text:
        raise Unreadable("")
    return _typed(from_markup(text)) or from_code(text, decimal) or _typed(from_rows(text, decimal))


def _typed(found: list[Reading]) -> list[Reading]:
    return [replace(one, typed=True) for one in found]


def _tried(text: str, decimal: Decimal) -> list[Reading]:
    try:
        return _as_they_stand(text, decimal) if text else []
    except Unreadable:
        return []


def _is_grid(reading: Reading) -> bool:
    """Whether all that was read are cells, in rows of one length."""
    if reading.is_grid:
        return True
    level: list[Any] = [reading.data]
    while any(isinstance(entry, list) for entry in level):
        if not all(isinstance(entry, list) for entry in level) or not even(level):
            return False
        level = [inner for entry in level for inner in entry]
    return bool(level) and all(not isinstance(word, str) or is_cell(word, reading.comma) for word in level)


__all__ = ["Decimal", "Reading", "Unreadable", "readings"]
