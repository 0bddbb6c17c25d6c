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
from stepwise.marking.misconceptions import BUILT_IN, SLIP, told
from stepwise.marking.wrong import Mistake, carried_out, wrong_results
from stepwise.traces import Trace, chain

Array = NDArray[Any]
Draw = np.random.Generator
PAGE = Path(__file__).parent.parent / "docs" / "misconceptions.md"
EXERCISES = 200
TRIES = 30
"""Exercises looked at, at most, for each that is found in which the misconception changes the answer."""
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
    told = f"stride={draw.integers(1, 4)}, padding={draw.integers(0, window // 2 + 1)}"
    if spread:
        told += f", dilation={draw.integers(1, 3)}"
    return told


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


def relu(draw: Draw) -> Trace:
    """ReLU."""
    return sw.trace("ReLU()", draw.integers(-20, 21, _sizes(draw)))


def softmax(draw: Draw) -> Trace:
    """Softmax over rows."""
    return sw.trace("Softmax()", draw.integers(-4, 5, (int(draw.integers(2, 4)), int(draw.integers(3, 5)))))


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
    "depthwise convolution": depthwise_conv,
    "transposed convolution": conv_transpose,
    "ReLU": relu,
    "softmax": softmax,
    "dense": dense,
    "flatten": flatten,
    "five layers in a chain": network,
}


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
        codes = {word for way in (found.codes, *found.ties) for word in way} if found else set()
        self.named += code in codes
        self.alone += codes == {code}
        self.other += bool(codes) and code not in codes


def written(output: Array) -> str | list[Any]:
    """An output as a student writes it: whole numbers as they are, others with three decimals."""
    cells = np.round(np.asarray(output, dtype=np.float64), 3)
    words = np.array([f"{value:g}" if value % 1 == 0 else f"{value:.3f}" for value in cells.flat])
    listed: list[Any] = words.reshape(cells.shape).tolist()
    return listed


def exercise(make: Callable[[Draw], Trace], draw: Draw) -> Trace:
    """A random exercise with enough cells to say something about."""
    while True:
        try:
            trace = make(draw)
        except sw.StepwiseError:
            continue  # such a window does not fit
        if trace.output.size >= LEAST_CELLS:
            return trace


def measure(name: str, exercises: int, seed: int = 7) -> dict[str, Count]:
    """Every misconception on one operation: the answers of students who have it."""
    counts: dict[str, Count] = {}
    for number, misconception in enumerate(BUILT_IN):
        draw, count = np.random.default_rng([seed, number]), Count()
        for _attempt in range(exercises * TRIES):
            if count.answers == exercises or (_attempt == TRIES * 4 and not count.answers):
                break
            trace = exercise(OPERATIONS[name], draw)
            layers = [layer for layer in chain(trace) if misconception.applies(layer)]
            wrong = carried_out(trace, [Mistake(misconception, tuple(layers))]) if layers else None
            if wrong is None or not np.isfinite(np.asarray(wrong.output, dtype=float)).all():
                continue
            verdict = Marker(trace).check(written(wrong.output))
            if not verdict.correct:
                count.add(verdict, misconception.code)
        if count.answers:
            counts[misconception.code] = count
    return counts


def with_slip(trace: Trace, draw: Draw) -> list[Any]:
    """The right answer with one cell gone wrong: a digit, a sign, a term, a neighbour, or any number at all."""
    output = np.array(trace.output, dtype=np.float64)
    cell = int(draw.integers(output.size))
    index = tuple(int(i) for i in np.unravel_index(cell, output.shape))
    due = float(output[index])
    match int(draw.integers(5)):
        case 0:
            output[index] = -due
        case 1:
            output[index] = due + float(draw.choice([-1, 1])) * abs(float(trace.inputs["input"].flat[cell % trace.inputs["input"].size]))
        case 2:
            output[index] = float(output.flat[(cell + 1) % output.size])
        case 3:
            digits = f"{abs(due):.0f}"
            output[index] = np.copysign(float(digits[::-1]), due)
        case _:
            output[index] = float(draw.integers(-30, 31))
    listed: list[Any] = np.array(written(output)).tolist()
    return listed


def measure_slips(name: str, exercises: int, seed: int = 11) -> Count:
    """Random slips on one operation: what is named beside the slip itself is named wrongly."""
    draw, count = np.random.default_rng(seed), Count()
    while count.answers < exercises:
        trace = exercise(OPERATIONS[name], draw)
        verdict = Marker(trace).check(with_slip(trace, draw))
        if not verdict.correct:
            count.add(verdict, SLIP)
    return count


def measure_nonsense(name: str, exercises: int, seed: int = 13) -> Count:
    """Random numbers from the range of the right answer, in its size: whatever is named is named wrongly."""
    draw, count = np.random.default_rng(seed), Count()
    while count.answers < exercises:
        trace = exercise(OPERATIONS[name], draw)
        low, high = (round(float(f(trace.output))) for f in (np.min, np.max))
        verdict = Marker(trace).check(written(draw.integers(low, max(high, low + 1) + 1, trace.output.shape)))
        if not verdict.correct:
            count.add(verdict, "")
    return count


if __name__ == "__main__":
    n = int(sys.argv[1]) if len(sys.argv) > 1 else EXERCISES
    for name in OPERATIONS:
        print(name)
        for code, c in measure(name, n).items():
            flag = "" if c.named >= 0.97 * c.answers else "  <<<<<"
            print(f"   {code:32} {c.answers:4} named {c.named/c.answers:7.1%} alone {c.alone/c.answers:7.1%} other {c.other/c.answers:6.1%}{flag}")
        c = measure_slips(name, n*5)
        print(f"   {'slips':32} {c.answers:4} named {c.named/c.answers:7.1%} other {c.other/c.answers:6.2%}")
        c = measure_nonsense(name, n)
        print(f"   {'nonsense':32} {c.answers:4} other {c.other/c.answers:6.2%}")
