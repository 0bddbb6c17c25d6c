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
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import StepwiseError
from ..marking import Marker
from .assignment import cached_exercise
from .given import given
from .outcome import Outcome
from .wording import literal

MOST_CASES = 400


def question_file(lesson: str, name: str, points: float | None = None, variable: str = "answer") -> str:
    """The text of an otter test file. `lesson` is a lesson file's text. Raises `StepwiseError`."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,80}", name):
        raise StepwiseError(f"the question's name {name!r} must be letters, digits, - and _, such as q1")
    if not variable.isidentifier() or keyword.iskeyword(variable):
        raise StepwiseError(f"{variable!r} is not the name of a variable")
    question = Question(lesson)
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
        "from otter.test_files import test_case\n\nfrom stepwise.classroom.otter import Question\n",
        f"OK_FORMAT = False\n\nname = {name!r}\npoints = {points if alike else None!r}\n",
        f"question = Question({literal(lesson)})\n",
        f"@test_case(name={f'{name} size'!r}, points=0, hidden=False)\n"
        f"def test_size({variable}):\n    question.size({variable})\n",
    ]
    for case in cases:
        worth = "None" if alike else repr(round(case.worth / sum(worths) * points, 9))
        parts.append(
            f"@test_case(name={f'{name} {case.name}'!r}, points={worth}, hidden=True)\n"
            f"def test_{re.sub('[^0-9a-z]+', '_', case.name)}({variable}):\n"
            f"    question.cells({variable}, part={case.part}, cells=range({case.cells.start}, {case.cells.stop}))\n"
        )
    return "\n\n".join(parts)


@dataclass(frozen=True)
class Case:
    """Some cells of a part, which follow one another, and what they are worth beside others."""

    name: str
    part: int
    cells: range
    worth: float


class Question:
    """What a test file asks: each method raises `AssertionError`, whose words otter shows to the student."""

    def __init__(self, lesson: str) -> None:
        self.exercise = cached_exercise(lesson)

    def cases(self) -> Iterator[Case]:
        """A case for each cell, row or part, as the lesson is scored."""
        exercise = self.exercise
        if exercise.parts:  # follow-through looks at a part as a whole
            for number, part in enumerate(exercise.parts):
                yield Case(f"part {number + 1}", number, range(part.trace.output.size), part.points)
            return
        shape, size = exercise.trace.output.shape, exercise.trace.output.size
        weights = Marker(exercise.trace, exercise.marking).weights
        match exercise.marking.score:
            case "all":
                yield Case("all cells", 0, range(size), 1.0)
            case "rows":
                width = shape[-1] if shape else 1
                for row, start in enumerate(range(0, size, width)):
                    cells = range(start, start + width)
                    yield Case(f"row {row}", 0, cells, float(weights[start : start + width].sum()))
            case _:
                for number, index in enumerate(np.ndindex(shape)):
                    name = f"cell {', '.join(map(str, index))}"
                    yield Case(name, 0, range(number, number + 1), float(weights[number]))

    def size(self, answer: Any) -> None:
        """Whether something of the right size is there at all."""
        told = self._told(answer)
        for part in told.parts:
            if part.verdict.states is None:
                raise AssertionError(part.text)

    def cells(self, answer: Any, part: int, cells: range) -> None:
        """Whether these cells of a part are right. The first case that fails says why, the others only that."""
        told = self._told(answer).parts[part]
        states = told.verdict.states
        if states is None or told.followed:
            raise AssertionError(told.text)
        wrong = np.flatnonzero(states)
        if np.isin(wrong, list(cells)).any():
            raise AssertionError(told.text if wrong[0] in cells and told.text else "not right")

    def _told(self, answer: Any) -> Outcome:
        if answer is None:
            raise AssertionError("there is no answer; give the variable a value such as '4 3; 2 1'")
        try:
            told = self.exercise.check(given(answer))
        except StepwiseError as error:
            raise AssertionError(str(error)) from None
        except Exception as error:  # otter would show the student its traceback, with all that it tells of the machine
            name = type(error).__name__
            raise AssertionError(f"the answer could not be marked ({name}); please tell your instructor") from None
        if not told.usable:
            raise AssertionError(told.problem)
        return told
