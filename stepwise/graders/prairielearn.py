"""PrairieLearn: a plain function to call from a question's `grade(data)`.

    from stepwise.graders.prairielearn import grade as mark

    def grade(data):
        mark(data, LESSON, "answer")

The answer is that of a `pl-matrix-component-input` (an input for each cell), a `pl-matrix-input` or a
`pl-string-input` of this name. An element's own feedback must stay the element's, so the diagnosis goes to
`data["feedback"]`: show it with `{{feedback.answer}}`, which escapes it. An element's feedback and format errors are
put into the page as markup, and so are escaped here. What cannot be read is a format error, which costs no attempt.
Source of the format: PrairieLearn, “Question Generation”.
"""

from __future__ import annotations

from html import escape
from typing import Any

from ..exercises.exercise import cached_exercise


def grade(data: dict[str, Any], lesson: str, name: str = "answer", weight: int = 1) -> None:
    """Mark the answer called `name` and write its score and diagnosis into `data`."""
    exercise = cached_exercise(lesson)
    verdict = exercise.check(_submitted(data.get("submitted_answers", {}), name, exercise.trace.output.shape))
    feedback = data.setdefault("feedback", {})
    scores = data.setdefault("partial_scores", {})
    feedback[name] = verdict.problem or verdict.remark
    if not verdict.usable:
        data.setdefault("format_errors", {})[name] = escape(verdict.problem)
        return
    score = scores.setdefault(name, {})
    score["score"], score["weight"] = round(verdict.share, 5), weight
    if not isinstance(score.get("feedback"), dict):  # a matrix element's own, for each cell
        score["feedback"] = escape(verdict.remark)
    weights = sum(part.get("weight", 1) for part in scores.values())
    earned = sum((part.get("score") or 0) * part.get("weight", 1) for part in scores.values())
    data["score"] = round(earned / weights, 5) if weights else 0.0


def _submitted(answers: dict[str, Any], name: str, shape: tuple[int, ...]) -> Any:
    """The answer as text or lists, from one input or from one for each cell."""
    if name in answers:
        return _plain(answers[name])
    rows, columns = (1, *shape)[-2:] if len(shape) < 3 else (shape[-2], shape[-1])
    # pl-matrix-component-input names the cells of an m×n matrix name1, name2, …, row by row.
    cells = [_plain(answers.get(f"{name}{number}")) for number in range(1, rows * columns + 1)]
    if all(cell is None for cell in cells):
        return ""
    return [cells[row * columns : (row + 1) * columns] for row in range(rows)]


def _plain(value: Any) -> Any:
    """What `pl.to_json` wrapped: {"_type": "ndarray", "_value": …}."""
    return value["_value"] if isinstance(value, dict) and "_value" in value else value
