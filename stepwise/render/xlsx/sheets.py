"""A trace laid out on a sheet: its inputs, its weights and its output as planes of cells."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from itertools import product
from types import MappingProxyType

import numpy as np

from ...arithmetic import Array
from ...dataclass import dataclass
from ...geometry import AxisGeometry
from ...language import _
from ...nouns import input_noun, size_of
from ...ops import Conv, Dense
from ...ops.windows import WindowOperation
from ...rules.tree import asides
from ...traces.axes import axis_word, roles
from ...traces.layout import Index
from ...traces.tap import Tap
from ...traces.trace import Trace
from .places import Block, Spot, Zone

TOP = 5
"""The row the planes begin at, below title, call and key."""
GROWN = "exponentials"
"""Helper cells, which the output is made from: what a rule works out aside, as a softmax its exponentials."""

Split = Callable[[Index], tuple[Index, int, int]]  # an index into an array -> its plane, row and column


@dataclass
class Sheet:
    """A trace on a sheet of its own."""

    name: str
    trace: Trace
    zones: dict[str, Zone] = field(default_factory=dict)
    output: Zone = field(default_factory=lambda: Zone("output", []))

    def input(self, name: str, index: Index) -> Spot:
        """Where a cell of an input lies."""
        return self.zones[name].found[index]

    def tapped(self, taps: tuple[Tap, ...], index: Index) -> list[Spot]:
        """Where the taps of an output cell lie, padding included, in their order."""
        operation = self.trace.layer.operation
        if not isinstance(operation, WindowOperation):
            return [self.input(tap.input, tap.source) for tap in taps if isinstance(tap.source, tuple)]
        image, channel = self.trace.place(index)[:2]
        seen = operation.seen(channel, self.trace)
        if all(isinstance(tap.source, tuple) for tap in taps):
            return [self.input("input", tap.source) for tap in taps if isinstance(tap.source, tuple)]
        each = len(taps) // len(seen)
        return [self._at(image, seen[number // each], tap.position) for number, tap in enumerate(taps)]

    def _at(self, image: int, channel: int, position: Index) -> Spot:
        plane, row, column = _plane((image, channel), position, self.trace.geometry.axes)
        origin = self.zones["input"].by_key[plane].origin
        return Spot(origin.row + row, origin.column + column)


def laid_out(trace: Trace, name: str) -> Sheet:
    """The trace's planes side by side: inputs, weights, output."""
    sheet = Sheet(name, trace)
    for key, array in trace.inputs.items():
        sheet.zones[key] = _zone(trace, key, array)
    if asides(trace.layer.operation.calculation):
        sheet.zones[GROWN] = _generic(_("exponentials"), trace.output, roles(trace), trace.layer.layout.channels_last)
    sheet.output = _output(trace)
    left = 1
    for zone in (*sheet.zones.values(), sheet.output):
        zone.place(TOP, left)
        left += max(zone.width, 3) + 2
    return sheet


def _zone(trace: Trace, name: str, array: Array) -> Zone:
    operation = trace.layer.operation
    if isinstance(operation, WindowOperation) and name == "input":
        return _padded(trace, operation)
    if isinstance(operation, Conv) and name == "kernel":
        return _kernel(trace, operation, array)
    if isinstance(operation, Dense) and name == "kernel" and not operation.out_first:
        # A row for each unit, as the input lies.
        return _planes(input_noun(name), array, lambda index: ((), index[1], index[0]))
    beside = array.shape == trace.inputs["input"].shape
    return _generic(input_noun(name), array, roles(trace, name), beside and trace.layer.layout.channels_last)


def _generic(caption: str, array: Array, along: tuple[str, ...], channels_last: bool) -> Zone:
    """An array by its last two axes, or, of images whose channels come last, by the two before them.

    Each plane is called by what the other axes are (`along`: see `traces.axes.roles`).
    """
    last = array.ndim - 1 if channels_last and array.ndim > 2 else array.ndim
    others = [axis for axis in range(array.ndim) if axis not in (last - 2, last - 1)]

    def split(index: Index) -> tuple[Index, int, int]:
        if array.ndim < 2:
            return (), 0, index[0] if index else 0
        return tuple(index[axis] for axis in others), index[last - 2], index[last - 1]

    several = [axis for axis in others if array.shape[axis] > 1]
    return _planes(caption, array, split, {others.index(axis): axis_word(along, axis) for axis in several})


