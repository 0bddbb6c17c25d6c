"""Everything that a student reads, in a language that nobody speaks: no English is left in any format.

The language is compiled from the catalogue that translators get, and only the lesson's own `language:` asks for it. So
a word that stands outside of its brackets was never handed to gettext, or was not extracted, or its renderer forgot
which language the lesson is in. Names, calls and code are what they are in every language.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import html5lib
import pytest

from stepwise import language
from stepwise.document.blocks import Figure, Scene, Stack, Steps
from stepwise.document.lesson import Lesson
from stepwise.exercises.assignment import Assignment, load_assignment
from stepwise.exercises.exercise import Exercise
from stepwise.exercises.wording import question
from stepwise.graders.edx import customresponse
from stepwise.graders.gradescope import handed_in, results
from stepwise.graders.moodle import question_bank
from stepwise.graders.nbgrader import cells as notebook_cells
from stepwise.graders.nbgrader import check as nbgrader_check
from stepwise.graders.otter import Question
from stepwise.grading.feedback import feedback
from stepwise.grading.marker import ClassMarker, marked
from stepwise.grading.overview import overview
from stepwise.grading.overview_lesson import overview_lesson
from stepwise.grading.submission import Submission
from stepwise.grading.tally import Tally
from stepwise.lesson_files.reading import read_lesson
from stepwise.lessons.summary import short_call
from stepwise.render import encode, host_style, render_html, render_still
from stepwise.render.svg import figure_svg, scene_svg
from stepwise.sites.exercise import parts
from stepwise.sites.myst_nodes import nodes
from stepwise.traces.trace import chain
from stepwise.worksheets.pages import key_page, student_page
from stepwise.worksheets.sheet import load_sheet
from stepwise.worksheets.workshop import Order, Workshop
from tests.command import run
from tests.pseudo import CLOSE, NAME, OPEN, installed, outside

LESSONS = {
    "max": """
input: 4 3; 2 1
layers: ["MaxPool2D(2, strides=1, padding='same')"]
show: {practice: true}
""",
    "mean with cells outside": """
input: 4 3 1; 2 1 5; 7 -2 0
layers: ["nn.AvgPool2d(2, 2, padding=1, ceil_mode=True)"]
""",
    "conv of two channels": """
input: [[[1, 2], [3, 4], [5, 6]], [[7, 8], [9, 1], [2, 3]], [[4, 5], [6, 7], [8, 9]]]
layers: ["Conv2D(2, 2)"]
""",
    "transposed": """
input: 1 2; 3 4
layers: ["nn.ConvTranspose2d(1, 1, 2, padding=1, stride=2)"]
weights: {0: {kernel: [[1, 2], [3, 4]], bias: [1]}}
""",
    "softmax": """
input: [1, 2, 5]
layers: [Softmax()]
""",
    "network": """
input: {mnist: 0}
layers: ["Conv2D(2, 5, activation='relu')", MaxPool2D(4), Flatten(), "Dense(3, activation='softmax')"]
""",
    "compared": """
input: {random: {shape: [4, 4], low: 0, high: 9}}
compare: ["nn.MaxPool2d(3, 2, padding=1)", "MaxPool2D(3, strides=2, padding='same')"]
""",
}
SHEET = """
title: ⟦title⟧
input: 4 3 1; 2 1 5; 7 -2 0
layers: ["Conv2D(1, 2)", keras.layers.ReLU(), MaxPool2D(2)]
weights: {0: {kernel: [[1, -1], [0, 2]], bias: [1]}}
parts:
  - {layer: 0, ask: sizes}
  - {layer: 0, ask: padding}
  - {layer: 0, points: 4}
  - {layer: 1, points: 2, penalty: 0.25}
  - {layer: 2, points: 1.5}
