"""What a formula is worth, worked out exactly from the digits it shows."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from operator import add, mul, sub
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
            return _chained(add, Fraction(0), formula.terms)
        case Difference():
            return _chained(sub, value(formula.left), (formula.right,))
        case Product():
            return _chained(mul, Fraction(1), formula.factors)
        case Quotient():
            return _chained(_divided, value(formula.numerator), (formula.denominator,))
        case Function(name="max"):
            return _extreme(max, formula)
        case Function(name="min"):
            return _extreme(min, formula)
        case Function():
            return _transcendental(formula.name, _float(value(formula.arguments[0])))
        case Power():
            return _power(value(formula.base), value(formula.exponent))
        case Absolute():
            inner = value(formula.inner)
            return -inner if inner < 0 else inner
        case Floor():
            inner = value(formula.inner)
            return Fraction(math.floor(inner)) if isinstance(inner, Fraction) else inner
        case Ceiling():
            inner = value(formula.inner)
            return Fraction(math.ceil(inner)) if isinstance(inner, Fraction) else inner
        case Equality():
            return value(formula.left)
    assert_never(formula)


def _chained(
    operation: Callable[[Any, Any], Any], start: Fraction | float, operands: tuple[Formula, ...]
) -> Fraction | float:
    """Exact while all operands are; from the first NaN or infinity on, as floats."""
    result = start
    for operand in operands:
        other = value(operand)
        both_exact = isinstance(result, Fraction) and isinstance(other, Fraction)
        result = operation(result, other) if both_exact else operation(_float(result), _float(other))
    return result


def _divided(above: Fraction | float, below: Fraction | float) -> Fraction | float:
    if below:
        return above / below
    return math.copysign(math.inf, above) if above and above == above else math.nan


def _float(number: Fraction | float) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def _extreme(pick: Callable[[list[Any]], Any], formula: Function) -> Fraction | float:
    values = [value(argument) for argument in formula.arguments]
    chosen: Fraction | float = math.nan if any(v != v for v in values) else pick(values)
    return chosen


MOST_EXACT_EXPONENT = 1000


def _power(base: Fraction | float, exponent: Fraction | float) -> Fraction | float:
    if isinstance(base, Fraction) and isinstance(exponent, Fraction) and exponent.denominator == 1:
        if not base and exponent < 0:
            return math.inf
        if abs(exponent) <= MOST_EXACT_EXPONENT:
            return Fraction(base**exponent.numerator)
    try:
        return math.pow(_float(base), _float(exponent))
    except OverflowError:
        return math.inf
    except ValueError:
        return math.nan  # no real root


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
