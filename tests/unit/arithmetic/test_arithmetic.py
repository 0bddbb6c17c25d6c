"""Numbers as a page prints them, and what the printed digits are worth."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from stepwise.arithmetic import plain, rounding, shown, wide, worth


@pytest.mark.parametrize(
    ("value", "digits"),
    [
        (4, "4"),
        (4.0, "4"),
        (-0.0, "0"),
        (3.25, "3.25"),
        (0.1 + 0.2, "0.3"),
        (1 / 3, "0.333"),
        (-2 / 3, "-0.667"),
        (2.5e-9, "2.5e-9"),
        (0.000511174462, "0.000511"),
        (123456.789, "123456.789"),
        (1234567.891234, "1234567.891"),
        (0.12345, "0.12345"),
        (1e15, "1000000000000000"),
        (1e23, "1e23"),
        (-1.5e300, "-1.5e300"),
        (5e-324, "5e-324"),
        (10**30, "1" + "0" * 30),
        (True, "1"),
        (np.bool_(True), "1"),
        (np.int8(-7), "-7"),
        (np.uint64(2**64 - 1), "18446744073709551615"),
        (np.float32(0.1), "0.1"),
        (np.float16(0.1), "0.1"),
        (np.float32(1 / 3), "0.333"),
        (Fraction(13, 4), "13/4"),
        (Fraction(-6, 3), "-2"),
        (math.nan, "NaN"),
        (math.inf, "∞"),
        (-math.inf, "-∞"),
        (np.float32("nan"), "NaN"),
        (0.0005, "0.0005"),
        (0.99999999, "1"),
        (9.9996, "9.9996"),
        (99.99999, "100"),
    ],
)
def test_how_a_number_is_shown(value: Any, digits: str) -> None:
    assert shown(value) == digits


@pytest.mark.parametrize("value", [4, -4.5, 0.1 + 0.2, 1 / 3, 1e23, 2.5e-9, Fraction(13, 4), 1e15, -1e-7])
def test_what_is_shown_is_worth_about_the_number(value: Any) -> None:
    exact = Fraction(value)
    assert abs(Fraction(worth(shown(value))) - exact) <= Fraction(1, 2000) + abs(exact) / 10**12


def test_what_special_numbers_are_worth() -> None:
    assert worth("∞") == math.inf
    assert worth("-∞") == -math.inf
    assert math.isnan(worth("NaN"))
    assert worth("1e23") == 10**23
    assert worth("13/4") == Fraction(13, 4)


def test_plain_values_are_pythons_own() -> None:
    assert type(plain(np.int8(4))) is int
    assert type(plain(np.float64(0.5))) is float
    assert type(plain(np.float32(0.1))) is np.float32  # 0.10000000149 in Python's own
    assert plain("x") == "x"


def test_sums_are_made_where_they_fit() -> None:
    assert wide(np.array([200], np.uint8), 9).dtype == np.int64
    assert wide(np.array([2**62]), 9).dtype == object
    assert wide(np.array([-(2**62)]), 2).dtype == object
    assert wide(np.array([2**31]), 2, np.array([2**31])).dtype == object
    assert wide(np.array([2**20]), 2, np.array([2**20])).dtype == np.int64
    assert wide(np.array([2**62]), 9, np.array([0.5])).dtype == np.int64  # the product is a float
    assert wide(np.array([0.5], np.float32), 9).dtype == np.float32


def test_integers_never_round() -> None:
    assert rounding(np.array([1])) == 0
    assert rounding(np.array([1.0], np.float32)) == 2.0**-23
    assert rounding(np.array([1.0])) == 2.0**-52
