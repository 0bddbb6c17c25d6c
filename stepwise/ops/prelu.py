"""ReLU whose slope below 0 is learned."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import ClassVar

import numpy as np

from ..arithmetic import Array, Value, plain
from ..dataclass import dataclass
from ..errors import CallError, ShapeError
from ..rules.tree import Beside, Rule, X, above, larger, smaller, where
from ..traces.influence import Box
from ..traces.kept import kept
from ..traces.layout import Index, Layout
from ..traces.step import Step
from ..traces.trace import Trace
from .broadcast import given_to, summed_to
from .cells import CellOperation, Shape, Source, misfit, slack

SLOPE = Beside("slope")


@dataclass(frozen=True)
class PReLU(CellOperation):
    """y = x above 0, else slope·x; the slope is one number for all cells, for a channel, or for each cell

    `count` slopes lie along `axis` (PyTorch). Or there is one for each cell of an image, but along the axes `shared`,
    counted with the batch (Keras), where `flat` says that the derivative at 0 is 0. Or they are repeated as arrays are
    (ONNX), where `count` is 0.
    """

    count: int = 1
    axis: int | None = 1
    shared: tuple[int, ...] | None = None
    batched: bool = True
    flat: bool = False

    name: ClassVar[str] = "prelu"
    rule: ClassVar[str] = "prelu"
    in_place: ClassVar[bool] = True
    calculation: ClassVar[Rule] = where(above(X, 0), X, SLOPE * X)

    def fitted(self, shape: Shape, form: str) -> PReLU:
        """One image has no axis for the batch; a single slope is that of all cells."""
        if self.shared is not None:
            return replace(self, batched=form == "batch")
        if self.count <= 1 or len(shape) < 2:
            return replace(self, axis=None)
        return replace(self, axis=0 if form == "image" else 1)

    def weight_shapes(self, layout: Layout, shape: Shape) -> dict[str, Shape]:
        if self.shared is None:
            return {"slope": (self.count or 1,)}
        own = shape[1:] if self.batched else shape
        return {"slope": tuple(1 if axis in self.shared else n for axis, n in enumerate(own, 1))}

    def result_shape(self, layout: Layout, shapes: Mapping[str, Shape]) -> Shape:
        if "slope" not in shapes:
            raise CallError("the slope is missing; give it as an input, such as onnx.node('PRelu', [x, [0.25]])")
        shape, given = shapes["input"], shapes["slope"]
        if self.count == 0:
            if len(given) > len(shape) or any(n not in (1, own) for n, own in zip(given[::-1], shape[::-1])):
                raise ShapeError(f"the slope has shape {given}, which does not go with an input of shape {shape}")
            return shape
        if self.shared is None and self.count > 1:
            channels = 1 if self.axis is None else shape[self.axis]  # a line of numbers is one channel, as in PyTorch
            if channels != self.count:
                has = "1 channel" if channels == 1 else f"{channels} channels"
                raise ShapeError(f"there are {self.count} slopes, but the input of shape {shape} has {has}")
        due = self.weight_shapes(layout, shape)["slope"]
        if given != due:
            raise misfit("slope", given, due, "slopes")
        return shape

    def _lined(self, given: Shape, ndim: int) -> Shape:
        """The slope's shape as it meets the input's axes."""
        if self.shared is None and self.count > 1 and self.axis is not None:
            return tuple(self.count if axis == self.axis else 1 for axis in range(ndim))
        return given if ndim else ()

    def _slopes(self, inputs: Mapping[str, Array]) -> Array:
        slope = inputs["slope"]
        return slope.reshape(self._lined(slope.shape, inputs["input"].ndim))

    def fast(self, layout: Layout, inputs: Mapping[str, Array]) -> Array:
        x = inputs["input"]
        return np.where(x > 0, x, self._slopes(inputs) * x)

    def again(self, layout: Layout, inputs: Mapping[str, Array]) -> tuple[Array, Array | float]:
        """What is above 0, and what the slope makes of the rest."""
        x = inputs["input"]
        result = x.astype(np.result_type(x, inputs["slope"])) if x.dtype != object else x.copy()
        below = ~np.asarray(x > 0, dtype=bool)  # of a single number NumPy makes no array
        result[below] = np.asarray(np.broadcast_to(self._slopes(inputs), x.shape) * x)[below]
        return result, slack(result)

    def cells(self, trace: Trace, index: Index) -> Iterable[Source]:
        """The cell at the same index."""
        return [Source(index)]

    @kept
    def derivative(self, trace: Trace) -> Array:
        """1 above 0, else the slope; at 0 as the framework has it."""
        x = trace.inputs["input"]
        found = np.where(x > 0, 1, np.broadcast_to(self._slopes(trace.inputs), x.shape))
        return np.where(x == 0, 0, found) if self.flat else found

    def slopes(self, step: Step) -> list[Value]:
        return [plain(self.derivative(step.trace)[step.index])]

    def secants(self, step: Step) -> list[Value]:
        x = step.trace.inputs["input"]
        return [
            1 if x[step.index] > 0 else plain(np.broadcast_to(self._slopes(step.trace.inputs), x.shape)[step.index])
        ]

    def gradient(self, trace: Trace, name: str, grad: Array) -> Array:
        """Of a slope, all that it was multiplied with."""
        if name == "input":
            return np.asarray(grad * self.derivative(trace))
        x, slope = trace.inputs["input"], trace.inputs["slope"]
        lined = self._lined(slope.shape, x.ndim)
        return summed_to(grad * np.where(x > 0, 0, x), lined).reshape(slope.shape)

    def fed_at_once(self, trace: Trace, name: str, index: Index, grad: Array) -> tuple[Array, Array | None] | None:
        """Of a slope that is for everything."""
        x = trace.inputs["input"]
        return (grad, np.minimum(x, 0)) if name == "slope" and trace.inputs["slope"].size == 1 else None

    def feeds(self, trace: Trace, name: str, index: Index) -> Iterable[tuple[Index, Value]]:
        """The cell at the same index; of a slope, every cell that it is for."""
        if name == "input":
            return [(index, plain(self.derivative(trace)[index]))]
        x = trace.inputs["input"]
        cells = itertools.product(*self._sharing(trace, index))
        return [(at, plain(x[at]) if x[at] <= 0 else 0) for at in cells]

    def _sharing(self, trace: Trace, index: Index) -> tuple[range, ...]:
        """Along each axis, the cells that this slope is for."""
        given = trace.inputs["slope"].shape
        lined = self._lined(given, trace.ndim)
        return given_to(np.unravel_index(np.ravel_multi_index(index, given), lined), lined, trace.shape)

    def sendings(self, trace: Trace, name: str) -> Iterator[tuple[Index, Index, Value]]:
        places, shape = self.beside(trace, "slope"), trace.inputs["slope"].shape
        for at in np.ndindex(trace.shape):
            given = trace.inputs["input"][at]
            yield at, tuple(int(i) for i in np.unravel_index(places[at], shape)), plain(min(given, given * 0))

    def looks_at(self, trace: Trace, name: str, box: Box) -> Box:
        return box

    def touches(self, trace: Trace, name: str, mask: Array) -> Array:
        return mask if name == "input" else np.asarray(mask.ravel()[self.beside(trace, "slope")])

    def beside(self, trace: Trace, name: str) -> Array:
        """The slope that each cell has."""
        lined = self._lined(trace.inputs["slope"].shape, trace.ndim)
        return np.broadcast_to(np.arange(math.prod(lined)).reshape(lined), trace.shape)

    def lettered(self, step: Step) -> Rule:
        """`max(0, a) + 0.25·min(0, a)`: one of the two is 0, whatever the letter stands for."""
        return larger(0, X) + SLOPE * smaller(0, X)
