"""How big the answer is and where the padding goes: the parts of a lesson that geometry alone decides."""

from __future__ import annotations

import math
from collections.abc import Iterable

from ..document.blocks import Block, Prose, Table
from ..document.inline import Math, Text
from ..formula import Ceiling, Difference, Equality, Floor, Formula, Number, Product, Quotient, Sum, Symbol
from ..geometry import AxisGeometry, Sliding, Transposed
from ..language import _, listed, plural
from ..nouns import WHERE, axis_noun
from ..ops import MaxPool
from ..traces.trace import Trace
from . import pictures
from .inline import inline, paragraph
from .phrases import phrases
from .terms import cells, kind, rule_word

MOST_NAMED = 6
"""Lines that are named one by one."""
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


def where_title(trace: Trace) -> str:
    """The heading over the padding, or over what is cut off."""
    return _("What is cut off?") if kind(trace) == "transposed" else _("Where does the padding go?")


def padding_blocks(trace: Trace) -> list[Block]:
    """Every padding decision and its reason."""
    axes = trace.geometry.axes
    blocks: list[Block] = []
    match axes[0].padding.rule:
        case "same_upper" | "same_lower":
            blocks += _same(trace)
        case "explicit" | "causal" | "full":
            blocks.append(Prose((_shared_reason(axes, kind(trace) == "whole"),)))
            blocks += [_lines_table(axes)] if trace.geometry.has_padding else []
            blocks += _meaning(trace)
        case "transposed":
            blocks.append(Prose((_shared_reason(axes, kind(trace) == "whole"),)))
            blocks += _added_lines(trace)
        case _:
            blocks.append(Prose((_shared_reason(axes, kind(trace) == "whole"),)))
    for axis in axes:
        if axis.padding.overhang:
            blocks.append(Prose((_overhang(axis),)))
        if kind(trace) == "sliding" and axis.gaps:
            blocks.append(Prose(_uncovered(axis)))
    return blocks


def _added_lines(trace: Trace) -> list[Block]:
    """Where the lines come from that `output_padding` asks for."""
    windows = getattr(trace.layer.operation, "windows", None)
    if not isinstance(windows, Transposed) or not any(windows.extra):
        return []
    blocks: list[Block] = []
    for i, (axis, extra) in enumerate(zip(trace.geometry.axes, windows.extra)):
        beyond = min(max(-axis.padding.after, 0), extra)
        if not extra:
            continue
        if trace.layer.dialect == "keras" and any(windows.cuts[i]):
            blocks.append(Prose((_cut_less(axis, extra),)))
            continue
        asked = plural(
            "Along the {axis}, output_padding asks for {n} line more at the end.",
            "Along the {axis}, output_padding asks for {n} lines more at the end.",
            extra,
            axis=axis_noun(axis.name),
        )
        if not beyond:
            where = _("It consists of cells that the kernel reaches and that would otherwise have been cut off.")
        elif beyond < extra:
            where = _("Of these, {n} would otherwise have been cut off; the kernel does not reach the others.")
            where = where.format(n=extra - beyond)
        else:
            where = _("The kernel does not reach there.")
        held = ""
        if beyond:
            held = _("Where the kernel does not reach, a cell is 0.")
            if "bias" in trace.inputs:
                held = _("Where the kernel does not reach, a cell holds only the bias.")
        blocks.append(Prose(paragraph(asked, where, held)))
    return blocks


def _cut_less(axis: AxisGeometry, extra: int) -> str:
    """What `output_padding` comes to in Keras under SAME, where it may give a line back at the start."""
    return plural(
        "Along the {axis}, output_padding asks for {n} line more, so less is cut off: without it, "
        "{half} before and {half} after.",
        "Along the {axis}, output_padding asks for {n} lines more, so less is cut off: without it, "
        "{half} before and {half} after.",
        extra,
        axis=axis_noun(axis.name),
        half=axis.padding.span // 2,
    )


def _shared_reason(axes: tuple[AxisGeometry, ...], whole: bool) -> str:
    hanging = any(axis.padding.overhang for axis in axes)
    if whole:
        return _("No padding is added: the one window is all of the data.")
    if hanging and axes[0].padding.rule == "valid":
        return _("VALID adds no padding.")  # of no axis alone: a window is inside along all of them
    reasons = list(dict.fromkeys(axis.padding.reason for axis in axes))
    if len(reasons) == 1:
        return reasons[0]
    along = _("Along the {axis}: {reason}")
    return " ".join(along.format(axis=axis_noun(axis.name), reason=axis.padding.reason) for axis in axes)


