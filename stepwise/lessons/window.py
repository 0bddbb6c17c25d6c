"""A trace of a window operation told as a lesson, in the parts a teacher would take it in."""

from __future__ import annotations

from ..document.blocks import Block, Prose, StepBlock, Steps
from ..document.inline import Code, Text
from ..document.lesson import Section, Stage
from ..language import _, as_sentence, listed, plural
from ..ops import Conv
from ..traces.step import Step
from ..traces.trace import Trace, data_inputs
from . import pictures
from .answer import read_off
from .channel_maps import feature_maps, is_large
from .choice import Chosen, choose
from .common import common_mistakes
from .extent import SHOWN_CHANNELS
from .inline import inline, paragraph
from .letters import assumptions, has_letters, meanings
from .long import working
from .not_given import not_given
from .padding import padding_blocks, where_title
from .phrases import check_it, phrases
from .sizes import size_blocks
from .spreading import spreads
from .stems import stem_sections
from .terms import by, kind, pace, sizes, window_name
from .turning import laid_as_it_stands, turning_sections


def window_lead(trace: Trace) -> Text:
    """What is done, in one sentence."""
    axes = trace.geometry.axes
    instruction = phrases(trace).instruction(trace)
    match kind(trace):
        case "whole" | "adaptive" if all(axis.output == 1 for axis in axes):
            return (_("One window covers the whole input; {instruction}.").format(instruction=instruction),)
        case "adaptive":
            shared = _("Divide the input among {wanted} windows of nearly equal size; in each, {instruction}.")
            return (shared.format(wanted=sizes(axis.output for axis in axes), instruction=instruction),)
        case "transposed":
            return (as_sentence(instruction),)
    slid = _("Slide a {window} over the input, {pace}; at each position, {instruction}.")
    return (slid.format(window=window_name(axes), pace=pace(axes), instruction=instruction),)


def window_sections(trace: Trace, detail: str, last: bool = True) -> list[Section]:
    """The parts of the lesson, in order; of the `last` layer, the answer is what was asked for."""
    transposed = kind(trace) == "transposed"
    sections = [
        Section(_("The question"), tuple(_question(trace)), part="question"),
        *turning_sections(trace),
        Section(_("How big is the answer?"), tuple(size_blocks(trace)), part="size"),
        Section(where_title(trace), tuple(padding_blocks(trace)), part="padding"),
    ]
    if transposed:
        sections.append(Section(_("Spread every input cell"), tuple(spreads(trace)), part="spread"))
    title = _("Gather every output cell") if transposed else _("Slide the window")
    if kind(trace) == "whole":
        title = _("Look at the window")
    return [
        *sections,
        *stem_sections(trace),
        Section(title, tuple(window_steps(trace, detail)), stage=Stage((trace,)), part="steps"),
        Section(_("Read off the answer"), tuple(_answer(trace, last)), part="answer"),
        common_mistakes(trace),
    ]


def question_text(trace: Trace) -> Prose:
    """The call, the input's shape, and where the weights came from."""
    shape = listed(by(trace.inputs[name].shape) for name in data_inputs(trace))
    asked = _("Carry out {call} on this input ({shape}).")
    if len(data_inputs(trace)) > 1:
        asked = _("Carry out {call} on these inputs ({shape}).")
    made = (not_given(name, origin) for name, origin in trace.origins.items())
    letters = assumptions(trace) if has_letters(trace) else ()
    return Prose(paragraph(inline(asked, call=Code(trace.layer.call), shape=shape), *made, letters))


def _question(trace: Trace) -> list[Block]:
    if not is_large(trace):
        scenes = pictures.questions(trace)
        return [question_text(trace), *_groups(trace), *scenes, *_not_drawn(trace), *laid_as_it_stands(trace)]
    blocks: list[Block] = [question_text(trace), *_groups(trace), feature_maps(trace, "input")]
    blocks += [pictures.kernel_alone(trace)] if "kernel" in trace.inputs else []
    return [*blocks, *laid_as_it_stands(trace)]