marking: {reveal: working}
worksheet: {blank: [sizes, padding, formula, steps], room: 2}
"""
POOL = """
title: ⟦title⟧
input: -4 -3 1; 2 1 5; 7 -2 0
layers: ["MaxPool2D(2, strides=1, padding='same')"]
marking: {reveal: working}
"""
ANSWERS = {  # to POOL, whose output is 2 5 5; 7 5 5; 7 0 0
    "right": "2 5 5; 7 5 5; 7 0 0",
    "taken as 0": "2 5 5; 7 5 5; 7 0 1",
    "minima": "-4 -3 1; -2 -2 0; -2 -2 0",
    "blank cells": "2 _ 5; 7 5 _; 7 0 0",
    "words": "2 5 5; 7 x 5; 7 0 0",
    "too small": "2 5; 7 5",
    "of a size nothing gives": "1 2 3 4 5; 1 2 3 4 5",
    "nothing": "",
    "in one line": "2 5 5 7 5 5 7 0 0",
    "ragged": "2 5 5; 7 5; 7 0 0",
    "two readings": "2,5 5 5; 7 5,5 5; 7 0 0",
    "no grid": "it is seven",
    "rounded": "2.4 5 5; 7 5 5; 7 0 0",
}
KEPT = re.compile(
    r"https?://\S+|\b(?:Keras|PyTorch|TensorFlow|ONNX|NumPy|SciPy|ReLU|SAME|VALID|SAME_LOWER|LaTeX|Markdown|SVG|PNG|MNIST"
    r"|stepwise|max|min|exp|tanh|sqrt|softmax|ln|log|NaN|inf)\b"
)
"""Names, and functions as formulas have them."""


@pytest.fixture(scope="module", autouse=True)
def _other_language(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with installed(tmp_path_factory.mktemp("locale")):
        yield


def text_of(name: str) -> str:
    """A lesson file's text."""
    return f"stepwise: 1\nlanguage: {NAME}\n" + LESSONS[name].lstrip()


@pytest.fixture(scope="module", params=LESSONS)
def lesson(request: pytest.FixtureRequest) -> Lesson:
    return read_lesson(text_of(request.param), "lesson.yaml", Path()).lesson()


def calls(*lessons: Lesson) -> list[str]:
    """What was called, as it may stand in a lesson: whole, in short, or its name."""
    layers = [layer for one in lessons for trace in one.traces for layer in chain(trace)]
    found = {layer.layer.call for layer in layers} | {short_call(layer) for layer in layers}
    found |= {words.partition("(")[0] for words in found}
    found |= {words.replace("'", quote) for words in found for quote in ('"', "&#x27;", "’")}
    return sorted(found, key=len, reverse=True)


def english(text: str, spoken: list[str] | None = None) -> list[str]:
    """What stands in no brackets and has a word that is no call, name or function."""
    left = " ".join(outside(text)[0].split())
    left = re.sub(r"\{\w+\}", " ", left)  # a place that a page's script fills
    for call in spoken or []:
        left = left.replace(call, " ")
    pieces = (piece.strip() for piece in KEPT.sub(" ", left).split(OPEN + CLOSE))
    return [piece for piece in pieces if re.search(r"[A-Za-z]{2}", piece)]


RULES = frozenset({"rule", "steady", "gave"})
"""Under these keys a list is a rule, whose words are the engine's; a text is a sentence."""


