"""Later parts marked against the student's own earlier answer: after the right one, for less, and not for nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import stepwise as sw
from stepwise.errors import StepwiseError
from stepwise.marking import Marking, Part, PartsMarker, mark_parts
from stepwise.traces.trace import chain

X = np.array([[1, 2, 3, 4, 5], [2, 0, 1, 3, 1], [3, -4, 2, 2, 2], [1, 0, 5, -3, 3], [2, 2, 1, 4, 0]])
KERNEL = np.array([[1, -1], [2, 0]])
LAST = sw.trace(["Conv2D(1, 2)", "ReLU()", "MaxPool2D(2)"], X, weights=[[KERNEL, [1]], None, None])
CONV, RELU, POOL = chain(LAST)
PARTS = [Part(CONV, 4, 0.25), Part(RELU, 2, 0.25), Part(POOL, 2, 0.5)]

# The same by hand: products under the window, summed; what is negative, 0; the largest of each 2×2.
WINDOWS = np.lib.stride_tricks.sliding_window_view(X, (2, 2))
SUMS = (WINDOWS * KERNEL).sum((2, 3))


def relu(x: Any) -> Any:
    return np.where(x > 0, x, 0)


def pool(x: Any) -> Any:
    return x.reshape(2, 2, 2, 2).max((1, 3))


def earned(*answers: Any) -> list[float]:
    return [part.earned for part in mark_parts(PARTS, answers).parts]


def followed(*answers: Any) -> list[bool]:
    return [part.followed for part in mark_parts(PARTS, answers).parts]


def test_all_right() -> None:
    verdict = mark_parts(PARTS, [SUMS + 1, relu(SUMS + 1), pool(relu(SUMS + 1))])
    assert verdict.correct
    assert (verdict.score, verdict.max_score) == (8, 8)


def test_a_mistake_is_paid_for_once_and_a_penalty_later() -> None:
    without_bias = [SUMS, relu(SUMS), pool(relu(SUMS))]
    right = (relu(SUMS) == relu(SUMS + 1)).mean()  # those cells are right by themselves, and cost nothing
    assert 0 < right < 1
    assert earned(*without_bias) == [0, 2 * (right + (1 - right) * 0.75), 2 * 0.5]
    assert followed(*without_bias) == [False, True, True]
    verdict = mark_parts(PARTS, without_bias)
    assert not verdict.correct
    assert verdict.parts[0].verdict.diagnosis is not None
    assert verdict.parts[0].verdict.diagnosis.codes == ("conv.bias_forgotten",)
    assert "carried forward from part 1" in verdict.text


def test_the_right_answer_is_tried_first_and_costs_nothing() -> None:
    assert earned(SUMS, relu(SUMS + 1), pool(relu(SUMS + 1))) == [0, 2, 2]
    assert followed(SUMS, relu(SUMS + 1), pool(relu(SUMS + 1))) == [False, False, False]


def test_a_second_mistake_costs_again() -> None:
    alone = (pool(np.abs(SUMS)) == pool(relu(SUMS + 1))).mean()
    assert earned(SUMS, np.abs(SUMS), pool(np.abs(SUMS)))[2] == 2 * (alone + (1 - alone) * 0.5)  # from the second
    assert earned(SUMS, np.abs(SUMS), pool(np.abs(SUMS)))[1] < 2 * 0.75


def test_a_blank_earlier_part_is_stepped_over() -> None:
    assert followed(SUMS, "", pool(relu(SUMS))) == [False, False, True]
    assert earned(SUMS, "", pool(relu(SUMS))) == [0, 0, 2 * 0.5]
    assert earned("", relu(SUMS + 1), pool(relu(SUMS + 1))) == [0, 2, 2]
    assert earned("", "", "") == [0, 0, 0]
    assert earned() == [0, 0, 0]


def test_blank_cells_of_an_earlier_part_stand_for_the_right_ones() -> None:
    first = [[None, *row[1:]] for row in SUMS.tolist()]
    own = np.array(SUMS)
    own[:, 0] += 1
    parts = [Part(CONV), Part(POOL, penalty=0)]
    assert [part.earned for part in mark_parts(parts, [first, pool(relu(own))]).parts] == [0, 1]
    assert [part.followed for part in mark_parts(parts, [first, pool(relu(own))]).parts] == [False, True]


def test_an_earlier_part_of_another_size_is_followed_where_it_can_be() -> None:
    padded = np.pad(X, ((0, 1), (0, 1)))
    same = (np.lib.stride_tricks.sliding_window_view(padded, (2, 2)) * KERNEL).sum((2, 3)) + 1
    marked = mark_parts([Part(CONV), Part(RELU, penalty=0)], [same, relu(same)])
    assert marked.parts[0].verdict.size is not None
    assert [part.earned for part in marked.parts] == [0, 1]
    assert marked.parts[1].followed


@pytest.mark.parametrize("trivial", [np.zeros((4, 4)), np.full((4, 4), -3), np.full((4, 4), 7)])
def test_an_answer_that_makes_the_rest_trivial_earns_nothing_by_it(trivial: Any) -> None:
    rest = relu(trivial), pool(relu(trivial))
    assert followed(trivial, *rest) == [False, False, False]
    assert sum(earned(trivial, *rest)[1:]) < 1


def test_numbers_that_relu_only_copies_earn_nothing_by_it() -> None:
    """Not one of the true sums is met, and none is negative, as some of the true ones are."""
    made_up = np.arange(16).reshape(4, 4) + 50
    assert (SUMS + 1).min() < 0
    assert followed(made_up, relu(made_up), pool(made_up)) == [False, False, True]
    assert earned(made_up, relu(made_up), pool(made_up)) == [0, 0, 2 * 0.5]


def test_one_slip_carried_on_faithfully_costs_that_slip_once() -> None:
    slipped = SUMS + 1
    slipped[0, 0] += 9  # the largest of its pool, too
    parts = [Part(CONV, 16), Part(RELU, 16), Part(POOL, 4)]
    verdict = mark_parts(parts, [slipped, relu(slipped), pool(relu(slipped))])
    assert [part.earned for part in verdict.parts] == [15, 16, 4]
    assert verdict.parts[1].verdict.count("carried") == 1
    assert verdict.parts[1].verdict.count("right") == 15
    assert "at no cost" in verdict.parts[1].text
    told = [Part(CONV, 16), Part(RELU, 16, 0.25), Part(POOL, 4, 0.25)]  # where the lesson says so, it does cost
    assert [part.earned for part in mark_parts(told, [slipped, relu(slipped), pool(relu(slipped))]).parts] == [
        15,
        15.75,
        3.75,
    ]


def test_a_slip_of_sign_that_leaves_relu_nothing_to_do_is_carried_all_the_same() -> None:
    small = sw.trace(["Conv2D(1, 2)", "ReLU()"], "1 2; 0 3; 4 5", weights=[[[[1, 0], [0, -1]], [0]], None])
    conv, relu_ = chain(small)
    assert conv.output.ravel().tolist() == [-2, -5]
    one = sw.trace(["Conv2D(1, 2)", "ReLU()"], "1 2 0; 0 -3 4; 4 5 9; 1 1 1", weights=[[[[1, 0], [0, -1]], [0]], None])
    conv, relu_ = chain(one)
    own = (
        np.abs(conv.output)
        if (conv.output < 0).sum() == 1
        else np.where(conv.output == conv.output.min(), -conv.output, conv.output)
    )
    verdict = mark_parts([Part(conv), Part(relu_)], [own, relu(own)])
    assert verdict.parts[1].earned == 1


def test_a_part_seen_from_another_size_is_told_as_ones_own() -> None:
    padded = np.pad(X, ((0, 1), (0, 1)))
    same = (np.lib.stride_tricks.sliding_window_view(padded, (2, 2)) * KERNEL).sum((2, 3)) + 1
    verdict = mark_parts([Part(CONV, 3, title="Convolution"), Part(RELU, 3)], [same, relu(same)])
    assert [part.earned for part in verdict.parts] == [0, 2.25]
    assert verdict.parts[1].text == "−0.75: carried forward from Convolution. It follows from your own earlier answer."
    assert "the right answer" not in verdict.parts[1].verdict.lesson().text()


def test_a_mistake_made_in_two_layers_is_named_in_both() -> None:
    own = np.abs(SUMS)
    verdict = mark_parts([Part(CONV), Part(RELU)], [SUMS, own])
    assert verdict.parts[0].verdict.diagnosis is not None
    assert verdict.parts[0].verdict.diagnosis.codes == ("conv.bias_forgotten",)
    assert verdict.parts[1].verdict.diagnosis is not None
    assert verdict.parts[1].verdict.diagnosis.codes[-1] == "relu.absolute_value"


def test_a_part_that_cannot_be_read_makes_the_answer_unreadable() -> None:
    verdict = mark_parts(PARTS, [SUMS + 1, "1 2; 3", pool(relu(SUMS + 1))])
    assert not verdict.usable
    assert verdict.problem.startswith("part 2: row 2 of the answer has 1 cell")
    assert mark_parts(PARTS, [SUMS + 1, "", ""]).usable  # a blank is no riddle


def test_nothing_readable_is_nothing_to_follow() -> None:
    assert earned("hello", relu(SUMS), "1 2; 3")[2] == 0


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ([], "at least one"),
        ([Part(RELU), Part(CONV)], "one chain"),
        ([Part(CONV), Part(CONV)], "one chain"),
        ([Part(sw.trace("ReLU()", X)), Part(POOL)], "one chain"),
    ],
)
def test_parts_that_are_none(parts: list[Part], words: str) -> None:
    with pytest.raises(StepwiseError, match=words):
        PartsMarker(parts)


@pytest.mark.parametrize("how", [{"points": -1}, {"points": "2"}, {"penalty": 1.5}, {"penalty": True}])
def test_points_that_do_not_fit(how: Any) -> None:
    with pytest.raises(StepwiseError, match="must be a number from 0 to"):
        Part(CONV, **how)


def test_the_marking_goes_for_every_part() -> None:
    verdict = PartsMarker(PARTS, Marking(score="all", reveal="nothing")).check([SUMS + 1, SUMS + 1, "1 1; 1 1"])
    assert [part.earned for part in verdict.parts] == [4, 0, 0]
    assert "(0" not in verdict.text


CHAINED = sw.trace(
    ["AveragePooling2D(2, strides=1)", "AveragePooling2D(2)"], np.array([[1, 2, 4], [3, 5, 1], [2, 0, 7]])
)


@pytest.mark.parametrize(
    ("first", "second", "credit", "state"),
    [
        ("2.75 3; 2.5 3.25", "2.9", 0.5, "imprecise"),  # of the right 2.875
        ("2.75 3; 2.5 3", "2.8", 0.5, "imprecise"),  # of 2.8125, the mean of what was written before
        ("2.75 3; 2.5 3", "2.81", 1, "carried"),
        ("2.75 3; 2.5 3", "2.8125", 1, "carried"),
        ("2.75 3; 2.5 4", "3.1", 0.5, "imprecise"),  # of 3.0625, after a slip
        ("2.75 3; 2.5 4", "3.2", 0, "wrong"),
    ],
)
def test_what_is_carried_and_rounded_too_far_earns_what_it_would_where_it_is_right(
    first: str, second: str, credit: float, state: str
) -> None:
    parts = [Part(layer, 1) for layer in chain(CHAINED)]
    told = mark_parts(parts, [first, second], Marking(precision_credit=0.5)).parts[1]
    assert told.earned == credit
    assert [cell.state for cell in told.verdict.cells] == [state]
    if state == "imprecise":
        assert told.verdict.diagnosis is None
    assert told.followed == (first[-1] != "5" and credit > 0)


def test_what_is_carried_and_rounded_too_far_pays_the_penalty_too() -> None:
    parts = [Part(layer, 4, 0.5) for layer in chain(CHAINED)]
    told = mark_parts(parts, ["2.75 3; 2.5 4", "3.1"], Marking(precision_credit=0.5)).parts[1]
    assert told.earned == 4 * 0.5 * 0.5
    assert told.lost.startswith("−1: carried forward from part 1"), told.lost
    shares = told.verdict.shares(0.5)
    assert shares is not None
    assert shares.tolist() == [0.25]


def test_a_slip_is_seen_from_the_own_numbers() -> None:
    line = sw.trace(["AveragePooling2D(2, strides=1)", "Conv2D(1, 1)"], np.array([[1, 2, 4], [3, 5, 1], [2, 0, 7]]),
                    weights=[None, [[[4]], [0]]])  # fmt: skip
    parts = [Part(layer, 1) for layer in chain(line)]  # right: 11 12; 10 13; own: 11 12; 10 12
    told = mark_parts(parts, ["2.75 3; 2.5 3", "11 12; -10 12"]).parts[1]
    assert [cell.state for cell in told.verdict.cells] == ["right", "right", "wrong", "carried"]
    assert told.verdict.diagnosis is not None
    assert [slip.kind for slip in told.verdict.diagnosis.slips] == ["sign"]
    assert told.verdict.diagnosis.explains == told.verdict.diagnosis.wrong == 1


def test_the_parts_that_can_be_read_are_marked_beside_one_that_cannot() -> None:
    parts = [Part(layer, 1) for layer in chain(CHAINED)]
    told = mark_parts(parts, ["three by three", "2.875"])
    assert (told.usable, told.partly) == (False, True)
    assert [part.earned for part in told.parts] == [0, 1]
    first, second = told.text.splitlines()
    assert "points" not in first
    assert second == "Part 2: 1 of 1 points. The answer is right."
    assert not mark_parts(parts, ["three by three", ""]).partly
    assert not mark_parts(parts, ["2.75 3; 2.5 3.25", "2.875"]).partly


def largest(x: Any, size: int = 3) -> Any:
    return np.lib.stride_tricks.sliding_window_view(x, (size, size)).max((2, 3))


def test_a_slip_that_spreads_to_most_cells_costs_nothing_after_that_either() -> None:
    x = np.arange(64).reshape(8, 8) % 11 - 5
    calls = ["ReLU()", "MaxPool2D(3, strides=1)", "Conv2D(1, 2)"]
    parts = chain(sw.trace(calls, x, weights=[None, None, [KERNEL, [1]]]))
    own = relu(x)
    own[3, 3] += 40
    spread = largest(own)
    assert (spread != largest(relu(x))).sum() == 9  # of 36: no isolated slip, where it came from is not asked
    sums = (np.lib.stride_tricks.sliding_window_view(spread, (2, 2)) * KERNEL).sum((2, 3)) + 1
    verdict = mark_parts([Part(part, 4) for part in parts], [own, spread, sums])
    assert [part.earned for part in verdict.parts] == [4 * 63 / 64, 4, 4]


def test_a_known_mistake_that_leaves_few_cells_or_nothing_to_do_is_carried_all_the_same() -> None:
    x = (np.arange(36).reshape(6, 6) * 7) % 13 - 6
    same = sw.trace(
        ["Conv2D(1, 3, padding='same')", "ReLU()"], x, weights=[[np.arange(9).reshape(3, 3) - 4, [-2]], None]
    )
    valid = (np.lib.stride_tricks.sliding_window_view(x, (3, 3)) * (np.arange(9).reshape(3, 3) - 4)).sum((2, 3)) - 2
    verdict = mark_parts([Part(part, 4) for part in chain(same)], [valid, relu(valid)])
    assert [part.earned for part in verdict.parts] == [0, 3]  # 16 cells, where 36 were due
    copied = sw.trace(["AveragePooling2D(2, strides=1)", "ReLU()"], np.abs(x) - 3)
    had = largest(np.abs(x) - 3, 2)
    assert (had > 0).all()  # so that ReLU has only to copy
    verdict = mark_parts([Part(part, 4) for part in chain(copied)], [had, had])
    assert verdict.parts[0].verdict.diagnosis.codes == ("rule.max_for_mean",)  # type: ignore[union-attr]
    assert verdict.parts[1].earned == 3


def test_numbers_that_nothing_explains_are_no_reason_to_have_less_to_do() -> None:
    x = (np.arange(36).reshape(6, 6) * 7) % 13 - 6
    same = sw.trace(
        ["Conv2D(1, 3, padding='same')", "ReLU()"], x, weights=[[np.arange(9).reshape(3, 3) - 4, [-2]], None]
    )
    made_up = np.arange(16).reshape(4, 4) * 5 - 30
    assert [part.earned for part in mark_parts([Part(p, 4) for p in chain(same)], [made_up, relu(made_up)]).parts] == [
        0,
        0,
    ]


EVEN = np.array([[1.0, -2, 3.5, 0], [4, 0.5, -6, 2], [-1, 3, 2, -4], [2, 5, -3, 1.5], [0, -7, 1, 6]])
MEANS = chain(
    sw.trace(
        ["Conv2D(1, 2)", "ReLU()", "AveragePooling2D(2, padding='same')"],
        EVEN,
        weights=[[np.array([[1, -0.25], [2, 0.5]]), [0.75]], None, None],
    )
)
PRODUCTS = (np.lib.stride_tricks.sliding_window_view(EVEN, (2, 2)) * np.array([[1, -0.25], [2, 0.5]])).sum(
    (2, 3)
) + 0.75


def means(x: Any) -> Any:
    """Of windows of two at stride two, with no column but the data's at the right edge."""
    return np.array([[x[i : i + 2, j : j + 2].mean() for j in (0, 2)] for i in (0, 2)])


