"""A trace of a window operation told as a lesson, in the parts a teacher would take it in."""

from __future__ import annotations

from ..arithmetic import plain
from ..formula import Product, leaf
from ..language import _, plural
from ..layout import written_index
from ..ops import Conv, Gradient
from ..traces import Trace
from . import pictures
from .answer import read_off
from .blocks import Block, Code, Inline, Math, Prose, Section, Stage, StepBlock, Steps, Table, Text
from .choice import Chosen, choose
from .common import common_mistakes
from .letters import assumptions, has_letters, meanings
from .long import working
from .not_given import not_given
from .phrases import check_it, phrases
from .sizes import apart, pace, padding_blocks, size_blocks, where_title
from .terms import cells, kind, sizes, window_name


def window_lead(trace: Trace) -> Text:
    """What is done, in one sentence."""
    axes = trace.geometry.axes
    instruction = phrases(trace).instruction(trace)
    match kind(trace):
        case "whole" | "adaptive" if all(axis.output == 1 for axis in axes):
            told = _("One window covers the whole input; {instruction}.")
            return (told.format(instruction=instruction),)
        case "adaptive":
            told = _("Share the input out among {wanted} windows of nearly equal size; in each, {instruction}.")
            return (told.format(wanted=sizes(axis.output for axis in axes), instruction=instruction),)
        case "transposed":
            told = _("Lay a copy of the kernel, {size}, down for every input cell, {apart}, {instruction}.")
            return (told.format(size=cells(a.window for a in axes), apart=apart(axes), instruction=instruction),)
    told = _("Slide a {window} over the input, {pace}; in each place, {instruction}.")
    return (told.format(window=window_name(axes), pace=pace(axes), instruction=instruction),)


def window_sections(trace: Trace, detail: str, last: bool = True) -> list[Section]:
    """The parts of the lesson, in order; of the `last` layer, the answer is what was asked for."""
    transposed = kind(trace) == "transposed"
    sections = [
        Section(_("The question"), tuple(_question(trace))),
        Section(_("How big is the answer?"), tuple(size_blocks(trace))),
        Section(where_title(trace), tuple(padding_blocks(trace))),
    ]
    if transposed:
        sections.append(Section(_("Spread every input cell"), tuple(_spreads(trace))))
    title = _("Gather every output cell") if transposed else _("Slide the window")
    if kind(trace) == "whole":
        title = _("Look at the window")
    return [
        *sections,
        Section(title, tuple(told_steps(trace, detail)), stage=Stage((trace,))),
        Section(_("Read off the answer"), tuple(_answer(trace, last))),
        common_mistakes(trace),
    ]


def question_text(trace: Trace) -> Prose:
    """The call, the input's shape, and where the weights came from."""
    shape = "\u00a0×\u00a0".join(map(str, trace.inputs["input"].shape))
    told = [_("Carry out") + " ", " " + _("on this input")]
    if isinstance(trace.layer.operation, Gradient):
        told = [_("Work out the") + " ", ", " + _("where this comes back to the output")]
    text: list[Inline] = [told[0], Code(trace.layer.call), f"{told[1]} ({shape})."]
    for name, made in trace.origins.items():
        text += [" ", *not_given(name, made)]
    if has_letters(trace):
        text += [" ", *assumptions(trace)]
    return Prose(tuple(text))


def _question(trace: Trace) -> list[Block]:
    if not pictures.is_large(trace):
        drawn = range(min(trace.channels[1], pictures.SHOWN_CHANNELS))
        scenes = [pictures.question(trace, channel) for channel in drawn]
        return [question_text(trace), *_groups(trace), *scenes, *_not_drawn(trace)]
    blocks: list[Block] = [question_text(trace), *_groups(trace), pictures.feature_maps(trace, "input")]
    return [*blocks, pictures.kernel_alone(trace)] if "kernel" in trace.inputs else blocks


def _groups(trace: Trace) -> list[Block]:
    """Which channels a filter looks at, where it is not all."""
    operation = trace.layer.operation
    if not isinstance(operation, Conv) or trace.channels[0] == 1:
        return []
    seen = [operation.seen(filter_, trace) for filter_ in range(min(trace.channels[1], MOST_FILTERS))]
    if len(seen[0]) == trace.channels[0]:
        return []
    told = [
        _("filter {filter} at {channels}").format(filter=number, channels=span_of(channels))
        for number, channels in enumerate(seen)
    ]
    if trace.channels[1] > len(told):
        told.append("…")
    text = _("A filter looks at the channels of its own group alone: {filters}.")
    return [Prose((text.format(filters=", ".join(told)),))]


def span_of(channels: range) -> str:
    """`channel 2`, or `channels 2 to 3`"""
    if len(channels) == 1:
        return _("channel {n}").format(n=channels[0])
    return _("channels {first} to {last}").format(first=channels[0], last=channels[-1])


