"""The blocked convolution beside its definition, worked out cell by cell with Python's own integers."""

from __future__ import annotations

import itertools
import tracemalloc
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepwise.arithmetic import Array
from stepwise.geometry import AxisGeometry, Geometry, decide
from stepwise.ops import columns


def by_definition(images: Array, kernel: Array, bias: Array, geometry: Geometry, groups: int) -> Array:
    """Convolution as the sum that defines it: no slices, no matrices."""
    filters, channels, *window = kernel.shape
    outputs = geometry.output_shape
    result = np.zeros((len(images), filters, *outputs), dtype=np.int64)
    for image, filter_, *cell in np.ndindex(result.shape):
        total = int(bias[filter_])
        for channel, *offsets in np.ndindex(channels, *window):
            at = [
                i * axis.stride + k * axis.dilation - axis.padding.before
                for i, k, axis in zip(cell, offsets, geometry.axes)
            ]
            if all(0 <= p < axis.size for p, axis in zip(at, geometry.axes)):
                source = filter_ // (filters // groups) * channels + channel
                total += int(images[(image, source, *at)]) * int(kernel[(filter_, channel, *offsets)])
        result[(image, filter_, *cell)] = total
    return result


@st.composite
def axes(draw: st.DrawFn) -> AxisGeometry:
    window, stride, dilation = draw(st.integers(1, 3)), draw(st.integers(1, 3)), draw(st.integers(1, 2))
    before, after = draw(st.integers(0, 4)), draw(st.integers(0, 4))
    span = (window - 1) * dilation + 1
    size = draw(st.integers(max(1, span - before - after), 6))
    decision = decide("explicit", size, window, stride, dilation, (before, after))
    return AxisGeometry("axis", decision)


@st.composite
def requests(draw: st.DrawFn) -> tuple[Geometry, tuple[int, int, int, int]]:
    geometry = Geometry(tuple(draw(st.lists(axes(), min_size=1, max_size=3))))
    images, groups, channels, filters = (draw(st.integers(1, most)) for most in (4, 2, 2, 2))
    return geometry, (images, groups, channels, filters)


@pytest.mark.parametrize("block_bytes", [1, 1000, columns.BLOCK_BYTES])
@settings(max_examples=40, deadline=None)
@given(request_=requests(), channels_last=st.booleans(), seed=st.integers(0, 2**16))
def test_agrees_with_the_definition_whatever_the_block(
    block_bytes: int, request_: tuple[Geometry, tuple[int, int, int, int]], channels_last: bool, seed: int
) -> None:
    geometry, (images, groups, channels, filters) = request_
    random = np.random.default_rng(seed)
    x: Any = random.integers(-9, 10, (images, groups * channels, *geometry.input_shape))
    if channels_last:  # the same numbers, as Keras keeps them
        x = np.moveaxis(np.ascontiguousarray(np.moveaxis(x, 1, -1)), -1, 1)
    kernel = random.integers(-9, 10, (groups * filters, channels, *geometry.window))
    bias = random.integers(-9, 10, groups * filters)
    expected = by_definition(x, kernel, bias, geometry, groups)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns, "BLOCK_BYTES", block_bytes)
        assert columns.convolve(x, kernel, bias, geometry, groups).tolist() == expected.tolist()
        floats = columns.convolve(x.astype(np.float64), kernel.astype(np.float64), None, geometry, groups)
    assert floats.tolist() == (expected - bias.reshape(-1, *(1,) * len(geometry.axes))).tolist()


@pytest.mark.parametrize(("block_bytes", "images_bytes"), [(1, 1), (1000, 1), (columns.BLOCK_BYTES, 1000)])
@settings(max_examples=40, deadline=None)
@given(request_=requests(), channels_last=st.booleans(), seed=st.integers(0, 2**16))
def test_gradients_are_those_of_the_definition_whatever_the_block(
    block_bytes: int, images_bytes: int, request_: tuple[Geometry, tuple[int, int, int, int]], channels_last: bool,
    seed: int,
) -> None:  # fmt: skip
    """The sum of g·y is linear in x and in w: how it grows with each of their numbers is what a 1 there gives."""
    geometry, (images, groups, channels, filters) = request_
    random = np.random.default_rng(seed)
    x: Any = random.integers(-9, 10, (images, groups * channels, *geometry.input_shape))
    kernel = random.integers(-9, 10, (groups * filters, channels, *geometry.window))
    back: Any = random.integers(-9, 10, (images, groups * filters, *geometry.output_shape))
    if channels_last:
        x, back = (np.moveaxis(np.ascontiguousarray(np.moveaxis(a, 1, -1)), -1, 1) for a in (x, back))
    none = np.zeros(groups * filters, dtype=np.int64)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns, "BLOCK_BYTES", block_bytes)
        patch.setattr(columns, "IMAGES_BYTES", images_bytes)
        of_kernel = columns.kernel_gradient(x, back, geometry.window, geometry, groups)
        of_input = columns.input_gradient(back, kernel, x.shape, geometry, groups)
    assert (of_kernel.shape, of_input.shape) == (kernel.shape, x.shape)
    for found, array in ((of_kernel, kernel), (of_input, x)):
        for number in random.choice(array.size, min(3, array.size), replace=False):
            one = np.zeros(array.size, dtype=np.int64)
            one[number] = 1
            alone = one.reshape(array.shape)
            data, weights = (x, alone) if array is kernel else (alone, kernel)
            assert found.ravel()[number] == (back * by_definition(data, weights, none, geometry, groups)).sum()


def test_memory_is_bounded_by_the_block() -> None:
    """The columns of a whole image would take nine times its size; one block must do, whatever the image."""
    images, kernel = np.ones((1, 8, 512, 512), np.float32), np.ones((8, 8, 3, 3), np.float32)
    geometry = Geometry(tuple(AxisGeometry(name, decide("valid", 512, 3, 1)) for name in ("height", "width")))
    tracemalloc.start()
    output = columns.convolve(images, kernel, None, geometry, 1)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak - output.nbytes < columns.BLOCK_BYTES * 1.1 < images.nbytes
    assert set(itertools.chain.from_iterable(output[0, 0].tolist())) == {72.0}
