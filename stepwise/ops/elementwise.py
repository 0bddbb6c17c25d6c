"""Functions of one cell, and the straightest of them: ReLU and its kin, bounds, and doing nothing."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import ClassVar

import numpy as np

from ..arithmetic import Array, Value, exact, is_exact, lift, like, plain
from ..dataclass import dataclass
from ..errors import InputError
from ..rules.calculate import over
from ..rules.derive import derivative, share
from ..rules.tree import Constant, Rule, X, above, at_most, equal, larger, smaller, where
from ..traces.influence import Box
from ..traces.layout import Index, Layout
from ..traces.step import Step
from ..traces.trace import Trace
from .cells import CellOperation, Shape, Source, slack


@dataclass(frozen=True)
class Elementwise(CellOperation):
    """y[i] = f(x[i])"""

    in_place: ClassVar[bool] = True

    def result_shape(self, layout: Layout, shapes: Mapping[str, Shape]) -> Shape:
        """The input's own."""
        return shapes["input"]

    def cells(self, trace: Trace, index: Index) -> Iterable[Source]:
        """The cell at the same index."""
        return [Source(index)]

    def fast(self, layout: Layout, inputs: Mapping[str, Array]) -> Array:
        return self.function(inputs["input"])

    def again(self, layout: Layout, inputs: Mapping[str, Array]) -> tuple[Array, Array | float]:
        with np.errstate(over="ignore", invalid="ignore"):
            result = self.function_again(inputs["input"])
        return result, slack(result)

    @abstractmethod
    def function(self, x: Array) -> Array:
        """f over a whole array."""

    def derivative(self, x: Array) -> Array:
        """f' over a whole array: by the rule's own tree, unless there is a faster way, or a convention at a corner."""
        return over(derivative(self.calculation), as_floats(x))

    def secant(self, x: Array) -> Array:
        """f(x) / x, or (f(x) - f(0)) / x where f(0) is not 0; the derivative, where f is a straight line."""
        rule = share(self.calculation)
        straight = rule == derivative(self.calculation)
        return self.derivative(x) if straight else over(rule, as_floats(x), self.function(x))

    def slopes(self, step: Step) -> list[Value]:
        return [self._slope(tap.value) for tap in step.taps]

    def _slope(self, value: Value) -> Value:
        """The derivative at one number, a fraction where that is one."""
        slope = plain(self.derivative(np.asarray(value))[()])
        return exact(slope) if isinstance(value, Fraction) else slope

    def secants(self, step: Step) -> list[Value]:
        return [plain(self.secant(np.asarray(tap.value))[()]) for tap in step.taps]

    def gradient(self, trace: Trace, name: str, grad: Array) -> Array:
        x = trace.inputs[name]
        factors = self.derivative(x)
        if is_exact(grad):
            return grad * lift(factors)
        kept = np.result_type(grad, x) if x.dtype.kind == "f" else grad.dtype  # 32 bits stay 32 bits
        return np.asarray(grad * factors.astype(kept, copy=False))

    def apportioned(self, trace: Trace, name: str, grad: Array) -> Array:
        return grad * self.secant(trace.inputs[name])

    def feeds(self, trace: Trace, name: str, index: Index) -> Iterable[tuple[Index, Value]]:
        """The cell at the same index."""
        return [(index, self._slope(trace.inputs[name][index]))]

    def looks_at(self, trace: Trace, name: str, box: Box) -> Box:
        return box

    def touches(self, trace: Trace, name: str, mask: Array) -> Array:
        return mask

    def function_again(self, x: Array) -> Array:
        """f by another route: as the rule says it, in double precision."""
        again = over(self.steady or self.calculation, as_floats(x).astype(np.float64))
        return again.astype(self.function(x[:0]).dtype)


