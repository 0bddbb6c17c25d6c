"""Where marking a class writes: what lies there already, what no file can be called, what the disk has no room for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from stepwise.errors import FileError
from stepwise.grading.feedback import page_name
from stepwise.grading.marks import Mark
from stepwise.grading.on_disk import DiskCounter, DiskNames, DiskSet
from stepwise.grading.submission import Submission
from stepwise.grading.totals import Totals
from tests.command import program, run
from tests.unit.grading.classes import RIGHT, write_lesson, write_table


def marked(folder: Path, *words: str, students: tuple[str, ...] = ("ana",)) -> tuple[str, ...]:
    """The words of a command that marks a class in a folder."""
    lesson, table = write_lesson(folder), write_table(folder, [(one, RIGHT) for one in students], "class.csv")
    return ("grade", str(lesson), str(table), *words)


def test_a_link_in_place_of_the_journal_is_not_followed(tmp_path: Path) -> None:
    """What it leads to would be emptied."""
    (tmp_path / "mine.txt").write_text("mine\n" * 100)
    for target in ("mine.txt", "nothing"):
        journal = tmp_path / "r.csv.unfinished"
        journal.symlink_to(target)
        ran = run(*marked(tmp_path, "-o", str(tmp_path / "r.csv")))
        assert (ran.status, ran.err.count("\n")) == (2, 1)
        assert "is a link, which is not followed" in ran.err
        assert journal.is_symlink()
        journal.unlink()
    assert (tmp_path / "mine.txt").read_text() == "mine\n" * 100
    assert not (tmp_path / "nothing").exists()
    assert not (tmp_path / "r.csv").exists()


@pytest.mark.parametrize(
    "mine",
    [b"mine\n", b"{}", b'{"key": "x"} 00\n', b"\xff\x00", b"student,score\nana,1\n" * 9999, b"\n"],
    ids=["words", "JSON", "a key", "bytes", "a large report", "a line end"],  # pytest gives them to every child
)
def test_a_file_of_the_users_in_place_of_the_journal(mine: bytes, tmp_path: Path) -> None:
    """A journal is known by its contents: what has only its name is neither read from, written over nor removed."""
    journal, words = tmp_path / "r.csv.unfinished", marked(tmp_path, "-o", str(tmp_path / "r.csv"))
    journal.write_bytes(mine)
    for force in ((), ("--force",)):
        ran = run(*words, *force)
        assert (ran.status, ran.err.count("\n")) == (2, 1)
        assert "r.csv.unfinished" in ran.err
        assert "is in the way" in ran.err
        assert journal.read_bytes() == mine
        assert not (tmp_path / "r.csv").exists()
    journal.unlink()
    assert run(*words).status == 0


@pytest.mark.parametrize(
    "kept", [b"", b'{"stepwi', b'{"stepwise_marks": 1, "of": "another"}\n', b'{"stepwise_marks": 2, "o']
)
def test_what_a_run_left_that_was_ended_early_is_a_journal(kept: bytes, tmp_path: Path) -> None:
    journal = tmp_path / "r.csv.unfinished"
    journal.write_bytes(kept)
    assert run(*marked(tmp_path, "-o", str(tmp_path / "r.csv"))).status == 0
    assert not journal.exists()


@pytest.mark.parametrize("name", ["", ".", "/"])
def test_a_report_without_a_name(name: str, tmp_path: Path) -> None:
    ran = run(*marked(tmp_path, "-o", name))
    assert (ran.status, ran.err.count("\n")) == (2, 1)
    assert f"the report {name!r} has no name" in ran.err


def test_a_link_that_leads_to_itself(tmp_path: Path) -> None:
    """It leads nowhere: the report takes its place, where it may; a folder cannot be made of it."""
    report, pages = tmp_path / "r.csv", tmp_path / "pages"
    report.symlink_to("r.csv")
    pages.symlink_to("pages")
    assert "exists already" in run(*marked(tmp_path, "-o", str(report))).err
    ran = run(*marked(tmp_path, "-o", str(report), "--feedback", str(pages), "--force"))
    assert (ran.status, ran.err.count("\n")) == (2, 1)
    assert f"cannot write feedback to {str(pages)!r}" in ran.err
    assert report.is_symlink()
    assert run(*marked(tmp_path, "-o", str(report), "--force")).status == 0
    assert report.read_text().startswith("student,")


NOWHERE = {
    "a name too long": "x" * 300,
    "a folder of nobody's": "nowhere/pages",
    "a file": "taken",
    "of the system": "/proc/x",
}


@pytest.mark.parametrize("what", NOWHERE)
def test_feedback_that_cannot_be_written_is_told_before_anything_is_marked(what: str, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("taken")
    words = marked(tmp_path, "-o", str(tmp_path / "r.csv"), "--feedback", str(tmp_path / NOWHERE[what]))
    before = sorted(tmp_path.rglob("*"))
    ran = run(*words)
    assert (ran.status, ran.err.count("\n")) == (2, 1)
    assert "cannot write feedback to" in ran.err
    if what != "of the system":  # where only trying tells
        assert sorted(tmp_path.rglob("*")) == before


LONG = {"three bytes a letter": "학" * 100, "four": "😀" * 150, "accents": "e\u0301" * 100, "one": "x" * 200}


def test_long_names_in_any_script_have_a_page_each(tmp_path: Path) -> None:
    """A file system counts bytes, and a name that it does not take must not end the class's marking."""
    students = (*LONG.values(), *(f"{name[:-1]}y" for name in LONG.values()))
    ran = run(
        *marked(tmp_path, "-o", str(tmp_path / "r.csv"), "--feedback", str(tmp_path / "pages"), students=students)
    )
    assert ran.status == 0, ran.err
    assert len(list((tmp_path / "pages").iterdir())) == len(students)


@pytest.mark.parametrize("what", LONG)
def test_the_name_of_a_page_is_short_enough_for_any_disk(what: str) -> None:
    name = page_name(Submission(LONG[what], "v01"))
    assert len(f"{name}-12345678.html".encode()) <= 143, "what an encrypted folder of Linux takes"


@pytest.mark.parametrize("kind", [DiskSet, DiskCounter, DiskNames])
def test_a_folder_for_temporary_files_that_is_full(kind: type[DiskSet | DiskCounter | DiskNames]) -> None:
    kept = kind()
    kept._database.execute("PRAGMA max_page_count=3")  # then SQLite itself says that the disk is full
    with pytest.raises(FileError, match="database or disk is full; make room in it, or name another one in TMPDIR"):
        fill(kept)


def test_no_room_for_what_each_student_has_earned() -> None:
    totals = Totals()
    totals._database.execute("PRAGMA max_page_count=3")
    with pytest.raises(FileError, match="database or disk is full"):
        list(map(totals.add, (Mark(f"s{n}", "", "", "marked", 1.0, 1.0, True, "") for n in range(5000))))


def fill(kept: DiskSet | DiskCounter | DiskNames) -> None:
    for number in range(5000):
        if isinstance(kept, DiskNames):
            kept.taken_by(str(number), "ana")
        else:
            kept.add(str(number))


def test_no_folder_for_temporary_files(tmp_path: Path) -> None:
    """SQLite looks for one in other places, and takes the present folder last; then marking needs none."""
    there = os.environ | {"TMPDIR": str(tmp_path / "nothing"), "SQLITE_TMPDIR": str(tmp_path / "nothing")}
    ran = program(*marked(tmp_path, "-o", "r.csv"), folder=tmp_path, environment=there)
    assert ran.status == 0, ran.err
