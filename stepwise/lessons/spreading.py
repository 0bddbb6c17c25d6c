"""The other way of telling a transposed convolution: an input cell, the kernel scaled by it, and where that lands.

Source of the picture: Dumoulin & Visin, arXiv:1603.07285, §4.1, read from the input's side.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction

from ..arithmetic import Value, is_expression, lowered, plain
from ..document.blocks import Block, Prose, Scene, Table
from ..document.inline import Math, Text
from ..document.matrix import Cell, Frame, Mark, Matrix
from ..formula import Formula, Product, leaf
from ..geometry import AxisGeometry
from ..language import _
from ..traces.axes import cell_place
from ..traces.layout import Index, cells_of
from ..traces.trace import Trace
from . import drawing, pictures
from .channels import worth
from .edges import Span
from .inline import labels, paragraph, several

MOST_SPREAD = 4
"""Input cells whose spreading is told."""
MOST_LANDED = 9
"""Places told of each, where it is not drawn."""


def spreads(trace: Trace) -> list[Block]:
    """What is done, and the first input cells, each with the picture of what it adds."""
    array = trace.inputs["input"]
    cut = any(axis.padding.before > 0 or axis.padding.after > 0 for axis in trace.geometry.axes)
    done = paragraph(
        _("Each input number is multiplied by every weight of the kernel, and the products are added to the output."),
        _("Products on lines that are cut off are left out.") if cut else "",
        _("Where products meet, they are added up."),
    )
    cells = list(cells_of(array, MOST_SPREAD))
    blocks: list[Block] = [Prose(done)]
    if len(trace.geometry.axes) > 2:
        blocks.append(_listed(trace, cells))
    else:
        blocks += [landing(trace, index) for index, _value in cells]
    if array.size > MOST_SPREAD:
        blocks.append(Prose((_("… and so on for {n} more.").format(n=array.size - MOST_SPREAD),)))
    return blocks


def landing(trace: Trace, index: Index, filter_: int | None = None) -> Scene:
    """One input cell, the kernel that it multiplies, and the products where they land; along one or two axes.

    Of several filters it is the first that sees the cell, unless another is asked for.
    """
    axes = trace.geometry.axes
    image, channel, *cell = trace.layer.layout.inner(index, len(axes))
    value = plain(trace.inputs["input"][index])
    landed = trace.layer.operation.spreads(trace, index)
    if filter_ is None:
        filter_ = trace.place(landed[0][0])[1] if landed else 0
    products = {trace.place(at)[2:]: _product(value, weight) for at, weight in landed if trace.place(at)[1] == filter_}
    channels = trace.layer.operation.seen(filter_, trace)
    kernel = pictures.kernels(trace, filter_, channels.index(channel) if channel in channels else 0)
    return Scene(
        (_given(trace, (image, channel), tuple(cell)), *kernel, _landed(trace, filter_, tuple(cell), products)),
        ("·", *([","] * (len(kernel) - 1)), "→"),
        trace,
    )


def _product(value: Value, weight: Value) -> Value | Formula:
    if isinstance(value, Fraction) or isinstance(weight, Fraction):
        return lowered(value * weight)
    made = Product((leaf(value), leaf(weight)))
    return made if is_expression(value) or is_expression(weight) else worth(made).value


def _given(trace: Trace, at: tuple[int, int], cell: Index) -> Matrix:
    """The input with the cell that is spread."""
    return pictures.input_plane(trace, at, [(i, i + 1) for i in cell])


def _landed(trace: Trace, filter_: int, cell: Index, products: Mapping[Index, Value | Formula]) -> Matrix:
    places = _places(trace, cell)

    def draw(position: Index) -> Cell:
        inside = bool(products) and all(first <= p < last for p, (first, last) in zip(position, places))
        marks: frozenset[Mark] = frozenset(
            {"window", "tapped"} if position in products else {"window"} if inside else {"idle"}
        )
        return Cell("data", products.get(position, 0), marks=marks)

    return landing_plane(trace, filter_, cell, _("added to the output"), draw, framed=bool(products))


def landing_plane(
    trace: Trace, filter_: int, cell: Index, caption: str, draw: Callable[[Index], Cell], framed: bool
) -> Matrix:
    """The plane of the output that a filter makes, and a frame around what an input cell reaches."""
    places = _places(trace, cell)
    filter_name = _("filter {n}").format(n=filter_) if trace.channels[1] > 1 else ""
    spans = [(0, axis.output) for axis in trace.geometry.axes]
    [matrix] = drawing.matrices("output", labels(caption, filter_name), spans, places, draw)
    (top, bottom), (left, right) = places if len(places) > 1 else ((0, 1), places[0])
    if not framed:
        return matrix
    first_row = matrix.first_row if len(places) > 1 else 0
    return replace(matrix, frame=Frame(top - first_row, left - matrix.first_column, bottom - top, right - left))


def _places(trace: Trace, cell: Index) -> list[Span]:
    return [_reached(axis, j) for axis, j in zip(trace.geometry.axes, cell)]


def _reached(axis: AxisGeometry, cell: int) -> Span:
    """The output cells from the first to the last that an input cell can add to, those that are cut off left out."""
    first = cell * axis.stride - axis.padding.before
    last = first + (axis.window - 1) * axis.dilation + 1
    return min(max(first, 0), axis.output - 1), max(1, min(last, axis.output))


def _listed(trace: Trace, cells: list[tuple[Index, Value]]) -> Table:
    """The same as a table, where a picture would need a third axis."""
    rows: list[tuple[Text, ...]] = []
    for index, value in cells:
        given: list[Text] = []
        landed = trace.layer.operation.spreads(trace, index)
        for at, weight in landed[:MOST_LANDED]:
            given.append((f"{cell_place(trace, at)} += ", Math(Product((leaf(plain(value)), leaf(weight))))))
        given += [("…",)] if len(landed) > MOST_LANDED else []
        rows.append(((cell_place(trace, index, "input"),), several(given) or (_("nothing: all of it is cut off"),)))
    return Table(_("What every input cell adds"), (_("input cell"), _("adds")), tuple(rows))
