"""Resizing: every cell of the result is a copy of the nearest cell, or a mean of the cells around its place."""

from __future__ import annotations

import itertools
import math
from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Any, ClassVar

import numpy as np

from ..arithmetic import Array, Value, plain, rounding
from ..dataclass import dataclass
from ..errors import CallError, ShapeError
from ..geometry import Reach, axis_names
from ..rules.tree import Rule, W, X, total
from ..traces.influence import Box
from ..traces.layout import Index
from ..traces.step import Step
from ..traces.tap import Tap
from ..traces.trace import Trace
from .cells import Shape, slack
from .coordinates import Coordinates, Resized, Rounded, Rounding, whole
from .images import Found, MovingImages, OfImages, spatial_axes
from .sending import Sending, collected, rounds


@dataclass(frozen=True)
class _Resize(OfImages):
    """What both have in common. `sizes` are the output's; where there are none, `scales` multiply the input's.

    `by_scale`: a scale that was given says where cells lie, too, even where the size that it gives was rounded down.
    """

    axes: int = 0  # 0: as many as the input has beside channels and images
    sizes: tuple[int, ...] = ()
    scales: tuple[float, ...] = ()
    coordinates: Coordinates = "asymmetric"
    by_scale: bool = True

    rounded: Rounded = ""  # whose places in 32 bits they are
    copies: bool = False  # whether, where no size changes, every number stays as it is (onnxruntime)

    def __post_init__(self) -> None:
        if any(not scale > 0 or math.isinf(scale) for scale in self.scales):
            raise CallError(f"the scales {self.scales} must be above 0, and not infinite")

    @property
    def spatial(self) -> int:
        return self.axes

    def fitted(self, shape: tuple[int, ...], form: str) -> _Resize:
        """With the number of axes that this input has."""
        axes = self.axes or spatial_axes(shape, form)
        sizes = self.sizes * axes if len(self.sizes) == 1 else self.sizes
        scales = self.scales * axes if len(self.scales) == 1 else self.scales
        return replace(self, axes=axes, sizes=sizes, scales=scales)

    def resized(self, images: Shape) -> list[Resized]:
        """Each axis. Raises `ShapeError` where nothing would be left."""
        found = []
        scales: list[Fraction | None] = [Fraction(str(scale)) for scale in self.scales] or [None] * self.axes
        for number, (name, n) in enumerate(zip(axis_names(self.axes), images[2:])):
            scale = scales[number]
            size = self.sizes[number] if self.sizes else _times(n, scale or Fraction(1))
            if isinstance(size, int) and size < 1:  # of a letter it cannot be told
                raise ShapeError(f"along the {name}, {n} cells times {self.scales[number]:g} leave none")
            found.append(Resized(n, size, self.coordinates, scale if self.by_scale else None, self.rounded))
        if self.copies and all(axis.size == axis.output for axis in found):
            return [Resized(axis.size, axis.output, "asymmetric") for axis in found]
        return found

    def made(self, images: Shape) -> Shape:
        return (*images[:2], *(axis.output for axis in self.resized(images)))

    def reaches(self, reach: Reach, axis: int, size: int) -> Reach | None:
        """Where a scale says where cells lie, it goes on without end, as receptive fields are counted."""
        if self.scales and self.by_scale and self.coordinates in ("asymmetric", "half_pixel", "tf_half_pixel_for_nn"):
            scale = Fraction(str(self.scales[0] if len(self.scales) == 1 else self.scales[axis]))
            endless = Resized(scale.denominator, scale.numerator, self.coordinates, scale)
            output = _times(size, scale)
            return reach.spaced(scale.numerator, scale.denominator, 2, lambda i: self.around(endless, i), output)
        if not size:
            return None
        along = self.resized((1, 1, *(size,) * max(self.axes, axis + 1)))[axis]
        return reach.one_by_one(along.output, 2, lambda i: self.reached(along, i))

    @abstractmethod
    def around(self, axis: Resized, i: int) -> tuple[int, ...]:
        """The input cells that output cell i is made from along an axis without ends."""

    @abstractmethod
    def reached(self, axis: Resized, i: int) -> tuple[int, int]:
        """The first and the last input cell along an axis that output cell i is made from."""

    def met(self, images: Shape, box: Box) -> Box:
        ends = []
        for axis, (low, high) in zip(self.resized(images), box[2:]):
            ends.append((self.reached(axis, low)[0], self.reached(axis, high - 1)[1] + 1))
        return (*box[:2], *ends)


