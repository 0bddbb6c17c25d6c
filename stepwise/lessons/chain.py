"""A trace, and every layer before it, told as one lesson; each layer by the narrator of its family."""

from __future__ import annotations

from collections.abc import Sequence

from ..document.blocks import Prose
from ..document.inline import Text
from ..document.lesson import Lesson, Section
from ..language import _
from ..ops import Gradient
from ..traces.trace import Trace, chain
from .assumed import assumed_of
from .cells import cell_lead, cell_sections
from .counted import calls, has_stages, heading, is_gradient, layer_count, one_after_the_other
from .decision import answers
from .gradient_names import gradient_noun
from .inline import labels, paragraph
from .left_out import left_out_of
from .phrases import phrases
from .summary import shape
from .takes import takes
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
    assumed = paragraph(assumed_of(trace), left_out_of(trace))
    layers = chain(trace)
    nouns = list(dict.fromkeys(phrases(layer).noun() for layer in layers))
    kicker = labels(_("Worked example"), ", ".join(nouns))
    if is_gradient(layers):
        title = title or gradient_noun(trace)
    staged = has_stages(layers)
    if len(layers) == 1:
        numbers = terms(trace)
        own = _("{noun}: {terms}").format(noun=nouns[0], terms=numbers) if numbers else noun_of(trace)
        parts = (*layer_sections(trace, detail, matrix), *_answer(said))
        return Lesson(title or own, kicker, paragraph(lead_of(trace), assumed), parts, language, (trace,))
    from .network import is_network, layer_section, overview  # of a single layer nothing is asked of it

    if is_network(trace):
        sections = overview(trace, said)
        sections += [
            layer_section(
                heading(n, noun_of(one), staged),
                one,
                paragraph(lead_of(one), takes(one, layers, staged)),
                layer_sections(one, detail, matrix, last=one is trace),
            )
            for n, one in enumerate(layers, 1)
        ]
        lead = _("{n} layers, from {given} to {result}: first the whole network, then each layer.")
        if staged:
            lead = _("{layers} in {n} stages, from {given} to {result}: first the whole network, then each stage.")
        lead = lead.format(
            n=len(layers),
            layers=layer_count(calls(layers)),
            given=shape(layers[0].inputs["input"].shape),
            result=shape(trace.shape),
        )
        title = title or _("A network, layer by layer")
        return Lesson(title, kicker, paragraph(lead, assumed), tuple(sections), language, (trace,))
    sections = []
    for number, layer in enumerate(layers, 1):
        headed = heading(number, noun_of(layer), staged)
        sections.append(Section(headed, (Prose(paragraph(lead_of(layer), takes(layer, layers, staged))),), level=1))
        sections += layer_sections(layer, detail, matrix, last=layer is trace)
    sections += _answer(said)
    counted = paragraph(one_after_the_other(layers), assumed)
    return Lesson(title or ", ".join(nouns), kicker, counted, tuple(sections), language, (trace,))


def _answer(sentences: Sequence[str]) -> list[Section]:
    if not sentences:
        return []
    from .network import answer_blocks

    return [Section(_("The network's answer"), tuple(answer_blocks(sentences)), part="answer")]


def noun_of(trace: Trace) -> str:
    """What a layer is called; of a gradient, by the layer and by what it is the gradient of."""
    return gradient_noun(trace) if isinstance(trace.layer.operation, Gradient) else phrases(trace).noun()


def lead_of(trace: Trace) -> Text:
    """What a layer does, in one sentence."""
    return window_lead(trace) if trace.geometry.axes else cell_lead(trace)


def layer_sections(trace: Trace, detail: str, matrix: bool, last: bool = True) -> list[Section]:
    """The parts of one layer's lesson, by the narrator of its family; of the `last`, the answer is what was asked."""
    tell = window_sections if trace.geometry.axes else cell_sections
    if isinstance(trace.layer.operation, Gradient):
        from .gradient_lesson import gradient_sections as tell  # the way back costs the way there nothing
    sections = tell(trace, detail, last)
    if matrix:
        from .matrices import matrix_sections  # its algebra costs a short request more than its whole telling

        sections += matrix_sections(trace)
    return sections
