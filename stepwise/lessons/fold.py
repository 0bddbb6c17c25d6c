"""Long formulas made short enough to read: a sum of many products becomes one subtotal for each channel."""

from __future__ import annotations

from ..formula import Equality, Formula, Number, Sum, equality, value
from ..traces import Step
from .names import cell_names, names, shortened

READABLE = 28
"""Terms that are shown one by one; a 3×3 window over three channels, and a bias, still are."""


def folded(step: Step) -> Formula:
    """The step's formula, or one with the same value in which runs of terms are subtotals.

    Of letters: long expressions that came in go by the names that the lesson gives them.
    """
    if names(step.trace) or cell_names(step.trace):
        return shortened(step)
    formula = step.formula
    if not isinstance(formula, Equality):
        return formula
    left = formula.left
    if not isinstance(left, Sum) or len(left.terms) <= READABLE or not isinstance(formula.right, Number):
        return formula
    groups = -(-len(left.terms) // READABLE)
    size = -(-len(left.terms) // -(-len(left.terms) // groups))
    runs = [left.terms[i : i + size] for i in range(0, len(left.terms), size)]
    shown: tuple[Formula, ...] = tuple(Number(float(_total(run))) for run in runs)
    return equality(Sum(shown), formula.right)


def _total(run: tuple[Formula, ...]) -> float:
    return float(value(Sum(run)))
