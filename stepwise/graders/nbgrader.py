"""nbgrader: the cells of a question, and the call that marks it.

    Path("q1.ipynb").write_text(json.dumps(notebook(cells(lesson, "q1", points=4))))

A grade cell's result must be one float from 0 to its points, and anything on stderr is a 0: so `check` returns a plain
float, prints the verdict on stdout, and is silent on stderr whatever happens.
Source of the format: nbgrader 0.9, cell metadata, schema version 3.
"""

from __future__ import annotations

import contextlib
import io
import re
import warnings
from typing import Any

from ..errors import StepwiseError
from ..exercises.exercise import Exercise, cached_exercise
from ..exercises.given import given
from ..exercises.wording import answered, literal, question
from ..language import _, speaking

_GRADE_ID = re.compile(r"[a-zA-Z0-9_\-]+")


def check(answer: Any, lesson: str, points: float = 1.0, tell: bool = True) -> float:
    """What an answer earns, from 0 to `points`; the verdict is printed unless `tell` is False.

    >>> check("4", "stepwise: 1\\ninput: 4 3; 2 1\\nlayers: [MaxPool2D(2)]", points=2)
    2.0
    """
    earned, words = 0.0, ""
    with contextlib.redirect_stderr(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            exercise = cached_exercise(lesson)
            with speaking(exercise.language):
                earned, words = _marked(exercise, answer, float(points))
        except StepwiseError as error:  # the lesson itself cannot be read
            words = f"The answer could not be marked: {error}"
        except Exception as error:  # whatever it is, the mark must be a float; a message may tell of the machine
            words = f"The answer could not be marked ({type(error).__name__}); please tell your instructor."
    if tell and words:
        print(words)  # noqa: T201 - a notebook's own output is where a student looks
    return float(round(earned, 5))


def _marked(exercise: Exercise, answer: Any, points: float) -> tuple[float, str]:
    """What an answer earns, and the verdict."""
    try:
        verdict = exercise.check(given(answer))
    except StepwiseError as error:
        return 0.0, _("The answer could not be marked: {why}").format(why=error)
    return verdict.share * points, verdict.remark  # a cell has to end with a number: what is not read has earned none


def cells(lesson: str, grade_id: str, points: float | None = None) -> list[dict[str, Any]]:
    """The cells of a question as a notebook holds them: the question, the place for the answer, and its marking.

    `lesson` is a lesson file's text. Raises `StepwiseError` for an id nbgrader would not take.
    """
    if not _GRADE_ID.fullmatch(grade_id):
        raise StepwiseError(f"the id {grade_id!r} must be letters, digits, - and _, such as q1")
    exercise = cached_exercise(lesson)
    points = exercise.points if points is None else float(points)
    keys = [key if isinstance(key, str) else answered(key) for key in exercise.keys]
    due = keys if exercise.in_parts else keys[0]
    with speaking(exercise.language):
        hint = _('Rows end with ";", and _ is a cell that you leave open: {example}')
        hint = hint.format(example='answer = "1 2; 3 _"')
    solution = f"# {hint}\n### BEGIN SOLUTION\nanswer = {due!r}\n### END SOLUTION"
    grading = f"from stepwise.graders.nbgrader import check\n\ncheck(answer, {literal(lesson)}, points={points!r})"
    return [
        _cell("markdown", question(exercise), f"{grade_id}-question", locked=True),
        _cell("code", solution, f"{grade_id}-answer", solution=True),
        _cell("code", grading, f"{grade_id}-grade", grade=True, locked=True, points=points),
    ]


def _cell(kind: str, source: str, id: str, **roles: Any) -> dict[str, Any]:
    marked = {"schema_version": 3, "grade": False, "locked": False, "solution": False, "task": False, "grade_id": id}
    cell = {"cell_type": kind, "id": id[:64], "metadata": {"nbgrader": marked | roles}, "source": source}
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})


def notebook(cells: list[dict[str, Any]]) -> dict[str, Any]:
    """A notebook of these cells."""
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
