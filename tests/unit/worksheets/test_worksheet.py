"""Worksheets: what is blank on the page, what stands in the key, and the folder that grading takes."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import openpyxl
import pytest

import stepwise as sw
from stepwise.document.blocks import FillIn, FormulaLine, Prose, Room, Scene, Steps
from stepwise.document.inline import Code, Emphasis, Link, Strong
from stepwise.document.lesson import Lesson, Section
from stepwise.errors import StepwiseError
from stepwise.exercises.assignment import load_assignment
from stepwise.exercises.instructions import instructions
from stepwise.render import Options, encode, render
from stepwise.worksheets import workshop
from stepwise.worksheets.handout import make
from stepwise.worksheets.pages import gapped, key_page, student_page
from stepwise.worksheets.sheet import load_sheet
from stepwise.worksheets.variants import Found
from stepwise.worksheets.workshop import PAGES, Order, Workshop
from tests.command import run
from tests.sheets import CHAIN, POOL

DRAWN = POOL + "worksheet: {variants: {input: {integers: {low: -9, high: 9}}, demand: {no_ties: true}}}\n"


def lesson_file(folder: Path, text: str = DRAWN, name: str = "lesson.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def pages(folder: Path, text: str) -> tuple[Lesson, Lesson]:
    """The page and the key of the lesson's own numbers."""
    shop = Workshop(load_sheet([lesson_file(folder, text)]), Order())
    posed = shop.posed(shop.find(1))
    return student_page(posed, "v01"), key_page(posed, "v01")


def outputs(lesson: Lesson) -> list[list[list[object]]]:
    scenes = [block for section in lesson.sections for block in section.blocks if isinstance(block, Scene)]
    return [
        [[c.value for c in row] for row in m.rows] for scene in scenes for m in scene.matrices if m.kind == "output"
    ]


def test_the_output_is_blank_on_the_page_and_full_in_the_key(tmp_path: Path) -> None:
    page, key = pages(tmp_path, POOL)
    assert outputs(page) == [[[None] * 3] * 3]
    assert outputs(key)[0] == [[4, 5, 5], [7, 5, 5], [7, 0, 0]]
    assert "max(4, 3, 2, 1) = 4" in key.text()
    assert "max(5, 0) = 5 (2 of 4 places are padding)" in key.text().replace("\u00a0", " ")
    assert "v01" in page.text()
    assert "9 points" in page.text()


def test_cells_that_are_chosen_are_blank(tmp_path: Path) -> None:
    page, _key = pages(tmp_path, POOL + "worksheet: {cells: [[0, 1], [2, 2]]}\n")
    assert outputs(page) == [[[4, None, 5], [7, 5, 5], [7, 0, None]]]
    with pytest.raises(StepwiseError, match=r"cells: \[9, 9\] is no cell of the output"):
        pages(tmp_path, POOL + "worksheet: {cells: [[9, 9]]}\n")


def test_sizes_padding_formulas_and_steps_can_be_blank(tmp_path: Path) -> None:
    page, _key = pages(tmp_path, POOL + "worksheet: {blank: [sizes, padding, formula, steps], room: 3}\n")
    blocks = [block for section in page.sections for block in section.blocks]
    words = [word for block in blocks if isinstance(block, FillIn) for word in block.words]
    padding = ["padding rows above", "padding rows below"]
    padding += ["padding columns left", "padding columns right"]
    assert words == ["Name", "Date", "rows of the output", "columns of the output", *padding]
    formulas = {str(block.formula) for block in blocks if isinstance(block, FormulaLine)}
    assert formulas == {"max(___, ___, ___, ___) = ___", "max(___, ___) = ___"}
    [[paper]] = [outputs(page)]
    assert (len(paper), len(paper[0])) == (4, 4), "squared paper does not give the size away"
    lines = [block.lines for block in blocks if isinstance(block, Room)]
    assert len(lines) > 9 + 1, "nor does the number of lines"
    assert lines[-1] == 3
    told = page.text()
    assert "Window 2" in told
    assert "For cell (0, 0) of the output:" in told
    assert not re.search("3×3 |output 3|padded|of 9|·", told.split("Max pooling", 1)[1].replace("input 3×3", ""))


