"""Two gradients side by side: the same upstream gradient led back through two layers, and the cells that differ."""

from __future__ import annotations

from collections.abc import Iterator

from ..arithmetic import is_expression
from ..document.blocks import Block, Prose, Table
from ..document.inline import Code, Math, Text
from ..document.lesson import Lesson, Section
from ..errors import CallError
from ..language import _, plural
from ..ops import Gradient
from ..traces.axes import cell_place
from ..traces.step import Step
from ..traces.trace import Trace
from .answer import numbers_of
from .gradient_names import layer_call, own_symbol
from .inline import inline, labels
from .long import summed_up
from .terms import by

MOST_ROWS = 8
"""Cells that differ whose working is shown."""


def are_gradients(a: Trace, b: Trace) -> bool:
    """Whether both are gradients."""
    return isinstance(a.layer.operation, Gradient) and isinstance(b.layer.operation, Gradient)


def tell_compared_gradients(a: Trace, b: Trace, language: str, title: str | None) -> Lesson:
    """The lesson. Raises `CallError` where not the same numbers came back to both."""
    if a.inputs["input"].tolist() != b.inputs["input"].tolist():
        raise CallError("only gradients from the same upstream gradient can be compared; these two have others")
    kicker = labels(_("Worked example"), _("Gradient"))
    lead = inline(_("{a} beside {b}."), a=Code(layer_call(a)), b=Code(layer_call(b)))
    sections = (
        Section(_("Where they differ"), tuple(_differences(a, b))),
        *(Section(one.layer.call, (numbers_of(one),)) for one in (a, b)),
    )
    return Lesson(title or _("Two gradients"), kicker, lead, sections, language, (a, b))


def _differences(a: Trace, b: Trace) -> Iterator[Block]:
    if a.shape != b.shape:
        sentence = _("{symbol} has the size {a} here and {b} there.")
        yield Prose((sentence.format(symbol=own_symbol(a), a=by(a.shape), b=by(b.shape)),))
        return
    yield from differing_table(a, b, differing_steps(a, b), (layer_call(a), layer_call(b)))


def differing_steps(a: Trace, b: Trace) -> list[tuple[Step, Step]]:
    """The cells of two gradients of one size that are not the same, each with its working in both."""
    return [(one, two) for one, two in zip(a.steps, b.steps) if not _alike(one, two)]


def differing_table(a: Trace, b: Trace, steps: list[tuple[Step, Step]], names: tuple[str, str]) -> Iterator[Block]:
    """How many cells differ, and the working of the first of them."""
    if not steps:
        yield Prose((_("Both gradients are the same in every cell."),))
        return
    count = plural("{n} of {all} cells differs.", "{n} of {all} cells differ.", len(steps), all=len(a.steps))
    yield Prose((count,))
    rows: list[tuple[Text, ...]] = [
        ((cell_place(a, one.index),), (Math(summed_up(one)[0]),), (Math(summed_up(two)[0]),))
        for one, two in steps[:MOST_ROWS]
    ]
    yield Table(_("Where they differ"), (_("cell"), *names), tuple(rows))


def _alike(one: Step, two: Step) -> bool:
    first, second = one.result, two.result
    if is_expression(first) or is_expression(second):
        return bool(first == second)
    missing = first != first and second != second
    return bool(missing or first == second or abs(first - second) <= 1e-9 * max(1.0, abs(first)))
