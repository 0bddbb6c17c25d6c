"""Two gradients side by side: where they differ, by how each was worked out."""

from __future__ import annotations

import pytest

import stepwise as sw


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
