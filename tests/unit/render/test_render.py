"""Every block in every format: templates are all there, text fits its width, Markdown is what it looks like."""

from __future__ import annotations

import re
import typing
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

import stepwise as sw
from stepwise.dialects.tracing import understood
from stepwise.document import blocks
from stepwise.document.blocks import FeatureMap, Steps, Table
from stepwise.document.inline import Code
from stepwise.document.lesson import Lesson, Section
from stepwise.errors import FileError, StepwiseError
from stepwise.io.inputs import sample_digit
from stepwise.layers.sizes import sizes
from stepwise.lessons.shapes import tell_sizes
from stepwise.render import FORMATS, TEMPLATED, TEXTUAL, encode, render, save, template_format
from stepwise.render.grids import LONGEST_NUMBER, key, shaded, visible
from stepwise.render.markdown import code, escaped
from stepwise.render.shades import levels
from stepwise.render.templates import templates_folder
from stepwise.render.text import render_text

COLOUR = np.arange(48).reshape(4, 4, 3) - 20
ONE = sw.trace("MaxPool2D(1)", [[1]])
LESSONS: dict[str, Lesson] = {
    "max": sw.trace("MaxPool2D(2, strides=1, padding='same')", [[4, 3], [2, 1]]).lesson(),
    "mean": sw.trace("AveragePooling2D(2)", np.arange(16).reshape(4, 4) / 7).lesson(),
    "conv": sw.trace("Conv2D(2, 3, padding='same', activation='relu')", COLOUR).lesson(),
    "many channels": sw.trace("Conv2D(1, 2)", np.arange(80).reshape(4, 4, 5) * 1000.5).lesson(),
    "one axis": sw.trace("Conv1D(2, 3, dilation_rate=2, padding='causal')", np.arange(20).reshape(20, 1)).lesson(),
    "three axes": sw.trace("MaxPool3D(2, padding='same')", np.arange(24).reshape(3, 2, 4, 1)).lesson(),
    "transposed": sw.trace("Conv2DTranspose(1, 3, strides=2)", [[1, 2], [3, 4]]).lesson(),
    "adaptive": sw.trace("nn.AdaptiveAvgPool2d((3, 2))", np.arange(35).reshape(5, 7)).lesson(),
    "global": sw.trace("GlobalAveragePooling2D()", COLOUR).lesson(),
    "chain": sw.trace(["Conv2D(4, 3)", "MaxPool2D(2)", "Flatten()"], sample_digit(1) / 255).lesson(),
    "network": sw.trace(["Conv2D(4, 3)", "MaxPool2D(2)", "Flatten()", "Dense(3, activation='softmax')"],
                        sample_digit(1) / 255).lesson(),
    "why": sw.trace(["Conv2D(4, 3)", "MaxPool2D(2)"], sample_digit(1) / 255).why((5, 6, 1)).lesson(),
    "touched": sw.trace(["Conv2D(4, 3)", "MaxPool2D(2)"], sample_digit(1) / 255).touched((5, 6)).lesson(),
    "huge numbers": sw.trace("MaxPool2D(2)", [[10**60, -(10**50)], [3, 4]]).lesson(),
    "wide": sw.trace("MaxPool2D((1, 40), strides=1)", np.arange(60).reshape(1, 60) - 30).lesson(),
    "specials": sw.trace("AveragePooling2D(1)", [[float("nan"), float("inf"), 1e-9, 1.5e300]]).lesson(),
    "compare": sw.compare(sw.trace("MaxPool2d(3, 2, 1)", sample_digit(2)),
                          sw.trace("MaxPool2D(3, 2, 'same')", sample_digit(2))),
    "sizes": tell_sizes(sizes(understood("Conv2D(64, (3, 3), strides=(2, 2), padding='same'), MaxPool2D(2), Flatten()"),
                              (224, 224, 3))),
    "long title": sw.compare(ONE, ONE, title="A rather long title " * 20),
}  # fmt: skip


@pytest.fixture(params=LESSONS, name="lesson")
def each_lesson(request: pytest.FixtureRequest) -> Lesson:
    return LESSONS[request.param]


def block_classes() -> list[type]:
    return list(typing.get_args(blocks.Block))


@pytest.mark.parametrize("format", TEMPLATED)
def test_every_block_has_a_template(format: str) -> None:
    folder = templates_folder() / template_format(format).folder
    there = {path.name for path in folder.glob("*.jinja")}
    due = {f"{kind.__name__.lower()}.{format}.jinja" for kind in block_classes()} | {f"page.{format}.jinja"}
    assert due <= there


