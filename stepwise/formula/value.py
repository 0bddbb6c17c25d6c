"""What a formula is worth, worked out exactly from the digits it shows."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from functools import reduce
from operator import mul
from typing import Any, assert_never

from ..arithmetic import worth
from .tree import (
    Absolute,
    Ceiling,
    Difference,
    Equality,
    Floor,
    Formula,
    Function,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
)


def value(formula: Formula) -> Fraction | float:
    """The formula's exact value, from the printed digits of its numbers; of an equality, its left side.

    A float is returned only where NaN or an infinity is involved. Raises `ValueError` for a formula with letters.

    >>> value(Quotient(Sum((Number(1), Number(0.5))), Number(4)))
    Fraction(3, 8)
    """
    match formula:
        case Number():
            return worth(formula.digits)
        case Symbol():
            raise ValueError(f"{formula.name} has no value")
        case Sum():
            return sum((value(term) for term in formula.terms), Fraction(0))
        case Difference():
            return value(formula.left) - value(formula.right)
        case Product():
            return reduce(mul, (value(factor) for factor in formula.factors), Fraction(1))
        case Quotient():
            return value(formula.numerator) / value(formula.denominator)
        case Function(name="max"):
            return _extreme(max, formula)
        case Function(name="min"):
            return _extreme(min, formula)
        case Function():
            return _transcendental(formula.name, float(value(formula.arguments[0])))
        case Power():
            return _power(value(formula.base), value(formula.exponent))
        case Absolute():
            inner = value(formula.inner)
            return -inner if inner < 0 else inner
        case Floor():
            return Fraction(math.floor(value(formula.inner)))
        case Ceiling():
            return Fraction(math.ceil(value(formula.inner)))
        case Equality():
            return value(formula.left)
    assert_never(formula)


def _extreme(pick: Callable[[list[Any]], Any], formula: Function) -> Fraction | float:
    values = [value(argument) for argument in formula.arguments]
    chosen: Fraction | float = math.nan if any(v != v for v in values) else pick(values)
    return chosen


def _power(base: Fraction | float, exponent: Fraction | float) -> Fraction | float:
    if isinstance(base, Fraction) and isinstance(exponent, Fraction) and exponent.denominator == 1:
        return Fraction(base**exponent.numerator) if base or exponent > 0 else math.inf
    if base < 0:
        return math.nan  # no real root
    try:
        return math.pow(base, exponent)
    except OverflowError:
        return math.inf


def _transcendental(name: str, argument: float) -> float:
    functions = {"exp": math.exp, "tanh": math.tanh, "sqrt": math.sqrt}
    try:
        return functions[name](argument)
    except OverflowError:
        return math.inf
    except ValueError:
        return math.nan


def equality(left: Formula, right: Formula) -> Equality:
    """`left = right`, or `left ≈ right` where the printed digits are not exactly equal.

    >>> str(equality(Sum((Number(0.1), Number(0.2))), Number(0.1 + 0.2)))
    '0.1 + 0.2 = 0.3'
    >>> str(equality(Quotient(Number(1), Number(3)), Number(1 / 3)))
    '1 / 3 ≈ 0.333'
    """
    a, b = value(left), value(right)
    return Equality(left, right, exact=a == b or (a != a and b != b))