@dataclass(frozen=True)
class Nearest(_Resize, MovingImages):
    """y[i] = x[⌊i·n/m⌋]: n cells become m, and each is a copy of the nearest

    What is nearest is told by `coordinates` (see `coordinates.py`) and how the place is rounded (`rounding`).
    """

    rounding: Rounding = "floor"
    name: ClassVar[str] = "nearest"
    rule: ClassVar[str] = "moved"

    def around(self, axis: Resized, i: int) -> tuple[int, ...]:
        return (whole(axis.place(i), self.rounding),)

    def reached(self, axis: Resized, i: int) -> tuple[int, int]:
        found = axis.nearest(i, self.rounding)
        return found, found

    def carry(self, images: Array) -> Array:
        for dimension, axis in enumerate(self.resized(images.shape), 2):
            images = np.take(images, [axis.nearest(i, self.rounding) for i in range(axis.output)], axis=dimension)
        return images

    def gradient(self, trace: Trace, name: str, grad: Array) -> Array:
        """Every number goes back to the one that it is a copy of, along one axis after another."""
        layout, x = trace.layer.layout, trace.inputs[name]
        back = layout.images(grad, self.axes)
        for dimension, axis in enumerate(self.resized(layout.images_shape(x.shape, self.axes)), 2):
            sendings = ((i, axis.nearest(i, self.rounding), 1) for i in range(axis.output))
            back = collected(back, dimension, axis.size, rounds(sendings, back.dtype))
        return layout.restored(back, self.axes, x.ndim)

    def drawn_from(self, images: Shape, place: Index) -> Iterable[Found]:
        axes = self.resized(images)
        position = (axis.nearest(i, self.rounding) for axis, i in zip(axes, place[2:]))
        return [((*place[:2], *position), None)]


