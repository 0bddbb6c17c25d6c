"""Padding decisions, axes and requests, on examples from the frameworks' own documentation and papers."""

from __future__ import annotations

from typing import Any

import pytest

from stepwise.errors import CallError, LimitError, ShapeError
from stepwise.geometry import (
    Adaptive,
    AdaptiveAxis,
    AxisGeometry,
    Geometry,
    Sliding,
    Transposed,
    TransposedAxis,
    Whole,
    axis_for,
    axis_names,
    decide,
)


@pytest.mark.parametrize(
    ("rule", "size", "window", "stride", "output", "before", "after"),
    [
        ("same_upper", 2, 2, 1, 2, 0, 1),
        ("same_lower", 2, 2, 1, 2, 1, 0),
        ("same_upper", 4, 3, 2, 2, 0, 1),
        ("same_lower", 4, 3, 2, 2, 1, 0),
        ("same_upper", 5, 3, 1, 5, 1, 1),
        ("same_upper", 13, 6, 5, 3, 1, 2),  # TensorFlow's "Notes on padding": 1 on the left, 2 on the right
        ("same_upper", 224, 7, 2, 112, 2, 3),  # ResNet's first layer
        ("same_upper", 5, 2, 3, 2, 0, 0),
        ("same_upper", 1, 5, 1, 1, 2, 2),
        ("valid", 13, 6, 5, 2, 0, 0),  # TensorFlow's "Notes on padding": 12 and 13 are dropped
        ("valid", 28, 5, 1, 24, 0, 0),
        ("valid", 5, 2, 2, 2, 0, 0),
        ("causal", 5, 3, 1, 5, 2, 0),
    ],
)
def test_decisions(rule: Any, size: int, window: int, stride: int, output: int, before: int, after: int) -> None:
    decision = decide(rule, size, window, stride)
    assert (decision.output, decision.before, decision.after, decision.total) == (output, before, after, before + after)


def test_valid_names_what_is_never_covered() -> None:
    assert AxisGeometry("width", decide("valid", 13, 6, 5)).uncovered == (11, 12)
    assert AxisGeometry("width", decide("same_upper", 5, 2, 3)).uncovered == (2,)


def test_dilation_spreads_the_window() -> None:
    decision = decide("same_upper", size=7, window=3, stride=1, dilation=2)
    assert (decision.span, decision.total, decision.before, decision.after) == (5, 4, 2, 2)
    assert AxisGeometry("width", decision).positions(0) == (-2, 0, 2)


@pytest.mark.parametrize(
    ("arguments", "sizes", "total"),
    [
        (("same_upper", 2, 2, 1), "⌈2 / 1⌉ = 2", "(2 - 1)·1 + 2 - 2 = 1"),
        (("same_upper", 5, 2, 3), "⌈5 / 3⌉ = 2", "(2 - 1)·3 + 2 - 5 = 0"),
        (("same_upper", 4, 1, 3), "⌈4 / 3⌉ = 2", "(2 - 1)·3 + 1 - 4 = 0"),
        (("same_upper", 6, 1, 4), "⌈6 / 4⌉ = 2", "max((2 - 1)·4 + 1 - 6, 0) = 0"),
        (("valid", 5, 2, 2), "⌊(5 - 2) / 2⌋ + 1 = 2", "0 = 0"),
        (("explicit", 5, 3, 2, 1, (1, 1)), "⌊(5 + 2 - 3) / 2⌋ + 1 = 3", "1 + 1 = 2"),
        (("explicit", 5, 2, 2, 1, (0, 0), True), "⌈(5 - 2) / 2⌉ + 1 = 3", "0 + 0 = 0"),
        (("explicit", 3, 2, 2, 1, (1, 1), True), "⌈(3 + 2 - 2) / 2⌉ + 1 - 1 = 2", "1 + 1 = 2"),
        (("causal", 5, 3, 1, 2), "⌊(5 + 4 - 5) / 1⌋ + 1 = 5", "(3 - 1)·2 = 4"),
    ],
)
def test_the_working_is_true(arguments: Any, sizes: str, total: str) -> None:
    decision = decide(*arguments)
    assert str(decision.output_formula) == sizes
    assert str(decision.formula) == total


def test_reasons_in_words() -> None:
    assert decide("valid", 5, 2, 1).reason == "VALID adds no padding: every window stays inside the data."
    assert (
        "cannot be halved, so the extra line goes after the data: 0 before, 1 after"
        in decide("same_upper", 2, 2, 1).reason
    )
    assert "the extra line goes before the data: 1 before, 0 after" in decide("same_lower", 2, 2, 1).reason
    assert "An even total is halved: 1 before, 1 after" in decide("same_upper", 5, 3, 1).reason
    assert "their windows fit without padding" in decide("same_upper", 4, 2, 2).reason
    assert decide("explicit", 5, 2, 1, 1, (1, 3)).reason == "The call asks for 1 before and 3 after."


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("valid", 2, 3, 1), "a window of 3 does not fit into 2 under VALID"),
        (("valid", 4, 3, 1, 2), "(dilated to span 5)"),
        (("explicit", 2, 5, 1, 1, (1, 1)), "does not fit into 2 cells with 2 of padding"),
    ],
)
def test_a_window_that_does_not_fit_is_told(arguments: Any, told: str) -> None:
    with pytest.raises(ShapeError) as caught:
        decide(*arguments)
    assert told in str(caught.value)


