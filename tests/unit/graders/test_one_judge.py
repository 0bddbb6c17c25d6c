"""Every door gives the same answer the same marks, part by part, wherever the host can express it.

`tools/judges.py` sends the same answers through `check`, `grade`, Gradescope, otter-grader, nbgrader, edX and
PrairieLearn; the documentation's table is what comes out.
"""

from __future__ import annotations

import re

import pytest

from stepwise.exercises.exercise import read_exercise
from stepwise.graders import otter
from stepwise.graders.moodle import left_out, question_bank, weights
from tools.judges import CHAIN, DOCUMENT, LESSONS, answers, by_check, document

TEN = """stepwise: 1
input: 4 3 1; 2 1 5; 7 -2 0
layers: ['MaxPool2D(2, padding="same")']
marking: {points: 10}
"""


def test_all_doors_agree_and_the_documentation_says_so() -> None:
    told = document()
    assert told == DOCUMENT.read_text(), "make judges"
    for same, total in re.findall(r"(\d+) of (\d+)", told):
        assert same == total


def test_the_answers_are_of_every_kind() -> None:
    exercise = read_exercise(CHAIN)
    marks = [by_check(exercise, answer) for answer in answers("chain")]
    assert len(marks) >= 100
    single = read_exercise(LESSONS["single"])
    assert None in [by_check(single, answer) for answer in answers("single")], "some cannot be read at all"
    assert len({tuple(round(part, 6) for part in one if part is not None) for one in marks if one}) > 20
    assert sum(None in one and any(one) for one in marks if one) > 2, "of some, a part cannot"
    told = [exercise.check(answer) for answer in answers("chain")]
    assert sum(part.followed for one in told for part in one.parts) > 20


def test_the_cases_of_otter_are_worth_the_points_of_the_parts() -> None:
    question = otter.Question(CHAIN)
    worth = [sum(case.worth for case in question.cases() if case.part == part) for part in range(3)]
    assert worth == pytest.approx([10, 3, 5])


def test_points_reach_moodle_as_the_lesson_gives_them() -> None:
    chain = read_exercise(CHAIN)
    shares = weights(chain)
    assert len({sum(part) / points for part, points in zip(shares, (10, 3, 5))}) == 1, "10/3/5 stays 10/3/5"
    assert all(min(part) > 0 for part in shares)
    ten = read_exercise(TEN)
    assert [sum(part) for part in weights(ten)] == [10]
    assert "carried forward" in " ".join(left_out([chain]))
    assert re.findall(r"\{(\d+):NM:", question_bank([("v01", ten)])) == ["3", "3", "2", "2"]


def test_moodle_asks_for_sizes_and_padding_and_names_what_it_cannot_ask() -> None:
    asked = read_exercise(LESSONS["asked"])
    bank = question_bank([("v01", asked)])
    assert "Size of the output (height, width):" in bank
    assert "Lines of padding, before and after the data (height, width):" in bank
    assert any("no gap for a formula" in sentence for sentence in left_out([asked]))


def test_moodle_is_said_to_have_no_credit_for_what_is_rounded_too_far() -> None:
    bare = LESSONS["rows"].replace("score: rows", "score: cells")
    assert not any("rounded too far" in sentence for sentence in left_out([read_exercise(bare)]))
    given = bare.replace("points: 4", "points: 4, precision_credit: 0.5")
    assert any("rounded too far" in sentence for sentence in left_out([read_exercise(given)]))
