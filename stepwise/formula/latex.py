r"""A formula as LaTeX mathematics: `\frac{1 + 1 + 5 + 6}{4} = 3.25`. No `$` around it."""

from __future__ import annotations

from typing import ClassVar

from .tree import Absolute, Ceiling, Floor, Formula, Power, Quotient, Symbol
from .walk import ATOM, PRODUCT, Printer, split_number


def latex(formula: Formula) -> str:
    r"""The formula for a LaTeX math environment.

    >>> from .tree import Equality, Function, Number
    >>> print(latex(Equality(Function("max", (Number(3), Number(1))), Number(3))))
    \max(3, 1) = 3
    """
    return _LATEX.of(formula)


class _Latex(Printer):
    times: ClassVar[str] = r" \cdot "
    about: ClassVar[str] = r" \approx "
    gap: ClassVar[str] = r"\underline{\hspace{2.2em}\rule{0pt}{1.5em}}"
    fences: ClassVar = {
        Absolute: (r"\left|", r"\right|"),
        Floor: (r"\left\lfloor ", r" \right\rfloor"),
        Ceiling: (r"\left\lceil ", r" \right\rceil"),
    }

    def number(self, digits: str) -> str:
        sign, above, below, exponent = split_number(digits)
        if digits == "NaN":
            return r"\mathrm{NaN}"
        if exponent:
            return rf"{sign}{above} \cdot 10^{{{exponent}}}"
        return rf"{sign}\frac{{{above}}}{{{below}}}" if below else digits.replace("∞", r"\infty")

    def symbol(self, symbol: Symbol) -> str:
        letters, index = symbol.parts
        if letters.endswith("′"):
            return f"{letters[:-1]}'"
        name = letters if len(letters) == 1 else rf"\mathit{{{letters}}}".replace("_", r"\_")
        return f"{name}_{{{index}}}" if index else name

    def quotient(self, formula: Quotient) -> str:
        if formula.in_line:
            return f"{self.inside(formula.numerator, PRODUCT)} / ({self.of(formula.denominator)})"
        return rf"\frac{{{self.of(formula.numerator)}}}{{{self.of(formula.denominator)}}}"

    def power(self, formula: Power) -> str:
        return rf"{self.inside(formula.base, ATOM)}^{{{self.of(formula.exponent)}}}"

    def function(self, name: str, arguments: list[str]) -> str:
        if name == "sqrt":
            return rf"\sqrt{{{arguments[0]}}}"
        called = rf"\operatorname{{{name}}}" if name in ("erf", "median", "atan2") else rf"\{name}"
        return f"{called}({', '.join(arguments)})"

    def parentheses(self, inner: str) -> str:
        return rf"\left({inner}\right)"


_LATEX = _Latex()
