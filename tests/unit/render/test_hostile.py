"""Hostile words in every place a user's text can reach, in every format: they stay words."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import html5lib
import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

import stepwise as sw
from stepwise.document.blocks import Block, Card, Drawn, Pair, Prose, Stack, Table
from stepwise.document.inline import Code, Strong
from stepwise.document.lesson import Lesson, Section
from stepwise.errors import StepwiseError
from stepwise.lesson_files.reading import read_lesson
from stepwise.render import TEXTUAL, render
from stepwise.render.page.small import unpacked
from stepwise.render.text import render_text
from tests.command import run

WORDS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</title><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "\" onmouseover=\"alert(1)",
    "' onmouseover='alert(1)",
    "<!-- ",
    "]]>",
    "<![CDATA[x",
    "&lt;script&gt;",
    "javascript:alert(1)",
    "[x](javascript:alert(1))",
    "![x](http://evil.example/x.png)",
    "<http://evil.example>",
    "[x]: http://evil.example",
    "\\input{/etc/passwd}",
    "#{system('id')}",
    "${7*7}",
    "{{7*7}}",
    "{% include '/etc/passwd' %}",
    "{# gone #}",
    "=cmd|' /C calc'!A0",
    "@SUM(1)",
    "a|b|c",
    "`code` ``more``",
    "$$x$$ $y$",
    "# heading",
    "***\n---\n1. one\n> quote",
    "\x1b[31mred\x1b]0;title\x07",
    "\x9b31m",
    "a\rb\x08\x0cc\x7f",
    "\u202egnp.exe",
    "\u2028\u2029",
    "a\u0000b",
]  # fmt: skip
DRAWN = get_args(Drawn)
"""How a page can draw a table."""
RECORD = {"type": "application/json", "class": "stepwise-record"}
ALIVE = {"script", "img", "iframe", "object", "embed", "link", "a", "form", "svg"}


def everywhere(words: str) -> Lesson:
    """A lesson with the words in each place that takes a user's: titles, calls, names and what they become part of."""
    texts: tuple[Any, ...] = (words, Strong(words), Code(words))
    table = Table(words, (words, "b"), tuple(((piece,), (piece,)) for piece in texts), frozenset({(0, 1)}))
    pair = Pair(Card(words, words, (Prose((words,)),)), Card(words, words, ()))
    drawn = [replace(table, drawn=how, shares=((0.5,),) * 3) for how in DRAWN]
    stack = Stack((Card(words, words, (Prose((words,)),)),), (0.5,))
    blocks: tuple[Block, ...] = (Prose(texts), Prose(texts, tone="note"), pair, stack, *drawn)
    return Lesson(words, words, texts, (Section(words, blocks), Section(words, blocks, level=1)))


def harmless_html(html: str) -> None:
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)
    own = list(tree.iter("script"))  # the record of the traces, and the packed script that reads it
    assert [script.attrib for script in own] in ([], [RECORD], [RECORD, {}])
    assert all(unpacked(script.text or "") for script in own[1:])
    icons = {icon for button in tree.iter("button") for icon in button.iter("svg")}
    for element in tree.iter():
        assert element.tag not in ALIVE or element in own or element in icons, element.tag
        if isinstance(element.tag, str):
            assert not [name for name in element.attrib if str(name).startswith("on")]
            assert not [v for v in element.attrib.values() if v.strip().lower().startswith("javascript:")]
    [head] = tree.iter("head")
    assert [child.tag for child in head] == ["meta", "meta", "meta", "meta", "title", "style", "style"]


def parsed(markdown: str) -> list[Token]:
    found: list[Token] = []
    for token in MarkdownIt("commonmark").enable("table").parse(markdown):
        found += [token, *(token.children or [])]
    return found


def harmless_markdown(markdown: str) -> None:
    types = {token.type for token in parsed(markdown)}
    assert not types & {"html_block", "html_inline", "link_open", "image", "code_block", "hr"}
    no_controls(markdown)


def no_controls(text: str) -> None:
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]", text)


@pytest.mark.parametrize("words", WORDS, ids=ascii)
def test_words_stay_words_wherever_they_stand(words: str) -> None:
    lesson = everywhere(words)
    harmless_html(lesson.html())
    harmless_markdown(lesson.markdown())
    no_controls(lesson.text())
    bare = re.sub(r"\033\[[\d;]*m", "", render_text(lesson, color=True))
    no_controls(bare)
    assert all(c.isprintable() or c == "\n" for c in lesson.text())


