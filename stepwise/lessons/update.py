"""An update told: the backward pass, then every weight before and after, and the loss again."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from ..analysis.update import Update
from ..arithmetic import is_expression, shown
from ..document.blocks import Block, FormulaLine, Prose
from ..document.inline import Math
from ..document.lesson import Lesson, Section
from ..formula import leaf
from ..language import _, speaking
from ..traces.layout import written_index
from .backpropagation import backward_sections
from .choice import refuse_long
from .flow import side_by_side, there
from .inline import inline, labels
from .long import summed_up
from .new_weights import head, is_plain, rule, rule_in_words, working
from .way_back import named
from .weights_beside import before_and_after

MOST_ROWS = 40
"""Numbers of one weight that get a row of their own."""


def tell_update(
    update: Update, language: str = "en", detail: str = "auto", wanted: Sequence[str] = (), title: str | None = None
) -> Lesson:
    """The lesson of a backward pass and of the update after it."""
    back = update.backward
    with speaking(language):
        gradients = [trace for _number, _name, trace in named(back, wanted)]
        refuse_long((*gradients, *([] if back.loss is None else [back.loss])), "auto")
        title, kicker = title or _("One training step"), labels(_("Worked example"), _("Gradient descent"))
        lead = (_lead(update),)
        if detail == "none":
            from .by_hand import by_hand

            return Lesson(title, kicker, lead, tuple(by_hand(update)), language, (back.input,))
        sections = (*backward_sections(back, detail, wanted, update), *_updates(update))
        return Lesson(title, kicker, lead, sections, language, (back.input,))


def _lead(update: Update) -> str:
    if update.loss_before is None:
        return _("Forward, every gradient, and one step against them.")
    return _("Forward, the loss, every gradient, one step against them, and the loss again.")


def _updates(update: Update) -> Iterator[Section]:
    yield Section(_("The update"), tuple(_rule(update)), level=1)
    for number, own in enumerate(update.before, 1):
        for name in own:
            title = _("Layer {n}: the new {name}").format(n=number, name=name)
            yield Section(title, tuple(_weights(update, number - 1, name)))
    if update.loss_before is not None:
        yield Section(_("The loss again"), (*there_again(update), *loss_again(update)), level=1)


def _rule(update: Update) -> Iterator[Block]:
    usual = _(
        "Every weight moves a little against its gradient: the gradient times the learning rate, {lr}, is subtracted."
    )
    yield Prose(rule_in_words(update, usual.format(lr=shown(update.lr))))
    if is_plain(update):
        yield FormulaLine(rule(update))


def _weights(update: Update, number: int, name: str) -> Iterator[Block]:
    before = update.before[number][name]
    yield from before_and_after(update, number, name)
    places = [step.index for step in update.gradient[number][name].steps[:MOST_ROWS]]
    cells = [(written_index(at), working(update, number, name, at)) for at in places]
    yield side_by_side(_("Before and after"), (_("cell"), head(update)), cells)
    if before.size > MOST_ROWS:
        yield Prose((_("The other {n} are worked out in the same way.").format(n=before.size - MOST_ROWS),))


def there_again(update: Update) -> list[Block]:
    """The forward pass with the new weights, in a row of pictures."""
    return there([update.again[id(call)] for call in update.backward.calls], again=True)


def loss_again(update: Update) -> Iterator[Block]:
    """The loss with the new weights, and what it was."""
    compared = _("With the new weights, the forward pass gives the loss {after}; before it was {before}.")
    yield FormulaLine(summed_up(update.trace.steps[0])[0])
    yield Prose(inline(compared, after=Math(leaf(update.loss_after)), before=Math(leaf(update.loss_before))))
    if grew := _grew(update):
        yield Prose((grew,))


def _grew(update: Update) -> str:
    """That a step went too far, where the loss is larger after it; nothing of letters, of which nobody knows."""
    before, after = update.loss_before, update.loss_after
    if before is None or after is None or is_expression(before) or is_expression(after):
        return ""
    if not math.isfinite(before):
        return _("It was no finite number before the step either, so the learning rate is not the reason.")
    if after <= before:
        return ""
    rate = shown(update.lr)
    if after != after or after == math.inf:
        return _("The loss is no finite number any more: the learning rate {lr} is far too large.").format(lr=rate)
    grown = _(
        "The loss has grown: against the gradient it falls at first, but this step went too far. Take a learning rate "
        "smaller than {lr}."
    )
    return grown.format(lr=rate)
