"""Gradescope: `results.json` to the letter of its specification, and the zip unpacked, set up and run as there."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from stepwise.errors import StepwiseError
from stepwise.exercises.assignment import load_assignment
from stepwise.graders.gradescope import autograder, crashed, handed_in, main, results, total_points, write_autograder
from stepwise.grading.submission import Submission
from tests.command import HANGS
from tests.unit.grading.classes import LESSON, RIGHT, ZERO, write_lesson

FORMATS = {"enum": ["text", "html", "simple_format", "md", "ansi"]}
VISIBILITY = {"enum": ["visible", "hidden", "after_due_date", "after_published"]}
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["tests"],
    "properties": {
        "score": {"type": "number"},
        "execution_time": {"type": "number"},
        "output": {"type": "string"},
        "output_format": FORMATS,
        "test_output_format": FORMATS,
        "test_name_format": FORMATS,
        "visibility": VISIBILITY,
        "stdout_visibility": VISIBILITY,
        "extra_data": {},
        "leaderboard": {"type": "array"},
        "tests": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["status"],
                "properties": {
                    "score": {"type": "number"},
                    "max_score": {"type": "number"},
                    "status": {"enum": ["passed", "failed"]},
                    "name": {"type": "string"},
                    "name_format": FORMATS,
                    "number": {"type": "string"},
                    "output": {"type": "string"},
                    "output_format": FORMATS,
                    "tags": {"type": "array", "items": {"type": "string"}},
                    "visibility": VISIBILITY,
                    "extra_data": {},
                },
            },
        },
    },
}
"""Gradescope's “Autograder Specifications”, as a schema; it publishes none."""
PARTS = (
    "stepwise: 1\ntitle: Two layers\ninput: 1 -2; -3 4\nlayers: [ReLU(), MaxPool2D(2)]\n"
    "parts: [{layer: 0, points: 3, title: First}, {layer: 1}]\n"
)


def told(folder: Path, answer: str, lesson: str = LESSON, total: float | None = None) -> dict[str, Any]:
    found = results(load_assignment(write_lesson(folder, lesson)), Submission("", "", answer, "answer.txt"), total)
    jsonschema.validate(found, SCHEMA)
    return found


def test_a_right_and_a_wrong_answer(tmp_path: Path) -> None:
    [test] = told(tmp_path, RIGHT)["tests"]
    assert (test["score"], test["max_score"], test["status"]) == (1, 1, "passed")
    [test] = told(tmp_path, ZERO, total=20)["tests"]
    assert (test["score"], test["max_score"], test["status"]) == (8.88889, 20, "failed")
    assert "Padding was taken as 0" in test["output"]
    assert test["visibility"] == "visible"


def test_what_cannot_be_read_is_told_and_not_called_wrong(tmp_path: Path) -> None:
    for answer in ("hello", "", "[[1"):
        [test] = told(tmp_path, answer)["tests"]
        assert (test["score"], test["status"]) == (0, "failed")
        assert test["output"].startswith("Your answer could not be read: ")


def test_a_student_sees_what_the_author_reveals(tmp_path: Path) -> None:
    outputs = {
        reveal: told(tmp_path, ZERO, LESSON + f"marking: {{reveal: {reveal}}}\n")["tests"][0]["output"]
        for reveal in ("nothing", "cells", "diagnosis", "working")
    }
    assert "(0, 2)" not in outputs["nothing"]
    assert "(0, 2)" in outputs["cells"]
    assert "adding" not in outputs["nothing"] + outputs["cells"]
    assert "Padding was taken as 0" in outputs["diagnosis"]
    assert "Padding was taken as 0" in outputs["working"]


def test_a_test_for_each_part_with_numbers_as_text(tmp_path: Path) -> None:
    first, second = told(tmp_path, "1 0; 0 4\n---\n5", PARTS, total=8)["tests"]
    assert [first[key] for key in ("name", "number", "score", "max_score", "status")] == [
        "First",
        "1.1",
        6,
        6,
        "passed",
    ]
    assert [second[key] for key in ("name", "number", "score", "max_score", "status")] == [
        "Part 2",
        "1.2",
        0,
        2,
        "failed",
    ]


