"""The logarithm of a softmax."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

import numpy as np

from ..arithmetic import Array, Value, plain
from ..dataclass import dataclass
from ..formula import worked_out
from ..rules.expand import formula_of
from ..rules.tree import IsOwn, Known, Own, Rule, X, exp, largest, ln, total
from ..traces.layout import Index, Layout
from ..traces.step import Step
from ..traces.trace import Trace
from .cells import slack
from .elementwise import as_floats
from .softmax import GROWN, Softmax


@dataclass(frozen=True)
class LogSoftmax(Softmax):
    """y[i] = x[i] - m - ln(sum over j of exp(x[j] - m)), with m the largest x

    The natural logarithm of softmax's share. The sum goes along `axes`.
    """

    name: ClassVar[str] = "log_softmax"
    rule: ClassVar[str] = "logarithm of a softmax"
    calculation: ClassVar[Rule] = Own(X) - Known(largest(X)) - ln(total(GROWN))

    def fast(self, layout: Layout, inputs: Mapping[str, Array]) -> Array:
        x = as_floats(inputs["input"])
        axes = self._axes(x.ndim)
        below = x - x.max(axis=axes, keepdims=True)
        return np.asarray(below - np.log(np.exp(below).sum(axis=axes, keepdims=True)))

    def again(self, layout: Layout, inputs: Mapping[str, Array]) -> tuple[Array, Array | float]:
        """x less the logarithm of the sum of exp(x), without the largest taken away first; a sum near 1 has no digits
        beyond those of 1.
        """
        x = as_floats(inputs["input"]).astype(np.float64)
        whole = x
        for axis in self._axes(x.ndim):
            whole = np.logaddexp.reduce(whole, axis=axis, keepdims=True)
        result = (x - whole).astype(as_floats(inputs["input"]).dtype)
        return result, slack(result, np.abs(x) + np.abs(whole) + 1)

    def slopes(self, step: Step) -> list[Value]:
        """1 - s[i] for its own number, -s[j] for every other, with s the shares"""
        s = self._shares(step.trace, step.index)
        return [plain((tap.source == step.index) - s[tap.source]) for tap in step.taps]

    def lettered_slopes(self, step: Step) -> list[Value] | None:
        """The same, with the shares as quotients of exponentials."""
        grown = self.grown(step)
        rule = IsOwn() - grown / total(grown)
        return [worked_out(formula_of(rule, step, tap)) for tap in step.taps]

    def gradient(self, trace: Trace, name: str, grad: Array) -> Array:
        """g - s·(the sum of g)"""
        s = super().fast(trace.layer.layout, trace.inputs)
        result: Array = grad - s * grad.sum(axis=self._axes(s.ndim), keepdims=True)
        return result

    def fed_at_once(self, trace: Trace, name: str, index: Index, grad: Array) -> tuple[Array, Array | None] | None:
        grads, slopes = grad[line := self._line(trace, index)], np.zeros(trace.shape)[line]
        slopes -= plain(self._shares(trace, index)[index])
        slopes[self._in_line(trace, index)] += 1
        return grads, slopes

    def feeds(self, trace: Trace, name: str, index: Index) -> Iterable[tuple[Index, Value]]:
        """Every result along the axes: its own number raises one, and lowers all."""
        s = self._shares(trace, index)
        return [(at, plain((at == index) - s[index])) for at in s]

    def lettered(self, step: Step) -> Rule:
        """Which letter is the largest is not known, so none is subtracted."""
        return Own(X) - ln(total(exp(X)))
