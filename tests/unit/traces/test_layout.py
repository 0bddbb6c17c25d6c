"""Where a dialect keeps its channels: there and back for every number of axes."""

from __future__ import annotations

import numpy as np
import pytest

import stepwise as sw
from stepwise.errors import ShapeError
from stepwise.traces.axes import roles
from stepwise.traces.layout import Layout

KERAS = Layout(channels_last=True, kernel_channels_last=True)
TORCH = Layout(channels_last=False, kernel_channels_last=False)
MIXED = Layout(channels_last=False, kernel_channels_last=True)  # Keras with channels_first


@pytest.mark.parametrize("layout", [KERAS, TORCH, MIXED])
@pytest.mark.parametrize("shape", [(4, 5), (3, 4, 5), (2, 3, 4, 5), (1, 1, 1, 1), (4, 5, 1)])
def test_images_there_and_back(layout: Layout, shape: tuple[int, ...]) -> None:
    array = np.arange(np.prod(shape)).reshape(shape)
    images = layout.images(array, 2)
    assert images.ndim == 4
    assert images.base is not None  # a view
    assert layout.images_shape(shape, 2) == images.shape
    assert layout.restored_shape(images.shape, array.ndim) == shape
    assert np.array_equal(layout.restored(images, 2, array.ndim), array)
    for index in np.ndindex(shape):
        inner = layout.inner(index, 2)
        assert images[inner] == array[index]
        assert layout.outer(inner, array.ndim) == index


def test_a_plain_image_that_comes_out_with_channels_gains_their_axis() -> None:
    images = np.zeros((1, 5, 3, 4))
    assert KERAS.restored(images, 2, 2).shape == KERAS.restored_shape(images.shape, 2) == (3, 4, 5)
    assert TORCH.restored(images, 2, 2).shape == TORCH.restored_shape(images.shape, 2) == (5, 3, 4)
    assert KERAS.restored(images[:, :1], 2, 2).shape == (3, 4)


def test_where_the_channels_are() -> None:
    assert KERAS.images_shape((28, 28, 3), 2) == (1, 3, 28, 28)
    assert TORCH.images_shape((3, 28, 28), 2) == (1, 3, 28, 28)
    assert (KERAS.channels((7, 28, 28, 3), 2), TORCH.channels((7, 3, 28, 28), 2), KERAS.channels((28, 28), 2)) == (
        3,
        3,
        1,
    )
    assert KERAS.images_shape((10, 4), 1) == (1, 4, 10)
    assert TORCH.images_shape((2, 4, 3, 5, 6), 3) == (2, 4, 3, 5, 6)


@pytest.mark.parametrize(("layout", "shape"), [(KERAS, (2, 3, 4, 5)), (TORCH, (5, 4, 2, 3)), (MIXED, (2, 3, 4, 5))])
def test_kernels_there_and_back(layout: Layout, shape: tuple[int, ...]) -> None:
    own = np.arange(120).reshape(shape)
    kernel = layout.kernel(own, 2)
    assert kernel.shape == (5, 4, 2, 3)
    assert layout.kernel_shape(5, 4, (2, 3)) == shape
    for inner in np.ndindex(kernel.shape):
        assert own[layout.kernel_index(inner, own.shape)] == kernel[inner]


def test_a_plain_kernel_is_one_filter_over_one_channel() -> None:
    own = np.arange(6).reshape(2, 3)
    assert KERAS.kernel(own, 2).shape == (1, 1, 2, 3)
    assert KERAS.kernel_index((0, 0, 1, 2), (3, 3)) == (1, 2)


def test_a_number_of_axes_that_does_not_fit_is_told() -> None:
    with pytest.raises(ShapeError, match=r"\(height, width\), \(height, width, C\) or \(N, height, width, C\)"):
        KERAS.images(np.zeros(3), 2)
    with pytest.raises(ShapeError, match=r"\(N, C, height, width\)"):
        TORCH.images_shape((1, 1, 1, 1, 1), 2)
    with pytest.raises(ShapeError, match=r"the layer takes \(height, width, in, out\)"):
        KERAS.kernel(np.zeros((2, 2, 1)), 2)
    with pytest.raises(ShapeError, match=r"the layer takes \(out, in, height, width\)"):
        TORCH.kernel(np.zeros(3), 2)


AXES = {  # the call, the shape that goes in, the array, and what its axes are by the framework's own documentation
    "Keras's images": ("Conv2D(3, 2)", (2, 5, 5, 4), "input", "image row column channel"),
    "Keras's kernel": ("Conv2D(3, 2)", (2, 5, 5, 4), "kernel", "row column channel filter"),
    "PyTorch's images": ("nn.Conv2d(4, 3, 2)", (2, 4, 5, 5), "output", "image channel row column"),
    "PyTorch's kernel": ("nn.Conv2d(4, 3, 2)", (2, 4, 5, 5), "kernel", "filter channel row column"),
    "a transposed kernel": ("nn.ConvTranspose2d(4, 3, 2)", (4, 5, 5), "kernel", "channel filter row column"),
    "a depthwise kernel": ("DepthwiseConv2D(2, depth_multiplier=2)", (5, 5, 4), "kernel", "row column channel filter"),
    "a line": ("nn.MaxPool1d(2)", (2, 3, 4), "output", "image channel cell"),
    "in depth": ("MaxPooling3D(1)", (3, 4, 5, 2), "output", "depth row column channel"),
    "padded": ("ZeroPadding2D(1)", (2, 3, 3, 2), "output", "image row column channel"),
    "scaled": ("BatchNormalization()", (2, 3, 3, 2), "output", "image row column channel"),
    "two axes": ("MaxPool2D(2)", (3, 3), "input", ""),
}


@pytest.mark.parametrize("name", AXES)
def test_axes_have_words(name: str) -> None:
    call, shape, array, words = AXES[name]
    trace = sw.trace(call, np.zeros(shape))
    assert roles(trace, array) == tuple(words.split())
    if call.startswith("nn.Conv"):
        back = trace.backward(np.ones(trace.shape))
        assert roles(back["weight"]) == roles(trace, "kernel")
        assert roles(back["input"], "input") == roles(trace)
        assert roles(back["input"]) == roles(trace, "input")


def test_why_proofs_comparisons_and_verdicts_name_places_by_their_axes() -> None:
    x = np.arange(32.0).reshape(4, 4, 2)
    pool = sw.trace("MaxPool2D(2), ReLU()", x)
    mean = sw.trace("AveragePooling2D(2), ReLU()", x)
    told = {
        "why": pool.why((0, 1, 1)).lesson(),
        "touched": pool.touched((0, 1, 1)).lesson(),
        "proof": sw.equivalent("MaxPool2D(1)", "MaxPool2D(1, padding='same')", input_shape=(2, 2, 2)).lesson(),
        "counterexample": sw.equivalent("MaxPool2D(2)", "AveragePooling2D(2)", input_shape=(2, 4, 2)).lesson(),
        "comparison": sw.compare(pool, mean),
        "verdict": sw.check(pool, np.zeros((2, 2, 2))).lesson(),
    }
    for kind, lesson in told.items():
        text = lesson.text()
        place = "(row 0, column" if kind == "counterexample" else "(row 0, column 1, channel 1)"
        assert place in text, kind
        assert "(0, 1, 1)" not in text, kind
