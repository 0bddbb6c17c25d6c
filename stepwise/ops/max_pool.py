"""Max pooling: the largest number under the window."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, ClassVar

import numpy as np

from ..arithmetic import Array, Value, holds_expressions, is_expression
from ..dataclass import dataclass
from ..errors import InputError
from ..geometry import AxisGeometry, Geometry
from ..rules.tree import Rule, X, largest
from ..traces.layout import Layout
from ..traces.replay import check_geometry, gather, positions_table
from ..traces.step import Step
from ..traces.tap import Tap
from ..traces.trace import Trace
from .pool import Pool
from .routing import routed
from .windows import along, data_taps, separably, single


@dataclass(frozen=True)
class MaxPool(Pool):
    """max over the window:  y[i, j] = max over (k, l) of x[i·s + k·d - p, j·s + l·d - p]

    Padding stands for minus infinity: it is never the largest, not even where all data is negative. Of equal numbers
    the first in row-major order wins, and gets the whole gradient; where it is `shared` (Keras's global pooling, which
    is TensorFlow's reduce_max), each of them gets an equal part. NaN is larger than everything; of several the first
    wins, or the last (`last_nan`: PyTorch, whose indices show it). Measured on CPUs: TensorFlow 2.21's own max pooling
    passes NaN over, and gives the lowest number there is where nothing else is left; in onnxruntime 1.32 NaN wins or
    not by where it stands. See `lessons/nan.py`, which tells it.
    """

    last_nan: bool = False
    shared: bool = False

    name: ClassVar[str] = "max_pool"
    rule: ClassVar[str] = "max"
    calculation: ClassVar[Rule] = largest(X)
    padding_value: ClassVar[Value] = float("-inf")
    needs_result: ClassVar[bool] = True

    def compute(self, images: Array, geometry: Geometry, layout: Layout, inputs: Mapping[str, Array]) -> Array:
        """One pass for each axis: a maximum of maxima is the maximum, so k·k comparisons become k + k."""
        return separably(images, geometry, _largest_along)

    def combine(self, values: Array, data: Array, cells: range, trace: Trace) -> tuple[Array, Array | float]:
        return np.where(data, values, lowest(values.dtype)).max(axis=-1), 0.0

    def slopes(self, step: Step) -> list[Value]:
        """1 for the winner, or shared by those that tie; the others have no part in it."""
        found = self.winner(step.taps)
        if not self.shared or found is None:
            return [1 if tap is found else None for tap in step.taps]
        if found.value != found.value:  # nothing is equal to it, and 0 shares of it are 0 / 0
            return [math.nan for _tap in step.taps]
        ties = sum(tap.value == found.value for tap in step.taps)
        part = Fraction(1, ties) if step.trace.inputs["input"].dtype == object else 1 / ties
        return [(part if ties > 1 else 1) if tap.value == found.value else None for tap in step.taps]

    def gradient(self, trace: Trace, name: str, grad: Array) -> Array:
        """Every gradient goes back to where its maximum came from."""
        if self.shared:
            return self._shared_out(trace, name, grad)
        layout, back = trace.layer.layout, self.output_images(trace, grad)
        images = layout.images(trace.inputs[name], self.spatial)
        if back.dtype.kind == "f" and images.dtype != object:
            sent = routed(images, self.output_images(trace, trace.output), back, trace.geometry)
            if sent is not None:
                return self.input_restored(trace, sent)
        where = winners(trace)
        cells = int(np.prod(images.shape[2:]))
        planes = np.arange(images.shape[0] * images.shape[1]).reshape(*images.shape[:2], *(1,) * self.spatial)
        result = np.zeros(cells * images.shape[0] * images.shape[1], dtype=grad.dtype)
        np.add.at(result, (where + planes * cells).ravel(), back.ravel())
        return self.input_restored(trace, result.reshape(images.shape))

    def _shared_out(self, trace: Trace, name: str, grad: Array) -> Array:
        """Where one window covers everything: to all that are equal to its maximum."""
        images, back = trace.layer.layout.images(trace.inputs[name], self.spatial), self.output_images(trace, grad)
        everywhere = tuple(range(2, images.ndim))
        largest = images == self.output_images(trace, trace.output)
        count = largest.sum(axis=everywhere, keepdims=True)
        with np.errstate(all="ignore"):
            part = back / (count.astype(object) if back.dtype == object else count.astype(back.dtype))
        shared = np.zeros_like(images, dtype=part.dtype)
        np.copyto(shared, part, where=largest)
        if back.dtype.kind == "f":
            np.copyto(shared, np.nan, where=count == 0)  # of NaN, to which nothing is equal
        return self.input_restored(trace, shared)

    def winner(self, taps: Sequence[Tap]) -> Tap | None:
        """The first of the largest; or of NaN the first, or the last."""
        data = data_taps(taps)
        if any(is_expression(tap.value) for tap in data):
            return None  # which letter is the largest is for the numbers to say
        missing = [tap for tap in data if tap.value != tap.value]
        return (
            missing[-1 if self.last_nan else 0] if missing else max(data, key=lambda tap: tap.value)
        )  # max keeps the first of equals


def lowest(dtype: np.dtype[Any]) -> Value:
    """What padding stands for in a maximum: nothing of this type is smaller."""
    return np.iinfo(dtype).min if dtype.kind in "iu" else False if dtype.kind == "b" else float("-inf")


def winners(trace: Trace) -> Array:
    """Where each maximum came from: the number of the data cell within its image and channel, counted row by row.

    An array `(N, C, *outputs)` of integers; of equal numbers the first wins, and NaN before everything, of several the
    first or the last as the operation has it.
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
        shown = np.where(data, values, lowest(values.dtype))
        best = shown.argmax(axis=-1)
        if operation.last_nan:
            missing = shown != shown
            last = missing.shape[-1] - 1 - missing[..., ::-1].argmax(axis=-1)
            best = np.where(missing.any(axis=-1), last, best)
        # Data that is itself the lowest there is ties with padding, and wins all the same.
        best = np.where(data[np.arange(len(data)), best], best, data.argmax(axis=-1))
        at = np.unravel_index(best, [table.shape[1] for table in cells])
        outputs = np.unravel_index(np.arange(done, done + len(data)), [len(table) for table in cells])
        found.append(sum(table[o, k] * step for table, o, k, step in zip(cells, outputs, at, strides)))
        done += len(data)
    return np.concatenate(found, axis=2).reshape(*images.shape[:2], *map(len, tables))


def _largest_along(images: Array, dimension: int, axis: AxisGeometry, largest: Array) -> None:
    if (covered := single(axis)) is not None:
        for i, part in enumerate(covered):
            window = along(images, dimension, part)
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
