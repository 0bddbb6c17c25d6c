"""What a lesson tells, and that it is true of the numbers it is about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import stepwise as sw
from stepwise.dialects import onnx, torch
from stepwise.document.blocks import Block, Pair, Prose, Scene, StepBlock, Steps, Table
from stepwise.document.inline import Code, Math, Text
from stepwise.document.lesson import Lesson
from stepwise.errors import StepwiseError
from stepwise.io.inputs import sample_digit
from stepwise.traces.trace import chain

DIGIT = sample_digit(0) / 255


def words(text: Text) -> str:
    """Prose as a reader sees it."""
    told = [p if isinstance(p, str) else str(p.formula) if isinstance(p, Math) else p.text for p in text]
    return " ".join("".join(told).split())


def blocks(lesson: Lesson) -> Iterator[Block]:
    for section in lesson.sections:
        for block in section.blocks:
            if isinstance(block, Pair):
                yield from (*block.left.blocks, *block.right.blocks)
            yield block


def prose(lesson: Lesson, section: str = "") -> str:
    """All the sentences of a lesson, or of one of its parts."""
    found = [words(lesson.lead)] if not section else []
    for part in lesson.sections:
        if section in part.title:
            for block in part.blocks:
                if isinstance(block, Prose):
                    found.append(words(block.text))
                if isinstance(block, Table):
                    found += [" | ".join(map(words, row)) for row in block.rows]
                if isinstance(block, Steps):
                    found += [words(step.sentence) for step in block.steps]
    return "\n".join(found)


def steps(lesson: Lesson) -> list[StepBlock]:
    return [step for block in blocks(lesson) if isinstance(block, Steps) for step in block.steps]


def titles(lesson: Lesson) -> list[str]:
    return [section.title for section in lesson.sections]


PARTS = [
    "The question",
    "How big is the answer?",
    "Where does the padding go?",
    "Slide the window",
    "Read off the answer",
    "Common mistakes",
]
CANONICAL = [[4, 3], [2, 1]]


@pytest.mark.parametrize(
    "call",
    [
        "MaxPool2D(2, strides=1, padding='valid')",
        "MaxPool2D(2, strides=1, padding='same')",
        "AveragePooling2D(2, strides=1, padding='same')",
        "Conv2D(1, 2, padding='same')",
        "nn.AvgPool2d(2, 1, 1)",
    ],
)
def test_parts_come_in_a_teachers_order(call: str) -> None:
    lesson = sw.trace(call, CANONICAL).lesson()
    assert titles(lesson) == PARTS
    assert call in prose(lesson, "The question")
    assert prose(lesson, "Read off").startswith("Check it.")


def test_valid_puts_its_numbers_into_the_size_formula() -> None:
    lesson = sw.trace("MaxPool2D(2, strides=1, padding='valid')", CANONICAL).lesson()
    size = prose(lesson, "How big")
    assert "⌊(n - k) / s⌋ + 1" in size
    assert "height and width | ⌊(2 - 2) / 1⌋ + 1 = 1" in size
    assert "The output is 1×1: 1 window." in size
    assert prose(lesson, "padding go") == "VALID adds no padding: every window stays inside the data."
    assert [str(step.formula) for step in steps(lesson)] == ["max(4, 3, 2, 1) = 4"]


def test_same_says_bottom_and_right_and_names_the_slip() -> None:
    lesson = sw.trace("MaxPool2D(2, strides=1, padding='SAME')", CANONICAL).lesson()
    assert "height and width | ⌈2 / 1⌉ = 2" in prose(lesson, "How big")
    padding = prose(lesson, "padding go")
    assert "height | (2 - 1)·1 + 2 - 2 = 1 | 0 at the top | 1 at the bottom" in padding
    assert "width | (2 - 1)·1 + 2 - 2 = 1 | 0 on the left | 1 on the right" in padding
    assert "after the data: at the bottom and on the right." in padding
    assert "“right and left”" in padding
    assert "two columns" in padding
    assert "can never win" in padding
    assert [str(step.formula) for step in steps(lesson)] == [
        "max(4, 3, 2, 1) = 4",
        "max(3, 1) = 3",
        "max(2, 1) = 2",
        "max(1) = 1",
    ]


def test_same_lower_puts_the_odd_line_before() -> None:
    call = "MaxPool(kernel_shape=[2, 2], strides=[1, 1], auto_pad='SAME_LOWER')"
    lesson = sw.trace(call, [[[[4, 3], [2, 1]]]]).lesson()
    assert "before the data: at the top and on the left." in prose(lesson, "padding go")
    assert "right and left" not in prose(lesson)


def test_padding_that_is_even_is_split_and_none_is_said_to_be_none() -> None:
    assert "split evenly" in prose(sw.trace("MaxPool2D(3, strides=1, padding='same')", DIGIT[:4, :4]).lesson())
    fitting = sw.trace("MaxPool2D(2, padding='same')", CANONICAL).lesson()
    assert "Here that is 0: the windows fit without padding." in prose(fitting)


def test_a_stride_that_does_not_divide_says_what_is_never_covered() -> None:
    lesson = sw.trace("MaxPool2D(2, strides=3)", np.arange(16).reshape(4, 4)).lesson()
    assert "rows 2, 3 uncovered" in prose(lesson)
    assert "columns 2, 3 uncovered" in prose(lesson)
    one = sw.trace("MaxPool2D(2)", np.arange(25).reshape(5, 5)).lesson()
    assert "row 4 uncovered: no window reaches it" in prose(one)


def test_keras_mean_divides_by_the_data_alone() -> None:
    trace = sw.trace("AveragePooling2D(2, strides=1, padding='same')", CANONICAL)
    told = steps(trace.lesson())
    assert [str(step.formula) for step in told] == [
        "(4 + 3 + 2 + 1) / 4 = 2.5", "(3 + 1) / 2 = 2", "(2 + 1) / 2 = 1.5", "1 / 1 = 1",
    ]  # fmt: skip
    assert "not counted" in prose(trace.lesson(), "padding go")
    assert "divided by 2, not by 4" in words(told[1].sentence)


def test_pytorch_mean_counts_padding_and_says_so() -> None:
    """torch.nn.AvgPool2d counts padding unless told otherwise: the corner of 1 and three padded cells is 1/4."""
    counted = sw.trace("nn.AvgPool2d(2, 2, 1)", [[1, 2], [3, 4]]).lesson()
    assert str(steps(counted)[0].formula) == "1 / 4 = 0.25"
    assert "divided by 4" in words(steps(counted)[0].sentence)
    assert "not counted" not in prose(counted)
    assert "padding among them as 0" in prose(counted, "Read off")
    alone = sw.trace("nn.AvgPool2d(2, 2, 1, count_include_pad=False)", [[1, 2], [3, 4]]).lesson()
    assert str(steps(alone)[0].formula) == "1 / 1 = 1"
    assert "divided by 1, not by 4" in words(steps(alone)[0].sentence)
    asked = sw.trace("nn.AvgPool2d(2, divisor_override=3)", [[1, 2], [3, 4]]).lesson()
    assert "divide by 3, as the call asks" in prose(asked)
    assert "lies between" not in prose(asked), "with a divisor of its own it need not"


def test_convolution_shows_products_and_adds_the_bias_once() -> None:
    lesson = sw.trace("Conv2D(1, 2)", CANONICAL, kernel=[[1, 0], [0, -1]], bias=[1]).lesson()
    assert str(steps(lesson)[0].formula) == "4·1 + 3·0 + 2·0 + 1·(-1) + 1 = 4"
    assert "and add the bias" in prose(lesson, "Slide")
    none = sw.trace("Conv2D(1, 2, use_bias=False)", CANONICAL, kernel=[[1, 0], [0, -1]]).lesson()
    assert "bias" not in prose(none, "Slide") + prose(none, "Read off")
    colour = np.arange(12).reshape(2, 2, 3)
    question = sw.trace("Conv2D(1, 2)", colour, bias=[5]).lesson().sections[0]
    drawn = [m for block in question.blocks if isinstance(block, Scene) for m in block.matrices]
    biases = [m.rows[0][0].value for m in drawn if m.caption == "bias"]
    assert biases == [5], "it is added once, in a place of its own, not for every channel"


def test_weights_that_nobody_gave_are_told() -> None:
    question = prose(sw.trace("Conv2D(1, 2)", CANONICAL).lesson(), "The question")
    assert "No kernel was given, so whole numbers from −2 to 2 were drawn, with seed 0." in question
    assert "No bias was given, so 0 is used." in question
    named = "Conv2D(1, 2, kernel_initializer='he_normal', bias_initializer='ones')"
    question = prose(sw.trace(named, CANONICAL).lesson(), "The question")
    assert "HeNormal(), seed 0" in question
    assert "Ones()." in question, "nothing is drawn, so there is no seed"
    given = prose(sw.trace("Conv2D(1, 2)", CANONICAL, kernel=[[1, 0], [0, 1]], bias=0).lesson(), "The question")
    assert "was given" not in given


def test_numbers_are_honest() -> None:
    text = sw.trace("AveragePooling2D((1, 2))", [[0.1, 0.2, 1, 1.5]]).lesson().text()
    assert "(0.1 + 0.2) / 2 = 0.15" in text
    assert "00000" not in text
    third = sw.trace("AveragePooling2D((1, 3))", [[1, 0, 0]]).lesson().text()
    assert "(1 + 0 + 0) / 3 ≈ 0.333" in third


def test_integers_stay_integers() -> None:
    text = sw.trace("MaxPool2D(2, strides=1, padding='same')", CANONICAL).lesson().text()
    assert not re.search(r"\d\.\d", text.partition("Common mistakes")[0])  # a mean, among them, is no integer
    huge = 2**70 + 1
    assert str(huge) in sw.trace("MaxPool2D(1)", [[huge]]).lesson().text()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(-1e6, 1e6).map(lambda x: round(x, 4)), min_size=4, max_size=4))
def test_equals_is_written_only_where_it_is_true(numbers: list[float]) -> None:
    """Each side is worked out by `fractions` from the printed digits alone."""
    [step] = steps(sw.trace("AveragePooling2D(2)", np.array(numbers).reshape(2, 2)).lesson())
    shown = str(step.formula)
    sign = "=" if " = " in shown else "≈"
    left, right = shown.split(f" {sign} ")
    terms = [Fraction(word.strip("()")) for word in left.removesuffix(" / 4").split(" + ")]
    assert (sum(terms, Fraction()) / 4 == Fraction(right)) == (sign == "=")


@pytest.mark.parametrize(
    ("call", "x", "told"),
    [
        ("ReLU()", [[-1, 0, 2]], ["below 0 becomes 0", "0 stays 0", "positive number is unchanged"]),
        ("ReLU(max_value=6)", [[7, 3]], ["above 6 becomes 6", "positive number is unchanged"]),
        ("LeakyReLU(negative_slope=0.1)", [[-1, 2]], ["multiplied by 0.1", "is unchanged"]),
        ("ReLU(threshold=1)", [[0.5, 2]], ["not above 1 becomes 0", "is unchanged"]),
    ],
)
def test_relu_says_what_it_does_to_each_number(call: str, x: Any, told: list[str]) -> None:
    lesson = sw.trace(call, x).lesson()
    for step, words_due in zip(steps(lesson), told, strict=True):
        assert words_due in words(step.sentence)
    if "Leaky" in call:
        assert "becomes 0" not in prose(lesson)


def test_nan_and_infinities_are_told() -> None:
    lesson = sw.trace("MaxPool2D(2)", [[float("nan"), 1, float("inf"), 2], [3, 4, 5, float("-inf")]]).lesson()
    assert [str(s.formula) for s in steps(lesson)] == ["max(NaN, 1, 3, 4) = NaN", "max(∞, 2, 5, -∞) = ∞"]
    assert "so the maximum is NaN" in words(steps(lesson)[0].sentence)


def test_a_tie_names_its_winner() -> None:
    lesson = sw.trace("MaxPool2D(2)", [[1, 7], [7, 2]]).lesson()
    assert "7, occurs 2 times; the first of them, at (0, 1), counts as the winner." in prose(lesson)
    [step] = steps(lesson)
    won = [cell.index for row in step.scene.matrices[0].rows for cell in row if "winner" in cell.marks]
    assert won == [(0, 1)]


# Many windows: the typical ones are chosen.


def whys(lesson: Lesson) -> dict[str, tuple[int, ...]]:
    return {why: step.index for step in steps(lesson) for why in step.kind.split("; ")}


def test_of_a_digit_the_typical_windows_are_told() -> None:
    lesson = sw.trace("MaxPool2D(2)", DIGIT).lesson()
    chosen = whys(lesson)
    assert chosen["the first window"] == (0, 0)
    assert chosen["the last window"] == (13, 13)
    assert "a tie" in chosen
    largest = chosen["the largest result"]
    r, c = largest
    assert DIGIT[2 * r : 2 * r + 2, 2 * c : 2 * c + 2].max() == DIGIT.max()
    said = prose(lesson, "Slide")
    assert "There are 196 windows" in said
    assert f"Here are {len(steps(lesson))} typical ones" in said
    assert "--steps" not in said  # the command line says it
    assert "trace.step" not in said
    assert [step.number for step in steps(lesson)] == sorted(step.number for step in steps(lesson))


def test_a_tie_that_is_told_is_one() -> None:
    r, c = whys(sw.trace("MaxPool2D(2)", DIGIT).lesson())["a tie"]
    window = DIGIT[2 * r : 2 * r + 2, 2 * c : 2 * c + 2]
    assert (window == window.max()).sum() > 1
    assert window.min() < window.max()


def test_every_padded_side_is_told() -> None:
    chosen = whys(sw.trace("MaxPool2D(3, strides=1, padding='same')", DIGIT).lesson())
    assert chosen["padding at the top"][0] == 0
    assert chosen["padding at the bottom"][0] == 27
    assert chosen["padding on the left"][1] == 0
    assert chosen["padding on the right"][1] == 27
    assert 0 < min(chosen["a window inside the data"]) <= max(chosen["a window inside the data"]) < 27


def test_all_negative_is_told() -> None:
    x = DIGIT.copy()
    x[4:8] = -1 - x[4:8]
    index = whys(sw.trace("MaxPool2D(2)", x).lesson())["all numbers negative"]
    assert index[0] in (2, 3)


def test_details() -> None:
    trace = sw.trace("MaxPool2D(2)", DIGIT)
    every = steps(trace.lesson(detail="all"))
    assert [step.number for step in every] == list(range(1, 197))
    assert not any(step.kind for step in every)
    assert not steps(trace.lesson(detail="none"))
    assert "There are 196 windows." in prose(trace.lesson(detail="none"))
    with pytest.raises(StepwiseError, match="'some' is not known; it is 'auto', 'all' or 'none'"):
        trace.lesson(detail="some")
    assert len(steps(sw.trace("MaxPool2D(1)", DIGIT[:4, :4]).lesson())) == 16, "few are all told"


# One and three dimensions, chains.


def test_one_dimension_in_words_of_its_own() -> None:
    lesson = sw.trace("MaxPooling1D(3, strides=2, padding='same')", [[1], [-2], [3], [4], [4], [0]]).lesson()
    assert "Slide a window of 3 cells over the input" in prose(lesson)
    assert "The output has 3 cells: 3 windows." in prose(lesson)
    assert "1 at the end" in prose(lesson)
    assert lesson.title == "Max pooling: window of 3 cells, stride 2, SAME padding"


def test_three_dimensions_show_every_depth_the_window_covers() -> None:
    x = np.arange(12).reshape(3, 2, 2, 1)
    lesson = sw.trace("MaxPool3D(2, padding='same')", x).lesson()
    first, second = steps(lesson)
    values = [cell.value for m in first.scene.matrices[:-1] for row in m.rows for cell in row]
    assert values == list(range(8)), "the picture shows what the formula compares"
    assert "depth 1" in first.scene.matrices[1].caption
    kinds = [cell.kind for m in second.scene.matrices[:-1] for row in m.rows for cell in row]
    assert kinds == ["data"] * 4 + ["padding"] * 4
    assert "at the back" in prose(lesson)


def test_a_chain_is_told_layer_by_layer() -> None:
    lesson = sw.trace(["Flatten()", "Dense(2, activation='relu')"], CANONICAL).lesson()
    opened = [section.title for section in lesson.sections if section.level == 1]
    assert opened == ["Stage 1: Flatten", "Stage 2: Dense layer", "Stage 3: ReLU"]
    assert words(lesson.lead) == "2 layers in 3 stages, one after the other."
    plain = sw.trace(["Flatten()", "Dense(2)", "ReLU()"], CANONICAL).lesson()
    opened = [section.title for section in plain.sections if section.level == 1]
    assert opened == ["Layer 1: Flatten", "Layer 2: Dense layer", "Layer 3: ReLU"]
    assert words(plain.lead) == "3 layers, one after the other."


def test_plural_and_singular() -> None:
    told = prose(sw.trace("MaxPool2D(2, strides=1, padding='same')", CANONICAL).lesson(), "Slide")
    assert "All 4 windows, in reading order." in told
    assert "2 numbers and 2 padded cells" in told
    assert "1 number and 3 padded cells" in told
    assert "The only number is 1." in told
    both = prose(sw.trace("MaxPool2D((2, 1))", CANONICAL).lesson(), "Slide")
    assert "Both windows, in reading order." in both


def test_a_window_with_gaps_marks_what_it_steps_over() -> None:
    step = steps(sw.trace("nn.MaxPool2d(2, dilation=2)", np.arange(9).reshape(3, 3)).lesson())[0]
    marks = {cell.index: cell.marks for row in step.scene.matrices[0].rows for cell in row}
    assert {i for i, m in marks.items() if "tapped" in m} == {(0, 0), (0, 2), (2, 0), (2, 2)}
    assert all("window" in m for m in marks.values())
    assert str(step.formula) == "max(0, 2, 6, 8) = 8"


@pytest.mark.parametrize("call", ["AveragePooling2D(28)", "MaxPool2D(28)", "Conv2D(1, 28, use_bias=False)"])
def test_long_formulas_are_folded_into_few_terms_of_the_same_worth(call: str) -> None:
    x = np.arange(784).reshape(28, 28)
    kernel = np.ones((28, 28), int) if "Conv" in call else None
    [step] = steps(sw.trace(call, x, kernel=kernel).lesson())
    formula = str(step.formula)
    due = {"Ave": "/ 784 = 391.5", "Max": "= 783", "Con": f"= {x.sum()}"}[call[:3]]
    assert formula.endswith(due)
    assert len(re.findall(r"\d+", formula)) <= 31
    rows = x.max(axis=1) if call.startswith("Max") else x.sum(axis=1)
    assert [int(n) for n in re.findall(r"\d+", formula)][:28] == rows.tolist(), "each row of 28 is one term"
    assert "in groups of 28" in words(step.sentence)


def test_a_share_of_very_many_stands_over_their_sum_alone() -> None:
    x = np.linspace(-3, 3, 200).reshape(1, 200)
    [last] = [step for step in steps(sw.trace("Softmax()", x).lesson()) if step.index == (0, 199)]
    total = sum(np.exp(x[0] - 3))
    assert str(last.formula) == f"exp(3 - 3) / {total:.3f} ≈ {1 / total:.4f}"
    assert "The denominator is the sum of all 200 exponentials." in words(last.sentence)


def test_a_folded_maximum_keeps_nan() -> None:
    x = np.arange(64.0)
    x[5] = np.nan
    [step] = steps(sw.trace("MaxPool2D(8)", x.reshape(8, 8)).lesson())
    assert str(step.formula).startswith("max(2, NaN, 8,")


def test_a_picture_never_shows_padding_as_a_number() -> None:
    lesson = sw.trace("Conv2D(1, 2, padding='same')", CANONICAL).lesson()
    cells = [c for s in steps(lesson) for m in s.scene.matrices for row in m.rows for c in row]
    padding = [cell for cell in cells if cell.kind == "padding"]
    assert padding
    assert all(cell.value is None and cell.index is None for cell in padding)


def test_titles_and_languages() -> None:
    trace = sw.trace("MaxPool2D(2)", CANONICAL)
    assert trace.lesson().title == "Max pooling: 2×2 window, stride 2, VALID padding"
    assert sw.trace("GlobalMaxPool2D()", CANONICAL).lesson().title == "Max pooling: the whole of 2×2"
    with pytest.raises(StepwiseError, match="language 'xx' is not available; there is en"):
        trace.lesson(language="xx")


def test_code_in_the_question_is_the_call_as_it_was_written() -> None:
    call = "MaxPool2D( 2,strides=(1,1) )"
    first = sw.trace(call, CANONICAL).lesson().sections[0].blocks[0]
    assert isinstance(first, Prose)
    assert Code(call) in first.text


def test_a_flatten_says_which_axis_it_takes_for_images() -> None:
    guessed = " ".join(sw.trace("nn.Flatten()", np.ones((4, 5, 1))).lesson().text().split())
    assert "the first axis counts the images, 4 here." in guessed
    told = " ".join(sw.trace("Flatten()", np.ones((4, 5, 1))).lesson().text().split())  # as Conv2D takes it
    assert "The input, 4×5×1, is taken as one image, without an axis for a batch." in told
    assert "counts the images" not in told
    for shape in ((4, 5), (1, 4, 5, 1)):
        assert "counts the images" not in sw.trace("Flatten()", np.ones(shape)).lesson().text()


@pytest.mark.parametrize(
    ("call", "alone"),
    [
        ("Conv2D(1, 3, padding='same', activation='relu')", ["Conv2D(1, 3, padding='same')", "ReLU()"]),
        (
            "Conv2D(1, 3, 1, 'same', None, 1, 1, 'relu', False)",
            ["Conv2D(1, 3, 1, 'same', None, 1, 1, use_bias=False)", "ReLU()"],
        ),
        (
            "nn.Conv2d(1, 1, 3, padding=1, padding_mode='reflect')",
            ["nn.ReflectionPad2d((1, 1, 1, 1))", "nn.Conv2d(1, 1, 3)"],
        ),
        (
            "SeparableConv2D(1, 2, use_bias=False)",
            ["DepthwiseConv2D(2, strides=1, padding='valid', use_bias=False)", "Conv2D(1, 1, use_bias=False)"],
        ),
    ],
)
def test_each_stage_of_a_call_is_asked_for_by_what_it_does_alone(call: str, alone: list[str]) -> None:
    """What is to be carried out gives what stands there as its answer: read again, each call gives that stage's."""
    stages = chain(sw.trace(call, np.arange(16.0).reshape(4, 4)))
    assert [stage.layer.call for stage in stages] == alone
    for stage in stages:
        weights: dict[str, Any] = {name: array for name, array in stage.inputs.items() if name != "input"}
        prefix = "nn." if "nn." in call and not stage.layer.call.startswith("nn.") else ""
        again = sw.trace(prefix + stage.layer.call, stage.inputs["input"], **weights)
        assert np.array_equal(again.output, stage.output), stage.layer.call


