"""Networks in Keras's functional style, and with an `Input`: what Keras gives (`tools/functional_facts.py`)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import stepwise as sw
from stepwise.analysis.counts import Totals, totals
from stepwise.dialects import keras
from stepwise.errors import CallError, ShapeError, StepwiseError
from stepwise.layers.saved import from_data
from stepwise.traces.trace import Trace, chain
from tests.golden.functional import MODELS, arrays

FACTS = json.loads((Path(__file__).parent / "functional.json").read_text())["facts"]
L: Any = keras.layers


def made(name: str) -> Any:
    space: dict[str, Any] = {"keras": keras}
    exec(MODELS[name], space)
    return space["model"]


def test_every_network_has_its_facts() -> None:
    assert FACTS.keys() == MODELS.keys()


@pytest.mark.parametrize("name", MODELS)
def test_a_network_gives_what_keras_gives(name: str) -> None:
    fact, model = FACTS[name], made(name)
    [x] = arrays([fact["input"]], seed=1)
    model(x)
    assert [list(w.shape) for w in model.get_weights()] == fact["weights"], "in Keras's order"
    model.set_weights(arrays(fact["weights"]))
    due = np.array(fact["output"]).reshape(fact["shape"])
    trace = model(x)
    assert trace.shape == due.shape
    assert trace.output == pytest.approx(due, rel=1e-7, abs=1e-9)
    trace.verify()
    from_data(json.loads(json.dumps(trace.to_data()))).verify()
    for one, expected in zip(x, due):  # an image without its batch gives what it gives in one
        alone = model(one)
        assert alone.output == pytest.approx(expected, rel=1e-7, abs=1e-9)
        alone.verify()
    assert np.array_equal(model.predict(x), trace.output)


@pytest.mark.parametrize("name", MODELS)
def test_its_sizes_are_those_of_the_trace_and_its_counts_kerass(name: str) -> None:
    fact, model = FACTS[name], made(name)
    [x] = arrays([fact["input"]], seed=1)
    trace = model(x[0])
    assert [t.shape for t in chain(made(name).outlined())] == [t.shape for t in chain(trace)]
    assert totals(chain(trace)) == totals(chain(made(name).outlined())) == Totals(fact["trainable"], fact["fixed"])
    assert f"Trainable params: {fact['trainable']:,}." in str(made(name).summary())
    assert str(made(name).summary((None, *fact["input"][1:])))
    if trace.output.ndim <= 1:
        lesson = trace.lesson()
        assert lesson.html().endswith("</html>")
        assert lesson.text()
    why = trace.why(tuple(n - 1 for n in trace.shape))
    assert why.source is not None


def test_what_a_layer_gives_before_there_are_numbers_has_a_shape() -> None:
    inputs = keras.Input((8, 8, 3))
    x = L.Conv2D(5, 3, strides=2)(inputs)
    assert (inputs.shape, x.shape, L.Flatten()(x).shape) == ((None, 8, 8, 3), (None, 3, 3, 5), (None, 45))
    assert L.Conv2D(5, 3)(keras.Input((None, None, 3))).shape is None
    with pytest.raises(ShapeError, match=r"^Conv2D\(1, 9\)"):
        L.Conv2D(1, 9)(inputs)


def test_several_inputs_and_outputs() -> None:
    one, two = keras.Input((3,)), keras.Input((3,))
    total = L.Add()([one, two])
    model = keras.Model([one, two], [total, L.Multiply()([total, two])])
    found = model([np.array([[1.0, 2, 3]]), np.array([[4.0, 5, 6]])])
    assert [t.output.tolist() for t in found] == [[[5, 7, 9]], [[20, 35, 54]]]
    assert isinstance(found[0], Trace)
    with pytest.raises(CallError, match="takes 2 inputs, but 1 were given"):
        model(np.ones((1, 3)))


def test_what_does_not_go_together_is_told() -> None:
    inputs, other = keras.Input((4, 4, 1)), keras.Input((4, 4, 1))
    x = L.ReLU()(inputs)
    for asked, told in (
        (lambda: keras.Model(other, x), "not among the model's inputs"),
        (lambda: keras.Model(x, inputs), "Model takes inputs such as keras"),
        (lambda: keras.Model(inputs, 3), "Model takes outputs such as"),
        (lambda: L.Add()([inputs, np.ones((4, 4, 1))]), "together with numbers"),
        (lambda: keras.Model(inputs, x)(np.ones((5, 5, 1))), r"the input has shape \(5, 5, 1\), but Input says"),
        (lambda: keras.Model(inputs, x)(np.ones((4, 4, 2))), "but Input says"),
        (lambda: keras.Input("8"), "Input takes the shape of one image"),
        (lambda: keras.Model(keras.Input((None, 2)), L.ReLU()(keras.Input((2, 2)))), "not among"),
        (lambda: L.BatchNormalization(axis=0)(inputs), "axis 0 is that of the batch"),
    ):
        with pytest.raises(StepwiseError, match=told):
            asked()


def test_weights_of_a_layer_used_twice_are_one() -> None:
    model = made("a layer that is used twice")
    x = np.ones((1, 5))
    first = model(x)
    assert len(model.get_weights()) == 2
    layers = [t for t in chain(first) if t.layer.operation.name == "dense"]
    assert layers[0].inputs["kernel"] is layers[1].inputs["kernel"]
    assert layers[0].inputs["kernel"] is model.get_weights()[0]


def test_a_model_is_frozen_as_a_whole_and_its_layers_have_names() -> None:
    inputs = keras.Input((4,))
    model = keras.Model(inputs, L.Dense(2, name="head")(L.Dense(3)(inputs)))
    assert model.get_layer("head").call == "Dense(2, name='head')"
    head: Any = model.get_layer("head")
    head.trainable = False
    assert totals(chain(model.outlined())) == Totals(15, 8)
    model.trainable = False
    assert totals(chain(model.outlined())) == Totals(0, 23)
    with pytest.raises(CallError, match=r"there is no layer 'hed'\. Did you mean head"):
        model.get_layer("hed")


@pytest.mark.parametrize(
    ("text", "shape", "due"),
    [
        ("Sequential([Input((4, 6)), Permute((2, 1)), Reshape((3, 8))])", (4, 6), (3, 8)),
        ("Sequential([Input((4, 6)), Permute((2, 1)), Reshape((3, 8))])", (5, 4, 6), (5, 3, 8)),
        ("Sequential([Input((7,)), BatchNormalization(axis=1), Dense(2)])", (5, 7), (5, 2)),
        ("Sequential([keras.Input(shape=(6, 6, 2)), BatchNormalization(axis=3), Flatten()])", (6, 6, 2), (72,)),
        ("Sequential([Input(batch_shape=(None, 6, 6, 2)), Softmax(axis=1)])", (3, 6, 6, 2), (3, 6, 6, 2)),
    ],
)
def test_a_pasted_input_says_what_one_image_is(text: str, shape: tuple[int, ...], due: tuple[int, ...]) -> None:
    trace = sw.trace(text, np.random.default_rng(0).random(shape))
    assert trace.shape == due
    trace.verify()
    with pytest.raises(ShapeError, match="but Input says"):
        sw.trace(text, np.ones((2, 9, 9)))
