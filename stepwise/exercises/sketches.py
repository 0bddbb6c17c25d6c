"""The pictures of a sheet: numbers as they are given, grids to write into, and the same grids filled in for the key.

A sheet shows every cell or none: what does not fit on paper is refused, never cut.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from ..arithmetic import Array, plain
from ..document.blocks import Scene
from ..document.matrix import Cell, Matrix, MatrixKind
from ..errors import LimitError, ShapeError
from ..language import _
from ..lessons import pictures
from ..lessons.extent import ROOM, SHOWN_CHANNELS
from ..lessons.scenes import scene_of
from ..nouns import input_noun, size_of
from ..traces.axes import plane_words
from ..traces.layout import Index
from ..traces.step import Step
from ..traces.tables import slid_along
from ..traces.trace import Trace, chain
from .gradient_sketches import given_matrices, has_own_sketch, planes


def posed_scene(trace: Trace, blanks: Sequence[Index], first: bool, squared: bool, field: str = "") -> Scene:
    """Input and weights as they are given, and the output to be filled in: all of it, or these cells.

    What a layer before gives is not shown; on `squared` paper, nor how large the output is.
    What is written into the output comes back as `field`.
    """
    outputs = _outputs(trace)
    if blanks:
        known = {cell.index for matrix in outputs for row in matrix.rows for cell in row}
        for index in blanks:
            if index not in known:
                raise ShapeError(f"cells: {list(index)} is no cell of the output, whose shape is {trace.shape}")
    if squared:
        outputs = [_squared(matrix, trace) for matrix in outputs]
    else:
        outputs = [_blanked(matrix, blanks) for matrix in outputs]
    outputs = [replace(matrix, field=field) for matrix in outputs]
    return _scene([*_given(trace, first), *outputs], trace)


def given_scene(trace: Trace, first: bool) -> Scene:
    """Input and weights alone, for where the output is asked for otherwise."""
    return _scene(_given(trace, first), trace)


def answered_scene(trace: Trace, first: bool) -> Scene:
    """What is given, and the answer in its cells."""
    return _scene([*_given(trace, first), *map(_filled, _outputs(trace))], trace)


def step_scene(step: Step, first: bool) -> Scene:
    """Where one window or cell lies, without what would give an answer away, that of a layer before included."""
    drawn = scene_of(step)
    return replace(drawn, matrices=tuple(_kept(matrix, first) for matrix in drawn.matrices), of=None)


def sized_by_windows(trace: Trace) -> bool:
    """Whether the size of the output is for the reader to find: it follows from windows, here or in a layer before."""
    windows = any(one.geometry.axes for one in chain(trace))
    return windows and (bool(trace.geometry.axes) or trace.output.size == trace.inputs["input"].size)


def paper(trace: Trace) -> tuple[int, int]:
    """Rows and columns of paper that does not give the size of the output away: one more than any size before it."""
    seen = [size for one in chain(trace) for size in (*one.geometry.input_shape, *one.geometry.output_shape)]
    side = min(ROOM, max(*seen, *trace.output.shape) + 1)
    return (1 if len(trace.geometry.axes or trace.output.shape) == 1 else side), side


def _scene(matrices: Sequence[Matrix], trace: Trace) -> Scene:
    between = {"kernel": "*" if trace.geometry.axes else ",", "input": ",", "output": "→"}
    signs = [between.get(after.kind, "") if before.kind != after.kind else "" for before, after in pairwise(matrices)]
    return Scene(tuple(matrices), tuple(signs))


def _given(trace: Trace, first: bool) -> list[Matrix]:
    if has_own_sketch(trace):
        return given_matrices(trace)
    if "kernel" in trace.parents:  # weights that were worked out; what goes into the first layer stands above
        return []
    inputs = _grids("input", trace.inputs["input"], _("input"), trace) if first else []
    return [*inputs, *(_windows(trace) if trace.geometry.axes else _weights(trace))]


def _windows(trace: Trace) -> list[Matrix]:
    filters = range(trace.channels[1]) if "kernel" in trace.inputs else range(0)
    found = [
        matrix
        for number in filters
        for channel in range(len(trace.layer.operation.seen(number, trace)))
        for matrix in pictures.kernels(trace, number, channel)
    ]
    if sum(len(matrix.rows) * len(matrix.rows[0]) for matrix in found) != (
        trace.inputs["kernel"].size if filters else 0
    ):
        raise _too_large(trace)
    return found


def _weights(trace: Trace) -> list[Matrix]:
    weights = {name: array for name, array in trace.inputs.items() if name != "input" and array.ndim > 0}
    return [matrix for name, array in weights.items() for matrix in _grids("kernel", array, input_noun(name), trace)]


def _outputs(trace: Trace) -> list[Matrix]:
    if has_own_sketch(trace):
        return planes(trace, "output")
    return _grids("output", trace.output, _("output"), trace)


def _grids(kind: MatrixKind, array: Array, name: str, trace: Trace) -> list[Matrix]:
    """The whole of an array, a grid for each of its channels. Raises `LimitError` where that is too much for paper."""
    places = np.arange(array.size).reshape(array.shape)
    spatial, layout = len(trace.geometry.axes), trace.layer.layout
    if not spatial and kind != "kernel" and slid_along(trace) <= array.ndim:
        spatial = slid_along(trace)  # in a layer before; whatever is done with its cells, they lie as they did
    if spatial:
        places = layout.images(places, spatial)  # (N, C, *spatial)
        shape = places.shape[2:]
        places = places[..., np.newaxis, :] if spatial == 1 else places
    else:
        shape = array.shape[-2:]
        places = places.reshape((1,) * (2 - array.ndim) + places.shape)
    whole: tuple[int, ...] = places.shape
    leads, rows, columns = whole[:-2], whole[-2], whole[-1]
    if max(rows, columns) > ROOM or math.prod(leads) > SHOWN_CHANNELS:
        raise _too_large(trace)

    def cell(place: int) -> Cell:
        index = tuple(map(int, np.unravel_index(place, array.shape)))
        return Cell("data", plain(array[index]), index)

    caption = f"{name} {size_of(shape)}"
    words = (_("image {n}"), _("channel {n}"), _("depth {n}"))[: len(leads)] if len(leads) != 1 else (_("channel {n}"),)
    matrices = []
    for lead in np.ndindex(*leads):
        which = [word.format(n=n) for word, n, size in zip(words, lead, leads) if size > 1]
        if not spatial and layout.channels_last and which:  # no window has told which axes are rows and columns
            which = [words.format(n=lead[axis]) for axis, words in plane_words((), array.shape)]
        cells = tuple(tuple(map(cell, row)) for row in places[lead])
        matrices.append(Matrix(kind, " · ".join([caption, *which]), cells))
    return matrices


def _too_large(trace: Trace) -> LimitError:
    return LimitError(
        f"{trace.layer.call} is too large to be worked out on paper: a worksheet shows at most {ROOM} "
        f"rows and columns and {SHOWN_CHANNELS} channels"
    )


def _blanked(matrix: Matrix, blanks: Sequence[Index]) -> Matrix:
    """The matrix with these cells, or all of them, to be filled in."""
    rows = tuple(
        tuple(Cell("blank", index=cell.index) if not blanks or cell.index in blanks else cell for cell in row)
        for row in matrix.rows
    )
    return replace(matrix, rows=rows)


def _squared(matrix: Matrix, trace: Trace) -> Matrix:
    rows, columns = paper(trace)
    _size, *which = matrix.caption.split(" · ")
    words = " · ".join([_("output (there may be more cells here than you need)"), *which])
    return replace(matrix, rows=((Cell("blank"),) * columns,) * rows, caption=words)


def _filled(matrix: Matrix) -> Matrix:
    rows = tuple(tuple(replace(cell, marks=frozenset[str]({"result"})) for cell in row) for row in matrix.rows)  # type: ignore[arg-type]
    return replace(matrix, rows=rows)


def _kept(matrix: Matrix, first: bool) -> Matrix:
    """A step's picture without the winner, the outputs, and what a layer before gives; its own cell is to be filled."""

    def kept(cell: Cell) -> Cell:
        marks = cell.marks - {"winner"}
        if matrix.kind == "output":
            return Cell("blank" if "result" in marks else "unknown", index=cell.index, marks=marks)
        if matrix.kind == "input" and cell.kind == "data" and not first:
            return Cell("blank", index=cell.index, marks=marks)
        return replace(cell, marks=marks)

    return replace(matrix, rows=tuple(tuple(map(kept, row)) for row in matrix.rows))