def test_on_a_crash_the_student_is_told_and_only_the_instructor_sees_why(tmp_path: Path) -> None:
    found = crashed("Traceback: secret")
    jsonschema.validate(found, SCHEMA)
    assert found["score"] == 0
    assert [test["visibility"] for test in found["tests"]] == ["visible", "hidden"]
    assert ["secret" in test["output"] for test in found["tests"]] == [False, True]
    (tmp_path / "lesson.yaml").write_text("no lesson")
    (tmp_path / "submission").mkdir()
    main([str(tmp_path), str(tmp_path / "submission"), str(tmp_path / "none.json"), str(tmp_path / "results.json")])
    written = json.loads((tmp_path / "results.json").read_text())
    jsonschema.validate(written, SCHEMA)
    assert written["score"] == 0
    assert "lesson.yaml" in written["tests"][1]["output"]


ENDLESS = """
import re, sys
from stepwise.exercises.exercise import Exercise
from stepwise.graders import gradescope
Exercise.check = lambda *given: re.search(r"(a+)+b", "a" * 60)  # one call of C that does not come back
gradescope.SECONDS = 1
gradescope.main(sys.argv[1:])
"""


def test_what_takes_too_long_is_ended_and_its_results_say_so(tmp_path: Path) -> None:
    write_lesson(tmp_path)
    (tmp_path / "submission").mkdir()
    (tmp_path / "submission" / "answer.txt").write_text(RIGHT)
    (tmp_path / "m.json").write_text('{"assignment": {"total_points": 8}}')
    places = [str(tmp_path / name) for name in ("", "submission", "m.json", "results.json")]
    ran = subprocess.run(
        [sys.executable, "-c", ENDLESS, *places], capture_output=True, text=True, check=False, timeout=HANGS
    )
    assert "in search" in ran.stderr, "where it was, for the instructor"
    written = json.loads((tmp_path / "results.json").read_text())
    jsonschema.validate(written, SCHEMA)
    (test,) = written["tests"]
    assert (test["score"], test["max_score"], test["visibility"]) == (0, 8, "visible")
    assert test["output"] == "Your answer could not be read: marking it took too long, or too much memory."


@pytest.mark.parametrize(
    ("files", "found"),
    [
        (["x.txt"], "x.txt"),
        (["notes.md", "answer.csv"], "answer.csv"),
        ([], "no file was handed in"),
        (["a.txt", "b.txt"], "2 files were handed in"),
        ([".hidden", "a.txt"], "a.txt"),
    ],
)
def test_the_answer_is_the_only_file_or_the_one_called_so(tmp_path: Path, files: list[str], found: str) -> None:
    assignment = load_assignment(write_lesson(tmp_path))
    folder = tmp_path / "submission"
    folder.mkdir()
    for name in files:
        (folder / name).write_text("4")
    one = handed_in(folder, assignment)
    assert found in (one.problem or one.name)


def test_points_are_those_of_the_assignment_on_gradescope(tmp_path: Path) -> None:
    place = tmp_path / "submission_metadata.json"
    place.write_text('{"assignment": {"total_points": "20.0"}}')
    assert total_points(place) == 20
    for text in ("", "{}", '{"assignment": {"total_points": null}}', '{"assignment": {"total_points": "nan"}}', "[]"):
        place.write_text(text)
        assert total_points(place) is None
    assert total_points(tmp_path / "none.json") is None


def test_the_zip_is_the_same_for_the_same_lesson(tmp_path: Path) -> None:
    lesson = write_lesson(tmp_path)
    assert autograder(lesson) == autograder(lesson)
    held = zipfile.ZipFile(io.BytesIO(autograder(lesson)))
    for name in ("setup.sh", "run_autograder"):
        assert held.getinfo(name).external_attr >> 16 & 0o111, f"{name} can be run"
        assert b"\r" not in held.read(name)
    assert held.read("exercise/lesson.yaml").decode() == LESSON
    assert "numpy" in held.read("requirements.txt").decode()
    assert not [name for name in held.namelist() if name.startswith("/") or ".." in name or "__pycache__" in name]


def test_what_is_no_lesson_makes_no_zip(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("stepwise: 2\n")
    with pytest.raises(StepwiseError, match="expected stepwise: 1"):
        write_autograder(tmp_path / "x.yaml", tmp_path / "out.zip")
    with pytest.raises(StepwiseError, match=r"must end in \.zip"):
        write_autograder(write_lesson(tmp_path), tmp_path / "out.tar")
    assert not (tmp_path / "out.zip").exists()