def strings(data: Any, skip: frozenset[str] = frozenset()) -> Iterator[str]:
    """Every text in a tree of lists and objects, but for rules and what stands under some keys."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for key, value in data.items():
            if key == "lines":  # when each is said, and what
                yield from (line for _when, line, *_levels in value)
            elif key not in skip and not (key in RULES and isinstance(value, list)):
                yield from strings(value, skip)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from strings(value, skip)


SAID = ("alt", "title", "aria-label", "placeholder")
CODES = {f"data-{name}" for name in ("stage", "key", "sheet", "field", "act", "do", "copy", "save")}
RECORD = frozenset(  # of a page's record: what is data, not words
    {"traces", "arrays", "call", "format", "weights", "divided", "code", "stops", "mode", "constant", "down"}
    | {"numbers"}  # a rule for each number that a line may name
)


def said_in_html(page: str) -> Iterator[str]:
    """What a page says: its words, what is read out or shown when pointed at, and what its script will say."""
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    return _said(tree)


def _said(element: ElementTree.Element) -> Iterator[str]:
    if element.tag == "template":
        yield from (piece for child in element for piece in _said(child))
    if element.tag == "script" and "stepwise-record" in (element.get("class") or ""):
        record = json.loads(element.text or "")
        yield from strings(record, RECORD)
    if element.tag in ("script", "style", "code", "math", "select") or not isinstance(element.tag, str):
        if element.tag == "math" or element.tag == "select":
            yield from _attributes(element)
    else:
        yield from _attributes(element)
        yield element.text or ""
        for child in element:
            yield from _said(child)
            yield child.tail or ""


def _attributes(element: ElementTree.Element) -> Iterator[str]:
    for name, value in element.attrib.items():
        if name in SAID or (str(name).startswith("data-") and name not in CODES):
            yield value


def check(pieces: Iterator[str] | list[str], *lessons: Lesson) -> None:
    """No English in all of these together: a sentence may be in pieces, with code between them."""
    assert english("\n".join(pieces), calls(*lessons)) == []


def test_the_language_is_seen_to_be_missing() -> None:
    """The check itself: it finds a word that was never handed to gettext, and one glued to a message."""
    assert english("⟦ne⟧ left over") == ["left over"]
    assert english("⟦a ⟦b⟧ c⟧ 3×3") == []
    assert [*filter(str.strip, said_in_html("<p title='of'>⟦a⟧ <code>call</code> und</p>"))] == ["of", "⟦a⟧ ", " und"]


def test_text(lesson: Lesson) -> None:
    check([lesson.text()], lesson)


CELL_KINDS = ("data", "input", "kernel", "output", "padding", "unknown")
"""What a cell or an array of the JSON form is, for programs."""


def test_json(lesson: Lesson) -> None:
    data = json.loads(encode(lesson, "json"))
    data = {key: value for key, value in data.items() if key not in ("format", "version", "language")}
    said = strings(data, frozenset({"block", "marks", "tone", "latex", "code"}))
    check([text for text in said if text not in CELL_KINDS], lesson)


@pytest.mark.parametrize("way", ["page", "fragment", "assets", "still", "method"])
def test_html(lesson: Lesson, way: str) -> None:
    page = {
        "page": lambda: encode(lesson, "html").decode(),
        "method": lambda: lesson.html(),
        "fragment": lambda: render_html(lesson, fragment=True),
        "assets": lambda: render_html(lesson, assets="/static"),
        "still": lambda: f"<style>{host_style()}</style>{render_still(lesson)}",
    }[way]()
    check(list(said_in_html(page)), lesson)


LATEX_CODE = (
    r"\\sw(?:long)?code\{(?:[^{}]|\{[^{}]*\})*\}",
    r"\\swcell\{\d+\}\{\d+\}\{\w+\}",
    r"\\swpicture(?:\[/RGB\])?(?:\{[^}]*\})+",
    r"\\(?:begin|end|let|renewcommand)\{?\\?\w+\}?(?:\[[^]]*\])?(?:\{[\d.]+\w*\}|\{@\{\}l+@\{\}\})*",
    r"\\swframe(?:\{[^}]*\})+",
    r"\\color\{\w+\}",
    r"\\[A-Za-z]+",
    r"\$[^$]*\$",
    r"[\d.]+(?:cm|em|pt)\b",
    r"%\n",
)
TYPST_CODE = (
    r"\$[^$]*\$",
    r"#raw\([^\n]*?\);",
    r"cell\(\"[^\"]*\"\)",
    r"matrix\(\s*\"\w+\",",
    r"[a-z-]+:\s*(?:true|false|none|bold|soft|\"\w+\"|[\d.]+(?:pt|em))?",
    r"#?[a-z][a-z-]*(?=[(\[])",
    r"bytes\(\([\d, \n]*\)\)",
    r"-?[\d.]+(?:cm|em|pt)\b",
)


def test_latex(lesson: Lesson) -> None:
    body = lesson.latex()
    body = body[body.index("\n\\swkicker{") : body.index("\\end{document}")]
    body = body.replace("\\swunicode{27E6}", OPEN).replace("\\swunicode{27E7}", CLOSE)
    check([without(LATEX_CODE, outside(body)[0])], lesson)


def test_typst(lesson: Lesson) -> None:
    text = lesson.typst()
    check([without(TYPST_CODE, outside(text[text.index('with(title: "') + 6 :])[0])], lesson)


def without(patterns: tuple[str, ...], text: str) -> str:
    """A source without what is code in it."""
    for pattern in patterns:
        text = re.sub(pattern, " ", text)
    return text


def test_markdown(lesson: Lesson) -> None:
    text = lesson.markdown()
    check([without((r"\$+[^$]*\$+", "```text"), text)], lesson)


def test_pictures(lesson: Lesson) -> None:
    blocks = [block for section in lesson.everything for block in section.blocks]
    scenes = [block for block in blocks if isinstance(block, Scene)]
    scenes += [step.scene for block in blocks if isinstance(block, Steps) for step in block.steps]
    with language.speaking(NAME):  # a picture alone has no language of its own
        pictures = [*map(scene_svg, scenes), *map(figure_svg, (block for block in blocks if isinstance(block, Figure)))]
    assert pictures
    for picture in pictures:
        tree = ElementTree.fromstring(picture)
        style = {element for element in tree.iter() if element.tag.endswith("style")}
        check([element.text or "" for element in tree.iter() if element not in style], lesson)


def test_a_spreadsheet(lesson: Lesson) -> None:
    with zipfile.ZipFile(io.BytesIO(encode(lesson, "xlsx"))) as book:
        words = ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
    check([element.text or "" for element in words.iter() if element.tag.endswith("}t")], lesson)


def test_nodes_of_myst(lesson: Lesson) -> None:
    def said(node: Any) -> Iterator[str]:
        if node["type"] in ("inlineCode", "inlineMath", "math"):
            return
        yield from (node[key] for key in ("value", "alt") if key in node)
        for child in node.get("children", ()):
            yield from said(child)

    check([piece for node in nodes(lesson) for piece in said(node)], lesson)


def test_an_exercise_on_a_site(lesson: Lesson) -> None:
    question, solution, word = parts(lesson)
    check([question.kicker, solution.kicker, word, question.text(), solution.text()], lesson)


# What is marked


@pytest.fixture(scope="module")
def assignment(tmp_path_factory: pytest.TempPathFactory) -> Assignment:
    return load_assignment(_written(tmp_path_factory.mktemp("pool"), POOL))


def _written(folder: Path, text: str) -> Path:
    path = folder / "lesson.yaml"
    path.write_text(f"stepwise: 1\nlanguage: {NAME}\n{text.lstrip()}", encoding="utf-8")
    return path


def _exercise(assignment: Assignment) -> Exercise:
    return next(iter(assignment.exercises.values()))


@pytest.mark.parametrize("name", ANSWERS)
def test_a_verdict_and_its_page(assignment: Assignment, name: str) -> None:
    exercise = _exercise(assignment)
    outcome = exercise.check(ANSWERS[name])
    check([outcome.text, outcome.problem])
    submission = Submission("⟦student⟧", "", answer=ANSWERS[name])
    page = feedback(submission, marked(submission, exercise), exercise)
    check([page.text(), *said_in_html(page.html())], page, _told(exercise))


@pytest.mark.parametrize("name", ANSWERS)
def test_what_the_command_line_says_of_an_answer(assignment: Assignment, tmp_path: Path, name: str) -> None:
    """A refusal is of our own words, with the reason in the lesson's."""
    done = run("check", str(_written(tmp_path, POOL)), ANSWERS[name])
    reasons = [line.partition(": ")[2].partition(": ")[2] for line in done.err.splitlines()]
    check([*done.out.splitlines(), *reasons], _told(_exercise(assignment)))
    assert done.out or reasons


