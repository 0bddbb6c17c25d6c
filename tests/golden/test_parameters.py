"""How many numbers a layer keeps, trained or not: as many as its framework counts (`tools/parameter_counts.py`)."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import onnx as standard
import pytest
from onnx import TensorProto, helper, numpy_helper

from stepwise.analysis.counts import Totals, totals
from stepwise.dialects import keras, layers, onnx, torch
from stepwise.errors import CallError
from stepwise.layers.outlines import outline
from stepwise.layers.saved import from_data
from stepwise.traces.trace import chain
from tests.command import run

FACTS = json.loads((Path(__file__).parent / "parameters.json").read_text())["facts"]
NAMES = sorted({call.partition("(")[0] for call, *_ in FACTS})
L: Any = keras.layers
nn: Any = torch.nn


@pytest.mark.parametrize("name", NAMES)
def test_a_layer_keeps_as_many_numbers_as_its_framework_counts(name: str) -> None:
    facts = [fact for fact in FACTS if fact[0].startswith(f"{name}(")]
    assert facts
    for call, shape, trained, kept in facts:
        found = layers(call)
        trace = outline(found, tuple(shape), "batch" if found[0].dialect == "keras" else "")
        assert totals(chain(trace)) == Totals(trained, kept), (call, shape)


@pytest.mark.parametrize("name", NAMES)
def test_the_summary_of_what_is_carried_out_says_so_too(name: str) -> None:
    facts = [fact for fact in FACTS if fact[0].startswith(f"{name}(") and "track_running_stats=False" not in fact[0]]
    for call, shape, trained, kept in facts[:: max(1, len(facts) // 6)]:
        given = [keras.Input(shape[1:])] if not name.startswith("nn.") else []
        net = keras.Sequential([*given, *layers(call)])
        data = json.loads(json.dumps(net(np.zeros(shape)).to_data()))
        assert totals(chain(from_data(data))) == Totals(trained, kept), call
        told = re.sub(r"\s+", " ", str(net.summary(shape)))
        words = f"Total params: {trained + kept:,}. Trainable params: {trained:,}. Non-trainable params: {kept:,}."
        assert words in told, call


def test_a_layer_can_be_frozen_later() -> None:
    net = keras.Sequential([L.Conv2D(2, 3), L.BatchNormalization(), L.Flatten(), L.Dense(3)])
    first: Any = net.layers[0]
    first.trainable = False
    assert not first.trainable
    # Keras: 20 and 8 numbers, of which 20 and the 4 that were collected are not trained; then 32·3 + 3
    assert "Total params: 127. Trainable params: 103. Non-trainable params: 24." in str(net.summary((1, 6, 6, 1)))


def test_weights_that_two_layers_share_count_once() -> None:
    shared = L.Dense(4)
    net = keras.Sequential([shared, L.ReLU(), shared])
    assert totals(chain(net.outlined((1, 4)))) == Totals(20, 0)
    assert totals(chain(net(np.ones((1, 4))))) == Totals(20, 0)


def test_the_statistics_of_an_onnx_file_are_not_trained(tmp_path: Path) -> None:
    numbers = {name: np.ones(3, np.float32) for name in ("scale", "shift", "mean", "variance")}
    graph = helper.make_graph(
        [helper.make_node("BatchNormalization", ["x", *numbers], ["y"])],
        "graph",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, (1, 3, 4, 4))],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(array, name) for name, array in numbers.items()],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    standard.save(made, tmp_path / "m.onnx")
    assert totals(chain(onnx.load(tmp_path / "m.onnx").outlined())) == Totals(6, 6)
    told = run("shape", str(tmp_path / "m.onnx")).out
    assert "Total params: 12. Trainable params: 6. Non-trainable params: 6." in re.sub(r"\s+", " ", told)


def test_statistics_of_the_batch_at_hand_are_refused_not_made_up() -> None:
    layer = nn.BatchNorm2d(2, track_running_stats=False)
    with pytest.raises(CallError, match="mean and variance are those of the batch at hand"):
        layer(np.ones((1, 2, 3, 3)))
    assert outline([layer], (1, 2, 3, 3)).shape == (1, 2, 3, 3)
