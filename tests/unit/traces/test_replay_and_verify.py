"""`Trace.verify` agrees with every sound trace and finds a single slip in any, whatever the operation."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import stepwise as sw
from stepwise.analysis.backpropagation import loss_of
from stepwise.dialects import keras, onnx, torch
from stepwise.geometry import RULES, Geometry
from stepwise.ops import OPERATIONS
from stepwise.traces.replay import shared_out, slid, spread
from stepwise.traces.tap import Tap
from stepwise.traces.trace import Trace
from tests.requests import in_training

FOUR = [[4, 3], [2, 1]]
GRID = [[3, -1, 4, 1, -5], [9, -2, 6, 5, 3], [5, 8, -9, 7, 9], [-3, 2, 3, 8, 4], [6, 2, -6, 4, 3]]
COLOURS = np.arange(4 * 4 * 2).reshape(4, 4, 2) % 7 - 3
KERNEL = np.arange(2 * 2 * 2 * 4).reshape(2, 2, 2, 4) % 5 - 2


def unpooled() -> Trace:
    corner = np.array([[GRID]])[..., :4, :4]
    pooled, indices = torch.nn.functional.max_pool2d(corner, 2, return_indices=True)
    undone: Trace = torch.nn.MaxUnpool2d(2)(pooled, indices)
    return undone


def chained() -> Trace:
    layers = ["Conv2D(2, 2, padding='same')", "ReLU()", "MaxPool2D(2)", "Flatten()", "Dense(2)"]
    return sw.trace(layers, GRID)


def branches() -> Trace:
    first = sw.trace("Conv2D(2, 2, padding='same')", GRID)
    return keras.layers.Concatenate()([keras.layers.Add()([first, keras.layers.ReLU()(first)]), first])


TRACES: dict[str, Callable[[], Trace]] = {
    "max": lambda: sw.trace("MaxPool2D(2, strides=1, padding='same')", FOUR),
    "max, float": lambda: sw.trace("MaxPool2D(3, strides=2, padding='same')", np.array(GRID, np.float32) / 8),
    "max, padded": lambda: sw.trace("nn.MaxPool2d(3, stride=2, padding=1, dilation=2, ceil_mode=True)", GRID),
    "max, lower": lambda: sw.trace("MaxPool(kernel_shape=[2, 2], auto_pad='SAME_LOWER')", GRID),
    "max, adaptive": lambda: sw.trace("nn.AdaptiveMaxPool2d((3, 2))", GRID),
    "max, global": lambda: sw.trace("GlobalMaxPooling2D()", COLOURS),
    "largest norm": lambda: sw.trace("nn.LPPool2d(float('inf'), 2)", GRID).parents["input"],
    "mean": lambda: sw.trace("AveragePooling2D(2, padding='same')", GRID),
    "mean, padding counted": lambda: sw.trace("nn.AvgPool2d(3, stride=2, padding=1)", GRID),
    "mean, ceil": lambda: onnx.node(
        "AveragePool", [np.array([[[1, 2]]])], opset=22, kernel_shape=[1], pads=[0, 2], ceil_mode=1, count_include_pad=1
    )[0],
    "mean, adaptive": lambda: sw.trace("nn.AdaptiveAvgPool2d(3)", GRID),
    "mean, global": lambda: sw.trace("GlobalAveragePooling2D(keepdims=True)", COLOURS),
    "minimum": lambda: sw.trace("nn.MinPool2d(2, 1, 1)", GRID),
    "median": lambda: sw.trace("nn.MedianPool2d(2, stride=1)", GRID),
    "crop": lambda: sw.trace("Cropping2D(((1, 0), (0, 1)))", GRID),
    "nearest": lambda: sw.trace("UpSampling2D(2)", FOUR),
    "bilinear": lambda: sw.trace("nn.Upsample(size=(3, 5), mode='bilinear', align_corners=True)", GRID),
    "depth to space": lambda: sw.trace("nn.PixelShuffle(2)", np.arange(16).reshape(4, 2, 2)),
    "space to depth": lambda: sw.trace("nn.PixelUnshuffle(2)", FOUR),
    "channel shuffle": lambda: sw.trace("nn.ChannelShuffle(2)", np.arange(16).reshape(1, 4, 2, 2)),
    "unfold": lambda: sw.trace("nn.Unfold(2, padding=1)", FOUR),
    "fold": lambda: sw.trace("nn.Fold((3, 3), 2)", np.arange(16).reshape(4, 4)),
    "norm": lambda: sw.trace("nn.LPPool2d(2, 2)", GRID),
    "conv": lambda: sw.trace("Conv2D(4, 2, padding='same')", COLOURS, kernel=KERNEL, bias=[1, 2, 3, 4]),
    "conv, float": lambda: sw.trace("Conv2D(2, 3, strides=2, padding='same')", GRID),
    "conv, groups": lambda: sw.trace("Conv2D(4, 2, groups=2)", COLOURS),
    "conv, dilated": lambda: sw.trace("Conv2D(1, 2, dilation_rate=2)", GRID, kernel=FOUR),
    "conv, causal": lambda: sw.trace("Conv1D(1, 2, padding='causal')", [[1], [2], [3]], kernel=[[[1]], [[2]]]),
    "depthwise": lambda: sw.trace("DepthwiseConv2D(2, depth_multiplier=2)", COLOURS),
    "transposed": lambda: sw.trace("Conv2DTranspose(2, 3, strides=2, padding='same')", COLOURS),
    "transposed, cut": lambda: sw.trace("nn.ConvTranspose2d(1, 1, 3, stride=2, padding=1, output_padding=1)", FOUR),
    "unpool": unpooled,
    "pad": lambda: sw.trace("ZeroPadding2D(((1, 0), (0, 2)))", FOUR),
    "pad, mirrored": lambda: sw.trace("nn.ReflectionPad2d(1)", GRID),
    "relu": lambda: sw.trace("ReLU()", GRID),
    "relu, leaky": lambda: sw.trace("LeakyReLU(0.5)", GRID),
    "relu, cut off": lambda: sw.trace("ReLU(max_value=2.5)", GRID),
    "elu": lambda: sw.trace("nn.ELU(0.5)", GRID),
    "selu": lambda: sw.trace("nn.SELU()", GRID),
    "silu": lambda: sw.trace("nn.SiLU()", GRID),
    "gelu": lambda: sw.trace("nn.GELU()", GRID),
    "gelu by tanh": lambda: sw.trace("nn.GELU(approximate='tanh')", GRID),
    "softplus": lambda: sw.trace("nn.Softplus(2, 3)", GRID),
    "log sigmoid": lambda: sw.trace("nn.LogSigmoid()", GRID),
    "mish": lambda: sw.trace("nn.Mish()", GRID),
    "hard tanh": lambda: sw.trace("nn.Hardtanh()", GRID),
    "hard sigmoid": lambda: sw.trace("HardSigmoid()", GRID),
    "hard swish": lambda: sw.trace("nn.Hardswish()", GRID),
    "softsign": lambda: sw.trace("nn.Softsign()", GRID),
    "sigmoid": lambda: sw.trace("Activation('sigmoid')", GRID),
    "tanh": lambda: sw.trace("Activation('tanh')", GRID),
    "identity": lambda: sw.trace("Dropout(0.5)", GRID),
    "softmax": lambda: sw.trace("Softmax()", GRID),
    "flatten": lambda: sw.trace("Flatten()", COLOURS[np.newaxis]),
    "dense": lambda: sw.trace("Dense(3)", GRID),
    "dense, integers": lambda: sw.trace("nn.Linear(2, 1)", FOUR, kernel=[[5, -6]], bias=[7]),
    "matmul": lambda: onnx.node("MatMul", [np.array(FOUR), np.array(FOUR)], opset=22)[0],
    "layer norm": lambda: sw.trace("LayerNormalization()", GRID),
    "group norm": lambda: sw.trace("nn.GroupNorm(1, 2)", np.array([[GRID, GRID]])),
    "instance norm": lambda: sw.trace("nn.InstanceNorm2d(1)", GRID),
    "batch norm in training": lambda: in_training(torch.nn.BatchNorm2d(1), np.array([[GRID], [GRID]])),
    "response norm": lambda: sw.trace("nn.LocalResponseNorm(2, alpha=2)", np.array([[GRID, GRID]])),
    "prelu": lambda: sw.trace("nn.PReLU()", GRID),
    "log softmax": lambda: sw.trace("nn.LogSoftmax(1)", GRID),
    "batch norm": lambda: sw.trace("BatchNormalization()", GRID),
    "add": lambda: keras.layers.Add()([np.array(FOUR), np.array(FOUR)]),
    "multiply": lambda: onnx.node("Mul", [np.array(FOUR), np.array(FOUR)])[0],
    "subtract": lambda: onnx.node("Sub", [np.array(FOUR), np.array([[1, 5]])])[0],
    "direction": lambda: sw.trace("np.arctan2(ndimage.sobel(x, axis=0), ndimage.sobel(x))", FOUR),
    "magnitude": lambda: sw.trace("np.hypot(ndimage.sobel(x, axis=0), ndimage.sobel(x))", FOUR),
    "divide": lambda: onnx.node("Div", [np.array(FOUR, float), np.array([[4.0], [3.0]])])[0],
    "concat": lambda: onnx.node("Concat", [np.array(FOUR), np.array(FOUR)], axis=0)[0],
    "reshape": lambda: onnx.node("Reshape", [np.array(GRID), np.array([-1])])[0],
    "transpose": lambda: onnx.node("Transpose", [np.array(GRID)], perm=[1, 0])[0],
    "clip": lambda: onnx.node("Clip", [np.array(GRID), np.array(-1), np.array(2)])[0],
    "gradient": lambda: sw.trace("Conv2D(2, 2, padding='same')", GRID).backward(np.ones((*np.shape(GRID), 2)))["input"],
    "gradient of a kernel": lambda: sw.trace("Conv2D(1, 2)", FOUR, kernel=FOUR, bias=1).backward([[2]])["kernel"],
    "squares": lambda: loss_of(sw.trace("ReLU()", GRID), "mse", GRID),
    "binary": lambda: loss_of(sw.trace("Activation('sigmoid')", FOUR), "binary_cross_entropy", [[0, 1], [1, 0.5]]),
    "scores": lambda: loss_of(sw.trace("ReLU()", [[1, 2, 0]]), "cross_entropy", 1),
    "mean of losses": lambda: loss_of(sw.trace("nn.LogSoftmax(1)", FOUR), "cross_entropy", [0, 1]),
    "branches": branches,
    "chain": chained,
}
WINDOWED = [name for name, make in TRACES.items() if make().geometry.axes]


def test_every_operation_is_here() -> None:
    assert {make().layer.operation.name for make in TRACES.values()} == set(OPERATIONS)


@pytest.mark.parametrize("name", TRACES)
def test_a_sound_trace_passes(name: str) -> None:
    TRACES[name]().verify()


def changed(array: np.ndarray[Any, Any], index: tuple[int, ...]) -> np.ndarray[Any, Any]:
    """A copy in which one cell is a little larger: by 1, or in half of a float's digits."""
    copy = array.copy()
    if array.dtype.kind == "f":
        copy[index] += max(abs(copy[index]), 1) * 4 * math.sqrt(np.finfo(array.dtype).eps)
    else:
        copy[index] += 1
    return copy


