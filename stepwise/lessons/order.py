"""The order in which a reader is shown the steps of a layer: the window moves over a plane before the filter changes.

Where channels come last in an array, its own order would visit every filter at one place first.
"""

from __future__ import annotations

import math

from ..traces.layout import Index, flat_index, index_at
from ..traces.step import Step
from ..traces.trace import Trace


def number_of(step: Step) -> int:
    """A step's number among all, from 1."""
    sizes = _sizes(step.trace)
    return 1 + (flat_index(step.trace.place(step.index), sizes) if sizes else _in_array(step))


def numbered(trace: Trace, number: int) -> Step:
    """The step of this number, from 1; it must be there.

    >>> from stepwise import trace
    >>> two = trace("Conv2D(2, 1)", [[1, 2], [3, 4]], kernel=[[[[1, 10]]]])
    >>> [numbered(two, n).index for n in (1, 2, 5)]
    [(0, 0, 0), (0, 1, 0), (0, 0, 1)]
    """
    sizes = _sizes(trace)
    if not sizes:
        return trace.steps[number - 1]
    return trace.step(trace.index(index_at(number - 1, sizes)))


def _in_array(step: Step) -> int:
    return flat_index(step.index, step.trace.output.shape)


def _sizes(trace: Trace) -> Index:
    """How many images, channels, rows, columns there are; nothing where steps go through the array as it lies."""
    spatial = trace.geometry.output_shape
    channels = trace.channels[1] if spatial else 1
    if channels == 1:
        return ()
    return (trace.output.size // (channels * math.prod(spatial)), channels, *spatial)
