"""A bound on the time of one answer, whatever it is at; what comes after is not disturbed, however it is started."""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from stepwise.errors import StepwiseError
from stepwise.exercises.assignment import Assignment, load_assignment
from stepwise.exercises.exercise import Exercise
from stepwise.grading import child
from stepwise.grading.child import Child
from stepwise.grading.marker import ClassMarker
from stepwise.grading.submission import Submission
from tests.command import HANGS
from tests.unit.grading.classes import RIGHT, write_lesson


def in_python() -> None:
    """Work that catches whatever an ordinary program catches."""
    while True:
        with contextlib.suppress(Exception):
            sum(range(1000))


def in_one_search() -> None:
    """One call of `re` that is longer than anybody waits: no thread of Python runs meanwhile."""
    re.search(r"(a+)+b", "a" * 60)


def in_one_call_of_numpy() -> None:
    """One call of NumPy that is longer than anybody waits."""
    numbers = np.full(10**4, 10**300, dtype=object)
    for _ in range(10**9):
        numbers = numbers * numbers


@pytest.fixture
def assignment(tmp_path: Path) -> Assignment:
    return load_assignment(write_lesson(tmp_path))


def slow(monkeypatch: pytest.MonkeyPatch, work: Callable[[], None]) -> None:
    """Reading the answer “slow” is this work; a copied process has this change too."""
    kept = Exercise.read

    def read(self: Exercise, answer: str | bytes, kind: str = "") -> object:
        if answer == "slow":
            work()
        return kept(self, answer, kind)

    monkeypatch.setattr(Exercise, "read", read)


@pytest.mark.parametrize("work", [in_python, in_one_search, in_one_call_of_numpy])
def test_a_slow_answer_is_listed_and_those_beside_it_are_marked(
    assignment: Assignment, monkeypatch: pytest.MonkeyPatch, work: Callable[[], None]
) -> None:
    monkeypatch.setattr(child, "_can_be_copied", lambda: True)  # whatever other tests have left running
    slow(monkeypatch, work)
    answers = [Submission(f"s{n}", "", RIGHT, f"line {n}") for n in range(6)]
    answers[2] = Submission("ana", "", "slow", "line 2")
    held = Child(assignment, seconds=1)
    marks = [mark for told in held.marks(answers) for mark in told]
    alone = [mark for told in held.marks([answers[2]]) for mark in told]
    held.close()
    assert [mark.student for mark in marks] == ["s0", "s1", "ana", "s3", "s4", "s5"]
    assert [mark.correct for mark in marks] == [True, True, None, True, True, True]
    assert alone == [marks[2]]
    assert (marks[2].status, marks[2].score) == ("unreadable", None)
    assert marks[2].note == "line 2: marking it took more than 1 seconds"


@pytest.mark.parametrize("copied", [True, False])
def test_the_marks_are_those_of_this_process(
    assignment: Assignment, monkeypatch: pytest.MonkeyPatch, copied: bool
) -> None:
    """With a clock that is set anew for each answer, and marks handed over as they come."""
    monkeypatch.setattr(child, "_can_be_copied", lambda: copied)
    monkeypatch.setattr(child, "_TELL_SECONDS", 0)
    answers = [Submission(f"s{n}", "", RIGHT if n % 3 else "nonsense", f"line {n}") for n in range(40)]
    held = Child(assignment)
    told = list(held.marks(answers))
    held.close()
    assert [mark for marks in told for mark in marks] == [ClassMarker(assignment).mark(one) for one in answers]
    assert len(told) > 1 or not copied  # the other one has a module of its own


def test_a_process_that_waits_for_answers_has_no_clock(assignment: Assignment) -> None:
    held = Child(assignment, seconds=0.3)
    answer = Submission("ana", "", RIGHT, "line 2")
    first = list(held.marks([answer]))
    running = held._running
    threading.Event().wait(1)
    assert list(held.marks([answer])) == first
    assert held._running is running
    held.close()


def test_where_no_process_starts_it_is_said(assignment: Assignment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "_can_be_copied", lambda: False)
    monkeypatch.setattr(child, "_PROGRAM", "raise SystemExit(3)")
    with pytest.raises(StepwiseError, match="does not start"):
        list(Child(assignment).marks([Submission("ana", "", RIGHT, "line 2")]))


SCRIPT = """
import threading
from stepwise.grading.grading import grade
other = threading.Event()
{thread}
told = grade("lesson.yaml", "answers.csv", ["report.csv"], workers={workers}, replace=True)
print(told.marked, told.right)
other.set()
"""


OTHER_THREAD = "threading.Thread(target=other.wait).start()"


@pytest.mark.parametrize(("thread", "workers"), [("", 1), ("", 2), (OTHER_THREAD, 1)])
def test_a_script_without_a_main_guard_marks_a_class(tmp_path: Path, thread: str, workers: int) -> None:
    write_lesson(tmp_path)
    (tmp_path / "answers.csv").write_text(f"student,answer\nana,{RIGHT}\nben,0\n")
    (tmp_path / "script.py").write_text(SCRIPT.format(thread=thread, workers=workers))
    ran = subprocess.run(
        [sys.executable, "script.py"], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=HANGS
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "2 1\n", "")


@pytest.mark.parametrize("came", [b"", b"\x80\x05"], ids=["nothing", "a part"])
def test_a_child_whose_run_was_ended_before_it_was_told_what_to_mark_says_nothing(came: bytes) -> None:
    program = "from stepwise.grading.child import main; main()"
    done = subprocess.run([sys.executable, "-c", program], input=came, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
