"""A training step with its numbers and little else, so that all of a small one stands on two pages."""

from __future__ import annotations

from collections.abc import Iterator

from ..analysis.backward import stages
from ..analysis.update import Update
from ..document.blocks import Block, Prose, Table
from ..document.inline import Code, Strong, Text
from ..document.lesson import Section
from ..formula import Formula, leaf
from ..language import _
from ..ops import Gradient, MaxPool
from ..ops.cells import Moving
from ..ops.conv import Conv
from ..traces.layout import written_index
from ..traces.trace import Trace, chain
from .chain import lead_of
from .flow import MOST_ROWS, ON_PAPER, back, short, side_by_side, there, workings
from .gradient_names import forward, gradient_of, letter, own_symbol
from .gradient_rules import HERE, chain_rule, places_of
from .gradient_ways import other_ways
from .inline import inline
from .new_weights import head, rule_in_words, working
from .settings import typed


def by_hand(update: Update) -> list[Section]:
    """There, the loss, back, the update, and the loss again."""
    sections = [
        Section(_("The forward pass"), tuple(_forward(update)), level=1),
        Section(_("The loss"), tuple(_loss(update)), level=1),
        Section(_("The backward pass"), tuple(_back(update)), level=1),
        Section(_("The update"), tuple(_update(update)), level=1),
    ]
    if update.loss_before is not None:
        from .update import loss_again, there_again

        pictures, rest = there_again(update), loss_again(update)
        sections.append(Section(_("The loss again"), (*pictures, *_scores_again(update), *rest), level=1))
    return [section for section in sections if section.blocks]


def _named(number: int, call: Trace) -> Strong:
    return Strong(f"{number}. {short(call)}")


def _headed(number: int, call: Trace, code: str, given: Text = ()) -> Prose:
    """A layer and its rule, and what the letters in it are."""
    name, rule = _named(number, call), Code(code)
    if not given:
        return Prose(inline(_("{name}: {rule}"), name=name, rule=rule))
    return Prose(inline(_("{name}: {rule} with {letters}"), name=name, rule=rule, letters=given))


def _given(update: Update, number: int) -> Text:
    """The weights that a layer begins with, as they are typed: `W1 = 1 0; 0 -1`."""
    small = [(name, array) for name, array in update.before[number - 1].items() if array.size <= MOST_ROWS]
    typed_in = [Code(f"{letter(name)}{number} = {typed(array)}") for name, array in small if array.ndim <= 2]
    return tuple(piece for one in typed_in for piece in (", ", one))[1:]


def _forward(update: Update) -> Iterator[Block]:
    calls = update.backward.calls
    yield from there(calls)
    for number, call in enumerate(calls, 1):
        for stage in reversed(stages(call)):
            if not isinstance(stage.layer.operation, Moving):
                yield _headed(number, call, stage.layer.call, _given(update, number) if stage is call else ())
                yield from workings(stage, ON_PAPER)


def _loss(update: Update) -> Iterator[Block]:
    led = update.backward
    if led.loss is None:
        return
    before = set(map(id, chain(led.trace)))
    for stage in chain(led.loss):
        if id(stage) not in before:
            yield Prose(lead_of(stage))
            yield from workings(stage, ON_PAPER)
    if isinstance(led.upstream, Trace):
        tables = [block for section in other_ways(led.upstream) for block in section.blocks if isinstance(block, Table)]
        yield from tables
        if not tables:
            yield from workings(led.upstream, ON_PAPER)


def _back(update: Update) -> Iterator[Block]:
    """Every gradient that leads to a weight: that of the first input does not."""
    led = update.backward
    yield from back(led, to_input=False)
    known = set(map(id, chain(led.upstream))) if isinstance(led.upstream, Trace) else set()
    weighted = min(number for number, own in enumerate(update.before) if own)
    for number in range(len(led.calls) - 1, weighted - 1, -1):
        for name, trace in reversed(led.gradients[number].items()):
            if number == weighted and name not in update.before[number]:
                continue
            own = [one for one in chain(trace) if id(one) not in known]
            known |= set(map(id, own))
            for stage in own:
                operation = stage.layer.operation
                if isinstance(operation, Gradient) and not isinstance(operation.of, Moving):
                    yield _rule(number + 1, led.calls[number], stage)
                    yield from workings(stage, ON_PAPER)
                elif not isinstance(operation, Gradient):
                    yield from workings(stage, ON_PAPER)


def _rule(number: int, call: Trace, trace: Trace) -> Prose:
    """The chain rule of a layer in its one line, and which cells go together."""
    of = gradient_of(trace).of
    code = own_symbol(trace)
    for block in chain_rule(trace)[1:2]:
        if isinstance(block, Prose):
            code = next(piece.text for piece in block.text if isinstance(piece, Code))
    if isinstance(of, Conv) and gradient_of(trace).wrt != "bias":
        return _headed(number, call, code, (places_of(trace),))
    if isinstance(of, MaxPool) and not of.shared:
        over = _("{name}: {rule}, over all windows that X[{here}] wins")
        here = HERE[len(trace.geometry.axes or forward(trace).geometry.axes)]
        return Prose(inline(over, name=_named(number, call), rule=Code(code), here=here))
    return _headed(number, call, code)


def _scores_again(update: Update) -> Iterator[Block]:
    """The working of the last layer, where its weights are new: where every change comes together."""
    calls = update.backward.calls
    if update.before[-1]:
        yield _headed(len(calls), calls[-1], calls[-1].layer.call)
        yield from workings(update.again[id(calls[-1])], ON_PAPER)


def _update(update: Update) -> Iterator[Block]:
    cells: list[tuple[str, Formula]] = []
    left = 0
    for number, own in enumerate(update.before):
        for name, before in own.items():
            gradient = update.gradient[number][name]
            sign = letter(gradient_of(gradient).wrt)
            for step in gradient.steps[:MOST_ROWS]:
                at = step.index
                cells.append((f"{sign}{number + 1} {written_index(at)}", working(update, number, name, at)))
            left += max(0, before.size - MOST_ROWS)
    usual = _("Every weight w becomes w − lr·g, with the learning rate lr = {lr}.").format(lr=leaf(update.lr))
    yield Prose(rule_in_words(update, usual))
    yield side_by_side(_("Before and after"), (_("weight"), head(update)), cells, ON_PAPER)
    if left:
        yield Prose((_("The other {n} are worked out in the same way.").format(n=left),))
