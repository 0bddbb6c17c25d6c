"""Requests whose lessons are of losses, of whole ways back and of training steps, for the sentences of these."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import stepwise as sw
from stepwise.analysis.backpropagation import Backward
from stepwise.dialects import keras
from stepwise.document.lesson import Lesson

FOUR = [[4.0, 3.0], [2.0, 1.0]]
ROW = [[1.0, 2.0]]
MANY = np.arange(169.0).reshape(13, 13)
Led = Callable[[], Backward]


def _led(calls: Any, x: Any, grad: Any = None, **given: Any) -> Led:
    return lambda: sw.backward(sw.trace(calls, x), grad, **given)


def _twice() -> Backward:
    """Of an output that is used twice."""
    once = keras.layers.ReLU()(np.array(FOUR).reshape(1, 2, 2))
    added = keras.layers.Add()([once, keras.layers.Activation("tanh")(once)])
    return sw.backward(added, np.ones(added.shape))


def _skipped() -> Backward:
    """Of an input that is used twice."""
    x = np.array(FOUR).reshape(1, 2, 2)
    added = keras.layers.Add()([keras.layers.ReLU()(x), x])
    return sw.backward(added, np.ones(added.shape))


def _shared() -> Backward:
    """Of a layer that is carried out twice."""
    dense = keras.layers.Dense(2)
    return sw.backward(dense(dense(np.array(ROW))), [[1, 2]])


def _second() -> Lesson:
    """A step after another, with its velocity."""
    back = SQUARES()
    return back.step(0.1, momentum=0.5, velocity=back.step(0.1, momentum=0.5).velocity).lesson()


def _back(led: Led) -> Callable[[], Lesson]:
    return lambda: led().lesson()


def _loss(led: Led) -> Callable[[], Lesson]:
    def told() -> Lesson:
        loss = led().loss
        assert loss is not None
        return loss.lesson()

    return told


def _step(
    led: Led, detail: str = "auto", momentum: float = 0, weight_decay: float = 0, lr: float = 0.1
) -> Callable[[], Lesson]:
    return lambda: led().step(lr, momentum, weight_decay).lesson(detail=detail)


SQUARES = _led("Dense(2)", ROW, loss="mse", target=[[1, 0]])
YES = "binary_cross_entropy"
TRAINING: dict[str, Callable[[], str | Lesson]] = {
    "loss of scores": _loss(_led("Dense(3)", ROW, loss="cross_entropy", target=[1])),
    "loss of scores, two samples": _loss(_led("Dense(3)", FOUR, loss="cross_entropy", target=[1, 2])),
    "loss of shares": _loss(_led("Softmax()", ROW, loss="cross_entropy", target=[1])),
    "loss of logarithms": _loss(_led("nn.LogSoftmax(dim=1)", ROW, loss="cross_entropy", target=[1])),
    "loss of a yes": _loss(_led("Dense(1)", ROW, loss=YES, target=[[1]])),
    "loss of a probability": _loss(_led("nn.Sigmoid()", [[1.0]], loss=YES, target=[[1]])),
    "loss of scores, classes true in part": _loss(_led("Dense(2)", ROW, loss="cross_entropy", target=[[0.25, 0.75]])),
    "loss of shares, classes true in part": _loss(_led("Softmax()", ROW, loss="cross_entropy", target=[[0.25, 0.75]])),
    "loss of logarithms, classes true in part": _loss(
        _led("nn.LogSoftmax(dim=1)", ROW, loss="cross_entropy", target=[[0.25, 0.75]])
    ),
    "loss of a maybe": _loss(_led("Dense(1)", ROW, loss=YES, target=[[0.25]])),
    "loss of a probability of a maybe": _loss(_led("nn.Sigmoid()", [[1.0]], loss=YES, target=[[0.25]])),
    "way back of one gradient": _back(_led("ReLU()", FOUR, FOUR)),
    "way back of one layer": _back(_led("Dense(2)", ROW, [[1, 2]])),
    "way back of two layers": _back(_led(["Dense(2)", "ReLU()"], ROW, [[1, 2]])),
    "way back of squares": _back(SQUARES),
    "way back of single numbers": _back(_led("Dense(1)", [[3.0]], loss="mse", target=[[1]])),
    "way back of two rows": _back(_led("Dense(1)", [[3.0], [1.0]], loss="mse", target=[[1], [2]])),
    "way back of many numbers": _back(_led("ReLU()", MANY, loss="mse", target=-MANY)),
    "way back to what is used twice": _back(_twice),
    "way back to an input that is used twice": _back(_skipped),
    "way back to a dense kernel of many rows": _back(_led(["Dense(2)", "ReLU()"], np.ones((1, 13)), [[1, 2]])),
    "way back of shares": _back(_led("Softmax()", ROW, loss="cross_entropy", target=[1])),
    "way back of shares, two samples": _back(_led("Softmax()", FOUR, loss="cross_entropy", target=[1, 0])),
    "way back of scores": _back(_led("Dense(2)", ROW, loss="cross_entropy", target=[1])),
    "step": _step(SQUARES),
    "step too far": _step(SQUARES, lr=10),
    "step beyond every number": _step(SQUARES, lr=1e200),
    "step from nowhere": _step(_led("Dense(1)", [[np.inf]], loss="mse", target=[[1]])),
    "step without a loss": _step(_led("Dense(2)", ROW, [[1, 2]])),
    "step with decay": _step(SQUARES, weight_decay=0.5),
    "step with momentum": _step(SQUARES, momentum=0.5),
    "second step with momentum": _second,
    "step of a weight that is shared": _step(_shared),
    "step by hand": _step(SQUARES, "none"),
    "step by hand through a maximum": _step(_led(["Conv2D(1, 1)", "MaxPool2D(2)"], FOUR, [[1]]), "none"),
}
