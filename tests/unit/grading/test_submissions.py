"""What a class hands in: folders and tables are read one answer at a time, and nothing in one stops the others."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepwise.errors import FileError
from stepwise.grading.submission import MOST_BYTES, Submission
from stepwise.grading.submissions import find_submissions

NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), min_size=1, max_size=20).filter(
    lambda name: name.strip()
)
ANSWERS = st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), max_size=60)


def read(path: Path, *variants: str) -> list[Submission]:
    return list(find_submissions(path, variants))


def table(folder: Path, text: str | bytes, name: str = "answers.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(NAMES, ANSWERS), max_size=8))
def test_csv_gives_what_pythons_own_reader_gives(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["student", "answer"])
    writer.writerows(rows)
    path = table(tmp_path_factory.mktemp("csv"), text.getvalue())
    expected = [(row["student"].strip(), row["answer"]) for row in csv.DictReader(io.StringIO(text.getvalue()))]
    assert [(one.student, one.answer) for one in read(path)] == expected
    assert all(not one.problem for one in read(path))


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(NAMES, ANSWERS), max_size=8))
def test_json_lines_give_what_was_written(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]
) -> None:
    text = "".join(json.dumps({"student": s, "answer": a, "when": 3}) + "\n" for s, a in rows)
    path = table(tmp_path_factory.mktemp("jsonl"), text, "answers.jsonl")
    assert [(one.student, one.answer) for one in read(path)] == [(s.strip(), a) for s, a in rows]


def test_a_table_may_come_from_any_spreadsheet(tmp_path: Path) -> None:
    """A byte order mark, semicolons or tabs between cells, other columns, other cases, Windows' line ends."""
    for text in (
        "\ufeffStudent,When,ANSWER\r\nana,3,\"4 3; 2 1\"\r\n",
        'student;answer\nana;"4 3; 2 1"\n',
        "answer\tstudent\n4 3; 2 1\tana\n",
    ):  # fmt: skip
        [one] = read(table(tmp_path, text))
        assert (one.student, one.answer, one.problem) == ("ana", "4 3; 2 1", "")


def test_an_answer_may_stand_on_several_lines(tmp_path: Path) -> None:
    ana, ben = read(table(tmp_path, 'student,answer\nana,"4 3\n2 1"\nben,4\n'))
    assert (ana.answer, ana.name) == ("4 3\n2 1", "line 2")
    assert (ben.answer, ben.name) == ("4", "line 4")


def test_a_json_answer_may_be_lists(tmp_path: Path) -> None:
    [one] = read(table(tmp_path, '{"student": 7, "answer": [[4, 3], [2, null]]}\n', "a.jsonl"))
    assert one.student == "7"
    assert json.loads(one.answer) == [[4, 3], [2, None]]


BAD_ROWS = {
    'ana,"4 3; 2 1': "opens a quote that is never closed",  # and the rows after it are read all the same
    'ana,"4" 3': "cannot be read as CSV",
    "ana,4,3": "has 3 cells",
    "ana": "has 1 cell, ",
    ",4": "names no student",
    "a" * 300 + ",4": "names a student with 300 characters",
    "\xff\xfe,4": "is not text in UTF-8",
    "ana," + "9 " * MOST_BYTES: "has more than",
    "ana," + "9 " * 200_000: "cannot be read as CSV: field larger",
}


@pytest.mark.parametrize("row", BAD_ROWS, ids=lambda row: row[:12])
def test_one_bad_row_is_told_with_its_line_and_stops_nothing(tmp_path: Path, row: str) -> None:
    text = b"student,answer\nzoe,1\n" + row.encode("latin-1") + b"\nben,2\ncyd,3\n"
    found = read(table(tmp_path, text))
    assert [one.student for one in found if not one.problem] == ["zoe", "ben", "cyd"]
    [bad] = [one for one in found if one.problem]
    assert bad.problem.startswith("line 3 ")
    assert BAD_ROWS[row] in bad.problem


BAD_LINES = {
    "{": "is not JSON",
    "[1]": "is not an object",
    "[" * 100_000: "is not JSON",
    '{"student": "ana"}': "has no answer",
    '{"student": null, "answer": 1}': "names no student",
    '{"student": true, "answer": 1}': "names no student",
    '{"student": {"a": 1}, "answer": 1}': "names no student",
    '{"student": "ana", "answer": ' + "9" * 10_000 + "}": "is not JSON",
}


@pytest.mark.parametrize("line", BAD_LINES, ids=lambda line: line[:24])
def test_one_bad_line_of_json_stops_nothing(tmp_path: Path, line: str) -> None:
    text = '{"student": "zoe", "answer": "1"}\n\n' + line + '\n{"student": "ben", "answer": "2"}\n'
    found = read(table(tmp_path, text, "a.jsonl"))
    assert [one.student for one in found if not one.problem] == ["zoe", "ben"]
    [bad] = [one for one in found if one.problem]
    assert bad.problem.startswith("line 3 ")
    assert BAD_LINES[line] in bad.problem


