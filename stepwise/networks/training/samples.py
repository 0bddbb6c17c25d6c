"""Samples and their targets: read, checked against a network, and taken apart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...arithmetic import Array
from ...dataclass import dataclass
from ...errors import InputError, ShapeError, shown
from ...layers.layer import LayerObject
from ...ops.windows import WindowOperation
from ...traces.trace import Trace


@dataclass(frozen=True)
class Data:
    """Samples and what should come out of them. `xs` has an array for each input of the network."""

    xs: list[Array]
    y: Array

    def __len__(self) -> int:
        return len(self.xs[0])

    def batch(self, rows: Array) -> list[Array]:
        """Some samples, as arrays of their own."""
        found = [x[rows] for x in self.xs]
        for array in found:
            array.flags.writeable = False
        return found

    def split(self, share: float) -> tuple[Data, Data]:
        """All but the last share of the samples, and those. Raises `InputError` where one of them would be empty."""
        first = math.floor(len(self) * (1 - share))
        if not 0 < first < len(self):
            raise InputError(f"validation_split={share} of {len(self)} samples leaves none; it is a share such as 0.1")
        return Data([x[:first] for x in self.xs], self.y[:first]), Data([x[first:] for x in self.xs], self.y[first:])


def data(x: Any, y: Any, what: str = "x") -> Data:
    """Samples and their targets as given. Raises `InputError` or `ShapeError` where they cannot be."""
    xs = [_numbers(one, what) for one in (x if isinstance(x, tuple | list) and _arrays(x) else [x])]
    targets = np.asarray(y)
    if targets.dtype.kind not in "iufb":
        hint = "; give each class a number, from 0 on" if targets.dtype.kind in "US" else ""
        raise InputError(_no_numbers("the target", targets) + hint)
    for one in (*xs, targets):
        if not one.ndim or len(one) != len(xs[0]):
            raise ShapeError(
                f"{what} has {len(xs[0]) if xs[0].ndim else 0} samples, and the target has shape {targets.shape}; "
                "there is one target for each sample, along the first axis"
            )
    if not len(xs[0]):
        raise InputError(f"{what} has no samples")
    return Data(xs, targets)


def _arrays(given: Sequence[Any]) -> bool:
    return bool(given) and all(hasattr(one, "ndim") and one.ndim > 1 for one in given)


def _numbers(x: Any, what: str) -> Array:
    """64 bits stay, everything else is calculated with in 32."""
    try:
        array = np.asarray(x)
    except ValueError:
        raise InputError(f"{what} has rows of several lengths; give arrays of one shape") from None
    if array.dtype.kind not in "iufb":
        raise InputError(_no_numbers(what, array))
    return array if array.dtype == np.float64 else array.astype(np.float32, copy=False)


def _no_numbers(what: str, array: Array) -> str:
    """What is said of an array that holds something else."""
    if array.dtype.kind == "O" and not array.ndim:
        return f"{what} is {shown(array.item())}; give an array with one entry for each sample"
    held = f"words, such as {str(array.flat[0])!r}," if array.dtype.kind in "US" and array.size else str(array.dtype)
    return f"{what} holds {held} where numbers belong"


def check_samples(layers: Sequence[LayerObject], given: Data) -> None:
    """Refuse samples that the first layers do not take as a batch. Raises `ShapeError`."""
    shape = given.xs[0].shape
    for layer in layers[:1] if len(given.xs) == 1 else ():
        operation, layout = layer.plan.stages[0].operation, layer.plan.layout
        if isinstance(operation, WindowOperation) and len(shape) != operation.spatial + 2:
            axes = layout.axes(operation.spatial + 2, operation.spatial)
            own = "-1, 28, 28, 1" if layout.channels_last else "-1, 1, 28, 28"
            hint = f", such as x.reshape({own})" if operation.spatial == 2 else ""
            raise ShapeError(f"the samples have shape {shape}; {layer.call} takes a batch {axes}{hint}")


def check_batch(output: Trace, given: Data, batch_size: int) -> None:
    """Refuse samples of which the network does not make one output each. Raises `ShapeError`."""
    count = min(len(given), batch_size)
    if not output.ndim or len(output) != count:
        raise ShapeError(
            f"the samples have shape {given.xs[0].shape}, and of {count} of them the network makes an output of shape "
            f"{output.shape}; along the first axis there must be one for each sample"
        )
