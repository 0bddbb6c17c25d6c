"""Normalisation by the mean and variance of the input's own cells: layer, group and instance norm."""

from __future__ import annotations

import itertools
import math
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

import numpy as np

from ..arithmetic import Array, Value, plain
from ..arithmetic.sums import fsum, squares
from ..dataclass import dataclass
from ..errors import ShapeError
from ..rules.tree import Beside, Constant, Figure, IsOwn, Known, Own, Rule, X, equal, sqrt, total, where
from ..traces.influence import Box
from ..traces.kept import kept
from ..traces.layout import Index, Layout
from ..traces.step import Step
from ..traces.trace import Trace
from .broadcast import given_to
from .cells import CellOperation, Shape, Source, axes_in, channels_along, misfit, outer_axes, slack
from .elementwise import as_floats

Ranges = tuple[range, ...]
COUNT = Figure("count")
MEAN = Known(total(X) / COUNT)
VARIANCE = Known(total((X - MEAN) ** 2) / COUNT)
LEARNED = {"gamma": 1, "beta": 0}


@dataclass(frozen=True)
class Normalization(CellOperation):
    """y = gamma·(x - mean) / sqrt(variance + epsilon) + beta

    Mean and variance are those of the cells that are normalised together, here and now, not collected in training; the
    variance is divided by their number n, not by n - 1. Which cells those are, a subclass says: a block of the input.
    """

    epsilon: float = 1e-5

    rule: ClassVar[str] = "normalised"
    rational: ClassVar[bool] = False
    slopes_cancel: ClassVar[bool] = True

    @abstractmethod
    def together(self, shape: Shape, index: Index) -> Ranges:
        """Along each axis, the cells that are normalised together with this one."""

    @abstractmethod
    def parted(self, shape: Shape) -> tuple[Shape, tuple[int, ...]]:
        """The shape with groups as axes of their own, and the axes in it along which a mean is taken."""

    @abstractmethod
    def learned_axes(self, shape: Shape) -> tuple[int, ...]:
        """The axes along which gamma and beta differ. Raises `ShapeError` where the input has no such axes."""

    def learned_shape(self, shape: Shape) -> Shape:
        """The shape of gamma and beta."""
        return tuple(shape[axis] for axis in self.learned_axes(shape)) or (1,)

    def weight_shapes(self, layout: Layout, shape: Shape) -> dict[str, Shape]:
        return dict.fromkeys(LEARNED, self.learned_shape(shape))

    def result_shape(self, layout: Layout, shapes: Mapping[str, Shape]) -> Shape:
        if not shapes["input"]:
            raise ShapeError("the input is a single number without axes; a normalisation needs an axis to go along")
        due = self.learned_shape(shapes["input"])
        for name in LEARNED:
            if shapes.get(name, due) != due:
                raise misfit(name, shapes[name], due, "cells")
        return shapes["input"]

    def count(self, shape: Shape) -> int:
        """How many cells are normalised together."""
        parts, along = self.parted(shape)
        return math.prod(parts[axis] for axis in along)

    def _lined_up(self, x: Array, inputs: Mapping[str, Array], name: str) -> Array:
        """Gamma or beta so that it meets the input's axes."""
        axes = self.learned_axes(x.shape)
        lined = [x.shape[axis] if axis in axes else 1 for axis in range(x.ndim)]
        given = inputs.get(name)
        return np.full([1] * x.ndim, LEARNED[name], x.dtype) if given is None else given.astype(x.dtype).reshape(lined)

    def _mean(self, x: Array) -> Array:
        """For every cell, the mean of those it is normalised with."""
        parts, along = self.parted(x.shape)
        split = x.reshape(parts)
        return np.broadcast_to(split.mean(axis=along, keepdims=True), parts).reshape(x.shape)

    @np.errstate(all="ignore")  # what is too large is infinite, as in the output
    def statistics(self, x: Array) -> tuple[Array, Array]:
        """For every cell, mean and variance of those it is normalised with."""
        mean = self._mean(x)
        return mean, self._mean((x - mean) ** 2)

    def fast(self, layout: Layout, inputs: Mapping[str, Array]) -> Array:
        x = as_floats(inputs["input"])
        mean, variance = self.statistics(x)
        gamma, beta = (self._lined_up(x, inputs, name) for name in LEARNED)
        return np.asarray(gamma * (x - mean) / np.sqrt(variance + np.asarray(self.epsilon, x.dtype)) + beta)

    def again(self, layout: Layout, inputs: Mapping[str, Array]) -> tuple[Array, Array | float]:
        """Group by group, in sums that are not rounded, and as one factor and one shift for each cell."""
        given = as_floats(inputs["input"])
        x = given.astype(np.float64)
        mean, deviation = np.empty_like(x), np.empty_like(x)
        for block in self.blocks(x.shape):
            cells = x[np.ix_(*block)].ravel().tolist()
            centre = fsum(cells) / len(cells) if np.isfinite(cells).all() else math.nan
            mean[np.ix_(*block)] = centre
            spread = squares(cells, centre) / len(cells)
            deviation[np.ix_(*block)] = math.sqrt(spread + self.epsilon)
        gamma, beta = (self._lined_up(x, inputs, name) for name in LEARNED)
        factor = gamma / deviation
        result = (x * factor + (beta - mean * factor)).astype(given.dtype)
        return result, slack(result, np.abs(x * factor) + np.abs(beta) + np.abs(mean * factor))

    def blocks(self, shape: Shape, first: Index = ()) -> Iterator[Ranges]:
        """Every block of cells that are normalised together, once, each when it is asked for.

        `first` is where they begin along the first axes.
        """
        axis, begin = len(first), 0
        if axis == len(shape):
            yield self.together(shape, first)
            return
        while begin < shape[axis]:
            along = self.together(shape, (*first, begin, *(0,) * (len(shape) - axis - 1)))[axis]
            yield from self.blocks(shape, (*first, along.start))
            begin = along.stop

    def reach(self, trace: Trace) -> int:
        return self.count(trace.shape)

    def cells(self, trace: Trace, index: Index) -> Iterable[Source]:
        """Every cell that it is normalised with, itself among them."""
        return [Source(at) for at in itertools.product(*self.together(trace.shape, index))]

    def differentiable(self, trace: Trace) -> tuple[str, ...]:
        return tuple(name for name in ("input", *LEARNED) if name in trace.inputs)

    @kept
    @np.errstate(all="ignore")  # what is too large is infinite, as in the output
    def _normalised(self, trace: Trace) -> tuple[Array, Array]:
        """(x - mean) / sqrt(variance + epsilon), and that root; worked out once for all gradients."""
        x = as_floats(trace.inputs["input"])
        mean, variance = self.statistics(x)
        root = np.sqrt(variance + np.asarray(self.epsilon, x.dtype))
        return (x - mean) / root, root

    @kept
    def _normalised_slopes(self, trace: Trace) -> tuple[Array, Array]:
        """(x - mean) / sqrt(variance + epsilon), and gamma over that root."""
        z, root = self._normalised(trace)
        return z, self._lined_up(z, trace.inputs, "gamma") / root

    @np.errstate(all="ignore")  # what is too large is infinite, as in the output
    def slopes(self, step: Step) -> list[Value]:
        """gamma / root·(own - 1 / n - z·z' / n): each cell moves mean and variance too"""
        z, factors = self._normalised_slopes(step.trace)
        n, i = self.count(step.trace.shape), step.index
        return [
            plain(factors[i] * ((tap.source == i) - 1 / n - z[i] * z[tap.source] / n))
            for tap in step.taps
            if isinstance(tap.source, tuple)
        ]

    @np.errstate(all="ignore")  # what is too large is infinite, as in the output
    def secants(self, step: Step) -> list[Value]:
        """With the root as it is: gamma / root·(own - 1 / n)"""
        _z, factors = self._normalised_slopes(step.trace)
        n, i = self.count(step.trace.shape), step.index
        return [plain(factors[i] * ((tap.source == i) - 1 / n)) for tap in step.taps]

    def gradient(self, trace: Trace, name: str, grad: Array) -> Array:
        if name == "beta":
            return self._collected(grad, trace.inputs[name].shape)
        z, root = self._normalised(trace)
        if name == "input":  # (g - mean of g - z·(mean of g·z)) / root, with g = gamma·grad
            g = grad * self._lined_up(z, trace.inputs, "gamma")
            return np.asarray((g - self._mean(g) - z * self._mean(g * z)) / root)
        return self._collected(grad * z, trace.inputs[name].shape)

    def _collected(self, parts: Array, shape: Shape) -> Array:
        """Summed along the axes that share a gamma and a beta."""
        axes = self.learned_axes(parts.shape)
        summed = parts.sum(axis=tuple(axis for axis in range(parts.ndim) if axis not in axes))
        return np.asarray(summed).reshape(shape)

    def apportioned(self, trace: Trace, name: str, grad: Array) -> Array:
        _z, factors = self._normalised_slopes(trace)
        g = grad * factors
        return np.asarray(g - self._mean(g)) if name == "input" else self.gradient(trace, name, grad)

    def fed_at_once(self, trace: Trace, name: str, index: Index, grad: Array) -> tuple[Array, Array | None] | None:
        """Of the input its block; of gamma and beta all that lies at their place."""
        z, factors = self._normalised_slopes(trace)
        if name == "input":
            block = self.together(trace.shape, index)
            there = tuple(slice(along.start, along.stop, along.step) for along in block)
            n, scaled = self.count(trace.shape), np.broadcast_to(factors, z.shape)
            slopes = scaled[there] * (-1 / n - z[there] * z[index] / n)
            slopes[tuple(along.index(i) for i, along in zip(index, block))] += scaled[index]
            return grad[there], slopes
        every = tuple(slice(along.start, along.stop) for along in self._made_with(trace, name, index))
        return grad[every], z[every] if name == "gamma" else None

    def feeds(self, trace: Trace, name: str, index: Index) -> Iterable[tuple[Index, Value]]:
        """Every cell of the same block; of gamma and beta, every cell that is made with it."""
        z, factors = self._normalised_slopes(trace)
        if name == "input":
            n = self.count(trace.shape)
            return [
                (at, plain(factors[at] * ((at == index) - 1 / n - z[at] * z[index] / n)))
                for at in itertools.product(*self.together(trace.shape, index))
            ]
        cells = itertools.product(*self._made_with(trace, name, index))
        return [(at, plain(z[at]) if name == "gamma" else 1) for at in cells]

    def _made_with(self, trace: Trace, name: str, index: Index) -> Ranges:
        """Along each axis, the cells that are made with this number of gamma or beta."""
        number = np.ravel_multi_index(index, trace.inputs[name].shape)
        lined = self._lined(trace.shape)
        return given_to(np.unravel_index(number, lined), lined, trace.shape)

    def sendings(self, trace: Trace, name: str) -> Iterator[tuple[Index, Index, Value]]:
        places, shape = self.beside(trace, name), trace.inputs[name].shape
        x = trace.inputs["input"].astype(np.float64)
        for block in self.blocks(x.shape):
            cells = x[np.ix_(*block)]
            centre = fsum(cells.ravel()) / cells.size
            spread = squares(cells.ravel(), centre) / cells.size + self.epsilon
            for at in itertools.product(*block):
                where_to = tuple(int(i) for i in np.unravel_index(places[at], shape))
                yield at, where_to, float(x[at] - centre) * spread**-0.5 if name == "gamma" else 1

    def looks_at(self, trace: Trace, name: str, box: Box) -> Box:
        corners = [self.together(trace.shape, tuple(side)) for side in zip(*((low, high - 1) for low, high in box))]
        return tuple((first.start, last.stop) for first, last in zip(corners[0], corners[-1]))

    def touches(self, trace: Trace, name: str, mask: Array) -> Array:
        if name != "input":
            return np.asarray(mask.ravel()[self.beside(trace, name)])
        parts, along = self.parted(mask.shape)
        found = mask.reshape(parts).any(axis=along, keepdims=True)
        return np.broadcast_to(found, parts).reshape(mask.shape)

    @property
    def calculation(self) -> Rule:
        """`2·(3 - 1) / sqrt(4 + 0.001) + 5`, with mean and variance worked out first"""
        return self._rule(MEAN, VARIANCE)

    def _rule(self, mean: Rule, variance: Rule) -> Rule:
        gamma, beta = (Beside(name, default) for name, default in LEARNED.items())
        return gamma * (Own(X) - mean) / sqrt(variance + self.epsilon) + beta

    def lettered(self, step: Step) -> Rule:
        """With the sums written out."""
        mean = MEAN.inner
        return self._rule(mean, total((X - mean) ** 2) / COUNT)

    def gave(self, trace: Trace) -> Sequence[Rule | None]:
        own = where(equal(IsOwn(), 1), 1 - Constant(1) / COUNT, -(Constant(1) / COUNT))
        return [Beside("gamma", 1) * own / sqrt(VARIANCE + self.epsilon)]

    def beside(self, trace: Trace, name: str) -> Array:
        """What is learned of each place along the axes that gamma and beta have."""
        lined = self._lined(trace.shape)
        return np.broadcast_to(np.arange(math.prod(lined)).reshape(lined), trace.shape)

    def _lined(self, shape: Shape) -> Shape:
        """The shape of gamma and beta where they meet the input's axes."""
        axes = self.learned_axes(shape)
        return tuple(size if axis in axes else 1 for axis, size in enumerate(shape))


