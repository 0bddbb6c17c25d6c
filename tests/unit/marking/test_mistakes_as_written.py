"""A mistake has its name however its numbers were written: of another size under names, by channel, all rounded."""

from __future__ import annotations

import numpy as np
import pytest

import stepwise as sw
from stepwise.marking.marker import Marker

X = np.array([[1.0, 9, -3, 4], [2, 7, 5, -6], [8, -1, 3, 6], [5, 4, -2, 7]])
TWO = sw.trace("Conv2D(2, 2, strides=1, padding='same')", X, kernel=np.arange(1.0, 9).reshape(2, 2, 1, 2), bias=[1, 2])


def two_by_two(x: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """A window of two moved by one, where it fits, without the package's help."""
    places = [(i, j) for i in range(x.shape[0] - 1) for j in range(x.shape[1] - 1)]
    sums = [(x[i : i + 2, j : j + 2] * kernel).sum() for i, j in places]
    return np.array(sums).reshape(x.shape[0] - 1, -1)


VALID = [two_by_two(X, np.arange(1.0, 9).reshape(2, 2, 2)[:, :, f]) + bias for f, bias in enumerate((1, 2))]


def rows(grid: np.ndarray) -> str:
    return "\n".join(" ".join(f"{value:g}" for value in row) for row in grid)


@pytest.mark.parametrize(
    "text",
    [
        rows(VALID[0]) + "\n\n" + rows(VALID[1]),
        f"Channel 0:\n{rows(VALID[0])}\nChannel 1:\n{rows(VALID[1])}",
        f"Feature map 1\n{rows(VALID[0])}\nFeature map 2\n{rows(VALID[1])}",
        str([grid.tolist() for grid in VALID]),
        f"Filter 1 =\n{VALID[0].tolist()}\n\nFilter 2 =\n{VALID[1].tolist()}",
    ],
)
def test_a_wrong_size_by_channel_has_its_mistake_named(text: str) -> None:
    verdict = Marker(TWO).check(text)
    assert not verdict.problem
    assert verdict.score == 0
    assert verdict.diagnosis is not None
    assert verdict.diagnosis.codes == ("padding.valid_for_same",)


def test_a_wrong_size_under_a_name_that_nothing_explains_is_for_a_person_to_look_at() -> None:
    assert Marker(TWO).check("Channel 0:\n1 2 3\n4 5 6\n7 8 9\nChannel 1:\n9 8 7\n6 5 4\n3 2 1").problem


def test_rows_apart_of_a_wrong_size_have_their_mistake_named() -> None:
    pool = sw.trace("MaxPool2D(2, strides=1, padding='same')", X)
    found = Marker(pool).check("9 9 5\n\n8 7 6\n\n8 4 7").diagnosis
    assert found is not None
    assert found.codes == ("padding.valid_for_same",)


def test_rows_and_columns_exchanged_are_no_grid_for_each_channel() -> None:
    grid = np.arange(1.0, 7).reshape(3, 2) ** 2
    trace = sw.trace("Conv2D(2, 1)", grid, kernel=[[[[1, -3]]]], bias=[0, 0])  # 3 rows, 2 columns, 2 channels
    exchanged = np.stack([grid.T, -3 * grid.T], axis=-1)
    by_channel = np.stack([grid, -3 * grid])
    assert exchanged.shape == by_channel.shape
    found = Marker(trace).check(str(exchanged.tolist())).diagnosis
    assert found is not None
    assert found.codes == ("output.transposed",)
    assert Marker(trace).check(str(by_channel.tolist())).correct


MEANS = sw.trace("AveragePooling2D(2, strides=1, padding='same')", 3 * X + 1.25)


def test_a_mistake_of_which_all_is_rounded_to_whole_numbers_is_named() -> None:
    padded = np.pad(3 * X + 1.25, ((0, 1), (0, 1)))
    counted = two_by_two(padded, np.full((2, 2), 0.25))  # what lies outside counted as 0
    text = "\n".join(" ".join(f"{value:.0f}" for value in row) for row in counted)
    verdict = Marker(MEANS).check(text)
    assert verdict.diagnosis is not None
    assert verdict.diagnosis.codes == ("mean.padding_counted",)


def test_right_numbers_that_are_rounded_to_whole_ones_are_rounded_too_far_and_no_mistake() -> None:
    text = "\n".join(" ".join(f"{value:.0f}" for value in row) for row in np.asarray(MEANS))
    verdict = Marker(MEANS).check(text)
    assert verdict.count("wrong") == 0
    assert verdict.diagnosis is None


def test_made_up_whole_numbers_get_no_name() -> None:
    chance = np.random.default_rng(5)
    for _time in range(300):
        text = "\n".join(" ".join(map(str, row)) for row in chance.integers(-9, 28, (4, 4)).tolist())
        found = Marker(MEANS).check(text).diagnosis
        assert found is None
