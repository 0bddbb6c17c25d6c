"""Pictures of a lesson's matrices as SVG files beside its Markdown."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from markdown_it import MarkdownIt

import stepwise as sw
from stepwise.document.blocks import Scene
from stepwise.document.lesson import Lesson
from stepwise.document.matrix import Cell, Matrix
from stepwise.errors import FileError, StepwiseError
from stepwise.render import Options, render, save
from stepwise.render.markdown import figures
from stepwise.render.svg import scene_svg
from tests.command import run
from tests.unit.render.test_pdf import MORE_WORDS
from tests.unit.render.test_render import LESSONS

SVG = "{http://www.w3.org/2000/svg}"
HARMLESS = {SVG + name for name in ("svg", "title", "style", "rect", "path", "text")}
M = ("explain", "MaxPool2D(2, strides=1, padding='same')", "--input", "4 3; 2 1")


def parsed(svg: str | bytes) -> ElementTree.Element:
    """The picture as XML, with nothing in it that runs or fetches."""
    root = ElementTree.fromstring(svg)
    for element in root.iter():
        assert element.tag in HARMLESS
        assert not [name for name in element.attrib if name.startswith("on") or name.endswith("href")]
        fetched = r"url\(|@import|https?:"
        assert not re.search(fetched, " ".join(element.attrib.values()))
        assert element.tag != SVG + "style" or not re.search(fetched, element.text or "")
    return root


@pytest.mark.parametrize("name", LESSONS)
def test_every_picture_is_shown_once_and_is_there(name: str, tmp_path: Path) -> None:
    lesson = LESSONS[name]
    page = lesson.save(tmp_path / "a lesson.md", figures="svg").read_text(encoding="utf-8")
    tokens = [t for token in MarkdownIt("commonmark").enable("table").parse(page) for t in (token.children or [])]
    shown = [unquote(str(token.attrs["src"])) for token in tokens if token.type == "image"]
    assert shown == [f"a lesson-{n}.svg" for n in range(1, 1 + len(list(figures(lesson))))]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["a lesson.md", *shown])
    assert "```" not in page
    for file in shown:
        root = parsed((tmp_path / file).read_bytes())
        width, height = int(root.attrib["width"]), int(root.attrib["height"])
        for element in root.iter():
            if "x" in element.attrib:
                assert 0 <= float(element.attrib["x"]) <= width
                assert 0 <= float(element.attrib["y"]) <= height
    for token in tokens:
        if token.type == "image":
            assert token.content.strip(), "a picture is told in words too"


def test_the_picture_says_what_every_picture_says() -> None:
    lesson = sw.trace("MaxPool2D(2, strides=1, padding='same')", [[4, 3], [2, 1]]).lesson()
    second = [one for one in figures(lesson) if isinstance(one, Scene) and any(m.frame for m in one.matrices)][1]
    root = parsed(scene_svg(second))
    [frame] = [e for e in root.iter(SVG + "rect") if e.attrib.get("class") == "frame"]
    cells = [e for e in root.iter(SVG + "rect") if e.attrib.get("class", "").startswith("box")]
    corner = int(cells[1].attrib["x"]), int(cells[1].attrib["y"])
    assert (int(frame.attrib["x"]), int(frame.attrib["y"])) == corner, "around the second and third column"
    assert frame.attrib["width"] == frame.attrib["height"] == "80"
    assert sum("pad" in e.attrib["class"] for e in cells) == 5
    assert len([e for e in root.iter(SVG + "path") if e.attrib["class"] == "hatch"]) == 5
    texts = {(e.attrib.get("class", ""), e.text) for e in root.iter(SVG + "text")}
    assert {("winner", "3"), ("found", "3"), ("soft", "?"), ("", "·")} <= texts
    title = root.find(SVG + "title")
    assert title is not None
    assert title.text == (
        "input, padded to 3×3: 4, 3, padding; 2, 1, padding; padding, padding, padding. "
        "output 2×2: 4, 3; not yet known, not yet known"
    )


def test_hatching_stays_inside_its_cell() -> None:
    svg = scene_svg(Scene((Matrix("input", "input", ((Cell("padding"), Cell("data", 123456789)),)),), ()))
    root = parsed(svg)
    [cell] = [e for e in root.iter(SVG + "rect") if "pad" in e.attrib.get("class", "")]
    x, y, width, height = (int(cell.attrib[name]) for name in ("x", "y", "width", "height"))
    [hatch] = root.iter(SVG + "path")
    points = [(int(a), int(b)) for a, b in re.findall(r"[ML](-?\d+) (-?\d+)", hatch.attrib["d"])]
    assert len(points) > 8
    assert all(x <= a <= x + width and y <= b <= y + height for a, b in points)
    assert all(abs(a - c) == abs(b - d) for (a, b), (c, d) in zip(points[::2], points[1::2])), "all at 45°"


@pytest.mark.parametrize("words", MORE_WORDS, ids=ascii)
def test_words_stay_words(words: str) -> None:
    parsed(scene_svg(Scene((Matrix("input", words, ((Cell("data", 1),),)),), ())))


def test_pictures_need_a_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(*M, "--to", "md", "--figures", "svg")
    assert (done.status, done.out) == (2, "")
    assert "say where with -o, such as -o README.md" in done.err
    done = run(*M, "-o", "README.md", "--figures", "svg")
    assert done.status == 0
    written = {path.name for path in tmp_path.iterdir()}
    assert {"README.md", "README-1.svg"} <= written
    assert {line.removeprefix("wrote ") for line in done.err.splitlines()} == written
    again = run(*M, "-o", "README.md", "--figures", "svg")
    assert again.status == 2
    assert "README.md exists already" in again.err


def test_nothing_is_written_where_a_picture_is_in_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "README-2.svg").write_text("mine")
    done = run(*M, "-o", "README.md", "--figures", "svg")
    assert done.status == 2
    assert "README-2.svg exists already" in done.err
    assert [path.name for path in tmp_path.iterdir()] == ["README-2.svg"]
    with pytest.raises(FileError, match=r"README-2\.svg exists already"):
        save(LESSONS["max"], "README.md", replace=False, options=Options(figures="svg"))
    assert [path.name for path in tmp_path.iterdir()] == ["README-2.svg"]


def test_only_known_figures() -> None:
    with pytest.raises(StepwiseError, match=r"figures 'sgv' is not known; it is text or svg\. Did you mean svg\?"):
        render(Lesson("t", "k", ("l",)), "md", options=Options(figures="sgv"))
