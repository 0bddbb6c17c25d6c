"""Every lesson file in `examples/` is built in every format; the folder that overrides a template does just that."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from stepwise.dialects.tracing import trace
from stepwise.errors import StepwiseError
from stepwise.exercises.assignment import load_assignment
from stepwise.lesson_files.reading import load_lesson_file
from stepwise.marking import check
from stepwise.marking.answer_files import entries_from_bytes
from stepwise.render import FORMATS, TEXTUAL, render, save
from stepwise.worksheets.handout import make
from stepwise.worksheets.workshop import Order

EXAMPLES = Path(__file__).parents[2] / "examples"
LETTERED = ("assumed", "letters")
"""Lessons in letters: every format tells them but the spreadsheet, which says why not."""
LESSONS = sorted(EXAMPLES.glob("*.yaml"))
NUMBERS = ("csv", "npy")
"""Formats that tell nothing, and have the answer's numbers alone."""


def stem(path: Path) -> str:
    return path.stem


@pytest.mark.parametrize("lesson", LESSONS, ids=stem)
def test_is_built_in_every_format(lesson: Path, tmp_path: Path) -> None:
    told = load_lesson_file(lesson).lesson()
    for format in FORMATS:
        if format == "xlsx" and lesson.stem in LETTERED:
            with pytest.raises(StepwiseError, match="a spreadsheet calculates with numbers"):
                save(told, tmp_path / "lesson.xlsx")
        elif format not in NUMBERS:
            data = save(told, tmp_path / f"lesson.{format}").read_bytes()
            assert len(data) > 500, format
            if format in TEXTUAL:
                assert told.title.split()[0] in data.decode(), format
            else:
                assert data.startswith({"pdf": b"%PDF-", "xlsx": b"PK"}[format]), format


@pytest.mark.parametrize("lesson", LESSONS, ids=stem)
def test_its_numbers_are_a_file(lesson: Path, tmp_path: Path) -> None:
    told = load_lesson_file(lesson).lesson()
    parts = entries_from_bytes(save(told, tmp_path / "answer.csv").read_bytes(), ".csv", "auto", ())
    for answer, due in zip(parts, told.traces, strict=True):
        if lesson.stem not in LETTERED:
            assert check(due, answer).correct
    if lesson.stem in (*LETTERED, "exact") or len(told.traces) > 1:
        with pytest.raises(StepwiseError, match=r"write \.csv"):
            save(told, tmp_path / "answer.npy")
        return
    assert np.array_equal(np.load(save(told, tmp_path / "answer.npy")), told.traces[0].output)


@pytest.mark.parametrize("lesson", LESSONS, ids=stem)
def test_is_explained_and_listed(lesson: Path) -> None:
    text = lesson.read_text(encoding="utf-8")
    assert text.startswith("# "), "a comment says what it shows"
    assert f"stepwise explain examples/{lesson.name}" in text
    assert f"]({lesson.name})" in (EXAMPLES / "README.md").read_text(encoding="utf-8")
    if "mnist:" in text:
        assert "Yann LeCun and Corinna Cortes, CC BY-SA 3.0" in text


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("average", "│ 3.25   5.25 │\n│    2      2 │"),
        ("maximum", "│ 6   8 │\n│ 3   4 │"),
        ("convolution", "│ 3   0 │\n│ 0   2 │"),
        ("figure-corrected", "│  1    5    6 │\n│  7    8    3 │\n│  3   10    4 │"),
        ("causal", "│  100    200    410    820   1641   3282 │"),
        ("transposed", "│  5    0   15    0   10 │\n│  0    3    0    4    0 │\n│  6    0   11    0    4 │"),
    ],
)
def test_gives_the_numbers_it_promises(name: str, rows: str) -> None:
    assert rows in load_lesson_file(EXAMPLES / f"{name}.yaml").lesson().text().split("Read off the answer")[1]


def test_the_corrected_figure_is_not_the_printed_one() -> None:
    """The answer is what PyTorch 2.13 gives for the figure's numbers."""
    lesson = load_lesson_file(EXAMPLES / "figure-corrected.yaml")
    answer = trace(list(lesson.layers), lesson.input, weights=lesson.weights)
    answer.verify()
    assert answer.output.tolist() == [[1, 5, 6], [7, 8, 3], [3, 10, 4]]
    printed = [[1, 6, 5], [7, 10, 9], [7, 10, 8]]
    assert "1 6 5 / 7 10 9 / 7 10 8" in lesson.lesson().text(), "what the figure prints is told, too"
    window = answer.step((0, 1))
    assert (window.result, printed[0][1]) == (5, 6)
    assert str(window.formula) == "2·1 + 3·0 + 3·0 + 1·0 + 3·1 + 0·1 = 5"