@pytest.mark.parametrize("name", TRACES)
def test_one_changed_output_cell_is_found(name: str) -> None:
    trace = TRACES[name]()
    for index in np.ndindex(trace.output.shape):
        slipped = dataclasses.replace(trace, output=changed(trace.output, index))
        with pytest.raises(sw.VerificationError, match=re.escape(f"output cell {index} is")):
            slipped.verify()


@pytest.mark.parametrize("name", TRACES)
def test_an_output_cell_that_is_lost_is_found(name: str) -> None:
    trace = TRACES[name]()
    if trace.output.dtype.kind == "f":
        holed = trace.output.copy()
        holed.flat[-1] = math.nan
        with pytest.raises(sw.VerificationError, match="output cell"):
            dataclasses.replace(trace, output=holed).verify()


def retold(trace: Trace, change: Callable[[list[Tap]], list[Tap]]) -> Trace:
    """The trace of an operation that is told wrongly: its taps are changed on their way out."""
    kind = type(trace.layer.operation)

    def taps(self: Any, of: Trace, index: tuple[int, ...]) -> tuple[Tap, ...]:
        return tuple(change(list(kind.taps(self, of, index))))

    liar = type("Liar", (kind,), {"taps": taps})
    fields = {f.name: getattr(trace.layer.operation, f.name) for f in dataclasses.fields(trace.layer.operation)}  # type: ignore[arg-type]
    return dataclasses.replace(trace, layer=dataclasses.replace(trace.layer, operation=liar(**fields)))


