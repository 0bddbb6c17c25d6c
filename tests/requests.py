"""Random requests of every operation of every dialect, small, with options crossed; each with what it asks for.

`request(seed)` gives the trace and, of one that slides a window, the axes as they were asked for: from these a test can
walk every window by itself, and need not believe what the trace says of itself.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import stepwise as sw
from stepwise.analysis.backpropagation import loss_of
from stepwise.dialects import keras, onnx, torch
from stepwise.errors import StepwiseError
from stepwise.traces.trace import Trace

DATA, PADDING, OUTSIDE = "data", "padding", "outside"


@dataclass(frozen=True)
class Asked:
    """One axis of a sliding window, as its call says it."""

    size: int
    window: int
    stride: int = 1
    dilation: int = 1
    before: int = 0
    after: int = 0
    ceil: bool = False
    same: str = ""  # "upper" or "lower"
    lenient: bool = False  # whether a window that lacks less than a stride is laid down (onnxruntime)

    @property
    def lines(self) -> tuple[int, int]:
        """Padding before and after; of SAME, the least under which a window starts at every stride-th cell."""
        if not self.same:
            return self.before, self.after
        last = (len(range(0, self.size, self.stride)) - 1) * self.stride + (self.window - 1) * self.dilation
        total = max(last + 1 - self.size, 0)
        small, large = total // 2, total - total // 2
        return (small, large) if self.same == "upper" else (large, small)

    @property
    def count(self) -> int:
        """How many windows there are: PyTorch's `pooling_output_shape`, and ONNX's, word for word."""
        before, after = self.lines
        if self.same:
            return len(range(0, self.size, self.stride))
        moves = (self.size + before + after - (self.window - 1) * self.dilation - 1) / self.stride
        rounded = math.ceil(moves) if self.ceil or (self.lenient and moves < 0) else math.floor(moves)
        up = self.ceil or (self.lenient and moves < 0)
        return rounded + 1 - (up and rounded * self.stride >= self.size + before)

    @property
    def windows(self) -> list[list[tuple[str, int]]]:
        """Every window: for each of its cells what lies there, and at which position."""
        before, after = self.lines
        line = range(-before, self.size + after)
        found: list[list[tuple[str, int]]] = []
        for start in range(-before, -before + self.count * self.stride, self.stride):
            places = [start + k * self.dilation for k in range(self.window)]
            found.append([(DATA if 0 <= p < self.size else PADDING if p in line else OUTSIDE, p) for p in places])
        return found


@dataclass(frozen=True)
class Request:
    """A call over an input, carried out; the axes it asks for, and options that a test wants to know again."""

    trace: sw.Trace
    axes: tuple[Asked, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)


Draw = random.Random


def numbers(draw: Draw, *shape: int) -> np.ndarray[Any, Any]:
    """Small numbers: with ties, all negative, in halves, or with NaN and infinities among them."""
    kind = draw.choice(["whole", "whole", "ties", "negative", "halves", "odd"])
    size = math.prod(shape)
    if kind == "odd":
        pool: list[float] = [math.nan, math.inf, -math.inf, 0.0, 1.0, -2.0, 3.0, 0.5]
        return np.array([draw.choice(pool) for _ in range(size)]).reshape(shape)
    low, high = {"whole": (-9, 9), "ties": (0, 1), "negative": (-9, -1), "halves": (-9, 9)}[kind]
    found = np.array([draw.randint(low, high) for _ in range(size)]).reshape(shape)
    return found / 2 if kind == "halves" else found


def _sizes(draw: Draw, spatial: int) -> tuple[int, ...]:
    return tuple(draw.randint(1, (7, 6, 4)[spatial - 1]) for _ in range(spatial))


def _each(draw: Draw, spatial: int, low: int, high: int) -> tuple[int, ...]:
    if draw.random() < 0.6:
        return (draw.randint(low, high),) * spatial
    return tuple(draw.randint(low, high) for _ in range(spatial))


def _said(value: tuple[int, ...]) -> str:
    return repr(value[0] if len(set(value)) == 1 else value)


def _shape(draw: Draw, sizes: tuple[int, ...], last: bool, plain: bool = True) -> tuple[int, ...]:
    """An input's shape: plain, with channels, or a batch of these."""
    kind = draw.choice(["plain", "plain", "channels", "batch"] if plain else ["channels", "batch"])
    channels = draw.randint(1, 3)
    if kind == "plain":
        return sizes
    image = (*sizes, channels) if last else (channels, *sizes)
    return image if kind == "channels" else (draw.randint(1, 2), *image)


