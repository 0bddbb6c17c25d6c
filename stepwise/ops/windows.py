"""What every operation that looks through a window has in common: its plan, its taps, its replay.

A subclass adds its rule as data (`calculation`), and twice as arithmetic: `compute` (fast, over whole arrays) and
`combine` (over gathered windows, for the replay).
"""

from __future__ import annotations

import itertools
import math
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ClassVar, cast

import numpy as np

from ..arithmetic import Array, Value, plain
from ..dataclass import dataclass
from ..effort import EXACT, PRODUCT, TAP_SEEN, Effort, allow, allow_cells
from ..errors import ShapeError
from ..geometry import AdaptiveAxis, AxisGeometry, Geometry, Request, TransposedAxis, Whole
from ..rules.derive import derivative
from ..rules.expand import worth_of
from ..traces.influence import Box
from ..traces.layout import Index, Layout
from ..traces.operation import Operation
from ..traces.replay import check_geometry, gather, past_the_edge
from ..traces.step import Step
from ..traces.tap import OUTSIDE, PADDING, Padding, Tap
from ..traces.trace import Trace

Shape = tuple[int, ...]
Weights = Iterable[tuple[Value, Index | None]]  # for each cell of the window: the weight, and its place in the kernel


@dataclass(frozen=True)
class WindowOperation(Operation):
    """A rule over what `windows` cover, one image and (but for convolutions) one channel at a time."""

    windows: Request

    padding_value: ClassVar[Value]  # what a padded cell stands for

    @property
    def spatial(self) -> int:
        """Number of spatial axes."""
        return self.windows.spatial

    def channels(self, given: int) -> int:
        """Channels that come out when `given` go in."""
        return given

    def seen(self, channel: int, trace: Trace) -> range:
        return range(channel, channel + 1)

    def outline(self, layout: Layout, shape: Shape) -> tuple[Geometry, Shape]:
        images = layout.images_shape(shape, self.spatial)
        if 0 in images:
            raise ShapeError(f"the input has shape {shape}: there is nothing to look at")
        geometry = self.windows.plan(images[2:])
        return geometry, self.restored_shape(
            layout, (images[0], self.channels(images[1])), geometry.output_shape, len(shape)
        )

    def restored_shape(self, layout: Layout, outer: tuple[int, int], sizes: Shape, ndim: int) -> Shape:
        """The output's shape in its owner's layout, from images, channels and sizes, for an input of `ndim` axes."""
        shape = layout.restored_shape((*outer, *sizes), ndim)
        return tuple(n for n, kept in zip(shape, self._kept(layout, len(shape))) if kept)

    def _kept(self, layout: Layout, ndim: int) -> list[bool]:
        """Which axes of an output of `ndim` axes stay; global pooling may drop the spatial ones."""
        if not isinstance(self.windows, Whole) or self.windows.keep:
            return [True] * ndim
        first = ndim - self.spatial - (1 if layout.channels_last and ndim > self.spatial else 0)
        return [not first <= axis < first + self.spatial for axis in range(ndim)]

    def planned(self, layout: Layout, inputs: Mapping[str, Array]) -> tuple[Geometry, Shape]:
        geometry, shape = self.outline(layout, inputs["input"].shape)
        cells = math.prod(shape)
        allow_cells("the output", cells)
        rate = EXACT if inputs["input"].dtype == object else PRODUCT
        effort = cells * self.passes(geometry, layout.channels(inputs["input"].shape, self.spatial)) * rate
        allow(f"an output of {cells:,} cells", effort, "take a smaller input, or smaller windows")
        return geometry, shape

    def passes(self, geometry: Geometry, channels: int) -> int:
        """What is calculated for an output cell: along one axis after another, a window's length each."""
        return sum(geometry.window)

    def run(self, layout: Layout, inputs: Mapping[str, Array]) -> tuple[Geometry, Array]:
        array = inputs["input"]
        geometry, shape = self.planned(layout, inputs)
        output = self.compute(layout.images(array, self.spatial), geometry, layout, inputs)
        return geometry, layout.restored(output, self.spatial, array.ndim).reshape(shape)

    @abstractmethod
    def compute(self, images: Array, geometry: Geometry, layout: Layout, inputs: Mapping[str, Array]) -> Array:
        """The output `(N, C, *spatial)`, fast."""

    @abstractmethod
    def combine(self, values: Array, data: Array, cells: range, trace: Trace) -> tuple[Array, Array | float]:
        """The rule over gathered windows (see `replay.gather`), and the slack that rounding may take.

        `cells` are the numbers of the output cells, in row-major order.
        """

    def place(self, trace: Trace, index: Index) -> Index:
        layout = trace.layer.layout
        if isinstance(self.windows, Whole) and not self.windows.keep:
            image, channel = (0, 0, *index)[-2:] if len(index) < 3 else index
            return (image, channel, *(0,) * self.spatial)
        return layout.inner(index, self.spatial)

    def channel_counts(self, trace: Trace) -> tuple[int, int]:
        given = trace.layer.layout.channels(trace.inputs["input"].shape, self.spatial)
        return given, self.channels(given)

    def form(self, trace: Trace) -> str:
        return form_of(trace, self.spatial)

    def index(self, trace: Trace, place: Index) -> Index:
        full_ndim = trace.output.ndim
        if isinstance(self.windows, Whole) and not self.windows.keep:
            return place[:2][2 - full_ndim :] if full_ndim else ()
        return trace.layer.layout.outer(place, full_ndim)

    def replay(self, trace: Trace) -> tuple[Array, Array | float]:
        layout, array = trace.layer.layout, trace.inputs["input"]
        images = layout.images(array, self.spatial)
        tables = check_geometry(self.windows, trace.geometry, images.shape[2:])
        blocks, done = [], 0
        for values, data in gather(images, tables):
            blocks.append(self.combine(values, data, range(done, done + len(data)), trace))
            done += len(data)
        shape = (images.shape[0], self.channels(images.shape[1]), *map(len, tables))
        again, slack = (
            layout.restored(
                np.concatenate([np.broadcast_to(b[part], b[0].shape) for b in blocks], axis=2).reshape(shape),
                self.spatial,
                array.ndim,
            ).reshape(trace.output.shape)
            for part in (0, 1)
        )
        return again, slack

    def check(self, trace: Trace) -> None:
        array = trace.inputs["input"]
        images = trace.layer.layout.images_shape(array.shape, self.spatial)
        if trace.geometry.input_shape != images[2:]:
            raise ShapeError(f"its geometry is not that of an input of shape {array.shape}")
        outer = images[0], self.channels(images[1])
        shape = self.restored_shape(trace.layer.layout, outer, trace.geometry.output_shape, array.ndim)
        if shape != trace.output.shape:
            raise ShapeError(f"its output has shape {trace.output.shape}, but its geometry gives {shape}")

    def counts_as_number(self, axes: tuple[AxisGeometry, ...], position: Index) -> bool:
        """Whether a cell of a window that is no data counts as the number that padding stands for."""
        return bool(self.padding_value == 0)

    def sources(self, trace: Trace, index: Index) -> list[Index | Padding]:
        layout, array = trace.layer.layout, trace.inputs["input"]
        image, channel, *cell = self.place(trace, index)
        tables = check_geometry(self.windows, trace.geometry, layout.images_shape(array.shape, self.spatial)[2:])
        rows = [
            [(at, past_the_edge(axis, i, k)) for k, at in enumerate(table[i])]
            for axis, table, i in zip(trace.geometry.axes, tables, cell)
        ]
        found: list[Index | Padding] = []
        for source in self.seen(channel, trace):
            for places in itertools.product(*rows):
                at = tuple(place for place, _past in places)
                if any(past for _place, past in places):
                    found.append(OUTSIDE)
                elif None in at:
                    found.append(PADDING)
                else:
                    found.append(layout.outer((image, source, *cast(Index, at)), array.ndim))
        return [source for source in found if isinstance(source, tuple) or self.tells_padding]

    tells_padding: ClassVar[bool] = True  # whether a window cell without data is a tap at all

    def reach(self, trace: Trace) -> int:
        return math.prod(trace.geometry.window) * len(self.seen(0, trace))

    def seen_at_once(self, trace: Trace, index: Index) -> tuple[Array, int, tuple[slice, ...]] | None:
        """The data of a window, `(C, *window)`; how many of its cells are none; and which lines of the window it is."""
        array = trace.inputs["input"]
        if array.dtype == object or any(isinstance(axis, TransposedAxis) for axis in trace.geometry.axes):
            return None
        image, channel, *cell = self.place(trace, index)
        seen = self.seen(channel, trace)
        held = [axis.held(i) for axis, i in zip(trace.geometry.axes, cell)]
        places = tuple(slice(line.start, line.stop, line.step) for line, _first, _all in held)
        key: Any = (image, slice(seen.start, seen.stop), *places)  # NumPy's stubs know no such mixed index
        data = trace.layer.layout.images(array, self.spatial)[key]
        lines = tuple(slice(first, first + len(line)) for line, first, _all in held)
        return data, len(seen) * math.prod(every for *_, every in held) - data.size, lines

    def taps(self, trace: Trace, index: Index) -> tuple[Tap, ...]:
        layout, array = trace.layer.layout, trace.inputs["input"]
        image, channel, *cell = self.place(trace, index)
        lines = [[(p, axis.holds(p)) for p in axis.positions(i)] for axis, i in zip(trace.geometry.axes, cell)]
        places = [
            (cast(Index, tuple([p for p, _ in place])), all(held for _, held in place))
            for place in itertools.product(*lines)
        ]
        taps = []
        for source in self.seen(channel, trace):
            for (position, held), (weight, weight_index) in zip(places, self.weights(trace, channel, source)):
                if held:
                    at = layout.outer((image, source, *position), array.ndim)
                    taps.append(Tap(at, plain(array[at]), position, weight, weight_index))
                elif self.tells_padding:
                    inside = all(axis.padded(p) for axis, p in zip(trace.geometry.axes, position))
                    nothing = PADDING if inside else OUTSIDE
                    taps.append(Tap(nothing, self.padding_value, position, weight, weight_index))
        return tuple(taps)

    def output_images(self, trace: Trace, array: Array) -> Array:
        """An array of the output's shape as a view `(N, C, *spatial)`."""
        layout, x = trace.layer.layout, trace.inputs["input"]
        images = layout.images_shape(x.shape, self.spatial)
        inner = (images[0], self.channels(images[1]), *trace.geometry.output_shape)
        return layout.images(array.reshape(layout.restored_shape(inner, x.ndim)), self.spatial)

    def input_restored(self, trace: Trace, images: Array) -> Array:
        """The reverse of `layout.images`, of the input."""
        x = trace.inputs["input"]
        return trace.layer.layout.restored(images, self.spatial, x.ndim).reshape(x.shape)

    def met(self, trace: Trace, position: Index) -> Iterator[tuple[Index, Index]]:
        """The output cells whose windows touch a position, in order, each with the window's cell that lies there."""
        for pairs in itertools.product(*(axis.met(p) for axis, p in zip(trace.geometry.axes, position))):
            yield tuple(cell for cell, _ in pairs), tuple(offset for _, offset in pairs)

    def fed_channels(self, trace: Trace, channel: int) -> range:
        """The output channels that an input channel is seen by."""
        return range(channel, channel + 1)

    def feeds(self, trace: Trace, name: str, index: Index) -> Iterable[tuple[Index, Value]]:
        image, channel, *position = trace.layer.layout.inner(index, self.spatial)
        for out in self.fed_channels(trace, channel):
            for cell, _offset in self.met(trace, tuple(position)):
                at = trace.index((image, out, *cell))
                step = trace.step(at)
                for tap, slope in zip(step.taps, self.slopes(step)):
                    if tap.source == index and slope is not None:
                        yield at, slope

    def sought(self, trace: Trace, name: str) -> int:
        """All that the windows cover which a cell lies in."""
        return math.prod(map(_most_met, trace.geometry.axes)) * self.reach(trace)

    def looks_at(self, trace: Trace, name: str, box: Box) -> Box:
        layout, x = trace.layer.layout, trace.inputs["input"]
        if any(low >= high for low, high in box):
            return tuple((0, 0) for _ in x.shape)
        first, last = (trace.place(tuple(end) if end else ()) for end in _corners(box))
        seen = [self.seen(place[1], trace) for place in (first, last)]
        spans = [(first[0], last[0] + 1), (seen[0].start, seen[1].stop)]
        for axis, low, high in zip(trace.geometry.axes, first[2:], last[2:]):
            reach = max(axis.span, axis.stride)  # windows further in look at nothing that lies further out
            ends = [*range(low, min(high, low + reach) + 1), *range(max(low, high - reach), high + 1)]
            met = [p for i in ends for p in axis.positions(i) if p is not None and axis.holds(p)]
            spans.append((min(met), max(met) + 1) if met else (0, 0))
        lows, highs = zip(*spans)
        return tuple(zip(layout.outer(lows, x.ndim), layout.outer(highs, x.ndim)))

    def touches(self, trace: Trace, name: str, mask: Array) -> Array:
        """One axis after another: a window is touched where any of its cells is marked."""
        images = self.seen_anywhere(trace, trace.layer.layout.images(mask, self.spatial))
        for dimension, axis in enumerate(trace.geometry.axes, 2):
            shape = (*images.shape[:dimension], axis.output, *images.shape[dimension + 1 :])
            marked = np.zeros(shape, dtype=bool)
            for windows, cells in _pairs(axis):
                found = along(images, dimension, cells)
                alone = single(axis) is not None  # one window, and all that it covers
                along(marked, dimension, windows)[...] |= np.any(found, dimension, keepdims=True) if alone else found
            images = marked
        return trace.layer.layout.restored(images, self.spatial, mask.ndim).reshape(trace.shape)

    def slopes(self, step: Step) -> list[Value]:
        """By the rule's own tree, unless there is a faster way."""
        rule, exact = derivative(self.calculation), step.trace.inputs["input"].dtype == object
        found = [worth_of(rule, step, tap) if tap.is_data else None for tap in step.taps]
        return found if exact else [None if slope is None else float(slope) for slope in found]

    def gradient(self, trace: Trace, name: str, grad: Array) -> Array:
        """A step after the other, unless there is a faster way."""
        return self.one_by_one(trace, grad)

    def one_by_one(self, trace: Trace, grad: Array) -> Array:
        """The gradient by steps: what no window covers stays 0, and ∞ meets its own windows alone."""
        effort = trace.output.size * self.reach(trace) * Effort(TAP_SEEN.seconds)
        allow(f"the gradient of {trace.layer.call}", effort, "take a smaller input, or smaller windows")
        result = np.zeros(trace.inputs["input"].shape, dtype=grad.dtype)
        with np.errstate(all="ignore"):
            for step in trace.steps:
                for tap, slope in zip(step.taps, self.slopes(step)):
                    if slope is not None:
                        result[tap.source] += grad[step.index] * slope  # type: ignore[index]  # it is no padding
        return result

    def seen_anywhere(self, trace: Trace, images: Array) -> Array:
        """Marked cells `(N, C, …)` as each output channel sees them."""
        return images

    def weights(self, trace: Trace, channel: int, source: int) -> Weights:
        """The weight on each cell of the window and its place in the kernel, where the operation has a kernel."""
        return itertools.repeat((None, None))


