"""A chain marked part by part, each later part also against the student's own earlier answer.

The right answer is tried first. Where it fails, the part is carried out again on what the student had before: on the
nearest earlier part that was answered, with the right numbers put in for its blanks, through the layers that lie
between. A cell that is right only so is *carried*: it earns what a right one does, less a penalty. One slip that is
carried on costs that slip alone, unless the lesson says otherwise. An earlier answer that makes the rest trivial earns
nothing by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace
from typing import Any

import numpy as np

from ..arithmetic import Array
from ..dataclass import dataclass
from ..errors import StepwiseError
from ..traces.trace import Trace
from .answers import Answer
from .fitting import fitted_to
from .known import SLIP
from .marker import Marker
from .marking import Marking
from .parts import Part, PartsVerdict, PartVerdict
from .verdict import Verdict
from .wrong import MOST_REPLAYED, ancestry, flat, replayed

PENALTY = 0.25
"""What following an earlier mistake costs, of a part's points, where the author says nothing."""
FOR_ALL_PARTS = 40_000
"""Layers that are carried out again to find what explains the answers to all parts together."""


@dataclass(frozen=True)
class _Mistaken:
    """An earlier part that was not right, and why: by what was done there, and in the parts that it follows from."""

    name: str
    slip: bool  # isolated slips alone, however many cells they have spread to since
    explained: bool  # known mistakes explain every cell, so that the numbers were not made up
    rounding: bool = False  # right, or carried from what was; only rounded, so that what follows differs


