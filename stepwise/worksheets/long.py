"""How long the variants of a sheet would take, all exercises and parts together, before the first is looked for."""

from __future__ import annotations

from collections.abc import Sequence

from ..arithmetic import holds_expressions
from ..effort import MISTAKEN, TERM, VARIANT, Effort, allow
from ..marking.wrong import MOST_REPLAYED
from ..traces.trace import chain
from .sheet import Asked
from .variants import PROBES
from .workshop import Order

ONCE = 36
"""So many draws' mistakes are worked out for all variants together."""
REPLAYS = 4
"""For each layer and each one after it, about so many are carried out again."""


def refuse_long(asked: Sequence[Asked], order: Order) -> None:
    """Raises `LimitError` for a sheet that nobody waits for: the longer a chain, the more may go wrong in it."""
    effort = Effort()
    for one in asked:
        whole = sum(len(layer.plan.stages) for layer in one.lesson.layers)
        there = [part.layer for part in one.lesson.parts]
        back = 2 * whole if one.lesson.way_back is not None else whole  # as long again as the way there
        depths = [back if one.lesson.way_back is not None or n is None else n + 1 for n in there] or [back]
        draws = (ONCE if one.draws else 0) + order.variants
        if one.demands.discriminating is not False:
            effort += draws * sum(min(depth**2, MOST_REPLAYED // REPLAYS) for depth in depths) * MISTAKEN
        effort += order.variants * len(depths) * VARIANT
        effort += ((PROBES if one.draws else 0) + order.variants) * _terms(one) * TERM
    parts = sum(len(one.lesson.parts) or 1 for one in asked)
    what = f"a sheet that asks for {parts:,} results, in {order.variants:,} variants,"
    allow(what, effort, "take shorter chains, or fewer exercises, parts or variants")


def _terms(asked: Asked) -> int:
    """The numbers that go into the exact ones which their formulas work out, anew for every draw."""
    if asked.lesson.compared or not (asked.lesson.arithmetic or asked.lesson.input.dtype == object):
        return 0
    layers = chain(asked.lesson.traced())
    return sum(one.output.size * one.layer.operation.reach(one) for one in layers if holds_expressions(one.output))
