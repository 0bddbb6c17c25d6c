"""`stepwise check`, and what a lesson file says of marking."""

from __future__ import annotations

from pathlib import Path

import pytest

from stepwise.lesson_files.lesson_file import LessonFileError
from stepwise.lesson_files.reading import read_lesson
from tests.command import Ran, program, run

LESSON = """stepwise: 1
title: Max pooling by hand
input: -4 -3; -2 -1
layers: ["MaxPool2D(2, strides=1, padding='same')"]
"""
CHAIN = """stepwise: 1
input: 1 2 3; 4 5 6; 7 8 -9
layers: ["Conv2D(1, 2, activation='relu')", MaxPool2D(2)]
weights: [{kernel: [[1, 0], [0, -1]], bias: [7]}, null]
parts:
  - {layer: 0, points: 2}
  - {layer: 1, penalty: 0.5, title: After pooling}
"""


@pytest.fixture(autouse=True, name="folder")
def lessons_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "l.yaml").write_text(LESSON)
    (tmp_path / "chain.yaml").write_text(CHAIN)
    return tmp_path


def test_right_is_0_wrong_is_1_unusable_is_2(folder: Path) -> None:
    done = [program("check", "l.yaml", answer, folder=folder) for answer in ("-1 -1; -1 -1", "-1 0; 0 0", "hello")]
    assert done[0] == Ran(0, "The answer is right.\n", "")
    assert done[1].status == 1
    assert "Padding was taken as 0 in the maximum" in done[1].out
    assert done[2] == Ran(
        2,
        "",
        "stepwise: nothing of the answer can be marked: the answer has no number in it; the first word is 'hello'\n",
    )


@pytest.mark.parametrize("answer", ["-1 -1; -1 -1", "−1 −1; −1 −1", "[[-1, -1], [-1, -1]]", "-1.0 -1;-1 -2/2"])
def test_an_answer_in_words_may_begin_with_a_minus(answer: str) -> None:
    assert run("check", "l.yaml", answer).status == 0


def test_an_answer_in_a_file_or_from_standard_input(folder: Path) -> None:
    (folder / "a.csv").write_text("-1,-1\n-1,0\n")
    (folder / "my answer.json").write_text("[[-1, -1], [-1, null]]")
    assert "Wrong: (1, 1)" in run("check", "l.yaml", "a.csv").out
    assert "Blank: (1, 1)" in run("check", "l.yaml", "my answer.json").out
    assert run("check", "l.yaml", "-", given="-1 -1\n-1 -1\n").status == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nothere.yaml", "1"), "nothere.yaml"),
        (("l.yaml", "nothere.csv"), "cannot read 'nothere.csv'"),
        (("l.yaml", ""), "the answer is empty"),
        (("l.yaml", "_ _; _ _"), "every cell of the answer is blank"),
        (("l.yaml", "1 2; 3"), "row 2 of the answer has 1 cell"),
        (("l.yaml", "1", "--reveal", "everything"), "nothing, cells, diagnosis or working"),
        (("chain.yaml", "x\n---\ny"), "nothing of the answer"),
    ],
)
def test_what_is_unusable_is_one_sentence(arguments: tuple[str, ...], words: str) -> None:
    done = run("check", *arguments)
    assert done.status == 2
    assert done.out == ""
    assert done.err.count("\n") == 1
    assert words in done.err


def test_how_much_is_told() -> None:
    told = {how: run("check", "l.yaml", "-1 0; 0 0", "--reveal", how).out for how in ("nothing", "cells", "diagnosis")}
    assert told["nothing"] == "The answer is not right.\n"
    assert told["cells"] == "1 of 4 cells is right. Wrong: (0, 1), (1, 0), (1, 1).\n"
    assert told["diagnosis"].startswith(told["cells"].strip())


def test_the_verdict_as_a_page(folder: Path) -> None:
    assert run("check", "l.yaml", "-1 0; 0 0", "-o", "verdict.html").status == 1
    assert "class=wrong" in (folder / "verdict.html").read_text()
    assert "!0!" in run("check", "l.yaml", "-1 0; 0 0", "--to", "md").out


def test_parts_one_after_the_other() -> None:
    # by hand: 1-5+7, 2-6+7, 4-8+7, 5+9+7 = 3 3 3 21, and 21
    assert run("check", "chain.yaml", "-", given="3 3; 3 21\n---\n21\n").status == 0
    done = run("check", "chain.yaml", "-", given="3 3; 3 20\n---\n20\n")
    assert done.status == 1
    assert done.out.splitlines()[0].startswith("Part 1: 1.5 of 2 points. 3 of 4 cells are right.")
    assert done.out.splitlines()[1].startswith("After pooling: 0.5 of 1 points. −0.5: carried forward from part 1.")
    page = run("check", "chain.yaml", "-", "--to", "txt", given="3 3; 3 20\n---\n20\n").out
    assert "2 of 3 points in all." in page
    assert "0.5 of 1 points. −0.5: carried forward from part 1." in " ".join(page.split())
    done = run("check", "chain.yaml", "-", given="[[[3, 3], [3, 21]], [[21]]]")
    assert done.status == 0, "a list of the parts, as text"


def test_a_lesson_file_says_how_to_mark() -> None:
    marker = read_lesson(LESSON + "marking: {tolerance: decdig, digits: 0, score: all, reveal: cells}\n").marker()
    assert marker.check(["-1.3 -1; -1 -1"]).correct
    assert marker.check(["-1 -1; -1 7"]).score == 0
    assert len(marker.parts) == 1
    assert len(read_lesson(CHAIN).marker().parts) == 2


@pytest.mark.parametrize(
    ("added", "line", "words"),
    [
        ("marking: {tolerance: abs}", 5, "relabs, sigfig, decdig or exact"),
        ("marking: {tolerence: exact}", 5, "Did you mean tolerance"),
        ("marking: exact", 5, "expected keys"),
        ("parts: [{layer: 0, points: -1}]", 5, "points must be a number"),
        ("parts: [{layer: 3}]", 5, "ask for layer 3; the layers are numbered 0 to 0"),
        ("parts: [{points: 3}]", 5, "part 1 of parts: has no layer:"),
        ("parts: 3", 5, "expected a list"),
        ("parts: [{layer: 0, title: 3}]", 5, "expected words"),
        ("marking: {weights: [[1, 2]]}", 5, "weights must be numbers in the shape of the output"),
    ],
)
def test_a_lesson_file_that_does_not_fit_is_told_with_its_line(added: str, line: int, words: str) -> None:
    with pytest.raises(LessonFileError, match=words) as caught:
        read_lesson(LESSON + added + "\n").marker()
    assert f"line {line}:" in str(caught.value)


def test_two_calls_side_by_side_are_no_exercise() -> None:
    with pytest.raises(LessonFileError, match="two calls are compared here"):
        read_lesson("stepwise: 1\ninput: 4 3; 2 1\ncompare: [MaxPool2D(2), MaxPool2D(1)]\n").marker()
