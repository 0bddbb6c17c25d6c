"""How long an arrow of two parts is: the strength of an edge, from its rise across and its rise down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np

from ..arithmetic import Array
from ..dataclass import dataclass
from ..rules.tree import Rule, Y, equal, sqrt, where
from ..traces.layout import Layout
from ..traces.trace import Trace
from .broadcast import FIRST, SECOND, TwoSided
from .cells import slack
from .elementwise import as_floats


@dataclass(frozen=True)
class Magnitude(TwoSided):
    """y[i] = √(a[i]² + b[i]²)

    At 0, where it has no slope, its gradient is 0.
    """

    name: ClassVar[str] = "magnitude"
    rule: ClassVar[str] = "root of the sum of squares"
    calculation: ClassVar[Rule] = sqrt(FIRST**2 + SECOND**2)
    verb: ClassVar[str] = "joined"
    rational: ClassVar[bool] = False

    def of(self, a: Array, b: Array) -> Array:
        """By `hypot`, in which no square overflows."""
        return np.asarray(np.hypot(as_floats(a), as_floats(b)))

    def of_again(self, a: Array, b: Array) -> Array:
        """The larger of the two times √(1 + their quotient's square)."""
        large, small = np.maximum(np.abs(a), np.abs(b)), np.minimum(np.abs(a), np.abs(b))
        quotient = np.divide(small, large, out=np.zeros(np.broadcast_shapes(a.shape, b.shape)), where=large != 0)
        return np.where(np.isinf(large), np.inf, large * np.sqrt(1 + quotient**2))

    def again(self, layout: Layout, inputs: Mapping[str, Array]) -> tuple[Array, Array | float]:
        a, b = (as_floats(array) for array in inputs.values())
        with np.errstate(all="ignore"):
            result = self.of_again(a.astype(np.float64), b.astype(np.float64)).astype(np.result_type(a, b))
        return result, slack(result)

    def factor(self, name: str, inputs: Mapping[str, Array]) -> Array:
        """The part divided by the whole."""
        a, b = as_floats(np.asarray(inputs["input"])), as_floats(np.asarray(inputs["input_1"]))
        whole = np.hypot(a, b)
        own = np.broadcast_to(a if name == "input" else b, whole.shape)
        return np.asarray(np.divide(own, whole, out=np.zeros_like(whole), where=whole != 0))

    def gave(self, trace: Trace) -> Sequence[Rule | None]:
        """Of the two squares that are added, each has its share."""
        return [where(equal(Y, 0), 0, part / Y) for part in (FIRST, SECOND)]