def test_ceil_mode() -> None:
    axis = AxisGeometry("width", decide("explicit", 5, 2, 2, ceil=True))
    assert [axis.positions(i) for i in range(axis.output)] == [(0, 1), (2, 3), (4, 5)]
    assert (axis.counts, axis.padded_counts, axis.padding.overhang, axis.drawn) == ((2, 2, 1), (2, 2, 1), 1, (0, 6))
    assert axis.sides(2) == ("after",)


def test_a_window_that_lacks_less_than_a_stride() -> None:
    assert decide("explicit", 2, 3, 2, lenient=True).output == 1
    with pytest.raises(ShapeError):
        decide("explicit", 2, 4, 2, lenient=True)


def test_an_axis_by_hand() -> None:
    axis = AxisGeometry("width", decide("same_upper", 5, 3, 2))
    assert (axis.output, axis.padding.before, axis.padding.after) == (3, 1, 1)
    assert [axis.positions(i) for i in range(3)] == [(-1, 0, 1), (1, 2, 3), (3, 4, 5)]
    assert [axis.frame(i) for i in range(3)] == [(-1, 2), (1, 4), (3, 6)]
    assert [axis.sides(i) for i in range(3)] == [("before",), (), ("after",)]
    assert axis.counts == (2, 3, 2)
    assert axis.padded_counts == (3, 3, 3)
    assert [axis.holds(p) for p in (-1, 0, 4, 5, None)] == [False, True, True, False, False]
    assert axis.reached(0) == (slice(1, 3, 1), slice(1, 4, 2))


def test_requests_plan_each_axis() -> None:
    geometry = Sliding((2, 3), (1, 2), "same_upper").plan((4, 5))
    assert (geometry.input_shape, geometry.output_shape, geometry.window) == ((4, 5), (4, 3), (2, 3))
    assert [axis.name for axis in geometry.axes] == ["height", "width"]
    assert geometry.pads
    assert not Sliding((2, 2), (2, 2)).plan((4, 4)).pads
    assert Whole(2).plan((3, 4)).output_shape == (1, 1)
    assert Geometry().output_shape == ()


def test_an_axis_that_does_not_fit_is_named() -> None:
    with pytest.raises(ShapeError, match="along the width, a window of 3"):
        Sliding((2, 3), (1, 1)).plan((4, 2))


@pytest.mark.parametrize(
    "arguments",
    [((0, 2), (1, 1)), ((2, 2), (0, 1)), ((2, 2), (1,)), ((2, 2), (1, 1), "valid", (1, 0)), ((2.0, 2), (1, 1)),
     ((2, 2), (1, 1), "wide"), ((2, 2), (1, 1), "explicit", (), ((1, 1),)), ((True, 2), (1, 1))],
)  # fmt: skip
def test_requests_that_cannot_be(arguments: Any) -> None:
    with pytest.raises(CallError):
        Sliding(*arguments)
    with pytest.raises(CallError):
        Transposed((2, 2), (1, 1), cuts=((0, 0),))


def test_a_huge_window_is_refused_before_it_takes_memory() -> None:
    with pytest.raises(LimitError, match="too large"):
        Sliding((10**6, 10**6), (1, 1))
    with pytest.raises(LimitError, match="too large"):
        Sliding((3,), (1,), dilation=(10**9,))


def test_adaptive_windows_may_overlap() -> None:
    [axis] = Adaptive((3,)).plan((7,)).axes
    assert isinstance(axis, AdaptiveAxis)
    assert [axis.positions(i) for i in range(3)] == [(0, 1, 2), (2, 3, 4), (4, 5, 6)]
    assert Adaptive((None, 2)).plan((4, 4)).output_shape == (4, 2)


@pytest.mark.parametrize(
    ("request_", "size", "output"),
    [
        (Transposed((3,), (1,)), 2, 4),  # Dumoulin & Visin, figure 4.1: 2 → 4
        (Transposed((4,), (1,), cuts=((2, 2),)), 6, 5),  # figure 4.2: 6 → 5
        (Transposed((3,), (1,), cuts=((1, 1),)), 5, 5),  # figure 4.3: half padding keeps the size
        (Transposed((3,), (2,)), 2, 5),  # figure 4.5: 2 → 5
        (Transposed((3,), (2,), cuts=((1, 1),)), 3, 5),  # figure 4.6: 3 → 5
        (Transposed((3,), (2,), cuts=((1, 1),), extra=(1,)), 3, 6),  # figure 4.7: 3 → 6
        (Transposed((3,), (2,), same="upper"), 3, 6),  # Keras: n·s
        (Transposed((2,), (3,), same="valid"), 2, 6),  # Keras: n·s + max(span - s, 0)
    ],
)  # fmt: skip
def test_transposed_sizes(request_: Transposed, size: int, output: int) -> None:
    [axis] = request_.plan((size,)).axes
    assert axis.output == output
    assert isinstance(axis, TransposedAxis)
    assert axis.sides(0) == ()


def test_the_kind_of_axis_follows_the_rule() -> None:
    for request in (Sliding((2,), (1,)), Adaptive((2,)), Transposed((2,), (2,))):
        [axis] = request.plan((4,)).axes
        assert axis_for(axis.name, axis.padding) == axis
        assert type(axis_for(axis.name, axis.padding)) is type(axis)


def test_axis_names() -> None:
    assert axis_names(1) == ("length",)
    assert axis_names(3) == ("depth", "height", "width")
    assert axis_names(4) == ("axis 0", "axis 1", "axis 2", "axis 3")
