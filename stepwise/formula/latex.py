r"""A formula as LaTeX mathematics: `\frac{1 + 1 + 5 + 6}{4} = 3.25`. No `$` around it."""

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


def latex(formula: Formula) -> str:
    r"""The formula for a LaTeX math environment.

    >>> print(latex(Equality(Function("max", (Number(3), Number(1))), Number(3))))
    \max(3, 1) = 3
    """
    match formula:
        case Number():
            return _number(formula.digits)
        case Symbol():
            letters, index = formula.parts
            if letters.endswith("′"):
                return f"{letters[:-1]}'"
            name = letters if len(letters) == 1 else rf"\mathit{{{letters}}}".replace("_", r"\_")
            return f"{name}_{{{index}}}" if index else name
        case Gap():
            return r"\underline{\hspace{2.2em}\rule{0pt}{1.5em}}"
        case Sum():
            first, *rest = formula.terms
            return " + ".join([latex(first), *(_inside(term, PRODUCT) for term in rest)])
        case Difference():
            return f"{latex(formula.left)} - {_inside(formula.right, PRODUCT)}"
        case Negative():
            return f"-{_inside(formula.inner, PRODUCT)}"
        case Product():
            return r" \cdot ".join(_inside(factor, POWER) for factor in formula.factors)
        case Quotient() if formula.in_line:
            return f"{_inside(formula.numerator, PRODUCT)} / ({latex(formula.denominator)})"
        case Quotient():
            return rf"\frac{{{latex(formula.numerator)}}}{{{latex(formula.denominator)}}}"
        case Power():
            return rf"{_inside(formula.base, ATOM)}^{{{latex(formula.exponent)}}}"
        case Absolute():
            return rf"\left|{latex(formula.inner)}\right|"
        case Function(name="sqrt"):
            return rf"\sqrt{{{latex(formula.arguments[0])}}}"
        case Function():
            return rf"\{formula.name}({', '.join(latex(argument) for argument in formula.arguments)})"
        case Floor():
            return rf"\left\lfloor {latex(formula.inner)} \right\rfloor"
        case Ceiling():
            return rf"\left\lceil {latex(formula.inner)} \right\rceil"
        case Equality():
            sign = "=" if formula.exact else r"\approx"
            return f"{latex(formula.left)} {sign} {latex(formula.right)}"
    assert_never(formula)


def _number(digits: str) -> str:
    if digits == "NaN":
        return r"\mathrm{NaN}"
    if "e" in digits:
        mantissa, exponent = digits.split("e")
        return rf"{mantissa} \cdot 10^{{{exponent}}}"
    if "/" in digits:
        sign = "-" if digits.startswith("-") else ""
        above, below = digits.lstrip("-").split("/")
        return rf"{sign}\frac{{{above}}}{{{below}}}"
    return digits.replace("∞", r"\infty")


def _inside(formula: Formula, required: int) -> str:
    inner = latex(formula)
    return inner if tightness(formula) >= required else rf"\left({inner}\right)"
