"""A trace, and every layer before it, told as one lesson; each layer by the narrator of its family."""

from __future__ import annotations

from collections.abc import Sequence

from ..algebra.matrix import has_matrix
from ..language import _
from ..traces import Trace, chain
from .assumed import assumed_of
from .blocks import Lesson, Prose, Section, Text
from .cells import cell_lead, cell_sections
from .decision import answers
from .matrix import matrix_section
from .network import answer_blocks, is_network, layer_section, overview
from .phrases import phrases
from .summary import shape
from .terms import terms
from .window import window_lead, window_sections


def tell_chain(
    trace: Trace,
    language: str,
    detail: str,
    title: str | None = None,
    matrix: bool = False,
    classes: Sequence[str] = (),
    answered: bool = True,
) -> Lesson:
    """The lesson of a trace and of every layer before it.

    With `matrix`, layers that have one are told as it, too; with `answered`, a network says its answer in words.
    """
    said = answers(trace, classes)
    said = said if answered else []
    told_of_axes = assumed_of(trace)
    assumed = (" " + told_of_axes,) if told_of_axes else ()
    layers = chain(trace)
    nouns = list(dict.fromkeys(phrases(layer).noun() for layer in layers))
    kicker = _("Worked example") + " · " + ", ".join(nouns)
    if len(layers) == 1:
        told = terms(trace)
        own = _("{noun}: {terms}").format(noun=nouns[0], terms=told) if told else nouns[0]
        told_sections = (*_sections(trace, detail, matrix), *_answer(said))
        return Lesson(title or own, kicker, (*_lead(trace), *assumed), told_sections, language, (trace,))
    if is_network(trace):
        sections = overview(trace, said)
        sections += [
            layer_section(n, one, _lead(one), _sections(one, detail, matrix, last=one is trace))
            for n, one in enumerate(layers, 1)
        ]
        lead = _("{n} layers, from {given} to {result}: first all together, then one by one.").format(
            n=len(layers), given=shape(layers[0].inputs["input"].shape), result=shape(trace.shape)
        )
        return Lesson(
            title or _("A network, layer by layer"), kicker, (lead, *assumed), tuple(sections), language, (trace,)
        )
    sections = []
    staged = all(layer.layer.stage for layer in layers[1:])  # one call, not several
    for number, layer in enumerate(layers, 1):
        heading = _("Stage {n}: {noun}") if staged else _("Layer {n}: {noun}")
        heading = heading.format(n=number, noun=phrases(layer).noun())
        sections.append(Section(heading, (Prose(_lead(layer)),), level=1))
        sections += _sections(layer, detail, matrix, last=layer is trace)
    sections += _answer(said)
    several = _("One layer, carried out in {n} stages.") if staged else _("{n} layers, one after the other.")
    lead = several.format(n=len(layers))
    return Lesson(title or ", ".join(nouns), kicker, (lead, *assumed), tuple(sections), language, (trace,))


def _answer(told: Sequence[str]) -> list[Section]:
    return [Section(_("What comes out"), tuple(answer_blocks(told)))] if told else []


def _lead(trace: Trace) -> Text:
    return window_lead(trace) if trace.geometry.axes else cell_lead(trace)


def _sections(trace: Trace, detail: str, matrix: bool, last: bool = True) -> list[Section]:
    tell = window_sections if trace.geometry.axes else cell_sections
    sections = tell(trace, detail, last)
    return [*sections, matrix_section(trace)] if matrix and has_matrix(trace) else sections
