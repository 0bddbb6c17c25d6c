"""A maximum's gradient, sent back for all windows at once, beside the same step by step."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepwise.dialects import torch
from stepwise.ops import MaxPool, max_pool, windows


@pytest.mark.parametrize("cached", [1, windows.CACHED_BYTES])
@settings(max_examples=40, deadline=None)
@given(
    sizes=st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(3, 7), st.integers(3, 7)),
    window=st.integers(1, 3),
    stride=st.integers(1, 3),
    dilation=st.integers(1, 2),
    ceil=st.booleans(),
    strange=st.sampled_from([None, np.nan, np.inf, -np.inf]),
    seed=st.integers(0, 2**16),
)
def test_ties_overlaps_and_strange_numbers(
    cached: int,
    sizes: tuple[int, int, int, int],
    window: int,
    stride: int,
    dilation: int,
    ceil: bool,
    strange: float | None,
    seed: int,
) -> None:
    random = np.random.default_rng(seed)
    x = random.integers(-2, 3, sizes).astype(np.float32)
    if strange is not None:
        x[0, 0, 1, random.integers(3)] = strange
    reach = (window - 1) * dilation + 1
    if reach > min(sizes[2:]):
        return
    trace = torch.nn.MaxPool2d(window, stride, window // 2, dilation, ceil_mode=ceil)(x)
    back = random.integers(-9, 10, trace.shape).astype(np.float32)
    operation = trace.layer.operation
    assert isinstance(operation, MaxPool)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(max_pool, "CACHED_BYTES", cached)
        found = operation.gradient(trace, "input", back)
    assert found.dtype == np.float32
    assert found.tolist() == operation.one_by_one(trace, back).tolist()
