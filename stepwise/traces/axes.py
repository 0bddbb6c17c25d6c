"""What the axes of a trace's arrays are: the words by which captions and sentences name a place that has an index.

To add an operation whose arrays lie otherwise than its input: its `Operation.lies_as`.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..arithmetic import Array
from ..language import _
from .layout import Index, written_index
from .trace import Trace

ALONG: dict[int, tuple[str, ...]] = {1: ("cell",), 2: ("row", "column"), 3: ("depth", "row", "column")}
KERNELS = {
    "positions": "cell",
    "planes": "depth",
    "rows": "row",
    "columns": "column",
    "channels in": "channel",
    "filters": "filter",
    "filters of each": "filter",
}
"""What an entry along an axis of a kernel is, by the axis's own name."""


def word(role: str) -> str:
    """An axis's word, as a template in the current language.

    >>> word("row")
    'row {n}'
    """
    words = {
        "image": _("image {n}"),
        "channel": _("channel {n}"),
        "filter": _("filter {n}"),
        "depth": _("depth {n}"),
        "row": _("row {n}"),
        "column": _("column {n}"),
        "cell": _("cell {n}"),
    }
    return words[role]


def roles(trace: Trace, name: str = "output") -> tuple[str, ...]:
    """What each axis of an array is, of more than two; empty where that is not known.

    >>> import stepwise as sw
    >>> conv = sw.trace("Conv2D(2, 1)", [[[1, 5], [2, 6]]])
    >>> roles(conv), roles(conv, "kernel")
    (('row', 'column', 'channel'), ('row', 'column', 'channel', 'filter'))
    """
    owner, own = trace.layer.operation.lies_as(trace, name)
    array = owner.output if own == "output" else owner.inputs[own]
    if array.ndim < 3:
        return ()
    if owner is not trace:
        return roles(owner, own)
    if own in trace.parents:
        return roles(trace.parents[own])
    kernel = trace.layer.operation.kernel_axes(trace.layer.layout)
    if own == trace.layer.operation.weight_name and kernel:
        return tuple(KERNELS[axis] for axis in kernel) if len(kernel) == array.ndim else ()
    return _of_images(trace, own, array.ndim)


def _of_images(trace: Trace, name: str, ndim: int) -> tuple[str, ...]:
    """Of what goes in, and of what comes out of it lying as it did."""
    given, operation = trace.inputs["input"], trace.layer.operation
    spatial = operation.slides_along(trace)
    if not spatial:
        if not operation.keeps_axes or ndim != given.ndim:
            return ()
        if name != "input":
            return roles(trace, "input")
        spatial = 2 if {"image": 3, "batch": 4}.get(trace.form) == ndim else 0
    if spatial not in ALONG or not spatial <= ndim <= spatial + 2:
        return ()
    along, image = ALONG[spatial], ("image",) if ndim == spatial + 2 else ()
    channel = ("channel",) if ndim > spatial else ()
    return (*image, *along, *channel) if trace.layer.layout.channels_last else (*image, *channel, *along)


def named(found: tuple[str, ...], index: Index) -> str:
    """A place, by the words of its axes; where they are not known, by its index.

    >>> named(("row", "column", "channel"), (2, 0, 1)), named((), (2, 0, 1))
    ('(row 2, column 0, channel 1)', '(2, 0, 1)')
    """
    if len(found) != len(index):
        return written_index(index)
    return f"({', '.join(word(role).format(n=n) for role, n in zip(found, index))})"


def cell_place(trace: Trace, index: Index, name: str = "output") -> str:
    """Where a cell is, in words where its index has more than two numbers and their axes are known.

    >>> import stepwise as sw
    >>> colours = sw.trace("MaxPool2D(1)", [[[1, 5], [2, 6]]])
    >>> cell_place(colours, (0, 1, 0)), cell_place(colours, (0, 1, 0), "input")
    ('(row 0, column 1, channel 0)', '(row 0, column 1, channel 0)')
    """
    return named(roles(trace, name), index)


def plane_axes(found: tuple[str, ...], ndim: int) -> tuple[int, int]:
    """Which axes of an array of at least two are the rows and columns of its planes: the last two, or those so named.

    >>> plane_axes(("row", "column", "channel"), 3), plane_axes((), 3)
    ((0, 1), (1, 2))
    """
    if "row" in found and "column" in found:
        return found.index("row"), found.index("column")
    return ndim - 2, ndim - 1


def planes_of(found: tuple[str, ...], array: Array) -> Iterator[tuple[Index, Array]]:
    """Each plane of an array, `(rows, columns)`, with the index of its first cell; a few numbers in a row are one.

    >>> found = planes_of(("row", "column", "filter"), np.array([[[1, 2], [3, 4]]]))
    >>> [(first, plane.tolist()) for first, plane in found]
    [((0, 0, 0), [[1, 3]]), ((0, 0, 1), [[2, 4]])]
    """
    lined = array if array.ndim > 1 else array.reshape(1, -1)
    lines = plane_axes(found, lined.ndim)
    by_plane = np.moveaxis(lined, lines, (-2, -1))
    for lead in np.ndindex(by_plane.shape[:-2]):
        left = iter(lead)
        first = tuple(0 if axis in lines else next(left) for axis in range(lined.ndim))
        yield first[max(0, 2 - array.ndim) :], by_plane[lead]


def plane_words(found: tuple[str, ...], shape: Index) -> list[tuple[int, str]]:
    """The axes that tell an array's planes apart, each with its word, as a template.

    >>> plane_words(("image", "row", "column", "channel"), (1, 4, 4, 2)), plane_words((), (2, 4, 4))
    ([(3, 'channel {n}')], [(0, 'axis 0 at {n}')])
    """
    if len(shape) < 3:
        return []
    leads = [axis for axis, n in enumerate(shape) if axis not in plane_axes(found, len(shape)) and n > 1]
    return [(axis, axis_word(found, axis)) for axis in leads]


def axis_word(found: tuple[str, ...], axis: int) -> str:
    """An axis's word as a template: its number, where it is not known what the axes are.

    >>> axis_word(("row", "column"), 1), axis_word((), 1)
    ('column {n}', 'axis 1 at {n}')
    """
    return word(found[axis]) if found else _("axis {axis} at {n}").replace("{axis}", str(axis))
