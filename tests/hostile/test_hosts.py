"""The same strings in other people's systems: reports, question banks, graders, notebooks, sites."""

from __future__ import annotations

import ast
import csv
import io
import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import html5lib
import pytest
from markdown_it import MarkdownIt

from stepwise.errors import StepwiseError
from stepwise.exercises.assignment import load_assignment
from stepwise.exercises.exercise import read_exercise
from stepwise.graders.edx import customresponse
from stepwise.graders.gradescope import results
from stepwise.graders.nbgrader import cells
from stepwise.graders.otter import question_file
from stepwise.graders.prairielearn import grade as prairielearn
from stepwise.grading.grading import grade
from stepwise.grading.submission import Submission
from stepwise.sites.jupyter import Live, mimebundle
from stepwise.sites.mkdocs import fence
from stepwise.sites.mystmd import directive
from stepwise.worksheets.handout import make
from stepwise.worksheets.workshop import Order
from tests.hostile.table import PLACES, PLAIN, WORDS, files_of, harmless, markdown, one_sentence, skeleton, tex, typst

LESSON = {"stepwise": 1, "input": "4 3 1; 2 1 5; 7 -2 0", "layers": ['MaxPool2D(2, strides=1, padding="same")']}
RIGHT = "4 5 5; 7 5 5; 7 0 0"
FORMULA = re.compile(r"[=+\-@|%\t\r＝＋－＠]")

each = pytest.mark.parametrize("words", WORDS, ids=lambda words: ascii(words[:40]))


def lesson(words: str, **keys: Any) -> str:
    return json.dumps({**LESSON, "title": words, **keys})


def shown(words: str) -> bool:
    """Whether it is words at all, so that structure can be compared with that of a plain one."""
    return bool(words.strip()) and words.isprintable()


def strings(found: Any) -> list[str]:
    if isinstance(found, dict):
        return [text for key, value in found.items() for text in (*strings(key), *strings(value))]
    if isinstance(found, list | tuple):
        return [text for one in found for text in strings(one)]
    return [found] if isinstance(found, str) else []


# A class: names of students, answers, names of files


