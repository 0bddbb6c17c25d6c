"""An input of few numbers or few axes is carried out and told, or refused in a sentence."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest

import stepwise as sw
from stepwise.dialects import onnx
from stepwise.errors import ShapeError, StepwiseError

SHAPES: list[tuple[int, ...]] = [(), (0,), (1,), (3,), (1, 1), (0, 2), (2, 3), (0, 3, 3), (3, 4, 4), (1,) * 6]
CALLS = [
    "nn.SELU()", "nn.PReLU()", "nn.PReLU(3)", "keras.layers.PReLU()", "PReLU(shared_axes=[1])", "nn.LogSoftmax(dim=0)",
    "LayerNormalization()", "LayerNormalization(axis=1)", "LayerNormalization(axis=[1, 2])", "nn.LayerNorm(3)",
    "GroupNormalization(1)", "GroupNormalization(1, axis=1)", "nn.GroupNorm(1, 3)", "nn.InstanceNorm1d(1)",
    "nn.InstanceNorm2d(3, affine=True)", "BatchNormalization()", "nn.PixelShuffle(2)", "nn.PixelUnshuffle(2)",
    "nn.ChannelShuffle(3)", "UpSampling1D(2)", "UpSampling2D(2, interpolation='bilinear')",
    "nn.Upsample(scale_factor=2)", "nn.Unfold(2)", "nn.Fold((3, 3), 2)", "nn.MinPool1d(2)", "nn.MedianPool2d(2)",
    "Cropping1D(1)", "Cropping2D(1)", "Flatten()", "GlobalMaxPooling2D()",
]  # fmt: skip


@pytest.mark.parametrize("call", CALLS)
def test_every_call_over_little(call: str) -> None:
    for shape in SHAPES:
        with contextlib.suppress(StepwiseError):
            trace = sw.trace(call, np.ones(shape))
            assert all(step.taps is not None and step.formula is not None for step in trace.steps)
            assert trace.lesson().text()


@pytest.mark.parametrize("op", ["GroupNormalization", "InstanceNormalization", "LayerNormalization"])
def test_a_node_that_normalises_a_single_number_is_refused(op: str) -> None:
    with pytest.raises(StepwiseError, match="axis"):
        onnx.node(op, [np.float32(1), np.float32(1), np.float32(0)], **{"num_groups": 1} if op[0] == "G" else {})


@pytest.mark.parametrize("call", ["LayerNormalization(axis=1)", "GroupNormalization(1, axis=1)"])
def test_a_single_number_is_not_normalised(call: str) -> None:
    with pytest.raises(ShapeError, match="needs an axis"):
        sw.trace(call, np.ones(()))


def test_a_line_is_one_channel_for_the_slopes_as_in_pytorch() -> None:
    """PyTorch: “Found parameter numbers = 3 and channel size = 1.”"""
    with pytest.raises(ShapeError, match=r"there are 3 slopes, but the input of shape \(3,\) has 1 channel$"):
        sw.trace("nn.PReLU(3)", np.ones(3))
    assert sw.trace("nn.PReLU()", np.array(-1.0)).output == np.array(-0.25)
