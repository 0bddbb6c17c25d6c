"""Operations on a single number, which has no axes: NumPy makes no array of what it gives for one."""

from __future__ import annotations

from contextlib import suppress

import pytest

import stepwise as sw
from stepwise.marking.wrong import wrong_results
from stepwise.render import encode

CALLS = [
    "ReLU()",
    "ReLU(max_value=6)",
    "ReLU(max_value=2.5)",
    "ReLU(negative_slope=0.1)",
    "LeakyReLU()",
    "ELU()",
    "SELU()",
    "Sigmoid()",
    "nn.GELU()",
    "nn.Hardtanh()",
    "nn.Hardsigmoid()",
    "nn.Hardswish()",
    "nn.Softplus()",
    "nn.Softsign()",
    "nn.SiLU()",
    "nn.Mish()",
    "nn.LogSigmoid()",
    "nn.PReLU()",
    "nn.Dropout()",
]
NUMBERS: tuple[object, ...] = (0, 9, -3, 0.5, "1/2")


@pytest.mark.parametrize("call", CALLS)
def test_a_single_number_is_carried_out_checked_marked_and_led_back(call: str) -> None:
    done = 0
    for number in NUMBERS:
        try:
            trace = sw.trace(["GlobalMaxPool2D()", call], [[number]])
        except sw.StepwiseError:
            continue  # decimals only
        trace.verify()
        encode(trace.lesson(), "md")
        wrong_results(trace)
        with suppress(sw.StepwiseError):  # a jump in exact numbers
            sw.backward(trace, 1)
        done += 1
    assert done >= 4
