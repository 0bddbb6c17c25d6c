"""The table of hostile text: what is written, where it can stand, and what holds of every format that shows it.

To add a string: a line in `WORDS`. A place where a stranger's words can stand: a function in `PLACES`. A format: a
`Format` in `FORMATS`, with what tells its structure. Structure is compared with that of the same page with a plain
word: words may change what is read, and nothing else.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from xml.etree import ElementTree

import numpy as np
import onnx
import openpyxl
from markdown_it import MarkdownIt
from onnx import TensorProto, helper
from selectolax.lexbor import LexborHTMLParser

import stepwise as sw
from stepwise.dialects import keras
from stepwise.dialects import onnx as networks
from stepwise.document.lesson import Lesson
from stepwise.errors import StepwiseError
from stepwise.lesson_files.reading import read_lesson
from stepwise.lessons import tell
from stepwise.render import encode, render_html, render_still
from stepwise.render.text import render_text
from tests.unit.render.test_hostile import WORDS as FIRST
from tests.unit.render.test_hostile import everywhere

WORDS = [
    *FIRST,
    "</script><svg onload=alert(1)>",
    "</template><img src=x onerror=alert(1)>",
    "<math><mtext></mtext><script>alert(1)</script></math>",
    "<a href=https://evil.example>x</a>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "x\" style=\"background:url(//evil.example)\" y=\"",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "\x1b]8;;https://evil.example\x07here\x1b]8;;\x07",
    "\x1b[2J\x1b]52;c;cm0gLXJm\x07",
    "\u202ecod.exe\u202c \u2066a\u2069 \u200e",
    "a\x00b\x01\x02\x1f\x7f\x80\x9d",
    "a\r\nSet-Cookie: x\r\n\r\nb",
    "\ufeff\ufffe\ufdd0\U000e0041",
    "\ud800x\udfff",
    "x" * 3000,
    "\u0301" * 300,
    "=1+1",
    "+1+1",
    "-1+1|x",
    "\t=1+1",
    "\uff1d1+1",
    "=HYPERLINK(\"https://evil.example\",\"x\")",
    "\\write18{touch written}",
    "\\immediate\\openout1=written",
    "^^5cinput{secret}",
    "\\end{document}",
    "\\catcode`\\%=12",
    "}}{{\\def\\x{y}",
    "#read(\"/etc/passwd\")",
    "#import \"@preview/cetz:0.3.0\"",
    "] #panic() [",
    "\"); #panic(\"",
    "*/ #panic() /*",
    "// comment",
    "$ #panic() $",
    "{1:NM:=5} ~=4 #x",
    ":::{raw} html\n<script>alert(1)</script>\n:::",
    "```{raw} html\n<script>alert(1)</script>\n```",
    "{raw:html}`<script>alert(1)</script>`",
    "|substitution| `link <https://evil.example>`_",
    "### BEGIN HIDDEN TESTS",
    "%run x.py",
    "!touch written",
    "\"\"\"; import os; \"\"\"",
]  # fmt: skip
PLAIN = "word"
SIGNS = "a=b(1)"
"""As harmless, but no answer that is marked: a person has to look at it."""

INVISIBLE = re.compile(r"[\u202a-\u202e\u2066-\u2069\ufeff]")
"""What turns the direction of writing around, for all that follows too; and a mark that is nothing."""
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")

TABLE = [[1, 5, 2], [4, 3, 0], [7, 6, 8]]


def _file(**keys: Any) -> Lesson:
    text = {"stepwise": 1, "input": TABLE, "layers": ["MaxPool2D(2, strides=1, padding='same')"], **keys}
    return read_lesson(json.dumps({key: value for key, value in text.items() if value is not None})).lesson()


def _of_network(words: str) -> Lesson:
    """Every name in an ONNX file."""
    words = "".join(c for c in words if not 0xD800 <= ord(c) < 0xE000)
    inside = helper.make_tensor_value_info(f"in {words}", TensorProto.FLOAT, [1, 1, 4, 4])
    outside = helper.make_tensor_value_info(f"out {words}", TensorProto.FLOAT, [1, 1, 2, 2])
    kernel = helper.make_tensor(f"kernel {words}", TensorProto.FLOAT, [1, 1, 2, 2], [1, 0, 0, 1])
    nodes = [
        helper.make_node("Conv", [inside.name, kernel.name], [f"a {words}"], name=f"conv {words}", doc_string=words),
        helper.make_node("Relu", [f"a {words}"], [f"b {words}"], name=words),
        helper.make_node("MaxPool", [f"b {words}"], [outside.name], name=words + "x", kernel_shape=[2, 2]),
    ]
    graph = helper.make_graph(nodes, words or "g", [inside], [outside], [kernel], doc_string=words)
    model = helper.make_model(graph, producer_name=words, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    with NamedTemporaryFile(suffix=".onnx") as file:
        file.write(onnx.ModelProto.SerializeToString(model))
        file.flush()
        network = networks.load(file.name)
    lesson: Lesson = network(np.arange(16, dtype=np.float32).reshape(1, 1, 4, 4)).lesson()
    return lesson


def _answer(words: str) -> Lesson:
    trace = sw.trace("MaxPool2D(2, strides=1)", TABLE)
    return sw.check(trace, [[words, "5"], ["7", words]]).lesson()


def _back(words: str, **keys: Any) -> Lesson:
    kernel = {"kernel": "1 0; 2 -1", "bias": "1"}
    named = {"layers": [f"Conv2D(1, 2, name={words!r})"], "weights": [kernel]}
    return _file(title=words, input="1 2 0; 3 1 2; 0 4 1", **{**named, **keys})


def _ways_back_beside(words: str) -> Lesson:
    calls = [f"Conv2D(1, 2, name={words!r})", "Conv2D(1, 2)"]
    kernels = [{"kernel": "1 0; 2 -1"}, {"kernel": "1 0; 2 1"}]
    return _back(words, layers=None, compare=calls, weights=kernels, backward={"grad": "1 2; 0 -1"})


def _trained(words: str) -> Lesson:
    """What a network tells that has learned, by the names of its layers and classes."""
    layers = [keras.layers.Flatten(name=f"f{words}"), keras.layers.Dense(2, activation="softmax", name=words)]
    network = keras.Sequential(layers)
    network.compile(loss="sparse_categorical_crossentropy")
    x = np.arange(8.0).reshape(2, 2, 2)
    network.fit(x, np.array([0, 1]), epochs=1, verbose=0)
    return tell(network(x[:1]), title=words, classes=[words, "dog"])


PLACES: dict[str, Callable[[str], Lesson]] = {
    "every block": everywhere,
    "title": lambda words: _file(title=words),
    "lead": lambda words: _file(lead=words.replace("\\", "\\\\")),
    "call": lambda words: _file(layers=[f"MaxPool2D(2, name={words!r})"]),
    "calls compared": lambda words: _file(compare=[f"MaxPool2D(2, name={words!r})", "MaxPool2D(2)"], layers=None),
    "alternatives": lambda words: _file(show={"alternatives": [f"MaxPool2D(2, name={words!r})"]}),
    "practice": lambda words: _file(title=words, show={"practice": True}),
    "parts": lambda words: _file(title=words, parts=[{"layer": 0, "points": 1, "title": words}]),
    "ONNX names": _of_network,
    "answer": _answer,
    "way back": lambda words: _back(words, backward={"loss": "mse", "target": "1 2; 0 -1"}, update={"lr": 0.5}),
    "ways back compared": _ways_back_beside,
    "trained": _trained,
}
LONG = ("way back", "ways back compared", "trained")
"""Places whose lessons are long: a string is tried in one of them, in one format."""


@dataclass(frozen=True)
class Format:
    """How a lesson is written, and what of it words must leave alone."""

    written: Callable[[Lesson], Any]
    structure: Callable[[Any], object]
    text: Callable[[Any], str] = str  # all that a reader, or a reader's program, may see


def skeleton(html: str) -> object:
    """Elements and the names of their attributes, in order; of those that go somewhere or run, the values too.

    What a `<template>` holds counts as if it stood in the page: a host puts it there.
    """
    page = LexborHTMLParser(re.sub(r"(</?)template", r"\1x-template", html))
    assert page.root
    told = []
    for element in page.root.traverse():
        found = element.attributes
        goes = {n: v for n, v in found.items() if n in ("href", "src", "action", "style", "srcset", "rel")}
        told.append((element.tag, sorted(found), goes))
    return told


def markdown(text: str) -> object:
    """The kinds of tokens, and where they lead; a table's are those of GitHub."""
    found: set[object] = set()
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        for one in (token, *(token.children or [])):
            found.add((one.type, str(one.attrs.get("href", one.attrs.get("src", "")))))
    return found - {("softbreak", ""), ("text", ""), ("text_special", ""), ("strong_open", ""), ("strong_close", "")}