LINES = {
    "html": "<div></div><div></div><div></div>",
    "md": "<br>\n<br>\n<br>",
    "tex": r"\swroom{3}",
    "typ": "#room(3)",
    "txt": f"{'_' * 78}\n\n{'_' * 78}",
    "json": '"lines": 3',
}
"""Three empty lines to write on, in each format."""


@pytest.mark.parametrize("format", TEXTUAL)
def test_every_block_is_rendered(format: str) -> None:
    """Each class alone on a page, so that none hides behind another."""
    formula = sw.trace("MaxPool2D(1)", [[7531]]).step((0, 0)).formula
    scene = LESSONS["max"].sections[0].blocks[1]
    assert isinstance(scene, blocks.Scene)
    step = blocks.StepBlock("A step", 1, (0, 0), scene, formula, ("said",))
    made: dict[type, tuple[blocks.Block, str]] = {
        blocks.Prose: (blocks.Prose(("plain words",)), "plain words"),
        blocks.Scene: (scene, "input 2"),
        blocks.FormulaLine: (blocks.FormulaLine(formula), "7531"),
        blocks.Steps: (blocks.Steps((step,)), "A step"),
        blocks.Table: (blocks.Table("facts", ("one", "two"), ((("a",), ("b",)),)), "two"),
        blocks.Figure: (blocks.Figure((FeatureMap("a map", ((0.0, 1.0),), 0, 1),)), "a map"),
        blocks.Pair: (blocks.Pair(*(blocks.Card(t, "its remark", ()) for t in ("left", "right"))), "its remark"),
        blocks.Stack: (blocks.Stack((blocks.Card("the first", "its remark", ()),), (0.5,)), "the first"),
        blocks.FillIn: (blocks.FillIn(("Your name", "Date")), "Your name"),
        blocks.Room: (blocks.Room(3), LINES[format]),
    }
    assert set(made) == set(block_classes()), "a new block is tried here too"
    for block, due in made.values():
        page = render(Lesson("A title", "kicker", ("lead",), (Section("part", (block,)),)), format)
        assert due in page


# Text.


def test_text_fits_80_columns(lesson: Lesson) -> None:
    for line in lesson.text().splitlines():
        assert len(line) <= 80, line


def test_a_matrix_too_wide_for_a_line_says_which_columns_stand_there() -> None:
    x = np.arange(64.0).reshape(8, 8) + 0.123456
    text = sw.trace("Conv2D(1, 8)", x).why((0, 0)).lesson().text()
    head = next(line.split() for line in text.splitlines() if line.split()[:3] == ["0", "1", "2"])
    assert len(head) < 8
    assert f"input 8×8 · columns 0 to {head[-1]}" in text


def test_text_has_no_trailing_space_and_no_odd_characters(lesson: Lesson) -> None:
    text = lesson.text()
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert all(c.isprintable() or c == "\n" for c in text)
    assert not re.search(r" $", text, re.M)


def test_pictures_are_drawn_square(lesson: Lesson) -> None:
    """Every box has a right side under its corner and a left side under the other."""
    lines = lesson.text().splitlines()
    corners = 0
    for row, line in enumerate(lines):
        for column in (i for i, c in enumerate(line) if c in "┌┐"):
            corners += 1
            below = row + 1
            while lines[below][column : column + 1] == "│":
                below += 1
            assert below > row + 1
            assert lines[below][column] == {"┌": "└", "┐": "┘"}[line[column]]
    assert corners or lesson in (LESSONS["sizes"], LESSONS["network"], LESSONS["touched"])


def test_color_only_repeats_what_signs_say(lesson: Lesson) -> None:
    coloured = render_text(lesson, color=True)
    assert "\033[" in coloured
    bare = re.sub(r"\033\[[\d;]*m", "", coloured)
    assert [line.rstrip() for line in bare.splitlines()] == render_text(lesson, color=False).splitlines()
    assert "\033" not in lesson.text()
    assert coloured.count("\033[0m") * 2 == coloured.count("\033["), "what is opened is closed"
    assert all(visible(line) <= 80 for line in coloured.splitlines())


def test_the_signs_in_the_pictures_are_explained(lesson: Lesson) -> None:
    text = lesson.text()
    for section in lesson.sections:
        for block in section.blocks:
            if isinstance(block, Steps):
                due = key(block.steps)
                assert due
                listed = ", ".join(f"{sign} {meaning}" for sign, meaning in due)
                assert f"In the pictures: {listed}." in " ".join(text.split())


def test_a_number_too_long_for_a_cell_shows_its_ends() -> None:
    text = LESSONS["huge numbers"].text()
    box = [line for line in text.splitlines() if "│" in line]
    assert any("100000000…000000000" in line for line in box)
    assert all(len(cell) <= LONGEST_NUMBER + 2 for line in box for cell in line.split("│")[1].split())
    assert str(10**60) in re.sub(r"\s", "", text), "the formula has it whole"


