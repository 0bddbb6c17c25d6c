"""Functions of whole arrays that NumPy does not have."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .digits import Array


def erf(x: Any) -> Array:
    """The error function of every number, worked out in double precision.

    >>> erf(np.array([0.0, 0.5])).round(6).tolist()
    [0.0, 0.5205]
    """
    array = np.asarray(x)
    worked = np.fromiter(map(math.erf, array.astype(np.float64).flat), np.float64, array.size).reshape(array.shape)
    return worked.astype(array.dtype if array.dtype.kind == "f" else np.float64)


def within(array: Array, least: float = -math.inf, most: float = math.inf) -> Array:
    """Where the numbers lie between two bounds, or on one: never where there is NaN, whatever it is among.

    >>> within(np.array([1, 2**70, math.nan], dtype=object), 1).tolist()
    [True, True, False]
    """
    with np.errstate(invalid="ignore"):
        found = least <= array
        return np.asarray(found if most == math.inf else found & (array <= most))
