"""Functions of one cell that bend smoothly: made of exponentials, logarithms and the error function."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from ..arithmetic import Array, erf
from ..dataclass import dataclass
from ..errors import InputError
from ..rules.tree import Constant, Rule, X, above, exp, larger, ln, smaller, sqrt, tanh, where
from ..rules.tree import erf as erf_of
from ..traces.layout import Layout
from ..traces.step import Step
from .cells import slack
from .elementwise import Elementwise, as_floats


@dataclass(frozen=True)
class Sigmoid(Elementwise):
    """y = 1 / (1 + exp(-x))"""

    name: ClassVar[str] = "sigmoid"
    rule: ClassVar[str] = "sigmoid"
    calculation: ClassVar[Rule] = 1 / (1 + exp(-X))
    steady: ClassVar[Rule] = where(above(X, 0), 1 / (1 + exp(-abs(X))), exp(-abs(X)) / (1 + exp(-abs(X))))
    squashes: ClassVar[bool] = True
    rational: ClassVar[bool] = False

    def function(self, x: Array) -> Array:
        """The exponent is never positive, so nothing overflows."""
        floats = as_floats(x)
        shrunk = np.exp(-np.abs(floats))
        result: Array = np.where(floats >= 0, 1, shrunk) / (1 + shrunk)
        return result

    def function_again(self, x: Array) -> Array:
        floats = as_floats(x)
        return np.asarray(np.exp(-np.logaddexp(0, -floats.astype(np.float64)))).astype(floats.dtype)

    def derivative(self, x: Array) -> Array:
        """y·(1 - y)"""
        y = self.function(x)
        return np.asarray(y * (1 - y))


@dataclass(frozen=True)
class Tanh(Elementwise):
    """y = tanh(x) = (exp(x) - exp(-x)) / (exp(x) + exp(-x))"""

    name: ClassVar[str] = "tanh"
    rule: ClassVar[str] = "tanh"
    calculation: ClassVar[Rule] = tanh(X)
    squashes: ClassVar[bool] = True
    rational: ClassVar[bool] = False

    def function(self, x: Array) -> Array:
        return np.asarray(np.tanh(as_floats(x)))

    def function_again(self, x: Array) -> Array:
        less = np.expm1(-2 * np.abs(as_floats(x)))
        return np.asarray(np.sign(as_floats(x)) * -less / (less + 2))

    def derivative(self, x: Array) -> Array:
        """1 - y²"""
        return np.asarray(1 - self.function(x) ** 2)


@dataclass(frozen=True)
class ELU(Elementwise):
    """y = x above 0, else alpha·(exp(x) - 1)"""

    alpha: float = 1.0

    name: ClassVar[str] = "elu"
    rule: ClassVar[str] = "elu"
    rational: ClassVar[bool] = False

    @property
    def _below(self) -> Rule:
        return exp(X) - 1 if self.alpha == 1 else self.alpha * (exp(X) - 1)

    @property
    def calculation(self) -> Rule:
        """`0.5·(exp(-2) - 1)`; above 0 the number itself."""
        return where(above(X, 0), X, self._below)

    def lettered(self, step: Step) -> Rule:
        """`max(0, a) + min(0, exp(a) - 1)`: one of the two is 0, whatever the letter stands for."""
        return larger(0, X) + smaller(0, self._below)

    def function(self, x: Array) -> Array:
        """`expm1` keeps the digits that a subtraction near 1 would lose."""
        floats = as_floats(x)
        return np.where(floats > 0, floats, np.asarray(self.alpha, floats.dtype) * np.expm1(np.minimum(floats, 0)))

    def function_again(self, x: Array) -> Array:
        """exp(x) - 1 as 2·exp(x / 2)·sinh(x / 2)."""
        floats = as_floats(x).astype(np.float64)
        half = np.minimum(floats, 0) / 2
        return np.where(floats > 0, floats, self.alpha * 2 * np.exp(half) * np.sinh(half)).astype(as_floats(x).dtype)


@dataclass(frozen=True)
class SELU(ELU):
    """y = gamma·x above 0, else gamma·alpha·(exp(x) - 1)

    With the constants of its paper (Klambauer et al. 2017), by which means and variances stay near 0 and 1. At 0 its
    slope is gamma·alpha in PyTorch, but gamma in TensorFlow (`rises`).
    """

    alpha: float = 1.6732632423543772
    gamma: float = 1.0507009873554805
    rises: bool = False

    name: ClassVar[str] = "selu"
    rule: ClassVar[str] = "selu"

    @property
    def inexact(self) -> bool:
        """Its constants are decimals."""
        return True

    @property
    def calculation(self) -> Rule:
        """`1.05·3`, below 0 `1.05·1.67·(exp(-2) - 1)`."""
        passed, below = self.gamma * X, self.gamma * (self.alpha * (exp(X) - 1))
        return where(above(0, X), below, passed) if self.rises else where(above(X, 0), passed, below)

    def function(self, x: Array) -> Array:
        return np.asarray(np.asarray(self.gamma, as_floats(x).dtype) * super().function(x))

    def function_again(self, x: Array) -> Array:
        return np.asarray(self.gamma * super().function_again(x.astype(np.float64))).astype(as_floats(x).dtype)


@dataclass(frozen=True)
class SiLU(Elementwise):
    """y = x·sigmoid(x) = x / (1 + exp(-x)); also called swish"""

    name: ClassVar[str] = "silu"
    rule: ClassVar[str] = "silu"
    calculation: ClassVar[Rule] = X / (1 + exp(-X))
    steady: ClassVar[Rule] = where(above(X, 0), X / (1 + exp(-abs(X))), X * exp(-abs(X)) / (1 + exp(-abs(X))))
    rational: ClassVar[bool] = False

    def function(self, x: Array) -> Array:
        return np.asarray(as_floats(x) * Sigmoid().function(x))

    def function_again(self, x: Array) -> Array:
        """x·(1 + tanh(x / 2)) / 2, below 0 by sigmoid(x) = exp(x)·sigmoid(-x)."""
        floats = as_floats(x).astype(np.float64)
        share = (1 + np.tanh(np.abs(floats) / 2)) / 2
        return np.asarray(floats * np.where(floats < 0, np.exp(floats) * share, share)).astype(as_floats(x).dtype)


@dataclass(frozen=True)
class Softplus(Elementwise):
    """y = ln(1 + exp(beta·x)) / beta; x itself where beta·x is above PyTorch's `threshold`"""

    beta: float = 1.0
    threshold: float | None = None

    name: ClassVar[str] = "softplus"
    rule: ClassVar[str] = "softplus"
    rational: ClassVar[bool] = False

    @property
    def _scaled(self) -> Rule:
        return X if self.beta == 1 else self.beta * X

    def _over_beta(self, rule: Rule) -> Rule:
        return rule if self.beta == 1 else rule / self.beta

    def _cut(self, rule: Rule) -> Rule:
        return rule if self.threshold is None else where(above(self._scaled, self.threshold), X, rule)

    @property
    def calculation(self) -> Rule:
        """`ln(1 + exp(2·3)) / 2`"""
        return self._cut(self._over_beta(ln(1 + exp(self._scaled))))

    @property
    def steady(self) -> Rule:
        """`max(0, x) + ln(1 + exp(-|x|))`: the exponent is never positive."""
        scaled = self._scaled
        return self._cut(self._over_beta(larger(0, scaled) + ln(1 + exp(-abs(scaled)))))

    def lettered(self, step: Step) -> Rule:
        """Of a letter it cannot be told on which side of the threshold it lies."""
        if self.threshold is not None:
            call = step.trace.layer.call
            raise InputError(f"{call}: threshold={self.threshold:g} makes a jump; put numbers in for letters")
        return self.calculation

    def function(self, x: Array) -> Array:
        floats = as_floats(x)
        scaled = floats * np.asarray(self.beta, floats.dtype)
        found = np.asarray(np.logaddexp(np.zeros((), floats.dtype), scaled) / np.asarray(self.beta, floats.dtype))
        return found if self.threshold is None else np.where(scaled > self.threshold, floats, found)

    def function_again(self, x: Array) -> Array:
        """max(0, x) and what lies between it and the curve."""
        floats = as_floats(x).astype(np.float64)
        scaled = floats * self.beta
        found = (np.maximum(scaled, 0) + np.log1p(np.exp(-np.abs(scaled)))) / self.beta
        kept = found if self.threshold is None else np.where(scaled > self.threshold, floats, found)
        return np.asarray(kept).astype(as_floats(x).dtype)

    def derivative(self, x: Array) -> Array:
        """sigmoid(beta·x); 1 above the threshold."""
        floats = as_floats(x)
        slope = Sigmoid().function(floats * np.asarray(self.beta, floats.dtype))
        return slope if self.threshold is None else np.where(floats * self.beta > self.threshold, 1.0, slope)


