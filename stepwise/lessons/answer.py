"""The answer, to be read off: every number of it in every channel; of one too large for a page, its pictures.

What is wider than a page is told in parts side by side, each with the positions of its columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import product

from ..arithmetic import plain
from ..dataclass import dataclass
from ..document.blocks import Block, Prose, Scene
from ..document.inline import Text
from ..document.matrix import Cell, Matrix
from ..formula import written
from ..language import _
from ..traces.axes import plane_axes, plane_words, roles
from ..traces.layout import Index
from ..traces.tables import slid_along
from ..traces.trace import Trace
from . import cell_pictures, drawing, pictures
from .captions import Caption, result_caption
from .channel_maps import MOST_MAPS, feature_maps, is_large
from .extent import ROOM, SHOWN_CHANNELS
from .inline import labels, paragraph
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
        return [*_pictured(trace), Prose(_too_many(trace, last))]
    numbers = numbers_of(trace)
    if is_large(trace) and max(trace.geometry.output_shape) > ROOM:
        return [feature_maps(trace, "input", "output"), numbers]
    return [numbers]


def numbers_of(trace: Trace, caption: Caption | None = None) -> Scene:
    """Every number of the output, a table for each plane: each image, channel and depth.

    It is called by its `caption`, where that is not the usual one.
    """
    caption = caption or result_caption(trace)
    named = cell_names(trace)

    def draw(index: Index) -> Cell:
        return Cell("data", shown_as(plain(trace.output[index]), named, index), index)

    matrices = tuple(matrix for plane in _planes(trace, caption) for matrix in _bands(plane, draw))
    return Scene(matrices, ("",) * (len(matrices) - 1), trace)


@dataclass(frozen=True)
class Plane:
    """Rows and columns of an output, and the index of each of its cells."""

    caption: str
    rows: int
    columns: int
    at: Callable[[int, int], Index]
    numbered: bool = False  # whether rows or columns are told apart by their numbers, as channels are


def _planes(trace: Trace, captioned: Caption) -> Iterator[Plane]:
    """Each plane of the output: of each image and channel; of a line or a single cell, all channels in one."""
    shape, spatial = trace.output.shape, slid_along(trace)
    if not trace.geometry.axes and not 1 < spatial < len(shape):
        yield from _plain_planes(trace, captioned)
        return
    images, channels, sizes = _counts(trace, spatial)
    size = captioned(sizes)

    def at(*place: int) -> Index:
        return trace.index(place) if trace.geometry.axes else trace.layer.layout.outer(place, len(shape))

    for image in range(images):
        caption = labels(size, _("image {n}").format(n=image) if images > 1 else "")
        several = channels > 1
        if several and set(sizes) == {1}:
            one = partial(_of_a_cell, at, image, sizes)
            yield Plane(labels(caption, _("a column for each channel")), 1, channels, one, numbered=True)
        elif len(sizes) == 1:
            caption = labels(caption, _("a row for each channel") if several else "")
            yield Plane(caption, channels, sizes[0], partial(at, image), numbered=several)
        else:
            yield from _of_channels(caption, channels, sizes, partial(at, image))


def _of_channels(caption: str, channels: int, sizes: Index, at: Callable[..., Index]) -> Iterator[Plane]:
    for channel, *lead in product(range(channels), *map(range, sizes[:-2])):
        own = _("channel {n}").format(n=channel) if channels > 1 else ""
        depths = (_("depth {n}").format(n=depth) for depth in lead)
        yield Plane(labels(caption, own, *depths), sizes[-2], sizes[-1], partial(at, channel, *lead))


def _of_a_cell(at: Callable[..., Index], image: int, sizes: Index, _row: int, channel: int) -> Index:
    return at(image, channel, *(0 for _size in sizes))


def _counts(trace: Trace, spatial: int) -> tuple[int, int, Index]:
    """The images and channels of an output that a window slid along, and its size along each axis."""
    if not trace.geometry.axes:
        images, channels, *sizes = trace.layer.layout.images_shape(trace.output.shape, spatial)
        return images, channels, tuple(sizes)
    last = trace.place(tuple(n - 1 for n in trace.output.shape))
    return last[0] + 1, trace.channels[1], trace.geometry.output_shape


def _plain_planes(trace: Trace, captioned: Caption) -> Iterator[Plane]:
    """Each plane of an array that no window went over: its rows and columns, or its last two axes."""
    shape, found = trace.output.shape, roles(trace)
    plane = plane_axes(found, len(shape))
    rows, columns = (1, 1, *shape)[-2:] if len(shape) < 2 else (shape[axis] for axis in plane)
    words = dict(plane_words(found, shape))
    caption = captioned((rows, columns) if found else shape)
    leads = [range(1 if axis in plane and len(shape) > 1 else n) for axis, n in enumerate(shape)]
    for at in product(*leads) if len(shape) > 1 else [(0,) * len(shape)]:
        named = (word.format(n=at[axis]) for axis, word in words.items())
        yield Plane(labels(caption, *named), rows, columns, partial(_on_plane, at, plane))


def _on_plane(at: Index, plane: tuple[int, int], row: int, column: int) -> Index:
    return drawing.on_plane(at, (row, column), plane)


def _bands(plane: Plane, draw: Callable[[Index], Cell]) -> Iterator[Matrix]:
    """A plane as one table, or as several where its rows are wider than a page."""
    cells = tuple(tuple(draw(plane.at(r, c)) for c in range(plane.columns)) for r in range(plane.rows))
    wide = 3 + max(len(written(cell.value)) for row in cells for cell in row)
    room = max(1, WIDE // wide)
    room = -(-plane.columns // -(-plane.columns // room))  # parts of one size, where there are several
    headed = plane.numbered or max(plane.rows, plane.columns) > HEADED or room < plane.columns
    for first in range(0, plane.columns, room):
        part = tuple(row[first : first + room] for row in cells)
        caption = plane.caption
        if room < plane.columns:
            last = min(first + room, plane.columns) - 1
            named = plane.rows > 1 or plane.numbered  # else it is a line of cells, and has no columns
            part_of = _("columns {first} to {last}") if named else _("cells {first} to {last}")
            caption = labels(caption, part_of.format(first=first, last=last))
        yield Matrix("output", caption, part, 0, first, headed)


def _pictured(trace: Trace) -> list[Block]:
    """What of a large output a page shows: its channels in shades of grey, or the beginning of each."""
    if is_large(trace):
        return [feature_maps(trace, "input", "output")]
    return [pictures.answer(trace) if trace.geometry.axes else cell_pictures.arrays(trace, answered=True)]


def _too_many(trace: Trace, last: bool) -> Text:
    drawn = MOST_MAPS if is_large(trace) else SHOWN_CHANNELS
    shown_here = everything = ""
    if trace.geometry.axes and trace.channels[1] > drawn:
        shown_here = _("Of its {all} channels the first {n} are shown here.").format(all=trace.channels[1], n=drawn)
    if last:
        everything = _("All of them can be saved to a file, as CSV or in NumPy's own format.")
    count = _("The output has {n} numbers, more than fit on a page.").format(n=f"{trace.output.size:,}")
    return paragraph(count, shown_here, everything)
