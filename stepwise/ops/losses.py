"""Losses: how far a network's output is from its target, in one number.

A loss is an operation like any other; its `target` takes the place of weights: every number of the input meets the one
of the target at its place. Cross-entropy gives a number for each sample, and `BatchMean` makes one of them.

To add one: a subclass of `Loss`; its row in `LOSSES`; its record in `lessons/losses.py`.
"""

from __future__ import annotations

import math
import operator
from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, ClassVar, Literal

import numpy as np

from ..arithmetic import Array, Value, is_exact, plain
from ..dataclass import dataclass
from ..errors import CallError, ShapeError, counted, differing
from ..formula import worked_out
from ..rules.expand import formula_of, worth_of
from ..rules.tree import Figure, Known, Rule, Tap, W, X, equal, exp, larger, largest, ln, total, where
from ..traces.influence import Box
from ..traces.layout import Index, Layout
from ..traces.operation import Operation
from ..traces.step import Step
from ..traces.trace import Trace
from .cells import CellOperation, Shape, Source, slack
from .elementwise import as_floats, exact_or_floats
from .hard import HardSigmoid
from .log_softmax import LogSoftmax
from .smooth import Sigmoid
from .softmax import Softmax

GROWN = exp(X - Known(largest(X)))
"""A score's exponential, the largest score subtracted."""
FADED = -700
"""An exponent below which nothing is left of exp() in 64 bits."""


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

    def _slopes(self, trace: Trace) -> Array:
        x, t = trace.inputs["input"], trace.inputs["target"]
        if is_exact(x) or is_exact(t):
            return self.slope(x, t)
        x = as_floats(x)
        return self.slope(x, t.astype(x.dtype))

    def gradient(self, trace: Trace, name: str, grad: Array) -> Array:
        return np.asarray(self._spread(grad, trace.inputs["input"].ndim) * self._slopes(trace))

    def _spread(self, grad: Array, ndim: int) -> Array:
        """What comes to each sample, so that it can be multiplied with all of the sample's numbers."""
        return grad


@dataclass(frozen=True)
class MeanSquaredError(Loss):
    """L = (sum over i of (x[i] - t[i])²) / n, with n all numbers of the batch"""

    name: ClassVar[str] = "mean_squared_error"
    each: ClassVar[Rule] = (X - W) ** 2

    def fast(self, layout: Layout, inputs: Mapping[str, Array]) -> Array:
        x = exact_or_floats(inputs["input"])
        apart = x - _like(inputs["target"], x)
        return np.asarray((apart * apart).sum() / apart.size)

    def again(self, layout: Layout, inputs: Mapping[str, Array]) -> tuple[Array, Array | float]:
        """Number by number, added up and rounded once; of exact numbers x² - 2·x·t + t²."""
        x, t = inputs["input"], inputs["target"]
        if is_exact(x) or is_exact(t):
            terms = [a * a - 2 * a * b + b * b for a, b in zip(x.flat, t.flat)]
            return np.asarray(sum(terms) / x.size), 0.0
        mean = _fsum((float(a) - float(b)) ** 2 for a, b in zip(x.flat, t.flat)) / x.size
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
            each = -(_weighed(t, np.log(x)) + _weighed(1 - t, np.log1p(-x)))
        return np.asarray(each.sum() / x.dtype.type(each.size))

    def again(self, layout: Layout, inputs: Mapping[str, Array]) -> tuple[Array, Array | float]:
        """Number by number, in double precision."""
        x, t = as_floats(inputs["input"]), inputs["target"]
        each = [self._again(float(a), float(b)) for a, b in zip(x.flat, t.flat)]
        result = np.asarray(x.dtype.type(_fsum(each) / x.size))
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
        one, nought = _weighed(t, 1 / x), _weighed(1 - t, 1 / (1 - x))
        return np.asarray((nought - one) / x.dtype.type(x.size))


Of = Literal["scores", "shares", "logarithms"]


