"""What losses have in common: every number of the input meets the one of the target at its place."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

import numpy as np

from ..arithmetic import Array, Value, is_exact, plain
from ..dataclass import dataclass
from ..errors import ShapeError, differing
from ..rules.expand import worth_of
from ..rules.tree import Figure, Rule, X, equal, total, where
from ..traces.kept import kept
from ..traces.layout import Index, Layout
from ..traces.step import Step
from ..traces.trace import Trace
from .cells import CellOperation, Shape, Source
from .elementwise import as_floats


@dataclass(frozen=True)
class Loss(CellOperation):
    """L = one number, or one for each sample, from numbers and their target of the same shape"""

    rule: ClassVar[str] = "loss"
    weight_name: ClassVar[str] = "target"
    operated: ClassVar[bool] = False
    keeps_axes: ClassVar[bool] = False
    slopes_cancel: ClassVar[bool] = True

    @property
    @abstractmethod
    def each(self) -> Rule:
        """What the tap in hand adds to the loss, divided by nothing."""

    @property
    def calculation(self) -> Rule:
        """The mean of what all numbers add."""
        return total(self.each) / Figure("count")

    @abstractmethod
    def slope(self, x: Array, t: Array) -> Array:
        """How much the loss of its own sample grows with each number, over whole arrays of floats."""

    def of_samples(self, shape: Shape) -> Shape:
        """The shape of the loss, for an input of this shape."""
        return ()

    def result_shape(self, layout: Layout, shapes: Mapping[str, Shape]) -> Shape:
        """Raises `ShapeError` where the target has another shape than the input."""
        shape, target = shapes["input"], shapes.get("target")
        if target is None:
            raise ShapeError("a loss needs a target")
        if target != shape:
            raise ShapeError(f"the target has shape {target}, but the output {shape}: {differing(target, shape)}")
        return self.of_samples(shape)

    def differentiable(self, trace: Trace) -> tuple[str, ...]:
        """The target is given: nobody asks how the loss grows with it."""
        return ("input",)

    def reach(self, trace: Trace) -> int:
        return int(trace.inputs["input"].size // max(1, trace.output.size))

    def cells(self, trace: Trace, index: Index) -> Iterable[Source]:
        """Every number, with its own target."""
        return [Source(at, weight_index=at) for at in self._seen(trace, index)]

    def _seen(self, trace: Trace, index: Index) -> Iterable[Index]:
        return np.ndindex(trace.inputs["input"].shape)

    def _sample(self, index: Index, shape: Shape) -> Index:
        """The cell of the loss that a number of the input is in."""
        return ()

    def slopes(self, step: Step) -> list[Value]:
        slopes = self._slopes(step.trace)
        return [plain(slopes[tap.source]) for tap in step.taps if isinstance(tap.source, tuple)]

    def gave(self, trace: Trace) -> Sequence[Rule | None]:
        """Its own term of the sum."""
        return [where(equal(X, 0), 0, self.each / Figure("count") / X)]

    def secants(self, step: Step) -> list[Value]:
        [rule] = self.gave(step.trace)
        assert rule is not None
        return [worth_of(rule, step, tap) for tap in step.taps]

    def apportioned(self, trace: Trace, name: str, grad: Array) -> Array:
        given = np.zeros(trace.inputs[name].shape)
        for step in trace.steps:
            for source, secant in zip(self.cells(trace, step.index), self.secants(step)):
                assert source.at is not None
                given[source.at] = secant
        return np.asarray(self._spread(grad, given.ndim) * given)

    def feeds(self, trace: Trace, name: str, index: Index) -> Iterable[tuple[Index, Value]]:
        """The loss of its own sample."""
        return [(self._sample(index, trace.inputs[name].shape), plain(self._slopes(trace)[index]))]

    @kept
    @np.errstate(all="ignore")  # what is too large is infinite, as in the output
    def _slopes(self, trace: Trace) -> Array:
        x, t = trace.inputs["input"], trace.inputs["target"]
        if is_exact(x) or is_exact(t):
            return self.slope(x, t)
        x = as_floats(x)
        return self.slope(x, t.astype(x.dtype))

    @np.errstate(all="ignore")
    def gradient(self, trace: Trace, name: str, grad: Array) -> Array:
        return np.asarray(self._spread(grad, trace.inputs["input"].ndim) * self._slopes(trace))

    def _spread(self, grad: Array, ndim: int) -> Array:
        """What comes to each sample, so that it can be multiplied with all of the sample's numbers."""
        return grad


def like(target: Array, x: Array) -> Array:
    return target if x.dtype == object or target.dtype == object else target.astype(x.dtype)


def weighed(t: Array, numbers: Array) -> Array:
    """Products, in which 0 times whatever it is is 0: what has no part in a loss makes no NaN of it."""
    with np.errstate(all="ignore"):
        return np.where(t == 0, np.zeros((), dtype=numbers.dtype), t * numbers)