def tex(text: str) -> object:
    """Every command but those that stand for a sign or make room for long words; groups are closed."""
    signs = r"textbackslash|textasciicircum|textasciitilde|textless|textgreater|textbar|char|textasciigrave|ldots"
    signs += r"|textbullet|ensuremath|times|to|cdot|approx|infty|le|ge|[lr]ceil|[lr]floor|pm|circ|swunicode|allowbreak"
    signs += r"|textquotesingle|swcode|swlongcode|text|ast|let|raggedright|arraybackslash|linewidth"
    bare = re.sub(r"\\\\|\\[{}$&#%_]", " ", text)
    assert "^^" not in bare, "TeX reads a sign by its number"
    assert bare.count("{") == bare.count("}")
    return {name for name in re.findall(r"\\([A-Za-z@]+)", bare) if not re.fullmatch(signs, name)}


NAME, CALLED = re.compile(r"[A-Za-z][\w.-]*"), re.compile(r"#([A-Za-z][\w.-]*)([(\[]?)")


def typst(text: str) -> object:
    """Every name that is called or read as code, followed through strings, content and formulas; all is closed."""
    body = text.partition("#show: lesson.with")[2]
    assert body
    named, within, at = set(), ["("], body.index("(") + 1
    while at < len(body):
        here, sign = within[-1], body[at]
        if here == '"':
            at += 2 if sign == "\\" else 1
            within.pop() if sign == '"' else None
        elif here in "[$" and sign == "\\":
            at += 2
        elif here == "(" and (word := NAME.match(body, at)):
            named.add(word[0])
            at += len(word[0])
        elif here in "[$" and (word := CALLED.match(body, at)):
            named.add(word[1])
            within += word[2]
            at += len(word[0])
        elif (here, sign) in {("(", ")"), ("[", "]"), ("$", "$")}:
            within.pop()
            within = within or ["["]
            at += 1
            if sign != "$" and body[at : at + 1] in ("(", "["):  # what follows a call is its content
                within.append(body[at])
                at += 1
        else:
            opens = sign in {"(": '("[$', "[": "$", "$": ""}[here] and sign
            within += opens or ""
            assert here != "[" or not body.startswith(("//", "/*", "#", "`", "<"), at), body[at : at + 60]
            at += 1
    assert within in ([], ["["])
    return named


