"""Rows of options in which any two values meet."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from tools.crossed import requests
from tools.pairwise import rows

OPTIONS: dict[str, list[Any]] = {"a": [1, 2, 3], "b": ["x", "y"], "c": [None, (1, 2), 7, 0.5], "d": [True, False]}


def test_any_two_values_of_any_two_options_meet() -> None:
    found = rows(OPTIONS)
    for (one, values), (other, others) in itertools.combinations(OPTIONS.items(), 2):
        for a, b in itertools.product(values, others):
            assert any(row[one] == a and row[other] == b for row in found), (one, a, other, b)


def test_it_takes_few_rows() -> None:
    assert len(rows(OPTIONS)) < 18 < 3 * 2 * 4 * 2


def test_only_rows_that_fit_are_made_and_no_pair_that_could_is_left_out() -> None:
    found = rows(OPTIONS, lambda row: row["a"] != 3 or row["d"] is True)
    assert all(row["a"] != 3 or row["d"] for row in found)
    assert any(row["a"] == 3 and row["c"] == 7 for row in found)


def test_of_one_option_every_value() -> None:
    assert rows({"only": [1, 2, 3]}) == [{"only": 1}, {"only": 2}, {"only": 3}]


@pytest.mark.parametrize("framework", ["keras", "torch", "onnx"])
def test_requests_have_names_of_their_own_and_the_same_numbers_every_time(framework: str) -> None:
    made, again = list(requests(framework)), list(requests(framework))
    assert len({request.name for request in made}) == len(made)
    for one, other in zip(made[::20], again[::20]):
        assert one.params == other.params
        assert all((a == b).all() for a, b in zip(one.inputs(), other.inputs()))