def form_of(trace: Trace, spatial: int) -> str:
    """What a trace of images gives: a batch of them, one with its channels, or its plain numbers."""
    if trace.inputs["input"].ndim == spatial + 2:
        return "batch"
    return "plain" if trace.output.ndim == spatial else "image"


def data_taps(taps: Iterable[Tap]) -> list[Tap]:
    """The taps that are data."""
    return [tap for tap in taps if tap.is_data]


def cell_places(trace: Trace, cells: range) -> Iterator[tuple[int, ...]]:
    """The places of output cells that are numbered in row-major order."""
    shape = trace.geometry.output_shape
    return (tuple(int(i) for i in np.unravel_index(cell, shape)) for cell in cells)


def along(array: Array, dimension: int, cells: slice) -> Array:
    """A view of some cells along one dimension."""
    return array[(slice(None),) * dimension + (cells,)]


def _most_met(axis: AxisGeometry) -> int:
    """Of windows along an axis, how many touch a position at most, about."""
    return min(axis.output, 2 if isinstance(axis, AdaptiveAxis) else -(-axis.window // axis.stride))


def _corners(box: Box) -> tuple[list[int], list[int]]:
    return [low for low, _ in box], [high - 1 for _, high in box]


def single(axis: AxisGeometry) -> list[slice] | None:
    """Of windows that are not taken cell by cell, the data that each covers: of adaptive ones, or the only one."""
    if isinstance(axis, AdaptiveAxis) or (axis.output == 1 and axis.dilation == 1 and type(axis) is AxisGeometry):
        return [slice(max(0, low), min(axis.size, high)) for low, high in map(axis.frame, range(axis.output))]
    return None


def _pairs(axis: AxisGeometry) -> Iterator[tuple[slice, slice]]:
    """Windows and the cells they find data in: for each cell of the window, or one by one (see `single`)."""
    if (covered := single(axis)) is not None:
        for i, cells in enumerate(covered):
            yield slice(i, i + 1), cells
    else:
        yield from axis.reaches


def spread_along(totals: Array, dimension: int, axis: AxisGeometry) -> Array:
    """The reverse of adding windows up along one axis: every window's number goes to each cell that it covers."""
    shape = (*totals.shape[:dimension], axis.size, *totals.shape[dimension + 1 :])
    spread = np.zeros_like(totals, shape=shape)
    for windows, cells in _pairs(axis):
        along(spread, dimension, cells)[...] += along(totals, dimension, windows)
    return spread


CACHED_BYTES = 2**19
"""Maps that go through all passes together, about: what lies between two passes then stays in a core's own cache."""


def separably(images: Array, geometry: Geometry, one_pass: Callable[[Array, int, AxisGeometry, Array], None]) -> Array:
    """A rule carried out along one axis after another: `one_pass(images, dimension, axis, out)` for each.

    Outermost first, so that whole rows are combined while there are many.
    """
    apart = images.reshape(-1, 1, *images.shape[2:]) if images.flags.c_contiguous else images  # a view, map by map
    result = np.empty_like(apart, shape=(*apart.shape[:2], *(axis.output for axis in geometry.axes)))
    count = max(1, CACHED_BYTES * len(apart) // images.nbytes)
    for first in range(0, len(apart), count):
        block = apart[first : first + count]
        for dimension, axis in enumerate(geometry.axes, 2):
            shape = (*block.shape[:dimension], axis.output, *block.shape[dimension + 1 :])
            last = dimension == block.ndim - 1
            out = result[first : first + count] if last else np.empty_like(block, shape=shape)
            one_pass(block, dimension, axis, out)
            block = out
    return result.reshape(*images.shape[:2], *result.shape[2:])
