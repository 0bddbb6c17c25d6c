"""How well the marker tells misconceptions apart: `make misconceptions` writes docs/misconceptions.md.

For every operation, random exercises; for every misconception that changes one of them, the answer of a student who has
it, written down as a student would; then: is it named? And for random slips in the right answer: is anything named that
was not the cause? To add an operation: a function that makes an exercise, and a line in `OPERATIONS`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import stepwise as sw
from stepwise.marking import Marker, Verdict
from stepwise.marking.known import SLIP
from stepwise.marking.misconceptions import BUILT_IN
from stepwise.marking.wrong import Mistake, WrongResults, carried_out
from stepwise.traces.trace import Trace, chain
from tools import gradient_exercises, gradient_marks
from tools.written import form, written

Array = NDArray[Any]
Draw = np.random.Generator
PAGE = Path(__file__).parent.parent / "docs" / "misconceptions.md"
EXERCISES = 200
TRIES = 30
"""Exercises looked at, at most, for each that is found in which the misconception changes the answer."""
ANSWERS = 5
"""Answers with slips to one exercise."""
LEAST_CELLS = 4
"""Output cells of an exercise: of a single number nobody can say how it came about."""


def numbers(draw: Draw, *shape: int) -> Array:
    """Whole numbers such as a worksheet has; negative ones in two of three exercises."""
    low = int(draw.choice([0, -9, -20]))
    return draw.integers(low, 21, shape)


def _sizes(draw: Draw) -> tuple[int, int]:
    return int(draw.integers(4, 7)), int(draw.integers(4, 7))


def _keras_windows(draw: Draw, spread: bool = False) -> str:
    gap = int(draw.integers(1, 3)) if spread else 1
    stride = 1 if gap > 1 else int(draw.integers(1, 4))
    padding = draw.choice(["same", "valid"])
    return f"strides={stride}, padding='{padding}'" + (f", dilation_rate={gap}" if spread else "")


def _torch_windows(draw: Draw, window: int, spread: bool = False) -> str:
    options = f"stride={draw.integers(1, 4)}, padding={draw.integers(0, window // 2 + 1)}"
    if spread:
        options += f", dilation={draw.integers(1, 3)}"
    return options


def max_pool(draw: Draw) -> Trace:
    """Max pooling, as Keras or PyTorch writes it."""
    window, x = int(draw.integers(2, 4)), numbers(draw, *_sizes(draw))
    if draw.integers(2):
        return sw.trace(f"MaxPool2D({window}, {_keras_windows(draw)})", x)
    asked = _torch_windows(draw, window, spread=True)
    return sw.trace(f"MaxPool2d({window}, {asked}, ceil_mode={bool(draw.integers(2))})", x)


def mean_pool(draw: Draw) -> Trace:
    """Average pooling, as Keras or PyTorch writes it."""
    window, x = int(draw.integers(2, 4)), numbers(draw, *_sizes(draw))
    if draw.integers(2):
        return sw.trace(f"AveragePooling2D({window}, {_keras_windows(draw)})", x)
    asked = f"{_torch_windows(draw, window)}, count_include_pad={bool(draw.integers(2))}"
    return sw.trace(f"AvgPool2d({window}, {asked}, ceil_mode={bool(draw.integers(2))})", x)


def conv(draw: Draw) -> Trace:
    """Convolution with one to three channels and one or two filters."""
    window, channels, filters = (int(draw.integers(*ends)) for ends in ((2, 4), (1, 4), (1, 3)))
    height, width = _sizes(draw)
    kernel = draw.integers(-3, 4, (window, window, channels, filters))
    bias = draw.integers(-3, 4, filters)
    if draw.integers(2):
        x, call = numbers(draw, height, width, channels), f"Conv2D({filters}, {window}, "
        return sw.trace(f"{call}{_keras_windows(draw, spread=True)})", x, kernel=kernel, bias=bias)
    x, call = numbers(draw, channels, height, width), f"Conv2d({channels}, {filters}, {window}, "
    laid = np.moveaxis(kernel, (-1, -2), (0, 1))
    return sw.trace(f"{call}{_torch_windows(draw, window, spread=True)})", x, kernel=laid, bias=bias)


def signal_conv(draw: Draw) -> Trace:
    """Convolution as SciPy has it, whose kernel is turned, over an image."""
    kernel, mode = draw.integers(-3, 4, draw.integers(2, 4, 2)), draw.choice(["full", "same", "valid"])
    return sw.trace(f"scipy.signal.convolve2d(x, k, mode='{mode}')", numbers(draw, *_sizes(draw)), kernel=kernel)


def depthwise_conv(draw: Draw) -> Trace:
    """Depthwise convolution."""
    window, channels = int(draw.integers(2, 4)), int(draw.integers(1, 4))
    kernel, bias = draw.integers(-3, 4, (window, window, channels, 1)), draw.integers(-3, 4, channels)
    call = f"DepthwiseConv2D({window}, {_keras_windows(draw)})"
    return sw.trace(call, numbers(draw, *_sizes(draw), channels), kernel=kernel, bias=bias)


def conv_transpose(draw: Draw) -> Trace:
    """Transposed convolution."""
    window, channels, filters = (int(draw.integers(*ends)) for ends in ((2, 4), (1, 3), (1, 3)))
    sizes = int(draw.integers(2, 4)), int(draw.integers(2, 4))
    kernel, bias = draw.integers(-3, 4, (window, window, filters, channels)), draw.integers(-3, 4, filters)
    if draw.integers(2):
        asked = f"strides={draw.integers(1, 3)}, padding='{draw.choice(['same', 'valid'])}'"
        call = f"Conv2DTranspose({filters}, {window}, {asked})"
        return sw.trace(call, numbers(draw, *sizes, channels), kernel=kernel, bias=bias)
    asked = f"stride={draw.integers(1, 3)}, padding={draw.integers(0, 2)}"
    call, laid = f"ConvTranspose2d({channels}, {filters}, {window}, {asked})", np.moveaxis(kernel, (-1, -2), (0, 1))
    return sw.trace(call, numbers(draw, channels, *sizes), kernel=laid, bias=bias)


def ranked_pool(draw: Draw) -> Trace:
    """The smallest or the middle number of windows."""
    name = draw.choice(["MinPool2d", "MedianPool2d"])
    window = int(draw.integers(2, 4))
    return sw.trace(f"{name}({window}, {_torch_windows(draw, window)})", numbers(draw, *_sizes(draw)))


def resized(draw: Draw) -> Trace:
    """A small image made larger, by either convention."""
    size = tuple(int(n) for n in draw.integers(4, 8, 2))
    corners = bool(draw.integers(2))
    call = f"nn.Upsample(size={size}, mode='bilinear', align_corners={corners})"
    return sw.trace(call, numbers(draw, *(int(n) for n in draw.integers(2, 4, 2))))


def shuffled(draw: Draw) -> Trace:
    """Channels into space, or back."""
    if draw.integers(2):
        return sw.trace("nn.PixelShuffle(2)", numbers(draw, 8, *(int(n) for n in draw.integers(1, 3, 2))))
    return sw.trace("nn.PixelUnshuffle(2)", numbers(draw, 2, *(2 * int(n) for n in draw.integers(1, 3, 2))))


def relu(draw: Draw) -> Trace:
    """ReLU."""
    return sw.trace("ReLU()", draw.integers(-20, 21, _sizes(draw)))


def softmax(draw: Draw) -> Trace:
    """Softmax over rows."""
    return sw.trace("Softmax()", draw.integers(-4, 5, (int(draw.integers(2, 4)), int(draw.integers(3, 5)))))


def norm(draw: Draw) -> Trace:
    """Layer, group or instance normalisation, with a scale and a shift in half of them."""
    epsilon = draw.choice([0, 0.5, 1, 2])
    learned = bool(draw.integers(2))
    if draw.integers(2):
        rows, columns = int(draw.integers(2, 4)), int(draw.integers(3, 5))
        weights = {"gamma": draw.integers(2, 5, columns), "beta": draw.integers(1, 5, columns)} if learned else {}
        call = f"LayerNormalization(epsilon={epsilon}, center={learned}, scale={learned})"
        return sw.trace(call, numbers(draw, rows, columns), weights=[weights])
    call = draw.choice(["nn.GroupNorm(2, 4", "nn.InstanceNorm1d(4", "nn.GroupNorm(1, 4"])
    weights = {"weight": draw.integers(2, 5, 4), "bias": draw.integers(1, 5, 4)} if learned else {}
    return sw.trace(f"{call}, eps={epsilon}, affine={learned})", numbers(draw, 1, 4, 3), weights=[weights])


def batch_norm(draw: Draw) -> Trace:
    """Batch normalisation in use, of rows of features."""
    rows, columns, epsilon = int(draw.integers(2, 4)), int(draw.integers(2, 4)), draw.choice([0, 1, 2])
    weights = [draw.integers(2, 5, columns), draw.integers(1, 5, columns), draw.integers(-3, 4, columns)]
    weights.append(draw.integers(3, 10, columns))
    return sw.trace(f"BatchNormalization(epsilon={epsilon})", numbers(draw, rows, columns), weights=[weights])


def response_norm(draw: Draw) -> Trace:
    """Local response normalisation, with an alpha that is seen."""
    channels, width = int(draw.integers(3, 6)), int(draw.integers(1, 3))
    alpha, beta = draw.choice([0.5, 1, 2]), draw.choice([0.5, 0.75])
    x = draw.integers(-9, 10, (1, channels, 1, width))
    if draw.integers(2):
        size = int(draw.integers(2, 4))
        return sw.trace(f"nn.LocalResponseNorm({size}, alpha={alpha}, beta={beta})", x)
    return sw.trace(f"tf.nn.lrn(x, 1, alpha={alpha}, beta={beta})", np.moveaxis(x, 1, -1))


def log_softmax(draw: Draw) -> Trace:
    """The logarithm of softmax over rows."""
    x = draw.integers(-4, 5, (int(draw.integers(2, 4)), int(draw.integers(3, 5))))
    return sw.trace("nn.LogSoftmax(1)", x)


def dense(draw: Draw) -> Trace:
    """A dense layer on a few rows."""
    seen, units = int(draw.integers(3, 6)), int(draw.integers(2, 5))
    kernel, bias = draw.integers(-3, 4, (seen, units)), draw.integers(-3, 4, units)
    return sw.trace(f"Dense({units})", numbers(draw, int(draw.integers(2, 4)), seen), kernel=kernel, bias=bias)


def flatten(draw: Draw) -> Trace:
    """Flatten, of one image with channels."""
    sizes = (1, *(int(n) for n in draw.integers(2, 4, 3)))
    return sw.trace(draw.choice(["Flatten()", "nn.Flatten()"]), numbers(draw, *sizes))


def network(draw: Draw) -> Trace:
    """A chain: convolution, ReLU, pooling, flatten, dense."""
    weights = [
        [draw.integers(-2, 3, (2, 2, 1, 2)), draw.integers(-3, 4, 2)], None, None, None,
        [draw.integers(-2, 3, (18, 4)), draw.integers(-3, 4, 4)],
    ]  # fmt: skip
    layers = ["Conv2D(2, 2, padding='same')", "ReLU()", "MaxPool2D(2)", "Flatten()", "Dense(4)"]
    return sw.trace(layers, numbers(draw, 1, 6, 6, 1), weights=weights)


OPERATIONS: dict[str, Callable[[Draw], Trace]] = {
    "max pooling": max_pool,
    "average pooling": mean_pool,
    "convolution": conv,
    "convolution of an image": signal_conv,
    "depthwise convolution": depthwise_conv,
    "transposed convolution": conv_transpose,
    "minimum and median": ranked_pool,
    "resizing": resized,
    "channels and space": shuffled,
    "ReLU": relu,
    "softmax": softmax,
    "logarithm of softmax": log_softmax,
    "batch normalisation": batch_norm,
    "layer, group and instance normalisation": norm,
    "local response normalisation": response_norm,
    "dense": dense,
    "flatten": flatten,
    "five layers in a chain": network,
    **gradient_exercises.GRADIENTS,
}


LEARNED = {"weights": [{"gamma": [2, 3], "beta": [10, 20]}]}
EXAMPLES: dict[str, tuple[str, Any, dict[str, Any]]] = {  # an exercise for each code: call, input, weights
    "window.stride_one": ("MaxPool2D(2)", "1 5 2 0; 3 4 1 6; 0 2 9 8; 7 1 3 4", {}),
    "window.stride_is_window": ("MaxPool2D(2, strides=1)", "1 5 2; 3 4 6; 7 0 8", {}),
    "window.dilation_ignored": ("MaxPool2d(2, stride=1, dilation=2)", "1 5 2; 3 4 6; 7 0 8", {}),
    "padding.valid_for_same": ("MaxPool2D(2, strides=1, padding='same')", "4 3; 2 1", {}),
    "padding.same_for_valid": ("MaxPool2D(2, strides=1)", "4 3; 2 1", {}),
    "padding.extra_line_first": ("MaxPool2D(2, strides=1, padding='same')", "1 2; 3 4", {}),
    "padding.symmetric": ("MaxPool2D(2, strides=1, padding='same')", "4 3; 2 1", {}),
    "size.ceil_for_floor": ("MaxPool2D(2)", "1 5 2; 3 4 6; 7 0 8", {}),
    "size.floor_for_ceil": ("MaxPool2d(2, ceil_mode=True)", "1 5 2; 3 4 6; 7 0 8", {}),
    "max.padding_as_zero": ("MaxPool2D(2, strides=1, padding='same')", "-4 -3; -2 -1", {}),
    "mean.padding_counted": ("AveragePooling2D(2, strides=1, padding='same')", "4 8; 2 6", {}),
    "mean.padding_not_counted": ("AvgPool2d(2, padding=1)", "4 8; 12 6", {}),
    "mean.not_divided": ("AveragePooling2D(2)", "1 3 2 2; 5 7 4 0", {}),
    "rule.mean_for_max": ("MaxPool2D(2)", "1 3 2 2; 5 7 4 0", {}),
    "rule.min_for_max": ("MaxPool2D(2)", "1 3 2 2; 5 7 4 0", {}),
    "rule.max_for_mean": ("AveragePooling2D(2)", "1 3 2 2; 5 7 4 0", {}),
    "rule.max_for_min": ("MinPool2d(2)", "1 3 2 2; 5 7 4 0", {}),
    "rule.mean_for_median": ("MedianPool2d(2)", "1 2 2 9; 9 0 4 1", {}),
    "resize.corners_aligned": ("nn.Upsample(scale_factor=2, mode='bilinear')", "0 6", {}),
    "resize.corners_not_aligned": ("nn.Upsample(scale_factor=2, mode='bilinear', align_corners=True)", "0 12", {}),
    "resize.nearest_for_linear": ("UpSampling2D(2, interpolation='bilinear')", "0 4", {}),
    "shuffle.channel_order": ("nn.PixelShuffle(2)", "[[[1]], [[2]], [[3]], [[4]], [[5]], [[6]], [[7]], [[8]]]", {}),
    "conv.kernel_flipped": ("Conv2D(1, 2)", "1 2 3; 4 5 6", {"kernel": "1 0; 2 -1"}),
    "conv.kernel_not_flipped": ("scipy.signal.convolve2d(x, k, mode='valid')", "1 2 3; 4 5 6", {"kernel": "1 0; 2 -1"}),
    "conv.kernel_transposed": ("Conv2D(1, 2)", "1 2 3; 4 5 6", {"kernel": "1 0; 2 -1"}),
    "conv.first_channel_only": ("Conv2d(2, 1, 2)", "[[[1, 2, 3], [4, 5, 6]], [[1, 0, 1], [0, 1, 0]]]",
                                {"kernel": "[[[[1, 0], [0, 1]], [[2, 0], [0, 2]]]]", "bias": [1]}),
    "conv.channels_not_summed": ("Conv2d(2, 1, 2)", "[[[1, 2, 3], [4, 5, 6]], [[1, 0, 1], [0, 1, 0]]]",
                                 {"kernel": "[[[[1, 0], [0, 1]], [[2, 0], [0, 2]]]]", "bias": [1]}),
    "conv.bias_forgotten": ("Conv2D(1, 2)", "1 2 3; 4 5 6", {"kernel": "1 0; 2 -1", "bias": [3]}),
    "relu.absolute_value": ("ReLU()", "-2 3; 1 -5", {}),
    "relu.skipped": ("ReLU()", "-2 3; 1 -5", {}),
    "dense.flatten_column_major": ("Flatten()", "[[[[1], [2]], [[3], [4]]]]", {}),
    "dense.flatten_channel_major": ("Flatten()", "[[[[1, 2], [3, 4]], [[5, 6], [7, 8]]]]", {}),
    "dense.bias_forgotten": ("Dense(2)", "[[1, 2, 3]]", {"kernel": "1 0; 0 1; 1 1", "bias": [10, 20]}),
    "softmax.not_exponentiated": ("Softmax()", "[[1, 2, 5]]", {}),
    "softmax.no_logarithm": ("nn.LogSoftmax(1)", "[[0, 0, 0, 0]]", {}),
    "softmax.base_ten": ("nn.LogSoftmax(1)", "[[0, 0, 0, 0]]", {}),
    "softmax.base_two": ("nn.LogSoftmax(1)", "[[0, 0, 0, 0]]", {}),
    "norm.statistics_of_input": ("BatchNormalization(epsilon=0)", "1 2; 5 8",
                                 {"weights": [{"mean": [1, 2], "variance": [4, 4]}]}),
    "norm.other_cells": ("LayerNormalization(epsilon=0, center=False, scale=False)", "1 3; 5 11", {}),
    "norm.divided_by_less_one": ("nn.LayerNorm(3, eps=0, elementwise_affine=False)", "1 3 5; 2 4 6", {}),
    "norm.root_forgotten": ("nn.LayerNorm(2, eps=0, elementwise_affine=False)", "1 5; 2 8", {}),
    "norm.epsilon_outside": ("nn.LayerNorm(2, eps=5, elementwise_affine=False)", "1 5; 2 6", {}),
    "norm.scale_forgotten": ("LayerNormalization(epsilon=0)", "1 5; 2 8", LEARNED),
    "norm.shift_forgotten": ("LayerNormalization(epsilon=0)", "1 5; 2 8", LEARNED),
    "response.alpha_not_divided": ("nn.LocalResponseNorm(3, alpha=3, beta=1.0)", "[[[[1]], [[2]], [[0]]]]", {}),
    "response.alpha_divided": ("tf.nn.lrn(x, 1, alpha=3, beta=1.0)", "[[[[1, 2, 0]]]]", {}),
    "response.own_channel_only": ("nn.LocalResponseNorm(3, alpha=3, beta=1.0)", "[[[[1]], [[2]], [[0]]]]", {}),
    "response.other_side": ("nn.LocalResponseNorm(2, alpha=2, beta=1.0)", "[[[[1]], [[2]], [[4]]]]", {}),
    "response.power_forgotten": ("nn.LocalResponseNorm(3, alpha=9, beta=0.5)", "[[[[1]], [[2]], [[0]]]]", {}),
    "output.transposed": ("ReLU()", "-2 3; 1 -5", {}),
}  # fmt: skip


@dataclass
class Count:
    """Of so many answers: how many causes were named, named alone, and how often only something else was."""

    answers: int = 0
    named: int = 0
    alone: int = 0
    other: int = 0

    def add(self, verdict: Verdict, code: str) -> None:
        """Count one verdict on an answer whose cause is known."""
        self.answers += 1
        found = verdict.diagnosis
        ways = [found.codes, *found.ties] if found else []
        self.named += any(code in way for way in ways)
        self.alone += ways == [(code,)]
        self.other += bool(ways) and not any(code in way for way in ways)

    def share(self, number: int) -> str:
        """A number of them, in percent."""
        return f"{100 * number / self.answers:.1f} %" if self.answers else "–"


def exercise(name: str, draw: Draw) -> Trace:
    """A random exercise with enough cells to say something about."""
    while True:
        try:
            trace = OPERATIONS[name](draw)
        except sw.StepwiseError:
            continue  # such a window does not fit
        if trace.output.size >= LEAST_CELLS:
            return trace


def measure(name: str, code: str, exercises: int, seed: int = 7) -> Count:
    """One misconception on one operation: the answers of students who have it, where they are wrong."""
    [misconception] = [one for one in BUILT_IN if one.code == code]
    draw, count = np.random.default_rng([seed, *code.encode(), *name.encode()]), Count()
    for attempt in range(exercises * TRIES):
        if count.answers == exercises or (attempt == 4 * TRIES and not count.answers):
            break
        trace = exercise(name, draw)
        places = tuple(misconception.layers(chain(trace)))
        wrong = carried_out(trace, [Mistake(misconception, places)]) if places else None
        if wrong is None or not np.isfinite(np.asarray(wrong.output, dtype=float)).all():
            continue
        verdict = Marker(trace).check(written(wrong.output, form(count.answers, wrong.output)))
        if verdict.size or verdict.count("wrong"):
            count.add(verdict, code)
    return count


def slipped(trace: Trace, draw: Draw) -> Array:
    """The right answer with one cell gone wrong in a way that has a name."""
    output = np.array(trace.output, dtype=np.float64)
    index = tuple(int(i) for i in np.unravel_index(draw.integers(output.size), output.shape))
    due, step = output[index], trace.step(index)
    match int(draw.integers(4)):
        case 0:
            output[index] = -due
        case 1:
            digits = f"{abs(due):.0f}"
            place = int(draw.integers(max(1, len(digits) - 1)))
            swapped = digits[:place] + digits[place : place + 2][::-1] + digits[place + 2 :]
            output[index] = np.copysign(float(swapped), due) if due % 1 == 0 else due
        case 2:
            tap = step.taps[int(draw.integers(len(step.taps)))] if step.taps else None  # a gradient may have none
            if step.rule == "sum of products" and tap is not None and tap.is_data:
                output[index] = due - tap.value * tap.weight
        case _:
            axis = int(draw.integers(output.ndim))
            beside = tuple(i + (1 if a == axis else 0) for a, i in enumerate(index))
            output[index] = output[beside] if beside[axis] < output.shape[axis] else due
    return output


def any_slip(trace: Trace, draw: Draw) -> Array:
    """The right answer with one cell, or two, replaced by any numbers near."""
    output = np.array(trace.output, dtype=np.float64)
    for _cell in range(int(draw.integers(1, 3))):
        output.flat[draw.integers(output.size)] += draw.choice([-1, 1]) * draw.integers(1, 13)
    return output


def nonsense(trace: Trace, draw: Draw) -> Array:
    """Random numbers from the range of the right answer, in its size."""
    low, high = (round(float(end(trace.output))) for end in (np.min, np.max))
    return draw.integers(low, max(high, low + 1) + 1, trace.output.shape)


def measure_slips(name: str, exercises: int, make: Callable[[Trace, Draw], Array] = slipped, seed: int = 11) -> Count:
    """Answers that no misconception made: what is named beside the slip itself is named wrongly."""
    draw, count = np.random.default_rng([seed, *name.encode()]), Count()
    for _exercise in range(exercises):
        trace = exercise(name, draw)
        marker = Marker(trace)
        for _answer in range(ANSWERS):
            answer = make(trace, draw)
            verdict = marker.check(written(answer, form(count.answers, answer)))
            if verdict.count("wrong"):
                count.add(verdict, SLIP)
    return count


def applying(name: str, exercises: int = 40, seed: int = 5) -> list[str]:
    """The codes that change the answer of some exercise with this operation."""
    draw, found = np.random.default_rng([seed, *name.encode()]), set()
    for _number in range(exercises):
        trace = exercise(name, draw)
        found |= {one.codes[0] for one in WrongResults(trace).single}
    return [one.code for one in BUILT_IN if one.code in found]


def example_trace(code: str) -> Trace:
    """The exercise of an example."""
    if code in gradient_exercises.EXAMPLES:
        return gradient_exercises.example_of(code)
    call, data, weights = EXAMPLES[code]
    return sw.trace(call, data, **weights)


def example(code: str) -> tuple[str, str, str, str]:
    """An exercise, its right answer and the wrong one, as text."""
    trace = example_trace(code)
    [misconception] = [one for one in BUILT_IN if one.code == code]
    wrong = misconception.wrong(trace)
    assert wrong is not None
    return *_asked(code, trace), _shown(trace.output), _shown(wrong.output)


def _asked(code: str, trace: Trace) -> tuple[str, str]:
    """The call of an example, and what is given, in words."""
    if code in gradient_exercises.EXAMPLES:
        call, _data, weights, _grad, asked = gradient_exercises.EXAMPLES[code]
        if asked == "loss":
            pair = (_shown(trace.inputs[name]) for name in ("input", "target"))
            return "mean squared error", "of output `{}` and target `{}`".format(*pair)
        if asked == "update":
            pair = (_shown(trace.inputs[name]) for name in ("before", "input"))
            return "w - 0.5·g", "weights `{}`, gradient `{}`".format(*pair)
        arrays = {"input": "x", **dict.fromkeys(weights, ""), "upstream gradient": "input"}
        given = ", ".join(f"{name} `{_shown(trace.inputs[own or name])}`" for name, own in arrays.items())
        return call, f"{given}: gradient of the {asked}"
    call, _data, weights = EXAMPLES[code]
    names = [name for layer in weights.get("weights", ()) for name in layer] or list(weights)
    return call, ", ".join(f"{name} `{_shown(trace.inputs[name])}`" for name in ("input", *names))


def _shown(array: Array) -> str:
    """An array as a person types it; more than two axes as lists."""
    listed = np.array([f"{value:.4g}" for value in (np.asarray(array, dtype=float) + 0.0).flat]).reshape(array.shape)
    if array.ndim <= 2:
        return "; ".join(" ".join(row) for row in np.atleast_2d(listed))
    return str(listed.tolist()).replace("'", "")


def table_of_codes() -> str:
    """What every code stands for, with an example that the engine works out."""
    lines = ["| code | what was done | example | right | so wrong |", "|:--|:--|:--|:--|:--|"]
    for one in BUILT_IN:
        call, given, right, wrong = example(one.code)
        lines.append(f"| `{one.code}` | {one.sentence} | `{call}`, {given} | `{right}` | `{wrong}` |")
    lines.append(
        f"| `{SLIP}` | a single cell gone wrong: its sign lost, two digits swapped, one term of its sum left out or "
        "taken twice, another number of its window taken as the largest, or the value of the cell beside it | "
        "`MaxPool2D(1)`, input `12 3; 5 7` | `12 3; 5 7` | `21 3; 5 7` |"
    )
    return "\n".join(lines)


def page(exercises: int = EXERCISES) -> str:
    """The whole page, measured."""
    lines = [HEAD, table_of_codes(), "", MEASURED.format(n=exercises, cells=LEAST_CELLS)]
    lines += ["| operation | code | answers | named | named alone | only another named |", "|:--|:--|--:|--:|--:|--:|"]
    for name in OPERATIONS:
        for code in applying(name):
            count = measure(name, code, exercises)
            shares = " | ".join(count.share(number) for number in (count.named, count.alone, count.other))
            lines.append(f"| {name} | `{code}` | {count.answers} | {shares} |")
            sys.stderr.write(lines[-1] + "\n")
    lines += ["", SLIPS.format(n=exercises // 2, answers=ANSWERS)]
    lines += ["| operation | answers | slips named | anything else named | any numbers: named | nonsense: named |"]
    lines += ["|:--|--:|--:|--:|--:|--:|"]
    for name in OPERATIONS:
        named = measure_slips(name, exercises // 2)
        near, random = (measure_slips(name, exercises // 2, make) for make in (any_slip, nonsense))
        shares = f"{named.share(named.named)} | {named.share(named.other)} | {near.share(near.other)}"
        lines.append(f"| {name} | {named.answers} | {shares} | {random.share(random.other)} |")
        sys.stderr.write(lines[-1] + "\n")
    lines += ["", gradient_marks.table(gradient_marks.measured(gradient_marks.REQUESTS), gradient_marks.REQUESTS)]
    return "\n".join(lines) + "\n"


HEAD = """# Misconceptions, by code