@dataclass(frozen=True)
class CrossEntropy(Loss):
    """L = -(sum over the classes k of t[k]·ln(p[k])), a number for each sample

    `of` says what comes in: `scores` (p = softmax(x), with the largest score subtracted first), `shares` (p itself, of
    a network that ends with a softmax), or their `logarithms`. The classes lie along `axis`.
    """

    of: Of = "scores"
    axis: int = -1

    name: ClassVar[str] = "cross_entropy"

    @property
    def rational(self) -> bool:  # type: ignore[override]  # it depends on what comes in
        """Of logarithms, sums of products alone."""
        return self.of == "logarithms"

    def of_samples(self, shape: Shape) -> Shape:
        """Without the classes' axis; of a single sample it is one number."""
        if not -len(shape) <= self.axis < len(shape):
            axes = counted(len(shape), "axis")
            raise ShapeError(f"there is no axis {self.axis} for the classes in an output with {axes}")
        axis = self.axis % len(shape)
        samples = (*shape[:axis], *shape[axis + 1 :])
        return samples if math.prod(samples) > 1 else ()

    def _seen(self, trace: Trace, index: Index) -> Iterable[Index]:
        """Of probabilities, only those that have a part in it: the class's own."""
        shape, target = trace.inputs["input"].shape, trace.inputs["target"]
        axis = self.axis % len(shape)
        place = index or (0,) * (len(shape) - 1)
        for k in range(shape[axis]):
            at = (*place[:axis], k, *place[axis:])
            if self.of == "scores" or target[at] != 0:
                yield at

    def _parts(self, trace: Trace) -> Array:
        """Which numbers have a part in the loss of their sample: of scores all, of probabilities the class's own."""
        if self.of == "scores":
            return np.ones(trace.inputs["input"].shape, dtype=bool)
        return np.asarray(trace.inputs["target"] != 0, dtype=bool)

    def looks_at(self, trace: Trace, name: str, box: Box) -> Box:
        """The samples in the box, and of their classes those that have a part."""
        parts = self._parts(trace)
        axis = self.axis % parts.ndim
        samples = box or ((0, 1),) * (parts.ndim - 1)
        whole = (*samples[:axis], (0, parts.shape[axis]), *samples[axis:])
        inside = np.nonzero(parts[tuple(slice(*span) for span in whole)])
        if not len(inside[0]):
            return whole
        return tuple((low + int(at.min()), low + int(at.max()) + 1) for (low, _high), at in zip(whole, inside))

    def touches(self, trace: Trace, name: str, mask: Array) -> Array:
        return np.asarray((mask & self._parts(trace)).any(axis=self.axis).reshape(trace.shape))

    def _sample(self, index: Index, shape: Shape) -> Index:
        axis = self.axis % len(index)
        return (*index[:axis], *index[axis + 1 :]) if self.of_samples(shape) else ()

    def feeds(self, trace: Trace, name: str, index: Index) -> Iterable[tuple[Index, Value]]:
        """The loss of its own sample; nothing, where the probability of another class is asked."""
        if self.of != "scores" and trace.inputs["target"][index] == 0:
            return []
        return super().feeds(trace, name, index)

    @property
    def each(self) -> Rule:
        """A class that is surely not the true one adds nothing."""
        return self._steadily if self.of == "scores" else -self._products

    @property
    def _products(self) -> Rule:
        logarithm = {"scores": ln(GROWN / total(GROWN)), "shares": ln(X), "logarithms": X}[self.of]
        return where(equal(W, 0), 0, W * logarithm)

    @property
    def _steadily(self) -> Rule:
        """Of scores: no logarithm of what may have become 0."""
        return where(equal(W, 0), 0, W * (ln(total(GROWN)) + Known(largest(X)) - X))

    @property
    def calculation(self) -> Rule:
        """`-(0.9·ln(0.7) + 0.1·ln(0.3))`"""
        return -total(self._products)

    @property
    def steady(self) -> Rule | None:
        return total(self._steadily) if self.of == "scores" else None

    def gave(self, trace: Trace) -> Sequence[Rule | None]:
        return [where(equal(X, 0), 0, self.each / X)]

    def worked(self, step: Step) -> Rule:
        """`-ln(0.7)`, of a sample that is of one class alone."""
        [*chosen] = [number for number, tap in enumerate(step.taps) if tap.weight != 0]
        if len(chosen) != 1 or step.taps[chosen[0]].weight != 1:
            return super().worked(step)
        own = Tap(chosen[0])
        if self.of != "scores":
            return -(ln(own) if self.of == "shares" else own)
        if step.trace.output.dtype == object:
            return -ln(exp(own) / total(exp(X)))
        values = [float(tap.value) for tap in step.taps]
        if values[chosen[0]] - max(values) < FADED:
            return ln(total(GROWN)) - (own - Known(largest(X)))
        return -ln(exp(own - Known(largest(X))) / total(GROWN))

    def lettered_slopes(self, step: Step) -> list[Value] | None:
        """p - t of scores, with p as a quotient of exponentials; of a target that adds up to 1."""
        if self.of != "scores":
            return None
        whole = worked_out(formula_of(total(W), step))
        share = exp(X) / total(exp(X)) if whole == 1 else total(W) * (exp(X) / total(exp(X)))
        return [worked_out(formula_of(share - W, step, tap)) for tap in step.taps]

    def lettered(self, step: Step) -> Rule:
        """Which letter is the largest is not known, so none is subtracted."""
        return -total(W * {"scores": ln(exp(X) / total(exp(X))), "shares": ln(X), "logarithms": X}[self.of])

    def fast(self, layout: Layout, inputs: Mapping[str, Array]) -> Array:
        x = exact_or_floats(inputs["input"])
        logarithms = np.log(x) if self.of == "shares" else x if self.of == "logarithms" else self._logarithms(x)
        losses = -_weighed(_like(inputs["target"], x), logarithms).sum(axis=self.axis)
        return np.asarray(losses).reshape(self.of_samples(x.shape))

    def _logarithms(self, x: Array) -> Array:
        return LogSoftmax((self.axis,)).fast(Layout(True, True), {"input": x})

    def again(self, layout: Layout, inputs: Mapping[str, Array]) -> tuple[Array, Array | float]:
        """In double precision, and of scores without the largest taken away first; of exact logarithms one by one."""
        if self.of == "logarithms" and is_exact(inputs["input"]):
            rows, targets = (np.moveaxis(inputs[name], self.axis, -1) for name in ("input", "target"))
            sums = [-sum(map(operator.mul, rows[at], targets[at])) for at in np.ndindex(rows.shape[:-1])]
            return np.array(sums, dtype=object).reshape(self.of_samples(inputs["input"].shape)), 0.0
        x = as_floats(inputs["input"])
        wide, t = x.astype(np.float64), inputs["target"].astype(np.float64)
        whole = np.zeros_like(wide)
        if self.of == "scores":
            whole = np.logaddexp.reduce(wide, axis=self.axis, keepdims=True) + whole
        each = np.log2(wide) * math.log(2) if self.of == "shares" else wide - whole
        result = -np.einsum("...k->...", np.moveaxis(_weighed(t, each), self.axis, -1))
        finite = np.where(np.isfinite(wide), np.abs(wide), 0) + np.abs(np.where(np.isfinite(whole), whole, 0)) + 1
        spread = (np.abs(t) * finite).sum(axis=self.axis) + np.where(np.isfinite(result), np.abs(result), 0)
        room = np.asarray(slack(result.astype(x.dtype), spread)) * (4 + x.shape[self.axis])
        return result.astype(x.dtype).reshape(self.of_samples(x.shape)), room.reshape(self.of_samples(x.shape))

    def slope(self, x: Array, t: Array) -> Array:
        """p - t of scores (p times the sum of t, which is 1), -t / p of probabilities"""
        match self.of:
            case "scores":
                shares = Softmax((self.axis,)).fast(Layout(True, True), {"input": x})
                return np.asarray(shares * t.sum(axis=self.axis, keepdims=True) - t)
            case "shares":
                return np.asarray(-_weighed(t, 1 / x))
        return np.asarray(-t)

    def _spread(self, grad: Array, ndim: int) -> Array:
        return np.expand_dims(grad, self.axis % ndim) if grad.ndim else grad


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
        result = np.asarray(x.dtype.type(_fsum(map(float, x.flat)) / x.size))
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


def _like(target: Array, x: Array) -> Array:
    return target if x.dtype == object or target.dtype == object else target.astype(x.dtype)


def _weighed(t: Array, numbers: Array) -> Array:
    """Products, in which 0 times whatever it is is 0: what has no part in a loss makes no NaN of it."""
    with np.errstate(all="ignore"):
        return np.where(t == 0, np.zeros((), dtype=numbers.dtype), t * numbers)


def _fsum(numbers: Iterable[Any]) -> float:
    listed = [float(number) for number in numbers]
    try:
        return math.fsum(listed) if all(map(math.isfinite, listed)) else sum(listed)
    except OverflowError:
        return sum(listed)
