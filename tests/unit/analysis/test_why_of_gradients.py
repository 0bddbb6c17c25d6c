"""“Why?” of a gradient: what each number of the upstream gradient contributed adds up to it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import stepwise as sw

X = [[1, 2, 0, 3], [3, 3, 1, 0], [0, 2, 1, 5], [2, 1, 4, 1]]
CALLS: dict[str, dict[str, Any]] = {
    "Conv2D(1, 2, strides=2)": {"kernel": [[1, 0], [2, -1]]},
    "Conv2DTranspose(1, 2, strides=2)": {"kernel": [[1, 0], [2, -1]]},
    "MaxPool2D(2, strides=1)": {},
    "AveragePooling2D(2, strides=1, padding='same')": {},
    "keras.layers.ReLU()": {},
    "keras.layers.Flatten()": {},
    "BatchNormalization()": {},
    "Dense(2)": {"kernel": [[1, 0], [2, -1], [0, 1], [1, 1]]},
}


@pytest.mark.parametrize("call", CALLS)
def test_what_each_upstream_number_contributed_adds_up(call: str) -> None:
    trace = sw.trace(call, X, **CALLS[call])
    upstream = np.arange(1.0, trace.output.size + 1).reshape(trace.shape)
    for gradient in sw.backward(trace, upstream).gradients[0].values():
        steps = list(gradient.steps)
        for step in (steps[0], steps[len(steps) // 2], steps[-1]):
            why = gradient.why(step.index)
            assert sum(share.amount for share in why.shares) == pytest.approx(float(step.result))
            assert why.lesson().text()


@pytest.mark.parametrize("call", [call for call in CALLS if "Batch" not in call])
def test_it_touches_what_changes_with_it(call: str) -> None:
    trace = sw.trace(call, X, **CALLS[call])
    upstream = np.ones(trace.shape)
    gradient = sw.backward(trace, upstream).input
    at = tuple(n // 2 for n in trace.shape)
    upstream[at] = 2
    changed = sw.backward(trace, upstream).input.output != gradient.output
    [(_layer, touched)] = gradient.touched(at).layers
    assert touched[changed].all()
    assert touched.sum() < touched.size or changed.all()
