"""For the class: students are counted, parts have columns, each student gets a page, and a roster tells the sheets."""

from __future__ import annotations

import csv
import json
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from stepwise.exercises.exercise import read_exercise
from stepwise.grading.feedback import feedback
from stepwise.grading.grading import grade
from stepwise.grading.marks import Mark
from stepwise.grading.repeats import Repeats
from stepwise.grading.submission import Submission
from stepwise.worksheets.workshop import assigned
from tests.command import run

CHAIN = """stepwise: 1
title: A chain
input: "1 -2; -3 4"
layers: [ReLU(), "Conv2D(1, 1)", "MaxPool2D(2)"]
weights: [null, {kernel: [[2]], bias: [1]}, null]
marking: {round_to: 0.5, reveal: cells}
parts:
  - {layer: 0, points: 3}
  - {layer: 1, points: 3, title: Convolution}
  - {layer: 2, points: 3}
"""
POOL = """stepwise: 1
title: Pooling
input: {random: {shape: [4, 4], low: 0, high: 20}}
layers: [MaxPool2D(2)]
worksheet: {roster: students.csv, variants: {input: {integers: {low: 0, high: 20}}}}
"""


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(name="folder")
def a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "chain.yaml").write_text(CHAIN)
    answers = {
        "ana": ["1 0; 0 4", "3 1; 1 9", "9"],
        "ben": ["1 2; 3 4", "3 5; 7 9", "9"],  # the absolute value, carried on
        "cyd": ["1 0; 0 4", "2 0; 0 8", "8"],  # without the bias, carried on
        "dan": ["1 2; 3 4", "2 4; 6 8", "8"],  # both
    }
    lines = [
        json.dumps({"student": name, **{f"answer.{i}": a for i, a in enumerate(parts, 1)}})
        for name, parts in answers.items()
    ]
    (tmp_path / "answers.jsonl").write_text("\n".join(lines))
    return tmp_path


def test_parts_have_columns_and_points_are_rounded_in_the_end(folder: Path) -> None:
    grade("chain.yaml", "answers.jsonl", ["report.csv"])
    told = {row["student"]: row for row in rows(folder / "report.csv")}
    assert [told["ana"][f"part.{i}"] for i in (1, 2, 3)] == ["3", "3", "3"]
    # by hand: 2 of 4 cells right; then two right and two carried, each less a quarter; the last is right by itself
    assert [told["ben"][f"part.{i}"] for i in (1, 2, 3)] == ["1.5", "2.625", "3"]
    assert told["ben"]["score"] == "7"
    assert told["ben"]["max_score"] == "9"


@pytest.mark.parametrize(
    ("marking", "lead"),
    [
        ("{points: 10}", "7.5 of 10 points for the answer"),  # three of four cells are right
        ("{points: 10, round_to: 2}", "8 of 10 points"),
        ("{round_to: 0.5}", "1 of 1 points"),
        ("{points: 1}", "75 % for the answer"),
    ],
)
def test_a_page_tells_points_as_the_lesson_gives_them(folder: Path, marking: str, lead: str) -> None:
    (folder / "one.yaml").write_text(f"stepwise: 1\ninput: 1 -2; -3 4\nlayers: [ReLU()]\nmarking: {marking}\n")
    (folder / "one.jsonl").write_text(json.dumps({"student": "ana", "answer": "1 0; 0 9"}))
    assert run("grade", "one.yaml", "one.jsonl", "-o", "r.csv", "--feedback", "one", "--feedback-to", "md").status == 0
    assert lead in (folder / "one/ana.md").read_text()


def test_of_an_unreadable_answer_the_parts_that_could_be_read_have_points(folder: Path) -> None:
    lines = [{"student": "ana", "answer": "hello\n---\n0 0; 0 0\n---\n"}, {"student": "ben", "answer": "hello"}]
    (folder / "odd.jsonl").write_text("\n".join(map(json.dumps, lines)))
    grade("chain.yaml", "odd.jsonl", ["odd.csv"])
    ana, ben = rows(folder / "odd.csv")
    assert (ana["status"], ana["score"], ana["part.1"]) == ("unreadable", "", "")
    assert ana["part.3"] == "0", "left open"
    assert float(ana["part.2"]) >= 0
    assert (ben["status"], ben["score"], [ben[f"part.{n}"] for n in (1, 2, 3)]) == ("unreadable", "", ["", "", ""])


