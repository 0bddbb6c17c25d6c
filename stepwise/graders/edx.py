"""edX: what the check function of a `customresponse` problem returns.

    <script type="loncapa/python">
    from stepwise.graders.edx import customresponse
    def check(expect, answer):
        return customresponse(answer, LESSON)
    </script>

`answer` is one text, or a list with the text of each input: one for each cell, row by row, or one for each part.
Source of the format: edX, “Write-Your-Own-Grader Problem”.
"""

from __future__ import annotations

from html import escape
from typing import Any

from ..exercises.exercise import Exercise, cached_exercise
from ..language import _, speaking
from ..marking.parts import PartVerdict


def customresponse(answer: str | list[str], lesson: str) -> dict[str, Any]:
    """`overall_message`, and for each input whether it is `ok` (or "partial"), a message and its share of the mark.

    >>> response = customresponse(["4"], "stepwise: 1\\ninput: 4 3; 2 1\\nlayers: [MaxPool2D(2)]")
    >>> response["input_list"]
    [{'ok': True, 'msg': '', 'grade_decimal': 1.0}]
    """
    exercise = cached_exercise(lesson)
    with speaking(exercise.language):
        return _response(answer, exercise)


def _response(answer: str | list[str], exercise: Exercise) -> dict[str, Any]:
    texts = (answer or [""]) if isinstance(answer, list) else [answer]
    by_cell = not exercise.in_parts and len(texts) == exercise.trace.output.size > 1
    if by_cell:
        verdict = exercise.check(_shaped([str(text).strip() or "_" for text in texts], exercise.trace.output.shape))
    else:
        verdict = exercise.check(texts if exercise.in_parts and len(texts) > 1 else " ".join(texts))
    inputs = [_input(verdict.share, "")] * len(texts)
    marking = exercise.marking
    if by_cell and verdict.parts[0].verdict.cells and marking.reveal != "nothing":
        cells = verdict.parts[0].verdict.cells
        alone = marking.score == "cells" and marking.weights is None  # else edX's sum of cells would be another score
        earned = {"right": 1.0, "imprecise": float(marking.precision_credit)}
        words = _state_words()
        shares = [earned.get(cell.state, 0.0) if alone else verdict.share for cell in cells]
        inputs = [_input(share, words.get(cell.state, "")) for cell, share in zip(cells, shares)]
    elif not (verdict.usable or verdict.partly):
        inputs = [_input(0.0, "")] * len(texts)
    elif len(texts) > 1 and len(texts) == len(verdict.parts):
        alike = len({part.points for part in verdict.parts}) == 1 and not marking.round_to
        # edX takes the mean over the inputs: where that is not the mark, each input has the mark of the whole
        inputs = [
            _input((part.earned / part.points if part.points else 0.0) if alike else verdict.share, _beside(part))
            for part in verdict.parts
        ]
    message = escape(verdict.remark)  # edX puts messages into its page as markup
    return {"overall_message": message, "input_list": inputs}


def _beside(part: PartVerdict) -> str:
    """What is said beside the input of a part."""
    if not part.verdict.usable and not part.verdict.blank:
        return escape(part.verdict.problem)
    return _("{earned} of {points} points").format(earned=f"{part.earned:g}", points=f"{part.points:g}")


def _state_words() -> dict[str, str]:
    """What is said beside the input of a cell that is not right."""
    return {
        "wrong": _("not right"),
        "blank": _("left open"),
        "unreadable": _("not a number"),
        "imprecise": _("not precise enough"),
    }


def _input(share: float, message: str) -> dict[str, Any]:
    ok: bool | str = True if share >= 1 else "partial" if share > 0 else False
    return {"ok": ok, "msg": message if share < 1 else "", "grade_decimal": round(float(share), 5)}


def _shaped(flat: list[str], shape: tuple[int, ...]) -> Any:
    """A flat list as nested lists of a shape."""
    for size in reversed(shape[1:]):
        flat = [flat[i : i + size] for i in range(0, len(flat), size)]  # type: ignore[misc]  # one level deeper each time
    return flat
