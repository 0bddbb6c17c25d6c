"""What rounding leaves where a result is 0: 0.1 + 0.2 - 0.3 comes to 5.55e-17 in floats, and to 0 on paper.

A float stands for the decimal it is written as, as in exact arithmetic. A result that is smaller than what rounding can
leave of its terms is worked out once more on those decimals, by its own rule; where they come to 0, it is 0, and
everything that shows it agrees: the cell, its formula, the answer, the spreadsheet. Every other number is left as it
came, however small: it is no residue.

`residues.js` does the same on a page, where numbers are changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ..arithmetic import Array, Value, exact
from ..dataclass import dataclass
from ..formula.value import comes_to_nothing
from .layout import Index
from .step import Step

if TYPE_CHECKING:
    from .tap import Tap
    from .trace import Trace

LARGEST = 2.0**-13
"""A residue is smaller than this part of the largest number that goes in, even one that single precision leaves."""
MOST_CELLS = 2**14
"""Results from which on nobody reads each: they stay as they came, at no cost."""
MOST_GIVEN = 2**20
"""Numbers of an input or a weight, at most, that are looked through for it."""
MOST_TAPS = 2**14
"""Taps, at most, that are looked at again."""


@dataclass(frozen=True, eq=False)
class _OnPaper(Step):
    """A step with every number as the decimal that it is written as."""

    @cached_property
    def taps(self) -> tuple[Tap, ...]:
        return tuple(tap._replace(value=_written(tap.value), weight=_written(tap.weight)) for tap in super().taps)

    def beside(self, name: str) -> Value:
        return _written(super().beside(name))


def without_residues(trace: Trace) -> Array:
    """The output, with 0 where decimals come to 0 and rounding left something else; itself where it left nothing."""
    output = trace.output
    if output.dtype.kind != "f" or output.size > MOST_CELLS:
        return output
    if max(array.size for array in trace.inputs.values()) > MOST_GIVEN:
        return output
    suspects = _suspects(output, trace.inputs)
    if not len(suspects) or len(suspects) * trace.layer.operation.reach(trace) > MOST_TAPS:
        return output
    nothing = [
        index for index in suspects if comes_to_nothing(trace.layer.operation.expression(_OnPaper(trace, index)))
    ]
    if nothing:
        output = output.copy()
        output[tuple(np.transpose(nothing))] = 0
    return output


def _suspects(output: Array, inputs: Mapping[str, Array]) -> list[Index]:
    """Where a result is smaller than rounding may be."""
    small = (output != 0) & (np.abs(output) < 1)  # above 1 no residue of what anybody writes out
    if not small.any():
        return []
    largest = max((_largest(array) for array in inputs.values()), default=0.0)
    small &= np.abs(output) < LARGEST * largest
    return [tuple(map(int, index)) for index in np.argwhere(small)]


def _largest(array: Array) -> float:
    """The largest of the finite numbers, without signs."""
    if array.dtype.kind not in "fiub":
        return 0.0
    with np.errstate(invalid="ignore"):  # a NaN that signals
        sizes = np.abs(array.astype(np.float64))
    return float(np.max(sizes, initial=0.0, where=np.isfinite(sizes)))


def _written(value: Value) -> Value:
    """A finite decimal as the fraction that its digits are; what is none, as it is."""
    if value is None or isinstance(value, Fraction):
        return value
    return exact(value) if value - value == 0 else value
