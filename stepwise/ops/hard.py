"""Functions of one cell that stand for smooth ones, and need no exponential: straight lines, and softsign."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from ..arithmetic import Array, like
from ..dataclass import dataclass
from ..rules.tree import Constant, Rule, X, above, larger, smaller, where
from ..traces.trace import Trace
from .elementwise import Clip, Elementwise, as_floats, exact_or_floats, gate


@dataclass(frozen=True)
class HardTanh(Clip):
    """y = min(high, max(low, x)); at the bounds themselves its slope is 0 in PyTorch, 1 in TensorFlow (`rises`)"""

    low: float = -1.0
    high: float = 1.0
    rises: bool = False

    name: ClassVar[str] = "hardtanh"
    rule: ClassVar[str] = "cut off"

    def derivative(self, x: Array) -> Array:
        """1 between the bounds, 0 outside."""
        return super().derivative(x) if self.rises else gate(x, (x > self.low) & (x < self.high))

    def gave(self, trace: Trace) -> Sequence[Rule | None]:
        """1 between the bounds."""
        if self.rises:
            return super().gave(trace)
        return [where(above(X, self.low), where(above(self.high, X), 1, 0), 0)]


@dataclass(frozen=True)
class HardSigmoid(Elementwise):
    """y = min(6, max(0, x + 3)) / 6, or with ONNX's alpha and beta max(0, min(1, alpha·x + beta))"""

    alpha: float | None = None
    beta: float = 0.5

    name: ClassVar[str] = "hard_sigmoid"
    rule: ClassVar[str] = "hard sigmoid"
    squashes: ClassVar[bool] = True

    @property
    def calculation(self) -> Rule:
        """`min(6, max(0, 2 + 3)) / 6`"""
        if self.alpha is None:
            return smaller(6, larger(0, X + 3)) / 6
        return larger(0, smaller(1, self.alpha * X + self.beta))

    def function(self, x: Array) -> Array:
        floats = exact_or_floats(x)
        if self.alpha is None:
            return np.asarray(np.minimum(np.maximum(floats + 3, 0), 6) / 6)
        line = floats * like(floats, self.alpha) + like(floats, self.beta)
        return np.asarray(np.maximum(np.minimum(line, 1), 0)).astype(floats.dtype)

    def function_again(self, x: Array) -> Array:
        """The line, with what lies beyond its ends put in."""
        floats = exact_or_floats(x)
        alpha = like(floats, self.alpha) if self.alpha is not None else like(floats, 1) / 6
        result = np.asarray(alpha * floats + like(floats, self.beta)).astype(floats.dtype)
        low, high = result < 0, result > 1
        result[low], result[high] = 0, 1
        return result

    def derivative(self, x: Array) -> Array:
        """Alpha on the line, 0 beyond its ends and at them."""
        y = self.function(x)
        slope = like(y, 1) / 6 if self.alpha is None else like(y, self.alpha)
        return np.where((y <= 0) | (y >= 1), y * 0, slope)

    def gave(self, trace: Trace) -> Sequence[Rule | None]:
        """Alpha between the ends."""
        if self.alpha is None:
            return [where(above(X, -3), where(above(3, X), ONE / 6, 0), 0)]
        line = self.alpha * X + self.beta
        return [where(above(line, 0), where(above(1, line), self.alpha, 0), 0)]


@dataclass(frozen=True)
class HardSwish(Elementwise):
    """y = x·min(6, max(0, x + 3)) / 6"""

    name: ClassVar[str] = "hardswish"
    rule: ClassVar[str] = "hard swish"
    calculation: ClassVar[Rule] = X * smaller(6, larger(0, X + 3)) / 6

    def function(self, x: Array) -> Array:
        floats = exact_or_floats(x)
        return np.asarray(floats * np.minimum(np.maximum(floats + 3, 0), 6) / 6)

    def function_again(self, x: Array) -> Array:
        """0, a parabola, and x itself."""
        floats = exact_or_floats(x)
        return np.asarray(np.where(floats <= -3, 0 * floats, np.where(floats >= 3, floats, floats**2 / 6 + floats / 2)))

    def derivative(self, x: Array) -> Array:
        """0 up to -3, x / 3 + 1 / 2 between, 1 from 3 on."""
        floats = exact_or_floats(x)
        return np.where(floats <= -3, floats * 0, np.where(floats >= 3, floats * 0 + 1, (2 * floats + 3) / 6))


@dataclass(frozen=True)
class Softsign(Elementwise):
    """y = x / (1 + |x|)"""

    name: ClassVar[str] = "softsign"
    rule: ClassVar[str] = "softsign"
    calculation: ClassVar[Rule] = X / (1 + abs(X))

    def function(self, x: Array) -> Array:
        floats = exact_or_floats(x)
        return np.asarray(floats / (1 + np.abs(floats)))

    def function_again(self, x: Array) -> Array:
        """What is missing to 1 is 1 / (1 + |x|)."""
        wide = x if x.dtype == object else as_floats(x).astype(np.float64)
        found = np.where(wide < 0, -1, 1) * (1 - 1 / (1 + np.abs(wide))) + 0 * wide
        return np.asarray(found).astype(self.function(x.ravel()[:0]).dtype)

    def derivative(self, x: Array) -> Array:
        """1 / (1 + |x|)²"""
        floats = exact_or_floats(x)
        return np.asarray(1 / (1 + np.abs(floats)) ** 2)


ONE = Constant(1)