# Markdown.

PARSER = MarkdownIt("commonmark").enable("table")


def tokens(text: str) -> list[Token]:
    """Every token, those inside lines too."""
    found: list[Token] = []
    for token in PARSER.parse(text):
        found += [token, *(token.children or [])]
    return found


def tables(lesson: Lesson) -> list[Table]:
    return [block for section in lesson.sections for block in section.blocks if isinstance(block, Table)]


def test_a_table_in_text_breaks_its_heads_before_it_gives_up_its_columns() -> None:
    def drawn(*head: str) -> list[str]:
        rows = ((("9" * 30,), ("8" * 30,), ("",)),)
        lesson = Lesson("t", "k", (), (Section("s", (Table("c", head, rows),)),))
        return lesson.text().rstrip().split("\n\n")[-1].splitlines()

    assert drawn("one", "two", "") == [f"one{'':27}   two", "─" * 63, f"{'9' * 30}   {'8' * 30}"]
    assert drawn("one", "two", "three words more")[:4] == [
        f"one{'':27}   two{'':27}   three",
        f"{'':66}words",
        f"{'':66}more",
        "─" * 71,
    ]
    assert drawn("one", "two", "a" * 20) == ["9" * 30, f"  two: {'8' * 30}"], "what is empty has no line"


def test_markdown_tables_become_tables(lesson: Lesson) -> None:
    found = tokens(lesson.markdown())
    assert sum(t.type == "table_open" for t in found) == len(tables(lesson))
    assert sum(t.type == "td_open" for t in found) == sum(len(row) for table in tables(lesson) for row in table.rows)
    assert sum(t.type == "th_open" for t in found) == sum(len(table.head) for table in tables(lesson))


def test_markdown_leaves_no_stray_markup(lesson: Lesson) -> None:
    for token in tokens(lesson.markdown()):
        assert token.type not in ("html_block", "html_inline", "link_open", "image", "code_block", "hr")
        if token.type == "text":
            outside = re.sub(r"\$.*\$", "", token.content)
            assert not re.search(r"[`|#]|\*\*|^\s*>", outside), token.content


def test_markdown_headings_and_pictures(lesson: Lesson) -> None:
    found = tokens(lesson.markdown())
    levels_ = [int(t.tag[1]) for t in found if t.type == "heading_open"]
    assert levels_[0] == 1
    assert levels_.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels_))
    fences = [t for t in found if t.type == "fence"]
    assert all(t.info == "text" for t in fences)
    assert all(len(line) <= 80 for t in fences for line in t.content.splitlines())
    assert "\n\n\n" not in re.sub(r"```text\n.*?```", "picture", lesson.markdown(), flags=re.S)


def test_markdown_formulas_stand_alone_or_between_dollars(lesson: Lesson) -> None:
    text = re.sub(r"```text\n.*?```", "", lesson.markdown(), flags=re.S)
    alone = re.findall(r"^\$\$(.*)\$\$$", text, re.M)
    everything = [b for s in lesson.sections for b in s.blocks]
    number = sum(len(b.steps) for b in everything if isinstance(b, Steps))
    number += sum(isinstance(b, blocks.FormulaLine) for b in everything)
    assert len(alone) == number
    rest = re.sub(r"^\$\$.*\$\$$", "", text, flags=re.M)
    assert len(re.findall(r"(?<!\\)\$", rest)) % 2 == 0
    for formula in alone:
        assert formula.count("{") == formula.count("}")
        assert formula.count(r"\left") == formula.count(r"\right")


@pytest.mark.parametrize(
    "words",
    ["plain", "a|b", "`tick`", "``", "a `` b", "*bold* _under_", "<b>", "[x](y)", "1 < 2 & 3", "\\", "$x$", "~~no~~",
     "# no", "![x](y)", "&amp;", "a\nb"],
)  # fmt: skip
def test_words_come_out_of_markdown_as_they_went_in(words: str) -> None:
    def text_of(source: str) -> str:
        return "".join(t.content for t in tokens(source) if t.type in ("text", "code_inline", "text_special"))

    assert text_of(f"x {escaped(words)} y") == f"x {' '.join(words.split())} y"
    assert text_of(f"x {code(words)} y") == f"x {' '.join(words.split())} y"
    lesson = Lesson("t", "k", ("l",), (Section("s", (Table("c", (words, "b"), (((words,), (Code(words),)),)),)),))
    found = tokens(lesson.markdown())
    cells = [found[i + 1].content for i, t in enumerate(found) if t.type in ("td_open", "th_open")]
    assert len(cells) == 4, "a bar in it does not end the cell"