@dataclass(frozen=True)
class Linear(_Resize):
    """y[i, j] = sum over the cells around the place of (i, j) of x·(1 - distance), along each axis

    Along one axis, a place between the cells a and a + 1, at the distance t from a, gives (1 - t)·x[a] + t·x[a + 1];
    along several, weights are multiplied. Outside, the cell at the edge counts. See `coordinates.py` for the place.
    TensorFlow resizes numbers of any precision in 32 bits (`rounded`).
    """

    name: ClassVar[str] = "linear"
    rule: ClassVar[str] = "weighted sum"
    calculation: ClassVar[Rule] = total(X * W)
    weight_name: ClassVar[str] = ""
    listed: ClassVar[bool] = True

    def around(self, axis: Resized, i: int) -> tuple[int, ...]:
        place = axis.place(i)
        return math.floor(place), math.ceil(place)

    def reached(self, axis: Resized, i: int) -> tuple[int, int]:
        first, second, _far = axis.between(i)
        return first, second

    def reach(self, trace: Trace) -> int:
        return int(2**self.axes)

    def carry(self, images: Array) -> Array:
        """Along one axis after the other, all lines at once."""
        if self.rounded:
            return self._in_32_bits(images)
        images = images if images.dtype.kind in "fO" else images.astype(np.float64)
        for dimension, axis in enumerate(self.resized(images.shape), 2):
            first, second, near, far = _lines(axis, images.dtype, images.ndim, dimension)
            with np.errstate(invalid="ignore"):  # 0·∞
                images = np.take(images, first, dimension) * near + np.take(images, second, dimension) * far
        return images

    def _in_32_bits(self, images: Array) -> Array:
        """TensorFlow's own sums, x[a] + (x[a + 1] - x[a])·t: along the last axis first."""
        single = images.astype(np.float32)
        axes = list(enumerate(self.resized(images.shape), 2))
        for dimension, axis in reversed(axes):
            first, second, _near, far = _lines(axis, np.dtype(np.float32), images.ndim, dimension)
            with np.errstate(invalid="ignore"):
                start = np.take(single, first, dimension)
                single = start + (np.take(single, second, dimension) - start) * far
        return single.astype(images.dtype if images.dtype.kind == "f" else np.float64)

    def carry_again(self, images: Array) -> tuple[Array, Array | float]:
        """For each of the cells around a place, all output cells at once, with the product of its weights."""
        wide = images if images.dtype == object else images.astype(np.float64)
        axes = self.resized(images.shape)
        lines = [_lines(axis, wide.dtype, images.ndim, dimension) for dimension, axis in enumerate(axes, 2)]
        result: Any = 0
        spread: Any = 0
        for side in itertools.product((0, 1), repeat=self.axes):
            found, weight = wide, np.ones((), dtype=wide.dtype)
            for dimension, (along, which) in enumerate(zip(lines, side), 2):
                found = np.take(found, along[which], dimension)
                weight = weight * along[2 + which]
            with np.errstate(invalid="ignore"):
                result = result + found * weight
                spread = spread + (0 if images.dtype == object else np.abs(found * weight))
        dtype = images.dtype if images.dtype.kind in "fO" else np.dtype(np.float64)
        again = np.asarray(result, dtype=dtype)
        if images.dtype == object:
            return again, 0.0
        return again, slack(again.astype(np.float32), spread) if self.rounded else slack(again, spread)

    def drawn_from(self, images: Shape, place: Index) -> Iterable[Found]:
        around = [_around(axis, i) for axis, i in zip(self.resized(images), place[2:])]
        for cells in itertools.product(*around):
            weight = math.prod((share for _at, share in cells), start=Fraction(1))
            yield (*place[:2], *(at for at, _share in cells)), weight

    def weighed(self, trace: Trace, index: Index) -> list[tuple[Index | None, Value]]:
        """Of a weight of 0 only where the number is not finite: 0·∞ does not vanish."""
        x = trace.inputs["input"]
        return [
            (at, weight)
            for at, weight in super().weighed(trace, index)
            if weight or (x.dtype != object and not np.isfinite(x[at]))
        ]

    def taps(self, trace: Trace, index: Index) -> tuple[Tap, ...]:
        return self._tapped(trace, self.weighed(trace, index))

    def listing(self, trace: Trace, index: Index) -> tuple[Tap, ...]:
        return self._tapped(trace, super().weighed(trace, index))

    def _tapped(self, trace: Trace, weighed: list[tuple[Index | None, Value]]) -> tuple[Tap, ...]:
        x = trace.inputs["input"]
        found = []
        for at, weight in weighed:
            assert at is not None  # there is no padding
            found.append(Tap(at, plain(x[at]), at, weight if x.dtype == object else float(weight)))
        return tuple(found)

    def slopes(self, step: Step) -> list[Value]:
        """The weights; a number whose weight is 0 has no part in it, whatever it is."""
        return [tap.weight or None for tap in step.taps]

    def gradient(self, trace: Trace, name: str, grad: Array) -> Array:
        """Every gradient goes back to the cells around its place, by their weights, along one axis after another."""
        layout, x = trace.layer.layout, trace.inputs[name]
        shape = layout.images_shape(x.shape, self.axes)
        back = layout.images(grad, self.axes)
        if self.rounded:
            return layout.restored(self._back_in_32_bits(shape, back), self.axes, x.ndim)
        for dimension, axis in enumerate(self.resized(shape), 2):
            back = collected(back, dimension, axis.size, rounds(_sendings(axis), back.dtype))
        return layout.restored(back, self.axes, x.ndim)

    def _back_in_32_bits(self, shape: Shape, back: Array) -> Array:
        """As TensorFlow does it: each product in 32 bits, and the sums of those in the numbers' own."""
        single = np.dtype(np.float32)

        def along(part: Array, dimension: int = 2) -> Array:
            if dimension == back.ndim:
                return part
            axis = axes[dimension - 2]
            inner = partial(along, dimension=dimension + 1)
            return collected(part, dimension, axis.size, rounds(_sendings(axis), single), inner, back.dtype)

        axes = self.resized(shape)
        return along(back.astype(single))

    def precision(self, gradient: Array) -> float:
        return rounding(gradient.astype(np.float32)) if self.rounded else super().precision(gradient)

    def sought(self, trace: Trace, name: str) -> int:
        """Along each axis, what is around every cell of the output."""
        layout = trace.layer.layout
        return 4 * sum(axis.output for axis in self.resized(layout.images_shape(trace.inputs[name].shape, self.axes)))

    def feeds(self, trace: Trace, name: str, index: Index) -> Iterable[tuple[Index, Value]]:
        layout = trace.layer.layout
        images = layout.images_shape(trace.inputs[name].shape, self.axes)
        image, channel, *position = layout.inner(index, self.axes)
        exact = trace.inputs[name].dtype == object
        lines = []
        for axis, at in zip(self.resized(images), position):
            shares = [(i, sum(s for cell, s in _around(axis, i) if cell == at)) for i in range(axis.output)]
            lines.append([(i, share) for i, share in shares if share])
        for cells in itertools.product(*lines):
            weight = math.prod((share for _i, share in cells), start=Fraction(1))
            fed = layout.outer((image, channel, *(i for i, _ in cells)), trace.output.ndim)
            yield fed, weight if exact else float(weight)

    def touches(self, trace: Trace, name: str, mask: Array) -> Array:
        """One axis after another: a cell is touched where one of those around it is marked."""
        layout = trace.layer.layout
        images = layout.images(mask, self.axes)
        for dimension, axis in enumerate(self.resized(images.shape), 2):
            first, second, near, far = _lines(axis, np.dtype(float), images.ndim, dimension)
            before, after = np.take(images, first, dimension), np.take(images, second, dimension)
            images = (before & (near != 0)) | (after & (far != 0))
        return layout.restored(images, self.axes, mask.ndim)


