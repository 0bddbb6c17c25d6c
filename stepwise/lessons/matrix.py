"""A convolution as one matrix, told beside the picture of its windows."""

from __future__ import annotations

from ..algebra.matrix import LinearMap, matrix
from ..formula import written
from ..language import _
from ..traces import Trace
from .blocks import Block, Cell, Matrix, Prose, Scene, Section, Strong

WIDEST = 25
"""Columns that are drawn; of a wider matrix only its sizes are told, since no page is wide enough."""


def matrix_section(trace: Trace) -> Section:
    """The section that a lesson gains. Raises `CallError` for a layer that is no convolution or mean."""
    return Section(_("The same as one matrix"), tuple(matrix_blocks(matrix(trace))))


def matrix_blocks(told: LinearMap) -> list[Block]:
    """The matrix, what multiplies it, and what its transpose does."""
    rows, columns = told.array.shape
    first = _(
        "Write the input's {columns} cells one below the other, in reading order. Then the layer is one matrix of "
        "{rows}×{columns}: row by row, the weights that each output cell gives to the input cells, and 0 where its "
        "window does not reach."
    ).format(rows=rows, columns=columns)
    blocks: list[Block] = [Prose((first,))]
    if columns <= WIDEST:
        blocks.append(Scene((_drawn(told),), ()))
    else:
        blocks.append(Prose((_("It is too wide to draw here; in Python, stepwise.matrix(trace).array holds it."),)))
    shift = _("Each row is the kernel once more, moved on by the stride: such a matrix is called a Toeplitz matrix.")
    back = _(
        "it takes every output cell back to the input cells it was made from. That is the transposed convolution with "
        "the same kernel, and it is how the gradient with respect to the input is computed."
    )
    transposed = _("Its transpose, {columns}×{rows}, goes the other way:").format(rows=rows, columns=columns)
    return [*blocks, Prose((shift,)), Prose((Strong(transposed), " " + back))]


def _drawn(told: LinearMap) -> Matrix:
    rows = tuple(
        tuple(Cell("data", _short(value), (r, c)) for c, value in enumerate(row)) for r, row in enumerate(told.array)
    )
    rows_count, columns = told.array.shape
    return Matrix("kernel", _("matrix {size}").format(size=f"{rows_count}×{columns}"), rows)


def _short(value: object) -> object:
    """A whole float as the integer it is, so that zeros are short."""
    return int(value) if isinstance(value, float) and value.is_integer() and len(written(value)) < 10 else value
