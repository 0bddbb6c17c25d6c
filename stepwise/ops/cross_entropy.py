"""Cross-entropy: how little an output gives to the class that is true, in one number for each sample."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar, Literal

import numpy as np

from ..arithmetic import Array, Value, is_exact
from ..dataclass import dataclass
from ..errors import ShapeError, counted
from ..formula import worked_out
from ..rules.expand import formula_of
from ..rules.tree import Known, Rule, Tap, W, X, equal, exp, largest, ln, total, where
from ..traces.influence import Box
from ..traces.layout import Index, Layout
from ..traces.step import Step
from ..traces.trace import Trace
from .cells import Shape, slack
from .elementwise import as_floats, exact_or_floats
from .log_softmax import LogSoftmax
from .loss import Loss, like, weighed
from .softmax import Softmax

GROWN = exp(X - Known(largest(X)))
"""A score's exponential, the largest score subtracted."""
FADED = -700
"""An exponent below which nothing is left of exp() in 64 bits."""
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
        losses = -weighed(like(inputs["target"], x), logarithms).sum(axis=self.axis)
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
        result = -np.einsum("...k->...", np.moveaxis(weighed(t, each), self.axis, -1))
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
                return np.asarray(-weighed(t, 1 / x))
        return np.asarray(-t)

    def _spread(self, grad: Array, ndim: int) -> Array:
        return np.expand_dims(grad, self.axis % ndim) if grad.ndim else grad
