"""What a class was asked: a lesson file, or a folder with a manifest."""

from __future__ import annotations

import hashlib
import json
import pickle
from pathlib import Path
from typing import Any

import pytest

from stepwise.errors import FileError, StepwiseError
from stepwise.exercises.assignment import files_of, load_assignment
from stepwise.exercises.exercise import read_exercise
from tests.unit.grading.classes import DUE, LESSON, RIGHT, ZERO, write_lesson, write_manifest


def test_a_lesson_file_is_one_exercise_for_all(tmp_path: Path) -> None:
    assignment = load_assignment(write_lesson(tmp_path))
    assert assignment.variants == ()
    assert assignment.title == "Max pooling, SAME"
    assert assignment.exercises[""].trace.output.tolist() == DUE


def test_each_variant_has_its_own_numbers(tmp_path: Path) -> None:
    folder = write_manifest(tmp_path / "w", {"v1": "4 3; 2 1", "v2": "1 2; 3 9"})
    assignment = load_assignment(folder)
    assert assignment.variants == ("v1", "v2")
    assert assignment.exercises["v1"].check("4 3; 2 1").correct
    assert assignment.exercises["v2"].check("9 9; 9 9").correct
    assert not assignment.exercises["v2"].check("4 3; 2 1").correct


def test_a_variant_may_have_weights_or_a_lesson_of_its_own(tmp_path: Path) -> None:
    lesson = (
        "stepwise: 1\ninput: 1 2; 3 4\nlayers:\n  - Conv2D(1, 2)\nweights: [{kernel: [[1, 0], [0, 0]], bias: [0]}]\n"
    )
    folder = write_manifest(tmp_path / "w", {}, lesson)
    (folder / "own.yaml").write_text(LESSON)
    kernel = {"kernel": [[0, 0], [0, 1]], "bias": [5]}
    variants = [
        {"id": "a", "input": "1 2; 3 4"},
        {"id": "b", "input": [[1, 2], [3, 4]], "weights": [kernel]},
        {"id": "c", "input": "1 2; 3 4", "weights": {"0": kernel}},
        {"id": "d", "lesson": "own.yaml"},
    ]
    (folder / "manifest.json").write_text(json.dumps({"lesson": "lesson.yaml", "variants": variants}))
    exercises = load_assignment(folder).exercises
    assert [exercises[id].trace.output.tolist() for id in "abcd"] == [[[1]], [[9]], [[9]], DUE]


def test_a_lesson_must_be_the_one_that_was_handed_out(tmp_path: Path) -> None:
    lesson = write_lesson(tmp_path)
    told = {"lesson.yaml": hashlib.sha256(lesson.read_bytes()).hexdigest(), "v1.pdf": "0" * 64}
    variant = {"id": "v1", "seed": 7, "lesson": "lesson.yaml", "files": told}
    (tmp_path / "manifest.json").write_text(json.dumps({"stepwise": 1, "variants": [variant]}))
    assert load_assignment(tmp_path).exercises["v1"].trace.output.tolist() == DUE
    lesson.write_text(LESSON.replace("-4", "4"))
    with pytest.raises(FileError, match=r"variant 1: lesson.yaml is not the file that was handed out"):
        load_assignment(tmp_path)


def test_an_exercise_is_worth_what_its_lesson_says(tmp_path: Path) -> None:
    assert load_assignment(write_lesson(tmp_path)).exercises[""].points == 1
    told = load_assignment(write_lesson(tmp_path, LESSON + "marking: {points: 9}\n")).exercises[""]
    assert [told.points, told.check(RIGHT).earned, told.check(ZERO).earned] == pytest.approx([9, 9, 4])
    for wrong in ("0", "-1", ".inf", "many", "true"):
        with pytest.raises(StepwiseError, match=r"line 6.*points must be a number above 0"):
            load_assignment(write_lesson(tmp_path, LESSON + f"marking: {{points: {wrong}}}\n"))
    with pytest.raises(StepwiseError, match="is for a lesson without parts"):
        load_assignment(write_lesson(tmp_path, LESSON + "marking: {points: 2}\nparts: [{layer: 0, points: 3}]\n"))


