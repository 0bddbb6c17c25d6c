"""Answers to one-dimensional layers: a row for each channel, as the lesson draws them, or the array's own rows."""

from __future__ import annotations

import random

import numpy as np
import pytest

import stepwise as sw
from stepwise.marking import Marker
from stepwise.marking.answers import read_answer
from tests.requests import keras_conv, keras_pool, request, torch_conv, torch_pool


def causal() -> Marker:
    """Two filters over the line 1 2 3 4, with gaps: x[t] + x[t-4] is 1 2 3 4, and with x[t-2] it is 1 2 4 6."""
    kernel = np.array([[[1, 1]], [[0, 1]], [[1, 1]]])
    call = 'Conv1D(2, 3, padding="causal", dilation_rate=2)'
    line = np.arange(1, 5).reshape(-1, 1)
    return Marker(sw.trace(call, line, kernel=kernel, bias=[0, 0]))


@pytest.mark.parametrize(
    "answer",
    [
        "1 2 3 4; 1 2 4 6",
        "1 2 3 4;; 1 2 4 6",
        "1 2 3 4\n1 2 4 6",
        "1 2 3 4\n\n1 2 4 6",
        "channel 0: 1 2 3 4\nchannel 1: 1 2 4 6",
        "channel 0:\n1 2 3 4\nchannel 1:\n1 2 4 6",
        "| 1 | 2 | 3 | 4 |\n|---|---|---|---|\n| 1 | 2 | 4 | 6 |",
        "1 1; 2 2; 3 4; 4 6",
        [[1, 2, 3, 4], [1, 2, 4, 6]],
        np.array([[1, 1], [2, 2], [3, 4], [4, 6]]),
    ],
)
def test_a_row_for_each_channel_or_for_each_position_is_right(answer: object) -> None:
    assert causal().check(answer).correct


def test_what_is_typed_is_read_as_drawn_where_the_shape_cannot_tell() -> None:
    trace = sw.trace("MaxPool1D(1)", [[1, 4], [2, 5]])  # two positions of two channels: channels 1 2 and 4 5
    marker = Marker(trace)
    for typed in ("1 2; 4 5", "1 2;; 4 5", "channel 0: 1 2\nchannel 1: 4 5", "channel 1: 1 2\nchannel 2: 4 5"):
        assert marker.check(typed).correct, typed
    for array in (np.array([[1, 4], [2, 5]]), [[1, 4], [2, 5]], "[[1, 4], [2, 5]]"):
        assert marker.check(array).correct, array
    turned = marker.check("1 4; 2 5")
    assert turned.score == 0.5
    assert turned.diagnosis is not None
    assert turned.diagnosis.codes == ("output.transposed",)


@pytest.mark.parametrize("make", [keras_pool, keras_conv, torch_pool, torch_conv])
def test_the_drawn_rows_of_any_line_are_right_and_no_mistake_is_told_of_them(make: object) -> None:
    found = 0
    for seed in range(150):
        trace = request(seed, make).trace  # type: ignore[arg-type]
        if len(trace.geometry.axes) != 1 or trace.place(tuple(n - 1 for n in trace.output.shape))[0]:
            continue
        found += 1
        rows: dict[int, list[str]] = {}
        for index in np.ndindex(trace.output.shape):
            rows.setdefault(trace.place(index)[1], []).append(str(trace.output[index].item()))
        drawn = "\n".join(" ".join(row) for row in rows.values())
        assert Marker(trace).check(drawn).correct, (trace.layer.call, drawn)
    assert found > 10 or make is torch_conv


def test_a_wrong_channel_is_shown_whole_as_it_was_typed() -> None:
    trace = sw.trace("MaxPool1D(1)", [[3, 1, 0], [7, 1, 5], [1, 1, 2]])
    verdict = Marker(trace).check("channel 0: 3 7 1\nchannel 1: 1 1 1\nchannel 2: 0 5 9")
    assert [(cell.index, cell.written) for cell in verdict.not_right(9)] == [((2, 2), "9")]
    text = str(verdict.lesson().text())
    given = [[word for word in line.split() if word.lstrip("-").isdigit()] for line in text.splitlines()]
    assert [row for row in given if len(row) == 4][:2] == [["0", "3", "7", "1"], ["1", "1", "1", "1"]], text
    assert "!9!" in text


def test_a_size_is_told_as_it_was_typed() -> None:
    told = causal().check("1 2 4; 1 2 4").text
    assert told.startswith("The answer has the size 2×3; the right size is 2×4."), told
    assert causal().check("1 1; 2 2; 4 4").text.startswith("The answer has the size 3×2; the right size is 4×2.")


def test_double_semicolons_part_channels_as_in_an_input() -> None:
    assert read_answer("1 2; 3 4;; 5 6; 7 8").shape == (2, 2, 2)
    draw = random.Random(1)
    image = np.array([[[draw.randint(0, 9) for _c in range(2)] for _x in range(3)] for _y in range(2)])
    typed = ";; ".join("; ".join(" ".join(map(str, row)) for row in image[:, :, c]) for c in range(2))
    assert Marker(sw.trace("MaxPool2D(1)", image)).check(typed).correct
