"""The right numbers in another order."""

from __future__ import annotations

from ..ops import Flatten, Gradient
from ..traces.axes import plane_axes, roles
from ..traces.tables import slid_along
from ..traces.trace import Trace
from .changes import after, before
from .wrong_rules import Reordered


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
