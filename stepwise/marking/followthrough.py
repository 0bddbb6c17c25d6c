"""A chain marked part by part, each later part against the student's own earlier answer where that was wrong.

The right answer is tried first. Only where it fails is the part carried out again on what the student had before: on
the nearest earlier part that was answered, with the right numbers put in for its blanks, through the layers that lie
between. What that earns is less by a penalty, and an earlier answer that makes the rest trivial earns nothing by it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..arithmetic import Array
from ..errors import StepwiseError
from ..language import _
from ..traces import Trace
from .answers import Answer
from .verdict import Marker, Marking, Reveal, Verdict, fitted_to
from .wrong import ancestry, replayed, wrong_results

PENALTY = 0.25
"""What following an earlier mistake costs, of a part's points, where the author says nothing."""


@dataclass(frozen=True, eq=False)
class Part:
    """One question of several about a chain: what comes out of one of its layers."""

    trace: Trace = field(repr=False)
    points: float = 1.0
    penalty: float = PENALTY  # of the points, where it is right only in view of an earlier mistake
    title: str = ""

    def __post_init__(self) -> None:
        for name, most in (("points", 1e9), ("penalty", 1)):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
                raise StepwiseError(f"{name} must be a number from 0 to {most:,.0f}, not {value!r}")


@dataclass(frozen=True, eq=False)
class PartVerdict:
    """What one part earned."""

    part: Part
    verdict: Verdict  # against the right answer, or where `followed` against what follows from the student's own
    earned: float
    followed: bool

    @property
    def points(self) -> float:
        """What it could have earned."""
        return self.part.points

    @property
    def text(self) -> str:
        """The part's verdict in words, as far as the marking reveals it."""
        return self.told(self.verdict.marking.reveal)

    def told(self, reveal: Reveal) -> str:
        """The part's verdict in words, as far as `reveal` allows."""
        words = self.verdict.told(reveal)
        return (
            _("Seen from your own earlier answer{cost}:").format(cost=self.cost) + f" {words}"
            if self.followed
            else words
        )

    @property
    def cost(self) -> str:
        """What following an earlier mistake has cost, in words; "" where it is free."""
        percent = f"{100 * self.part.penalty:.4g}"
        return _(", which costs {percent} % of what it earns").format(percent=percent) if self.part.penalty else ""


@dataclass(frozen=True, eq=False)
class PartsVerdict:
    """What all parts earned together."""

    parts: tuple[PartVerdict, ...]

    @property
    def score(self) -> float:
        """Points earned."""
        return sum(part.earned for part in self.parts)

    @property
    def max_score(self) -> float:
        """Points there are."""
        return sum(part.points for part in self.parts)

    @property
    def correct(self) -> bool:
        """Whether every part is right by itself."""
        return all(part.verdict.correct and not part.followed for part in self.parts)

    @property
    def usable(self) -> bool:
        """Whether any part could be read."""
        return any(part.verdict.usable for part in self.parts)

    @property
    def problem(self) -> str:
        """Why no part could be read; "" where any could."""
        return "" if self.usable else self.parts[0].verdict.problem

    @property
    def text(self) -> str:
        """Every part in words, a line each, as far as the marking reveals it."""
        return self.told(self.parts[0].verdict.marking.reveal)

    def told(self, reveal: Reveal) -> str:
        """Every part in words, a line each, as far as `reveal` allows."""
        lines = []
        for number, part in enumerate(self.parts, 1):
            name = part.part.title or _("Part {n}").format(n=number)
            earned = _("{earned} of {points} points").format(earned=f"{part.earned:g}", points=f"{part.points:g}")
            lines.append(f"{name}: {earned}. {part.told(reveal)}")
        return "\n".join(lines)


