"""What a person typed as grids, laid out as a layer takes it.

A grid is one channel, in every dialect; grids have an empty line (or `;;`) between them. A row alone, or a column, is
a signal. A kernel's grids go filter by filter, and within a filter channel by channel. Along three axes the grids are
the planes of one image, or of one filter over one channel after the other. A kernel of a single cell may be a table: a
row for each filter, a number for each channel. An array, a list and JSON are laid out by
whoever wrote them: they stay as they are.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from ..arithmetic import Array
from ..errors import ShapeError, counted
from ..io.inputs import Grids, taken
from ..ops import BatchNorm, Conv, InstanceNorm, MaxUnpool, Pad, PReLU
from ..ops.elementwise import Elementwise
from ..ops.images import OfImages
from ..ops.windows import WindowOperation
from ..traces.layout import Layout, typed_grids, typed_kernel
from ..traces.operation import Operation

if TYPE_CHECKING:
    from .layer import Plan


def arranged(x: Any, plans: Iterable[Plan]) -> Any:
    """Typed numbers as the first of these layers that looks along axes takes them; anything else as it is."""
    typed = taken(x) if isinstance(x, str) else x
    if not isinstance(typed, Grids):
        return typed
    spatial, plan = _first_that_looks(plans)
    array = np.asarray(typed)
    last = plan is None or plan.layout.channels_last
    seen = plan.in_channels if plan else None
    if plan is not None and plan.any_axes and array.ndim < 4:
        return array.ravel() if array.ndim == 2 and 1 in array.shape else array  # grids are the planes of one volume
    if spatial == 1:
        return _signals(array, seen, last)
    if spatial == 3 and array.ndim == 3:
        return _volumes(array, seen, last)
    return np.moveaxis(array, 0, -1) if array.ndim == 3 and last else array


def _first_that_looks(plans: Iterable[Plan]) -> tuple[int | None, Plan | None]:
    """Along how many axes the layers look, and the layer that says so."""
    plan = None
    for plan in plans:
        for stage in plan.stages:
            match stage.operation:
                case WindowOperation() as operation:
                    return operation.spatial, plan
                case Pad(pads=pads):
                    return len(pads), plan
                case MaxUnpool(window=window):
                    return len(window), plan
                case BatchNorm(spatial=spatial) | InstanceNorm(spatial=spatial):
                    return spatial, plan
                case OfImages(spatial=spatial) if spatial:
                    return spatial, plan
                case Elementwise() | PReLU():
                    continue
            return None, plan
    return None, plan


def _signals(array: Array, seen: int | None, last: bool) -> Array:
    """A row or a column as a signal, several as its channels; a single grid of several rows stays as it is."""
    if array.ndim == 2:
        if 1 not in array.shape or (seen not in (None, 1) and seen in array.shape):
            return array
        return array.ravel()
    if 1 not in array.shape[1:]:
        raise ShapeError(
            f"the input has {typed_grids(len(array), array.shape[1:])}; of a signal each channel is one row, such as "
            "1 2 3 1;; 4 5 6 7"
        )
    channels = array.reshape(len(array), -1)
    return channels.T if last else channels


def _volumes(array: Array, seen: int | None, last: bool) -> Array:
    """Planes of one image, or of one channel after the other."""
    if seen is None or seen == 1 or len(array) % seen:
        return array
    channels = array.reshape(seen, -1, *array.shape[1:])
    return np.moveaxis(channels, 0, -1) if last else channels


def filters_in(operation: Conv, grids: Grids, channels: int) -> int:
    """How many filters these grids are, for an operation that does not say so itself."""
    units = _units(operation, grids)
    per_filter = max(1, channels // operation.groups)
    return len(units) // per_filter if units is not None and len(units) % per_filter == 0 else operation.filters


def kernel_from(operation: Operation, grids: Grids, layout: Layout, shape: tuple[int, ...], call: str) -> Array:
    """A kernel that was typed, in its owner's shape, for an input of this shape. Raises `ShapeError`."""
    if not isinstance(operation, Conv):
        return np.asarray(grids)
    channels = layout.channels(shape, operation.spatial)
    due = operation.owned_kernel_shape(layout, channels)
    places = operation.kernel(layout, np.arange(math.prod(due)).reshape(due))  # (filter, channel, *window), as typed
    units = _units(operation, grids)
    if grids.shape == places.shape[:2] and math.prod(places.shape[2:]) == 1:  # 1×1: a row for each filter
        units = np.asarray(grids).reshape(-1, *places.shape[2:])
    if units is None or units.shape != (places.shape[0] * places.shape[1], *places.shape[2:]):
        raise ShapeError(_unfit(grids, due, places.shape, channels, call)).of("kernel")
    if len(units) == 1:
        only: Array = units[0]
        return only
    kernel = np.empty(math.prod(due), dtype=units.dtype)
    kernel[places.ravel()] = units.ravel()
    return kernel.reshape(due)


def units_in(spatial: int, grids: Grids) -> Array:
    """The same where the grids themselves say how large a window is."""
    planes = np.asarray(grids if grids.ndim == 3 else grids[np.newaxis])
    match spatial:
        case 1:
            return planes[..., 0] if planes.shape[2] == 1 else planes.reshape(-1, planes.shape[2])
        case 2:
            return planes
    return planes[np.newaxis]


def _units(operation: Conv, grids: Grids) -> Array | None:
    """What lies on one channel: a grid, a row of one, or several planes. None where they do not come out even."""
    window = operation.own_window
    planes = np.asarray(grids if grids.ndim == 3 else grids[np.newaxis])
    match len(window):
        case 1:
            upright = planes.shape[2] == 1 and planes.shape[1] == window[0] > 1
            return planes[..., 0] if upright else planes.reshape(-1, planes.shape[2])
        case 2:
            return planes
    whole = len(planes) % window[0] == 0
    return planes.reshape(-1, window[0], *planes.shape[1:]) if whole else None


def _unfit(grids: Grids, needed: tuple[int, ...], due: tuple[int, ...], channels: int, call: str) -> str:
    """What was typed, what is needed, and a line that fits."""
    filters, seen, *window = due
    typed = grids.shape if grids.ndim == 3 else (1, *grids.shape)
    found = typed_grids(typed[0] * typed[1], typed[2:]) if len(window) == 1 else typed_grids(typed[0], typed[1:])
    over = f"{call} over {counted(channels, 'channel')}"
    mismatch = f"the kernel has shape {grids.shape}, {found}; {over} needs {needed}"
    return f"{mismatch}, typed as {typed_kernel(filters, seen, window)}"
