"""An expression taken apart, outermost part first, so that `formula/` can write it: what SymPy prints is never shown.

To add a function: a case in `taken_apart`.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache
from typing import Any

import sympy

from .digits import Value
from .exact import is_expression, lowered
from .letters import Expression, letters_of, natural


def taken_apart(value: Expression) -> tuple[str, list[Any]]:
    """The outermost part of an expression and what it is made of, in the order a person would write it.

    One of: ("symbol", [name]) ("sum", terms) ("product", factors) ("quotient", [above, below]) ("negative", [inner])
    ("power", [base, exponent]) ("absolute", [inner]), or the name of a function with its arguments.

    >>> from .letters import symbols
    >>> a, b = symbols("a", 2)
    >>> taken_apart(b / 2 - a)
    ('quotient', [-2*a0 + a1, Fraction(2, 1)])
    """
    if value.is_Symbol:
        return "symbol", [value.name]
    if value.is_Add:
        return _sum_parts(value)
    if value.is_Mul:
        return _product_parts(value)
    if value is sympy.pi:
        return "symbol", ["π"]
    if isinstance(value, sympy.atan):
        above, below = sympy.fraction(sympy.together(value.args[0]))
        return "atan2", [lowered(above), lowered(below)]
    if isinstance(value, sympy.atan2):
        return "atan2", [lowered(part) for part in value.args]
    if value is sympy.E:
        return "exp", [Fraction(1)]
    if isinstance(value, sympy.exp):
        return "exp", [lowered(value.args[0])]
    if value.is_Pow:
        base, exponent = value.args
        if exponent == sympy.Rational(1, 2):
            return "sqrt", [lowered(base)]
        if exponent.could_extract_minus_sign():
            return "quotient", [Fraction(1), lowered(base**-exponent)]
        return "power", [lowered(base), lowered(exponent)]
    if isinstance(value, sympy.Abs):
        return "absolute", [lowered(value.args[0])]
    if isinstance(value, sympy.Max):
        return "max", _ordered(value.args)
    for kind, name in (
        (sympy.log, "ln"),
        (sympy.tanh, "tanh"),
        (sympy.erf, "erf"),
        (sympy.floor, "floor"),
        (sympy.ceiling, "ceiling"),
    ):
        if isinstance(value, kind):
            return name, [lowered(value.args[0])]
    raise TypeError(f"{value!r} has no part that is known here")


def _sum_parts(value: Expression) -> tuple[str, list[Any]]:
    below = sympy.ilcm(*(term.as_coeff_Mul()[0].q for term in value.args if term.as_coeff_Mul()[0].is_Rational), 1)
    if below != 1:
        return "quotient", [lowered(sympy.expand_mul(value * below)), Fraction(int(below))]
    terms = sorted(map(lowered, value.args), key=_order)
    lead = next((term for term in terms if not _is_negative(term)), terms[0])  # b - a, not -a + b
    return "sum", [lead, *(term for term in terms if term is not lead)]


def _product_parts(value: Expression) -> tuple[str, list[Any]]:
    coefficient, rest = value.as_coeff_Mul()
    if coefficient == -1 and _is_smallest(rest):
        return "min", [lowered(-part) for part in _ordered(rest.args)]
    smallest = next(filter(_is_smallest, rest.as_ordered_factors()), None) if coefficient.is_negative else None
    if smallest is not None and coefficient.q == 1:
        others = sorted((factor for factor in rest.as_ordered_factors() if factor is not smallest), key=_order)
        return "product", [*([] if coefficient == -1 else [lowered(-coefficient)]), *others, -smallest]
    if coefficient.is_negative and smallest is None:
        return "negative", [lowered(-value)]
    above, below = sympy.fraction(value)
    if below != 1:
        return "quotient", [lowered(above), lowered(below)]
    factors = sorted(rest.as_ordered_factors(), key=_order)
    return "product", [*([] if coefficient == 1 else [lowered(coefficient)]), *factors]


def _is_smallest(factor: Expression) -> bool:
    """Whether, with its sign turned, it is a minimum."""
    return isinstance(factor, sympy.Max) and all(map(_is_negative, factor.args))


def _ordered(parts: Iterable[Expression]) -> list[Value]:
    """What stands in a maximum: numbers first."""
    return sorted(map(lowered, parts), key=lambda part: (is_expression(part), _order(part)))


def _is_negative(value: Value) -> bool:
    return bool(value.as_coeff_Mul()[0].is_negative) if is_expression(value) else value < 0


def _order(value: Value) -> tuple[Any, ...]:
    """Letters in the order of their names, plain numbers last."""
    if not is_expression(value):
        return (1, 0, [])
    names = [natural(symbol.name) for symbol in letters_of([value])]
    return (0, -1 if isinstance(value, sympy.Max) else 0, names, _Printed(value))


class _Printed:
    """What decides between two of the same letters: how they are printed, which SymPy takes long over."""

    def __init__(self, value: Expression) -> None:
        self._value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Printed) and (self._value == other._value or self._text == other._text)

    def __lt__(self, other: _Printed) -> bool:
        return self._text < other._text

    def __hash__(self) -> int:
        return hash(self._text)

    @property
    def _text(self) -> str:
        return _printed(self._value)


@lru_cache(2**12)
def _printed(value: Expression) -> str:
    return str(value)