def test_empty_lines_are_counted_and_passed_over(tmp_path: Path) -> None:
    text = '\n \r\n\t\n\u2003\n{"student": "zoe", "answer": "1"}\n' + "\n" * 200_000 + "nothing\n\n"
    zoe, bad = read(table(tmp_path, text, "a.jsonl"))
    assert (zoe.student, zoe.name) == ("zoe", "line 5")
    assert bad.problem.startswith("line 200006 is not JSON")


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_told(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    folder = tmp_path_factory.mktemp("bytes")
    for name, head in (("a.csv", b"student,answer\n"), ("a.jsonl", b"")):
        for one in read(table(folder, head + data, name)):
            assert one.student or one.problem
            assert one.problem.isprintable()


def test_a_variant_must_be_one_that_there_is(tmp_path: Path) -> None:
    path = table(tmp_path, "student,answer,variant\nana,1,v1\nben,2,v9\ncyd,3,\n")
    ana, ben, cyd = read(path, "v1", "v2")
    assert (ana.variant, ana.problem) == ("v1", "")
    assert "'v9'" in ben.problem
    assert "no variant" in cyd.problem
    assert [one.variant for one in read(path)] == ["", "", ""], "where there are no variants, the column says nothing"


@pytest.mark.parametrize(
    ("text", "variants", "told"),
    [
        ("name,answer\n", (), "no column 'student'"),
        ("student\n", (), "no column 'answer'"),
        ("student,student,answer\n", (), "more than one column 'student'"),
        ("student,answer\n", ("v1",), "no column 'variant'"),
        ("", (), "the table is empty"),
        ('"student\n', (), "line 1"),
    ],
)
def test_a_table_without_its_columns_is_refused_at_once(
    tmp_path: Path, text: str, variants: tuple[str, ...], told: str
) -> None:
    with pytest.raises(FileError, match=told):
        read(table(tmp_path, text), *variants)


def test_what_is_no_class_is_refused(tmp_path: Path) -> None:
    for name, told in (("a.zip", "unpack it first"), ("a.doc", "give a folder"), ("a", "give a folder")):
        with pytest.raises(FileError, match=told):
            find_submissions(table(tmp_path, "", name))
    with pytest.raises(FileError, match="No such file"):
        find_submissions(tmp_path / "nothing")
    with pytest.raises(FileError, match="null"):
        find_submissions("a\0b")


def test_a_folder_has_one_file_a_student(tmp_path: Path) -> None:
    for name in ("zoe.txt", "ana.csv", ".hidden", "Ben van Dam.json"):
        (tmp_path / name).write_text("4")
    assert [one.student for one in read(tmp_path)] == ["Ben van Dam", "ana", "zoe"]
    assert [one.answer for one in read(tmp_path)] == [b"4"] * 3


def test_a_folder_tells_variants_by_name_or_by_folder(tmp_path: Path) -> None:
    (tmp_path / "v2").mkdir()
    for name in ("ana--v1.txt", "v2/ben.txt", "cyd.txt", "dan--v9.txt"):
        (tmp_path / name).write_text("4")
    told = {one.student: (one.variant, one.problem) for one in read(tmp_path, "v1", "v2")}
    assert told["ana"] == ("v1", "")
    assert told["ben"] == ("v2", "")
    assert "name it as cyd--v1.txt" in told["cyd"][1]
    assert "does not name a variant" in told["dan--v9"][1]


def test_nothing_outside_the_folder_is_read_and_nothing_is_waited_for(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("4 3; 2 1")
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "link.txt").symlink_to(secret)
    (folder / "v1").symlink_to(tmp_path)  # even a folder of a variant's name
    (folder / "dangling.txt").symlink_to(tmp_path / "nothing")
    (folder / "device.txt").symlink_to("/dev/zero")
    (folder / "below").mkdir()
    os.mkfifo(folder / "pipe.txt")
    (folder / "ana--v1.txt").write_text("4")
    with (folder / "huge--v1.txt").open("wb") as stream:
        stream.truncate(10**9)  # a sparse gigabyte
    told = {one.name: one for one in read(folder, "v1")}
    assert told.pop("ana--v1.txt").answer == b"4"
    assert all(one.answer == "" and one.problem for one in told.values())
    plain = {one.name: one.problem for one in read(folder)}
    assert "1,000,000,000 bytes" in plain["huge--v1.txt"]
    assert "symbolic link" in plain["link.txt"]
    assert "symbolic link" in plain["v1"]
    assert "is a folder" in plain["below"]
    assert "not a plain file" in plain["pipe.txt"]


def test_names_of_files_are_shown_without_control_characters(tmp_path: Path) -> None:
    hostile = ["\x1b[31mred.txt", "a\nb.txt", "\u202egnp.txt", "=1+1.txt", "x" * 240 + ".txt"]
    for name in hostile:
        (tmp_path / name).write_text("4")
    (tmp_path / os.fsdecode(b"\xff\xfe.txt")).write_text("4")
    found = read(tmp_path)
    assert len(found) == 6
    for one in found:
        assert one.student.isprintable()
        assert len(one.student) <= 200
        one.student.encode()


def test_a_key_is_that_of_one_answer(tmp_path: Path) -> None:
    base = Submission("ana", "v1", "4", "line 2")
    others = [
        Submission("an", "av1", "4", "line 2"),
        Submission("ana", "v1", b"4", "line 2"),
        Submission("ana", "v1", "5", "line 2"),
        Submission("ana", "v1", "4", "line 2", "no"),
    ]
    assert len({one.key for one in (base, *others)}) == 5
    assert Submission("ana", "v1", "4", "line 2").key == base.key
