"""Losses, their gradients, whole networks' gradients and weights after steps of SGD are those of PyTorch and Keras."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import stepwise as sw
from stepwise.traces.trace import Trace
from tools.conformance import packed

FACTS = packed("backward")
ENDED = {"softmax": "keras.layers.Softmax()", "sigmoid": "keras.layers.Activation('sigmoid')"}


def ended(fact: dict[str, Any]) -> Trace:
    """The numbers a loss is of, as a layer's output: of one that changes nothing, or that makes probabilities."""
    call = ENDED.get(fact["ending"]) or (f"nn.{fact['ending']}" if fact["ending"] else None)
    if call is None:
        call = "nn.Identity()" if fact["framework"] == "torch" else "keras.layers.Activation('linear')"
    return sw.trace(call, np.array(fact["input"]))


def test_there_are_facts_of_every_loss_from_both() -> None:
    kinds = {(fact["framework"], fact["loss"], fact["ending"]) for fact in FACTS["losses"]}
    assert len(kinds) == 10
    assert len(FACTS["losses"]) > 50


@pytest.mark.parametrize("number", range(len(FACTS["losses"])))
def test_losses_and_their_gradients(number: int) -> None:
    fact = FACTS["losses"][number]
    back = sw.backward(ended(fact), loss=fact["loss"], target=fact["target"])
    assert back.loss is not None
    assert back.loss.output.shape == ()
    assert float(back.loss.output) == pytest.approx(fact["value"], rel=1e-9, abs=1e-12)
    assert back.input.output == pytest.approx(np.array(fact["gradient"]), rel=1e-9, abs=1e-12)
    back.verify()


@pytest.mark.parametrize("number", range(len(FACTS["networks"])))
def test_networks(number: int) -> None:
    fact = FACTS["networks"][number]
    given = [np.array(weight) for weight in fact["weights"]]
    having = [n for n, call in enumerate(fact["calls"]) if "Conv" in call or "Linear" in call]
    weights = {n: [given.pop(0), given.pop(0)] for n in having}
    x, settings = np.array(fact["input"]), fact["settings"]
    velocity = None
    for value, after in zip(fact["values"], fact["after"], strict=True):
        back = sw.backward(sw.trace(fact["calls"], x, weights=weights), loss=fact["loss"], target=fact["target"])
        update = back.step(**settings, velocity=velocity)
        velocity = update.velocity
        assert update.loss_before == pytest.approx(value, rel=1e-9)
        if value == fact["values"][0]:
            found = [g for entry in back.gradients for name, g in entry.items() if name != "input"] + [back.input]
            for gradient, due in zip(found, fact["gradients"], strict=True):
                assert gradient.output == pytest.approx(np.array(due), rel=1e-9, abs=1e-12)
            back.verify()
        flat = [array for own in update.after for array in own.values()]
        for array, due in zip(flat, after, strict=True):
            assert array == pytest.approx(np.array(due), rel=1e-9, abs=1e-12)
        weights = {n: list(own.values()) for n, own in enumerate(update.after) if own}
