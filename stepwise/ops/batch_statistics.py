"""Batch normalisation in training: by the mean and variance of the batch at hand."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np

from ..arithmetic import Array
from ..dataclass import dataclass
from ..errors import ShapeError
from ..traces.layout import Index
from .cells import Shape
from .elementwise import as_floats
from .normalize import Normalization, Ranges


@dataclass(frozen=True)
class BatchStatistics(Normalization):
    """y = gamma·(x - mean) / sqrt(variance + epsilon) + beta, over all cells of a channel, in all images of the batch

    `axis` is that of the channels; None where there is one channel, and no axis for it. Gamma and beta are one number
    for a channel. Source: Ioffe & Szegedy, arXiv:1502.03167, algorithm 1.
    """

    axis: int | None = -1

    name: ClassVar[str] = "batch_statistics"

    def _axis(self, shape: Shape) -> int | None:
        if self.axis is not None and not -len(shape) <= self.axis < len(shape):
            raise ShapeError(f"there is no axis {self.axis} in an input of shape {shape}")
        return None if self.axis is None else self.axis % len(shape)

    def together(self, shape: Shape, index: Index) -> Ranges:
        own = self._axis(shape)
        return tuple(range(i, i + 1) if axis == own else range(n) for axis, (n, i) in enumerate(zip(shape, index)))

    def parted(self, shape: Shape) -> tuple[Shape, tuple[int, ...]]:
        own = self._axis(shape)
        return shape, tuple(axis for axis in range(len(shape)) if axis != own)

    def learned_axes(self, shape: Shape) -> tuple[int, ...]:
        own = self._axis(shape)
        return () if own is None else (own,)

    def of_channels(self, x: Array) -> tuple[Array, Array]:
        """Mean and variance, a number for each channel."""
        x = as_floats(x)
        along = self.parted(x.shape)[1]
        mean = x.mean(axis=along, keepdims=True)
        variance = ((x - mean) ** 2).mean(axis=along)
        count = math.prod(self.learned_shape(x.shape))
        return np.asarray(mean).reshape(count), np.asarray(variance).reshape(count)
