"""Softmax and cross-entropy together: p − t, what the network gave minus what was right, in letters and in numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import islice

from ..arithmetic import Array, Value, is_exact, is_expression, plain
from ..document.blocks import Block, FormulaLine, Prose, Table
from ..document.inline import Math, Text
from ..document.lesson import Section
from ..formula import Difference, Equality, Formula, Function, Negative, Product, Quotient, Sum, Symbol, equality, leaf
from ..language import _
from ..ops import CrossEntropy, Gradient
from ..traces.axes import cell_place
from ..traces.layout import Index
from ..traces.trace import Trace
from .gradient_names import forward
from .names import cell_names
from .softmax import exponentials

MOST_ROWS = 12
"""Numbers that get a row of their own."""
LONGEST = 100
"""Characters of a probability in letters that is written out."""


def together(trace: Trace) -> list[Section]:
    """Of a softmax whose shares go into a cross-entropy: why its gradient is p − t; none of another."""
    before = trace.parents.get("input")
    if before is None or not isinstance(before.layer.operation, Gradient):
        return []
    loss, target = before.layer.operation.of, before.inputs.get("target")
    if not isinstance(loss, CrossEntropy) or loss.of != "shares" or target is None:
        return []
    layer, parts = forward(trace), set(before.inputs["input"].flat)
    whole = sum(plain(target[at]) for at in first_sample(layer))
    if len(parts) != 1 or is_expression(whole) or not math.isclose(whole, 1):
        return []  # targets that do not add up to 1, or samples that count differently, give no such difference
    title = _("Together with the cross-entropy: p − t")
    return [Section(title, tuple(_cancelled(trace, layer, target, plain(parts.pop()))))]


def first_sample(layer: Trace) -> list[Index]:
    """The numbers that share the first sum."""
    return [tap.source for tap in layer.steps[0].taps if isinstance(tap.source, tuple)]


def _cancelled(trace: Trace, layer: Trace, target: Array, part: Value) -> Iterator[Block]:
    sentence = _(
        "The upstream gradient comes from the cross-entropy: with p for a class's share and t for its target it is "
        "−t / p. Times p, that is −t, so the sum over all classes is −1, for their targets add up to 1. Put into the "
        "rule, p cancels:"
    )
    yield Prose((sentence,))
    p, t = Symbol("p"), Symbol("t")
    inside = Sum((Negative(Quotient(t, p)), leaf(1)))
    yield FormulaLine(Equality(Product((p, inside)), Difference(p, t)))
    if part != 1:
        mean = _("The mean over the {n} samples divides it by {n}.")
        yield Prose((mean.format(n=round(1 / part)),))
    yield from in_numbers(trace, layer, target, part)


def in_numbers(trace: Trace, layer: Trace, target: Array, part: Value) -> Iterator[Block]:
    """A row for each number of the first sample: from its score to p − t; nothing of what is not finite.

    trace   the gradient of the scores
    layer   what made probabilities of them, or the loss of the scores themselves
    part    what a sample's loss counts in the mean
    """
    x, places = layer.inputs["input"], first_sample(layer)
    lettered = is_exact(x)
    if not lettered and not all(math.isfinite(float(x[at])) for at in places):
        return
    probabilities = _in_letters(x, places) if lettered else _in_decimals(x, places)
    own = cell_names(trace)
    rows: list[tuple[Text, ...]] = []
    for number, at in islice(enumerate(places), MOST_ROWS):
        p, t = probabilities[number], plain(target[at])
        name = Symbol("p" + "".join(map(str, at)))
        shown: Formula = name if lettered else p
        difference: Formula = Difference(shown, leaf(t)) if t != 0 or not lettered else shown
        if part != 1:
            difference = Quotient(difference, leaf(round(1 / part)))
        if not lettered:
            difference = equality(difference, leaf(plain(trace.output[at])))
        elif at in own:
            difference = Equality(own[at], difference)
        share: Text = (Math(p),)
        if lettered:
            share = (Math(Equality(name, p) if len(str(p)) <= LONGEST else name),)
        rows.append(
            (
                (cell_place(layer, at, "input"),),
                (Math(leaf(plain(x[at]))),),
                share,
                (Math(leaf(t)),),
                (Math(difference),),
            )
        )
    head = (_("score of"), _("score"), _("probability p"), _("target t"), _("p − t"))
    yield Table(_("From scores to p − t, for the first sample"), head, tuple(rows))


def _in_letters(x: Array, places: list[Index]) -> list[Formula]:
    grown: list[Formula] = [Function("exp", (leaf(plain(x[at])),)) for at in places]
    return [Quotient(one, Sum(tuple(grown))) for one in grown]


def _in_decimals(x: Array, places: list[Index]) -> list[Formula]:
    grown = exponentials([x[at] for at in places])
    return [leaf(one / math.fsum(grown)) for one in grown]