def _groups(trace: Trace) -> list[Block]:
    """Which channels a filter looks at, where it is not all."""
    operation = trace.layer.operation
    if not isinstance(operation, Conv) or trace.channels[0] == 1:
        return []
    seen = [operation.seen(filter_, trace) for filter_ in range(min(trace.channels[1], MOST_FILTERS))]
    if len(seen[0]) == trace.channels[0]:
        return []
    filters = [_seen_by(number, channels) for number, channels in enumerate(seen)]
    if trace.channels[1] > len(filters):
        filters.append("…")
    sentence = _("A filter uses only the channels of its own group ({filters}).")
    return [Prose((sentence.format(filters="; ".join(filters)),))]


def _seen_by(filter_: int, channels: range) -> str:
    """`filter 0: channel 2`, or `filter 0: channels 2 to 3`"""
    if len(channels) == 1:
        return _("filter {filter}: channel {n}").format(filter=filter_, n=channels[0])
    several = _("filter {filter}: channels {first} to {last}")
    return several.format(filter=filter_, first=channels[0], last=channels[-1])


def _not_drawn(trace: Trace) -> list[Block]:
    """What of a question is not drawn."""
    drawn, blocks = SHOWN_CHANNELS, []
    if (count := pictures.images(trace)) > 1:
        blocks.append(Prose((_("Of the {n} images, the first is drawn; all are asked for.").format(n=count),)))
    seen = len(trace.layer.operation.seen(0, trace))
    for count, sentence in (
        (seen, _("Of the {n} channels that go into one result, the first {drawn} are drawn.")),
        (trace.channels[1], _("Of the {n} channels of the output, the first {drawn} are drawn; all are asked for.")),
    ):
        if count > drawn:
            blocks.append(Prose((sentence.format(n=count, drawn=drawn),)))
    return [*blocks]


MOST_FILTERS = 4
"""Filters of which it is told which channels they use."""


def window_steps(trace: Trace, detail: str) -> list[Block]:
    """How many windows there are, and those to tell, each with its picture, formula and sentence."""
    chosen = choose(trace, detail)
    total = len(trace.steps)
    gathered = kind(trace) == "transposed"  # no window: a cell is made from all that land on it
    if not chosen and gathered:
        return [Prose((plural("There is {n} output cell.", "There are {n} output cells.", total),))]
    if not chosen:
        return [Prose((plural("There is {n} window.", "There are {n} windows.", total),))]
    counted = _how_many_cells(chosen, total) if gathered else how_many(chosen, total)
    return [Prose((counted,)), _steps(chosen, total)]


def step_title(trace: Trace) -> str:
    """The heading over one step, with places for its number and for how many there are."""
    if not trace.geometry.axes:
        return _("Cell {n} of {total}")
    return _("Output cell {n} of {total}") if kind(trace) == "transposed" else _("Window {n} of {total}")


def _how_many_cells(chosen: list[Chosen], total: int) -> str:
    if len(chosen) == total:
        if total == 2:
            return _("Both output cells, in reading order.")
        return plural("The only output cell.", "All {n} output cells, in reading order.", total)
    typical = _("There are {total} output cells. Here are {shown} typical ones.")
    return typical.format(total=f"{total:,}", shown=len(chosen))


def how_many(chosen: list[Chosen], total: int) -> str:
    """How many windows there are, and how many are told."""
    if len(chosen) == total:
        if total == 2:
            return _("Both windows, in reading order.")
        return plural("The only window.", "All {n} windows, in reading order.", total)
    typical = _("There are {total} windows. Here are {shown} typical ones.")
    return typical.format(total=f"{total:,}", shown=len(chosen))


def _steps(chosen: list[Chosen], total: int) -> Steps:
    before = [None, *(one.step for one in chosen)]
    return Steps(tuple(_step(one, other, total) for one, other in zip(chosen, before)))


def _step(chosen: Chosen, before: Step | None, total: int) -> StepBlock:
    step = chosen.step
    title = step_title(step.trace).format(n=chosen.number, total=f"{total:,}")
    formula, sentences = working(step, before)
    return StepBlock(title, chosen.number, step.index, pictures.scene(step), formula, sentences, chosen.why)


def _answer(trace: Trace, last: bool) -> list[Block]:
    return [*read_off(trace, last), *(meanings(trace) if has_letters(trace) else []), check_it(trace)]