def test_no_layer_after_tells_the_size_that_is_asked_for(tmp_path: Path) -> None:
    page, _key = pages(tmp_path, CHAIN + "worksheet: {blank: [sizes, formula, steps]}\n")
    assert [(len(one), len(one[0])) for one in outputs(page)] == [(4, 4), (4, 4), (1, 5), (1, 1)]
    assert not re.search(r"2×2 *$|of 4", page.text().replace("kernel 2×2", ""), re.M)


def test_the_picture_of_a_step_does_not_give_its_answer_away(tmp_path: Path) -> None:
    page, _key = pages(tmp_path, POOL + "worksheet: {blank: [formula, steps]}\n")
    blocks = [block for section in page.sections for block in section.blocks]
    [steps] = [block for block in blocks if isinstance(block, Steps)]
    assert {str(step.formula) for step in steps.steps} <= {
        "max(___, ___, ___, ___) = ___", "max(___, ___) = ___", "max(___) = ___"
    }  # fmt: skip
    drawn = [cell for step in steps.steps for m in step.scene.matrices for row in m.rows for cell in row]
    assert not any("winner" in cell.marks for cell in drawn), "the winner would give the answer away"
    asked = [[cell for m in step.scene.matrices for row in m.rows for cell in row if cell.kind == "blank"]
             for step in steps.steps]  # fmt: skip
    assert [[cell.index for cell in cells] for cells in asked] == [[step.index] for step in steps.steps]
    assert [block.lines for block in blocks if isinstance(block, Room)] == [1] * 9


def test_no_step_gives_away_what_a_layer_before_comes_to(tmp_path: Path) -> None:
    page, _key = pages(tmp_path, CHAIN + "worksheet: {blank: [output, formula]}\n")
    steps = [step for section in page.sections for b in section.blocks if isinstance(b, Steps) for step in b.steps]
    inputs = [m for step in steps for m in step.scene.matrices if m.kind == "input"]
    values = [[[cell.value for cell in row] for row in m.rows] for m in inputs]
    given = [[1, -2, 3], [4, 0, -1], [2, 2, 1]]
    assert given in values
    assert {cell for value in values if value != given for row in value for cell in row} == {None}


def test_every_channel_is_given_and_every_channel_is_asked_for(tmp_path: Path) -> None:
    text = (
        "stepwise: 1\ninput: {random: {shape: [4, 5, 2], low: 1, high: 99}}\n"
        "layers: [MaxPool2D(2), keras.layers.ReLU()]\n"
    )
    page, key = pages(tmp_path, text)
    scenes = [block for section in page.sections for block in section.blocks if isinstance(block, Scene)]
    kinds = [[(m.kind, len(m.rows), len(m.rows[0])) for m in scene.matrices] for scene in scenes]
    assert kinds == [[("input", 4, 5)] * 2 + [("output", 2, 2)] * 2, [("output", 2, 2)] * 2]
    x = np.array([[[cell.value for cell in row] for row in m.rows] for m in scenes[0].matrices[:2]])
    right = x[:, :4, :4].reshape(2, 2, 2, 2, 2).max((2, 4)).tolist()  # by NumPy alone
    assert outputs(key)[:2] == right
    assert outputs(key)[2:4] == right
    with pytest.raises(StepwiseError, match="too large to be worked out on paper"):
        pages(tmp_path, text.replace("[4, 5, 2]", "[2, 4, 4, 2]").replace("MaxPool2D(2), ", ""))


def test_the_points_of_each_part_stand_beside_it(tmp_path: Path) -> None:
    for lesson in pages(tmp_path, CHAIN):
        assert re.search(r"Conv2D\(1, 2\)\W? \(4 points\)", lesson.text())
        assert re.search(r"Dense\(1\)\W? \(2 points\)", lesson.text())


def test_each_layer_of_a_chain_has_its_blanks_and_its_working(tmp_path: Path) -> None:
    page, key = pages(tmp_path, CHAIN)
    assert [(len(one), len(one[0])) for one in outputs(page)] == [(2, 2), (2, 2), (1, 4), (1, 1)]
    # By hand: the kernel takes a - b + 2·d + 1: 1+2+0+1, -2-3-2+1, 4-0+4+1, 0+1+2+1.
    assert outputs(key)[:4] == [[[4, -6], [9, 4]], [[4, 0], [9, 4]], [[4, 0, 9, 4]], [[4 + 0 - 9 + 4 - 3]]]
    assert "6 points" in page.kicker


