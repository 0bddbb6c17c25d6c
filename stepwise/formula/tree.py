"""The nodes of a formula. Pure data: operands in the order they are shown, nothing computed, nothing simplified."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TypeAlias, assert_never

from ..arithmetic import Value, shown
from ..dataclass import dataclass


class Node:
    """What every node can do: `str()` gives the plain text."""

    def __str__(self) -> str:
        from .text import text  # the printer reads the nodes, so it comes after them

        return text(self)  # type: ignore[arg-type]  # every subclass is in the union below


LINE = 4
"""A sum of more terms than this may need a second line."""


@dataclass(frozen=True)
class Number(Node):
    """A number, shown with few digits: `3`, `3.25`, `0.333`."""

    value: Value

    @cached_property
    def digits(self) -> str:
        """The number as it is printed; printers change only the look of its sign and exponent."""
        return shown(self.value)


@dataclass(frozen=True)
class Symbol(Node):
    """A letter that stands for a number: `n`, or one of many, `x01`."""

    name: str

    @property
    def parts(self) -> tuple[str, str]:
        """The letter and its index, as they are set: `x`, `01`; `x`, `10,2`; `bias`, nothing."""
        letters = self.name.rstrip("_0123456789")
        return (letters, self.name[len(letters) :].strip("_").replace("_", ",")) if letters else (self.name, "")


@dataclass(frozen=True)
class Gap(Node):
    """A place where a number is to be written."""


@dataclass(frozen=True)
class Sum(Node):
    """`a + b + …`"""

    terms: tuple[Formula, ...]


@dataclass(frozen=True)
class Difference(Node):
    """`a - b`"""

    left: Formula
    right: Formula


@dataclass(frozen=True)
class Negative(Node):
    """`-a`"""

    inner: Formula


@dataclass(frozen=True)
class Product(Node):
    """`a·b·…`"""

    factors: tuple[Formula, ...]


@dataclass(frozen=True)
class Quotient(Node):
    """`a / b`, one above the other where there is room."""

    numerator: Formula
    denominator: Formula

    @property
    def in_line(self) -> bool:
        """Whether it is written `a / (b + …)`: below a bar a long sum could not be broken, and would leave its page."""
        return isinstance(self.denominator, Sum) and len(self.denominator.terms) > LINE


@dataclass(frozen=True)
class Function(Node):
    """`max(a, b, …)`, `min`, `median`, `exp`, `ln`, `tanh`, `erf`, `sqrt` or `atan2`"""

    name: str
    arguments: tuple[Formula, ...]


@dataclass(frozen=True)
class Floor(Node):
    """`⌊a⌋`, the whole number at or below."""

    inner: Formula


@dataclass(frozen=True)
class Ceiling(Node):
    """`⌈a⌉`, the whole number at or above."""

    inner: Formula


@dataclass(frozen=True)
class Power(Node):
    """`a^b`"""

    base: Formula
    exponent: Formula


@dataclass(frozen=True)
class Absolute(Node):
    """`|a|`, the number without its sign."""

    inner: Formula


@dataclass(frozen=True)
class Equality(Node):
    """`a = b`, or `a ≈ b` where the right side is rounded; the right side may be one itself: `a = 13/4 = 3.25`."""

    left: Formula
    right: Formula
    exact: bool = True


def operands(formula: Formula) -> tuple[Formula, ...]:
    """What a formula is made of, in the order in which it is shown.

    >>> operands(Sum((Number(1), Number(2))))
    (Number(value=1), Number(value=2))
    """
    match formula:
        case Number() | Symbol() | Gap():
            return ()
        case Sum(terms=parts) | Product(factors=parts) | Function(arguments=parts):
            return parts
        case Negative(inner=only) | Absolute(inner=only) | Floor(inner=only) | Ceiling(inner=only):
            return (only,)
        case Quotient():
            return formula.numerator, formula.denominator
        case Power():
            return formula.base, formula.exponent
        case Difference() | Equality():
            return formula.left, formula.right
    assert_never(formula)


def rebuilt(formula: Formula, part: Callable[[Formula], Formula]) -> Formula:
    """The formula with another part in place of each; one without parts as it is.

    >>> str(rebuilt(Difference(Number(1), Number(2)), lambda part: Symbol("x")))
    'x - x'
    """
    match formula:
        case Number() | Symbol() | Gap():
            return formula
        case Sum(terms=parts) | Product(factors=parts):
            return type(formula)(tuple(map(part, parts)))
        case Function():
            return Function(formula.name, tuple(map(part, formula.arguments)))
        case Equality():
            return Equality(part(formula.left), part(formula.right), formula.exact)
        case Difference() | Quotient() | Power() | Negative() | Absolute() | Floor() | Ceiling():
            return type(formula)(*map(part, operands(formula)))
    assert_never(formula)


Formula: TypeAlias = (
    Number
    | Symbol
    | Gap
    | Sum
    | Difference
    | Negative
    | Product
    | Quotient
    | Power
    | Absolute
    | Function
    | Floor
    | Ceiling
    | Equality
)