def test_pytorch_and_keras_part_where_they_pad() -> None:
    """5 7 / 13 15 is PyTorch 2.13's, 10 11 / 14 15 is Keras 3.15's."""
    lesson = load_lesson_file(EXAMPLES / "pytorch-or-keras.yaml")
    outputs = [trace(layer, lesson.input).output.tolist() for layer in lesson.layers]
    assert outputs == [[[5, 7], [13, 15]], [[10, 11], [14, 15]]]
    text = " ".join(lesson.lesson().text().split())
    assert "padding 1 adds 1 line on every side; SAME adds 1 row at the bottom and 1 column on the right." in text
    assert "3 output cells differ." in text


def test_transposed_is_told_both_ways() -> None:
    text = load_lesson_file(EXAMPLES / "transposed.yaml").lesson().text()
    assert "Spread every input cell" in text
    assert "Gather every output cell" in text
    assert "4·1 + 3·2 + 2·2 + 1·1 = 15" in text, "the middle cell, where all four kernels overlap"


def test_letters_come_to_a_formula() -> None:
    text = load_lesson_file(EXAMPLES / "letters.yaml").lesson().text()
    assert "max(0, a - b + 2·e, b - c + 2·f, d - e + 2·h, e - f + 2·i)" in text
    assert "│ 1 -1 0 0 2 0 0 0 0 │ │ c │" in " ".join(text.split()), "the first row of the matrix"


def test_exact_means_and_what_a_sigmoid_makes_of_them() -> None:
    """3.25 = (1 + 1 + 5 + 6) / 4, and 1 / (1 + e^-3.25) is 0.9627 on any calculator."""
    text = load_lesson_file(EXAMPLES / "exact.yaml").lesson().text()
    assert "(1 + 1 + 5 + 6) / 4 = 13/4 = 3.25" in text
    assert "(1/3 + 0 + 0 + 1) / 4 = 1/3 ≈ 0.333" in text
    assert "1 / (1 + exp(-13/4)) ≈ 0.963" in text


def test_zeros_win_nothing_over_positive_numbers() -> None:
    text = load_lesson_file(EXAMPLES / "assumed.yaml").lesson().text()
    assert "│ a   b │\n│ c   d │" in text.split("Read off the answer")[-1]
    assert "0 can never be the largest: a stands for a positive number." in " ".join(text.split())


def test_digit_is_pictured_before_and_after() -> None:
    html = load_lesson_file(EXAMPLES / "digit.yaml").lesson().html()
    sizes = re.findall(r'<img src="data:image/png;base64,[^"]+" alt="[^"]+" width="(\d+)" height="(\d+)">', html)
    assert ("28", "28") in sizes
    assert ("14", "14") in sizes


def test_overrides_one_block_and_leaves_the_others() -> None:
    lesson = load_lesson_file(EXAMPLES / "valid-or-same.yaml").lesson()
    own, shipped = render(lesson, "html", EXAMPLES / "templates-override"), render(lesson, "html")
    aside = re.compile(r'<aside class="note"[^>]*><p><strong>Remember\.</strong> (.*?)</p></aside>', re.S)
    assert "<p class=note>" in shipped
    assert "<aside" not in shipped
    assert "<p class=note>" not in own
    assert aside.search(own)
    plain = aside.sub(r"<p class=note>\1</p>", own)
    bare = re.compile(r"\s*(<[^>]*>)\s*")  # where nothing shows it, a template may break its lines as it likes
    assert bare.sub(r"\1", plain) == bare.sub(r"\1", shipped), "only notes are told differently"
    assert render(lesson, "md", EXAMPLES / "templates-override") == render(lesson, "md"), "other formats are not"


def test_names_the_template_that_fails(tmp_path: Path) -> None:
    (tmp_path / "html").mkdir()
    (tmp_path / "html" / "prose.html.jinja").write_text("<p>\n{{ block.nothing }}</p>", encoding="utf-8")
    lesson = load_lesson_file(EXAMPLES / "valid-or-same.yaml").lesson()
    with pytest.raises(StepwiseError, match=r"prose\.html\.jinja, line 2"):
        render(lesson, "html", tmp_path)


@pytest.mark.parametrize("names", [("pooling", "mean"), ("convolution",), ("network",)], ids="+".join)
def test_worksheets_are_made_and_can_be_graded(names: tuple[str, ...], tmp_path: Path) -> None:
    make([EXAMPLES / f"worksheet-{name}.yaml" for name in names], tmp_path / "w", Order(3, 7, ("pdf", "html")))
    assignment = load_assignment(tmp_path / "w")
    assert len(assignment.variants) == 3 * len(names)
    for exercise in assignment.exercises.values():
        answers = [trace.output.tolist() for trace in exercise.traces]
        assert exercise.marker.check(answers).earned == exercise.points
