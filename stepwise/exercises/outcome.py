"""What an answer earns, told alike for an exercise of one question and for one in parts."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from ..arithmetic import Array
from ..marking import PartsVerdict, Verdict


@dataclass(frozen=True, eq=False)
class PartOutcome:
    """One question's verdict, and what it earns."""

    verdict: Verdict
    points: float
    earned: float
    title: str = ""
    followed: bool = False  # whether it is right only in view of an earlier mistake
    penalty: float = 0.0  # of what is right only so
    text: str = field(default="", repr=False)

    @property
    def shares(self) -> Array | None:
        """What each cell earns of 1; None where cells cannot be told apart."""
        return self.verdict.shares(self.penalty)

    @property
    def correct(self) -> bool:
        """Whether it is right by itself."""
        return self.verdict.correct and not self.followed


@dataclass(frozen=True, eq=False)
class Outcome:
    """All parts of an answer; an exercise of one question has one."""

    parts: tuple[PartOutcome, ...]
    text: str = field(repr=False)  # what is wrong and why, as far as the author reveals it; "" where all is right
    unread: str = ""
    round_to: float = 0.0

    @property
    def correct(self) -> bool:
        """Whether all of it is right."""
        return all(part.correct for part in self.parts)

    @property
    def usable(self) -> bool:
        """Whether all that was answered could be read, and something was."""
        return not self.problem

    @property
    def partly(self) -> bool:
        """Whether some part could be marked, though another could not be read."""
        return bool(self.problem) and any(part.verdict.usable for part in self.parts)

    @property
    def told(self) -> str:
        """What a host says of it: why it could not be read, or what is wrong; where parts could be, a line for each."""
        return self.text if self.partly else self.problem or self.text

    @property
    def blank(self) -> bool:
        """Whether nothing was written at all: that is no mistake, and nothing that a person could read either."""
        return all(part.verdict.blank for part in self.parts)

    @property
    def problem(self) -> str:
        """What could not be read, and why; "" where all that was answered could."""
        return self.unread

    @property
    def earned(self) -> float:
        """Points earned, rounded as the lesson says; a half is rounded up. A part that is not read has earned none."""
        earned = sum(part.earned for part in self.parts)
        if not self.round_to:
            return earned
        return min(self.points, math.floor(earned / self.round_to + 0.5 + 1e-9) * self.round_to)

    @property
    def points(self) -> float:
        """Points there are."""
        return sum(part.points for part in self.parts)

    @property
    def share(self) -> float:
        """What was earned of what there is, 0 to 1."""
        return min(1.0, max(0.0, self.earned / self.points)) if self.points else 0.0


def of_one(verdict: Verdict, points: float) -> Outcome:
    """The outcome of an exercise of one question."""
    text = "" if verdict.correct else verdict.problem or verdict.text
    return Outcome(
        (PartOutcome(verdict, points, verdict.score * points, text=text),),
        text,
        verdict.problem,
        verdict.marking.round_to,
    )


def of_parts(verdict: PartsVerdict) -> Outcome:
    """The outcome of an exercise in parts."""
    parts = tuple(
        PartOutcome(one.verdict, one.points, one.earned, one.part.title, one.followed, one.penalty, one.text)
        for one in verdict.parts
    )
    return Outcome(
        parts, "" if verdict.correct else verdict.text, verdict.problem, verdict.parts[0].verdict.marking.round_to
    )
