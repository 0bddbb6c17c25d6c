"""Any geometry: every window lies where the definition puts it, found here by walking along a padded line."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepwise.errors import ShapeError
from stepwise.geometry import Adaptive, AxisGeometry, Sliding, Transposed, decide
from stepwise.traces.replay import check_geometry

untimed = settings(deadline=None)  # a busy machine is no mistake

sizes = st.integers(1, 12)
windows = st.integers(1, 5)
steps = st.integers(1, 4)
pads = st.tuples(st.integers(0, 4), st.integers(0, 4))


def covered(line: list[int], window: int, stride: int, dilation: int) -> list[list[int]]:
    """The cells under every window that fits into a line, by trying every start."""
    found = []
    for start in range(0, len(line), stride):
        cells = [start + k * dilation for k in range(window)]
        if cells[-1] < len(line):
            found.append([line[cell] for cell in cells])
    return found


def told(axis: AxisGeometry) -> list[list[int | None]]:
    return [list(axis.positions(i)) for i in range(axis.output)]


@untimed
@given(sizes, windows, steps, steps)
def test_valid_is_every_window_that_fits(size: int, window: int, stride: int, dilation: int) -> None:
    expected = covered(list(range(size)), window, stride, dilation)
    if not expected:
        with pytest.raises(ShapeError):
            decide("valid", size, window, stride, dilation)
        return
    axis = AxisGeometry("width", decide("valid", size, window, stride, dilation))
    assert told(axis) == expected
    assert (axis.padding.before, axis.padding.after) == (0, 0)
    touched = {cell for cells in expected for cell in cells}
    assert axis.uncovered == tuple(cell for cell in range(size) if cell not in touched)
    assert axis.counts == (window,) * axis.output


@untimed
@given(sizes, windows, steps, steps, st.sampled_from(["same_upper", "same_lower"]))
def test_same_is_the_least_padding_that_gives_a_window_for_every_stride(
    size: int, window: int, stride: int, dilation: int, rule: Any
) -> None:
    axis = AxisGeometry("width", decide(rule, size, window, stride, dilation))
    wanted = math.ceil(size / stride)
    total = 0
    while len(covered([0] * (size + total), window, stride, dilation)) < wanted:
        total += 1
    decision = axis.padding
    assert (axis.output, decision.total) == (wanted, total)
    assert abs(decision.before - decision.after) <= 1
    assert (decision.after >= decision.before) if rule == "same_upper" else (decision.before >= decision.after)
    line = list(range(-decision.before, size + decision.after))
    assert told(axis) == covered(line, window, stride, dilation)[:wanted]


@untimed
@given(sizes, windows, steps, steps, pads)
def test_explicit_padding_is_a_longer_line(
    size: int, window: int, stride: int, dilation: int, given: tuple[int, int]
) -> None:
    expected = covered(list(range(-given[0], size + given[1])), window, stride, dilation)
    if not expected:
        with pytest.raises(ShapeError):
            decide("explicit", size, window, stride, dilation, given)
        return
    axis = AxisGeometry("width", decide("explicit", size, window, stride, dilation, given))
    assert told(axis) == expected
    for i, cells in enumerate(expected):
        assert axis.counts[i] == sum(0 <= cell < size for cell in cells)
        assert ("before" in axis.sides(i)) == (cells[0] < 0)
        assert ("after" in axis.sides(i)) == (cells[-1] >= size)
    touched = {cell for cells in expected for cell in cells}
    assert axis.uncovered == tuple(cell for cell in range(size) if cell not in touched)


@untimed
@given(sizes, windows, steps, steps, pads)
def test_ceil_slides_on_while_cells_are_left_over(
    size: int, window: int, stride: int, dilation: int, given: tuple[int, int]
) -> None:
    floor = covered(list(range(-given[0], size + given[1])), window, stride, dilation)
    if not floor:
        return
    axis = AxisGeometry("width", decide("explicit", size, window, stride, dilation, given, ceil=True))
    span = (window - 1) * dilation + 1
    starts = [cells[0] for cells in floor]
    while starts[-1] + span < size + given[1]:  # something is left over …
        starts.append(starts[-1] + stride)
    if starts[-1] >= size:  # … but the last window must not begin in the padding
        starts.pop()
    expected = [[start + k * dilation for k in range(window)] for start in starts]
    assert told(axis) == expected
    edge = size + given[1]
    assert axis.padded_counts == tuple(sum(-given[0] <= cell < edge for cell in cells) for cells in expected)
    assert axis.padding.overhang == max(0, expected[-1][-1] + 1 - edge)


@untimed
@given(
    sizes, windows, steps, steps, pads, st.booleans(), st.booleans(),
    st.sampled_from(["valid", "same_upper", "same_lower", "explicit", "causal"]),
)  # fmt: skip
def test_the_formulas_and_the_sliding_by_hand_agree(
    size: int, window: int, stride: int, dilation: int, given: tuple[int, int], ceil: bool, lenient: bool, rule: Any
) -> None:
    request = Sliding((window,), (stride,), rule, (dilation,), (given,), ceil, lenient)
    try:
        geometry = request.plan((size,))
    except ShapeError:
        return
    [rows] = check_geometry(request, geometry, (size,))
    assert len(rows) == geometry.axes[0].output


@untimed
@given(sizes, windows, steps, steps, pads, st.booleans())
def test_where_each_cell_of_the_window_finds_data(
    size: int, window: int, stride: int, dilation: int, given: tuple[int, int], ceil: bool
) -> None:
    if size + sum(given) < (window - 1) * dilation + 1:
        return
    axis = AxisGeometry("width", decide("explicit", size, window, stride, dilation, given, ceil))
    for offset in range(window):
        at, cells = axis.reached(offset)
        pairs = list(zip(range(axis.output)[at], range(size)[cells], strict=True))
        everything = [(i, axis.positions(i)[offset]) for i in range(axis.output)]
        assert pairs == [(i, cell) for i, cell in everything if cell is not None and 0 <= cell < size]


@untimed
@given(sizes, st.integers(1, 12))
def test_adaptive_windows_share_out_the_data(size: int, output: int) -> None:
    [axis] = Adaptive((output,)).plan((size,)).axes
    for i in range(output):
        share = (i * size / output, (i + 1) * size / output)
        cells = [c for c in range(size) if c + 1 > share[0] + 1e-9 and c < share[1] - 1e-9]
        assert list(axis.positions(i)) == cells
    assert axis.window == max(axis.counts)
    assert axis.uncovered == ()


@untimed
@given(sizes, windows, steps, steps, pads)
def test_transposed_windows_are_where_the_kernel_was_laid_down(
    size: int, window: int, stride: int, dilation: int, cut: tuple[int, int]
) -> None:
    full = (size - 1) * stride + (window - 1) * dilation + 1
    request = Transposed((window,), (stride,), (dilation,), (cut,))
    if full - sum(cut) < 1:
        with pytest.raises(ShapeError):
            request.plan((size,))
        return
    [axis] = request.plan((size,)).axes
    assert axis.output == full - sum(cut)
    landed: dict[tuple[int, int], int] = {}
    for cell in range(size):
        for k in range(window):
            landed[cell * stride + k * dilation - cut[0], k] = cell
    for i in range(axis.output):
        met = [p if axis.holds(p) else None for p in axis.positions(i)]
        assert met == [landed.get((i, k)) for k in range(window)]
    for k in range(window):
        outputs, inputs = axis.reached(k)
        pairs = sorted(zip(range(axis.output)[outputs], range(size)[inputs], strict=True))
        assert pairs == sorted((i, cell) for (i, kk), cell in landed.items() if kk == k and 0 <= i < axis.output)


@untimed
@given(st.lists(st.tuples(sizes, windows, steps), min_size=1, max_size=3))
def test_axes_are_independent_of_each_other(axes: list[tuple[int, int, int]]) -> None:
    all_sizes, all_windows, all_steps = (tuple(column) for column in zip(*axes))
    together = Sliding(all_windows, all_steps, "same_upper").plan(all_sizes)
    for axis, (size, window, stride) in zip(together.axes, axes):
        assert axis.padding == decide("same_upper", size, window, stride)
