"""A whole backward pass and a training step told: every number of the step by hand, in two printed pages."""

from __future__ import annotations

import io
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pypdf
import pytest

import stepwise as sw
from stepwise.dialects import keras
from stepwise.lesson_files.reading import load_lesson_file
from stepwise.render import encode

EXAMPLE = Path(__file__).parents[3] / "examples" / "training-step.yaml"


def told(lesson: sw.Lesson) -> str:
    return " ".join(lesson.text().split())


def test_the_example_is_what_one_works_out_by_hand() -> None:
    lesson = load_lesson_file(EXAMPLE)
    back = lesson.backward()
    assert lesson.way_back is not None
    update = lesson.way_back.updated(back)
    assert update is not None
    image = np.array([[1, 2, 0, 1], [0, 1, 3, 1], [2, 1, 0, 0], [1, 0, 1, 2]])

    def forward(kernel: np.ndarray, dense: np.ndarray, bias: np.ndarray) -> tuple[np.ndarray, float]:
        conv = np.array([[(image[r : r + 2, c : c + 2] * kernel).sum() for c in range(3)] for r in range(3)])
        rectified = np.maximum(conv, 0)
        pooled = np.array([[rectified[r : r + 2, c : c + 2].max() for c in range(2)] for r in range(2)])
        scores = pooled.ravel() @ dense + bias
        return scores, -math.log(math.exp(scores[0]) / sum(map(math.exp, scores)))

    kernel, dense, bias = np.array([[1, 0], [0, -1]]), np.array([[1, 0], [1, 0], [1, 0], [-1, 1]]), np.zeros(2)
    scores, loss = forward(kernel, dense, bias)
    assert scores.tolist() == [3, 3]
    assert update.loss_before == pytest.approx(loss) == pytest.approx(math.log(2))
    # p - t is (-0.5, 0.5); the 3 at (1, 2) wins two windows, which send -0.5 and 1
    assert back.gradients[2]["input"].output.tolist() == [[0, 0, 0], [0, -0.5, 0.5], [-0.5, 0, 0]]
    assert back.gradients[0]["kernel"].output.tolist() == [[0, -1.5], [-1, 0]]
    assert back.gradients[4]["kernel"].output.tolist() == [[-0.5, 0.5], [-1.5, 1.5], [-1, 1], [-1.5, 1.5]]
    after = (
        kernel - 0.1 * np.array([[0, -1.5], [-1, 0]]),
        dense - 0.1 * np.outer([1, 3, 2, 3], [-0.5, 0.5]),
        bias - 0.1 * np.array([-0.5, 0.5]),
    )
    assert update.loss_after == pytest.approx(forward(*after)[1])
    update.trace.verify()


def test_it_stands_on_two_printed_pages_with_every_number() -> None:
    lesson = load_lesson_file(EXAMPLE).lesson()
    assert len(pypdf.PdfReader(io.BytesIO(encode(lesson, "pdf"))).pages) == 2
    text = told(lesson)
    for due in (
        "1·1 + 2·0 + 0·0 + 1·(-1) = 0",
        "max(0, 0, 1, 3) = 3",
        "1·1 + 3·1 + 2·1 + 3·(-1) + 0 = 3",
        "≈ 0.693",
        "0.5 - 1 = -0.5",
        "(-0.5)·(-1) + 0.5·1 = 1",
        "-0.5 + 1 = 0.5",
        "0·2 + 0·0 + 0·1 + 0·1 + (-0.5)·3 + 0.5·1 + (-0.5)·1 + 0·0 + 0·0 = -1.5",
        "0 - 0.1·(-1.5) = 0.15",
        "1. Conv2D: Conv2D(1, 2, use_bias=False) with W1 = 1 0; 0 -1",
        "5. Dense: Dense(2) with W5 = 1 0; 1 0; 1 0; -1 1, b5 = 0 0",
        "dL/dX[i, j] = Σ dL/dY[o, p], over all windows that X[i, j] wins",
        "dL/dW[k, l] = Σ dL/dY[o, p]·X[i, j] with i = o + k and j = p + l",
        "1.55·1.05 + 3.15·1.15 + 2.25·1.1 + 3.15·(-0.85) + 0.05 = 5.0975",
        "With the new weights, the forward pass gives the loss 0.0382; before it was 0.693.",
    ):
        assert due in text.replace("working: ", ""), due


def test_gradients_are_told_last_layer_first_and_their_lessons_are_folded() -> None:
    trace = sw.trace(["Conv2D(1, 2)", "keras.layers.ReLU()"], [[1, 2, 0], [0, 1, 3], [2, 1, 0]])
    lesson = sw.backward(trace, [[1, 2], [3, 4]]).lesson()
    titles = [section.title for section in lesson.sections]
    assert titles[0] == "The chain rule, and the shapes"
    assert titles[-4:] == [
        "Layer 2: Gradient of ReLU for its input",
        "Layer 1: Gradient of Conv2D for its bias",
        "Layer 1: Gradient of Conv2D for its kernel",
        "Layer 1: Gradient of Conv2D for its input",
    ]
    assert all(section.folded for section in lesson.sections[-4:])
    alone = sw.backward(trace, [[1, 2], [3, 4]]).lesson(wanted=["kernel"])
    assert [s.title for s in alone.sections if "Gradient" in s.title] == ["Layer 1: Gradient of Conv2D for its kernel"]


def test_what_is_used_twice_is_added_and_said_to_be() -> None:
    y = keras.layers.Activation("tanh")(np.array([[0.5, 1.0]]))
    trace = keras.layers.Add()([keras.layers.Activation("sigmoid")(y), y])
    back = sw.backward(trace, [[1, 2]])
    text = told(back.lesson())
    assert (
        "Where an output is used more than once, several gradients come back to it: their sum is its upstream" in text
    )
    sum_of = (
        "Its output is used 2 times, so its upstream gradient, dL/dY, is a sum: dL/dX2 of layer 3 + dL/dX of layer 2."
    )
    assert sum_of in text
    assert "The gradient of its input is the upstream gradient of the layer before" not in text
    assert "→" not in text  # no row of arrows says that each layer takes what the one before it gave
    x = np.array([[0.5, 1.0]])
    inner = np.tanh(x)
    share = 1 / (1 + np.exp(-inner))
    assert back.input.output == pytest.approx(np.array([[1, 2]]) * (share * (1 - share) + 1) * (1 - inner**2))


def test_an_input_that_is_used_twice_gets_a_sum_with_its_terms() -> None:
    x = np.array([[0.5, -1.0]])
    trace = keras.layers.Add()([keras.layers.ReLU()(x), x])
    lesson = sw.backward(trace, [[3, 4]]).lesson()
    last = lesson.sections[-1]
    assert last.title == "What comes back to the input"
    text = told(replace(lesson, sections=(last,)))
    assert "The input is used 2 times, so its gradient, dL/dX, is a sum: dL/dX of layer 1 + dL/dX2 of layer 2." in text
    assert "3 + 3 = 6" in text  # through the open gate, and beside it
    assert "0 + 4 = 4" in text  # the gate is closed for -1
    assert "gradient dL/dX 1×2" in text
