"""Passes along one axis after another, some images at a time: the same as all at once, and as window by window."""

from __future__ import annotations

import numpy as np
import pytest

import stepwise as sw
from stepwise.ops import windows

CALLS = [
    "nn.MaxPool2d(3, stride=2, padding=1)",
    "nn.AvgPool2d((2, 3), stride=1)",
    "nn.LPPool2d(2, 2)",
    "nn.AdaptiveMaxPool2d((2, 3))",
    "MaxPool2D(2, padding='same')",
    "AveragePooling2D(3, strides=1, padding='same')",
]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("images_at_once", [1, 2, 4])
def test_blocks_of_images_make_no_difference(call: str, images_at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    x = np.random.default_rng(0).normal(size=(5, 4, 6, 3))
    whole = sw.trace(call, x)
    monkeypatch.setattr(windows, "CACHED_BYTES", x[:images_at_once].nbytes)
    blocked = sw.trace(call, x)
    assert blocked.output.tolist() == whole.output.tolist()
    assert blocked.output.strides == whole.output.strides, "laid out in memory as the input is"
    blocked.verify()


@pytest.mark.parametrize("call", ["MaxPool2D(2)", "nn.MaxPool2d(2)", "AveragePooling2D(2)", "nn.AvgPool2d(2)"])
def test_output_lies_in_memory_as_the_input_does(call: str) -> None:
    x = np.zeros((3, 8, 6, 4), np.float32)
    assert sw.trace(call, x).output.flags.c_contiguous
