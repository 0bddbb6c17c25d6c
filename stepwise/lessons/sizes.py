"""How big the answer is and where the padding goes: the parts of a lesson that geometry alone decides."""

from __future__ import annotations

import math
from collections.abc import Iterable

from ..formula import Ceiling, Difference, Floor, Formula, Number, Product, Quotient, Sum, Symbol
from ..geometry import AxisGeometry
from ..language import _, plural
from ..traces import Trace
from . import pictures
from .blocks import Block, Inline, Math, Prose, Strong, Table, Text
from .choice import WHERE
from .phrases import phrases
from .terms import alike, cells, kind, rule_name


def size_blocks(trace: Trace) -> list[Block]:
    """The size formula, and each axis's numbers put in."""
    axes = trace.geometry.axes
    windows = plural("{n} window", "{n} windows", math.prod(axis.output for axis in axes))
    told = _("The output has {size}: {windows}") if len(axes) == 1 else _("The output is {size}: {windows}")
    result = told.format(size=cells(axis.output for axis in axes), windows=windows)
    channels = trace.channels[1]
    per = ", " + _("in each of {n} channels").format(n=channels) if channels > 1 else ""
    blocks: list[Block] = [Prose(_general(trace))]
    if kind(trace) in ("sliding", "transposed"):
        rows = _shared_rows((axis, (Math(axis.padding.output_formula),)) for axis in axes)
        blocks.append(Table(_("Size of the output, axis by axis"), (_("axis"), _("cells of output")), rows))
    blocks += [Prose((_dropped(axis),)) for axis in axes if axis.padding.drops_last]
    return [*blocks, Prose((result + per + ".",))]


def _general(trace: Trace) -> Text:
    """The rule for the size, in letters."""
    n, s, k, p = Symbol("n"), Symbol("s"), Symbol("k"), Symbol("p")
    axis = trace.geometry.axes[0]
    match kind(trace):
        case "whole":
            return (_("One window covers everything there is, so each channel gives one cell."),)
        case "adaptive":
            return (_("The call says how many cells come out; the windows share the input out among them."),)
        case "transposed":
            spread = Sum((Product((Difference(n, Number(1)), s)), k))
            cut = _("of which the padding of the call is cut off again:")
            return (_("Kernels that span k, laid down s apart at n cells, cover") + " ", Math(spread), " " + cut)
    match axis.padding.rule:
        case "same_upper" | "same_lower":
            general: Formula = Ceiling(Quotient(n, s))
            meaning = _("cells for an input of n cells and a stride of s, whatever the window:")
        case "valid":
            moves = Quotient(Difference(n, k), s)
            general = Sum((Ceiling(moves) if axis.padding.ceil else Floor(moves), Number(1)))
            meaning = _("cells for an input of n cells, a window that spans k and a stride of s:")
        case _:
            moves = Quotient(Difference(Sum((n, p)), k), s)
            general = Sum((Ceiling(moves) if axis.padding.ceil else Floor(moves), Number(1)))
            meaning = _("cells for n cells, p lines of padding, a window that spans k and a stride of s:")
    gives = _("Along each axis, {rule} padding gives").format(rule=rule_name(axis))
    if axis.padding.ceil:
        meaning = meaning[:-1] + _("; ceil mode rounds up, so the last window may hang over the end:")
    return (gives + " ", Math(general), " " + meaning)


def _dropped(axis: AxisGeometry) -> str:
    told = _("Along the {axis}, one window less: the last would start in the padding after the data, and is dropped.")
    return told.format(axis=_(axis.name))


def _shared_rows(told: Iterable[tuple[AxisGeometry, Text]]) -> tuple[tuple[Text, ...], ...]:
    """One row an axis; axes of which the same is told share one."""
    names: dict[Text, list[str]] = {}
    for axis, text in told:
        names.setdefault(text, []).append(_(axis.name))
    return tuple(((_(" and ").join(axes),), text) for text, axes in names.items())


