"""The answer, to be read off: every number of it in every channel; of one too large for a page, its pictures.

What is wider than a page is told in parts side by side, each with the positions of its columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product

from ..arithmetic import plain
from ..formula import written
from ..language import _, plural
from ..layout import Index
from ..traces import Trace
from . import pictures
from .blocks import Block, Cell, Matrix, Prose, Scene
from .names import cell_names, shown_as

MOST_NUMBERS = 400
"""Numbers of an output that are all printed."""
WIDE = 70
"""Characters that fit on a line of the narrowest format, the terminal's."""
HEADED = 8
"""Rows and columns that are counted at a glance; of a larger table the positions stand beside it."""


def read_off(trace: Trace, last: bool = True) -> list[Block]:
    """The output's numbers; of too many, what a page can show, and of the `last` layer where all of them are."""
    if trace.output.size > MOST_NUMBERS:
        return [*_pictured(trace), Prose((_too_many(trace, last),))]
    numbers = numbers_of(trace)
    if pictures.is_large(trace) and max(trace.geometry.output_shape) > pictures.ROOM:
        return [pictures.feature_maps(trace, "input", "output"), numbers]
    return [numbers]


def numbers_of(trace: Trace) -> Scene:
    """Every number of the output, a table for each plane: each image, channel and depth."""
    named = cell_names(trace)

    def draw(index: Index) -> Cell:
        return Cell("data", shown_as(plain(trace.output[index]), named, index), index)

    matrices = tuple(matrix for caption, at, size in _planes(trace) for matrix in _bands(caption, at, size, draw))
    return Scene(matrices, ("",) * (len(matrices) - 1), trace)


Place = Callable[[int, int], Index]  # the index of a cell of a plane, by its row and column


def _planes(trace: Trace) -> Iterator[tuple[str, Place, tuple[int, int]]]:
    """Each plane of the output: what it is called, its cells' indices, its rows and columns."""
    if not trace.geometry.axes:
        yield from _plain_planes(trace.output.shape)
        return
    sizes = trace.geometry.output_shape
    rows, columns = (1, *sizes)[-2:]
    images = _images(trace)
    for image, channel, *lead in product(range(images), range(trace.channels[1]), *map(range, sizes[:-2])):
        caption = _("output {size}").format(size="×".join(map(str, sizes)))
        if images > 1:
            caption += " · " + _("image {n}").format(n=image)
        if trace.channels[1] > 1:
            caption += " · " + _("channel {n}").format(n=channel)
        caption += "".join(" · " + _("depth {n}").format(n=depth) for depth in lead)

        def place(row: int, column: int, at: tuple[int, ...] = (image, channel, *lead)) -> Index:
            return trace.index((*at, row, column) if len(sizes) > 1 else (*at, column))

        yield caption, place, (rows, columns)


def _images(trace: Trace) -> int:
    """How many images a window went over."""
    return 1 + max(trace.place(index)[0] for index in ((0,) * trace.ndim, tuple(n - 1 for n in trace.shape)))


def _plain_planes(shape: tuple[int, ...]) -> Iterator[tuple[str, Place, tuple[int, int]]]:
    """Each plane of an array without a window: its last two axes."""
    rows, columns = (1, 1, *shape)[-2:]
    caption = _("output {size}").format(size="×".join(map(str, shape)) or "1")
    for lead in product(*map(range, shape[:-2])):

        def place(row: int, column: int, lead: Index = lead) -> Index:
            return (*lead, row, column)[len(lead) + 2 - len(shape) :] if len(shape) < 2 else (*lead, row, column)

        at = " · " + _("at {place}").format(place=f"[{', '.join(map(str, lead))}, :, :]") if lead else ""
        yield caption + at, place, (rows, columns)


def _bands(caption: str, at: Place, size: tuple[int, int], draw: Callable[[Index], Cell]) -> Iterator[Matrix]:
    """A plane as one table, or as several where its rows are wider than a page."""
    rows, columns = size
    cells = tuple(tuple(draw(at(row, column)) for column in range(columns)) for row in range(rows))
    wide = 3 + max(len(written(cell.value)) for row in cells for cell in row)
    room = max(1, WIDE // wide)
    room = -(-columns // -(-columns // room))  # parts of one size, where there are several
    headed = max(size) > HEADED
    for first in range(0, columns, room):
        part = tuple(row[first : first + room] for row in cells)
        told = caption
        if room < columns:
            last = min(first + room, columns) - 1
            told += " · " + _("columns {first} to {last}").format(first=first, last=last)
        yield Matrix("output", told, part, 0, first, headed)


def _pictured(trace: Trace) -> list[Block]:
    """What of a large output a page shows: its channels in shades of grey, or the beginning of each."""
    if pictures.is_large(trace):
        return [pictures.feature_maps(trace, "input", "output")]
    return [pictures.answer(trace) if trace.geometry.axes else pictures.arrays(trace, answered=True)]


def _too_many(trace: Trace, last: bool) -> str:
    told = _("The output has {n} numbers, more than fit on a page.").format(n=f"{trace.output.size:,}")
    drawn = pictures.MOST_MAPS if pictures.is_large(trace) else pictures.SHOWN_CHANNELS
    if trace.geometry.axes and trace.channels[1] > drawn:
        told += " " + plural(
            "Of its {{all}} channels the first is shown here.",
            "Of its {{all}} channels the first {n} are shown here.",
            drawn,
        ).format(all=trace.channels[1])
    if last:
        told += " " + _("All of them can be had as a file, as CSV or in NumPy's own format.")
    return told
