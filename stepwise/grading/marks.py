"""The mark of one answer: small, plain data that reports, overviews and other processes are told by.

A `Mark` is what remains of a verdict when ten thousand others have to be kept beside it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any

from ..dataclass import dataclass

LETTERS = {"right": "r", "wrong": "w", "blank": "b", "unreadable": "u", "imprecise": "i", "carried": "c"}


@dataclass(frozen=True)
class Part:
    """One exercise's answer, or one part of a chain's: the size that was due, and a letter for each cell."""

    shape: tuple[int, ...]
    cells: str = ""  # row-major, a letter of `LETTERS` for each; empty where the size is wrong
    given: tuple[int, ...] | None = None  # the size handed in, where it is not the one due
    codes: tuple[str, ...] = ()  # the misconceptions that explain what is wrong
    ties: tuple[tuple[str, ...], ...] = ()  # others that explain as much
    explains: int = 0  # so many of the wrong cells
    followed: bool = False  # right only in view of an earlier mistake
    earned: float = 0.0
    points: float = 0.0
    unread: bool = False  # for a person to look at: nobody knows yet what it has earned


@dataclass(frozen=True)
class Mark:
    """What one answer earned, and why."""

    student: str
    variant: str
    name: str  # the file, or the line of the table
    status: str  # "marked"; "blank": nothing was written; "unreadable": for a person to look at; see `repeats`, too
    score: float | None  # None where it could not be read: no machine gives that a 0
    max_score: float
    correct: bool | None
    note: str = ""  # in words: what is wrong and why, or why it could not be read
    parts: tuple[Part, ...] = field(default=())
    own_note: str | None = None  # what is noted of the answer itself, where `note` tells first which of several it is

    @property
    def codes(self) -> tuple[str, ...]:
        """The misconceptions named, each once, in the order of the parts."""
        return tuple(dict.fromkeys(code for part in self.parts for code in part.codes))

    @property
    def diagnosis(self) -> str:
        """The misconceptions as one word for a table: `a+b` where both explain it, `a|b` where either does."""
        found = ["|".join("+".join(codes) for codes in (part.codes, *part.ties)) for part in self.parts if part.codes]
        return " ".join(dict.fromkeys(found))

    def record(self) -> dict[str, Any]:
        """The mark as JSON takes it, without what says nothing."""
        own = {name: value for name, value in vars(self).items() if value not in ("", ()) and name not in _APART}
        parts = [{name: value for name, value in vars(p).items() if value not in ("", (), None, 0)} for p in self.parts]
        return own | ({"parts": parts} if parts else {})

    @staticmethod
    def of(record: Any) -> Mark:
        """The mark that a record tells. Raises `ValueError` for data that is no mark's."""
        own = _fields(Mark, record, _OF_MARK)
        parts = own.pop("parts", [])
        if not isinstance(parts, list) or own["status"] not in STATUSES:
            raise ValueError("not a mark")
        return Mark(**own, parts=tuple(Part(**_fields(Part, part, _OF_PART)) for part in parts))


_APART = ("parts", "own_note")
STATUSES = ("marked", "blank", "unreadable")


def _words(value: Any) -> bool:
    return isinstance(value, str)


def _number(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value)


def _count(value: Any) -> bool:
    return type(value) is int and 0 <= value < 2**53


def _tuple_of(inner: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: isinstance(value, list) and all(map(inner, value))


_OF_MARK: Mapping[str, Callable[[Any], Any]] = {
    "student": _words, "variant": _words, "name": _words, "status": _words, "note": _words,
    "score": lambda value: value is None or _number(value), "max_score": _number,
    "correct": lambda value: value is None or isinstance(value, bool), "parts": lambda value: True,
}  # fmt: skip
_OF_PART: Mapping[str, Callable[[Any], Any]] = {
    "shape": _tuple_of(_count), "cells": lambda value: _words(value) and set(value) <= set(LETTERS.values()),
    "given": _tuple_of(_count), "codes": _tuple_of(_words), "ties": _tuple_of(_tuple_of(_words)), "explains": _count,
    "followed": lambda value: isinstance(value, bool), "earned": _number, "points": _number,
    "unread": lambda value: isinstance(value, bool),
}  # fmt: skip
"""What is kept of each, and what it must be."""


def _fields(kind: type[Any], record: Any, known: Mapping[str, Callable[[Any], Any]]) -> dict[str, Any]:
    """A record's fields, checked; lists become tuples. What is not written down is what says nothing."""
    if not isinstance(record, dict):
        raise ValueError("not a record")
    values: dict[str, Any] = {"student": "", "variant": "", "name": ""} if kind is Mark else {"shape": ()}
    for name, fits in known.items():
        if name in record:
            if not fits(record[name]):
                raise ValueError(f"{name} is not what it should be")
            values[name] = _tuples(record[name]) if name != "parts" else record[name]
    for name in ("status", "score", "max_score", "correct") if kind is Mark else ():
        if name not in values:
            raise ValueError(f"{name} is missing")
    return values


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
