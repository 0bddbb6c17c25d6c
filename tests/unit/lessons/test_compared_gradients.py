"""Two gradients side by side: where they differ, by how each was worked out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import stepwise as sw
from stepwise.analysis.backpropagation import Backward
from stepwise.lessons.gradient_causes import cause_of
from stepwise.render import FORMATS, encode


def test_the_same_upstream_gradient_through_two_layers() -> None:
    a, b = (sw.trace(call, "4 3; 2 1").backward([[4]])["input"] for call in ("MaxPool2D(2)", "AveragePooling2D(2)"))
    text = sw.compare(a, b).text()
    assert "4 of 4 cells differ." in text
    assert sw.compare(a, b).html().startswith("<!doctype html>")


def test_padding_that_counts_or_not_makes_the_difference() -> None:
    x, grad = [[4.0, 8], [2, 6]], [[1.0, 2], [3, 4]]
    counted = sw.trace("nn.AvgPool2d(2, padding=1)", x).backward(grad)["input"]
    alone = sw.trace("nn.AvgPool2d(2, padding=1, count_include_pad=False)", x).backward(grad)["input"]
    assert (counted.output.tolist(), alone.output.tolist()) == ([[0.25, 0.5], [0.75, 1]], [[1, 2], [3, 4]])
    assert "4 of 4 cells differ." in sw.compare(counted, alone).text()


def test_gradients_that_are_the_same_are_said_to_be() -> None:
    a, b = (sw.trace(call, "4 3; 2 1").backward([[4]])["input"] for call in ("MaxPool2D(2)", "nn.MaxPool2d(2)"))
    assert "Both gradients are the same in every cell." in sw.compare(a, b).text()


def test_other_upstream_gradients_are_refused() -> None:
    a, b = (sw.trace("MaxPool2D(2)", "4 3; 2 1").backward([[grad]])["input"] for grad in (4, 5))
    with pytest.raises(sw.StepwiseError, match="from the same upstream gradient"):
        sw.compare(a, b)


X, K = [[1.0, 2, 0], [3, 1, 2], [0, 4, 1]], [[1.0, 0], [2, -1]]


def led(call: Any, grad: Any, **given: Any) -> Backward:
    return sw.backward(sw.trace(call, X, **given), grad)


def told(a: Backward, b: Backward, **how: Any) -> str:
    return " ".join(sw.compare(a, b, **how).text().split())


def test_two_whole_ways_back_say_which_gradients_differ_and_why() -> None:
    valid = led("Conv2D(1, 2)", np.ones((2, 2)), kernel=K)
    same = led("Conv2D(1, 2, padding='same')", np.ones((3, 3)), kernel=K)
    text = told(valid, same)
    for name, symbol in (("bias", "dL/db"), ("kernel", "dL/dW"), ("input", "dL/dX")):
        one, two = valid.gradients[0][name].output, same.gradients[0][name].output
        assert f"1 {symbol} ({name}) {int((one != two).sum())} of {one.size} cells" in text
    assert "Side by side" in text  # the way there
    # The last column lies in one window of each row without padding, and in two with it.
    assert "5 cells differ by overlap: they contribute to another number of output cells." in text
    assert "For example, (0, 2) contributes to 1 in VALID and to 2 in SAME." in text
    assert "What decides it in the forward pass is the padding rule." in text


def test_each_cause_is_what_differs_of_the_sum() -> None:
    """By hand: a dilated kernel meets other cells, a leaky gate has another slope, another gradient is another one."""
    x = [[1.0, -2.0, 3.0, -4.0]]
    pairs = {
        "overlap": [
            led("AveragePooling2D(2, strides=1)", np.ones((2, 2))),
            led("AveragePooling2D(2)", np.ones((1, 1))),
        ],
        "factors": [sw.backward(sw.trace(c, x), np.ones((1, 4))) for c in ("LeakyReLU()", "nn.LeakyReLU(0.5)")],
        "upstream": [sw.backward(sw.trace("ReLU()", x), np.full((1, 4), g)) for g in (1, 2)],
    }
    for cause, both in pairs.items():
        one, two = (back.gradients[0]["input"] for back in both)
        differing = [(a, b) for a, b in zip(one.steps, two.steps) if a.result != b.result]
        assert differing
        assert {cause_of(a, b) for a, b in differing} == {cause}, cause
    dense, wide = (led(f"Conv2D(1, 2, dilation_rate={d}, padding='same')", np.eye(3), kernel=K) for d in (1, 2))
    found = [(a, b) for a, b in zip(dense.input.steps, wide.input.steps) if a.result != b.result]
    assert {cause_of(a, b) for a, b in found} == {"geometry", "overlap"}
    text = told(dense, wide)
    assert "by geometry:" in text
    assert "by its factors:" in told(*pairs["factors"]) or "by their factors:" in told(*pairs["factors"])
    assert "because other upstream gradients come back" in told(*pairs["upstream"])


def test_chains_are_paired_layer_by_layer() -> None:
    one = led(["Conv2D(1, 2)", "ReLU()", "Flatten()", "Dense(2)"], [[1.0, -1]], seed=3)
    two = led(["Conv2D(1, 2)", "Flatten()", "Dense(2)"], [[1.0, -1]], seed=3)
    text = told(one, two)
    assert "2 input only in" in text
    assert "4 dL/dW (kernel)" in text
    alone = told(one, two, wanted=["bias"])
    assert "dL/dW" not in alone


def test_ways_back_that_are_the_same_are_said_to_be_in_every_format() -> None:
    one, two = (led("Conv2D(1, 2)", np.ones((2, 2)), kernel=K) for _ in range(2))
    assert "Every gradient is the same in both." in told(one, two)
    lesson = sw.compare(one, led("Conv2D(1, 2, strides=2)", [[1.0]], kernel=K))
    for suffix in set(FORMATS) - {"npy"}:
        assert encode(lesson, suffix), suffix
    with pytest.raises(sw.StepwiseError, match=r"6 answers, and a \.npy file holds one array"):
        encode(lesson, "npy")


def test_a_way_back_is_not_compared_with_a_trace() -> None:
    back = led("MaxPool2D(2)", [[1.0]])
    with pytest.raises(sw.StepwiseError, match="two traces, or two backward passes, not one of each"):
        sw.compare(back, back.trace)
    with pytest.raises(sw.StepwiseError, match="there is no gradient for 'weight' here"):
        sw.compare(back, back, wanted=["weight"])
