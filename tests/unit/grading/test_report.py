"""Reports: the same marks in every format, nothing in them that a spreadsheet would run, no names on the overview."""

from __future__ import annotations

import json
import re
from pathlib import Path

import html5lib
import pyarrow.parquet as parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepwise.document.blocks import Stack, Table
from stepwise.document.inline import unmarked
from stepwise.exercises.assignment import load_assignment
from stepwise.grading.grading import grade
from stepwise.grading.marker import ClassMarker
from stepwise.grading.marks import Mark, Part
from stepwise.grading.overview import overview
from stepwise.grading.overview_lesson import overview_lesson
from stepwise.grading.report import COLUMNS, OVERVIEWS, defused, row
from stepwise.grading.submission import Submission
from stepwise.grading.tally import Tally
from tests.unit.grading.classes import ANSWERS, LESSON, RIGHT, ZERO, a_class, rows, write_lesson, write_table

FORMULAS = [
    "=1+1", "=cmd|' /C calc'!A0", "+1", "-1+cmd", "@SUM(1)", "\t=1", "\r=1", "＝1+1", "－1", "＋1", "＠x", " =1+1",
    "\n=1", "\x00=1", "=HYPERLINK(\"http://evil.example\")", "|x", "%0a",
]  # fmt: skip
MAY_BEGIN_A_FORMULA = "=+-@＝＋－＠"


@pytest.mark.parametrize("name", FORMULAS)
def test_a_formula_is_words(tmp_path: Path, name: str) -> None:
    write_lesson(tmp_path)
    line = json.dumps({"student": name, "answer": name}) + "\n"
    (tmp_path / "in.jsonl").write_text(line)
    grade(tmp_path / "lesson.yaml", tmp_path / "in.jsonl", [tmp_path / "r.csv"])
    [told] = rows(tmp_path / "r.csv")
    for cell in told.values():
        assert not cell.lstrip().startswith(tuple(MAY_BEGIN_A_FORMULA)), cell
        assert cell.isprintable()


@settings(deadline=None)
@given(st.text(max_size=40))
def test_any_words_are_defused(text: str) -> None:
    safe = defused(text)
    assert not safe.lstrip().startswith(tuple(MAY_BEGIN_A_FORMULA))
    assert safe.isprintable()
    assert safe == defused(safe), "what is safe stays as it is"


def test_every_format_tells_the_same_marks(tmp_path: Path) -> None:
    write_lesson(tmp_path)
    places = [tmp_path / f"r.{kind}" for kind in ("csv", "jsonl", "parquet")]
    grade(tmp_path / "lesson.yaml", write_table(tmp_path, ANSWERS.items()), places)
    of_csv = rows(places[0])
    of_json = [json.loads(line) for line in places[1].read_text().splitlines()]
    of_parquet = parquet.read_table(places[2]).to_pylist()
    assert list(of_csv[0]) == list(COLUMNS) == list(of_parquet[0])
    for c, j, p in zip(of_csv, of_json, of_parquet, strict=True):
        assert c["student"] == j["student"] == p["student"]
        assert (float(c["score"]) if c["score"] else None) == j["score"] == p["score"]
        assert {"true": True, "false": False, "": None}[c["correct"]] == j["correct"] == p["correct"]
        assert c["note"] == j["note"] == p["note"]
        assert c["diagnosis"] == p["diagnosis"]
        assert set(j["diagnosis"]) <= set(re.split(r"[ |+]", c["diagnosis"]))


codes = st.lists(st.sampled_from(["a.b", "c.d", "e.f"]), max_size=2, unique=True).map(tuple)
parts = st.builds(
    Part,
    shape=st.just((2, 2)),
    cells=st.text("rwbui", min_size=4, max_size=4) | st.just(""),
    given=st.none() | st.just((1, 3)),
    codes=codes,
    ties=st.lists(codes, max_size=2).map(tuple),
    explains=st.integers(0, 4),
    followed=st.booleans(),
)
marks = st.builds(
    Mark,
    student=st.text(max_size=10),
    variant=st.sampled_from(["", "v1"]),
    name=st.text(max_size=10),
    status=st.sampled_from(["marked", "blank", "unreadable"]),
    score=st.none() | st.floats(0, 1),
    max_score=st.just(1.0),
    correct=st.none() | st.booleans(),
    note=st.text(max_size=10),
    parts=st.lists(parts, max_size=2).map(tuple),
)


@settings(deadline=None)
@given(marks)
def test_a_mark_is_the_same_after_it_was_written_down(mark: Mark) -> None:
    assert Mark.of(json.loads(json.dumps(mark.record()))) == mark
    assert tuple(row(mark)) == COLUMNS


