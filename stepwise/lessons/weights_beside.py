"""A weight before an update, its gradient, and the weight after it, side by side: plane by plane, as numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product

from ..analysis.update import Update
from ..arithmetic import Array, plain
from ..document.blocks import Scene
from ..document.matrix import Cell, Matrix, MatrixKind
from ..formula import leaf
from ..language import _
from ..nouns import size_of
from ..traces.axes import plane_axes, plane_words
from ..traces.layout import Index
from .gradient_names import gradient_of, letter
from .gradient_pictures import along_of
from .inline import labels
from .new_weights import is_plain, is_shared
from .pictures import gradient_caption

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
    lines = plane_axes(along, before.ndim) if before.ndim > 1 else (0, 0)
    leads = [range(1 if axis in lines else n) for axis, n in enumerate(before.shape)]
    size = tuple(before.shape[axis] for axis in lines) if before.ndim > 1 else (1, before.size)
    planes = list(product(*leads))
    if before.ndim == 0 or len(planes) > MOST_PLANES or size[1] > WIDEST:
        return
    words = dict(plane_words(along, before.shape))
    captions: list[Callable[[Index], str]] = [
        lambda shape: _("{letter} before {size}").format(letter=letter(own), size=size_of(shape)),
        gradient_caption(f"dL/d{letter(own)}"),
        lambda shape: _("{letter} after {size}").format(letter=letter(own), size=size_of(shape)),
    ]
    alone = is_plain(update) and not is_shared(update)
    signs = (f"− {leaf(update.lr)} ·" if alone else ",", "→")
    kinds: tuple[MatrixKind, ...] = ("kernel", "input", "output")
    for at in planes:
        lead = [word.format(n=at[axis]) for axis, word in words.items()]
        yield Scene(
            tuple(
                Matrix(kind, labels(caption(size), *lead), _cells(array, at, lines))
                for kind, caption, array in zip(kinds, captions, (before, gradient.output, after))
            ),
            signs,
        )


def _cells(array: Array, at: Index, lines: tuple[int, int]) -> tuple[tuple[Cell, ...], ...]:
    if array.ndim < 2:
        return (tuple(Cell("data", plain(value), (n,)) for n, value in enumerate(array)),)

    def index(row: int, column: int) -> Index:
        return tuple({lines[0]: row, lines[1]: column}.get(axis, n) for axis, n in enumerate(at))

    places = [[index(r, c) for c in range(array.shape[lines[1]])] for r in range(array.shape[lines[0]])]
    return tuple(tuple(Cell("data", plain(array[place]), place) for place in row) for row in places)
