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

from ..errors import StepwiseError
from ..marking import Verdict
from .assignment import cached_exercise

MOST_CASES = 400


def question_file(lesson: str, name: str, points: float | None = None, variable: str = "answer") -> str:
    """The text of an otter test file. `lesson` is a lesson file's text. Raises `StepwiseError`."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,80}", name):
        raise StepwiseError(f"the question's name {name!r} must be letters, digits, - and _, such as q1")
    if not variable.isidentifier() or keyword.iskeyword(variable):
        raise StepwiseError(f"{variable!r} is not the name of a variable")
    question = Question(lesson)
    exercise = question.exercise
    points = exercise.points if points is None else points
    weights = exercise.marker.weights
    cases = list(question.cases())
    if len(cases) > MOST_CASES:
        raise StepwiseError(
            f"{exercise.title}: {len(cases):,} cases are more than the {MOST_CASES} that a test file should have; "
            "score the lesson by rows or as a whole"
        )
    alike = bool(np.all(weights == weights[0]))
    parts = [
        "from otter.test_files import test_case\n\nfrom stepwise.classroom.otter import Question\n",
        f"OK_FORMAT = False\n\nname = {name!r}\npoints = {points if alike else None!r}\n",
        f"question = Question({lesson!r})\n",
        f"@test_case(name={f'{name} size'!r}, points=0, hidden=False)\n"
        f"def test_size({variable}):\n    question.size({variable})\n",
    ]
    for label, cells in cases:
        numbers = f"range({cells[0]}, {cells[-1] + 1})"  # they follow one another
        worth = "None" if alike else repr(round(float(weights[list(cells)].sum() / weights.sum() * points), 9))
        parts.append(
            f"@test_case(name={f'{name} {label}'!r}, points={worth}, hidden=True)\n"
            f"def test_{re.sub('[^0-9a-z]+', '_', label).strip('_')}({variable}):\n"
            f"    question.cells({variable}, {numbers})\n"
        )
    return "\n\n".join(parts)


class Question:
    """What a test file asks: each method raises `AssertionError`, whose words otter shows to the student."""

    def __init__(self, lesson: str) -> None:
        self.exercise = cached_exercise(lesson)

    def cases(self) -> Iterator[tuple[str, tuple[int, ...]]]:
        """The name of each case, and the numbers of the cells it is about."""
        shape = self.exercise.trace.output.shape
        size = int(np.prod(shape))
        match self.exercise.marking.score:
            case "all":
                yield "all cells", tuple(range(size))
            case "rows":
                width = shape[-1] if shape else 1
                for row in range(size // width):
                    yield f"row {row}", tuple(range(row * width, row * width + width))
            case _:
                for number, index in enumerate(np.ndindex(shape)):
                    yield f"cell {', '.join(map(str, index))}", (number,)

    def size(self, answer: Any) -> None:
        """Whether something of the right size is there at all."""
        self._verdict(answer)

    def cells(self, answer: Any, cells: Any) -> None:
        """Whether these cells are right."""
        verdict = self._verdict(answer)
        assert verdict.states is not None
        if any(verdict.states[cell] for cell in cells):
            raise AssertionError(verdict.text or "not right")

    def _verdict(self, answer: Any) -> Verdict:
        if answer is None:
            raise AssertionError("there is no answer; give the variable a value such as '4 3; 2 1'")
        verdict = self.exercise.check(answer)
        if not verdict.usable:
            raise AssertionError(verdict.problem)
        if verdict.states is None:
            raise AssertionError(verdict.text or "the size is not the one due")
        return verdict
