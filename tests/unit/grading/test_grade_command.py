"""`stepwise grade`: what it says, where, and how it ends."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.command import program, run
from tests.unit.grading.classes import ANSWERS, RIGHT, a_class, rows, write_lesson, write_manifest, write_table


def test_a_class_is_marked_and_what_cannot_be_read_is_listed(tmp_path: Path) -> None:
    lesson, table = write_lesson(tmp_path), write_table(tmp_path, ANSWERS.items())
    report, page = tmp_path / "report.csv", tmp_path / "overview.html"
    ran = run("grade", str(lesson), str(table), "-o", str(report), "-o", str(page))
    assert (ran.status, ran.out) == (0, "")
    assert "marked 7 answers: 1 right, 4 with mistakes, 1 blank, 1 unreadable" in ran.err
    assert "unreadable: eve, line 6: " in ran.err
    assert f"wrote {report}" in ran.err
    assert len(rows(report)) == 7
    assert page.read_text(encoding="utf-8").endswith("</html>")


def test_many_unreadable_answers_are_not_all_told(tmp_path: Path) -> None:
    lesson, table = write_lesson(tmp_path), write_table(tmp_path, [(f"s{i}", "?!") for i in range(30)])
    ran = run("grade", str(lesson), str(table), "-o", str(tmp_path / "r.csv"))
    assert ran.err.count("unreadable: ") == 5
    assert "and 25 more" in ran.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["lesson.yaml"], "nothing to mark"),
        (["lesson.yaml", "answers.csv"], "add -o report.csv"),
        (["nothing.yaml", "answers.csv", "-o", "r.csv"], "nothing.yaml"),
        (["lesson.yaml", "nothing.csv", "-o", "r.csv"], "nothing.csv"),
        (["lesson.yaml", "answers.csv", "-o", "r.doc"], "must end in .csv"),
        (["lesson.yaml", "answers.csv", "-o", "nowhere/r.csv"], "nowhere"),
        (["lesson.yaml", "answers.csv", "-o", "r.csv", "--workers", "0"], "1 to 256"),
        (["lesson.yaml", "answers.csv", "-o", "r.csv", "--workers", "2", "--scheduler", "x"], "not both"),
        (["lesson.yaml", "answers.csv", "-o", "r.csv", "--seconds", "0"], "above 0"),
        (["lesson.yaml", "answers.csv", "-o", "taken.csv"], "exists already"),
        (["lesson.yaml", "answers.csv", "--autograder", "a.zip"], "leave SUBMISSIONS"),
        (["lesson.yaml", "--autograder", "a.tar"], "must end in .zip"),
        (["lesson.yaml", "lesson.yaml", "-o", "r.csv"], "give a folder"),
        ([".", "answers.csv", "-o", "r.csv"], "manifest.json"),
        (["compared.yaml", "answers.csv", "-o", "r.csv"], "two calls are compared here"),
        (["lesson.yaml", "utf16.csv", "-o", "r.csv"], "not text in UTF-8"),
        (["lesson.yaml", "empty.csv", "-o", "r.csv"], "the table is empty"),
        (["lesson.yaml", "columns.csv", "-o", "r.csv"], "has no column 'answer'"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    write_lesson(tmp_path)
    write_table(tmp_path, ANSWERS.items())
    (tmp_path / "taken.csv").write_text("mine")
    (tmp_path / "compared.yaml").write_text("stepwise: 1\ninput: 4 3\ncompare: [MaxPool2D(1), AveragePooling2D(1)]\n")
    (tmp_path / "utf16.csv").write_text("student,answer\nana,1\n", encoding="utf-16")
    (tmp_path / "empty.csv").touch()
    (tmp_path / "columns.csv").write_text("student\nana\n")
    before = {path.name for path in tmp_path.iterdir()}
    ran = run("grade", *arguments)
    assert ran.status == 2
    assert told in ran.err
    assert ran.err.count("\n") == 1
    assert {path.name for path in tmp_path.iterdir()} == before


def test_reports_are_replaced_where_it_is_asked_for(tmp_path: Path) -> None:
    lesson, table = write_lesson(tmp_path), write_table(tmp_path, [("ana", RIGHT)])
    (tmp_path / "r.csv").write_text("old")
    assert run("grade", str(lesson), str(table), "-o", str(tmp_path / "r.csv"), "--force").status == 0
    assert rows(tmp_path / "r.csv")[0]["correct"] == "true"


def test_a_folder_with_a_manifest(tmp_path: Path) -> None:
    folder = write_manifest(tmp_path / "w", {"v1": "4 3; 2 1", "v2": "1 2; 3 4"})
    table = write_table(tmp_path, [("ana", "4 3; 2 1", "v1"), ("ben", "4 4; 4 4", "v2")])
    ran = run("grade", str(folder), str(table), "-o", str(tmp_path / "r.csv"))
    assert ran.status == 0
    assert [row["correct"] for row in rows(tmp_path / "r.csv")] == ["true", "true"]


def test_an_autograder_is_written(tmp_path: Path) -> None:
    out = tmp_path / "autograder.zip"
    ran = run("grade", str(write_lesson(tmp_path)), "--autograder", str(out))
    assert (ran.status, ran.err) == (0, f"wrote {out}\n")
    assert {"setup.sh", "run_autograder"} <= set(zipfile.ZipFile(out).namelist())
    assert run("grade", str(tmp_path / "lesson.yaml"), "--autograder", str(out)).status == 2, "it is there already"


def test_the_bar_is_on_a_terminal_and_nowhere_else(tmp_path: Path) -> None:
    write_lesson(tmp_path)
    write_table(tmp_path, a_class(40))
    command = ["grade", "lesson.yaml", "answers.csv", "-o", "report.csv", "--force"]
    assert "marking" not in program(*command, folder=tmp_path).err
    ours, theirs = pty.openpty()
    started = subprocess.Popen(
        [sys.executable, "-m", "stepwise", *command], cwd=tmp_path, stderr=theirs, env={**os.environ, "TERM": "xterm"}
    )
    os.close(theirs)
    shown = b""
    while True:
        try:
            got = os.read(ours, 4096)
        except OSError:  # the terminal's other end is closed
            break
        if not got:
            break
        shown += got
    os.close(ours)
    assert started.wait(60) == 0
    assert b"marking" in shown
    assert b"100%" in shown


def test_help_has_examples() -> None:
    ran = run("grade", "--help")
    assert ran.status == 0
    assert "stepwise grade lesson.yaml answers.csv -o report.csv -o overview.html" in ran.out
