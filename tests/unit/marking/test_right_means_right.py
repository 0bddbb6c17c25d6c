"""When a number is right without a word from the author, and what is rounded too far."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import stepwise as sw
from stepwise.marking import Marker


def state(due: Any, word: str) -> str:
    """The state of a single cell."""
    trace = sw.trace("MaxPool2D(1)", [[due]], arithmetic="exact" if isinstance(due, str) else None)
    [cell] = Marker(trace).check(word).cells
    return cell.state


@pytest.mark.parametrize(
    ("due", "word"),
    [
        (250, "250"),
        (250, "250.0"),
        (465, "465"),
        (3.25, "3.25"),
        (3.25, "13/4"),
        (3.25, "3¼"),
        (10 / 3, "3.33"),
        (10 / 3, "3.333"),
        (10 / 3, "10/3"),
        (10 / 3, "3.3333333"),
        (12.75, "12.8"),
        (9.95, "10.0"),
        (-9.95, "-10.0"),
        (0.0625, "0.0625"),
        (0.05, "0.05"),
        (1234567.0, "1.23e6"),
        (0.3, "0.3"),
        (0.1 + 0.2, "0.3"),
        (2 / 3, "0.667"),
        (-2 / 3, "-0.667"),
        (7.5, "7.5"),
        ("10/3", "3.33"),
        ("13/4", "3.25"),
    ],
)
def test_right(due: Any, word: str) -> None:
    assert state(due, word) == "right"


@pytest.mark.parametrize(
    ("due", "word"),
    [
        (250, "252"),
        (465, "468"),
        (100, "101"),
        (1000, "1001"),
        (3.25, "3.26"),
        (10 / 3, "3.34"),
        (10 / 3, "3.32"),
        (12.75, "12.7"),
        (0.25, "0"),
        (3.25, "10/3"),
        (1234567, "1230000"),
        (1234567, "1234568"),
        (3, "3.5"),
    ],
)
def test_wrong(due: Any, word: str) -> None:
    assert state(due, word) == "wrong"


@pytest.mark.parametrize(("due", "word"), [(10 / 3, "3.3"), (10 / 3, "3"), (3.25, "3.3"), (0.0625, "0.06"), (7.4, "7")])
def test_rounded_too_far(due: Any, word: str) -> None:
    assert state(due, word) == "imprecise"


def test_a_forgotten_bias_is_no_rounding() -> None:
    trace = sw.trace("Conv2D(1, 2)", "1 2 0; 3 1 2; 0 4 1", kernel="1 0; 2 -1", bias=[0.25])
    verdict = sw.check(trace, [[value - 0.25 for value in row] for row in trace.output.tolist()])
    assert verdict.diagnosis is not None
    assert verdict.diagnosis.codes == ("conv.bias_forgotten",)
    assert verdict.count("imprecise") == 0
    assert verdict.count("wrong") == 4


@pytest.mark.parametrize("bias", [0.25, 0.5, 0.75, 0.1, 1.5, -0.25])
def test_a_forgotten_bias_is_named_whatever_it_is(bias: float) -> None:
    trace = sw.trace("Conv2D(1, 2)", "1 2 0; 3 1 2; 0 4 1", kernel="1 0; 2 -1", bias=[bias])
    without = sw.trace("Conv2D(1, 2)", "1 2 0; 3 1 2; 0 4 1", kernel="1 0; 2 -1", bias=[0])
    diagnosis = sw.check(trace, without.output).diagnosis
    assert diagnosis is not None
    assert diagnosis.codes == ("conv.bias_forgotten",)


@pytest.mark.parametrize("text", ["4 5 7 0", "4 5\n7\n0", "4; 5; 7; 0", "[4, 5, 7, 0]"])
def test_what_is_laid_out_otherwise_is_not_marked(text: str) -> None:
    trace = sw.trace("MaxPool2D(2, strides=2, padding='same')", "4 3 1; 2 1 5; 7 -2 0")
    verdict = sw.check(trace, text)
    assert not verdict.usable


def test_a_grid_right_but_for_where_its_rows_break_is_not_marked() -> None:
    trace = sw.trace("MaxPool2D(1)", "1 2 3; 4 5 6")
    assert "arranged as 3×2, not as 2×3" in sw.check(trace, "1 2; 3 4; 5 6").problem
    assert sw.check(trace, "1 4; 2 5; 3 6").usable  # turned over: that is a mistake


def test_a_word_that_is_no_number_in_an_answer_of_another_size_is_told() -> None:
    trace = sw.trace("MaxPool2D(1)", "1 2 3; 4 5 6")
    assert "'four' is no number" in sw.check(trace, "1 2; four 5").problem


def test_of_two_readings_the_one_of_the_due_size_counts() -> None:
    columns = sw.trace("MaxPool2D(1)", [[4.5], [6.7]])
    assert sw.check(columns, "4,5; 6,7").correct
    square = sw.trace("MaxPool2D(1)", [[4, 5], [6, 7]])
    assert sw.check(square, "4,5; 6,7").correct
    assert sw.check(square, "4 5 / 6 7").correct


@pytest.mark.parametrize(
    ("due", "written", "right"),
    [
        (2, "2.00001", False),
        (2, "2.000001", False),
        (2, "2.00000", True),
        (1250, "1250.01", False),
        (0.1, "0.100001", False),
        (np.float32(0.1), "0.1", True),
        (np.nextafter(np.float32(2), np.float32(3)), "2", True),
        (np.float32(2), "2.00001", False),
        (10 / 3, "3.33333", True),
        (10 / 3, "3.33334", False),
        (10 / 3, repr(float(np.float32(10 / 3))), True),
    ],
)
def test_a_number_is_the_one_due_to_the_last_digit_that_a_machine_keeps(due: Any, written: str, right: bool) -> None:
    marker = Marker(sw.trace("MaxPool2D(1)", np.array([[due]])))
    assert marker.check(written).correct == right


@pytest.mark.parametrize("answer", ["2 (-1.5); 7.5 2", "2, (-1.5)\n7.5, 2", "(-1.5) as 2 (-1.5); 7.5 2"])
def test_brackets_around_a_negative_number_are_how_sums_are_written(answer: str) -> None:
    marker = Marker(sw.trace("MaxPool2D(1)", [[2, -1.5], [7.5, 2]]))
    verdict = marker.check(answer)
    assert verdict.correct == (" as " not in answer)
    assert verdict.score == verdict.correct


def test_an_array_is_rounded_as_a_list_and_text_are() -> None:
    trace = sw.trace("Conv2D(1, 1)", [[11.75, 2.5], [3.125, 10 / 3]], kernel=[[1]])
    rows = [[11.8, 2.5], [3.13, 3.33]]
    double, single = np.array(rows), np.array(rows, dtype=np.float32)
    for answer in ("11.8 2.5; 3.13 3.33", rows, double, single, double.tolist()):
        assert sw.check(trace, answer).correct, type(answer)
    for answer in (
        "12 2.5; 3.13 3.33",
        np.array([[12.0, 2.5], [3.13, 3.33]]),
        single + np.float32(0.25),
    ):
        assert not sw.check(trace, answer).correct