@dataclass(frozen=True)
class ReLU(Elementwise):
    """y = max(0, x); with Keras's options: cut off at `ceiling`, `slope`·(x - threshold) up to the threshold.

    A number equal to the threshold gives 0, as Keras carries it out (its documentation lets it pass).
    """

    slope: float = 0.0
    threshold: float = 0.0
    ceiling: float | None = None

    name: ClassVar[str] = "relu"
    rule: ClassVar[str] = "relu"

    def function(self, x: Array) -> Array:
        if not self.slope and not self.threshold:
            result = np.maximum(x, 0)
        else:
            below = (x - like(x, self.threshold)) * like(x, self.slope)
            below = below.astype(x.dtype) if x.dtype.kind == "f" else below
            result = np.where((x > self.threshold) | (x != x), x, below)
        return self._cut_off(result)

    def _cut_off(self, result: Array) -> Array:
        if self.ceiling is None:
            return result
        result = np.asarray(result)  # of a single number NumPy makes no array
        if result.dtype.kind == "f":
            return np.asarray(np.minimum(result, np.asarray(self.ceiling, dtype=result.dtype)))
        above = np.asarray(result > self.ceiling)
        if float(self.ceiling).is_integer():  # integers stay integers
            if above.any():  # else the ceiling may be too large for the type
                result = np.array(result)
                result[above] = int(self.ceiling)
            return result
        return np.where(above, like(result, self.ceiling), result)

    def function_again(self, x: Array) -> Array:
        kept, lost = x > self.threshold, x <= self.threshold
        slope, threshold = like(x, self.slope), like(x, self.threshold)
        result = np.asarray(x * slope if self.slope or self.threshold else x * 0)
        result[kept] = x[kept]
        result[lost] = slope * x[lost] - slope * threshold if self.slope else 0
        result[~kept & ~lost] = x[~kept & ~lost]  # NaN is neither
        if self.ceiling is None:
            return result
        if result.dtype.kind in "iu" and self.ceiling % 1:
            result = result.astype(np.float64)
        for at in np.argwhere(result > self.ceiling):
            result[tuple(at)] = like(result, self.ceiling)
        return result

    def derivative(self, x: Array) -> Array:
        """1 where a number passes, the slope where it does not, 0 beyond the ceiling.

        At the corners as TensorFlow has it: a leaky ReLU's slope at 0, but 0 at a threshold or below a ceiling; 1 at a
        ceiling, but 0 at that of ReLU6 (as in PyTorch).
        """
        found = np.where(x > self.threshold, self._passes(x), self.slope)
        if self.threshold or self.ceiling is not None:
            found = np.where(x == self.threshold, 0.0, found)
        return found

    def _passes(self, x: Array) -> Array:
        """Where a number goes through as it is."""
        passed = x > self.threshold
        if self.ceiling is not None:
            six = self.ceiling == 6 and not self.threshold
            passed = passed & (x < self.ceiling if six else x <= self.ceiling)
        return np.asarray(passed)

    def gradient(self, trace: Trace, name: str, grad: Array) -> Array:
        """A gate: what came back passes where the number did."""
        x = trace.inputs[name]
        if self.slope or {grad.dtype.kind, x.dtype.kind} != {"f"}:
            return super().gradient(trace, name, grad)
        return np.asarray(grad * self._passes(x))

    @property
    def calculation(self) -> Rule:
        """`max(0, -3)`, or for a leaky one below its threshold `0.1·(-3)`."""
        shown: Rule = larger(0, X)
        if self.slope or self.threshold:
            below = X - self.threshold if self.threshold else X
            shown = where(at_most(X, self.threshold), self.slope * below, X)
        return shown if self.ceiling is None else smaller(self.ceiling, shown)

    def gave(self, trace: Trace) -> Sequence[Rule | None]:
        """The slope, at corners as `derivative` has it."""
        passed: Rule = Constant(1)
        if self.ceiling is not None:
            six = self.ceiling == 6 and not self.threshold
            passed = where(above(self.ceiling, X), 1, 0) if six else where(above(X, self.ceiling), 0, 1)
        rule = where(above(X, self.threshold), passed, self.slope)
        corner = self.threshold or self.ceiling is not None
        return [where(equal(X, self.threshold), 0, rule) if corner else rule]

    def lettered(self, step: Step) -> Rule:
        """`max(a, 0.1·a)`: which of the two it is depends on the letter."""
        if self.threshold:
            call = step.trace.layer.call
            raise InputError(f"{call}: threshold={self.threshold} makes a jump; put numbers in for letters")
        if not self.slope:
            return self.calculation
        leaky = (larger if self.slope <= 1 else smaller)(X, self.slope * X)
        return leaky if self.ceiling is None else smaller(self.ceiling, leaky)


