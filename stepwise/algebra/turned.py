"""The gradients of a convolution as convolutions themselves, each carried out as a layer and recorded as a trace.

    input   dL/dX = dL/dY, stretched to the stride with zeros, correlated with the kernel turned by half a turn
    kernel  dL/dW = the padded input, correlated with dL/dY, whose cells lie as far apart as the stride
    input of a transposed convolution: dL/dX = dL/dY, correlated with the same kernel at the same stride

They share no code with `Conv.gradient`, which adds what each cell of the kernel moves.
Source: Dumoulin & Visin, arXiv:1603.07285, §4.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..arithmetic import Array, apart, is_exact
from ..geometry import AxisGeometry, Sliding
from ..ops import Conv, ConvTranspose, Gradient
from ..traces.layout import Layout
from ..traces.operation import Layer
from ..traces.recording import record
from ..traces.trace import Trace

FIRST = Layout(channels_last=False, kernel_channels_last=False)
Pads = tuple[tuple[int, int], ...]
BLOCK = 2**18
"""Cells that are compared at a time."""


def as_correlation(gradient: Trace) -> Trace | None:
    """A convolution's gradient as one correlation, over the first image; None where it is none.

    Its output is `(channels, *spatial)`, for the kernel of the first channel `(filters, *spatial)`, without the axis of
    what is one alone.
    """
    operation = gradient.layer.operation
    if not isinstance(operation, Gradient) or not isinstance(operation.of, Conv):
        return None
    layer = operation.forward_of(gradient)
    if operation.wrt == "input":
        return _of_input(gradient, layer, operation.of)
    transposed = isinstance(operation.of, ConvTranspose)
    return _of_kernel(gradient, layer, operation.of) if operation.wrt == "kernel" and not transposed else None


def _of_input(gradient: Trace, layer: Trace, conv: Conv) -> Trace | None:
    """Filters and channels change places, and the kernel is turned; that of a transposed convolution is not."""
    axes = layer.geometry.axes
    up = conv.output_images(layer, gradient.inputs["input"])[0]
    kernel = _exchanged(conv, layer)
    if isinstance(conv, ConvTranspose):
        spans = [(a.stride * (a.size - 1) + a.span, a.padding.before) for a in axes]
        pads: Pads = tuple((before, span - n - before) for (span, before), n in zip(spans, up.shape[1:]))
        stride, padded = tuple(a.stride for a in axes), up
    else:
        kernel = np.flip(kernel, tuple(range(2, kernel.ndim)))
        padded = stretched(up, axes)
        pads = tuple(
            (a.span - 1 - a.padding.before, a.size + a.padding.before - n) for a, n in zip(axes, padded.shape[1:])
        )
        stride = (1,) * len(axes)
    groups = conv.split(layer.channels[0])
    return _carried_out(gradient, padded, kernel, pads, stride, tuple(a.dilation for a in axes), groups)


def _exchanged(conv: Conv, layer: Trace) -> Array:
    """The kernel as `(channels, filters / groups, *window)`."""
    kernel = conv.kernel(layer.layer.layout, layer.inputs["kernel"])
    groups = conv.split(layer.channels[0])
    each = kernel.reshape(groups, -1, *kernel.shape[1:])
    return np.swapaxes(each, 1, 2).reshape(-1, each.shape[1], *kernel.shape[2:])


def stretched(images: Array, axes: Sequence[AxisGeometry]) -> Array:
    """An array `(channels, *spatial)` with the stride's zeros between its cells.

    >>> from ..geometry import Sliding
    >>> stretched(np.array([[3, 5]]), Sliding((1,), (3,)).plan((4,)).axes).tolist()
    [[3, 0, 0, 5]]
    """
    sizes = [(n - 1) * axis.stride + 1 for n, axis in zip(images.shape[1:], axes)]
    result = np.zeros((len(images), *sizes), dtype=images.dtype)
    result[(slice(None), *(slice(None, None, axis.stride) for axis in axes))] = images
    return result


def _of_kernel(gradient: Trace, layer: Trace, conv: Conv) -> Trace | None:
    """Of the first channel, all of whose filters' upstream gradients are laid on it one after the other."""
    axes = layer.geometry.axes
    x = layer.layer.layout.images(layer.inputs["input"], len(axes))
    up = conv.output_images(layer, gradient.inputs["input"])
    if len(x) > 1:
        return None  # it is added up over the images, which a correlation of one with another is not
    filters = conv.fed_channels(layer, 0)
    kernel = up[0, filters.start : filters.stop, np.newaxis]
    pads = []
    for axis, n in zip(axes, x.shape[2:]):
        span = axis.dilation * (axis.window - 1) + axis.stride * (axis.output - 1) + 1
        pads.append((axis.padding.before, span - n - axis.padding.before))
    steps = tuple(axis.dilation for axis in axes), tuple(axis.stride for axis in axes)
    return _carried_out(gradient, x[0, :1], kernel, tuple(pads), *steps, 1)


def _carried_out(
    gradient: Trace,
    data: Array,
    kernel: Array,
    pads: Pads,
    stride: tuple[int, ...],
    dilation: tuple[int, ...],
    groups: int,
) -> Trace | None:
    """The correlation as a layer; where fewer lines than none are padded, so many are cut off. None where no number
    is left.
    """
    cut = tuple(slice(max(0, -before), n - max(0, -after)) for (before, after), n in zip(pads, data.shape[1:]))
    data = data[(slice(None), *cut)]
    if not data.size:
        return None
    window = kernel.shape[2:]
    padded = tuple((max(0, before), max(0, after)) for before, after in pads)
    windows = Sliding(window, stride, "explicit", dilation, padded)
    alone = len(data) == len(kernel) == 1
    layer: Layer = replace(
        gradient.layer,
        operation=Conv(windows, len(kernel), groups),
        layout=FIRST,
        stage=0,
        names=(),
        form="plain" if alone else "image",
    )
    given = data[0] if alone else data
    return record(layer, {"input": given, "kernel": kernel})  # new, or views of what is locked: no copy is needed


def same_numbers(gradient: Trace, found: Trace) -> bool:
    """Whether a correlation gives a gradient's numbers: of an input all of them, of a kernel those it was made for."""
    layer = gradient.layer.operation.forward_of(gradient)  # type: ignore[attr-defined]  # it is a gradient
    conv, axes = layer.layer.operation, len(layer.geometry.axes)
    given = found.output.reshape(-1, *found.output.shape[-axes:])
    if gradient.layer.operation.wrt == "input":  # type: ignore[attr-defined]
        due = layer.layer.layout.images(gradient.output, axes)[0]
    else:
        filters = conv.fed_channels(layer, 0)
        due = conv.kernel(layer.layer.layout, gradient.output)[filters.start : filters.stop, 0]
    if is_exact(given) or object in (given.dtype, due.dtype):  # whole numbers of any size are exact, too
        return given.shape == due.shape and not apart(given, due).any()
    return given.shape == due.shape and _near(given, due)


def _near(a: Array, b: Array) -> bool:
    """Whether two arrays `(channels, *spatial)` are the same but for rounding: some lines at a time, which needs little
    memory beside them.
    """
    lines = max(1, BLOCK * a.shape[1] // a.size)
    blocks = (slice(first, first + lines) for first in range(0, a.shape[1], lines))
    return all(np.allclose(a[:, block], b[:, block], equal_nan=True) for block in blocks)


__all__ = ["as_correlation", "same_numbers", "stretched"]
