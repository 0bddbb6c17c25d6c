"""The lines that put a page's lesson into another page give the same lesson there, whatever stands in it."""

from __future__ import annotations

import re
import textwrap
from dataclasses import replace
from pathlib import Path

import html5lib
import pytest

import stepwise as sw
from stepwise.lesson_files.reading import load_lesson_file, read_lesson
from stepwise.lessons import Lesson
from stepwise.sites.written import Place, asked
from tests.command import run
from tests.pasted import pasted

HOSTILE = "Max \"pooling\" <script>alert('1')</script> & ``` [a](b) ]]> *x* </pre></details>"
POOL = "MaxPool2D(2, strides=1, padding='same')"
ASKED: dict[str, list[str]] = {
    "plain": [POOL, "--input", "4 3; 2 1"],
    "kernel": ["Conv2D(1, 2)", "--input", "4 3 1; 2 1 0", "--kernel", "1 0; 0 -1", "--bias", "1"],
    "drawn": ["nn.Conv2d(1, 2, 2)", "--input", "4 3 1; 2 1 0", "--seed", "7"],
    "chain": ["Conv2D(2, 2, activation='relu')", "MaxPool2D(1)", "--input", "4 3 1; 2 1 0", "--steps", "all"],
    "letters": ["MaxPool2D(2)", "--input", "a b; c 0", "--assume", "a=positive, b=0..9"],
    "exact": ["AveragePooling2D(2)", "--input", "1/3 2; 0.5 1", "--arithmetic", "exact"],
    "channels": ["MaxPool2D(2)", "--input", "1 2\n3 4\n\n5 6\n7 8"],
    "JSON": ["nn.MaxPool2d(2)", "--input", "[[1, 2],\n [3, 4]]"],
    "language": [POOL, "--input", "4 3; 2 1", "--language", "en"],
    "matrix": ["Conv2D(1, 2)", "--input", "4 3; 2 1", "--kernel", "1 0; 0 1", "--matrix"],
    "knobs": [POOL, "--input", "4 3; 2 1", "--knobs", "window,padding"],
    "only": [POOL, "--input", "4 3; 2 1", "--only", "figure"],
    "sections": [POOL, "--input", "4 3; 2 1", "--sections", "answer,steps"],
    "file": ["MaxPool2D(2)", "--input", "image.csv"],
    "classes": ["Dense(2)", "Softmax()", "--input", "1 2", "--classes", 'a "b", c: `d`'],
    "node": ['MaxPool(kernel_shape=[2,2], auto_pad="SAME_LOWER")', "--input", "4 3; 2 1"],
    "script": ["model = Sequential()\nmodel.add(MaxPooling2D(2))", "--input", "4 3; 2 1"],
}


def body(text: str) -> str:
    """What stands in a fence."""
    found = re.fullmatch(r"(`{3,})\{?stepwise\}?( \S+)?\n([\s\S]*?)\n?\1", text)
    assert found, text
    return (found[2] or found[3]).strip("\n ")


def same(lesson: Lesson, expected: Lesson) -> bool:
    return lesson.html(fragment=True) == expected.html(fragment=True)


