"""Functions and methods as they are pasted: what TensorFlow and PyTorch give (`tools/function_facts.py`)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import stepwise as sw
from stepwise.errors import CallError

FACTS = json.loads((Path(__file__).parent / "functions.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("fact", FACTS, ids=[f"{number}" for number in range(len(FACTS))])
def test_a_function_gives_what_its_framework_gives(fact: dict[str, Any]) -> None:
    weights: dict[str, Any] = {name: np.array(fact[name]) for name in ("kernel", "bias") if fact[name] is not None}
    trace = sw.trace(fact["call"], np.array(fact["x"]), **weights)
    assert np.shape(trace) == np.shape(fact["y"])
    assert np.allclose(trace, fact["y"], atol=fact.get("slack", 1e-9), rtol=fact.get("slack", 1e-5))
    trace.verify()
    assert trace.lesson(detail="none").text()


@pytest.mark.parametrize("call", ["tf.nn.max_pool2d(x, 2, 2, 'same')", "tf.nn.avg_pool(x, 2, 2, 'Valid')"])
def test_tensorflow_takes_padding_in_capitals_only(call: str) -> None:
    with pytest.raises(CallError, match="in capitals"):
        sw.trace(call, np.ones((4, 4)))


@pytest.mark.parametrize(
    ("call", "why"),
    [
        ("F.prelu(x, w)", "takes its weight as an argument; .* such as nn.PReLU"),
        ("F.prelu(x, 0.25)", "weight=0.25 must be a name"),
        ("keras.activations.rely(x)", "Did you mean relu"),
        ("keras.activations.relu(3)", "its input stands first"),
        ("keras.activations.relu(x, slope=2)", "slope"),
    ],
)
def test_what_a_function_lacks_is_said(call: str, why: str) -> None:
    with pytest.raises(CallError, match=why):
        sw.trace(call, np.ones((2, 2)))


def test_activations_are_called_at_once() -> None:
    from stepwise.dialects import keras

    assert np.asarray(keras.activations.relu([[-1, 2]], max_value=1)).tolist() == [[0, 1]]
    assert "gelu" in dir(keras.activations)
    with pytest.raises(AttributeError, match="Did you mean gelu"):
        _ = keras.activations.gelo