def swapped(taps: list[Tap]) -> list[Tap]:
    """The first tap changes places with the first that comes from elsewhere; a single one comes from elsewhere."""
    for i, tap in enumerate(taps):
        if tap.source != taps[0].source:
            taps[0], taps[i] = taps[i], taps[0]
            return taps
    return [tap._replace(source=(*tap.source[:-1], tap.source[-1] + 1)) if isinstance(tap.source, tuple) else tap
            for tap in taps]  # fmt: skip


@pytest.mark.parametrize("name", TRACES)
def test_a_swapped_tap_is_found(name: str) -> None:
    with pytest.raises(sw.VerificationError, match="tap"):
        retold(TRACES[name](), swapped).verify()


@pytest.mark.parametrize("name", TRACES)
def test_a_forgotten_tap_is_found(name: str) -> None:
    with pytest.raises(sw.VerificationError, match="tap"):
        retold(TRACES[name](), lambda taps: taps[1:]).verify()


@pytest.mark.parametrize("name", TRACES)
def test_a_tap_with_another_value_is_found(name: str) -> None:
    with pytest.raises(sw.VerificationError, match="tap"):
        retold(TRACES[name](), lambda taps: [tap._replace(value=tap.value + 1) for tap in taps]).verify()


def test_a_tap_with_another_weight_is_found() -> None:
    def doubled(taps: list[Tap]) -> list[Tap]:
        return [tap._replace(weight=tap.weight * 2) for tap in taps]

    for name in ("conv", "depthwise", "transposed", "dense, integers", "matmul"):
        with pytest.raises(sw.VerificationError, match="tap"):
            retold(TRACES[name](), doubled).verify()