def _planes(caption: str, array: Array, split: Split, words: Mapping[int, str] = MappingProxyType({})) -> Zone:
    """An array as planes; `words` say of entries of a plane's index what they are."""
    cells: dict[Index, dict[tuple[int, int], Index | None]] = {}
    for index in np.ndindex(array.shape):
        plane, row, column = split(index)
        cells.setdefault(plane, {})[row, column] = index
    size = size_of(array.shape)
    blocks = {}
    for plane, inside in cells.items():
        which = [word.format(n=plane[entry]) for entry, word in words.items()]
        blocks[plane] = Block(" · ".join([f"{caption} {size}", *which]), inside)
    return Zone(caption, [blocks[plane] for plane in sorted(blocks)], blocks)


def _plane(outer: tuple[int, int], position: Index, axes: tuple[AxisGeometry, ...]) -> tuple[Index, int, int]:
    """The plane, row and column of a position among all that are drawn, padding included."""
    shifted = tuple(p - axis.drawn[0] for p, axis in zip(position, axes))
    row, column = (0, *shifted)[-2:]
    return (*outer, *position[:-2]), row, column


def _padded(trace: Trace, operation: WindowOperation) -> Zone:
    """The input as the windows see it, a plane for each image, channel and depth."""
    axes, array = trace.geometry.axes, trace.inputs["input"]
    layout = trace.layer.layout
    images, channels = layout.images_shape(array.shape, operation.spatial)[:2]
    blocks: dict[Index, Block] = {}
    for outer in product(range(images), range(channels)):
        for position in product(*(range(*axis.drawn) for axis in axes)):
            plane, row, column = _plane(outer, position, axes)
            data = all(axis.holds(p) for axis, p in zip(axes, position))
            if plane not in blocks:
                blocks[plane] = Block(_caption(_("input"), (images, channels), plane), {})
            blocks[plane].cells[row, column] = layout.outer((*outer, *position), array.ndim) if data else None
            if not data and operation.counts_as_number(axes, position):
                blocks[plane].zeros.add((row, column))
            if not all(axis.padded(p) for axis, p in zip(axes, position)):
                blocks[plane].outside.add((row, column))
    return Zone(_("input"), list(blocks.values()), blocks)


def _caption(name: str, counts: tuple[int, int], plane: Index) -> str:
    words = [name]
    if counts[0] > 1:
        words.append(_("image {n}").format(n=plane[0]))
    if counts[1] > 1:
        words.append(_("channel {n}").format(n=plane[1]))
    words += [_("depth {n}").format(n=depth) for depth in plane[2:]]
    return " · ".join(words)


def _kernel(trace: Trace, operation: Conv, array: Array) -> Zone:
    """A plane for each filter, channel and depth."""
    view = operation.kernel(trace.layer.layout, array)
    blocks: dict[Index, Block] = {}
    for inner in np.ndindex(view.shape):
        plane, (row, column) = inner[: max(2, view.ndim - 2)], (0, *inner[2:])[-2:]
        if plane not in blocks:
            words = [_("turned kernel") if trace.layer.layout.kernel_turned else _("kernel")]
            words += [_("filter {n}").format(n=inner[0])] if view.shape[0] > 1 else []
            words += [_("channel {n}").format(n=inner[1])] if view.shape[1] > 1 else []
            words += [_("depth {n}").format(n=depth) for depth in plane[2:]]
            blocks[plane] = Block(" · ".join(words), {})
        blocks[plane].cells[row, column] = operation.kernel_index(trace.layer.layout, inner, array)
    return Zone(_("kernel"), list(blocks.values()), blocks)


def _output(trace: Trace) -> Zone:
    if not isinstance(trace.layer.operation, WindowOperation):
        return _generic(_("output"), trace.output, roles(trace), trace.layer.layout.channels_last)
    shape = trace.layer.layout.images_shape(trace.inputs["input"].shape, trace.layer.operation.spatial)
    images, channels = shape[0], trace.channels[1]
    blocks: dict[Index, Block] = {}
    for index in np.ndindex(trace.output.shape):
        image, channel, *cell = trace.place(index)
        plane, (row, column) = (image, channel, *cell[:-2]), (0, *cell)[-2:]
        if plane not in blocks:
            blocks[plane] = Block(_caption(_("output"), (images, channels), plane), {})
        blocks[plane].cells[row, column] = index
    return Zone(_("output"), [blocks[plane] for plane in sorted(blocks)], blocks)


def every_trace(traces: tuple[Trace, ...]) -> Iterator[Trace]:
    """The traces and all they came from, each once, parents first."""
    seen: set[int] = set()
    waiting = [*reversed(traces)]
    while waiting:
        trace = waiting[-1]
        due = [parent for parent in trace.parents.values() if id(parent) not in seen]
        if id(trace) in seen or not due:
            waiting.pop()
            if id(trace) not in seen:
                seen.add(id(trace))
                yield trace
        else:
            waiting += reversed(due)
