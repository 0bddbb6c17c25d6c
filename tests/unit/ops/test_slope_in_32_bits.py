"""TensorFlow keeps the slope of a leaky ReLU in 32 bits, of 64-bit numbers, too, there and back.

Here it is the number that was written: 0.1. The facts differ by the rounding of 0.1, and by nothing else.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import stepwise as sw
from tools.conformance import packed

CASES = [case for case in packed("pairs_keras") if case["op"] == "LeakyReLU"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_the_slope_is_the_only_difference(case: dict[str, Any]) -> None:
    slope = case["params"]["negative_slope"]
    [due] = case["grads"].values()
    upstream = np.array(case["grad_output"])
    written, kept = (
        sw.trace(f"keras.layers.LeakyReLU(negative_slope={one!r})", np.array(case["input"]))
        for one in (slope, float(np.float32(slope)))
    )
    assert np.allclose(kept.output, case["output"], rtol=0, atol=6e-11)  # facts have ten decimals
    assert np.allclose(kept.backward(upstream)["input"].output, due, rtol=0, atol=6e-11)
    assert np.allclose(written.backward(upstream)["input"].output, due, rtol=3e-8, atol=0)
    below = np.array(case["input"]) < 0
    assert np.allclose(written.backward(upstream)["input"].output[below], slope * upstream[below], rtol=1e-15, atol=0)


def test_there_are_such_cases() -> None:
    assert len(CASES) >= 2
