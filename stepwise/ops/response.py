"""Local response normalisation: every number divided by what its neighbours in other channels are worth."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

import numpy as np

from ..arithmetic import Array, Value, plain
from ..arithmetic.sums import fsum
from ..dataclass import dataclass
from ..errors import ShapeError
from ..rules.tree import IsOwn, Own, Rule, X, total
from ..traces.influence import Box
from ..traces.kept import kept
from ..traces.layout import Index, Layout
from ..traces.step import Step
from ..traces.trace import Trace
from .cells import CellOperation, Shape, Source, slack
from .elementwise import as_floats


@dataclass(frozen=True)
class LocalResponseNorm(CellOperation):
    """y[c] = x[c] / (k + alpha·(sum over j of x[j]²) / size)^beta, with j from c - before to c + after

    The sum is over the channels of one place; channels that there are none of add nothing. `size` is 1 where alpha is
    not divided (TensorFlow). `axis` is that of the channels, None where there is one and no axis for it.
    Sources: PyTorch `torch.nn.functional.local_response_norm`; ONNX LRN; TensorFlow
    `tf.nn.local_response_normalization`; Krizhevsky, Sutskever & Hinton, NIPS 2012, section 3.3.
    """

    before: int = 2
    after: int = 2
    alpha: float = 1e-4
    size: int = 5
    beta: float = 0.75
    k: float = 1.0
    axis: int | None = 1

    name: ClassVar[str] = "response_norm"
    rule: ClassVar[str] = "divided by its neighbours"
    rational: ClassVar[bool] = False
    slopes_cancel: ClassVar[bool] = True
    listed: ClassVar[bool] = True

    def fitted(self, shape: Shape, form: str) -> LocalResponseNorm:
        """One image has no axis for the batch, a plain one none for the channels."""
        if form == "batch":
            return self
        axis = self.axis if self.axis is None or self.axis < 0 else self.axis - 1
        return replace(self, axis=None if form == "plain" else axis)

    def channels(self, shape: Shape) -> int:
        """The channels of an input of this shape. Raises `ShapeError` where there is no such axis."""
        if self.axis is None:
            return 1
        if not -len(shape) <= self.axis < len(shape):
            raise ShapeError(
                f"the input of shape {shape} has no axis {self.axis}, along which the channels lie that are summed"
            )
        return shape[self.axis]

    def result_shape(self, layout: Layout, shapes: Mapping[str, Shape]) -> Shape:
        """The input's own."""
        self.channels(shapes["input"])
        return shapes["input"]

    def neighbours(self, channel: int, channels: int) -> range:
        """The channels whose squares are added for this one."""
        return range(max(channel - self.before, 0), min(channel + self.after + 1, channels))

    def _summed(self, squares: Array, before: int, after: int) -> Array:
        """For every cell, the sum over channels near its own."""
        if self.axis is None:
            return squares
        lined = np.moveaxis(squares, self.axis, 0)
        found, channels = np.zeros_like(lined), len(lined)
        for shift in range(-min(before, channels - 1), min(after, channels - 1) + 1):
            found[max(-shift, 0) : channels - max(shift, 0)] += lined[max(shift, 0) : channels + min(shift, 0)]
        return np.moveaxis(found, 0, self.axis)

    @np.errstate(all="ignore")  # what is too large is infinite, as in the output
    def bases(self, x: Array) -> Array:
        """What is raised to beta: k + alpha·(sum of squares) / size."""
        part = np.asarray(self.alpha, x.dtype) * self._summed(x * x, self.before, self.after)
        return np.asarray(np.asarray(self.k, x.dtype) + part / np.asarray(self.size, x.dtype))

    def divisor(self, base: float) -> float:
        """What a number is divided by, from what is raised to beta."""
        with np.errstate(all="ignore"):
            return float(np.power(np.float64(base), self.beta))

    def fast(self, layout: Layout, inputs: Mapping[str, Array]) -> Array:
        x = as_floats(inputs["input"])
        with np.errstate(all="ignore"):
            return np.asarray(x / self.bases(x) ** np.asarray(self.beta, x.dtype))

    def again(self, layout: Layout, inputs: Mapping[str, Array]) -> tuple[Array, Array | float]:
        """Channel by channel, in a sum that is not rounded, and by the logarithm of what is raised."""
        given = as_floats(inputs["input"])
        lined = np.moveaxis(given[np.newaxis] if self.axis is None else given, 0 if self.axis is None else self.axis, 0)
        x = lined.astype(np.float64)
        result = np.empty_like(x)
        with np.errstate(all="ignore"):
            for at in np.ndindex(x.shape[1:]):
                squares = [float(value) * float(value) for value in x[(slice(None), *at)]]
                for channel in range(len(squares)):
                    near = [squares[j] for j in self.neighbours(channel, len(squares))]
                    base = self.k + self.alpha * fsum(near) / self.size
                    power = np.exp(-self.beta * np.log(np.float64(base))) if self.beta else 1.0
                    result[(channel, *at)] = x[(channel, *at)] * power
        restored = result[0] if self.axis is None else np.moveaxis(result, 0, self.axis)
        restored = restored.astype(given.dtype)
        return restored, np.asarray(slack(restored)) * (4 + 4 * abs(self.beta))

    def reach(self, trace: Trace) -> int:
        return min(self.before + self.after + 1, self.channels(trace.shape))

    def cells(self, trace: Trace, index: Index) -> Iterable[Source]:
        """The cells at the same place in the channels near its own, itself among them."""
        if self.axis is None:
            return [Source(index)]
        axis = self.axis % len(index)
        near = self.neighbours(index[axis], trace.shape[axis])
        return [Source((*index[:axis], j, *index[axis + 1 :])) for j in near]

    @kept
    @np.errstate(all="ignore")  # what is too large is infinite, as in the output
    def _factors(self, trace: Trace) -> tuple[Array, Array, Array]:
        """x, what it is multiplied by, and how fast that falls as a square near it grows."""
        x = as_floats(trace.inputs["input"])
        bases = self.bases(x)
        power = bases**-self.beta
        return x, power, 2 * self.beta * self.alpha / self.size * power / bases

    @np.errstate(all="ignore")  # what is too large is infinite, as in the output
    def slopes(self, step: Step) -> list[Value]:
        """base^-beta for its own number, less 2·beta·alpha / size·x[c]·x[j]·base^(-beta - 1) for each"""
        with np.errstate(all="ignore"):
            x, power, falling = self._factors(step.trace)
            i = step.index
            return [
                plain((power[i] if at == i else 0) - falling[i] * x[i] * x[at])
                for at in (source.at for source in self.cells(step.trace, i))
                if at is not None
            ]

    @np.errstate(all="ignore")  # what is too large is infinite, as in the output
    def secants(self, step: Step) -> list[Value]:
        """With what it is divided by as it is: all goes back to its own number."""
        with np.errstate(all="ignore"):
            power = self._factors(step.trace)[1][step.index]
        return [plain(power) if tap.source == step.index else None for tap in step.taps]

    def gradient(self, trace: Trace, name: str, grad: Array) -> Array:
        """g·base^-beta - x·(sum of g·x·2·beta·alpha / size·base^(-beta - 1) over the channels that look at this one)"""
        with np.errstate(all="ignore"):
            x, power, falling = self._factors(trace)
            return np.asarray(grad * power - x * self._summed(grad * x * falling, self.after, self.before))

    def apportioned(self, trace: Trace, name: str, grad: Array) -> Array:
        with np.errstate(all="ignore"):
            return np.asarray(grad * self._factors(trace)[1])

    def feeds(self, trace: Trace, name: str, index: Index) -> Iterable[tuple[Index, Value]]:
        """The cells at the same place in the channels that look at this one."""
        with np.errstate(all="ignore"):
            x, power, falling = self._factors(trace)
            return [
                (at, plain((power[at] if at == index else 0) - falling[at] * x[at] * x[index]))
                for at in self._looking(index, trace.shape)
            ]

    def _looking(self, index: Index, shape: Shape) -> Iterator[Index]:
        """The cells whose sums a cell is in."""
        if self.axis is None:
            yield index
            return
        axis = self.axis % len(shape)
        for channel in range(max(index[axis] - self.after, 0), min(index[axis] + self.before + 1, shape[axis])):
            yield (*index[:axis], channel, *index[axis + 1 :])

    def looks_at(self, trace: Trace, name: str, box: Box) -> Box:
        if self.axis is None:
            return box
        axis, channels = self.axis % len(box), self.channels(trace.shape)
        low, high = box[axis]
        met = (max(low - self.before, 0), min(high + self.after, channels))
        return (*box[:axis], met, *box[axis + 1 :])

    def touches(self, trace: Trace, name: str, mask: Array) -> Array:
        return self._summed(mask.astype(np.int64), self.before, self.after) > 0

    @property
    def calculation(self) -> Rule:
        """`3 / (1 + 0.0001·(1^2 + 3^2 + 2^2) / 5)^0.75`"""
        squares: Rule = total(X**2)
        part = squares if self.alpha == 1 else self.alpha * squares
        base = self.k + (part if self.size == 1 else part / self.size)
        return Own(X) / (base if self.beta == 1 else base**self.beta)

    def gave(self, trace: Trace) -> Sequence[Rule | None]:
        base = self.k + self.alpha * total(X**2) / self.size
        return [IsOwn() / base**self.beta]


__all__ = ["LocalResponseNorm"]