def test_the_overview_counts_what_there_is(tmp_path: Path) -> None:
    """Of 70 answers, ten each of the seven: counted here by hand."""
    assignment = load_assignment(write_lesson(tmp_path))
    tally = Tally(assignment)
    marker = ClassMarker(assignment)
    for student, answer in a_class(70):
        submission = Submission(student, "", answer, "line 2")
        tally.add(submission, marker.mark(submission))
    told = overview(tally)
    assert (told.answers, told.right, told.blank, told.unreadable, told.mistaken) == (70, 10, 10, 10, 30)
    assert told.mean == pytest.approx((10 + 10 * 4 / 9 + 2 * 10 * 8 / 9) / 60, abs=1e-4)
    marked = {bar.label: bar.count for bar in told.marks if bar.count}
    assert marked == {"0–9 %": 20, "40–49 %": 10, "80–89 %": 20, "100 %": 10}
    [heat] = told.heat
    assert [[cell.wrong for cell in line] for line in heat.rows] == [[0, 0, 10], [0, 0, 10], [10, 10, 20]]
    assert [[cell.blank for cell in line] for line in heat.rows] == [[0, 0, 0], [0, 0, 10], [0, 0, 0]]
    assert [(bar.label, bar.count) for bar in told.sizes] == [("2×2", 10)]
    by_codes = {cause.codes: cause.count for cause in told.explanations}
    assert by_codes[("max.padding_as_zero",)] == 10
    assert by_codes[("padding.valid_for_same",)] == 10
    zero = next(cause for cause in told.explanations if cause.codes == ("max.padding_as_zero",))
    assert zero.title.startswith("Padding was taken as 0")
    assert zero.text == "That explains all 5 wrong cells."
    assert told.explained + told.unexplained == 30
    assert told.unfinished == 10, "a cell left open is no mistake"
    assert told.calls == ('MaxPool2D(2, strides=1, padding="same")',)
    given, handed_in, due = zero.matrices
    assert [matrix.caption for matrix in zero.matrices] == ["input", "handed in", "correct values"]
    assert [cell.value for cell in given.rows[0]] == [-4, -3, -1]
    assert [cell.value for cell in handed_in.rows[2]] == [0, 0, 0]
    wrong, right = frozenset({"wrong"}), frozenset({"result"})
    assert [cell.marks for cell in handed_in.rows[0]] == [frozenset(), frozenset(), wrong]
    assert [cell.value for cell in due.rows[2]] == [-5, -5, -6]
    assert [cell.marks for cell in due.rows[0]] == [frozenset(), frozenset(), right]


def test_the_lesson_draws_what_was_counted(tmp_path: Path) -> None:
    """The same class: bars as long as their counts, cells as warm as they are often wrong, by hand."""
    assignment = load_assignment(write_lesson(tmp_path))
    tally, marker = Tally(assignment), ClassMarker(assignment)
    for student, answer in a_class(70):
        submission = Submission(student, "", answer, "line 2")
        tally.add(submission, marker.mark(submission))
    lesson = overview_lesson(overview(tally))
    blocks = [block for section in lesson.sections for block in section.blocks]
    figures, marks, heat, _sizes = [block for block in blocks if isinstance(block, Table)]
    assert [tuple(map(unmarked, row[:2])) for row in figures.rows] == [
        ("answers", "70"),
        ("fully correct", "10"),
        ("mean mark", "54\u00a0%"),
        ("left blank", "10"),
        ("could not be read", "10"),
    ]
    assert [unmarked(figures.rows[row][column]) for row, column in figures.differing] == ["10"]
    assert [share for row in marks.shares for share in row] == [1, 0, 0, 0, 0.5, 0, 0, 0, 1, 0, 0.5]
    assert [[*row] for row in heat.shares] == [[0, 0, 0.5], [0, 0, 0.5], [0.5, 0.5, 1]]
    assert [unmarked(row[3]) for row in heat.rows] == [
        "25\u00a0% 10 wrong",
        "25\u00a0% 10 wrong, 10 open",
        "50\u00a0% 20 wrong",
    ]
    [stack] = [block for block in blocks if isinstance(block, Stack)]
    assert stack.shares == (0.3333, 0.3333)
    assert [card.remark for card in stack.cards] == ["10 students, 33\u00a0% of those with a mistake"] * 2


