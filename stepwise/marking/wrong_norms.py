"""Normalisations, and a logarithm, as nobody should work them out: operations like any other, with their working."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np

from ..arithmetic import Array
from ..arithmetic.sums import fsum, squares
from ..dataclass import dataclass
from ..ops import BatchNorm, LayerNorm, LogSoftmax
from ..ops.cells import Shape, slack
from ..ops.elementwise import as_floats
from ..ops.norm import DEFAULTS, STATISTICS
from ..ops.normalize import LEARNED, MEAN, Normalization, Ranges
from ..rules.tree import Beside, Constant, Figure, Known, Own, Rule, X, sqrt, total
from ..traces.layout import Index, Layout

Divisor = Literal["", "outside", "no root"]
"""What is divided by: the root of variance and epsilon; the root, and epsilon beside it; or no root at all."""


def _divisor(form: Divisor, variance: Rule, epsilon: float) -> Rule:
    if form == "outside":
        return sqrt(variance) + epsilon
    return variance + epsilon if form == "no root" else sqrt(variance + epsilon)


def _divided_by(form: Divisor, variance: Array, epsilon: float) -> Array:
    if form == "outside":
        return np.asarray(np.sqrt(variance) + epsilon)
    return np.asarray(variance + epsilon if form == "no root" else np.sqrt(variance + epsilon))


@dataclass(frozen=True)
class Misnormalised(Normalization):
    """y = gamma·(x - mean) / divisor + beta, with the mean and variance of other cells, or another divisor

    `right` is the normalisation that was asked for; `over` has the cells that were taken, and of their variance's
    number of cells `less` is subtracted.
    """

    right: Normalization = LayerNorm()
    over: Normalization | None = None
    less: int = 0
    divisor: Divisor = ""

    name: ClassVar[str] = "misnormalised"
    rule: ClassVar[str] = "normalised wrongly"

    @property
    def _taken(self) -> Normalization:
        return self.over or self.right

    def together(self, shape: Shape, index: Index) -> Ranges:
        return self._taken.together(shape, index)

    def parted(self, shape: Shape) -> tuple[Shape, tuple[int, ...]]:
        return self._taken.parted(shape)

    def learned_axes(self, shape: Shape) -> tuple[int, ...]:
        return self.right.learned_axes(shape)

    def learned_shape(self, shape: Shape) -> Shape:
        return self.right.learned_shape(shape)

    def statistics(self, x: Array) -> tuple[Array, Array]:
        mean, variance = super().statistics(x)
        n = self.count(x.shape)
        return mean, variance * (n / (n - self.less))

    def fast(self, layout: Layout, inputs: Mapping[str, Array]) -> Array:
        x = as_floats(inputs["input"])
        mean, variance = self.statistics(x)
        gamma, beta = (self._lined_up(x, inputs, name) for name in LEARNED)
        with np.errstate(all="ignore"):
            return np.asarray(gamma * (x - mean) / _divided_by(self.divisor, variance, self.epsilon) + beta).astype(
                x.dtype
            )

    def again(self, layout: Layout, inputs: Mapping[str, Array]) -> tuple[Array, Array | float]:
        """Block by block, in sums that are not rounded."""
        given = as_floats(inputs["input"])
        x = given.astype(np.float64)
        result = np.empty_like(x)
        gamma, beta = (np.broadcast_to(self._lined_up(x, inputs, name), x.shape) for name in LEARNED)
        for block in self.blocks(x.shape):
            place = np.ix_(*block)
            cells = x[place].ravel().tolist()
            centre = fsum(cells) / len(cells)
            spread = squares(cells, centre) / (len(cells) - self.less)
            divisor = float(_divided_by(self.divisor, np.asarray(spread), self.epsilon))
            result[place] = gamma[place] * (x[place] - centre) / divisor + beta[place]
        found = result.astype(given.dtype)
        return found, slack(found, np.abs(found) + np.abs(beta) + np.abs(x))

    @property
    def calculation(self) -> Rule:
        """`2·(3 - 1) / (sqrt(4) + 0.001) + 5`"""
        count: Rule = Figure("count") - self.less if self.less else Figure("count")
        gamma, beta = (Beside(name, default) for name, default in LEARNED.items())
        variance = Known(total((X - MEAN) ** 2) / count)
        return gamma * (Own(X) - MEAN) / _divisor(self.divisor, variance, self.epsilon) + beta


@dataclass(frozen=True)
class FarBatchNorm(BatchNorm):
    """y = gamma·(x - mean) / divisor + beta, with another divisor than the root of variance and epsilon"""

    divisor: Divisor = "outside"

    name: ClassVar[str] = "far_batch_norm"

    def fast(self, layout: Layout, inputs: Mapping[str, Array]) -> Array:
        gamma, beta, mean, variance = self._lined_up(inputs)
        x = as_floats(inputs["input"])
        with np.errstate(all="ignore"):
            return np.asarray(gamma * (x - mean) / _divided_by(self.divisor, variance, self.epsilon) + beta).astype(
                x.dtype
            )

    def again(self, layout: Layout, inputs: Mapping[str, Array]) -> tuple[Array, Array | float]:
        """As one factor and one shift for each channel."""
        gamma, beta, mean, variance = (a.astype(np.float64) for a in self._lined_up(inputs))
        x = as_floats(inputs["input"])
        with np.errstate(all="ignore"):
            factor = gamma / _divided_by(self.divisor, variance, self.epsilon)
            result = (x * factor + (beta - mean * factor)).astype(x.dtype)
        return result, slack(result, np.abs(x * factor) + np.abs(beta) + np.abs(mean * factor))

    @property
    def calculation(self) -> Rule:
        gamma, beta, mean, variance = (Beside(name, DEFAULTS[name]) for name in STATISTICS)
        return gamma * (X - mean) / _divisor(self.divisor, variance, self.epsilon) + beta


@dataclass(frozen=True)
class OtherLogarithm(LogSoftmax):
    """y[i] = log to another base of softmax's share"""

    base: int = 10

    name: ClassVar[str] = "other_logarithm"
    rule: ClassVar[str] = "logarithm of a softmax to another base"

    def fast(self, layout: Layout, inputs: Mapping[str, Array]) -> Array:
        return np.asarray(super().fast(layout, inputs) / math.log(self.base))

    def again(self, layout: Layout, inputs: Mapping[str, Array]) -> tuple[Array, Array | float]:
        natural, room = super().again(layout, inputs)
        return natural * (1 / math.log(self.base)), room

    @property
    def calculation(self) -> Rule:  # type: ignore[override]  # of a base, where its elder has one for all
        """The natural logarithm, divided by that of the base."""
        return LogSoftmax.calculation / Constant(math.log(self.base))


__all__ = ["FarBatchNorm", "Misnormalised", "OtherLogarithm"]