BAD = {
    "nothing": ("", "is not JSON"),
    "deep": ("[" * 100_000, "is not JSON"),
    "list": ("[]", "no list of variants"),
    "empty": ('{"variants": []}', "no list of variants"),
    "words": ('{"variants": ["v1"]}', "no list of variants"),
    "version": ('{"stepwise": 2, "variants": [{"id": "v1"}]}', "expected 1"),
    "no id": ('{"lesson": "lesson.yaml", "variants": [{}]}', "found no id, expected one of letters"),
    "path id": ('{"lesson": "lesson.yaml", "variants": [{"id": "../v1"}]}', "found the id"),
    "no lesson": ('{"variants": [{"id": "v1"}]}', "found no lesson, expected the name"),
    "path": ('{"variants": [{"id": "v1", "lesson": "../lesson.yaml"}]}', "found lesson:"),
    "no input": ('{"lesson": "lesson.yaml", "variants": [{"id": "v1", "seed": 3}]}', "neither its own input"),
    "ragged": ('{"lesson": "lesson.yaml", "variants": [{"id": "v1", "input": "1 2; 3"}]}', "variant 1: .*ragged"),
    "weights": ('{"lesson": "lesson.yaml", "variants": [{"id": "v1", "input": "1", "weights": 3}]}', "found weights"),
    "twice": (
        '{"lesson": "lesson.yaml", "variants": [{"id": "v1", "input": "1"}, {"id": "v1", "input": "2"}]}',
        "variant 2: the id 'v1' is taken",
    ),
}


@pytest.mark.parametrize(("text", "told"), BAD.values(), ids=BAD)
def test_a_manifest_that_cannot_be_used_is_told(tmp_path: Path, text: str, told: str) -> None:
    write_lesson(tmp_path)
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(StepwiseError, match=told):
        load_assignment(tmp_path)


def test_what_is_no_exercise_is_told(tmp_path: Path) -> None:
    with pytest.raises(StepwiseError, match=r"has no manifest\.json"):
        load_assignment(tmp_path)
    compared = "stepwise: 1\ninput: 4 3; 2 1\ncompare: [MaxPool2D(2), AveragePooling2D(2)]\n"
    with pytest.raises(StepwiseError, match="two calls are compared here"):
        load_assignment(write_lesson(tmp_path, compared))
    letters = "stepwise: 1\ninput: a b; c d\nlayers: [MaxPool2D(2)]\n"
    with pytest.raises(StepwiseError, match="letters"):
        load_assignment(write_lesson(tmp_path, letters))


def test_the_fingerprint_is_that_of_the_exercise_and_its_marking(tmp_path: Path) -> None:
    def of(text: str) -> str:
        return load_assignment(write_lesson(tmp_path, text)).fingerprint

    base = of(LESSON)
    assert of(LESSON) == base
    assert of(LESSON.replace("-4", "-5")) != base
    assert of(LESSON.replace("strides=1", "strides=2")) != base


def test_an_assignment_can_be_sent_to_another_process(tmp_path: Path) -> None:
    folder = write_manifest(tmp_path / "w", {"v1": "4 3; 2 1"})
    assignment = load_assignment(folder)
    assert assignment.exercises["v1"].check("4 3; 2 1").correct  # the marker is made, and not sent
    again: Any = pickle.loads(pickle.dumps(assignment))
    assert again.fingerprint == assignment.fingerprint
    assert again.exercises["v1"].check("4 3; 2 1").correct


def test_all_files_that_an_assignment_reads_are_named(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("4 3\n2 1\n")
    lesson = write_lesson(tmp_path, "stepwise: 1\ninput: {file: x.csv}\nlayers: [MaxPool2D(2)]\n")
    assert list(files_of(lesson)) == ["lesson.yaml", "x.csv"]
    folder = write_manifest(tmp_path / "w", {"v1": "4 3; 2 1"})
    assert list(files_of(folder)) == ["manifest.json", "lesson.yaml"]


def test_a_text_brings_no_files_with_it(tmp_path: Path) -> None:
    assert read_exercise(LESSON).check(RIGHT).correct
    with pytest.raises(StepwiseError, match=r"x\.csv"):
        read_exercise("stepwise: 1\ninput: {file: x.csv}\nlayers: [MaxPool2D(2)]\n")
