"""PyTorch's words: what it refuses is refused with its reason; attributes, indices and sizes are as it has them.

The reasons are quoted from PyTorch 2.13, which was given the same calls.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

import stepwise as sw
from stepwise.dialects import onnx, torch
from stepwise.errors import CallError, ShapeError

F = torch.functional
nn: Any = torch.nn
X = np.arange(64.0).reshape(1, 1, 8, 8)


REFUSED_WHEN_MADE = {
    "padding above half the window": ("MaxPool2d(3, padding=2)", "pad should be at most half of effective kernel size"),
    "the same in a mean": ("AvgPool2d(3, padding=2)", "pad=2, kernel_size=3"),
    "gaps do not make a window larger": ("MaxPool2d(3, padding=2, dilation=2)", "at most half of kernel size"),
    "same with a stride": ("Conv2d(1, 1, 3, stride=2, padding='same')", "not supported for strided convolutions"),
    "groups of the input": ("Conv2d(3, 4, 3, groups=2)", "in_channels must be divisible by groups"),
    "groups of the output": ("Conv2d(4, 3, 3, groups=2)", "out_channels must be divisible by groups"),
    "groups of a transposed": ("ConvTranspose2d(3, 4, 3, groups=2)", "in_channels must be divisible by groups"),
    "no groups": ("Conv2d(1, 1, 3, groups=0)", "groups=0 must be at least 1"),
    "output padding too large": (
        "ConvTranspose2d(1, 1, 3, stride=2, output_padding=2)",
        "output padding must be smaller than either stride or dilation",
    ),
    "a transposed convolution that reflects": (
        "ConvTranspose2d(1, 1, 3, padding_mode='reflect')",
        'Only "zeros" padding mode is supported',
    ),
    "an unknown filling": ("Conv2d(1, 1, 3, padding_mode='mirror')", "'zeros', 'reflect', 'replicate' or 'circular'"),
    "nothing to divide by": ("AvgPool2d(2, divisor_override=0)", "divisor must be not zero"),
    "no stride": ("MaxPool2d(2, stride=0)", "stride=0 must be at least 1"),
    "no window": ("MaxPool2d(0)", "kernel_size=0 must be at least 1"),
    "three numbers for two axes": ("MaxPool2d((2, 2, 2))", "has 3 entries; give 2"),
    "flattening backwards": ("Flatten(2, 1)", "start_dim cannot come after end_dim"),
    "softmax of no axis": ("Softmax()", "dim must be given"),
    "an unknown parameter": ("MaxPool2d(2, strides=1)", "Did you mean stride?"),
    "a word for a number": ("MaxPool2d('2')", "kernel_size='2' is not a whole number"),
}


@pytest.mark.parametrize("name", REFUSED_WHEN_MADE)
def test_refuses_with_pytorchs_reason(name: str) -> None:
    call, reason = REFUSED_WHEN_MADE[name]
    with pytest.raises(CallError, match=re.escape(reason)):
        sw.trace(f"nn.{call}", X)


REFUSED_FOR_THE_INPUT = {
    "a window larger than the input": ("MaxPool2d(9)", X, "along the height, a window of 9 does not fit into 8"),
    "a kernel larger than the input": ("Conv2d(1, 1, (3, 9))", X, "along the width, a window of 9 does not fit into 8"),
    "other channels": ("Conv2d(3, 1, 3)", X, "expects 3 channels, but the input of shape (1, 1, 8, 8) has 1"),
    "another number of axes": ("MaxPool2d(2)", X[np.newaxis], "the input has 5 axes"),
    "mirrored past the other edge": (
        "ReflectionPad2d(8)",
        X,
        "axis 2 has 8 cells; mode reflect can pad it by at most 7",
    ),
    "wrapped more than once": ("CircularPad2d(9)", X, "axis 2 has 8 cells; mode circular can pad it by at most 8"),
    "softmax along an axis there is not": ("Softmax(7)", X, "there is no axis 7 in an input with 4 axes"),
    "flatten axes there are not": ("Flatten(2, 9)", X, "axes 2 to 9 are not in an input with 4 axes"),
    "other features": (
        "Linear(9, 2)",
        X,
        "expects 9 features along its last axis, but the input of shape (1, 1, 8, 8) has 8",
    ),
    "other normalised channels": ("BatchNorm2d(3)", X, "expects 3 channels, but the input of shape (1, 1, 8, 8) has 1"),
    "too few axes to normalise": ("BatchNorm3d(1)", X[0, 0], "has 2 axes; it takes 5"),
    "smaller than an AvgPool3d's window": (
        "AvgPool3d(3, padding=1, ceil_mode=True)",
        np.ones((1, 1, 2, 3, 3)),
        "along the depth, the input has 2 cells and the window 3",
    ),
    "a window that would cover no data": (
        "MaxPool1d(2, padding=1, dilation=5)",
        X[0, :, 0, :4],
        "along the length, window 0 would cover no data at all, only padding",
    ),
    "everything cut off": ("ConvTranspose2d(1, 1, 3, padding=6)", X[..., :4, :4], "nothing is left"),
}


@pytest.mark.parametrize("name", REFUSED_FOR_THE_INPUT)
def test_refuses_an_input_and_says_along_which_axis(name: str) -> None:
    call, x, reason = REFUSED_FOR_THE_INPUT[name]
    with pytest.raises(ShapeError, match=re.escape(reason)):
        sw.trace(f"nn.{call}", x)


def test_weights_of_another_shape_say_which_axis() -> None:
    m = nn.Conv2d(1, 2, 3)
    m.weight = np.ones((2, 1, 3, 4))
    with pytest.raises(ShapeError, match=re.escape("needs (2, 1, 3, 3): axis 3 (columns) is 4 and should be 3")):
        m(X)
    m = nn.Conv2d(1, 2, 3)
    m.bias = np.ones(3)
    with pytest.raises(ShapeError, match=r"axis 0 \(filters\) is 3 and should be 2"):
        m(X)


def test_attributes_are_the_weights() -> None:
    m = nn.Conv2d(1, 1, 2, bias=False)
    assert (m.weight, m.bias) == (None, None)
    m.weight = [[[[1, 0], [0, 1]]]]
    assert m.weight.tolist() == [[[[1, 0], [0, 1]]]]
    assert m([[1.0, 2.0], [3.0, 4.0]]).output.tolist() == [[5.0]]
    with pytest.raises(CallError, match="has no bias"):
        m.bias = [1.0]


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("kind", ["MaxPool{}d(2, return_indices=True)", "AdaptiveMaxPool{}d(2, return_indices=True)"])
def test_return_indices_gives_the_trace_and_where_each_maximum_was(kind: str, n: int) -> None:
    x = np.random.default_rng(n).permutation(2 * 3 * 4**n).reshape(2, 3, *[4] * n)
    name, arguments = kind.format(n).split("(")
    pooled, indices = getattr(nn, name)(2, return_indices="return" in arguments)(x)
    assert indices.shape == pooled.shape
    flat = x.reshape(2, 3, -1)
    assert np.array_equal(np.take_along_axis(flat, indices.reshape(2, 3, -1), axis=2).reshape(pooled.shape), pooled)


def test_indices_of_adaptive_windows_of_unlike_lengths() -> None:
    # 7 cells shared out to 5: the windows have 2 or 3 cells. torch.nn.AdaptiveMaxPool1d(5, return_indices=True)
    x = np.array([[[3.0, 9.0, 1.0, 4.0, 8.0, 2.0, 7.0]]])
    pooled, indices = nn.AdaptiveMaxPool1d(5, return_indices=True)(x)
    assert pooled.output.tolist() == [[[9, 9, 8, 8, 7]]]
    assert indices.tolist() == [[[1, 1, 4, 4, 6]]]


def test_max_unpool_takes_an_output_size_with_or_without_batch_and_channels() -> None:
    x = np.arange(25.0).reshape(1, 1, 5, 5)
    pooled, indices = nn.MaxPool2d(2, return_indices=True)(x)
    unpool = nn.MaxUnpool2d(2)
    with pytest.raises(ShapeError, match="whole numbers from 0 to 15"):  # 18 is not in the 4×4 that it would be
        unpool(pooled, indices)
    for size in ((5, 5), (1, 1, 5, 5), [5, 5]):
        undone = unpool(pooled, indices, output_size=size)
        assert undone.output[0, 0].tolist()[3] == [0, 16, 0, 18, 0]
        undone.verify()
    with pytest.raises(CallError, match="it takes 2, or 4 with batch and channels"):
        unpool(pooled, indices, output_size=(1, 5, 5))
    with pytest.raises(ShapeError, match=re.escape("must be between (3, 3) and (5, 5)")):
        unpool(pooled, indices, output_size=(6, 6))


def test_max_unpool_refuses_indices_that_do_not_belong() -> None:
    pooled = np.ones((1, 1, 2, 2))
    with pytest.raises(ShapeError, match=r"axis 3 is 3 and should be 2"):
        nn.MaxUnpool2d(2)(pooled, np.zeros((1, 1, 2, 3), int))
    with pytest.raises(ShapeError, match="whole numbers from 0 to 15"):
        nn.MaxUnpool2d(2)(pooled, np.full((1, 1, 2, 2), 16))
    with pytest.raises(CallError, match="two inputs: the maxima and their indices"):
        nn.MaxUnpool2d(2)(pooled)


def test_negative_padding_cuts_off() -> None:
    line = np.array([[[1, 2, 3, 4]]])
    # torch.nn.functional.pad(torch.tensor([[[1., 2, 3, 4]]]), (-1, 2), mode)
    for mode, due in (("constant", [2, 3, 4, 0, 0]), ("reflect", [2, 3, 4, 3, 2]), ("circular", [2, 3, 4, 2, 3])):
        padded = F.pad(line, (-1, 2), mode)
        assert padded.output.ravel().tolist() == due
        padded.verify()


def test_a_divisor_may_be_negative_and_such_a_trace_verifies() -> None:
    t = nn.AvgPool2d(2, divisor_override=-2)([[0.1, 0.2], [0.3, 0.4]])
    assert t.output.tolist() == [[pytest.approx(-0.5)]]
    t.verify()


def test_a_negative_number_has_no_real_power_that_is_not_whole() -> None:
    t = nn.LPPool1d(1.5, 2)([[-1.0, 2.0, 4.0, 9.0]])  # torch gives nan for the first
    assert np.isnan(t.output[0, 0])
    assert t.output[0, 1] == pytest.approx((4**1.5 + 9**1.5) ** (1 / 1.5))
    t.verify()


def test_a_transposed_convolution_of_unlike_axes_verifies() -> None:
    # along the height, a square of the width's size would be cut away altogether
    nn.ConvTranspose2d(1, 1, 2, stride=(4, 1), padding=2, dilation=3)(
        np.ones((1, 1, 1, 6))[..., :, :].repeat(3, 2)
    ).verify()


@pytest.mark.parametrize(
    ("spatial", "shape"), [(1, (2, 3)), (1, (2, 3, 4)), (2, (3, 2, 2)), (2, (1, 3, 2, 2)), (3, (1, 3, 2, 2, 2))]
)
def test_batch_norm_finds_the_channels(spatial: int, shape: tuple[int, ...]) -> None:
    m = getattr(nn, f"BatchNorm{spatial}d")(3, eps=0.0)
    m.running_mean = [10.0, 20.0, 30.0]
    x = np.zeros(shape)
    axis = 0 if len(shape) == spatial + 1 and spatial > 1 else 1
    t = m(x)
    assert np.moveaxis(t.output, axis, 0).reshape(3, -1).tolist() == [[-mean] * (x.size // 3) for mean in (10, 20, 30)]
    t.verify()


def test_batch_norm_may_have_no_bias() -> None:
    m = nn.BatchNorm2d(1, bias=False)
    with pytest.raises(CallError, match="has no bias"):
        m.bias = [1.0]


def test_dropout_is_told_in_use_and_refused_in_training() -> None:
    assert F.dropout(X, 0.9).output.tolist() == X.tolist()
    assert F.dropout(X, 0.9, False).output.tolist() == X.tolist()
    with pytest.raises(CallError, match="training=True is not carried out"):
        F.dropout(X, 0.9, training=True)


def test_a_plain_image_is_one_channel_and_flattens_to_one_row() -> None:
    assert nn.Flatten()([[1, 2], [3, 4]]).output.tolist() == [1, 2, 3, 4]
    assert nn.BatchNorm2d(1)([[1.0, 2.0], [3.0, 4.0]]).shape == (2, 2)


def test_indices_that_are_asked_for_do_not_stop_a_chain() -> None:
    trace = sw.trace(["nn.MaxPool2d(2, return_indices=True)", "nn.ReLU()"], [[-1, -2], [-3, -4]])
    assert trace.output.tolist() == [[0]]


def test_a_bias_that_is_drawn_does_not_begin_like_its_kernel() -> None:
    trace = torch.nn.Conv2d(1, 2, 2)(np.ones((1, 3, 3)))
    weight, bias = trace.inputs["kernel"], trace.inputs["bias"]
    assert not set(weight.ravel().tolist()) & set(bias.tolist())
    assert np.abs(bias).max() <= 0.5  # 1 / √(1·2·2), PyTorch's own bound


@pytest.mark.parametrize(
    ("indices", "there", "back"),
    [([0, 0, 5, 15], [2, 3, 4], [1, 1, 6, 16]), ([5, 0, 5, 5], [2, 4], [6, 1, 6, 6])],  # PyTorch 2.13's own
)
def test_where_unpooled_numbers_meet_each_gets_back_what_came_to_its_index(
    indices: list[int], there: list[int], back: list[int]
) -> None:
    x = np.array([1.0, 2, 3, 4]).reshape(1, 1, 2, 2)
    trace = nn.MaxUnpool2d(2)(x, np.array(indices).reshape(x.shape))
    assert trace.output[trace.output > 0].tolist() == there
    gradient = trace.backward(np.arange(1.0, 17).reshape(1, 1, 4, 4))["input"]
    assert gradient.output.ravel().tolist() == back
    gradient.verify()
    for place in np.ndindex(trace.shape):  # only what is kept gave anything
        assert trace.why(place).contributions.sum() == trace.output[place]


def test_onnx_has_no_such_rule_so_a_number_that_is_replaced_gets_nothing_back() -> None:
    x, indices = np.array([[[[1.0, 2], [3, 4]]]]), np.array([[[[0, 0], [5, 15]]]])
    trace = onnx.node("MaxUnpool", [x, indices], kernel_shape=[2, 2], strides=[2, 2])[0]
    gradient = trace.backward(np.arange(1.0, 17).reshape(1, 1, 4, 4))["input"]
    assert gradient.output.ravel().tolist() == [0, 1, 6, 16]
    gradient.verify()