Made by `make misconceptions` ([tools/misconceptions.py](../tools/misconceptions.py)); a test holds the first table to
the code, and measures the others again on a smaller sample.

A misconception is a wrong procedure with a name. What it gives is never typed in: the engine carries it out, on the
very numbers of the exercise. Codes are stable, so that they can be counted over a class. More come from plug-ins:
an entry point in the group `stepwise.misconceptions` that names a `stepwise.marking.Misconception`, or a list of them.
"""
MEASURED = """## How often each is named

For every operation, {n} random exercises (with at least {cells} cells to fill in) in which the misconception changes
the answer, each answered as a student who has it would: a third of them written with four figures, a third with two
decimals, a third with one (with four figures where all are below 1). *Named*: it is among what the diagnosis names.
*Named alone*: nothing else explains that answer as well; where the numbers of an exercise cannot tell two
misconceptions apart, both are named. *Only another named*: the diagnosis is wrong.
"""
SLIPS = """## What no misconception made

{n} random exercises for every operation, with {answers} answers each: right but for one cell that slipped in a way that
has a name; then right but for one or two cells replaced by any number near; then nothing but random numbers from the
range of the right ones. How often the slip was named, and how often anything else was, which is wrong each time.
"""

if __name__ == "__main__":
    PAGE.write_text(page(int(sys.argv[1]) if len(sys.argv) > 1 else EXERCISES), encoding="utf-8")
