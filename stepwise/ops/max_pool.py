"""Max pooling: the largest number under the window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ..arithmetic import Array, Value
from ..formula import Formula, Function, Number
from ..geometry import AxisGeometry, Geometry
from ..layout import Layout
from ..trace import Step, Tap, Trace
from .windows import WindowOperation


@dataclass(frozen=True)
class MaxPool(WindowOperation):
    """max over the window:  y[i, j] = max over (k, l) of x[i·s + k·d - p, j·s + l·d - p]

    Padding stands for minus infinity: it is never the largest, not even where all data is negative. Of equal numbers
    the first in row-major order wins. NaN is larger than everything (TensorFlow, PyTorch and onnxruntime propagate it).
    """

    name: ClassVar[str] = "max_pool"
    rule: ClassVar[str] = "max"
    padding_value: ClassVar[Value] = float("-inf")

    def compute(self, images: Array, geometry: Geometry, layout: Layout, inputs: Mapping[str, Array]) -> Array:
        """One pass for each axis: a maximum of maxima is the maximum, so k·k comparisons become k + k."""
        for number, axis in enumerate(geometry.axes):
            images = _largest_along(images, number + 2, axis)
        return images

    def combine(self, values: Array, data: Array, trace: Trace) -> tuple[Array, Array | float]:
        """See `WindowOperation.combine`."""
        return np.where(data, values, lowest(values.dtype)).max(axis=-1), 0.0

    def expression(self, step: Step) -> Formula:
        """`max(3, 1)`: only data competes."""
        return Function("max", tuple(Number(tap.value) for tap in step.taps if not tap.is_padding))

    def winner(self, taps: Sequence[Tap]) -> Tap | None:
        """The first of the largest, or the first NaN."""
        data = [tap for tap in taps if not tap.is_padding]
        missing = [tap for tap in data if tap.value != tap.value]
        return missing[0] if missing else max(data, key=lambda tap: tap.value)  # max keeps the first of equals


def lowest(dtype: np.dtype[Any]) -> Value:
    """What padding stands for in a maximum: nothing of this type is smaller."""
    return np.iinfo(dtype).min if dtype.kind in "iu" else False if dtype.kind == "b" else float("-inf")


def _largest_along(images: Array, dimension: int, axis: AxisGeometry) -> Array:
    def view(array: Array, cells: slice) -> Array:
        return array[(slice(None),) * dimension + (cells,)]

    shape = (*images.shape[:dimension], axis.output, *images.shape[dimension + 1 :])
    largest = np.empty_like(images, shape=shape)
    started = False
    for offset in range(axis.window):
        windows, cells = axis.reached(offset)
        if not started:
            if windows == slice(0, axis.output, 1):
                view(largest, windows)[...] = view(images, cells)
                started = True
                continue
            largest.fill(lowest(images.dtype))
            started = True
        np.maximum(view(largest, windows), view(images, cells), out=view(largest, windows))
    return largest
