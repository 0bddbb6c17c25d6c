"""What operations have in common that work on images as `(N, C, *spatial)` and have no window of one size.

A subclass says its number of spatial axes, and of arrays laid out so: what shape comes out (`made`), the arithmetic
(`carry`, and `carry_again` by another route), where a cell comes from (`drawn_from`) and what a box looks at (`met`).
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping

import numpy as np

from ..arithmetic import Array, Value
from ..dataclass import dataclass
from ..errors import ShapeError, counted
from ..geometry import Reach
from ..traces.influence import Box
from ..traces.layout import Index, Layout
from ..traces.trace import Trace
from .cells import CellOperation, Moving, Shape, Source, hull
from .windows import form_of

Found = tuple[Index | None, Value]
"""A cell `(n, c, *position)`, None where there is only padding; and the weight it has, None where it has none."""


def spatial_axes(shape: Shape, form: str) -> int:
    """How many axes an input of this form has beside those of channels and images. Raises `ShapeError`."""
    axes = len(shape) - {"plain": 0, "image": 1}.get(form, 2) if len(shape) > 1 else len(shape)
    if not 1 <= axes <= 3:
        raise ShapeError(
            f"the input has {counted(len(shape), 'axis')}, {shape}; it takes 1 to 3 beside those of images and channels"
        )
    return axes


@dataclass(frozen=True)
class OfImages(CellOperation):
    """y = what is made of each image, wherever its owner keeps the channels"""

    @property
    @abstractmethod
    def spatial(self) -> int:
        """Number of spatial axes."""

    @abstractmethod
    def made(self, images: Shape) -> Shape:
        """The output's shape `(N, C, *spatial)` for images of this shape. Raises `ShapeError`."""

    @abstractmethod
    def carry(self, images: Array) -> Array:
        """The output `(N, C, *spatial)`, fast."""

    @abstractmethod
    def carry_again(self, images: Array) -> tuple[Array, Array | float]:
        """The same by another route, and the slack that rounding may take."""

    @abstractmethod
    def drawn_from(self, images: Shape, place: Index) -> Iterable[Found]:
        """Where the output cell at `(n, c, *position)` comes from."""

    @abstractmethod
    def met(self, images: Shape, box: Box) -> Box:
        """A box around the input cells that a box of output cells was made from, both `(N, C, *spatial)`."""

    @abstractmethod
    def reaches(self, reach: Reach, axis: int, size: int) -> Reach | None:
        """What output cells see along a spatial axis, where the input's cells, `size` of them, see `reach`.

        The size is 0 where it is not known; None where it cannot be told.
        """

    def slides_along(self, trace: Trace) -> int:
        return self.spatial

    def result_shape(self, layout: Layout, shapes: Mapping[str, Shape]) -> Shape:
        shape = shapes["input"]
        images = layout.images_shape(shape, self.spatial)
        if 0 in images:
            raise ShapeError(f"the input has shape {shape}: there is nothing to look at")
        return layout.restored_shape(self.made(images), len(shape))

    def fast(self, layout: Layout, inputs: Mapping[str, Array]) -> Array:
        x = inputs["input"]
        return np.array(layout.restored(self.carry(layout.images(x, self.spatial)), self.spatial, x.ndim), order="C")

    def again(self, layout: Layout, inputs: Mapping[str, Array]) -> tuple[Array, Array | float]:
        x = inputs["input"]
        result, slack = self.carry_again(layout.images(x, self.spatial))
        if not isinstance(slack, float):
            slack = layout.restored(slack, self.spatial, x.ndim)
        return layout.restored(result, self.spatial, x.ndim), slack

    def form(self, trace: Trace) -> str:
        return form_of(trace, self.spatial)

    def weighed(self, trace: Trace, index: Index) -> list[tuple[Index | None, Value]]:
        """Where an output cell comes from, by indices of the owner's own, each with its weight."""
        layout, ndim = trace.layer.layout, trace.inputs["input"].ndim
        images = layout.images_shape(trace.inputs["input"].shape, self.spatial)
        found = self.drawn_from(images, layout.inner(index, self.spatial))
        return [(None if at is None else layout.outer(at, ndim), weight) for at, weight in found]

    def cells(self, trace: Trace, index: Index) -> Iterable[Source]:
        """The cells that it is made from; padding counts as 0."""
        return [Source(at, value=0 if at is None else None) for at, _weight in self.weighed(trace, index)]

    def looks_at(self, trace: Trace, name: str, box: Box) -> Box:
        layout, x = trace.layer.layout, trace.inputs[name]
        if any(low >= high for low, high in box):
            return tuple((0, 0) for _ in x.shape)
        first = layout.inner(tuple(low for low, _ in box), self.spatial)
        last = layout.inner(tuple(high - 1 for _, high in box), self.spatial)
        images = layout.images_shape(x.shape, self.spatial)
        found = self.met(images, tuple((low, high + 1) for low, high in zip(first, last)))
        if first == last:  # one cell: no more than it comes from
            cells = (at for at, weight in self.drawn_from(images, first) if at is not None and weight != 0)
            found = hull(cells) or found
        lows, highs = zip(*found)
        return tuple(zip(layout.outer(lows, x.ndim), layout.outer(highs, x.ndim)))


@dataclass(frozen=True)
class MovingImages(OfImages, Moving):
    """y = numbers of each image, moved"""

    def carry_again(self, images: Array) -> tuple[Array, Array | float]:
        """Cell by cell."""
        result = np.zeros(self.made(images.shape), dtype=images.dtype)
        for place in np.ndindex(result.shape):
            for at, _weight in self.drawn_from(images.shape, place):
                if at is not None:
                    result[place] = images[at]
        return result, 0.0
