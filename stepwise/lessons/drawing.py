"""Arrays drawn as matrices of cells: rows and columns, and of what is too large for them the part around a window."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from itertools import islice, product

from ..arithmetic import Array, plain
from ..document.matrix import Cell, Frame, Mark, Matrix, MatrixKind
from ..formula import Symbol
from ..language import _
from ..traces.axes import plane_axes, plane_words
from ..traces.layout import Index
from .captions import Caption
from .edges import Span
from .extent import extent
from .inline import labels
from .names import shown_as

WIDEST = 32
"""Rows and columns of a window that are all drawn."""
FIRST = 12
"""Of a larger one, so many are."""
MARGIN = 1
"""Cells drawn around the window where a matrix is cut."""


def matrices(
    kind: MatrixKind, caption: str, spans: list[Span], windows: list[Span] | None, draw: Callable[[Index], Cell]
) -> list[Matrix]:
    """The last two axes as rows and columns (a single axis is a row), once for each depth that the window covers."""
    depths = [range(*span) for span in (windows or spans)[:-2]]
    if not depths:
        return [matrix(kind, caption, spans, windows, draw, ())]
    return [
        matrix(kind, labels(caption, _("depth {n}").format(n=lead[0])), spans, windows, draw, lead)
        for lead in islice(product(*depths), extent().depths)
    ]


def matrix(
    kind: MatrixKind,
    caption: str,
    spans: list[Span],
    windows: list[Span] | None,
    draw: Callable[[Index], Cell],
    lead: Index,
) -> Matrix:
    rows, row_cut = cut(spans[-2], windows[-2] if windows else None) if len(spans) > 1 else ((0, 1), False)
    columns, column_cut = cut(spans[-1], windows[-1] if windows else None)
    cells = tuple(tuple(draw((*lead, r, c) if len(spans) > 1 else (c,)) for c in range(*columns)) for r in range(*rows))
    frame = None
    if windows and kind == "input" and all(first < last for first, last in windows):  # some cells come of no input
        frame = framed(windows[-2] if len(spans) > 1 else (0, 1), windows[-1], rows, columns)
    return Matrix(kind, caption, cells, rows[0], columns[0], row_cut or column_cut, frame)


def framed(down: Span, across: Span, rows: Span, columns: Span) -> Frame:
    """A frame around these rows and columns of those that are drawn; of a large window, as much as is drawn."""
    (top, bottom), (left, right) = down, across
    bottom, right = min(bottom, rows[1]), min(right, columns[1])
    return Frame(top - rows[0], left - columns[0], bottom - top, right - left)


def cut(span: Span, window: Span | None) -> tuple[Span, bool]:
    first, last = span
    room = extent().room
    if last - first <= room:
        return span, False
    if window is None:
        return (first, first + room), True
    if window[1] - window[0] > WIDEST:
        return (max(first, window[0] - MARGIN), window[0] + FIRST), True
    # Always show a few cells, so that a small window on a large map still has surroundings.
    margin = max(MARGIN, (5 - (window[1] - window[0])) // 2)
    return (max(first, window[0] - margin), min(last, window[1] + margin)), True


def plane(
    kind: MatrixKind,
    array: Array,
    called: Caption,
    at: Index,
    named: Mapping[Index, Symbol],
    marked: Container[Index] | None = None,
    hidden: bool = False,
    along: tuple[str, ...] = (),
) -> Matrix:
    """The plane of an array that holds the cell `at`: its rows and columns, where it is known which axes these are
    (`along`: see `traces.axes.roles`), else its last two axes.
    """
    at = at or (0,) * array.ndim
    lines = plane_axes(along, array.ndim)
    here = (0, 0, *at)[-2:] if array.ndim < 2 else tuple(at[i] for i in lines)
    shape = (1, 1, *array.shape)[-2:] if array.ndim < 2 else tuple(array.shape[i] for i in lines)

    def draw(position: Index) -> Cell:
        found = on_plane(at, position, lines)
        marks: frozenset[Mark] = frozenset()
        if marked is not None and found in marked:
            marks = frozenset({"result"} if kind == "output" else {"window", "tapped"})
        if hidden or (kind == "output" and marked is not None and found > at):
            return Cell("unknown", index=found, marks=marks)
        return Cell("data", shown_as(plain(array[found]), named, found), found, marks)

    rows, row_cut = cut((0, shape[0]), (here[0], here[0] + 1) if marked else None)
    columns, column_cut = cut((0, shape[1]), (here[1], here[1] + 1) if marked else None)
    cells = tuple(tuple(draw((r, c)) for c in range(*columns)) for r in range(*rows))
    size, leads = plane_caption(array.shape, along)
    caption = labels(called(size), *(words.format(n=at[axis]) for axis, words in leads))
    return Matrix(kind, caption, cells, rows[0], columns[0], row_cut or column_cut)


def plane_caption(shape: Index, along: tuple[str, ...]) -> tuple[Index, list[tuple[int, str]]]:
    """The size that stands in a plane's caption, and the axes that tell it apart: those of size 1 need no word."""
    if not along:
        return shape, plane_words(along, shape)
    return tuple(shape[axis] for axis in plane_axes(along, len(shape))), plane_words(along, shape)


def on_plane(at: Index, position: Index, plane: tuple[int, int]) -> Index:
    """The index of a cell on the plane of an array that goes through the cell `at`."""
    if len(at) < 2:
        return position[2 - len(at) :]
    beside = dict(zip(plane, position))
    return tuple(beside.get(axis, n) for axis, n in enumerate(at))