def test_what_was_marked_right_though_rounded_costs_nothing_later() -> None:
    rounded = PRODUCTS.copy()
    assert rounded[2, 1] == 11.75
    rounded[2, 1] = 11.8  # right, with three figures; so the mean is 4.325, not 4.3125
    answers = [rounded, relu(rounded), means(relu(rounded))]
    assert not np.allclose(answers[2], means(relu(PRODUCTS)), rtol=1e-3)
    for penalty in (None, 0.5):
        verdict = mark_parts([Part(MEANS[0], 6), Part(MEANS[1], 3), Part(MEANS[2], 4, penalty)], answers)
        assert [part.earned for part in verdict.parts] == [6, 3, 4]
    wrong = mark_parts([Part(trace, 4) for trace in MEANS], [*answers[:2], answers[2] + [[0, 1], [0, 0]]])
    assert [part.earned for part in wrong.parts] == [4, 4, 3]


def test_a_slip_in_work_carried_on_from_a_known_mistake_is_not_made_up() -> None:
    strided = PRODUCTS[::2, ::2]
    slipped = relu(strided)
    slipped[1, 0] = -slipped[1, 0]
    verdict = mark_parts([Part(trace, 4) for trace in MEANS], [strided, slipped, [[slipped.mean()]]])
    assert [part.earned for part in verdict.parts] == [0, 4 * 0.75 * 0.75, 4 * 0.75]


