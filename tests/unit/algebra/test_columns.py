"""A convolution as one product of two matrices: NumPy's own product of them is the output."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import stepwise as sw
from stepwise.algebra.columns import columns, has_columns
from stepwise.dialects import torch
from stepwise.errors import CallError

CALLS: list[tuple[str, tuple[int, ...]]] = [
    ("Conv1D(2, 3, padding='causal')", (6, 2)),
    ("Conv2D(3, 2, strides=2, padding='same')", (5, 4, 2)),
    ("Conv2D(1, 3, dilation_rate=2, padding='same')", (5, 5, 1)),
    ("nn.Conv2d(2, 3, (2, 3), stride=(2, 1), padding=1)", (2, 5, 4)),
    ("nn.Conv3d(1, 2, 2, padding=1)", (1, 2, 3, 2)),
    ("Conv2D(2, 2)", (3, 4, 4, 1)),
]


@pytest.mark.parametrize(("call", "shape"), CALLS)
def test_the_product_is_the_output(call: str, shape: tuple[int, ...]) -> None:
    trace = sw.trace(call, np.random.default_rng(0).integers(-5, 6, shape))
    found = columns(trace)
    bias: Any = 0 if found.bias is None else found.bias.reshape(-1, 1)
    assert np.allclose(found.kernels @ found.columns + bias, found.output)
    image = trace.output[0] if len(shape) == trace.output.ndim and trace.form == "batch" else trace.output
    own = np.moveaxis(image, -1, 0) if trace.layer.layout.channels_last else image
    assert np.allclose(
        found.output, own.reshape(len(own), -1) if own.ndim > len(trace.geometry.axes) else own.reshape(1, -1)
    )


def test_columns_are_what_unfold_gives() -> None:
    x = np.arange(40).reshape(2, 5, 4)
    trace = sw.trace("nn.Conv2d(2, 1, 3, stride=2, padding=1)", x)
    assert np.array_equal(columns(trace).columns, torch.nn.Unfold(3, stride=2, padding=1)(x))


def test_letters_are_multiplied_too() -> None:
    found = columns(sw.trace("Conv2D(1, 2)", "a b c; d e f", kernel="p q; r s"))
    assert [[str(cell) for cell in row] for row in found.columns] == [["a", "b"], ["b", "c"], ["d", "e"], ["e", "f"]]
    assert str(sum(found.kernels[0] * found.columns[:, 0])) == str(found.output[0, 0])


@pytest.mark.parametrize("call", ["MaxPool2D(2)", "DepthwiseConv2D(2)", "Conv2DTranspose(1, 2)"])
def test_no_other_layer_has_them(call: str) -> None:
    trace = sw.trace(call, np.ones((3, 3, 1)))
    assert not has_columns(trace)
    with pytest.raises(CallError, match="is no convolution all of whose filters see the same channels"):
        columns(trace)
