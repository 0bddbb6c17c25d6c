"""Which misunderstanding is named: the fewest that explain the most, ties as ties, slips as slips, or nothing."""

from __future__ import annotations

import numpy as np
import pytest

import stepwise as sw
from stepwise.marking import Diagnosis
from stepwise.marking.diagnosis import _rounding
from stepwise.marking.slips import digits_swapped, slip

X = np.array([[-7, 3, -2, 8], [5, -9, 4, -1], [-6, 2, -8, -3], [1, -4, 6, -5]])
SAME = sw.trace("MaxPool2D(2, strides=1, padding='same')", -np.abs(X))
CONV = sw.trace("Conv2D(1, 2)", X, kernel=[[1, -2], [3, 0]], bias=[4])


def diagnosed(trace: sw.Trace, answer: object) -> Diagnosis:
    found = sw.check(trace, answer).diagnosis
    assert found is not None
    return found


def nothing(trace: sw.Trace, answer: object) -> bool:
    verdict = sw.check(trace, answer)
    assert not verdict.correct
    assert "No known misconception explains it." in verdict.text
    return verdict.diagnosis is None


def test_how_many_of_the_wrong_cells_it_explains() -> None:
    found = diagnosed(sw.trace("MaxPool2D(2, strides=1, padding='same')", [[-4, -3], [-2, -1]]), [[-1, 0], [0, 0]])
    assert found.codes == ("max.padding_as_zero",)
    assert (found.explains, found.wrong, found.ties) == (3, 3, ())
    assert found.text == (
        "Padding was taken as 0 in the maximum; it stands for −∞ and can never win. That explains all 3 wrong cells."
    )


def test_some_cells_explained_are_told_as_some() -> None:
    zeros = np.array(SAME.output)
    zeros[-1, :] = zeros[:, -1] = 0
    zeros[0, 0] = -77
    found = diagnosed(SAME, zeros)
    assert found.codes == ("max.padding_as_zero",)
    assert (found.explains, found.wrong) == (7, 8)
    assert "7 of the 8 wrong cells" in found.text


def test_blank_cells_are_no_evidence_against() -> None:
    found = diagnosed(sw.trace("MaxPool2D(2, strides=1, padding='same')", [[-4, -3], [-2, -1]]), "_ 0; x 0")
    assert found.codes == ("max.padding_as_zero",)
    assert (found.explains, found.wrong) == (2, 2)


MEANS = sw.trace("MaxPool2D(2)", [[1, 2, 5, 5], [3, 3, 6, 7], [8, 8, 1, 2], [9, 9, 2, 2]])
"""Its windows' means are 9/4, 23/4, 34/4, 7/4."""


@pytest.mark.parametrize("answer", ["2.25 5.75; 8.5 1.75", "2.3 5.8; 8.5 1.8", "2.2 5.7; 8.5 1.7"])
def test_a_wrong_number_may_be_rounded_in_writing(answer: str) -> None:
    found = diagnosed(MEANS, answer)
    assert (found.codes, found.explains) == (("rule.mean_for_max",), 4)


def test_whole_numbers_are_not_taken_for_rounded_ones() -> None:
    assert nothing(MEANS, "2 6; 8 1")


def test_what_rounding_leaves_little_of_is_not_known_by_it() -> None:
    tenths = sw.trace("MaxPool2D(2)", np.array(MEANS.inputs["input"]) / 10)
    assert diagnosed(tenths, "0.23 0.58; 0.85 0.18").codes == ("rule.mean_for_max",)
    assert nothing(tenths, "0.2 0.6; 0.8 0.1")


def test_two_at_once() -> None:
    windows = np.lib.stride_tricks.sliding_window_view(X, (2, 2))
    flipped = (windows * [[0, 3], [-2, 1]]).sum((2, 3))  # by hand: half a turn, and no bias
    found = diagnosed(CONV, flipped)
    assert set(found.codes) == {"conv.kernel_flipped", "conv.bias_forgotten"}
    assert found.explains == 9
    assert found.ties == ()


def test_the_simplest_wins() -> None:
    assert diagnosed(CONV, np.array(CONV.output) - 4).codes == ("conv.bias_forgotten",)


