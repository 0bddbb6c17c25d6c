"""Sums of decimals that are rounded once, at the end; beyond every decimal they are infinite, as in NumPy."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any


def fsum(numbers: Iterable[Any]) -> float:
    """As `math.fsum`, which refuses infinities of two signs, and sums of which a part is too large.

    >>> fsum([1e16, 1.0, -1e16]), fsum([1e308, 1e308]), fsum([float("inf"), float("-inf")])
    (1.0, inf, nan)
    """
    listed = [float(number) for number in numbers]
    try:
        return math.fsum(listed) if all(map(math.isfinite, listed)) else sum(listed)
    except OverflowError:
        return sum(listed)


def squares(numbers: Iterable[Any], centre: float = 0.0) -> float:
    """The sum of the squares of what lies between each number and the centre.

    >>> squares([1, 2, 4], centre=2), squares([1e200])
    (5.0, inf)
    """
    apart = [float(number) - centre for number in numbers]
    return fsum(one * one for one in apart)  # where ** raises