def keras_pool(draw: Draw) -> Request:
    spatial = draw.choice([1, 2, 2, 2, 3])
    sizes, window, stride = _sizes(draw, spatial), _each(draw, spatial, 1, 3), _each(draw, spatial, 1, 3)
    same = draw.random() < 0.6
    name = draw.choice(["MaxPooling", "AveragePooling"])
    call = f"{name}{spatial}D({_said(window)}, strides={_said(stride)}, padding={'same' if same else 'valid'!r})"
    x = numbers(draw, *_shape(draw, sizes, last=True, plain=spatial > 1))
    axes = tuple(Asked(n, k, s, same="upper" if same else "") for n, k, s in zip(sizes, window, stride))
    return Request(sw.trace(call, x), axes, {"pads_count": False})


def torch_pool(draw: Draw) -> Request:
    spatial = draw.choice([1, 2, 2, 2, 3])
    sizes, window, stride = _sizes(draw, spatial), _each(draw, spatial, 1, 3), _each(draw, spatial, 1, 3)
    pads = tuple(draw.randint(0, k // 2) for k in window)
    ceil = draw.random() < 0.5
    words = [_said(window), f"stride={_said(stride)}", f"padding={_said(pads)}", f"ceil_mode={ceil}"]
    dilation: tuple[int, ...] = (1,) * spatial
    options: dict[str, Any] = {}
    if draw.random() < 0.5:
        name = "MaxPool"
        dilation = _each(draw, spatial, 1, 2)
        words.append(f"dilation={_said(dilation)}")
    else:
        name = "AvgPool"
        count = draw.random() < 0.5
        words.append(f"count_include_pad={count}")
        options["pads_count"] = count
        if spatial > 1 and draw.random() < 0.3:
            options["divisor"] = draw.randint(1, 5)
            words.append(f"divisor_override={options['divisor']}")
    x = numbers(draw, *_shape(draw, sizes, last=False, plain=spatial > 1))
    places = zip(sizes, window, stride, dilation, pads, pads)
    axes = tuple(Asked(n, k, s, d, a, b, ceil=ceil) for n, k, s, d, a, b in places)
    return Request(sw.trace(f"nn.{name}{spatial}d({', '.join(words)})", x), axes, options)


def torch_lp(draw: Draw) -> Request:
    spatial = draw.choice([1, 2])
    sizes, window, stride = _sizes(draw, spatial), _each(draw, spatial, 1, 3), _each(draw, spatial, 1, 3)
    ceil, p = draw.random() < 0.6, draw.choice(["1", "2", "3", "1.5", "float('inf')"])
    call = f"nn.LPPool{spatial}d({p}, {_said(window)}, stride={_said(stride)}, ceil_mode={ceil})"
    x = numbers(draw, *_shape(draw, sizes, last=False, plain=spatial > 1))
    return Request(sw.trace(call, x), tuple(Asked(n, k, s, ceil=ceil) for n, k, s in zip(sizes, window, stride)))


def onnx_pool(draw: Draw) -> Request:
    spatial = draw.choice([1, 2, 2])
    sizes, window, stride = _sizes(draw, spatial), _each(draw, spatial, 1, 3), _each(draw, spatial, 1, 3)
    op = draw.choice(["MaxPool", "AveragePool", "LpPool"])
    given: dict[str, Any] = {"kernel_shape": list(window), "strides": list(stride)}
    dilation: tuple[int, ...] = (1,) * spatial
    ceil, options = False, dict[str, Any]()
    before = after = (0,) * spatial
    same = draw.choice(["", "", "upper", "lower"])
    if same:
        given["auto_pad"] = f"SAME_{same.upper()}"
    else:
        before, after = (tuple(draw.randint(0, k - 1) for k in window) for _ in range(2))
        given["pads"] = [*before, *after]
        ceil = draw.random() < 0.5
        given["ceil_mode"] = int(ceil)
        if draw.random() < 0.4:
            dilation = _each(draw, spatial, 1, 2)
            given["dilations"] = list(dilation)
    if op == "AveragePool":
        options["pads_count"] = draw.random() < 0.5
        given["count_include_pad"] = int(options["pads_count"])
    x = numbers(draw, draw.randint(1, 2), draw.randint(1, 2), *sizes).astype(np.float32)
    [trace, *_] = onnx.node(op, [x], opset=22, **given)
    given_axes = zip(sizes, window, stride, dilation, before, after)
    axes = tuple(Asked(n, k, s, d, a, b, ceil, same, lenient=True) for n, k, s, d, a, b in given_axes)
    return Request(trace, axes, options)


def whole_pool(draw: Draw) -> Request:
    call = draw.choice(["GlobalMaxPooling2D()", "GlobalAveragePooling2D(keepdims=True)", "GlobalAveragePooling2D()"])
    sizes = _sizes(draw, 2)
    return Request(sw.trace(call, numbers(draw, *sizes, draw.randint(1, 2))), tuple(Asked(n, n) for n in sizes))


def adaptive_pool(draw: Draw) -> Request:
    spatial = draw.choice([1, 2])
    sizes = _sizes(draw, spatial)
    wanted = tuple(draw.randint(1, 4) for _ in sizes)
    name = draw.choice(["Max", "Avg"])
    x = numbers(draw, *_shape(draw, sizes, last=False, plain=spatial > 1))
    return Request(sw.trace(f"nn.Adaptive{name}Pool{spatial}d({wanted if spatial > 1 else wanted[0]})", x))


def keras_conv(draw: Draw) -> Request:
    spatial = draw.choice([1, 2, 2])
    sizes, window = _sizes(draw, spatial), _each(draw, spatial, 1, 3)
    stride, dilation = _each(draw, spatial, 1, 3), (1,) * spatial
    if draw.random() < 0.3:
        stride, dilation = (1,) * spatial, _each(draw, spatial, 1, 2)
    padding = draw.choice(["valid", "same", "same", *(["causal"] if spatial == 1 else [])])
    filters, biased, channels = draw.randint(1, 2), draw.random() < 0.6, draw.randint(1, 2)
    call = (
        f"Conv{spatial}D({filters}, {_said(window)}, strides={_said(stride)}, padding={padding!r}, "
        f"dilation_rate={_said(dilation)}, use_bias={biased})"
    )
    x = numbers(draw, *sizes, channels)
    given: dict[str, Any] = {"kernel": numbers(draw, *window, channels, filters)}
    if biased:
        given["bias"] = numbers(draw, filters)
    reach = [(k - 1) * d if padding == "causal" else 0 for k, d in zip(window, dilation)]
    same = "upper" if padding == "same" else ""
    axes = tuple(Asked(n, k, s, d, b, same=same) for n, k, s, d, b in zip(sizes, window, stride, dilation, reach))
    return Request(sw.trace(call, x, **given), axes, {"channels": channels})


def torch_conv(draw: Draw) -> Request:
    sizes, window, stride = _sizes(draw, 2), _each(draw, 2, 1, 3), _each(draw, 2, 1, 3)
    dilation, pads = _each(draw, 2, 1, 2), _each(draw, 2, 0, 2)
    groups = draw.randint(1, 2)
    channels, filters, biased = groups * draw.randint(1, 2), groups * draw.randint(1, 2), draw.random() < 0.6
    mode = draw.choice(["zeros", "zeros", "zeros", "reflect", "replicate", "circular"])
    call = (
        f"nn.Conv2d({channels}, {filters}, {_said(window)}, stride={_said(stride)}, padding={_said(pads)}, "
        f"dilation={_said(dilation)}, groups={groups}, bias={biased}, padding_mode={mode!r})"
    )
    given: dict[str, Any] = {"kernel": numbers(draw, filters, channels // groups, *window)}
    if biased:
        given["bias"] = numbers(draw, filters)
    trace = sw.trace(call, numbers(draw, channels, *sizes), **given)
    if mode != "zeros" and any(pads):
        axes = tuple(Asked(n + 2 * p, k, s, d) for n, p, k, s, d in zip(sizes, pads, window, stride, dilation))
    else:
        axes = tuple(Asked(*one) for one in zip(sizes, window, stride, dilation, pads, pads))
    return Request(trace, axes, {"channels": channels // groups})


def depthwise(draw: Draw) -> Request:
    sizes, window, channels, many = _sizes(draw, 2), _each(draw, 2, 1, 3), draw.randint(1, 2), draw.randint(1, 2)
    same = draw.random() < 0.5
    call = (
        f"DepthwiseConv2D({window}, padding={'same' if same else 'valid'!r}, depth_multiplier={many}, use_bias=False)"
    )
    trace = sw.trace(call, numbers(draw, *sizes, channels), kernel=numbers(draw, *window, channels, many))
    axes = tuple(Asked(n, k, same="upper" if same else "") for n, k in zip(sizes, window))
    return Request(trace, axes, {"channels": 1})


def transposed(draw: Draw) -> Request:
    spatial = draw.choice([1, 2])
    sizes = tuple(min(n, 4) for n in _sizes(draw, spatial))
    window, stride = _each(draw, spatial, 1, 3), _each(draw, spatial, 1, 3)
    biased = draw.random() < 0.5
    bias: dict[str, Any] = {"bias": numbers(draw, 1)} if biased else {}
    if draw.random() < 0.5:
        padding = draw.choice(["valid", "same"])
        words = f"strides={_said(stride)}, padding={padding!r}, use_bias={biased}"
        call = f"Conv{spatial}DTranspose(1, {_said(window)}, {words})"
        return Request(sw.trace(call, numbers(draw, *sizes, 1), kernel=numbers(draw, *window, 1, 1), **bias))
    pads, extra = _each(draw, spatial, 0, 1), tuple(draw.randint(0, max(s - 1, 0)) for s in stride)
    call = (
        f"nn.ConvTranspose{spatial}d(1, 1, {_said(window)}, stride={_said(stride)}, padding={_said(pads)}, "
        f"output_padding={_said(extra)}, bias={biased})"
    )
    return Request(sw.trace(call, numbers(draw, 1, *sizes), kernel=numbers(draw, 1, 1, *window), **bias))


def cellwise(draw: Draw) -> Request:
    calls = [
        "ReLU()", "ReLU(max_value=2)", "ReLU(threshold=1)", "ReLU(threshold=-1, negative_slope=0.5)",
        "ReLU(threshold=2, negative_slope=0.5, max_value=3)", "LeakyReLU(negative_slope=0.1)", "nn.ReLU6()",
        "nn.LeakyReLU(0.2)", "nn.Sigmoid()", "nn.Tanh()", "nn.ELU(0.5)", "keras.layers.ELU()", "Activation('relu')",
        "nn.SELU()", "Activation('selu')", "nn.SiLU()", "nn.GELU()", "nn.GELU('tanh')", "nn.Softplus(2, 3)",
        "Activation('softplus')", "nn.LogSigmoid()", "nn.Mish()", "nn.Hardtanh(-2, 1)", "Activation('hard_tanh')",
        "LayerNormalization()", "nn.InstanceNorm2d(1)", "nn.LocalResponseNorm(3)", "tf.nn.lrn(x, alpha=0.5)",
        "nn.PReLU()", "keras.layers.PReLU()", "nn.LogSoftmax(dim=0)",
        "nn.Hardsigmoid()", "HardSigmoid(alpha=0.3)", "nn.Hardswish()", "nn.Softsign()",
        "nn.PixelUnshuffle(1)", "UpSampling2D((2, 1))", "UpSampling2D(2, interpolation='bilinear')",
        "nn.Upsample(size=(3, 5), mode='bilinear', align_corners=True)", "nn.Unfold(2, padding=1)",
        "nn.MinPool2d(2, 1, 1)", "nn.MedianPool2d(2, 1, 1)",
        "Softmax()", "nn.Softmax(dim=0)",
        "Dropout(0.5)", "Flatten()", "ZeroPadding2D(1)", "ZeroPadding2D(((0, 1), (2, 0)))",
    ]  # fmt: skip
    return Request(sw.trace(draw.choice(calls), numbers(draw, *_sizes(draw, 2))))


def activated(draw: Draw) -> Request:
    calls = [
        "nn.Sigmoid()", "nn.SELU()", "nn.SiLU()", "nn.LogSigmoid()", "nn.Softsign()", "nn.Hardswish()",
        "nn.LogSoftmax(dim=0)",
    ]  # fmt: skip
    return Request(sw.trace(draw.choice(calls), numbers(draw, *_sizes(draw, 2))))


def regrouped(draw: Draw) -> Request:
    """Whatever takes several channels apart or together, and a window's smallest and middle number."""
    calls = [
        "nn.ChannelShuffle(2)", "nn.PixelShuffle(2)", "nn.PixelUnshuffle(2)", "nn.Fold(3, 2)", "nn.GroupNorm(2, 4)",
        "nn.LocalResponseNorm(2, alpha=2)",
        "nn.Upsample(scale_factor=2)", "nn.MinPool2d(2, 1)", "nn.MedianPool2d(2, 1)", "Cropping2D(((0, 1), (1, 0)))",
    ]  # fmt: skip
    call = draw.choice(calls)
    shape = (draw.choice([4, 8]), 4) if "Fold" in call else (4, *(draw.choice([2, 2, 4, 3]) for _ in range(2)))
    return Request(sw.trace(call, numbers(draw, *shape)))


def moved(draw: Draw) -> Request:
    sizes = _sizes(draw, 2)
    x = numbers(draw, *sizes)
    pads = [draw.randint(-1, 2) for _ in range(4)]
    match draw.choice(["pad", "flatten", "unpool", "transpose", "concat", "reshape", "onnx pad"]):
        case "pad":
            name = draw.choice(["Reflection", "Replication", "Circular", "Zero", "Constant"])
            more = ", 7" if name == "Constant" else ""
            return Request(sw.trace(f"nn.{name}Pad2d({tuple(pads)}{more})", numbers(draw, 1, *sizes)))
        case "flatten":
            return Request(sw.trace("Flatten()", numbers(draw, draw.randint(1, 2), *sizes, 2)))
        case "transpose":
            return Request(onnx.node("Transpose", [numbers(draw, *sizes, 2)], perm=draw.sample(range(3), 3))[0])
        case "concat":
            return Request(onnx.node("Concat", [x, numbers(draw, *sizes)], axis=draw.randint(0, 1))[0])
        case "reshape":
            return Request(onnx.node("Reshape", [x, np.array([x.size])])[0])
        case "onnx pad":
            mode = draw.choice(["constant", "edge", "wrap"])
            return Request(onnx.node("Pad", [x, np.array([abs(n) for n in pads])], mode=mode)[0])
    landing = [draw.randint(0, 15) for _ in range(4)]
    indices = np.array(landing).reshape(1, 2, 2)
    return Request(torch.nn.MaxUnpool2d(2)(numbers(draw, 1, 2, 2), indices))


def dense(draw: Draw) -> Request:
    inputs, units = draw.randint(1, 4), draw.randint(1, 3)
    bias = draw.random() < 0.5
    given: dict[str, Any] = {"kernel": numbers(draw, inputs, units)}
    given |= {"bias": numbers(draw, units)} if bias else {}
    return Request(sw.trace(f"Dense({units}, use_bias={bias})", numbers(draw, 1, inputs), **given))


def joined(draw: Draw) -> Request:
    sizes = _sizes(draw, 2)
    if draw.random() < 0.2:
        call = draw.choice(["np.hypot(a, b)", "np.arctan2(a, b)", "np.degrees(np.arctan2(a, b))", "cv2.phase(a, b)"])
        call = call.replace("(a, b)", "(ndimage.sobel(x, axis=0), ndimage.sobel(x))")
        return Request(sw.trace(call, numbers(draw, *sizes)))
    second = draw.choice([sizes, sizes[1:], (1,)])
    op = draw.choice(["Add", "Sub", "Mul", "Div"])
    arrays = [numbers(draw, *shape).astype(np.float32) for shape in (sizes, second)]
    return Request(onnx.node(op, arrays)[0])


def clipped(draw: Draw) -> Request:
    low, high = draw.randint(-3, 2), draw.randint(-2, 4)
    bounds = [np.float32(low), np.float32(high)]
    return Request(onnx.node("Clip", [numbers(draw, *_sizes(draw, 2)).astype(np.float32), *bounds])[0])


def in_training(layer: Any, x: Any) -> Trace:
    """A layer carried out as it is while its network is trained."""
    layer.training = True
    trace: Trace = layer(x)
    return trace


def normalised(draw: Draw) -> Request:
    if draw.random() < 0.2:
        normed = keras.layers.BatchNormalization(epsilon=0.25)
        return Request(in_training(normed, numbers(draw, draw.randint(2, 3), *_sizes(draw, 2), draw.randint(1, 2))))
    center, scale = draw.random() < 0.5, draw.random() < 0.5
    channels = draw.randint(1, 2)
    given = {"moving_mean": numbers(draw, channels), "moving_variance": np.abs(numbers(draw, channels))}
    given |= {"gamma": numbers(draw, channels)} if scale else {}
    given |= {"beta": numbers(draw, channels)} if center else {}
    layer = sw.trace(
        f"BatchNormalization(center={center}, scale={scale})", numbers(draw, *_sizes(draw, 2), channels),
        weights=[given],
    )  # fmt: skip
    return Request(layer)


def measured(draw: Draw) -> Request:
    """A loss of what an activation gives, for whole classes or drawn probabilities."""
    call = draw.choice(("ReLU()", "Softmax()", "Activation('sigmoid')", "nn.LogSoftmax(-1)"))
    trace = sw.trace(call, np.nan_to_num(numbers(draw, *_sizes(draw, 2)), posinf=0, neginf=0))
    loss = draw.choice(("mse", "cross_entropy", "binary_cross_entropy"))
    if loss == "cross_entropy" and draw.random() < 0.7:
        return Request(loss_of(trace, loss, [draw.randrange(trace.shape[1]) for _row in range(trace.shape[0])]))
    target = np.array([[draw.choice((0, 0.25, 0.5, 1)) for _cell in row] for row in trace.output])
    return Request(loss_of(trace, loss, target))


OPERATIONS: tuple[Callable[[Draw], Request], ...] = (
    keras_pool, torch_pool, torch_pool, torch_lp, onnx_pool, onnx_pool, whole_pool, adaptive_pool, keras_conv,
    torch_conv, depthwise, transposed, cellwise, activated, regrouped, moved, dense, joined, clipped, normalised,
    measured,
)  # fmt: skip


def request(seed: int, make: Callable[[Draw], Request] | None = None) -> Request:
    """The request of a seed: what its call refuses is drawn again."""
    draw = random.Random(seed)
    while True:
        try:
            return (make or draw.choice(OPERATIONS))(draw)
        except StepwiseError:
            continue
