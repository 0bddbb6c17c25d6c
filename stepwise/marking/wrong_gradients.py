"""Ways back that nobody should go, as operations: gradients carried out wrongly by the engine, with their working.

Where a wrong gradient is the right one of another operation (another rule, kernel or stride), nothing stands here; see
`ways_back.py` for what is done with both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from ..arithmetic import Array, Value
from ..dataclass import dataclass
from ..ops import BatchMean, BinaryCrossEntropy, Gradient, MaxPool, MeanSquaredError, MinPool
from ..ops.cells import Shape
from ..ops.elementwise import exact_or_floats
from ..ops.gradient import Fed
from ..ops.gradient_letters import by_rule
from ..ops.windows import WindowOperation, data_taps
from ..rules.tree import Rule, X, total
from ..traces.layout import Index, Layout
from ..traces.step import Step
from ..traces.tap import Padding, Tap
from ..traces.trace import Trace


@dataclass(frozen=True)
class _Walked(WindowOperation):
    """What a window's gradient goes to is said by `slopes` alone, one window after the other."""

    def gradient(self, trace: Trace, name: str, grad: Array) -> Array:
        return self.one_by_one(trace, grad)


@dataclass(frozen=True)
class _EveryTie(_Walked):
    """dx[i] = sum of g[o] over the windows o in which x[i] equals the winner; or of each an equal part (`parted`)"""

    parted: bool = False

    def slopes(self, step: Step) -> list[Value]:
        """1 for all that equal the winner, or equal parts of it."""
        found = self.winner(step.taps)
        tied = [found is not None and tap.is_data and tap.value == found.value for tap in step.taps]
        part: Value = 1 / sum(tied) if self.parted and any(tied) else 1
        return [part if one else None for one in tied]


@dataclass(frozen=True)
class EveryLargest(_EveryTie, MaxPool):
    """dx[i] = sum of g[o] over the windows o of which x[i] is a maximum, be it the first or not"""

    name: ClassVar[str] = "every_largest"


@dataclass(frozen=True)
class EverySmallest(_EveryTie, MinPool):
    """dx[i] = sum of g[o] over the windows o of which x[i] is a minimum, be it the first or not"""

    name: ClassVar[str] = "every_smallest"


@dataclass(frozen=True)
class FirstOfWindow(_Walked, MaxPool):
    """dx[i] = sum of g[o] over the windows o whose first cell of data is i, whatever is the largest there"""

    name: ClassVar[str] = "first_of_window"

    def slopes(self, step: Step) -> list[Value]:
        """1 for the first cell of data."""
        first = next(iter(data_taps(step.taps)), None)
        return [1 if tap is first else None for tap in step.taps]


@dataclass(frozen=True)
class LastWritten(Gradient):
    """dx[i] = g[o]·(∂y[o] / ∂x[i]) of the last output cell o that i fed: each is written over the one before"""

    name: ClassVar[str] = "last_written"

    def fast(self, layout: Layout, inputs: Mapping[str, Array]) -> Array:
        """Every output cell writes over what is there."""
        grad, forward = inputs["input"], self.forward(layout, inputs)
        result = np.zeros(inputs[self._own].shape, dtype=np.result_type(grad, *inputs.values()))
        with np.errstate(all="ignore"):
            for at, source, slope in self._sendings(forward, by_rule(forward)):
                result[source] = grad[at] * slope
        return result

    def _sent(self, trace: Trace) -> Fed:
        """The last of what each cell was sent."""
        return {index: sorted(fed)[-1:] for index, fed in super()._sent(trace).items()}

    def taps(self, trace: Trace, index: Index) -> tuple[Tap, ...]:
        return super().taps(trace, index)[-1:]


@dataclass(frozen=True)
class OfEachImage(Gradient):
    """dw[n] = the gradient of a weight for image n alone, not added to those of the other images of the batch"""

    name: ClassVar[str] = "of_each_image"

    def result_shape(self, layout: Layout, shapes: Mapping[str, Shape]) -> Shape:
        return (shapes["input"][0], *super().result_shape(layout, shapes))

    def fast(self, layout: Layout, inputs: Mapping[str, Array]) -> Array:
        """One image after the other."""
        each = [
            {name: array[n : n + 1] if name in ("input", "x") else array for name, array in inputs.items()}
            for n in range(len(inputs["input"]))
        ]
        return np.stack([super(OfEachImage, self).fast(layout, one) for one in each])

    def _sent(self, trace: Trace) -> Fed:
        found: Fed = {}
        for index, fed in super()._sent(trace).items():
            for at, slope in fed:
                found.setdefault((at[0], *index), []).append((at, slope))
        return found

    def taps(self, trace: Trace, index: Index) -> tuple[Tap, ...]:
        image, *own = index
        return tuple(tap for tap in super().taps(trace, tuple(own)) if _image(tap.source) == image)


def _image(source: Index | Padding) -> int | None:
    return source[0] if isinstance(source, tuple) else None


class _Added:
    """The losses of all numbers, not divided by how many there are."""

    each: Rule

    @property
    def calculation(self) -> Rule:
        """The sum alone."""
        return total(self.each)

    def fast(self, layout: Layout, inputs: Mapping[str, Array]) -> Array:
        """The mean, times how many there are."""
        mean: Array = super().fast(layout, inputs)  # type: ignore[misc]  # of the loss that it goes with
        return np.asarray(mean * inputs["input"].size)

    def again(self, layout: Layout, inputs: Mapping[str, Array]) -> tuple[Array, Array | float]:
        mean, room = super().again(layout, inputs)  # type: ignore[misc]
        return np.asarray(mean * inputs["input"].size), room * inputs["input"].size

    def slope(self, x: Array, t: Array) -> Array:
        """That of its own number alone."""
        return np.asarray(super().slope(x, t) * x.size)  # type: ignore[misc]


@dataclass(frozen=True)
class SumOfSquares(_Added, MeanSquaredError):  # noqa: N818 - no exception, for all its base is called
    """L = sum over i of (x[i] - t[i])²"""

    name: ClassVar[str] = "sum_of_squares"


@dataclass(frozen=True)
class BinaryCrossEntropies(_Added, BinaryCrossEntropy):
    """L = -(sum over i of t[i]·ln(p[i]) + (1 - t[i])·ln(1 - p[i]))"""

    name: ClassVar[str] = "binary_cross_entropies"

    @property
    def steady(self) -> Rule | None:
        """None: the sum is only worked out."""
        return None


@dataclass(frozen=True)
class BatchSum(BatchMean):
    """y = sum over i of x[i], over all losses of a batch"""

    name: ClassVar[str] = "batch_sum"
    rule: ClassVar[str] = "sum"
    calculation: ClassVar[Rule] = total(X)

    def fast(self, layout: Layout, inputs: Mapping[str, Array]) -> Array:
        """The sum."""
        return np.asarray(exact_or_floats(inputs["input"]).sum())

    def again(self, layout: Layout, inputs: Mapping[str, Array]) -> tuple[Array, Array | float]:
        mean, room = super().again(layout, inputs)
        return np.asarray(mean * inputs["input"].size), room * inputs["input"].size

    def _part(self, trace: Trace) -> Value:
        return 1
