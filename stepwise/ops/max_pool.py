"""Max pooling: the largest number under the window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ..arithmetic import Array, Value, holds_expressions, is_expression
from ..errors import InputError
from ..formula import Formula, Function, Number
from ..geometry import AdaptiveAxis, AxisGeometry, Geometry
from ..layout import Layout
from ..replay import check_geometry, gather, positions_table
from ..traces import Step, Tap, Trace
from .windows import Shape, WindowOperation, along, data_taps, refuse_empty, separably


@dataclass(frozen=True)
class MaxPool(WindowOperation):
    """max over the window:  y[i, j] = max over (k, l) of x[i·s + k·d - p, j·s + l·d - p]

    Padding stands for minus infinity: it is never the largest, not even where all data is negative. Of equal numbers
    the first in row-major order wins. NaN is larger than everything, and the first of several
    wins (TensorFlow and PyTorch propagate it; PyTorch's indices name the last; onnxruntime is of two minds).
    """

    name: ClassVar[str] = "max_pool"
    rule: ClassVar[str] = "max"
    padding_value: ClassVar[Value] = float("-inf")

    def planned(self, layout: Layout, inputs: Mapping[str, Array]) -> tuple[Geometry, Shape]:
        """See `Operation.planned`."""
        geometry, shape = super().planned(layout, inputs)
        refuse_empty(geometry)
        return geometry, shape

    def compute(self, images: Array, geometry: Geometry, layout: Layout, inputs: Mapping[str, Array]) -> Array:
        """One pass for each axis: a maximum of maxima is the maximum, so k·k comparisons become k + k."""
        return separably(images, geometry, _largest_along)

    def combine(self, values: Array, data: Array, cells: range, trace: Trace) -> tuple[Array, Array | float]:
        """See `WindowOperation.combine`."""
        return np.where(data, values, lowest(values.dtype)).max(axis=-1), 0.0

    def expression(self, step: Step) -> Formula:
        """`max(3, 1)`: only data competes."""
        return Function("max", tuple(Number(tap.value) for tap in data_taps(step.taps)))

    def slopes(self, step: Step) -> list[Value]:
        """1 for the winner; the others have no part in it."""
        found = self.winner(step.taps)
        return [1 if tap is found else None for tap in step.taps]

    def gradient(self, trace: Trace, name: str, grad: Array) -> Array:
        """Every gradient goes back to where its maximum came from."""
        where, back = winners(trace), self.output_images(trace, grad)
        images = trace.layer.layout.images_shape(trace.inputs[name].shape, self.spatial)
        cells = int(np.prod(images[2:]))
        planes = np.arange(images[0] * images[1]).reshape(*images[:2], *(1,) * self.spatial)
        result = np.zeros(cells * images[0] * images[1], dtype=grad.dtype)
        np.add.at(result, (where + planes * cells).ravel(), back.ravel())
        return self.input_restored(trace, result.reshape(images))

    def winner(self, taps: Sequence[Tap]) -> Tap | None:
        """The first of the largest, or the first NaN."""
        data = data_taps(taps)
        if any(is_expression(tap.value) for tap in data):
            return None  # which letter is the largest is for the numbers to say
        missing = [tap for tap in data if tap.value != tap.value]
        return missing[0] if missing else max(data, key=lambda tap: tap.value)  # max keeps the first of equals


def lowest(dtype: np.dtype[Any]) -> Value:
    """What padding stands for in a maximum: nothing of this type is smaller."""
    return np.iinfo(dtype).min if dtype.kind in "iu" else False if dtype.kind == "b" else float("-inf")


def winners(trace: Trace) -> Array:
    """Where each maximum came from: the number of the data cell within its image and channel, counted row by row.

    An array `(N, C, *outputs)` of integers; of equal numbers the first wins, and NaN before everything.
    """
    operation = trace.layer.operation
    assert isinstance(operation, MaxPool)
    if holds_expressions(trace.inputs["input"]):
        raise InputError("where a maximum of letters comes from is for numbers to say; put numbers in for the letters")
    images = trace.layer.layout.images(trace.inputs["input"], operation.spatial)
    sizes = images.shape[2:]
    tables = check_geometry(operation.windows, trace.geometry, sizes)
    strides = np.cumprod((1, *sizes[:0:-1]))[::-1]
    cells = [positions_table(table) for table in tables]
    found, done = [], 0
    for values, data in gather(images, tables):
        best = np.where(data, values, lowest(values.dtype)).argmax(axis=-1)
        # Data that is itself the lowest there is ties with padding, and wins all the same.
        best = np.where(data[np.arange(len(data)), best], best, data.argmax(axis=-1))
        at = np.unravel_index(best, [table.shape[1] for table in cells])
        outputs = np.unravel_index(np.arange(done, done + len(data)), [len(table) for table in cells])
        found.append(sum(table[o, k] * step for table, o, k, step in zip(cells, outputs, at, strides)))
        done += len(data)
    return np.concatenate(found, axis=2).reshape(*images.shape[:2], *map(len, tables))


def _largest_along(images: Array, dimension: int, axis: AxisGeometry, largest: Array) -> None:
    if isinstance(axis, AdaptiveAxis):
        for i in range(axis.output):
            window = along(images, dimension, slice(*axis.frame(i)))
            along(largest, dimension, slice(i, i + 1))[...] = window.max(axis=dimension, keepdims=True)
        return
    everywhere, partly = [], []
    for windows, cells in axis.reaches:
        if windows == slice(0, axis.output, 1):
            everywhere.append(along(images, dimension, cells))
        else:
            partly.append((along(largest, dimension, windows), along(images, dimension, cells)))
    match everywhere:
        case []:  # no cell of the window finds data in every window: begin with what never wins
            largest.fill(lowest(images.dtype))
        case [only]:
            largest[...] = only
        case [first, second, *others]:
            np.maximum(first, second, out=largest)
            for other in others:
                np.maximum(largest, other, out=largest)
    for seen, found in partly:
        np.maximum(seen, found, out=seen)
