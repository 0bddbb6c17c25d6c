"""Where a cell of a resized image lies in the image that it was made from, and which cells are nearest to that place.

    asymmetric        x = i·n/m                    PyTorch's nearest; TensorFlow 1
    half_pixel        x = (i + 1/2)·n/m - 1/2      cells are squares, and their middles are what is compared
    align_corners     x = i·(n - 1)/(m - 1)        the first and the last cells of both lie on one another

n cells become m. Where a scale was given, it stands for m/n. Sources: ONNX Resize, coordinate_transformation_mode;
PyTorch `aten/src/ATen/native/UpSample.h`. Everything is worked out in fractions, so that no place is rounded past a
cell, but where a framework does so itself.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Literal

import numpy as np

from ..dataclass import dataclass

Coordinates = Literal[
    "asymmetric", "half_pixel", "align_corners", "pytorch_half_pixel", "half_pixel_symmetric", "tf_half_pixel_for_nn"
]
Rounding = Literal["floor", "ceil", "round_prefer_floor", "round_prefer_ceil"]
Rounded = Literal["", "tensorflow", "onnxruntime"]
"""Who works places out in 32 bits, each in its own way; nobody, and they are exact."""
HALF = Fraction(1, 2)


def whole(place: Fraction, rounding: Rounding) -> int:
    """A place as the number of a cell."""
    match rounding:
        case "floor":
            return math.floor(place)
        case "ceil":
            return math.ceil(place)
        case "round_prefer_floor":
            return math.ceil(place - HALF)
        case "round_prefer_ceil":
            return math.floor(place + HALF)


@dataclass(frozen=True)
class Resized:
    """One axis: `size` cells become `output`; `scale` is the one that was given, None where only sizes were."""

    size: int
    output: int
    coordinates: Coordinates
    scale: Fraction | None = None
    rounded: Rounded = ""

    @property
    def ratio(self) -> Fraction:
        """Input cells for each output cell."""
        if self.coordinates == "align_corners":
            return Fraction(self.size - 1, self.output - 1) if self.output > 1 else Fraction(0)
        return Fraction(self.size, self.output) if self.scale is None else 1 / self.scale

    def place(self, i: int) -> Fraction:
        """Where output cell i lies in the input, counted in cells; it may be a little outside."""
        match self.coordinates:
            case "asymmetric" | "align_corners":
                return i * self.ratio
            case "tf_half_pixel_for_nn":
                return (i + HALF) * self.ratio
            case "pytorch_half_pixel" if self.output == 1:
                return Fraction(0)
            case "half_pixel_symmetric":
                missing = self.size * (1 - self.output * self.ratio / self.size) / 2  # what the rounded size left out
                return missing + (i + HALF) * self.ratio - HALF
        return (i + HALF) * self.ratio - HALF

    def worked_out(self, i: int) -> Fraction:
        """The place as it is worked out, in 32 bits where its framework does."""
        here, given, made, half = (np.float32(n) for n in (i, self.size, self.output, 0.5))
        if self.rounded == "tensorflow":
            return Fraction(float((here + half) * (given / made) - half))
        if not self.rounded or self.coordinates == "align_corners":
            return self.place(i)
        scale = made / given if self.scale is None else np.float32(float(self.scale))
        match self.coordinates:
            case "asymmetric":
                found = here / scale
            case "tf_half_pixel_for_nn":
                found = (here + half) / scale
            case "pytorch_half_pixel" if self.output == 1:
                found = np.float32(0)
            case "half_pixel_symmetric":
                left_out = given / np.float32(2) * (np.float32(1) - made / (scale * given))
                found = left_out + (here + half) / scale - half
            case _:
                found = (here + half) / scale - half
        return Fraction(float(found))

    def nearest(self, i: int, rounding: Rounding) -> int:
        """The input cell that output cell i is a copy of."""
        return min(max(whole(self.worked_out(i), rounding), 0), self.size - 1)

    def between(self, i: int) -> tuple[int, int, Fraction]:
        """The input cells before and after the place of output cell i, and how far it lies from the first, 0 to 1.

        At an edge both are the same cell, and it does not matter how far.
        """
        last = self.size - 1
        if self.rounded:
            place = self.worked_out(i)
            return max(math.floor(place), 0), min(math.ceil(place), last), place - math.floor(place)
        place = min(max(self.place(i), Fraction(0)), Fraction(last))
        first = math.floor(place)
        return first, min(first + 1, last), place - first
