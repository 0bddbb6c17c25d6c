"""How a weight becomes the new one: the rule of a step in letters and words, and its working in numbers."""

from __future__ import annotations

from collections import Counter

from ..analysis.update import Update
from ..arithmetic import plain
from ..document.inline import Math, Text
from ..formula import Difference, Formula, Product, Sum, Symbol, leaf, outcome
from ..language import _
from ..traces.layout import Index
from .inline import inline, paragraph


def is_plain(update: Update) -> bool:
    """Whether the gradient alone, times the learning rate, is subtracted."""
    return not update.weight_decay and not _carried(update)


def is_shared(update: Update) -> bool:
    """Whether several layers have the same weight."""
    return max(Counter(id(weight) for own in update.before for weight in own.values()).values()) > 1


def rule(update: Update) -> Formula:
    """`w - 0.1·g`; with momentum and weight decay `w - 0.1·(0.9·v + g + 0.01·w)`."""
    carried = [Product((leaf(update.momentum), Symbol("v")))] if _carried(update) else []
    decay = [Product((leaf(update.weight_decay), Symbol("w")))] if update.weight_decay else []
    return Difference(Symbol("w"), Product((leaf(update.lr), _sum([*carried, Symbol("g"), *decay]))))


def working(update: Update, number: int, name: str, at: Index) -> Formula:
    """One weight's: what it was, what is subtracted, and what it becomes."""
    weight = update.before[number][name]
    terms: list[Formula] = []
    if update.velocity_before is not None and _carried(update):
        terms.append(Product((leaf(update.momentum), leaf(plain(update.velocity_before[number][name][at])))))
    for own, found in zip(update.before, update.gradient):
        terms += [leaf(plain(found[one].output[at])) for one in own if own[one] is weight]
    if update.weight_decay:
        terms.append(Product((leaf(update.weight_decay), leaf(plain(weight[at])))))
    change = Difference(leaf(plain(weight[at])), Product((leaf(update.lr), _sum(terms))))
    return outcome(change, plain(update.after[number][name][at]))


def rule_in_words(update: Update, usual: str) -> Text:
    """The rule in words: as usual where nothing is added, and what is added otherwise."""
    first = usual if is_plain(update) else inline(_("Every weight w becomes {rule}."), rule=Math(rule(update)))
    decay = momentum = shared = ""
    if update.weight_decay:
        decay = _("Weight decay adds {decay}·w to the gradient g.").format(decay=leaf(update.weight_decay))
    if _carried(update):
        momentum = _("Momentum adds {momentum}·v, where v is the velocity after the step before.")
        momentum = momentum.format(momentum=leaf(update.momentum))
    elif update.momentum:
        momentum = _("Momentum adds nothing yet: this is the first step.")
    if is_shared(update):
        shared = _("Of a weight that several layers share, g is the sum of its gradients.")
    return paragraph(first, decay, momentum, shared)


def head(update: Update) -> str:
    """What stands above the workings."""
    return _("w − lr·g") if is_plain(update) else _("new weight")


def _carried(update: Update) -> bool:
    """Whether something of the step before is added."""
    return bool(update.momentum) and update.velocity_before is not None


def _sum(terms: list[Formula]) -> Formula:
    return terms[0] if len(terms) == 1 else Sum(tuple(terms))
