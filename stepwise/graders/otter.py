"""otter-grader: a test file for one question, with a case for each cell.

    Path("tests/q1.py").write_text(question_file(lesson, "q1", points=4))

The student's variable `answer` is marked. Inside a case nothing is partial, so there is one for each cell (or row, or
one for all, as the lesson is scored); a first, visible one is about the size alone. The other cases are hidden until
grading. Source of the format: otter-grader 7, “Exception-based test files”.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from ..dataclass import dataclass
from ..errors import StepwiseError
from ..exercises.exercise import cached_exercise
from ..exercises.given import given
from ..exercises.wording import literal
from ..language import _, speaking
from ..marking import Marker
from ..marking.followthrough import PENALTY
from ..marking.parts import PartsVerdict

MOST_CASES = 400
NEAR = 1e-9


def _groups(marker: Marker) -> Iterator[tuple[str, range, float]]:
    """The cells that earn together, as the lesson is scored: their name, which they are, what they are worth."""
    shape, size, weights = marker.trace.output.shape, marker.trace.output.size, marker.weights
    match marker.marking.score:
        case "all":
            yield _("all cells"), range(size), 1.0
        case "rows":
            width = shape[-1] if shape else 1
            for row, start in enumerate(range(0, size, width)):
                name = _("row {n}").format(n=row)
                yield name, range(start, start + width), float(weights[start : start + width].sum())
        case _:
            for number, index in enumerate(np.ndindex(shape)):
                name = _("cell {place}").format(place=", ".join(map(str, index)))
                yield name, range(number, number + 1), float(weights[number])


def _title(name: str, part: int, share: float) -> str:
    """What a case is called: its cells, which part they are of where there are several, and what it is for."""
    if part and share < 1:
        return _("part {n}, {cells}, for {share}").format(n=part, cells=name, share=f"{share:g}")
    if part:
        return _("part {n}, {cells}").format(n=part, cells=name)
    return _("{cells}, for {share}").format(cells=name, share=f"{share:g}") if share < 1 else name


def question_file(lesson: str, name: str, points: float | None = None, variable: str = "answer") -> str:
    """The text of an otter test file. `lesson` is a lesson file's text. Raises `StepwiseError`."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,80}", name):
        raise StepwiseError(f"the question's name {name!r} must be letters, digits, - and _, such as q1")
    if not variable.isidentifier() or keyword.iskeyword(variable):
        raise StepwiseError(f"{variable!r} is not the name of a variable")
    question = Question(lesson)
    with speaking(question.exercise.language):
        cases = list(question.cases())
    if len(cases) > MOST_CASES:
        raise StepwiseError(
            f"{question.exercise.title}: {len(cases):,} cases are more than the {MOST_CASES} that a test file should "
            "have; score the lesson by rows or as a whole"
        )
    points = question.exercise.points if points is None else points
    worths = [case.worth for case in cases]
    alike = all(worth == worths[0] for worth in worths)  # then otter shares the points out, without rounding
    parts = [
        "from otter.test_files import test_case\n\nfrom stepwise.graders.otter import Question\n",
        f"OK_FORMAT = False\n\nname = {name!r}\npoints = {points if alike else None!r}\n",
        f"question = Question({literal(lesson)})\n",
        f"@test_case(name={f'{name} size'!r}, points=0, hidden=False)\n"
        f"def test_size({variable}):\n    question.size({variable})\n",
    ]
    for number, case in enumerate(cases, 1):
        worth = "None" if alike else repr(round(case.worth / sum(worths) * points, 9))
        parts.append(
            f"@test_case(name={f'{name} {case.name}'!r}, points={worth}, hidden=True)\n"
            f"def test_{number}_{re.sub('[^0-9a-z]+', '_', case.name)}({variable}):\n"
            f"    question.cells({variable}, part={case.part}, cells=range({case.cells.start}, {case.cells.stop}), "
            f"least={case.least!r}, before={round(case.before, 9)!r})\n"
        )
    return "\n\n".join(parts)