def test_a_tie_is_told_as_a_tie() -> None:
    single = sw.trace("MaxPool2D(2, strides=1, padding='same')", [[-4, -3], [-2, -1]])
    found = diagnosed(single, "-1")  # VALID, and a stride of 2, both give this one cell
    assert {found.codes, *found.ties} == {("padding.valid_for_same",), ("window.stride_is_window",)}
    assert "Just as likely: " in found.text


def test_an_answer_of_the_wrong_size_is_diagnosed_by_its_numbers() -> None:
    found = diagnosed(CONV, sw.trace("Conv2D(1, 2, strides=2)", X, kernel=[[1, -2], [3, 0]], bias=[4]).output)
    assert found.codes == ("window.stride_is_window",)
    assert found.explains == found.wrong == 4


def test_channels_that_were_not_summed_have_a_size_of_their_own() -> None:
    x = np.arange(18).reshape(2, 3, 3)
    trace = sw.trace("nn.Conv2d(2, 1, 2)", x, kernel=np.ones((1, 2, 2, 2)), bias=[0])
    apart = np.lib.stride_tricks.sliding_window_view(x, (2, 2), axis=(1, 2)).sum((3, 4))
    assert diagnosed(trace, apart).codes == ("conv.channels_not_summed",)


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        (-6, "its sign was lost"),
        (6 - 15, "one term of its sum was left out, or taken twice"),
        (6 + 15, "one term of its sum was left out, or taken twice"),
        (6 - 4, "one term of its sum was left out, or taken twice"),  # the bias, in this cell only
        (-16, "it is the value of the cell beside it"),
    ],
)
def test_an_isolated_slip_is_told_as_one(given: int, kind: str) -> None:
    answer = np.array(CONV.output)
    assert answer[0, 0] == 1 * -7 - 2 * 3 + 3 * 5 + 0 * -9 + 4 == 6
    assert answer[0, 1] == 1 * 3 - 2 * -2 + 3 * -9 + 0 * 4 + 4 == -16
    answer[0, 0] = given
    found = diagnosed(CONV, answer)
    assert found.codes == ("cell.arithmetic_slip",)
    assert (found.explains, found.wrong) == (1, 1)
    assert found.text == f"Cell (0, 0): {kind}. That explains the wrong cell."


def test_kinds_of_slips() -> None:
    trace = sw.trace("MaxPool2D(2)", [[12, 3, 5, 46], [1, 7, 31, 2]])  # 12 46
    for written, kind in (("21", "digits"), ("-12", "sign"), ("7", "overlooked"), ("46", "neighbour")):
        found = slip(trace, (0, 0), float(written), written)
        assert found is not None
        assert found.kind == kind
    assert slip(trace, (0, 0), 13.0, "13") is None


@pytest.mark.parametrize(
    ("due", "given", "swapped"),
    [(12, "21", True), (3.25, "3.52", True), (3.25, "2.35", True), (120, "102", True), (10, "01", True),
     (12, "12", False), (123, "321", False), (12, "-21", False), (11, "11", False), (12, "13", False)],
)  # fmt: skip
def test_digits_that_changed_places(due: float, given: str, swapped: bool) -> None:
    assert digits_swapped(due, float(given), given) is swapped


def test_a_misconception_and_a_slip() -> None:
    zeros = np.array(SAME.output)
    zeros[-1, :] = zeros[:, -1] = 0
    zeros[1, 1] = -zeros[1, 1]
    found = diagnosed(SAME, zeros)
    assert found.codes == ("max.padding_as_zero", "cell.arithmetic_slip")
    assert found.explains == found.wrong == 8
    assert "cell (1, 1): its sign was lost" in found.text


def test_nothing_is_made_up() -> None:
    assert nothing(CONV, np.arange(9).reshape(3, 3) * 17 + 1000)
    assert nothing(CONV, np.zeros((3, 3)))
    one_odd = np.array(CONV.output)
    one_odd[1, 1] += 1000
    assert nothing(CONV, one_odd)


def test_many_slips_are_no_isolated_slip() -> None:
    assert nothing(CONV, -np.array(CONV.output))


def test_a_right_answer_has_no_diagnosis() -> None:
    assert sw.check(CONV, CONV.output).diagnosis is None


