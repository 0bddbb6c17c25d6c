"""A training step with its numbers and little else, so that all of a small one stands on two pages."""

from __future__ import annotations

from collections.abc import Iterator

from ..analysis.backward import stages
from ..analysis.update import Update
from ..document.blocks import Block, Prose, Table
from ..document.inline import Code, Strong
from ..document.lesson import Section
from ..formula import Formula, leaf
from ..language import _
from ..ops import Gradient
from ..ops.cells import Moving
from ..traces.layout import written_index
from ..traces.trace import Trace, chain
from .chain import lead_of
from .flow import MOST_ROWS, ON_PAPER, back, short, side_by_side, there, workings
from .gradient_names import gradient_of, letter, own_symbol
from .gradient_rules import chain_rule
from .gradient_ways import other_ways
from .inline import inline
from .new_weights import head, told, working


def by_hand(update: Update) -> list[Section]:
    """There, the loss, back, the update, and the loss again."""
    sections = [
        Section(_("The forward pass"), tuple(_forward(update)), level=1),
        Section(_("The loss"), tuple(_loss(update)), level=1),
        Section(_("The way back"), tuple(_back(update)), level=1),
        Section(_("The update"), tuple(_update(update)), level=1),
    ]
    if update.loss_before is not None:
        from .update import again

        sections.append(Section(_("The loss again"), tuple(again(update)), level=1))
    return [section for section in sections if section.blocks]


def _headed(number: int, call: Trace, code: str) -> Prose:
    return Prose(inline(_("{name}: {rule}"), name=Strong(f"{number}. {short(call)}"), rule=Code(code)))


def _forward(update: Update) -> Iterator[Block]:
    calls = update.backward.calls
    yield from there(calls)
    for number, call in enumerate(calls, 1):
        for stage in reversed(stages(call)):
            if not isinstance(stage.layer.operation, Moving):
                yield _headed(number, call, stage.layer.call)
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
                    yield _headed(number + 1, led.calls[number], _rule(stage))
                    yield from workings(stage, ON_PAPER)
                elif not isinstance(operation, Gradient):
                    yield from workings(stage, ON_PAPER)


def _rule(trace: Trace) -> str:
    """The chain rule of a layer in its one line."""
    for block in chain_rule(trace)[1:2]:
        if isinstance(block, Prose):
            return next(piece.text for piece in block.text if isinstance(piece, Code))
    return own_symbol(trace)


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
    yield Prose(told(update, usual))
    yield side_by_side(_("Before and after"), (_("weight"), head(update)), cells, ON_PAPER)
    if left:
        yield Prose((_("The other {n} are worked out in the same way.").format(n=left),))
