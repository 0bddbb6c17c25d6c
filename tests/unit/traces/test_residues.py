"""A result is 0 where its decimals come to 0, in everything that shows it, and what it came to everywhere else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import stepwise as sw
from stepwise.render.numbers import as_csv

ROW = [[0.1, 0.2, -0.3]]
NOTHING: list[tuple[str, Any, dict[str, Any], tuple[int, ...]]] = [
    ("Conv2D(1, (1, 3))", ROW, {"kernel": [[1, 1, 1]]}, (0, 0)),  # 0.1 + 0.2 - 0.3
    ("Conv2D(1, (1, 3))", [[0.1, 0.2, -0.1]], {"kernel": [[0.3, 0.3, 0.9]]}, (0, 0)),  # 0.03 + 0.06 - 0.09
    ("AveragePooling2D((1, 3))", ROW, {}, (0, 0)),
    ("LayerNormalization()", [[0.1, 0.2, 0.3]], {}, (0, 1)),  # 0.2 is the mean
    ("nn.GroupNorm(1, 1)", [[[[0.1, 0.2, 0.3]]]], {}, (0, 0, 0, 1)),
    ("UpSampling2D(2, interpolation='bilinear')", [[-0.9, 0.3]], {}, (0, 2)),  # 0.3 · 3/4 - 0.9 · 1/4, in singles
]


@pytest.mark.parametrize(("call", "given", "weights", "index"), NOTHING)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_decimals_that_come_to_nothing_give_0(
    call: str, given: Any, weights: dict[str, Any], index: tuple[int, ...], dtype: Any
) -> None:
    arrays: dict[str, Any] = {name: np.array(one, dtype) for name, one in weights.items()}
    trace = sw.trace(call, np.array(given, dtype), **arrays)
    assert trace.output[index] == 0
    assert str(trace.step(index).formula).endswith(" = 0")
    trace.verify()


@pytest.mark.parametrize("tiny", [1e-17, 5e-324, -1e-12])
def test_what_is_small_and_no_residue_stays(tiny: float) -> None:
    assert sw.trace("Conv2D(1, (1, 4))", [[*ROW[0], tiny]], kernel=[[1, 1, 1, 1]]).output[0, 0] != 0
    assert sw.trace("MaxPool2D(1)", [[tiny]]).output[0, 0] == tiny
    assert sw.trace("Softmax()", [[0.0, -60.0]]).output[0, 1] > 0


def test_long_decimals_are_taken_as_they_are_and_not_as_they_are_shown() -> None:
    trace = sw.trace("Conv2D(1, (1, 2))", [[0.12345678, -0.12345679]], kernel=[[1, 1]])
    assert str(trace.step((0, 0)).formula) == "0.123·1 + (-0.123)·1 + 0 ≈ -1e-8"


def test_the_answer_the_page_and_the_layer_after_say_the_same() -> None:
    first = sw.trace("Conv2D(1, (1, 3))", ROW, kernel=[[1, 1, 1]])
    assert sw.trace("ReLU()", first).output[0, 0] == 0
    assert as_csv(first.lesson()) == b"0.0\n"
    assert "e-17" not in first.lesson().html().split("<script")[0]
