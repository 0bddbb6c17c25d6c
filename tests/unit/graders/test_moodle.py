"""The question bank, read by a parser of its own that follows Moodle's documented grammar, and answered."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from stepwise.graders.moodle import cdata, feedback
from stepwise.worksheets.handout import make
from stepwise.worksheets.workshop import Order

PERCENTAGES = {
    100,
    90,
    83.333,
    80,
    75,
    70,
    66.666,
    60,
    50,
    40,
    33.333,
    30,
    25,
    20,
    16.666,
    14.2857,
    12.5,
    11.111,
    10,
    5,
    0,
}
LESSON = """\
stepwise: 1
title: "Pooling <b> & ]]> {1:NM:=5}"
input: "4 3 1; 2 1 5; 7 -2 0"
layers:
  - MaxPool2D(2, strides=1, padding="same")
worksheet: {variants: {input: {integers: {low: -9, high: 9}}}}
"""


@dataclass
class Alternative:
    percent: float
    value: float
    tolerance: float
    words: str


def gaps(text: str) -> list[list[Alternative]]:
    """Every `{weight:NM:…}`: alternatives parted by `~`, `=` or `%n%` before, `#feedback` after, `\\` before signs."""
    found = []
    for match in re.finditer(r"\{(\d+):(?:NM|NUMERICAL):((?:\\.|[^}\\])*)\}", text):
        alternatives = []
        for one in re.split(r"(?<!\\)~", match[2]):
            answer, *words = re.split(r"(?<!\\)#", one)
            assert len(words) <= 1
            head = re.fullmatch(r"(=|%(-?[\d.]+)%)(-?\d+(?:\.\d+)?):(\d+(?:\.\d+)?)", answer)
            assert head, answer
            percent = 100.0 if head[1] == "=" else float(head[2])
            told = re.sub(r"\\([}#~/\"\\])", r"\1", words[0]) if words else ""
            alternatives.append(Alternative(percent, float(head[3]), float(head[4]), told))
        found.append(alternatives)
    return found


def answered(gap: list[Alternative], value: float) -> Alternative | None:
    """The first alternative that an answer falls under, as Moodle takes it."""
    return next((one for one in gap if abs(one.value - value) <= one.tolerance), None)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("moodle")
    (place / "lesson.yaml").write_text(LESSON)
    make([place / "lesson.yaml"], place / "w", Order(5, 3, ("moodle",)))
    return place / "w"


@pytest.fixture(scope="module")
def questions(folder: Path) -> list[ElementTree.Element]:
    root = ElementTree.fromstring((folder / "questions.xml").read_bytes())
    assert root.tag == "quiz"
    return list(root)


def of_kind(questions: list[ElementTree.Element], kind: str) -> list[ElementTree.Element]:
    return [question for question in questions if question.get("type") == kind]


def words(element: ElementTree.Element, path: str) -> str:
    return element.findtext(path) or ""


def inputs(folder: Path) -> list[np.ndarray]:
    import json

    return [np.array(one["input"]) for one in json.loads((folder / "manifest.json").read_text())["variants"]]


def test_one_question_a_variant_with_its_id(questions: list[ElementTree.Element]) -> None:
    [category] = of_kind(questions, "category")
    assert words(category, "category/text").startswith("$course$/top/Pooling <b> & ]]>")
    cloze = of_kind(questions, "cloze")
    assert [words(one, "idnumber") for one in cloze] == ["v01", "v02", "v03", "v04", "v05"]
    every = [words(one, "idnumber") for one in questions if one.get("type") != "category"]
    assert len(set(every)) == len(every)
    for one in cloze:
        assert one.find("defaultgrade") is None
        assert {child.tag for child in one} <= {
            "name",
            "questiontext",
            "generalfeedback",
            "penalty",
            "hidden",
            "idnumber",
        }
        assert one.find("questiontext").get("format") == "html"  # type: ignore[union-attr]


def test_the_right_number_earns_all_in_every_cell(folder: Path, questions: list[ElementTree.Element]) -> None:
    for question, x in zip(of_kind(questions, "cloze"), inputs(folder)):
        padded = np.pad(x, ((0, 1), (0, 1)), constant_values=-99)
        right = [padded[r : r + 2, c : c + 2].max() for r in range(3) for c in range(3)]
        found = gaps(words(question, "questiontext/text"))
        assert len(found) == 9
        for gap, value in zip(found, right):
            met = answered(gap, value)
            assert met is not None
            assert met.percent == 100
            assert sum(one.percent == 100 for one in gap) == 1
            assert {one.percent for one in gap} <= PERCENTAGES


def test_a_misconception_earns_nothing_and_hears_why(folder: Path, questions: list[ElementTree.Element]) -> None:
    heard = 0
    for question, x in zip(of_kind(questions, "cloze"), inputs(folder)):
        means = [x[r : r + 2, c : c + 2].mean() for r in range(3) for c in range(3)]
        zeros = np.pad(x, ((0, 1), (0, 1)))
        for cell, gap in enumerate(gaps(words(question, "questiontext/text"))):
            r, c = divmod(cell, 3)
            for value, told in (
                (means[cell], "mean of each window"),
                (zeros[r : r + 2, c : c + 2].max(), "taken as 0"),
            ):
                met = answered(gap, value)
                assert met is not None, "what a mistake gives is an alternative"
                if met.percent == 0:
                    assert told in met.words
                    heard += 1
    assert heard > 20


def test_sizes_are_numbers_with_mistakes(questions: list[ElementTree.Element]) -> None:
    numerical = of_kind(questions, "numerical")
    assert len(numerical) == 10
    for one in numerical:
        values = {a.findtext("text"): a for a in one.findall("answer")}
        assert values["3"].get("fraction") == "100"
        assert values["2"].get("fraction") == "0"
        assert words(values["2"], "feedback/text")
        assert {words(a, "tolerance") for a in values.values()} == {"0"}
        assert float(words(one, "defaultgrade")) > 0


def test_pictures_are_inside(questions: list[ElementTree.Element]) -> None:
    for question in of_kind(questions, "cloze"):
        text = words(question, "questiontext/text")
        [name] = re.findall(r'src="@@PLUGINFILE@@/([^"]+)"', text)
        [file] = question.findall("questiontext/file")
        assert file.get("name") == name
        assert file.get("encoding") == "base64"
        picture = ElementTree.fromstring(base64.b64decode(file.text or ""))
        assert picture.tag.endswith("svg")
        assert re.search(r'alt="input 3×3: ', text)


def test_the_same_bank_again(folder: Path, tmp_path: Path) -> None:
    make([folder / "lesson.yaml"], tmp_path / "w", Order(5, 3, ("moodle",)))
    assert (tmp_path / "w" / "questions.xml").read_bytes() == (folder / "questions.xml").read_bytes()


@pytest.mark.parametrize("text", ["}", "a # b", "~", "{=5}", "\\frac{1}{2}", "<b> & 'x' \"y\"", "]]>"])
def test_signs_that_have_a_meaning_are_words_in_feedback(text: str) -> None:
    from html import unescape

    [[right, wrong]] = gaps(f"<td>{{1:NM:=1:0~%0%2:0#{feedback(text)}}}</td>")
    assert (right.value, wrong.value) == (1, 2)
    assert unescape(wrong.words) == text.replace("~", "∼")
    parsed = ElementTree.fromstring(f"<x>{cdata(text)}</x>")
    assert parsed.text == text


def test_the_instructions_stand_above_the_gaps_and_make_none(tmp_path: Path) -> None:
    text = LESSON.replace("worksheet: {", "worksheet: {instructions: 'Mind *this*: {1:NM:=3} <script>', ")
    (tmp_path / "lesson.yaml").write_text(text, encoding="utf-8")
    make([tmp_path / "lesson.yaml"], tmp_path / "w", Order(2, 7, ("moodle",)))
    root = ElementTree.parse(tmp_path / "w" / "questions.xml").getroot()
    clozes = [q.findtext("questiontext/text") or "" for q in root if q.get("type") == "cloze"]
    assert len(clozes) == 2
    for cloze in clozes:
        assert cloze.startswith("<p>Mind <em>this</em>: &#123;1:NM:=3} &lt;script&gt;</p>")
        assert len(gaps(cloze)) == 9