def test_the_overview_counts_students(folder: Path) -> None:
    grade("chain.yaml", "answers.jsonl", ["overview.html"])
    page = (folder / "overview.html").read_text()
    assert "explain mistakes of 3 of 3 students" in page
    assert "<caption>kernel</caption>" in page
    assert "<caption>bias</caption>" in page
    assert page.count("<caption>handed in</caption>") == page.count('<li class="card">')


@pytest.mark.parametrize("format", ["html", "md", "pdf"])
def test_each_student_gets_a_page(folder: Path, format: str) -> None:
    done = run("grade", "chain.yaml", "answers.jsonl", "-o", "r.csv", "--feedback", "pages", "--feedback-to", format)
    assert done.status == 0
    assert {path.name for path in (folder / "pages").iterdir()} == {
        f"{n}.{format}" for n in ("ana", "ben", "cyd", "dan")
    }
    if format == "md":
        page = (folder / "pages/ben.md").read_text()
        assert "ben" not in page, "the name is in the file's name alone"
        assert "−0.375: carried forward from part 1" in page
        assert "Convolution" in page
        assert "absolute" not in page, "no more is told than the marking reveals"
        assert "7 of 9 points in all" in page, "rounded as in the report"
    again = run("grade", "chain.yaml", "answers.jsonl", "-o", "s.csv", "--feedback", "pages", "--feedback-to", format)
    assert again.status == 2
    assert "is not empty; add --force" in again.err
    assert not (folder / "s.csv").exists()


def test_a_page_for_what_could_not_be_read_and_for_odd_names(folder: Path) -> None:
    hard = [{"student": "../../x", "answer": "1 0 0 4\n---\n3 1; 1 9\n---\n9"}, {"student": "..", "answer": ""}]
    (folder / "odd.jsonl").write_text("\n".join(map(json.dumps, hard)))
    grade("chain.yaml", "odd.jsonl", ["r.csv"], feedback="pages", feedback_format="md")
    assert [row["status"] for row in rows(folder / "r.csv")] == ["unreadable", "blank"]
    pages = {path.name: path.read_text() for path in (folder / "pages").iterdir()}
    assert len(pages) == 2
    assert not (folder.parent / "x.md").exists()
    [unread] = [text for name, text in pages.items() if name.startswith("x-")]
    assert "has not been marked yet" in unread
    assert "arranged as 1×4, not as 2×2" in unread


def test_names_that_windows_and_macos_take_for_one_have_pages_of_their_own(folder: Path) -> None:
    names = ["Ana", "ana", "ANA", "e\u0301va", "\u00e9va", "CON", "nul.x", "com1", "conan", "stra\u00dfe", "STRASSE"]
    lines = [
        json.dumps({"student": name, "answer": f"{n} 0; 0 4\n---\n3 1; 1 9\n---\n9"}) for n, name in enumerate(names)
    ]
    (folder / "odd.jsonl").write_text("\n".join(lines))
    grade("chain.yaml", "odd.jsonl", ["r.csv"], feedback="pages", feedback_format="md")
    pages = [path.name for path in (folder / "pages").iterdir()]
    assert len({unicodedata.normalize("NFD", name).casefold() for name in pages}) == len(names)
    assert {"Ana.md", "conan.md"} <= set(pages)
    assert not {name.partition(".")[0].casefold() for name in pages} & {"con", "nul", "com1"}


def test_variants_are_shared_out_evenly_and_alike_for_the_same_seed() -> None:
    students, ids = [f"s{i}" for i in range(31)], ["v01", "v02", "v03", "v04"]
    shared = assigned(students, ids, 7)
    counts = Counter(shared.values())
    assert max(counts.values()) - min(counts.values()) == 1
    assert shared == assigned(students, ids, 7)
    assert shared != assigned(students, ids, 8)
    assert set(shared) == set(students)


