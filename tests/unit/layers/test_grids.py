"""Numbers as a person types them are read as they are meant, in every dialect: a row is a signal, a grid a channel."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import stepwise as sw
from stepwise.dialects import keras, layers, onnx, torch
from stepwise.dialects.torch_modules import MODULES
from stepwise.exercises.assignment import load_assignment
from stepwise.io.inputs import as_array
from stepwise.lesson_files.reading import read_lesson
from tests.command import run

# Every layer that looks along one axis, of every dialect, with what it is called with.
ALONG_ONE = {
    "Conv": "1, 2", "Convolution": "1, 2", "SeparableConv": "1, 2", "SeparableConvolution": "1, 2",
    "DepthwiseConv": "2",
    "MaxPool": "2", "AvgPool": "2", "LPPool": "2, 2", "AdaptiveMaxPool": "2", "AdaptiveAvgPool": "2",
    "ConvTranspose": "1, 1, 2", "ConstantPad": "1, 0", "MaxPooling": "2", "AveragePooling": "2",
    "AdaptiveMaxPooling": "2", "AdaptiveAveragePooling": "2", "BatchNorm": "1", "ZeroPad": "1", "ReflectionPad": "1",
    "MinPool": "2", "MedianPool": "3", "LazyConv": "1, 2", "LazyConvTranspose": "1, 2",
    "InstanceNorm": "1", "ReplicationPad": "1", "CircularPad": "1", "ZeroPadding": "1"
}  # fmt: skip
OTHERS = {"MaxUnpool1d", "Dropout1d", "SpatialDropout1D"}
"""What takes indices too, or looks along no axis."""


def along_one() -> list[str]:
    calls = []
    for prefix, table in (("keras.layers.", keras.LAYERS), ("nn.", MODULES)):
        for name in table:
            if re.search(r"1[dD]", name) and name not in OTHERS:
                stem = re.sub(r"1[dD]", "", name)
                own = (
                    "1, 1, 2"
                    if name == "Conv1d"
                    else "1, 2"
                    if name.endswith("1DTranspose")
                    else ALONG_ONE.get(stem, "")
                )
                calls.append(f"{prefix}{name}({own})")
    onnx_calls = ("MaxPool(kernel_shape=[2])", "AveragePool(kernel_shape=[2])", "LpPool(kernel_shape=[2])",
                  "Conv(kernel_shape=[2])", "ConvTranspose(kernel_shape=[2])")  # fmt: skip
    return [*calls, *onnx_calls]


@pytest.mark.parametrize("call", along_one())
@pytest.mark.parametrize("typed", ["1 2 3 1", "1;2;3;1", "1\n2\n3\n1", "1, 2, 3, 1"])
def test_a_row_or_a_column_is_a_signal_of_one_channel(call: str, typed: str) -> None:
    assert np.array_equal(sw.trace(call, typed).output, sw.trace(call, [1, 2, 3, 1]).output)


def test_the_first_layer_that_looks_along_an_axis_says_what_a_row_is() -> None:
    assert sw.trace(["ReLU()", "MaxPool1D(2)"], "1 -2 3 1").output.tolist() == [1, 3]
    assert sw.trace("MaxPool1D(2)", "1 2 3 1").output.tolist() == [2, 3]
    assert sw.trace("Dense(1)", "1 2 3", kernel="1; 1; 1").output.tolist() == [[6]], "a row is a row of features"
    assert sw.trace("nn.BatchNorm1d(4)", "1 2 3 1").shape == (1, 4), "one of four features"
    assert sw.trace("nn.MaxPool1d(2)", "1 2 3 1; 4 5 6 7").output.tolist() == [[2, 3], [5, 7]], "PyTorch's own layout"
    assert sw.trace("MaxPool1D(2)", "1 2; 3 1").output.tolist() == [[3, 2]], "Keras's own: positions, then channels"
    assert sw.trace("MaxPool1D(2)", "[[1, 2], [3, 1]]").output.tolist() == [[3, 2]]


X = "1 2 3; 4 5 6; 7 8 9\n\n1 0 0; 0 1 0; 0 0 2"
K = "1 0; 0 1\n\n1 1; 1 1\n\n0 3; 0 0\n\n2 0; 0 1"
IMAGE = np.array([[[1, 2, 3], [4, 5, 6], [7, 8, 9]], [[1, 0, 0], [0, 1, 0], [0, 0, 2]]])
FILTERS = np.array([[[[1, 0], [0, 1]], [[1, 1], [1, 1]]], [[[0, 3], [0, 0]], [[2, 0], [0, 1]]]])
PARTED = ("\n\n", "\n \n", "\r\n\r\n", ";;", " ;\t; ")


def by_hand(image: Any, filters: Any) -> Any:
    """A convolution by its definition, (filter, row, column)."""
    size = image.shape[1] - filters.shape[2] + 1
    found = np.zeros((len(filters), size, size), dtype=int)
    for f, i, j in product(range(len(filters)), range(size), range(size)):
        found[f, i, j] = (image[:, i : i + 2, j : j + 2] * filters[f]).sum()
    return found


def channels_first(trace: sw.Trace, call: str) -> Any:
    last = not (call.startswith(("nn.", "Conv(", "ConvT")) or "channels_first" in call)
    return np.moveaxis(trace.output, -1, 0) if last and trace.output.ndim == 3 else trace.output


@pytest.mark.parametrize("between", PARTED)
@pytest.mark.parametrize(
    "call",
    ["Conv2D(2, 2)", "nn.Conv2d(2, 2, 2)", "Conv(kernel_shape=[2, 2])", "Conv2D(2, 2, data_format='channels_first')"],
)
def test_grids_are_channels_and_a_kernels_filters_come_first(call: str, between: str) -> None:
    trace = sw.trace(call, X.replace("\n\n", between), kernel=K.replace("\n\n", between))
    assert np.array_equal(channels_first(trace, call), by_hand(IMAGE, FILTERS))
    trace.verify()


def test_the_same_kernel_typed_for_every_kind_of_convolution() -> None:
    grouped = sw.trace("nn.Conv2d(2, 2, 2, groups=2)", X, kernel="1 0; 0 1;; 1 1; 1 1")
    depthwise = sw.trace("DepthwiseConv2D(2)", X, kernel="1 0; 0 1;; 1 1; 1 1")
    each = [by_hand(IMAGE[c : c + 1], FILTERS[0:1, c : c + 1])[0] for c in range(2)]
    assert np.array_equal(grouped.output, each)
    assert np.array_equal(np.moveaxis(depthwise.output, -1, 0), each)
    calls = ("Conv2DTranspose(2, 2)", "nn.ConvTranspose2d(2, 2, 2)", "ConvTranspose(kernel_shape=[2, 2])")
    full = by_hand(np.pad(IMAGE, ((0, 0), (1, 1), (1, 1))), FILTERS[:, :, ::-1, ::-1])
    for call in calls:
        assert np.array_equal(channels_first(sw.trace(call, X, kernel=K), call), full), call
    of_one = [sw.trace(call, X, kernel="1 0; 2 3") for call in ("Conv2D(2, 1)", "nn.Conv2d(2, 2, 1)")]
    due = np.stack([IMAGE[0], 2 * IMAGE[0] + 3 * IMAGE[1]])
    assert np.array_equal(np.moveaxis(of_one[0].output, -1, 0), due)
    assert np.array_equal(of_one[1].output, due)
    separable = sw.trace(
        "SeparableConv2D(1, 2)", X, weights=[{"depthwise_kernel": "1 0; 0 1;; 1 1; 1 1", "pointwise_kernel": "1 2"}]
    )
    assert np.array_equal(separable.output[..., 0], each[0] + 2 * each[1])


def test_signals_of_several_channels_and_volumes() -> None:
    x, k = "1 2 3 1;; 4 5 6 7", "1 0; 0 1; 1 1; 2 0"
    due = [[1 + 5, 2 + 6, 3 + 7], [1 + 2 + 8, 2 + 3 + 10, 3 + 1 + 12]]
    assert sw.trace("nn.Conv1d(2, 2, 2)", x, kernel=k).output.tolist() == due
    assert sw.trace("Conv1D(2, 2)", x, kernel=k).output.T.tolist() == due
    assert sw.trace("Conv1D(2, 2)", x, kernel=k.replace(";", ";;")).output.T.tolist() == due
    for call in ("MaxPool3D(2)", "nn.MaxPool3d(2)"):
        assert sw.trace(call, "1 2; 3 4;; 5 6; 7 8").output.tolist() == [[[8]]]
    for call in ("Conv3D(1, 2)", "nn.Conv3d(1, 1, 2)"):
        assert sw.trace(call, "1 2; 3 4;; 5 6; 7 8", kernel="1 0; 0 0;; 0 0; 0 1").output.tolist() == [[[9]]]
    two = sw.trace("nn.MaxPool3d((1, 2, 2))", "1 2; 3 4;; 5 6; 7 8").output
    assert two.tolist() == [[[4]], [[8]]]
    seen = sw.trace("nn.Conv3d(2, 1, (1, 2, 2))", "1 2; 3 4;; 5 6; 7 8", kernel="1 0; 0 0;; 0 0; 0 1")
    assert seen.output.tolist() == [[[[1 + 8]]]], "two channels of one plane"


def test_what_a_script_passes_on_as_text_is_read_alike() -> None:
    assert keras.layers.MaxPool1D(2)("1 2 3 1").output.tolist() == [2, 3]
    assert keras.Sequential([keras.layers.ReLU(), keras.layers.MaxPool1D(2)])("1 -2 3 1").output.tolist() == [1, 3]
    conv: Any = torch.layers.Conv2d(2, 2, 2)
    conv.weight = K
    assert np.array_equal(conv(X).output, by_hand(IMAGE, FILTERS))
    assert conv.weight.shape == (2, 2, 2, 2)
    assert np.array_equal(conv(IMAGE).output, by_hand(IMAGE, FILTERS))
    assert onnx.layers.layer("MaxPool", kernel_shape=[2])("1 2 3 1").output.tolist() == [2, 3, 3]


def test_on_the_command_line_in_a_lesson_and_on_a_sheet(tmp_path: Path) -> None:
    assert "2   3" in run("explain", "MaxPool1D(2)", "--input", "1 2 3 1").out
    (tmp_path / "x.csv").write_text("1,2,3\n4,5,6\n7,8,9\n\n1,0,0\n0,1,0\n0,0,2\n")
    for given in (X, X.replace("\n\n", ";;"), str(tmp_path / "x.csv")):
        done = run("explain", "nn.Conv2d(2, 2, 2)", "--input", given, "--kernel", K, "--to", "json")
        assert done.status == 0, done.err
        assert '"6"' in done.out or "6" in done.out
    block = "\n".join(f"  {line}" for line in X.replace(";", "\n").splitlines())
    kernel = "\n".join(f"      {line}" for line in K.splitlines())
    text = f"stepwise: 1\ninput: |\n{block}\nlayers:\n  - Conv2D(2, 2)\nweights:\n  - kernel: |\n{kernel}\n"
    due = np.moveaxis(by_hand(IMAGE, FILTERS), 0, -1)
    assert np.array_equal(read_lesson(text).traced().output, due)
    (tmp_path / "lesson.yaml").write_text(text)
    done = run("worksheet", str(tmp_path / "lesson.yaml"), "--to", "md", "-o", str(tmp_path / "sheets"))
    assert done.status == 0, done.err
    assert np.array_equal(load_assignment(tmp_path / "sheets").exercises["v01"].trace.output, due)
    (tmp_path / "row.yaml").write_text("stepwise: 1\ninput: 1 2 3 1\nlayers: [MaxPool1D(2)]\n")
    assert run("check", str(tmp_path / "row.yaml"), "2 3").status == 0
    run("worksheet", str(tmp_path / "row.yaml"), "--variants", "2", "--to", "md", "-o", str(tmp_path / "rows"))
    assert {one.trace.output.shape for one in load_assignment(tmp_path / "rows").exercises.values()} == {(2,)}


@pytest.mark.parametrize(
    ("call", "x", "kernel", "told"),
    [
        ("Conv2D(2, 2)", X, "1 0; 0 1", ["1 grid of 2 rows and 2 columns", "4 grids", "2 filters × 2 channels in"]),
        ("Conv2D(1, 3)", "1 2 3; 4 5 6; 7 8 9", "1 0; 0 1", ["1 grid of 3 rows and 3 columns", "0 0 0; 0 0 0; 0 0 0"]),
        ("nn.Conv1d(1, 2, 2)", "1 2 3", "1 0", ["1 row of 2 numbers", "2 rows of 2 numbers", "0 0;; 0 0"]),
        ("nn.Conv2d(2, 2, 2)", X, [[1, 0], [0, 1]], ["filters, channels in, rows, columns", "4 grids", "0 0;; 0 0"]),
        ("Conv2D(2, 2)", X, [[1, 0], [0, 1]], ["rows, columns, channels in, filters"]),
        ("Conv2DTranspose(2, 2)", X, [[1, 0], [0, 1]], ["rows, columns, filters, channels in"]),
        ("nn.ConvTranspose2d(2, 2, 2)", X, [[1, 0], [0, 1]], ["channels in, filters, rows, columns"]),
        ("DepthwiseConv2D(2)", X, [[1, 0], [0, 1]], ["rows, columns, channels in, filters of each", "2 grids"]),
        ("nn.Conv2d(2, 2, 2)", "1 2; 3 4", K, ["expects 2 channels", "each channel is a grid"]),
        ("SeparableConv2D(1, 2)", X, K, ["depthwise_kernel and pointwise_kernel"]),
    ],
)  # fmt: skip
def test_an_error_about_axes_tells_them_by_name_and_the_right_line(
    call: str, x: str, kernel: Any, told: list[str]
) -> None:
    with pytest.raises(sw.StepwiseError) as caught:
        sw.trace(call, x, kernel=kernel)
    for words in told:
        assert words in str(caught.value)
    line = re.search(r"(?:channels? in|plane)\): ([^…]+)$", str(caught.value))
    if line and "over" in str(caught.value):
        sw.trace(call, x, kernel=line[1])  # what it says can be typed


def test_errors_about_the_input_name_its_axes() -> None:
    with pytest.raises(sw.StepwiseError, match=r"rows and columns in C channels; typed, a channel is a grid: 4 3; 2 1"):
        sw.trace("MaxPool2D(2)", [1, 2, 3])
    with pytest.raises(sw.StepwiseError, match="positions in C channels; typed, a channel is a row"):
        sw.trace("MaxPool1D(2)", [[[[1]]]])
    with pytest.raises(sw.StepwiseError, match="grid 2 has 1 row of 2 numbers, grid 1 has 2 rows of 2 numbers"):
        sw.trace("MaxPool2D(2)", "1 2; 3 4;; 5 6")
    with pytest.raises(sw.StepwiseError, match="grid 2, row 2 has 1 number, row 1 has 2"):
        sw.trace("MaxPool2D(2)", "1 2; 3 4\n\n5 6; 7")
    with pytest.raises(sw.StepwiseError, match="in row 1, column 2 of grid 2"):
        as_array("1 2\n\n3 x!")
    with pytest.raises(sw.StepwiseError, match="each channel is one row"):
        sw.trace("MaxPool1D(2)", "1 2; 3 4;; 5 6; 7 8")


@pytest.mark.parametrize("typed", ["4 3; 2 1;", "4 3;\n2 1;\n", "\n\n4 3\n2 1\n\n", "4 3;\n 2 1;; "])
def test_a_row_that_ends_twice_begins_no_grid(typed: str) -> None:
    assert as_array(typed).tolist() == [[4, 3], [2, 1]]


def test_every_layer_that_looks_along_one_axis_is_called() -> None:
    """Else the list above would grow old."""
    for call in along_one():
        assert layers(call)