def test_every_format_of_lessons_tells_the_overview(tmp_path: Path) -> None:
    """Of a map of numbers too wide for a line of text too, and of what is no number in an answer."""
    lesson = "stepwise: 1\ninput: {mnist: 0}\nlayers: [MaxPool2D(2)]\n"
    wide = "; ".join([" ".join(["0"] * 14)] * 14)
    classes = {
        "small": (LESSON, list(ANSWERS.items())),
        "wide": (lesson, [("ana", wide)]),
        "odd": (LESSON, [("ana", ZERO.replace("0; -1", "x; _", 1))]),
    }
    for name, (text, answers) in classes.items():
        folder = tmp_path / name
        folder.mkdir()
        places = [folder / f"r.{format}" for format in OVERVIEWS]
        grade(write_lesson(folder, text), write_table(folder, answers), places)
        for place in places:
            told = place.read_bytes()
            assert told.startswith(b"%PDF") if place.suffix == ".pdf" else b"What to teach again" in told
        assert max(map(len, (folder / "r.txt").read_text("utf-8").splitlines())) <= 80
    assert "!?!" in (tmp_path / "odd/r.txt").read_text("utf-8"), "a word is no number"
    small = (tmp_path / "small/r.md").read_text("utf-8")
    assert "*errors by cell*" in small
    assert "│ -1   -1   !0!│" in small
    assert "| 2 | **25 %** 1 wrong | **25 %** 1 wrong | **50 %** 2 wrong |" in small
    assert "█" in (tmp_path / "wide/r.txt").read_text("utf-8"), "a picture where numbers have no room"


def test_the_example_is_the_one_that_shows_most(tmp_path: Path) -> None:
    """Both took the padding for 0; ben left open what shows it but for one cell, and eva had no time for the rest."""
    some = ("ben", "-1 -1 0; -1 -1 _; _ _ _"), ("cyd", ZERO), ("eva", "-1 -1 0; -1 -1 0; 0 _ _")
    assignment = load_assignment(write_lesson(tmp_path))
    tally, marker = Tally(assignment), ClassMarker(assignment)
    for student, answer in some:
        submission = Submission(student, "", answer, "line 2")
        tally.add(submission, marker.mark(submission))
    [cause] = overview(tally).explanations
    assert (cause.codes, cause.text) == (("max.padding_as_zero",), "That explains all 5 wrong cells.")


def test_slips_of_several_students_are_told_as_slips(tmp_path: Path) -> None:
    """Each lost the sign of another cell; one explanation stands for both, and names neither cell."""
    assignment = load_assignment(write_lesson(tmp_path))
    tally, marker = Tally(assignment), ClassMarker(assignment)
    for student, answer in (("ben", "-1 -1 -1; -1 -1 6; -5 -5 -6"), ("cyd", "-1 -1 -1; -1 -1 -6; 5 -5 -6")):
        submission = Submission(student, "", answer, "line 2")
        tally.add(submission, marker.mark(submission))
    [cause] = overview(tally).explanations
    assert (cause.count, cause.title) == (2, "An arithmetic slip in a single cell")


def test_the_overview_of_parts_calls_them_by_their_titles(tmp_path: Path) -> None:
    """ReLU, then the largest: the one answer with a mistake is explained, one leaves its second part open."""
    lesson = "stepwise: 1\ninput: 1 -2; -3 4\nlayers: [ReLU(), MaxPool2D(2)]\n"
    lesson += "parts: [{layer: 0, title: Rectified}, {layer: 1}]\n"
    table = write_table(
        tmp_path, [("ana", "1 2; 3 4\n---\n4"), ("ben", "1 0; 0 4\n---\n_"), ("cyd", "1 0; 0 4\n---\n4")]
    )
    grade(write_lesson(tmp_path, lesson), table, [tmp_path / "r.html"])
    page = " ".join((tmp_path / "r.html").read_text().split())
    assert "<caption>Rectified, 2×2</caption>" in page
    assert "<caption>part 2, 1×1</caption>" in page
    assert "There is one student with a mistake, and this explains it." in page
    assert "1 student has nothing wrong, but left something open." in page
    assert "no misconception known here explains" not in page


def test_nobodys_name_is_on_the_overview(tmp_path: Path) -> None:
    write_lesson(tmp_path)
    names = [f"Zaphod{number} Beeblebrox" for number in range(20)]
    given = list(ANSWERS.values())
    table = write_table(tmp_path, [(name, given[i % len(given)]) for i, name in enumerate(names)])
    grade(tmp_path / "lesson.yaml", table, [tmp_path / "r.csv", tmp_path / "r.html"])
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "Zaphod" not in page
    assert "Beeblebrox" not in page
    assert "line " not in re.sub(r"<style>.*</style>", "", page, flags=re.S), "nor where it can be looked up"


def test_hostile_words_on_the_overview_are_words(tmp_path: Path) -> None:
    title = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    write_lesson(tmp_path, LESSON.replace("Max pooling, SAME", f"{title!r}"))
    hostile = '"-1 -1 <b>; -1 -1 </table>; 0 0 0"'
    table = tmp_path / "in.csv"
    table.write_text(f"student,answer\nana,{hostile}\nben,{RIGHT}\ncyd,{ZERO}\n")
    grade(tmp_path / "lesson.yaml", table, [tmp_path / "r.html"])
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)
    assert not [e.tag for e in tree.iter() if e.tag in ("script", "img", "b", "link", "iframe", "form")]
    assert title in "".join(tree.find(".//h1").itertext())
