"""Spreadsheets: every output cell is a formula, and a library that is not ours calculates the same from it."""

from __future__ import annotations

import inspect
import math
import re
import sys
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

import stepwise as sw
from stepwise.analysis.backpropagation import loss_of
from stepwise.arithmetic import Array
from stepwise.dialects.tracing import understood
from stepwise.errors import LimitError, MissingExtra, StepwiseError
from stepwise.layers.sizes import sizes
from stepwise.lessons.shapes import tell_sizes
from stepwise.ops import OPERATIONS
from stepwise.render import encode
from stepwise.traces.recording import record
from stepwise.traces.trace import Trace, chain
from tests.recalculated import GREEN, WHITE, calculated, cells, formulas_of, reading_order, stored
from tests.requests import in_training

RANDOM = np.random.default_rng(7)


def some(*shape: int) -> Array:
    """Whole numbers from -9 to 9."""
    return RANDOM.integers(-9, 10, shape)


# What is asked, the input, and how the last output cell is written.
CASES: dict[str, tuple[Any, Array, str]] = {
    "max": ("MaxPool2D(2, strides=1, padding='same')", some(3, 4), r"MAX\(E9:F10\)"),
    "max of negative numbers": ("MaxPool2D(3, 2, 'same')", -1 - abs(some(5, 5)), r"MAX\(F11:H13\)"),
    "max, dilated": ("nn.MaxPool2d(2, 1, dilation=2)", some(5, 5), r"MAX\(D9,F9,D11,F11\)"),
    "max, three axes": ("MaxPool3D(2, padding='same')", some(3, 4, 4, 2), r"MAX\(\w+:\w+,\w+:\w+\)"),
    "max, a batch": ("MaxPool2D(2)", some(2, 4, 4, 2), r"MAX\(\w+:\w+\)"),
    "mean": ("AveragePooling2D(2, padding='same')", some(5, 5), r"AVERAGE\(F11:G12\)"),
    "mean, padding counted": ("nn.AvgPool2d(3, 2, 1, ceil_mode=True)", some(4, 6), r"AVERAGE\(H11:J13\)"),
    "mean, a divisor": ("nn.AvgPool2d(2, divisor_override=3)", some(4, 6), r"SUM\(F9:G10\)/3"),
    "mean, adaptive": ("nn.AdaptiveAvgPool2d((3, 2))", some(5, 7), r"AVERAGE\(E10:H11\)"),
    "mean, global": ("GlobalAveragePooling2D()", some(4, 4, 3), r"AVERAGE\(\w+:\w+\)"),
    "minimum": ("nn.MinPool2d(2, 2, 1)", some(5, 5), r"MIN\(F11:G12\)"),
    "median": ("nn.MedianPool2d(2, 2, 1)", some(5, 5), r"MEDIAN\(F11:G12\)"),
    "cropped": ("Cropping2D(1)", some(4, 4), r"D9"),
    "nearest": ("UpSampling2D(2)", some(2, 3), r"D8"),
    "bilinear": ("nn.Upsample(scale_factor=2, mode='bilinear')", some(2, 2) * 3, r"C8\*1"),
    "depth to space": ("nn.PixelShuffle(2)", some(4, 2, 2), r"C23"),
    "space to depth": ("nn.PixelUnshuffle(2)", some(4, 4), r"E10"),
    "channels shuffled": ("nn.ChannelShuffle(2)", some(1, 4, 2, 2), r"C23"),
    "unfolded": ("nn.Unfold(2, padding=1, stride=2)", some(4, 4), r"0"),
    "folded": ("nn.Fold((3, 3), 2)", some(4, 4), r"SUM\(E10\)"),
    "square root of squares": ("nn.LPPool2d(2, 2)", some(4, 4), r"SQRT\(SUMSQ\(D9:E10\)\)"),
    "cube root of cubes": ("nn.LPPool2d(3, 2)", abs(some(4, 4)), r"\(SUMPRODUCT\(\(D9:E10\)\^3\)\)\^\(1/3\)"),
    "convolution": ("Conv2D(2, 3, padding='same')", some(5, 5, 3), r"(SUMPRODUCT\(\w+:\w+,[$\w]+:[$\w]+\)\+){3}[$\w]+"),
    "convolution, dilated": ("Conv2D(1, 2, dilation_rate=2, padding='same')", some(5, 5), r"(\w+\*[$\w]+\+){4}[$\w]+"),
    "convolution, groups": ("nn.Conv2d(4, 2, 3, groups=2, padding=1)", some(1, 4, 4, 4), r"(SUMPRODUCT\(.*\)\+){2}.*"),
    "convolution, depthwise": ("DepthwiseConv2D(2, depth_multiplier=2)", some(4, 4, 2), r"SUMPRODUCT\(.*\)\+[$\w]+"),
    "convolution, transposed": ("Conv2DTranspose(2, 3, 2, padding='same')", some(3, 3, 2), r"(\w+\*.*\+){2}[$\w]+"),
    "convolution, one axis": ("Conv1D(2, 3, dilation_rate=2, padding='causal')", some(8, 2), r"(\w+\*.*\+){6}[$\w]+"),
    "convolution, three axes": ("nn.Conv3d(1, 2, 2)", some(1, 1, 3, 3, 3), r"(SUMPRODUCT\(.*\)\+){2}[$\w]+"),
    "dense": ("Dense(3)", some(2, 4), r"SUMPRODUCT\(B8:E8,\$H\$9:\$K\$9\)\+\$P\$7"),
    "dense, PyTorch's": ("nn.Linear(4, 3)", some(2, 4), r"SUMPRODUCT\(B8:E8,\$H\$9:\$K\$9\)\+\$P\$7"),
    "ReLU": ("ReLU()", some(3, 3), r"MAX\(0,D9\)"),
    "ReLU with everything": ("ReLU(6, negative_slope=0.1, threshold=1)", some(3, 3), r"MIN\(6,IF\(D9>1,.*\)\)"),
    "sigmoid": ("Activation('sigmoid')", some(3, 3) * 100, r"(1/\(1\+EXP\(-D9\)\)|IF\(D9>0,.*\))"),
    "ELU": ("nn.ELU(0.5)", some(3, 3), r"IF\(D9>0,D9,0\.5\*\(EXP\(D9\)-1\)\)"),
    "SELU": ("nn.SELU()", some(3, 3), r"IF\(D9>0,1\.05\d+\*D9,1\.05\d+\*1\.67\d+\*\(EXP\(D9\)-1\)\)"),
    "SiLU": ("nn.SiLU()", some(3, 3), r"D9/\(1\+EXP\(-D9\)\)"),
    "GELU": ("nn.GELU()", some(3, 3), r"D9\*\(1\+ERF\(D9/SQRT\(2\)\)\)/2"),
    "GELU by tanh": ("nn.GELU('tanh')", some(3, 3), r"0\.5\*D9\*\(1\+TANH\(0\.79\d+\*\(D9\+0\.044715\*\(D9\)\^3\)\)\)"),
    "softplus": ("nn.Softplus(2, 3)", some(3, 3), r"IF\(2\*D9>3,D9,LN\(1\+EXP\(2\*D9\)\)/2\)"),
    "logarithm of a sigmoid": ("nn.LogSigmoid()", some(3, 3), r"-LN\(1\+EXP\(-D9\)\)"),
    "mish": ("nn.Mish()", some(3, 3), r"D9\*TANH\(LN\(1\+EXP\(D9\)\)\)"),
    "hard tanh": ("nn.Hardtanh()", some(3, 3), r"MIN\(1,MAX\(\(-1\),D9\)\)"),
    "hard sigmoid": ("nn.Hardsigmoid()", some(3, 3), r"MIN\(6,MAX\(0,D9\+3\)\)/6"),
    "hard swish": ("nn.Hardswish()", some(3, 3), r"D9\*MIN\(6,MAX\(0,D9\+3\)\)/6"),
    "softsign": ("nn.Softsign()", some(3, 3), r"D9/\(1\+ABS\(D9\)\)"),
    "PReLU": ("nn.PReLU()", some(3, 3), r"IF\(D9>0,D9,\$[A-Z]\$7\*D9\)"),
    "log softmax": ("nn.LogSoftmax(1)", some(2, 5), r"F8-MAX\(B8:F8\)-LN\(SUM\(.*\)\)"),
    "tanh": ("Activation('tanh')", some(3, 3), r"TANH\(D9\)"),
    "softmax": ("Softmax()", some(2, 5), r"M8/SUM\(I8:M8\)"),
    "flatten": ("Flatten()", some(1, 3, 3, 2), r"D15"),
    "layer normalisation": (
        "LayerNormalization()", some(3, 3),
        r"[$\w]+\*\(D9-AVERAGE\(B9:D9\)\)/SQRT\(\(SUMPRODUCT\(\(B9:D9-AVERAGE\(B9:D9\)\)\^2\)\)/3\+0\.001\)\+[$\w]+",
    ),
    "group normalisation": (
        "nn.GroupNorm(2, 4, affine=False)", some(1, 4, 2, 2), r".*AVERAGE\(.*\)/SQRT\(.*SUMPRODUCT\(.*\)/8\+0?.*\)"
    ),
    "instance normalisation": ("nn.InstanceNorm2d(2)", some(1, 2, 2, 3), r"\(D13-AVERAGE\(B12:D13\)\)/SQRT.*"),
    "local response normalisation": (
        "nn.LocalResponseNorm(2, alpha=2)", some(1, 3, 1, 2), r".*/\(1\+2\*\(?SUMPRODUCT\(.*\^2\).*/2\)\^0\.75"
    ),
    "batch normalisation": ("BatchNormalization()", some(3, 3, 2), r"[$\w]+\*\(D15-.*\)/SQRT\(.*\+0\.001\)\+[$\w]+"),
    "mirrored": ("nn.ReflectionPad2d(1)", some(1, 1, 3, 3), r"C8"),
    "zeros around": ("ZeroPadding2D(1)", some(3, 3), r"0"),
    "unchanged": ("Dropout(0.5)", some(2, 2), r"C8"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_spreadsheet_comes_to_what_the_layer_gives(name: str, tmp_path: Path) -> None:
    call, array, last = CASES[name]
    trace = sw.trace(call, array)
    data = trace.lesson().save(file := tmp_path / "lesson.xlsx").read_bytes()
    outputs, written = cells(data, GREEN), formulas_of(data)
    assert [written.get(cell, "no formula")[0] for cell in outputs] == ["="] * trace.output.size
    assert re.fullmatch("=" + last, written[outputs[-1]]), written[outputs[-1]]
    due = pytest.approx(reading_order(trace, trace.output), rel=1e-6, abs=1e-9)
    found = calculated(file)
    assert [found[cell] for cell in outputs] == due
    shown = stored(data)
    assert [shown[cell] for cell in outputs] == due, "a viewer that does not calculate shows it too"
    assert [shown[cell] for cell in written] == pytest.approx([found[cell] for cell in written], abs=1e-9)


@pytest.mark.parametrize("name", [name for name in CASES if name not in ("batch normalisation", "sigmoid")])
def test_a_number_that_is_changed_is_followed(name: str, tmp_path: Path) -> None:
    """The layer on the changed input gives what the unchanged formulas come to."""
    call, array, _last = CASES[name]
    trace = sw.trace(call, array)
    data = trace.lesson().save(file := tmp_path / "lesson.xlsx").read_bytes()
    given = cells(data, WHITE)
    assert len(given) == array.size
    numbers = [4 + 3 * n % 17 for n in range(array.size)]
    by_number = np.array(reading_order(trace, np.arange(array.size).reshape(array.shape)), dtype=int)
    changed = np.empty(array.size, dtype=int)
    changed[by_number] = numbers
    again = record(trace.layer, {**trace.inputs, "input": changed.reshape(array.shape)})
    found = calculated(file, dict(zip(given, numbers)))
    due = reading_order(again, again.output)
    assert [found[cell] for cell in cells(data, GREEN)] == pytest.approx(due, rel=1e-6, abs=1e-9)
    assert due != reading_order(trace, trace.output) or "zeros" in name


@pytest.mark.parametrize("operation", OPERATIONS.values())
def test_every_operation_is_tried(operation: type) -> None:
    assert operation in tried(), inspect.getdoc(operation)


@cache
def tried() -> set[type]:
    traces = [*(sw.trace(call, array) for call, array, _ in CASES.values()), *two_inputs().values()]
    return {type(step.layer.operation) for trace in traces for step in chain(trace)}


@cache
def two_inputs() -> dict[str, Trace]:
    onnx, torch = sw.dialects.onnx, sw.dialects.torch
    pooled, indices = torch.nn.functional.max_pool2d(some(1, 1, 4, 4), 2, return_indices=True)
    return {
        "matrix product": onnx.node("MatMul", [some(2, 3), some(3, 4)])[0],
        "sum": onnx.node("Add", [some(2, 3), some(3)])[0],
        "back to where it was": torch.nn.MaxUnpool2d(2)(pooled, indices),
        "residual": onnx.node("Add", [relu := onnx.node("Relu", [some(2, 3)])[0], relu])[0],
        "product": onnx.node("Mul", [some(2, 3), some(2, 3)])[0],
        "difference": onnx.node("Sub", [some(2, 3), some(3)])[0],
        "direction": sw.trace("np.arctan2(ndimage.sobel(x, axis=0), ndimage.sobel(x))", some(3, 4)),
        "direction in degrees": sw.trace(
            "cv2.phase(cv2.Sobel(x, -1, 1, 0), cv2.Sobel(x, -1, 0, 1), angleInDegrees=True)", some(3, 4)
        ),
        "magnitude": sw.trace("np.hypot(ndimage.sobel(x, axis=0), ndimage.sobel(x))", some(3, 4)),
        "quotient": onnx.node("Div", [some(2, 3) * 1.5, some(2, 3) + 100.0])[0],
        "side by side": onnx.node("Concat", [some(2, 3), some(2, 2)], axis=1)[0],
        "in another shape": onnx.node("Reshape", [some(2, 3), np.array([3, 2])])[0],
        "turned": onnx.node("Transpose", [some(2, 3)], perm=[1, 0])[0],
        "cut off": onnx.node("Clip", [some(2, 3), np.array(-1), np.array(2)])[0],
        "without signs": torch.nn.LPPool2d(-math.inf, 2)(some(1, 1, 4, 4)).parents["input"].parents["input"],
        "normalised in training": in_training(torch.nn.BatchNorm1d(2), some(3, 2)),
        "squares": loss_of(sw.trace("ReLU()", some(2, 3)), "mse", some(2, 3) * 0.5),
        "classes": loss_of(sw.trace("Dense(3)", some(2, 3)), "cross_entropy", [2, 0]),
        "one class": loss_of(sw.trace("Softmax()", some(1, 3)), "cross_entropy", 1),
        "logarithms": loss_of(sw.trace("nn.LogSoftmax(1)", some(2, 3)), "cross_entropy", [2, 0]),
        "yes or no": loss_of(sw.trace("Dense(3)", some(1, 3) * 0.25), "binary_cross_entropy", [[0, 1, 0.25]]),
        "probably": loss_of(sw.trace("Activation('sigmoid')", some(2, 2)), "binary_cross_entropy", [[0, 1], [1, 0.5]]),
        "gradient": sw.trace("AveragePooling2D(2, strides=1)", some(3, 3)).backward(some(2, 2) * 0.5)["input"],
    }


@pytest.mark.parametrize("name", two_inputs())
def test_layers_of_several_inputs(name: str, tmp_path: Path) -> None:
    trace = two_inputs()[name]
    data = trace.lesson().save(file := tmp_path / "lesson.xlsx").read_bytes()
    found = calculated(file)
    assert [found[cell] for cell in cells(data, GREEN)] == pytest.approx(reading_order(trace, trace.output))


def test_a_chain_is_linked_sheet_by_sheet(tmp_path: Path) -> None:
    calls = ["Conv2D(2, 3, activation='relu')", "MaxPool2D(2)", "Flatten()", "Dense(3, activation='softmax')"]
    array = some(8, 8)
    trace = sw.trace(calls, array)
    data = trace.lesson().save(file := tmp_path / "chain.xlsx").read_bytes()
    book = openpyxl.load_workbook(file)
    names = ["1 Convolution", "2 ReLU", "3 Max pooling", "4 Flatten", "5 Dense", "6 Softmax"]
    assert [re.sub(r"layer| ", "", name).lower() for name in book.sheetnames] == [
        n.replace(" ", "").lower() for n in names
    ]
    found = calculated(file)
    assert [found[cell] for cell in cells(data, GREEN)] == pytest.approx(trace.output.ravel().tolist())
    first = cells(data, WHITE, 0)
    changed = array.ravel() + np.arange(array.size) % 5
    weights = [{n: a for n, a in layer.inputs.items() if n != "input"} for layer in chain(trace)]
    following: Any = changed.reshape(array.shape)
    for layer, own in zip(chain(trace), weights):
        following = record(layer.layer, {"input": np.asarray(following), **own})
    again = calculated(file, dict(zip(first, changed.tolist())))
    assert [again[cell] for cell in cells(data, GREEN)] == pytest.approx(following.output.ravel().tolist())
    assert following.output.tolist() != trace.output.tolist()


def test_two_that_are_compared_share_their_input(tmp_path: Path) -> None:
    calls = "nn.MaxPool2d(3, stride=2, padding=1)", "MaxPool2D(3, strides=2, padding='same')"
    a, b = (sw.trace(call, np.arange(16).reshape(4, 4)) for call in calls)
    data = sw.compare(a, b).save(file := tmp_path / "compare.xlsx").read_bytes()
    found = calculated(file, {cells(data, WHITE, 0)[-1]: 99})
    assert [found[cell] for cell in cells(data, GREEN, 0)] == [5, 7, 13, 99]
    assert [found[cell] for cell in cells(data, GREEN, 1)] == [10, 11, 14, 99]


def test_fractions_are_numbers_there(tmp_path: Path) -> None:
    trace = sw.trace("AveragePooling2D(2)", "1/2 1/3; 1/4 1/6")
    data = trace.lesson().save(file := tmp_path / "x.xlsx").read_bytes()
    assert [calculated(file)[cell] for cell in cells(data, GREEN)] == pytest.approx([5 / 16])


def test_padding_is_no_number_to_read(tmp_path: Path) -> None:
    """Where it counts as 0 the cell shows a dot all the same."""
    book = openpyxl.load_workbook(
        sw.trace("Conv2D(1, 2, padding='same')", some(2, 2)).lesson().save(tmp_path / "a.xlsx")
    )
    padding = [c for row in book.worksheets[0].iter_rows() for c in row if c.fill.patternType == "lightUp"]
    assert [(c.value, c.number_format.split(";")[0], c.border.left.style) for c in padding] == [
        (0, '"·"', "dashed")
    ] * 5
    book = openpyxl.load_workbook(sw.trace("MaxPool2D(2, 1, 'same')", some(2, 2)).lesson().save(tmp_path / "b.xlsx"))
    padding = [c for row in book.worksheets[0].iter_rows() for c in row if c.fill.patternType == "lightUp"]
    assert [c.value for c in padding] == ["·"] * 5


@pytest.mark.parametrize(
    "words", ["=cmd|' /C calc'!A0", "=1+1", "+1", "-1", "@SUM(1)", "http://evil.example", "\t=1", "a\x00b"]
)
def test_words_never_become_a_formula(words: str, tmp_path: Path) -> None:
    a = sw.trace(f"MaxPool2D(2, name={words!r})", [[4, 3], [2, 1]])
    data = sw.compare(a, a, title=words).save(tmp_path / "x.xlsx").read_bytes()
    assert set(formulas_of(data).values()) <= {
        "=MAX(B7:C8)",
        *(f"='1 Max pooling'!{c}{r}" for c in "BC" for r in (7, 8)),
    }
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    texts = [cell for page in book for row in page.iter_rows() for cell in row if cell.data_type == "s"]
    cleaned = " ".join("".join(c if c.isprintable() else " " for c in words).split())
    assert any(cleaned in cell.value for cell in texts)
    assert all(cell.quotePrefix for cell in texts if cell.value != "·"), "nor when the cell is edited, or saved as CSV"
    assert not any(cell.hyperlink for cell in texts)


@pytest.mark.parametrize(
    ("call", "array", "said"),
    [
        ("MaxPool2D(2)", "a b; c d", "has letters"),
        ("MaxPool2D(1)", [[float("nan"), 1]], "holds nan"),
        ("MaxPool2D(1)", [[float("inf"), 1]], "holds inf"),
        ("MaxPool2D(1)", [[10**17, 1]], "15 digits"),
        ("MaxPool2D(1)", np.zeros((300, 300)), "180,000 cells"),
        ("Conv2D(1, (1, 700), dilation_rate=(1, 2), use_bias=False)", np.ones((1, 1400)), "a spreadsheet takes 8,000"),
    ],
)  # fmt: skip
def test_what_no_spreadsheet_can_do_is_said(call: str, array: Any, said: str, tmp_path: Path) -> None:
    lesson = sw.trace(call, array).lesson()
    with pytest.raises(StepwiseError, match=re.escape(said)):
        lesson.save(tmp_path / "x.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_sizes_alone_cannot_be_calculated_with() -> None:
    lesson = tell_sizes(sizes(understood("MaxPool2D(2)"), (4, 4)))
    with pytest.raises(StepwiseError, match="no layer on numbers"):
        encode(lesson, "xlsx")


def test_many_arguments_are_nested(tmp_path: Path) -> None:
    trace = sw.trace("nn.MaxPool2d((1, 300), stride=1, dilation=(1, 2))", some(1, 600))
    data = trace.lesson(detail="none").save(file := tmp_path / "x.xlsx").read_bytes()
    assert [calculated(file)[cell] for cell in cells(data, GREEN)] == trace.output.ravel().tolist()
    for formula in formulas_of(data).values():
        assert max(part.count(",") for part in re.findall(r"\(([^()]*)\)", formula)) < 255


def test_the_same_lesson_gives_the_same_bytes() -> None:
    lesson = sw.trace("MaxPool2D(2)", some(4, 4)).lesson()
    assert encode(lesson, "xlsx") == encode(lesson, "xlsx")


def test_without_xlsxwriter_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)  # importing it then fails as if it were not there
    with pytest.raises(MissingExtra, match=r"pip install 'stepwise-cnn\[xlsx\]'"):
        encode(sw.trace("MaxPool2D(2)", some(4, 4)).lesson(), "xlsx")


def test_a_limit_is_a_limit_error() -> None:
    with pytest.raises(LimitError, match=r"a spreadsheet of 180,000 cells would take about \d+ .*; take a smaller"):
        encode(sw.trace("MaxPool2D(1)", np.zeros((300, 300))).lesson(), "xlsx")