@pytest.mark.parametrize("name", WINDOWED)
@pytest.mark.parametrize("field", ["size", "window", "stride", "dilation", "output", "before", "after"])
@pytest.mark.parametrize("by", [-1, 1])
def test_a_geometry_that_is_one_off_is_found(name: str, field: str, by: int) -> None:
    trace = TRACES[name]()
    for number, axis in enumerate(trace.geometry.axes):
        value = getattr(axis.padding, field) + by
        if value < 1 and field in ("size", "window", "stride", "dilation", "output"):
            continue
        axes = list(trace.geometry.axes)
        axes[number] = dataclasses.replace(axis, padding=dataclasses.replace(axis.padding, **{field: value}))
        with pytest.raises(sw.VerificationError):
            dataclasses.replace(trace, geometry=Geometry(tuple(axes))).verify()


@pytest.mark.parametrize("name", WINDOWED)
def test_a_decision_by_another_rule_is_found(name: str) -> None:
    trace = TRACES[name]()
    first, *others = trace.geometry.axes
    for rule in RULES:
        if rule != first.padding.rule:
            told = dataclasses.replace(first, padding=dataclasses.replace(first.padding, rule=rule))
            with pytest.raises(sw.VerificationError):
                dataclasses.replace(trace, geometry=Geometry((told, *others))).verify()


def test_a_wrong_pad_is_named() -> None:
    trace = TRACES["max"]()
    height, width = trace.geometry.axes
    first = dataclasses.replace(height, padding=dataclasses.replace(height.padding, before=1, after=0))
    with pytest.raises(sw.VerificationError, match="along the height, the record pads 1 before and 0 after"):
        dataclasses.replace(trace, geometry=Geometry((first, width))).verify()


@pytest.mark.parametrize("name", TRACES)
def test_geometry_of_other_data_is_found(name: str) -> None:
    trace = TRACES[name]()
    if trace.geometry.axes:
        with pytest.raises(sw.VerificationError, match="geometry"):
            dataclasses.replace(trace, geometry=Geometry(trace.geometry.axes[:-1])).verify()


@pytest.mark.parametrize("name", ["conv", "conv, groups", "depthwise", "transposed", "dense"])
@pytest.mark.parametrize("weight", ["kernel", "bias"])
def test_a_changed_weight_is_found(name: str, weight: str) -> None:
    trace = TRACES[name]()
    last = tuple(n - 1 for n in trace.inputs[weight].shape)
    inputs = {**trace.inputs, weight: changed(trace.inputs[weight], last)}
    with pytest.raises(sw.VerificationError, match="output cell"):
        dataclasses.replace(trace, inputs=inputs).verify()


