"""Any array written as text reads back to the same numbers; any other text is refused with one sentence."""

from __future__ import annotations

import json
import math
import warnings
from fractions import Fraction
from typing import Any

import numpy as np
import sympy
from hypothesis import example, given, settings
from hypothesis import strategies as st

from stepwise.errors import InputError, LimitError
from stepwise.io.inputs import as_array

untimed = settings(deadline=None)  # a busy machine is no mistake

integers = st.integers(-(10**30), 10**30)
floats = st.floats(allow_nan=True, allow_infinity=True)


def rows_of(cells: st.SearchStrategy[Any]) -> st.SearchStrategy[list[list[Any]]]:
    return st.integers(1, 5).flatmap(
        lambda width: st.lists(st.lists(cells, min_size=width, max_size=width), min_size=1, max_size=5)
    )


def same(found: Any, expected: list[list[Any]]) -> None:
    assert found.shape == (len(expected), len(expected[0]))
    for got, due in zip(found.ravel().tolist(), [cell for row in expected for cell in row]):
        assert got == due or (got != got and due != due)


@untimed
@given(rows_of(integers), st.sampled_from([";", "\n", " ; \n", ";\r\n"]), st.sampled_from([" ", ",", ", ", "\t"]))
def test_integers_read_back_exactly(rows: list[list[int]], between_rows: str, between: str) -> None:
    array = as_array(between_rows.join(between.join(map(str, row)) for row in rows))
    assert array.dtype.kind in "iuO"
    same(array, rows)


@untimed
@given(rows_of(floats))
def test_floats_read_back_to_the_last_bit(rows: list[list[float]]) -> None:
    array = as_array("; ".join(" ".join(map(repr, row)) for row in rows))
    same(array, rows)


@untimed
@given(rows_of(integers) | rows_of(floats))
def test_json_and_lists_are_the_same(rows: list[list[Any]]) -> None:
    from_json, from_lists = as_array(json.dumps(rows)), as_array(rows)
    same(from_json, rows)
    same(from_lists, rows)
    assert from_json.dtype == from_lists.dtype


@untimed
@given(rows_of(st.fractions(max_denominator=10**6)))
def test_fractions_stay_fractions_or_become_the_nearest_decimal(rows: list[list[Any]]) -> None:
    text = ";".join(" ".join(f"{cell.numerator}/{cell.denominator}" for cell in row) for row in rows)
    same(as_array(text), rows)
    decimals = as_array(text, arithmetic="float")
    assert decimals.dtype == np.float64
    same(decimals, [[cell.numerator / cell.denominator for cell in row] for row in rows])


def read_or_refused(data: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            array = as_array(data)
        except (InputError, LimitError) as error:
            one_sentence(error)
            return
    assert array.size > 0
    assert array.dtype.kind in "iufO"
    numbers = (int, float, Fraction, sympy.Expr)
    assert all(isinstance(cell, numbers) and not isinstance(cell, bool) for cell in array.ravel().tolist())


def one_sentence(error: Exception) -> None:
    assert str(error)
    assert "\n" not in str(error)


@untimed
@given(st.text(max_size=40) | st.text('0123456789.,;/+-e[]{}"naif∞ \n', max_size=40))
@example("")
@example("[")
@example("[[]]")
@example("[[], [1]]")
@example("[1, [2]]")
@example("[null]")
@example("[true]")
@example('["1", "x"]')
@example('[{"a": 1}]')
@example("[" * 40 + "]" * 40)
@example("[" * 100_000)
@example("[1e999]")
@example("1/0")
@example("1" + "0" * 390 + "/3")
@example("9" * 399 + " 1.5")
@example("9" * 500)
@example("[" + "9" * 500 + "]")
@example("٣ ٤")
@example("² 1")
@example("1_000")
@example("0x10")
@example("--1")
@example("1e99999")
@example("\ud800")
@example("nan -inf +∞")
def test_arbitrary_text_is_an_array_or_a_sentence(text: str) -> None:
    read_or_refused(text)


leaf = (
    st.none() | st.booleans() | integers | floats | st.text(max_size=4) | st.complex_numbers() | st.binary(max_size=3)
)


@untimed
@given(st.recursive(leaf, lambda inner: st.lists(inner, max_size=4) | st.lists(inner, max_size=3).map(tuple)))
@example([10**400, 1.5])
@example([10**400, math.nan])
@example([np.array([1, 2]), np.array([3, 4])])
@example([np.array([1, 2]), np.array([3])])
@example(np.array([], dtype=str))
@example(np.zeros((0, 2), bool))
@example(np.array(["a"]))
@example(np.array([1j]))
@example(np.array([None]))
@example(np.array(["2020-01-01"], "datetime64[D]"))
@example(np.array([(1, 2.0)], dtype=[("a", int), ("b", float)]))
@example({1: 2})
@example(object())
@example(print)
def test_arbitrary_data_is_an_array_or_a_sentence(data: Any) -> None:
    read_or_refused(data)
