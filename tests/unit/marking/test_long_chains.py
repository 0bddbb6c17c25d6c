"""Chains of many layers: told, marked and explained in time that is bounded, and deep in no call of itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import stepwise as sw
from stepwise.marking import Part, PartsMarker
from stepwise.marking.followthrough import FOR_ALL_PARTS
from stepwise.marking.wrong import MOST_REPLAYED, PAIRS, WrongResults
from stepwise.traces.recording import record
from stepwise.traces.trace import Trace, chain

INPUT = [[1, 2], [3, 4]]


@pytest.mark.parametrize("call", ["keras.layers.ReLU()", "MaxPool2D(1)", "nn.ReLU()", "ZeroPadding2D(0)"])
def test_a_thousand_layers_are_carried_out_and_marked(call: str) -> None:
    trace = sw.trace([call] * 1000, INPUT)
    assert trace.output.tolist() == INPUT
    assert trace.form == "plain"
    assert sw.check(trace, INPUT).correct


@pytest.mark.parametrize(("image", "form"), [(INPUT, "plain"), ([INPUT], "image"), ([[INPUT]], "batch")])
def test_the_form_of_a_long_chain_is_that_of_what_went_in(image: object, form: str) -> None:
    assert sw.trace(["nn.MaxPool2d(1)", *["nn.ReLU()"] * 900], image).form == form


@pytest.mark.parametrize("layers", [3, 150, 600])
def test_so_many_layers_are_carried_out_again_and_no_more(layers: int) -> None:
    """Each mistake in each layer, carried through all that follow, would grow with the square of the chain."""
    results = WrongResults(sw.trace(["Conv2D(1, 1)"] * layers, INPUT))
    assert len(results._mistakes) * layers <= MOST_REPLAYED
    everywhere = {one.misconception.code for one in results._mistakes if len(one.layers) == layers}
    of_two = WrongResults(sw.trace(["Conv2D(1, 1)"] * 2, INPUT))
    assert everywhere == {one.misconception.code for one in of_two._mistakes if len(one.layers) == 2}
    alone = [one.layers[0] for one in results._mistakes if len(one.layers) == 1]
    assert alone, "of the first layers, those in one alone too"
    assert (results.layers[-1] in alone) == (layers == 3)


@pytest.mark.parametrize("parts", [2, 12, 60])
def test_all_parts_together_have_the_same_bound(parts: int) -> None:
    """Each part is a chain of its own, to the first layer: with many parts, that grows with the cube."""
    trace = sw.trace(["Conv2D(1, 1)"] * parts, INPUT)
    marker = PartsMarker([Part(layer, 1) for layer in chain(trace)])
    found = [one.explainer.results for one in marker.markers]
    assert sum(len(one._mistakes) * len(one.layers) for one in found) <= FOR_ALL_PARTS
    assert all(one.most == MOST_REPLAYED for one in found) == (parts == 2)
    assert all(one._mistakes for one in found)


def carried_out(parts: int, larger: int, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many layers are carried out again for two students who went wrong in every part, one after the other."""
    count = 0

    def counted(*given: Any) -> Trace:
        nonlocal count
        count += 1
        return record(*given)

    monkeypatch.setattr("stepwise.marking.wrong.record", counted)
    traces = chain(sw.trace(["MaxPool2D(2, strides=1, padding='same')"] * parts, INPUT))
    marker = PartsMarker([Part(layer, 1) for layer in traces])
    each = []
    for student in (1, 2):
        made_up = [np.pad(layer.output, (0, larger)) + student + 7 * n for n, layer in enumerate(traces)]
        count = 0
        told = marker.check(made_up)
        assert not any(part.verdict.correct for part in told.parts)
        each.append(count)
    return each


@pytest.mark.parametrize("larger", [0, 1])
def test_what_a_student_went_wrong_in_is_looked_for_behind_their_own_last_answer(
    larger: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each part from its own chain's first layer on would cost each student what grows with the cube of the parts."""
    few, many = (carried_out(parts, larger, monkeypatch) for parts in (8, 32))
    assert many[1] <= 5 * few[1]
    for first, _second in (few, many):
        assert first <= FOR_ALL_PARTS * (1 + 1 / PAIRS)
