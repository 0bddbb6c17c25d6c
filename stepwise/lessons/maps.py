"""Arrays as maps: the channels of the first image as pictures of one scale, a row of numbers as a strip of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from ..arithmetic import Array
from ..document.blocks import Block, FeatureMap, Figure
from ..formula import near
from ..language import _
from ..nouns import size_of
from ..ops import Pad
from ..traces.axes import plane_words, planes_of, roles
from ..traces.trace import Trace
from .channel_maps import MOST_MAPS
from .facts import number_count
from .inline import labels

FINEST = 64
"""A map with more rows or columns than this is drawn from every second cell, every third …"""
TALL = 6
"""A weight with more than so many rows for each column is drawn lying."""
Rows = tuple[tuple[float, ...], ...]
Plane = tuple[str, Rows]
"""A channel, or another plane of an array: what it is called, and its numbers."""


def figure_of(layer: Trace, name: str) -> list[Block]:
    """The channels of the first image as pictures: grey, or in two colours where there are negative numbers."""
    array = layer.inputs["input"] if name == "input" else layer.output
    maps = scaled(planes(layer, array, name))
    return [Figure(maps)] if maps else []


def left_out(layer: Trace, array: Array, name: str) -> Iterator[str]:
    """What of an array its pictures do not show, as sentences; none where they show all of it."""
    form = _picture_of(layer, array, name)
    images = array.size // form.size if form is not None and form.size else len(array) if array.ndim == 2 else 1
    if images > 1 and name == "input":  # said once, and meant of every layer
        of_images = _("Of its {n} images the first is drawn, in every layer.")
        of_rows = _("Of the input's {n} rows the first is drawn, in every layer.")
        yield (of_rows if form is None else of_images).format(n=images)
    if form is not None and len(form) > MOST_MAPS:
        drawn = _("Of its {n} channels the first {drawn} are drawn.")
        yield drawn.format(n=len(form), drawn=MOST_MAPS)


def scaled(found: Sequence[Plane], farthest: float | None = None, called: str = "") -> tuple[FeatureMap, ...]:
    """Planes as pictures of one scale, so that they can be compared.

    With `farthest`, two colours part at 0, and the strongest are that far from it. `called` stands before each caption.
    """
    values = [value for _caption, rows in found for row in rows for value in row if value - value == 0]
    if not values:
        return ()
    low, high = min(values), max(values)
    diverging = low < 0 or farthest is not None
    if diverging:
        high = (max(-low, high) if farthest is None else farthest) or 1.0  # nothing but 0 lies in the middle
        low = -high
    return tuple(FeatureMap(labels(called, caption), rows, low, high, diverging) for caption, rows in found)


def planes(layer: Trace, array: Array, name: str) -> list[Plane]:
    """Each channel of the first image as rows of numbers: of a row of numbers, that row."""
    form = _picture_of(layer, array, name)
    if form is None:
        flat = array[0] if array.ndim == 2 else array
        if flat.ndim != 1:
            return []
        return [(number_count(len(flat)), (_thinned(flat),))]
    channels, height, width = form.shape
    captions = [size_of((height, width))]
    if channels > 1:
        captions = [_("channel {n}").format(n=channel) for channel in range(channels)]
    return [(caption, _every(plane)) for caption, plane in zip(captions, form[:MOST_MAPS])]


def planes_of_weight(layer: Trace, name: str, array: Array) -> list[Plane]:
    """The planes of a weight, or of its gradient, as many as are drawn; of a few numbers in a row, that row."""
    if array.ndim < 2:
        return [(number_count(array.size), (_thinned(array.reshape(-1)),))]
    along = roles(layer, name)
    words = plane_words(along, array.shape)
    found: list[Plane] = []
    for first, plane in islice(planes_of(along, array), MOST_MAPS):
        called = labels(*(word.format(n=first[axis]) for axis, word in words)) or size_of(plane.shape)
        if plane.shape[0] > TALL * plane.shape[1]:
            called, plane = labels(called, _("a column for each row")), plane.T
        found.append((called, _every(plane)))
    return found


def _every(plane: Array) -> Rows:
    steps = [max(1, -(-size // FINEST)) for size in plane.shape]
    return tuple(tuple(map(near, row)) for row in plane[:: steps[0], :: steps[1]].tolist())


def _thinned(flat: Array) -> tuple[float, ...]:
    most = FINEST * 4
    return tuple(map(near, flat[:: max(1, -(-len(flat) // most))].tolist()))


def _picture_of(layer: Trace, array: Array, name: str) -> Array | None:
    """The first image as `(channels, height, width)`; None where the numbers are no picture."""
    ndim = array.ndim
    padded = isinstance(layer.layer.operation, Pad) and layer.form == "plain"
    if ndim == 2 and not (layer.geometry.axes or padded or (layer.form == "plain" and array.shape == layer.shape)):
        return None
    if ndim == 2 and name == "output" and layer.form != "plain":
        return None
    if ndim not in (2, 3, 4):
        return None
    if ndim == 3 and len(layer.geometry.axes) == 1:
        return None
    first: Array = layer.layer.layout.images(array, 2)[0]
    return first
