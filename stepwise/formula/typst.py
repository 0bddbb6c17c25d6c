r"""A formula as typst mathematics: `frac(1 + 1 + 5 + 6, 4) = 3.25`. No `$` around it."""

from __future__ import annotations

from typing import assert_never

from .text import ATOM, POWER, PRODUCT, tightness
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


def typst(formula: Formula) -> str:
    """The formula for the inside of a typst equation.

    >>> print(typst(Equality(Function("max", (Number(3), Number(1))), Number(3))))
    max(3, 1) = 3
    >>> print(typst(Quotient(Sum((Number(-1), Product((Symbol("x01"), Number(-2))))), Number(4))))
    frac(-1 + x_"01" dot (-2), 4)
    """
    match formula:
        case Number():
            return _number(formula.digits)
        case Symbol():
            letters, index = formula.parts
            plain = len(letters) == 1 and letters.isascii() and letters.isalpha()
            name = letters if plain else f"italic({quoted(letters)})"
            return f"{name}_{quoted(index)}" if index else name
        case Gap():
            return "#box(width: 28pt, height: 17pt, stroke: (bottom: 0.6pt))"  # a hand is as large in a fraction
        case Sum():
            first, *rest = formula.terms
            return " + ".join([typst(first), *(_inside(term, PRODUCT) for term in rest)])
        case Difference():
            return f"{typst(formula.left)} - {_inside(formula.right, PRODUCT)}"
        case Negative():
            return f"-{_inside(formula.inner, PRODUCT)}"
        case Product():
            return " dot ".join(_inside(factor, POWER) for factor in formula.factors)
        case Quotient() if formula.in_line:  # typst breaks lines outside its own parentheses only
            return f"{_inside(formula.numerator, PRODUCT)} \\/ \\( {typst(formula.denominator)} \\)"
        case Quotient():
            return f"frac({typst(formula.numerator)}, {typst(formula.denominator)})"
        case Power():
            return f"{_inside(formula.base, ATOM)}^({typst(formula.exponent)})"
        case Absolute():
            return f"abs({typst(formula.inner)})"
        case Function():  # typst knows max, min, exp and tanh as operators, and draws a root for sqrt
            return f"{formula.name}({', '.join(typst(argument) for argument in formula.arguments)})"
        case Floor():
            return f"floor({typst(formula.inner)})"
        case Ceiling():
            return f"ceil({typst(formula.inner)})"
        case Equality():
            return f"{typst(formula.left)} {'=' if formula.exact else 'approx'} {typst(formula.right)}"
    assert_never(formula)


def quoted(text: str) -> str:
    r"""Words as a typst string.

    >>> print(quoted('say "x\\y"'))
    "say \"x\\y\""
    """
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'


def _number(digits: str) -> str:
    if digits == "NaN":
        return '"NaN"'
    if "e" in digits:
        mantissa, exponent = digits.split("e")
        return f"{mantissa} dot 10^({exponent})"
    if "/" in digits:
        sign = "-" if digits.startswith("-") else ""
        above, below = digits.lstrip("-").split("/")
        return f"{sign}frac({above}, {below})"
    return digits.replace("∞", "infinity")


def _inside(formula: Formula, required: int) -> str:
    inner = typst(formula)
    return inner if tightness(formula) >= required else f"({inner})"
