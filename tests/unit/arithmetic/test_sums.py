"""Norms of numbers whose squares are beyond every decimal are told, not refused by Python's own power."""

from __future__ import annotations

import math

import pytest

import stepwise as sw

NORMS = ("LayerNormalization()", "GroupNormalization(1)", "nn.LayerNorm(2)", "nn.InstanceNorm1d(1)")


@pytest.mark.parametrize("call", NORMS)
@pytest.mark.parametrize("data", [[[1e200, -1e200]], [[1e300, 1e308]], [[math.inf, 1.0]]], ids=["200", "300", "inf"])
def test_a_norm_of_numbers_beyond_decimals_is_told(call: str, data: list[list[float]]) -> None:
    trace = sw.trace(call, data)
    assert trace.lesson().html()
    trace.verify()
    trace.backward([[1.0, 2.0]])["input"].lesson().html()


@pytest.mark.parametrize("beta", [0.75, 3])
def test_a_response_of_numbers_beyond_decimals_is_told(beta: float) -> None:
    trace = sw.trace(f"F.local_response_norm(1, beta={beta})", [[[1e200, -1e200]]])
    assert trace.output.tolist() == [[[0, 0]]]
    assert "∞" in trace.lesson().text()
