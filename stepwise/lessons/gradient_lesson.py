"""One gradient told as a lesson: its shape, the chain rule for its layer, every cell, and the other way to it."""

from __future__ import annotations

from dataclasses import replace

from ..arithmetic import holds_expressions
from ..document.blocks import Block, Prose, Scene
from ..document.inline import Code, Text
from ..document.lesson import Section, Stage
from ..language import _
from ..traces.trace import Trace
from . import cell_pictures, pictures
from .answer import read_off
from .cells import cell_steps, left_out
from .common import common_mistakes
from .gradient_names import forward, gradient_of, letter, own_symbol, symbol, wrt_noun
from .gradient_names import layer_call as call_of
from .gradient_pictures import asked
from .gradient_rules import chain_rule
from .gradient_ways import other_ways
from .inline import inline
from .letters import has_letters, meanings
from .phrases import check_it
from .terms import by

MOST_FORWARD = 64
"""Cells of a layer's output that are shown once more."""


def gradient_sections(trace: Trace, detail: str, last: bool = True) -> list[Section]:
    """The parts of the lesson, in order; of the `last` layer, the answer is what was asked for."""
    answer = (*read_off(trace, last), *(meanings(trace) if has_letters(trace) else ()), check_it(trace))
    return [
        Section(_("The question"), (Prose(_question(trace)), asked(trace), *left_out(trace)), part="question"),
        Section(_("How big is the answer?"), (Prose((_shapes(trace),)),), part="size"),
        *_forward_sections(trace),
        Section(_("The chain rule"), tuple(chain_rule(trace)), part="rule"),
        Section(_("Cell by cell"), tuple(cell_steps(trace, detail)), stage=_stage(trace), part="steps"),
        *(replace(section, part="otherwise") for section in other_ways(trace)),
        Section(_("Read off the answer"), answer, part="answer"),
        common_mistakes(trace),
    ]


def _stage(trace: Trace) -> Stage:
    """The gradient to be operated, and the layer's way there in the same figure, to be switched to."""
    layer = forward(trace)
    known = not any(map(holds_expressions, (*layer.inputs.values(), layer.output)))
    return Stage((trace,), alternatives=(layer,) if known else (), choice=_("Backward or forward pass:"))


def _question(trace: Trace) -> Text:
    question = _(
        "{call} gave the output Y ({shape}). The upstream gradient {up} is given. Work out {symbol}, the gradient for "
        "the {name}."
    )
    return inline(
        question,
        call=Code(call_of(trace)),
        shape=by(trace.inputs["input"].shape),
        up=symbol("output"),
        symbol=own_symbol(trace),
        name=wrt_noun(trace),
    )


def _shapes(trace: Trace) -> str:
    name = gradient_of(trace).wrt
    same = _(
        "A gradient has the shape of what it is the gradient of: {symbol} is {shape}, as {letter} is, and the upstream "
        "gradient {up} is {given}, as the output Y is."
    )
    return same.format(
        symbol=own_symbol(trace),
        shape=by(trace.shape),
        letter=letter(name),
        up=symbol("output"),
        given=by(trace.inputs["input"].shape),
    )


def _forward_sections(trace: Trace) -> list[Section]:
    """The layer once more, small: what it was given, and what it made of it."""
    layer = forward(trace)
    arrays = (*layer.inputs.values(), layer.output)
    if any(array.size > MOST_FORWARD for array in arrays) or any(map(holds_expressions, arrays)):
        return []
    drawn: list[Block] = [_drawn(layer)]
    blocks = (Prose((_("This is what the layer did:"),)), *drawn)
    return [Section(_("The forward pass once more"), blocks, part="forward")]


def _drawn(layer: Trace) -> Scene:
    scene = pictures.carried_out(layer) if layer.geometry.axes else cell_pictures.arrays(layer, answered=True)
    return replace(scene, of=None)
