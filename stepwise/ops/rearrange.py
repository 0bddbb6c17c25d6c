"""The same numbers under other indices: reshaped, or with the axes in another order."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import ClassVar

import numpy as np

from ..arithmetic import Array
from ..dataclass import dataclass
from ..errors import ShapeError
from ..traces.influence import Box
from ..traces.layout import Index, Layout
from ..traces.trace import Trace
from .cells import Moving, Shape, Source


@dataclass(frozen=True)
class Reshape(Moving):
    """y[i] = x[j] with i and j the same number when cells are counted in row-major order

    One entry of `shape` may be -1: as many as are left. `batched`: the first axis stays, and `shape` is that of one.
    """

    shape: tuple[int, ...]
    batched: bool = False

    name: ClassVar[str] = "reshape"
    rule: ClassVar[str] = "moved"
    keeps_axes: ClassVar[bool] = False
    operated: ClassVar[bool] = False

    def result_shape(self, layout: Layout, shapes: Mapping[str, Shape]) -> Shape:
        given = shapes["input"]
        wanted = (*given[:1], *self.shape) if self.batched else self.shape
        known = math.prod(n for n in wanted if n != -1)
        cells = math.prod(given)
        if wanted.count(-1) > 1 or min(wanted, default=1) < -1 or (-1 in wanted and (known == 0 or cells % known)):
            raise ShapeError(f"an input of shape {given} cannot be given the shape {wanted}")
        found = tuple(cells // known if n == -1 else n for n in wanted)
        if math.prod(found) != cells:
            raise ShapeError(
                f"an input of shape {given} has {cells} cells, and the shape {wanted} {math.prod(found)}; "
                "both must have as many"
            )
        return found

    def fast(self, layout: Layout, inputs: Mapping[str, Array]) -> Array:
        x = inputs["input"]
        return np.array(x.reshape(self.result_shape(layout, {"input": x.shape})))

    def gradient(self, trace: Trace, name: str, grad: Array) -> Array:
        """Every number goes back to where it came from, all at once."""
        return np.array(grad.reshape(trace.inputs[name].shape))

    def again(self, layout: Layout, inputs: Mapping[str, Array]) -> tuple[Array, Array | float]:
        """Cell by cell."""
        x = inputs["input"]
        result = np.empty(self.result_shape(layout, {"input": x.shape}), dtype=x.dtype)
        for here, there in zip(np.ndindex(result.shape), np.ndindex(x.shape)):
            result[here] = x[there]
        return result, 0.0

    def cells(self, trace: Trace, index: Index) -> Iterable[Source]:
        """The one cell with the same number."""
        number = 0
        for i, n in zip(index, trace.output.shape):
            number = number * n + i
        place: list[int] = []
        for n in reversed(trace.inputs["input"].shape):
            place.insert(0, number % n)
            number //= n
        return [Source(tuple(place))]

    def looks_at(self, trace: Trace, name: str, box: Box) -> Box:
        return around(box, trace.output.shape, trace.inputs[name].shape)


def around(box: Box, shape: Shape, other: Shape) -> Box:
    """A box in an array of one shape, as one in an array of another shape that has the same cells in the same order.

    >>> around(((1, 2), (0, 3)), (2, 3), (3, 2))
    ((1, 3), (0, 2))
    """
    first = np.ravel_multi_index([low for low, _ in box], shape) if shape else 0
    last = np.ravel_multi_index([high - 1 for _, high in box], shape) if shape else 0
    found: list[tuple[int, int]] = []
    parted = False
    for low, high, size in zip(np.unravel_index(first, other), np.unravel_index(last, other), other):
        found.append((0, size) if parted else (int(low), int(high) + 1))
        parted = parted or low != high
    return tuple(found)


@dataclass(frozen=True)
class Transpose(Moving):
    """y[i, j, …] = x[…] with axis a of y being axis `order[a]` of x; without an order, the axes are reversed"""

    order: tuple[int, ...] = ()

    name: ClassVar[str] = "transpose"
    rule: ClassVar[str] = "moved"
    keeps_axes: ClassVar[bool] = False
    operated: ClassVar[bool] = False

    def order_of(self, ndim: int) -> tuple[int, ...]:
        """For each axis of the result, which axis of the input it was."""
        order = self.order or tuple(range(ndim))[::-1]
        if sorted(order) != list(range(ndim)):
            raise ShapeError(f"the order {order} does not name each of the input's {ndim} axes once")
        return order

    def result_shape(self, layout: Layout, shapes: Mapping[str, Shape]) -> Shape:
        shape = shapes["input"]
        return tuple(shape[axis] for axis in self.order_of(len(shape)))

    def fast(self, layout: Layout, inputs: Mapping[str, Array]) -> Array:
        x = inputs["input"]
        return np.array(x.transpose(self.order_of(x.ndim)), order="C")

    def gradient(self, trace: Trace, name: str, grad: Array) -> Array:
        """What came back, with every axis where it was."""
        return np.array(grad.transpose(np.argsort(self.order_of(grad.ndim))), order="C")

    def again(self, layout: Layout, inputs: Mapping[str, Array]) -> tuple[Array, Array | float]:
        """Cell by cell."""
        x = inputs["input"]
        result = np.empty(self.result_shape(layout, {"input": x.shape}), dtype=x.dtype)
        for index in np.ndindex(x.shape):
            result[tuple(index[axis] for axis in self.order_of(x.ndim))] = x[index]
        return result, 0.0

    def cells(self, trace: Trace, index: Index) -> Iterable[Source]:
        """The one cell that was moved here."""
        place = [0] * len(index)
        for i, axis in zip(index, self.order_of(len(index))):
            place[axis] = i
        return [Source(tuple(place))]

    def looks_at(self, trace: Trace, name: str, box: Box) -> Box:
        turned = dict(zip(self.order_of(len(box)), box))
        return tuple(turned[axis] for axis in range(len(box)))