@dataclass(frozen=True)
class LayerNorm(Normalization):
    """y = gamma·(x - mean) / sqrt(variance + epsilon) + beta, over `axes`, with a gamma and a beta for each cell there

    `sizes` are those along the axes, where the owner says them (PyTorch).
    """

    axes: tuple[int, ...] = (-1,)
    sizes: tuple[int, ...] = ()

    name: ClassVar[str] = "layer_norm"

    def _axes(self, ndim: int) -> tuple[int, ...]:
        return axes_in(self.axes, ndim)

    def fitted(self, shape: Shape, form: str) -> LayerNorm:
        """Raises `ShapeError` for an input whose last sizes are others than it was told."""
        if self.sizes and shape[-len(self.sizes) :] != self.sizes:
            raise ShapeError(f"normalized_shape={list(self.sizes)} is not the end of the input's shape {shape}")
        return self

    def together(self, shape: Shape, index: Index) -> Ranges:
        axes = self._axes(len(shape))
        return tuple(range(n) if axis in axes else range(i, i + 1) for axis, (n, i) in enumerate(zip(shape, index)))

    def parted(self, shape: Shape) -> tuple[Shape, tuple[int, ...]]:
        return shape, self._axes(len(shape))

    def learned_axes(self, shape: Shape) -> tuple[int, ...]:
        return self._axes(len(shape))

    def learned_shape(self, shape: Shape) -> Shape:
        """In the order in which Keras sorts the axes it was given, -1 before 1; they are filled in reading order."""
        self._axes(len(shape))
        return tuple(shape[axis] for axis in sorted(set(self.axes))) or (1,)