def _told(exercise: Exercise) -> Lesson:
    """A lesson that holds the exercise's traces, whose calls may be named."""
    return exercise.trace.lesson()


@pytest.mark.parametrize("name", ANSWERS)
def test_a_report_for_gradescope(assignment: Assignment, name: str) -> None:
    report = results(assignment, Submission("", "", answer=ANSWERS[name]), 10)
    check([one[key] for one in report["tests"] for key in ("name", "output")], _told(_exercise(assignment)))


def test_gradescope_without_a_file(assignment: Assignment, tmp_path: Path) -> None:
    for files in ((), ("a.txt", "b.txt")):
        for file in files:
            (tmp_path / file).write_text("1")
        report = results(assignment, handed_in(tmp_path, assignment))
        check([one["output"].replace("answer.txt", "") for one in report["tests"]])


@pytest.mark.parametrize("text", [SHEET, POOL], ids=["parts", "pool"])
def test_a_sheet_and_its_key(tmp_path: Path, text: str) -> None:
    shop = Workshop(load_sheet([_written(tmp_path, text)]), Order())
    posed = shop.posed(shop.find(1))
    for page in (student_page(posed, "⟦v01⟧"), key_page(posed, "⟦v01⟧")):
        check([page.text(), *said_in_html(page.html())], page)
        with zipfile.ZipFile(io.BytesIO(encode(page, "xlsx"))) as book:
            check(re.findall(r"<t[^>]*>([^<]*)", book.read("xl/sharedStrings.xml").decode()), page)