def _lines_table(axes: tuple[AxisGeometry, ...]) -> Table:
    rows = tuple(
        (
            (axis_noun(axis.name),),
            (Math(axis.padding.formula),),
            (_("{n} {where}").format(n=axis.padding.before, where=WHERE[axis.name, "before"]()),),
            (_("{n} {where}").format(n=axis.padding.after, where=WHERE[axis.name, "after"]()),),
        )
        for axis in axes
    )
    return Table(_("Padding, axis by axis"), (_("axis"), _("lines of padding"), _("before"), _("after")), rows)


def _same(trace: Trace) -> list[Block]:
    axes = trace.geometry.axes
    start = _("{rule} adds exactly the lines that the last window lacks: (output − 1)·stride + window − input.")
    if any(axis.dilation > 1 for axis in axes):
        start = _("{rule} adds exactly the lines that the last window lacks: (output − 1)·stride + span − input.")
    blocks: list[Block] = [Prose((start.format(rule=rule_word(trace)),)), _lines_table(axes)]
    if not trace.geometry.has_padding:
        return [*blocks, Prose((_("Here that is 0: the windows fit without padding."),))]
    odd = [axis for axis in axes if axis.padding.total % 2]
    if odd:
        blocks.append(Prose(paragraph(_odd_line(odd), _right_and_left(trace)), tone="note"))
    else:
        blocks.append(Prose((_("The lines are split evenly between the two sides."),)))
    return [*blocks, *_meaning(trace)]


def _meaning(trace: Trace) -> list[Block]:
    """The padded input, and what padding means to this operation."""
    if not trace.geometry.has_padding:
        return []
    meaning: Block = Prose(phrases(trace).padding(trace))
    return [pictures.padded_input(trace), meaning]


def _odd_line(axes: list[AxisGeometry]) -> Text:
    upper = axes[0].padding.rule == "same_upper"
    places = listed(WHERE[axis.name, "after" if upper else "before"]() for axis in axes)
    odd = _("An odd total cannot be halved, so the extra line goes **before the data**: {places}.")
    if upper:
        odd = _("An odd total cannot be halved, so the extra line goes **after the data**: {places}.")
    return inline(odd, places=places)


def _right_and_left(trace: Trace) -> str:
    """What one may read of the tutorial's own example; of no other is it said."""
    geometry = trace.geometry
    own = geometry.input_shape == geometry.window == geometry.output_shape == (2, 2)
    if not own or not isinstance(trace.layer.operation, MaxPool) or geometry.axes[0].padding.rule != "same_upper":
        return ""
    return _("Some texts say “right and left” here; that would add two columns, and no row.")


def _overhang(axis: AxisGeometry) -> str:
    return plural(
        "Along the {axis}, the last window reaches {n} cell past the edge. Nothing is there, not even padding.",
        "Along the {axis}, the last window reaches {n} cells past the edge. Nothing is there, not even padding.",
        axis.padding.overhang,
        axis=axis_noun(axis.name),
    )


def _uncovered(axis: AxisGeometry) -> Text:
    """The lines of data that no window touches: left over by the stride, or stepped over by the dilation."""

    def is_spanned(position: int) -> bool:
        last = min(axis.output - 1, (position + axis.padding.before) // axis.stride)  # to begin at it or before
        return position in range(*axis.frame(last))

    between = tuple(filter(is_spanned, axis.uncovered))
    left = tuple(p for p in axis.uncovered if not is_spanned(p))
    sentences = []
    if left:
        sentences.append(
            plural(
                "The stride leaves {lines} uncovered: no window reaches it (counting from 0).",
                "The stride leaves {lines} uncovered: no window reaches them (counting from 0).",
                len(left),
                lines=_named(axis, left),
            )
        )
    if between:
        sentences.append(
            plural(
                "The dilation skips {lines}: no window touches it (counting from 0).",
                "The dilation skips {lines}: no window touches them (counting from 0).",
                len(between),
                lines=_named(axis, between),
            )
        )
    return paragraph(*sentences)


def _named(axis: AxisGeometry, positions: tuple[int, ...]) -> str:
    """`rows 1, 3`"""
    numbers = ", ".join(map(str, positions[:MOST_NAMED])) + (", …" if len(positions) > MOST_NAMED else "")
    match axis.name:
        case "height":
            return plural("row {numbers}", "rows {numbers}", len(positions), numbers=numbers)
        case "width":
            return plural("column {numbers}", "columns {numbers}", len(positions), numbers=numbers)
        case "depth":
            return plural("plane {numbers}", "planes {numbers}", len(positions), numbers=numbers)
    return plural("cell {numbers}", "cells {numbers}", len(positions), numbers=numbers)