def test_who_hands_in_anothers_sheet_is_listed(folder: Path) -> None:
    (folder / "pool.yaml").write_text(POOL)
    (folder / "students.csv").write_text("student,mail\nana,a@x\nben,b@x\n")
    assert run("worksheet", "pool.yaml", "--variants", "2", "--to", "md", "-o", "sheets").status == 0
    manifest = json.loads((folder / "sheets/manifest.json").read_text())
    assert sorted(manifest["roster"].values()) == ["v01", "v02"]
    assert {row["student"]: row["variant"] for row in rows(folder / "sheets/roster.csv")} == manifest["roster"]
    own, other = manifest["roster"]["ana"], manifest["roster"]["ben"]
    (folder / "a.csv").write_text(
        f'student,variant,answer\nana,{other},"1 2; 3 4"\nben,{other},"1 2; 3 4"\neve,{own},"1 2; 3 4"\n'
    )
    grade("sheets", "a.csv", ["r.csv"])
    told = {row["student"]: row for row in rows(folder / "r.csv")}
    assert told["ana"]["status"] == "unreadable"
    assert f"the roster gave ana {own}" in told["ana"]["note"]
    assert told["ben"]["status"] == "marked"
    assert "the roster has no student 'eve'" in told["eve"]["note"]


def test_a_variant_of_a_folder_is_checked(folder: Path) -> None:
    (folder / "pool.yaml").write_text(POOL.replace("roster: students.csv, ", ""))
    assert run("worksheet", "pool.yaml", "--variants", "3", "--to", "md", "-o", "sheets").status == 0
    assert "no variant was named; sheets has v01, v02, v03" in run("check", "sheets", "1").err
    assert "there is no variant 'v09'" in run("check", "sheets", "1", "--variant", "v09").err
    variants = json.loads((folder / "sheets/manifest.json").read_text())["variants"]
    numbers = variants[1]["input"]
    most = [[max(numbers[r + i][c + j] for i in (0, 1) for j in (0, 1)) for c in (0, 2)] for r in (0, 2)]
    assert run("check", "sheets", json.dumps(most), "--variant", "v02").status == 0
    assert run("check", "sheets", json.dumps(most), "--variant", "v01").status == 1


def test_a_student_with_several_exercises_has_a_sum(folder: Path) -> None:
    for name in ("one", "two"):
        (folder / f"{name}.yaml").write_text(POOL.replace("roster: students.csv, ", ""))
    assert run("worksheet", "one.yaml", "two.yaml", "--variants", "2", "--to", "md", "-o", "sheets").status == 0
    (folder / "a.csv").write_text(
        'student,variant,answer\nana,v01.1,"1 2; 3 4"\nana,v01.2,"_ _; _ _"\nben,v02.1,hello\n'
    )
    grade("sheets", "a.csv", ["r.csv", "r.jsonl", "r.parquet"])
    told = rows(folder / "r.csv")
    assert [row["status"] for row in told] == ["marked", "blank", "unreadable", "total"]
    assert told[-1]["student"] == "ana"
    assert told[-1]["max_score"] == "2"
    assert float(told[-1]["score"]) == float(told[0]["score"])
    assert [json.loads(line)["status"] for line in (folder / "r.jsonl").read_text().splitlines()][-1] == "total"


@pytest.mark.parametrize("note", ["", "cell (0, 0) has 'x'", "has 'answers by this student, and the one that counts'"])
def test_of_several_answers_the_note_on_the_last_itself_is_kept_whatever_it_says(note: str) -> None:
    marks = [Mark("ana", "", f"ana{i}.txt", "unreadable", None, 1.0, None, note) for i in range(2)]
    repeats = Repeats()
    for mark in marks:
        repeats.add(mark)
    *_before, last = repeats.final(lambda: iter(marks))
    assert last.own_note == note
    assert last.note != note
    exercise = read_exercise("stepwise: 1\ninput: 4 3; 2 1\nlayers: [ReLU()]\n")
    assert feedback(Submission("ana", "", "", "ana.txt"), last, exercise) == feedback(
        Submission("ana", "", "", "ana.txt"), marks[1], exercise
    )
    assert "own_note" not in last.record()
