"""A value as the formula that shows it: a number as its digits, an expression in letters as a tree of its parts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ..arithmetic import Value, is_expression
from .tree import (
    Absolute,
    Ceiling,
    Difference,
    Floor,
    Formula,
    Function,
    Negative,
    Node,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    rebuilt,
)

if TYPE_CHECKING:
    from ..arithmetic.letters import Expression


def leaf(value: Value) -> Formula:
    """The formula that shows a value.

    >>> from ..arithmetic.letters import symbols
    >>> a, b = symbols("a", 2)
    >>> str(leaf(2 * b - a / 3)), str(leaf(3.25))
    ('(6·a1 - a0) / 3', '3.25')
    """
    return _taken_apart(value) if is_expression(value) else Number(value)


@lru_cache(2**12)  # the same parts stand in many cells of a way back, and SymPy takes long over each
def _taken_apart(value: Expression) -> Formula:
    from ..arithmetic.parts import taken_apart  # SymPy is here already, or the value would not be

    kind, parts = taken_apart(value)
    match kind:
        case "symbol":
            return Symbol(parts[0])
        case "sum":
            return _sum(parts)
        case "product":
            return Product(tuple(map(leaf, parts)))
        case "quotient":
            return Quotient(leaf(parts[0]), leaf(parts[1]))
        case "negative":
            return Negative(leaf(parts[0]))
        case "power":
            return Power(leaf(parts[0]), leaf(parts[1]))
        case "absolute":
            return Absolute(leaf(parts[0]))
        case "floor":
            return Floor(leaf(parts[0]))
        case "ceiling":
            return Ceiling(leaf(parts[0]))
    return Function(kind, tuple(map(leaf, parts)))


def _sum(parts: list[Any]) -> Formula:
    """Terms joined by plus and minus signs."""
    first, *rest = map(leaf, parts)
    total = first
    for term in rest:
        opposite = _opposite(term)
        if opposite is not None:
            total = Difference(total, opposite)
        elif isinstance(total, Sum):
            total = Sum((*total.terms, term))
        else:
            total = Sum((total, term))
    return total


def _opposite(term: Formula) -> Formula | None:
    """What a term with a minus sign takes away."""
    if isinstance(term, Negative):
        return term.inner
    if isinstance(term, Number) and term.value < 0:
        return Number(-term.value)
    return None


def spelled(formula: Formula, names: Mapping[Value, Symbol] | None = None) -> Formula:
    """The formula with every expression in letters taken apart into what it is made of, or called by its name."""

    def inner(part: Formula) -> Formula:
        return spelled(part, names)

    if isinstance(formula, Number):
        return names[formula.value] if names and formula.value in names else leaf(formula.value)
    return rebuilt(formula, inner)


def written(value: Value | Formula) -> str:
    """A value as plain text, letters and all.

    >>> from ..arithmetic.letters import symbols
    >>> written(sum(symbols("a", 2))), written(-0.5)
    ('a0 + a1', '-0.5')
    """
    return str(value if isinstance(value, Node) else leaf(value))
