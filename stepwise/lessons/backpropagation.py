"""A backward pass told: the chain rule, the forward pass again, the loss, each layer's gradients, last first.

One gradient alone is told in full. Of several, each has its rule, its cells' working and its numbers; its whole lesson
is folded behind them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..analysis.backpropagation import Backward
from ..analysis.backward import stages
from ..analysis.came_back import terms_of
from ..analysis.update import Update
from ..document.blocks import Block, Prose, Table
from ..document.inline import Code, Text
from ..document.lesson import Lesson, Section
from ..language import _, listed, speaking
from ..ops import Gradient
from ..traces.trace import Trace, chain
from .answer import numbers_of
from .captions import gradient_caption
from .chain import layer_sections, lead_of, noun_of, tell_chain
from .choice import refuse_long
from .flow import MOST_DRAWN, MOST_ROWS, there, workings
from .flow import back as flow_back
from .gradient_difference import together
from .gradient_names import own_symbol, symbol, wrt_noun
from .gradient_rules import chain_rule
from .gradient_ways import other_ways
from .heat import heat_sections
from .inline import inline, labels, paragraph
from .phrases import phrases
from .takes import in_line
from .terms import by
from .way_back import named


def tell_backward(
    back: Backward, language: str = "en", detail: str = "auto", wanted: Sequence[str] = (), title: str | None = None
) -> Lesson:
    """The lesson of a backward pass; of the gradients that are `wanted`, all where none is named."""
    with speaking(language):
        nouns = list(dict.fromkeys(phrases(call).noun() for call in back.calls))
        kicker = labels(_("Worked example"), _("Backpropagation"), ", ".join(nouns))
        traces = tuple(trace for _number, _name, trace in named(back, wanted))
        refuse_long((*traces, *([] if back.loss is None else [back.loss])), detail)
        if len(traces) == len(back.calls) == 1 and back.loss is None:
            return tell_chain(traces[0], language, detail, title)
        sections = tuple(backward_sections(back, detail, wanted))
        return Lesson(title or _("The backward pass"), kicker, _lead(back), sections, language, traces)


def _lead(back: Backward) -> Text:
    if back.loss is None:
        return (_("The gradient of the output, the upstream gradient, is given; all other gradients follow from it."),)
    return (_("From the loss back to the input: how fast the loss grows with every weight and every number."),)


def backward_sections(
    back: Backward, detail: str, wanted: Sequence[str] = (), update: Update | None = None
) -> list[Section]:
    """The parts of the lesson, in order; with what an `update` made of the weights, where one follows."""
    shown_gradients = named(back, wanted)
    sections = [Section(_("The chain rule, and the shapes"), tuple(_shapes(back)), level=1)]
    if len(back.calls) > 1 or back.loss is not None or len(shown_gradients) > 1:
        sections.append(Section(_("The forward pass once more"), tuple(_forward(back)), level=1))
    if back.loss is not None:
        sections += _loss(back, back.loss, detail)
    alone = len(shown_gradients) == 1
    if not alone:
        sections = [sections[0], *heat_sections(back, update), *sections[1:]]
    if not alone and (drawn := flow_back(back)):
        sections.append(
            Section(
                _("The whole backward pass"),
                (Prose((_("The gradients, from the last layer to the first:"),)), *drawn),
                level=1,
            )
        )
    known = set(map(id, chain(back.upstream))) if isinstance(back.upstream, Trace) else set()
    for number in range(len(back.calls) - 1, -1, -1):
        own = [(name, trace) for layer, name, trace in shown_gradients if layer == number]
        sections += _layer(back, number, own, detail, alone, known)
        known |= {id(one) for trace in back.gradients[number].values() for one in chain(trace)}
    if id(back.input) not in known and not wanted:
        sections.append(_of_sum(back, back.input, _("What comes back to the input")))
    return sections


def _shapes(back: Backward) -> Iterator[Block]:
    rule = _(
        "Each layer gets the gradient of its output, the upstream gradient, and multiplies it by its own derivatives. "
        "That gives the gradients of its weights and of its input."
    )
    yield Prose(paragraph(rule, _further(back)))
    yield Prose((_("A gradient has the shape of what it is the gradient of:"),))
    rows = []
    for number, (call, found) in enumerate(zip(back.calls, back.gradients), 1):
        sizes = listed(_("{name}: {shape}").format(name=name, shape=by(one.shape)) for name, one in found.items())
        rows.append(((str(number),), (Code(written(call)),), (by(call.shape),), (sizes,)))
    head = (_("layer"), _("call"), _("output and upstream gradient"), _("gradients"))
    yield Table(_("Shapes"), head, tuple(rows))


def _further(back: Backward) -> str:
    """What becomes of the gradient of a layer's input, where there is a layer before, or a branch."""
    if not in_line(chain(back.trace)):
        return _(
            "The gradient of its input goes back to the layer that the input came from. Where an output is used more "
            "than once, several gradients come back to it: their sum is its upstream gradient."
        )
    if len(back.calls) > 1:
        return _("The gradient of its input is the upstream gradient of the layer before.")
    return ""


