"""Misconceptions of the way back: the engine makes of them what plain loops make of them, and they are named."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest

import stepwise as sw
from stepwise.marking import Marker
from stepwise.marking.known import known_misconceptions
from stepwise.marking.whole_pass import WholePass
from stepwise.marking.wrong import WrongResults, alone
from tools.gradient_exercises import conv_transpose, trace_of
from tools.gradient_loops import KINDS, WRONG, drawn, right
from tools.gradient_marks import measured

BY_CODE = {one.code: one for one in known_misconceptions()}


@pytest.mark.parametrize("kind", KINDS)
def test_the_engine_gives_what_plain_loops_give(kind: str) -> None:
    draw, tried = np.random.default_rng(5), Counter[str]()
    for _time in range(60):
        one = drawn(draw, kind)
        trace = trace_of(one)
        assert np.allclose(trace.output, right(one).reshape(trace.shape))
        for code, made in WRONG:
            wrong = made(one)
            if wrong is None:
                continue
            ways = [found for way in BY_CODE[code].ways if (found := way.wrong(trace)) is not None]
            assert ways, (code, one)
            tried[code] += 1
            cells = [found.output.ravel() for found in ways if found.output.size == wrong.size]
            assert any(np.allclose(found, wrong.ravel()) for found in cells), (code, one)
    assert tried


def test_mistakes_are_named_and_nothing_else_is() -> None:
    counts = measured(400, seed=3)
    assert counts.share >= 0.97, counts.first
    assert all(counts.named[code] >= 0.97 * count for code, count in counts.mistaken.items()), counts.first
    assert counts.named_falsely <= 0.002 * counts.others, counts.first
    assert counts.right_marked == counts.rights
    assert len(counts.mistaken) == len({code for code, _made in WRONG})


CALLS: list[tuple[str, tuple[int, ...]]] = [
    ("Conv2D(2, (2, 3), strides=2, padding='same')", (2, 5, 4, 2)),
    ("Conv2d(4, 2, 3, stride=2, padding=1, groups=2)", (4, 5, 5)),
    ("Conv1D(2, 3, strides=2)", (7, 2)),
    ("Conv3D(1, 2, strides=2)", (3, 4, 3, 1)),
    ("DepthwiseConv2D(2, strides=2)", (5, 5, 2)),
    ("Conv2DTranspose(2, 3, strides=2, padding='same')", (3, 2, 2)),
    ("scipy.signal.convolve2d(x, k, mode='same')", (4, 4)),
    ("Conv2D(2, 3, padding='same', activation='relu')", (5, 5, 3)),
    ("MaxPool2d(3, stride=2, padding=1, dilation=2, ceil_mode=True)", (2, 7, 6)),
    ("MaxPool1D(2, padding='same')", (5, 2)),
    ("GlobalMaxPooling2D()", (3, 4, 2)),
    ("nn.AdaptiveMaxPool2d(2)", (5, 4)),
    ("nn.MinPool2d(2)", (4, 4)),
    ("AvgPool2d(3, stride=2, padding=1, ceil_mode=True)", (6, 6)),
    ("AveragePooling2D(2, strides=1, padding='same')", (4, 3)),
    ("nn.AdaptiveAvgPool2d(3)", (5, 4)),
    ("ReLU(max_value=6, negative_slope=0.1)", (3, 4)),
    ("Dense(3)", (3, 3)),
    ("nn.Linear(2, 3)", (4, 2)),
    ("nn.Conv2d(1, 1, 3, padding=1, padding_mode='reflect')", (1, 4, 4)),
]


def gradients(call: str, shape: tuple[int, ...]) -> dict[str, sw.Trace]:
    draw = np.random.default_rng(4)
    weights: dict[str, Any] = {"kernel": [[1, 2], [0, -1]]} if "scipy" in call else {}
    trace = sw.trace(call, draw.integers(-4, 9, shape), **weights)
    return trace.backward(draw.integers(-9, 9, trace.shape))


@pytest.mark.parametrize(("call", "shape"), CALLS)
def test_every_wrong_gradient_replays_and_explains_its_cells(call: str, shape: tuple[int, ...]) -> None:
    for trace in gradients(call, shape).values():
        results = WrongResults(trace)
        for wrong in (*results.single, *results.double):
            wrong.trace.verify()
            assert wrong.trace.steps[0].formula is not None
            assert all(step.result == wrong.trace.output[step.index] for step in list(wrong.trace.steps)[:20])


@pytest.mark.parametrize(("call", "shape"), CALLS)
def test_of_a_gradient_only_the_way_back_is_told(call: str, shape: tuple[int, ...]) -> None:
    """What is done wrongly on the way there alone is no mistake on the way back."""
    both = {"mean.padding_counted", "mean.padding_not_counted", "rule.mean_for_max", "conv.kernel_transposed",
            "relu.skipped", "output.transposed"}  # fmt: skip
    for trace in gradients(call, shape).values():
        for wrong in WrongResults(trace).single:
            assert all(code.startswith("grad.") or code in both for code in wrong.codes)


def codes(call: str, x: Any, grad: Any, name: str = "input", **weights: Any) -> set[str]:
    trace = sw.trace(call, x, **weights).backward(grad)[name]
    return {one.misconception.code for one in alone(trace)}


def test_a_code_that_means_nothing_for_a_call_is_not_offered() -> None:
    x = [[1, 2, 0], [3, 1, 1], [0, 2, 1]]
    one_step = codes("Conv2D(1, 2)", x, [[1, 2], [0, 1]], kernel="1 0; 2 -1")
    assert "grad.stride_zeros_left_out" not in one_step
    assert "grad.kernel_turned" not in one_step
    assert "grad.batch_not_summed" not in codes("Conv2D(1, 2)", x, [[1, 2], [0, 1]], "kernel", kernel="1 0; 2 -1")
    apart = codes("Conv2D(1, 1, strides=2)", x, [[1, 2], [0, 1]], kernel="3")
    assert not apart & {"grad.overlap_overwritten", "grad.kernel_not_turned"}
    turning = codes("scipy.signal.convolve2d(x, k, mode='valid')", x, [[1, 2], [0, 1]], kernel="1 0; 2 -1")
    assert "grad.kernel_turned" in turning
    assert "grad.kernel_not_turned" not in turning
    assert "grad.every_tie" not in codes("MaxPool2D(2)", "1 2; 3 4", "5")
    assert "grad.bias_not_summed" not in codes("Dense(2)", [[1, 2]], [[3, 4]], "bias", kernel="1 0; 2 -1", bias=[1, 1])
    assert codes("Flatten()", [[[[1], [2]]]], [[3, 4]]) == set()


def test_where_several_share_a_maximum_the_sentence_says_so() -> None:
    shared = sw.trace("GlobalMaxPooling2D()", [[[5], [5]], [[1], [2]]]).backward([4])["input"]
    assert shared.output.ravel().tolist() == [2, 2, 0, 0]
    text = sw.check(shared, [[[4], [4]], [[0], [0]]]).text
    assert "every cell that equals the maximum got the whole gradient; here they share it" in text.lower()


def test_minima_have_the_same_mistakes_in_their_own_words() -> None:
    trace = sw.trace("nn.MinPool2d(2)", "3 1 5 5; 1 4 5 5").backward("6 8")["input"]
    assert trace.output.tolist() == [[0, 6, 8, 0], [0, 0, 0, 0]]
    text = sw.check(trace, "0 6 8 8; 6 0 8 8").text
    assert "every cell that equals the minimum; only the first of them gets it" in text
    assert "the first cell of each window, not to the smallest" in sw.check(trace, "6 0 8 0; 0 0 0 0").text


def test_overlaps_add() -> None:
    """Two windows have the 3 as their maximum: 0.7 + 0.9, of which the last written would be 0.9."""
    trace = sw.trace("MaxPool2D((1, 2), strides=1)", [[1, 2, 3, 0]]).backward([[0.5, 0.7, 0.9]])["input"]
    assert np.allclose(trace.output, [[0, 0.5, 1.6, 0]])
    found = sw.check(trace, "0 0.5 0.9 0").diagnosis
    assert found is not None
    assert "grad.overlap_overwritten" in {code for way in (found.codes, *found.ties) for code in way}


def test_a_turn_too_many_is_named_of_a_transposed_convolution() -> None:
    trace = conv_transpose(np.random.default_rng(2))
    wrong = BY_CODE["grad.kernel_turned"].wrong(trace)
    assert wrong is not None
    found = sw.check(trace, wrong.output).diagnosis
    assert found is not None
    assert "grad.kernel_turned" in found.codes


def test_a_kernels_gradient_is_read_as_kernels_are_typed() -> None:
    """Filter by filter, channel by channel, and as an array."""
    draw = np.random.default_rng(8)
    trace = sw.trace("Conv2D(2, 2)", draw.integers(0, 9, (3, 3, 2))).backward(draw.integers(1, 9, (2, 2, 2)))["kernel"]
    grids = [trace.output[:, :, channel, filter_] for filter_ in range(2) for channel in range(2)]
    typed = "\n\n".join("\n".join(" ".join(f"{value:g}" for value in row) for row in grid) for grid in grids)
    assert Marker(trace).check(typed).correct
    assert Marker(trace).check(trace.output.tolist()).correct


def test_a_line_has_a_row_for_each_channel() -> None:
    line = sw.trace("MaxPool1D(2, strides=1)", [[1, 9], [5, 4], [3, 2]]).backward([[1, 2], [3, 4]])["input"]
    assert line.output.tolist() == [[0, 2], [4, 4], [0, 0]]
    assert sw.check(line, "0 4 0; 2 4 0").correct
    assert sw.check(line, "0 2; 4 4; 0 0").correct


def test_slips_in_a_gradient_are_named_too() -> None:
    trace = sw.trace("Conv2D(1, 2)", "1 2 0; 3 1 1; 0 2 1", kernel="1 0; 2 -1").backward("1 2; 0 1")["kernel"]
    assert trace.output.tolist() == [[6, 3], [7, 4]]
    found = sw.check(trace, "6 3; 5 4").diagnosis  # 3·1 + 1·2 + 0·0 + 2·1, of which the last is left out
    assert found is not None
    assert found.codes == ("cell.arithmetic_slip",)


def test_a_gradients_lesson_ends_with_the_common_mistakes_and_their_numbers() -> None:
    lesson = sw.trace("MaxPool2D(2)", "5 1; 5 2").backward("3")["input"].lesson().text()
    assert "Common mistakes" in lesson
    assert "3 0; 3 0" in lesson
    told = "The gradient went to every cell that equals the maximum; only the first of them gets it."
    assert told in " ".join(lesson.split())


def named(trace: sw.Trace, answer: Any) -> set[str]:
    found = sw.check(trace, answer).diagnosis
    return {code for way in (found.codes, *found.ties) for code in way} if found is not None else set()


@pytest.mark.parametrize("loss", ["mse", "cross_entropy", "binary_cross_entropy"])
def test_a_loss_and_its_gradient_that_are_not_averaged_are_named(loss: str) -> None:
    """Of three samples of two scores, worked out with NumPy alone."""
    x, target = np.array([[2.0, -1.0], [0.5, 3.0], [-2.0, 1.0]]), np.array([[1, 0], [0, 1], [1, 0]])
    trace = sw.trace("Dense(2)", x, kernel=np.eye(2), bias=[0, 0])
    back = sw.backward(trace, loss=loss, target=target)
    assert back.loss is not None
    assert isinstance(back.upstream, sw.Trace)
    shares = np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)
    sigmoid = 1 / (1 + np.exp(-x))
    added, slopes = {
        "mse": (((x - target) ** 2).sum(), 2 * (x - target)),
        "cross_entropy": (-np.log(shares[target == 1]).sum(), shares - target),
        "binary_cross_entropy": (-np.log(np.where(target == 1, sigmoid, 1 - sigmoid)).sum(), sigmoid - target),
    }[loss]
    count = 3 if loss == "cross_entropy" else 6
    assert back.loss.output == pytest.approx(added / count)
    assert np.allclose(back.upstream.output, slopes / count)
    assert "loss.not_averaged" in named(back.loss, added)
    assert "loss.not_averaged" in named(back.upstream, slopes)
    for wrong in (*WrongResults(back.loss).single, *WrongResults(back.upstream).single):
        wrong.trace.verify()
    alone_ = sw.backward(sw.trace("Dense(1)", [[2.0]], kernel=[[1]]), loss="mse", target=[[1]])
    assert alone_.loss is not None
    assert not [wrong for wrong in WrongResults(alone_.loss).single if "loss.not_averaged" in wrong.codes]


def test_an_update_uphill_is_named() -> None:
    back = sw.backward(sw.trace("Conv2D(1, 2)", "4 3; 2 1", kernel="1 0; 2 -1", bias=[1]), loss="mse", target=2)
    step = back.step(lr=0.1)
    trace = WholePass(back, step).new_weight(0, "kernel")
    assert np.allclose(trace.output, np.array([[1, 0], [2, -1]]) - 0.1 * back.gradients[0]["kernel"].output)
    uphill = np.array([[1, 0], [2, -1]]) + 0.1 * back.gradients[0]["kernel"].output
    assert named(trace, uphill) == {"update.sign"}
    gradient, new = (float(one[0, 1]) for one in (back.gradients[0]["kernel"].output, trace.output))
    assert str(trace.step((0, 1)).formula) == f"0 - 0.1·{gradient:g} = {new:g}"
