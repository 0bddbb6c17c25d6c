"""What a training step tells of its new weights: every working comes to the number beside it, which is PyTorch's."""

from __future__ import annotations

import re
from itertools import product
from typing import Any

import numpy as np
import pytest

import stepwise as sw
from stepwise.analysis.backpropagation import Backward
from stepwise.analysis.update import Update
from stepwise.dialects import keras
from stepwise.document.blocks import Scene
from stepwise.lessons.new_weights import working

X = np.array([[1.0, 2.0], [0.0, -1.0]])
KERNEL, BIAS = np.array([[1.0, -2.0], [0.5, 3.0]]), np.array([0.25, -1.0])


def led(twice: bool) -> Backward:
    """A dense layer, or one and the same twice."""
    dense = keras.layers.Dense(2)
    dense.give({"kernel": KERNEL, "bias": BIAS})
    once = dense(X)
    return sw.backward(dense(once) if twice else once, loss="mse", target=np.ones((2, 2)))


def worth(text: str) -> float:
    """A working with numbers, worked out by Python."""
    assert re.fullmatch(r"[-+·(). \d]+", text), text
    return float(eval(text.replace("·", "*"), {"__builtins__": {}}))


@pytest.mark.parametrize(
    ("twice", "momentum", "decay", "later"), list(product((False, True), (0, 0.5), (0, 0.25), (False, True)))
)
def test_every_working_comes_to_the_new_weight(twice: bool, momentum: float, decay: float, later: bool) -> None:
    back = led(twice)
    update = back.step(0.125, momentum, decay)
    velocity = {}
    for name, weight in (("kernel", KERNEL), ("bias", BIAS)):  # PyTorch's SGD, as its documentation writes it
        velocity[name] = sum(found[name].output for found in back.gradients) + decay * weight
    if later:
        update = back.step(0.125, momentum, decay, update.velocity)
        for name, weight in (("kernel", KERNEL), ("bias", BIAS)):
            gradient = sum(found[name].output for found in back.gradients) + decay * weight
            velocity[name] = momentum * velocity[name] + gradient
    for number, own in enumerate(update.before):
        for name, before in own.items():
            after = before - 0.125 * velocity[name]
            assert update.after[number][name] == pytest.approx(after)
            for at in np.ndindex(before.shape):
                first, *_more, last = re.split(" [=≈] ", str(working(update, number, name, at)))
                assert worth(first) == pytest.approx(after[at], abs=2e-3)  # numbers are shown with three digits
                assert float(last) == pytest.approx(after[at], abs=2e-3)


def test_the_shortest_telling_has_the_same_workings() -> None:
    update: Update = led(True).step(0.125, momentum=0.5, weight_decay=0.25)
    text = update.lesson(detail="none").text()
    for number, own in enumerate(update.before):
        for name, before in own.items():
            for at in np.ndindex(before.shape):
                assert str(working(update, number, name, at)) in text


def test_every_weight_stands_before_and_after_beside_its_gradient() -> None:
    """In every plane of every weight, the third matrix is the first less a tenth of the second."""
    x = np.arange(18.0).reshape(1, 3, 3, 2)
    update = sw.backward(sw.trace(["Conv2D(2, 2)", "Flatten()", "Dense(3)"], x), [[1.0, -2, 0.5]]).step(0.1)
    seen: list[Any] = []
    for section in update.lesson().sections:
        for scene in (block for block in section.blocks if isinstance(block, Scene) and "new" in section.title):
            assert scene.signs == ("− 0.1 ·", "→")
            found: list[list[Any]] = [[cell.value for row in m.rows for cell in row] for m in scene.matrices]
            before, gradient, after = found
            assert after == pytest.approx([w - 0.1 * g for w, g in zip(before, gradient)])
            seen += before
    due = [array for own in update.before for array in own.values()]
    assert sorted(seen) == sorted(float(value) for array in due for value in array.flat)
    assert len(seen) == 16 + 2 + 24 + 3


def test_a_shared_weight_is_not_said_to_lose_one_of_its_gradients_alone() -> None:
    dense = keras.layers.Dense(2)
    update = sw.backward(dense(dense(np.array([[1.0, 2.0]]))), [[1, 2]]).step(0.1)
    scenes = [b for s in update.lesson().sections for b in s.blocks if isinstance(b, Scene) and "new" in s.title]
    assert {scene.signs for scene in scenes} == {(",", "→")}