def written(call: Trace) -> str:
    """A layer's call as it was written, whatever its stages."""
    return call.layer.whole or call.layer.call


def _forward(back: Backward) -> Iterator[Block]:
    drawn = there(back.calls)
    yield from drawn
    for number, call in enumerate(back.calls, 1):
        sentence = (
            _("{n}. {call} gives {shape}:") if call.output.size <= MOST_DRAWN else _("{n}. {call} gives {shape}.")
        )
        yield Prose(inline(sentence, n=number, call=Code(written(call)), shape=by(call.shape)))
        if call.output.size <= MOST_ROWS:
            for stage in reversed(stages(call)):
                yield from workings(stage)
        if not drawn:
            yield from _numbers(call)


def _numbers(trace: Trace) -> Iterator[Block]:
    if trace.output.size <= MOST_DRAWN:
        yield numbers_of(trace)


def _loss(back: Backward, loss: Trace, detail: str) -> Iterator[Section]:
    before = set(map(id, chain(back.trace)))
    for stage in chain(loss):
        if id(stage) not in before:
            title = _("The loss: {noun}").format(noun=phrases(stage).noun())
            yield Section(title, (Prose(lead_of(stage)), *workings(stage)), level=1, folded=_whole(stage, detail))
    if isinstance(back.upstream, Trace):
        title = _("The gradient of the loss for the output")
        folded = _whole(back.upstream, detail)
        yield Section(title, tuple(_of_loss(back.upstream, detail)), level=1, folded=folded, layer=back.upstream)


def _whole(trace: Trace, detail: str) -> tuple[Section, ...]:
    return tuple(layer_sections(trace, detail, False))


def _layer(
    back: Backward, number: int, own: list[tuple[str, Trace]], detail: str, alone: bool, known: set[int]
) -> Iterator[Section]:
    """The gradients of one layer: of its weights first, and then of its input, which goes on."""
    call = back.calls[number]
    for _name, trace in reversed(own):
        stages = [one for one in chain(trace) if id(one) not in known]
        known |= set(map(id, stages))
        for stage in stages or [trace]:
            if not isinstance(stage.layer.operation, Gradient):
                title = _("What comes back to layer {n}: {noun}").format(n=number + 1, noun=phrases(call).noun())
                yield _of_sum(back, stage, title)
                continue
            title = _("Layer {n}: {noun}").format(n=number + 1, noun=noun_of(stage))
            if alone:
                yield Section(title, (Prose(lead_of(stage)),), level=1, layer=stage)
                yield from _whole(stage, detail)
            else:
                yield Section(title, tuple(_briefly(stage, detail)), level=1, folded=_whole(stage, detail), layer=stage)


def _of_sum(back: Backward, stage: Trace, title: str) -> Section:
    """What comes back to an output, or to the input, that is used several times: a sum, and its terms."""
    sentence = _("Its output is used {n} times, so its upstream gradient, {symbol}, is a sum: {terms}.")
    made = symbol("output")
    if stage is back.input:
        sentence = _("The input is used {n} times, so its gradient, {symbol}, is a sum: {terms}.")
        made = symbol("input")
    owners = terms_of(back, stage)
    one = _("{symbol} of layer {n}")
    terms = " + ".join(one.format(symbol=own_symbol(trace), n=number + 1) for number, _name, trace in owners)
    sentence = sentence.format(n=len(owners), symbol=made, terms=terms)
    numbers = [numbers_of(stage, gradient_caption(made))] if stage.output.size <= MOST_DRAWN else []
    return Section(title, (Prose((sentence,)), *workings(stage), *numbers), level=1, layer=stage)


def _of_loss(trace: Trace, detail: str) -> Iterator[Block]:
    """The gradient of a loss: as p − t where it comes out so, and else cell by cell."""
    _wanted, *rule = chain_rule(trace)
    yield from rule if detail != "none" else rule[:1]
    tables = [block for section in other_ways(trace) for block in section.blocks if isinstance(block, Table)]
    yield from tables or workings(trace)
    if 1 < trace.output.size <= MOST_DRAWN and detail != "none":
        up = symbol("output")
        sentence = _("X is here the output of the last layer, so this is that layer's upstream gradient, {symbol}:")
        yield Prose((sentence.format(symbol=up),))
        yield numbers_of(trace, gradient_caption(up))


def _briefly(trace: Trace, detail: str) -> Iterator[Block]:
    """A gradient in short: its rule, its cells' working, its numbers; without details, its working alone.

    Of a softmax before a cross-entropy, why it comes to p − t, too.
    """
    _wanted, *rule = chain_rule(trace)
    yield from rule if detail != "none" else rule[:1]
    yield from workings(trace)
    for section in together(trace) if detail != "none" else ():
        yield from section.blocks
    if 1 < trace.output.size <= MOST_DRAWN and detail != "none":
        sentence = _("So {symbol}, the gradient for the {name}, is:")
        yield Prose((sentence.format(symbol=own_symbol(trace), name=wrt_noun(trace)),))
        yield from _numbers(trace)
