"""The walk that all printers share: where parentheses stand, and in which order parts are written.

A printer is a subclass that says how its notation writes a number, a sign, a fraction. Only `speech.py` walks alone:
what an ear needs parentheses for is not what an eye needs them for.

To add a notation: a subclass of `Printer`. To add a kind of node: a case in `Printer.of`, and what it looks like.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, assert_never

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
    """Where a formula stands among `SUM`, `PRODUCT`, `POWER` and `ATOM`."""
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


class Printer(ABC):
    """A notation."""

    plus: ClassVar[str] = " + "
    minus: ClassVar[str] = " - "
    opposite: ClassVar[str] = "-"
    times: ClassVar[str]
    equals: ClassVar[str] = " = "
    about: ClassVar[str]
    gap: ClassVar[str]  # a place where a number is to be written
    fences: ClassVar[dict[type[Formula], tuple[str, str]]]  # bars, and what is rounded down or up

    def of(self, formula: Formula) -> str:
        """The formula in this notation."""
        match formula:
            case Number():
                return self.number(formula.digits)
            case Symbol():
                return self.symbol(formula)
            case Gap():
                return self.gap
            case Sum():
                first, *rest = formula.terms
                opened = self.inside(first, PRODUCT) if isinstance(first, Sum) else self.of(first)  # a group of terms
                return self.plus.join([opened, *(self.inside(term, PRODUCT) for term in rest)])
            case Difference():
                return f"{self.of(formula.left)}{self.minus}{self.inside(formula.right, PRODUCT)}"
            case Negative():
                return f"{self.opposite}{self.inside(formula.inner, PRODUCT)}"
            case Product():
                return self.times.join(self.inside(factor, POWER) for factor in formula.factors)
            case Quotient():
                return self.quotient(formula)
            case Power():
                return self.power(formula)
            case Absolute() | Floor() | Ceiling():
                return self.fenced(type(formula), self.of(formula.inner))
            case Function():
                return self.function(formula.name, [self.of(argument) for argument in formula.arguments])
            case Equality():
                sign = self.equals if formula.exact else self.about
                return f"{self.of(formula.left)}{sign}{self.of(formula.right)}"
        assert_never(formula)

    def inside(self, formula: Formula, required: int) -> str:
        """The formula, in parentheses where it holds together less tightly than is required."""
        inner = self.of(formula)
        return inner if tightness(formula) >= required else self.parentheses(inner)

    def in_line(self, formula: Quotient, sign: str) -> str:
        """A quotient on one line."""
        return f"{self.inside(formula.numerator, PRODUCT)}{sign}{self.inside(formula.denominator, POWER)}"

    @abstractmethod
    def number(self, digits: str) -> str:
        """A number from its digits."""

    @abstractmethod
    def symbol(self, symbol: Symbol) -> str:
        """A letter."""

    @abstractmethod
    def quotient(self, formula: Quotient) -> str:
        """A fraction."""

    @abstractmethod
    def power(self, formula: Power) -> str:
        """A power."""

    def fenced(self, kind: type[Absolute | Floor | Ceiling], inner: str) -> str:
        """Something between bars, or what is rounded down or up."""
        opening, closing = self.fences[kind]
        return f"{opening}{inner}{closing}"

    @abstractmethod
    def function(self, name: str, arguments: list[str]) -> str:
        """`max(a, b)` and its kin."""

    def parentheses(self, inner: str) -> str:
        """Something in parentheses."""
        return f"({inner})"


def split_number(digits: str) -> tuple[str, str, str, str]:
    """A number's sign, its digits, and either what it is divided by or its power of ten.

    >>> split_number("-13/4"), split_number("2.5e-9"), split_number("7")
    (('-', '13', '4', ''), ('', '2.5', '', '-9'), ('', '7', '', ''))
    """
    sign = "-" if digits.startswith("-") else ""
    digits = digits.removeprefix("-")
    mantissa, _e, exponent = digits.partition("e") if "N" not in digits else (digits, "", "")
    above, _bar, below = mantissa.partition("/")
    return sign, above, below, exponent
