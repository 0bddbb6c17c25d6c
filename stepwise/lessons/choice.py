"""Which windows to tell: all of them when they are few, otherwise the typical ones.

Typical are the first, one of every distinct kind (each side of padding, a tie, all numbers negative, the largest
result) and the last; every other window can be asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..advice import way
from ..arithmetic import Value, is_expression
from ..dataclass import dataclass
from ..effort import DRAWN, FOLDED_TAP, STEP, TAP, Effort, allow
from ..errors import StepwiseError, shown
from ..geometry import AxisGeometry, Side
from ..language import _, plural
from ..nouns import WHERE
from ..ops import MaxUnpool, Pad
from ..traces.layout import flat_index
from ..traces.step import Step
from ..traces.trace import Trace
from .facts import facts
from .long import is_long, shown_singly
from .looking import effort_of_looking, searched
from .order import number_of, numbered
from .terms import kind

DETAILS = ("auto", "all", "none")

FEW = 16
"""So many windows are all told."""


@dataclass(frozen=True)
class Chosen:
    """A step to tell, its number among all (from 1), and why it was chosen (empty where all are told)."""

    step: Step
    number: int
    why: str = ""


def check_detail(detail: str) -> None:
    """Raises `StepwiseError` for a word that says no amount of detail."""
    if not isinstance(detail, str) or detail not in DETAILS:
        raise StepwiseError(f"detail={shown(detail)} is not known; it is 'auto', 'all' or 'none'")


def refuse_long(traces: Sequence[Trace], detail: str) -> None:
    """Raises `LimitError` where there is more to be told of these layers than anybody waits for."""
    if detail == "none":
        return
    counts = [trace.output.size if detail == "all" else min(trace.output.size, FEW) for trace in traces]
    reaches = [shown_singly(trace) for trace in traces]
    effort = sum((count * _of_a_step(reach) for count, reach in zip(counts, reaches)), start=Effort())
    effort += sum((effort_of_looking(trace, count) for trace, count in zip(traces, counts)), start=Effort())
    allow(f"telling {sum(counts):,} steps", effort, f"tell the typical ones ({way('typical')})")


def _of_a_step(reach: int) -> Effort:
    """What a step of so many numbers takes."""
    drawn = min(reach, DRAWN)
    return STEP + drawn * TAP + (reach - drawn) * FOLDED_TAP


def choose(trace: Trace, detail: str) -> list[Chosen]:
    """The steps to tell at this detail (`auto`, `all` or `none`), in reading order."""
    steps = trace.steps
    if detail == "none":
        return []
    if detail == "all" or len(steps) <= FEW:
        return [Chosen(numbered(trace, number), number) for number in range(1, 1 + len(steps))]
    windows = _has_windows(trace)
    found: dict[str, int] = {_("the first window") if windows else _("the first cell"): 0}
    spread = max(1, len(steps) // searched(trace))
    candidates = [*(_corners(trace) if trace.geometry.axes else ()), *range(0, len(steps), spread)]
    for number in candidates:
        for name in _kinds(steps[number]):
            found.setdefault(name, number)
    found.setdefault(_("the largest result"), trace.largest)
    found.setdefault(_("the last window") if windows else _("the last cell"), len(steps) - 1)
    by_number: dict[int, list[str]] = {}
    for name, flat in found.items():
        by_number.setdefault(number_of(steps[flat]), []).append(name)
    return [Chosen(numbered(trace, n), n, "; ".join(by_number[n])) for n in sorted(by_number)]


def _has_windows(trace: Trace) -> bool:
    """Whether its steps look through windows; a cell of a transposed convolution is made from all that land on it."""
    return kind(trace) not in ("cells", "transposed")


def _corners(trace: Trace) -> list[int]:
    """A window for every combination of padded sides, found by geometry alone, in the first image and channel."""
    per_axis: list[list[int]] = []
    for axis in trace.geometry.axes:
        seen: dict[tuple[tuple[Side, ...], bool], int] = {}
        for i in _near_the_edges(axis):
            seen.setdefault((axis.padded_sides(i), axis.hangs_over(i)), i)
        per_axis.append(list(seen.values()))
    plain = [axis_places[0] for axis_places in per_axis]
    cells = [tuple(plain)]
    for number, places in enumerate(per_axis):
        cells += [tuple(place if n == number else p for n, p in enumerate(plain)) for place in places[1:]]
    shape = trace.output.shape
    return [flat_index(trace.index((0, 0, *cell)), shape) for cell in cells]


def _near_the_edges(axis: AxisGeometry) -> Iterator[int]:
    """The window in the middle, then all that may reach outside the data, and the first of the others."""
    yield axis.output // 2
    if axis.drawn == (0, axis.size):
        return
    inside = axis.within(0, axis.size)
    yield from range(inside.start)
    yield from inside[:1]
    yield from range(inside.stop, axis.output)


def _kinds(step: Step) -> list[str]:
    trace = step.trace
    cell = trace.place(step.index)[2:]
    places = list(zip(trace.geometry.axes, cell))
    kinds = [padded_side(axis.name, side) for axis, i in places for side in axis.padded_sides(i)]
    kinds += [outside(axis.name) for axis, i in places if axis.hangs_over(i)]
    if is_long(step):
        return kinds
    data = [tap.value for tap in step.taps if tap.is_data]
    if any(map(is_expression, data)):
        return kinds  # what the numbers would show, letters hide
    windows = _has_windows(trace)
    if any(value != value for value in data):
        kinds.append(_("NaN in the window") if windows else _("NaN among its numbers"))
    elif step.winner is not None and data.count(step.winner.value) > 1 and len(set(data)) > 1:
        kinds.append(_("a tie"))
    if not windows:
        return kinds + _kinds_of_cell(step, data)
    if data and all(value < 0 for value in data):
        kinds.append(_("all numbers negative"))
    if not kinds and any(data):
        kinds.append(_("a window inside the data"))
    return kinds


def _kinds_of_cell(step: Step, data: list[Value]) -> list[str]:
    """What a cell without a window is typical of: how it came about, and the sign of its number or of the result."""
    operation = step.trace.layer.operation
    if isinstance(operation, Pad):
        return [_("a number of the input") if "moved" in facts(step)[0] else _("padding")]
    if isinstance(operation, MaxUnpool):
        return [] if step.taps else [_("no index points here")]
    kinds = []
    if kind(step.trace) == "transposed":
        kinds.append(plural("{n} product", "{n} products", len(data)))
    alone = len(data) == 1 and kind(step.trace) == "cells"
    sign = data[0] if alone else step.result
    if not is_expression(sign) and sign < 0:
        kinds.append(_("a negative number") if alone else _("a negative result"))
    if not is_expression(sign) and sign > 0:
        kinds.append(_("a positive number") if alone else _("a positive result"))
    return kinds


def padded_side(axis: str, side: Side) -> str:
    """`padding on the right`"""
    return _("padding {where}").format(where=WHERE[axis, side]())


def outside(axis: str) -> str:
    """`past the edge on the right`"""
    return _("past the edge {where}").format(where=WHERE[axis, "after"]())
