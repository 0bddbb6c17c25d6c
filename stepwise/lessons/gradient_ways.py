"""The other way to work a gradient out: as one correlation, by routing, by spreading, or by its own derivation.

To add an operation: a function that gives its sections, named in `_WAYS`.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

from ..arithmetic import plain
from ..document.blocks import Block, FormulaLine, Prose, Scene, Table
from ..document.inline import Code, Math, Text
from ..document.lesson import Section
from ..formula import Difference, Equality, Function, Negative, Number, Product, Quotient, Symbol, leaf, outcome
from ..language import _
from ..ops import Conv, MaxPool, MeanPool, MinPool, Softmax
from ..ops.cross_entropy import CrossEntropy
from ..traces.axes import cell_place
from ..traces.layout import Index
from ..traces.trace import Trace
from .gradient_correlation import correlation_sections
from .gradient_difference import together
from .gradient_losses import loss_sections
from .gradient_names import forward, gradient_of, symbol
from .gradient_pictures import TAPPED, Marks, plane_of_gradient
from .inline import inline, paragraph

MOST_ROWS = 16
"""Windows that get a row of their own."""
MOST_SHARES = 5
"""Numbers of a softmax whose derivatives are all told."""


def other_ways(trace: Trace) -> list[Section]:
    """The sections that tell a gradient in another way; none where there is no other."""
    operation = gradient_of(trace)
    for kind, sections_of in _WAYS:
        if isinstance(operation.of, kind):
            return sections_of(trace)
    return []


def _rows_left_out(count: int) -> list[Block]:
    return [Prose((_("… and so on for {n} more.").format(n=count - MOST_ROWS),))] if count > MOST_ROWS else []


def _routed(trace: Trace) -> list[Section]:
    """Window by window: the winner, and what is sent to it; drawn back on the input."""
    layer = forward(trace)
    pool = layer.layer.operation
    if isinstance(pool, MaxPool) and pool.shared:
        return []
    rows: list[tuple[Text, ...]] = []
    winners: Marks = {}
    tied = False
    for step in islice(layer.steps, MOST_ROWS):
        winner = step.winner
        if winner is None or not isinstance(winner.source, tuple):
            return []
        tied = tied or [tap.value for tap in step.taps if tap.is_data].count(winner.value) > 1
        winners = {**winners, winner.source: TAPPED | {"winner"}}
        sent = Math(leaf(plain(trace.inputs["input"][step.index])))
        place = cell_place(layer, winner.source, "input")
        rows.append(((cell_place(layer, step.index),), (Math(leaf(winner.value)),), (place,), (sent,)))
    head = (_("window"), _("winner"), _("where it stands"), _("upstream gradient sent there"))
    ties = ""
    if tied:
        ties = _(
            "Of equal numbers in a window the first in reading order counts as the winner: it gets the whole upstream "
            "gradient, and the others get 0."
        )
    added = ""
    if len(winners) < len(rows):
        added = _("Where several windows have the same winner, what they send is added, not overwritten.")
    sentence = _("The same from the other side: every window sends its upstream gradient to its winner.")
    blocks: list[Block] = [
        Prose(paragraph(sentence, ties, added)),
        Table(_("What each window sends"), head, tuple(rows)),
    ]
    if len(layer.steps) > MOST_ROWS:
        return [Section(_("Window by window"), (*blocks, *_rows_left_out(len(layer.steps))))]
    first: Index = next(iter(winners))
    drawn = [
        plane_of_gradient(trace, "input", layer.steps[0].index, {}),
        plane_of_gradient(trace, "x", first, winners),
        plane_of_gradient(trace, "output", first, {}),
    ]
    return [Section(_("Window by window"), (*blocks, Scene(tuple(drawn), ("→", "→"), trace)))]


def _spread(trace: Trace) -> list[Section]:
    """Window by window: by what is divided, and what each of its cells gets."""
    layer = forward(trace)
    mean = layer.layer.operation
    assert isinstance(mean, MeanPool)
    rows: list[tuple[Text, ...]] = []
    for step in islice(layer.steps, MOST_ROWS):
        sent = plain(trace.inputs["input"][step.index])
        divisor = mean.counted(layer, layer.place(step.index)[2:])
        part = outcome(Quotient(Number(sent), Number(divisor)), sent / divisor)
        rows.append(((cell_place(layer, step.index),), (Math(leaf(sent)),), (str(divisor),), (Math(part),)))
    head = (_("window"), _("upstream gradient"), _("divisor"), _("each of its cells gets"))
    sentence = _("The same from the other side: every window spreads its upstream gradient evenly over its cells.")
    padded = ""
    if layer.geometry.has_padding and (mean.counts_padding or mean.divisor is not None):
        padded = _("The part that falls to padding goes nowhere.")
    table = Table(_("What each window spreads"), head, tuple(rows))
    return [
        Section(_("Window by window"), (Prose(paragraph(sentence, padded)), table, *_rows_left_out(len(layer.steps))))
    ]


def _softmax(trace: Trace) -> list[Section]:
    """The derivatives of shares, in letters, and for the first row of shares in numbers."""
    own = _(
        "**The derivative of a share.** A number a has the share y: its exponential divided by S, the sum of all "
        "exponentials. The quotient rule gives the derivative with respect to the number itself:"
    )
    other = _("For the share z of another number b, only S depends on a:")
    blocks: list[Block] = [Prose(inline(own)), FormulaLine(_own_share()), Prose((other,)), FormulaLine(_other_share())]
    layer = forward(trace)
    places = [tap.source for tap in layer.steps[0].taps if isinstance(tap.source, tuple)]
    if len(places) <= MOST_SHARES and layer.output.dtype.kind == "f":  # of letters the rule says it all
        slopes = [layer.layer.operation.slopes(layer.step(at)) for at in places]
        rows: tuple[tuple[Text, ...], ...] = tuple(
            (
                (cell_place(layer, at),),
                (Math(leaf(plain(layer.output[at]))),),
                *((Math(leaf(plain(slopes[j][i]))),) for j in range(len(places))),
            )
            for i, at in enumerate(places)
        )
        shares = (_("derivative of share {n}").format(n=j) for j in range(len(places)))
        blocks.append(Table(_("The derivatives in numbers"), (_("with respect to"), _("its share"), *shares), rows))
        sums = _("Multiply each row by the upstream gradients {up}, and add: that is the gradient of the row's number.")
        blocks.append(Prose(inline(sums, up=Code(symbol("output")))))
    return [Section(_("Where the rule comes from"), tuple(blocks)), *together(trace)]


def _own_share() -> Equality:
    e, s, y = Function("exp", (Symbol("a"),)), Symbol("S"), Symbol("y")
    top = Difference(Product((e, s)), Product((e, e)))
    return Equality(Quotient(top, Product((s, s))), Product((y, Difference(Number(1), y))))


def _other_share() -> Equality:
    a, b, s = Function("exp", (Symbol("a"),)), Function("exp", (Symbol("b"),)), Symbol("S")
    shares = Product((Symbol("y"), Symbol("z")))
    return Equality(Negative(Quotient(Product((a, b)), Product((s, s)))), Negative(shares))


_WAYS: tuple[tuple[type | tuple[type, ...], Callable[[Trace], list[Section]]], ...] = (
    (Conv, correlation_sections),
    ((MaxPool, MinPool), _routed),
    (MeanPool, _spread),
    (Softmax, _softmax),
    (CrossEntropy, loss_sections),
)
