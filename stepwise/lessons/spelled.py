"""How many steps of exact numbers and letters a page carries, each as it is told."""

from __future__ import annotations

from ..traces.trace import Trace

MOST_STEPS = 400
"""The most output cells whose steps a page carries, each as it is told."""
MOST_TAPS = 10_000
"""The most taps of all those steps together."""
LARGEST = 12
"""Cells along an axis: a larger plane is drawn as pixels, and letters have no brightness."""


def spelled_out(trace: Trace) -> bool:
    """Whether a page carries its steps as they are told: where they are few, and small enough to be drawn."""
    output, reach = trace.output, trace.layer.operation.reach(trace)
    sides = [n for array in (output, *trace.inputs.values()) for n in array.shape]
    return (
        output.ndim > 0
        and 0 < output.size <= MOST_STEPS
        and output.size * reach <= MOST_TAPS
        and max((*sides, *(axis.drawn[1] - axis.drawn[0] for axis in trace.geometry.axes)), default=1) <= LARGEST
    )
