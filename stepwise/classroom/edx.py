"""edX: what the check function of a `customresponse` problem returns.

    <script type="loncapa/python">
    from stepwise.classroom.edx import customresponse
    def check(expect, answer):
        return customresponse(answer, LESSON)
    </script>

`answer` is one text, or a list with the text of each input: then there is one input for each cell, row by row.
Source of the format: edX, “Write-Your-Own-Grader Problem”.
"""

from __future__ import annotations

from html import escape
from typing import Any

from .assignment import cached_exercise

_SAID = {"wrong": "not right", "blank": "left open", "unreadable": "not a number", "imprecise": "not precise enough"}


def customresponse(answer: str | list[str], lesson: str) -> dict[str, Any]:
    """`overall_message`, and for each input whether it is `ok` (or "partial"), a message and its share of the mark.

    >>> told = customresponse(["4"], "stepwise: 1\\ninput: 4 3; 2 1\\nlayers: [MaxPool2D(2)]")
    >>> told["input_list"]
    [{'ok': True, 'msg': '', 'grade_decimal': 1.0}]
    """
    exercise = cached_exercise(lesson)
    by_cell = isinstance(answer, list) and len(answer) == exercise.trace.output.size
    if by_cell:
        flat = [str(text).strip() or "_" for text in answer]
        verdict = exercise.check(_shaped(flat, exercise.trace.output.shape))
    else:
        verdict = exercise.check(answer[0] if isinstance(answer, list) and len(answer) == 1 else answer)
    message = "" if verdict.correct else verdict.problem or verdict.text
    if by_cell and verdict.cells:
        inputs = [
            _input(
                float(cell.state == "right"), _SAID.get(cell.state, "") if verdict.marking.reveal != "nothing" else ""
            )
            for cell in verdict.cells
        ]
    else:
        count = len(answer) if isinstance(answer, list) else 1
        inputs = [_input(verdict.score, "")] * count
    return {"overall_message": escape(message), "input_list": inputs}  # edX puts messages into its page as markup


def _input(share: float, message: str) -> dict[str, Any]:
    ok: bool | str = True if share >= 1 else "partial" if share > 0 else False
    return {"ok": ok, "msg": message if share < 1 else "", "grade_decimal": round(float(share), 5)}


def _shaped(flat: list[str], shape: tuple[int, ...]) -> Any:
    """A flat list as nested lists of a shape."""
    for size in reversed(shape[1:]):
        flat = [flat[i : i + size] for i in range(0, len(flat), size)]  # type: ignore[misc]  # one level deeper each time
    return flat
