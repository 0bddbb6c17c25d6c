"""The questions of an exercise, and what an answer to them earned. An exercise of one question is one of one part."""

from __future__ import annotations

import math
from dataclasses import field
from functools import cached_property

from ..arithmetic import Array
from ..dataclass import dataclass
from ..errors import StepwiseError, shown
from ..language import _
from ..traces.layout import Index
from ..traces.trace import Trace
from .asked import Ask
from .marking import Reveal
from .verdict import CARRIED, Verdict


@dataclass(frozen=True, eq=False)
class Part:
    """A question about a chain: what comes out of one of its layers, or what else is asked of that."""

    trace: Trace = field(repr=False)
    points: float = 1.0
    penalty: float | None = None  # of what is right only in view of an earlier mistake; None: `PENALTY`, a slip's is 0
    title: str = ""
    ask: Ask = "output"
    cell: Index | None = None  # of a formula: whose; None: the first
    whole: bool = False  # whether it is the whole exercise, which is not called a part then

    def __post_init__(self) -> None:
        for name, most in (("points", 1e9), ("penalty", 1)):
            value = getattr(self, name)
            if (name == "penalty" and value is None) or self.whole:  # points of the whole: `Marking` has seen to them
                continue
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
                raise StepwiseError(f"{name} must be a number from 0 to {most:,.0f}, not {shown(value)}")

    def named(self, number: int) -> str:
        """What it is called within a sentence; it is the `number`-th."""
        return self.title or _("part {n}").format(n=number)


@dataclass(frozen=True, eq=False)
class PartVerdict:
    """What one part earned."""

    part: Part
    verdict: Verdict  # against the right answer; of another size, against what follows from the student's own
    earned: float
    earlier: str = ""  # the earlier part that it was also seen from, where that gave something
    penalty: float = 0.0  # of what was carried

    @property
    def followed(self) -> bool:
        """Whether any of it is right only in view of an earlier mistake."""
        return bool(self.earlier)

    @property
    def points(self) -> float:
        """What it could have earned."""
        return self.part.points

    @property
    def title(self) -> str:
        """What its author calls it."""
        return self.part.title

    @property
    def correct(self) -> bool:
        """Whether it is right by itself."""
        return self.verdict.correct and not self.followed

    @property
    def shares(self) -> Array | None:
        """What each cell earns of 1; None where cells cannot be told apart."""
        return self.verdict.shares(self.penalty)

    @property
    def text(self) -> str:
        """The part's verdict in words, as far as the marking reveals it."""
        return self.feedback(self.verdict.marking.reveal)

    def feedback(self, reveal: Reveal) -> str:
        """The part's verdict in words, as far as `reveal` allows."""
        lost = "" if reveal == "nothing" else self.lost
        return f"{lost} {self.verdict.feedback(reveal)}" if lost else self.verdict.feedback(reveal)

    @property
    def lost(self) -> str:
        """What following an earlier mistake has cost, and why; "" where nothing was carried."""
        carried = self._carried if self.earlier else 0.0
        if not carried:
            return ""
        cost = self.penalty * carried
        if not cost:
            return _("Carried forward from {earlier} at no cost.").format(earlier=self.earlier)
        return _("−{points}: carried forward from {earlier}.").format(points=f"{cost:.4g}", earlier=self.earlier)

    @property
    def _carried(self) -> float:
        """The points of what is right only in view of an earlier mistake."""
        if self.verdict.from_own:
            return self.points * self.verdict.score
        return (self.earned - self.points * self.verdict.score_without(CARRIED)) / (1 - self.penalty or 1)


@dataclass(frozen=True, eq=False)
class PartsVerdict:
    """What all parts earned together; of an exercise of one question, what that did."""

    parts: tuple[PartVerdict, ...]

    @property
    def score(self) -> float:
        """Points earned. A part that is not read has earned none."""
        return sum(part.earned for part in self.parts)

    @property
    def max_score(self) -> float:
        """Points there are."""
        return sum(part.points for part in self.parts)

    @property
    def earned(self) -> float:
        """The score, rounded as the lesson says; a half is rounded up."""
        step = self.parts[0].verdict.marking.round_to
        return min(self.max_score, math.floor(self.score / step + 0.5 + 1e-9) * step) if step else self.score

    @property
    def share(self) -> float:
        """What was earned of what there is, 0 to 1."""
        return min(1.0, max(0.0, self.earned / self.max_score)) if self.max_score else 0.0

    @property
    def correct(self) -> bool:
        """Whether every part is right by itself."""
        return all(part.correct for part in self.parts)

    @property
    def usable(self) -> bool:
        """Whether every part that was answered could be read, and there is one."""
        return not self.problem

    @property
    def partly(self) -> bool:
        """Whether some part could be marked, though another could not be read."""
        return bool(self.problem) and any(part.verdict.usable for part in self.parts)

    @property
    def blank(self) -> bool:
        """Whether nothing was written at all: that is no mistake, and nothing that a person could read either."""
        return all(part.verdict.blank for part in self.parts)

    @cached_property
    def problem(self) -> str:
        """Why a part could not be read, or that none was answered; "" where all is well."""
        for number, one in enumerate(self.parts, 1):
            if not one.verdict.usable and not one.verdict.blank:
                name, why = one.part.named(number), one.verdict.problem
                return why if len(self.parts) == 1 else _("{part}: {why}").format(part=name, why=why)
        return "" if any(one.verdict.usable for one in self.parts) else self.parts[0].verdict.problem

    @cached_property
    def text(self) -> str:
        """Every part in words, a line each, as far as the marking reveals it."""
        return self.feedback(self.parts[0].verdict.marking.reveal)

    @property
    def remark(self) -> str:
        """What a host says of it: why it could not be read, or what is wrong; "" where all is right."""
        if self.correct:
            return ""
        return self.text if self.partly else self.problem or self.text

    def feedback(self, reveal: Reveal) -> str:
        """Every part in words, a line each, as far as `reveal` allows."""
        if self.parts[0].part.whole:
            return self.parts[0].feedback(reveal)
        lines = []
        for number, part in enumerate(self.parts, 1):
            name = part.part.title or _("Part {n}").format(n=number)
            if not part.verdict.usable and not part.verdict.blank:  # nobody knows yet what it earns
                lines.append(_("{part}: {why}").format(part=name, why=part.feedback(reveal)))
                continue
            earned, points = f"{part.earned:g}", f"{part.points:g}"
            line = _("{part}: {earned} of {points} points. {verdict}")
            lines.append(line.format(part=name, earned=earned, points=points, verdict=part.feedback(reveal)))
        return "\n".join(lines)


__all__ = ["Part", "PartVerdict", "PartsVerdict"]
