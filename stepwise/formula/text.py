"""A formula as plain text: `(1 + 1 + 5 + 6) / 4 = 3.25`."""

from __future__ import annotations

from typing import ClassVar

from .tree import Absolute, Ceiling, Floor, Formula, Power, Quotient, Symbol
from .walk import ATOM, Printer


def text(formula: Formula) -> str:
    """The formula on one line.

    >>> from .tree import Number, Product, Sum
    >>> text(Sum((Number(-4), Number(-3), Product((Number(2), Number(-1))))))
    '-4 + (-3) + 2·(-1)'
    """
    return _TEXT.of(formula)


class _Text(Printer):
    times: ClassVar[str] = "·"
    about: ClassVar[str] = " ≈ "
    gap: ClassVar[str] = "___"
    fences: ClassVar = {Absolute: ("|", "|"), Floor: ("⌊", "⌋"), Ceiling: ("⌈", "⌉")}

    def number(self, digits: str) -> str:
        return digits

    def symbol(self, symbol: Symbol) -> str:
        return symbol.name

    def quotient(self, formula: Quotient) -> str:
        return self.in_line(formula, " / ")

    def power(self, formula: Power) -> str:
        return f"{self.inside(formula.base, ATOM)}^{self.inside(formula.exponent, ATOM)}"

    def function(self, name: str, arguments: list[str]) -> str:
        return f"{name}({', '.join(arguments)})"


_TEXT = _Text()
