"""Training beside PyTorch's and Keras's: weights, moving averages and losses after some steps from the same start."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stepwise.dialects import keras, torch
from stepwise.layers.calls import parse

HERE = Path(__file__).parent
TORCH = json.loads((HERE / "training_torch.json").read_text())
KERAS = json.loads((HERE / "training_keras.json").read_text())


def made(text: str, names: Any) -> Any:
    """A layer, an optimizer or a loss, as the fact has it in its framework's words."""
    [call] = parse(text)
    return getattr(names, call.name)(*call.arguments, **call.keywords)


def named(case: Any) -> str:
    return f"{case['net']}, {case['optimizer']}, {case['loss']}"


@pytest.mark.parametrize("case", TORCH["cases"], ids=named)
def test_a_loop_of_pytorch(case: Any) -> None:
    net = torch.nn.Sequential(*(made(layer, torch.nn) for layer in case["layers"]))
    net.load_state_dict({name: np.array(value) for name, value in case["begin"].items()})
    [call] = parse(case["optimizer"])
    optimizer = getattr(torch.optim, call.name)(net.parameters(), *call.arguments, **call.keywords)
    criterion = made(case["loss"], torch.nn)
    x, y = np.array(case["x"]), np.array(case["y"])
    losses = []
    for start in range(0, len(x), TORCH["batch"]):
        rows = slice(start, start + TORCH["batch"])
        optimizer.zero_grad()
        loss = criterion(net(x[rows]), y[rows])
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses == pytest.approx(case["losses"], abs=1e-9)
    for name, value in case["end"].items():
        assert net.state_dict()[name] == pytest.approx(np.array(value), abs=1e-8), name
    net.eval()
    assert net(x[: TORCH["batch"]]).output == pytest.approx(np.array(case["output"]), abs=1e-8)


@pytest.mark.parametrize("case", KERAS["cases"], ids=named)
def test_keras_fit(case: Any) -> None:
    net = keras.Sequential([keras.Input((4, 4, 1)), *(made(layer, keras.layers) for layer in case["layers"])])
    net.set_weights([np.array(value) for value in case["begin"]])
    net.compile(made(case["optimizer"], keras.optimizers), case["loss"], metrics=["accuracy"])
    x, y = np.array(case["x"]), np.array(case["y"])
    history = net.fit(
        x[:16], y[:16], batch_size=KERAS["batch"], epochs=2, shuffle=False, verbose=0, validation_data=(x[16:], y[16:])
    )
    for found, value in zip(net.get_weights(), case["end"], strict=True):
        assert found == pytest.approx(np.array(value), abs=1e-6)
    assert history.history.keys() == case["history"].keys()
    for name, values in case["history"].items():
        assert history.history[name] == pytest.approx(values, abs=1e-6), name
    assert net.predict(x[: KERAS["batch"]]) == pytest.approx(np.array(case["output"]), abs=1e-6)
