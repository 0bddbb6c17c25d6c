"""One decision that two traces took differently, and what it is told by."""

from __future__ import annotations

from ..dataclass import dataclass
from ..document.inline import Text
from ..geometry import AxisGeometry
from ..language import _, listed, plural
from ..nouns import WHERE
from ..traces.trace import Trace
from .phrases import phrases
from .terms import kind, rule_name


@dataclass(frozen=True)
class Parting:
    """One decision that two traces took differently: what it is about, and what each took."""

    what: str
    left: Text
    right: Text
    matters: bool = True  # whether any window or any result can differ by it on this input
    of_padding: bool = False  # whether it is about the edge, and what follows from that
    of_size: bool = False  # whether it is about the size of the output
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
        _counted_lines(lines, WHERE[axis.name, side](), axis.name)
        for axis in axes
        for side, lines in (("before", axis.padding.before), ("after", axis.padding.after))
        if lines
    ]
    if parts:
        return listed(parts)
    return _("none") if kind(trace) == "transposed" else _("no padding")


def _counted_lines(count: int, where: str, axis: str) -> str:
    """Lines on one side; fewer than none are added where others are cut off."""
    forms = {
        ("height", False): lambda n: plural("{n} row {where}", "{n} rows {where}", n, where=where),
        ("height", True): lambda n: plural("{n} row added {where}", "{n} rows added {where}", n, where=where),
        ("width", False): lambda n: plural("{n} column {where}", "{n} columns {where}", n, where=where),
        ("width", True): lambda n: plural("{n} column added {where}", "{n} columns added {where}", n, where=where),
        ("cells", False): lambda n: plural("{n} cell {where}", "{n} cells {where}", n, where=where),
        ("cells", True): lambda n: plural("{n} cell added {where}", "{n} cells added {where}", n, where=where),
    }
    return forms[axis if axis in ("height", "width") else "cells", count < 0](abs(count))


def remark(trace: Trace) -> str:
    """A few words on what a stage does at the edge; of one without a window, on what it does."""
    if not trace.geometry.axes:
        return phrases(trace).instruction(trace)
    lines = padding_in_words(trace)
    return _("cut off: {lines}").format(lines=lines) if kind(trace) == "transposed" else lines


def edge_rule(axis: AxisGeometry) -> str:
    """The padding rule; where ceil mode lets a window hang over, that."""
    return _("ceil mode") if axis.padding.rule == "valid" and axis.padding.overhang else rule_name(axis)
