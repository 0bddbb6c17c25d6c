"""The real otter-grader runs the test files: what it gives each answer, and what it shows to whom."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from stepwise.errors import StepwiseError
from stepwise.exercises.wording import literal
from stepwise.graders.otter import question_file
from tests.tools.graders.conftest import Tools
from tests.unit.grading.classes import LESSON, RIGHT, VALID, ZERO

pytestmark = pytest.mark.xdist_group("graders")  # one worker runs the notebooks, once

RUN = """\
import json, sys
from otter.test_files.exception_test import ExceptionTestFile
told = {}
for name, answers in json.load(open("asked.json")).items():
    for number, answer in enumerate(answers):
        file = ExceptionTestFile.from_file(name)
        file.run({} if answer is None else {"answer": answer})
        told[f"{name} {number}"] = found = []
        for result in file.test_case_results:
            case = result.test_case
            found.append([case.name, case.points, case.hidden, result.passed, result.message])
json.dump(told, open("told.json", "w"))
"""
BY_ROWS = LESSON + "marking: {score: rows}\n"
AS_A_WHOLE = LESSON + "marking: {score: all}\n"
WEIGHTED = LESSON + "marking: {weights: [[1, 1, 1], [1, 1, 1], [1, 1, 7]]}\n"
SILENT = LESSON + "marking: {reveal: nothing}\n"
PARTS = "stepwise: 1\ninput: 1 -2; -3 4\nlayers: [ReLU(), MaxPool2D(2)]\nparts: [{layer: 0, points: 3}, {layer: 1}]\n"
ASKED: dict[str, tuple[str, list[Any], list[float]]] = {  # lesson, answers, and what each earns of 4 points, by hand
    "cells.py": (
        LESSON,
        [RIGHT, ZERO, VALID, "hello", None, [[-1, -1, -1], [-1, -1, -6], [-5, -5, 0]]],
        [4, 16 / 9, 0, 0, 0, 32 / 9],
    ),
    "rows.py": (BY_ROWS, [RIGHT, ZERO, "-1 -1 -1; -1 -1 -6; 0 0 0"], [4, 0, 8 / 3]),
    "whole.py": (AS_A_WHOLE, [RIGHT, "-1 -1 -1; -1 -1 -6; -5 -5 0"], [4, 0]),
    "weighted.py": (WEIGHTED, [RIGHT, "-1 -1 -1; -1 -1 -6; -5 -5 0"], [4, 4 * 8 / 15]),
    "silent.py": (SILENT, [ZERO], [16 / 9]),
    "parts.py": (PARTS, [["1 0; 0 4", "4"], ["1 0; 0 4", "5"], ["1 2; 3 4", "4"]], [4, 3, 2.5]),
}


@pytest.fixture(scope="module")
def told(tools: Tools, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[list[Any]]]:
    """Every answer through otter: for each case its name, points, whether hidden, whether passed, and the message."""
    folder = tmp_path_factory.mktemp("otter")
    for name, (lesson, _answers, _earned) in ASKED.items():
        (folder / name).write_text(question_file(lesson, name.removesuffix(".py"), points=4), encoding="utf-8")
    (folder / "asked.json").write_text(json.dumps({name: answers for name, (_l, answers, _e) in ASKED.items()}))
    tools.run("python", "-c", RUN, folder=folder)
    found: dict[str, list[list[Any]]] = json.loads((folder / "told.json").read_text())
    return found


@pytest.mark.parametrize("name", ASKED)
def test_points_are_those_that_were_earned(told: dict[str, list[list[Any]]], name: str) -> None:
    for number, due in enumerate(ASKED[name][2]):
        cases = told[f"{name} {number}"]
        assert sum(points for _name, points, *_rest in cases) == pytest.approx(4)
        assert sum(points for _n, points, _h, passed, _m in cases if passed) == pytest.approx(due)


def test_only_the_size_is_checked_in_sight_of_the_student(told: dict[str, list[list[Any]]]) -> None:
    for cases in told.values():
        assert [name for name, _p, hidden, *_rest in cases if not hidden] == [cases[0][0]]
        assert cases[0][0].endswith(" size")
        assert cases[0][1] == 0
    assert told["cells.py 1"][0][3], "wrong numbers of the right size pass it"
    assert "2×2" in told["cells.py 2"][0][4]
    assert "there is no answer" in told["cells.py 4"][0][4]


def test_the_first_case_that_fails_says_why(told: dict[str, list[list[Any]]]) -> None:
    failed = [message for _n, _p, _h, passed, message in told["cells.py 1"] if not passed]
    assert "Padding was taken as 0" in failed[0]
    assert all("Padding" not in message and "not right" in message for message in failed[1:])
    for _n, _p, _h, passed, message in told["silent.py 0"]:
        assert passed or "adding" not in message


def test_otter_grades_a_notebook(tools: Tools, tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "q1.py").write_text(question_file(LESSON, "q1", points=4), encoding="utf-8")
    (tmp_path / "out").mkdir()
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": f"answer = {ZERO!r}"}
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook = {"cells": [cell | {"execution_count": None, "outputs": []}], "metadata": {"kernelspec": kernel}}
    (tmp_path / "submission.ipynb").write_text(json.dumps(notebook | {"nbformat": 4, "nbformat_minor": 5}))
    tools.run("otter", "generate", "-t", "tests", "-o", "autograder.zip", "--no-environment", folder=tmp_path)
    tools.run("otter", "run", "-a", "autograder.zip", "-o", "out", "submission.ipynb", folder=tmp_path)
    tests = json.loads((tmp_path / "out" / "results.json").read_text())["tests"]
    [question] = [test for test in tests if test["name"] == "q1"]
    assert (question["score"], question["max_score"]) == (pytest.approx(16 / 9, abs=1e-4), 4)
    assert "Padding was taken as 0" in question["output"]


def test_what_cannot_be_a_test_file_is_told() -> None:
    with pytest.raises(StepwiseError, match="letters, digits"):
        question_file(LESSON, "q'1")
    with pytest.raises(StepwiseError, match="not the name of a variable"):
        question_file(LESSON, "q1", variable="import")
    with pytest.raises(StepwiseError, match="784 cases"):
        question_file("stepwise: 1\ninput: {mnist: 0}\nlayers: [ReLU()]\n", "q1")


@pytest.mark.parametrize(
    "text", ["a\nb", '"', "x\\y\n", 'a\n"', "é\n\x07b", 'a"""\n', "'''\n", "{x}\n", "\r\n", LESSON]
)
def test_a_lesson_in_code_is_the_same_lesson(text: str) -> None:
    assert eval(literal(text)) == text
