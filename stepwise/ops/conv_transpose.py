"""Transposed convolution: every input cell lays the kernel down, scaled by its value, and overlaps are added."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import product
from typing import ClassVar

import numpy as np

from ..arithmetic import Array, Value, plain
from ..dataclass import dataclass
from ..geometry import Geometry
from ..traces.layout import WORDS, Index, Layout
from ..traces.trace import Trace
from .conv import Conv
from .windows import Shape


@dataclass(frozen=True)
class ConvTranspose(Conv):
    """spreading:  x[c, j] adds x[c, j]·w[c, f, k] to y[f, j·s + k·d - cut], and every y[f] begins at b[f]
    gathering:  y[f, i] = sum over (c, k) of x[c, j]·w[c, f, k] + b[f], over the j with j·s + k·d - cut = i

    The same sum told both ways. It is the transpose of the convolution with the same kernel, seen as a matrix, and so
    the gradient of that convolution; it does not undo it. Source: Dumoulin & Visin, arXiv:1603.07285, §4.
    """

    name: ClassVar[str] = "conv_transpose"
    tells_padding: ClassVar[bool] = False  # where the kernel meets nothing, there is nothing to tell

    def kernel(self, layout: Layout, array: Array) -> Array:
        """The kernel as `(out, in, *window)`; its owner has in and out the other way round than a convolution."""
        view = layout.kernel(array, self.spatial)  # (in, out / groups, *window)
        if self.groups == 1:
            return np.swapaxes(view, 0, 1)
        parts = [np.swapaxes(part, 0, 1) for part in np.split(view, self.groups)]
        return np.concatenate(parts)

    def kernel_index(self, layout: Layout, inner: Index, own: Array) -> Index:
        filter_, seen, *place = inner
        per_group = self.filters // self.groups
        all_seen = 1 if own.ndim == self.spatial else own.shape[-1 if layout.kernel_channels_last else 0]
        seen_per_group = all_seen // self.groups
        channel = filter_ // per_group * seen_per_group + seen  # counted through all groups
        return layout.kernel_index((channel, filter_ % per_group, *place), own.shape)

    def kernel_axes(self, layout: Layout) -> tuple[str, ...]:
        own = WORDS[self.spatial]
        return (*own, "filters", "channels in") if layout.kernel_channels_last else ("channels in", "filters", *own)

    def owned_kernel_shape(self, layout: Layout, channels: int) -> Shape:
        self.split(channels)
        return layout.kernel_shape(channels, self.filters // self.groups, self.own_window)

    def compute(self, images: Array, geometry: Geometry, layout: Layout, inputs: Mapping[str, Array]) -> Array:
        """For each cell of the kernel, all inputs at once, added where they land."""
        kernel = self.checked(images.shape[1], layout, inputs)
        data, weights, bias = self.summable(images, kernel, inputs)
        dtype = np.result_type(data, weights) if bias is None else np.result_type(data, weights, bias)
        output = np.zeros((images.shape[0], self.filters, *geometry.output_shape), dtype=dtype)
        if bias is not None:
            output += bias.reshape(-1, *(1,) * self.spatial)
        per_group = self.filters // self.groups
        window = math.prod(geometry.window)
        for number, place in enumerate(np.ndindex(geometry.window)):
            landed, taken = zip(*(axis.reached(k) for axis, k in zip(geometry.axes, place)))
            for group in range(self.groups):
                own = slice(group * per_group, (group + 1) * per_group)
                seen = slice(group * weights.shape[1], (group + 1) * weights.shape[1])
                part = data[(slice(None), seen, *taken)]
                flat = part.reshape(*part.shape[:2], math.prod(part.shape[2:]))
                # not tensordot: of a single channel it leaves out what a weight of 0 makes of NaN
                added = np.matmul(weights[own].reshape(per_group, -1, window)[..., number], flat)
                output[(slice(None), own, *landed)] += added.reshape(*added.shape[:2], *part.shape[2:])
        return output

    def spreads(self, trace: Trace, index: Index) -> list[tuple[Index, Value]]:
        layout, own = trace.layer.layout, trace.inputs["kernel"]
        image, channel, *cell = layout.inner(index, self.spatial)
        kernel = self.kernel(layout, own)
        per_group, seen_per_group = self.filters // self.groups, kernel.shape[1]
        group = channel // seen_per_group
        found = []
        for filter_ in range(group * per_group, (group + 1) * per_group):
            for place in product(*(range(axis.window) for axis in trace.geometry.axes)):
                at = tuple(
                    j * a.stride + k * a.dilation - a.padding.before
                    for j, k, a in zip(cell, place, trace.geometry.axes)
                )
                if all(0 <= i < a.output for i, a in zip(at, trace.geometry.axes)):
                    inner = (filter_, channel % seen_per_group, *place)
                    found.append((trace.index((image, filter_, *at)), plain(kernel[inner])))
        return found
