"""Arithmetic of whole arrays, cell by cell: the smaller one is repeated along the axes it lacks, as NumPy does."""

from __future__ import annotations

import itertools
from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar, SupportsInt

import numpy as np

from ..arithmetic import Array, Value, plain, rounding, wide
from ..arithmetic.sums import fsum
from ..dataclass import dataclass
from ..errors import ShapeError
from ..rules.derive import derivative
from ..rules.tree import Rule, Tap, X, total
from ..traces.influence import Box
from ..traces.layout import Index, Layout
from ..traces.step import Step
from ..traces.trace import Trace
from .cells import CellOperation, Shape, Source, slack
from .elementwise import as_floats, exact_or_floats


@dataclass(frozen=True)
class Broadcast(CellOperation):
    """y[i] = f(a[i], b[i], …), inputs of one shape or broadcast to it as NumPy does"""

    verb: ClassVar[str]  # what cannot be done with inputs that do not fit: "added"
    operated: ClassVar[bool] = False

    def result_shape(self, layout: Layout, shapes: Mapping[str, Shape]) -> Shape:
        try:
            return np.broadcast_shapes(*shapes.values())
        except ValueError:
            listed = ", ".join(map(str, shapes.values()))
            parting = _parting(list(shapes.values()))
            raise ShapeError(f"inputs of shapes {listed} cannot be {self.verb}: {parting}") from None

    def cells(self, trace: Trace, index: Index) -> Iterable[Source]:
        """The cell at the same index of every input."""
        for name, array in trace.inputs.items():
            yield Source(broadcast_index(index, array.shape), name)

    def factor(self, name: str, inputs: Mapping[str, Array]) -> Array:
        """How much the result grows with an input, over whole arrays."""
        return np.ones(())

    def slopes(self, step: Step) -> list[Value]:
        return [plain(self._factor_at(step.trace, tap.input, step.index)) for tap in step.taps]

    def _factor_at(self, trace: Trace, name: str, index: Index) -> Value:
        alone = {n: array[broadcast_index(index, array.shape)] for n, array in trace.inputs.items()}
        return self.factor(name, alone)[()]

    def gradient(self, trace: Trace, name: str, grad: Array) -> Array:
        """Over the axes along which an input was repeated, its gradients are added."""
        factor = self.factor(name, trace.inputs)
        if grad.dtype.kind == "f" and not factor.ndim:
            factor = factor.astype(grad.dtype)  # 1 or -1: 32 bits stay 32 bits
        return summed_to(grad * factor, trace.inputs[name].shape)

    def feeds(self, trace: Trace, name: str, index: Index) -> Iterable[tuple[Index, Value]]:
        """The cell at the same index, or wherever a single cell was repeated."""
        shape = trace.inputs[name].shape
        new = [range(n) for n in trace.shape[: trace.ndim - len(shape)]]
        own = [range(m) if n == 1 else (i,) for i, n, m in zip(index, shape, trace.shape[trace.ndim - len(shape) :])]
        return [(at, plain(self._factor_at(trace, name, at))) for at in itertools.product(*new, *own)]

    def looks_at(self, trace: Trace, name: str, box: Box) -> Box:
        shape = trace.inputs[name].shape
        return tuple((0, 1) if n == 1 else span for n, span in zip(shape, box[len(box) - len(shape) :]))

    def touches(self, trace: Trace, name: str, mask: Array) -> Array:
        return np.broadcast_to(mask, trace.shape)


def summed_to(array: Array, shape: Shape) -> Array:
    """The reverse of broadcasting: what was repeated is added up.

    >>> summed_to(np.ones((2, 3)), (1, 3)).tolist()
    [[2.0, 2.0, 2.0]]
    """
    array = np.asarray(array)  # which the product of single numbers is not
    new = array.ndim - len(shape)
    repeated = tuple(axis for axis in range(array.ndim) if axis < new or shape[axis - new] == 1)
    return np.asarray(array.sum(axis=repeated, keepdims=True) if repeated else array).reshape(shape)


