"""How answers are marked: what a cell earns, how far it may be off, what is revealed."""

from __future__ import annotations

from typing import Any, Literal

from ..dataclass import dataclass
from ..errors import StepwiseError, did_you_mean, listing, shown
from .forms import Decimal
from .tolerance import Tolerance

SCORES = ("cells", "rows", "all")
REVEALS = ("nothing", "cells", "diagnosis", "working")
Reveal = Literal["nothing", "cells", "diagnosis", "working"]
DEFAULT = Tolerance()


@dataclass(frozen=True, eq=False)
class Marking:
    """How answers to one exercise are marked. Raises `StepwiseError` for what does not fit."""

    tolerance: Tolerance = DEFAULT
    score: str = "cells"  # what earns: each cell, each row without a mistake, or only an answer without one
    weights: Any = None  # what each cell counts, in the shape of the output; None: all alike
    precision_credit: float = 0.0  # what a right value earns that is rounded too far, of 1
    decimal: Decimal = "auto"
    reveal: Reveal = "working"  # how much the verdict's own lesson and text tell
    points: float = 1.0  # what the exercise is worth, where it has no parts with points of their own
    round_to: float = 0.0  # what the points that are earned are a multiple of; 0: they are not rounded

    def __post_init__(self) -> None:
        for name, known in (("score", SCORES), ("decimal", ("auto", "point", "comma")), ("reveal", REVEALS)):
            value = getattr(self, name)
            if value not in known:
                hint = did_you_mean(str(value), known)
                raise StepwiseError(f"{name} {shown(value)} is not known; it is {listing(known)}.{hint}")
        credit = self.precision_credit
        if isinstance(credit, bool) or not isinstance(credit, int | float) or not 0 <= credit <= 1:
            raise StepwiseError(f"precision_credit must be a number from 0 to 1, not {credit!r}")
        points = self.points
        if isinstance(points, bool) or not isinstance(points, int | float) or not 0 < points < float("inf"):
            raise StepwiseError(f"points must be a number above 0, not {points!r}")
        step = self.round_to
        if isinstance(step, bool) or not isinstance(step, int | float) or not 0 <= step < float("inf"):
            raise StepwiseError(f"round_to must be a number from 0 up, such as 0.5, not {step!r}")
