"""A bound on the time of one answer, in any thread; what comes after is not disturbed."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from stepwise.exercises.assignment import load_assignment
from stepwise.grading.deadline import Deadline, TooSlowError
from stepwise.grading.marker import ClassMarker
from stepwise.grading.submission import Submission
from tests.command import HANGS
from tests.unit.grading.classes import RIGHT, write_lesson


def forever() -> None:
    """Work that does not end, and that catches whatever an ordinary program catches."""
    while True:
        with contextlib.suppress(Exception):
            time.sleep(0.001)


def test_what_takes_too_long_is_broken_off_and_the_next_goes_on() -> None:
    deadline = Deadline(1)  # second: enough for the next, whatever else the machine does
    for _ in range(2):
        with pytest.raises(TooSlowError):
            deadline.run(forever)
        assert deadline.run(lambda: 7) == 7


def test_it_works_in_other_threads_too() -> None:
    told: list[str] = []

    def work() -> None:
        deadline = Deadline(0.2)
        try:
            deadline.run(forever)
        except TooSlowError:
            told.append("broken off")

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(HANGS)
    assert told == ["broken off"] * 3


def test_what_ends_just_in_time_is_never_broken_off_later() -> None:
    """Which of them ends in time is for the machine to say; the last one never does."""
    deadline = Deadline(0.1)
    works: list[Callable[[], None]] = [partial(time.sleep, 0.05 + 0.02 * number) for number in range(12)]
    ended = broken = 0
    for work in (*works, forever):
        try:
            deadline.run(work)
            ended += 1
        except TooSlowError:
            broken += 1
        for _ in range(2000):
            pass  # nothing may arrive here
    assert broken
    assert ended + broken == 13


def test_errors_of_the_work_come_through() -> None:
    with pytest.raises(ZeroDivisionError):
        Deadline(HANGS).run(lambda: 1 / 0)


def test_a_slow_answer_is_listed_and_the_next_is_marked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assignment = load_assignment(write_lesson(tmp_path))
    exercise = assignment.exercises[""]
    marker = ClassMarker(assignment, seconds=2)  # enough for the next, whatever else the machine does
    kept = type(exercise).read

    def slow(self: object, answer: object, kind: str = "") -> object:
        if answer == "slow":
            forever()
        return kept(exercise, answer, kind)

    monkeypatch.setattr(type(exercise), "read", slow)
    late = marker.mark(Submission("ana", "", "slow", "line 2"))
    assert (late.status, late.score, late.student) == ("unreadable", None, "ana")
    assert "more than 2 seconds" in late.note
    assert marker.mark(Submission("ben", "", RIGHT, "line 3")).correct
