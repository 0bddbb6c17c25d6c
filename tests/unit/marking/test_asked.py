"""What else may be asked of a layer: sizes, padding and a formula, each with points, and each diagnosed."""

from __future__ import annotations

from typing import Any

import pytest

import stepwise as sw
from stepwise.errors import StepwiseError
from stepwise.exercises.exercise import Exercise, read_exercise
from stepwise.marking.workings import same_working

LESSON = """stepwise: 1
input: 4 3 1; 2 1 5; 7 -2 0
layers: ['MaxPool2D(2, strides=2, padding="same")']
parts:
  - {layer: 0, ask: sizes, points: 2}
  - {layer: 0, ask: padding, points: 4}
  - {layer: 0, points: 4}
  - {layer: 0, ask: formula, cell: [0, 1], points: 2}
"""
OUTPUT = "4 5; 7 0"


@pytest.fixture(name="exercise", scope="module")
def an_exercise() -> Exercise:
    return read_exercise(LESSON)


@pytest.mark.parametrize(
    "answer",
    [
        f"2 2\n---\n0 1 0 1\n---\n{OUTPUT}\n---\nmax(1, 5) = 5",
        f"2x2\n---\n0, 1, 0, 1\n---\n{OUTPUT}\n---\nmax(5, 1)",
        "size: 2×2\npadding: top 0, bottom 1, left 0, right 1\noutput:\n4 5\n7 0\nformula: max(1, 5)",
        "Size = 2 by 2\nPadding = [[0, 1], [0, 1]]\nAnswer = [[4, 5], [7, 0]]\nWorking = max(1,5)=5",
    ],
)
def test_every_part_is_read_and_right(exercise: Exercise, answer: str) -> None:
    outcome = exercise.check(answer)
    assert [part.earned for part in outcome.parts] == [2, 4, 4, 2], outcome.text
    assert outcome.correct


def diagnosed(exercise: Exercise, answer: str) -> list[Any]:
    found = [part.verdict.diagnosis for part in exercise.check(answer).parts]
    return [one and one.codes for one in found]


def test_a_wrong_size_and_a_wrong_padding_have_names(exercise: Exercise) -> None:
    assert diagnosed(exercise, f"1 1\n---\n1 0 1 0\n---\n{OUTPUT}\n---\nmax(1, 5)") == [
        ("padding.valid_for_same",),
        ("padding.extra_line_first",),
        None,
        None,
    ]


def test_a_part_earns_by_its_numbers(exercise: Exercise) -> None:
    outcome = exercise.check(f"2 3\n---\n0 1 0 _\n---\n{OUTPUT}\n---\n5")
    assert [part.earned for part in outcome.parts] == [1, 3, 4, 0]


def test_a_size_follows_from_ones_own_earlier_output() -> None:
    exercise = read_exercise(
        """stepwise: 1
input: 4 3 1; 2 1 5; 7 -2 0
layers: ['MaxPool2D(2, strides=1, padding="same")', MaxPool2D(2)]
parts:
  - {layer: 0, points: 4}
  - {layer: 1, ask: sizes, points: 4}
"""
    )
    valid = sw.trace("MaxPool2D(2, strides=1)", "4 3 1; 2 1 5; 7 -2 0").output.tolist()
    outcome = exercise.check([valid, "1 1"])
    assert outcome.parts[1].earned == 4, "the same size either way"
    exercise = read_exercise(
        """stepwise: 1
input: 4 3 1 0; 2 1 5 1; 7 -2 0 2; 1 2 3 4
layers: ['MaxPool2D(2, strides=1, padding="same")', 'MaxPool2D(2)']
parts:
  - {layer: 0, points: 4}
  - {layer: 1, ask: sizes, points: 4}
"""
    )
    valid = sw.trace("MaxPool2D(2, strides=1)", "4 3 1 0; 2 1 5 1; 7 -2 0 2; 1 2 3 4").output.tolist()
    outcome = exercise.check([valid, "1 1"])
    assert outcome.parts[1].earned == 3
    assert outcome.parts[1].followed


@pytest.mark.parametrize(
    ("written", "due", "same"),
    [
        ("4 + 1 = 5", "4·1 + 3·0 + 2·0 + 1·1 + 0 = 5", True),
        ("1·1 + 4·1", "4·1 + 3·0 + 2·0 + 1·1 + 0 = 5", True),
        ("4*1 - 3*2 + 1", "4·1 + 3·(-2) + 1·1 = -1", True),
        ("4*1 + 3*2 + 1", "4·1 + 3·(-2) + 1·1 = -1", False),
        ("3+2", "4·1 + 1·1 = 5", False),
        ("5", "4·1 + 1·1 = 5", False),
        ("13/4", "(1 + 1 + 5 + 6) / 4 = 3.25", False),
        ("(1+1+5+6) ÷ 4 = 3.25", "(1 + 1 + 5 + 6) / 4 = 3.25", True),
        ("(1+1+5+6)/4 = 3.5", "(1 + 1 + 5 + 6) / 4 = 3.25", False),
        ("(1+1+5+6)/3", "(1 + 1 + 5 + 6) / 4 = 3.25", False),
        ("max(4, 3)", "max(4, 3, 2) = 4", False),
        ("max(2, 3, 4) = 4", "max(4, 3, 2) = 4", True),
        ("max(−2, −3)", "max(-3, -2) = -2", True),
        ("min(4, 3, 2)", "max(4, 3, 2) = 4", False),
    ],
)
def test_a_working_is_the_same_where_it_does_the_same_with_the_same_numbers(written: str, due: str, same: bool) -> None:
    assert same_working(written, due).same is same


@pytest.mark.parametrize(
    "text", ["max(", "4 +", "a + b", "__import__('os')", "1" * 5000, "(" * 400, "2^9999", "1/0", "√(-1)"]
)
def test_a_working_that_cannot_be_read_says_so(text: str) -> None:
    assert same_working(text, "max(4, 3) = 4").problem


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("{layer: 0, ask: size}", "expected output, sizes, padding or formula. Did you mean sizes?"),
        ("{layer: 0, cell: [0, 0]}", "goes with ask: formula only"),
        ("{layer: 0, ask: formula, cell: 3}", "expected an index such as"),
        ("{layer: 0, ask: formula, cell: [7, 7]}", "7"),
    ],
)
def test_what_cannot_be_asked_is_refused(part: str, words: str) -> None:
    with pytest.raises(StepwiseError, match=words.replace("[", r"\[")):
        read_exercise(LESSON.partition("parts:")[0] + f"parts:\n  - {part}\n")