def test_an_unpadded_stage_is_not_blamed_for_the_padding_that_the_call_asks_for() -> None:
    text = (
        sw.trace("nn.Conv2d(1, 1, 3, padding=1, padding_mode='reflect')", np.arange(9.0).reshape(3, 3)).lesson().text()
    )
    assert "padding_mode" not in text.partition("one after the other.")[2]


def shown_inputs(trace: sw.Trace) -> list[str]:
    scene = next(b for s in trace.lesson().sections for b in s.blocks if isinstance(b, Scene))
    return [matrix.caption for matrix in scene.matrices[:-1]]


def test_a_question_shows_all_that_goes_in() -> None:
    """Without the indices, or the second of two images, nobody could answer it."""
    pooled, indices = torch.nn.functional.max_pool2d(np.arange(16.0).reshape(1, 1, 4, 4), 2, return_indices=True)
    unpooled = torch.nn.MaxUnpool2d(2)(np.asarray(pooled), indices)
    assert [caption.split()[0] for caption in shown_inputs(unpooled)] == ["input", "indices"]
    [added] = onnx.node("Add", [np.ones((1, 1, 2, 2)), np.ones((1, 1, 2, 2))], opset=22)
    assert len(shown_inputs(added)) == 2


def test_how_many_numbers_a_weight_has_is_not_read_as_its_value() -> None:
    captions = shown_inputs(sw.trace("nn.BatchNorm2d(1)", [[1.0, 2], [3, 4]]))
    assert captions[1:] == ["gamma", "beta", "mean", "variance"]


def test_a_line_of_numbers_is_one_plane_and_drawn_once() -> None:
    steps = next(block for section in sw.trace("Dense(2)", [1, 2, 3]).lesson().sections for block in section.blocks
                 if isinstance(block, Steps))  # fmt: skip
    assert [matrix.caption for matrix in steps.steps[0].scene.matrices] == ["input 3", "output 2"]


def test_of_letters_too_a_sum_over_channels_is_told_a_channel_at_a_time() -> None:
    kernel = [[[[1], [-2]], [[0], [3]]], [[[2], [0]], [[-1], [1]]]]
    text = " ".join(sw.trace("Conv2D(1, 2)", sw.symbols("x", (2, 2, 2)), kernel=kernel).lesson().text().split())
    channels = ("x000·1 + x010·0 + x100·2 + x110·(-1)", "x001·(-2) + x011·3 + x101·0 + x111·1")
    assert f"= ({channels[0]}) + ({channels[1]}) + 0 = " in text
