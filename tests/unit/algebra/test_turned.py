"""A convolution's gradient, worked out as one correlation, is the gradient: of its input, and of its kernel."""

from __future__ import annotations

import random

import numpy as np
import pytest

import stepwise as sw
from stepwise.algebra.turned import as_correlation, same_numbers
from stepwise.errors import StepwiseError


def drawn(seed: int) -> tuple[str, sw.Trace] | None:
    """A convolution or a transposed one with options crossed; None where they do not fit."""
    draw = random.Random(seed)
    given = draw.choice([1, 1, 2, 4])
    groups = draw.choice([1, given])
    made = groups * draw.randint(1, 2)
    dimensions = draw.choice([1, 2, 2])
    name = draw.choice(["nn.Conv", "nn.ConvTranspose"])
    options = f"stride={draw.randint(1, 3)}, padding={draw.randint(0, 3)}, dilation={draw.randint(1, 2)}"
    call = f"{name}{dimensions}d({given}, {made}, {draw.randint(1, 3)}, {options}, groups={groups})"
    numbers = np.random.default_rng(seed)
    x = numbers.integers(-3, 4, (given, *(draw.randint(1, 6) for _ in range(dimensions)))).astype(float)
    try:
        return call, sw.trace(call, x)
    except StepwiseError:
        return None


@pytest.mark.parametrize("first", range(0, 400, 100))
def test_sliding_gives_what_gathering_gives(first: int) -> None:
    tried = 0
    for seed in range(first, first + 100):
        if (found := drawn(seed)) is None:
            continue
        call, trace = found
        back = np.random.default_rng(seed).integers(-3, 4, trace.shape).astype(float)
        gradients = trace.backward(back)
        for name in ("input", "weight"):
            correlation = as_correlation(gradients[name])
            if correlation is None:
                continue
            correlation.verify()
            assert same_numbers(gradients[name], correlation), call
            tried += 1
    assert tried > 60


def test_the_kernel_is_turned_and_the_stride_put_between() -> None:
    trace = sw.trace("nn.Conv2d(1, 1, 2, stride=2)", np.eye(4), kernel=[[1, 2], [3, 4]])
    found = as_correlation(trace.backward([[5, 6], [7, 8]])["input"])
    assert found is not None
    assert found.inputs["kernel"].reshape(2, 2).tolist() == [[4, 3], [2, 1]]
    assert found.inputs["input"].tolist() == [[5, 0, 6], [0, 0, 0], [7, 0, 8]]
    assert [axis.padding.before for axis in found.geometry.axes] == [1, 1]
    assert found.output.tolist() == [[5, 10, 6, 12], [15, 20, 18, 24], [7, 14, 8, 16], [21, 28, 24, 32]]


def test_a_kernel_that_is_not_turned_is_told_apart() -> None:
    trace = sw.trace("nn.Conv2d(1, 1, 2)", np.arange(9.0).reshape(3, 3), kernel=[[1, 2], [3, 4]])
    gradient = trace.backward([[1, 0], [0, 2]])["input"]
    other = sw.trace("nn.Conv2d(1, 1, 2, padding=1)", [[1, 0], [0, 2]], kernel=[[1, 2], [3, 4]])
    assert not same_numbers(gradient, other)


@pytest.mark.parametrize("call", ["nn.ReLU()", "nn.MaxPool2d(2)"])
def test_nothing_but_a_convolution_is_one(call: str) -> None:
    trace = sw.trace(call, np.arange(4.0).reshape(1, 2, 2))
    assert as_correlation(trace.backward(np.ones(trace.shape))["input"]) is None
