r"""A formula as typst mathematics: `frac(1 + 1 + 5 + 6, 4) = 3.25`. No `$` around it."""

from __future__ import annotations

import re
from typing import ClassVar

from .tree import Absolute, Ceiling, Floor, Formula, Power, Quotient, Symbol
from .walk import ATOM, POWER, PRODUCT, Printer, split_number

ROOM = 80
"""Characters above a bar that fit a page."""


def typst(formula: Formula, room: int = ROOM) -> str:
    r"""The formula for the inside of a typst equation; above a bar stand no more characters than `room`.

    >>> from .tree import Equality, Function, Number, Product, Sum
    >>> print(typst(Equality(Function("max", (Number(3), Number(1))), Number(3))))
    max(3, 1) = 3
    >>> print(typst(Quotient(Sum((Number(-1), Product((Symbol("x01"), Number(-2))))), Number(4))))
    frac(-1 + x_"01" dot (-2), 4)
    >>> print(typst(Quotient(Sum((Number(1), Number(2), Number(3))), Number(3)), room=8))
    \( 1 + 2 + 3 \) \/ 3
    """
    return _Typst(room).of(formula)


def quoted(text: str) -> str:
    r"""Words as a typst string.

    >>> print(quoted('say "x\\y"'))
    "say \"x\\y\""
    """
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'


class _Typst(Printer):
    times: ClassVar[str] = " dot "
    about: ClassVar[str] = " approx "
    # a hand is as large in a fraction
    gap: ClassVar[str] = "#box(width: 28pt, height: 17pt, stroke: (bottom: 0.6pt))"
    fences: ClassVar = {Absolute: ("abs(", ")"), Floor: ("floor(", ")"), Ceiling: ("ceil(", ")")}

    def __init__(self, room: int) -> None:
        self.room = room

    def number(self, digits: str) -> str:
        sign, above, below, exponent = split_number(digits)
        if digits == "NaN":
            return '"NaN"'
        if exponent:
            return f"{sign}{above} dot 10^({exponent})"
        return f"{sign}frac({above}, {below})" if below else digits.replace("∞", "infinity")

    def symbol(self, symbol: Symbol) -> str:
        letters, index = symbol.parts
        plain = len(letters) == 1 and letters.isascii() and letters.isalpha()
        name = letters if plain else f"italic({quoted(letters)})"
        return f"{name}_{quoted(index)}" if index else name

    def quotient(self, formula: Quotient) -> str:
        if formula.in_line:  # typst breaks lines outside its own parentheses only
            return f"{self.inside(formula.numerator, PRODUCT)} \\/ \\( {self.of(formula.denominator)} \\)"
        above = self.of(formula.numerator)
        if _wide(formula.numerator) > self.room:  # a bar is never broken, and would leave its page
            return f"\\( {above} \\) \\/ {self.inside(formula.denominator, POWER)}"
        return f"frac({above}, {self.of(formula.denominator)})"

    def power(self, formula: Power) -> str:
        return f"{self.inside(formula.base, ATOM)}^({self.of(formula.exponent)})"

    def function(self, name: str, arguments: list[str]) -> str:
        own = name not in ("erf", "median", "atan2")  # typst knows the others, draws a root for sqrt
        called = name if own else f'op("{name}")'
        return f"{called}({', '.join(arguments)})"


def _wide(formula: Formula) -> int:
    """How many characters stand beside each other: of a fraction, the longer part."""
    return len(re.sub(r"(?<!\d)(\d+)/(\d+)", lambda found: max(found.groups(), key=len), str(formula)))