@pytest.mark.parametrize("format", ["html", "md", "typ", "tex", "txt", "json"])
def test_no_page_carries_its_answers(format: str, tmp_path: Path) -> None:
    text = POOL.replace("4 3 1; 2 1 5; 7 -2 0", "1001 1003 1001; 1002 1001 1005; 1007 1002 1000").replace(
        "same", "valid"
    )
    text = text.replace("MaxPool2D(2, strides=1", "AveragePooling2D(2, strides=1")
    page, key = pages(tmp_path, text)
    answers = ("1001.75", "1002.5")
    told = render(workshop._bare(page), format)
    assert "1005" in told
    assert not any(answer in told for answer in answers)
    assert all(answer in render(key, format) for answer in answers)


def test_a_spreadsheet_to_be_filled_in_has_no_answers_and_its_key_calculates(tmp_path: Path) -> None:
    make([lesson_file(tmp_path, CHAIN)], tmp_path / "w", Order(formats=("xlsx",)))
    for name, live in (("v01", False), ("v01-key", True)):
        formulas = openpyxl.load_workbook(tmp_path / "w" / f"{name}.xlsx")
        cells = [cell.value for page in formulas.worksheets for row in page.iter_rows() for cell in row]
        assert any("SUMPRODUCT" in str(value) for value in cells) is live
        heads = [str(page["B4"].value) + str(page["B5"].value) for page in formulas.worksheets]
        assert all("v01 · 6 points" in head and ("Name ___" in head) is not live for head in heads)
        stored = openpyxl.load_workbook(tmp_path / "w" / f"{name}.xlsx", data_only=True)
        assert any(cell.value == 9 for page in stored.worksheets for row in page.iter_rows() for cell in row) is live


def test_gaps_stand_for_every_number() -> None:
    step = sw.trace("AveragePooling2D(2)", [[1, 2], [3, 5]]).step((0, 0))
    assert str(gapped(step.formula)) == "(___ + ___ + ___ + ___) / ___ = ___"


MARKDOWN = r"""
# Before you *start*

Show **all** your _working_,
see [the notes](https://example.org/a_b) or <https://example.org>; 2*3 and 4*5, snake_case_name, \*plain\*.

1. First ``a`b``
2) then
   this
- a `code` word
  - deeper

```
kernel = [1, 0]
```
"""


def test_instructions_are_markdown() -> None:
    told = [block.text for block in instructions(MARKDOWN) if isinstance(block, Prose)]
    assert told == [
        (Strong("Before you start"),),
        ("Show ", Strong("all"), " your ", Emphasis("working"), ", see ", Link("the notes", "https://example.org/a_b"),
         " or ", Link("https://example.org", "https://example.org"), "; 2*3 and 4*5, snake_case_name, *plain*."),
        ("1. First ", Code("a`b")),
        ("2) then this",),
        ("• a ", Code("code"), " word"),
        ("\u00a0\u00a0• deeper",),
        (Code("kernel = [1, 0]"),),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("format", "due"),
    [
        ("html", ["<em>working</em>", '<a href="https://example.org/a_b">the notes</a>']),
        ("md", ["*working*", "[the notes](<https://example.org/a_b>)", r"\*plain\*"]),
        ("tex", [r"\emph{working}", r"the notes (https://example.org/a\_b)"]),
        ("typ", ["#emph[working]", '#link("https://example.org/a_b")[the notes ']),
        ("txt", ["working, see the notes (https://example.org/a_b) or https://example.org; 2*3"]),
        ("json", ['"emphasis": "working"', '"address": "https://example.org/a_b"']),
    ],
)
def test_every_format_sets_them(format: str, due: list[str]) -> None:
    told = render(Lesson("t", "k", ("l",), (Section("", tuple(instructions(MARKDOWN))),), "en"), format)
    for words in due:
        assert words in (told if format != "txt" else " ".join(told.split()))