class PartsMarker:
    """Marks answers to an exercise of several parts; what does not depend on them is worked out once.

    Parts are in the order of the chain. Raises `StepwiseError` where they are not, or there are none.
    """

    def __init__(self, parts: Sequence[Part], marking: Marking | None = None) -> None:
        if not parts:
            raise StepwiseError("an exercise in parts needs at least one")
        order = {id(layer): number for number, layer in enumerate(ancestry(parts[-1].trace))}
        places = [order.get(id(part.trace), -1) for part in parts]
        if -1 in places or places != sorted(set(places)):
            raise StepwiseError("the parts must be layers of one chain, each once, in its order")
        self.parts = tuple(parts)
        self.markers = tuple(Marker(part.trace, marking) for part in parts)

    def check(self, answers: Sequence[Any]) -> PartsVerdict:
        """The verdict on one answer for each part; those that are missing at the end are blank."""
        given = [*answers[: len(self.parts)], *[""] * (len(self.parts) - len(answers))]
        verdicts: list[PartVerdict] = []
        own: dict[int, Trace] = {}  # by the part's trace, what the student had there
        for part, marker, answer in zip(self.parts, self.markers, given):
            verdict = marker.check(answer)
            told = self._followed(part, marker, verdict, own)
            verdicts.append(told or PartVerdict(part, verdict, part.points * verdict.score, False))
            if verdict.usable and not verdict.correct:
                had = _as_trace(part.trace, verdict)
                if had is not None:
                    own[id(part.trace)] = had
            elif verdict.correct:
                own[id(part.trace)] = part.trace
        return PartsVerdict(tuple(verdicts))

    def _followed(self, part: Part, marker: Marker, verdict: Verdict, own: Mapping[int, Trace]) -> PartVerdict | None:
        """The part in view of earlier answers, where that earns more."""
        if verdict.correct or not verdict.usable:
            return None
        follows = replayed(part.trace, own)
        if follows is None or follows is part.trace or _trivial(follows, part.trace):
            return None
        again = Marker(follows, _without_weights(marker.marking, follows, part.trace)).check(verdict.answer)
        earned = part.points * again.score * (1 - part.penalty)
        if earned <= part.points * verdict.score:
            return None
        return PartVerdict(part, again, earned, True)


def mark_parts(parts: Sequence[Part], answers: Sequence[Any], marking: Marking | None = None) -> PartsVerdict:
    """Every part of an answer marked, later ones with follow-through."""
    return PartsMarker(parts, marking).check(answers)


def _as_trace(trace: Trace, verdict: Verdict) -> Trace | None:
    """What the student had in a trace's place: the numbers given, with the right ones for those that are not.

    Where the size is another, all of it must have been given, and a wrong result of that size tells how it is laid out.
    """
    if verdict.states is not None:
        return _with_output(trace, verdict.answer, np.asarray(trace.output, dtype=np.float64))
    for wrong in wrong_results(trace).single:
        fitted = fitted_to(verdict.answer, wrong.trace)
        if fitted is not None and fitted.filled.all():
            return _with_output(wrong.trace, fitted, np.zeros(wrong.trace.output.shape))
    return None


def _with_output(trace: Trace, answer: Answer, right: Array) -> Trace:
    values = np.where(answer.filled, answer.values, right.ravel()).reshape(trace.output.shape)
    whole = bool((values == np.round(values)).all() and np.abs(values).max() < 2**53)
    output = values.astype(np.int64) if whole and trace.output.dtype.kind in "iu" else values
    output.flags.writeable = False
    return Trace(trace.layer, trace.inputs, trace.geometry, output, trace.parents, trace.origins)


def _trivial(follows: Trace, due: Trace) -> bool:
    """Whether there is much less to work out than there was: few cells, few numbers that differ, or only to copy."""
    numbers = [np.unique(np.asarray(trace.output, dtype=np.float64)) for trace in (follows, due)]
    if not np.isfinite(numbers[0]).all():
        return True
    if 2 * follows.output.size < due.output.size or 2 * len(numbers[0]) <= len(numbers[1]) != 1:
        return True
    return _copies(follows) and not _copies(due)


def _copies(trace: Trace) -> bool:
    """Whether what comes out is what went in: of ReLU, where no number is negative."""
    return any(np.array_equal(trace.output.ravel(), given.ravel()) for given in trace.inputs.values())


def _without_weights(marking: Marking, follows: Trace, due: Trace) -> Marking:
    """The same marking; weights of cells do not fit an output of another shape."""
    if marking.weights is None or follows.output.shape == due.output.shape:
        return marking
    return Marking(marking.tolerance, marking.score, None, marking.precision_credit, marking.decimal, marking.reveal)


__all__ = ["PENALTY", "Part", "PartVerdict", "PartsMarker", "PartsVerdict", "mark_parts"]
