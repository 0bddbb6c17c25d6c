"""Isolated slips: one cell gone wrong in a way that has a name, while the procedure was right.

    sign        the sign was lost
    digits      two digits next to each other changed places
    term        one term of the sum was left out, or taken twice
    overlooked  another number of the window was taken for the largest
    neighbour   the value of the cell beside it was written

To add a kind: a line in `KINDS`, its values in `_values`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from ..arithmetic import Array
from ..dataclass import dataclass
from ..language import _
from ..ops import Conv, Dense, Gradient, MatMul, MaxPool, MeanPool
from ..traces.layout import Index
from ..traces.step import Step
from ..traces.trace import Trace
from .digits import written

KINDS = {
    "sign": lambda: _("its sign was lost"),
    "digits": lambda: _("two of its digits changed places"),
    "term": lambda: _("one term of its sum was left out, or taken twice"),
    "overlooked": lambda: _("another number of the window was taken as the largest"),
    "neighbour": lambda: _("it is the value of the cell beside it"),
}
EQUAL = 1e-6
"""How near, relatively, a slip's value must be met where decimals are not written out."""


@dataclass(frozen=True)
class Slip:
    """A cell that went wrong, and how."""

    index: Index
    kind: str

    @property
    def sentence(self) -> str:
        """How, in words."""
        return KINDS[self.kind]()


def slip(trace: Trace, index: Index, given: float, word: str) -> Slip | None:
    """The slip that makes `given` of the value due in this cell, if one does. A sum is told before a coincidence."""
    due = float(trace.output[index])
    if due - due != 0 or given - given != 0:
        return None
    how = written(word)
    half = how.half * (1 + 1e-9) + 1e-12 * abs(given)  # 10.25 is written 10.3: decimals in binary are no exact halves
    room = max(EQUAL * abs(due), half if how.decimals > 0 else 0.0)
    for kind, value in _slipped(trace, index):
        if abs(value - given) <= room and abs(value - due) > room:
            return Slip(index, kind)
    return Slip(index, "digits") if digits_swapped(due, given, word) else None


@lru_cache(maxsize=1024)
def _slipped(trace: Trace, index: Index) -> tuple[tuple[str, float], ...]:
    """The values that slips give a cell; kept, as a class makes the same ones."""
    return tuple(_values(trace, index, float(trace.output[index])))


def _values(trace: Trace, index: Index, due: float) -> Iterator[tuple[str, float]]:
    if due:
        yield "sign", -due
    for change in _terms(trace.step(index)):
        yield "term", due - change
        yield "term", due + change
    if isinstance(trace.layer.operation, MaxPool):
        for tap in trace.step(index).taps:
            if tap.is_data:
                yield "overlooked", float(tap.value)
    output: Array = trace.output
    for axis, n in enumerate(output.shape):
        for beside in (index[axis] - 1, index[axis] + 1):
            if 0 <= beside < n:
                yield "neighbour", float(output[(*index[:axis], beside, *index[axis + 1 :])])


def _terms(step: Step) -> list[float]:
    """What each term of a sum adds to the result."""
    operation = step.trace.layer.operation
    taps = [tap for tap in step.taps if tap.is_data]
    if isinstance(operation, MeanPool):
        divisor = operation.counted(step.trace, step.trace.place(step.index)[2:])
        return [float(tap.value) / divisor for tap in taps]
    if isinstance(operation, Gradient):
        return [float(tap.value) * float(tap.weight) for tap in taps]
    if not isinstance(operation, Conv | Dense | MatMul):
        return []
    terms = [float(tap.value) * float(tap.weight) for tap in taps]
    if isinstance(operation, Conv) and "bias" in step.trace.inputs:
        terms.append(float(step.trace.inputs["bias"][step.trace.place(step.index)[1]]))
    elif "bias" in step.trace.inputs:
        terms.append(float(np.broadcast_to(step.trace.inputs["bias"], step.trace.output.shape)[step.index]))
    return terms


def digits_swapped(due: float, given: float, word: str) -> bool:
    """Whether two digits beside each other changed places.

    >>> digits_swapped(12, 21, "21"), digits_swapped(3.25, 3.52, "3.52"), digits_swapped(12, 22, "22")
    (True, True, False)
    """
    places = max(0, written(word).decimals)
    if abs(due) >= 1e15 or abs(given) >= 1e15 or (due < 0) != (given < 0):
        return False
    a, b = (f"{abs(number):.{places}f}".replace(".", "") for number in (due, given))
    if len(a) != len(b):
        length = max(len(a), len(b))
        a, b = a.zfill(length), b.zfill(length)
    odd = [i for i, (x, y) in enumerate(zip(a, b)) if x != y]
    return len(odd) == 2 and odd[1] == odd[0] + 1 and a[odd[0]] == b[odd[1]] and a[odd[1]] == b[odd[0]]
