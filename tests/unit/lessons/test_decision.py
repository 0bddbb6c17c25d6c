"""What a network says in words, and what was taken for granted of its input's axes; in every format."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import stepwise as sw
from stepwise.dialects import keras
from stepwise.errors import CallError, StepwiseError
from stepwise.lesson_files.reading import read_lesson
from stepwise.lessons.decision import answers
from stepwise.render import TEXTUAL
from tests.command import run

ROOT = Path(__file__).parents[3]
L: Any = keras.layers


def network(row: list[float], activation: str | None = "softmax", images: int = 1) -> sw.Trace:
    """A network that gives these numbers before its activation, whatever goes in."""
    dense = L.Dense(len(row), activation=activation)
    dense.set_weights([np.zeros((4, len(row))), np.array(row)])
    trace: sw.Trace = keras.Sequential([L.Flatten(), dense])(np.ones((images, 2, 2, 1)))
    return trace


@pytest.mark.parametrize(
    ("row", "activation", "classes", "due"),
    [
        ([0.0, np.log(3)], "softmax", (), "The largest share, 0.75, is that of 1."),
        ([np.log(3), 0.0], "softmax", ("cat", "dog"), "The largest share, 0.75, is that of cat."),
        ([0.0, 0.0], "softmax", ("cat", "dog"), "The largest share, 0.5, is that of cat and dog alike."),
        ([0.0, -800.0], "softmax", (), "The largest share, 1, is that of 0."),
        ([20.0, 0.0], "softmax", (), "The largest share, almost 1, is that of 0."),
        ([0.0] * 8, "softmax", (), "The largest share, 0.125, is that of 8 of them alike."),
        ([1.0, -2.0, 3.5], None, (), "The largest output, 3.5, is that of 2."),
        ([-1.0, -2.0], "tanh", ("a", "b"), "The largest output, −0.762, is that of a."),
        ([2.0, 2.0, 1.0], None, (), "The largest output, 2, is that of 0 and 1 alike."),
        ([np.log(3)], "sigmoid", (), "The output, 0.75, is more than one half: the answer is 1."),
        ([-np.log(3)], "sigmoid", ("no", "yes"), "The output, 0.25, is less than one half: the answer is no."),
        ([0.0], "sigmoid", (), "The output is exactly one half, so neither answer is preferred."),
        ([2.5], None, (), "The output is 2.5."),
        ([np.nan, 1.0, 2.0], None, (), "1 of the outputs is not a number, so none is the largest."),
        ([np.inf, 1.0], None, (), "The largest output, ∞, is that of 0."),
    ],
)
def test_an_answer_is_told_as_it_is(row: list[float], activation: str, classes: tuple[str, ...], due: str) -> None:
    assert answers(network(row, activation), classes) == [due]


def test_a_page_for_practice_does_not_give_it_away() -> None:
    lesson = network([0.0, 0.0]).lesson(practice=True)
    assert "The largest share" not in lesson.text()


def test_of_a_batch_each_image_has_its_answer() -> None:
    told = answers(network([1.0, 2.0], None, images=12))
    assert told[:2] == [
        "Image 0: The largest output, 2, is that of 1.",
        "Image 1: The largest output, 2, is that of 1.",
    ]
    assert len(told) == 11
    assert told[-1] == "These are the first 10 of 12 images."


@given(st.lists(st.integers(-3, 3), min_size=2, max_size=6))
def test_the_places_that_are_told_are_those_of_the_largest(row: list[int]) -> None:
    [told] = answers(network([float(n) for n in row], None))
    largest = [str(i) for i, n in enumerate(row) if n == max(row)]
    named = re.findall(r"\d+", told.partition("is that of")[2])
    assert named == largest if len(largest) <= 4 else f"{len(largest)} of them alike" in told


@pytest.mark.parametrize(
    "trace",
    [
        lambda: sw.trace(["Conv2D(2, 2)", "ReLU()"], np.ones((4, 4))),  # a picture comes out
        lambda: sw.trace("Softmax()", [[1, 2, 3]]),  # one layer is no network
        lambda: sw.trace(["Dense(2)", "ReLU()"], "a b"),  # letters have no largest
        lambda: sw.trace(["Dense(2)", "ReLU()"], np.ones((3, 4, 5))),  # more than a row for each
    ],
)
def test_what_is_no_answer_is_not_told_as_one(trace: Any) -> None:
    assert answers(trace()) == []


def test_classes_that_do_not_go_with_it_are_refused() -> None:
    with pytest.raises(CallError, match="classes has 3 names, but 2 are needed"):
        network([1.0, 2.0]).lesson(classes=["a", "b", "c"])
    with pytest.raises(CallError, match="classes are names for a row of numbers"):
        sw.trace("MaxPool2D(2)", np.ones((4, 4))).lesson(classes=["a"])


def plain(text: str) -> str:
    """Without markup, and with what escapes it undone."""
    return " ".join(re.sub(r"<[^>]*>|[\\*_{}\[\]#]", "", text.replace("&amp;", "&")).split())


@pytest.mark.parametrize("format", [name for name in TEXTUAL if name != "json"])
@pytest.mark.parametrize("long", [False, True])
def test_every_format_says_it(format: str, long: bool) -> None:
    layers = [L.Conv2D(2, 2), L.ReLU(), L.MaxPool2D(2)] if long else []
    head = L.Dense(2, activation="softmax", kernel_initializer="zeros")
    lesson = keras.Sequential([*layers, L.Flatten(), head])(np.ones((1, 6, 6, 1))).lesson(classes=["cat", "dog"])
    from stepwise.render import render

    assert "The largest share, 0.5, is that of cat and dog alike." in plain(render(lesson, format))
    assert "The largest share, 0.5, is that of cat and dog alike." in json.dumps(json.loads(render(lesson, "json")))


def test_a_lesson_file_and_the_command_line_name_classes() -> None:
    text = "stepwise: 1\ninput: 1 2\nlayers: ['Dense(2, kernel_initializer=\"zeros\")', Softmax()]\n"
    told = read_lesson(text + "classes: [cat, 7]").lesson().text()
    assert "is that of cat and 7 alike" in told
    for wrong, words in (
        ("classes: cat", r"line 4: found classes: 'cat', expected a list of names"),
        ("classes: [[a], b]", "expected a list of names such as"),
        ("classes: [a]", "classes has 1 names, but 2 are needed"),
    ):
        with pytest.raises(StepwiseError, match=words):
            read_lesson(text + wrong).lesson()
    call = "Dense(2, activation='softmax', kernel_initializer='zeros')"
    ran = run("explain", call, "--input", "1 2", "--classes", "cat, dog")
    assert "is that of cat and dog alike" in ran.out
    assert run("explain", str(ROOT / "examples" / "digit-network.yaml"), "--classes", "a").status == 2
    assert (
        "The largest share, 0.991, is that of 5." in run("explain", str(ROOT / "examples" / "digit-network.yaml")).out
    )


@pytest.mark.parametrize(
    ("calls", "shape", "due", "words"),
    [
        (["Flatten()"], "300,300,3", "→ 270000", "is taken as one image, without an axis for a batch"),
        (["ReLU()", "Flatten()"], "30,30,3", "→ 2700", "is taken as one image"),
        (["Flatten()"], "5,30,30,3", "→ 5 × 2700", ""),
        (["nn.Flatten()"], "300,300,3", "→ 300 × 900", "is taken as a batch of 300: its first axis stays"),
        (["nn.Conv2d(3, 2, 3)", "nn.Flatten()"], "3,30,30", "→ 1568", "for a batch; give it 1×3×30×30 there"),
        (["nn.Conv2d(3, 2, 3)", "nn.Flatten()"], "1,3,30,30", "→ 1 × 1568", ""),
        (["Permute((3, 1, 2))"], "4,5,3", "→ 3 × 4 × 5", "is taken as one image"),
        (["Permute((3, 1, 2))"], "7,4,5,3", "→ 7 × 3 × 4 × 5", ""),
        (["Reshape((60,))"], "4,5,3", "→ 60", "is taken as one image"),
        (["Reshape((15,))"], "4,5,3", "→ 4 × 15", ""),
        (["BatchNormalization(axis=3)", "Conv2D(1, 3)"], "8,8,3", "→ 6 × 6 × 1", "is taken as one image"),
        (["Softmax(axis=3)"], "8,8,3", "→ 8 × 8 × 3", "is taken as one image"),
    ],
)
def test_what_is_taken_for_granted_is_said(calls: list[str], shape: str, due: str, words: str) -> None:
    ran = run("shape", *calls, "--input-shape", shape)
    told = " ".join(ran.out.split())
    assert due in told
    assert words in told
    assert ("is taken as" in told) == bool(words)
    if np.prod([int(n) for n in shape.split(",")]) < 10_000:
        trace = sw.trace(calls, np.zeros([int(n) for n in shape.split(",")]))
        assert " × ".join(map(str, trace.shape)) == due.removeprefix("→ ")
        assert words in " ".join(trace.lesson(detail="none").text().split())
