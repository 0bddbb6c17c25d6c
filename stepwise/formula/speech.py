"""A formula in words, for those who listen: `the maximum of 3 and 1 equals 3`."""

from __future__ import annotations

from typing import assert_never

from ..language import _
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
)


def speech(formula: Formula) -> str:
    """The formula as a sentence says it, in the current language.

    >>> speech(Equality(Quotient(Sum((Number(1), Number(-2))), Number(4)), Number(-0.25)))
    '1 plus minus 2, all divided by 4, equals minus 0.25'
    """
    match formula:
        case Number():
            return (
                formula.digits.replace("e", " " + _("times ten to the power") + " ")  # first: words have an e too
                .replace("-", _("minus") + " ")
                .replace("∞", _("infinity"))
                .replace("/", " " + _("over") + " ")
            )
        case Symbol():
            letters, index = formula.parts
            return f"{letters} {' '.join(index)}" if index else letters
        case Gap():
            return _("blank")
        case Sum():
            return f" {_('plus')} ".join(speech(term) for term in formula.terms)
        case Difference():
            return _("{left} minus {right}").format(left=speech(formula.left), right=speech(formula.right))
        case Negative():
            return f"{_('minus')} {speech(formula.inner)}"
        case Product():
            return f" {_('times')} ".join(speech(factor) for factor in formula.factors)
        case Quotient():
            above, below = speech(formula.numerator), speech(formula.denominator)
            if isinstance(formula.numerator, Number | Symbol):
                return _("{above} divided by {below}").format(above=above, below=below)
            return _("{above}, all divided by {below},").format(above=above, below=below)
        case Function():
            names = {
                "max": _("the maximum of"),
                "min": _("the minimum of"),
                "sqrt": _("the square root of"),
                "exp": _("e to the power"),
                "tanh": _("the hyperbolic tangent of"),
            }
            name = names.get(formula.name, formula.name)
            *most, last = (speech(argument) for argument in formula.arguments)
            inner = _("{most} and {last}").format(most=", ".join(most), last=last) if most else last
            return f"{name} {inner}"
        case Power():
            base, exponent = speech(formula.base), speech(formula.exponent)
            return _("{base} to the power {exponent}").format(base=base, exponent=exponent)
        case Absolute():
            return _("the absolute value of {inner}").format(inner=speech(formula.inner))
        case Floor():
            return _("{inner}, rounded down,").format(inner=speech(formula.inner).rstrip(","))
        case Ceiling():
            return _("{inner}, rounded up,").format(inner=speech(formula.inner).rstrip(","))
        case Equality():
            sign = _("equals") if formula.exact else _("is about")
            return f"{speech(formula.left)} {sign} {speech(formula.right)}"
    assert_never(formula)
