"""One decision that two traces took differently, and what it is told by."""

from __future__ import annotations

from dataclasses import dataclass

from ..geometry import AxisGeometry
from ..language import _, plural
from ..traces import Trace
from .blocks import Text
from .choice import WHERE
from .phrases import phrases
from .sentences import enumerated
from .terms import kind, rule_name


@dataclass(frozen=True)
class Parting:
    """One decision that two traces took differently: what it is about, and what each took."""

    what: str
    left: Text
    right: Text
    matters: bool = True  # whether any window or any result can differ by it on this input
    of_padding: bool = False  # whether it is about the edge, and what follows from that
    pair: tuple[Trace, Trace] | None = None  # the two stages that took it, where both have one
    stage: str = ""  # what these are called, where there are several

    @property
    def named(self) -> str:
        """What it is about; of one stage of several, with its name."""
        return _("{what} ({stage})").format(what=self.what, stage=self.stage) if self.stage else self.what


def lines_of(trace: Trace) -> list[tuple[int, int]]:
    """Lines of padding before and after, along every axis; of a transposed convolution, lines cut off."""
    return [(axis.padding.before, axis.padding.after) for axis in trace.geometry.axes]


def padding_in_words(trace: Trace) -> str:
    """`1 row at the bottom and 1 column on the right`; of a transposed convolution, what is cut off, or added."""
    axes = trace.geometry.axes
    around = {lines for axis in axes for lines in (axis.padding.before, axis.padding.after)}
    if len(around) == 1 and max(around) > 0 and len(axes) > 1:
        return plural("{n} line on every side", "{n} lines on every side", *around)
    parts = [
        (lines, _counted_lines(abs(lines), WHERE[axis.name, side](), axis.name))
        for axis in axes
        for side, lines in (("before", axis.padding.before), ("after", axis.padding.after))
        if lines
    ]
    told = [lines if count > 0 else _("{lines} added").format(lines=lines) for count, lines in parts]
    if told:
        return enumerated(told)
    return _("none") if kind(trace) == "transposed" else _("no padding")


def _counted_lines(count: int, where: str, axis: str) -> str:
    if axis == "height":
        counted = plural("{n} row", "{n} rows", count)
    elif axis == "width":
        counted = plural("{n} column", "{n} columns", count)
    else:
        counted = plural("{n} cell", "{n} cells", count)
    return f"{counted} {where}"


def remark(trace: Trace) -> str:
    """A few words on what a stage does at the edge; of one without a window, on what it does."""
    if not trace.geometry.axes:
        return phrases(trace).instruction(trace)
    told = padding_in_words(trace)
    return _("cut off: {lines}").format(lines=told) if kind(trace) == "transposed" else told


def edge_rule(axis: AxisGeometry) -> str:
    """The padding rule; where ceil mode lets a window hang over, that."""
    return _("ceil mode") if axis.padding.rule == "valid" and axis.padding.overhang else rule_name(axis)
