"""Expressions as decimals: worked out part by part, to more digits than a float has.

SymPy's own `N` works a part out again for every part around it, which takes forever where functions lie within one
another; here each part is worked out once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import reduce
from operator import add, mul
from typing import Any

import mpmath
import numpy as np
import sympy

from .digits import Array, Value
from .exact import exact, is_expression

DIGITS = 40
LARGEST_POWER_OF_E = 10**6
"""Beyond it, exp is infinite or 0: no float comes near."""
Decimal = Any  # mpmath has no types


def near(value: Value, numbers: Mapping[Any, Fraction] | None = None) -> float:
    """The float nearest to a value, with numbers put in for its letters; NaN where there is no real one.

    >>> near(sympy.sqrt(2)), near(Fraction(1, 3))
    (1.4142135623730951, 0.3333333333333333)
    """
    with mpmath.workdps(DIGITS):
        return float(_worked_out(value, numbers or {}, {}))


def digits_of(value: Value) -> Fraction | None:
    """A number as a rational that has its first digits; None where it is infinite, or too small or large for that."""
    with mpmath.workdps(DIGITS):
        number = _worked_out(value, {}, {})
        if not mpmath.isfinite(number) or not number or abs(mpmath.log10(abs(number))) > DIGITS * 10:
            return None
        return Fraction(mpmath.nstr(number, DIGITS - 10, strip_zeros=False))


def nearest(array: Array, numbers: Mapping[Any, Fraction] | None = None) -> Array:
    """An array of exact values as the floats nearest to them, with numbers put in for letters."""
    known: dict[Any, Decimal] = {}
    with mpmath.workdps(DIGITS):
        return np.array([float(_worked_out(v, numbers or {}, known)) for v in array.flat]).reshape(array.shape)


def _worked_out(value: Value, numbers: Mapping[Any, Fraction], known: dict[Any, Decimal]) -> Decimal:
    if not is_expression(value):
        number = exact(value)
        return mpmath.mpf(number.numerator) / number.denominator
    if value not in known:
        known[value] = _of_expression(value, numbers, known)
    return known[value]


def _of_expression(value: Any, numbers: Mapping[Any, Fraction], known: dict[Any, Decimal]) -> Decimal:
    if value.is_Symbol:
        return _worked_out(numbers[value], numbers, known)
    if value.is_Rational:
        return mpmath.mpf(int(value.p)) / int(value.q)
    if value is sympy.E:
        return mpmath.e + 0
    if value is sympy.pi:
        return mpmath.pi + 0
    parts = [_worked_out(part, numbers, known) for part in value.args]
    if any(mpmath.isnan(part) for part in parts):
        return mpmath.nan
    if value.is_Add:
        return reduce(add, parts)
    if value.is_Mul:
        return reduce(mul, parts)
    if isinstance(value, sympy.Max):
        return max(parts)
    if isinstance(value, sympy.Abs):
        return abs(parts[0])
    if isinstance(value, sympy.exp):
        return _exponential(parts[0])
    if isinstance(value, sympy.log):
        return mpmath.log(parts[0]) if parts[0] > 0 else -mpmath.inf if not parts[0] else mpmath.nan
    if isinstance(value, sympy.atan):
        return mpmath.atan(parts[0])
    if isinstance(value, sympy.atan2):
        return mpmath.atan2(parts[0], parts[1]) if any(parts) else mpmath.mpf(0)
    if isinstance(value, sympy.erf):
        return mpmath.erf(parts[0])
    if isinstance(value, sympy.tanh):
        return mpmath.tanh(parts[0]) if abs(parts[0]) < LARGEST_POWER_OF_E else mpmath.sign(parts[0])
    if value.is_Pow:
        return _power(*parts)
    raise TypeError(f"{value!r} has no part that is known here")


def _exponential(exponent: Decimal) -> Decimal:
    if abs(exponent) < LARGEST_POWER_OF_E:
        return mpmath.exp(exponent)
    return mpmath.inf if exponent > 0 else mpmath.mpf(0)


def _power(base: Decimal, exponent: Decimal) -> Decimal:
    if base == 0 and exponent < 0:
        return mpmath.nan
    found = mpmath.power(base, exponent)
    return found if isinstance(found, mpmath.mpf) else mpmath.nan


def stays_rational(values: Iterable[Value]) -> bool:
    """Whether values become rational numbers when their letters do, whatever these are."""
    parts = (part for value in values if is_expression(value) for part in sympy.preorder_traversal(value))
    return not any(
        isinstance(part, sympy.exp | sympy.log | sympy.tanh | sympy.erf | sympy.atan | sympy.atan2)
        or part in (sympy.E, sympy.pi)
        or (part.is_Pow and not (part.exp.is_Integer and part.exp > 0))
        for part in parts
    )
