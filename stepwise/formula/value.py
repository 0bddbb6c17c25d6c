"""What a formula is worth: from the digits it shows (`value`), or from the numbers behind them (`worked_out`)."""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction
from functools import reduce
from operator import mul
from types import ModuleType
from typing import Any, assert_never

from ..arithmetic import Value, exact, is_expression, worth
from ..errors import InputError
from .leaf import leaf, spelled
from .tree import (
    Absolute,
    Ceiling,
    Difference,
    Equality,
    Floor,
    Formula,
    Function,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
)


class Shown:
    """Arithmetic on the digits that are shown: rationals, and floats only where a function leaves them."""

    def number(self, number: Number) -> Value:
        """What a number is worth."""
        return worth(number.digits)

    def total(self, terms: Iterable[Value]) -> Value:
        """The sum."""
        return sum(terms, Fraction(0))

    def product(self, factors: Iterable[Value]) -> Value:
        """The product."""
        return reduce(mul, factors, Fraction(1))

    def maximum(self, values: Iterable[Value]) -> Value:
        """The largest; NaN is larger than everything."""
        return self._extreme(max, list(values))

    def minimum(self, values: Iterable[Value]) -> Value:
        """The smallest; NaN is smaller than everything."""
        return self._extreme(min, list(values))

    def _extreme(self, pick: Any, values: list[Any]) -> Value:
        return math.nan if any(v != v for v in values) else pick(values)

    def absolute(self, value: Value) -> Value:
        """The value without its sign."""
        return -value if value < 0 else value

    def power(self, base: Value, exponent: Value) -> Value:
        """base to the power of exponent; NaN where there is no real root."""
        if isinstance(base, Fraction) and isinstance(exponent, Fraction) and exponent.denominator == 1:
            return Fraction(base**exponent.numerator) if base or exponent > 0 else math.inf
        if base < 0:
            return math.nan
        try:
            return math.pow(base, exponent)
        except OverflowError:
            return math.inf

    def function(self, name: str, argument: Value) -> Value:
        """exp, tanh or sqrt, as a float."""
        functions = {"exp": math.exp, "tanh": math.tanh, "sqrt": math.sqrt}
        try:
            return functions[name](argument)
        except OverflowError:
            return math.inf
        except ValueError:
            return math.nan


class Exact(Shown):
    """Arithmetic on the numbers themselves: rationals while they last, then SymPy's expressions."""

    def __init__(self) -> None:
        from ..arithmetic import letters  # brings SymPy, so only when somebody asks for exact numbers that need it

        self._letters: ModuleType = letters

    def number(self, number: Number) -> Value:
        """The number itself, exact."""
        return exact(number.value)

    def total(self, terms: Iterable[Value]) -> Value:
        """The sum."""
        listed = list(terms)
        return self._letters.total(listed) if any(map(is_expression, listed)) else super().total(listed)

    def product(self, factors: Iterable[Value]) -> Value:
        """The product."""
        listed = list(factors)
        return self._letters.product(listed) if any(map(is_expression, listed)) else super().product(listed)

    def _extreme(self, pick: Any, values: list[Any]) -> Value:
        if not any(map(is_expression, values)):
            return pick(values)
        return (self._letters.maximum if pick is max else self._letters.minimum)(values)

    def absolute(self, value: Value) -> Value:
        """The value without its sign."""
        return self._letters.absolute(value) if is_expression(value) else super().absolute(value)

    def power(self, base: Value, exponent: Value) -> Value:
        """base to the power of exponent, never rounded. Raises `InputError` where there is no real root."""
        if not is_expression(base) and base < 0 and exponent.denominator != 1:
            raise InputError(f"{base} has no real root, so there is no exact number to go on with")
        return self._letters.power(base, exponent)

    def function(self, name: str, argument: Value) -> Value:
        """exp, tanh or sqrt, never rounded."""
        return self._letters.function(name, argument)


SHOWN = Shown()


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


def _worth(formula: Formula, numbers: Shown) -> Any:
    def of(inner: Formula) -> Any:
        return _worth(inner, numbers)

    match formula:
        case Number():
            return numbers.number(formula)
        case Symbol():
            raise ValueError(f"{formula.name} has no value")
        case Sum():
            return numbers.total(map(of, formula.terms))
        case Difference():
            return numbers.total((of(formula.left), numbers.product((Fraction(-1), of(formula.right)))))
        case Negative():
            return numbers.product((Fraction(-1), of(formula.inner)))
        case Product():
            return numbers.product(map(of, formula.factors))
        case Quotient():
            above, below = of(formula.numerator), of(formula.denominator)
            if is_expression(below):
                return numbers.product((above, numbers.power(below, Fraction(-1))))
            return numbers.product((above, Fraction(1) / below)) if is_expression(above) else above / below
        case Function(name="max"):
            return numbers.maximum(map(of, formula.arguments))
        case Function(name="min"):
            return numbers.minimum(map(of, formula.arguments))
        case Function():
            return numbers.function(formula.name, of(formula.arguments[0]))
        case Power():
            return numbers.power(of(formula.base), of(formula.exponent))
        case Absolute():
            return numbers.absolute(of(formula.inner))
        case Floor():
            return Fraction(math.floor(of(formula.inner)))
        case Ceiling():
            return Fraction(math.ceil(of(formula.inner)))
        case Equality():
            return of(formula.left)
    assert_never(formula)


def equality(left: Formula, right: Formula) -> Equality:
    """`left = right`, or `left ≈ right` where the printed digits are not exactly equal.

    >>> str(equality(Sum((Number(0.1), Number(0.2))), Number(0.1 + 0.2)))
    '0.1 + 0.2 = 0.3'
    >>> str(equality(Quotient(Number(1), Number(3)), Number(1 / 3)))
    '1 / 3 ≈ 0.333'
    """
    a, b = value(left), value(right)
    return Equality(left, right, exact=a == b or (a != a and b != b))


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
    close = Equality(right, decimal, exact=isinstance(result, Fraction) and worth(decimal.digits) == result)
    return close if right == left else Equality(left, close)


def _alike(left: Formula, right: Formula) -> bool:
    """Whether two formulas say the same, the order inside a maximum aside."""
    if isinstance(left, Function) and isinstance(right, Function) and left.name == right.name == "max":
        return sorted(map(str, left.arguments)) == sorted(map(str, right.arguments))
    return left == right


def near(result: Value) -> float:
    """The decimal nearest to an exact number."""
    if isinstance(result, Fraction):
        return float(result)
    from ..arithmetic.letters import near as nearest

    return nearest(result)
