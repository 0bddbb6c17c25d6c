"""Average pooling: the mean of the numbers under the window."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from typing import ClassVar

import numpy as np

from ..arithmetic import Array, Value, wide
from ..formula import Formula, Number, Quotient, Sum
from ..geometry import AxisGeometry, Geometry
from ..layout import Layout
from ..trace import Step, Trace
from .windows import WindowOperation


@dataclass(frozen=True)
class MeanPool(WindowOperation):
    """mean over the window:  y[i, j] = (sum over the window's data) / (how much data the window covers)

    Padding is not counted, as in Keras: at an edge the divisor is the number of data cells, not of window cells.
    """

    name: ClassVar[str] = "mean_pool"
    rule: ClassVar[str] = "mean"
    padding_value: ClassVar[Value] = 0

    def compute(self, images: Array, geometry: Geometry, layout: Layout, inputs: Mapping[str, Array]) -> Array:
        """One pass of sums for each axis, then one division; the divisors are a product of the axes' counts."""
        total = wide(images, int(np.prod(self.window)))
        for number, axis in enumerate(geometry.axes):
            total = _sums_along(total, number + 2, axis)
        return total / _divisors(geometry, total.dtype)

    def combine(self, values: Array, data: Array, trace: Trace) -> tuple[Array, Array | float]:
        """See `WindowOperation.combine`."""
        taken = np.where(data, wide(values, values.shape[-1]), 0)
        divisor = data.sum(axis=-1)
        precision = np.finfo(trace.output.dtype).eps if trace.output.dtype.kind == "f" else 0.0
        with np.errstate(invalid="ignore"):
            slack = precision * (values.shape[-1] + 2) * np.abs(taken).sum(axis=-1) / divisor
        return taken.sum(axis=-1) / divisor, slack

    def expression(self, step: Step) -> Formula:
        """`(1 + 1 + 5 + 6) / 4`"""
        data = tuple(Number(tap.value) for tap in step.taps if not tap.is_padding)
        return Quotient(Sum(data), Number(len(data)))


def _divisors(geometry: Geometry, dtype: np.dtype[np.generic]) -> Array:
    counts = reduce(np.multiply.outer, [np.array(axis.counts) for axis in geometry.axes])
    return counts.astype(dtype) if dtype.kind == "f" else counts  # float32 stays float32


def _sums_along(images: Array, dimension: int, axis: AxisGeometry) -> Array:
    def view(array: Array, cells: slice) -> Array:
        return array[(slice(None),) * dimension + (cells,)]

    shape = (*images.shape[:dimension], axis.output, *images.shape[dimension + 1 :])
    total = np.zeros_like(images, shape=shape)
    for offset in range(axis.window):
        windows, cells = axis.reached(offset)
        view(total, windows)[...] += view(images, cells)
    return total
