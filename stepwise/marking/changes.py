"""How a request is changed into the one that a misconception carries out.

Each function takes a trace and gives another, made by the same engine, or None where there is nothing to change.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..arithmetic import Array
from ..geometry import Sliding, Transposed
from ..ops import Conv, ConvTranspose, DepthwiseConv, Flatten, Gradient, MeanPool, Pad
from ..ops.windows import WindowOperation
from ..traces.axes import plane_axes, roles
from ..traces.operation import Layer, Operation
from ..traces.recording import record
from ..traces.tables import slid_along
from ..traces.trace import Trace
from .wrong_rules import Reordered


def again(trace: Trace, operation: Operation, inputs: Mapping[str, Array] | None = None) -> Trace:
    """The trace carried out by another operation, over other inputs where some are given."""
    given = {name: array.view() for name, array in (inputs or trace.inputs).items()}
    parents = {
        name: parent for name, parent in trace.parents.items() if inputs is None or inputs.get(name) is parent.output
    }
    return record(dataclasses.replace(trace.layer, operation=operation), given, parents, trace.origins)


def before(trace: Trace, operation: Operation) -> Trace:
    """The trace over an input that was changed first, by an operation of its own."""
    changed = record(
        Layer(operation, trace.layer.layout, trace.layer.dialect, operation.name),
        {"input": trace.inputs["input"].view()},
        {name: parent for name, parent in trace.parents.items() if name == "input"},
    )
    inputs = {**trace.inputs, "input": changed.output}
    return record(trace.layer, inputs, {**trace.parents, "input": changed}, trace.origins)


def after(trace: Trace, operation: Operation) -> Trace:
    """The trace's output, changed by an operation of its own."""
    layer = Layer(operation, trace.layer.layout, trace.layer.dialect, operation.name)
    return record(layer, {"input": trace.output}, {"input": trace})


def sliding(trace: Trace) -> Sliding | None:
    """The windows of an operation that slides one."""
    operation = trace.layer.operation
    windows = operation.windows if isinstance(operation, WindowOperation) else None
    return windows if isinstance(windows, Sliding) else None


def transposed(trace: Trace) -> Transposed | None:
    """The windows of a transposed convolution."""
    operation = trace.layer.operation
    windows = operation.windows if isinstance(operation, ConvTranspose) else None
    return windows if isinstance(windows, Transposed) else None


def with_windows(trace: Trace, **changes: Any) -> Trace:
    """The trace with something else asked of its windows."""
    operation = trace.layer.operation
    assert isinstance(operation, WindowOperation)
    windows = dataclasses.replace(operation.windows, **changes)
    return again(trace, dataclasses.replace(operation, windows=windows))


def with_rule(trace: Trace, rule: type[WindowOperation]) -> Trace:
    """The same windows under another rule."""
    operation = trace.layer.operation
    assert isinstance(operation, WindowOperation)
    return again(trace, rule(operation.windows))


def stride(trace: Trace, of_window: bool) -> Trace | None:
    """Windows that move by one cell, or by their own length."""
    windows = sliding(trace) or transposed(trace)
    if windows is None:
        return None
    wanted = windows.window if of_window else (1,) * windows.spatial
    if of_window and set(wanted) == {1}:
        return None  # its own length is one cell, and that has a name
    return None if wanted == windows.stride else with_windows(trace, stride=wanted)


def undilated(trace: Trace) -> Trace | None:
    """Windows whose cells touch."""
    windows = sliding(trace) or transposed(trace)
    if windows is None or max(windows.dilation) == 1:
        return None
    return with_windows(trace, dilation=(1,) * windows.spatial)


def unpadded(trace: Trace) -> Trace | None:
    """Windows that stay inside the data, where they were to reach outside."""
    if windows := sliding(trace):
        pads = any(axis.padding.total for axis in trace.geometry.axes)
        return with_windows(trace, padding="valid", pads=()) if pads and windows.padding != "valid" else None
    if (cut := transposed(trace)) and (cut.same in ("upper", "lower") or any(map(any, cut.cuts))):
        return with_windows(trace, same="valid" if cut.same else "", cuts=(), outputs=())
    return None


