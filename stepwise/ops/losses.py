"""Losses: how far a network's output is from its target, in one number.

A loss is an operation like any other; its `target` takes the place of weights: every number of the input meets the one
of the target at its place. Cross-entropy gives a number for each sample, and `BatchMean` makes one of them.

To add one: a subclass of `Loss`; its row in `LOSSES`; its record in `lessons/losses.py`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import ClassVar

import numpy as np

from ..arithmetic import Array, Value, is_exact
from ..arithmetic.sums import fsum
from ..dataclass import dataclass
from ..errors import CallError
from ..rules.tree import Figure, Rule, W, X, equal, exp, larger, ln, total, where
from ..traces.layout import Index, Layout
from ..traces.operation import Operation
from ..traces.step import Step
from ..traces.trace import Trace
from .cells import CellOperation, Shape, Source, slack
from .cross_entropy import CrossEntropy, Of
from .elementwise import as_floats, exact_or_floats
from .hard import HardSigmoid
from .log_softmax import LogSoftmax
from .loss import Loss, like, weighed
from .smooth import Sigmoid
from .softmax import Softmax


@dataclass(frozen=True)
class MeanSquaredError(Loss):
    """L = (sum over i of (x[i] - t[i])²) / n, with n all numbers of the batch"""

    name: ClassVar[str] = "mean_squared_error"
    each: ClassVar[Rule] = (X - W) ** 2

    def fast(self, layout: Layout, inputs: Mapping[str, Array]) -> Array:
        x = exact_or_floats(inputs["input"])
        apart = x - like(inputs["target"], x)
        return np.asarray((apart * apart).sum() / apart.size)

    def again(self, layout: Layout, inputs: Mapping[str, Array]) -> tuple[Array, Array | float]:
        """Number by number, added up and rounded once; of exact numbers x² - 2·x·t + t²."""
        x, t = inputs["input"], inputs["target"]
        if is_exact(x) or is_exact(t):
            terms = [a * a - 2 * a * b + b * b for a, b in zip(x.flat, t.flat)]
            return np.asarray(sum(terms) / x.size), 0.0
        mean = fsum(gap * gap for gap in (float(a) - float(b) for a, b in zip(x.flat, t.flat))) / x.size
        result = np.asarray(as_floats(x).dtype.type(mean))
        return result, np.asarray(slack(result)) * (4 + x.size)

    def slope(self, x: Array, t: Array) -> Array:
        """2·(x - t) / n"""
        return np.asarray(2 * (x - t) / (Fraction(x.size) if is_exact(x) else x.size))


@dataclass(frozen=True)
class BinaryCrossEntropy(Loss):
    """L = -(sum over i of t[i]·ln(p[i]) + (1 - t[i])·ln(1 - p[i])) / n

    Of probabilities, or of scores: then p = 1 / (1 + exp(-x)), so that -ln(p) = ln(1 + exp(-x)), and -ln(1 - p) =
    ln(1 + exp(x)). Every target is from 0 to 1, and n counts all numbers of the batch.
    """

    scores: bool = False

    name: ClassVar[str] = "binary_cross_entropy"
    rational: ClassVar[bool] = False

    @property
    def each(self) -> Rule:
        """Of a target of 1 or 0, one of the two logarithms alone."""
        one, nought = self._logarithms
        found = where(equal(W, 1), one, where(equal(W, 0), nought, W * one + (1 - W) * nought))
        return found if self.scores else -found

    @property
    def _logarithms(self) -> tuple[Rule, Rule]:
        """Of scores, with the opposite signs."""
        return (ln(1 + exp(-X)), ln(1 + exp(X))) if self.scores else (ln(X), ln(1 - X))

    @property
    def calculation(self) -> Rule:
        """`-(ln(0.7) + ln(1 - 0.2)) / 2`, or of scores `(ln(1 + exp(-2)) + ln(1 + exp(-1))) / 2`"""
        one, nought = self._logarithms
        each = where(equal(W, 1), one, where(equal(W, 0), nought, W * one + (1 - W) * nought))
        return total(each) / Figure("count") if self.scores else -(total(each) / Figure("count"))

    def lettered(self, step: Step) -> Rule:
        """Of a target in letters it is not known whether it is 1 or 0."""
        if all(tap.weight in (0, 1) for tap in step.taps):
            return self.calculation
        one, nought = self._logarithms
        each = W * one + (1 - W) * nought
        return total(each) / Figure("count") if self.scores else -(total(each) / Figure("count"))

    @property
    def steady(self) -> Rule | None:
        """Of scores: max(x, 0) - x·t + ln(1 + exp(-|x|))"""
        if not self.scores:
            return None
        return total(larger(X, 0) - X * W + ln(1 + exp(-abs(X)))) / Figure("count")

    def fast(self, layout: Layout, inputs: Mapping[str, Array]) -> Array:
        x = as_floats(inputs["input"])
        t = inputs["target"].astype(x.dtype)
        if self.scores:
            each = np.maximum(x, 0) - x * t + np.log1p(np.exp(-np.abs(x)))
        else:
            each = -(weighed(t, np.log(x)) + weighed(1 - t, np.log1p(-x)))
        return np.asarray(each.sum() / x.dtype.type(each.size))

    def again(self, layout: Layout, inputs: Mapping[str, Array]) -> tuple[Array, Array | float]:
        """Number by number, in double precision."""
        x, t = as_floats(inputs["input"]), inputs["target"]
        each = [self._again(float(a), float(b)) for a, b in zip(x.flat, t.flat)]
        result = np.asarray(x.dtype.type(fsum(each) / x.size))
        return result, np.asarray(slack(result, np.abs(result) + np.abs(x).max(initial=0) + 1)) * (4 + x.size)

    def _again(self, x: float, t: float) -> float:
        if self.scores:
            one, nought = (float(np.logaddexp(0, sign * x)) for sign in (-1, 1))
        else:
            one, nought = (-math.log(p) if p > 0 else math.inf if p == 0 else math.nan for p in (x, 1 - x))
        return (t * one if t else 0) + ((1 - t) * nought if t != 1 else 0)

    def slope(self, x: Array, t: Array) -> Array:
        """(p - t) / n of scores, (p - t) / (p·(1 - p)) / n of probabilities"""
        if self.scores:
            return np.asarray((Sigmoid().function(x) - t) / x.dtype.type(x.size))
        one, nought = weighed(t, 1 / x), weighed(1 - t, 1 / (1 - x))
        return np.asarray((nought - one) / x.dtype.type(x.size))


@dataclass(frozen=True)
class BatchMean(CellOperation):
    """y = (sum over i of x[i]) / n, over all losses of a batch"""

    name: ClassVar[str] = "batch_mean"
    rule: ClassVar[str] = "mean"
    operated: ClassVar[bool] = False
    keeps_axes: ClassVar[bool] = False
    calculation: ClassVar[Rule] = total(X) / Figure("count")

    def result_shape(self, layout: Layout, shapes: Mapping[str, Shape]) -> Shape:
        return ()

    def fast(self, layout: Layout, inputs: Mapping[str, Array]) -> Array:
        x = exact_or_floats(inputs["input"])
        return np.asarray(x.sum() / (x.size if x.dtype == object else x.dtype.type(x.size)))

    def again(self, layout: Layout, inputs: Mapping[str, Array]) -> tuple[Array, Array | float]:
        """Added exactly, and rounded once."""
        x = inputs["input"]
        if is_exact(x):
            return np.asarray(sum(x.flat) / Fraction(x.size)), 0.0
        x = as_floats(x)
        result = np.asarray(x.dtype.type(fsum(map(float, x.flat)) / x.size))
        return result, np.asarray(slack(result, np.abs(x).sum())) * 2

    def reach(self, trace: Trace) -> int:
        return int(trace.inputs["input"].size)

    def cells(self, trace: Trace, index: Index) -> Iterable[Source]:
        """All of them."""
        return [Source(at) for at in np.ndindex(trace.inputs["input"].shape)]

    def _part(self, trace: Trace) -> Value:
        x = trace.inputs["input"]
        return Fraction(1, x.size) if x.dtype == object else 1 / x.size

    def slopes(self, step: Step) -> list[Value]:
        """One part in as many as there are."""
        return [self._part(step.trace) for _tap in step.taps]

    def gradient(self, trace: Trace, name: str, grad: Array) -> Array:
        """To each an equal part."""
        x = trace.inputs["input"]
        return np.broadcast_to(grad * self._part(trace), x.shape).astype(grad.dtype)

    def feeds(self, trace: Trace, name: str, index: Index) -> Iterable[tuple[Index, Value]]:
        return [((), self._part(trace))]


LOSSES: dict[str, type[Loss]] = {
    "mse": MeanSquaredError,
    "cross_entropy": CrossEntropy,
    "binary_cross_entropy": BinaryCrossEntropy,
}
"""The losses by the names that requests give them."""


def loss_after(name: str, last: Operation, ndim: int, channels_last: bool) -> Loss:
    """The loss of this name for the output of an operation: of probabilities where it gives those, else of scores.

    Classes lie along the last axis, or where channels come first along the first of one sample. Raises `CallError` for
    another name.
    """
    if name == "mse":
        return MeanSquaredError()
    if name == "binary_cross_entropy":
        return BinaryCrossEntropy(scores=not isinstance(last, Sigmoid | HardSigmoid) and type(last) is not Softmax)
    if name != "cross_entropy":
        raise CallError(f"the loss {name!r} is not known")
    of: Of = "logarithms" if isinstance(last, LogSoftmax) else "shares" if isinstance(last, Softmax) else "scores"
    return CrossEntropy(of, -1 if channels_last or ndim < 3 else 1)