def _not_drawn(trace: Trace) -> list[Block]:
    """What of a question is not drawn."""
    drawn, blocks = pictures.SHOWN_CHANNELS, []
    seen = len(trace.layer.operation.seen(0, trace))
    for count, told in (
        (seen, _("Of the {n} channels that go into one result, the first {drawn} are drawn.")),
        (trace.channels[1], _("Of the {n} channels of the output, the first {drawn} are drawn; all are asked for.")),
    ):
        if count > drawn:
            blocks.append(Prose((told.format(n=count, drawn=drawn),)))
    return [*blocks]


MOST_FILTERS = 4
"""Filters of which it is told at which channels they look."""
MOST_SPREAD = 4
"""Input cells whose spreading is told."""
MOST_LANDED = 9
"""Places told of each."""


def _spreads(trace: Trace) -> list[Block]:
    """The other way of telling a transposed convolution: what each input cell gives, and where."""
    array = trace.inputs["input"]
    rows: list[tuple[Text, ...]] = []
    for index, value in pictures.cells_of(array, MOST_SPREAD):
        given: list[Inline] = []
        landed = trace.layer.operation.spreads(trace, index)
        for at, weight in landed[:MOST_LANDED]:
            product = Product((leaf(plain(value)), leaf(weight)))
            given += [", " if given else "", f"{written_index(at)} += ", Math(product)]
        given += [", …"] if len(landed) > MOST_LANDED else []
        rows.append(((written_index(index),), tuple(given) or (_("nothing: all of it is cut off"),)))
    told = _("Each input cell multiplies the whole kernel, and the products are added to the output.")
    if any(axis.padding.before > 0 or axis.padding.after > 0 for axis in trace.geometry.axes):
        told += " " + _("What falls on a line that is cut off is left out.")
    blocks: list[Block] = [
        Prose((told,)),
        Table(_("What every input cell gives"), (_("input cell"), _("adds")), tuple(rows)),
    ]
    if array.size > MOST_SPREAD:
        blocks.append(Prose((_("… and so on for {n} more.").format(n=array.size - MOST_SPREAD),)))
    return blocks


def told_steps(trace: Trace, detail: str) -> list[Block]:
    """How many windows there are, and those to tell, each with its picture, formula and sentence."""
    chosen = choose(trace, detail)
    total = len(trace.steps)
    gathered = kind(trace) == "transposed"  # no window: a cell is made from all that land on it
    if not chosen and gathered:
        return [Prose((plural("There is {n} output cell.", "There are {n} output cells.", total),))]
    if not chosen:
        return [Prose((plural("There is {n} window.", "There are {n} windows.", total),))]
    return [Prose(_how_many_cells(chosen, total) if gathered else how_many(chosen, total)), _told(chosen, total)]


def step_title(trace: Trace) -> str:
    """The heading over one step, with places for its number and for how many there are."""
    if not trace.geometry.axes:
        return _("Cell {n} of {total}")
    return _("Output cell {n} of {total}") if kind(trace) == "transposed" else _("Window {n} of {total}")


def _how_many_cells(chosen: list[Chosen], total: int) -> Text:
    if len(chosen) == total:
        if total == 2:
            return (_("Both output cells, in reading order."),)
        return (plural("The one output cell there is.", "All {n} output cells, in reading order.", total),)
    told = _("There are {total} output cells. Here are {shown} telling ones; see every one with")
    return _some_of(told, chosen, total)


def how_many(chosen: list[Chosen], total: int) -> Text:
    """How many windows there are, how many are told, and how to see the others."""
    if len(chosen) == total:
        if total == 2:
            return (_("Both windows, in reading order."),)
        return (plural("The one window there is.", "All {n} windows, in reading order.", total),)
    told = _("There are {total} windows. Here are {shown} telling ones; see every one with")
    return _some_of(told, chosen, total)


def _some_of(told: str, chosen: list[Chosen], total: int) -> Text:
    return (
        told.format(total=f"{total:,}", shown=len(chosen)) + " ",
        Code("--steps all"),
        ", " + _("or any single one in Python with") + " ",
        Code(f"trace.step({chosen[-1].step.index})"),
        ".",
    )


def _told(chosen: list[Chosen], total: int) -> Steps:
    return Steps(tuple(_step(one, total) for one in chosen))


def _step(chosen: Chosen, total: int) -> StepBlock:
    step = chosen.step
    title = step_title(step.trace).format(n=chosen.number, total=f"{total:,}")
    formula, told = working(step)
    return StepBlock(title, chosen.number, step.index, pictures.scene(step), formula, told, chosen.why)


def _answer(trace: Trace, last: bool) -> list[Block]:
    return [*read_off(trace, last), *(meanings(trace) if has_letters(trace) else []), check_it(trace)]
