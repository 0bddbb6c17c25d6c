"""A convolution as one product of two small matrices (im2col), as it is carried out in practice.

    K·X + b = Y      K, Y: a row for each filter      X: a column for each place of the window

What the window covers in one place, channel by channel and row by row, is a column of X; padding is 0 there. Numbers
that several windows cover stand in X several times; in return the whole convolution is one product. Source:
Chellapilla, Puri & Simard, "High performance convolutional neural networks for document processing", 2006.
"""

from __future__ import annotations

import math

import numpy as np

from ..arithmetic import Array, lift
from ..dataclass import dataclass
from ..effort import ENTRY, allow
from ..errors import CallError, shown
from ..ops import Conv, ConvTranspose, DepthwiseConv
from ..traces.tap import Tap
from ..traces.trace import Trace


@dataclass(frozen=True, eq=False)
class Columns:
    """The matrices of a convolution, for one image of a batch: `kernels @ columns + bias` is `output`."""

    kernels: Array  # (filters, channels · cells of the window)
    columns: Array  # (channels · cells of the window, places of the window)
    bias: Array | None  # (filters)
    output: Array  # (filters, places of the window)


def has_columns(trace: Trace) -> bool:
    """Whether a layer is a convolution all of whose filters see the same: then all share one matrix of columns."""
    operation = trace.layer.operation
    alone = isinstance(operation, Conv) and not isinstance(operation, ConvTranspose | DepthwiseConv)
    return alone and operation.groups == 1  # type: ignore[attr-defined]  # it is a convolution


def columns(trace: Trace) -> Columns:
    """The matrices of a convolution, of the first image where there are several.

    Raises `CallError` for any other operation, `LimitError` for matrices with too many entries.

    >>> import stepwise as sw
    >>> found = columns(sw.trace("Conv2D(1, 2)", [[1, 2, 3], [4, 5, 6]], kernel=[[1, 2], [3, 4]]))
    >>> found.kernels.tolist(), found.columns.T.tolist()
    ([[1, 2, 3, 4]], [[1, 2, 4, 5], [2, 3, 5, 6]])
    >>> (found.kernels @ found.columns).tolist() == found.output.tolist()
    True
    """
    if not isinstance(trace, Trace):
        raise CallError(f"columns takes a trace, such as that of stepwise.trace('Conv2D(1, 2)', …), not {shown(trace)}")
    if not has_columns(trace):
        raise CallError(f"{trace.layer.call} is no convolution all of whose filters see the same channels")
    places = list(np.ndindex(trace.geometry.output_shape))
    filters, cells = trace.channels[1], trace.layer.operation.reach(trace)
    allow(f"columns of {cells:,}×{len(places):,} entries", cells * len(places) * ENTRY, "take a smaller input")

    def taps(filter_: int, place: tuple[int, ...]) -> tuple[list[object], list[object]]:
        found = trace.step(trace.index((0, filter_, *place))).taps
        return [tap.value for tap in found], [tap.weight for tap in found]

    laid = np.empty((cells, len(places)), dtype=object)
    for number, place in enumerate(places):
        laid[:, number] = taps(0, place)[0]
    kernels = np.empty((filters, cells), dtype=object)
    for filter_ in range(filters):
        kernels[filter_] = taps(filter_, places[0])[1]
    output = np.array([[trace.output[trace.index((0, f, *place))] for place in places] for f in range(filters)])
    if trace.output.dtype == object:
        return Columns(lift(kernels), lift(laid), trace.inputs.get("bias"), output)
    dtype = np.result_type(trace.inputs["input"], trace.inputs["kernel"])
    return Columns(kernels.astype(dtype), laid.astype(dtype), trace.inputs.get("bias"), output)


def repeated(trace: Trace) -> tuple[int, int]:
    """How many numbers the columns hold that are data, and how many cells the input has, of one image."""
    held = sum(tap.is_data for place in np.ndindex(trace.geometry.output_shape) for tap in _first(trace, place))
    layout, spatial = trace.layer.layout, len(trace.geometry.axes)
    return held, math.prod(layout.images_shape(trace.inputs["input"].shape, spatial)[1:])


def _first(trace: Trace, place: tuple[int, ...]) -> tuple[Tap, ...]:
    return trace.step(trace.index((0, 0, *place))).taps


__all__ = ["Columns", "columns", "has_columns", "repeated"]
