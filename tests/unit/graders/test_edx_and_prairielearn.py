"""What edX and PrairieLearn are given, to the letter of what they take."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest

from stepwise.exercises.exercise import read_exercise
from stepwise.graders import nbgrader
from stepwise.graders.edx import customresponse
from stepwise.graders.prairielearn import grade
from tests.unit.grading.classes import LESSON, RIGHT, ZERO

PARTS = "stepwise: 1\ninput: 1 -2; -3 4\nlayers: [ReLU(), MaxPool2D(2)]\nparts: [{layer: 0, points: 3}, {layer: 1}]\n"
CELLS = ZERO.replace(";", "").split()


def to_the_letter(told: dict[str, Any], inputs: int) -> None:
    """edX, “Write-Your-Own-Grader Problem”: the keys, `ok` as it is known, a grade from 0 to 1, messages as markup."""
    assert set(told) == {"overall_message", "input_list"}
    assert len(told["input_list"]) == inputs
    ElementTree.fromstring(f"<p>{told['overall_message']}</p>")
    for one in told["input_list"]:
        assert set(one) == {"ok", "msg", "grade_decimal"}
        assert one["ok"] is True or one["ok"] is False or one["ok"] == "partial"
        assert 0 <= one["grade_decimal"] <= 1
        assert (one["ok"] is True) == (one["grade_decimal"] == 1)
        ElementTree.fromstring(f"<p>{one['msg']}</p>")


def test_edx_one_text() -> None:
    told = customresponse(RIGHT, LESSON)
    to_the_letter(told, 1)
    assert told["input_list"][0]["ok"] is True
    told = customresponse(ZERO, LESSON)
    to_the_letter(told, 1)
    assert told["input_list"][0]["ok"] == "partial"
    assert told["input_list"][0]["grade_decimal"] == pytest.approx(4 / 9, abs=1e-5)
    assert "Padding was taken as 0" in told["overall_message"]


def test_edx_an_input_for_each_cell() -> None:
    told = customresponse(CELLS, LESSON)
    to_the_letter(told, 9)
    assert [one["ok"] for one in told["input_list"]] == [True, True, False, True, True, False, False, False, False]
    told = customresponse(["", "x", *CELLS[2:]], LESSON)
    to_the_letter(told, 9)
    assert [one["msg"] for one in told["input_list"][:3]] == ["left open", "not a number", "not right"]
    silent = customresponse(CELLS, LESSON + "marking: {reveal: nothing}\n")
    assert {(one["ok"], one["msg"]) for one in silent["input_list"]} == {("partial", "")}, "nor which cells are right"


@pytest.mark.parametrize(
    ("marking", "cells", "score"),
    [
        ("score: cells", CELLS, 4 / 9),
        ("score: rows", CELLS, 0),
        ("score: rows", [*RIGHT.replace(";", "").split()[:8], "7"], 2 / 3),
        ("score: all", CELLS, 0),
        ("weights: [[0, 0, 0], [9, 1, 0], [0, 0, 2]]", CELLS, 10 / 12),
        ("reveal: nothing", CELLS, 4 / 9),
    ],
)
def test_edx_inputs_add_up_to_the_score_of_the_lesson(marking: str, cells: list[str], score: float) -> None:
    told = customresponse(cells, f"{LESSON}marking: {{{marking}}}\n")
    to_the_letter(told, 9)
    assert sum(one["grade_decimal"] for one in told["input_list"]) / 9 == pytest.approx(score, abs=1e-5)


def test_edx_an_imprecise_cell_earns_what_the_lesson_says() -> None:
    mean = "stepwise: 1\ninput: 1 2 5 5; 3 3 6 7\nlayers: [AveragePooling2D(2)]\nmarking: {precision_credit: 0.5}\n"
    assert [one["grade_decimal"] for one in customresponse(["2.3", "5.75"], mean)["input_list"]] == [0.5, 1]


def test_edx_parts_and_what_cannot_be_read() -> None:
    told = customresponse(["1 0; 0 4", "5"], PARTS)
    to_the_letter(told, 2)
    # edX takes the mean over the inputs, and the first part is worth more: each has the mark of the whole
    share = read_exercise(PARTS).check(["1 0; 0 4", "5"]).share
    assert 0.5 < share < 1
    assert [one["grade_decimal"] for one in told["input_list"]] == [share, share]
    equal = customresponse(["1 0; 0 4", "5"], PARTS.replace("points: 3", "points: 1"))
    assert [one["ok"] for one in equal["input_list"]] == [True, False]
    for answer in ("<script>alert(1)</script>", "", ["&", "<b>"], []):
        told = customresponse(answer, LESSON)
        to_the_letter(told, len(answer) or 1 if isinstance(answer, list) else 1)
        assert all(one["ok"] is False for one in told["input_list"])
        assert told["overall_message"]


def data(answers: dict[str, Any]) -> dict[str, Any]:
    """What PrairieLearn hands to `grade`."""
    return {"submitted_answers": answers, "partial_scores": {}, "format_errors": {}, "feedback": {}, "score": 0}


FORMS: dict[str, dict[str, Any]] = {
    "text": {"answer": ZERO},
    "matrix": {"answer": {"_type": "ndarray", "_value": [[-1, -1, 0], [-1, -1, 0], [0, 0, 0]], "_dtype": "int64"}},
    "cells": {f"answer{number}": float(cell) for number, cell in enumerate(CELLS, 1)},
}


@pytest.mark.parametrize("form", FORMS)
def test_prairielearn_takes_every_element(form: str) -> None:
    told = data(FORMS[form])
    grade(told, LESSON)
    assert told["partial_scores"]["answer"]["score"] == pytest.approx(4 / 9, abs=1e-5)
    assert told["partial_scores"]["answer"]["weight"] == 1
    assert told["score"] == pytest.approx(4 / 9, abs=1e-5)
    assert "Padding was taken as 0" in told["feedback"]["answer"]
    assert told["format_errors"] == {}


def test_prairielearn_leaves_an_elements_own_feedback_alone() -> None:
    told = data(FORMS["cells"])
    own = {"answer1": "correct"}
    told["partial_scores"] = {
        "answer": {"score": 0.2, "weight": 3, "feedback": own},
        "other": {"score": 1, "weight": 1},
    }
    grade(told, LESSON, weight=3)
    assert told["partial_scores"]["answer"]["feedback"] is own
    assert told["score"] == pytest.approx((3 * 4 / 9 + 1) / 4, abs=1e-5)


def test_prairielearn_counts_no_attempt_for_what_cannot_be_read() -> None:
    for answers in ({}, {"answer": "hello"}, {"answer": None}):
        told = data(answers)
        grade(told, LESSON)
        assert told["format_errors"]["answer"]
        assert told["partial_scores"] == {}
    right = data({"answer": RIGHT})
    grade(right, LESSON)
    assert (right["score"], right["feedback"]["answer"]) == (1, "")


def test_what_can_be_read_is_marked_where_another_part_cannot_be() -> None:
    answer = ["1 0; 0 4", "not 4"]
    told = customresponse(answer, PARTS)
    to_the_letter(told, 2)
    assert sum(one["grade_decimal"] for one in told["input_list"]) / 2 == pytest.approx(3 / 4)
    assert "&#x27;not&#x27; stands beside" in told["input_list"][1]["msg"]
    assert "Part 1: 3 of 3 points." in told["overall_message"]
    assert "Part 2: Nothing was marked: &#x27;not&#x27; stands beside" in told["overall_message"]
    assert nbgrader.check(answer, PARTS, points=8, tell=False) == 6
    assert nbgrader.check(["not", "not 4"], PARTS, points=8, tell=False) == 0
