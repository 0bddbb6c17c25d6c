"""Average pooling: the mean of the numbers under the window."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import reduce
from typing import ClassVar

import numpy as np

from ..arithmetic import Array, Value, rounding, wide
from ..dataclass import dataclass
from ..geometry import AxisGeometry, Geometry
from ..rules.tree import Constant, Figure, Rule, X, total
from ..traces.layout import Index, Layout
from ..traces.step import Step
from ..traces.trace import Trace
from .pool import Pool
from .windows import along, separably, single, spread_along

LONG = 10_000
"""Cells of a window along an axis that are counted one by one; of more it is worked out how many they are."""


@dataclass(frozen=True)
class MeanPool(Pool):
    """mean over the window:  y[i, j] = (sum over the window's data) / divisor

    The divisor is the number of data cells the window covers (Keras; ONNX unless told otherwise), or of data and padded
    cells (`counts_padding`: PyTorch unless told otherwise), where cells past the padded edge are not counted; or it is
    given outright (`divisor`: PyTorch's divisor_override).
    """

    counts_padding: bool = False
    divisor: int | None = None

    name: ClassVar[str] = "mean_pool"
    rule: ClassVar[str] = "mean"
    padding_value: ClassVar[Value] = 0

    @property
    def needs_data(self) -> bool:
        """Not where the divisor is another number than that of the data."""
        return self.divisor is None and not self.counts_padding

    def compute(self, images: Array, geometry: Geometry, layout: Layout, inputs: Mapping[str, Array]) -> Array:
        """One pass of sums for each axis, then one division; the divisors are a product of the axes' counts."""
        total = separably(wide(images, int(np.prod(geometry.window))), geometry, sums_along)
        return total / self.divisors(geometry, total.dtype)

    def divisors(self, geometry: Geometry, dtype: np.dtype[np.generic]) -> Array:
        """What each output cell's sum is divided by, `(*outputs)`."""
        if self.divisor is not None:
            return np.array(self.divisor, dtype=dtype)
        per_axis = [axis.padded_counts if self.counts_padding else axis.counts for axis in geometry.axes]
        counts = reduce(np.multiply.outer, [np.array(counts) for counts in per_axis])
        return counts.astype(dtype) if dtype.kind == "f" else counts  # float32 stays float32

    def combine(self, values: Array, data: Array, cells: range, trace: Trace) -> tuple[Array, Array | float]:
        taken = np.where(data, wide(values, values.shape[-1]), 0)
        divisor = self._counted_by_hand(trace, cells)
        with np.errstate(invalid="ignore", over="ignore"):
            slack = rounding(trace.output) * (values.shape[-1] + 2) * np.abs(taken).sum(axis=-1) / np.abs(divisor)
            return taken.sum(axis=-1) / divisor, slack

    def slopes(self, step: Step) -> list[Value]:
        """One part in as many as it is divided by."""
        part = self._part(step.trace, step.trace.place(step.index)[2:])
        return [part if tap.is_data else None for tap in step.taps]

    def _part(self, trace: Trace, cell: Index) -> Value:
        divisor = self.counted(trace, cell)
        return Fraction(1, divisor) if trace.inputs["input"].dtype == object else 1 / divisor

    def sought(self, trace: Trace, name: str) -> int:
        """Along each axis, the cells of a window are counted."""
        return sum(min(axis.window, LONG) for axis in trace.geometry.axes)

    def feeds(self, trace: Trace, name: str, index: Index) -> Iterable[tuple[Index, Value]]:
        """Every window that covers it, whatever else that covers."""
        image, channel, *position = trace.layer.layout.inner(index, self.spatial)
        for cell, _offset in self.met(trace, tuple(position)):
            yield trace.index((image, channel, *cell)), self._part(trace, cell)

    def gradient(self, trace: Trace, name: str, grad: Array) -> Array:
        """Every gradient is divided and goes back to all that its window covered."""
        back = self.output_images(trace, grad)
        back = back / self.divisors(trace.geometry, back.dtype)
        for dimension, axis in enumerate(trace.geometry.axes, 2):
            back = spread_along(back, dimension, axis)
        return self.input_restored(trace, back)

    def counted(self, trace: Trace, cell: tuple[int, ...]) -> int:
        """The divisor of one output cell, found by counting its window's cells."""
        if self.divisor is not None:
            return self.divisor
        return math.prod(self._counted_along(axis, i) for axis, i in zip(trace.geometry.axes, cell))

    def _counted_along(self, axis: AxisGeometry, i: int) -> int:
        first, last = -axis.padding.before, axis.size + axis.padding.after
        if axis.window > LONG:
            return (axis.padded_counts if self.counts_padding else axis.counts)[i]
        positions = [p for p in axis.positions(i) if p is not None]
        return sum(1 for p in positions if (first <= p < last if self.counts_padding else 0 <= p < axis.size))

    def _counted_by_hand(self, trace: Trace, cells: range) -> Array:
        """What `counted` says of each of these output cells; along each axis every window is counted once."""
        if self.divisor is not None:
            return np.array(self.divisor)
        counts = np.ones(len(cells), dtype=np.int64)
        places = np.unravel_index(np.array(cells), trace.geometry.output_shape)
        for axis, place in zip(trace.geometry.axes, places):
            windows, which = np.unique(place, return_inverse=True)
            counts *= np.array([self._counted_along(axis, int(i)) for i in windows])[which]
        return counts

    def counts_as_number(self, axes: tuple[AxisGeometry, ...], position: Index) -> bool:
        """Only where the call says so, and only up to the padded edge."""
        return self.counts_padding and all(axis.padded(p) for axis, p in zip(axes, position))

    @property
    def calculation(self) -> Rule:
        """`(1 + 1 + 5 + 6) / 4`"""
        divisor = Figure("count") if self.divisor is None else Constant(self.divisor)
        return total(X) / divisor

    def figure(self, name: str, axis: AxisGeometry, i: int) -> Value:
        """Along one axis, how many cells of a window count."""
        return self._counted_along(axis, i)


def sums_along(images: Array, dimension: int, axis: AxisGeometry, total: Array) -> None:
    """The sum of every window along one axis."""
    total[...] = 0
    if (covered := single(axis)) is not None:
        for i, seen in enumerate(covered):
            window = along(images, dimension, seen)
            along(total, dimension, slice(i, i + 1))[...] = window.sum(axis=dimension, keepdims=True)
        return
    for windows, cells in axis.reaches:
        along(total, dimension, windows)[...] += along(images, dimension, cells)
