"""Somebody's answer as an example of a misconception: what it is worked out from, what was handed in, what was due."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..arithmetic import Array, plain
from ..document.matrix import Cell, Mark, Matrix, MatrixKind
from ..exercises.grids import Grid, grids
from ..language import _
from ..lessons.extent import ROOM
from ..marking import Verdict
from ..marking.verdict import STATES
from ..nouns import input_noun
from ..ops import Conv
from ..ops.windows import WindowOperation
from ..traces.trace import Trace

MOST_GRIDS = 8
WIDEST = 32
_WRONG: frozenset[Mark] = frozenset({"wrong"})
_RESULT: frozenset[Mark] = frozenset({"result"})
_MISTAKES = ("wrong", "imprecise", "unreadable")


def are_small(laid_out: tuple[Grid, ...]) -> bool:
    """Whether so many grids, so wide, can be drawn."""
    return len(laid_out) <= MOST_GRIDS and max(len(grid.rows[0]) for grid in laid_out) <= WIDEST


def example(verdict: Verdict) -> tuple[Matrix, ...]:
    """The layer's own input, kernel and bias, and the first grid with a mistake beside the right one.

    Nothing where these are too large, or nothing could be read.
    """
    laid_out = grids(verdict.trace)
    if not verdict.usable or not are_small(laid_out):
        return ()
    answers = _of_another_size(verdict, laid_out[0]) if verdict.states is None else _beside(verdict, laid_out)
    return (*_inputs(verdict.marker.layer), *answers) if answers else ()


def _beside(verdict: Verdict, laid_out: tuple[Grid, ...]) -> tuple[Matrix, ...]:
    """What was handed in beside what was due, whose cells are marked where the mistakes are."""
    assert verdict.states is not None
    states = [STATES[number] for number in verdict.states.ravel()]
    grid = next((g for g in laid_out if any(states[cell] != "right" for row in g.rows for cell in row)), laid_out[0])
    given, right = _("handed in"), _("correct values")
    if grid.channel:
        given = _("handed in, channel {n}").format(n=grid.channel)
        right = _("correct values, channel {n}").format(n=grid.channel)

    def handed_in(cell: int) -> Cell:
        return _given(verdict, cell, _WRONG if states[cell] in _MISTAKES else frozenset())

    def due(cell: int) -> Cell:
        return _due(verdict, cell, _RESULT if states[cell] in _MISTAKES else frozenset())

    return (_matrix("output", given, grid.rows, handed_in), _matrix("output", right, grid.rows, due))


def _of_another_size(verdict: Verdict, due: Grid) -> tuple[Matrix, ...]:
    """A small answer of rows and columns, of whatever size, beside the right one."""
    shape = verdict.answer.shape
    if len(shape) > 2 or max(shape, default=0) > WIDEST:
        return ()
    return (
        _matrix("output", _("handed in"), _numbered(*(1, 1, *shape)[-2:]), lambda cell: _given(verdict, cell)),
        _matrix("output", _("correct values"), due.rows, lambda cell: _due(verdict, cell)),
    )


def _given(verdict: Verdict, cell: int, marks: frozenset[Mark] = frozenset()) -> Cell:
    """A cell of an answer; what is written there and is no number, as a question mark."""
    number = verdict.answer.numbers[cell]
    if number is not None:
        return Cell("data", number, marks=marks)
    return Cell("unknown", marks=marks) if verdict.answer.unreadable[cell] else Cell("blank")


def _due(verdict: Verdict, cell: int, marks: frozenset[Mark] = frozenset()) -> Cell:
    return Cell("data", plain(verdict.trace.output.flat[cell]), marks=marks)


def _inputs(layer: Trace) -> Iterable[Matrix]:
    """What an answer is worked out from, where it is small."""
    for name in layer.inputs:
        planes = _planes(layer, name)
        if len(planes) > MOST_GRIDS or max(planes[0].shape) > WIDEST:
            continue
        for number, plane in enumerate(planes):
            noun = input_noun(name)
            caption = noun if len(planes) == 1 else _("{name} {n}").format(name=noun, n=number)
            yield _matrix(
                "input" if name.startswith("input") else "kernel",
                caption,
                _numbered(*plane.shape),
                lambda cell, plane=plane: Cell("data", plain(plane.flat[cell])),  # type: ignore[misc]
            )


def _planes(layer: Trace, name: str) -> list[Array]:
    """An input of a layer as grids: a channel each, or a filter's channel."""
    array, operation = layer.inputs[name], layer.layer.operation
    if name == "kernel" and isinstance(operation, Conv):
        array = operation.kernel(layer.layer.layout, array)
    elif name == "input" and isinstance(operation, WindowOperation):
        array = layer.layer.layout.images(array, operation.spatial)
    shape = (1, 1, *array.shape)[-2:]
    return list(array.reshape(-1, *shape))


def _numbered(rows: int, columns: int) -> tuple[tuple[int, ...], ...]:
    """The numbers of cells in row-major order."""
    return tuple(tuple(range(row * columns, (row + 1) * columns)) for row in range(rows))


def _matrix(kind: MatrixKind, caption: str, rows: tuple[tuple[int, ...], ...], draw: Callable[[int], Cell]) -> Matrix:
    cut = max(len(rows), len(rows[0])) > ROOM  # so large that positions help
    return Matrix(kind, caption, tuple(tuple(map(draw, row)) for row in rows), cut=cut)
