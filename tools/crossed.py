"""Requests of every operation of every dialect, with their options crossed pairwise, extreme values among them.

A family is an operation's options: those of the call, by the framework's own names, and those of the data, which begin
with `_`: `_n` spatial axes, `_sizes` along them, `_channels`, `_batch` (None: no batch axis), `_data` (which numbers).
A tuple that is too long for the axes there are is cut. To add an operation: a family, in the part of its framework.

`tools/crossed_facts.py` carries them out in the frameworks themselves; the tests hold us against what came out.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .pairwise import Row, rows

Array = NDArray[Any]
Shape = tuple[int, ...]


@dataclass(frozen=True)
class Request:
    """One call and the shapes of its inputs; numbers are drawn by its name, the same ones every time."""

    framework: str
    name: str
    op: str
    params: dict[str, Any]
    shapes: tuple[Shape, ...]
    data: str = "mixed"
    more: Mapping[str, Any] = field(default_factory=dict)  # what only some operations are told

    def inputs(self) -> list[Array]:
        """The numbers, in float64; small and whole, so that sums are exact and maxima tie."""
        random = np.random.default_rng(zlib.crc32(self.name.encode()))
        return [DATA[self.data](random, shape) for shape in self.shapes]


Draw = Callable[[np.random.Generator, Shape], Array]
DATA: dict[str, Draw] = {
    "mixed": lambda random, shape: random.integers(-4, 6, shape).astype(float),
    "halves": lambda random, shape: random.integers(-9, 10, shape) / 2,
    "negative": lambda random, shape: random.integers(-9, 0, shape).astype(float),
    "positive": lambda random, shape: random.integers(1, 10, shape).astype(float),
    "distinct": lambda random, shape: random.permutation(int(np.prod(shape))).reshape(shape).astype(float),
    "wide": lambda random, shape: random.integers(-90, 91, shape).astype(float),
    "ties": lambda random, shape: random.integers(0, 2, shape).astype(float),
}


@dataclass(frozen=True)
class Family:
    """The options of one operation, and how they make a request."""

    framework: str
    op: str  # with {n} where it has one for each number of axes
    options: Mapping[str, Sequence[Any]]
    fits: Callable[[Row], bool] = lambda row: True
    shapes: Callable[[Row], tuple[Shape, ...]] | None = None
    whole: tuple[str, ...] = ()  # options whose tuples are not one entry for each axis
    paired: tuple[str, ...] = ()  # options whose tuples have two entries for each axis
    part: str = ""  # in the names of its requests, where an operation has several families

    def requests(self) -> Iterator[Request]:
        """Every row of the options, as a request."""
        for number, row in enumerate(rows(self.options, lambda row: self.fits(self.cut(row)))):
            row = self.cut(row)
            op = self.op.format(n=row.get("_n", ""))
            shapes = self.shapes(row) if self.shapes else (image(row, self.framework == "keras"),)
            params = {name: value for name, value in row.items() if not name.startswith("_")}
            more = {name: row[name] for name in ("_output_size", "_opset", "_ints", "_floats") if name in row}
            name = f"{self.framework}-{self.op.format(n='')}{self.part}-{number:02}"
            yield Request(self.framework, name, op, params, shapes, row.get("_data", "mixed"), more)

    def cut(self, row: Row) -> Row:
        """The row with one entry for each axis there is."""
        n = row.get("_n", 3)
        return {
            name: value[: 2 * n if name in self.paired else n]
            if isinstance(value, tuple) and name not in (*self.whole, "_shape", "_shapes", "_ints", "_floats")
            else value
            for name, value in row.items()
        }


def image(row: Row, last: bool) -> Shape:
    """The shape of an input of images, with the channels where the row has them."""
    if row.get("data_format") is not None:
        last = row["data_format"] == "channels_last"
    channels, sizes, batch = row.get("_channels", 2), row["_sizes"], row.get("_batch", 2)
    inner = (*sizes, channels) if last else (channels, *sizes)
    return inner if batch is None else (batch, *inner)


def each(value: Any, n: int) -> Shape:
    """A parameter as one number for each axis."""
    return tuple(value) if isinstance(value, tuple | list) else (value,) * n


def spans(row: Row, window: str, dilation: str) -> Shape:
    """The cells that a window spans along each axis."""
    n = row["_n"]
    return tuple((k - 1) * d + 1 for k, d in zip(each(row[window], n), each(row.get(dilation, 1), n)))


def requests(framework: str) -> Iterator[Request]:
    """All requests of one framework."""
    from . import crossed_keras, crossed_onnx, crossed_torch

    families = {"keras": crossed_keras, "torch": crossed_torch, "onnx": crossed_onnx}[framework].FAMILIES
    for family in families:
        yield from family.requests()
