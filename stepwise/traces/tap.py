"""One thing that a window touched."""

from __future__ import annotations

from enum import Enum
from typing import Final, NamedTuple

from ..arithmetic import Array, Value
from .layout import Index


class Padding(Enum):
    """The source of a tap that has none."""

    PADDING = "padding"
    OUTSIDE = "outside"

    def __repr__(self) -> str:
        return self.name


PADDING: Final = Padding.PADDING
OUTSIDE: Final = Padding.OUTSIDE


class Tap(NamedTuple):
    """One thing a window touched: data, padding, or a cell outside, past the padded edge, which only ceil mode reaches.

    Which of the three is told by `source`, never by the value: NaN is data.
    """

    source: Index | Padding  # the index into the input as its owner laid it out, or PADDING, or OUTSIDE
    value: Value  # what was there; for padding, what it stands for: -inf in a maximum, 0 in a sum
    position: Index  # along the spatial axes, counted from the first data cell; may lie outside
    weight: Value = None  # what the value was multiplied by, if anything
    weight_index: Index | None = None  # where in the kernel that weight is
    input: str = "input"  # which of the trace's inputs it came from

    @property
    def is_data(self) -> bool:
        """Whether there was a number here."""
        return isinstance(self.source, tuple)

    @property
    def is_padding(self) -> bool:
        """Whether there was padding here."""
        return self.source is PADDING

    @property
    def is_outside(self) -> bool:
        """Whether there was nothing here, not even padding."""
        return self.source is OUTSIDE


class Gathered(NamedTuple):
    """Everything that a step of very many taps is made from, at once."""

    values: Array  # the data among its taps, in the window's row-major order
    padded: int  # how many taps are none
    weights: Array | None = None  # what each value is multiplied by, where it is
    bias: Value = None  # what is added at the end, where something is