class PartsMarker:
    """Marks answers to an exercise; what does not depend on them is worked out once.

    Parts are in the order of the chain. Raises `StepwiseError` where they are not, or there are none.
    """

    def __init__(self, parts: Sequence[Part], marking: Marking | None = None) -> None:
        if not parts:
            raise StepwiseError("an exercise in parts needs at least one")
        order = ordered(part.trace for part in parts)
        questions = [(order[id(part.trace)], part.ask, part.cell) for part in parts]
        if not in_order([part.trace for part in parts]) or len(set(questions)) < len(questions):
            raise StepwiseError("the parts must be layers of one chain, each once, in its order")
        self.parts = tuple(parts)
        most = min(MOST_REPLAYED, FOR_ALL_PARTS // len(parts))
        self.markers = tuple(Marker(part.trace, marking, part.ask, part.cell, most) for part in parts)
        self._narrow: dict[tuple[int, int], Marker] = {}

    def check(self, answers: Sequence[Any]) -> PartsVerdict:
        """The verdict on one answer for each part; those that are missing at the end are blank."""
        given = [*answers[: len(self.parts)], *[""] * (len(self.parts) - len(answers))]
        verdicts: list[PartVerdict] = []
        own: dict[int, Trace] = {}  # by the part's trace, what the student had there
        wrong: list[_Mistaken] = []  # the parts before that were not right
        right: list[Trace] = []  # of the last part before, where that was right
        sized: list[Trace] = []  # the same, where its size was right
        for number, (part, marker, answer) in enumerate(zip(self.parts, self.markers, given), 1):
            known = right if part.ask == "output" else sized
            verdict = self._doubted(number - 1, marker.check(answer), answer, known)
            followed = self._followed(part, marker, verdict, answer, own, wrong) if wrong else None
            verdicts.append(followed or PartVerdict(part, verdict, part.points * verdict.score))
            if part.whole or part.ask != "output":
                continue  # there are no numbers that come later, or it says nothing of them
            if verdict.usable:
                right = [part.trace] if verdict.correct else []
                sized = [part.trace] if verdict.states is not None else []
            if verdict.usable and not verdict.correct:
                had = _as_trace(part.trace, verdict, marker)
                if had is not None:
                    own[id(part.trace)] = had
                    wrong.append(_mistaken(part.named(number), verdict, followed, wrong))
            elif verdict.correct:
                had = _as_trace(part.trace, verdict, marker)
                rounded = had is not None and not np.array_equal(flat(had.output), marker.due, equal_nan=True)
                own[id(part.trace)] = had if had is not None and rounded else part.trace
                if rounded:
                    wrong.append(_Mistaken(part.named(number), slip=True, explained=False, rounding=True))
        return PartsVerdict(tuple(verdicts))

    def _doubted(self, number: int, verdict: Verdict, answer: Any, sure: Sequence[Trace]) -> Verdict:
        """The verdict, with its mistake looked for after the layers that are `sure`, where that explains as much."""
        found = verdict.diagnosis if sure else None
        last = _after(self.parts[number].trace, {id(trace) for trace in sure}) if found is not None else None
        if found is None or last is None:
            return verdict
        if (number, last) not in self._narrow:
            part, one = self.parts[number], self.markers[number]
            self._narrow[number, last] = Marker(part.trace, one.marking, part.ask, part.cell, one.most_replayed, last)
        again = self._narrow[number, last].check(answer)
        return again if again.diagnosis is not None and again.diagnosis.explains >= found.explains else verdict

    def _followed(
        self,
        part: Part,
        marker: Marker,
        verdict: Verdict,
        answer: Any,
        own: Mapping[int, Trace],
        wrong: Sequence[_Mistaken],
    ) -> PartVerdict | None:
        """The part in view of earlier answers, where that explains more of it."""
        if verdict.correct or verdict.blank:
            return None
        follows = replayed(part.trace, own)
        before = wrong[-1]
        if follows is None or follows is part.trace:
            return None
        if part.ask == "output" and not (before.slip or before.explained) and _trivial(follows, part.trace):
            return None
        marking = _without_weights(marker.marking, follows, part.trace)
        from_own = Marker(follows, marking, part.ask, part.cell, marker.most_replayed, _after(part.trace, set(own)))
        again = replace(from_own.check(answer), from_own=True)
        penalty = part.penalty if part.penalty is not None else 0.0 if before.slip else PENALTY
        penalty = 0.0 if before.rounding else penalty  # what was marked right costs nothing later
        earlier = before.name
        if again.trace.output.shape == marker.trace.output.shape and (verdict.states is not None or not again.usable):
            seen = marker.seen_from(verdict, again, penalty)
            if seen is None:
                return None
            carried = seen.count("carried") or (seen.rounded is not None and seen.rounded.any())
            return PartVerdict(part, seen, part.points * seen.score, earlier if carried else "", penalty)
        explains = again.score > 0 or (again.usable and verdict.diagnosis is None and again.diagnosis is not None)
        if not explains or again.score * (1 - penalty) < verdict.score:
            return None
        return PartVerdict(part, again, part.points * again.score * (1 - penalty), earlier, penalty)


def ordered(traces: Iterable[Trace]) -> dict[int, int]:
    """By its id, the place of each trace and of everything that they come from, the first first."""
    every: dict[int, Trace] = {}
    for trace in traces:
        for layer in ancestry(trace):
            every.setdefault(id(layer), layer)
    return {layer: number for number, layer in enumerate(every)}


def in_order(traces: Sequence[Trace]) -> bool:
    """Whether none comes after what comes from it, and each has numbers in common with one before."""
    earlier: set[int] = set()
    given: set[int] = set()
    for number, trace in enumerate(traces):
        layers = ancestry(trace)
        if id(trace) in earlier and traces[number - 1] is not trace:
            return False
        earlier |= {id(layer) for layer in layers}
        mine = {id(array) for layer in layers for array in (*layer.inputs.values(), layer.output)}
        if given and not given & mine:
            return False
        given |= mine
    return True


def mark_parts(parts: Sequence[Part], answers: Sequence[Any], marking: Marking | None = None) -> PartsVerdict:
    """Every part of an answer marked, later ones with follow-through."""
    return PartsMarker(parts, marking).check(answers)


def _mistaken(name: str, verdict: Verdict, followed: PartVerdict | None, wrong: Sequence[_Mistaken]) -> _Mistaken:
    """What is known of a part that was not right, for those that follow from it."""
    if followed is None or not followed.followed:
        return _Mistaken(name, _is_slip(verdict), _is_explained(verdict))
    carried = followed.verdict.correct or (followed.verdict.states is not None and not followed.verdict.count("wrong"))
    return _Mistaken(
        name,
        slip=wrong[-1].slip and _is_slip(followed.verdict),
        explained=_is_explained(verdict) or ((carried or _is_slip(followed.verdict)) and wrong[-1].explained),
        rounding=carried and wrong[-1].rounding,
    )


def _after(trace: Trace, answered: Set[int]) -> int | None:
    """How many layers of a chain come after the last one before them that was answered; None: none was, or no layer."""
    for count, layer in enumerate(reversed(ancestry(trace))):
        if id(layer) in answered:
            return count or None
    return None


def _is_explained(verdict: Verdict) -> bool:
    """Whether a wrong procedure with a name gives every cell that is wrong, of which there are several."""
    found = verdict.diagnosis
    return found is not None and SLIP not in found.codes and found.explains == found.wrong > 1


def _is_slip(verdict: Verdict) -> bool:
    """Whether an earlier answer went wrong in isolated cells alone, by no wrong procedure."""
    if verdict.states is None or verdict.count("wrong") + verdict.count("imprecise") > max(1, verdict.states.size // 4):
        return False
    return verdict.diagnosis is None or verdict.diagnosis.codes == (SLIP,)


def _as_trace(trace: Trace, verdict: Verdict, marker: Marker) -> Trace | None:
    """What the student had in a trace's place: the numbers given, with the right ones for those that are not.

    Where the size is another, all of it must have been given, and a wrong result of that size tells how it is laid out.
    """
    if verdict.states is not None:
        return _with_output(trace, verdict.answer, np.asarray(trace.output, dtype=np.float64))
    for wrong in marker.explainer.results.single:
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


__all__ = ["PENALTY", "PartsMarker", "mark_parts"]