def test_a_changed_parent_is_found() -> None:
    trace = chained()
    for depth in range(1, 5):
        line = [trace]
        while "input" in line[-1].parents:
            line.append(line[-1].parents["input"])
        culprit = line[depth]
        new: Trace = dataclasses.replace(culprit, output=changed(culprit.output, (0,) * culprit.output.ndim))
        for child in reversed(line[:depth]):
            new = dataclasses.replace(child, parents={"input": new})
        with pytest.raises(sw.VerificationError):
            new.verify()


def test_a_parent_that_gave_something_else_is_found() -> None:
    trace = sw.trace(["MaxPool2D(1)", "ReLU()"], FOUR)
    for other in (sw.trace("MaxPool2D(1)", [[4, 3], [2, 2]]), sw.trace("MaxPool2D(2)", FOUR)):
        with pytest.raises(sw.VerificationError, match="the input is not what the layer it came from gave"):
            dataclasses.replace(trace, parents={"input": other}).verify()


@pytest.mark.parametrize(
    "call",
    ["MaxPool2D(2)", "AveragePooling2D(2)", "Conv2D(2, 2, padding='same')", "Softmax()", "Dense(2)", "LeakyReLU()",
     "Activation('tanh')", "Activation('sigmoid')", "BatchNormalization()", "nn.LPPool2d(2, 2)", "Flatten()",
     "Conv2DTranspose(1, 2)", "Add()", "ZeroPadding2D(1)"],
)  # fmt: skip
@pytest.mark.parametrize(
    "data",
    [[[math.nan, 1], [2, 3]], [[math.inf, -math.inf], [1, 2]], [[1e308, 1e308], [1e308, -1e308]],
     np.full((2, 2), 3e38, np.float32), np.full((2, 2), 6e4, np.float16), [[5e-324, 0.0], [-0.0, 1]]],
    ids=["nan", "infinities", "huge", "huge float32", "huge float16", "tiny"],
)  # fmt: skip
def test_numbers_at_the_edge_verify_and_warn_of_nothing(call: str, data: Any) -> None:
    trace = sw.trace(call, data)
    trace.verify()
    assert all(str(step.formula) for step in trace.steps)


def test_softmax_of_large_numbers_that_lie_close_together() -> None:
    trace = sw.trace("Softmax()", [[1e6, 1e6 + 0.5, 1e6 - 3]])
    trace.verify()
    e = [1, math.exp(0.5), math.exp(-3)]
    assert trace.output[0].tolist() == pytest.approx([n / sum(e) for n in e], rel=1e-12)


def test_integers_without_bound_are_exact() -> None:
    trace = sw.trace("Conv2D(1, 2)", [[2**70, 1], [1, 2**64]], kernel=[[3, 1], [1, 5]], bias=[1])
    assert trace.output.tolist() == [[3 * 2**70 + 1 + 1 + 5 * 2**64 + 1]]
    trace.verify()
    with pytest.raises(sw.VerificationError):
        dataclasses.replace(trace, output=changed(trace.output, (0, 0))).verify()


def test_what_a_window_lies_over_by_hand() -> None:
    assert slid(5, 2, 2, 1, 0, 0) == [[0, 1], [2, 3]]
    assert slid(5, 2, 2, 1, 0, 0, ceil=True) == [[0, 1], [2, 3], [4, None]]
    assert slid(4, 2, 3, 1, 1, 1, ceil=True) == [[None, 0], [2, 3]]  # a third would start in the padding
    assert slid(2, 2, 2, 1, 0, 1, ceil=True) == [[0, 1]]
    assert slid(1, 1, 1, 1, 0, 2, ceil=True) == [[0], [None]]  # as in PyTorch, only the last place is given up
    assert slid(3, 2, 1, 2, 1, 0) == [[None, 1], [0, 2]]
    assert shared_out(7, 3) == [[0, 1, 2], [2, 3, 4], [4, 5, 6]]
    assert spread(2, 3, 2, 1, 1, 3) == [[None, 0, None], [1, None, 0], [None, 1, None]]