@dataclass(frozen=True)
class GroupNorm(Normalization):
    """y = gamma·(x - mean) / sqrt(variance + epsilon) + beta, over groups of channels, image by image

    `axis` is that of the channels, None where there is one channel and no axis for it; `batched` says whether axis 0 is
    that of the images. Gamma and beta are one number for a channel.
    """

    groups: int = 1
    axis: int | None = 1
    batched: bool = True

    name: ClassVar[str] = "group_norm"

    def fitted(self, shape: Shape, form: str) -> GroupNorm:
        """One image has no axis for the batch, a plain one none for the channels."""
        if form == "batch":
            return self
        axis = self.axis if self.axis is None or self.axis < 0 else self.axis - 1
        return replace(self, batched=False, axis=None if form == "plain" else axis)

    def channels(self, shape: Shape) -> int:
        """The channels of an input of this shape. Raises `ShapeError` where there is no such axis."""
        return channels_along(self.axis, shape)

    def parts(self, shape: Shape) -> int:
        """How many groups the channels form. Raises `ShapeError` where they cannot."""
        channels, groups = self.channels(shape), self.groups
        if channels % groups:
            raise ShapeError(f"the {channels} channels of an input of shape {shape} do not form {groups} equal groups")
        return groups

    def together(self, shape: Shape, index: Index) -> Ranges:
        size = self.channels(shape) // self.parts(shape)
        found = [range(n) for n in shape]
        if self.batched:
            found[0] = range(index[0], index[0] + 1)
        if self.axis is not None:
            first = index[self.axis] // size * size
            found[self.axis] = range(first, first + size)
        return tuple(found)

    def parted(self, shape: Shape) -> tuple[Shape, tuple[int, ...]]:
        kept = (0,) if self.batched else ()
        if self.axis is None:
            return shape, tuple(axis for axis in range(len(shape)) if axis not in kept)
        groups, axis = self.parts(shape), self.axis % len(shape)
        parts = (*shape[:axis], groups, shape[axis] // groups, *shape[axis + 1 :])
        return parts, tuple(a for a in range(len(parts)) if a not in (*kept, axis))

    def learned_axes(self, shape: Shape) -> tuple[int, ...]:
        self.channels(shape)  # which refuses an axis that is not there
        return () if self.axis is None else (self.axis % len(shape),)


@dataclass(frozen=True)
class InstanceNorm(GroupNorm):
    """y = gamma·(x - mean) / sqrt(variance + epsilon) + beta, each channel of each image by itself

    `spatial` is the number of axes after the channels, where the owner says it (PyTorch's 1d, 2d, 3d).
    """

    spatial: int | None = None

    name: ClassVar[str] = "instance_norm"

    def fitted(self, shape: Shape, form: str) -> GroupNorm:
        """Without a batch axis, the channels are axis 0; a plain image has none."""
        if self.spatial is None:
            return super().fitted(shape, form)
        extra = outer_axes(shape, self.spatial)
        return replace(self, axis=(None, 0, 1)[extra], batched=extra == 2)

    def parts(self, shape: Shape) -> int:
        return self.channels(shape)


__all__ = ["GroupNorm", "InstanceNorm", "LayerNorm", "Normalization"]
