"""Receptive fields: which cells of the input an output cell is made from, found by putting each of them to the test.

A chain of windows whose weights are all 1, over means, is linear: what a 1 in one cell of the input gives, and 0 in all
others, is what each output cell takes from that cell.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepwise.algebra.receptive import receptive_fields
from stepwise.analysis.counts import Seen, fields
from stepwise.dialects import keras, layers, torch
from stepwise.layers.outlines import outline
from stepwise.layers.sizes import sizes
from stepwise.traces.trace import chain
from tests.command import run

nn: Any = torch.nn
L: Any = keras.layers
ROOM = 120
"""Cells along the axis: enough that some cell sees no edge."""

small = st.integers(1, 3)


@st.composite
def convolutions(draw: st.DrawFn) -> str:
    padding = draw(st.integers(0, 3))
    return (
        f"nn.Conv1d(1, 1, {draw(small)}, stride={draw(small)}, padding={padding}, dilation={draw(small)}, bias=False)"
    )


@st.composite
def transposed(draw: st.DrawFn) -> str:
    window, stride, dilation = draw(st.integers(1, 5)), draw(small), draw(small)
    cut = draw(st.integers(0, (window - 1) * dilation // 2))
    extra = draw(st.integers(0, max(stride, dilation) - 1))
    return (
        f"nn.ConvTranspose1d(1, 1, {window}, stride={stride}, padding={cut}, output_padding={extra}, "
        f"dilation={dilation}, bias=False)"
    )


@st.composite
def pools(draw: st.DrawFn) -> str:
    window = draw(st.integers(1, 4))
    return f"nn.AvgPool1d({window}, stride={draw(small)}, padding={draw(st.integers(0, window // 2))})"


others = st.sampled_from(["nn.Identity()", "nn.ConstantPad1d((2, 1), 0)", "nn.ConstantPad1d((-1, -2), 0)"])
adaptive = st.integers(2, 40).map(lambda n: f"nn.AdaptiveAvgPool1d({n})")
chains = st.lists(st.one_of(convolutions(), transposed(), pools(), others), min_size=1, max_size=4)
with_adaptive = st.lists(st.one_of(convolutions(), transposed(), pools(), adaptive), min_size=1, max_size=4)


def taken_from(calls: list[str], room: int) -> np.ndarray[Any, Any]:
    """For every output cell, whether it takes anything from each cell of the input."""
    chain_ = [layer for call in calls for layer in layers(call)]
    for layer in chain_:
        for name in layer.plan.initializers:
            kernel = layer.call.partition("1d(1, 1, ")[2].partition(",")[0]
            layer.give({name: np.ones((1, 1, int(kernel)))})
    x: Any = np.eye(room)[:, None]  # a batch of inputs, each with a 1 in another cell
    for layer in chain_:
        x = layer(x)
    return np.asarray(x.output[:, 0] != 0).T


def hulls(taken: np.ndarray[Any, Any]) -> list[tuple[int, int] | None]:
    found = [np.flatnonzero(row) for row in taken]
    return [(int(cells[0]), int(cells[-1])) if len(cells) else None for cells in found]


def seen(calls: list[str], room: int) -> Seen:
    trace = outline([layer for call in calls for layer in layers(call)], (1, 1, room))
    return fields(trace)[id(trace)]


@settings(max_examples=150)
@given(chains)
def test_the_field_is_what_the_cell_takes_that_takes_most(calls: list[str]) -> None:
    [reach] = seen(calls, ROOM).axes or ()
    true = hulls(taken_from(calls, ROOM))
    for cell, hull in enumerate(true):
        told = reach.hull(cell)
        if hull is not None:  # at an edge, padding is seen where data is not
            assert told is not None
            assert told[0] <= hull[0] <= hull[1] <= told[1], (calls, cell)
    told_of = [(hull, reach.hull(cell)) for cell, hull in enumerate(true)]
    inside = [hull for hull, t in told_of if t is None or (t[0] >= 20 and t[1] < ROOM - 20)]
    if len(inside) >= len(reach.hulls):
        assert max(hull[1] - hull[0] + 1 for hull in inside if hull) == reach.field, calls
        widths = {hull and hull[1] - hull[0] for hull in inside}
        assert reach.alike == (len(widths) == 1), calls


@settings(max_examples=100)
@given(with_adaptive)
def test_adaptive_windows_are_told_cell_by_cell(calls: list[str]) -> None:
    found = seen(calls, 40)
    if found.axes is None:
        return
    [reach] = found.axes
    for cell, hull in enumerate(hulls(taken_from(calls, 40))):
        told = reach.hull(cell)
        assert hull is None or (told is not None and told[0] <= hull[0] <= hull[1] <= told[1]), (calls, cell)


@settings(max_examples=60)
@given(chains)
def test_both_ways_to_tell_it_agree(calls: list[str]) -> None:
    chain_ = [layer for call in calls for layer in layers(call)]
    sized = sizes(chain_, (1, 1, ROOM))
    axes = [one.geometry.axes for one in sized]
    padded = [one[0].padding.before if one else 0 for one in axes]
    [last] = seen(calls, ROOM).axes or ()
    for told in (receptive_fields(chain_, padded, 0, axes)[-1], receptive_fields(chain_, padded)[-1]):
        assert (told.field, told.jump, told.alike) == (last.field, last.jump, last.alike), calls


@pytest.mark.parametrize(
    ("calls", "field", "jump", "alike"),
    [
        (["nn.ConvTranspose1d(1, 1, 3, stride=2)"], 2, Fraction(1, 2), False),
        (["nn.ConvTranspose1d(1, 1, 2, stride=2)"], 1, Fraction(1, 2), True),
        (["nn.ConvTranspose1d(1, 1, 4, stride=1)"], 4, 1, True),
        (["nn.Conv1d(1, 1, 3, stride=2)", "nn.ConvTranspose1d(1, 1, 2, stride=2)"], 3, 1, True),
        (["nn.Conv1d(1, 1, 3, stride=2)", "nn.ConvTranspose1d(1, 1, 3, stride=2)"], 5, 1, False),
        (["nn.ConvTranspose1d(1, 1, 3, stride=2)", "nn.AvgPool1d(2)"], 2, 1, True),
        (["nn.ConvTranspose1d(1, 1, 1, stride=3)"], 1, Fraction(1, 3), False),  # two of three cells are made from none
    ],
)
def test_by_hand(calls: list[str], field: int, jump: Fraction, alike: bool) -> None:
    found = seen(calls, 12)
    assert (found.field, found.jump, found.alike) == ((field,), (jump,), alike)


def test_what_sees_all_and_what_does_not() -> None:
    """In two dimensions, through branches, and where a layer looks along the channels alone."""
    inputs = keras.Input((16, 16, 2))
    down = L.Conv2D(3, 3, strides=2, padding="same")(inputs)
    up = L.Conv2DTranspose(2, 2, strides=2)(down)
    x = L.Concatenate()([up, inputs])
    x = L.Softmax()(L.Dense(3)(L.Conv2D(2, 3)(x)))
    flat = L.Flatten()(x)
    model = keras.Model(inputs, L.Dense(2)(flat))
    last = model.outlined()
    found = fields(last)
    told = {layer.layer.call.partition("(")[0]: found[id(layer)] for layer in chain(last)[:-1]}
    assert told["Conv2DTranspose"].field == told["Concatenate"].field == (3, 3)
    # three neighbours see 3 cells each, of which two always move on together, or two cells on
    assert told["Conv2D"].field == told["Softmax"].field == told["Flatten"].field == (5, 5)
    assert found[id(last)].field is None
    assert "at most" not in str(model.summary())


def test_the_table_says_at_most_where_cells_differ() -> None:
    told = run(
        "shape", "nn.Conv2d(1, 4, 3, stride=2)", "nn.ConvTranspose2d(4, 1, 3, stride=2)", "--input-shape", "1,16,16"
    )
    assert "at most 5" in told.out
    told = run(
        "shape", "nn.Conv2d(1, 4, 3, stride=2)", "nn.ConvTranspose2d(4, 1, 3, stride=2)", "--input-shape", "1,n,n"
    )
    assert "at most 5" in told.out
    told = run("shape", "nn.ConvTranspose2d(1, 1, 2, stride=2)", "nn.AdaptiveAvgPool2d(3)", "--input-shape", "1,8,8")
    assert (told.status, "everything" not in told.out) == (0, True)
    net = nn.Sequential(nn.ConvTranspose2d(1, 2, 3, stride=2, output_padding=1), nn.ReLU())
    assert "at most 2×2" in str(net.summary((1, 1, 6, 6)))
