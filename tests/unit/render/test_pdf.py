"""PDF and its typst source: what a page must have so that everybody can use it, and words that stay words."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pypdf
import pytest
from pypdf.generic import DictionaryObject

import stepwise as sw
from stepwise.document.blocks import FormulaLine, Prose, Scene, Table
from stepwise.document.inline import Code
from stepwise.document.lesson import Lesson, Section
from stepwise.document.matrix import Cell, Matrix
from stepwise.errors import MissingExtra, StepwiseError
from stepwise.formula import (
    Absolute,
    Ceiling,
    Difference,
    Equality,
    Floor,
    Formula,
    Function,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
)
from stepwise.io.inputs import sample_digit
from stepwise.lessons.inline import inline
from stepwise.render import Options, encode, pdf, render
from tests.unit.render.test_hostile import WORDS, everywhere

COLOUR = np.arange(48).reshape(4, 4, 3) - 20
LESSONS: dict[str, Lesson] = {
    "max": sw.trace("MaxPool2D(2, strides=1, padding='same')", [[4, 3], [2, 1]]).lesson(),
    "three channels": sw.trace("Conv2D(2, 3, padding='same', activation='relu')", COLOUR).lesson(),
    "digit": sw.trace("MaxPool2D(2)", sample_digit(0) / 255).lesson(),
    "letters": sw.trace("MaxPool2D(2, strides=1)", "a b c; d e f; 0 1 2").lesson(),
    "compare": sw.compare(
        sw.trace("nn.MaxPool2d(3, 2, 1)", COLOUR[:, :, 0]), sw.trace("MaxPool2D(3, 2, 'same')", COLOUR[:, :, 0])
    ),
    "proof": sw.equivalent("AveragePooling2D(2)", "Conv2D(1, 2, strides=2)", input_shape=(4, 4)).lesson(),
    "wide": sw.trace("MaxPool2D((1, 40), strides=1)", np.arange(60).reshape(1, 60) * 1000 - 30).lesson(),
}
MORE_WORDS = [
    *WORDS,
    "#read(\"/etc/passwd\")", "#panic(1)", "*bold* _em_", "@ref <label>", "// gone", "/* gone", "= heading", "1. item",
    "https://evil.example", "a -- b --- c ... d -? e", "~ \\ \\u{41}", "](y)[z]", "]; #panic()", "\"quoted\" 'single'",
    "<< 7*7 >>", "<% include 'x' %>", "<# gone #>", "%comment", "\\write18{id}", "x^2_3",
]  # fmt: skip


def read(lesson: Lesson, options: Options | None = None) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(encode(lesson, "pdf", options=options)))


def catalog(reader: pypdf.PdfReader) -> Any:
    return reader.trailer["/Root"].get_object()


def elements(node: Any) -> Iterator[Any]:
    """Every element of the structure that a screen reader follows, in its order."""
    node = node.get_object() if hasattr(node, "get_object") else node
    if not isinstance(node, DictionaryObject):
        return
    if "/S" in node:
        yield node
    kids = node.get("/K", [])
    kids = kids.get_object() if hasattr(kids, "get_object") else kids
    for kid in kids if isinstance(kids, list) else [kids]:
        yield from elements(kid)


def structure(reader: pypdf.PdfReader) -> list[Any]:
    return list(elements(catalog(reader)["/StructTreeRoot"]))


def words_of(reader: pypdf.PdfReader) -> str:
    return " ".join("\n".join(page.extract_text() for page in reader.pages).split())


@pytest.fixture(params=LESSONS, name="lesson", scope="module")
def each_lesson(request: pytest.FixtureRequest) -> Lesson:
    return LESSONS[request.param]


@pytest.fixture(name="reader", scope="module")
def each_reader(lesson: Lesson) -> pypdf.PdfReader:
    return read(lesson)


def test_it_says_what_it_is_and_in_which_language(lesson: Lesson, reader: pypdf.PdfReader) -> None:
    """PDF/UA-1 (ISO 14289-1), 5 and 7.1: its mark, a title that is shown, tags, a language."""
    root = catalog(reader)
    assert reader.metadata is not None
    assert reader.metadata.title == lesson.title
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    metadata = root["/Metadata"].get_object().get_data().decode()
    assert re.search(r"pdfuaid:part(>|=\")1", metadata)


def test_what_is_seen_can_be_heard(reader: pypdf.PdfReader) -> None:
    """Formulas and pictures have words, tables have heads, headings come in order."""
    found = structure(reader)
    kinds = [element["/S"] for element in found]
    assert "/Table" in kinds
    for element in found:
        if element["/S"] in ("/Formula", "/Figure") and "/Table" not in map(str, element.get("/K", [])):
            assert str(element.get("/Alt", "")).strip() or element["/S"] == "/Figure"
        if element["/S"] == "/Table":
            assert any(inner["/S"] == "/TH" for inner in elements(element))
    headings = [int(kind[2:]) for kind in kinds if re.fullmatch(r"/H\d", kind)]
    assert headings[0] == 1
    assert headings.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(headings))


def test_pictures_have_words() -> None:
    found = structure(read(LESSONS["digit"]))
    told = [str(e["/Alt"]) for e in found if e["/S"] == "/Figure" and "/Alt" in e]
    assert any("input 28×28: grey picture, from 0 (black) to 1 (white)" in words for words in told)


def test_padding_is_said_and_formulas_are_spoken() -> None:
    told = [str(element.get("/Alt", "")) for element in structure(read(LESSONS["max"]))]
    assert "the maximum of 3 and 1 equals 3" in told
    assert told.count("padding") >= 5


def test_every_font_is_in_it(reader: pypdf.PdfReader) -> None:
    fonts = {}
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]  # a page of ours has both
            inner = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
            fonts[str(inner["/FontName"])] = {"/FontFile2", "/FontFile3"} & set(inner)
    assert fonts
    assert all(fonts.values())
    assert all(re.search("Libertinus|NewCM|DejaVuSansMono", name) for name in fonts), "those that typst brings"


@pytest.mark.parametrize(("paper", "size"), [("a4", (595.28, 841.89)), ("letter", (612, 792))])
def test_both_papers(paper: str, size: tuple[float, float]) -> None:
    page = read(LESSONS["max"], Options(paper=paper)).pages[0]
    assert (float(page.mediabox.width), float(page.mediabox.height)) == pytest.approx(size, abs=0.1)


def test_nothing_stands_outside_the_page(reader: pypdf.PdfReader) -> None:
    for page in reader.pages:
        places: list[tuple[float, float]] = []

        def seen(text: str, _cm: Any, matrix: Any, *_rest: Any, places: list[tuple[float, float]] = places) -> None:
            if text.strip():
                places.append((float(matrix[4]), float(matrix[5])))

        page.extract_text(visitor_text=seen)
        assert places
        assert all(0 <= x <= 596 and 0 <= y <= 842 for x, y in places)


def test_the_same_lesson_gives_the_same_bytes() -> None:
    assert encode(LESSONS["max"], "pdf") == encode(LESSONS["max"], "pdf")


@pytest.mark.parametrize("words", MORE_WORDS, ids=ascii)
def test_words_stay_words(words: str) -> None:
    reader = read(everywhere(words))
    shown = " ".join("".join(c if c.isprintable() else " " for c in re.sub("[\u2028-\u202e]", " ", words)).split())
    assert reader.metadata is not None
    assert " ".join(str(reader.metadata.title).split()) == (shown or "–"), "a title may not be empty"
    together = words_of(reader).replace(" ", "")
    assert together.count(shown.replace(" ", "") or "–") >= 3, "nothing of it was run or lost"
    assert not any("/Annots" in page and page["/Annots"] for page in reader.pages), "and nothing became a link"


NODES: list[tuple[Formula, str]] = [
    (Sum((Number(-1), Number(-2.5), Number(3))), "−1+(−2.5)+3"),
    (Difference(Number(1), Sum((Number(2), Number(3)))), "1−(2+3)"),
    (Negative(Symbol("x")), "−𝑥"),
    (Product((Sum((Number(1), Number(2))), Number(-3))), "(1+2)⋅(−3)"),
    (Function("max", (Number(4), Number(-3))), "max(4,−3)"),
    (Function("min", (Number(4), Symbol("bias"))), "min(4,𝑏𝑖𝑎𝑠)"),
    (Function("exp", (Number(2),)), "exp(2)"),
    (Function("tanh", (Number(2),)), "tanh(2)"),
    (Function("ln", (Number(2),)), "ln(2)"),
    (Function("erf", (Number(2),)), "erf(2)"),
    (Absolute(Number(-3)), "|−3|"),
    (Floor(Number(2.5)), "⌊2.5⌋"),
    (Ceiling(Number(2.5)), "⌈2.5⌉"),
    (Equality(Number(1), Number(float("-inf")), exact=False), "1≈−∞"),
    (Number(float("nan")), "NaN"),
]


@pytest.mark.parametrize(("formula", "seen"), NODES, ids=[str(formula) for formula, _ in NODES])
def test_formulas_are_set_as_they_are_read(formula: Formula, seen: str) -> None:
    lesson = Lesson("A formula", "k", ("l",), (Section("s", (FormulaLine(formula),)),))
    assert seen in re.sub(r"\s", "", words_of(read(lesson)))


@pytest.mark.parametrize(
    "formula",
    [
        Quotient(Sum((Number(1), Symbol("x01"))), Number(-4)),
        Power(Sum((Number(1), Symbol("x10_2"))), Quotient(Number(1), Number(2))),
        Function("sqrt", (Number(1e-12),)),
        Symbol('#panic("x")'),
        Symbol('a"b\\'),
        Symbol("α"),
        Number(np.float32(0.1)),
    ],
)
def test_formulas_of_every_kind_compile(formula: Formula) -> None:
    assert read(Lesson("A formula", "k", ("l",), (Section("s", (FormulaLine(formula), Prose((str(formula),)))),))).pages


def test_a_blank_is_an_empty_cell_with_room_to_write() -> None:
    """What worksheets are made of: the same templates, and no question mark."""
    cells = ((Cell("data", 7531), Cell("blank")), (Cell("blank"), Cell("padding")))
    scene = Scene((Matrix("output", "output 2×2", cells),), ())
    lesson = Lesson("Fill it in", "k", ("l",), (Section("s", (scene,)),))
    text = words_of(read(lesson))
    assert "7531" in text
    assert "?" not in text
    assert "?" not in render(lesson, "tex").split(r"\begin{swmatrix}")[-1]
    assert "___" in lesson.text()


def test_the_source_makes_the_same_file() -> None:
    import typst

    source = LESSONS["max"].typst(paper="letter")
    made = typst.compile(source.encode(), format="pdf", pdf_standards=["ua-1"], ignore_system_fonts=True)
    assert made == encode(LESSONS["max"], "pdf", options=Options(paper="letter"))


def test_without_typst_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)  # importing it then fails as if it were not there
    with pytest.raises(MissingExtra, match=r"pip install 'stepwise-cnn\[pdf\]'"):
        encode(LESSONS["max"], "pdf")
    assert "#show: lesson" in LESSONS["max"].typst(), "the source needs nothing"


def test_a_letter_that_no_font_has_is_named() -> None:
    """U+0378 is not assigned, so no font has it."""
    with pytest.raises(StepwiseError, match=r"no font here can print .*\u0378.*; install one"):
        encode(Lesson("a \u0378 b", "k", ("l",), ()), "pdf")


def test_a_letter_is_named_without_the_quotes_that_typst_puts_around_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def refusing(source: str, system: bool) -> bytes:
        raise pdf._RefusedError('PDF/UA-1 error: the text `"＝"` could not be displayed with font `"Libertinus Serif"`')

    monkeypatch.setattr(pdf, "_here", refusing)
    with pytest.raises(StepwiseError, match=r"no font here can print ＝ \(U\+FF1D\); install one"):
        pdf.pdf("")


def test_a_template_of_ones_own_reads_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "typst").mkdir()
    (tmp_path / "secret.txt").write_text("the secret")
    monkeypatch.chdir(tmp_path)
    for place in ("secret.txt", "/secret.txt", "../secret.txt"):
        (tmp_path / "typst" / "scene.typ.jinja").write_text(f'#read("{place}")')
        with pytest.raises(StepwiseError, match="typst cannot set this page"):
            encode(sw.trace("MaxPool2D(2)", "4 3; 2 1").lesson(), "pdf", str(tmp_path))


def test_what_is_read_has_nine_points_and_a_wide_map_is_colour_alone() -> None:
    """Typst sets code in smaller letters, and the numbers of a class's map shrank with its width."""
    maps = []
    for columns in (8, 17, 26):
        rows = ((("0",), *((f"7{n:02}",) for n in range(columns))),)
        heads = ("", *map(str, range(columns)))
        maps.append(Table("wrong", heads, rows, drawn="heat", shares=((0.5,) * columns,)))
    code = Prose(inline("A layer {call} and more.", call=Code("Conv2D(1, 2)")))
    reader = read(Lesson("Sizes", "Map", ("Three.",), (Section("All", (code, *maps)),), "en"))
    sizes: dict[str, float] = {}

    def seen(text: str, page: list[float], line: list[float], _font: Any, size: float) -> None:
        if text.strip():
            sizes[text.strip()] = size * abs(line[3] * page[3])

    text = "".join(page.extract_text(visitor_text=seen) for page in reader.pages)
    assert text.count("716") == 1, "17 columns have numbers, 26 have none"
    assert len(re.findall(r"7\d\d", text)) == 8 + 17
    told = [size for words, size in sizes.items() if re.search(r"7\d\d|Conv2D|wrong|and more", words)]
    assert len(told) > 2
    assert min(told) >= 8.99
