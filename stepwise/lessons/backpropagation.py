"""A backward pass told: the chain rule, the forward pass again, the loss, each layer's gradients, last first."""

from __future__ import annotations

from collections.abc import Iterator

from ..analysis.backpropagation import Backward
from ..document.blocks import Block, Prose, Table
from ..document.inline import Code, Text
from ..document.lesson import Lesson, Section
from ..language import _, listed, speaking
from ..traces.trace import Trace, chain
from .answer import numbers_of
from .chain import layer_sections, lead_of
from .inline import inline, labels, paragraph
from .phrases import phrases
from .terms import by

MOST_DRAWN = 64
"""Numbers of an output that are printed in the forward pass once more."""


def tell_backward(back: Backward, language: str = "en", detail: str = "auto") -> Lesson:
    """The lesson of a backward pass."""
    with speaking(language):
        title = _("The way back")
        nouns = list(dict.fromkeys(phrases(call).noun() for call in back.calls))
        kicker = labels(_("Worked example"), _("Backpropagation"), ", ".join(nouns))
        return Lesson(title, kicker, _lead(back), tuple(backward_sections(back, detail)), language, (back.input,))


def _lead(back: Backward) -> Text:
    if back.loss is None:
        return (_("Given the gradient of the output, the gradients of the input and of every weight are worked out."),)
    return (_("From the loss back to the input: how much the loss grows with every number and every weight."),)


def backward_sections(back: Backward, detail: str) -> Iterator[Section]:
    """The parts of the lesson, in order."""
    yield Section(_("The chain rule, and the shapes"), tuple(_shapes(back)), level=1)
    yield Section(_("The forward pass once more"), tuple(_forward(back)), level=1)
    if back.loss is not None:
        yield from _loss(back, back.loss, detail)
    for number in range(len(back.calls), 0, -1):
        yield from _layer(back, number, detail)


def _shapes(back: Backward) -> Iterator[Block]:
    rule = _(
        "Each layer gets the gradient of its output, the upstream gradient, and multiplies it by its own derivatives: "
        "that gives the gradients of its weights and of its input, and the gradient of its input is the upstream "
        "gradient of the layer before."
    )
    yield Prose((rule,))
    yield Prose((_("A gradient has the shape of what it is the gradient of:"),))
    rows = []
    for number, (call, found) in enumerate(zip(back.calls, back.gradients), 1):
        sizes = listed(_("{name}: {shape}").format(name=name, shape=by(one.shape)) for name, one in found.items())
        rows.append(((str(number),), (Code(call.layer.whole or call.layer.call),), (by(call.shape),), (sizes,)))
    head = (_("layer"), _("call"), _("output, and upstream gradient"), _("gradients"))
    yield Table(_("Shapes"), head, tuple(rows))


def _forward(back: Backward) -> Iterator[Block]:
    for number, call in enumerate(back.calls, 1):
        written = Code(call.layer.whole or call.layer.call)
        yield Prose(inline(_("{n}. {call} gives {shape}:"), n=number, call=written, shape=by(call.shape)))
        if call.output.size <= MOST_DRAWN:
            yield numbers_of(call)


def _loss(back: Backward, loss: Trace, detail: str) -> Iterator[Section]:
    stages = [trace for trace in chain(loss) if trace not in chain(back.trace)]
    for stage in stages:
        yield Section(_("The loss: {noun}").format(noun=phrases(stage).noun()), (Prose(lead_of(stage)),), level=1)
        yield from layer_sections(stage, detail, False)
    if isinstance(back.upstream, Trace):
        title = _("The gradient of the loss for the output")
        yield from _gradient(title, back.upstream, chain(back.upstream), detail)


def _layer(back: Backward, number: int, detail: str) -> Iterator[Section]:
    call, found = back.calls[number - 1], back.gradients[number - 1]
    known = {id(one) for later in back.gradients[number:] for trace in later.values() for one in chain(trace)}
    known |= {id(one) for one in chain(back.upstream)} if isinstance(back.upstream, Trace) else set()
    noun = phrases(call).noun()
    for name, trace in reversed(found.items()):
        title = _("Layer {n}, {noun}: the gradient of its {name}").format(n=number, noun=noun, name=name)
        own = [one for one in chain(trace) if id(one) not in known]
        known |= {id(one) for one in own}
        yield from _gradient(title, trace, own or [trace], detail)


def _gradient(title: str, trace: Trace, stages: list[Trace], detail: str) -> Iterator[Section]:
    yield Section(title, (Prose(paragraph(lead_of(trace))),), level=1)
    for stage in stages:
        yield from layer_sections(stage, detail, False)
