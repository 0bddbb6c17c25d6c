"""Resizing beside infinity and NaN, in letters and fractions, and what frameworks refuse."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import stepwise as sw
from stepwise.errors import StepwiseError

ODD = np.array([[math.inf, 1.0], [2.0, math.nan]])


@pytest.mark.parametrize(
    "call",
    [
        "UpSampling2D(2, interpolation='bilinear')",
        "UpSampling2D(2)",
        "nn.Upsample(size=(3, 3), mode='bilinear', align_corners=True)",
        "nn.Upsample(size=(4, 2), mode='bilinear')",
        "nn.MinPool2d(2, 1, 1)",
        "nn.MedianPool2d(2, 1, 1)",
        "nn.Unfold(2, padding=1)",
        "nn.PixelUnshuffle(2)",
    ],
)
def test_infinity_and_nan_go_their_way(call: str) -> None:
    trace = sw.trace(call, ODD)
    trace.verify()
    assert "NaN" in trace.lesson().text()
    trace.backward(np.ones(trace.shape))["input"].verify()


def test_a_number_of_weight_0_makes_nan_of_infinity_as_in_pytorch() -> None:
    # torch 2.13: F.interpolate(tensor([[[1, inf, 2]]]), size=5, mode="linear", align_corners=True) is nan inf inf inf 2
    trace = sw.trace("nn.Upsample(size=5, mode='linear', align_corners=True)", [[[1.0, math.inf, 2.0]]])
    assert [str(n) for n in trace.output.ravel()] == ["nan", "inf", "inf", "inf", "2.0"]
    assert str(trace.step((0, 0, 0)).formula) == "1·1 + ∞·0 = NaN"
    trace.verify()


def test_letters_and_fractions_keep_their_weights() -> None:
    lettered = sw.trace("nn.Upsample(scale_factor=2, mode='bilinear')", "a b; c d").step((1, 1))
    assert str(lettered.formula).endswith("= (9·a + 3·b + 3·c + d) / 16")
    exact = sw.trace("nn.Upsample(size=(1, 3), mode='bilinear')", [[1, 2]], arithmetic="exact")
    assert exact.output.tolist() == [[1, Fraction(3, 2), 2]]


def test_copies_are_a_transposed_convolution_with_ones() -> None:
    proof = sw.equivalent("UpSampling2D(2)", "Conv2DTranspose(1, 2, strides=2, use_bias=False)", input_shape=(2, 2, 1))
    assert proof.holds
    assert proof.weights["w"].ravel().tolist() == [1, 1, 1, 1]
    back = sw.equivalent(["nn.PixelUnshuffle(2)", "nn.PixelShuffle(2)"], "nn.Identity()", input_shape=(1, 4, 4))
    assert back.holds


REFUSED: list[tuple[str, Any, str]] = [
    ("nn.Upsample(scale_factor=2, mode='bicubic')", ODD, "mode='bicubic' is not carried out here"),
    ("UpSampling2D(2, interpolation='lanczos3')", ODD, "interpolation='lanczos3' is not carried out here"),
    ("F.interpolate(x, scale_factor=2, antialias=True)", ODD, "antialias=True is not carried out here"),
    ("nn.Upsample(size=3, scale_factor=2)", ODD, "only one of size and scale_factor may be given"),
    ("nn.Upsample()", ODD, "size or scale_factor must be given"),
    ("nn.Upsample(scale_factor=2, align_corners=True)", ODD, "does not go with mode='nearest'"),
    ("nn.Upsample(scale_factor=-1)", ODD, "scale_factor=-1 must be above 0"),
    ("nn.Upsample(scale_factor=0.1)", ODD, "2 cells times 0.1 leave none"),
    ("nn.PixelShuffle(2)", ODD, "which is not divisible by 2·2"),
    ("nn.PixelUnshuffle(3)", ODD, "is not divisible by the side of a block, 3"),
    ("Cropping2D(1)", ODD, "cutting 1 off before and 1 after leaves none"),
    ("nn.Unfold(3)", ODD, "a window of 3 cells does not fit into 2"),
    ("nn.Fold((3, 3), 2)", ODD, "which is not divisible by the window's 4 cells"),
    ("Resize(scales=[1, 1, 2, 2], mode='cubic')", ODD, "mode='cubic' is not carried out here"),
    ("Resize(scales=[1, 1, 2, 2], coordinate_transformation_mode='tf_crop_and_resize')", ODD, "is not carried out"),
    ("nn.MedianPool2d(2)", "a b; c d", "which of several letters is the median"),
]


@pytest.mark.parametrize(("call", "x", "told"), REFUSED)
def test_what_does_not_fit_is_one_sentence(call: str, x: Any, told: str) -> None:
    with pytest.raises(StepwiseError) as refusal:
        sw.trace(call, x)
    assert told in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    "call", ["nn.Upsample(size=(5, 3), mode='bilinear', align_corners=True)", "nn.Upsample(size=(5, 3))"]
)
def test_an_infinite_gradient_goes_back_to_what_it_was_made_of_alone(call: str) -> None:
    grad = np.ones((1, 1, 5, 3))
    grad[0, 0, 2, 1] = math.inf
    back = sw.trace(call, np.arange(9.0).reshape(1, 1, 3, 3)).backward(grad)["input"]
    assert np.argwhere(~np.isfinite(back.output)).tolist() == [[0, 0, 1, 1]]
    back.verify()
