"""The mark of one answer: small, plain data that reports, overviews and other processes are told by.

A `Mark` is what remains of a verdict when ten thousand others have to be kept beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

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

    @property
    def codes(self) -> tuple[str, ...]:
        """The misconceptions named, each once, in the order of the parts."""
        return tuple(dict.fromkeys(code for part in self.parts for code in part.codes))

    @property
    def diagnosis(self) -> str:
        """The misconceptions as one word for a table: `a+b` where both explain it, `a|b` where either does."""
        told = ["|".join("+".join(codes) for codes in (part.codes, *part.ties)) for part in self.parts if part.codes]
        return " ".join(dict.fromkeys(told))

    def record(self) -> dict[str, Any]:
        """The mark as JSON takes it, without what says nothing."""
        own = {name: value for name, value in vars(self).items() if value not in ("", ()) and name != "parts"}
        parts = [{name: value for name, value in vars(p).items() if value not in ("", (), None, 0)} for p in self.parts]
        return own | ({"parts": parts} if parts else {})

    @staticmethod
    def of(record: Mapping[str, Any]) -> Mark:
        """The mark that a record tells. Raises `KeyError` or `TypeError` for any other mapping."""
        parts = tuple(
            Part(
                shape=tuple(part.get("shape", ())),
                cells=part.get("cells", ""),
                given=tuple(part["given"]) if "given" in part else None,
                codes=tuple(part.get("codes", ())),
                ties=tuple(map(tuple, part.get("ties", ()))),
                explains=part.get("explains", 0),
                followed=part.get("followed", False),
                earned=part.get("earned", 0.0),
                points=part.get("points", 0.0),
            )
            for part in record.get("parts", ())
        )
        return Mark(
            student=record.get("student", ""),
            variant=record.get("variant", ""),
            name=record.get("name", ""),
            status=record["status"],
            score=record["score"],
            max_score=record["max_score"],
            correct=record["correct"],
            note=record.get("note", ""),
            parts=parts,
        )
