"""When a number counts as right.

    written  given is due, rounded to the digits that given was written with; at least three significant ones, or all
             there are: 3.33 for 10/3, 12.8 for 12.75, but not 3.3, and not 252 for 250
    relabs   abs(given - due) <= atol + rtol·abs(due)
    sigfig   given is due, rounded to so many significant figures
    decdig   given is due, rounded to so many digits after the point
    exact    given is due: rationals as rationals; decimals may part by what rounding in another order could do

`relabs`, `sigfig` and `decdig` are those of PrairieLearn, whose graders give the rounded ones 0.51 of the last digit.
NaN is right where NaN is due, and an infinity where that one is.

To add a mode: a case in `Tolerance.room`, and its name in `MODES`.
"""

from __future__ import annotations

import numpy as np

from ..arithmetic import Array
from ..dataclass import dataclass
from ..errors import StepwiseError, did_you_mean, listing, shown
from .digits import FIGURES

MODES = ("written", "relabs", "sigfig", "decdig", "exact")
HALF = 0.51
"""Of the last digit: a half, and a little for what binary fractions lose."""
MOST_DIGITS = 15
"""Digits that a decimal holds."""
REORDERED = 1e-12
"""What adding in another order may change in a decimal, relative to it."""
COMPUTED = 1e-9
"""What a decimal may be off by that was worked out by machine, relative to it."""


@dataclass(frozen=True)
class Tolerance:
    """How near a number must be.

    >>> Tolerance("decdig", digits=1).near(np.array([3.3, 3.2, 3.25]), np.array([3.25, 3.25, 3.25])).tolist()
    [True, True, True]
    >>> Tolerance("relabs").near(np.array([101.0, 102.0]), np.array([100.0, 100.0])).tolist()
    [True, False]
    >>> Tolerance().room(np.array([250.0, 12.75, 10 / 3])).round(6).tolist()  # 250 has no more than three figures
    [0.0, 0.05, 0.005]
    """

    mode: str = "written"
    rtol: float = 1e-2
    atol: float = 1e-8
    digits: int = 2

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            hint = did_you_mean(str(self.mode), MODES)
            raise StepwiseError(f"tolerance {self.mode!r} is not known; it is {listing(MODES)}.{hint}")
        for name in ("rtol", "atol"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < float("inf"):
                raise StepwiseError(f"{name} must be a number from 0 up, not {shown(value)}")
        if type(self.digits) is not int or not 0 <= self.digits <= MOST_DIGITS:
            raise StepwiseError(f"digits must be a whole number from 0 to {MOST_DIGITS}, not {self.digits!r}")
        if self.mode == "sigfig" and self.digits == 0:
            raise StepwiseError("digits must be at least 1 for sigfig: a number has one significant figure or more")

    def room(self, due: Array) -> Array:
        """How far from each number due a right answer may lie."""
        size = np.abs(due)
        match self.mode:
            case "sigfig":
                with np.errstate(divide="ignore", invalid="ignore"):
                    places = np.where(size > 0, np.floor(np.log10(size)), 0.0)
                return np.asarray(HALF * 10.0 ** (places - (self.digits - 1)))
            case "decdig":
                return np.full(due.shape, HALF * 10.0**-self.digits)
            case "exact":
                return np.asarray(REORDERED * size)
            case "written":
                return _half_of_figure(size, FIGURES)
        return np.asarray(self.atol + self.rtol * size)

    def exactly(self, given: Array, due: Array) -> Array:
        """Which numbers are those due, but for what a machine rounds off."""
        scale = np.abs(due, where=np.isfinite(due), out=np.zeros(due.shape)).max(axis=-1, keepdims=True, initial=0.0)
        return self.within(given, due, COMPUTED * np.abs(due) + REORDERED * scale)

    def near(self, given: Array, due: Array) -> Array:
        """Which of the numbers given are right; both are decimals, and one may be broadcast over the other."""
        with np.errstate(invalid="ignore"):
            return self.within(given, due, self.room(due))

    @staticmethod
    def within(given: Array, due: Array, room: Array) -> Array:
        """Which numbers lie within the room around those due."""
        with np.errstate(invalid="ignore"):
            met = (np.abs(given - due) <= room) & np.isfinite(due)
            return np.asarray(met | (given == due) | ((given != given) & (due != due)))


def _half_of_figure(size: Array, figures: int) -> Array:
    """Half a unit of the last of so many significant figures; 0 where a number has no more of them."""
    if bool(((size < 10.0**figures) & (size == np.rint(size))).all()):
        return np.asarray(COMPUTED * size)  # whole numbers as short as that, of which there may be millions
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        places = np.where(size > 0, np.floor(np.log10(size)), 0.0) - (figures - 1)
        unit = 10.0**places
        rounded = np.round(size / unit) * unit
        whole = np.abs(rounded - size) <= COMPUTED * size
        return np.asarray(np.where(whole, COMPUTED * size, 0.5 * (1 + COMPUTED) * unit))