@dataclass(frozen=True)
class Clip(Elementwise):
    """y = min(high, max(low, x)); NaN stays NaN"""

    low: float = float("-inf")
    high: float = float("inf")

    name: ClassVar[str] = "clip"
    rule: ClassVar[str] = "cut off"

    def function(self, x: Array) -> Array:
        bounds = [np.asarray(bound, dtype=x.dtype if x.dtype.kind == "f" else None) for bound in (self.low, self.high)]
        if x.dtype.kind in "iu":  # a bound that is no whole number, or beyond the type, must not turn into another
            bounds = [self._whole(x, bound) for bound in (self.low, self.high)]
        return np.asarray(np.minimum(np.maximum(x, bounds[0]), bounds[1]))

    def _whole(self, x: Array, bound: float) -> Array:
        most = np.iinfo(x.dtype)
        if bound in (float("-inf"), float("inf")):
            return np.asarray(most.min if bound < 0 else most.max, dtype=x.dtype)
        if float(bound).is_integer() and most.min <= bound <= most.max:
            return np.asarray(int(bound), dtype=x.dtype)
        return np.asarray(bound)

    def function_again(self, x: Array) -> Array:
        result = (
            x.copy() if float(self.low).is_integer() and float(self.high).is_integer() else self.function(x) * 0 + x
        )
        for bound, beyond in ((self.low, x < self.low), (self.high, x > self.high)):
            if beyond.any():  # no whole number is beyond infinity, which none can be set to either
                result[beyond] = bound
        return result

    def derivative(self, x: Array) -> Array:
        """1 between the bounds, 0 outside."""
        return gate(x, (x >= self.low) & (x <= self.high))

    @property
    def calculation(self) -> Rule:
        """`min(6, max(0, 7.5))`"""
        shown: Rule = larger(self.low, X) if self.low > float("-inf") else X
        return smaller(self.high, shown) if self.high < float("inf") else shown

    def gave(self, trace: Trace) -> Sequence[Rule | None]:
        """1 between the bounds, and at them."""
        return [where(above(self.low, X), 0, where(at_most(X, self.high), 1, 0))]


@dataclass(frozen=True)
class Identity(Elementwise):
    """y = x. Dropout at inference: while a network is used, nothing is dropped and nothing scaled."""

    name: ClassVar[str] = "identity"
    rule: ClassVar[str] = "unchanged"
    calculation: ClassVar[Rule] = X

    def function(self, x: Array) -> Array:
        return x

    def function_again(self, x: Array) -> Array:
        return x.copy()

    def derivative(self, x: Array) -> Array:
        """1"""
        return np.ones(np.shape(x))


def as_floats(x: Array) -> Array:
    """The array in a floating type; float32 stays."""
    return x if x.dtype.kind == "f" else x.astype(np.float64)


def gate(x: Array, passed: Array) -> Array:
    """1 where a number passes, 0 where it does not, in a floating type as `as_floats` has it."""
    return np.asarray(passed).astype(x.dtype if x.dtype.kind == "f" else np.float64)


def exact_or_floats(x: Array) -> Array:
    """Exact numbers and letters as they are, anything else in a floating type."""
    return x if x.dtype == object else as_floats(x)
