"""A formula as plain text: `(1 + 1 + 5 + 6) / 4 = 3.25`."""

from __future__ import annotations

from typing import assert_never

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

SUM, PRODUCT, POWER, ATOM = 1, 2, 3, 4
"""How tightly a formula holds together: a looser one inside a tighter one needs parentheses."""


def tightness(formula: Formula) -> int:
    """Where a formula stands among `SUM`, `PRODUCT`, `POWER` and `ATOM`; shared by the printers that need it."""
    match formula:
        case Sum(terms=(only,)) | Product(factors=(only,)):
            return tightness(only)  # nothing of the sum or product is written
        case Equality():
            return 0
        case Sum() | Difference() | Negative():
            return SUM
        case Product() | Quotient():
            return PRODUCT
        case Power():
            return POWER
        case Number():
            if formula.digits.startswith("-"):
                return SUM  # a sign needs its parentheses after any other sign
            if "e" in formula.digits:
                return POWER  # in print, 1e-12 is 1·10^-12
            return PRODUCT if "/" in formula.digits else ATOM
        case _:
            return ATOM


def text(formula: Formula) -> str:
    """The formula on one line.

    >>> text(Sum((Number(-4), Number(-3), Product((Number(2), Number(-1))))))
    '-4 + (-3) + 2·(-1)'
    """
    match formula:
        case Number():
            return formula.digits
        case Symbol():
            return formula.name
        case Gap():
            return "___"
        case Sum():
            first, *rest = formula.terms
            return " + ".join([text(first), *(_inside(term, PRODUCT) for term in rest)])
        case Difference():
            return f"{text(formula.left)} - {_inside(formula.right, PRODUCT)}"
        case Negative():
            return f"-{_inside(formula.inner, PRODUCT)}"
        case Product():
            return "·".join(_inside(factor, POWER) for factor in formula.factors)
        case Quotient():
            return f"{_inside(formula.numerator, PRODUCT)} / {_inside(formula.denominator, POWER)}"
        case Function():
            return f"{formula.name}({', '.join(text(argument) for argument in formula.arguments)})"
        case Power():
            return f"{_inside(formula.base, ATOM)}^{_inside(formula.exponent, ATOM)}"
        case Absolute():
            return f"|{text(formula.inner)}|"
        case Floor():
            return f"⌊{text(formula.inner)}⌋"
        case Ceiling():
            return f"⌈{text(formula.inner)}⌉"
        case Equality():
            return f"{text(formula.left)} {'=' if formula.exact else '≈'} {text(formula.right)}"
    assert_never(formula)


def _inside(formula: Formula, required: int) -> str:
    inner = text(formula)
    return inner if tightness(formula) >= required else f"({inner})"
