"""A maximum's gradient, sent back for all windows at once, beside the same step by step."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepwise.dialects import keras, torch
from stepwise.ops import MaxPool, routing, windows
from stepwise.traces.trace import Trace


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
    alike_one_by_one(trace, random, cached)


@pytest.mark.parametrize("cached", [1, windows.CACHED_BYTES])
@settings(max_examples=40, deadline=None)
@given(
    sizes=st.tuples(st.integers(1, 3), st.integers(3, 7), st.integers(3, 7), st.integers(1, 3)),
    window=st.integers(1, 7),
    stride=st.integers(1, 3),
    padding=st.sampled_from(["same", "valid"]),
    seed=st.integers(0, 2**16),
)
def test_channels_last_and_windows_as_large_as_the_image(
    cached: int, sizes: tuple[int, int, int, int], window: int, stride: int, padding: str, seed: int
) -> None:
    random = np.random.default_rng(seed)
    x = random.integers(-2, 3, sizes).astype(np.float32)
    if padding == "valid" and window > min(sizes[1:3]):
        return
    alike_one_by_one(keras.layers.MaxPool2D(window, stride, padding)(x), random, cached)


@pytest.mark.parametrize("dialect", ["torch", "keras"])
@pytest.mark.parametrize("strange", [None, np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("outputs", [(1, 1), (2, 3), (3, 2)])
def test_windows_of_several_sizes(dialect: str, strange: float | None, outputs: tuple[int, int]) -> None:
    random = np.random.default_rng(1)
    x = random.integers(-2, 3, (2, 5, 7, 3)).astype(np.float32)
    if strange is not None:
        x[0, 0, 1, 2] = x[1, 4, 3, 0] = strange
    if dialect == "torch":
        x = np.ascontiguousarray(np.moveaxis(x, -1, 1))
    pool = torch.nn.AdaptiveMaxPool2d if dialect == "torch" else keras.layers.AdaptiveMaxPooling2D
    alike_one_by_one(pool(outputs)(x), random, windows.CACHED_BYTES)


def alike_one_by_one(trace: Trace, random: np.random.Generator, cached: int) -> None:
    """As step by step, in planes of the fewest and of the most; what comes back may be infinite."""
    back = random.integers(-9, 10, trace.shape).astype(np.float32)
    back[random.random(trace.shape) < 0.05] = np.inf
    operation = trace.layer.operation
    assert isinstance(operation, MaxPool)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(routing, "CACHED_BYTES", cached)
        found = operation.gradient(trace, "input", back)
    assert found.dtype == np.float32
    assert found.tolist() == operation.one_by_one(trace, back).tolist()
