"""The absolute value: what a number is without its sign."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from ..arithmetic import Array
from ..dataclass import dataclass
from ..rules.tree import Rule, X
from .elementwise import Elementwise


@dataclass(frozen=True)
class Absolute(Elementwise):
    """y = |x|, or y = -|x| (`negative`); at 0, where there is no slope, 0 stands for it, as in PyTorch"""

    negative: bool = False

    name: ClassVar[str] = "absolute"
    rule: ClassVar[str] = "absolute value"

    @property
    def _sign(self) -> int:
        return -1 if self.negative else 1

    def function(self, x: Array) -> Array:
        x = _with_room(x)
        return np.asarray(self._sign * np.abs(x)).astype(x.dtype)

    def function_again(self, x: Array) -> Array:
        """The number itself or its opposite."""
        x = _with_room(x)
        kept = x <= 0 if self.negative else x >= 0
        return np.where(kept, x, -x)

    def derivative(self, x: Array) -> Array:
        """The number's sign."""
        return np.asarray(self._sign * np.where(x > 0, 1.0, np.where(x < 0, -1.0, 0.0)))

    @property
    def calculation(self) -> Rule:
        """`|-3|`"""
        return -abs(X) if self.negative else abs(X)


def _with_room(x: Array) -> Array:
    """The least number of a whole type has no opposite in it, and what has no sign has none."""
    if x.dtype.kind == "u" or (x.dtype.kind == "i" and x.size and x.min() == np.iinfo(x.dtype).min):
        return x.astype(np.int64 if x.dtype.itemsize < 8 else np.float64)
    return x
