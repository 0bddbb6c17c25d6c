"""How big the answer is: what geometry alone decides of a lesson."""

from __future__ import annotations

import math
from collections.abc import Iterable

from ..document.blocks import Block, Prose, Table
from ..document.inline import Math, Text
from ..formula import Ceiling, Difference, Equality, Floor, Formula, Number, Product, Quotient, Sum, Symbol
from ..geometry import AxisGeometry, Sliding
from ..language import _, listed, plural
from ..nouns import axis_noun
from ..traces.trace import Trace
from .inline import inline
from .terms import cells, kind, rule_word

MOST_SHARED = 6
"""Windows of an adaptive axis whose cells are told."""


def size_blocks(trace: Trace) -> list[Block]:
    """The size formula, and each axis's numbers put in."""
    axes = trace.geometry.axes
    blocks: list[Block] = [Prose(_general(trace))]
    if kind(trace) == "adaptive":
        blocks += _shared_out(axes)
    if kind(trace) in ("sliding", "transposed"):
        rows = _shared_rows((axis, (Math(axis.padding.output_formula),)) for axis in axes)
        blocks.append(Table(_("Size of the output, axis by axis"), (_("axis"), _("cells of output")), rows))
    blocks += _spans(axes)
    blocks += _rounding(trace)
    blocks += [Prose((_dropped(axis),)) for axis in axes if axis.padding.drops_last]
    return [*blocks, Prose((_result(trace),))]


def _result(trace: Trace) -> str:
    """The size that comes out, and how many windows that is, in how many channels and images."""
    axes = trace.geometry.axes
    size = cells(axis.output for axis in axes)
    channels, images = trace.channels[1], trace.place(tuple(n - 1 for n in trace.shape))[0] + 1
    parts = [_("in each of {n} channels").format(n=channels)] if channels > 1 else []
    parts += [_("in each of {n} images").format(n=images)] if images > 1 else []
    if kind(trace) == "transposed" and len(axes) == 1:  # whose size is the number of cells
        result = _("The output has {size}, {parts}.") if parts else _("The output has {size}.")
        return result.format(size=size, parts=listed(parts) if parts else "")
    counted = math.prod(axis.output for axis in axes)
    windows = plural("{n} window", "{n} windows", counted)
    if kind(trace) == "transposed":
        windows = plural("{n} cell", "{n} cells", counted)
    if len(axes) > 1:
        result = _("The output is {size}: {windows}, {parts}.") if parts else _("The output is {size}: {windows}.")
    else:
        result = _("The output has {size}: {windows}, {parts}.") if parts else _("The output has {size}: {windows}.")
    return result.format(size=size, windows=windows, parts=listed(parts) if parts else "")


def _general(trace: Trace) -> Text:
    """The rule for the size, in letters."""
    n, s, k, p = Symbol("n"), Symbol("s"), Symbol("k"), Symbol("p")
    axis = trace.geometry.axes[0]
    match kind(trace):
        case "whole":
            return (_("One window covers the whole input, so each channel gives one cell."),)
        case "adaptive":
            i, m, one = Symbol("i"), Symbol("m"), Number(1)
            first = Floor(Quotient(Product((i, n)), m))
            last = Ceiling(Quotient(Product((Sum((i, one)), n)), m))
            shares = _(
                "The call says how many cells the output has. When n cells are divided among m windows, window i "
                "covers the cells from {first} up to, but not including, {last}, counting windows and cells from 0:"
            )
            return inline(shares, first=Math(first), last=Math(last))
        case "transposed":
            spread = Math(Sum((Product((Difference(n, Number(1)), s)), k)))
            changed = any(a.padding.before or a.padding.after for a in trace.geometry.axes)
            copies = _("n copies of the kernel, which spans k cells, placed s apart, cover {span} cells:")
            if changed:
                copies = _(
                    "n copies of the kernel, which spans k cells, placed s apart, cover {span} cells, before lines are "
                    "cut off or added at the ends:"
                )
            return inline(copies, span=spread)
    moves = Quotient(Difference(n, k), s)
    match axis.padding.rule:
        case "same_upper" | "same_lower":
            general: Formula = Ceiling(Quotient(n, s))
            rule = _(
                "Along each axis, {rule} padding gives {size} cells for an input of n cells and a stride of s, "
                "whatever the window:"
            )
        case "valid":
            general = Sum((Ceiling(moves) if asks_ceil(trace) else Floor(moves), Number(1)))
            rule = _(
                "Along each axis, {rule} padding gives {size} cells for an input of n cells, a window that spans k and "
                "a stride of s:"
            )
        case _:
            moves = Quotient(Difference(Sum((n, p)), k), s)
            general = Sum((Ceiling(moves) if asks_ceil(trace) else Floor(moves), Number(1)))
            rule = _(
                "Along each axis, {rule} padding gives {size} cells for n cells, p lines of padding, a window that "
                "spans k and a stride of s:"
            )
    return inline(rule, rule=rule_word(trace), size=Math(general))


