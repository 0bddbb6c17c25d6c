"""Lessons compiled by TeX itself: pdfLaTeX and LuaLaTeX, alone and put into somebody's document."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pypdf
import pytest

import stepwise as sw
from stepwise.document.lesson import Lesson, Section
from stepwise.worksheets.handout import make
from stepwise.worksheets.workshop import Order
from tests.unit.render.test_hostile import everywhere
from tests.unit.render.test_pdf import LESSONS, MORE_WORDS

ENGINES = ("pdflatex", "lualatex")


def compiled(engine: str, source: str, folder: Path) -> tuple[str, str]:
    """The words of the PDF, and TeX's log. Nothing may be run, and TeX stops at the first mistake."""
    (folder / "page.tex").write_text(source, encoding="utf-8")
    done = subprocess.run(
        [engine, "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "page.tex"],
        cwd=folder,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=300,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    reader = pypdf.PdfReader(folder / "page.pdf")
    text = " ".join("\n".join(page.extract_text() for page in reader.pages).split())
    return text, (folder / "page.log").read_text(encoding="utf-8", errors="replace")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", LESSONS)
def test_every_lesson_compiles_alone(name: str, engine: str, tmp_path: Path) -> None:
    text, log = compiled(engine, LESSONS[name].latex(), tmp_path)
    together = re.sub(r"\W", "", text).upper()
    for section in LESSONS[name].sections:
        assert re.sub(r"\W", "", section.title).upper() in together
    assert "Missing character" not in log
    wide = [float(points) for points in re.findall(r"Overfull \\hbox \(([\d.]+)pt too wide\)", log)]
    assert max(wide, default=0) < 12, "nothing stands out into the margin"


@pytest.mark.parametrize("engine", ENGINES)
def test_two_fragments_go_into_a_document_of_ones_own(engine: str, tmp_path: Path) -> None:
    for name in ("max", "digit"):
        LESSONS[name].save(tmp_path / f"{name}.tex", fragment=True)
    fragment = (tmp_path / "max.tex").read_text(encoding="utf-8")
    [needed] = re.findall(r"^%\s+(\\usepackage\{amsmath[^}]*\})", fragment, re.M)
    own = (
        rf"\documentclass[12pt]{{report}}{needed}\begin{{document}}\chapter{{Pooling}}Before."
        r"\input{max}\input{digit} After.\end{document}"
    )
    text, _log = compiled(engine, own, tmp_path)
    assert "Before." in text
    assert "After." in text
    assert text.count("Slide the window") == 2


@pytest.mark.parametrize("engine", ENGINES)
def test_words_stay_words(engine: str, tmp_path: Path) -> None:
    """All of them in one document, each wherever a user's words can stand."""
    (tmp_path / "secret.tex").write_text("SECRET")
    hostile = [
        *MORE_WORDS,
        "\\input{secret}",
        "\\write18{touch written}",
        "^^5cinput{secret}",
        "\\end{document}",
        "\\catcode`",
    ]
    lessons = [everywhere(words) for words in hostile]
    sections = tuple(Section(f"case {n}", s.blocks) for n, lesson in enumerate(lessons) for s in lesson.sections[:1])
    text, _log = compiled(engine, Lesson("Hostile words", "k", ("l",), sections).latex(), tmp_path)
    assert "SECRET" not in text
    assert f"case {len(hostile) - 1}" in text, "all of it is there"
    assert not (tmp_path / "written").exists()
    for words in ("\\input{secret}", "\\write18{touch written}", "#{system('id')}", "${7*7}", "a|b|c", "100", "x^2_3"):
        if words in hostile:
            assert words.replace(" ", "").replace("'", "") in re.sub(r"[\s’']", "", text)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_title_of_any_words_compiles(engine: str, tmp_path: Path) -> None:
    for words in ("100% #1 & $x$ {a} \\b ^_~", "«é ß ĳ» → 3×3", "한국어 제목"):
        text, log = compiled(
            engine, sw.compare(*(sw.trace("MaxPool2D(2)", [[1, 2], [3, 4]]),) * 2, title=words).latex(), tmp_path
        )
        assert "Side by side" in text
        assert "LaTeX Error" not in log
    assert engine == "lualatex" or "[U+D55C]" in text, "what pdfLaTeX cannot print it names"


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("names", [("pooling", "mean"), ("convolution",), ("network",)], ids="+".join)
def test_worksheets_and_their_keys_compile(names: tuple[str, ...], engine: str, tmp_path: Path) -> None:
    examples = Path(__file__).parents[2] / "examples"
    lessons = [examples / f"worksheet-{name}.yaml" for name in names]
    make(lessons, tmp_path / "w", Order(2, 7, ("tex",)))
    for name in ("v01", "v01-key"):
        text, log = compiled(engine, (tmp_path / "w" / f"{name}.tex").read_text(encoding="utf-8"), tmp_path)
        assert "v01" in text.lower()
        assert "Missing character" not in log
        wide = [float(points) for points in re.findall(r"Overfull \\hbox \(([\d.]+)pt too wide\)", log)]
        assert max(wide, default=0) < 12, "nothing stands out into the margin"