@dataclass(frozen=True)
class LogSigmoid(Elementwise):
    """y = ln(sigmoid(x)) = -ln(1 + exp(-x))"""

    name: ClassVar[str] = "log_sigmoid"
    rule: ClassVar[str] = "logarithm of a sigmoid"
    calculation: ClassVar[Rule] = -ln(1 + exp(-X))
    steady: ClassVar[Rule] = smaller(0, X) - ln(1 + exp(-abs(X)))
    rational: ClassVar[bool] = False

    def function(self, x: Array) -> Array:
        return np.asarray(-Softplus().function(-as_floats(x)))

    def function_again(self, x: Array) -> Array:
        return np.asarray(-Softplus().function_again(-as_floats(x)))

    def derivative(self, x: Array) -> Array:
        """1 - sigmoid(x)"""
        return Sigmoid().function(-as_floats(x))


@dataclass(frozen=True)
class Mish(Elementwise):
    """y = x·tanh(ln(1 + exp(x)))"""

    name: ClassVar[str] = "mish"
    rule: ClassVar[str] = "mish"
    calculation: ClassVar[Rule] = X * tanh(ln(1 + exp(X)))
    steady: ClassVar[Rule] = X * tanh(larger(0, X) + ln(1 + exp(-abs(X))))
    rational: ClassVar[bool] = False

    def function(self, x: Array) -> Array:
        return np.asarray(as_floats(x) * np.tanh(Softplus().function(x)))

    def function_again(self, x: Array) -> Array:
        """tanh(ln(1 + e)) is (e·e + 2·e) / (e·e + 2·e + 2), of e = exp(x); above 0 divided by e·e."""
        floats = as_floats(x).astype(np.float64)
        e = np.exp(-np.abs(floats))
        share = np.where(floats > 0, (1 + 2 * e) / (1 + 2 * e + 2 * e * e), (e * e + 2 * e) / (e * e + 2 * e + 2))
        return np.asarray(floats * share).astype(as_floats(x).dtype)

    def derivative(self, x: Array) -> Array:
        """t + x·(1 - t²)·sigmoid(x), with t = tanh(ln(1 + exp(x)))."""
        floats = as_floats(x)
        t = np.tanh(Softplus().function(floats))
        return np.asarray(t + floats * (1 - t * t) * Sigmoid().function(floats))