@pytest.mark.parametrize("words", ASKED.values(), ids=ASKED)
def test_what_is_pasted_makes_the_same_lesson(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("image.csv").write_text("1,2\n3,4\n", encoding="utf-8")
    assert run("explain", *words, "-o", "plain.html").status == 0
    done = run("explain", *words, "--embed", "-o", "page.html")
    assert done.status == 0, done.err
    found = pasted(Path("page.html").read_text(encoding="utf-8"))
    assert {"iframe", "fragment", "myst", "sphinx", "mkdocs"} <= found.keys()
    told = body(found["myst"])
    assert told == body(found["mkdocs"])
    directive, empty, lines = found["sphinx"].split("\n", 2)
    assert (directive, empty, textwrap.dedent(lines)) == (".. stepwise::", "", told)
    made = asked(told, {}, Place("page.md", 1, tmp_path)).lesson
    assert made.html() == Path("plain.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "more", [[], ["compare"], ["practice"], ["backward"]], ids=lambda more: more[0] if more else "layers"
)
def test_a_lesson_file_is_named(more: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = "stepwise: 1\ninput: 4 3; 2 1\nshow: {embed: true}\nlayers: [MaxPool2D(2)]\n"
    if more == ["compare"]:
        text = text.replace("layers: [MaxPool2D(2)]", 'compare: [MaxPool2D(2), "MaxPool2D(2, strides=1)"]')
    if more == ["practice"]:
        text = text.replace("embed", "practice: true, embed")
    if more == ["backward"]:
        text += "backward: {grad: [[1]]}\n"
    Path("my pool.yaml").write_text(text, encoding="utf-8")
    assert run("explain", "my pool.yaml", "-o", "out.html").status == 0
    found = pasted(Path("out.html").read_text(encoding="utf-8"))
    assert found["sphinx"] == ".. stepwise:: my pool.yaml"
    assert found["myst"] == "```{stepwise} my pool.yaml\n```"
    assert found["mkdocs"] == "```stepwise\nmy pool.yaml\n```"
    assert 'src="out.html"' in found["iframe"]
    assert ("markdown" in found) == (more != ["practice"]), "the first step would give an answer away"


def test_hostile_words_are_words_wherever_they_are_pasted() -> None:
    lesson = read_lesson(
        f"stepwise: 1\ninput: 4 3; 2 1\nshow: {{embed: true}}\ntitle: {in_quotes(HOSTILE)}\nlayers: [MaxPool2D(2)]\n"
    ).lesson()
    html = lesson.html()
    found = pasted(html)
    frame = next(html5lib.parse(found["iframe"], namespaceHTMLElements=False).iter("iframe"))
    assert frame.get("title") == HOSTILE
    assert same(asked(body(found["myst"]), {}, Place("page.md", 1, Path())).lesson, lesson)
    assert body(found["mkdocs"]) == body(found["myst"])
    assert "<script>" not in found["markdown"]
    assert html.count("<script") == scripts_of(lesson)


def in_quotes(text: str) -> str:
    """Words between single quotes, as YAML has them."""
    return "'" + text.replace("'", "''") + "'"


def scripts_of(lesson: Lesson) -> int:
    """The scripts of the same page that says nothing of embedding, and the one that copies."""
    return replace(lesson, origin=None).html().count("<script") + 1


def test_nothing_of_it_is_on_a_page_that_was_not_asked_for_it(tmp_path: Path) -> None:
    plain = sw.trace(POOL, [[4, 3], [2, 1]]).lesson()
    assert "embed" not in plain.html()
    (tmp_path / "a.yaml").write_text(
        "stepwise: 1\ninput: 4 3; 2 1\nshow: {embed: true}\nlayers: [MaxPool2D(2)]\n", encoding="utf-8"
    )
    lesson = load_lesson_file(tmp_path / "a.yaml").lesson()
    assert "data-paste" in lesson.html()
    assert "data-paste" not in lesson.html(fragment=True), "a fragment stands in another page already"


def test_a_template_of_ones_own_may_tell_them_otherwise(tmp_path: Path) -> None:
    (tmp_path / "embed.html.jinja").write_text("{% for paste in page.pastes %}[{{ paste.name }}]{% endfor %}", "utf-8")
    page = tmp_path / "page.html"
    words = ["explain", POOL, "--input", "4 3; 2 1", "--embed", "--templates", str(tmp_path), "-o", str(page)]
    done = run(*words)
    assert done.status == 0, done.err
    assert "[iframe][fragment][myst][sphinx][mkdocs][markdown]" in page.read_text(encoding="utf-8")


def test_what_takes_more_than_calls_and_numbers_is_not_written_as_a_lesson(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    done = run("explain", POOL, "--input", "4 3; 2 1", "--divide", "2", "--embed", "-o", str(page))
    assert done.status == 0, done.err
    assert set(pasted(page.read_text(encoding="utf-8"))) == {"iframe", "fragment", "markdown"}


def test_mistakes_are_told(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("stepwise: 1\ninput: 4 3; 2 1\nshow: {embed: 3}\nlayers: [MaxPool2D(2)]\n", encoding="utf-8")
    done = run("explain", str(file))
    assert (done.status, "line 3: found embed: 3, expected true or false" in done.err) == (2, True)
    done = run("explain", str(file), "--embed")
    assert done.status == 2
    assert "show: {embed: true}" in done.err
