"""The first image's channels as grey pictures, where a layer has too many numbers to be read."""

from __future__ import annotations

from typing import Any, Literal

from ..arithmetic import holds_expressions, span
from ..document.blocks import FeatureMap, Figure
from ..language import _
from ..traces.trace import Trace
from .captions import input_of, output_caption
from .extent import ROOM
from .inline import labels
from .pictures import channel_name

MOST_MAPS = 8
FINEST = 128
"""A map with more rows or columns than this is drawn from every second cell, every third …"""
FEW_MAPS = 4
"""Of more maps side by side, each has half as many rows and columns."""


def is_large(trace: Trace) -> bool:
    """Whether the input is better seen as a grey picture than as numbers."""
    if any(map(holds_expressions, (trace.inputs["input"], trace.output))):
        return False
    return len(trace.geometry.axes) == 2 and max(trace.geometry.input_shape) > ROOM


def feature_maps(trace: Trace, *names: Literal["input", "output"]) -> Figure:
    """The first image's channels as grey pictures, of the input, the output or both."""
    drawn = [(name, channel) for name in names for channel in range(_shown(trace, name))]
    finest = FINEST if len(drawn) <= FEW_MAPS else FINEST // 2
    return Figure(tuple(_map(trace, name, channel, finest) for name, channel in drawn))


def _shown(trace: Trace, name: str) -> int:
    return min(trace.channels[name == "output"], MOST_MAPS)


def _map(trace: Trace, name: str, channel: int, finest: int) -> FeatureMap:
    array, sizes = (
        (trace.inputs["input"], trace.geometry.input_shape)
        if name == "input"
        else (trace.output, trace.geometry.output_shape)
    )
    step = -(-max(sizes) // finest)
    places: Any = (0, channel, *(slice(0, size, step) for size in sizes))
    index = trace.layer.layout.outer(places, array.ndim) if name == "input" else trace.index(places)
    cells: Any = (*index, ...)  # an array of one number, too
    plane = array[cells].reshape([-(-size // step) for size in sizes]).astype(float)
    rows = tuple(map(tuple, plane.tolist()))
    low, high = span(array) or (0.0, 0.0)  # one scale and one colouring for all channels, as wherever maps are drawn
    diverging = low < 0
    low, high = (-max(-low, high), max(-low, high)) if diverging else (low, high)
    caption = {"input": input_of, "output": output_caption}[name](sizes)
    thinned = _("1 row and 1 column in {n} drawn").format(n=step) if step > 1 else ""
    return FeatureMap(labels(caption, channel_name(trace, channel, name), thinned), rows, low, high, diverging)