def test_instructions_are_words_whatever_they_hold() -> None:
    hostile = (
        '**Bold** and `code`.\n\n- <script>alert(1)</script>\n- \\input{/etc/passwd} #read("x") $x$\n\n'
        '[a](javascript:alert(1)) [b](data:text/html,x) [c](https://x/"onclick="alert(1)) '
        '[d](https://x/\\input{y}#read("z")) `\\input{q}#read("r")` *\\input{s}*'
    )
    lesson = Lesson("t", "k", ("l",), (Section("", tuple(instructions(hostile))),), "en")
    html = render(lesson, "html")
    assert "<strong>Bold</strong>" in html
    assert "<script>alert" not in html
    assert 'href="javascript' not in html
    assert 'href="data' not in html
    assert '"onclick=' not in html
    assert r"\input{" not in render(lesson, "tex")
    source = render(lesson, "typ")
    assert source.count("#read") == source.count(r"\#read") + source.count('{y}#read(\\"z\\")")') + source.count(
        '{q}#read(\\"r\\")")'
    ), "it stands in words and in strings alone"
    assert encode(lesson, "pdf").startswith(b"%PDF")


# The folder


def test_the_folder_can_be_graded_and_its_key_earns_everything(tmp_path: Path) -> None:
    lesson = lesson_file(tmp_path)
    done = run("worksheet", str(lesson), "--variants", "4", "--seed", "7", "--to", "md", "-o", str(tmp_path / "w"))
    assert done.status == 0, done.err
    assert re.search(r"max\.padding_as_zero +has an answer of its own in 4 of 4", done.out)
    manifest = json.loads((tmp_path / "w" / "manifest.json").read_text())
    assert [one["id"] for one in manifest["variants"]] == ["v01", "v02", "v03", "v04"]
    for one in manifest["variants"]:
        assert set(one["files"]) == {"lesson.yaml", f"{one['id']}.md", f"{one['id']}-key.md"}
        for name, digest in one["files"].items():
            assert hashlib.sha256((tmp_path / "w" / name).read_bytes()).hexdigest() == digest
        key = (tmp_path / "w" / f"{one['id']}-key.md").read_text()
        x = np.pad(np.array(one["input"]), ((0, 1), (0, 1)), constant_values=-99)
        right = [[int(x[r : r + 2, c : c + 2].max()) for c in range(3)] for r in range(3)]  # by NumPy alone
        shown = re.findall(r"\[ *(-?\d+)\]", key.split("## How big")[0])
        assert [int(n) for n in shown] == [n for row in right for n in row]
        assert load_assignment(tmp_path / "w").exercises[one["id"]].check(right).earned == 9


def test_the_same_seed_gives_the_same_files_however_they_are_made(tmp_path: Path) -> None:
    lesson = lesson_file(tmp_path)
    for name, workers in (("a", 1), ("b", 2)):
        make([lesson], tmp_path / name, Order(5, 7, ("md",)), workers=workers)
    make([lesson], tmp_path / "c", Order(5, 8, ("md",)))
    contents = {n: {p.name: p.read_bytes() for p in (tmp_path / n).iterdir()} for n in "abc"}
    assert contents["a"] == contents["b"]
    assert contents["a"]["v01.md"] != contents["c"]["v01.md"]
    inputs = [one["input"] for one in json.loads(contents["a"]["manifest.json"])["variants"]]
    assert len({str(one) for one in inputs}) == 5
    few = tmp_path / "few"
    make([lesson], few, Order(2, 7, ("md",)))
    assert (few / "v02.md").read_bytes() == contents["a"]["v02.md"], "a variant depends on its number alone"


def test_a_run_that_was_stopped_goes_on_and_does_nothing_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lesson, place, order = lesson_file(tmp_path), tmp_path / "w", Order(4, 7, ("md",))

    def stop(now: int, total: int) -> None:
        if now == total - 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make([lesson], place, order, progress=stop)
    assert not place.exists(), "nothing half made is to be seen"
    made: list[int] = []
    pages_of = Workshop.pages

    def counted(shop: Workshop, number: int, found: Sequence[Found]) -> dict[str, bytes]:
        made.append(number)
        return pages_of(shop, number, found)

    monkeypatch.setattr(Workshop, "pages", counted)
    monkeypatch.setattr(Workshop, "find", lambda shop, number: pytest.fail("it was found before"))
    assert make([lesson], place, order).reused == 2
    assert made == [3, 4]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lesson.yaml", "w"]
    monkeypatch.undo()
    make([lesson], tmp_path / "again", order)
    assert {p.name: p.read_bytes() for p in place.iterdir()} == {
        p.name: p.read_bytes() for p in (tmp_path / "again").iterdir()
    }