def _spans(axes: tuple[AxisGeometry, ...]) -> list[Block]:
    """How many cells a dilated window reaches over: the k of the formula."""
    named: dict[tuple[int, int], list[str]] = {}
    for axis in axes:
        if axis.dilation > 1 and axis.window > 1:
            named.setdefault((axis.window, axis.dilation), []).append(axis_noun(axis.name))
    blocks: list[Block] = []
    for (window, dilation), names in named.items():
        dilated = _(
            "Along the {axes}, the dilation sets the {k} cells of a window {d} apart, so they span {span} cells."
        )
        span = Sum((Product((Difference(Number(window), Number(1)), Number(dilation))), Number(1)))
        reached = Equality(span, Number((window - 1) * dilation + 1))
        blocks.append(Prose(inline(dilated, axes=listed(names), k=window, d=dilation, span=Math(reached))))
    return blocks


def asks_ceil(trace: Trace) -> bool:
    """Whether the call asks for ceil mode."""
    windows = getattr(trace.layer.operation, "windows", None)
    return isinstance(windows, Sliding) and windows.ceil


def _rounding(trace: Trace) -> list[Block]:
    """What ceil mode does here, where it was asked for; and where a window is laid down that is too large to fit."""
    axes = trace.geometry.axes
    if asks_ceil(trace):
        if any(axis.padding.overhang or axis.padding.drops_last for axis in axes):
            return [Prose((_("The brackets ⌈ ⌉ round up: the call asks for ceil mode."),))]
        exact = _("The call asks for ceil mode, which rounds up (⌈ ⌉); here there is nothing to round.")
        return [Prose((exact,))]
    lacking = [axis for axis in axes if axis.padding.overhang]
    longer = _("Along the {axis}, the window is longer than the input; there is one window all the same.")
    return [Prose((longer.format(axis=axis_noun(axis.name)),)) for axis in lacking]


def _shared_out(axes: tuple[AxisGeometry, ...]) -> list[Block]:
    """Which cells the first windows of each axis cover, with the numbers put in."""
    rows: list[tuple[Text, ...]] = []
    for axis in axes:
        for i in range(min(axis.output, MOST_SHARED)):
            first, past = axis.frame(i)
            n, m = Number(axis.size), Number(axis.output)
            low = Equality(Floor(Quotient(Product((Number(i), n)), m)), Number(first))
            high = Equality(Ceiling(Quotient(Product((Sum((Number(i), Number(1))), n)), m)), Number(past))
            covered = str(first) if past - first == 1 else f"{first}–{past - 1}"
            rows.append(((axis_noun(axis.name),), (str(i),), (Math(low),), (Math(high),), (covered,)))
        if axis.output > MOST_SHARED:
            left = axis.output - MOST_SHARED
            rows.append(
                ((axis_noun(axis.name),), (_("… and so on for {n} more.").format(n=left),), ("",), ("",), ("",))
            )
    head = (_("axis"), _("window"), _("from"), _("up to, not including"), _("covers"))
    return [Table(_("Which cells each window covers"), head, tuple(rows))]


def _dropped(axis: AxisGeometry) -> str:
    decision = axis.padding
    if decision.output * decision.stride < decision.size + decision.total:
        dropped = _("Along the {axis}, the last window would start in the padding after the data, so it is left out.")
    else:
        dropped = _("Along the {axis}, the last window would start past the edge, so it is left out.")
    return dropped.format(axis=axis_noun(axis.name))


def _shared_rows(workings: Iterable[tuple[AxisGeometry, Text]]) -> tuple[tuple[Text, ...], ...]:
    """One row an axis; axes of which the same is told share one."""
    names: dict[Text, list[str]] = {}
    for axis, text in workings:
        names.setdefault(text, []).append(axis_noun(axis.name))
    return tuple(((listed(axes),), text) for text, axes in names.items())
