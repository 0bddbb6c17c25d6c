"""A class marked: the same marks whatever the order, the workers or the interruptions, and nothing marked twice."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from stepwise.errors import FileError, StepwiseError
from stepwise.exercises.assignment import load_assignment
from stepwise.grading.grading import Summary, grade, journal_of
from stepwise.grading.submission import Submission
from tests.command import HANGS
from tests.unit.grading.classes import (
    ANSWERS,
    LESSON,
    RIGHT,
    VALID,
    ZERO,
    a_class,
    rows,
    write_lesson,
    write_manifest,
    write_table,
)  # fmt: skip


def marked(folder: Path, table: Path, **how: Any) -> tuple[Summary, list[dict[str, Any]]]:
    report = folder / "report.csv"
    summary = grade(folder / "lesson.yaml", table, [report], replace=True, **how)
    return summary, rows(report)


def test_each_answer_gets_its_mark_and_its_reason(tmp_path: Path) -> None:
    write_lesson(tmp_path)
    summary, told = marked(tmp_path, write_table(tmp_path, ANSWERS.items()))
    by_student = {row["student"]: row for row in told}
    assert [row["student"] for row in told] == list(ANSWERS)
    score = {student: row["score"] for student, row in by_student.items()}
    # Of nine cells, by hand: all, the four that padding does not reach, none of another size, none, …, eight, eight.
    assert {s: float(v) for s, v in score.items() if v} == pytest.approx(
        {"ana": 1, "ben": 4 / 9, "cyd": 0, "dan": 0, "fay": 8 / 9, "gus": 8 / 9}, abs=1e-5
    )
    assert score["eve"] == "", "what cannot be read gets no mark, not a zero"
    assert by_student["ben"]["diagnosis"] == "max.padding_as_zero"
    assert (by_student["ben"]["explains"], by_student["ben"]["wrong"]) == ("5", "5")
    assert "padding.valid_for_same" in by_student["cyd"]["diagnosis"]
    assert (by_student["cyd"]["explains"], by_student["cyd"]["wrong"]) == ("4", "4"), "of another size: every cell"
    statuses = {student: row["status"] for student, row in by_student.items()}
    assert statuses == dict.fromkeys(ANSWERS, "marked") | {"dan": "blank", "eve": "unreadable"}
    assert {row["correct"] for row in told} == {"true", "false", ""}
    assert {row["max_score"] for row in told} == {"1"}
    assert (summary.answers, summary.right, summary.marked, summary.reused) == (7, 1, 7, 0)
    assert [sentence.split(":")[0] for sentence in summary.unreadable] == ["eve, line 6"]


def test_an_order_never_changes_a_mark(tmp_path: Path) -> None:
    write_lesson(tmp_path)
    class_ = a_class(60)
    _summary, told = marked(tmp_path, write_table(tmp_path, class_))
    random.Random(3).shuffle(class_)
    _summary, shuffled = marked(tmp_path, write_table(tmp_path, class_))

    def by_student(found: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
        return {row["student"]: {k: v for k, v in row.items() if k != "source"} for row in found}

    assert by_student(told) == by_student(shuffled)


def test_a_folder_gives_the_marks_of_a_table(tmp_path: Path) -> None:
    write_lesson(tmp_path)
    folder = tmp_path / "in"
    folder.mkdir()
    for student, answer in ANSWERS.items():
        (folder / f"{student}.txt").write_text(answer)
    (folder / "hal.json").write_text("[[-1, -1, -1], [-1, -1, -6], [-5, -5, -6]]")
    (folder / "ivy.exe").write_bytes(b"MZ")
    (folder / "joe.txt").symlink_to("ana.txt")
    _summary, of_table = marked(tmp_path, write_table(tmp_path, ANSWERS.items()))
    summary, of_folder = marked(tmp_path, folder)
    of_files = {row["student"]: row for row in of_folder}
    for row in of_table:
        same = {k: v for k, v in of_files[row["student"]].items() if k != "source"}
        assert same == {k: v for k, v in row.items() if k != "source"}
    assert of_files["hal"]["correct"] == "true"
    assert of_files["ivy"]["status"] == of_files["joe"]["status"] == "unreadable"
    assert summary.statuses["unreadable"] == 3
    assert all("ivy.exe" in s or "joe.txt" in s or "eve.txt" in s for s in summary.unreadable)


def test_every_variant_is_marked_by_its_own_key(tmp_path: Path) -> None:
    folder = write_manifest(tmp_path / "w", {"v1": "4 3; 2 1", "v2": "1 2; 3 9"})
    table = write_table(tmp_path, [("ana", "4 3; 2 1", "v1"), ("ben", "4 3; 2 1", "v2"), ("cyd", "9 9; 9 9", "v2")])
    grade(folder, table, [tmp_path / "r.csv"])
    assert [(row["student"], row["variant"], row["correct"]) for row in rows(tmp_path / "r.csv")] == [
        ("ana", "v1", "true"), ("ben", "v2", "false"), ("cyd", "v2", "true"),
    ]  # fmt: skip


class StoppedError(Exception):
    """Stands for whatever stops a run."""


def submissions(count: int, stop: int | None = None) -> Iterator[Submission]:
    for number, (student, answer) in enumerate(a_class(count)):
        if number == stop:
            raise StoppedError
        yield Submission(student, "", answer, f"line {number + 2}")


@pytest.mark.parametrize("stop", [0, 1, 33, 99])
def test_a_stopped_run_goes_on_and_marks_nothing_twice(tmp_path: Path, stop: int) -> None:
    assignment = load_assignment(write_lesson(tmp_path))
    whole, report = tmp_path / "whole.csv", tmp_path / "report.csv"
    grade(assignment, submissions(100), [whole])
    with pytest.raises(StoppedError):
        grade(assignment, submissions(100, stop), [report])
    assert not report.exists(), "nobody takes half a report for a whole one"
    assert journal_of(report).exists()
    summary = grade(assignment, submissions(100), [report])
    assert (summary.reused, summary.marked) == (stop, 100 - stop)
    assert report.read_bytes() == whole.read_bytes()
    assert not journal_of(report).exists()


def test_what_has_changed_meanwhile_is_marked_again(tmp_path: Path) -> None:
    assignment = load_assignment(write_lesson(tmp_path))
    report = tmp_path / "report.csv"

    def changed(at: int) -> Iterator[Submission]:
        for number, one in enumerate(submissions(50)):
            yield Submission(one.student, "", RIGHT, one.name) if number == at else one

    with pytest.raises(StoppedError):
        grade(assignment, submissions(50, 40), [report])
    summary = grade(assignment, changed(8), [report])
    assert (summary.reused, summary.marked) == (8, 42)
    assert [row["correct"] for row in rows(report)][8] == "true"
    assert len(rows(report)) == 50


def test_another_lesson_begins_anew(tmp_path: Path) -> None:
    report = tmp_path / "report.csv"
    with pytest.raises(StoppedError):
        grade(write_lesson(tmp_path), submissions(50, 40), [report])
    summary = grade(write_lesson(tmp_path, LESSON.replace("-4", "-6")), submissions(50), [report])
    assert (summary.reused, summary.marked) == (0, 50)


@pytest.mark.parametrize("damage", [b"", b"{", b'{"key": 3}\n', b"\0" * 50, b'{"key":"x","status":"marked"}\n'])
def test_a_damaged_journal_is_read_as_far_as_it_is_whole(tmp_path: Path, damage: bytes) -> None:
    assignment = load_assignment(write_lesson(tmp_path))
    whole, report = tmp_path / "whole.csv", tmp_path / "report.csv"
    grade(assignment, submissions(30), [whole])
    with pytest.raises(StoppedError):
        grade(assignment, submissions(30, 20), [report])
    with journal_of(report).open("r+b") as stream:
        stream.truncate(stream.seek(0, os.SEEK_END) - 5)  # the last line loses its end
        stream.seek(0, os.SEEK_END)
        stream.write(damage)
    summary = grade(assignment, submissions(30), [report])
    assert (summary.reused, summary.marked) == (19, 11)
    assert report.read_bytes() == whole.read_bytes()


def heard() -> None:
    """Ctrl-C reaches the program even where what began these tests does not listen to it, as in the background."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def running(folder: Path, *options: str) -> subprocess.Popen[str]:
    """`stepwise grade` as a program of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "stepwise", "grade", "lesson.yaml", "many.csv", "-o", "report.csv", *options],
        cwd=folder,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=heard,
    )


STOPPED = [
    (signal.SIGINT, "1"),
    (signal.SIGKILL, "1"),
    (signal.SIGINT, "2"),
    (signal.SIGKILL, "2"),
    (signal.SIGTERM, "2"),
]


def begun(folder: Path, workers: str) -> tuple[subprocess.Popen[str], int]:
    """A program in the midst of marking a class, and how large the class is: one that is done too soon has too few."""
    for count in (3_000, 12_000, 48_000):
        write_table(folder, a_class(count), "many.csv")
        program = running(folder, "--workers", workers)
        journal = journal_of(folder / "report.csv")
        deadline = time.monotonic() + HANGS
        while not (journal.exists() and journal.stat().st_size > 5000) and time.monotonic() < deadline:
            if program.poll() is not None:
                break
            time.sleep(0.01)
        if program.poll() is None:
            return program, count
        program.communicate()
        (folder / "report.csv").unlink()
    raise AssertionError("it must be stopped before it is done")


@pytest.mark.parametrize(("sent", "workers"), STOPPED)
def test_a_program_that_is_stopped_or_killed_can_be_run_again(tmp_path: Path, sent: int, workers: str) -> None:
    write_lesson(tmp_path)
    program, count = begun(tmp_path, workers)
    if sent == signal.SIGINT:
        os.killpg(program.pid, sent)  # as a terminal sends it
    else:
        os.kill(program.pid, sent)
    _out, told = program.communicate(timeout=HANGS)  # it ends when all have closed their standard error, workers too
    assert "Traceback" not in told
    if sent == signal.SIGINT:
        assert program.returncode == 130
        assert "give the same command again" in told
    assert not (tmp_path / "report.csv").exists()
    again = running(tmp_path, "--workers", workers)
    _out, told = again.communicate(timeout=HANGS)
    assert again.returncode == 0, told
    reused = int(told.split("(")[1].split(" of them")[0].replace(",", ""))
    assert 0 < reused < count
    assert len(rows(tmp_path / "report.csv")) == count


def test_two_runs_do_not_write_into_one_another(tmp_path: Path) -> None:
    assignment, report = load_assignment(write_lesson(tmp_path)), tmp_path / "report.csv"

    def meanwhile() -> Iterator[Submission]:
        yield from submissions(3)
        with pytest.raises(FileError, match="is being written by another run"):
            grade(assignment, submissions(3), [report])

    assert grade(assignment, meanwhile(), [report]).marked == 3
    assert len(rows(report)) == 3


def test_reports_are_not_replaced_unless_it_is_asked_for(tmp_path: Path) -> None:
    write_lesson(tmp_path)
    table = write_table(tmp_path, ANSWERS.items())
    report = tmp_path / "report.csv"
    report.write_text("mine")
    with pytest.raises(FileError, match="exists already"):
        grade(tmp_path / "lesson.yaml", table, [report])
    assert report.read_text() == "mine"


def test_an_unknown_report_is_refused_before_anything_is_marked(tmp_path: Path) -> None:
    write_lesson(tmp_path)
    with pytest.raises(StepwiseError, match=r"must end in \.csv"):
        grade(tmp_path / "lesson.yaml", write_table(tmp_path, ANSWERS.items()), [tmp_path / "report.doc"])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["answers.csv", "lesson.yaml"]


def test_a_class_of_nobody_has_a_report_too(tmp_path: Path) -> None:
    write_lesson(tmp_path)
    reports = [tmp_path / name for name in ("r.csv", "r.jsonl", "r.html", "r.parquet")]
    summary = grade(tmp_path / "lesson.yaml", write_table(tmp_path, []), reports)
    assert summary.answers == 0
    assert rows(reports[0]) == []
    assert reports[1].read_text() == ""
    assert reports[2].read_text().endswith("</html>")


@pytest.mark.parametrize("workers", [1, 2])
def test_of_a_students_answers_the_last_counts(tmp_path: Path, workers: int) -> None:
    write_lesson(tmp_path)
    table = write_table(tmp_path, [("ana", RIGHT), ("ben", ZERO), ("ana", ZERO), ("cyd", RIGHT), ("ana", VALID)])
    once = write_table(tmp_path, [("ben", ZERO), ("cyd", RIGHT), ("ana", VALID)], "once.csv")
    summary = grade(
        tmp_path / "lesson.yaml",
        table,
        [tmp_path / "r.csv", tmp_path / "r.html", tmp_path / "r.jsonl"],
        workers=workers,
    )
    grade(tmp_path / "lesson.yaml", once, [tmp_path / "once.html"])
    assert (summary.answers, summary.repeated) == (5, 1)
    told = [(row["student"], row["score"], row["status"]) for row in rows(tmp_path / "r.csv")]
    assert told == [
        ("ana", "", "superseded"),
        ("ben", "0.44444", "marked"),
        ("ana", "", "superseded"),
        ("cyd", "1", "marked"),
        ("ana", "0", "marked"),
    ]
    notes = [row["note"] for row in rows(tmp_path / "r.csv") if row["student"] == "ana"]
    assert notes[0] == "answer 1 of 3 by this student; the last counts"
    assert notes[1].startswith("answer 2 of 3 by this student; the last counts: ")
    assert notes[2].startswith("the last of 3 answers by this student, and the one that counts: ")
    assert (tmp_path / "r.html").read_text() == (tmp_path / "once.html").read_text()  # it is of what counts


def test_another_variant_is_another_exercise(tmp_path: Path) -> None:
    folder = write_manifest(tmp_path / "w", {"v1": "4 3; 2 1", "v2": "1 2; 3 4"})
    table = write_table(tmp_path, [("ana", "4 3; 2 1", "v1"), ("ana", "4 4; 4 4", "v2")])
    assert grade(folder, table, [tmp_path / "r.csv"]).repeated == 0
    assert [row["status"] for row in rows(tmp_path / "r.csv")] == ["marked", "marked"]


def test_json_lines_tell_every_cell(tmp_path: Path) -> None:
    write_lesson(tmp_path)
    grade(
        tmp_path / "lesson.yaml",
        write_table(tmp_path, [("ben", ZERO), ("fay", ANSWERS["fay"])]),
        [tmp_path / "r.jsonl"],
    )
    ben, fay = map(json.loads, (tmp_path / "r.jsonl").read_text().splitlines())
    assert (ben["student"], ben["score"], ben["correct"]) == ("ben", pytest.approx(4 / 9, abs=1e-5), False)
    assert ben["diagnosis"] == ["max.padding_as_zero"]
    assert ben["cells"] == ["rrwrrwwww"]
    assert fay["cells"] == ["rrrrrbrrr"]


@pytest.mark.parametrize(
    ("reports", "told"),
    [
        (["in/report.csv"], "would lie among the answers"),
        (["in/below/../report.csv"], "would lie among the answers"),
        (["report.csv", "link/report.html"], "would lie among the answers"),
        (["report.csv", "./report.csv"], "named twice"),
        (["report.csv", "taken.html"], "it is a folder"),
        (["report.csv", "nowhere/report.html"], "no such folder"),
    ],
)
def test_a_report_has_a_place_of_its_own(tmp_path: Path, reports: list[str], told: str) -> None:
    (tmp_path / "in" / "below").mkdir(parents=True)
    (tmp_path / "taken.html").mkdir()
    (tmp_path / "link").symlink_to("in")
    (tmp_path / "in" / "ana.txt").write_text(RIGHT)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(FileError, match=told):
        grade(write_lesson(tmp_path), tmp_path / "in", [f"{tmp_path}/{report}" for report in reports], replace=True)
    assert sorted(tmp_path.rglob("*")) == sorted([*before, tmp_path / "lesson.yaml"]), "nothing is begun"


def test_a_report_never_replaces_what_was_handed_in(tmp_path: Path) -> None:
    table = write_table(tmp_path, ANSWERS.items())
    before = table.read_bytes()
    with pytest.raises(FileError, match="is what was handed in; name another file"):
        grade(write_lesson(tmp_path), table, [table], replace=True)
    assert table.read_bytes() == before
