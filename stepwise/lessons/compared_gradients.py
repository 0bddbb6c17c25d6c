"""Two gradients side by side: the same upstream gradient led back through two layers, and the cells that differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..arithmetic import differing, unlike
from ..document.blocks import Block, Prose, Table
from ..document.inline import Code, Math, Text
from ..document.lesson import Lesson, Section
from ..errors import CallError
from ..language import _, plural
from ..ops import Gradient
from ..traces.axes import cell_place
from ..traces.step import Step
from ..traces.trace import Trace
from .answer import MOST_NUMBERS, numbers_of, read_off
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
    came = a.inputs["input"], b.inputs["input"]
    if came[0].shape != came[1].shape or unlike(*came).any():
        raise CallError("only gradients from the same upstream gradient can be compared; these two have others")
    kicker = labels(_("Worked example"), _("Gradient"))
    lead = inline(_("{a} beside {b}."), a=Code(layer_call(a)), b=Code(layer_call(b)))
    sections = (
        Section(_("Where they differ"), tuple(_differences(a, b))),
        *(Section(one.layer.call, tuple(_numbers(one))) for one in (a, b)),
    )
    return Lesson(title or _("Two gradients"), kicker, lead, sections, language, (a, b))


def _numbers(trace: Trace) -> list[Block]:
    """All of them; of more than anybody reads, what a page can show."""
    return [numbers_of(trace)] if trace.output.size <= MOST_NUMBERS else read_off(trace)


def _differences(a: Trace, b: Trace) -> Iterator[Block]:
    if a.shape != b.shape:
        sentence = _("{symbol} has the size {a} here and {b} there.")
        yield Prose((sentence.format(symbol=own_symbol(a), a=by(a.shape), b=by(b.shape)),))
        return
    yield from differing_table(a, b, differing(a.output, b.output), (layer_call(a), layer_call(b)))


def steps_at(a: Trace, b: Trace, cells: Iterable[int]) -> list[tuple[Step, Step]]:
    """Of cells that are numbered so, the working in both."""
    return [(a.steps[number], b.steps[number]) for number in cells]


def differing_table(a: Trace, b: Trace, cells: list[int], names: tuple[str, str]) -> Iterator[Block]:
    """How many cells differ, and the working of the first of them."""
    if not cells:
        yield Prose((_("Both gradients are the same in every cell."),))
        return
    count = plural("{n} of {all} cells differs.", "{n} of {all} cells differ.", len(cells), all=len(a.steps))
    yield Prose((count,))
    rows: list[tuple[Text, ...]] = [
        ((cell_place(a, one.index),), (Math(summed_up(one)[0]),), (Math(summed_up(two)[0]),))
        for one, two in steps_at(a, b, cells[:MOST_ROWS])
    ]
    yield Table(_("Where they differ"), (_("cell"), *names), tuple(rows))