def padded(trace: Trace) -> Trace | None:
    """Padding as SAME has it, where there was to be none."""
    if sliding(trace):
        return None if any(a.padding.total for a in trace.geometry.axes) else _if_padded(_same(trace, "same_upper"))
    cut = transposed(trace)
    return with_windows(trace, same="upper") if cut and cut.same == "valid" else None


def _same(trace: Trace, rule: str) -> Trace:
    """SAME takes a mean of data alone; only ONNX, which knows it, can have it count padding."""
    operation = trace.layer.operation
    if isinstance(operation, MeanPool) and trace.layer.dialect != "onnx":
        alone = dataclasses.replace(trace.layer, operation=dataclasses.replace(operation, counts_padding=False))
        trace = dataclasses.replace(trace, layer=alone)
    return with_windows(trace, padding=rule, pads=(), ceil=False)


def _if_padded(trace: Trace) -> Trace | None:
    return trace if any(axis.padding.total for axis in trace.geometry.axes) else None


def pads(trace: Trace, split: Mapping[tuple[int, int], tuple[int, int]]) -> Trace | None:
    """Padding split otherwise along every axis whose (before, after) `split` names."""
    if sliding(trace) is None:
        return None
    given = tuple((axis.padding.before, axis.padding.after) for axis in trace.geometry.axes)
    wanted = tuple(split.get(pair, pair) for pair in given)
    return None if wanted == given else with_windows(trace, padding="explicit", pads=wanted)


def extra_line_first(trace: Trace) -> Trace | None:
    """The odd line of padding before the data, where it belongs after."""
    odd = {(a.padding.before, a.padding.after) for a in trace.geometry.axes if a.padding.after == a.padding.before + 1}
    return pads(trace, {(first, last): (last, first) for first, last in odd})


def symmetric(trace: Trace) -> Trace | None:
    """As many lines of padding on one side as on the other, where an odd number is needed."""
    given = {(a.padding.before, a.padding.after) for a in trace.geometry.axes}
    return pads(trace, {pair: (max(pair), max(pair)) for pair in given if abs(pair[0] - pair[1]) == 1})


def rounded_up(trace: Trace) -> Trace | None:
    """A last window that hangs over the end, where there was to be none."""
    windows = sliding(trace)
    if windows is None or windows.ceil or windows.padding not in ("valid", "explicit"):
        return None
    if not any((axis.size + axis.padding.total - axis.span) % axis.stride for axis in trace.geometry.axes):
        return None  # nothing was to be rounded
    return with_windows(trace, ceil=True)


