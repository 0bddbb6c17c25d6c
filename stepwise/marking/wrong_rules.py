"""Rules that nobody should follow, as operations: the engine carries out what a student did, and keeps the working.

Only what no change to a request can say is here; see `misconceptions.py` for what is done with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

import numpy as np

from ..arithmetic import Array
from ..dataclass import dataclass
from ..ops import Softmax
from ..ops.cells import CellOperation, Shape, Source, slack
from ..ops.elementwise import Elementwise, as_floats
from ..rules.tree import Own, Rule, X, total
from ..traces.layout import Index, Layout
from ..traces.step import Step
from ..traces.trace import Trace


@dataclass(frozen=True)
class AbsoluteValue(Elementwise):
    """y = |x|, where negative numbers should have become 0"""

    name: ClassVar[str] = "absolute"
    rule: ClassVar[str] = "absolute"
    calculation: ClassVar[Rule] = abs(X)

    def function(self, x: Array) -> Array:
        return np.abs(x)

    def function_again(self, x: Array) -> Array:
        return np.where(x < 0, -x, x)

    def derivative(self, x: Array) -> Array:
        """1 to the right of 0, -1 to the left."""
        return np.where(x > 0, 1.0, -1.0)


@dataclass(frozen=True)
class Shares(Softmax):
    """y[i] = x[i] / (sum over j of x[j]): shares of the numbers themselves, not of their exponentials"""

    name: ClassVar[str] = "shares"
    rule: ClassVar[str] = "shares"
    calculation: ClassVar[Rule] = Own(X) / total(X)

    def fast(self, layout: Layout, inputs: Mapping[str, Array]) -> Array:
        x = as_floats(inputs["input"])
        shares: Array = x / x.sum(axis=self._axes(x.ndim), keepdims=True)
        return shares

    def again(self, layout: Layout, inputs: Mapping[str, Array]) -> tuple[Array, Array | float]:
        """By hand."""
        x = as_floats(inputs["input"])
        total = np.apply_over_axes(np.sum, x, self._axes(x.ndim))
        return x / total, slack(x / total)

    def lettered(self, step: Step) -> Rule:
        """Of letters it is the same."""
        return self.calculation


@dataclass(frozen=True)
class Reordered(CellOperation):
    """y with its axes in another order: rows written where columns belong"""

    order: tuple[int, ...]

    name: ClassVar[str] = "reordered"
    rule: ClassVar[str] = "moved"
    calculation: ClassVar[Rule] = X

    def result_shape(self, layout: Layout, shapes: Mapping[str, Shape]) -> Shape:
        return tuple(shapes["input"][axis] for axis in self.order)

    def fast(self, layout: Layout, inputs: Mapping[str, Array]) -> Array:
        return np.array(np.transpose(inputs["input"], self.order))

    def again(self, layout: Layout, inputs: Mapping[str, Array]) -> tuple[Array, Array | float]:
        """Cell by cell."""
        x = inputs["input"]
        result = np.empty(self.result_shape(layout, {"input": x.shape}), dtype=x.dtype)
        for index in np.ndindex(result.shape):
            result[index] = x[self._own(index)]
        return result, 0.0

    def _own(self, index: Index) -> Index:
        own = [0] * len(index)
        for place, axis in zip(index, self.order):
            own[axis] = place
        return tuple(own)

    def cells(self, trace: Trace, index: Index) -> Iterable[Source]:
        """The one cell that was moved here."""
        return [Source(self._own(index))]
