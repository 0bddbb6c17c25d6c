"""The ways of working a formula out: on the digits that it shows, and on the numbers behind them.

To add a way: a subclass of `Shown` that `value.py` can walk a formula with.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from fractions import Fraction
from operator import add, mul
from types import ModuleType
from typing import Any

from ..arithmetic import Value, exact, is_expression, worth
from ..errors import InputError
from .tree import Number

MOST_EXACT_EXPONENT = 1000


class Shown:
    """Arithmetic on the digits that are shown: rationals, and floats from the first NaN, infinity or function on."""

    def number(self, number: Number) -> Value:
        """What a number is worth."""
        return worth(number.digits)

    def total(self, terms: Iterable[Value]) -> Value:
        """The sum."""
        return _chained(add, Fraction(0), terms)

    def product(self, factors: Iterable[Value]) -> Value:
        """The product."""
        return _chained(mul, Fraction(1), factors)

    def quotient(self, above: Value, below: Value) -> Value:
        """above divided by below; by 0 it is infinite, as for a float."""
        return _chained(_divided, above, (below,))

    def maximum(self, values: Iterable[Value]) -> Value:
        """The largest, or NaN where there is one."""
        return self._extreme(max, list(values))

    def minimum(self, values: Iterable[Value]) -> Value:
        """The smallest, or NaN where there is one."""
        return self._extreme(min, list(values))

    def median(self, values: Iterable[Value]) -> Value:
        """The one in the middle, or the mean of two; NaN where there is one."""
        listed: list[Any] = list(values)
        if any(v != v for v in listed):
            return math.nan
        ordered, half = sorted(listed), len(listed) // 2
        return (
            ordered[half] if len(listed) % 2 else self.quotient(self.total(ordered[half - 1 : half + 1]), Fraction(2))
        )

    def _extreme(self, pick: Callable[[list[Any]], Any], values: list[Any]) -> Value:
        return math.nan if any(v != v for v in values) else pick(values)

    def absolute(self, value: Value) -> Value:
        """The value without its sign."""
        return -value if value < 0 else value

    def power(self, base: Value, exponent: Value) -> Value:
        """base to the power of exponent; NaN where there is no real root."""
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
            return math.nan

    def function(self, name: str, argument: Value) -> Value:
        """exp, ln, tanh, erf or sqrt, as a float."""
        functions = {"exp": math.exp, "ln": math.log, "tanh": math.tanh, "erf": math.erf, "sqrt": math.sqrt}
        if name == "ln" and not argument:
            return -math.inf
        try:
            return functions[name](_float(argument))
        except OverflowError:
            return math.inf
        except ValueError:
            return math.nan

    def angle(self, rise: Value, run: Value) -> Value:
        """The angle of an arrow, as a float."""
        return math.atan2(_float(rise) + 0.0, _float(run) + 0.0)


class Behind(Shown):
    """Arithmetic on the numbers themselves, where there are no letters: as `Shown`, but of all their digits."""

    def number(self, number: Number) -> Value:
        """The number itself; a float as the fraction that it is."""
        value = number.value
        if isinstance(value, Fraction | int):
            return Fraction(value)
        return Fraction(float(value)) if value - value == 0 else float(value)


class Exact(Shown):
    """Arithmetic on the numbers themselves: rationals while they last, then SymPy's expressions."""

    def __init__(self) -> None:
        from ..arithmetic import extremes, letters  # bring SymPy, so only where exact numbers are worked out

        self._letters: ModuleType = letters
        self._extremes: ModuleType = extremes

    def number(self, number: Number) -> Value:
        """The number itself, exact."""
        return exact(number.value)

    def total(self, terms: Iterable[Value]) -> Value:
        """The sum, like terms collected."""
        listed = list(terms)
        return self._letters.total(listed) if any(map(is_expression, listed)) else super().total(listed)

    def product(self, factors: Iterable[Value]) -> Value:
        """The product, multiplied out."""
        listed = list(factors)
        return self._letters.product(listed) if any(map(is_expression, listed)) else super().product(listed)

    def quotient(self, above: Value, below: Value) -> Value:
        """above divided by below."""
        return self.product((above, self.power(below, Fraction(-1))))

    def _extreme(self, pick: Callable[[list[Any]], Any], values: list[Any]) -> Value:
        if not any(map(is_expression, values)):
            return pick(values)
        return (self._extremes.maximum if pick is max else self._extremes.minimum)(values)

    def median(self, values: Iterable[Value]) -> Value:
        """The one in the middle. Raises `InputError` for letters, whose order nobody knows."""
        listed = list(values)
        if len(listed) > 1 and any(map(is_expression, listed)):
            raise InputError("which of several letters is the median is for numbers to say; put numbers in for letters")
        return listed[0] if len(listed) == 1 else super().median(listed)

    def absolute(self, value: Value) -> Value:
        """The value without its sign."""
        return self._letters.absolute(value) if is_expression(value) else super().absolute(value)

    def power(self, base: Value, exponent: Value) -> Value:
        """base to the power of exponent, never rounded. Raises `InputError` where there is no such number."""
        return self._letters.power(base, exponent)

    def function(self, name: str, argument: Value) -> Value:
        """exp, ln, tanh, erf or sqrt, never rounded."""
        return self._letters.function(name, argument)

    def angle(self, rise: Value, run: Value) -> Value:
        """The angle of an arrow, never rounded."""
        return self._letters.angle(rise, run)


def _chained(operation: Callable[[Any, Any], Any], start: Value, operands: Iterable[Value]) -> Value:
    """Exact while all operands are; from the first NaN or infinity on, as floats."""
    result = start
    for other in operands:
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
