"""Softmax: exponentials, and each one's share of their sum."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from ..arithmetic import Array, Value, is_expression, plain
from ..dataclass import dataclass
from ..formula import Difference, Number, Product, worked_out
from ..rules.expand import formula_of
from ..rules.tree import Aside, IsOwn, Known, Own, Rule, X, Y, equal, exp, largest, total, where
from ..traces.influence import Box, Shares
from ..traces.layout import Index, Layout
from ..traces.step import Step
from ..traces.tap import Gathered
from ..traces.trace import Trace
from .cells import CellOperation, Shape, Source, axes_in, slack
from .elementwise import as_floats

GROWN = Aside(exp(X - Known(largest(X))))
"""A number's exponential, the largest number subtracted."""


@dataclass(frozen=True)
class Softmax(CellOperation):
    """y[i] = exp(x[i] - m) / (sum over j of exp(x[j] - m)), with m the largest x

    Taking m away multiplies numerator and denominator alike, so it changes nothing but keeps exp() from overflowing.
    The sum goes along `axes` (negative ones count from the end).
    """

    axes: tuple[int, ...] = (-1,)

    name: ClassVar[str] = "softmax"
    rule: ClassVar[str] = "softmax"
    calculation: ClassVar[Rule] = Own(GROWN) / total(GROWN)
    rational: ClassVar[bool] = False
    squashes: ClassVar[bool] = True
    slopes_cancel: ClassVar[bool] = True

    def _axes(self, ndim: int) -> tuple[int, ...]:
        return axes_in(self.axes, ndim)

    def result_shape(self, layout: Layout, shapes: Mapping[str, Shape]) -> Shape:
        """The input's own."""
        self._axes(len(shapes["input"]))
        return shapes["input"]

    def fast(self, layout: Layout, inputs: Mapping[str, Array]) -> Array:
        x = as_floats(inputs["input"])
        axes = self._axes(x.ndim)
        grown = np.exp(x - x.max(axis=axes, keepdims=True))
        shares: Array = grown / grown.sum(axis=axes, keepdims=True)
        return shares

    def again(self, layout: Layout, inputs: Mapping[str, Array]) -> tuple[Array, Array | float]:
        """By logarithms: exp(d - log(sum of exp(d))), with d how far each lies below the largest."""
        x = as_floats(inputs["input"])
        axes = self._axes(x.ndim)
        below = x.astype(np.float64) - x.max(axis=axes, keepdims=True)
        total = below
        for axis in axes:
            total = np.logaddexp.reduce(total, axis=axis, keepdims=True)
        share = below - total
        result = np.exp(share).astype(x.dtype)
        return result, np.asarray(slack(result)) * (4 + np.where(np.isfinite(share), np.abs(share), 0))

    def reach(self, trace: Trace) -> int:
        return math.prod(trace.shape[axis] for axis in self._axes(trace.ndim))

    def gathered(self, trace: Trace, index: Index) -> Gathered | None:
        """The largest has to be a number to be taken away."""
        x = trace.inputs["input"]
        if x.dtype == object:
            return None
        values = x[self._line(trace, index)].ravel()
        return Gathered(values, 0) if np.isfinite(values.max()) else None

    def cells(self, trace: Trace, index: Index) -> Iterable[Source]:
        """Every cell along the axes."""
        shape = trace.output.shape
        axes = self._axes(len(shape))
        return [
            Source(at)
            for at in itertools.product(*(range(n) if a in axes else (index[a],) for a, n in enumerate(shape)))
        ]

    @np.errstate(all="ignore")  # what is too large is infinite, as in the output
    def slopes(self, step: Step) -> list[Value]:
        """y[i]·(1 - y[i]) for its own number, -y[i]·y[j] for every other"""
        y = self._shares(step.trace, step.index)
        own = y[step.index]
        return [plain(own * ((tap.source == step.index) - y[tap.source])) for tap in step.taps]

    def lettered_slopes(self, step: Step) -> list[Value] | None:
        """The same, with the shares as quotients of exponentials."""
        grown = self.grown(step)
        shares = [worked_out(formula_of(grown / total(grown), step, tap)) for tap in step.taps]
        [own] = [Number(share) for share, tap in zip(shares, step.taps) if tap.source == step.index]
        return [
            worked_out(Product((own, Difference(Number(int(tap.source == step.index)), Number(share)))))
            for share, tap in zip(shares, step.taps)
        ]

    def grown(self, step: Step) -> Rule:
        """An exponential as the step's own quotients have it: of letters, which may be the largest, as it is."""
        return exp(X) if any(is_expression(tap.value) for tap in step.taps) else GROWN

    @np.errstate(all="ignore")
    def _shares(self, trace: Trace, index: Index) -> dict[Any, Value]:
        """The shares along the axes through a cell, worked out from the input."""
        places = [source.at for source in self.cells(trace, index) if source.at is not None]
        x = as_floats(np.array([trace.inputs["input"][at] for at in places]))
        grown = np.exp(x - x.max())
        return dict(zip(places, grown / grown.sum()))

    def secants(self, step: Step) -> list[Value]:
        """All that a share is goes back to its own number."""
        own = step.trace.inputs["input"][step.index]
        return [plain(step.result / own) if tap.source == step.index and own else None for tap in step.taps]

    def shares(self, trace: Trace, index: Index) -> list[Shares]:
        """Its own number alone, without a look at the others: there may be a thousand."""
        own = trace.inputs["input"][index]
        factor = trace.output[index] / own if own else own * 0
        return [Shares("input", np.array([index]), np.array([own]), np.array([factor]))]

    @np.errstate(all="ignore")
    def gradient(self, trace: Trace, name: str, grad: Array) -> Array:
        """y·(g - the sum of g·y)"""
        y = self.fast(trace.layer.layout, trace.inputs)
        result: Array = y * (grad - (grad * y).sum(axis=self._axes(y.ndim), keepdims=True))
        return result

    def apportioned(self, trace: Trace, name: str, grad: Array) -> Array:
        x = as_floats(trace.inputs[name])
        factor = np.where(x == 0, 0, self.fast(trace.layer.layout, trace.inputs) / np.where(x == 0, 1, x))
        return np.asarray(grad * factor)

    def fed_at_once(self, trace: Trace, name: str, index: Index, grad: Array) -> tuple[Array, Array | None] | None:
        line = self._line(trace, index)
        grown = np.exp((x := as_floats(trace.inputs[name][line])) - x.max())
        shares = grown / grown.sum()
        slopes = -shares * shares[at := self._in_line(trace, index)]
        slopes[at] += shares[at]
        return grad[line], slopes

    def _line(self, trace: Trace, index: Index) -> tuple[slice | int, ...]:
        """All that share a sum with a cell."""
        axes = self._axes(trace.ndim)
        return tuple(slice(None) if axis in axes else i for axis, i in enumerate(index))

    def _in_line(self, trace: Trace, index: Index) -> Index:
        """Where the cell lies among them."""
        return tuple(index[axis] for axis in self._axes(trace.ndim))

    def feeds(self, trace: Trace, name: str, index: Index) -> Iterable[tuple[Index, Value]]:
        """Every share along the axes: its own number raises one, and lowers all others."""
        y = self._shares(trace, index)
        return [(at, plain(y[at] * ((at == index) - y[index]))) for at in y]

    def looks_at(self, trace: Trace, name: str, box: Box) -> Box:
        axes = self._axes(len(box))
        return tuple((0, n) if axis in axes else span for axis, (span, n) in enumerate(zip(box, trace.shape)))

    def touches(self, trace: Trace, name: str, mask: Array) -> Array:
        return np.broadcast_to(mask.any(axis=self._axes(mask.ndim), keepdims=True), mask.shape)

    def in_lines(self, ndim: int) -> bool:
        return len(self.axes) == 1

    def gave(self, trace: Trace) -> Sequence[Rule | None]:
        return [IsOwn() * where(equal(X, 0), 0, Y / X)]

    def beside_missing(self, trace: Trace) -> bool:
        """Whether a number below ∞ shares its sum with NaN or ∞; over several axes, where Keras makes NaN of all that
        share theirs with NaN, with ∞ alone.
        """
        if trace.output.dtype.kind != "f" or not trace.missing:
            return False
        x = np.asarray(trace.inputs["input"], dtype=float)
        largest = x.max(axis=self._axes(x.ndim), keepdims=True)  # NaN where one is
        spoilt = largest == math.inf if len(self.axes) > 1 else ~(largest < math.inf)
        return bool((spoilt & (x < math.inf)).any())

    def lettered(self, step: Step) -> Rule:
        """Which letter is the largest is not known, so none is subtracted."""
        return Own(exp(X)) / total(exp(X))
