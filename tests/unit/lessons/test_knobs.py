"""Knobs: which layers they turn, what an author may ask for, and what a request that is none is told."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

import stepwise as sw
from stepwise.errors import StepwiseError
from stepwise.lesson_files.reading import read_lesson
from stepwise.lessons.knobs import KNOBS, turned
from tools.knob_facts import PLACE, SIZES, combinations, fact

FOUR = [[4, 3], [2, 1]]


def test_where_the_knobs_stand_is_what_the_layer_was_asked_for() -> None:
    at = turned(sw.trace("nn.AvgPool2d(3, stride=2, padding=1, count_include_pad=False)", FOUR))
    assert at == {
        "operation": "mean", "window": [3, 3], "stride": [2, 2], "dilation": [1, 1], "padding": 1, "ceil": False,
        "size": [2, 2], "channels": 1, "filters": 1, "counted": False,
    }  # fmt: skip
    kernel: dict[str, Any] = {"kernel": [[1, 2], [3, 4]]}
    assert turned(sw.trace("Conv2DTranspose(1, 2, padding='same')", FOUR, **kernel))["padding"] == "same"
    assert turned(sw.trace("nn.ConvTranspose2d(1, 1, 2)", FOUR, **kernel))["padding"] == "valid"


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("GlobalMaxPooling2D(keepdims=True)", "knobs know windows that slide"),
        ("ReLU()", "knobs turn max pooling, average pooling"),
        ("AveragePool(kernel_shape=[2, 2], pads=[1, 0, 0, 0])", "the same number on every side"),
        ("nn.AvgPool2d(2, divisor_override=3)", "knobs know windows that slide"),
        ("Conv2D(9, 2)", "with up to 8 channels and filters"),
        ("Conv2D(1, 2, activation='relu')", "knobs turn one layer, and here are several"),
    ],
)
def test_a_layer_that_knobs_cannot_turn_is_told_why(call: str, words: str) -> None:
    with pytest.raises(StepwiseError, match=words):
        sw.trace(call, FOUR).lesson(knobs="all")


def test_letters_and_fractions_are_turned_and_what_is_made_of_letters_is_told_why_not() -> None:
    html = sw.trace("MaxPool2D(2)", "a b; c 1/2").lesson(knobs=["window"]).html()
    assert 'data-knob="window"' in html
    a, b = sw.symbols("a", 2)
    for data in ([[a + b, 1], [2, 3]], [[2 * a, 1], [2, 3]], [[10**30, 1], [2, 3]]):
        with pytest.raises(StepwiseError, match="knobs need numbers of up to 18 digits, fractions and letters, each"):
            sw.trace("MaxPool2D(2)", data).lesson(knobs=["window"])
    with pytest.raises(StepwiseError, match="of fractions and letters, knobs turn up to 12 rows and columns and 400"):
        sw.trace("MaxPool2D(2)", sw.symbols("x", (13, 2))).lesson(knobs=["window"])


def test_practice_and_idle_knobs_are_refused_in_one_sentence() -> None:
    pool = sw.trace("MaxPool2D(2)", FOUR)
    with pytest.raises(StepwiseError, match="knobs do not go together with practice"):
        pool.lesson(knobs="all", practice=True)
    with pytest.raises(StepwiseError, match="the knob kernel would turn nothing"):
        pool.lesson(knobs=["window", "kernel"])
    assert "kernel" in KNOBS
    assert pool.lesson(knobs=["kernel", "operation"])


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("[window, strid]", "line 4: there is no knob 'strid'; it is all, operation, window, .* Did you mean stride?"),
        ("3", "line 4: knobs 3 must be all, or a list of operation, window"),
        ("[]", r"line 4: knobs \[\] must be all"),
        ("{window: 2}", "line 4: knobs {'window': 2} must be all"),
    ],
)
def test_a_lesson_file_is_told_the_line_and_what_is_accepted(asked: str, words: str) -> None:
    with pytest.raises(StepwiseError, match=words):
        read_lesson(f"stepwise: 1\ninput: 4 3; 2 1\nlayers: [MaxPool2D(2)]\nshow: {{knobs: {asked}}}")


@pytest.mark.parametrize("asked", ["[window, stride]", "window, stride", "all", "true"])
def test_a_lesson_file_says_which_knobs_there_are(asked: str) -> None:
    html = read_lesson(
        f"stepwise: 1\ninput: 4 3; 2 1\nlayers: [MaxPool2D(2)]\nshow:\n  knobs: {asked}"
    ).lesson().html()  # fmt: skip
    assert 'data-knob="window"' in html
    assert ('data-knob="ceil"' in html) == (asked in ("all", "true"))


def test_a_pad_and_a_picture_go_into_any_layer_or_network_of_numbers() -> None:
    chained = sw.trace(["Conv2D(2, 2)", "ReLU()", "MaxPool2D(2)", "Flatten()", "Dense(2)"], [[1, 2, 3]] * 3)
    for trace in (sw.trace("ReLU()", FOUR), sw.trace("Conv2D(2, 2)", FOUR), chained):
        page = trace.lesson(knobs=["pad", "picture"]).html()
        assert '"feed":{"names":["picture","pad"]' in page
        assert "class=knobs" not in page
    both = sw.trace("MaxPool2D(2)", FOUR).lesson(knobs="all, pad").html()
    assert 'data-knob="window"' in both
    assert '"feed":{"names":["pad"]' in both


@pytest.mark.parametrize(
    ("call", "data", "words"),
    [
        ("MaxPool2D(2)", "a b; c d", "where there is one input, of numbers"),
        ("MaxPool2D(2)", [[0] * 300] * 300, "inputs of up to 256×256 numbers"),
    ],
)
def test_where_no_picture_goes_in_is_said(call: str, data: Any, words: str) -> None:
    with pytest.raises(StepwiseError, match=words):
        sw.trace(call, data).lesson(knobs=["pad"])


def test_a_page_without_knobs_carries_nothing_of_them() -> None:
    assert "knob" not in sw.trace("MaxPool2D(2)", FOUR).lesson().html()


def test_the_facts_that_the_pages_plan_is_held_to_are_those_of_this_engine() -> None:
    known: list[Any] = [json.loads(line) for line in gzip.decompress(Path(PLACE).read_bytes()).splitlines()]
    every = list(combinations())
    assert [asked for asked, _told in known] == every
    for n in range(0, len(every), 97):  # the generator does all of them
        asked, told = known[n]
        again = [fact(asked, size) for size in SIZES]
        assert json.loads(json.dumps(again)) == told, asked
