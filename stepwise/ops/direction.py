"""Where an arrow of two parts points: the direction of an edge, from its rise and its run."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np

from ..arithmetic import Array
from ..dataclass import dataclass
from ..rules.derive import derivative
from ..rules.tree import Rule, above, atan2, where
from ..traces.layout import Layout
from ..traces.trace import Trace
from .broadcast import FIRST, SECOND, TwoSided
from .cells import slack
from .elementwise import as_floats

HALF_TURN = 180 / math.pi
"""Degrees in a radian."""


@dataclass(frozen=True)
class Direction(TwoSided):
    """y[i] = the angle of an arrow with the rise a[i] and the run b[i], from -π to π; 0 where both are 0

    `run_first` says that the run is the first input. `full` angles go from 0 to 2·π, `degrees` are 180 / π as much.
    At 0, where it has no slope, its gradient is 0. A zero has no sign here, as it has none on paper.
    Sources: NumPy `arctan2`; OpenCV `phase`, which works with tables and is up to 0.3 degrees away from the angle.
    """

    run_first: bool = False
    full: bool = False
    degrees: bool = False

    name: ClassVar[str] = "direction"
    rule: ClassVar[str] = "angle"
    verb: ClassVar[str] = "joined"
    rational: ClassVar[bool] = False

    @property
    def inexact(self) -> bool:
        """Parts of a turn are exact as they stand; what is added to them, or multiplied with, is not."""
        return self.full or self.degrees

    def _parts(self, a: Array, b: Array) -> tuple[Array, Array]:
        """Rise and run, their zeros without a sign."""
        rise, run = (b, a) if self.run_first else (a, b)
        return as_floats(rise) + 0.0, as_floats(run) + 0.0

    def _as_asked(self, angle: Array) -> Array:
        angle = np.where(angle < 0, angle + np.asarray(2 * math.pi, angle.dtype), angle) if self.full else angle
        return angle * np.asarray(HALF_TURN, angle.dtype) if self.degrees else angle

    def of(self, a: Array, b: Array) -> Array:
        return np.asarray(self._as_asked(np.arctan2(*self._parts(a, b))))

    def of_again(self, a: Array, b: Array) -> Array:
        """Twice the half of the angle, whose tangent is rise / (length + run), or (length - run) / rise."""
        rise, run = np.broadcast_arrays(*self._parts(a, b))
        endless = np.isinf(rise) | np.isinf(run)
        rise, run = (np.where(endless, np.where(np.isinf(part), np.sign(part), 0), part) for part in (rise, run))
        scale = np.maximum(np.abs(rise), np.abs(run))
        rise, run = (np.divide(part, scale, out=part * 0.0, where=scale != 0) for part in (rise, run))
        length = np.sqrt(rise**2 + run**2)
        forward = np.divide(rise, length + run, out=rise * 0.0, where=length + run != 0)
        backward = np.divide(length - run, rise, out=np.full(rise.shape, np.inf), where=rise != 0)
        angle = 2 * np.arctan(np.where(run >= 0, forward, backward))
        return np.asarray(self._as_asked(np.where(np.isnan(rise) | np.isnan(run), np.nan, angle)))

    def again(self, layout: Layout, inputs: Mapping[str, Array]) -> tuple[Array, Array | float]:
        a, b = (as_floats(array) for array in inputs.values())
        with np.errstate(all="ignore"):
            result = self.of_again(a.astype(np.float64), b.astype(np.float64)).astype(np.result_type(a, b))
        return result, slack(result, np.abs(result) + float(self._as_asked(np.array(math.pi))))

    def factor(self, name: str, inputs: Mapping[str, Array]) -> Array:
        """Run / length² for the rise, -rise / length² for the run."""
        rise, run = self._parts(np.asarray(inputs["input"]), np.asarray(inputs["input_1"]))
        squared = rise**2 + run**2
        own = run if (name == "input") != self.run_first else -rise
        found = np.divide(own, squared, out=np.zeros(np.shape(squared)), where=squared != 0)
        return np.asarray(found * HALF_TURN if self.degrees else found)

    @property
    def calculation(self) -> Rule:
        """`atan2(4, 3)`"""
        angle: Rule = atan2(SECOND, FIRST) if self.run_first else atan2(FIRST, SECOND)
        angle = where(above(0, angle), angle + 2 * math.pi, angle) if self.full else angle
        return angle * HALF_TURN if self.degrees else angle

    def gave(self, trace: Trace) -> Sequence[Rule | None]:
        """How fast the angle turns with each."""
        return [derivative(self.calculation, number) for number in range(2)]


__all__ = ["Direction"]