@dataclass(frozen=True)
class Case:
    """Some cells of a part, which follow one another, and what it is worth that each earns a share of its mark."""

    name: str
    part: int
    cells: range
    worth: float  # of the part's points
    least: float = 1.0  # so much of its mark each of the cells must have earned
    before: float = 0.0  # of the part, what the cases before this one are worth together


class Question:
    """What a test file asks: each method raises `AssertionError`, whose words otter shows to the student."""

    def __init__(self, lesson: str) -> None:
        self.exercise = cached_exercise(lesson)
        self._last: tuple[Any, PartsVerdict] | None = None  # each case asks for the same answer

    def cases(self) -> Iterator[Case]:
        """A case for each cell, row or part, as the lesson is scored; several where a cell may earn a part of its mark.

        A case is passed or not. So what is right only in view of an earlier mistake, or rounded too far, passes the
        cases that are worth what it earns, and fails the one that is worth the rest.
        """
        exercise = self.exercise
        for part, marker in enumerate(exercise.markers):
            points = exercise.parts[part].points
            groups = list(_groups(marker))
            total = sum(worth for _name, _cells, worth in groups)
            levels = self._levels(part)
            before = 0.0
            for name, cells, worth in groups:
                for least, step in zip(levels, np.diff([0.0, *levels]).tolist()):
                    share = worth / total * step
                    title = _title(name, 0 if len(exercise.markers) == 1 else part + 1, least)
                    yield Case(title, part, cells, share * points, least, before)
                    before += share

    def _levels(self, part: int) -> list[float]:
        """The shares of its mark that a cell may earn, from the least up."""
        exercise = self.exercise
        levels = {1.0, float(exercise.marking.precision_credit)}
        if part:
            penalty = exercise.parts[part].penalty
            levels.add(1 - (PENALTY if penalty is None else penalty))
        return sorted(levels - {0.0})

    def size(self, answer: Any) -> None:
        """Whether something of the right size is there at all."""
        with speaking(self.exercise.language):
            for part in self._verdict(answer).parts:
                if part.verdict.states is None and not part.followed and not part.verdict.blank:
                    raise AssertionError(part.text)

    def cells(self, answer: Any, part: int, cells: range, least: float = 1.0, before: float = 0.0) -> None:
        """Whether these cells of a part have earned so much. The first case that fails says why, the others only that.

        Of an answer that follows from an earlier one of another size, cells cannot be told apart: then the cases pass
        up to what the part has earned.
        """
        with speaking(self.exercise.language):
            one = self._verdict(answer).parts[part]
            shares = one.shares
            if shares is None:
                earned = one.earned / one.points if one.followed and one.points else 0.0
                if before + NEAR < earned:
                    return
                raise AssertionError(one.text)
            if (shares[list(cells)] >= least - NEAR).all():
                return
            raise AssertionError(one.text if int(np.flatnonzero(shares < 1)[0]) in cells else _("not right"))

    def _verdict(self, answer: Any) -> PartsVerdict:
        if answer is not None and self._last is not None and self._last[0] is answer:
            return self._last[1]
        verdict = self._checked(answer)
        if not (verdict.usable or verdict.partly):
            raise AssertionError(verdict.problem)
        self._last = answer, verdict
        return verdict

    def _checked(self, answer: Any) -> PartsVerdict:
        if answer is None:
            why = _("there is no answer; give the variable a value such as {example}")
            raise AssertionError(why.format(example="'4 3; 2 1'"))
        try:
            return self.exercise.check(given(answer))
        except StepwiseError as error:
            raise AssertionError(str(error)) from None
        except Exception as error:  # otter would show the student its traceback, with all that it tells of the machine
            why = _("the answer could not be marked ({error}); please tell your instructor")
            raise AssertionError(why.format(error=type(error).__name__)) from None
