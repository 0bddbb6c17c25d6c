"""Keras's functional networks: what is refused, each in one sentence, and what a network tells of itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stepwise.dialects import keras
from stepwise.errors import StepwiseError

L = keras.layers
X = keras.Input((4, 4, 1))
Y = L.Conv2D(2, 3, name="first")(X)
MODEL = keras.Model(X, Y)
OPEN = keras.Input((None, None, 1))
BESIDE = keras.Input((4, 4, 1))
SUM = keras.Model([X, BESIDE], L.Add()([X, BESIDE]))
ONES = np.ones((4, 4, 1))

REFUSED: dict[str, Callable[[], Any]] = {
    "3 cannot be joined with what comes from an Input; give what another layer gives": lambda: X + 3,
    "an array of shape (4, 4, 1) cannot be joined": lambda: Y * ONES,
    "Add() is called on an Input, or what comes from one, together with numbers": lambda: L.Add()([X, ONES]),
    "there is no parameter foo; Model takes inputs, outputs and name": lambda: keras.Model(X, Y, foo=1),
    "Model takes outputs such as what a layer gives": lambda: keras.Model(X, 3),
    "not an array of shape (4, 4, 1)": lambda: keras.Model(ONES, Y),
    "which is not among the model's inputs": lambda: keras.Model(BESIDE, Y),
    "there is no layer 'frist'. Did you mean first?": lambda: MODEL.get_layer("frist"),
    "there is no layer 9; the layers are numbered 0 to 0": lambda: MODEL.get_layer(index=9),
    "the Input leaves sizes open; give them": keras.Model(OPEN, L.MaxPool2D(2)(OPEN)).summary,
    "along the height, a window of 2 does not fit into 1": lambda: keras.Model(OPEN, L.MaxPool2D(2)(OPEN))(
        np.ones((1, 1, 1))
    ),
    "takes 2 inputs; leave their shapes to what Input says": lambda: SUM.summary((4, 4, 1)),
    "the input has shape (4, 4, 2), but Input says (4, 4, 1)": lambda: MODEL(np.ones((4, 4, 2))),
    "trainable='x' is neither True nor False": lambda: setattr(MODEL, "trainable", "x"),
    "cannot read 'nowhere.npz'": lambda: MODEL.load_weights("nowhere.npz"),
}


@pytest.mark.parametrize("words", REFUSED)
def test_what_a_network_refuses(words: str) -> None:
    with pytest.raises(StepwiseError) as told:
        REFUSED[words]()
    assert words in str(told.value)


def test_what_a_network_tells_of_itself(tmp_path: Path) -> None:
    """Ones under a kernel of ones: 9 in each of 2×2 places, and 9 + 1 with a bias of 1."""
    assert repr(MODEL) == "Model(Conv2D(2, 3, name='first'))"
    assert MODEL.get_layer("first") is MODEL.get_layer(index=0)
    np.savez(tmp_path / "w.npz", np.ones((3, 3, 1, 2)), np.array([0.0, 1.0]))
    MODEL.load_weights(tmp_path / "w.npz")
    assert MODEL.predict(ONES).tolist() == [[[9, 10], [9, 10]], [[9, 10], [9, 10]]]
    around = keras.Model(BESIDE, MODEL(BESIDE))
    assert around.predict(ONES).tolist() == MODEL.predict(ONES).tolist()
    assert SUM.predict([ONES, 2 * ONES]).ravel().tolist() == [3] * 16


def test_layers_are_frozen_together() -> None:
    x = keras.Input((4, 4, 1))
    model = keras.Model(x, L.Conv2D(1, 1)(L.Conv2D(1, 3)(x)))
    assert model.trainable
    model.trainable = False
    assert [layer.plan.trainable for layer in model.layers] == [False, False]
    assert not model.trainable
