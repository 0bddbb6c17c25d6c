"""Cropping: lines are cut off at the edges."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

import numpy as np

from ..arithmetic import Array
from ..dataclass import dataclass
from ..errors import ShapeError
from ..geometry import Reach, axis_names
from ..traces.influence import Box
from ..traces.layout import Index
from ..traces.trace import Trace
from .cells import Shape
from .images import Found, MovingImages


@dataclass(frozen=True)
class Crop(MovingImages):
    """y[i, j] = x[i + top, j + left]: what is left when lines are cut off

    `cuts` are (before, after) for each spatial axis, outermost first. Source: Keras Cropping2D.
    """

    cuts: tuple[tuple[int, int], ...]

    name: ClassVar[str] = "crop"
    rule: ClassVar[str] = "moved"

    @property
    def spatial(self) -> int:
        return len(self.cuts)

    def made(self, images: Shape) -> Shape:
        kept = tuple(n - before - after for n, (before, after) in zip(images[2:], self.cuts))
        for name, n, (before, after), left in zip(axis_names(self.spatial), images[2:], self.cuts, kept):
            if isinstance(left, int) and left < 1:  # of a letter it cannot be told
                raise ShapeError(
                    f"along the {name} there are {n} cells; cutting {before} off before and {after} after leaves none"
                )
        return (*images[:2], *kept)

    def carry(self, images: Array) -> Array:
        self.made(images.shape)
        return np.array(images[self._kept(images.shape)])

    def _kept(self, images: Shape) -> Any:
        return (..., *(slice(before, n - after) for n, (before, after) in zip(images[2:], self.cuts)))

    def gradient(self, trace: Trace, name: str, grad: Array) -> Array:
        """What is left goes back, and 0 to what was cut off."""
        layout, x = trace.layer.layout, trace.inputs[name]
        result = np.zeros(x.shape, dtype=grad.dtype)
        images = layout.images(result, self.spatial)
        images[self._kept(images.shape)] = layout.images(grad, self.spatial)
        return result

    def drawn_from(self, images: Shape, place: Index) -> Iterable[Found]:
        position = (i + before for i, (before, _after) in zip(place[2:], self.cuts))
        return [((*place[:2], *position), None)]

    def reaches(self, reach: Reach, axis: int, size: int) -> Reach | None:
        return reach.padded(-self.cuts[axis][0])

    def met(self, images: Shape, box: Box) -> Box:
        moved = ((low + before, high + before) for (low, high), (before, _after) in zip(box[2:], self.cuts))
        return (*box[:2], *moved)
