"""The semantics that trip everyone, one test each, with numbers known from elsewhere.

The numbers come from the tutorial run in TensorFlow, from PyTorch 2.13 (its calls are quoted), or from sums that a
reader can do.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import stepwise as sw
from stepwise.dialects import keras, onnx, torch
from stepwise.errors import CallError

F = torch.functional
FOUR = [[4, 3], [2, 1]]
SIXTEEN = np.arange(16).reshape(4, 4)
PUBLISHED = [[2, 2, 3, 3, 3], [0, 1, 3, 0, 3], [2, 3, 0, 1, 3], [3, 3, 2, 1, 2], [3, 3, 0, 2, 3]]
KERNEL = [[2, 0, 1], [1, 0, 0], [0, 1, 1]]


def test_convolution_does_not_flip_its_kernel() -> None:
    impulse = np.zeros((3, 3))
    impulse[1, 1] = 1
    kernel = [[1, 2], [3, 4]]
    for call in ("Conv2D(1, 2, use_bias=False)", "nn.Conv2d(1, 1, 2, bias=False)", "Conv(kernel_shape=[2, 2])"):
        # each window holds the 1 under another weight: flipped it would be 1 2 / 3 4
        assert sw.trace(call, impulse, kernel=kernel).output.tolist() == [[4, 3], [2, 1]]


def test_a_published_figure_is_wrong_and_this_is_right() -> None:
    # conv_arithmetic's figure of stride 2 and padding 1 prints 1 6 5 / 7 10 9 / 7 10 8
    answer = [[1, 5, 6], [7, 8, 3], [3, 10, 4]]
    t = sw.trace("nn.Conv2d(1, 1, 3, stride=2, padding=1, bias=False)", PUBLISHED, kernel=KERNEL)
    assert t.output.tolist() == answer
    t.verify()
    padded = np.pad(np.array(PUBLISHED), 1)
    by_hand = [[(padded[i : i + 3, j : j + 3] * KERNEL).sum() for j in (0, 2, 4)] for i in (0, 2, 4)]
    assert by_hand == answer
    assert str(t.step((1, 1)).formula) == "1·2 + 3·0 + 0·1 + 3·1 + 0·0 + 1·0 + 3·0 + 2·1 + 1·1 = 8"


def test_same_gives_one_output_for_every_stride_begun() -> None:
    for size in range(1, 12):
        for stride in range(1, 5):
            t = sw.trace(f"MaxPool1D(3, strides={stride}, padding='same')", np.ones((size, 1)))
            assert len(t.output) == math.ceil(size / stride)


def test_same_with_a_2x2_window_pads_bottom_and_right_not_left() -> None:
    t = sw.trace("MaxPool2D(2, strides=1, padding='SAME')", FOUR)
    assert t.output.tolist() == FOUR  # TensorFlow's, in the tutorial
    assert [(axis.padding.before, axis.padding.after) for axis in t.geometry.axes] == [(0, 1), (0, 1)]


def test_the_odd_line_of_same_goes_after_in_keras_and_same_upper_and_before_in_same_lower() -> None:
    x = np.array([[1, 2, 3, 4]])
    row: Any = {"kernel_shape": [1, 2]}
    assert sw.trace("MaxPool2D((1, 2), strides=1, padding='same')", x).output.tolist() == [[2, 3, 4, 4]]
    assert onnx.node("MaxPool", [x], **row, auto_pad="SAME_UPPER")[0].output.tolist() == [[2, 3, 4, 4]]
    assert onnx.node("MaxPool", [x], **row, auto_pad="SAME_LOWER")[0].output.tolist() == [[1, 2, 3, 4]]


def test_same_pads_nothing_where_the_stride_leaves_more_than_the_window_needs() -> None:
    # (⌈6/2⌉ - 1)·2 + 1 - 6 = -1 would be the total; it is 0, and no window starts outside
    t = sw.trace("AveragePooling1D(1, strides=2, padding='same')", np.arange(6).reshape(6, 1))
    assert t.output.ravel().tolist() == [0, 2, 4]
    assert t.geometry.axes[0].padding.total == 0


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int64, np.int8])
def test_padding_never_wins_a_maximum_not_even_where_all_is_negative(dtype: type) -> None:
    x: Any = np.array([[-4, -3], [-2, -1]], dtype)
    for call in ("MaxPool2D(2, strides=1, padding='same')", "MaxPool(kernel_shape=[2, 2], auto_pad='SAME_UPPER')"):
        assert sw.trace(call, x).output.tolist() == [[-1, -1], [-1, -1]]
    t = sw.trace("nn.MaxPool2d(3, stride=1, padding=1)", x)
    assert t.output.tolist() == [[-1, -1], [-1, -1]]
    assert t.output.dtype == dtype


def test_the_lowest_number_of_its_type_still_wins_over_padding() -> None:
    x = np.full((1, 1, 1, 2), -128, np.int8)
    _, indices = onnx.node("MaxPool", [x], kernel_shape=[1, 2], pads=[0, 1, 0, 0])
    assert indices.ravel().tolist() == [0, 0]  # onnxruntime's
    _, indices = F.max_pool2d(np.full((1, 1, 1, 2), -np.inf), (1, 2), 1, (0, 1), return_indices=True)
    assert indices.ravel().tolist() == [0, 0, 1]  # torch.nn.functional.max_pool2d


def test_keras_never_counts_padding_in_a_mean_pytorch_does_unless_told_and_onnx_does_not_unless_told() -> None:
    x = [[8.0, 8.0], [8.0, 8.0]]
    assert sw.trace("AveragePooling2D(2, strides=1, padding='same')", x).output.tolist() == [[8, 8], [8, 8]]
    corner = {"counted": 8 / 4, "not": 8.0}  # one cell of data in a window of four
    assert sw.trace("nn.AvgPool2d(2, stride=2, padding=1)", x).output[0, 0] == corner["counted"]
    assert sw.trace("nn.AvgPool2d(2, 2, 1, count_include_pad=False)", x).output[0, 0] == corner["not"]
    node = "AveragePool(kernel_shape=[2, 2], strides=[2, 2], pads=[1, 1, 1, 1]"
    assert sw.trace(f"{node})", x).output[0, 0] == corner["not"]
    assert sw.trace(f"{node}, count_include_pad=1)", x).output[0, 0] == corner["counted"]


def test_ceil_mode_drops_a_last_window_that_would_start_in_the_padding_after() -> None:
    # torch.nn.MaxPool1d(2, 2, 1, ceil_mode=True) of 3 cells gives 2, not ⌈(3 + 2 - 2) / 2⌉ + 1 = 3
    assert sw.trace("nn.MaxPool1d(2, 2, 1, ceil_mode=True)", [[1, 2, 3]]).output.tolist() == [[1, 3]]
    # with 4 cells it starts on data and stays: torch gives 1 3 4
    assert sw.trace("nn.MaxPool1d(2, 2, 1, ceil_mode=True)", [[1, 2, 3, 4]]).output.tolist() == [[1, 3, 4]]


def test_in_ceil_mode_a_counted_mean_stops_at_the_padded_edge() -> None:
    # torch.nn.AvgPool1d(3, 2, 1, ceil_mode=True) of 1 2 3 4: the last window covers 4, one padded cell, and one beyond
    t = sw.trace("nn.AvgPool1d(3, 2, 1, ceil_mode=True)", [[1.0, 2.0, 3.0, 4.0]])
    assert t.output.tolist() == [[1.0, 3.0, 2.0]]
    assert str(t.step((0, 2)).formula) == "4 / 2 = 2"


def test_pytorch_same_puts_the_odd_line_after() -> None:
    t = sw.trace("nn.Conv1d(1, 1, 2, padding='same', bias=False)", [[1, 2, 3]], kernel=[[[1, 10]]])
    assert t.output.tolist() == [[21, 32, 3]]


def test_pytorch_same_needs_stride_one() -> None:
    with pytest.raises(CallError, match="padding='same' is not supported for strided convolutions"):
        torch.nn.Conv2d(1, 1, 3, stride=2, padding="same")


@pytest.mark.parametrize(
    ("mode", "line"),
    [
        ("zeros", [0, 0, 1, 2, 3, 0, 0]),
        ("reflect", [3, 2, 1, 2, 3, 2, 1]),
        ("replicate", [1, 1, 1, 2, 3, 3, 3]),
        ("circular", [2, 3, 1, 2, 3, 1, 2]),
    ],
)
def test_padding_mode_fills_with_zeros_or_with_data_mirrored_repeated_or_wrapped(mode: str, line: list[int]) -> None:
    call = f"nn.Conv1d(1, 1, 1, padding=2, bias=False, padding_mode={mode!r})"
    assert sw.trace(call, [[1, 2, 3]], kernel=[[[1]]]).output.tolist() == [line]


def test_a_stride_that_does_not_divide_leaves_rows_and_columns_uncovered_and_says_which() -> None:
    t = sw.trace("MaxPool2D(2, strides=3)", np.arange(30).reshape(5, 6))
    rows, columns = (axis.uncovered for axis in t.geometry.axes)
    assert (rows, columns) == ((2,), (2, 5))
    lesson = t.lesson().text()
    assert "uncovered" in lesson
    t = sw.trace("MaxPool2D(2)", np.arange(25).reshape(5, 5))
    assert [axis.uncovered for axis in t.geometry.axes] == [(4,), (4,)]


def test_of_equal_numbers_the_first_in_reading_order_wins() -> None:
    x = np.array([[[[7, 7], [7, 7]]]])
    pooled, indices = F.max_pool2d(x, 2, return_indices=True)
    assert indices.ravel().tolist() == [0]
    winner = pooled.step((0, 0, 0, 0)).winner
    assert winner is not None
    assert winner.source == (0, 0, 0, 0)


def test_nan_propagates_and_is_data_not_padding() -> None:
    x = [[math.nan, 1.0], [2.0, 3.0]]
    for call in ("MaxPool2D(2)", "AveragePooling2D(2)", "nn.MaxPool2d(2)", "MaxPool(kernel_shape=[2, 2])"):
        t = sw.trace(call, x)
        assert math.isnan(t.output[0, 0])
        assert not any(tap.is_padding for tap in t.steps[0].taps)
        t.verify()
    _, indices = F.max_pool2d(np.array([[[[1.0, math.nan, 3.0, 2.0]]]]), (1, 4), return_indices=True)
    assert indices.ravel().tolist() == [1]  # torch.nn.functional.max_pool2d


def test_a_window_of_3_with_stride_2_over_0_to_15_parts_pytorch_from_keras_in_two_sentences() -> None:
    by_torch = sw.trace("nn.MaxPool2d(3, stride=2, padding=1)", SIXTEEN)
    by_keras = sw.trace("MaxPool2D(3, strides=2, padding='same')", SIXTEEN)
    assert by_torch.output.tolist() == [[5, 7], [13, 15]]
    assert by_keras.output.tolist() == [[10, 11], [14, 15]]
    told = " ".join(sw.compare(by_torch, by_keras).text().split())
    assert "padding 1 adds 1 line on every side; SAME adds 1 row at the bottom and 1 column on the right." in told
    assert (
        "Every window of padding 1 starts 1 row higher and 1 column further left than the same window of SAME. "
        "3 output cells differ." in told
    )


def test_the_same_story_the_other_way_round() -> None:
    by_torch = sw.trace("nn.MaxPool2d(3, stride=2, padding=1)", SIXTEEN)
    by_keras = sw.trace("MaxPool2D(3, strides=2, padding='same')", SIXTEEN)
    told = " ".join(sw.compare(by_keras, by_torch).text().split())
    assert (
        "Every window of SAME starts 1 row lower and 1 column further right than the same window of padding 1" in told
    )


def test_flatten_reads_keras_channels_last_and_pytorch_channels_first() -> None:
    first = np.arange(8).reshape(1, 2, 2, 2)
    assert torch.nn.Flatten()(first).output.tolist() == [[0, 1, 2, 3, 4, 5, 6, 7]]
    assert keras.layers.Flatten()(np.moveaxis(first, 1, -1)).output.tolist() == [[0, 4, 1, 5, 2, 6, 3, 7]]


def test_keras_relu_holds_back_a_number_equal_to_its_threshold() -> None:
    # keras.layers.ReLU(threshold=1.0)([0., 1., 2.]) gives 0 0 2, though its documentation lets 1 pass
    assert sw.trace("keras.layers.ReLU(threshold=1.0)", [[0.0, 1.0, 2.0]]).output.tolist() == [[0, 0, 2]]


def test_transposed_convolution_does_not_undo_a_convolution() -> None:
    ones = np.ones((1, 1, 2, 2))
    there = F.conv2d(np.arange(9.0).reshape(1, 1, 3, 3), ones)
    back = F.conv_transpose2d(there, ones)
    assert back.shape == (1, 1, 3, 3)
    assert back.output[0, 0].tolist() == [[8, 20, 12], [28, 64, 36], [20, 44, 24]]  # each sum spread over its window
