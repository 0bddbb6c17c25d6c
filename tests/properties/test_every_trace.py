"""Any trace: its output is what loops written here give, and each step's own working comes out at the cell it is of."""

from __future__ import annotations

import itertools
import math
import re
import tempfile
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import stepwise as sw

untimed = settings(deadline=None)  # a busy machine is no mistake

Grid = list[list[Any]]
Lines = list[list[int | None]]  # for each window along an axis: the data line under each of its cells, None for padding


def lines(size: int, window: int, stride: int, dilation: int, before: int, after: int) -> Lines:
    """Every window that fits along a padded axis, by trying all starts."""
    line: list[int | None] = [None] * before + list(range(size)) + [None] * after
    span = (window - 1) * dilation + 1
    return [
        [line[start + k * dilation] for k in range(window)] for start in range(0, len(line) - span + 1, stride)
    ]  # fmt: skip


def same_lines(size: int, window: int, stride: int, dilation: int) -> Lines:
    """SAME: the least padding under which there are ⌈size / stride⌉ windows, the odd line after."""
    total = 0
    while len(found := lines(size, window, stride, dilation, total // 2, total - total // 2)) < -(-size // stride):
        total += 1
    return found[: -(-size // stride)]


@st.composite
def requests(draw: st.DrawFn, dilated: bool = False) -> tuple[str, list[Lines], Grid]:
    """The arguments of a Keras layer after its window, the windows they mean, and an image they fit."""
    height, width = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    window = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    stride = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    dilation = (1, 1)
    if dilated and draw(st.booleans()):
        stride, dilation = (1, 1), draw(st.tuples(st.integers(1, 2), st.integers(1, 2)))
    same = draw(st.booleans())
    sizes = list(zip((height, width), window, stride, dilation))
    found = [same_lines(*one) if same else lines(*one, 0, 0) for one in sizes]
    assume(all(found))
    row = st.lists(cells, min_size=width, max_size=width)
    image = draw(st.lists(row, min_size=height, max_size=height))
    words = f"{window}, strides={stride}, padding={'same' if same else 'valid'!r}"
    return words + (f", dilation_rate={dilation}" if dilation != (1, 1) else ""), found, image


# Integers and eighths: sums, products and halves of them are exact, in floats as on the page.
cells = st.integers(-9, 9) | st.integers(-40, 40).map(lambda n: n / 8)


def under(found: list[Lines], image: Grid, at: tuple[int, int]) -> Iterator[Any]:
    """What lies under the window at an output cell, in row-major order; None for padding."""
    rows, columns = found
    for i, j in itertools.product(rows[at[0]], columns[at[1]]):
        yield None if i is None or j is None else image[i][j]


def checked(trace: sw.Trace, expected: Callable[[tuple[int, int]], Fraction], shape: tuple[int, int]) -> None:
    """Output, verification, steps, formulas and the saved file all agree with the loops."""
    assert trace.output.shape == shape
    trace.verify()
    for index in np.ndindex(shape):
        due = expected(index)
        step = trace.step(index)
        assert float(trace.output[index]) == float(due)
        left, sign, right = re.split(r" (=|≈) ", str(step.formula))
        worked = worked_out(left)
        assert worked == due
        assert (sign == "=") == (worked == worked_out(right))
        assert abs(worked_out(right) - due) <= Fraction(1, 1000)
    read_back(trace)


def read_back(trace: sw.Trace) -> None:
    with tempfile.TemporaryDirectory() as folder:
        trace.save(Path(folder) / "t.json")
        again = sw.load(Path(folder) / "t.json")
    assert again.output.tobytes() == trace.output.tobytes()
    assert again.to_data() == trace.to_data()


def worked_out(written: str) -> Fraction:
    """A formula's text by Python's fractions."""
    exact = re.sub(r"\d+(\.\d+)?(e-?\d+)?", lambda found: f"F('{found[0]}')", written.replace("·", "*"))
    known = {"F": Fraction, "max": lambda *numbers: max(numbers), "__builtins__": {}}
    return Fraction(eval(exact.replace("^", "**"), known))


@untimed
@given(requests())
def test_max_pooling(request: tuple[str, list[Lines], Grid]) -> None:
    words, found, image = request
    trace = sw.trace(f"MaxPool2D({words})", image)
    shape = (len(found[0]), len(found[1]))

    def largest(at: tuple[int, int]) -> Fraction:
        return Fraction(max(x for x in under(found, image, at) if x is not None))

    checked(trace, largest, shape)
    for index in np.ndindex(shape):
        winner, step = trace.step(index).winner, trace.step(index)
        assert winner is not None
        assert winner == next(tap for tap in step.taps if not tap.is_padding and tap.value == step.result)
        assert [None if tap.is_padding else tap.value for tap in step.taps] == list(under(found, image, index))


@untimed
@given(requests())
def test_average_pooling(request: tuple[str, list[Lines], Grid]) -> None:
    words, found, image = request
    trace = sw.trace(f"AveragePooling2D({words})", image)

    def mean(at: tuple[int, int]) -> Fraction:
        data = [Fraction(x) for x in under(found, image, at) if x is not None]
        return sum(data, Fraction(0)) / len(data)

    shape = (len(found[0]), len(found[1]))
    assert trace.output.shape == shape
    trace.verify()
    for index in np.ndindex(shape):
        assert math.isclose(trace.output[index], mean(index), rel_tol=1e-12, abs_tol=1e-12)
        left, _sign, right = re.split(r" (=|≈) ", str(trace.step(index).formula))
        assert worked_out(left) == mean(index)
        assert abs(worked_out(right) - mean(index)) <= Fraction(1, 1000)
    read_back(trace)


@untimed
@given(requests(dilated=True), st.data())
def test_convolution(request: tuple[str, list[Lines], Grid], data: st.DataObject) -> None:
    words, found, image = request
    window = len(found[0][0]), len(found[1][0])
    row = st.lists(st.integers(-5, 5), min_size=window[1], max_size=window[1])
    kernel = data.draw(st.lists(row, min_size=window[0], max_size=window[0]))
    bias = data.draw(st.integers(-9, 9))
    trace = sw.trace(f"Conv2D(1, {words})", image, kernel=kernel, bias=bias)
    weights = [weight for line in kernel for weight in line]

    def total(at: tuple[int, int]) -> Fraction:
        pairs = zip(under(found, image, at), weights)
        return sum((Fraction(x) * w for x, w in pairs if x is not None), Fraction(bias))

    checked(trace, total, (len(found[0]), len(found[1])))
    for step in trace.steps:
        assert [tap.weight for tap in step.taps] == weights
        for tap in step.taps:
            assert tap.weight_index is not None
            assert kernel[tap.weight_index[0]][tap.weight_index[1]] == tap.weight


@settings(max_examples=40, deadline=None)
@given(
    groups=st.integers(1, 2), per_group=st.integers(1, 2), filters=st.integers(1, 2), images=st.integers(1, 2),
    size=st.integers(2, 4), last=st.booleans(), seed=st.integers(0, 10**6),
)  # fmt: skip
def test_convolution_of_channels_and_groups(
    groups: int, per_group: int, filters: int, images: int, size: int, last: bool, seed: int
) -> None:
    chance = np.random.default_rng(seed)
    channels, out = groups * per_group, groups * filters
    x = chance.integers(-5, 6, (images, size, size, channels))
    kernel = chance.integers(-3, 4, (2, 2, per_group, out))
    bias = chance.integers(-9, 9, out)
    order = "channels_last" if last else "channels_first"
    given = x if last else np.moveaxis(x, -1, 1)
    trace = sw.trace(
        f"Conv2D({out}, 2, groups={groups}, data_format={order!r})", given, weights=[{"kernel": kernel, "bias": bias}]
    )
    trace.verify()
    for n, i, j, f in np.ndindex(images, size - 1, size - 1, out):
        first = f // filters * per_group
        due = int(bias[f]) + sum(
            int(x[n, i + k, j + m, first + c]) * int(kernel[k, m, c, f])
            for k, m, c in np.ndindex(2, 2, per_group)
        )  # fmt: skip
        index = (n, i, j, f) if last else (n, f, i, j)
        step = trace.step(index)
        assert trace.output[index] == due
        assert worked_out(str(step.formula).split(" = ")[0]) == due
        for tap in step.taps:
            assert isinstance(tap.source, tuple)
            assert given[tap.source] == tap.value
    read_back(trace)


@untimed
@given(
    st.lists(st.lists(cells, min_size=5, max_size=5), min_size=4, max_size=4),
    st.tuples(st.integers(2, 3), st.integers(1, 3), st.integers(0, 1)), st.booleans(),
)  # fmt: skip
def test_a_mean_that_counts_its_padding(image: Grid, asked: tuple[int, int, int], counted: bool) -> None:
    window, stride, padding = asked
    trace = sw.trace(f"nn.AvgPool2d({window}, {stride}, {padding}, count_include_pad={counted})", image)
    found = [lines(size, window, stride, 1, padding, padding) for size in (4, 5)]
    trace.verify()
    for index in np.ndindex(trace.output.shape):
        everything = list(under(found, image, index))
        data = [Fraction(x) for x in everything if x is not None]
        mean = sum(data, Fraction(0)) / (len(everything) if counted else len(data))
        assert math.isclose(trace.output[index], mean, rel_tol=1e-12, abs_tol=1e-12)
        assert worked_out(re.split(" [=≈] ", str(trace.step(index).formula))[0]) == mean


@untimed
@given(st.lists(st.lists(cells, min_size=3, max_size=3), min_size=1, max_size=3), st.integers(1, 3), st.integers(1, 3))
def test_a_transposed_convolution_spreads_what_it_is_given(image: Grid, window: int, stride: int) -> None:
    kernel = [[i * window + j - 2 for j in range(window)] for i in range(window)]
    trace = sw.trace(f"nn.ConvTranspose2d(1, 1, {window}, stride={stride})", image, kernel=kernel, bias=1)
    height, width = (len(image) - 1) * stride + window, 2 * stride + window
    due = [[Fraction(1)] * width for _ in range(height)]
    for i, j in itertools.product(range(len(image)), range(3)):
        for k, m in itertools.product(range(window), range(window)):
            due[i * stride + k][j * stride + m] += Fraction(image[i][j]) * kernel[k][m]
    checked(trace, lambda at: due[at[0]][at[1]], (height, width))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(cells, min_size=4, max_size=4), min_size=4, max_size=4))
def test_a_chain_verifies_and_every_cell_is_told_once(image: Grid) -> None:
    trace = sw.trace(["Conv2D(2, 2, padding='same')", "ReLU()", "AveragePooling2D(2)", "Flatten()", "Dense(2)"], image)
    trace.verify()
    read_back(trace)
    assert [step.index for step in trace.steps] == list(np.ndindex(trace.output.shape))
