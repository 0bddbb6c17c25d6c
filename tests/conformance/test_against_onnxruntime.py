"""Random requests, carried out by onnxruntime and by us, give the same.

Where onnxruntime itself refuses, or is known to part from the standard's formulas, a request is left out by one of
these rules (measured with onnxruntime 1.32; the standard's formulas are those of the operator specification):

    dilation under SAME      Conv refuses it; the pools size their output as if the window were not dilated
    SAME, window < stride    the pools let the padding go negative, so that data is skipped at the start; ConvTranspose
                             drops the lines nothing reaches, where the standard says output = input · stride
    padding ≥ window         the pools refuse it
    output_padding ≥ stride  ConvTranspose refuses it even where the dilation is larger, which the standard allows
    output_shape too large   ConvTranspose refuses one that no padding gives

Where we refuse, onnxruntime must refuse too, or have nothing to give: no cells, or one for a window without data.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from stepwise.dialects import onnx
from stepwise.errors import CallError, ShapeError
from tests.conformance.onnxruntime_oracle import RefusedError, computed

Array = NDArray[Any]
Draw = st.DrawFn

modest = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow]
)


def whole(draw: Draw, count: int, low: int, high: int) -> list[int]:
    return draw(st.lists(st.integers(low, high), min_size=count, max_size=count))


def filled(draw: Draw, shape: tuple[int, ...], dtype: Any = np.float32) -> Array:
    """Small whole numbers, so that sums are exact in any order, and maxima tie."""
    low = 0 if np.dtype(dtype).kind == "u" else -9
    seed = draw(st.integers(0, 2**32 - 1))
    return np.random.default_rng(seed).integers(low, 9, shape, endpoint=True).astype(dtype)


def image(draw: Draw, spatial: int, dtype: Any = np.float32) -> Array:
    return filled(draw, (draw(st.integers(1, 2)), draw(st.integers(1, 3)), *whole(draw, spatial, 1, 8)), dtype)


def sliding(draw: Draw, spatial: int, window: list[int]) -> dict[str, Any]:
    """Strides, dilations and padding, within the rules above."""
    found: dict[str, Any] = {}
    strides, dilations = whole(draw, spatial, 1, 4), whole(draw, spatial, 1, 3)
    if draw(st.booleans()):
        found["strides"] = strides
    auto = draw(st.sampled_from(["NOTSET", "NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"]))
    if auto != "NOTSET":
        found["auto_pad"] = auto
    if auto.startswith("SAME"):
        assume(all(k >= s for k, s in zip(window, found.get("strides", [1] * spatial))))
    elif draw(st.booleans()):
        found["dilations"] = dilations
    if auto == "NOTSET" and draw(st.booleans()):
        found["pads"] = [draw(st.integers(0, k - 1)) for k in window * 2]
    return found


@st.composite
def pools(draw: Draw, op: str) -> tuple[Array, dict[str, Any]]:
    spatial = draw(st.integers(1, 3))
    dtype = draw(st.sampled_from([np.float32, np.float64, np.int8, np.uint8])) if op == "MaxPool" else np.float32
    window = whole(draw, spatial, 1, 4)
    attributes: dict[str, Any] = {"kernel_shape": window, **sliding(draw, spatial, window)}
    attributes["ceil_mode"] = draw(st.integers(0, 1))
    if op == "AveragePool":
        attributes["count_include_pad"] = draw(st.integers(0, 1))
    if op == "LpPool":
        attributes["p"] = draw(st.integers(1, 4))
    if op == "MaxPool":
        attributes["storage_order"] = draw(st.integers(0, 1))
    return image(draw, spatial, dtype), attributes


@st.composite
def convolutions(draw: Draw, op: str) -> tuple[list[Array], dict[str, Any]]:
    spatial, group = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    seen, made = group * draw(st.integers(1, 2)), group * draw(st.integers(1, 2))
    window = whole(draw, spatial, 1, 4)
    outer = (made, seen // group) if op == "Conv" else (seen, made // group)
    sizes = whole(draw, spatial, 1, 4 if spatial == 3 else 7)
    inputs = [filled(draw, (draw(st.integers(1, 2)), seen, *sizes))]
    inputs.append(filled(draw, (*outer, *window)))
    if draw(st.booleans()):
        inputs.append(filled(draw, (made,)))
    attributes = {"group": group, **sliding(draw, spatial, window)}
    if draw(st.booleans()):
        attributes["kernel_shape"] = window
    if op == "ConvTranspose" and draw(st.booleans()):
        attributes["output_padding"] = [draw(st.integers(0, s - 1)) for s in attributes.get("strides", [1] * spatial)]
    return inputs, attributes


@st.composite
def frames(draw: Draw) -> tuple[list[Array], dict[str, Any]]:
    spatial = draw(st.integers(1, 2))
    x = image(draw, spatial)
    inputs = [x, np.array(whole(draw, 2 * x.ndim, -1, 3), dtype=np.int64)]
    if draw(st.booleans()):
        inputs.append(np.array(draw(st.sampled_from([2.5, -1])), dtype=np.float32))
    return inputs, {"mode": draw(st.sampled_from(["constant", "reflect", "edge", "wrap"]))}


def has_nothing_to_give(op: str, output: Array) -> bool:
    """Whether an output has no cells, or one that stands for a window without data: 0 in a mean, the lowest number."""
    lowest = np.finfo(output.dtype).min if output.dtype.kind == "f" else np.iinfo(output.dtype).min
    return output.size == 0 or bool((output == (0 if op == "AveragePool" else lowest)).any())


def same(op: str, inputs: list[Array], outputs: int = 1, **attributes: Any) -> None:
    """Both carry it out alike, or neither does."""
    try:
        theirs = computed(op, inputs, outputs, **attributes)
    except RefusedError:
        theirs = []
    try:
        ours = onnx.node(op, inputs, opset=22, **attributes)
    except (ShapeError, CallError):
        assert not theirs or has_nothing_to_give(op, theirs[0])
        return
    assert theirs, f"onnxruntime refuses what we take: {op} {attributes}"
    for got, due in zip(ours, theirs):
        array = np.asarray(got)
        assert (array.shape, array.dtype) == (due.shape, due.dtype)
        assert np.allclose(array, due, rtol=1e-5, atol=1e-6)
    ours[0].verify()


@modest
@given(pools("MaxPool"))
def test_max_pool_and_its_indices(request: tuple[Array, dict[str, Any]]) -> None:
    x, attributes = request
    same("MaxPool", [x], outputs=2, **attributes)


@modest
@given(pools("AveragePool"))
def test_average_pool(request: tuple[Array, dict[str, Any]]) -> None:
    x, attributes = request
    same("AveragePool", [x], **attributes)


@modest
@given(pools("LpPool"))
def test_lp_pool(request: tuple[Array, dict[str, Any]]) -> None:
    x, attributes = request
    same("LpPool", [x], **attributes)


@modest
@given(convolutions("Conv"))
def test_convolution(request: tuple[list[Array], dict[str, Any]]) -> None:
    inputs, attributes = request
    same("Conv", inputs, **attributes)


@modest
@given(convolutions("ConvTranspose"))
def test_transposed_convolution(request: tuple[list[Array], dict[str, Any]]) -> None:
    inputs, attributes = request
    same("ConvTranspose", inputs, **attributes)


@modest
@given(convolutions("ConvTranspose"), st.data())
def test_transposed_convolution_of_a_given_output_shape(
    request: tuple[list[Array], dict[str, Any]], data: st.DataObject
) -> None:
    inputs, attributes = request
    attributes = {name: v for name, v in attributes.items() if name not in ("pads", "auto_pad")}
    spatial = inputs[0].ndim - 2
    strides, dilations, extra = (
        attributes.get(name, [least] * spatial)
        for name, least in (("strides", 1), ("dilations", 1), ("output_padding", 0))
    )
    largest = [
        (n - 1) * s + (k - 1) * d + 1 + e
        for n, s, k, d, e in zip(inputs[0].shape[2:], strides, inputs[1].shape[2:], dilations, extra)
    ]
    attributes["output_shape"] = [data.draw(st.integers(max(1, most - 3), most)) for most in largest]
    same("ConvTranspose", inputs, **attributes)


@modest
@given(frames())
def test_pad(request: tuple[list[Array], dict[str, Any]]) -> None:
    inputs, attributes = request
    same("Pad", inputs, **attributes)


@modest
@given(st.data())
def test_global_pools_and_what_stands_between(data: st.DataObject) -> None:
    draw: Any = data.draw
    op = draw(
        st.sampled_from(["GlobalAveragePool", "GlobalMaxPool", "Relu", "Sigmoid", "Tanh", "LeakyRelu", "Softmax"])
    )
    attributes: dict[str, Any] = {"LeakyRelu": {"alpha": 0.125}, "Softmax": {"axis": draw(st.integers(-3, 2))}}.get(
        op, {}
    )
    shape = tuple(draw(st.lists(st.integers(1, 5), min_size=3, max_size=5)))
    same(op, [np.random.default_rng(draw(st.integers(0, 99))).normal(size=shape).astype(np.float32)], **attributes)
