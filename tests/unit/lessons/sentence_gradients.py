"""Requests whose lessons are of gradients, for the sentences that only these say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import stepwise as sw
from stepwise.document.lesson import Lesson
from stepwise.exercises.exercise import read_exercise
from stepwise.lesson_files.reading import read_lesson
from stepwise.worksheets.pages import key_page
from stepwise.worksheets.sheet import Asked

FOUR = [[4.0, 3.0], [2.0, 1.0]]
K2 = [[1.0, 2.0], [3.0, 4.0]]


def _counted(*shape: int) -> Any:
    return np.arange(float(np.prod(shape))).reshape(shape)


def _back(call: str, x: Any, name: str = "input", **given: Any) -> Callable[[], str | Lesson]:
    def told() -> Lesson:
        trace = sw.trace(call, x, **given)
        return trace.backward(np.arange(1.0, trace.output.size + 1).reshape(trace.shape))[name].lesson()

    return told


def _lost(call: str, x: Any, loss: str, target: Any) -> Callable[[], str | Lesson]:
    def told() -> Lesson:
        upstream = sw.backward(sw.trace(call, x), loss=loss, target=target).upstream
        assert isinstance(upstream, sw.Trace)
        return upstream.lesson()

    return told


STEP = """stepwise: 1
input: 4 3; 2 1
layers: ['Conv2D(1, 2)']
weights: {kernel: 1 0; 2 -1, bias: [1]}
backward: {loss: mse, target: 2}
update: {lr: 0.1}
parts: [{layer: 0, PART: kernel}]
"""


def _two(one: str, two: str, x: Any, grad: Any) -> Callable[[], Lesson]:
    def told() -> Lesson:
        a, b = (sw.trace(call, x).backward(grad)["input"] for call in (one, two))
        return sw.compare(a, b)

    return told


def _two_sizes() -> Lesson:
    a, b = (sw.trace("MaxPool2D(2)", x).backward([[4.0]])["input"] for x in (FOUR, _counted(3, 3)))
    return sw.compare(a, b)


NEAR = "Conv2D(1, (1, 2), padding='same')"
FAR = "Conv2D(1, (1, 2), dilation_rate=(1, 2), padding='same')"


def _passes(one: Any, two: Any, x: Any, grads: Any = None, wanted: Any = (), **lost: Any) -> Callable[[], Lesson]:
    def told() -> Lesson:
        grad = grads or (None, None)
        a, b = (sw.backward(sw.trace(c, x, seed=1), g, **lost) for c, g in zip((one, two), grad))
        return sw.compare(a, b, wanted=wanted)

    return told


def _loss(call: str, x: Any, loss: str, target: Any) -> Callable[[], Lesson]:
    def told() -> Lesson:
        found = sw.backward(sw.trace(call, x), loss=loss, target=target).loss
        assert found is not None
        return found.lesson()

    return told


def _key(part: str) -> Callable[[], Lesson]:
    def told() -> Lesson:
        text = STEP.replace("PART", part)
        asked = Asked("step.yaml", text, read_lesson(text))
        return key_page([(asked, read_exercise(text))], "v01")

    return told


GRADIENTS: dict[str, Callable[[], str | Lesson]] = {
    "back of a convolution": _back("nn.Conv2d(1, 1, 2)", _counted(3, 3)),
    "back of a convolution in a line": _back("nn.Conv1d(1, 1, 2)", _counted(1, 1, 4)),
    "back of a wide convolution": _back("nn.Conv2d(1, 1, 2, dilation=2)", _counted(3, 3)),
    "back of a convolution with a stride": _back("nn.Conv2d(1, 1, 2, stride=2)", _counted(4, 4)),
    "back of a convolution that pads much": _back("nn.Conv2d(1, 1, 1, padding=1)", _counted(3, 3)),
    "back of two filters": _back("nn.Conv2d(1, 2, 2)", _counted(1, 3, 3)),
    "back of two images": _back("nn.Conv2d(1, 1, 2)", _counted(2, 1, 3, 3)),
    "back to a kernel": _back("nn.Conv2d(1, 1, 2)", _counted(3, 3), "weight"),
    "back to a kernel over padding": _back("nn.Conv2d(1, 1, 2, padding=1)", _counted(3, 3), "weight"),
    "back to a kernel with a stride": _back("nn.Conv2d(1, 1, 2, stride=2)", _counted(4, 4), "weight"),
    "back to a wide kernel": _back("nn.Conv2d(1, 1, 2, dilation=2)", _counted(3, 3), "weight"),
    "back to a kernel of two channels": _back("nn.Conv2d(2, 1, 2)", _counted(2, 3, 3), "weight"),
    "back to a kernel from two images": _back("nn.Conv2d(1, 1, 2)", _counted(2, 1, 3, 3), "weight"),
    "back to a bias": _back("nn.Conv2d(1, 1, 2)", _counted(3, 3), "bias"),
    "back of a transposed convolution": _back("nn.ConvTranspose2d(1, 1, 2, stride=2)", FOUR),
    "back to a transposed kernel": _back("nn.ConvTranspose2d(1, 1, 2, stride=2)", FOUR, "weight"),
    "back of a true convolution": _back("scipy.signal.convolve2d(x, k)", FOUR, kernel=K2),
    "back to a true kernel": _back("scipy.signal.convolve2d(x, k)", FOUR, "kernel", kernel=K2),
    "back of maxima apart": _back("MaxPool2D(2)", _counted(4, 4)),
    "back of many maxima": _back("MaxPool2D(2, strides=1)", _counted(6, 6)),
    "back of maxima that tie": _back("MaxPool2D(2)", [[7.0, 7.0], [1.0, 2.0]]),
    "back of means over padding": _back("nn.AvgPool2d(2, padding=1)", FOUR),
    "back of overlapping means": _back("AveragePooling2D(2, strides=1)", _counted(3, 3)),
    "back of many means": _back("AveragePooling2D(2, strides=1)", _counted(6, 6)),
    "back of dense units": _back("Dense(2)", [[1.0, 2.0, 3.0]]),
    "back to a dense kernel": _back("Dense(2)", [[1.0, 2.0, 3.0]], "kernel"),
    "back to a dense bias": _back("Dense(2)", [[1.0, 2.0, 3.0]], "bias"),
    "back to a dense kernel of rows": _back("Dense(2)", FOUR, "kernel"),
    "back to a dense bias of rows": _back("Dense(2)", FOUR, "bias"),
    "back of a softmax": _back("Softmax()", [[1.0, 2.0, 3.0]]),
    "back of squares": _lost("Dense(2)", [1.0, 2.0], "mse", [1, 0]),
    "back of scores": _lost("Dense(3)", [[1.0, 2.0]], "cross_entropy", [1]),
    "back of scores, two images": _lost("Dense(3)", FOUR, "cross_entropy", [1, 2]),
    "back of shares": _lost("Softmax()", [[1.0, 2.0]], "cross_entropy", [1]),
    "back of logarithms": _lost("nn.LogSoftmax(dim=1)", [[1.0, 2.0]], "cross_entropy", [1]),
    "back of a yes": _lost("Dense(1)", [[1.0, 2.0]], "binary_cross_entropy", [[1]]),
    "back of a probability": _lost("nn.Sigmoid()", [[1.0]], "binary_cross_entropy", [[1]]),
    "back of a long softmax": _back("Softmax()", [[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]]),
    "back of a tanh": _back("nn.Tanh()", [[0.0, 1.0]]),
    "back of a fixed norm": _back("BatchNormalization()", FOUR),
    "back of a layer norm": _back("nn.LayerNorm(2)", FOUR),
    "back of a plain layer norm": _back("nn.LayerNorm(2, elementwise_affine=False)", FOUR),
    "back to a layer norm's gamma": _back("nn.LayerNorm(2)", FOUR, "weight"),
    "back to a layer norm's beta": _back("nn.LayerNorm(2)", FOUR, "bias"),
    "back to gamma": _back("BatchNormalization()", FOUR, "gamma"),
    "back to beta": _back("BatchNormalization()", FOUR, "beta"),
    "back of mirrored data": _back("nn.ReflectionPad2d(1)", _counted(1, 2, 2)),
    "back of zeros around": _back("nn.ZeroPad2d(1)", _counted(1, 2, 2)),
    "two ways back": _passes(
        "Conv2D(1, 2)", "Conv2D(1, 2, padding='same')", _counted(3, 3), (np.ones((2, 2)), np.ones((3, 3)))
    ),
    "two biases": _passes(
        "Conv2D(1, 2)", "Conv2D(1, 2, padding='same')", _counted(3, 3), (np.ones((2, 2)), np.ones((3, 3))), ["bias"]
    ),
    "two ways back alike": _passes("Conv2D(1, 2)", "Conv2D(1, 2)", _counted(3, 3), (np.ones((2, 2)),) * 2),
    "two dilations": _passes(NEAR, FAR, [[1.0, 2, 3]], ([[1.0, 0, 0]],) * 2),
    "two dilations of many cells": _passes(NEAR, FAR, [[1.0, 2, 3, 4, 5, 6]], ([[1.0, 0, 0, 1, 0, 0]],) * 2),
    "two slopes": _passes("LeakyReLU()", "nn.LeakyReLU(0.5)", [[-1.0, -2.0]], ([[1.0, 1.0]],) * 2),
    "two slopes of one cell": _passes("LeakyReLU()", "nn.LeakyReLU(0.5)", [[-1.0, 2.0]], ([[1.0, 1.0]],) * 2),
    "two upstream gradients": _passes("ReLU()", "ReLU()", [[1.0, 2.0]], ([[1.0, 1.0]], [[2.0, 2.0]])),
    "two upstream gradients of one cell": _passes("ReLU()", "ReLU()", [[1.0, 2.0]], ([[1.0, 1.0]], [[1.0, 2.0]])),
    "two losses": _passes("Dense(2)", "Dense(2, use_bias=False)", [[1.0, 2.0]], loss="mse", target=[[1, 0]]),
    "two ways back to other kernels": _passes("Dense(2)", "Dense(3)", [[1.0, 2.0]], ([[1.0, 1]], [[1.0, 1, 1]])),
    "two gradients": _two("MaxPool2D(2)", "AveragePooling2D(2)", FOUR, [[4.0]]),
    "two gradients of one cell": _two("ReLU()", "nn.LeakyReLU(0.5)", [[1.0, -2.0]], [[4.0, 2.0]]),
    "two gradients alike": _two("MaxPool2D(2)", "nn.MaxPool2d(2)", FOUR, [[4.0]]),
    "two gradients of two sizes": _two_sizes,
    "loss of squares": _loss("Dense(2)", [1.0, 2.0], "mse", [1, 0]),
    "loss of one square": _loss("Dense(1)", [1.0, 2.0], "mse", [1]),
    "key of a gradient": _key("gradient"),
    "key of new weights": _key("update"),
    "back of a relu": _back("ReLU()", [[-1.0, 2.0], [3.0, -4.0]]),
    "back of a leaky relu": _back("LeakyReLU()", [[-1.0, 2.0], [3.0, -4.0]]),
    "back of minima that tie": _back("nn.MinPool2d(2)", [[1.0, 7.0], [1.0, 2.0]]),
    "back of global maxima that tie": _back("GlobalMaxPooling2D()", [[[7.0], [7.0]], [[1.0], [2.0]]]),
    "back of sums of windows": _back("nn.AvgPool2d(2, divisor_override=3)", FOUR),
    "back of as many units as numbers": _back("Dense(2)", [[1.0, 2.0]], kernel=K2),
    "back of copies": _back("nn.Upsample(scale_factor=2)", _counted(1, 1, 2, 2)),
}