def sheet(data: bytes) -> object:
    """Formulas, links, and the parts of the file."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    formulas = [(page.title, cell.coordinate, cell.value) for page in book for row in page for cell in row
                if cell.data_type == "f"]  # fmt: skip
    assert not [cell for page in book for row in page for cell in row if cell.hyperlink]
    parts = zipfile.ZipFile(io.BytesIO(data)).namelist()
    assert not [name for name in parts if re.search("external|macro|vba|connections", name)]
    return formulas, len(book.sheetnames), parts


def words_of_sheet(data: bytes) -> str:
    archive = zipfile.ZipFile(io.BytesIO(data))
    pages = [ElementTree.fromstring(archive.read(name)) for name in archive.namelist() if name.endswith(".xml")]
    return " ".join("".join(page.itertext()) for page in pages)


def lines(text: str) -> object:
    """Of plain text, that a word is never a line that looks like another thing's: nothing but what is printed."""
    assert all(c.isprintable() or c == "\n" for c in text)
    return None


def data(text: str) -> object:
    """The keys of JSON, level by level."""

    def keys(found: Any) -> object:
        if isinstance(found, dict):
            return {key: keys(value) for key, value in found.items()}
        return [keys(one) for one in found] if isinstance(found, list) else None

    return keys(json.loads(text))