@dataclass(frozen=True)
class GELU(Elementwise):
    """y = x·(1 + erf(x / sqrt(2))) / 2: x times the share of a standard normal distribution that lies below x

    With `by_tanh`, 0.5·x·(1 + tanh(0.798·(x + 0.044715·x³))), which comes near it; 0.798 is sqrt(2 / π).
    """

    by_tanh: bool = False
    root: float = math.sqrt(2)  # TensorFlow keeps 1 over it in 32 bits, whatever the numbers are in

    name: ClassVar[str] = "gelu"
    rule: ClassVar[str] = "gelu"
    rational: ClassVar[bool] = False

    @property
    def inexact(self) -> bool:
        """The constants beside the tangent are decimals."""
        return self.by_tanh

    @property
    def calculation(self) -> Rule:
        """`3·(1 + erf(3 / sqrt(2))) / 2`"""
        if self.by_tanh:
            return 0.5 * X * (1 + tanh(ROOT_2_PI * (X + 0.044715 * X**3)))
        return X * (1 + erf_of(X / sqrt(TWO))) / 2

    def again(self, layout: Layout, inputs: Mapping[str, Array]) -> tuple[Array, Array | float]:
        """Far below 0 nearly all digits of 1 + tanh() cancel."""
        x = as_floats(inputs["input"])
        with np.errstate(over="ignore", invalid="ignore"):
            return self.function_again(x), slack(x)

    def function(self, x: Array) -> Array:
        floats = as_floats(x)
        if self.by_tanh:
            inner = floats * np.asarray(ROOT_2_PI, floats.dtype)
            inner = inner * (1 + np.asarray(0.044715, floats.dtype) * floats * floats)
            return np.asarray(floats * Sigmoid().function(2 * inner))
        return np.asarray(floats * (1 + erf(floats / np.asarray(self.root, floats.dtype))) / 2)

    def derivative(self, x: Array) -> Array:
        """The share below x, and x times the density there; the tangent's own, where that stands for them."""
        floats = as_floats(x)
        if self.by_tanh:
            root, cubed = (np.asarray(number, floats.dtype) for number in (ROOT_2_PI, 0.044715))
            square = floats * floats
            inner = 2 * root * floats * (1 + cubed * square)
            shrunk = np.exp(-np.abs(inner))
            bend = shrunk / ((1 + shrunk) * (1 + shrunk))
            slope = floats * (2 * root) * (1 + 3 * cubed * square)
            return np.asarray(Sigmoid().function(inner) + np.where(bend > 0, bend * slope, 0 * floats))
        scaled = floats / np.asarray(self.root, floats.dtype)
        density = np.exp(-scaled * scaled) / np.asarray(math.sqrt(math.pi) * self.root, floats.dtype)
        return np.asarray((1 + erf(scaled)) / 2 + floats * density)

    def function_again(self, x: Array) -> Array:
        """By the complement of the error function; as the rule says it, where the tangent stands for it."""
        floats = as_floats(x).astype(np.float64)
        if self.by_tanh:
            inner = ROOT_2_PI * (floats + 0.044715 * floats**3)
            found = floats * (0.5 + np.tanh(inner) / 2)
        else:
            below = [math.erfc(-number / self.root) / 2 for number in floats.ravel()]
            found = floats * np.array(below).reshape(floats.shape)
        return np.asarray(found).astype(as_floats(x).dtype)


ROOT_2_PI = math.sqrt(2 / math.pi)
TWO = Constant(2)
