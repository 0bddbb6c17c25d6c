"""nbgrader's own programs release a notebook of ours, mark what students did with it, and export the grades."""

from __future__ import annotations

import copy
import csv
import json
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest

from stepwise.errors import StepwiseError
from stepwise.graders.nbgrader import cells, check, notebook
from tests.tools.graders.conftest import Tools
from tests.unit.grading.classes import LESSON, RIGHT, ZERO

pytestmark = pytest.mark.xdist_group("graders")  # one worker runs the notebooks, once

STUDENTS = {  # few: nbgrader starts a kernel for each
    "ana": f"import sys, warnings\nwarnings.simplefilter('always')\nanswer = {RIGHT!r}",
    "ben": f"answer = {ZERO!r}",
    "cyd": None,  # left as it was released
    "dan": "import numpy\nanswer = numpy.zeros((2, 2))",
    "eve": "answer = object()",
}
EARNED = {"ana": 4, "ben": 4 * 4 / 9, "cyd": 0, "dan": 0, "eve": 0}
CONFIG = """\
c = get_config()
c.CourseDirectory.course_id = "course"
c.CourseDirectory.root = {root!r}
"""


def test_a_notebook_goes_through_nbgrader(tools: Tools, tmp_path: Path) -> None:
    source = tmp_path / "source" / "ps1" / "q.ipynb"
    source.parent.mkdir(parents=True)
    source.write_text(json.dumps(notebook(cells(LESSON, "q1", points=4))))
    (tmp_path / "nbgrader_config.py").write_text(CONFIG.format(root=str(tmp_path)))
    tools.run("nbgrader", "generate_assignment", "ps1", "--create", folder=tmp_path)
    released: Any = json.loads((tmp_path / "release" / "ps1" / "q.ipynb").read_text())
    question, answer, grading = ("".join(cell["source"]) for cell in released["cells"])
    assert "-4 -3 -1" in question
    assert RIGHT not in question + answer + grading, "the answer is not released"
    for student, code in STUDENTS.items():
        handed_in = copy.deepcopy(released)
        if code is not None:
            handed_in["cells"][1]["source"] = code
        place = tmp_path / "submitted" / student / "ps1"
        place.mkdir(parents=True)
        (place / "q.ipynb").write_text(json.dumps(handed_in))
    tools.run("nbgrader", "autograde", "ps1", folder=tmp_path)
    tools.run("nbgrader", "export", folder=tmp_path)
    with (tmp_path / "grades.csv").open(newline="") as stream:
        grades = {row["student_id"]: row for row in csv.DictReader(stream)}
    assert {student: float(row["raw_score"]) for student, row in grades.items()} == pytest.approx(EARNED, abs=1e-4)
    assert {float(row["max_score"]) for row in grades.values()} == {4}
    marked: Any = json.loads((tmp_path / "autograded" / "ben" / "ps1" / "q.ipynb").read_text())
    told = json.dumps(marked["cells"][2]["outputs"])
    assert "Padding was taken as 0" in told, "the student reads why"
    assert "stderr" not in told


def test_check_gives_a_plain_float_and_is_silent_on_stderr(capfd: pytest.CaptureFixture[str]) -> None:
    class Odd:
        """Nothing that numbers can be read from, and loud about it."""

        def __array__(self, *_arguments: Any, **_named: Any) -> Any:
            print("loud", file=sys.stderr)
            warnings.warn("loud", stacklevel=1)
            raise OSError("no")

    for answer, due in [
        (RIGHT, 4), (ZERO, 4 * 4 / 9), ("", 0), (None, 0), (Odd(), 0), ([1, [2]], 0), (float("nan"), 0), (b"\xff", 0),
    ]:  # fmt: skip
        earned = check(answer, LESSON, points=4)
        assert type(earned) is float
        assert earned == pytest.approx(due, abs=1e-5)
        assert 0 <= earned <= 4
    assert check(RIGHT, "not a lesson", points=4) == 0.0
    told = capfd.readouterr()
    assert told.err == ""
    assert "Padding was taken as 0" in told.out
    check(ZERO, LESSON, tell=False)
    assert capfd.readouterr().out == ""


def test_cells_are_to_the_letter_of_the_schema() -> None:
    allowed = {"schema_version", "grade", "locked", "solution", "grade_id", "points", "task", "checksum", "cell_type"}
    roles = {}
    for cell in cells(LESSON, "q1", points=4):
        told = cell["metadata"]["nbgrader"]
        assert set(told) <= allowed
        assert told["schema_version"] == 3
        roles[told["grade_id"]] = told["grade"], told["locked"], told["solution"]
    assert roles == {
        "q1-question": (False, True, False), "q1-answer": (False, False, True), "q1-grade": (True, True, False),
    }  # fmt: skip
    for bad in ("", "q 1", "q/1", "ü"):
        with pytest.raises(StepwiseError, match="letters, digits"):
            cells(LESSON, bad)


def test_an_exercise_in_parts_takes_a_list(capsys: pytest.CaptureFixture[str]) -> None:
    lesson = (
        "stepwise: 1\ninput: 1 -2; -3 4\nlayers: [ReLU(), MaxPool2D(2)]\nparts: [{layer: 0, points: 3}, {layer: 1}]\n"
    )
    assert check(["1 0; 0 4", "4"], lesson, points=8) == 8.0
    assert check(["1 0; 0 4", "5"], lesson, points=8) == 6.0
    solution = cells(lesson, "q1")[1]["source"]
    names: dict[str, Any] = {}
    exec(solution, names)
    assert check(names["answer"], lesson, points=8) == 8.0
    assert "Part 2: 0 of 1 points" in capsys.readouterr().out
