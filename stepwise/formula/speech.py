"""A formula in words, for those who listen: `the maximum of 3 and 1 equals 3`.

What is written with parentheses is said with them, except that a minus sign needs none where only its number follows:
`(2 - 1)·3 + (-2)` is `open parenthesis 2 minus 1 close parenthesis times 3 plus minus 2`. What the eye sees at once and
the ear does not, where a root, a maximum or a fraction ends, is told too: those words come last in their group, or in
parentheses of their own. `speechOf` in `templates/html/script/formula.js` says the same.
"""

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

OPEN, SUM, PRODUCT, POWER, SIGNED, ATOM = range(6)
"""How tightly words hold together: looser ones inside tighter ones need parentheses. What is `OPEN` has no end that
could be heard, so it stands alone; a number with its sign, `SIGNED`, may not be raised to a power."""


def words() -> dict[str, str]:
    """The words for the signs of a formula, in the current language."""
    return {
        "=": _("equals"),
        "≈": _("is about"),
        "+": _("plus"),
        "-": _("minus"),
        "·": _("times"),
        "/": _("divided by"),
        "all": _("all divided by"),
        "over": _("over"),
        "^": _("to the power"),
        "(": _("open parenthesis"),
        ")": _("close parenthesis"),
        "e": _("times ten to the power"),
        "∞": _("infinity"),
        "and": _("and"),
        "max": _("the maximum of"),
        "min": _("the minimum of"),
        "median": _("the median of"),
        "sqrt": _("the square root of"),
        "exp": _("e to the power"),
        "ln": _("the natural logarithm of"),
        "tanh": _("the hyperbolic tangent of"),
        "erf": _("the error function of"),
        "atan2": _("the angle of"),
        "| |": _("the absolute value of"),
        "⌊": _("rounded down"),
        "⌈": _("rounded up"),
        "′": _("prime"),
        "gap": _("blank"),
    }


def speech(formula: Formula) -> str:
    """The formula as a sentence says it, in the current language.

    >>> speech(Equality(Quotient(Sum((Number(1), Number(-2))), Number(4)), Number(-0.25)))
    '1 plus minus 2, all divided by 4, equals minus 0.25'
    >>> speech(Sum((Product((Difference(Number(2), Number(1)), Number(3))), Function("sqrt", (Number(4),)))))
    'open parenthesis 2 minus 1 close parenthesis times 3 plus open parenthesis the square root of 4 close parenthesis'
    """
    return _Speaker(words()).said(formula).rstrip(",")


class _Speaker:
    def __init__(self, words: dict[str, str]) -> None:
        self.words = words

    def said(self, formula: Formula, first: bool = True) -> str:
        """The formula alone in its group; with `first` false, after other words of it."""
        words = self.words
        match formula:
            case Number():
                return self._number(formula.digits)
            case Symbol():
                letters, index = formula.parts
                return " ".join(
                    (letters.replace("′", f" {words['′']}"), *(index.split(",") if "," in index else index))
                )
            case Gap():
                return words["gap"]
            case Sum(terms=(only,)) | Product(factors=(only,)):
                return self.said(only, first)
            case Sum():
                return self._joined(formula.terms, "+", PRODUCT, first)
            case Difference():
                return self._joined((formula.left, formula.right), "-", PRODUCT, first)
            case Product():
                head, *rest = formula.factors
                said = [self._operand(head, POWER, first), *(self._operand(factor, POWER) for factor in rest)]
                return f" {words['·']} ".join(said)
            case Negative():
                return f"{words['-']} {self._operand(formula.inner, PRODUCT)}"
            case Quotient():
                below = self._operand(formula.denominator, POWER)
                if self._tight(formula) == OPEN:
                    return f"{self.said(formula.numerator).rstrip(',')}, {words['all']} {below},"
                return f"{self._operand(formula.numerator, PRODUCT, first)} {words['/']} {below}"
            case Power():
                base = self._operand(formula.base, ATOM, first)
                return f"{base} {words['^']} {self._operand(formula.exponent, SIGNED)}"
            case Absolute():
                return f"{words['| |']} {self._operand(formula.inner, SIGNED)}"
            case Function():
                *most, last = (self._listed(argument, formula.name) for argument in formula.arguments)
                listed = f"{', '.join(most)} {words['and']} {last}" if most else last
                return f"{words.get(formula.name, formula.name)} {listed}"
            case Floor() | Ceiling():
                rounded = words["⌊" if isinstance(formula, Floor) else "⌈"]
                return f"{self.said(formula.inner).rstrip(',')}, {rounded},"
            case Equality():
                sign = words["=" if formula.exact else "≈"]
                return f"{self.said(formula.left)} {sign} {self.said(formula.right)}"
        assert_never(formula)

    def _joined(self, operands: tuple[Formula, ...], sign: str, required: int, first: bool) -> str:
        head, *rest = operands
        group = sign == "+" and isinstance(head, Sum)
        opened = self._operand(head, PRODUCT if group else SUM, first)
        said = [opened, *(self._operand(operand, required) for operand in rest)]
        return f" {self.words[sign]} ".join(said)

    def _operand(self, formula: Formula, required: int, first: bool = False) -> str:
        """A part among others, in parentheses where it needs them. What is rounded needs none where a group begins."""
        if self._tight(formula) >= required or (first and isinstance(formula, Floor | Ceiling)):
            return self.said(formula, first)
        return f"{self.words['(']} {self.said(formula)} {self.words[')']}"

    def _listed(self, argument: Formula, name: str) -> str:
        """What a function is of; in a list any number is told from its neighbours."""
        needed = OPEN if isinstance(argument, Number) and name in ("max", "min", "median", "atan2") else SIGNED
        return self._operand(argument, needed)

    def _tight(self, formula: Formula) -> int:
        match formula:
            case Sum(terms=(only,)) | Product(factors=(only,)):
                return self._tight(only)
            case Quotient():
                return PRODUCT if self._tight(formula.numerator) >= PRODUCT else OPEN
            case Function(name="exp"):
                return POWER
            case Function(name="sqrt" | "tanh" | "ln" | "erf", arguments=(only,)) | Absolute(inner=only):
                return OPEN if self._tight(only) >= SIGNED else SIGNED  # parentheses around it are its end
            case Function() | Floor() | Ceiling() | Equality():
                return OPEN
            case Sum() | Difference() | Negative():
                return SUM
            case Product():
                return PRODUCT
            case Power():
                return POWER
            case Number():
                if "e" in formula.digits or "/" in formula.digits:
                    return PRODUCT
                return SIGNED if formula.digits.startswith("-") else ATOM
            case Symbol() | Gap():
                return ATOM
        assert_never(formula)

    def _number(self, digits: str) -> str:
        words = self.words
        said = digits.replace("e", f" {words['e']} ")  # first: words have an e too
        said = said.replace("/", f" {words['over']} ").replace("∞", words["∞"])
        return said.replace("-", f"{words['-']} ")
