"""Numbers as students write them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
FORMS = (".4g", ".2f", ".1f")
"""How students write what is no whole number: with four figures, two decimals, or one."""
LEAST_WRITTEN = 0.05
"""A smaller number has no digit left with one decimal."""


def written(output: Array, form: str = FORMS[0]) -> list[Any]:
    """An output as a student writes it: whole numbers as they are, others in one of `FORMS`."""
    cells = np.asarray(output, dtype=np.float64)
    words = np.array([format(value, ".0f" if value % 1 == 0 else form) for value in cells.flat])
    listed: list[Any] = words.reshape(cells.shape).tolist()
    return listed


def form(number: int, output: Array) -> str:
    """How the so-manieth answer is written; of numbers below 1 two decimals say too little, and none may vanish."""
    sizes = np.abs(np.asarray(output, dtype=float))
    return FORMS[number % len(FORMS)] if sizes.max() > 1 and not (sizes[sizes > 0] < LEAST_WRITTEN).any() else FORMS[0]
