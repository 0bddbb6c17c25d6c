"""Long formulas made short enough to read: of many terms, one subtotal (or one largest) for each run of them."""

from __future__ import annotations

from fractions import Fraction

from ..formula import Equality, Formula, Function, Number, Quotient, Sum, equality, value
from ..language import _
from ..traces.step import Step
from .channels import by_channel, worth
from .names import cell_names, names, shortened
from .readable import READABLE

LARGEST = 12
"""Of a long dot product, so many products are shown, the largest first; the others make one subtotal."""
RANKED = ("dense", "matmul")
"""Operations whose terms lie nowhere in particular, so that they may be told in order of size."""


def folded(step: Step) -> tuple[Formula, str]:
    """The step's formula, or a short one of the same worth and a sentence that says what was drawn together.

    Of letters: long expressions that came in go by the names that the lesson gives them.
    """
    if names(step.trace) or cell_names(step.trace):
        formula = shortened(step)
        return by_channel(step, formula) or (formula, "")
    formula = step.formula
    if gathered := by_channel(step, formula):
        return gathered
    if not isinstance(formula, Equality) or not isinstance(formula.right, Number):
        return formula, ""
    if step.trace.layer.operation.name in RANKED and isinstance(formula.left, Sum):
        ranked, note = _ranked(formula.left, "bias" in step.trace.inputs)
        return (equality(ranked, formula.right), note) if note else (formula, "")
    short, size = _short(formula.left)
    if not size:
        return formula, ""
    note = notes()["max" if isinstance(short, Function) else "exp" if _of_exponentials(short) else "+"]
    return equality(short, formula.right), note.format(n=size)


def _of_exponentials(formula: Formula) -> bool:
    """Whether it is a softmax's share: one exponential over the sum of all."""
    return isinstance(formula, Quotient) and isinstance(formula.numerator, Function)


def _ranked(total: Sum, biased: bool) -> tuple[Sum, str]:
    """A dot product with its largest products first and the others as one number; no note where it is short already."""
    terms = total.terms[:-1] if biased else total.terms
    if len(terms) <= READABLE:
        return total, ""
    worths = [value(term) for term in terms]
    order = sorted(range(len(terms)), key=lambda i: (-_size(worths[i]), i))
    others = sorted(order[LARGEST:])
    rest = worth(Sum(tuple(terms[i] for i in others)))
    ranked, last = ranked_notes()
    note = ranked.format(
        all=len(terms), shown=LARGEST, rest=len(others), subtotal=rest.digits.replace("-", "\N{MINUS SIGN}")
    )
    if biased:
        note += " " + last
    return Sum((*(terms[i] for i in order[:LARGEST]), rest, *total.terms[len(terms) :])), note


def _size(worth: Fraction | float) -> float:
    """NaN is larger than everything."""
    return abs(float(worth)) if worth == worth else float("inf")


def ranked_notes() -> tuple[str, str]:
    """What is said where products stand in order of size; and of the bias after them."""
    ranked = _("Of {all} products the {shown} largest come first, by size; the other {rest} add up to {subtotal}.")
    return ranked, _("The bias comes last.")


def notes() -> dict[str, str]:
    """What is said where the numbers of a maximum, or the terms of a sum, were drawn together."""
    return {
        "max": _("The numbers are compared in groups of {n}; the formula shows the largest of each group."),
        "+": _("The terms are added in groups of {n}; the formula shows the subtotal of each group."),
        "exp": _("The denominator is the sum of all {n} exponentials."),
    }


def _short(formula: Formula) -> tuple[Formula, int]:
    """A formula of the same worth with few terms, and how many of the old make one; 0 where it is short already."""
    match formula:
        case Quotient(denominator=Sum(terms=terms) as total) if _of_exponentials(formula) and len(terms) > READABLE:
            return Quotient(formula.numerator, worth(total)), len(terms)
        case Quotient(numerator=Sum() as total):
            inner, size = _short(total)
            return Quotient(inner, formula.denominator), size
        case Sum(terms=terms) if len(terms) > READABLE:
            size = _run(len(terms))
            return Sum(tuple(worth(Sum(terms[i : i + size])) for i in range(0, len(terms), size))), size
        case Function(name="max", arguments=terms) if len(terms) > READABLE:
            size = _run(len(terms))
            runs = (terms[i : i + size] for i in range(0, len(terms), size))
            return Function("max", tuple(max(run, key=_order) for run in runs)), size
    return formula, 0


def _run(count: int) -> int:
    """The shortest run that leaves no more than `READABLE` of them."""
    return -(-count // READABLE)


def _order(formula: Formula) -> tuple[bool, float]:
    """NaN is larger than everything."""
    worth = float(value(formula))
    return worth != worth, worth if worth == worth else 0.0
