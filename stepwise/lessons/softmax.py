"""A softmax told as a whole: the largest subtracted, the exponentials, their sum, the shares."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from ..arithmetic import Value, is_exact, plain, true_minus
from ..document.blocks import Block, FormulaLine, Prose, Table
from ..document.inline import Math, Text
from ..document.lesson import Section
from ..formula import Difference, Equality, Formula, Function, Number, Quotient, Sum, Symbol, equality, leaf
from ..language import _
from ..traces.axes import cell_place
from ..traces.step import Step
from ..traces.trace import Trace
from .inline import inline
from .long import is_long

MOST_ROWS = 12
"""Numbers that get a row of their own, the largest first; the others are told together."""


def softmax_sections(trace: Trace) -> list[Section]:
    """The working of the first row of shares; none where they are exact, or numbers that have no such shares."""
    step = trace.steps[0]
    if is_long(step):
        return []  # too many for a table; its steps tell it
    values = [plain(tap.value) for tap in step.taps]
    if is_exact(trace.output) or not all(map(math.isfinite, values)) or len(values) < 2:
        return []
    return [
        Section(_("Subtract the largest number"), tuple(_shift(step, values))),
        Section(_("Exponentials, sum, shares"), tuple(_table(trace, step, values))),
    ]


def _shift(step: Step, values: list[float]) -> Iterator[Block]:
    largest = Number(plain(max(values)))
    shifted = _("The largest of the {n} numbers is {largest}. It is subtracted from each, so the largest becomes 0.")
    if step.trace.output.size > len(values):
        shifted = _(
            "Of the {n} numbers that share a sum with cell {place}, the largest is {largest}. It is subtracted from "
            "each, so the largest becomes 0. All other sums are worked out in the same way."
        )
    place = cell_place(step.trace, step.index)
    yield Prose((shifted.format(n=len(values), place=place, largest=true_minus(largest.digits)),))
    same = _(
        "**Why this changes nothing.** Each exponential is divided by the same number, the exponential of the largest, "
        "and so is their sum:"
    )
    yield Prose(inline(same))
    yield FormulaLine(_why())
    yield Prose((_("Now no exponential is larger than 1, so none is too large for a computer to hold."),))


def _why() -> Formula:
    a, b, m = Symbol("a"), Symbol("b"), Symbol("m")
    shifted: list[Formula] = [Function("exp", (Difference(x, m),)) for x in (a, b)]
    e_a, e_b, e_m = (Function("exp", (x,)) for x in (a, b, m))
    divided = Quotient(Quotient(e_a, e_m), Quotient(Sum((e_a, e_b)), e_m))
    left = Quotient(shifted[0], Sum(tuple(shifted)))
    return Equality(left, Equality(divided, Quotient(e_a, Sum((e_a, e_b)))))


def _table(trace: Trace, step: Step, values: list[float]) -> Iterator[Block]:
    largest = max(values)
    grown = exponentials(values)
    total = math.fsum(grown)
    places = [tap.source for tap in step.taps if isinstance(tap.source, tuple)]
    shares = [plain(trace.output[place]) for place in places]
    order = sorted(range(len(values)), key=lambda i: (-values[i], i))
    shown = sorted(order[:MOST_ROWS]) if len(values) > MOST_ROWS else list(range(len(values)))
    rows: list[tuple[Text, ...]] = [
        (
            (cell_place(trace, places[i]),),
            _of(values[i]),
            _of(plain(values[i] - largest)),
            _of(grown[i]),
            _of(shares[i]),
        )
        for i in shown
    ]
    if len(shown) < len(values):
        others = [i for i in range(len(values)) if i not in shown]
        together = (math.fsum(grown[i] for i in others), math.fsum(float(shares[i]) for i in others))
        name = _("{n} others").format(n=len(others))
        rows.append(((name,), ("–",), ("–",), *(_of(number) for number in together)))
    rows.append(((_("sum"),), ("",), ("",), _of(total), _of(math.fsum(map(float, shares)))))
    head = (_("cell"), _("number"), _("minus the largest"), _("exponential"), _("share"))
    yield Table(_("From numbers to shares"), head, tuple(rows))
    best = order[0]
    share = Math(equality(Quotient(leaf(grown[best]), leaf(total)), Number(shares[best])))
    yield Prose(inline(_("The share of the largest number: {share}."), share=share))


def exponentials(values: Sequence[Value]) -> list[float]:
    """e to the power of each number, once the largest is subtracted."""
    numbers = list(map(float, values))
    largest = max(numbers)
    return [math.exp(number - largest) for number in numbers]


def _of(value: float) -> Text:
    return (Math(leaf(value)),)
