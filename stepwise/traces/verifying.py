"""How far two ways to the same numbers may differ, and how many steps are compared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from ..arithmetic import Array

if TYPE_CHECKING:
    from .step import Step, Steps


REPLAYS = 3
"""So many times numbers are put in for letters when a trace is verified."""
MOST_TAPS = 400_000
"""The most taps, about, that are compared one by one when a trace is verified."""


def differs(a: Array, b: Array, slack: Array | float) -> Array:
    """Where two arrays part by more than the slack; NaN equals NaN, and an infinity only itself.

    An infinite slack stands where finite terms have no finite sum: what they come to is a matter of their order.
    """
    if a.dtype == object or b.dtype == object or a.dtype.kind in "iub":
        return np.asarray(a != b, dtype=bool)
    with np.errstate(invalid="ignore"):
        near = np.abs(a - b) <= slack
    same: Array = (a == b) | (np.isnan(a) & np.isnan(b)) | near | np.isposinf(slack)
    return ~same


def alike(a: Array, b: Array) -> bool:
    return a is b or (a.shape == b.shape and not differs(a, b, 0.0).any())


def replayed_steps(reach: int) -> int:
    """Of how many steps the taps are compared: of long ones fewer."""
    return max(4, min(4096, MOST_TAPS // max(1, reach)))


def even_choice(steps: Steps, most: int) -> Iterator[Step]:
    stride = -(-len(steps) // most) or 1
    return (steps[i] for i in range(0, len(steps), stride)) if stride > 1 else iter(steps)
