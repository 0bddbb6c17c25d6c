"""Numbers: how one is shown, and what the shown digits are worth.

A page prints rounded numbers, so honesty needs two things: the text of a number (`shown`) and the exact rational that
this text stands for (`worth`). A formula then writes `=` only where the printed left side, worked out exactly, is the
printed right side, and `≈` everywhere else; `0.1 + 0.2` prints `0.3`, and `=` is true of it.

To add a kind of number: teach `shown` to print it and `worth` to value it; nothing else looks inside a number.
"""

from __future__ import annotations

import math
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]
Value: TypeAlias = Any  # int, float, Fraction or a NumPy scalar: whatever one cell of an array holds

DECIMALS = 3
"""Decimals shown of a number whose own digits do not end sooner."""
WHOLE_DIGITS = 6
"""A number whose shortest writing has no more significant digits than this is shown whole."""


def plain(value: Value) -> Value:
    """The value as Python's own number where that loses nothing (float32 stays: its short writing is its own).

    >>> plain(np.int64(4)), plain(np.float64(0.5))
    (4, 0.5)
    """
    if isinstance(value, np.generic) and not isinstance(value, np.float32 | np.float16):
        return value.item()
    return value


def shown(value: Value) -> str:
    """The number as a page prints it, in plain digits.

    Integers and fractions are whole; a float is whole where its shortest writing is short, else it has three decimals
    (or three significant digits, when it is smaller than a tenth).

    >>> [shown(v) for v in (4, 4.0, 3.25, 0.1 + 0.2, 1 / 3, 0.000511174462, -0.0, Fraction(13, 4))]
    ['4', '4', '3.25', '0.3', '0.333', '0.000511', '0', '13/4']
    >>> [shown(v) for v in (float("nan"), float("-inf"), 1e23, np.float32(0.1), 2.5e-9)]
    ['NaN', '-∞', '1e23', '0.1', '2.5e-9']
    """
    value = plain(value)
    if isinstance(value, int | Fraction):
        return str(int(value)) if isinstance(value, bool) else str(value)
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    if type(value) is float and value.is_integer() and abs(value) < 1e15:
        return str(int(value))  # as below, at once
    digits = Decimal(str(value))
    if len(digits.normalize().as_tuple().digits) > WHOLE_DIGITS and digits != digits.to_integral_value():
        digits = _rounded(digits)
    return _written(digits.normalize())


def true_minus(digits: str) -> str:
    """Digits with the sign that print has, and not the hyphen of programs.

    >>> true_minus("-2.5")
    '−2.5'
    """
    return digits.replace("-", "−")


def _rounded(number: Decimal) -> Decimal:
    significant_place = number.adjusted() - (DECIMALS - 1)
    place = min(-DECIMALS, significant_place)
    return number.quantize(Decimal(1).scaleb(place), rounding=ROUND_HALF_EVEN)


def _written(number: Decimal) -> str:
    if number == 0:
        return "0"
    if -5 <= number.adjusted() < 16:
        return f"{number:f}"
    mantissa, exponent = f"{number:e}".split("e")
    return f"{mantissa}e{int(exponent)}"


def worth(text: str) -> Fraction | float:
    """The exact value of a number as `shown` prints it; a float only for NaN and the infinities.

    >>> worth("0.3"), worth("13/4"), worth("-∞")
    (Fraction(3, 10), Fraction(13, 4), -inf)
    """
    special = {"NaN": math.nan, "∞": math.inf, "-∞": -math.inf}
    return special[text] if text in special else Fraction(text)


def rounding(array: Array) -> float:
    """How far one operation in this array's type may round, relative to its result; 0 where it never rounds."""
    return float(np.finfo(array.dtype).eps) if array.dtype.kind == "f" else 0.0


def wide(array: Array, terms: int, weight: Array | None = None) -> Array:
    """The array in a type in which `terms` products with `weight` can be added without overflow.

    int64 where the sum surely fits, else Python's unbounded integers; floats and exact numbers are left as they are.
    So are numbers of that type that are to be multiplied, which makes new ones; others are the caller's own.

    >>> wide(np.array([200], np.uint8), 9).dtype, wide(np.array([2**62]), 9).dtype
    (dtype('int64'), dtype('O'))
    """
    if array.dtype.kind not in "iub":
        return array
    if weight is not None and weight.dtype.kind == "f":
        return array
    if weight is not None and weight.dtype == object:
        return array.astype(object)  # as the products are; among unbounded ones may be NaN, which has no bound
    bound = _largest(array) * max(terms, 1) * (1 if weight is None else max(_largest(weight), 1))
    return array.astype(np.int64 if bound < 2**62 else object, copy=weight is None)


def _largest(array: Array) -> int:
    if array.size == 0 or array.dtype.kind == "f":
        return 1
    return max(abs(int(array.max())), abs(int(array.min())))
