"""Windows that lie otherwise than they were asked for: their stride, dilation, padding and rounding."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np

from ..ops import MeanPool, Pad
from ..ops.windows import WindowOperation
from ..traces.trace import Trace
from .changes import again, before, sliding, transposed, with_windows


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