def given_to(index: Iterable[SupportsInt], own: Shape, shape: Shape) -> tuple[range, ...]:
    """Along each axis of `shape`, the cells that broadcasting gives the number at `index` of an array of shape `own`.

    >>> given_to((1,), (3,), (2, 3)), given_to((0, 1), (1, 3), (2, 3))
    ((range(0, 2), range(1, 2)), (range(0, 2), range(1, 2)))
    """
    new = len(shape) - len(own)
    places = zip(shape, (*(1,) * new, *own), (*(0,) * new, *map(int, index)))
    return tuple(range(n) if size == 1 else range(i, i + 1) for n, size, i in places)


def broadcast_index(index: Index, shape: Shape) -> Index:
    """The index into an array of this shape that NumPy's broadcasting reads for `index`.

    >>> broadcast_index((4, 5, 6), (3, 1, 7))
    (4, 0, 6)
    """
    own = index[len(index) - len(shape) :]
    return tuple(0 if n == 1 else i for i, n in zip(own, shape))


def _parting(shapes: list[Shape]) -> str:
    """The first axis, counted from the end as broadcasting does, along which shapes do not go together."""
    for axis in range(-1, -max(map(len, shapes)) - 1, -1):
        sizes = sorted({shape[axis] for shape in shapes if len(shape) >= -axis} - {1})
        if len(sizes) > 1:
            return f"along axis {axis} they have {' and '.join(map(str, sizes))} cells, and should have as many, or 1"
    return "they do not go together"


@dataclass(frozen=True)
class Add(Broadcast):
    """y[i] = a[i] + b[i] + …, inputs of one shape or broadcast to it as NumPy does"""

    name: ClassVar[str] = "add"
    rule: ClassVar[str] = "sum"
    calculation: ClassVar[Rule] = total(X)
    verb: ClassVar[str] = "added"

    def fast(self, layout: Layout, inputs: Mapping[str, Array]) -> Array:
        first, *rest = (wide(array, len(inputs)) for array in inputs.values())
        for array in rest:
            first = first + array
        return first

    def again(self, layout: Layout, inputs: Mapping[str, Array]) -> tuple[Array, Array | float]:
        """Cell by cell, added exactly and rounded once."""
        shape = self.result_shape(layout, {name: array.shape for name, array in inputs.items()})
        columns = [np.broadcast_to(array, shape).ravel() for array in inputs.values()]
        dtype = np.result_type(*inputs.values())
        if dtype.kind != "f":
            return np.array([sum(map(plain, cells)) for cells in zip(*columns)]).reshape(shape), 0.0
        result = np.array([fsum(cells) for cells in zip(*columns)], dtype=dtype).reshape(shape)
        spread = np.array([sum(abs(float(c)) for c in cells) for cells in zip(*columns)]).reshape(shape)
        return result, slack(result, spread)


FIRST, SECOND = Tap(0), Tap(1)


@dataclass(frozen=True)
class TwoSided(Broadcast):
    """y[i] = a[i] ∘ b[i]"""

    @abstractmethod
    def of(self, a: Array, b: Array) -> Array:
        """The two whole arrays, in a type in which nothing overflows."""

    @abstractmethod
    def of_again(self, a: Array, b: Array) -> Array:
        """The same by another route, on floats in double precision."""

    def result_shape(self, layout: Layout, shapes: Mapping[str, Shape]) -> Shape:
        if len(shapes) != 2:
            raise ShapeError(
                f"two inputs can be {self.verb}, and here there {'is 1' if len(shapes) == 1 else 'are more'}"
            )
        return super().result_shape(layout, shapes)

    def fast(self, layout: Layout, inputs: Mapping[str, Array]) -> Array:
        a, b = inputs.values()
        return np.asarray(self.of(wide(a, 2, b), wide(b, 2, a)))

    def again(self, layout: Layout, inputs: Mapping[str, Array]) -> tuple[Array, Array | float]:
        a, b = inputs.values()
        due = np.result_type(a, b)
        if due.kind != "f":
            result = self.of_again(a.astype(object), b.astype(object))
            return result, 0.0
        with np.errstate(all="ignore"):
            result = self.of_again(a.astype(np.float64), b.astype(np.float64)).astype(due)
            spread = np.abs(a) + np.abs(b) if isinstance(self, Subtract) else None
        return result, slack(result, spread) if spread is None else np.asarray(spread) * rounding(result) * 4


