"""What a layer does otherwise while its network is trained: dropout drops, batch normalisation looks at its batch.

To add one: a class with `begin` and `end`, and its place in a `Stage` of the dialects.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..arithmetic import Array
from ..dataclass import dataclass
from ..errors import CallError, ShapeError
from ..ops import BatchNorm, BatchStatistics, Multiply
from ..traces.operation import Operation
from ..traces.trace import Trace
from . import chance

Arrays = Mapping[str, Array]
Begun = tuple[Operation, Arrays, Arrays]  # an operation, its data and its weights


class InTraining(ABC):
    """The operation that takes the place of a layer's own."""

    @abstractmethod
    def begin(self, operation: Operation, data: Arrays, weights: Arrays, kept: dict[str, Any]) -> Begun:
        """What is carried out instead. `kept` belongs to the layer, and stays from call to call."""

    def end(self, trace: Trace, weights: Arrays, kept: dict[str, Any]) -> dict[str, Array]:
        """The weights that the layer collects, by the operation's names, after a call."""
        return {}


@dataclass(frozen=True)
class Drops(InTraining):
    """y = x·m / (1 - rate), with m 0 or 1 by chance: a share `rate` of the numbers is dropped, the rest is scaled up

    `channels` says where the channels are (1 or -1) when they are dropped whole; `noise` is Keras's `noise_shape`,
    along whose axes of length one numbers are dropped together. Source: Srivastava et al. 2014.
    """

    rate: float
    channels: int | None = None
    seed: int | None = None
    noise: tuple[int | None, ...] | None = None

    def begin(self, operation: Operation, data: Arrays, weights: Arrays, kept: dict[str, Any]) -> Begun:
        x = data["input"]
        if self.seed is not None and "chance" not in kept:
            kept["chance"] = np.random.default_rng(self.seed)
        random = kept.get("chance", chance.stream())
        stay = random.random(self._drawn(x.shape), dtype=np.float32) >= self.rate
        dtype = x.dtype if x.dtype.kind == "f" else np.dtype(np.float64)
        factor = np.where(stay, dtype.type(1 / (1 - self.rate) if self.rate < 1 else 0), dtype.type(0))
        return Multiply(), {"input": x, "input_1": np.ascontiguousarray(factor)}, {}

    def _drawn(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The numbers that are drawn: one for each cell, or for each channel of each image."""
        if self.noise is not None:
            if len(self.noise) != len(shape) or any(n not in (None, 1, own) for n, own in zip(self.noise, shape)):
                raise ShapeError(f"noise_shape={self.noise} does not go with an input of shape {shape}")
            return tuple(own if n is None else n for n, own in zip(self.noise, shape))
        if self.channels is None or len(shape) < 3:
            return shape
        own = self.channels % len(shape)
        return tuple(n if axis in (0, own) else 1 for axis, n in enumerate(shape))


@dataclass(frozen=True)
class Collects(InTraining):
    """Mean and variance are those of the batch; the moving ones, which are used later, take a `share` of them in

    moving = (1 - share)·moving + share·(that of the batch). PyTorch divides the variance that it keeps by n - 1
    (`unbiased`), Keras by n; both divide by n where they normalise. Without a share, the mean of all batches is kept.
    """

    share: float | None
    unbiased: bool

    def begin(self, operation: Operation, data: Arrays, weights: Arrays, kept: dict[str, Any]) -> Begun:
        assert isinstance(operation, BatchNorm)
        here = BatchStatistics(operation.epsilon, operation.axis)
        if self.unbiased and here.count(data["input"].shape) == 1:
            raise ShapeError("in training there must be more than one number for each channel, or there is no variance")
        return here, data, {name: array for name, array in weights.items() if name in ("gamma", "beta")}

    def end(self, trace: Trace, weights: Arrays, kept: dict[str, Any]) -> dict[str, Array]:
        operation = trace.layer.operation
        assert isinstance(operation, BatchStatistics)
        kept["batches"] = kept.get("batches", 0) + 1
        share = 1 / kept["batches"] if self.share is None else self.share
        with np.errstate(all="ignore"):  # NaN and infinities are data like any other
            mean, variance = operation.of_channels(trace.inputs["input"])
        count = operation.count(trace.shape)
        here = {"mean": mean, "variance": variance * (count / (count - 1) if self.unbiased else 1)}
        return {
            name: np.asarray(array + (here[name] - array) * share).astype(here[name].dtype)
            for name, array in weights.items()
            if name in here
        }


@dataclass(frozen=True)
class Refused(InTraining):
    """What is not carried out in training; why."""

    why: str

    def begin(self, operation: Operation, data: Arrays, weights: Arrays, kept: dict[str, Any]) -> Begun:
        raise CallError(self.why)
