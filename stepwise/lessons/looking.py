"""Which steps are looked at number by number, and how many of them, so that telling stays quick."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from ..effort import SHARED, TAP_SEEN, Effort
from ..traces.kept import kept_of
from ..traces.layout import Index
from ..traces.step import Step
from ..traces.tap import Gathered
from ..traces.trace import Trace

SEARCHED = 200
"""How many windows are looked at in search of kinds that only the numbers show, so that choosing stays quick."""
SEARCHES = 3
"""How often, at most, steps are searched for one lesson."""
TOLD = 0.5
"""How often the numbers of each step are sought that may be told: often of one that is, never of others."""
MOST_TAPS = 30_000
"""How many cells those windows may cover together; of larger windows fewer are looked at."""
LONG = 3_000
"""Numbers of a step that are looked at one by one; of more, all at once."""


def is_long(step: Step) -> bool:
    """Whether a step is told from whole arrays; found out once, since those are gathered for it."""
    return reach(step.trace) > LONG and _gathers_many(step.trace, step.index)


@kept_of
def _gathers_many(trace: Trace, index: Index) -> bool:
    found = gathered(trace.step(index))
    return found is not None and found.values.size + found.padded > LONG


def reach(trace: Trace) -> int:
    """The most numbers that a step of this trace has."""
    return trace.layer.operation.reach(trace)


def shown_singly(trace: Trace) -> int:
    """Of how many numbers a step is told one by one, at most."""
    many = reach(trace)
    found = gathered(trace.steps[0]) if many > LONG and trace.output.size else None
    return many if found is None else min(LONG, found.values.size + found.padded)


def gathered(step: Step) -> Gathered | None:
    """All that a long step is made from; None where it cannot be told at once."""
    return step.trace.layer.operation.gathered(step.trace, step.index)


def searched(trace: Trace) -> int:
    """How many steps of a trace are looked at."""
    if _tells_at_once(trace):
        return 1
    return max(1, min(SEARCHED, MOST_TAPS // max(1, trace.layer.operation.looked_at(trace))))


def looked_at(trace: Trace) -> Iterator[Step]:
    """So many of the first steps; none of steps that are told at once, which always have numbers."""
    return islice(trace.steps, 0 if _tells_at_once(trace) else searched(trace))


def effort_of_looking(trace: Trace, count: int) -> Effort:
    """What finding the numbers of so many steps takes, and of those searched, where they are sought among more."""
    if _tells_at_once(trace):
        return Effort()
    sought = max(0, trace.layer.operation.looked_at(trace) - trace.layer.operation.reach(trace))
    return Effort((TOLD * count + SEARCHES * searched(trace)) * sought * TAP_SEEN.seconds, sought * SHARED.bytes)


def _tells_at_once(trace: Trace) -> bool:
    return not trace.output.size or is_long(trace.steps[0])


__all__ = ["LONG", "effort_of_looking", "gathered", "is_long", "looked_at", "searched", "shown_singly"]
