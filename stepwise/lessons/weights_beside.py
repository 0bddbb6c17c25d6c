"""A weight before an update, its gradient, and the weight after it, side by side: plane by plane, as numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..analysis.update import Update
from ..arithmetic import Array, plain
from ..document.blocks import Scene
from ..document.matrix import Cell, Matrix, MatrixKind
from ..formula import leaf
from ..language import _
from ..nouns import size_of
from ..traces.axes import plane_axes, plane_words, planes_of
from ..traces.layout import Index
from .captions import gradient_caption
from .drawing import on_plane
from .gradient_names import gradient_of, letter
from .gradient_pictures import along_of
from .inline import labels
from .new_weights import is_plain, is_shared

MOST_PLANES = 4
"""Planes of one weight that are shown."""
WIDEST = 10
"""Columns of a plane that fit thrice beside each other."""


def before_and_after(update: Update, number: int, name: str) -> Iterator[Scene]:
    """A row of three for each plane; none where a plane is too wide, or there are many."""
    gradient = update.gradient[number][name]
    own = gradient_of(gradient).wrt
    before, after = update.before[number][name], update.after[number][name]
    along = along_of(gradient, "output") if before.ndim > 2 else ()
    lines = plane_axes(along, before.ndim)
    by_plane = [list(planes_of(along, array)) for array in (before, gradient.output, after)]
    if before.ndim == 0 or len(by_plane[0]) > MOST_PLANES or by_plane[0][0][1].shape[1] > WIDEST:
        return
    captions: list[Callable[[Index], str]] = [
        lambda shape: _("{letter} before {size}").format(letter=letter(own), size=size_of(shape)),
        gradient_caption(f"dL/d{letter(own)}"),
        lambda shape: _("{letter} after {size}").format(letter=letter(own), size=size_of(shape)),
    ]
    alone = is_plain(update) and not is_shared(update)
    signs = (f"− {leaf(update.lr)} ·" if alone else ",", "→")
    kinds: tuple[MatrixKind, ...] = ("kernel", "input", "output")
    for three in zip(*by_plane):
        first = three[0][0]
        size = before.shape if before.ndim == 1 else three[0][1].shape
        lead = [word.format(n=first[axis]) for axis, word in plane_words(along, before.shape)]
        yield Scene(
            tuple(
                Matrix(kind, labels(caption(size), *lead), _cells(plane, first, lines))
                for kind, caption, (_first, plane) in zip(kinds, captions, three)
            ),
            signs,
        )


def _cells(plane: Array, first: Index, lines: tuple[int, int]) -> tuple[tuple[Cell, ...], ...]:
    return tuple(
        tuple(Cell("data", plain(value), on_plane(first, (r, c), lines)) for c, value in enumerate(row))
        for r, row in enumerate(plane)
    )
