"""What is counted of a class while it is marked: marks, wrong cells, misconceptions.

Only counts are kept, and one example for each misconception, so memory does not grow with the class.
"""

from __future__ import annotations

from collections import Counter

import numpy as np

from ..arithmetic import Array
from ..dataclass import dataclass
from ..exercises.assignment import Assignment
from ..traces.trace import Trace
from .marks import LETTERS, Mark, Part
from .on_disk import DiskSet
from .repeats import SUPERSEDED
from .submission import Submission

BINS = 10
"""Bars of the marks below full ones, which have a bar of their own."""
MOST_SIZES = 200
MOST_EXPLANATIONS = 2000
_WRONG = [LETTERS[state] for state in ("wrong", "imprecise", "unreadable")]
_MISTAKES = tuple(ord(LETTERS[state]) for state in ("wrong", "imprecise", "blank", "unreadable"))

Codes = tuple[str, ...]


def _is_mistaken(part: Part) -> bool:
    """Whether something in it is wrong, and not only left open, or right in view of an earlier mistake."""
    return part.given is not None or any(letter in part.cells for letter in _WRONG)


@dataclass
class Heat:
    """Counts by cell, of all answers to exercises whose outputs have one shape."""

    trace: Trace  # one of those
    wrong: Array
    blank: Array
    of: int = 0


class Tally:
    """Counts marks as they come: marks by answers, misconceptions by students."""

    def __init__(self, assignment: Assignment) -> None:
        self.assignment = assignment
        self.statuses: Counter[str] = Counter()
        self.right = 0
        self.students = 0
        self.mistaken = 0  # students in whose answers something is wrong
        self.explained = 0  # those of whom a misconception is named
        self.unfinished = 0  # students in whose answers nothing is wrong, but something is left open
        self.earned = 0.0  # sum of shares of the points
        self.bins = [0] * (BINS + 1)
        self.heat: dict[tuple[int, tuple[int, ...]], Heat] = {}  # by part and shape
        self.sizes: Counter[tuple[int, ...]] = Counter()
        self.codes: Counter[Codes] = Counter()  # of students
        self._seen = DiskSet()
        self.examples: dict[Codes, tuple[Submission, int]] = {}  # an answer, and which part of it
        self._explained: dict[Codes, int] = {}  # so many cells of the example; 0 where it is not explained whole
        self.by_variant: dict[str, list[float]] = {}  # answers, earned, right

    def add(self, submission: Submission, mark: Mark) -> None:
        """Count one more mark."""
        if mark.status == SUPERSEDED:
            return
        self.statuses[mark.status] += 1
        self.students += self._is_first("here", mark)
        if mark.score is None:
            return
        share = mark.score / mark.max_score if mark.max_score else 0.0
        self.earned += share
        self.right += mark.correct is True
        self.bins[min(BINS, int(share * BINS + 1e-9))] += 1
        if mark.variant:
            row = self.by_variant.setdefault(mark.variant, [0, 0.0, 0])
            row[0] += 1
            row[1] += share
            row[2] += mark.correct is True
        if mark.status != "marked":
            return
        mistaken = any(map(_is_mistaken, mark.parts))
        self.mistaken += mistaken and self._is_first("mistaken", mark)
        self.explained += mistaken and bool(mark.codes) and self._is_first("explained", mark)
        self.unfinished += not mistaken and not mark.correct and self._is_first("unfinished", mark)
        for number, part in enumerate(mark.parts):
            self._add_part(submission, mark, number, part)

    def _is_first(self, what: str, mark: Mark) -> bool:
        """Whether this is the first of a student of which this is so."""
        return self._seen.add(what, mark.student or f"\0{mark.name}")

    def _add_part(self, submission: Submission, mark: Mark, number: int, part: Part) -> None:
        if part.given is not None:
            if part.given in self.sizes or len(self.sizes) < MOST_SIZES:
                self.sizes[part.given] += 1
        elif part.cells:
            self._add_cells(submission, number, part)
        codes = part.codes
        if not codes or (codes not in self.codes and len(self.codes) >= MOST_EXPLANATIONS):
            return
        self.codes[codes] += self._is_first("+".join(codes), mark)
        mistakes = sum(part.cells.count(letter) for letter in "wi")
        complete = bool(part.cells) and part.explains >= mistakes and not part.ties
        # Of those that are explained whole the one that shows most; else the first.
        explained = part.explains if complete else 0
        if codes not in self.examples or explained > self._explained[codes]:
            self.examples[codes] = submission, number
            self._explained[codes] = explained

    def _add_cells(self, submission: Submission, number: int, part: Part) -> None:
        heat = self.heat.get((number, part.shape))
        if heat is None:
            cells = len(part.cells)
            trace = self.assignment.exercises[submission.variant].traces[number]
            heat = self.heat[number, part.shape] = Heat(trace, np.zeros(cells, np.int64), np.zeros(cells, np.int64))
        heat.of += 1
        if part.cells.count("r") == len(part.cells):
            return
        letters = np.frombuffer(part.cells.encode(), np.uint8)
        wrong, imprecise, blank, unreadable = _MISTAKES
        heat.wrong += (letters == wrong) | (letters == imprecise)
        heat.blank += (letters == blank) | (letters == unreadable)
