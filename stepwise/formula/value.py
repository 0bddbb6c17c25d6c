"""What a formula is worth: from the digits it shows (`value`), or from the numbers behind them (`worked_out`)."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any, assert_never

from ..arithmetic import Value, digits, is_expression, worth
from .calculators import Behind, Exact, Shown
from .leaf import leaf, spelled
from .tree import (
    Absolute,
    Ceiling,
    Difference,
    Equality,
    Floor,
    Formula,
    Function,
    Gap,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    operands,
)

SHOWN = Shown()
FLOAT_DIGITS = 300
"""A number of more digits may be no float."""


def value(formula: Formula) -> Fraction | float:
    """The formula's exact value, from the printed digits of its numbers; of an equality, its left side.

    A float is returned only where NaN or an infinity is involved. Raises `ValueError` for a formula with letters.

    >>> value(Quotient(Sum((Number(1), Number(0.5))), Number(4)))
    Fraction(3, 8)
    """
    worked: Fraction | float = _worth(formula, SHOWN)
    return worked


def worked_out(formula: Formula) -> Value:
    """The formula's value from the numbers themselves, which may be expressions in letters.

    >>> from ..arithmetic.letters import symbols
    >>> a, b = symbols("a", 2)
    >>> worked_out(Quotient(Sum((Number(a), Number(b), Number(1))), Number(2)))
    a0/2 + a1/2 + 1/2
    """
    return _worth(formula, Exact())


def behind(formula: Formula) -> Value:
    """The formula's value from the numbers behind its digits, exact as long as they are finite.

    >>> behind(Sum((Number(1), Number(0.5))))
    Fraction(3, 2)
    """
    return formula.value if isinstance(formula, Number) else _worth(formula, Behind())


def comes_to_nothing(formula: Formula) -> bool:
    """Whether the numbers behind its digits come to 0 exactly, and not only to something that floats round to it.

    >>> [comes_to_nothing(Sum(tuple(map(Number, terms)))) for terms in ((1, Fraction(-1)), (1e-30, 0))]
    [True, False]
    """
    return bool(behind(formula) == 0) and not _is_irrational(formula)


def _worth(formula: Formula, numbers: Shown) -> Any:
    def of(inner: Formula) -> Any:
        return _worth(inner, numbers)

    match formula:
        case Number():
            return numbers.number(formula)
        case Symbol():
            raise ValueError(f"{formula.name} has no value")
        case Gap():
            raise ValueError("a gap has no value")
        case Sum():
            return numbers.total(map(of, formula.terms))
        case Difference():
            return numbers.total((of(formula.left), numbers.product((Fraction(-1), of(formula.right)))))
        case Negative():
            return numbers.product((Fraction(-1), of(formula.inner)))
        case Product():
            return numbers.product(map(of, formula.factors))
        case Quotient():
            return numbers.quotient(of(formula.numerator), of(formula.denominator))
        case Function(name="max"):
            return numbers.maximum(map(of, formula.arguments))
        case Function(name="min"):
            return numbers.minimum(map(of, formula.arguments))
        case Function(name="median"):
            return numbers.median(map(of, formula.arguments))
        case Function(name="atan2"):
            return numbers.angle(*map(of, formula.arguments))
        case Function():
            return numbers.function(formula.name, of(formula.arguments[0]))
        case Power():
            return numbers.power(of(formula.base), of(formula.exponent))
        case Absolute():
            return numbers.absolute(of(formula.inner))
        case Floor():
            return _whole(math.floor, of(formula.inner))
        case Ceiling():
            return _whole(math.ceil, of(formula.inner))
        case Equality():
            return of(formula.left)
    assert_never(formula)


def _whole(rounded: Callable[[Any], int], number: Value) -> Value:
    return Fraction(rounded(number)) if isinstance(number, Fraction) else number


def equality(left: Formula, right: Formula) -> Equality:
    """`left = right`, or `left ≈ right` where the printed digits are not exactly equal.

    >>> str(equality(Sum((Number(0.1), Number(0.2))), Number(0.1 + 0.2)))
    '0.1 + 0.2 = 0.3'
    >>> str(equality(Quotient(Number(1), Number(3)), Number(1 / 3)))
    '1 / 3 ≈ 0.333'
    """
    a, b = value(left), value(right)
    return Equality(left, right, exact=(a == b and (a - a != 0 or not _is_irrational(left))) or (a != a and b != b))


def _is_irrational(formula: Formula) -> bool:
    """Whether exp, ln, tanh, erf or atan2 is in it: of no fraction but 0, or 1, they are one, whatever floats round to.

    >>> from .tree import Function
    >>> [str(equality(Function("tanh", (Number(n),)), Number(result))) for n, result in ((70, 1), (0, 0))]
    ['tanh(70) ≈ 1', 'tanh(0) = 0']
    """
    if isinstance(formula, Function) and formula.name in ("exp", "ln", "tanh", "erf", "atan2"):
        inner = value(formula.arguments[0])
        if inner != (formula.name == "ln") and inner - inner == 0:
            return True  # where it is infinite, a function within may have made it so
    if isinstance(formula, Product) and any(value(one) == 0 and not _is_irrational(one) for one in formula.factors):
        return False  # 0 times whatever it is
    return any(map(_is_irrational, operands(formula)))


def outcome(left: Formula, result: Value) -> Formula:
    """A working and what it comes to, in the arithmetic of the result.

    A rational is shown as a fraction and as a decimal, a number with roots or powers of e as itself and as a decimal,
    letters as they are; nothing is said twice. `left` may hold expressions, as `Operation.expression` makes it.

    >>> str(outcome(Quotient(Number(13), Number(4)), Fraction(13, 4)))
    '13 / 4 = 13/4 = 3.25'
    """
    if not isinstance(result, Fraction) and not is_expression(result):
        return equality(left, Number(result))
    left, right = spelled(left), leaf(result)
    if is_expression(result) and result.free_symbols:
        return left if _alike(left, right) else Equality(left, right)
    if isinstance(result, Fraction) and result.denominator == 1:
        return Equality(left, right)
    decimal = Number(near(result))
    exact = isinstance(result, Fraction) and worth(decimal.digits) == result
    if _alike(left, right):
        return Equality(left, decimal, exact)
    return Equality(left, Equality(right, decimal, exact))


def _alike(left: Formula, right: Formula) -> bool:
    """Whether two formulas say the same, the order inside a sum or a maximum aside."""
    return _sorted(left) == _sorted(right)


def _sorted(formula: Formula) -> str:
    """A formula's text with what may stand in any order in the order of its letters."""
    match formula:
        case Sum():
            return " + ".join(sorted(map(_sorted, formula.terms)))
        case Quotient():
            return f"({_sorted(formula.numerator)}) / ({_sorted(formula.denominator)})"
        case Function():
            return f"{formula.name}({', '.join(sorted(map(_sorted, formula.arguments)))})"
    return str(formula)


def near(result: Value) -> float:
    """The decimal nearest to an exact number; of one that is larger than any decimal, infinity."""
    if not is_expression(result) and digits(result) < FLOAT_DIGITS:
        try:
            return float(result)
        except OverflowError:
            return math.inf if result > 0 else -math.inf
    from ..arithmetic.decimals import near as nearest

    return nearest(result)