@dataclass(frozen=True)
class Multiply(TwoSided):
    """y[i] = a[i]·b[i], cell by cell; this is no product of matrices"""

    name: ClassVar[str] = "multiply"
    rule: ClassVar[str] = "product"
    calculation: ClassVar[Rule] = FIRST * SECOND
    verb: ClassVar[str] = "multiplied"

    def of(self, a: Array, b: Array) -> Array:
        return np.asarray(a * b)

    def of_again(self, a: Array, b: Array) -> Array:
        """The sizes and the signs apart."""
        return np.asarray(np.abs(a) * np.abs(b) * np.where((a < 0) != (b < 0), -1, 1))

    def factor(self, name: str, inputs: Mapping[str, Array]) -> Array:
        """The other factor."""
        return np.asarray(inputs["input_1" if name == "input" else "input"])

    def gave(self, trace: Trace) -> Sequence[Rule | None]:
        halved = 0.5 if len(trace.parents) > 1 else 1
        return [SECOND * halved, FIRST * halved]

    def secants(self, step: Step) -> list[Value]:
        """Of a product of two numbers that both come from the network, each gave one half."""
        halved = 0.5 if len(step.trace.parents) > 1 else 1
        return [slope * halved for slope in self.slopes(step)]

    def apportioned(self, trace: Trace, name: str, grad: Array) -> Array:
        return self.gradient(trace, name, grad) * (0.5 if len(trace.parents) > 1 else 1)


@dataclass(frozen=True)
class Subtract(TwoSided):
    """y[i] = a[i] - b[i]"""

    name: ClassVar[str] = "subtract"
    rule: ClassVar[str] = "difference"
    calculation: ClassVar[Rule] = FIRST - SECOND
    verb: ClassVar[str] = "subtracted"

    def of(self, a: Array, b: Array) -> Array:
        return np.asarray(a - b)

    def of_again(self, a: Array, b: Array) -> Array:
        """The opposite of `b - a`."""
        return np.asarray(-(b - a))

    def gave(self, trace: Trace) -> Sequence[Rule | None]:
        """1, and -1 for what is taken away."""
        return [derivative(self.calculation, number) for number in range(2)]

    def factor(self, name: str, inputs: Mapping[str, Array]) -> Array:
        """1, and -1 for what is taken away."""
        return np.asarray(1.0 if name == "input" else -1.0)


@dataclass(frozen=True)
class Divide(TwoSided):
    """y[i] = a[i] / b[i]"""

    name: ClassVar[str] = "divide"
    rule: ClassVar[str] = "quotient"
    calculation: ClassVar[Rule] = FIRST / SECOND
    verb: ClassVar[str] = "divided"

    def of(self, a: Array, b: Array) -> Array:
        return np.asarray(a / b) if a.dtype == b.dtype == object else np.asarray(as_floats(a) / as_floats(b))

    def of_again(self, a: Array, b: Array) -> Array:
        """By the reciprocal."""
        return np.asarray(a * (1 / b))

    def factor(self, name: str, inputs: Mapping[str, Array]) -> Array:
        """1 / b, and -a / b² for what is divided by."""
        a, b = (exact_or_floats(np.asarray(inputs[one])) for one in ("input", "input_1"))
        return np.asarray(1 / b if name == "input" else -a / b**2)

    def gave(self, trace: Trace) -> Sequence[Rule | None]:
        return [derivative(self.calculation, 0), None]

    def secants(self, step: Step) -> list[Value]:
        """All of a quotient goes back to what was divided."""
        return [self.slopes(step)[0], None]

    def apportioned(self, trace: Trace, name: str, grad: Array) -> Array:
        return self.gradient(trace, name, grad) * (name == "input")