def test_a_damaged_journal_is_made_again(tmp_path: Path) -> None:
    lesson, place, order = lesson_file(tmp_path), tmp_path / "w", Order(3, 7, ("md",))

    def stop(now: int, total: int) -> None:
        if now == total - 1:
            (tmp_path / ".w.unfinished" / ".found").write_text("[[{")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make([lesson], place, order, progress=stop)
    make([lesson], place, order)
    make([lesson], tmp_path / "again", order)
    assert (place / "manifest.json").read_bytes() == (tmp_path / "again" / "manifest.json").read_bytes()


@pytest.mark.parametrize("within", [False, True])
@pytest.mark.parametrize("name", ["v1.md", "manifest.json", ".hidden", "folder/file", ".of"])
def test_a_folder_of_the_users_in_place_of_the_unfinished_one(within: bool, name: str, tmp_path: Path) -> None:
    """It is known by its contents: what has only its name stays as it is, with whatever it holds."""
    lesson, place = lesson_file(tmp_path), tmp_path / "w"
    theirs = place / ".worksheets.unfinished" if within else tmp_path / ".w.unfinished"
    mine = theirs / name
    mine.parent.mkdir(parents=True)
    mine.write_text('{"mine": 1}')
    if name == ".of":
        (theirs / "letters.txt").write_text("mine")
    before = {path: path.read_bytes() for path in theirs.rglob("*") if path.is_file()}
    for replace in (False, True):
        with pytest.raises(StepwiseError, match="is in the way") as told:
            make([lesson], place, Order(2, 7), replace=replace)
        assert theirs.name in str(told.value)
        assert {path: path.read_bytes() for path in theirs.rglob("*") if path.is_file()} == before


def test_nothing_is_replaced_without_being_told(tmp_path: Path) -> None:
    lesson, place = lesson_file(tmp_path), tmp_path / "w"
    make([lesson], place, Order(2, 7))
    before = {path.name: path.read_bytes() for path in place.iterdir()}
    with pytest.raises(StepwiseError, match="holds worksheets already; pass replace=True"):
        make([lesson], place, Order(2, 8))
    assert {path.name: path.read_bytes() for path in place.iterdir()} == before
    make([lesson], place, Order(2, 8), replace=True)
    assert (place / "v01.html").read_bytes() != before["v01.html"]
    other = tmp_path / "other"
    other.mkdir()
    (other / "v02.html").write_text("mine")
    with pytest.raises(StepwiseError, match="exists already"):
        make([lesson], other, Order(2, 7))
    assert [path.name for path in other.iterdir()] == ["v02.html"]


def test_no_sheet_outlives_its_manifest(tmp_path: Path) -> None:
    lesson, place = lesson_file(tmp_path), tmp_path / "w"
    make([lesson], place, Order(4, 7, ("md",)))
    (place / "v03.md").write_text("mine by now")
    (place / "v09.md").write_text("mine")
    make([lesson], place, Order(2, 8, ("md",)), replace=True)
    left = {path.name for path in place.iterdir()} - {"lesson.yaml", "manifest.json"}
    assert left == {"v01.md", "v01-key.md", "v02.md", "v02-key.md", "v03.md", "v09.md"}
    for hostile in ('{"variants": 1}', '{"variants": [{"files": {"../lesson.yaml": ""}}]}', "[]", "{"):
        (place / "manifest.json").write_text(hostile)
        make([lesson], place, Order(2, 8, ("md",)), replace=True)
        assert lesson.exists()


def test_several_exercises_on_a_sheet_are_each_marked(tmp_path: Path) -> None:
    first, second = lesson_file(tmp_path), lesson_file(tmp_path, CHAIN, "chain.yaml")
    make([first, second], tmp_path / "w", Order(2, 7, ("md",)))
    text = (tmp_path / "w" / "v01.md").read_text()
    assert text.startswith("# Max pooling, By hand\n")
    assert "## Max pooling (9 points)" in text
    assert "## By hand (6 points)" in text
    assert load_assignment(tmp_path / "w").variants == ("v01.1", "v01.2", "v02.1", "v02.2")


