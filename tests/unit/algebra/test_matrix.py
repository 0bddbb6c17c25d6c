"""A convolution as one matrix: it does what the layer does, and turned round, what the layer turned round does."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import stepwise as sw
from stepwise.arithmetic.letters import symbols
from stepwise.dialects import torch
from stepwise.errors import CallError, LimitError, ShapeError

CASES = json.loads((Path(__file__).parents[2] / "golden" / "torch_cases.json").read_text(encoding="utf-8"))
CONVOLUTIONS = [case for case in CASES if "Conv" in case["op"]]
MEANS = [case for case in CASES if case["op"].startswith("AvgPool")]
few = settings(max_examples=30, deadline=None)


@st.composite
def convolutions(draw: st.DrawFn) -> tuple[str, tuple[int, ...], tuple[int, ...]]:
    """A call of PyTorch's, and the shapes of its input and its kernel."""
    groups, per_group, filters = draw(st.integers(1, 2)), draw(st.integers(1, 2)), draw(st.integers(1, 2))
    window, stride, dilation = draw(st.integers(1, 3)), draw(st.integers(1, 3)), draw(st.integers(1, 2))
    ins, outs = groups * per_group, groups * filters
    size, pad = draw(st.integers((window - 1) * dilation + 1, 6)), draw(st.integers(0, 1))
    if draw(st.booleans()):
        extra = draw(st.integers(0, max(stride, dilation) - 1))
        pad = min(pad, (window - 1) * dilation // 2)
        call = f"nn.ConvTranspose1d({ins}, {outs}, {window}, {stride}, {pad}, {extra}, {groups}, True, {dilation})"
        return call, (ins, size), (ins, filters, window)
    mode = draw(st.sampled_from(["zeros", "circular", "replicate"]))
    call = f"nn.Conv1d({ins}, {outs}, {window}, {stride}, {pad}, {dilation}, {groups}, padding_mode={mode!r})"
    return call, (ins, size), (outs, per_group, window)


def layer_matrix(traced: sw.Trace) -> Any:
    """The matrix of a whole layer: a convolution that pads with data does that in a step of its own."""
    whole = sw.matrix(traced)
    return whole @ sw.matrix(traced.parents["input"]) if "input" in traced.parents else whole


@few
@given(convolutions(), st.integers(0, 10**6))
def test_times_the_input_it_is_the_output(made: tuple[str, tuple[int, ...], tuple[int, ...]], seed: int) -> None:
    call, shape, kernel_shape = made
    chance = np.random.default_rng(seed)
    x, kernel = chance.integers(-9, 10, shape), chance.integers(-9, 10, kernel_shape)
    outs = sw.trace(call, x, kernel=kernel).shape[0]
    bias = chance.integers(-9, 10, outs)
    traced = sw.trace(call, x, kernel=kernel, bias=bias)
    whole = layer_matrix(traced)
    assert whole.array.shape == (traced.output.size, x.size)
    assert np.array_equal(whole @ x, traced.output)
    # as letters, and as fractions
    letters = symbols("x", shape)
    assert (whole @ letters).tolist() == sw.trace(call, letters, kernel=kernel, bias=bias).output.tolist()
    exact = layer_matrix(sw.trace(call, x, kernel=kernel, bias=bias, arithmetic="exact"))
    assert all(isinstance(value, Fraction) for value in exact.array.flat)
    assert (exact @ x).tolist() == traced.output.tolist()


@few
@given(convolutions(), st.integers(0, 10**6))
def test_transposed_it_is_the_other_convolution(made: tuple[str, tuple[int, ...], tuple[int, ...]], seed: int) -> None:
    """<M·x, y> = <x, Mᵀ·y> for every x and y; and where PyTorch has a layer for Mᵀ, it is that layer."""
    call, shape, kernel_shape = made
    chance = np.random.default_rng(seed)
    x, kernel = chance.integers(-9, 10, shape), chance.integers(-9, 10, kernel_shape)
    outs = sw.trace(call, x, kernel=kernel).shape[0]
    traced = sw.trace(call, x, kernel=kernel, bias=np.zeros(outs))
    whole, y = layer_matrix(traced), chance.integers(-9, 10, traced.shape)
    assert (whole @ x * y).sum() == (x * (whole.transposed @ y)).sum()
    words = call[call.index("(") + 1 : -1].split(", ")
    ins, _outs, window, stride, pad = words[:5]
    if call.startswith("nn.Conv1d") and "'zeros'" in call:
        dilation, groups = words[5:7]
        span = (int(window) - 1) * int(dilation) + 1
        extra = (shape[-1] + 2 * int(pad) - span) % int(stride)
        if extra < max(int(stride), int(dilation)):
            other = (
                f"nn.ConvTranspose1d({outs}, {ins}, {window}, {stride}, {pad}, {extra}, {groups}, False, {dilation})"
            )
            back = sw.trace(other, y, kernel=kernel)
            assert np.array_equal(whole.transposed @ y, back.output)


@pytest.mark.parametrize("case", CONVOLUTIONS + MEANS, ids=lambda case: f"{case['id']} {case['op']}")
def test_transposed_it_carries_back_the_gradient_that_pytorch_computed(case: dict[str, Any]) -> None:
    params = {name: tuple(v) if isinstance(v, list) else v for name, v in case["params"].items()}
    layer = getattr(torch.nn, case["op"])(**params)
    if "weight" in case["inputs"]:
        layer.weight = np.array(case["inputs"]["weight"])
        if "bias" in case["inputs"]:
            layer.bias = np.array(case["inputs"]["bias"])
    traced = layer(np.array(case["inputs"]["input"]))
    assert np.allclose(traced.output, case["outputs"]["output"])
    whole = layer_matrix(traced)
    assert np.allclose(whole @ np.array(case["inputs"]["input"]), case["outputs"]["output"])
    assert np.allclose(whole.transposed @ np.array(case["grad_output"]), case["grads"]["input"])


def test_a_textbook_matrix() -> None:
    """A 3×3 kernel over 4×4 cells, as Dumoulin & Visin print it (arXiv:1603.07285, §4.1)."""
    w = symbols("w", (3, 3))
    whole = sw.matrix(sw.trace("Conv2D(1, 3)", symbols("x", (4, 4)), kernel=w))
    a, b, c = (list(row) for row in w)
    assert whole.array.tolist() == [
        [*a, 0, *b, 0, *c, 0, 0, 0, 0, 0],
        [0, *a, 0, *b, 0, *c, 0, 0, 0, 0],
        [0, 0, 0, 0, *a, 0, *b, 0, *c, 0],
        [0, 0, 0, 0, 0, *a, 0, *b, 0, *c],
    ]


def test_a_mean_is_a_matrix_of_equal_weights() -> None:
    whole = sw.matrix(sw.trace("AveragePooling2D(2, padding='same')", [[1, 2, 3]]))
    assert whole.array.tolist() == [[0.5, 0.5, 0], [0, 0, 1]], "padding is not counted"
    exact = sw.matrix(sw.trace("AveragePooling1D(3)", [[[1], [2], [3]]], arithmetic="exact"))
    assert exact.array.tolist() == [[Fraction(1, 3)] * 3]


def test_whether_there_is_a_matrix_is_asked_of_the_rule() -> None:
    """PyTorch's norm of power 1 adds the numbers of a window up; one past the edge is scaled as if it were full."""
    found = sw.matrix(sw.trace("nn.LPPool1d(1, 2, ceil_mode=True)", np.array([[1.0, -1, 5]])))
    assert found.array.tolist() == [[1, 1, 0], [0, 0, 2]]
    with pytest.raises(CallError, match="no single matrix"):
        sw.matrix(sw.trace("LpPool(kernel_shape=[2], p=1)", np.array([[[1.0, -1, 5]]])))  # the sizes of the numbers


@pytest.mark.parametrize("call", ["MaxPool2D(2)", "ReLU()", "Flatten()", "nn.LPPool2d(2, 2)"])
def test_what_is_no_matrix_is_refused(call: str) -> None:
    traced = sw.trace(call, [[1, 2], [3, 4]])
    with pytest.raises(CallError, match="not a convolution or a mean"):
        sw.matrix(traced)
    with pytest.raises(CallError, match="no matrix"):
        traced.lesson(matrix=True)


def test_what_does_not_fit_is_refused() -> None:
    whole = sw.matrix(sw.trace("Conv2D(1, 2)", [[1, 2], [3, 4]]))
    with pytest.raises(ShapeError, match=r"\(3, 2\).*\(2, 2\)"):
        whole @ np.zeros((3, 2))
    with pytest.raises(LimitError, match=r"a matrix of 3,481×3,600 entries would take about"):
        sw.matrix(sw.trace("AveragePooling2D(2, strides=1)", np.zeros((60, 60))))


def test_the_matrix_stands_in_the_lesson() -> None:
    traced = sw.trace(
        ["Conv2D(1, 2)", "ReLU()"],
        "a b c; d e f",
        kernel="1 2; 3 4",
    )
    for text in (
        traced.lesson(matrix=True).text(),
        traced.lesson(matrix=True).markdown(),
        traced.lesson(matrix=True).html(),
    ):
        assert "The same as one matrix" in text
        assert "transposed convolution" in text
    rows = [line for line in traced.lesson(matrix=True).text().splitlines() if "1   2   0   3   4   0" in line]
    assert len(rows) == 1
    assert "matrix" not in traced.lesson().text()
    tall = sw.trace("Conv2D(1, 2)", np.ones((6, 6)), kernel=[[1, 2], [3, 4]]).lesson(matrix=True).text()
    assert "too large to be drawn" in tall