def test_wrong_results_too_many_to_work_out_are_left_out() -> None:
    """A large trace is still diagnosed, by single misconceptions."""
    x = np.random.default_rng(3).integers(-9, 9, (64, 64, 8))
    trace = sw.trace(["MaxPool2D(2, strides=1, padding='same')", "ReLU()"], x)
    skipped = sw.trace("MaxPool2D(2, strides=1, padding='same')", x).output
    assert diagnosed(trace, skipped).codes == ("relu.skipped",)


def test_a_slip_is_met_as_far_as_it_was_written_out_with_an_exponent_or_a_unit_too() -> None:
    """Three decimals are those of 1.235e-1 less one that the exponent takes: half a unit of the fourth decimal."""
    trace = sw.trace("MaxPool2D(1)", [[0.12345, 7.0], [1.0, 2.0]])
    for written, named in (("-1.235e-1", True), ("-0.1235", True), ("-0.1235 px", True), ("-1.26e-1", False)):
        found = slip(trace, (0, 0), float(written.split()[0]), written)
        assert (found is not None and found.kind == "sign") == named, written


EXPONENTS = ["e999", "e-999", "e308", "e-308", "e3", "e-3", "e0"]


@pytest.mark.parametrize("exponent", EXPONENTS)
@pytest.mark.parametrize("digits", ["0", "0.0", "1", "-1.5", "9"])
def test_whatever_the_exponent_a_mark_comes_out(digits: str, exponent: str) -> None:
    word = digits + exponent
    for answer in (f"{word} 3; 2 1", f"{word} 3.25; 2 1.5", f"4 3; 2 {word} = 1", " ".join([word] * 4)):
        for trace in (sw.trace("MaxPool2D(2, strides=1, padding='same')", [[4, 3], [2, 1]]), CONV):
            verdict = sw.check(trace, answer)
            assert verdict.text
            assert 0 <= verdict.score <= 1


def test_a_number_in_thousands_leaves_others_no_more_room() -> None:
    """What a digit may be off by is that of its own number: 2e3 is 2000, and a 7 beside 1.2e3 is a 7."""
    relu = sw.trace("ReLU()", [[1000, 20], [5, 6]])
    for given in (0.0, 2000.0, -1000.0, -1400.0, 300.0):
        for power in (1, 2, 3):
            assert slip(relu, (0, 0), given, f"{given / 10**power:g}e{power}") == slip(
                relu, (0, 0), given, f"{given:g}"
            )
    assert _rounding(("1.2e3", "7")) == 0.0
    with_decimals = _rounding(("1.2e3", "7", "2.25"))
    assert isinstance(with_decimals, np.ndarray)
    assert (with_decimals < 0.006).all()


def test_a_number_cut_off_is_a_slip_as_far_as_it_was_written() -> None:
    third = sw.trace("AveragePooling2D((1, 3))", [[1, 3, 4, 1, 1, 3]])  # 8/3 and 5/3
    assert slip(third, (0, 0), -2.66, "-2.66…") is not None


@pytest.mark.parametrize("word", ["-10.3", "-10.25", "-10.2", "13.5", "13.50"])
def test_a_slip_is_named_as_far_as_it_was_written_out(word: str) -> None:
    """Of 10.25, with its sign lost or its 13 taken twice: a half is rounded up or down."""
    trace = sw.trace("AveragePooling2D(2)", [[13, 11, 40, 4], [10, 7, 8, 4]])
    found = sw.check(trace, f"{word} 14").diagnosis
    assert found is not None
    assert found.codes == ("cell.arithmetic_slip",)
    assert len(found.slips) == 1


def test_cells_rounded_too_far_speak_against_what_they_do_not_meet() -> None:
    """-0.018 written as -0.0 is what a logarithm to base 10 rounds to, too; the other cells are not."""
    trace = sw.trace("nn.LogSoftmax(1)", [[3, -4, 2], [-4, 0, 4], [-1, 1, 0]])
    verdict = sw.check(trace, [["-0.3", "-7.3", "-1.3"], ["-8.0", "-4.0", "-0.0"], ["-2.4", "-0.4", "-1.4"]])
    assert verdict.count("wrong") == 1
    assert verdict.diagnosis is None
