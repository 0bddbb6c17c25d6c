"""Two whole ways back side by side: there, where the two can be compared, and back: which gradients differ, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..analysis.backpropagation import Backward
from ..analysis.backward import planned
from ..arithmetic import count_differing, differing, plain
from ..document.blocks import Block, Card, Pair, Prose, Table
from ..document.inline import Code, Math, Text
from ..document.lesson import Lesson, Section, Stage
from ..effort import TAP_SEEN, Effort, allow
from ..errors import ShapeError
from ..formula import leaf
from ..language import _
from ..traces.trace import Trace
from .answer import numbers_of
from .backpropagation import written
from .beside import beside, unshared
from .called import names_of
from .choice import refuse_long
from .comparable import check_comparable
from .compared_gradients import differing_table, steps_at
from .comparison import tell_comparison
from .gradient_causes import causes
from .gradient_names import layer_call, own_symbol, wrt_noun
from .inline import inline, labels, paragraph
from .parting import Parting
from .partings import partings_of
from .terms import by
from .way_back import named

ASKED = Effort(60e-6, 2e3)
"""Two cells whose taps are laid beside each other."""
MOST_NUMBERS = 144
"""Of a gradient with more, only what differs is shown."""
Found = tuple[int, str, Trace, Trace]
"""Two gradients that stand beside each other: the number of their layer from 1, their name, and both."""


def tell_compared_passes(
    a: Backward, b: Backward, language: str, title: str | None, detail: str, wanted: Sequence[str] = ()
) -> Lesson:
    """The lesson of two backward passes, within a language. Raises `CallError` for a name that no layer has."""
    refuse_long_passes(a.trace, b.trace, detail, wanted)
    pairs, alone = _paired(a, b, wanted)
    _refuse_many(pairs)
    names, partings, there = _there(a, b, language, detail)
    sections = [
        Section(_("The question"), (Prose(_question(a, b)),), level=1, part="question"),
        Section(_("Which gradients differ"), tuple(_overview(pairs, alone, names)), level=1, part="differences"),
        *there,
    ]
    for number, name, one, two in pairs:
        heading = _("Layer {n}: the gradient for the {name}").format(n=number, name=name)
        stage = Stage((one, two), names, (layer_call(one), layer_call(two))) if one.shape == two.shape else None
        sections.append(Section(heading, tuple(_pair(one, two, names)), level=1, stage=stage, part="changes"))
        sections.append(Section(_("Where they differ"), tuple(_why(one, two, names, partings)), part="changes"))
    title_of_both = title or _("{a} or {b}, forward and backward").format(a=names[0], b=names[1])
    traces = tuple(trace for _n, _name, one, two in pairs for trace in (one, two))
    return Lesson(
        title_of_both, labels(_("Worked example"), _("Backpropagation")), _lead(a, b), tuple(sections), language, traces
    )


def refuse_long_passes(a: Trace, b: Trace, detail: str, wanted: Sequence[str] = ()) -> None:
    """Raises `LimitError` before any is led back: where the forward passes, told side by side, are too long, or where
    one number of a weight's gradient is made from too many to be asked why it differs.
    """
    one, two = unshared(a, b)
    for x, y in beside(one, two):
        if x is not None and y is not None and x.geometry != y.geometry:
            _refuse_one(x, y, wanted)
    try:
        check_comparable(one, two)
    except ShapeError:
        return  # they are not told
    refuse_long((*one, *two), detail)


def _refuse_one(one: Trace, two: Trace, wanted: Sequence[str]) -> None:
    """Of windows that lie otherwise, every number of a kernel's gradient differs; one of the bias may not."""
    plans, others = planned(one), planned(two)
    names = [own.layer.named(own.layer.operation.weight_name) for own in (one, two)]
    plan, other = plans.get(names[0]), others.get(names[1])
    if plan is None or other is None or plan.shape != other.shape or (wanted and {*names, "kernel"}.isdisjoint(wanted)):
        return
    seen = sum(of.layer.operation.looked_at(of) for of in (plan, other))
    asking = f"asking a number of the gradient for the {names[0]} why it differs"
    allow(asking, ASKED + seen * TAP_SEEN, "take a smaller input, or the gradient for the input alone")


def _refuse_many(pairs: list[Found]) -> None:
    """Every cell that differs is asked why. Raises `LimitError` where they are too many."""
    effort, count = Effort(), 0
    for _number, _name, one, two in pairs:
        if one.shape == two.shape:
            differ = count_differing(one.output, two.output)
            seen = sum(trace.layer.operation.looked_at(trace) for trace in (one, two))
            effort += differ * (ASKED + seen * TAP_SEEN)
            count += differ
    allow(f"asking {count:,} cells why they differ", effort, "take a smaller input, or smaller windows")


