"""A sum over channels told a channel at a time: `(1·1 + 2·0) + (3·1 + 1·1) + 1 = 1 + 4 + 1 = 6`."""

from __future__ import annotations

from fractions import Fraction

from ..formula import Equality, Formula, Number, Sum, Symbol, equality, value
from ..language import _
from ..traces.step import Step
from .readable import READABLE


def by_channel(step: Step, formula: Formula) -> tuple[Formula, str] | None:
    """The formula with its terms gathered by the input's channels, and what is said of it; None where it has one alone.

    Of more terms than anybody reads, each channel's stand as their sum.
    """
    if isinstance(formula, Equality) and isinstance(formula.left, Symbol):  # what is worked out has a name before it
        found = by_channel(step, formula.right)
        return found and (Equality(formula.left, found[0], formula.exact), found[1])
    left, right = (formula.left, formula.right) if isinstance(formula, Equality) else (formula, None)
    if not isinstance(left, Sum) or "kernel" not in step.trace.inputs or not step.trace.geometry.axes:
        return None
    groups = _groups(step, left)
    if len(groups) < 2 or all(len(group) == 1 for group in groups):
        return None
    many = sum(map(len, groups))
    biases = left.terms[many:]
    fractions = any(isinstance(tap.value, Fraction) for tap in step.taps)
    if right is None or fractions or not isinstance(right, Number):  # of letters no number stands for a channel
        gathered = Sum((*map(_sum, groups), *biases))
        return (Equality(gathered, right, formula.exact) if isinstance(formula, Equality) and right else gathered), ""
    sums = Sum((*(worth(Sum(group)) for group in groups), *biases))
    if len(left.terms) > READABLE:
        if len(sums.terms) > READABLE:
            return None
        return equality(sums, right), note()
    gathered = Sum((*map(_sum, groups), *biases))
    return equality(gathered, equality(sums, right)), ""


def note() -> str:
    """What is said where each channel's products stand as their sum."""
    return _("Each channel's products are added first; the formula shows one sum for each channel.")


def _sum(terms: tuple[Formula, ...]) -> Formula:
    return terms[0] if len(terms) == 1 else Sum(terms)


def _groups(step: Step, total: Sum) -> list[tuple[Formula, ...]]:
    """The terms of the taps, channel by channel; none where padding is among them, which lies in none of the arrays."""
    trace = step.trace
    spatial = len(trace.geometry.axes)
    found: dict[int, list[Formula]] = {}
    taps = [tap for tap in step.taps if tap.is_data]
    if len(total.terms) != len(taps) + ("bias" in trace.inputs):
        return []
    for tap, term in zip(taps, total.terms):
        assert isinstance(tap.source, tuple)
        found.setdefault(trace.layer.layout.inner(tap.source, spatial)[1], []).append(term)
    return list(map(tuple, found.values()))


def worth(formula: Formula) -> Number:
    """What a formula of printed numbers comes to."""
    total = value(formula)
    return Number(int(total) if total == total and abs(total) != float("inf") and total % 1 == 0 else float(total))
