"""Where numbers of a resized, shuffled or unfolded image come from, told as a whole: the rule, and a table by it.

To add an operation: its blocks, named in `_BLOCKS`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

from ..document.blocks import Block, Prose, Table
from ..document.inline import Math, Text
from ..document.lesson import Section
from ..formula import Difference, Equality, Floor, Formula, Number, Product, Quotient, Sum
from ..formula.leaf import leaf
from ..geometry.axes import axis_names
from ..language import _
from ..nouns import axis_noun, size_of
from ..ops import ChannelShuffle, DepthToSpace, Fold, Linear, Nearest, SpaceToDepth, Unfold
from ..ops.coordinates import HALF, Resized
from ..traces.trace import Trace
from .inline import inline

MOST_ROWS = 12
"""Rows of a table; of more, the first are told."""


def source_sections(trace: Trace) -> list[Section]:
    """The section of an operation whose numbers come from places that a rule tells; none of any other."""
    made = _BLOCKS.get(trace.layer.operation.name)
    return [] if made is None else [Section(_("Where does each number come from?"), tuple(made(trace)), part="sources")]


def _images(trace: Trace, spatial: int) -> tuple[int, ...]:
    return trace.layer.layout.images_shape(trace.inputs["input"].shape, spatial)


def _first(rows: list[tuple[Text, ...]]) -> tuple[tuple[Text, ...], ...]:
    return tuple(rows[:MOST_ROWS])


def _more(count: int) -> Iterator[Block]:
    if count > MOST_ROWS:
        yield Prose((_("Of {n} rows, the first {shown} are shown.").format(n=count, shown=MOST_ROWS),))


def _resized(trace: Trace) -> Iterator[Block]:
    """How large it gets, the rule, and each axis with its numbers put in."""
    operation: Any = trace.layer.operation
    axes: list[Resized] = operation.resized(_images(trace, operation.spatial))
    yield Prose((RULES[axes[0].coordinates](),))
    if isinstance(operation, Nearest):
        yield Prose((ROUNDED[operation.rounding](),))
    else:
        yield Prose(
            inline(
                _(
                    "A place at the distance t after a cell, before the next one, gets **1 − t** of that cell and "
                    "**t** of the next. Along several axes, the weights are multiplied. Outside, the cell at the edge "
                    "counts."
                )
            )
        )
    seen: list[Resized] = []
    for name, axis in zip(axis_names(len(axes)), axes):
        if axis in seen:
            yield Prose((_("Along the {axis} it is the same.").format(axis=axis_noun(name)),))
            continue
        seen.append(axis)
        if isinstance(operation, Linear):
            axis = replace(axis, rounded="")  # as one works it out on paper: weights differ in the last digits only
        yield _table(operation, name, axis)
        yield from _more(axis.output)


def _table(operation: Nearest | Linear, name: str, axis: Resized) -> Table:
    caption = _("Along the {axis}: {given} cells become {made}").format(
        axis=axis_noun(name), given=axis.size, made=axis.output
    )
    shown = range(min(axis.output, MOST_ROWS))
    if isinstance(operation, Nearest):
        rows = [((str(i),), (Math(_place(axis, i)),), (str(axis.nearest(i, operation.rounding)),)) for i in shown]
        return Table(caption, (_("output cell"), _("place"), _("input cell")), _first(list(rows)))
    weighed: list[tuple[Text, ...]] = []
    for i in shown:
        first, second, far = axis.between(i)
        shares = [(first, 1 - far), (second, far)] if first != second and far else [(first, Fraction(1))]
        cells = ", ".join(str(at) for at, _share in shares)
        weights: list[Any] = []
        for _at, share in shares:
            weights += [", "] * bool(weights) + [Math(leaf(share))]
        weighed.append(((str(i),), (Math(_place(axis, i)),), (cells,), tuple(weights)))
    head = (_("output cell"), _("place"), _("input cells"), _("weights"))
    return Table(caption, head, _first(weighed))


def _place(axis: Resized, i: int) -> Formula:
    """The place of an output cell, with its numbers put in: `(1 + 1/2)·4 / 8 - 1/2 = 1/4`."""
    number = Number(i)
    if axis.coordinates == "align_corners":
        ratio: Formula = Quotient(Product((number, Number(axis.size - 1))), Number(max(axis.output - 1, 1)))
        return Equality(ratio, leaf(axis.place(i))) if axis.output > 1 else Number(0)
    half = leaf(HALF)
    moved: Formula = number if axis.coordinates == "asymmetric" else Sum((number, half))
    if axis.scale is None:
        place: Formula = Quotient(Product((moved, Number(axis.size))), Number(axis.output))
    else:
        place = Quotient(moved, leaf(axis.scale))
    if axis.coordinates in ("half_pixel", "pytorch_half_pixel", "half_pixel_symmetric"):
        place = Difference(place, half)
    if axis.coordinates == "pytorch_half_pixel" and axis.output == 1:
        return Number(0)
    if axis.coordinates == "half_pixel_symmetric":
        left_out = axis.place(i) - ((i + HALF) * axis.ratio - HALF)
        place = Sum((place, leaf(left_out))) if left_out else place
    found = axis.worked_out(i)
    if math.floor(found) != math.floor(axis.place(i)) or math.ceil(found) != math.ceil(axis.place(i)):
        return Equality(place, Number(float(found)), exact=False)  # in 32 bits it falls to another cell
    return Equality(place, leaf(axis.place(i)))


RULES: dict[str, Callable[[], str]] = {
    "asymmetric": lambda: _(
        "Cells are counted from 0 along each axis. The place of output cell i in the input is i·n/m, where n cells "
        "become m: i divided by the scale."
    ),
    "half_pixel": lambda: _(
        "Cells are squares, and their centres are compared, half a cell from each edge. The place of output "
        "cell i in the input is (i + 1/2)·n/m − 1/2, where n cells become m: n/m is 1 divided by the scale."
    ),
    "align_corners": lambda: _(
        "The first cells coincide, and so do the last ones (align_corners). The place of output cell i in "
        "the input is i·(n − 1)/(m − 1), where n cells become m."
    ),
    "pytorch_half_pixel": lambda: _(
        "Cells are squares, and their centres are compared, half a cell from each edge. The place of output "
        "cell i in the input is (i + 1/2)·n/m − 1/2, where n cells become m; of a single output cell it is 0."
    ),
    "half_pixel_symmetric": lambda: _(
        "Cells are squares, and their centres are compared. The place of output cell i in the input is "
        "(i + 1/2)·n/m − 1/2, moved so that the centres of both images coincide, where the size was "
        "rounded down."
    ),
    "tf_half_pixel_for_nn": lambda: _(
        "The place of output cell i in the input is (i + 1/2)·n/m, where n cells become m: n/m is 1 divided by the "
        "scale."
    ),
}
ROUNDED: dict[str, Callable[[], str]] = {
    "floor": lambda: _("It is rounded down to a whole number: that is the cell that is copied."),
    "ceil": lambda: _("It is rounded up to a whole number: that is the cell that is copied; past the end, the last."),
    "round_prefer_floor": lambda: _(
        "The nearest cell is copied; where two are equally near, the first of them. Outside, it is the cell at the "
        "edge."
    ),
    "round_prefer_ceil": lambda: _(
        "The nearest cell is copied; where two are equally near, the second of them. Outside, it is the cell at the "
        "edge."
    ),
}


def _blocks(trace: Trace) -> Iterator[Block]:
    """Which channel holds which cell of a block."""
    operation = trace.layer.operation
    assert isinstance(operation, DepthToSpace | SpaceToDepth)
    deep = isinstance(operation, DepthToSpace)
    channels = _images(trace, 2)[1] // (operation.block**2 if deep else 1)
    words = {"r": operation.block, "all": operation.block**2, "c": channels}
    if operation.order == "column first":
        rule = _(
            "The cell in row a and column b of a {r}×{r} block belongs to channel c·{all} + a·{r} + b: the {all} cells "
            "of one block have channels that follow one another."
        )
    else:
        rule = _(
            "The cell in row a and column b of a {r}×{r} block belongs to channel (a·{r} + b)·{c} + c: first come all "
            "channels of the first cell, then all of the second."
        )
    yield Prose((rule.format(**words),))
    rows: list[tuple[Text, ...]] = []
    for channel in range(channels):
        for number in range(operation.block**2):
            a, b = divmod(number, operation.block)
            rows.append(((str(channel),), (str(a),), (str(b),), (Math(_counted(operation, a, b, channel, channels)),)))
    head = (_("channel of blocks"), _("row in the block"), _("column in the block"), _("channel of single cells"))
    yield Table(_("Which channel holds which cell of a block"), head, _first(rows))
    yield from _more(len(rows))


def _counted(operation: DepthToSpace | SpaceToDepth, a: int, b: int, channel: int, channels: int) -> Formula:
    r = operation.block
    result = Number(operation.channel((a, b), channel, channels))
    inside = Sum((Product((Number(a), Number(r))), Number(b)))
    if operation.order == "column first":
        whole: Formula = Sum((Product((Number(channel), Number(r * r))), *inside.terms))
    else:
        whole = Sum((Product((inside, Number(channels))), Number(channel)))
    return Equality(whole, result)


def _dealt(trace: Trace) -> Iterator[Block]:
    """Which channel comes from where."""
    operation = trace.layer.operation
    assert isinstance(operation, ChannelShuffle)
    channels = _images(trace, operation.spatial)[1]
    each = channels // operation.groups
    rule = _(
        "The {c} channels are {g} groups of {each}. The output takes one channel of each group in turn: first the "
        "first of every group, then the second, and so on."
    )
    yield Prose((rule.format(c=channels, g=operation.groups, each=each),))
    rows: list[tuple[Text, ...]] = []
    for made in range(channels):
        member, group = divmod(made, operation.groups)
        source = Equality(Sum((Product((Number(group), Number(each))), Number(member))), Number(group * each + member))
        rows.append(((str(made),), (str(group),), (str(member),), (Math(source),)))
    head = (_("output channel"), _("group"), _("place in the group"), _("input channel"))
    yield Table(_("Where each channel comes from"), head, _first(rows))
    yield from _more(channels)


def _unfolded(trace: Trace) -> Iterator[Block]:
    """What rows and columns of the matrix are."""
    operation = trace.layer.operation
    assert isinstance(operation, Unfold | Fold)
    rows, columns = (trace.shape if isinstance(operation, Unfold) else trace.inputs["input"].shape)[-2:]
    cells = math.prod(operation.window)
    words = {
        "window": size_of(operation.window),
        "cells": cells,
        "rows": Math(Equality(Product((Number(rows // cells), Number(cells))), Number(rows))),
        "columns": columns,
    }
    rule = _(
        "Every column is one place of the {window} window, and the places are counted row by row: {columns} columns. "
        "Every row is one cell of the window in one channel; channels times cells are {rows} rows."
    )
    yield Prose(inline(rule, **words))
    if isinstance(operation, Unfold):
        product = _(
            "**A convolution is one product with this matrix:** each filter, written as a row in the same order, times "
            "the matrix gives that filter's output, place by place."
        )
        yield Prose(inline(product))


_BLOCKS: dict[str, Callable[[Trace], Iterator[Block]]] = {
    "nearest": _resized,
    "linear": _resized,
    "depth_to_space": _blocks,
    "space_to_depth": _blocks,
    "channel_shuffle": _dealt,
    "unfold": _unfolded,
    "fold": _unfolded,
}


def size_sentence(trace: Trace) -> str:
    """How many cells there are, where a scale says it; empty for any other operation."""
    operation: Any = trace.layer.operation
    if not isinstance(operation, Nearest | Linear):
        return ""
    if operation.sizes:
        return _("The call asks for this size.")
    return _("Each axis is multiplied by its scale, and rounded down: {sizes}.").format(
        sizes=", ".join(
            str(
                Equality(
                    Floor(Product((Number(n), leaf(Fraction(str(scale)))))),
                    Number(math.floor(n * Fraction(str(scale)))),
                )
            )
            for n, scale in zip(_images(trace, operation.spatial)[2:], operation.scales)
        )
    )
