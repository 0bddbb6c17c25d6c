"""Minimum and median pooling: the smallest number under the window, and the one in the middle.

No framework has them as layers; courses write `-F.max_pool2d(-x, 2)`, and take a median filter from elsewhere.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, ClassVar

import numpy as np

from ..arithmetic import Array, Value, is_expression
from ..dataclass import dataclass
from ..geometry import AxisGeometry, Geometry
from ..rules.tree import Rule, X, middle, smallest
from ..traces.layout import Index, Layout
from ..traces.replay import check_geometry, gather
from ..traces.step import Step
from ..traces.tap import Tap
from ..traces.trace import Trace
from .pool import Pool
from .windows import along, data_taps, separably, single


@dataclass(frozen=True)
class _RankedPool(Pool):
    """What both have in common: padding is no number."""

    def counts_as_number(self, axes: tuple[AxisGeometry, ...], position: Index) -> bool:
        return False


@dataclass(frozen=True)
class MinPool(_RankedPool):
    """min over the window:  y[i, j] = min over (k, l) of x[i·s + k·d - p, j·s + l·d - p]

    Padding stands for infinity: it is never the smallest. Of equal numbers the first in row-major order wins, and gets
    the whole gradient. NaN is smaller than everything; of several the last wins, as in PyTorch's `-F.max_pool2d(-x)`.
    """

    name: ClassVar[str] = "min_pool"
    rule: ClassVar[str] = "min"
    calculation: ClassVar[Rule] = smallest(X)
    padding_value: ClassVar[Value] = float("inf")

    def compute(self, images: Array, geometry: Geometry, layout: Layout, inputs: Mapping[str, Array]) -> Array:
        """One pass for each axis: a minimum of minima is the minimum."""
        return separably(images, geometry, _smallest_along)

    def combine(self, values: Array, data: Array, cells: range, trace: Trace) -> tuple[Array, Array | float]:
        return np.where(data, values, highest(values.dtype)).min(axis=-1), 0.0

    def slopes(self, step: Step) -> list[Value]:
        """1 for the winner; the others have no part in it."""
        found = self.winner(step.taps)
        return [1 if tap is found else None for tap in step.taps]

    def winner(self, taps: Sequence[Tap]) -> Tap | None:
        """The first of the smallest; of NaN the last."""
        data = data_taps(taps)
        if any(is_expression(tap.value) for tap in data):
            return None
        missing = [tap for tap in data if tap.value != tap.value]
        return missing[-1] if missing else min(data, key=lambda tap: tap.value)


@dataclass(frozen=True)
class MedianPool(_RankedPool):
    """median over the window: the number in the middle, when they are put in order; of two, their mean

    Padding is no number and is left out. NaN makes NaN. The gradient goes to the number in the middle, the first of
    equals; of two, half to each.
    """

    name: ClassVar[str] = "median_pool"
    rule: ClassVar[str] = "median"
    calculation: ClassVar[Rule] = middle(X)
    padding_value: ClassVar[Value] = None

    def passes(self, geometry: Geometry, channels: int) -> int:
        """All numbers of a window are put in order."""
        return 4 * math.prod(geometry.window)

    def compute(self, images: Array, geometry: Geometry, layout: Layout, inputs: Mapping[str, Array]) -> Array:
        """The numbers of every window in order, and of these the ones in the middle."""
        tables = check_geometry(self.windows, geometry, images.shape[2:])
        blocks = [_middles(values, data) for values, data in gather(images, tables)]
        return np.concatenate(blocks, axis=2).reshape(*images.shape[:2], *geometry.output_shape)

    def combine(self, values: Array, data: Array, cells: range, trace: Trace) -> tuple[Array, Array | float]:
        """By counting, for each number, how many are smaller, and how many not larger."""
        result = np.empty(values.shape[:-1], dtype=trace.output.dtype)
        for at in np.ndindex(result.shape):
            held = [value for value, there in zip(values[at], data[at[-1]]) if there]
            result[at] = _middle_by_counting(held)
        return result, 0.0

    def slopes(self, step: Step) -> list[Value]:
        """1 for the number in the middle, or one half for each of two."""
        won = self.winners(step.taps)
        part: Value = 1 if len(won) == 1 else Fraction(1, 2) if step.trace.inputs["input"].dtype == object else 0.5
        return [part if any(tap is one for one in won) else None for tap in step.taps]

    def winner(self, taps: Sequence[Tap]) -> Tap | None:
        """The one in the middle; None where there are two."""
        won = self.winners(taps)
        return won[0] if len(won) == 1 else None

    def winners(self, taps: Sequence[Tap]) -> list[Tap]:
        data = data_taps(taps)
        if any(is_expression(tap.value) for tap in data):
            return []
        missing = [tap for tap in data if tap.value != tap.value]
        if missing:
            return missing[-1:]
        ordered = sorted(data, key=lambda tap: tap.value)
        half = len(ordered) // 2
        if len(ordered) % 2:
            return [next(tap for tap in data if tap.value == ordered[half].value)]
        return ordered[half - 1 : half + 1]


def highest(dtype: np.dtype[Any]) -> Value:
    """What padding stands for in a minimum: nothing of this type is larger."""
    return np.iinfo(dtype).max if dtype.kind in "iu" else True if dtype.kind == "b" else float("inf")


def _smallest_along(images: Array, dimension: int, axis: AxisGeometry, smallest: Array) -> None:
    if (covered := single(axis)) is not None:
        for i, part in enumerate(covered):
            window = along(images, dimension, part)
            along(smallest, dimension, slice(i, i + 1))[...] = window.min(axis=dimension, keepdims=True)
        return
    smallest.fill(highest(images.dtype))
    for windows, cells in axis.reaches:
        seen = along(smallest, dimension, windows)
        np.minimum(seen, along(images, dimension, cells), out=seen)


def _middles(values: Array, data: Array) -> Array:
    """Of gathered windows `(…, windows, cells)`: what is left out goes to the end; the middle of the rest is taken."""
    floats = values if values.dtype.kind in "fO" else values.astype(np.float64)
    ordered = np.sort(np.where(data, floats, np.inf), axis=-1)
    counts = np.broadcast_to(data.sum(axis=-1), ordered.shape[:-1])
    upper = np.take_along_axis(ordered, (counts // 2)[..., np.newaxis], axis=-1)[..., 0]
    lower = np.take_along_axis(ordered, ((counts - 1) // 2)[..., np.newaxis], axis=-1)[..., 0]
    with np.errstate(invalid="ignore"):
        found = np.where(counts % 2 == 1, upper, _mean(lower, upper))
    if values.dtype.kind == "f":
        found = np.where((np.isnan(values) & data).any(axis=-1), np.nan, found).astype(values.dtype)
    return np.asarray(found)


def _mean(lower: Array, upper: Array) -> Array:
    return (lower + upper) / (2 if lower.dtype == object else np.asarray(2, dtype=lower.dtype))


def _middle_by_counting(held: list[Any]) -> Any:
    if any(value != value for value in held):
        return math.nan
    n = len(held)
    found = []
    for rank in {(n - 1) // 2, n // 2}:
        for value in held:
            smaller = sum(other < value for other in held)
            if smaller <= rank < smaller + sum(other == value for other in held):
                found.append(value if isinstance(value, Fraction) else float(value))
                break
    return found[0] if len(found) == 1 else (found[0] + found[1]) / 2


__all__ = ["MedianPool", "MinPool"]
