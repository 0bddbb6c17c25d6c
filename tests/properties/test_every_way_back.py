"""Whole ways back of drawn chains, branches and losses: every gradient is what small changes show, and verifies.

All cells of an array are changed at once, along a drawn direction: the loss grows by the gradient's product with it.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import stepwise as sw
from stepwise.analysis.backpropagation import Backward
from stepwise.dialects import keras, onnx
from stepwise.errors import StepwiseError
from stepwise.traces.trace import Trace

Arrays = dict[str, np.ndarray[Any, Any]]
Made = Callable[[Arrays], Trace]
SMALL = 1e-6

IMAGES = (
    "Conv2D(2, 2)", "Conv2D(3, 3, strides=2, padding='same', activation='tanh')", "MaxPool2D(2)",
    "MaxPool2D(3, strides=1, padding='same')", "AveragePooling2D(2, strides=1, padding='same')", "Conv2D(2, 1)",
    "DepthwiseConv2D(2)", "Conv2DTranspose(2, 2, strides=2)", "keras.layers.ReLU()", "Activation('sigmoid')",
    "SeparableConv2D(2, 2, activation='relu')", "ZeroPadding2D(1)", "UpSampling2D(2)", "LeakyReLU(0.1)", "ELU()",
    "Cropping2D(1)", "BatchNormalization()", "LayerNormalization()", "PReLU()", "Activation('gelu')",
)  # fmt: skip
ENDS = ("Dense(3)", "Dense(2, activation='softmax')", "Dense(1, activation='sigmoid')", "Dense(4, activation='tanh')")


def drawn_chain(draw: random.Random) -> tuple[Made, Arrays]:
    """Some layers over images, flattened and dense at the end, or left as they are."""
    calls = [draw.choice(IMAGES) for _ in range(draw.randint(1, 3))]
    if draw.random() < 0.7:
        calls += ["Flatten()", draw.choice(ENDS)]
    numbers = np.random.default_rng(draw.randrange(2**32))
    arrays = {"input": numbers.uniform(-2, 2, (draw.randint(1, 3), 5, 5, draw.randint(1, 2)))}
    layers = [keras_layer(call) for call in calls]
    x: Any = arrays["input"]
    for n, layer in enumerate(layers):
        x = layer(x)
        for name, weight in layer.known_weights().items():
            arrays[f"{n}.{name}"] = numbers.uniform(0.2, 1.2, weight.shape) * numbers.choice([-1, 1], weight.shape)
            if "variance" in name:
                arrays[f"{n}.{name}"] = np.abs(arrays[f"{n}.{name}"])

    def made(given: Arrays) -> Trace:
        y: Any = given["input"]
        for n, layer in enumerate(layers):
            layer.give({name.partition(".")[2]: w for name, w in given.items() if name.startswith(f"{n}.")})
            y = layer(y)
        trace: Trace = y
        return trace

    return made, arrays


def keras_layer(call: str) -> Any:
    [layer] = sw.dialects.layers(call, "keras")
    return layer


def drawn_branches(draw: random.Random) -> tuple[Made, Arrays]:
    """An output, and the input itself, used more than once: added, multiplied, put side by side, divided."""
    numbers = np.random.default_rng(draw.randrange(2**32))
    arrays = {"input": numbers.uniform(0.5, 2, (2, 4, 4, 2))}
    conv, other = keras.layers.Conv2D(2, 3, padding="same"), keras.layers.Conv2D(2, 1)
    arrays["conv.kernel"], arrays["other.kernel"] = (numbers.uniform(-1, 1, (k, k, 2, 2)) for k in (3, 1))
    arrays["conv.bias"], arrays["other.bias"] = numbers.uniform(-1, 1, (2, 2))
    kind, again = draw.choice(("add", "multiply", "concat", "subtract", "divide")), draw.random() < 0.5

    def made(given: Arrays) -> Trace:
        conv.give({"kernel": given["conv.kernel"], "bias": given["conv.bias"]})
        if not again:
            other.give({"kernel": given["other.kernel"], "bias": given["other.bias"]})
        a = conv(given["input"])
        b = keras.layers.Activation("sigmoid")(a) if again else other(given["input"])
        match kind:
            case "add":
                joined = keras.layers.Add()([a, b, a])
            case "multiply":
                joined = keras.layers.Multiply()([a, b])
            case "subtract":
                joined = keras.layers.Subtract()([b, a])
            case "divide":
                joined = onnx.node("Div", [a, keras.layers.Activation("softplus")(b)])[0]
            case _:
                joined = keras.layers.Concatenate()([a, b])
        trace: Trace = keras.layers.Activation("tanh")(joined)
        return trace

    names = ["input", "conv.kernel", "conv.bias", *([] if again else ["other.kernel", "other.bias"])]
    return made, {name: arrays[name] for name in names}


def asked(draw: random.Random, trace: Trace) -> dict[str, Any]:
    """An upstream gradient, or a loss and a target that fits."""
    numbers = np.random.default_rng(draw.randrange(2**32))
    kind = draw.choice(("grad", "mse", "cross_entropy", "binary_cross_entropy"))
    inside = bool(((trace.output > 0) & (trace.output < 1)).all())
    if kind == "binary_cross_entropy" and "softmax" in trace.layer.operation.name and not inside:
        kind = "mse"
    match kind:
        case "grad":
            return {"grad_output": numbers.uniform(-1, 1, trace.shape)}
        case "mse":
            return {"loss": "mse", "target": numbers.uniform(-1, 1, trace.shape)}
        case "binary_cross_entropy":
            return {"loss": kind, "target": numbers.integers(0, 2, trace.shape)}
    if draw.random() < 0.5 and trace.shape[-1] > 1:
        return {"loss": kind, "target": numbers.integers(0, trace.shape[-1], trace.shape[:-1])}
    target = numbers.uniform(0.1, 1, trace.shape)
    return {"loss": kind, "target": target / target.sum(axis=-1, keepdims=True)}


def whole(trace: Trace, request: dict[str, Any]) -> float:
    """The loss, or what the upstream gradient stands for."""
    if "loss" not in request:
        return float((trace.output * request["grad_output"]).sum())
    loss = sw.backward(trace, **request).loss
    assert loss is not None
    return float(loss.output)


def gradients(back: Backward, arrays: Arrays) -> Arrays:
    """The gradients by the names of the drawn arrays: each weight is known by its numbers."""
    found: Arrays = {"input": back.input.output}
    for call, entry in zip(back.calls, back.gradients):
        stage: Trace | None = call
        while stage is not None:
            for own, array in stage.inputs.items():
                name = stage.layer.named(own)
                key = next((k for k in arrays if k != "input" and np.array_equal(arrays[k], array)), None)
                if key is not None and name in entry:
                    found[key] = entry[name].output
            stage = stage.parents.get("input") if stage.layer.stage else None
    return found


def check(made: Made, arrays: Arrays, draw: random.Random) -> None:
    trace = made(arrays)
    request = asked(draw, trace)
    back = sw.backward(trace, **request)
    back.verify()
    numbers = np.random.default_rng(draw.randrange(2**32))
    by_name = gradients(back, arrays)
    assert {*by_name} == {name for name in arrays if "moving" not in name}
    for name, gradient in by_name.items():
        assert gradient.shape == arrays[name].shape
        direction = numbers.uniform(-1, 1, gradient.shape)
        ends = [whole(made(arrays | {name: arrays[name] + by * direction}), request) for by in (SMALL, -SMALL)]
        due = (ends[0] - ends[1]) / (2 * SMALL)
        size = float(np.abs(gradient * direction).sum())
        assert (gradient * direction).sum() == pytest.approx(due, rel=2e-5, abs=2e-6 * (1 + size)), (
            name,
            request.get("loss"),
        )


@settings(max_examples=60)
@given(st.integers(0, 2**32))
def test_of_drawn_chains(seed: int) -> None:
    draw = random.Random(seed)
    try:
        made, arrays = drawn_chain(draw)
    except StepwiseError:  # cropped to nothing, say
        return
    check(made, arrays, draw)


@settings(max_examples=30)
@given(st.integers(0, 2**32))
def test_of_branches(seed: int) -> None:
    draw = random.Random(seed)
    check(*drawn_branches(draw), draw)


def test_most_drawn_chains_can_be_carried_out() -> None:
    carried_out = 0
    for seed in range(40):
        try:
            drawn_chain(random.Random(seed))
            carried_out += 1
        except StepwiseError:
            continue
    assert carried_out > 25
