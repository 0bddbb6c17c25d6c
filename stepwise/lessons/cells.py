"""Operations without a window told as a lesson: what happens to a cell, and where each one comes from."""

from __future__ import annotations

import math

from ..document.blocks import Block, Prose, StepBlock, Steps
from ..document.inline import Text
from ..document.lesson import Section, Stage
from ..language import _, as_sentence, listed
from ..ops import LocalResponseNorm
from ..ops.normalize import Normalization
from ..traces.step import Step
from ..traces.trace import Trace, data_inputs
from . import cell_pictures
from .answer import read_off
from .choice import Chosen, choose
from .common import common_mistakes
from .extent import SHOWN_CHANNELS
from .inline import paragraph
from .letters import has_letters, meanings
from .long import working
from .norms import norm_sections
from .phrases import check_it, phrases
from .response import response_sections
from .scenes import scene_of
from .sentences import pad_size, unpool_size
from .softmax import softmax_sections
from .sources import size_sentence, source_sections
from .terms import by
from .turning import edge_names
from .window import question_text


def cell_lead(trace: Trace) -> Text:
    """What is done, in one sentence."""
    instruction = phrases(trace).instruction(trace)
    return (as_sentence(instruction),)


def cell_sections(trace: Trace, detail: str, last: bool = True) -> list[Section]:
    """The parts of the lesson, in order; of the `last` layer, the answer is what was asked for."""
    given = [by(trace.inputs[name].shape) for name in data_inputs(trace)]
    size = _("An input of {given} gives an output of {result}.")
    if len(given) > 1:
        size = _("Inputs of {given} give an output of {result}.")
    size = size.format(given=listed(given), result=by(trace.shape))
    answer = (*read_off(trace, last), *(meanings(trace) if has_letters(trace) else ()), check_it(trace))
    return [
        Section(
            _("The question"),
            (question_text(trace), cell_pictures.arrays(trace, answered=False), *left_out(trace)),
            part="question",
        ),
        Section(
            _("How big is the answer?"),
            (Prose(paragraph(size, unpool_size(trace), pad_size(trace), edge_names(trace), size_sentence(trace))),),
            part="size",
        ),
        *source_sections(trace),
        *_worked_first(trace),
        Section(_("Cell by cell"), tuple(cell_steps(trace, detail)), stage=Stage((trace,)), part="steps"),
        Section(_("Read off the answer"), answer, part="answer"),
        common_mistakes(trace),
    ]


def _worked_first(trace: Trace) -> list[Section]:
    """What is worked out once for many cells."""
    if isinstance(trace.layer.operation, Normalization):
        return norm_sections(trace)
    if isinstance(trace.layer.operation, LocalResponseNorm):
        return response_sections(trace)
    return softmax_sections(trace) if trace.layer.operation.name == "softmax" else []


def left_out(trace: Trace) -> list[Block]:
    """Of arrays with more than two axes only some planes are drawn."""
    axis = cell_pictures.channel_axis(trace)
    if axis is None:
        arrays = [*(trace.inputs[name] for name in data_inputs(trace)), trace.output]
        everything = all(math.prod(array.shape[:-2]) <= 1 for array in arrays)
    else:
        images = trace.shape[0] if trace.ndim == 4 else 1
        everything = images == 1 and trace.shape[axis] <= SHOWN_CHANNELS
    return [] if everything else [Prose((_("Only a part is drawn here; all of it is asked for."),))]


def cell_steps(trace: Trace, detail: str) -> list[Block]:
    """How many cells there are, and those to tell, each with its picture, formula and sentence."""
    chosen = choose(trace, detail)
    total = len(trace.steps)
    if not chosen:
        return [Prose((_("There are {total} cells.").format(total=f"{total:,}"),))]
    if len(chosen) < total:
        counted = _("There are {total} cells. Here are {shown} typical ones.")
        counted = counted.format(total=f"{total:,}", shown=len(chosen))
    else:
        counted = _("Every cell, in reading order.")
    before = [None, *(one.step for one in chosen)]
    return [Prose((counted,)), Steps(tuple(_step(one, other, total) for one, other in zip(chosen, before)))]


def _step(chosen: Chosen, before: Step | None, total: int) -> StepBlock:
    step = chosen.step
    title = _("Cell {n} of {total}").format(n=chosen.number, total=f"{total:,}")
    formula, sentences = working(step, before)
    return StepBlock(title, chosen.number, step.index, scene_of(step), formula, sentences, chosen.why)
