"""What a page can let its reader operate: plain numbers, not too many, and a rule that the script knows."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from ...arithmetic import Array
from ...lessons.spelled import spelled_out
from ...ops import Gradient
from ...traces.trace import Trace, chain
from .gradients import gradient_operable
from .letters import lettered

MOST_CELLS = 200_000
"""The most cells that a page carries of all arrays together; a lesson of more stays as it is told."""
MOST_LINES = 50_000
"""The most output cells of an operation without a window that a page can list the sources of."""
MOST_LOOKED_AT = 1_000_000
"""The most sources of all those cells together."""
MOST_SEARCHED = 2_000
"""The same where each source has to be searched for."""


def operable(trace: Trace) -> bool:
    """Whether a page can let its reader operate this trace: plain numbers, not too many, and a rule it knows."""
    operation = trace.layer.operation
    if not operation.operated:
        return False
    if lettered(trace):
        if not spelled_out(trace) or isinstance(operation, Gradient):
            return False
    elif not all(map(numeric, (*trace.inputs.values(), trace.output))):
        return False
    if trace.geometry.axes:
        return trace.output.ndim > 0
    if isinstance(operation, Gradient):
        return gradient_operable(trace)
    if not operation.in_lines(trace.output.ndim):
        return False
    most = MOST_SEARCHED if operation.counts else MOST_CELLS if operation.in_place else MOST_LINES
    looked_at = 1 if operation.in_place or operation.counts else trace.output.size * operation.reach(trace)
    return (
        trace.output.size <= most
        and looked_at <= MOST_LOOKED_AT
        and min(trace.inputs["input"].ndim, trace.output.ndim) > 0
    )


def cells(traces: Iterable[Trace]) -> int:
    """The cells of these traces and of every layer before them, each array counted once."""
    arrays = {
        id(array): array.size
        for trace in traces
        for layer in chain(trace)
        for array in (*layer.inputs.values(), layer.output)
    }
    return sum(arrays.values())


def numeric(array: Array) -> bool:
    """Whether every cell is a whole number or a float that JavaScript can compute with."""
    if array.dtype == object:
        return all(type(cell) is int for cell in array.flat)
    return array.dtype.kind in "iu" or array.dtype in (np.float32, np.float64)
