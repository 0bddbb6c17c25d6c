"""The arithmetic of convolution: windows laid out as the rows of a matrix, one block at a time, and BLAS.

Columns are laid out along one axis of the window only; over the others, BLAS strides. A block is bounded, so memory is
that of the input and output and a little more.
"""

from __future__ import annotations

import itertools

import numpy as np

from ..arithmetic import Array
from ..geometry import Geometry

BLOCK_BYTES = 2**23


def convolve(images: Array, kernel: Array, bias: Array | None, geometry: Geometry, groups: int) -> Array:
    """Convolution of `(N, C, *spatial)` with `(out, in, *window)`; the output is `(N, out, *outputs)`."""
    outputs, filters = geometry.output_shape, kernel.shape[0]
    dtype = np.result_type(images, kernel) if bias is None else np.result_type(images, kernel, bias)
    result = np.zeros((images.shape[0], *outputs, filters), dtype=dtype)
    if bias is not None:
        result += bias
    padded = padded_images(images, geometry)
    spatial = len(outputs)
    for group in range(groups):
        channels = slice(group * kernel.shape[1], (group + 1) * kernel.shape[1])
        own = slice(group * (filters // groups), (group + 1) * (filters // groups))
        windows = sliding(padded[:, channels], geometry)
        axes = [1, *range(2 + spatial, 2 + 2 * spatial)], [1, *range(2, 2 + spatial)]
        per_row = windows.itemsize * int(np.prod(windows.shape[3:])) * windows.shape[1]
        height = max(1, BLOCK_BYTES // max(per_row, 1))
        for image, top in itertools.product(range(images.shape[0]), range(0, outputs[0], height)):
            block = windows[image : image + 1, :, top : top + height]
            result[image : image + 1, top : top + height, ..., own] += np.tensordot(block, kernel[own], axes=axes)
    return np.moveaxis(result, -1, 1)


def padded_images(images: Array, geometry: Geometry) -> Array:
    """The images with their zeros around them; the images themselves where there are none."""
    if not geometry.pads:
        return images
    widths = [(axis.padding.before, axis.padding.after + axis.padding.overhang) for axis in geometry.axes]
    return np.pad(images, [(0, 0), (0, 0), *widths])


def sliding(padded: Array, geometry: Geometry) -> Array:
    """A view `(N, C, *outputs, *window)`: nothing is copied."""
    spatial = len(geometry.axes)
    spans = tuple(axis.span for axis in geometry.axes)
    slid = np.lib.stride_tricks.sliding_window_view(padded, spans, axis=tuple(range(2, 2 + spatial)))
    steps = tuple(slice(None, axis.output * axis.stride, axis.stride) for axis in geometry.axes)
    gaps = tuple(slice(None, None, axis.dilation) for axis in geometry.axes)
    return slid[(slice(None), slice(None), *steps, *gaps)]