def test_exercise_and_solution_directives(tmp_path: Path) -> None:
    make([lesson_file(tmp_path)], tmp_path / "w", Order(2, 7, ("md",), "sphinx-exercise"))
    text = (tmp_path / "w" / "v01.md").read_text()
    assert text.startswith("`````{exercise} Max pooling\n:label: stepwise-v01\n")
    assert "\n`````{solution} stepwise-v01\n:class: dropdown\n" in text
    assert not re.findall(r"^#", text, re.M), "a directive holds no headings"


def test_every_page_of_latex_says_which_sheet_it_is_of(tmp_path: Path) -> None:
    make([lesson_file(tmp_path)], tmp_path / "w", Order(formats=("tex",)))
    head, body = (tmp_path / "w" / "v01.tex").read_text().split(r"\begin{document}")
    assert re.search(r"@oddfoot\{.*v01 .*\\thepage", head)
    assert "v01" in body


def test_letter_paper(tmp_path: Path) -> None:
    make([lesson_file(tmp_path)], tmp_path / "w", Order(formats=("tex", "typ"), options=Options(paper="letter")))
    assert "letterpaper" in (tmp_path / "w" / "v01.tex").read_text()
    assert "us-letter" in (tmp_path / "w" / "v01.typ").read_text()


def test_the_pdf_of_page_and_key(tmp_path: Path) -> None:
    import pypdf

    text = POOL + "worksheet: {blank: [sizes, padding, formula], room: 3, instructions: '**Do** it.'}\n"
    make([lesson_file(tmp_path, text)], tmp_path / "w", Order(formats=("pdf",)))
    page = pypdf.PdfReader(tmp_path / "w" / "v01.pdf")
    words = "".join(one.extract_text() for one in page.pages)
    assert "Name" in words
    assert "v01 · 1" in words
    root = page.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]  # type: ignore[index]  # tagged, as PDF/UA asks


def test_nothing_is_split_over_a_page(tmp_path: Path) -> None:
    import pypdf

    examples = Path(__file__).parents[3] / "examples"

    def printed(*names: str) -> list[str]:
        make([examples / f"worksheet-{name}.yaml" for name in names], tmp_path / names[0], Order(2, 7, ("pdf",)))
        reader = pypdf.PdfReader(tmp_path / names[0] / "v01-key.pdf")
        return [page.extract_text() for page in reader.pages]

    for text in printed("pooling", "mean"):
        assert text.count("The working of every cell") == text.count("(0, 0)") == text.count("(1, 1)")
        assert text.count("With these numbers, the common") == text.count("gives the mistake"), (
            "words and the table that they lead to"
        )
    printed("network")
    assert len(pypdf.PdfReader(tmp_path / "network" / "v01.pdf").pages) == 1, "a sheet of paper"


