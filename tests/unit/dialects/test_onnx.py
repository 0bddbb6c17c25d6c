"""ONNX's words: what the standard rules out is refused with the reason; nodes have its inputs and outputs."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import onnx as standard
import pytest

import stepwise as sw
from stepwise.dialects import onnx
from stepwise.errors import CallError, ShapeError

X = np.arange(120, dtype=np.float32).reshape(1, 4, 5, 6)
ONES = np.ones


def node(op: str, *inputs: Any, **attributes: Any) -> Any:
    return onnx.node(op, inputs, **attributes)


REFUSED: dict[str, tuple[str, tuple[Any, ...], dict[str, Any], str]] = {
    "a kernel of other channels": (
        "Conv",
        (X, ONES((2, 3, 3, 3))),
        {},
        "needs (2, 4, 3, 3): axis 1 (channels in) is 3 and should be 4",
    ),
    "a bias of another length": ("Conv", (X, ONES((2, 4, 3, 3)), ONES(3)), {}, "axis 0 (filters) is 3 and should be 2"),
    "groups that do not divide": ("Conv", (X, ONES((3, 2, 3, 3))), {"group": 2}, "groups=2 does not divide filters=3"),
    "groups that do not divide the channels": ("Conv", (X, ONES((3, 1, 3, 3))), {"group": 3}, "the input's 4 channels"),
    "another kernel_shape": (
        "Conv",
        (X, ONES((2, 4, 3, 3))),
        {"kernel_shape": [2, 2]},
        "is not that of the kernel, (3, 3)",
    ),
    "a window for other axes": ("MaxPool", (X,), {"kernel_shape": [2]}, "the input has 4 axes"),
    "no window": ("MaxPool", (X,), {}, "kernel_shape"),
    "an unknown auto_pad": (
        "MaxPool",
        (X,),
        {"kernel_shape": [2, 2], "auto_pad": "SAME"},
        "'same_upper' or 'same_lower'",
    ),
    "pads beside auto_pad": (
        "MaxPool",
        (X,),
        {"kernel_shape": [2, 2], "auto_pad": "SAME_UPPER", "pads": [1] * 4},
        "together with auto_pad",
    ),
    "two pads for two axes": ("MaxPool", (X,), {"kernel_shape": [2, 2], "pads": [1, 1]}, "has 2 entries; give 4"),
    "a window too large": (
        "MaxPool",
        (X,),
        {"kernel_shape": [9, 9]},
        "along the height, a window of 9 does not fit into 5",
    ),
    "a window without data": (
        "MaxPool",
        (X,),
        {"kernel_shape": [2, 2], "pads": [0, 2, 0, 0]},
        "along the width, window 0 would cover no data at all",
    ),
    "a mean of nothing": (
        "AveragePool",
        (X,),
        {"kernel_shape": [1, 1], "pads": [1, 0, 0, 0]},
        "along the height, window 0",
    ),
    "an attribute's near name": ("MaxPool", (X,), {"kernel_shape": [2, 2], "stride": [1, 1]}, "Did you mean strides?"),
    "a flag that is neither": ("MaxPool", (X,), {"kernel_shape": [2, 2], "ceil_mode": 2}, "ceil_mode=2 is neither"),
    "output padding too large": (
        "ConvTranspose",
        (X, ONES((4, 1, 3, 3))),
        {"output_padding": [1, 0]},
        "must be less than the stride or the dilation",
    ),
    "a kernel of other inputs": (
        "ConvTranspose",
        (X, ONES((3, 1, 3, 3))),
        {},
        "axis 0 (channels in) is 3 and should be 4",
    ),
    "indices of another shape": (
        "MaxUnpool",
        (X, ONES((1, 4, 5, 5), int)),
        {"kernel_shape": [2, 2]},
        "axis 3 is 5 and should be 6",
    ),
    "matrices that do not fit": (
        "MatMul",
        (ONES((2, 3)), ONES((2, 3))),
        {},
        "the first has 3 columns and the second 2 rows",
    ),
    "a Gemm that does not fit": ("Gemm", (ONES((2, 3)), ONES((2, 3))), {}, "axis 0 (inputs) is 2 and should be 3"),
    "a sum that does not fit": ("Add", (X, ONES(3)), {}, "along axis -1 they have 3 and 6 cells"),
    "an axis there is not": ("Softmax", (X,), {"axis": 4}, "there is no axis 4 in an input with 4 axes"),
    "a flatten there is not": ("Flatten", (X,), {"axis": 5}, "axis=5 is not between 0 and 4"),
    "two pads for four axes": ("Pad", (X, np.array([1, 2])), {}, "pads has 2 entries; 8 are needed"),
    "a mirror past the edge": (
        "Pad",
        (X, np.array([0, 0, 0, 6, 0, 0, 0, 0])),
        {"mode": "reflect"},
        "axis 3 has 6 cells; mode reflect can pad it by at most 5",
    ),
    "other channels to normalise": (
        "BatchNormalization",
        (X, *[ONES(3)] * 4),
        {},
        "axis 0 (channels) is 3 and should be 4",
    ),
    "training": ("BatchNormalization", (X, *[ONES(4)] * 4), {"training_mode": 1}, "told at inference"),
    "dropout in training": ("Dropout", (X, np.array(0.5), np.array(True)), {}, "told at inference"),
    "an opset in words": ("Relu", (X,), {"opset": "22"}, "opset='22' is not a whole number"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refuses_with_a_reason(name: str) -> None:
    op, inputs, attributes, reason = REFUSED[name]
    with pytest.raises((CallError, ShapeError), match=re.escape(reason)):
        node(op, *inputs, **attributes)


def test_an_unknown_operator_suggests_the_near_one() -> None:
    with pytest.raises(CallError, match="Did you mean MaxPool"):
        node("MaxPol", X)


@pytest.mark.parametrize("op", sorted(onnx.OPERATORS))
def test_a_node_has_as_many_inputs_as_the_standard_says(op: str) -> None:
    schema = standard.defs.get_schema(op, 22)
    needed, most = onnx.NEEDED.get(op, 1), len(onnx.INPUTS.get(op, ("input",)))
    # Pad's pads were an attribute before opset 11, Upsample's scales before 9, Slice's ends before 10, axes before 13
    assert needed == (1 if op in ("Pad", "Slice", "Unsqueeze", "Upsample") else schema.min_input)
    if op in onnx.ANY_NUMBER:
        assert schema.max_input == 2**31 - 1  # the standard's word for: as many as there are
        return
    assert most == schema.max_input
    attributes = {"kernel_shape": [1, 1]} if "kernel_shape" in schema.attributes else {}
    with pytest.raises(CallError, match=f"takes {most} input"):
        node(op, *[X] * (most + 1), **attributes)
    if needed > 1:
        with pytest.raises(CallError, match=f"needs {needed} inputs, but has {needed - 1}"):
            node(op, *[X] * (needed - 1), **attributes)


def test_max_pool_has_indices_through_the_whole_array_by_rows_or_by_columns() -> None:
    # test_maxpool_with_argmax_2d_precomputed_strides of the standard, and the same by rows
    x = np.arange(1, 26, dtype=np.float32).reshape(1, 1, 5, 5)
    for order, due in ((0, [6, 8, 16, 18]), (1, [6, 16, 8, 18])):
        y, indices = node("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2], storage_order=order)
        assert y.output.ravel().tolist() == [7, 9, 17, 19]
        assert indices.dtype == np.int64
        assert indices.ravel().tolist() == due


def test_dropout_has_a_mask_that_drops_nothing() -> None:
    y, mask = node("Dropout", X)
    assert np.array_equal(y, X)
    assert mask.dtype == bool
    assert mask.all()


def test_same_makes_a_transposed_convolution_the_input_times_the_stride_whatever_the_output_padding() -> None:
    # the specification: output_shape[i] = input_shape[i] · strides[i]; onnxruntime gives the same
    [y] = node("ConvTranspose", X, ONES((4, 1, 3, 3)), strides=[2, 2], auto_pad="SAME_UPPER", output_padding=[1, 1])
    assert y.shape == (1, 1, 10, 12)
    y.verify()


def test_what_is_cut_off_is_not_wrapped_around_and_wrapping_goes_on_as_on_a_torus() -> None:
    line = np.array([1.0, 2.0, 3.0])
    # onnxruntime's Pad
    assert node("Pad", line, np.array([-1, 3]), mode="wrap")[0].output.tolist() == [2, 3, 2, 3, 2]
    assert node("Pad", line, np.array([4, 0]), mode="wrap")[0].output.tolist() == [3, 1, 2, 3, 1, 2, 3]
    for mode in ("constant", "edge", "reflect", "wrap"):
        node("Pad", line, np.array([-1, 1]), mode=mode)[0].verify()


def test_pad_takes_a_constant_and_only_some_axes() -> None:
    x = np.zeros((2, 2))
    [y] = node("Pad", x, np.array([1, 1]), np.array(7.0), np.array([1]))
    assert y.output.tolist() == [[7, 0, 0, 7], [7, 0, 0, 7]]


def test_a_pasted_call_is_a_layer() -> None:
    t = sw.trace("Conv(kernel_shape=[2, 2], pads=[0, 0, 1, 1])", [[1, 2], [3, 4]], kernel=[[1, 0], [0, 1]], bias=1)
    assert t.output.tolist() == [[6, 3], [4, 5]]
    with pytest.raises(CallError, match=re.escape("use onnx.node")):
        sw.trace("Gemm()", [[1]])


def test_nothing_is_padded_where_there_are_no_axes() -> None:
    [padded] = onnx.node("Pad", [np.float64(3)], opset=1, paddings=[])
    assert (padded.shape, float(padded.output)) == ((), 3.0)


@pytest.mark.parametrize(
    ("op", "attributes"), [("GroupNormalization", {"num_groups": 1}), ("InstanceNormalization", {})]
)
def test_a_number_has_no_channels_to_normalise(op: str, attributes: dict[str, Any]) -> None:
    with pytest.raises(ShapeError, match="no axis"):
        onnx.node(op, [np.float64(3), np.ones(1), np.ones(1)], **attributes)
