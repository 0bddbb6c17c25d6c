"""Why a formula has no value: the first operation in it that makes NaN of numbers."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal, TypeAlias

from .tree import Absolute, Difference, Equality, Formula, Function, Number, Power, Product, Quotient, Sum
from .value import value

Cause: TypeAlias = Literal["NaN", "∞ - ∞", "0·∞", "0/0", "∞/∞", "root"]


def cause(formula: Formula) -> Cause | None:
    """What made NaN of a formula's numbers; `NaN` where one of them was NaN already, None where nothing in it does.

    >>> inf = float("inf")
    >>> cause(Sum((Number(inf), Number(3), Number(-inf)))), cause(Product((Number(0), Number(inf))))
    ('∞ - ∞', '0·∞')
    >>> cause(Sum((Number(1), Number(2)))) is None
    True
    """
    match formula:
        case Number():
            return "NaN" if formula.value != formula.value else None
        case Equality():
            return cause(formula.left)
        case Sum(terms=parts) | Product(factors=parts):
            return _first(parts) or _joined(formula)
        case Function(arguments=parts):
            return _first(parts) or ("root" if _is_nan(formula) else None)
        case Difference():
            return _first((formula.left, formula.right)) or _joined(formula)
        case Quotient():
            return _first((formula.numerator, formula.denominator)) or _divided(formula)
        case Power():
            return _first((formula.base, formula.exponent)) or ("root" if _is_nan(formula) else None)
        case Absolute():
            return cause(formula.inner)
    return None


def _first(parts: tuple[Formula, ...]) -> Cause | None:
    return next((found for part in parts if (found := cause(part))), None)


def _joined(formula: Sum | Difference | Product) -> Cause | None:
    if not _is_nan(formula):
        return None
    return "0·∞" if isinstance(formula, Product) else "∞ - ∞"


def _divided(formula: Quotient) -> Cause | None:
    if not _is_nan(formula):
        return None
    return "0/0" if value(formula.denominator) == 0 else "∞/∞"


def _is_nan(formula: Formula) -> bool:
    worth: Fraction | float = value(formula)
    return worth != worth
