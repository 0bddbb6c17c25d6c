"""Convolution, as networks mean it: products under the window, summed. The kernel is not flipped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ..arithmetic import Array, Value, plain, wide
from ..errors import CallError, ShapeError
from ..formula import Formula, Number, Product, Sum
from ..geometry import Geometry
from ..layout import Index, Layout
from ..trace import Step, Trace
from .windows import WindowOperation


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
    padding_value: ClassVar[Value] = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("filters", "groups"):
            if type(getattr(self, name)) is not int or getattr(self, name) < 1:
                raise CallError(f"{name} must be a whole number above 0, not {getattr(self, name)!r}")
        if self.filters % self.groups:
            raise CallError(f"groups={self.groups} does not divide filters={self.filters}")

    def channels(self, given: int) -> int:
        """One for each filter."""
        return self.filters

    def kernel_shape(self, channels: int) -> tuple[int, ...]:
        """The kernel `(out, in, *spatial)` for images of so many channels. Raises `ShapeError` if groups do not fit."""
        if channels % self.groups:
            raise ShapeError(f"groups={self.groups} does not divide the input's {channels} channels")
        return (self.filters, channels // self.groups, *self.window)

    def weight_shapes(self, layout: Layout, shape: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
        """See `Operation.weight_shapes`."""
        filters, seen, *window = self.kernel_shape(layout.channels(shape, self.spatial))
        return {"kernel": layout.kernel_shape(filters, seen, tuple(window)), "bias": (filters,)}

    def outline(self, layout: Layout, shape: tuple[int, ...]) -> tuple[Geometry, tuple[int, ...]]:
        """See `Operation.outline`."""
        self.kernel_shape(layout.images_shape(shape, self.spatial)[1])  # refuses groups that do not divide
        return super().outline(layout, shape)

    def compute(self, images: Array, geometry: Geometry, layout: Layout, inputs: Mapping[str, Array]) -> Array:
        """For each group, every window as a row of a matrix, times the kernel as a matrix."""
        kernel = self._kernel(images.shape[1], layout, inputs)
        terms = kernel[0].size + 1
        data, weights = wide(images, terms, kernel), wide(kernel, terms, images)
        windows = _windows(_padded(data, geometry), geometry)
        parts = [
            np.tensordot(block, part, axes=_contracted(self.spatial))
            for block, part in zip(np.split(windows, self.groups, axis=1), np.split(weights, self.groups))
        ]
        output = np.moveaxis(np.concatenate(parts, axis=-1), -1, 1)
        if "bias" in inputs:
            output = output + inputs["bias"].reshape(-1, *(1,) * self.spatial)
        return output

    def _kernel(self, channels: int, layout: Layout, inputs: Mapping[str, Array]) -> Array:
        kernel = layout.kernel(inputs["kernel"], self.spatial)
        due = self.kernel_shape(channels)
        if kernel.shape != due:
            filters, seen, *window = due
            raise ShapeError(
                f"the kernel has shape {inputs['kernel'].shape}; "
                f"this layer needs {layout.kernel_shape(filters, seen, tuple(window))}"
            )
        if "bias" in inputs and inputs["bias"].shape != (self.filters,):
            raise ShapeError(f"the bias has shape {inputs['bias'].shape}; this layer needs ({self.filters},)")
        return kernel

    def check(self, trace: Trace) -> None:
        """See `Operation.check`."""
        if "kernel" not in trace.inputs:
            raise ShapeError("it has no kernel")
        channels = trace.layer.layout.channels(trace.inputs["input"].shape, self.spatial)
        self._kernel(channels, trace.layer.layout, trace.inputs)
        super().check(trace)

    def combine(self, values: Array, data: Array, trace: Trace) -> tuple[Array, Array | float]:
        """See `WindowOperation.combine`."""
        inputs = trace.inputs
        kernel = trace.layer.layout.kernel(inputs["kernel"], self.spatial)
        kernel = kernel.reshape(*kernel.shape[:2], -1)
        taken = np.where(data, values, 0)
        exact = trace.output.dtype.kind != "f"
        number = object if trace.output.dtype == object else np.int64 if exact else np.float64
        taken, kernel = taken.astype(number), kernel.astype(number)
        bias = inputs.get("bias", np.zeros(self.filters, dtype=np.int64)).reshape(-1, 1)

        def summed(x: Array, w: Array) -> Array:
            groups = zip(np.split(x, self.groups, axis=1), np.split(w, self.groups))
            # einsum adds term by term in its own loops; the fast route goes through BLAS
            parts = [np.einsum("ncpk,ock->nop", part, weights) for part, weights in groups]
            return np.concatenate(parts, axis=1)

        output = summed(taken, kernel) + bias
        if exact:
            return output, 0.0
        precision = np.finfo(trace.output.dtype).eps * (kernel[0].size + 2)
        with np.errstate(invalid="ignore"):
            return output, precision * (summed(np.abs(taken), np.abs(kernel)) + np.abs(bias))

    def seen(self, channel: int, trace: Trace) -> range:
        """A filter of group g sees the g-th share of the channels."""
        per_group = trace.layer.layout.kernel(trace.inputs["kernel"], self.spatial).shape[1]
        group = channel // (self.filters // self.groups)
        return range(group * per_group, (group + 1) * per_group)

    def weights(self, trace: Trace, channel: int, source: int) -> Iterable[tuple[Value, Index | None]]:
        """See `WindowOperation.weights`."""
        layout, own = trace.layer.layout, trace.inputs["kernel"]
        kernel = layout.kernel(own, self.spatial)
        seen = source % kernel.shape[1]
        for place, value in zip(np.ndindex(self.window), kernel[channel, seen].flat):
            yield plain(value), layout.kernel_index((channel, seen, *place), own.ndim)

    def expression(self, step: Step) -> Formula:
        """`4·1 + 3·0 + 2·0 + 1·1 + 1`: products of data, then the bias; padding would add nothing but zeros."""
        trace = step.trace
        terms: list[Formula] = [
            Product((Number(tap.value), Number(tap.weight)))
            for tap in step.taps
            if not tap.is_padding or tap.weight - tap.weight != 0  # 0·NaN and 0·∞ do not vanish
        ]
        if "bias" in trace.inputs:
            _image, channel, *_cell = trace.layer.layout.inner(step.index, self.spatial)
            terms.append(Number(plain(trace.inputs["bias"][channel])))
        return Sum(tuple(terms)) if terms else Number(0)


def _padded(images: Array, geometry: Geometry) -> Array:
    if not geometry.pads:
        return images
    widths = [(axis.padding.before, axis.padding.after) for axis in geometry.axes]
    return np.pad(images, [(0, 0), (0, 0), *widths])


def _windows(padded: Array, geometry: Geometry) -> Array:
    """A view `(N, C, *outputs, *window)`: nothing is copied."""
    spatial = len(geometry.axes)
    spans = tuple(axis.span for axis in geometry.axes)
    slid = np.lib.stride_tricks.sliding_window_view(padded, spans, axis=tuple(range(2, 2 + spatial)))
    steps = tuple(slice(None, axis.output * axis.stride, axis.stride) for axis in geometry.axes)
    gaps = tuple(slice(None, None, axis.dilation) for axis in geometry.axes)
    return slid[(slice(None), slice(None), *steps, *gaps)]


def _contracted(spatial: int) -> tuple[list[int], list[int]]:
    """The axes summed over: channels and window of `(N, C, *outputs, *window)` with those of `(out, in, *window)`."""
    return [1, *range(2 + spatial, 2 + 2 * spatial)], [1, *range(2, 2 + spatial)]