@pytest.mark.parametrize("words", WORDS, ids=ascii)
def test_nothing_of_a_title_is_evaluated_or_lost(words: str) -> None:
    lesson = everywhere(words)
    seen = " ".join("".join(c if c.isprintable() else " " for c in words).split())
    assert seen in " ".join(lesson.text().split()) or len(seen) > 70
    tree = html5lib.parse(lesson.html(), namespaceHTMLElements=False)
    heading = " ".join("".join(c if c.isprintable() else " " for c in "".join(tree.find(".//h1").itertext())).split())
    assert heading == seen
    tables = [t for t in parsed(lesson.markdown()) if t.type == "td_open"]
    assert len(tables) == len(DRAWN) * 2 * 2 * 3, "a bar in a cell does not end it"
    assert "49" not in lesson.text() + lesson.markdown() + heading


@pytest.mark.parametrize("format", TEXTUAL)
@pytest.mark.parametrize("words", WORDS, ids=ascii)
def test_words_in_a_call_stay_in_it(words: str, format: str) -> None:
    """`name=` takes any words, and the call is shown as it was written."""
    call = f"MaxPool2D(2, name={words!r})"
    page = render(sw.compare(sw.trace(call, [[1, 2], [3, 4]]), sw.trace("MaxPool2D(2)", [[1, 2], [3, 4]])), format)
    if format == "html":
        harmless_html(page)
    elif format == "md":
        harmless_markdown(page)
    else:
        no_controls(page)


@pytest.mark.parametrize(
    "call", ['MaxPool2D(2, name="\x1b[31m|`$<b>")', "MaxPool2D(2,\r\n strides=1)", "MaxPool2D(2)\t"]
)
def test_characters_in_a_call_as_it_is_typed(call: str) -> None:
    lesson = sw.trace(call, [[1, 2], [3, 4]]).lesson()
    harmless_html(lesson.html())
    harmless_markdown(lesson.markdown())
    no_controls(lesson.text())


def test_a_title_from_a_lesson_file_is_only_words() -> None:
    text = 'stepwise: 1\ntitle: "<script>{{7*7}}</script>\\e[31m\\0"\ninput: 4 3; 2 1\nlayers: [MaxPool2D(2)]\n'
    lesson = read_lesson(text).lesson()
    harmless_html(lesson.html())
    harmless_markdown(lesson.markdown())
    no_controls(lesson.text())
    assert "&lt;script&gt;{{7*7}}&lt;/script&gt;" in lesson.html()


@pytest.mark.parametrize("words", WORDS, ids=ascii)
def test_words_in_a_message_stay_on_one_line_and_steer_no_terminal(words: str, tmp_path: Path) -> None:
    """Every option that takes words, with words that do not fit."""
    file = tmp_path / "lesson.yaml"
    file.write_text("stepwise: 1\n? " + repr(words) + "\n: 1\n", encoding="utf-8", errors="replace")
    good = ("explain", "MaxPool2D(2)", "--input", "4 3; 2 1")
    for arguments in (
        ("explain", words, "--input", "1"),
        ("explain", "MaxPool2D(2)", "--input", "4 3; 2 word" + words),
        ("explain", "Conv2D(1, 2)", "--input", "4 3; 2 1", "--kernel", "xx" + words),
        ("explain", "Conv2D(1, 2)", "--input", "4 3; 2 1", "--bias", "xx" + words),
        (*good, "--language", words),
        (*good, "--steps", words),
        (*good, "--to", words),
        (*good, "--to", "html", "--templates", words),
        (*good, "-o", str(tmp_path / "none" / words) + ".html"),
        ("explain", words + ".yaml"),
        ("explain", str(file)),
        ("shape", "MaxPool2D(2)", "--input-shape", words),
        ("verify", words),
        (words,),
    ):
        done = run(*arguments)
        assert done.status == 2, arguments
        assert done.out == ""
        assert done.err.startswith("stepwise: ")
        assert done.err.count("\n") == 1
        no_controls(done.err.removesuffix("\n"))


def test_a_language_is_not_a_path() -> None:
    for language in ("../en", "/etc", "en/../en", "."):
        with pytest.raises(StepwiseError, match="is not available"):
            sw.trace("MaxPool2D(1)", [[1]]).lesson(language=language)


@pytest.mark.parametrize("name", ["a <b>.html", "-x.html", "a$(id).html", "ünïcödé.html", "a'b\"c.html"])
def test_odd_file_names_are_only_names(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("explain", "MaxPool2D(2)", "--input", "4 3; 2 1", f"--output={name}")
    assert done.status == 0
    assert done.err == f"wrote {name}\n"
    assert [path.name for path in tmp_path.iterdir()] == [name]
    harmless_html((tmp_path / name).read_text(encoding="utf-8"))