def test_a_mistake_is_looked_for_after_what_was_right() -> None:
    no_padding = [[0, 0, 0, 0], means(relu(PRODUCTS))[:, :1]]
    parts = [Part(MEANS[0]), Part(MEANS[2], ask="padding"), Part(MEANS[2])]
    alone = mark_parts(parts[1:2], no_padding[:1]).parts[0].verdict.diagnosis
    assert alone is not None
    assert ("window.stride_is_window",) in (alone.codes, *alone.ties), "of the convolution, as far as one can tell"
    for first, padding, last in ((PRODUCTS, *no_padding), (PRODUCTS - 0.75, *no_padding)):
        marked = mark_parts(parts, [first, padding, last]).parts
        found = marked[1].verdict.diagnosis
        assert found is not None
        assert found.codes == ("padding.valid_for_same",)
        assert ("window.stride_is_window",) not in found.ties


def test_a_mistake_of_another_size_is_named_from_the_students_own_numbers() -> None:
    slipped = relu(PRODUCTS)
    slipped[1, 1] += 1
    valid = means(slipped)[:, :1]
    last = mark_parts([Part(trace) for trace in MEANS], [PRODUCTS, slipped, valid]).parts[2]
    assert last.earned == 0
    assert last.verdict.diagnosis is not None
    assert last.verdict.diagnosis.codes == ("padding.valid_for_same",)
    assert "Carried" not in last.text
