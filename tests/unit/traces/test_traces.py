"""A trace answers every question about itself: steps, taps, formulas; it owns its numbers; wrong indices are told."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import pytest

import stepwise as sw
from stepwise.dialects import keras
from stepwise.errors import InputError, StepIndexError

FOUR = [[4, 3], [2, 1]]
SAME = "MaxPool2D(2, strides=1, padding='same')"


def test_the_step_of_a_corner_under_same() -> None:
    step = sw.trace(SAME, FOUR).step((0, 1))
    assert str(step.formula) == "max(3, 1) = 3"
    assert (step.index, step.rule, step.result) == ((0, 1), "max", 3)
    assert [tap.source for tap in step.taps] == [(0, 1), sw.PADDING, (1, 1), sw.PADDING]
    assert [tap.value for tap in step.taps] == [3, -math.inf, 1, -math.inf]
    assert [tap.position for tap in step.taps] == [(0, 1), (0, 2), (1, 1), (1, 2)]
    assert [tap.is_padding for tap in step.taps] == [False, True, False, True]
    assert {tap.input for tap in step.taps} == {"input"}


def test_the_formulas_that_people_rely_on() -> None:
    assert str(sw.trace("MaxPool2D(2)", FOUR).step((0, 0)).formula) == "max(4, 3, 2, 1) = 4"
    mean = sw.trace("AveragePooling2D(2)", [[1, 1], [5, 6]])
    assert str(mean.step((0, 0)).formula) == "(1 + 1 + 5 + 6) / 4 = 3.25"
    conv = sw.trace("Conv2D(1, 2)", FOUR, kernel=[[1, 0], [0, -1]], bias=2)
    assert str(conv.step((0, 0)).formula) == "4·1 + 3·0 + 2·0 + 1·(-1) + 2 = 5"
    third = sw.trace("AveragePooling2D((1, 3))", [[1, 2, 2]])
    assert str(third.step((0, 0)).formula) == "(1 + 2 + 2) / 3 ≈ 1.667"


def test_the_padding_decision_of_same() -> None:
    trace = sw.trace(SAME, FOUR)
    for axis in trace.geometry.axes:
        decision = axis.padding
        assert (decision.output, decision.total, decision.before, decision.after) == (2, 1, 0, 1)
        assert str(decision.output_formula) == "⌈2 / 1⌉ = 2"
        assert str(decision.formula) == "(2 - 1)·1 + 2 - 2 = 1"
        assert "the extra line goes after the data: 0 before, 1 after" in decision.reason


def test_a_tap_of_a_convolution_names_its_weight() -> None:
    x = np.arange(8).reshape(2, 2, 2)
    kernel = np.arange(16).reshape(2, 2, 2, 2)
    trace = sw.trace("Conv2D(2, 2)", x, kernel=kernel)
    for step in trace.steps:
        for tap in step.taps:
            assert isinstance(tap.source, tuple)
            assert tap.weight_index is not None
            assert (x[tap.source], kernel[tap.weight_index]) == (tap.value, tap.weight)
            assert tap.weight_index == (*tap.source, step.index[-1])
    assert sum(tap.value * tap.weight for tap in trace.step((0, 0, 1)).taps) == trace.output[0, 0, 1]


@pytest.mark.parametrize("index", [(0, 1), (0, -1), (-2, 1), (-2, -1), [0, 1], np.array([0, 1]), (np.int64(0), True)])
def test_indices_count_from_either_end(index: Any) -> None:
    assert sw.trace(SAME, FOUR).step(index).index == (0, 1)


@pytest.mark.parametrize("index", [(2, 0), (0, -3), (0,), (0, 0, 0), 0, ()])
def test_an_index_outside_is_told(index: Any) -> None:
    with pytest.raises(StepIndexError, match=r"is not a cell of the output, whose shape is \(2, 2\)"):
        sw.trace(SAME, FOUR).step(index)


@pytest.mark.parametrize("index", [(0.5, 1), "01", None, (None, 0), np.array([0.0, 1.0]), {}])
def test_an_index_that_is_none_is_told(index: Any) -> None:
    with pytest.raises(StepIndexError):
        sw.trace(SAME, FOUR).step(index)


def test_a_wrong_index_is_an_index_error_too() -> None:
    with pytest.raises(IndexError):
        sw.trace(SAME, FOUR).step((5, 5))


def test_steps_are_a_sequence_in_row_major_order() -> None:
    steps = sw.trace(SAME, FOUR).steps
    assert len(steps) == 4
    assert [step.index for step in steps] == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert steps[-1].index == (1, 1)
    assert [step.index for step in steps[1:3]] == [(0, 1), (1, 0)]
    assert [step.index for step in steps[::-2]] == [(1, 1), (0, 1)]
    with pytest.raises(IndexError):
        steps[4]
    with pytest.raises(IndexError):
        steps[-5]


def test_steps_of_a_large_trace_cost_nothing_until_asked_for() -> None:
    trace = sw.trace("MaxPool2D(2, strides=1)", np.zeros((800, 800), np.float32))
    assert len(trace.steps) == 799 * 799
    assert trace.steps[-1].index == (798, 798)


def test_of_equal_numbers_the_first_wins() -> None:
    step = sw.trace("MaxPool2D(2)", [[1, 7], [7, 7]]).step((0, 0))
    assert step.winner is not None
    assert step.winner.source == (0, 1)
    assert sw.trace("AveragePooling2D(2)", FOUR).step((0, 0)).winner is None


def test_nan_is_data_and_wins() -> None:
    trace = sw.trace(SAME, [[math.nan, 3], [2, 1]])
    assert np.isnan(trace.output[0, 0])
    assert trace.output.tolist()[0][1:] == [3]
    step = trace.step((0, 0))
    assert not any(tap.is_padding for tap in step.taps)
    assert step.winner is not None
    assert step.winner.source == (0, 0)
    assert str(step.formula) == "max(NaN, 3, 2, 1) = NaN"
    assert str(sw.trace("AveragePooling2D(2)", [[math.inf, 3], [2, 1]]).steps[0].formula).endswith("= ∞")


def test_infinite_data_is_not_padding() -> None:
    trace = sw.trace(SAME, [[-math.inf, -math.inf], [-math.inf, -math.inf]])
    assert np.all(trace.output == -math.inf)
    assert [tap.is_padding for tap in trace.step((1, 1)).taps] == [False, True, True, True]
    trace.verify()


def test_padding_never_wins_not_even_among_integers() -> None:
    for dtype in (np.int8, np.int64, np.float32, object):
        trace = sw.trace(SAME, np.array([[-1, -2], [-3, -128]], dtype))
        assert trace.output.tolist() == [[-1, -2], [-3, -128]]
        assert trace.output.dtype == dtype


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.int64, np.float16, np.float32, np.float64])
def test_a_maximum_keeps_its_type(dtype: Any) -> None:
    assert sw.trace("MaxPool2D(2)", np.array(FOUR, dtype)).dtype == dtype


def test_small_integers_do_not_overflow() -> None:
    x = np.full((2, 2), 255, np.uint8)
    assert sw.trace("AveragePooling2D(2)", x).output.tolist() == [[255]]
    conv = sw.trace("Conv2D(1, 2)", x, kernel=np.full((2, 2), 100, np.int8))
    assert conv.output.tolist() == [[4 * 255 * 100]]


@pytest.mark.parametrize("call", [SAME, "AveragePooling2D(1)", "ReLU()", "Dropout(0.5)", "Flatten()", "Conv2D(1, 1)"])
def test_a_trace_owns_its_numbers(call: str) -> None:
    x = np.array(FOUR, float)
    trace = sw.trace(call, x)
    before = trace.output.copy()
    x[:] = 99
    assert trace.inputs["input"].tolist() == FOUR
    assert np.array_equal(trace.output, before)
    assert x.flags.writeable
    trace.verify()


def test_weights_are_copied_too() -> None:
    kernel, bias = np.array(FOUR, float), np.array([1.0])
    layer = keras.layers.Conv2D(1, 2)
    layer.set_weights([kernel[:, :, None, None], bias])  # type: ignore[attr-defined]
    first = layer(np.array(FOUR))
    kernel[:], bias[:] = 0, 0
    assert layer(np.array(FOUR)).output.item() == first.output.item() == 16 + 9 + 4 + 1 + 1
    assert kernel.flags.writeable
    assert bias.flags.writeable


def test_what_a_trace_holds_is_locked() -> None:
    trace = sw.trace("Conv2D(1, 2)", FOUR)
    for array in (trace.output, *trace.inputs.values()):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


def test_a_layer_may_be_called_twice_with_other_weights() -> None:
    layer = keras.layers.Conv2D(1, 1)
    layer.set_weights([[[[[1]]]], [0]])  # type: ignore[attr-defined]
    first = layer(np.array(FOUR))
    layer.set_weights([[[[[2]]]], [0]])  # type: ignore[attr-defined]
    assert layer(np.array(FOUR)).output.tolist() != first.output.tolist() == FOUR
    first.verify()


def test_it_is_an_array_to_numpy() -> None:
    trace = sw.trace(SAME, FOUR)
    assert np.asarray(trace) is trace.output
    assert np.asarray(trace, dtype=np.float32).dtype == np.float32
    copy = np.array(trace)
    copy[:] = 0
    assert trace.output.tolist() == FOUR
    assert (trace.shape, trace.ndim, str(trace.dtype), len(trace)) == ((2, 2), 2, "int64", 2)
    assert trace[0, 1] == 3
    assert np.max(trace) == 4
    assert repr(trace) == f"<Trace of {SAME}: (2, 2) -> (2, 2)>"


def test_a_step_of_a_batch_in_either_layout() -> None:
    x = np.arange(2 * 3 * 3 * 2).reshape(2, 3, 3, 2)
    last = sw.trace("MaxPool2D(2, strides=1)", x)
    first = sw.trace("MaxPool2D(2, strides=1, data_format='channels_first')", np.moveaxis(x, -1, 1))
    assert last.output.tolist() == np.moveaxis(first.output, 1, -1).tolist()
    assert last.step((1, 1, 1, 0)).result == x[1, 2, 2, 0]
    assert first.step((1, 0, 1, 1)).result == x[1, 2, 2, 0]
    assert first.step((1, 0, 1, 1)).taps[-1].source == (1, 0, 2, 2)
    for trace in (first, last):
        for step in trace.steps:
            assert trace.index(trace.place(step.index)) == step.index


def test_numbers_too_large_for_a_decimal_are_told() -> None:
    with pytest.raises(InputError, match="too large"):
        sw.trace("AveragePooling2D(2)", [[10**400, 1], [1, 1]])
    assert sw.trace("MaxPool2D(2)", [[10**400, 1], [1, 1]]).output.item() == 10**400


def test_numbers_that_are_not_finite_warn_of_nothing() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        trace = sw.trace(
            "Conv2D(1, 2, padding='same')", [[math.inf, math.nan], [1, 2]], kernel=[[0, 1], [-math.inf, 2]]
        )
        trace.verify()
        assert np.isnan(trace.output[0, 0])


def test_a_relu_cut_off_between_integers() -> None:
    trace = sw.trace("ReLU(max_value=2.5)", [[3, 1], [2, -5]])
    assert trace.output.tolist() == [[2.5, 1], [2, 0]]
    assert str(trace.step((0, 0)).formula) == "min(2.5, max(0, 3)) = 2.5"
    whole = sw.trace("ReLU(max_value=6)", np.array([[255, 3]], np.uint8))
    assert (str(whole.dtype), whole.output.tolist()) == ("uint8", [[6, 3]])
    assert sw.trace("ReLU(max_value=1e30)", [[2**60 + 1]]).output.item() == 2**60 + 1


def test_integers_padded_with_what_does_not_fit_become_decimals() -> None:
    half = sw.trace("nn.ConstantPad2d((1, 0, 0, 0), 0.5)", np.array([[7]], np.uint8))
    assert half.output.tolist() == [[0.5, 7]]
    below = sw.trace("nn.ConstantPad2d((1, 0, 0, 0), -1)", np.array([[7]], np.uint8))
    assert below.output.tolist() == [[-1, 7]]
    for trace in (half, below):
        trace.verify()
