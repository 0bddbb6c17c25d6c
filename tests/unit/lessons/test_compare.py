"""Two layers side by side: the first decision where they part, and every output cell that differs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import stepwise as sw
from stepwise.document.blocks import Card, Pair, Prose, Steps, Table
from stepwise.document.inline import Math, Text
from stepwise.document.lesson import Lesson
from stepwise.errors import ShapeError, StepwiseError

CANONICAL = [[4, 3], [2, 1]]


def words(text: Text) -> str:
    told = [p if isinstance(p, str) else str(p.formula) if isinstance(p, Math) else p.text for p in text]
    return " ".join("".join(told).split())


def compared(first: str, second: str, x: Any, **options: Any) -> Lesson:
    return sw.compare(sw.trace(first, x), sw.trace(second, x), **options)


def prose(lesson: Lesson, section: str) -> str:
    found = [b for s in lesson.sections if section in s.title for b in s.blocks if isinstance(b, Prose)]
    return "\n".join(words(block.text) for block in found)


def rows(lesson: Lesson, section: str) -> list[list[str]]:
    tables = [b for s in lesson.sections if s.title == section for b in s.blocks if isinstance(b, Table)]
    return [[words(text) for text in row] for table in tables for row in table.rows]


def cards(lesson: Lesson) -> tuple[Card, Card]:
    [pair] = [block for section in lesson.sections for block in section.blocks if isinstance(block, Pair)]
    return pair.left, pair.right


VALID, SAME = (f"MaxPool2D(2, strides=1, padding='{padding}')" for padding in ("valid", "same"))


def test_valid_or_same() -> None:
    lesson = compared(VALID, SAME, CANONICAL)
    assert lesson.title == "VALID or SAME?"
    assert "only the edge differs" in words(lesson.lead)
    left, right = cards(lesson)
    assert (left.title, left.remark) == ("VALID", "no padding")
    assert (right.title, right.remark) == ("SAME", "1 row at the bottom and 1 column on the right")
    assert prose(lesson, "Where they differ").startswith(
        "The first difference is the padding rule: VALID adds no padding; "
        "SAME adds 1 row at the bottom and 1 column on the right."
    )
    assert "after the data: at the bottom and on the right" in prose(lesson, "Where they differ")
    assert rows(lesson, "Where they differ") == [
        ["padding rule", "VALID", "SAME"],
        ["output size", "⌊(2 - 2) / 1⌋ + 1 = 1", "⌈2 / 1⌉ = 2"],
        ["total padding", "0", "(2 - 1)·1 + 2 - 2 = 1"],
        ["before, after", "0, 0", "0, 1"],
    ]


def test_every_differing_cell_is_told() -> None:
    lesson = compared(VALID, SAME, CANONICAL)
    moved = prose(lesson, "What changes")
    assert "The output of VALID is 1 × 1, that of SAME is 2 × 2." in moved
    assert "3 output cells differ." in moved
    assert rows(lesson, "What changes") == [
        ["(0, 1)", "none", "3"],
        ["(1, 0)", "none", "2"],
        ["(1, 1)", "none", "1"],
    ]


def test_pytorch_or_keras_is_a_short_story() -> None:
    """4×4 of 0..15, window 3, stride 2: PyTorch's padding=1 gives 5 7 / 13 15, Keras's SAME 10 11 / 14 15."""
    lesson = compared("MaxPool2d(3, 2, 1)", "MaxPool2D(3, 2, 'same')", np.arange(16).reshape(4, 4))
    assert lesson.title == "Padding 1 or SAME?"
    assert [card.remark for card in cards(lesson)] == [
        "1 line on every side",
        "1 row at the bottom and 1 column on the right",
    ]
    assert rows(lesson, "What changes") == [["(0, 0)", "5", "10"], ["(0, 1)", "7", "11"], ["(1, 0)", "13", "14"]]


@pytest.mark.parametrize(
    ("first", "second", "parting", "left", "right"),
    [
        ("MaxPool2D(2)", "AveragePooling2D(2)", "rule", "keep the largest", "take the mean"),
        ("MaxPool2D(2, strides=1)", "MaxPool2D(3, strides=1)", "window", "2", "3"),
        ("MaxPool2D(2, strides=1)", "MaxPool2D((2, 3), strides=1)", "window", "2", "2×3"),
        ("MaxPool2D(2, strides=1)", "MaxPool2D(2, strides=2)", "stride", "1", "2"),
        ("nn.MaxPool2d(2, 1)", "nn.MaxPool2d(2, 1, dilation=2)", "dilation", "1", "2"),
        ("nn.AvgPool2d(2, 2, 1)", "nn.AvgPool2d(2, 2, 1, count_include_pad=False)", "padding in the mean", "counted",
         "not counted"),
        ("nn.MaxPool2d(3, 2)", "nn.MaxPool2d(3, 2, ceil_mode=True)", "output size", "⌊", "⌈"),
    ],
)  # fmt: skip
def test_names_the_first_decision_where_they_part(first: str, second: str, parting: str, left: str, right: str) -> None:
    lesson = compared(first, second, np.arange(16.0).reshape(4, 4))
    what, one, other = rows(lesson, "Where they differ")[0]
    assert what == parting
    assert left in one
    assert right in other
    assert f"The first difference is the {parting}" in prose(lesson, "Where they differ")


def test_the_same_lines_by_another_name_are_no_decision() -> None:
    """A 5×5 mean with two lines on every side, which is SAME: it is what the sum is divided by."""
    lesson = compared("nn.AvgPool2d(5, 1, padding=2)", "AveragePooling2D(5, 1, 'same')", np.arange(36.0).reshape(6, 6))
    told = prose(lesson, "Where they differ")
    assert told.startswith("The first difference is the padding in the mean: counted or not counted.")
    assert "which has no effect here: padding rule." in prose(lesson, "Where they differ")
    assert "only the edge differs" not in words(lesson.lead)
    assert lesson.title == "Padding counted or padding not counted?"


@pytest.mark.parametrize(
    ("first", "second", "what"),
    [
        ("MaxPool2D(4, 1)", "MaxPool2D(4, 2)", "stride"),  # there is one window
        ("nn.AvgPool2d(2)", "nn.AvgPool2d(2, count_include_pad=False)", "padding in the mean"),  # there is none
        ("nn.AvgPool2d(2)", "nn.AvgPool2d(2, divisor_override=4)", "divisor"),
    ],
)
def test_what_makes_no_difference_is_told_apart(first: str, second: str, what: str) -> None:
    lesson = compared(first, second, np.arange(16.0).reshape(4, 4))
    assert "On this input they do not differ" in prose(lesson, "Where they differ")
    assert f"which has no effect here: {what}." in prose(lesson, "Where they differ")
    assert "Every output cell is the same" in prose(lesson, "What changes")


def test_weights_that_differ_are_where_they_part() -> None:
    a = sw.trace("Conv2D(1, 2)", CANONICAL, kernel=[[1, 0], [0, 1]])
    b = sw.trace("Conv2D(1, 2)", CANONICAL)
    first = rows(sw.compare(a, b), "Where they differ")[0]
    assert first == ["kernel", "as given", "whole numbers from -2 to 2, seed 0"]


def test_a_kernel_is_told_by_its_numbers() -> None:
    a, b = (sw.trace("Conv2D(1, 2)", CANONICAL, kernel=kernel) for kernel in ([[1, 0], [0, 1]], [[1, 2], [0, 1]]))
    assert rows(sw.compare(a, b), "Where they differ")[0] == ["kernel", "1 0; 0 1", "1 2; 0 1"]


TWO_CHANNELS = "4 3; 2 1;; 1 2; 3 5"


def test_typed_grids_are_laid_out_by_each_framework_and_compared_as_feature_maps() -> None:
    lesson = compared("MaxPool2D(2, 1, 'same')", "nn.AvgPool2d(2, 1, 1)", TWO_CHANNELS)
    moved = prose(lesson, "What changes")
    assert "Max pooling gives its output as 2 × 2 × 2, Average pooling as 2 × 3 × 3; the feature maps" in moved
    # By hand: SAME pads below and on the right; PyTorch one line on every side, and divides by 4.
    maximum = {
        (0, 0, 0): 4,
        (0, 0, 1): 3,
        (0, 1, 0): 2,
        (0, 1, 1): 1,
        (1, 0, 0): 5,
        (1, 0, 1): 5,
        (1, 1, 0): 5,
        (1, 1, 1): 5,
    }
    mean = {(0, 0, 0): 1, (1, 0, 0): 0.25, (0, 1, 1): 2.5, (1, 1, 1): 2.75}
    told = {row[0]: row[1:] for row in rows(lesson, "What changes")}
    for (channel, *place), number in maximum.items():
        assert told[f"{tuple(place)} in channel {channel}"][0] == str(number)
    for (channel, *place), share in mean.items():
        assert told[f"{tuple(place)} in channel {channel}"][1] == str(share)
    assert len(told) == 18


def test_the_same_call_in_either_layout_is_the_same() -> None:
    lesson = compared("MaxPool2D(2)", "nn.MaxPool2d(2)", TWO_CHANNELS)
    assert "make the same decisions" in words(lesson.lead)
    assert "Every output cell is the same in both." in prose(lesson, "What changes")
    kernel = "1 0; 0 1;; 1 1; 0 0"
    a, b = (sw.trace(call, TWO_CHANNELS, kernel=kernel) for call in ("Conv2D(1, 2)", "nn.Conv2d(2, 1, 2)"))
    assert "make the same decisions" in words(sw.compare(a, b).lead)


def test_an_array_that_the_two_read_otherwise_is_no_common_input() -> None:
    with pytest.raises(ShapeError, match="one of these takes the last axis for the channels, the other not; type"):
        compared("MaxPool2D(2)", "nn.MaxPool2d(2)", np.arange(27).reshape(3, 3, 3))


def test_a_window_that_hangs_over_beside_one_that_is_padded() -> None:
    """Where every cell is the same, nothing is said to move."""
    lesson = compared("nn.MaxPool2d(2, ceil_mode=True)", "MaxPool2D(2, padding='same')", np.arange(9).reshape(3, 3))
    assert lesson.title == "Ceil mode or SAME?"
    assert "On these numbers both give the same." in words(lesson.lead)
    assert prose(lesson, "What changes") == "Every output cell is the same in both."
    assert prose(lesson, "Where they differ").startswith(
        "The first difference is the padding rule: ceil mode adds no padding; SAME adds 1 row at the bottom"
    )


REFLECTED = "nn.Conv2d(1, 1, 3, padding=1, padding_mode='reflect')"


@pytest.mark.parametrize(
    ("first", "second", "parting", "left", "right"),
    [
        (REFLECTED, "nn.Conv2d(1, 1, 3, padding=1)", "filling of the padding (Convolution)", "mirrored data",
         "0"),
        (REFLECTED, REFLECTED.replace("reflect", "replicate"), "filling of the padding (Padding)",
         "mirrored data", "the repeated edge"),
        ("Conv2D(1, 3, activation='relu')", "Conv2D(1, 3)", "ReLU",
         "keep positive numbers, and replace those below 0 by 0", "no such stage"),
        ("Conv2D(1, 3, padding='same', activation='relu')", "Conv2D(1, 3, activation='relu')",
         "padding rule (Convolution)", "SAME", "VALID"),
        ("ZeroPadding2D(1), MaxPool2D(3, 2)", "nn.MaxPool2d(3, 2, 1)",
         "filling of the padding (Max pooling)", "0", "-∞"),
        ("MaxPool2D(2), MaxPool2D(2)", "MaxPool2D(4)", "window (Max pooling)", "2", "4"),
    ],
)  # fmt: skip
def test_calls_of_several_stages_are_compared_stage_by_stage(
    first: str, second: str, parting: str, left: str, right: str
) -> None:
    x = -np.arange(16.0).reshape(4, 4)
    given: dict[str, Any] = {"kernel": [[1, 0, 0], [0, 1, 0], [0, 0, 1]]} if "Conv" in first else {}
    lesson = sw.compare(sw.trace(first, x, **given), sw.trace(second, x, **given))
    assert rows(lesson, "Where they differ")[0] == [parting, left, right]
    told = f"The first difference is the {parting}:"
    if right == "no such stage":
        told = f"The first difference is the {parting}, a stage that only Convolution + ReLU has: {left}."
    assert told in prose(lesson, "Where they differ")


def test_a_separable_convolution_is_compared_too() -> None:
    lesson = compared("SeparableConv2D(1, 2)", "Conv2D(1, 2)", CANONICAL)
    titles = [section.title for section in lesson.sections]
    assert "Only in Depthwise convolution + Convolution: Convolution" in titles
    assert lesson.html()


def test_what_two_chains_share_is_not_told_again() -> None:
    first = sw.trace("MaxPool2D(2, strides=1)", np.arange(16.0).reshape(4, 4))
    lesson = sw.compare(sw.trace("MaxPool2D(2)", first), sw.trace("AveragePooling2D(2)", first))
    assert [s.title for s in lesson.sections].count("Side by side") == 1
    assert rows(lesson, "Where they differ")[0][0] == "rule"


def test_nothing_to_tell_apart() -> None:
    lesson = compared(VALID, VALID.replace("'valid'", "'VALID'"), CANONICAL)
    assert "make the same decisions" in words(lesson.lead)
    assert prose(lesson, "Where they differ").startswith("They do not differ")
    assert "Every output cell is the same in both." in prose(lesson, "What changes")
    twice = compared(VALID, VALID, CANONICAL)
    assert [card.title for card in cards(twice)] == ["first", "second"]


def test_an_odd_line_is_placed_along_the_axes_there_are() -> None:
    x = np.arange(4).reshape(4, 1)
    told = prose(compared("MaxPooling1D(2, 1)", "MaxPooling1D(2, 1, 'same')", x), "Where they differ")
    assert "after the data: at the end." in told
    across = compared("MaxPool2D((1, 2), 1)", "MaxPool2D((1, 2), 1, 'same')", CANONICAL)
    assert "after the data: on the right." in prose(across, "Where they differ")
    assert cards(across)[1].remark == "1 column on the right"


def test_many_differing_cells_are_counted_and_the_first_listed() -> None:
    x = np.arange(100).reshape(10, 10)
    lesson = compared("MaxPool2D(1)", "AveragePooling2D(1)", x)
    assert "Every output cell is the same" in prose(lesson, "What changes"), "a mean of one is that one"
    lesson = compared("MaxPool2D(2, 1, 'same')", "AveragePooling2D(2, 1, 'same')", x)
    due = np.asarray(sw.trace("MaxPool2D(2, 1, 'same')", x)) != np.asarray(sw.trace("AvgPool2D(2, 1, 'same')", x))
    assert f"{due.sum()} output cells differ. The first 40 are:" in prose(lesson, "What changes")
    assert len(rows(lesson, "What changes")) == 40


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 3), st.integers(1, 3), st.lists(st.integers(-3, 3), min_size=12, max_size=12))
def test_lists_exactly_the_cells_that_differ(window: int, stride: int, numbers: list[int]) -> None:
    x = np.array(numbers).reshape(3, 4)
    first, second = (f"MaxPool2D({window}, {stride}, 'same')", f"AveragePooling2D({window}, {stride}, 'same')")
    a, b = np.asarray(sw.trace(first, x)), np.asarray(sw.trace(second, x))
    due = [str(tuple(map(int, index))) for index in np.argwhere(a != b)]
    assert [row[0] for row in rows(compared(first, second, x), "What changes")] == due


def test_nan_is_nan_in_both() -> None:
    x = [[float("nan"), 1], [2, 3]]
    assert "Every output cell is the same" in prose(compared(VALID, "MaxPool2D(2)", x), "What changes")


def test_windows_are_told_on_both_sides_at_the_detail_that_is_asked() -> None:
    def told(lesson: Lesson) -> list[int]:
        return [len(b.steps) for s in lesson.sections for b in s.blocks if isinstance(b, Steps)]

    assert told(compared(VALID, SAME, CANONICAL)) == [1, 4]
    assert told(compared(VALID, SAME, CANONICAL, detail="none")) == []
    large = np.arange(49).reshape(7, 7)
    assert told(compared(VALID, SAME, large, detail="all")) == [36, 49]
    few = compared(VALID, SAME, large)
    assert max(told(few)) < 16
    assert "There are 36 windows." in prose(few, "Window by window: VALID")
    with pytest.raises(StepwiseError, match="detail='few' is not known"):
        compared(VALID, SAME, CANONICAL, detail="few")


@pytest.mark.parametrize(
    ("first", "second", "sentence"),
    [
        ("Flatten()", "Flatten()", r"Flatten\(\) has no window"),
        ("MaxPool2D(2)", "ReLU()", r"ReLU\(\) has no window"),
        ("MaxPool2D(2)", "MaxPooling1D(2)", r"along height and width, .* along length; only layers with the same axes"),
    ],
)
def test_what_cannot_be_compared_says_why(first: str, second: str, sentence: str) -> None:
    with pytest.raises(ShapeError, match=sentence):
        compared(first, second, CANONICAL)


def test_inputs_must_be_the_same() -> None:
    with pytest.raises(ShapeError, match=r"these have inputs \(2, 2\) and \(2, 3\)"):
        sw.compare(sw.trace(VALID, CANONICAL), sw.trace(VALID, [[1, 2, 3], [4, 5, 6]]))
    with pytest.raises(ShapeError, match="the numbers of these two differ"):
        sw.compare(sw.trace(VALID, CANONICAL), sw.trace(SAME, [[4, 3], [2, 0]]))
    nan = [[float("nan"), 3], [2, 1]]
    assert sw.compare(sw.trace(VALID, nan), sw.trace(SAME, nan)).title == "VALID or SAME?"


def test_a_title_of_ones_own() -> None:
    assert compared(VALID, SAME, CANONICAL, title="Mine").title == "Mine"


def test_what_a_transposed_convolution_cuts_off_is_counted() -> None:
    lesson = compared("Conv2DTranspose(1, 2, padding='same')", "Conv2DTranspose(1, 2)", CANONICAL)
    assert (
        "first difference is the lines cut off: for Conv2DTranspose(1, 2, padding='same'), 1 row at the bottom and"
        in prose(lesson, "Where they differ")
    )
    assert [card.remark for card in cards(lesson)] == [
        "cut off: 1 row at the bottom and 1 column on the right",
        "cut off: none",
    ]


def test_rounding_up_is_no_other_padding() -> None:
    """Where one window hangs over, the calls still ask for the same padding, and the other scales nothing."""
    lesson = compared("nn.LPPool1d(2, 2, ceil_mode=True)", "nn.LPPool1d(2, 2)", np.arange(5.0))
    assert lesson.title == "Ceil mode or floor mode?"
    assert [row[0] for row in rows(lesson, "Where they differ")] == ["output size"]
    assert "padding rule" not in prose(lesson, "Where they differ")


def test_a_stage_that_only_one_has_is_told_with_what_it_fills_in() -> None:
    lesson = compared("nn.ReplicationPad2d(1), nn.MaxPool2d(2)", "nn.MaxPool2d(2)", np.arange(16.0).reshape(4, 4))
    what, left, right = rows(lesson, "Where they differ")[0]
    assert what == "Padding"
    assert left == "add lines at the edges of the input (the repeated edge)"
    assert right == "no such stage"


def test_channels_flattened_in_another_order_are_told() -> None:
    """Channels last: 1 5 2 6 3 7 4 8; channels first: 1 2 3 4 5 6 7 8."""
    lesson = compared("MaxPool2D(1), Flatten()", "nn.MaxPool2d(1), nn.Flatten()", "1 2; 3 4;; 5 6; 7 8")
    assert rows(lesson, "Where they differ") == [["order of the axes (Flatten)", "channels last", "channels first"]]
    assert [row[1:] for row in rows(lesson, "What changes")] == [
        ["5", "2"], ["2", "3"], ["6", "4"], ["3", "5"], ["7", "6"], ["4", "7"],
    ]  # fmt: skip
