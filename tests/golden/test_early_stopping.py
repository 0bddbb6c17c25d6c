"""EarlyStopping beside Keras's: when it ends a training, and from which epoch the weights are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stepwise.dialects import keras
from stepwise.errors import CallError

FACTS = json.loads((Path(__file__).parent / "early_stopping.json").read_text())


@pytest.mark.parametrize("case", FACTS["cases"], ids=lambda case: f"{case['options']}, {case['epochs']}")
def test_as_keras_has_it(case: Any) -> None:
    stopping = keras.callbacks.EarlyStopping(**case["options"])
    layer: Any = keras.layers.Dense(1, use_bias=False)
    ran = 0
    for epoch, measures in enumerate(case["measures"]):
        layer.set_weights([np.array([[float(epoch)]])])
        ran += 1
        if stopping.ends(epoch, measures, [layer]):
            break
    stopping.end([layer])
    [[weight]] = layer.get_weights()[0].tolist()
    assert (ran, stopping.stopped_epoch, weight) == (case["epochs"], case["stopped_epoch"], case["weight"])


def test_fit_ends_where_nothing_gets_better() -> None:
    """With a learning rate that changes nothing worth a tenth, the second epoch is no better than the first."""
    net = keras.Sequential([keras.layers.Dense(1)])
    net.compile("sgd", "mse")
    x, y = np.arange(8.0).reshape(4, 2), np.zeros((4, 1))
    stopping = keras.callbacks.EarlyStopping(monitor="loss", min_delta=1e9, patience=2, restore_best_weights=True)
    net.set_weights([np.full((2, 1), 1e-3), np.zeros(1)])
    history = net.fit(x, y, epochs=9, verbose=0, callbacks=[stopping])
    assert history.epoch == [0, 1, 2]
    again = net.fit(x, y, epochs=9, verbose=0, callbacks=stopping)
    assert len(again.epoch) == 3  # what it counted before is forgotten


def test_what_is_not_measured_is_said() -> None:
    net = keras.Sequential([keras.layers.Dense(1)])
    net.compile("sgd", "mse")
    with pytest.warns(UserWarning, match="EarlyStopping looks at val_loss, which is not measured"):
        net.fit(np.ones((2, 2)), np.ones((2, 1)), verbose=0, callbacks=[keras.callbacks.EarlyStopping()])
    with pytest.raises(CallError, match=r"callbacks takes keras.callbacks.EarlyStopping\(…\), not"):
        net.fit(np.ones((2, 2)), np.ones((2, 1)), verbose=0, callbacks=[lambda: None])
