"""What every operation that slides a window has in common: its parameters, its plan, its taps, its replay.

A subclass adds its rule in three places: `compute` (fast, over whole arrays), `combine` (over gathered windows, for
the replay) and `expression` (one cell, as a person writes it).
"""

from __future__ import annotations

import itertools
import math
from abc import abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar, cast

import numpy as np

from ..arithmetic import Array, Value, plain
from ..errors import CallError, LimitError, ShapeError
from ..geometry import RULES, Geometry, Rule, plan
from ..layout import Index, Layout
from ..replay import Row, check_geometry, gather
from ..trace import PADDING, Operation, Tap, Trace, _Padding

MOST_CELLS = 2**28
"""The most cells an output may have; a larger request is refused before any memory is taken."""
MOST_WINDOW_CELLS = 2**22
"""The most cells a window may have, and the most it may span along an axis."""


@dataclass(frozen=True)
class WindowOperation(Operation):
    """A window of `window` cells, `dilation` apart, moved by `stride` over data padded by `padding`.

    Each of the three tuples has one entry for each spatial axis, outermost first.
    """

    window: tuple[int, ...]
    stride: tuple[int, ...]
    padding: Rule
    dilation: tuple[int, ...]

    def __post_init__(self) -> None:
        for name in ("window", "stride", "dilation"):
            entries = getattr(self, name)
            if len(entries) != len(self.window) or not all(type(n) is int and n > 0 for n in entries):
                raise CallError(f"{name} must be {len(self.window)} whole numbers above 0, not {entries}")
            if math.prod(entries) > MOST_WINDOW_CELLS:
                raise LimitError(f"{name} {entries} is too large; at most {MOST_WINDOW_CELLS:,} cells are carried out")
        if max((n - 1) * d for n, d in zip(self.window, self.dilation)) > MOST_WINDOW_CELLS:
            raise LimitError(f"a window of {self.window} dilated by {self.dilation} spans too many cells")
        if self.padding not in RULES:
            raise CallError(f"padding must be one of {RULES}, not {self.padding!r}")

    @property
    def spatial(self) -> int:
        """Number of spatial axes."""
        return len(self.window)

    def plan(self, images: tuple[int, ...]) -> Geometry:
        """The geometry over images of shape `(N, C, *spatial)`."""
        return plan(self.padding, images[2:], self.window, self.stride, self.dilation)

    def channels(self, given: int) -> int:
        """Channels that come out when `given` go in."""
        return given

    def outline(self, layout: Layout, shape: tuple[int, ...]) -> tuple[Geometry, tuple[int, ...]]:
        """See `Operation.outline`."""
        images = layout.images_shape(shape, self.spatial)
        if 0 in images:
            raise ShapeError(f"the input has shape {shape}: there is nothing to slide a window over")
        geometry = self.plan(images)
        return geometry, layout.restored_shape(
            (images[0], self.channels(images[1]), *geometry.output_shape), len(shape)
        )

    def run(self, layout: Layout, inputs: Mapping[str, Array]) -> tuple[Geometry, Array]:
        """See `Operation.run`."""
        array = inputs["input"]
        geometry, shape = self.outline(layout, array.shape)
        if math.prod(shape) > MOST_CELLS:
            raise LimitError(
                f"the output would have {math.prod(shape):,} cells; at most {MOST_CELLS:,} are carried out"
            )
        output = self.compute(layout.images(array, self.spatial), geometry, layout, inputs)
        return geometry, layout.restored(output, self.spatial, array.ndim)

    @abstractmethod
    def compute(self, images: Array, geometry: Geometry, layout: Layout, inputs: Mapping[str, Array]) -> Array:
        """The output `(N, C, *spatial)`, fast."""

    @abstractmethod
    def combine(self, values: Array, data: Array, trace: Trace) -> tuple[Array, Array | float]:
        """The rule over gathered windows (see `replay.gather`), and the slack that rounding may take."""

    def replay(self, trace: Trace) -> tuple[Array, Array | float]:
        """See `Operation.replay`."""
        images = trace.layer.layout.images(trace.inputs["input"], self.spatial)
        tables = check_geometry(trace.geometry, self.plan(images.shape))
        blocks = [self.combine(values, data, trace) for values, data in gather(images, tables)]
        shape = (images.shape[0], self.channels(images.shape[1]), *map(len, tables))
        again, slack = (
            trace.layer.layout.restored(
                np.concatenate([np.broadcast_to(block[part], block[0].shape) for block in blocks], axis=2).reshape(
                    shape
                ),
                self.spatial,
                trace.inputs["input"].ndim,
            )
            for part in (0, 1)
        )
        return again, slack

    def check(self, trace: Trace) -> None:
        """See `Operation.check`."""
        layout, array, geometry = trace.layer.layout, trace.inputs["input"], trace.geometry
        images = layout.images_shape(array.shape, self.spatial)
        if len(geometry.axes) != self.spatial or geometry.input_shape != images[2:]:
            raise ShapeError(f"its geometry is not that of an input of shape {array.shape}")
        shape = layout.restored_shape((images[0], self.channels(images[1]), *geometry.output_shape), array.ndim)
        if shape != trace.output.shape:
            raise ShapeError(f"its output has shape {trace.output.shape}, but its geometry gives {shape}")

    def sources(self, trace: Trace, index: Index) -> list[Index | _Padding]:
        """See `Operation.sources`."""
        layout, ndim = trace.layer.layout, trace.inputs["input"].ndim
        image, channel, *cell = layout.inner(index, self.spatial)
        rows: list[Row] = [axis_row(trace, axis, i) for axis, i in enumerate(cell)]
        return [
            PADDING if None in found else layout.outer((image, source, *cast(tuple[int, ...], found)), ndim)
            for source in self.seen(channel, trace)
            for found in itertools.product(*rows)
        ]

    def seen(self, channel: int, trace: Trace) -> range:
        """The input channels that an output channel is made from."""
        return range(channel, channel + 1)

    def taps(self, trace: Trace, index: Index) -> tuple[Tap, ...]:
        """See `Operation.taps`."""
        layout, array = trace.layer.layout, trace.inputs["input"]
        image, channel, *cell = layout.inner(index, self.spatial)
        axes = trace.geometry.axes
        lines = [[(p, axis.holds(p)) for p in axis.positions(i)] for axis, i in zip(axes, cell)]
        taps = []
        for source in self.seen(channel, trace):
            weights = self.weights(trace, channel, source)
            for places, (weight, weight_index) in zip(itertools.product(*lines), weights):
                position = tuple(p for p, _ in places)
                if all(held for _, held in places):
                    at = layout.outer((image, source, *position), array.ndim)
                    taps.append(Tap(at, plain(array[at]), position, weight, weight_index))
                else:
                    taps.append(Tap(PADDING, self.padding_value, position, weight, weight_index))
        return tuple(taps)

    def weights(self, trace: Trace, channel: int, source: int) -> Iterable[tuple[Value, Index | None]]:
        """The weight on each cell of the window and its place in the kernel, where the operation has a kernel."""
        return itertools.repeat((None, None))

    padding_value: ClassVar[Value]  # what a padded cell stands for


def axis_row(trace: Trace, axis: int, index: int) -> Row:
    """What lies under one window along one axis, found by stepping from cell to cell."""
    decided = trace.geometry.axes[axis].padding
    place, row = -decided.before, []
    for _ in range(index):
        place += decided.stride
    for _ in range(decided.window):
        row.append(place if place in range(decided.size) else None)
        place += decided.dilation
    return row
