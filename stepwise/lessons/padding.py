"""Where the padding goes: how many lines on each side, why, and what lies past the last window."""

from __future__ import annotations

from ..document.blocks import Block, Prose, Table
from ..document.inline import Math, Text
from ..geometry import AxisGeometry, Transposed
from ..language import _, listed, plural
from ..nouns import WHERE, axis_noun
from ..ops import MaxPool
from ..traces.trace import Trace
from . import pictures
from .inline import inline, paragraph
from .phrases import phrases
from .terms import kind, rule_word

MOST_NAMED = 6
"""Lines that are named one by one."""


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