@pytest.mark.parametrize(
    "answers", [["3 3"], ["2 2", "0 1 0 1", "9 9; 9 9"], ["2 2", "0 0 0 0", "1 2; 3 4", "1 2; 3 4", "4"]]
)
def test_parts(tmp_path: Path, answers: list[str]) -> None:
    exercise = _exercise(load_assignment(_written(tmp_path, SHEET)))
    outcome = exercise.check(answers)
    check([outcome.text, outcome.problem], _told(exercise))


def test_the_overview_of_a_class(assignment: Assignment) -> None:
    tally = Tally(assignment)
    marker = ClassMarker(assignment)
    for number, (name, answer) in enumerate(ANSWERS.items()):
        submission = Submission(f"{number}", "", answer=answer, name=name)
        tally.add(submission, marker.mark(submission))
    page = overview_lesson(overview(tally))
    assert any(isinstance(block, Stack) for section in page.sections for block in section.blocks)
    text = page.text().replace("┄", "")
    for code in (code for codes in tally.codes for code in codes):
        text = text.replace(code, "")
    check([text, *said_in_html(page.html())], _told(_exercise(assignment)))


def test_what_other_systems_show(tmp_path: Path) -> None:
    for lesson_text in (POOL, SHEET):
        path = _written(tmp_path, lesson_text)
        exercise, source = _exercise(load_assignment(path)), path.read_text("utf-8")
        told = _told(exercise)
        check([question(exercise).replace("```text", "")], told)
        bank = ElementTree.fromstring(question_bank([("q1", exercise)]))
        texts = [one.text or "" for of in ("questiontext", "feedback") for one in bank.findall(f".//{of}/text")]
        check([piece for text in texts for piece in said_in_html(text.replace(":NM:", ""))], told)
        for answer in (["2 5 5; 7 5 5; 7 0 0"], ["1", "_", "x"], []):
            response = customresponse(answer, source)
            check([response["overall_message"], *(one["msg"] for one in response["input_list"])], told)
        asked = Question(source)
        with language.speaking(NAME):
            check([case.name for case in asked.cases()])
        for given in (None, "", "no", "1 2", "-4 -3 1; -2 -2 0; -2 -2 0"):
            with pytest.raises(AssertionError) as failed:
                asked.cells(given, 0, range(1))
            check([str(failed.value)], told)


def test_a_notebook_of_nbgrader(assignment: Assignment, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = _written(tmp_path, POOL).read_text("utf-8")
    told = _told(_exercise(assignment))
    shown, hint, _grading = notebook_cells(source, "q1")
    check([shown["source"].replace("```text", "")], told)
    check([line for line in hint["source"].splitlines() if line.startswith("# ")])
    for answer in ("1 2", "2 5 5; 7 5 5; 7 0 1", object()):
        nbgrader_check(answer, source)
        check([capsys.readouterr().out], told)