# Templates of one's own, files, shades.


@pytest.mark.parametrize("place", ["html/prose.html.jinja", "prose.html.jinja"])
def test_a_folder_of_templates_comes_first(place: str, tmp_path: Path) -> None:
    (tmp_path / place).parent.mkdir(exist_ok=True)
    (tmp_path / place).write_text(
        '<p class="mine">{% with text = block.text %}{% include "text.html.jinja" %}{% endwith %}</p>'
    )
    own, shipped = render(LESSONS["max"], "html", tmp_path), render(LESSONS["max"], "html")
    assert own.count('<p class="mine">') == sum(
        isinstance(b, blocks.Prose) for s in LESSONS["max"].sections for b in s.blocks
    )
    assert '<p class="mine">' not in shipped
    assert render(LESSONS["max"], "md", tmp_path) == render(LESSONS["max"], "md")


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{{ block.nothing }}", "line 1"),
        ("\n{% if %}", "line 2"),
        ("{{ lesson.nothing }}", "nothing"),
        ("{{ ''.__class__.__mro__ }}", "unsafe"),
        ("{{ lesson.save('FOLDER/written.html') }}", "unsafe"),
        ("{% set write = lesson.save %}{{ write('FOLDER/written.html') }}", "unsafe"),
        ("{% include 'none.jinja' %}", "none.jinja"),
        ("{% include '/etc/passwd' %}", "passwd"),
        ("{% include '../../pyproject.toml' %}", "pyproject"),
        ("{{ 1 / 0 }}", "division"),
        ("{{ [] + 1 }}", ""),
        ("{{ block | nothing }}", "nothing"),
    ],
)
def test_a_template_that_fails_is_one_sentence(template: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "prose.html.jinja").write_text(template.replace("FOLDER", str(tmp_path)))
    with pytest.raises(StepwiseError) as caught:
        render(LESSONS["max"], "html", tmp_path)
    assert "prose.html.jinja" in str(caught.value)
    assert said in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["prose.html.jinja"]


def test_a_templates_folder_must_be_one(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"templates folder .*none is not a folder"):
        render(LESSONS["max"], "html", tmp_path / "none")
    with pytest.raises(StepwiseError, match="plain text has no templates"):
        render(LESSONS["max"], "txt", tmp_path)


def test_an_edited_template_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "prose.md.jinja"
    file.write_text("first")
    assert "first" in render(LESSONS["max"], "md", tmp_path)
    file.write_text("second!")
    assert "second!" in render(LESSONS["max"], "md", tmp_path)


@pytest.mark.parametrize("format", FORMATS)
def test_save_chooses_the_format_by_suffix(format: str, tmp_path: Path) -> None:
    file = LESSONS["max"].save(tmp_path / f"lesson.{format.upper()}")
    assert file.read_bytes() == encode(LESSONS["max"], format)
    before = file.read_bytes()
    with pytest.raises(FileError, match="exists already; pass replace=True"):
        save(LESSONS["mean"], file, replace=False)
    assert file.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == [file.name]


def test_formats_there_are_none_of(tmp_path: Path) -> None:
    with pytest.raises(
        StepwiseError,
        match=r"no format 'htm'.*html, md, tex, typ, txt, json, pdf, xlsx, csv or npy\. Did you mean html\?",
    ):
        LESSONS["max"].save(tmp_path / "x.htm")
    with pytest.raises(
        StepwiseError,
        match=r"no suffix to tell its format by; use \.html, \.md, \.tex, .*, \.pdf, \.xlsx, \.csv or \.npy",
    ):
        LESSONS["max"].save(tmp_path / "x")
    assert not list(tmp_path.iterdir())


def test_every_rendering_is_the_same_again(lesson: Lesson) -> None:
    for format in TEXTUAL:
        assert render(lesson, format) == render(lesson, format)


def test_shades_run_from_the_lowest_to_the_highest() -> None:
    ramp = FeatureMap("", (tuple(float(n) for n in range(5)),), 0, 4)
    assert levels(ramp, 5) == [[0, 1, 2, 3, 4]]
    assert shaded(ramp, 80) == "  ░░▒▒▓▓██"
    assert shaded(ramp, 5) == " ░▒▓█"
    specials = FeatureMap("", ((float("nan"), float("inf"), float("-inf"), 0.0, 1.0),), 0, 1)
    assert levels(specials, 5) == [[0, 4, 0, 0, 4]]
    assert levels(FeatureMap("", ((3.0, 3.0),), 3, 3), 5) == [[0, 0]]