def ansi(lesson: Lesson) -> str:
    return re.sub(r"\033\[[\d;]*m", "", render_text(lesson, color=True))


FORMATS: dict[str, Format] = {
    "html": Format(lambda lesson: lesson.html(), skeleton),
    "fragment": Format(lambda lesson: render_html(lesson, fragment=True), skeleton),
    "still": Format(render_still, skeleton),
    "md": Format(lambda lesson: lesson.markdown(), markdown),
    "tex": Format(lambda lesson: lesson.latex(), tex),
    "typ": Format(lambda lesson: lesson.typst(), typst),
    "txt": Format(lambda lesson: lesson.text(), lines),
    "coloured": Format(ansi, lines),
    "json": Format(lambda lesson: encode(lesson, "json").decode(), data, lambda text: ""),
    "xlsx": Format(lambda lesson: encode(lesson, "xlsx"), sheet, words_of_sheet),
}


def harmless(text: str) -> None:
    """What holds of all that is shown anywhere."""
    assert not CONTROLS.search(text), ascii(CONTROLS.findall(text)[:3])
    assert not INVISIBLE.search(text), ascii(INVISIBLE.findall(text)[:3])


def one_sentence(error: Exception) -> None:
    """What holds of a refusal."""
    assert str(error).isprintable()
    assert len(str(error)) < 1000


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def shown_in(words: str, place: str) -> list[str]:
    """The formats that a string is tried in: all of them where it stands in every block, else one in four, in turn."""
    if place == "every block":
        return list(FORMATS)
    if place in LONG:
        lap, turn = divmod(WORDS.index(words), len(LONG))
        return [list(FORMATS)[lap % len(FORMATS)]] if LONG[turn] == place else []
    turn = WORDS.index(words) + list(PLACES).index(place)
    return ["html", *(name for number, name in enumerate(FORMATS) if (number + turn) % 4 == 0 and name != "html")]


READING = [
    "\\input{secret}",
    "\\verbatiminput{secret}",
    "\\lstinputlisting{secret.txt}",
    "\\includegraphics{secret}",
    "\\openin5=secret \\read5 to\\x \\x",
    "\\directlua{tex.print(io.open('secret.txt'):read())}",
    "\\newwrite\\w\\immediate\\openout\\w=written.tex\\immediate\\write\\w{x}",
    '#read("secret.txt")',
    '#include "secret.typ"',
    '#import "secret.typ": *',
    '#image("secret.svg")',
    '#plugin("secret.wasm")',
]
"""What would read a file that lies beside a document, or write one, in the languages of documents."""
EVERY = [*WORDS, *READING]


def lay_secrets(folder: Path) -> set[str]:
    """Puts files there that no document may read, and that end whatever reads them; their names."""
    (folder / "secret.typ").write_text("#panic()")
    (folder / "secret.tex").write_text("\\errmessage{read}")
    for suffix in ("txt", "svg", "wasm"):
        (folder / f"secret.{suffix}").mkdir()
    return {path.name for path in folder.iterdir()}


def to_compile(format: str) -> Iterator[tuple[str, str, Lesson]]:
    """Every string in the places where it is tried in a format; those that read files in two places."""
    for words in EVERY:
        for place, made in PLACES.items():
            if format in shown_in(words, place) if words in WORDS else place in ("every block", "title"):
                with suppress(StepwiseError):
                    yield words, place, made(words)
