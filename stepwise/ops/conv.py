"""Convolution, as networks mean it: products under the window, summed. The kernel is not flipped."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

import numpy as np

from ..arithmetic import Array, Value, plain, rounding, wide
from ..dataclass import dataclass
from ..errors import CallError, ShapeError, differing
from ..geometry import Adaptive, Geometry, TransposedAxis, Whole
from ..rules.tree import Beside, Rule, W, X, total
from ..traces.influence import Shares
from ..traces.layout import WORDS, Index, Layout, typed_kernel
from ..traces.step import Step
from ..traces.tap import Gathered
from ..traces.trace import Trace
from .columns import convolve, input_gradient, kernel_gradient
from .windows import Shape, Weights, WindowOperation


@dataclass(frozen=True)
class Conv(WindowOperation):
    """sum of products:  y[f, i, j] = sum over (c, k, l) of x[c, i·s + k·d - p, j·s + l·d - p]·w[f, c, k, l] + b[f]

    This is cross-correlation: the kernel is laid on the data as it stands. Padding is 0 and adds nothing. With groups,
    a filter sees only its own share of the channels.
    """

    filters: int
    groups: int = 1

    name: ClassVar[str] = "conv"
    rule: ClassVar[str] = "sum of products"
    calculation: ClassVar[Rule] = total(X * W) + Beside("bias")
    padding_value: ClassVar[Value] = 0

    def __post_init__(self) -> None:
        for name in ("filters", "groups"):
            if type(getattr(self, name)) is not int or getattr(self, name) < 1:
                raise CallError(f"{name} must be a whole number above 0, not {getattr(self, name)!r}")
        if self.filters % self.groups:
            raise CallError(f"groups={self.groups} does not divide filters={self.filters}")

    def channels(self, given: int) -> int:
        """One for each filter."""
        return self.filters

    def split(self, channels: int) -> int:
        """The number of groups for images of so many channels. Raises `ShapeError` where they do not divide."""
        if channels % self.groups:
            raise ShapeError(f"groups={self.groups} does not divide the input's {channels} channels")
        return self.groups

    def kernel(self, layout: Layout, array: Array) -> Array:
        """The kernel as a view `(out, in, *window)`."""
        return layout.kernel(array, self.spatial)

    def passes(self, geometry: Geometry, channels: int) -> int:
        """A product for each cell of the window, in each channel of a group."""
        return math.prod(geometry.window) * channels // self.split(channels)

    def gathered(self, trace: Trace, index: Index) -> Gathered | None:
        found = self.seen_at_once(trace, index)
        channel = self.place(trace, index)[1]
        kernel = self.kernel(trace.layer.layout, trace.inputs["kernel"])[channel]
        if found is None or kernel.dtype == object or not np.isfinite(kernel).all():  # 0·NaN does not vanish
            return None
        data, padded, lines = found
        bias = plain(trace.inputs["bias"][channel]) if "bias" in trace.inputs else None
        return Gathered(data.ravel(), padded, kernel[(slice(None), *lines)].ravel(), bias)

    def owned_kernel_shape(self, layout: Layout, channels: int) -> Shape:
        """The kernel's shape as its owner lays it out, for images of so many channels."""
        return layout.kernel_shape(self.filters, channels // self.split(channels), self.own_window)

    @property
    def own_window(self) -> Shape:
        """The kernel's own size."""
        if isinstance(self.windows, Whole | Adaptive):
            raise ShapeError("a convolution needs a window of its own, of the kernel's size")
        return self.windows.window

    def weight_shapes(self, layout: Layout, shape: Shape) -> dict[str, Shape]:
        channels = layout.channels(shape, self.spatial)
        return {"kernel": self.owned_kernel_shape(layout, channels), "bias": (self.channels(channels),)}

    def outline(self, layout: Layout, shape: Shape) -> tuple[Geometry, Shape]:
        self.split(layout.images_shape(shape, self.spatial)[1])  # refuses groups that do not divide
        return super().outline(layout, shape)

    def checked(self, channels: int, layout: Layout, inputs: Mapping[str, Array]) -> Array:
        """The kernel as `(out, in, *window)`. Raises `ShapeError` where kernel or bias do not fit."""
        due = self.owned_kernel_shape(layout, channels)
        given = inputs["kernel"].shape
        alone = self.channels(channels) == 1 and channels == 1
        if given != due and not (alone and given == self.own_window):
            raise ShapeError(self._unfit(given, due, layout)).of("kernel")
        bias_due = (self.channels(channels),)
        if "bias" in inputs and inputs["bias"].shape != bias_due:
            bias = inputs["bias"].shape
            wrong = differing(bias, bias_due, ["filters"])
            raise ShapeError(f"the bias has shape {bias}; this layer needs {bias_due}: {wrong}").of("bias")
        return self.kernel(layout, inputs["kernel"])

    def _unfit(self, given: Shape, due: Shape, layout: Layout) -> str:
        """What is wrong with a kernel's shape, axis by axis, and how it would be typed."""
        filters, seen, *window = self.kernel(layout, np.broadcast_to(0, due)).shape
        axes = self.kernel_axes(layout)
        mismatch = f"the kernel has shape {given}; this layer needs {due}: {differing(given, due, axes)}"
        return f"{mismatch}. Its axes are {', '.join(axes)}; typed, it is {typed_kernel(filters, seen, window)}"

    def kernel_axes(self, layout: Layout) -> tuple[str, ...]:
        """What the axes of its owner's kernel are, in words."""
        own = WORDS[self.spatial]
        return (*own, "channels in", "filters") if layout.kernel_channels_last else ("filters", "channels in", *own)

    def planned(self, layout: Layout, inputs: Mapping[str, Array]) -> tuple[Geometry, Shape]:
        geometry, shape = super().planned(layout, inputs)
        self.checked(layout.channels(inputs["input"].shape, self.spatial), layout, inputs)
        return geometry, shape

    def compute(self, images: Array, geometry: Geometry, layout: Layout, inputs: Mapping[str, Array]) -> Array:
        """Every window as a row of a matrix, times the kernel as a matrix, a bounded block at a time."""
        kernel = self.checked(images.shape[1], layout, inputs)
        data, weights, bias = self.summable(images, kernel, inputs)
        return convolve(data, weights, bias, geometry, self.split(images.shape[1]))

    def summable(self, images: Array, kernel: Array, inputs: Mapping[str, Array]) -> tuple[Array, Array, Array | None]:
        """Data, kernel and bias in a type in which no sum overflows."""
        terms = kernel[0].size + 1
        bias = inputs.get("bias")
        if bias is not None and bias.dtype.kind in "iu" and np.any(np.abs(bias.astype(object)) > 2**60):
            bias = bias.astype(object)
        return wide(images, terms, kernel), wide(kernel, terms, images), bias

    def check(self, trace: Trace) -> None:
        if "kernel" not in trace.inputs:
            raise ShapeError("it has no kernel")
        channels = trace.layer.layout.channels(trace.inputs["input"].shape, self.spatial)
        self.checked(channels, trace.layer.layout, trace.inputs)
        super().check(trace)

    def combine(self, values: Array, data: Array, cells: range, trace: Trace) -> tuple[Array, Array | float]:
        inputs = trace.inputs
        kernel = self.kernel(trace.layer.layout, inputs["kernel"])
        kernel = kernel.reshape(*kernel.shape[:2], -1)
        groups = self.split(values.shape[1])
        taken = np.where(data, values, 0)
        exact = trace.output.dtype.kind != "f"
        number: Any = object if trace.output.dtype == object else np.int64 if exact else np.float64
        taken, kernel = taken.astype(number), kernel.astype(number)
        bias = inputs.get("bias", np.zeros(len(kernel), dtype=np.int64)).reshape(-1, 1)

        def summed(x: Array, w: Array) -> Array:
            # einsum adds term by term in its own loops; the fast route goes through BLAS
            pairs = zip(np.split(x, groups, axis=1), np.split(w, groups))
            return np.concatenate([np.einsum("ncpk,ock->nop", part, weights) for part, weights in pairs], axis=1)

        with np.errstate(invalid="ignore", over="ignore"):
            output = summed(taken, kernel) + bias
            if exact:
                return output, 0.0
            precision = rounding(trace.output) * (kernel[0].size + 2)
            spread = summed(np.abs(taken), np.abs(kernel)) + np.abs(bias)
            if not (np.isfinite(taken).all() and np.isfinite(kernel).all() and np.isfinite(bias).all()):
                spread = np.where(np.isinf(spread), 0, spread)
            return output, precision * spread

    def seen(self, channel: int, trace: Trace) -> range:
        """A filter of group g sees the g-th share of the channels."""
        channels = trace.layer.layout.channels(trace.inputs["input"].shape, self.spatial)
        groups = self.split(channels)
        group = channel // (self.channels(channels) // groups)
        return range(group * (channels // groups), (group + 1) * (channels // groups))

    def weights(self, trace: Trace, channel: int, source: int) -> Weights:
        layout, own = trace.layer.layout, trace.inputs["kernel"]
        kernel = self.kernel(layout, own)
        seen = source % kernel.shape[1]
        for place, value in zip(np.ndindex(kernel.shape[2:]), kernel[channel, seen].flat):
            yield plain(value), self.kernel_index(layout, (channel, seen, *place), own)

    def slopes(self, step: Step) -> list[Value]:
        """The weight on each cell."""
        return [tap.weight if tap.is_data else None for tap in step.taps]

    def seen_anywhere(self, trace: Trace, images: Array) -> Array:
        """Every filter sees all channels of its group."""
        groups = self.split(images.shape[1])
        each = images.reshape(images.shape[0], groups, -1, *images.shape[2:]).any(axis=2)
        return np.repeat(each, self.channels(images.shape[1]) // groups, axis=1)

    def fed_channels(self, trace: Trace, channel: int) -> range:
        """The filters of a channel's group."""
        given, filters = trace.channels
        groups = self.split(given)
        group, per_group = channel // (given // groups), filters // groups
        return range(group * per_group, (group + 1) * per_group)

    def sought(self, trace: Trace, name: str) -> int:
        return 1

    def fed_at_once(self, trace: Trace, name: str, index: Index, grad: Array) -> tuple[Array, Array | None] | None:
        """Of a number of the kernel or the bias, which takes part in every output cell of its filter."""
        back, layout = self.output_images(trace, grad), trace.layer.layout
        if name == "bias":
            return back[:, index[0]], None
        if name != "kernel":
            return None
        filter_, seen, *place = self._inner(trace, index)
        reached = [axis.reached(k) for axis, k in zip(trace.geometry.axes, place)]
        images = layout.images(trace.inputs["input"], self.spatial)
        windows, data = (tuple(side) for side in zip(*reached))
        return back[(slice(None), filter_, *windows)], images[(slice(None), self.seen(filter_, trace)[seen], *data)]

    def _inner(self, trace: Trace, index: Index) -> Index:
        """An index into the owner's own kernel as `(out, in, *window)`."""
        own = trace.inputs["kernel"]
        numbers = self.kernel(trace.layer.layout, np.arange(own.size).reshape(own.shape))
        return tuple(map(int, np.argwhere(numbers == np.ravel_multi_index(index, own.shape))[0]))

    def feeds(self, trace: Trace, name: str, index: Index) -> Iterable[tuple[Index, Value]]:
        """Of the input, the cells that its weights lead to; of the kernel, those that a weight was used for; of the
        bias, all of its filter's.
        """
        for at, slope, _factor in self._fed(trace, name, index):
            yield at, slope

    def factors(self, trace: Trace, name: str, index: Index) -> dict[Index, Index]:
        return {at: factor for at, _slope, factor in self._fed(trace, name, index) if factor is not None}

    def _fed(self, trace: Trace, name: str, index: Index) -> Iterator[tuple[Index, Value, Index | None]]:
        """The output cells that depend on a cell, each with the number it was multiplied by there, and its place."""
        layout, own = trace.layer.layout, trace.inputs["kernel"]
        x = trace.inputs["input"]
        images, outputs = layout.images_shape(x.shape, self.spatial), trace.geometry.output_shape
        if name == "bias":
            for image in range(images[0]):
                for cell in np.ndindex(outputs):
                    yield trace.index((image, index[0], *cell)), 1, None
        elif name == "kernel":
            filter_, seen, *place = self._inner(trace, index)
            source = self.seen(filter_, trace)[seen]
            reached = [axis.reached(k) for axis, k in zip(trace.geometry.axes, place)]
            cells = [zip(_numbers(windows), _numbers(data)) for windows, data in reached]
            lines = [list(pairs) for pairs in cells]
            for image in range(images[0]):
                for pairs in itertools.product(*lines):
                    at = layout.outer((image, source, *(p for _, p in pairs)), x.ndim)
                    yield trace.index((image, filter_, *(o for o, _ in pairs))), plain(x[at]), at
        else:
            kernel = self.kernel(layout, own)
            image, channel, *position = layout.inner(index, self.spatial)
            for filter_ in self.fed_channels(trace, channel):
                for cell, offset in self.met(trace, tuple(position)):
                    inner = (filter_, channel % kernel.shape[1], *offset)
                    factor = self.kernel_index(layout, inner, own)
                    yield trace.index((image, filter_, *cell)), plain(kernel[inner]), factor

    def gradient(self, trace: Trace, name: str, grad: Array) -> Array:
        """Matrix products of columns, as `compute`; of exact numbers, and where ∞ would meet padding, cell by cell."""
        layout, own = trace.layer.layout, trace.inputs["kernel"]
        back = self.output_images(trace, grad)
        if name == "bias":
            return np.asarray(back.sum(axis=(0, *range(2, back.ndim))))
        images, kernel = layout.images(trace.inputs["input"], self.spatial), self.kernel(layout, own)
        groups, geometry = self.split(images.shape[1]), trace.geometry
        spread = any(isinstance(axis, TransposedAxis) for axis in geometry.axes)
        in_columns = np.result_type(back, images, kernel).kind == "f" and not spread
        if name == "input":
            if in_columns:
                return self.input_restored(trace, input_gradient(back, kernel, images.shape, geometry, groups))
            return self.input_restored(trace, self._cell_by_cell(trace, name, back))
        result = kernel_gradient(images, back, kernel.shape[2:], geometry, groups) if in_columns else None
        if result is None or not np.isfinite(result).all():
            result = self._cell_by_cell(trace, name, back)
        found = np.empty(own.size, dtype=result.dtype)
        found[self.kernel(layout, np.arange(own.size).reshape(own.shape)).ravel()] = result.ravel()
        return found.reshape(own.shape)

    def _cell_by_cell(self, trace: Trace, name: str, back: Array) -> Array:
        """For each cell of the kernel, all output cells at once: a matrix product each, of data alone."""
        layout, own = trace.layer.layout, trace.inputs["kernel"]
        images, kernel = layout.images(trace.inputs["input"], self.spatial), self.kernel(layout, own)
        groups = self.split(images.shape[1])
        count, outputs, dtype = len(images), back.shape[2:], np.result_type(back, images, kernel)
        back = back.reshape(count, groups, -1, *outputs)
        data = images.reshape(count, groups, -1, *images.shape[2:])
        weights = kernel.reshape(groups, -1, *kernel.shape[1:])  # (group, filter, channel, *window)
        result = np.zeros(data.shape if name == "input" else weights.shape, dtype=dtype)
        for place in np.ndindex(kernel.shape[2:]):
            windows, cells = zip(*(axis.reached(k) for axis, k in zip(trace.geometry.axes, place)))
            every: Any = (slice(None),) * 3
            part = back[(*every, *windows)]
            if not part.size:  # this cell of the kernel lies on padding in every window
                continue
            flat = part.reshape(*part.shape[:3], -1)
            if name == "input":
                spread = np.matmul(np.swapaxes(weights[(*every, *place)], 1, 2), flat)
                result[(*every, *cells)] += spread.reshape(count, groups, -1, *part.shape[3:])
            else:
                met = data[(*every, *cells)].reshape(count, groups, data.shape[2], -1)
                result[(*every, *place)] += np.matmul(flat, np.swapaxes(met, 2, 3)).sum(axis=0)
        return result.reshape(images.shape if name == "input" else kernel.shape)

    def shares(self, trace: Trace, index: Index) -> list[Shares]:
        """All cells under the window at once: there may be thousands."""
        layout, x = trace.layer.layout, trace.inputs["input"]
        image, channel, *cell = trace.place(index)
        seen, kernel = self.seen(channel, trace), self.kernel(layout, trace.inputs["kernel"])
        lines = [
            [(k, p) for k, p in enumerate(axis.positions(i)) if axis.holds(p)]
            for axis, i in zip(trace.geometry.axes, cell)
        ]
        offsets = np.ix_(*(np.array([k for k, _ in line], dtype=np.int64) for line in lines))
        met = [np.array([p for _, p in line], dtype=np.int64) for line in lines]
        places: Any = np.ix_(np.array(seen), *met)
        values = layout.images(x, self.spatial)[(image, *places)]
        factors = kernel[channel][(slice(None), *offsets)]
        grid = np.meshgrid(np.array(seen), *met, indexing="ij")
        inner = np.stack([np.full(values.size, image), *(part.ravel() for part in grid)], axis=1).astype(np.int64)
        order = layout.outer(tuple(range(inner.shape[1])), x.ndim)
        return [Shares("input", inner[:, list(order)], values.ravel(), factors.ravel())]

    def beside(self, trace: Trace, name: str) -> Array:
        """The bias of each filter."""
        numbers = np.arange(trace.inputs[name].size).reshape(1, -1, *(1,) * self.spatial)
        inner = np.broadcast_to(numbers, self.output_images(trace, trace.output).shape)
        return trace.layer.layout.restored(inner, self.spatial, trace.inputs["input"].ndim).reshape(trace.shape)


def _numbers(cells: slice) -> range:
    return range(cells.start, cells.stop, cells.step)


@dataclass(frozen=True)
class DepthwiseConv(Conv):
    """one channel at a time:  y[c·m + q, i, j] = sum over (k, l) of x[c, …]·w[k, l, c, q] + b[c·m + q]

    Every channel has `multiplier` filters of its own. The kernel is Keras's: (*window, channels, multiplier).
    """

    filters: int = 0  # as many as there are channels, times the multiplier
    multiplier: int = 1

    name: ClassVar[str] = "depthwise_conv"

    def __post_init__(self) -> None:
        if type(self.multiplier) is not int or self.multiplier < 1:
            raise CallError(f"depth_multiplier must be a whole number above 0, not {self.multiplier!r}")

    def channels(self, given: int) -> int:
        """`multiplier` for each channel."""
        return given * self.multiplier

    def split(self, channels: int) -> int:
        """One group for each channel."""
        return channels

    def kernel(self, layout: Layout, array: Array) -> Array:
        """The kernel as `(channels·multiplier, 1, *window)`."""
        if array.ndim == self.spatial:
            return array[np.newaxis, np.newaxis]
        moved = np.moveaxis(array, (-2, -1), (0, 1))
        return moved.reshape(moved.shape[0] * moved.shape[1], 1, *moved.shape[2:])

    def kernel_index(self, layout: Layout, inner: Index, own: Array) -> Index:
        filter_, _channel, *place = inner
        return (
            tuple(place) if own.ndim == len(place) else (*place, filter_ // self.multiplier, filter_ % self.multiplier)
        )

    def owned_kernel_shape(self, layout: Layout, channels: int) -> Shape:
        return (*self.own_window, channels, self.multiplier)

    def kernel_axes(self, layout: Layout) -> tuple[str, ...]:
        return (*WORDS[self.spatial], "channels in", "filters of each")