def padding_blocks(trace: Trace) -> list[Block]:
    """Every padding decision and its reason."""
    axes = trace.geometry.axes
    blocks: list[Block] = []
    match axes[0].padding.rule:
        case "same_upper" | "same_lower":
            blocks += _same(trace)
        case "explicit" | "causal":
            blocks.append(Prose((_shared_reason(axes),)))
            blocks.append(_lines_table(axes))
            blocks += _meaning(trace)
        case _:
            blocks.append(Prose((_shared_reason(axes),)))
    for axis in axes:
        if axis.padding.overhang:
            blocks.append(Prose((_overhang(axis),)))
        if kind(trace) == "sliding" and axis.gaps:
            blocks.append(Prose(_uncovered(axis)))
    return blocks


def _shared_reason(axes: tuple[AxisGeometry, ...]) -> str:
    reasons = list(dict.fromkeys(axis.padding.reason for axis in axes))
    if len(reasons) == 1:
        return reasons[0]
    return " ".join(f"{_(axis.name).capitalize()}: {axis.padding.reason}" for axis in axes)


def _lines_table(axes: tuple[AxisGeometry, ...]) -> Table:
    rows = tuple(
        (
            (_(axis.name),),
            (Math(axis.padding.formula),),
            (f"{axis.padding.before} " + WHERE[axis.name, "before"](),),
            (f"{axis.padding.after} " + WHERE[axis.name, "after"](),),
        )
        for axis in axes
    )
    return Table(_("Padding, axis by axis"), (_("axis"), _("lines of padding"), _("before"), _("after")), rows)


def _same(trace: Trace) -> list[Block]:
    axes = trace.geometry.axes
    start = _("SAME adds just the lines that the last window is short of: (output − 1)·stride + window − input.")
    blocks: list[Block] = [Prose((start,)), _lines_table(axes)]
    if not trace.geometry.pads:
        return [*blocks, Prose((_("Here that is none: the windows fit."),))]
    odd = [axis for axis in axes if axis.padding.total % 2]
    if odd:
        blocks.append(Prose(_odd_line(odd), tone="note"))
    else:
        blocks.append(Prose((_("The lines are split evenly between the two sides."),)))
    return [*blocks, *_meaning(trace)]


def _meaning(trace: Trace) -> list[Block]:
    """The padded input, and what padding means to this operation."""
    if not trace.geometry.pads:
        return []
    told: Block = Prose(phrases(trace).padding(trace))
    return [pictures.padded_input(trace), told]


def _odd_line(axes: list[AxisGeometry]) -> Text:
    upper = axes[0].padding.rule == "same_upper"
    places = _(" and ").join(WHERE[axis.name, "after" if upper else "before"]() for axis in axes)
    side = _("after the data") if upper else _("before the data")
    text: list[Inline] = [_("An odd line cannot be split, so it goes") + " ", Strong(side), ": " + places + "."]
    if upper and [a.name for a in axes] == ["height", "width"] and all(a.padding.total == 1 for a in axes):
        text.append(" " + _("(Bottom and right; “right and left”, as one sometimes reads, would be two columns.)"))
    return tuple(text)


def _overhang(axis: AxisGeometry) -> str:
    told = _("Along the {axis}, the last window hangs {cells} over the edge; nothing is there, not even padding.")
    return told.format(axis=_(axis.name), cells=plural("{n} cell", "{n} cells", axis.padding.overhang))


def _uncovered(axis: AxisGeometry) -> Text:
    lines = {"height": (_("row"), _("rows")), "width": (_("column"), _("columns"))}
    one, many = lines.get(axis.name, (_("line"), _("lines")))
    count = sum(map(len, axis.gaps))
    first = sorted(p for gap in axis.gaps for p in gap[:6])[:6]
    named = ", ".join(map(str, first)) + (", …" if count > 6 else "")
    sentence = plural(
        "The stride leaves {{lines}} {{named}} never covered: no window reaches it",
        "The stride leaves {{lines}} {{named}} never covered: no window reaches them",
        count,
    )
    return (sentence.format(lines=many if count > 1 else one, named=named) + " " + _("(counting from 0)") + ".",)


def pace(axes: tuple[AxisGeometry, ...]) -> str:
    """`2 cells at a time`"""
    strides = [axis.stride for axis in axes]
    if len(set(strides)) == 1:
        return plural("{n} cell at a time", "{n} cells at a time", strides[0])
    return _("{n} cells at a time").format(n=alike(strides))
