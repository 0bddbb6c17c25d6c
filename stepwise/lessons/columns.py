"""A convolution as one product of its kernels and the columns under its windows (im2col)."""

from __future__ import annotations

from ..algebra.columns import Columns, columns, repeated
from ..arithmetic import Array, plain
from ..document.blocks import Block, Prose, Scene
from ..document.inline import Math, Text
from ..document.lesson import Section
from ..document.matrix import Cell, Matrix, MatrixKind
from ..formula import Equality, Number, Product
from ..language import _
from ..nouns import size_of
from ..traces.trace import Trace
from .inline import inline
from .matrix import TALLEST, WIDEST, short
from .terms import cells


def columns_section(trace: Trace) -> Section:
    """The section that a lesson gains, beside that of one matrix."""
    return Section(_("The same as one product of matrices"), tuple(_blocks(trace, columns(trace))), part="matrix")


def _blocks(trace: Trace, found: Columns) -> list[Block]:
    filters, rows = found.kernels.shape
    places = found.columns.shape[1]
    channels, window = trace.channels[0], cells(axis.window for axis in trace.geometry.axes)
    laid = _(
        "This is how a convolution is carried out in practice (im2col). Write what the {window} window covers in each "
        "of its {places} places as a column, {counted}; padding is 0. Write each filter as a row, in the same order. "
        "Then the whole convolution is one product of two matrices."
    )
    if channels == 1:
        counted: Text = (_("row by row"),)
    else:
        size = Equality(Product((Number(channels), Number(rows // channels))), Number(rows))
        counted = inline(_("channel by channel and row by row, {size} numbers"), size=Math(size))
    blocks: list[Block] = [Prose(inline(laid, window=window, places=places, counted=counted))]
    if max(places, rows) <= WIDEST and rows + filters <= TALLEST:
        blocks.append(_drawn(found))
    else:
        blocks.append(Prose((_("It is too large to be drawn here."),)))
    back = _("Each row of the product is the output of one filter, its places one after the other.")
    if len(trace.geometry.axes) == 2:
        back = _("Each row of the product is the output of one filter, {n} numbers to a row of the picture.")
        back = back.format(n=trace.geometry.axes[-1].output)
    held, given = repeated(trace)
    often = _(
        "The columns hold {held} numbers of the input, which has {given}: a number stands there once for each window."
    )
    return [*blocks, Prose((back,)), Prose((often.format(held=held, given=given),))]


def _drawn(found: Columns) -> Scene:
    """kernels · columns + bias = output"""
    matrices = [
        _matrix("kernel", found.kernels, _("filters {size}")),
        _matrix("input", found.columns, _("columns {size}")),
    ]
    signs = ["·", "="]
    if found.bias is not None and any(value != 0 for value in found.bias):
        matrices.append(_matrix("kernel", found.bias.reshape(-1, 1), _("bias {size}")))
        signs = ["·", "+", "="]
    matrices.append(_matrix("output", found.output, _("output {size}")))
    return Scene(tuple(matrices), tuple(signs))


def _matrix(kind: MatrixKind, array: Array, caption: str) -> Matrix:
    rows = tuple(
        tuple(Cell("data", short(plain(value)), (r, c)) for c, value in enumerate(row)) for r, row in enumerate(array)
    )
    return Matrix(kind, caption.format(size=size_of(array.shape)), rows)
