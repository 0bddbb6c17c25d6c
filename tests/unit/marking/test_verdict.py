"""What is right and wrong, cell by cell, in every mode; the size before all; and what it earns."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import stepwise as sw
from stepwise.errors import InputError, StepwiseError
from stepwise.marking import Marker, Marking, Tolerance, Verdict
from stepwise.marking.marking import REVEALS
from stepwise.marking.tolerance import MODES

MAX = sw.trace("MaxPool2D(2)", [[1, 5, 2, 0], [3, 4, 1, 6], [0, 2, 9, 8], [7, 1, 3, 4]])  # 5 6; 7 9
MEAN = sw.trace("AveragePooling2D(2)", [[1, 3, 2, 2], [5, 4, 4, 0]])  # 3.25 2


def states(verdict: Verdict) -> list[str]:
    return [cell.state for cell in verdict.cells]


def test_every_cell_by_itself() -> None:
    verdict = sw.check(MAX, "5 0; _ x")
    assert states(verdict) == ["right", "wrong", "blank", "unreadable"]
    assert [(c.index, c.given, c.due, c.written) for c in verdict.cells] == [
        ((0, 0), 5, 5, "5"),
        ((0, 1), 0, 6, "0"),
        ((1, 0), None, 7, "_"),
        ((1, 1), None, 9, "x"),
    ]
    assert not verdict.correct
    assert verdict.score == 0.25
    assert verdict.usable


@pytest.mark.parametrize("answer", ["", "_ _; ? ?", "x y; z w", "4 3; 2", b"\xff", {"a": 1}])
def test_an_answer_of_which_nothing_can_be_read_costs_no_attempt(answer: Any) -> None:
    verdict = sw.check(MAX, answer)
    assert not verdict.usable
    assert not verdict.correct
    assert verdict.score == 0
    assert verdict.problem in verdict.text
    assert verdict.diagnosis is None
    assert verdict.size is None


@pytest.mark.parametrize(
    ("mode", "due", "right", "wrong"),
    [
        # |given - due| <= 1e-8 + 0.01·|due|
        (Tolerance("relabs"), 200, [198, 202], [197.9, 202.1]),
        (Tolerance("relabs"), 0, [0, 1e-8], [1e-7]),
        (Tolerance("relabs", rtol=0, atol=0.5), 3, [2.5, 3.5], [2.4, 3.6]),
        # rounded to so many digits, and 0.51 of the last one
        (Tolerance("decdig", digits=2), 3.256, [3.26, 3.251, 3.261], [3.25, 3.27]),
        (Tolerance("decdig", digits=0), 3.2, [3, 3.7], [2, 4]),
        (Tolerance("sigfig", digits=2), 1234, [1200, 1284], [1300, 1180]),
        (Tolerance("sigfig", digits=3), 0.012345, [0.0123], [0.0125]),
        (Tolerance("exact"), 0.1 + 0.2, [0.3, 0.1 + 0.2], [0.300001]),
        (Tolerance("exact"), 7, [7, 7.0], [7.000001, 6]),
    ],
)
def test_how_near_is_near(mode: Tolerance, due: float, right: list[float], wrong: list[float]) -> None:
    marker = Marker(sw.trace("MaxPool2D(1)", [[due]]), Marking(mode))
    assert [marker.check(str(x)).correct for x in right] == [True] * len(right)
    assert [marker.check(str(x)).correct for x in wrong] == [False] * len(wrong)


def test_exact_takes_a_third_for_a_third_and_nothing_else() -> None:
    marker = Marker(sw.trace("AveragePooling2D((1, 3))", "1/3 1/3 1/3"), Marking(Tolerance("exact")))
    assert marker.check("1/3").correct
    assert marker.check("2/6").correct
    assert marker.check(Fraction(1, 3)).correct
    assert not marker.check("0.3333333333333").correct


def test_large_integers_are_compared_to_the_last_digit() -> None:
    marker = Marker(sw.trace("MaxPool2D(1)", [[2**60 + 1]]), Marking(Tolerance("exact")))
    assert marker.check(str(2**60 + 1)).correct
    assert not marker.check(str(2**60)).correct


def test_nan_and_infinities_are_right_where_they_are_due() -> None:
    marker = Marker(sw.trace("MaxPool2D(1)", [[float("nan"), float("inf"), -float("inf")]]))
    assert marker.check("nan inf -inf").correct
    assert states(marker.check("1 -inf 1e9")) == ["wrong"] * 3


@pytest.mark.parametrize("credit", [0.0, 0.5, 1.0])
def test_a_right_value_rounded_too_far_earns_what_the_author_says(credit: float) -> None:
    marker = Marker(MEAN, Marking(Tolerance("decdig", digits=2), precision_credit=credit))
    verdict = marker.check("3.3 2")
    assert states(verdict) == ["imprecise", "right"]
    assert verdict.score == (1 + credit) / 2
    assert not verdict.correct
    assert verdict.diagnosis is None
    assert states(marker.check("3.4 2")) == ["wrong", "right"]
    assert states(marker.check("3.3 3")) == ["imprecise", "wrong"]  # 2 is whole: there was nothing to round


@pytest.mark.parametrize(
    ("score", "answer", "earned"),
    [
        ("cells", "5 6; 7 0", 0.75),
        ("rows", "5 6; 7 0", 0.5),
        ("rows", "5 0; 7 0", 0.0),
        ("all", "5 6; 7 0", 0.0),
        ("all", "5 6; 7 9", 1.0),
        ("rows", "5 6; _ 9", 0.5),
    ],
)
def test_what_earns(score: str, answer: str, earned: float) -> None:
    assert Marker(MAX, Marking(score=score)).check(answer).score == earned


def test_cells_may_weigh_differently() -> None:
    weighted = Marker(MAX, Marking(weights=[[1, 2], [3, 4]]))
    assert weighted.check("5 6; 7 0").score == pytest.approx(0.6)
    assert weighted.check("5 6; 7 9").score == 1
    assert Marker(MAX, Marking(score="rows", weights=[[1, 2], [3, 4]])).check("5 0; 7 9").score == pytest.approx(0.7)


@pytest.mark.parametrize("weights", [[[1, 2]], [[0, 0], [0, 0]], [[1, -1], [1, 1]], "x", [[1, float("nan")], [1, 1]]])
def test_weights_that_do_not_fit_are_the_authors_mistake(weights: Any) -> None:
    with pytest.raises(StepwiseError, match="weights"):
        Marker(MAX, Marking(weights=weights))


@pytest.mark.parametrize(
    ("shape", "given"),
    [
        ((1, 2, 2, 1), "1 2; 3 4"),
        ((2, 2, 1), [[1, 2], [3, 4]]),
        ((1, 2, 2), "1 2; 3 4"),
        ((1, 2, 2), [[[1, 2], [3, 4]]]),
    ],
)
def test_axes_of_length_one_may_be_left_out(shape: tuple[int, ...], given: Any) -> None:
    assert sw.check(sw.trace("ReLU()", np.array([1, 2, 3, 4]).reshape(shape)), given).correct


@pytest.mark.parametrize("given", ["1 2 3", "1; 2; 3", [1, 2, 3], [[1], [2], [3]]])
def test_a_line_may_lie_or_stand(given: Any) -> None:
    assert sw.check(sw.trace("ReLU()", [1, 2, 3]), given).correct


def test_channels_may_be_written_one_grid_after_the_other() -> None:
    last = sw.trace("ReLU()", np.arange(8).reshape(2, 2, 2))
    conv = sw.trace("MaxPool2D(1)", np.arange(8).reshape(2, 2, 2))
    first = sw.trace("nn.MaxPool2d(1)", np.arange(8).reshape(2, 2, 2))
    assert sw.check(conv, "0 2; 4 6\n\n1 3; 5 7").correct
    assert sw.check(first, "0 1; 2 3\n\n4 5; 6 7").correct
    assert sw.check(last, last.output.tolist()).correct
    assert [c.index for c in sw.check(conv, "0 2; 4 6\n\n1 3; 5 0").cells if c.state == "wrong"] == [(1, 1, 1)]


def test_a_wrong_size_is_told_with_the_rule_that_gives_it() -> None:
    same = sw.trace("MaxPool2D(3, strides=1, padding='same')", np.arange(16).reshape(4, 4))
    verdict = sw.check(same, "0 0; 0 0")
    assert verdict.size is not None
    assert (verdict.size.given, verdict.size.due) == ((2, 2), (4, 4))
    assert ("padding.valid_for_same",) in verdict.size.ways
    assert "the size 2×2; the right size is 4×4" in verdict.text
    assert verdict.cells == ()
    assert verdict.score == 0
    nobody = sw.check(same, "1 2 3 4 5 6 7")
    assert nobody.size is not None
    assert nobody.size.ways == ()


@pytest.mark.parametrize("reveal", REVEALS)
def test_no_more_is_told_than_is_allowed(reveal: Any) -> None:
    """A right number, a place or a cause must not slip through, in the words or in any format of the lesson."""
    trace = sw.trace("MaxPool2D(2, strides=1, padding='same')", [[-411, -312], [-213, -114]])
    verdict = sw.check(trace, "-777 0; 0 0")
    lesson = verdict.lesson(reveal=reveal)
    level = REVEALS.index(reveal)
    for text in (lesson.html(), lesson.markdown(), lesson.text(), verdict.feedback(reveal)):
        assert ("(0, 1)" in text) == (level >= 1)
        assert ("Padding was taken as 0" in text) == (level >= 2)
    for text in (lesson.html(), lesson.markdown(), lesson.text()):
        assert ("114" in text) == (level >= 3)


def test_the_lesson_marks_mistakes_not_by_colour_alone() -> None:
    lesson = sw.check(MAX, "5 0; _ 9").lesson()
    assert '<td class=wrong data-out="0,1">0<' in lesson.html()
    assert '<td class=result data-out="0,1">6<' in lesson.html()
    assert '<td class=blank data-out="1,0"><' in lesson.html()
    assert "text-decoration:underline wavy" in lesson.html()
    for text in (lesson.text(), lesson.markdown()):
        assert "!0!" in text
        assert "[6]" in text
    assert "max(2, 0, 1, 6) = 6" in lesson.text()


def test_the_lesson_works_the_mistake_out_too() -> None:
    trace = sw.trace("MaxPool2D(2, strides=1, padding='same')", [[-4, -3], [-2, -1]])
    text = sw.check(trace, "-1 0; 0 0").lesson().text()
    assert "max(-3, -1) = -1" in text
    assert "max(-3, 0, -1, 0) = 0" in text


@pytest.mark.parametrize(
    "answer", ["5 6; 7 9", "0 0; 0 0", "_ 6; x 9", "1 2 3", "", "5 6; 7 8.6", "1 2; 3 4\n\n5 6; 7 8"]
)
@pytest.mark.parametrize("reveal", REVEALS)
def test_every_verdict_has_a_lesson_in_every_format(answer: str, reveal: Any) -> None:
    for trace in (MAX, MEAN, sw.trace("Conv2D(2, 2)", np.arange(18).reshape(3, 3, 2)), sw.trace("Softmax()", [[1, 2]])):
        lesson = sw.check(trace, answer).lesson(reveal=reveal)
        assert lesson.html()
        assert lesson.markdown()
        assert lesson.text()


def test_a_large_answer_is_shown_around_its_first_mistake() -> None:
    trace = sw.trace("ReLU()", np.arange(900).reshape(30, 30))
    answer = np.array(trace.output)
    answer[20, 25] = -1
    lesson = sw.check(trace, answer).lesson()
    assert "!-1!" in lesson.text()
    assert len(lesson.html()) < 60_000


HOSTILE = "<script>alert(1)</script>"


def test_a_strangers_words_are_only_words() -> None:
    lesson = sw.check(MAX, [["5", HOSTILE], ["|`*_[x](y)", "\x1b[31m"]]).lesson()
    assert HOSTILE not in lesson.html()
    assert "&lt;script&gt;" in lesson.html()
    assert "\x1b" not in lesson.text()
    assert HOSTILE not in sw.check(MAX, HOSTILE).lesson().html()


def test_answers_in_letters_are_refused_with_the_reason() -> None:
    with pytest.raises(InputError, match="put numbers in"):
        sw.check(sw.trace("MaxPool2D(2)", "a b; c d"), "a")


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"score": "cell"}, "Did you mean cells"),
        ({"reveal": "all"}, "nothing, cells, diagnosis or working"),
        ({"decimal": ","}, "point or comma"),
        ({"precision_credit": 2}, "from 0 to 1"),
    ],
)
def test_a_marking_that_does_not_fit(how: dict[str, Any], words: str) -> None:
    with pytest.raises(StepwiseError, match=words):
        Marking(**how)


@pytest.mark.parametrize(
    "how", [{"mode": "abs"}, {"rtol": -1}, {"atol": float("nan")}, {"digits": 1.5}, {"mode": "sigfig", "digits": 0}]
)
def test_a_tolerance_that_does_not_fit(how: dict[str, Any]) -> None:
    with pytest.raises(StepwiseError):
        Tolerance(**how)


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_takes_the_right_answer(mode: str) -> None:
    for trace in (MAX, MEAN, sw.trace("Softmax()", [[1, 2, 3]])):
        assert Marker(trace, Marking(Tolerance(mode))).check(trace.output).correct


@pytest.mark.parametrize("answer", ["99 98 97; 1 2 3; 4 5 6", "99 98 97 96 95", "99 98; 97 96", "99 98 97 96; 1 2 3 4"])
@pytest.mark.parametrize("side", [4, 460])
def test_a_verdict_and_its_lesson_say_the_same_where_nothing_explains_the_numbers(answer: str, side: int) -> None:
    """Which is so, too, where there are so many cells that no misunderstanding is looked for."""
    verdict = sw.check(sw.trace("MaxPool2D(2)", np.arange(side * side).reshape(side, side)), answer)
    assert verdict.diagnosis is None
    assert verdict.feedback("diagnosis").endswith(verdict.unexplained)
    assert verdict.unexplained in " ".join(verdict.lesson("diagnosis").text().split())
    ways = verdict.size is not None and verdict.size.ways
    assert ("its numbers" in verdict.unexplained) == bool(ways)


def test_an_answer_to_a_layer_after_a_convolution_is_drawn_as_the_feature_map_of_the_mistake() -> None:
    weights = [{"kernel": [[[[1, -1]]]], "bias": [0, 0]}, None]  # the input, and its negative
    trace = sw.trace(["Conv2D(2, 1)", "ReLU()"], [[1, -2], [3, 4]], weights=weights)
    text = sw.check(trace, "1 0; 3 4\n\n0 2; 9 0").lesson().text()
    assert "your answer 2×2 · channel 1   the right answer 2×2 · channel 1" in text
    assert [line.split() for line in text.splitlines() if "!9!" in line.replace(" ", "")] == [
        ["│!9!", "0", "│", "│[0]", "0", "│"]
    ]


@pytest.mark.parametrize(
    ("call", "stages"),
    [
        (
            "nn.Conv2d(1, 1, 3, padding=1, padding_mode='reflect')",
            "nn.ReflectionPad2d((1, 1, 1, 1)), nn.Conv2d(1, 1, 3)",
        ),
        ("SeparableConv2D(1, 2)", "DepthwiseConv2D(2, strides=1, padding='valid', use_bias=False), Conv2D(1, 1)"),
        ("Conv2D(1, 2, activation='relu')", "Conv2D(1, 2), ReLU()"),
        ("MaxPool2D(2)", "MaxPool2D(2)"),
    ],
)
def test_of_a_call_with_several_stages_all_are_named(call: str, stages: str) -> None:
    numbers = [[1, -2, 3], [4, 5, -6], [7, 8, 9]]
    before = sw.trace("ReLU()", numbers)
    for given in (numbers, before):  # the layers before it are no stages of it
        lead = " ".join(sw.check(sw.trace(call, given), "0 0; 0 0").lesson().text().split())
        assert f" % for the answer to {stages}." in lead


def test_no_padding_is_said_to_be_asked_for_only_where_none_is() -> None:
    numbers = [[1, -2, 3], [4, 5, -6], [7, 8, 9]]
    told = sw.check(sw.trace("nn.Conv2d(1, 1, 3, padding=1, padding_mode='reflect')", numbers), "9 9; 9 9").text
    assert "SAME" in told
    assert "asks for none" not in told
