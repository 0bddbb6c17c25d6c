"""Batch normalisation at inference."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import ClassVar

import numpy as np

from ..arithmetic import Array, Value, plain
from ..dataclass import dataclass
from ..rules.tree import Beside, Rule, X, sqrt
from ..traces.influence import Box
from ..traces.kept import kept
from ..traces.layout import Index, Layout
from ..traces.step import Step
from ..traces.trace import Trace
from .cells import CellOperation, Shape, Source, channels_along, misfit, outer_axes, slack
from .elementwise import as_floats

STATISTICS = ("gamma", "beta", "mean", "variance")
DEFAULTS = {"gamma": 1, "beta": 0, "mean": 0, "variance": 1}


@dataclass(frozen=True)
class BatchNorm(CellOperation):
    """y = gamma·(x - mean) / sqrt(variance + epsilon) + beta, each of the four one number for a channel

    At inference, mean and variance are those collected in training, not those of the batch. `axis` is that of the
    channels; None where there is one channel, and no axis for it. `spatial` is the number of axes after the channels,
    where the owner says it (PyTorch's 1d, 2d, 3d).
    """

    axis: int | None = -1
    epsilon: float = 1e-3
    spatial: int | None = None

    name: ClassVar[str] = "batch_norm"
    rule: ClassVar[str] = "scaled and shifted"
    in_place: ClassVar[bool] = True
    collected: ClassVar[tuple[str, ...]] = ("mean", "variance")
    rational: ClassVar[bool] = False

    def fitted(self, shape: tuple[int, ...], form: str) -> BatchNorm:
        """Without a batch axis, PyTorch's axis 1 is axis 0; a plain image has no channel axis, and one channel."""
        if self.spatial is None:
            return replace(self, axis=None) if form == "plain" and self.axis == -1 else self
        if self.spatial == 1 and len(shape) == 2 and form != "image":
            return self  # (N, C): a batch of single cells
        extra = outer_axes(shape, self.spatial)
        return replace(self, axis=(None, 0, 1)[extra])

    def slides_along(self, trace: Trace) -> int:
        """Where the channels come last, they follow the axes of an image."""
        ndim = trace.inputs["input"].ndim
        if self.spatial is not None or self.axis not in (-1, ndim - 1) or not trace.layer.layout.channels_last:
            return self.spatial or 0
        return ndim - 1 - (trace.form == "batch")

    def channels(self, shape: Shape) -> int:
        """The channels of an input of this shape. Raises `ShapeError` where there is no such axis."""
        return channels_along(self.axis, shape)

    def weight_shapes(self, layout: Layout, shape: Shape) -> dict[str, Shape]:
        return dict.fromkeys(STATISTICS, (self.channels(shape),))

    def result_shape(self, layout: Layout, shapes: Mapping[str, Shape]) -> Shape:
        due = self.weight_shapes(layout, shapes["input"])["mean"]
        for name in STATISTICS:
            if shapes.get(name, due) != due:
                raise misfit(name, shapes[name], due, "channels")
        return shapes["input"]

    def _lined_up(self, inputs: Mapping[str, Array]) -> list[Array]:
        x = inputs["input"]
        shape = [1] * x.ndim
        if self.axis is not None:
            shape[self.axis] = -1
        filled = [inputs.get(name, np.full(self.channels(x.shape), DEFAULTS[name])) for name in STATISTICS]
        dtype = as_floats(x).dtype
        return [as_floats(array).astype(dtype).reshape(shape) for array in filled]

    def fast(self, layout: Layout, inputs: Mapping[str, Array]) -> Array:
        gamma, beta, mean, variance = self._lined_up(inputs)
        x = as_floats(inputs["input"])
        result: Array = x - mean  # of its own: what follows is written into it, so that a large one is held once
        result *= gamma
        result /= np.sqrt(variance + np.asarray(self.epsilon, dtype=x.dtype))
        result += beta
        return result

    def again(self, layout: Layout, inputs: Mapping[str, Array]) -> tuple[Array, Array | float]:
        """As one factor and one shift for each channel."""
        gamma, beta, mean, variance = (a.astype(np.float64) for a in self._lined_up(inputs))
        x = as_floats(inputs["input"])
        factor = gamma * (variance + self.epsilon) ** -0.5
        result = (x * factor + (beta - mean * factor)).astype(x.dtype)
        return result, slack(result, np.abs(x * factor) + np.abs(beta) + np.abs(mean * factor))

    def cells(self, trace: Trace, index: Index) -> Iterable[Source]:
        """The cell at the same index."""
        return [Source(index)]

    def differentiable(self, trace: Trace) -> tuple[str, ...]:
        """The input, gamma and beta; mean and variance were collected in training, and are not learned."""
        return tuple(name for name in ("input", "gamma", "beta") if name in trace.inputs)

    @kept
    @np.errstate(all="ignore")  # what is too large is infinite, as in the output
    def _normalised(self, trace: Trace) -> Array:
        """(x - mean) / sqrt(variance + epsilon)"""
        _gamma, _beta, mean, variance = self._lined_up(trace.inputs)
        x = as_floats(trace.inputs["input"])
        result: Array = x - mean
        result /= np.sqrt(variance + np.asarray(self.epsilon, dtype=x.dtype))
        return np.asarray(result)

    @kept
    @np.errstate(all="ignore")  # what is too large is infinite, as in the output
    def _factors(self, trace: Trace) -> Array:
        """gamma / sqrt(variance + epsilon), lined up with the input."""
        gamma, _beta, _mean, variance = self._lined_up(trace.inputs)
        return np.asarray(gamma / np.sqrt(variance + np.asarray(self.epsilon, dtype=variance.dtype)))

    def slopes(self, step: Step) -> list[Value]:
        factors = np.broadcast_to(self._factors(step.trace), step.trace.shape)
        return [plain(factors[step.index])]

    def gradient(self, trace: Trace, name: str, grad: Array) -> Array:
        """Gamma and beta take part in all that a channel has."""
        if name == "input":
            return np.asarray(grad * self._factors(trace))
        parts = grad * self._normalised(trace) if name == "gamma" else grad
        channels = None if self.axis is None else self.axis % grad.ndim
        return np.asarray(parts.sum(axis=tuple(a for a in range(grad.ndim) if a != channels))).reshape(-1)

    def fed_at_once(self, trace: Trace, name: str, index: Index, grad: Array) -> tuple[Array, Array | None] | None:
        """Of gamma and beta."""
        if name == "input":
            return None

        def own(array: Array) -> Array:
            return array if self.axis is None else np.moveaxis(array, self.axis, 0)[index[0]]

        return own(grad), own(self._normalised(trace)) if name == "gamma" else None

    def feeds(self, trace: Trace, name: str, index: Index) -> Iterable[tuple[Index, Value]]:
        """The cell at the same index; of gamma and beta, every cell of their channel."""
        if name == "input":
            return [(index, plain(np.broadcast_to(self._factors(trace), trace.shape)[index]))]
        slopes = self._normalised(trace) if name == "gamma" else np.broadcast_to(1, trace.shape)
        along = [range(size) for size in trace.shape]
        if self.axis is not None:
            along[self.axis] = range(index[0], index[0] + 1)
        return [(at, plain(slopes[at])) for at in itertools.product(*along)]

    def sendings(self, trace: Trace, name: str) -> Iterator[tuple[Index, Index, Value]]:
        mean, variance = (trace.inputs[name].astype(np.float64) for name in ("mean", "variance"))
        for at in np.ndindex(trace.shape):
            channel = self._channel(at)
            centred = float(trace.inputs["input"][at]) - mean[channel]
            slope = centred * (variance[channel] + self.epsilon) ** -0.5 if name == "gamma" else 1
            yield at, (channel,), slope

    def _channel(self, index: Index) -> int:
        return 0 if self.axis is None else index[self.axis]

    def looks_at(self, trace: Trace, name: str, box: Box) -> Box:
        return box

    def touches(self, trace: Trace, name: str, mask: Array) -> Array:
        return mask

    @property
    def calculation(self) -> Rule:
        """`2·(3 - 1) / sqrt(4 + 0.001) + 5`"""
        gamma, beta, mean, variance = (Beside(name, DEFAULTS[name]) for name in STATISTICS)
        return gamma * (X - mean) / sqrt(variance + self.epsilon) + beta

    def beside(self, trace: Trace, name: str) -> Array:
        """What is collected or learned of each channel."""
        shape = [1] * trace.ndim
        if self.axis is not None:
            shape[self.axis] = -1
        return np.broadcast_to(np.arange(trace.inputs[name].size).reshape(shape), trace.shape)
