"""What a lesson file may not say: each is one sentence that names the line, what is there and what was expected."""

from __future__ import annotations

from pathlib import Path

import pytest

from stepwise.lesson_files.lesson_file import LessonFileError
from stepwise.lesson_files.reading import read_lesson

POOL = "input: 4 3; 2 1\nlayers: [MaxPool2D(2)]\n"
CONV = "input: 4 3; 2 1\nlayers: ['Conv2D(1, 2)']\n"
BOTH = "input: 4 3; 2 1\ncompare: ['MaxPool2D(2)', 'AveragePooling2D(2)']\n"

REFUSED = {
    CONV + "weights: [{0: {a: 1}}]": ", line 4: Conv2D(1, 2) has no 0; it has kernel or bias",
    CONV + "weights: [{kernel: [[1, null], [1, 2]]}]": "at [0, 1], where a number belongs",
    CONV + "weights: [3]": "a list or a mapping by name, not 3",
    CONV + "weights: [[1, 2, 3]]": "has 2 weights (kernel, bias), but 3 were given",
    CONV + "weights: {5: [1]}": "for layer 5; the layers are numbered 0 to 0",
    POOL + "weights: [[1]]": "has 0 weights, but 1 were given",
    POOL + "title: 2026-01-01": "found title: 2026-01-01, expected words (put them in quotes)",
    POOL + "seed: true": "found seed: true, expected a whole number, 0 or above",
    POOL + "assume: {a: 3}": "found assume: {a: 3}, expected a word, or one for each letter",
    POOL + "classes: [[a]]": "found classes: [['a']], expected a list of names",
    BOTH + "classes: [a, b]": "found classes:, but two calls are compared here",
    BOTH + "show: {alternatives: [ReLU()]}": "found alternatives: beside compare:, expected them beside layers:",
    POOL + "parts: [{points: 3}]": "part 1 of parts: has no layer:",
    POOL + "parts: [{layer: 0, ask: sise}]": "expected output, sizes, padding or formula. Did you mean sizes?",
    "input: 4\nlayers: [null]": "found nothing in layers:, expected a call such as MaxPool2D(2)",
    "input: " + "[" * 3000 + "]" * 3000: "lesson.yaml is not YAML: its brackets are nested too deep",
    "input: " + "9" * 9000 + "\nlayers: [ReLU()]": "has a number of more than 400 digits",
    "input: [[1, " + "9" * 400 + ", 0.5]]\nlayers: [ReLU()]": "a whole number too large to stand beside decimals",
    "[a]: 1": ", line 2: a key is a list or has keys itself; keys are words",
    "? {a: b}\n: 1": ", line 2: a key is a list or has keys itself; keys are words",
    "? [{a: b}]\n: 1": "a key is a list or has keys itself; keys are words",
    "input: [" + "1," * 400_000 + "1]": "put long arrays into a file of their own",
}


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: str(text)[-40:])
def test_what_a_lesson_file_refuses(text: str, tmp_path: Path) -> None:
    def told() -> None:
        read_lesson("stepwise: 1\n" + text, "lesson.yaml", tmp_path).lesson()

    with pytest.raises(LessonFileError) as refused:
        told()
    assert REFUSED[text] in str(refused.value)
    assert str(refused.value).startswith("lesson.yaml")