def _lead(a: Backward, b: Backward) -> Text:
    if a.loss is not None and b.loss is not None:
        return (_("Two backward passes from a loss to the input, and the gradients that differ."),)
    return (_("Two backward passes from an upstream gradient to the input, and the gradients that differ."),)


def _question(a: Backward, b: Backward) -> Text:
    calls = [Code(" → ".join(written(call) for call in led.calls)) for led in (a, b)]
    asked = _("Lead the gradient back through {a} and through {b}.")
    about = inline(asked, a=calls[0], b=calls[1])
    if a.loss is None or b.loss is None:
        return about
    losses = [Math(leaf(plain(led.loss.output[()]))) for led in (a, b) if led.loss is not None]
    return paragraph(about, inline(_("The losses are {a} and {b}."), a=losses[0], b=losses[1]))


def _there(
    a: Backward, b: Backward, language: str, detail: str
) -> tuple[tuple[str, str], list[Parting], list[Section]]:
    """What the two are called, the decisions in which they part, and the forward passes, where they can be compared."""
    rows = beside(a.calls, b.calls)
    partings, _idle = partings_of(rows)
    names = names_of(rows, partings)
    try:
        check_comparable(*unshared(a.trace, b.trace))
    except ShapeError:
        return names, partings, []
    comparison = tell_comparison(a.trace, b.trace, language, None, detail)
    heading = Section(_("The forward pass"), (Prose(comparison.lead),), level=1)
    return names, partings, [heading, *(section for section in comparison.sections if section.part != "question")]


def _paired(a: Backward, b: Backward, wanted: Sequence[str]) -> tuple[list[Found], list[tuple[int, str, int]]]:
    """Gradients of the same name beside each other, last layer first; and those that only one of the two has.

    Of the latter, the third is which of the two has it.
    """
    found: list[Found] = []
    alone: list[tuple[int, str, int]] = []
    entries = [{(n, name): trace for n, name, trace in named(led, wanted)} for led in (a, b)]
    places = [{id(call): n for n, call in enumerate(led.calls)} for led in (a, b)]
    for x, y in reversed(beside(a.calls, b.calls)):
        own = [_of_call(call, entry, at) for call, entry, at in zip((x, y), entries, places)]
        twins = {name: trace for name, _n, trace in own[1]}
        for name, n, trace in reversed(own[0]):
            if name in twins:
                found.append((n + 1, name, trace, twins.pop(name)))
            else:
                alone.append((n + 1, name, 0))
        alone += [(n + 1, name, 1) for name, n, _trace in own[1] if name in twins]
    return found, alone


def _of_call(
    call: Trace | None, entry: dict[tuple[int, str], Trace], places: dict[int, int]
) -> list[tuple[str, int, Trace]]:
    """The gradients of one call, by what they are the gradients of, and the call's number from 0."""
    if call is None:
        return []
    number = places[id(call)]
    return [(wrt_noun(trace), number, trace) for (n, _name), trace in entry.items() if n == number]


def _overview(pairs: list[Found], alone: list[tuple[int, str, int]], names: tuple[str, str]) -> Iterator[Block]:
    rows: list[tuple[Text, ...]] = []
    for number, name, one, two in pairs:
        if one.shape != two.shape:
            difference = _("sizes {a} and {b}").format(a=by(one.shape), b=by(two.shape))
        elif count := count_differing(one.output, two.output):
            difference = _("{n} of {all} cells").format(n=count, all=one.output.size)
        else:
            difference = _("the same")
        rows.append(((str(number),), (f"{own_symbol(one)} ({name})",), (difference,)))
    for number, name, which in alone:
        rows.append(((str(number),), (name,), (_("only in {name}").format(name=names[which]),)))
    differ = [row for row in rows if row[2] != (_("the same"),)]
    yield Prose((_("Every gradient is the same in both."),) if not differ else (_("What differs of each gradient:"),))
    yield Table(_("Which gradients differ"), (_("layer"), _("gradient"), _("what differs")), tuple(rows))


def _pair(one: Trace, two: Trace, names: tuple[str, str]) -> Iterator[Block]:
    if max(one.output.size, two.output.size) <= MOST_NUMBERS:  # asked before a table of every number is made
        cards = [Card(name, layer_call(trace), (numbers_of(trace),)) for name, trace in zip(names, (one, two))]
        yield Pair(cards[0], cards[1])


def _why(one: Trace, two: Trace, names: tuple[str, str], partings: list[Parting]) -> Iterator[Block]:
    if one.shape != two.shape:
        sentence = _("{symbol} has the size {a} here and {b} there.")
        yield Prose((sentence.format(symbol=own_symbol(one), a=by(one.shape), b=by(two.shape)),))
        return
    cells = differing(one.output, two.output)
    yield from differing_table(one, two, cells, names)
    if cells:
        yield from causes(steps_at(one, two, cells), names, partings)


__all__ = ["refuse_long_passes", "tell_compared_passes"]
