"""A convolution as one matrix, told beside the picture of its windows."""

from __future__ import annotations

from ..algebra.matrix import LinearMap, matrix
from ..arithmetic import Array, Value, plain
from ..document.blocks import Block, Prose, Scene
from ..document.inline import Text
from ..document.lesson import Section
from ..document.matrix import Cell, Matrix, MatrixKind
from ..formula import Formula, Symbol, written
from ..language import _
from ..ops import ConvTranspose
from ..traces.layout import Index, cells_of
from ..traces.trace import Trace
from .inline import inline
from .names import cell_names, names, shown_as

WIDEST = 25
"""Columns that are drawn; of a wider matrix only its sizes are told, since no page is wide enough."""
TALLEST = 36
"""Rows that are drawn."""


def matrix_section(trace: Trace) -> Section:
    """The section that a lesson gains. Raises `CallError` for a layer that is no convolution or mean."""
    return Section(_("The same as one matrix"), tuple(_blocks(trace, matrix(trace))), part="matrix")


def _blocks(trace: Trace, linear: LinearMap) -> list[Block]:
    """The matrix, what multiplies it, and what its transpose does."""
    rows, columns = linear.array.shape
    first = _(
        "Write the input's {columns} cells one below the other, in reading order. Then the layer is one "
        "{rows}×{columns} matrix: each row holds the weights of one output cell for the input cells, and 0 where its "
        "window does not reach. The matrix times the input is the output, its cells in reading order too."
    ).format(columns=columns, rows=rows)
    blocks: list[Block] = [Prose((first,))]
    if columns <= WIDEST and rows <= TALLEST:
        blocks.append(_drawn(trace, linear))
    else:
        blocks.append(Prose((_("It is too large to be drawn here."),)))
    return [*blocks, Prose((_shifted(trace),)), Prose(_turned(trace, rows, columns))]


def _shifted(trace: Trace) -> str:
    if isinstance(trace.layer.operation, ConvTranspose):
        return _("Each column holds the kernel, shifted by the stride from one input cell to the next.")
    if "kernel" not in trace.inputs:
        return _(
            "Each row has the same weight for every cell of its window: the layer is a convolution with such a kernel."
        )
    return _("Each row holds the kernel, shifted by the stride: such a matrix is called a Toeplitz matrix.")


def _turned(trace: Trace, rows: int, columns: int) -> Text:
    transposed = _(
        "**Its transpose, {columns}×{rows}, goes the other way:** it takes every output cell back to the input cells "
        "it was computed from. That is the transposed convolution with the same kernel, and it gives the gradient with "
        "respect to the input."
    )
    if isinstance(trace.layer.operation, ConvTranspose):
        transposed = _(
            "**Its transpose, {columns}×{rows}, goes the other way:** it takes every output cell back to the input "
            "cells it was computed from. That is the convolution with the same kernel, and it gives the gradient with "
            "respect to the input."
        )
    return inline(transposed, rows=rows, columns=columns)


def _drawn(trace: Trace, linear: LinearMap) -> Scene:
    """matrix · input + bias = output"""
    rows, columns = linear.array.shape
    picture = tuple(
        tuple(Cell("data", short(value), (r, c)) for c, value in enumerate(row)) for r, row in enumerate(linear.array)
    )
    matrices = [
        Matrix("kernel", _("matrix {size}").format(size=f"{rows}×{columns}"), picture),
        _column("input", trace.inputs["input"], _("input {size}"), names(trace)),
    ]
    signs = ["·", "="]
    if linear.bias is not None and any(value != 0 for value in linear.bias):
        matrices.append(_column("kernel", linear.bias, _("bias {size}"), {}))
        signs = ["·", "+", "="]
    matrices.append(_column("output", trace.output, _("output {size}"), cell_names(trace)))
    return Scene(tuple(matrices), tuple(signs))


def _column(kind: MatrixKind, array: Array, caption: str, named: dict[Index, Symbol]) -> Matrix:
    """An array's cells one below the other."""
    cells = tuple(
        (Cell("data", _shown(plain(value), named, index), index),) for index, value in cells_of(array, array.size)
    )
    return Matrix(kind, caption.format(size=f"{array.size}×1"), cells)


def _shown(value: Value, named: dict[Index, Symbol], index: Index) -> Value | Formula:
    return shown_as(short(value), named, index)


def short(value: Value) -> Value:
    """A whole float as the integer it is, so that zeros are short."""
    return int(value) if isinstance(value, float) and value.is_integer() and len(written(value)) < 10 else value