def rounded_down(trace: Trace) -> Trace | None:
    """No last window that hangs over: of ceil mode, and of SAME where the stride does not divide."""
    windows = sliding(trace)
    if windows is None:
        return None
    if windows.ceil:
        rounded = any(axis.padding.overhang for axis in trace.geometry.axes)
        return with_windows(trace, ceil=False) if rounded else None
    same = windows.padding in ("same_upper", "same_lower")
    if not same or not any(axis.size % axis.stride for axis in trace.geometry.axes):
        return None  # nothing was to be rounded up
    wanted = []
    for axis in trace.geometry.axes:
        total = max((axis.size // axis.stride - 1) * axis.stride + axis.span - axis.size, 0)
        smaller, larger = total // 2, total - total // 2
        wanted.append((smaller, larger) if windows.padding == "same_upper" else (larger, smaller))
    return with_windows(trace, padding="explicit", pads=tuple(wanted))


def zeros_laid_out(trace: Trace) -> Trace | None:
    """Zeros written around the data, which then count as data."""
    windows = sliding(trace)
    if windows is None or not trace.geometry.pads:
        return None
    wanted = []
    for axis in trace.geometry.axes:
        reach = (axis.output - 1) * axis.stride + axis.span
        wanted.append((axis.padding.before, max(reach - axis.size - axis.padding.before, 0)))
    bare = dataclasses.replace(windows, padding="valid", pads=(), ceil=False)
    operation = trace.layer.operation
    assert isinstance(operation, WindowOperation)
    layer = dataclasses.replace(trace.layer, operation=dataclasses.replace(operation, windows=bare))
    return before(dataclasses.replace(trace, layer=layer), Pad(tuple(wanted)))


def divided_by(trace: Trace, padding_too: bool) -> Trace | None:
    """A mean that counts every cell of its window, or none but data."""
    operation = trace.layer.operation
    if not isinstance(operation, MeanPool) or operation.divisor is not None or sliding(trace) is None:
        return None
    if padding_too:
        if not trace.geometry.pads:
            return None
        cells = int(np.prod(trace.geometry.window))
        return again(trace, dataclasses.replace(operation, divisor=cells, counts_padding=False))
    if not operation.counts_padding or not trace.geometry.pads:
        return None
    return again(trace, dataclasses.replace(operation, counts_padding=False))


def without(trace: Trace, name: str) -> Trace | None:
    """The trace without one of its inputs."""
    if name not in trace.inputs:
        return None
    kept = {n: array for n, array in trace.inputs.items() if n != name}
    return again(trace, trace.layer.operation, kept)


def with_kernel(trace: Trace, kernel: Array) -> Trace:
    """The trace with another kernel."""
    return again(trace, trace.layer.operation, {**trace.inputs, "kernel": np.array(kernel)})


def kernel_axes(trace: Trace) -> tuple[int, ...]:
    """Which axes of a convolution's kernel, or of its gradient's, lie along the data as its owner lays it out."""
    operation, kernel = trace.layer.operation, trace.inputs["kernel"]
    operation = operation.of if isinstance(operation, Gradient) else operation
    assert isinstance(operation, Conv)
    spatial = operation.spatial
    if kernel.ndim == spatial or trace.layer.layout.kernel_channels_last:
        return tuple(range(spatial))
    return tuple(range(kernel.ndim - spatial, kernel.ndim))


def flipped(trace: Trace) -> Trace | None:
    """The kernel turned by half a turn, as mathematicians' convolution has it; where it is asked for, that is right."""
    if not isinstance(trace.layer.operation, Conv) or trace.layer.layout.kernel_turned:
        return None
    return with_kernel(trace, np.flip(trace.inputs["kernel"], kernel_axes(trace)))


def not_flipped(trace: Trace) -> Trace | None:
    """The kernel laid on the data as it stands, where it was to be turned."""
    if not isinstance(trace.layer.operation, Conv) or not trace.layer.layout.kernel_turned:
        return None
    return with_kernel(trace, np.flip(trace.inputs["kernel"], kernel_axes(trace)))


def kernel_transposed(trace: Trace) -> Trace | None:
    """The kernel with rows for columns."""
    if not isinstance(trace.layer.operation, Conv):
        return None
    axes, shape = kernel_axes(trace), trace.inputs["kernel"].shape
    if len(axes) < 2 or shape[axes[-1]] != shape[axes[-2]]:
        return None
    return with_kernel(trace, np.swapaxes(trace.inputs["kernel"], axes[-1], axes[-2]))


def first_channel_only(trace: Trace) -> Trace | None:
    """Weights of 0 for every input channel (of a group) but the first."""
    operation, layout = trace.layer.operation, trace.layer.layout
    if not isinstance(operation, Conv) or isinstance(operation, DepthwiseConv):
        return None
    kernel = trace.inputs["kernel"]
    if kernel.ndim == operation.spatial or (isinstance(operation, ConvTranspose) and operation.groups > 1):
        return None
    axis = -2 if layout.kernel_channels_last else 1
    if isinstance(operation, ConvTranspose):  # its owner has in and out the other way round
        axis = -1 if layout.kernel_channels_last else 0
    if kernel.shape[axis] == 1:
        return None
    first = np.moveaxis(np.array(kernel), axis, 0)
    first[1:] = 0
    return with_kernel(trace, np.moveaxis(first, 0, axis))


def channels_not_summed(trace: Trace) -> Trace | None:
    """Every input channel convolved by itself, its result an output channel of its own."""
    operation, layout = trace.layer.operation, trace.layer.layout
    if not isinstance(operation, Conv) or isinstance(operation, DepthwiseConv) or operation.groups > 1:
        return None
    channels, filters = trace.channels[0], operation.filters
    if channels == 1:
        return None
    inputs = dict(trace.inputs)
    if not isinstance(operation, ConvTranspose):  # whose kernel is laid out as groups have it already
        inner = layout.kernel(inputs["kernel"], operation.spatial)
        alone = np.swapaxes(inner, 0, 1).reshape(channels * filters, 1, *inner.shape[2:])
        inputs["kernel"] = np.array(np.moveaxis(alone, (0, 1), (-1, -2)) if layout.kernel_channels_last else alone)
    if "bias" in inputs:
        inputs["bias"] = np.tile(inputs["bias"], channels)
    return again(trace, dataclasses.replace(operation, filters=channels * filters, groups=channels), inputs)


def flattened(trace: Trace, channels_first: bool) -> Trace | None:
    """Flatten in another order: down the columns, or one channel after the other."""
    operation, layout, x = trace.layer.operation, trace.layer.layout, trace.inputs["input"]
    if not isinstance(operation, Flatten) or operation.channels_to_end or not x.ndim:
        return None
    first = operation.first % x.ndim if operation.first < 0 else operation.first
    last = x.ndim - 1 if operation.to_matrix else operation.last % x.ndim
    flat = list(range(first, last + 1))
    if len(flat) < 2:
        return None
    has_channels = len(flat) > 2
    spatial = flat if not has_channels else flat[:-1] if layout.channels_last else flat[1:]
    channel = [axis for axis in flat if axis not in spatial]
    if channels_first:
        if not has_channels or not layout.channels_last:
            return None
        flat = [*channel, *spatial]
    else:
        flat = [*spatial[::-1], *channel] if layout.channels_last else [*channel, *spatial[::-1]]
    return before(trace, Reordered((*range(first), *flat, *range(last + 1, x.ndim))))


def output_transposed(trace: Trace) -> Trace | None:
    """The output with rows for columns."""
    ndim, layout, form = trace.output.ndim, trace.layer.layout, trace.form
    order = list(range(ndim))
    if ndim < 2:
        return None
    if isinstance(trace.layer.operation, Gradient):
        return _gradient_transposed(trace)
    channels_last = ndim > 2 and layout.channels_last and form != "plain"
    rows, columns = (ndim - 3, ndim - 2) if channels_last else (ndim - 2, ndim - 1)
    if layout.channels_last and slid_along(trace) == 1 and trace.output.shape[rows] != trace.output.shape[columns]:
        return None  # a row for each channel is how lessons draw it
    if 1 in (trace.output.shape[rows], trace.output.shape[columns]):
        return None  # a line is written lying or standing as one pleases
    if form == "batch" and rows == 0 and ndim > 2:
        return None  # what is left is no plane
    order[rows], order[columns] = columns, rows
    return after(trace, Reordered(tuple(order)))


def _gradient_transposed(trace: Trace) -> Trace | None:
    """Of a gradient the rows and columns are those of what it is the gradient of."""
    ndim, found = trace.output.ndim, roles(trace)
    if slid_along(trace) == 1 or (ndim > 2 and not {"row", "column"} <= set(found)):
        return None
    rows, columns = plane_axes(found, ndim)
    if 1 in (trace.output.shape[rows], trace.output.shape[columns]):
        return None
    order = list(range(ndim))
    order[rows], order[columns] = columns, rows
    return after(trace, Reordered(tuple(order)))