def reports(words: str, folder: Path) -> dict[str, bytes]:
    folder.mkdir()
    (folder / "lesson.yaml").write_text(lesson(words), encoding="utf-8")
    words = words[:200]  # a longer name is refused
    rows = [
        {"student": words, "answer": RIGHT},
        {"student": "ana", "answer": words},
        {"student": "ben", "answer": "4 9 5; 7 5 5; 7 0 0"},
    ]
    (folder / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    grade(folder / "lesson.yaml", folder / "in.jsonl", [folder / "r.csv", folder / "r.jsonl", folder / "r.html"])
    return files_of(folder)


@pytest.fixture(scope="module")
def plain_overview(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    return kinds(reports(PLAIN, tmp_path_factory.mktemp("plain") / "in")["r.html"].decode())


def kinds(html: str) -> set[str]:
    """The elements of a page, each with its attributes; how many there are depends on what could be read."""
    return {str(one) for one in skeleton(re.sub(r"--(share|heat):[\d.]+", "", html))}  # type: ignore[attr-defined]


@each
def test_reports_of_a_class(words: str, tmp_path: Path, plain_overview: set[str]) -> None:
    written = reports(words, tmp_path / "in")
    table = written["r.csv"].decode()
    assert table.count("\n") == 4
    assert "\r" not in table
    rows = list(csv.reader(io.StringIO(table), strict=True))
    assert [len(row) for row in rows] == [len(rows[0])] * 4
    for row in rows[1:]:
        for cell in row:
            assert not FORMULA.match(cell) or re.fullmatch(r"-?[\d.]+", cell), "no spreadsheet takes it for a formula"
            assert cell.isprintable()
    lines = written["r.jsonl"].decode("ascii").splitlines()
    assert [set(json.loads(line)) for line in lines] == [set(json.loads(lines[0]))] * 3
    page = written["r.html"].decode()
    harmless(page)
    assert kinds(page) <= plain_overview


@each
def test_what_a_student_reads_in_other_systems(words: str, tmp_path: Path) -> None:
    """Of a hostile lesson, answer and file name."""
    (tmp_path / "lesson.yaml").write_text(lesson(words), encoding="utf-8")
    for answer in (words, f"4 {words}; 3 4", "4"):
        one = Submission("", "", answer.encode("utf-8", "replace"), name="answer.txt", kind=".txt")
        told = results(load_assignment(tmp_path / "lesson.yaml"), one)
        for text in strings(told):
            harmless(text)
        assert all(test["name"].isprintable() for test in told["tests"])
        assert told["test_output_format"] == "text"
        answered = customresponse([answer], lesson(words))
        harmless(answered["overall_message"])
        assert not list(html5lib.parseFragment(answered["overall_message"], namespaceHTMLElements=False))
        data: dict[str, Any] = {"submitted_answers": {"answer": answer}}
        prairielearn(data, lesson(words))
        for text in (
            *data.get("format_errors", {}).values(),
            data["partial_scores"].get("answer", {}).get("feedback", ""),
        ):
            harmless(text)
            assert not list(html5lib.parseFragment(text, namespaceHTMLElements=False)), "it is put in as markup"


# Programs that are written


def shape_of(code: str) -> str:
    """A program without its texts."""
    tree = ast.parse(code)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return ast.dump(tree)


@each
def test_test_files_and_notebooks(words: str) -> None:
    hostile, plain = lesson(words, language="en"), lesson(PLAIN, language="en")
    for text, like in (
        (hostile, plain),
        (hostile + "\n# " + words.replace("\n", " ").replace("\r", " "), plain + "\n# x"),
    ):
        try:
            read_exercise(text)
        except StepwiseError:
            continue
        program = question_file(text, "q1")
        assert shape_of(program) == shape_of(question_file(like, "q1"))
        question, answer, mark = cells(text, "q1")
        plain_question, plain_answer, plain_mark = cells(like, "q1")
        assert shape_of(mark["source"]) == shape_of(plain_mark["source"])
        assert answer["source"] == plain_answer["source"]
        assert "### BEGIN" not in mark["source"] + question["source"], "nbgrader would act on it"
        assert not re.search(r"^[%!]", mark["source"], re.M) or text != hostile, "IPython would run it"
        harmless(question["source"])
        if shown(words):
            assert markdown(question["source"]) == markdown(plain_question["source"])


# Sheets and banks


def sheets(words: str, folder: Path) -> dict[str, bytes]:
    folder.mkdir()
    told = {"worksheet": {"blank": "output", "instructions": words}}
    (folder / "lesson.yaml").write_text(lesson(words, **told), encoding="utf-8")
    make([folder / "lesson.yaml"], folder / "out", Order(1, 7, ("html", "md", "tex", "typ", "moodle")))
    return files_of(folder / "out")


def question(xml: bytes) -> list[object]:
    """Of each question of a bank its parts, its text's elements, and its gaps."""
    found: list[object] = []
    for one in ElementTree.fromstring(xml):
        text = one.findtext("questiontext/text") or ""
        gaps = re.findall(r"\{\d+:NM:(?:\\.|[^}\\])*\}", text)
        assert text.count("{") == sum(gap.count("{") for gap in gaps), "only gaps have braces"
        found.append(([part.tag for part in one.iter()], skeleton(text) if "<li>" not in text else (), len(gaps)))
    return found


@each
def test_sheets_and_question_banks(words: str, tmp_path: Path) -> None:
    try:
        written = sheets(words, tmp_path / "in")
    except StepwiseError as error:
        one_sentence(error)
        return
    plain = sheets(PLAIN, tmp_path / "plain")
    assert set(written) == set(plain), "no file is named after words"
    for name, data in written.items():
        if name.endswith((".html", ".md", ".tex", ".typ", ".xml")):
            harmless(data.decode())
        if name.endswith(".tex"):
            tex(data.decode())
        elif name.endswith(".typ"):
            typst(data.decode())
        elif name.endswith(".md"):
            new = {kind for kind, _ in markdown(data.decode()) - markdown(plain[name].decode())}  # type: ignore[operator]
            assert not new & {"html_block", "html_inline", "image"}
        elif name.endswith(".html"):
            seen, known = ({tag for tag, *_ in skeleton(one[name].decode())} for one in (written, plain))  # type: ignore[attr-defined]
            assert seen <= known | {"code", "em", "strong", "a"}, "what instructions may have"
        elif name.endswith(".xml"):
            assert len(question(data)) == len(question(plain[name]))


# Sites


def nodes_of(found: Any) -> list[dict[str, Any]]:
    if isinstance(found, list):
        return [node for one in found for node in nodes_of(one)]
    return [found, *nodes_of(found.get("children", []))]


@each
def test_sites(words: str, tmp_path: Path) -> None:
    """What is put into a page of MkDocs, of mystmd, and of a notebook, for a lesson and for a mistake."""
    for source, like in ((lesson(words), lesson(PLAIN)), (f"MaxPool2D({words})", "MaxPool2D(?)"), (words, "no layer")):
        options = {} if source == lesson(words) else {"input": "4 3; 2 1"}
        html = fence(source, "stepwise", "stepwise", options, SimpleNamespace())
        harmless(html)
        if shown(words) and source == lesson(words):
            assert skeleton(html) == skeleton(fence(like, "stepwise", "stepwise", options, SimpleNamespace()))
        alive = {tag for tag, *_ in skeleton(html)} & {"iframe", "img", "object", "embed", "a", "form", "base", "meta"}  # type: ignore[attr-defined]
        assert not alive
        told = nodes_of(directive("stepwise", {"body": source, "options": {}, "node": {}}))
        for node in told:
            assert node["type"] not in ("html", "raw", "image") or source == lesson(words)
            for text in strings({k: v for k, v in node.items() if k not in ("children", "type")}):
                harmless(text)
    made = PLACES["title"](words)
    for kind, text in mimebundle(made).items():
        harmless(text)
        if kind == "text/html" and shown(words):
            assert skeleton(text) == skeleton(mimebundle(PLACES["title"](PLAIN))[kind])
    frame = html5lib.parseFragment(Live(made)._repr_html_(), namespaceHTMLElements=False)
    [inner] = frame.iter("iframe")
    assert inner.attrib["sandbox"] == "allow-scripts"
    assert [one.tag for one in frame.iter() if isinstance(one.tag, str)].count("iframe") == 1


def test_a_markdown_cell_shows_a_call_as_code_whatever_is_in_it() -> None:
    text = lesson("T", layers=['MaxPool2D(2, name="`<b>`")'])
    [question, *_] = cells(text, "q1")
    found = MarkdownIt("commonmark").render(question["source"])
    assert "<b>" not in found
    assert "&lt;b&gt;" in found
