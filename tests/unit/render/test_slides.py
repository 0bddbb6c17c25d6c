"""Slides: every step on one, everything at its place, in shapes and words that a teacher can change."""

from __future__ import annotations

import builtins
import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pptx import Presentation
from selectolax.lexbor import LexborHTMLParser

import stepwise as sw
from stepwise.errors import MissingExtra, StepwiseError
from stepwise.lessons import tell
from stepwise.lessons.figures import Telling, layers
from tests.command import run
from tests.unit.render.test_figure import TRACES

HOSTILE = '<script>alert(1)</script> & "quoted" \\input{x} \x07'
SLIDE = (1280 * 9525, 720 * 9525)


def deck(lesson: sw.Lesson, **options: Any) -> Any:
    made = lesson.figure(format="pptx", **options)
    assert isinstance(made, bytes)
    return Presentation(BytesIO(made))


def group(slide: Any) -> Any:
    (found,) = [shape for shape in slide.shapes if shape.shape_type == 6]
    return found


@pytest.mark.parametrize("name", TRACES)
def test_each_step_is_a_slide_of_native_shapes_and_nothing_leaves_it(name: str) -> None:
    lesson = TRACES[name].lesson()
    telling = Telling(layers(lesson)[-1])
    slides = deck(lesson, layer=len(layers(lesson))).slides
    assert len(slides) == telling.total
    for number, slide in list(enumerate(slides, 1))[:: max(1, len(slides) // 5)]:
        block = telling.block(number)
        assert slide.shapes.title.text_frame.text == block.title
        assert slide.notes_slide.notes_text_frame.text
        shapes = list(group(slide).shapes)
        cells = [shape for shape in shapes if shape.name == "cell" and shape.has_text_frame]
        due = [cell for matrix in block.scene.matrices for row in matrix.rows for cell in row if cell.kind != "skipped"]
        frames = sum(matrix.frame is not None for matrix in block.scene.matrices)
        unframed = [cell for matrix in block.scene.matrices if not matrix.frame for row in matrix.rows for cell in row]
        results = sum("result" in cell.marks for cell in unframed)
        assert len(cells) == len(due) + frames + results, "a rectangle for each cell, and for each frame"
        assert len({shape.shape_id for shape in shapes}) == len(shapes)
        for shape in shapes:
            assert shape.left >= 0
            assert shape.top >= slide.shapes.title.top + slide.shapes.title.height - 9525, "below the title"
            assert shape.left + shape.width <= SLIDE[0]
            assert shape.top + shape.height <= SLIDE[1]


def test_what_a_cell_shows_is_that_rectangles_own_text_and_nothing_jumps() -> None:
    slides = deck(sw.trace("MaxPool2D(2, strides=1, padding='same')", [[4, 3], [2, 1]]).lesson()).slides
    places = []
    for slide in slides:
        cells = [shape for shape in group(slide).shapes if shape.name == "cell"]
        texts = [shape.text_frame.text for shape in cells]
        assert [text for text in texts if text.strip("·?")][:4] == ["4", "3", "2", "1"]
        places.append([(shape.left, shape.top, shape.width) for shape in cells[:13]])
    assert places[0] == places[1] == places[2] == places[3]
    formulas = [[s.text_frame.text for s in group(slide).shapes if s.name == "words"] for slide in slides]
    assert [any("max(3, 1) = 3" in text for text in one) for one in formulas] == [False, True, False, False]


def test_the_file_is_the_same_whenever_it_is_made_and_holds_a_strangers_title() -> None:
    lesson = tell(sw.trace("MaxPool2D(2)", [[4, 3], [2, 1]]), title=HOSTILE)
    assert lesson.figure(format="pptx") == lesson.figure(format="pptx")
    assert "<script>alert(1)</script>" in deck(lesson).core_properties.title
    page = str(lesson.figure("all", "reveal"))
    assert "<script>alert" not in page
    assert page.count("<script>") == 1, "ours"
    assert "\x07" not in page


@pytest.mark.parametrize("name", TRACES)
def test_a_fragment_for_reveal_shows_at_each_step_what_that_step_has(name: str) -> None:
    """Reveal's own rule: after n presses, whatever has an index below n is shown, and what fades out is gone."""
    lesson = TRACES[name].lesson()
    number = len(layers(lesson))
    telling = Telling(layers(lesson)[-1])
    page = LexborHTMLParser(str(lesson.figure("all", "reveal", layer=number, fragment=True)))
    (section,) = page.css("section")
    steps = telling.total
    for step in range(0, steps, max(1, steps // 4)):
        found = " ".join(words(section, step)).split()  # a slide breaks its lines elsewhere
        still = LexborHTMLParser(str(lesson.figure(step + 1, "svg", layer=number)))
        assert sorted(found) == sorted(" ".join(node.text() for node in still.css("text")).split()), step


def words(node: Any, step: int) -> list[str]:
    found = []
    for text in node.css("svg text"):
        one = text
        while one.tag != "section":
            kind = (one.attributes.get("class") or "").split()
            if "fragment" in kind:
                shown = int(one.attributes["data-fragment-index"]) < step
                if shown == ("fade-out" in kind):
                    break
            one = one.parent
        else:
            found.append(text.text())
    return found


def test_a_fragment_asks_for_nothing_and_dresses_nothing_but_itself() -> None:
    fragment = str(
        sw.trace("MaxPool2D(2, strides=1)", [[4, 3], [2, 1]]).lesson().figure(format="reveal", fragment=True)
    )
    assert "<script" not in fragment
    assert not re.findall(r"""(?:src|href)=["'](?!#)|url\(|@import""", fragment)
    style = fragment.partition("<style>")[2].partition("</style>")[0]
    key = re.search(r'<section class="(\w+)"', fragment)[1]  # type: ignore[index]
    selectors = [selector.strip() for selector in re.findall(r"(?:^|\}|\{)([^{}@]+)\{", style)]
    assert selectors
    assert all(selector.startswith(f".{key} ") for selector in selectors), selectors


@pytest.mark.parametrize(("name", "begins"), [("x.html", b"<!doctype html>"), ("x.pptx", b"PK")])
def test_the_command_writes_slides(name: str, begins: bytes, tmp_path: Path) -> None:
    done = run("figure", "MaxPool2D(2)", "--input", "4 3; 2 1", "-o", str(tmp_path / name))
    assert done.status == 0, done.err
    assert (tmp_path / name).read_bytes().startswith(begins)
    done = run("figure", "MaxPool2D(2)", "--input", "4 3; 2 1", "--fragment", "--to", "reveal")
    assert done.out.startswith("<section ")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"format": "pptx", "size": 900}, "leave size and scale out"),
        ({"format": "reveal", "scale": 2.0}, "leave size and scale out"),
        ({"format": "pptx", "fragment": True}, "slides for reveal.js"),
        ({"format": "power"}, "there is no figure in the format"),
    ],
)
def test_what_slides_cannot_be_is_refused(options: dict[str, Any], told: str) -> None:
    with pytest.raises(StepwiseError, match=told):
        sw.trace("MaxPool2D(2)", [[4, 3], [2, 1]]).lesson().figure(**options)


def test_more_steps_than_anybody_shows_are_refused() -> None:
    lesson = sw.trace("ReLU()", [[0] * 21] * 20).lesson()
    for format in ("pptx", "reveal"):
        with pytest.raises(StepwiseError, match="a set of slides of 420 steps is more than 400"):
            lesson.figure(format=format)
        assert lesson.figure(3, format), "one is not"


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def none(name: str, *rest: Any, **others: Any) -> Any:
        if name.partition(".")[0] == "pptx":
            raise ImportError(name)
        return real(name, *rest, **others)

    monkeypatch.setattr(builtins, "__import__", none)
    with pytest.raises(MissingExtra, match=r"pip install 'stepwise-cnn\[pptx\]'"):
        sw.trace("MaxPool2D(2)", [[4, 3], [2, 1]]).lesson().figure(format="pptx")
