"""The last part of a lesson: what the usual wrong procedures would have given on these very numbers.

They come from the marker's own table, so that a lesson warns of what the marker recognises.
"""

from __future__ import annotations

from ..arithmetic import Value, plain
from ..formula import written
from ..language import _
from ..marking.wrong import Alone, alone
from ..traces import Trace
from .blocks import Block, Code, Inline, Prose, Section, Table, Text
from .terms import cells

MOST_TOLD = 6
"""Mistakes that one layer's lesson tells."""
SMALL = 9
"""Cells of a result that is shown whole; of a larger one the first cell that goes wrong is."""
WIDE = 4


def common_mistakes(trace: Trace) -> Section:
    """What the usual wrong procedures give here; those that change nothing are left out."""
    found = sorted(alone(trace), key=lambda one: one.first is None)[
        :MOST_TOLD
    ]  # what the size does not give away first
    title = _("Common mistakes")
    if not found:
        told = _("None of the usual mistakes changes this answer: with these numbers it is right by accident, too.")
        return Section(title, (Prose((told,)),))
    intro = _("What the usual mistakes would have given on these very numbers:")
    head = (_("gives"), _("the mistake"))
    rows = tuple((_given(one, trace), (_sentence(one.misconception.told),)) for one in found)
    blocks: tuple[Block, ...] = (Prose((intro,)), Table(title, head, rows))
    return Section(title, blocks)


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:] + "."


def _given(one: Alone, trace: Trace) -> Text:
    wrong = one.trace.output
    told: list[Inline] = []
    if one.first is None:
        told.append(_("{size}, not {due}").format(size=cells(wrong.shape), due=cells(trace.output.shape)))
        told += [": "] if _small(one.trace) else []
    if _small(one.trace):
        return (*told, Code(_grid(one.trace)))
    if one.first is None:
        return tuple(told)
    place = f"({', '.join(map(str, one.first))})"
    wrong_there, due = (_number(plain(output[one.first])) for output in (wrong, trace.output))
    return (_("{wrong}, not {due}, in cell {place}").format(wrong=wrong_there, due=due, place=place),)


def _small(trace: Trace) -> bool:
    return trace.output.size <= SMALL and len([n for n in trace.output.shape if n > 1]) <= 2


def _grid(trace: Trace) -> str:
    """A small output as it would be typed."""
    numbers = [_number(plain(value)) for value in trace.output.flat]
    long = [n for n in trace.output.shape if n > 1]
    columns = long[-1] if len(long) == 2 else len(numbers)
    return "; ".join(" ".join(numbers[i : i + columns]) for i in range(0, len(numbers), columns))


def _number(value: Value) -> str:
    return written(value)
