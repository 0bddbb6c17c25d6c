"""A right answer, as it is typed for people and for other systems, is right."""

from __future__ import annotations

import pytest

import stepwise as sw
from stepwise.exercises.exercise import read_exercise
from stepwise.exercises.wording import answered

SQUARE = {
    "as many channels as positions, last": ("Conv1DTranspose(3, 2)", [[1], [2]]),
    "as many channels as positions, first": ("nn.MaxPool1d(1)", [[1, 2], [3, 4]]),
    "two lines of as many": ("MaxPool1D(1)", [[[1, 5], [2, 6]], [[3, 7], [4, 8]]]),
    "one line": ("MaxPool1D(2)", [1, 2, 3, 1]),
    "channels of a picture": ("Conv2D(2, 2)", [[1, 2, 0], [3, 1, 2], [0, 4, 1]]),
}


@pytest.mark.parametrize(("call", "input"), SQUARE.values(), ids=SQUARE)
def test_an_answer_as_it_is_typed_is_right(call: str, input: list[object]) -> None:
    trace = sw.trace(call, input)
    assert sw.check(trace, answered(trace)).correct
    exercise = read_exercise(f"stepwise: 1\ninput: {input}\nlayers: ['{call}']\n")
    [key] = exercise.keys
    assert not isinstance(key, str)
    assert exercise.check(answered(key)).correct
