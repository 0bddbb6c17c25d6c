"""Chains of many layers: told, marked and explained in time that is bounded, and deep in no call of itself."""

from __future__ import annotations

import pytest

import stepwise as sw
from stepwise.marking.wrong import MOST_REPLAYED, WrongResults

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