@pytest.mark.parametrize(
    ("extra", "told"),
    [
        ("worksheet: {blank: everything}\n", "found blank: 'everything', expected some of"),
        ("worksheet: {bank: output}\n", "there is no key 'bank' in worksheet: Did you mean blank?"),
        ("worksheet: [output]\n", "expected keys such as blank: output"),
        ("worksheet: {room: 99}\n", "found room: 99"),
        ("worksheet: {blank: [sizes], cells: [[0, 1]]}\n", "leave one of them out"),
        ("worksheet: {variants: {input: {integer: {}}}}\n", "Did you mean integers?"),
        ("worksheet: {variants: {input: {integers: {low: 5, high: 1}}}}\n", "low: 5 is above high: 1"),
        ("worksheet: {variants: {kernel: {integers: {}}}}\n", "no layer here has one"),
        ("worksheet: {variants: {demand: {no_tie: true}}}\n", "Did you mean no_ties?"),
        ("worksheet: {variants: {demand: {every_side: true}}}\n", "every_side) failed in 400"),
        ("worksheet: {variants: {demand: {results: [90, 99]}}}\n", "(results) failed"),
        ("worksheet: {variants: {input: {integers: {high: 1}}, demand: {distinct: true}}}\n", "(distinct) failed"),
        (
            "worksheet: {variants: {demand: {discriminating: strict}, input: {integers: {low: 0, high: 9}}}}\n",
            "max.padding_as_zero does not (discriminating) failed in",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_is_one_sentence_with_its_place(extra: str, told: str, tmp_path: Path) -> None:
    done = run("worksheet", str(lesson_file(tmp_path, POOL + extra)), "--variants", "3", "-o", str(tmp_path / "w"))
    assert done.status == 2
    assert told in done.err
    assert "lesson.yaml, line 7" in done.err
    assert len(done.err.strip().splitlines()) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["lesson.yaml"], "nothing is left behind"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--variants", "0"], "0 variants cannot be made"),
        (["--variants", "999999999"], "999,999,999 variants would take about 34 days"),
        (["--seed", "-1"], "must be a whole number from 0"),
        (["--to", "docx"], "worksheets are written as"),
        (["--workers", "0"], "--workers 0 must be 1 to 256"),
        (["--wrap", "sphinx"], "there is no wrap 'sphinx'"),
        (["--templates", "nowhere"], "is not a folder"),
    ],
)
def test_options_that_do_not_fit_are_one_sentence(options: list[str], told: str, tmp_path: Path) -> None:
    done = run("worksheet", str(lesson_file(tmp_path)), "-o", str(tmp_path / "w"), *options)
    assert done.status == 2
    assert told in done.err
    assert not (tmp_path / "w").exists()


def test_a_template_that_fails_leaves_nothing(tmp_path: Path) -> None:
    own = tmp_path / "own" / "markdown"
    own.mkdir(parents=True)
    (own / "room.md.jinja").write_text("\n{{ nothing.at.all }}")
    text = POOL + "worksheet: {room: 2}\n"
    done = run("worksheet", str(lesson_file(tmp_path, text)), "-o", str(tmp_path / "w"), "--to", "md",
               "--templates", str(tmp_path / "own"))  # fmt: skip
    assert done.status == 2
    assert "room.md.jinja, line 2" in done.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lesson.yaml", "own"]


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for place in ("file", "file/w"):
        done = run("worksheet", str(lesson_file(tmp_path)), "-o", str(tmp_path / place))
        assert done.status == 2
        assert len(done.err.strip().splitlines()) == 1
    assert os.listdir(tmp_path) == ["file", "lesson.yaml"] or set(os.listdir(tmp_path)) == {"file", "lesson.yaml"}


def test_too_large_for_paper(tmp_path: Path) -> None:
    text = "stepwise: 1\ninput: {mnist: 0}\nlayers: [MaxPool2D(2)]\n"
    done = run("worksheet", str(lesson_file(tmp_path, text)), "-o", str(tmp_path / "w"))
    assert done.status == 2
    assert "too large to be worked out on paper" in done.err


def test_every_format_is_made(tmp_path: Path) -> None:
    assert set(PAGES) == {"html", "md", "typ", "tex", "pdf", "xlsx"}
    make([lesson_file(tmp_path)], tmp_path / "w", Order(formats=(*PAGES, "moodle")))
    names = {path.name for path in (tmp_path / "w").iterdir()}
    assert names == {f"v01{key}.{f}" for f in PAGES for key in ("", "-key")} | {
        "lesson.yaml",
        "manifest.json",
        "questions.xml",
    }


def test_blanks_of_one_kind_for_several_layers_say_for_which(tmp_path: Path) -> None:
    asks = ("sizes", "padding", "formula")
    parts = [f"  - {{layer: {layer}, ask: {ask}}}\n" for layer in range(3) for ask in asks]
    text = (
        'stepwise: 1\ninput: "4 3 1; 2 1 5; 7 -2 0"\n'
        'layers: ["MaxPool2D(2, strides=1, padding=\'same\')", "AveragePooling2D(2)", "MaxPool2D(1)"]\nparts:\n'
    )
    student, _key = pages(tmp_path, text + "".join(parts))
    heads = [place.words for place in student.places]
    assert len(set(heads)) == len(heads) == 9
    assert heads[0] == ("Max pooling 1: rows of the output", "Max pooling 1: columns of the output")
    assert heads[3][0] == "Average pooling: rows of the output"
    assert heads[8][0].startswith("Max pooling 2: The working of cell (0, 0)")
    shown = [block for section in student.everything for block in section.blocks if isinstance(block, FillIn)]
    assert {(block.field, block.words) for block in shown if block.field[:1].isdigit()} == {
        (place.field, place.words) for place in student.places
    }