def _times(size: Any, scale: Fraction) -> Any:
    """A size, or a letter that stands for one, times a scale, rounded down."""
    return size * scale.numerator if scale.denominator == 1 else math.floor(size * scale)


def _around(axis: Resized, i: int) -> list[tuple[int, Fraction]]:
    """The cells around the place of output cell i along an axis, with their weights; at the edge, only one."""
    first, second, far = axis.between(i)
    return [(first, Fraction(1))] if first == second else [(first, 1 - far), (second, far)]


def _sendings(axis: Resized) -> Iterable[Sending]:
    """Of every output cell along an axis, the cells around its place that its gradient goes back to."""
    for i in range(axis.output):
        first, second, far = axis.between(i)
        both = [(first, 1 - far), (second, far)]  # TensorFlow multiplies by each, also where both are one cell
        yield from ((i, cell, weight) for cell, weight in (both if axis.rounded else _around(axis, i)))


def _lines(axis: Resized, dtype: np.dtype[Any], ndim: int, dimension: int) -> tuple[Array, Array, Array, Array]:
    """Of every output cell along an axis: the input cells around its place, and the weights of both, as columns."""
    found = [axis.between(i) for i in range(axis.output)]
    first, second = (np.array([one[side] for one in found], dtype=np.int64) for side in (0, 1))
    far = np.array([one[2] for one in found], dtype=object)
    if not axis.rounded:
        far[first == second] = Fraction(1, 2)  # the same cell twice: a weight of 0 would make NaN of infinity
    shape = [1] * ndim
    shape[dimension] = -1
    far = far.reshape(shape)
    near = 1 - far
    return first, second, near.astype(dtype), far.astype(dtype)
