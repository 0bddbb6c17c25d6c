"""Figures compiled by TeX itself: alone, put into somebody's slide, and as slides."""

from __future__ import annotations

import re
from pathlib import Path

import pypdf
import pytest

import stepwise as sw
from stepwise.lessons import tell
from tests.tools.test_tex import ENGINES, compiled

LESSON = sw.trace("Conv2D(1, 2)", [[4, 3, 1], [2, 1, 0], [1, 5, 2]], kernel=[[1, 0], [0, -1]], bias=[1]).lesson()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_figure_compiles_alone(engine: str, tmp_path: Path) -> None:
    text, log = compiled(engine, str(LESSON.figure(2, "tex")), tmp_path)
    assert "Window 2 of 4" in text
    assert "Missing character" not in log
    box = pypdf.PdfReader(tmp_path / "page.pdf").pages[0].mediabox
    wide = float(re.search(r'width="(\d+)"', str(LESSON.figure()))[1])  # type: ignore[index]
    assert abs(float(box.width) - 0.75 * wide) < 2, "96 pixels to an inch"


@pytest.mark.parametrize("engine", ENGINES)
def test_fragments_go_into_a_slide_of_ones_own(engine: str, tmp_path: Path) -> None:
    for number in (1, 2):
        source = LESSON.figure(number, "tex", fragment=True, scale=0.5, theme=("light", "dark")[number - 1])
        (tmp_path / f"{number}.tex").write_text(str(source), encoding="utf-8")
    own = (
        r"\documentclass{beamer}\usepackage[T1]{fontenc}\usepackage{lmodern}\usepackage{tikz}\begin{document}"
        r"\begin{frame}{Mine}\only<1>{\input{1}}\only<2>{\input{2}}\end{frame}\end{document}"
    )
    text, log = compiled(engine, own, tmp_path)
    assert "Window 1 of 4" in text
    assert "Window 2 of 4" in text
    assert "Overfull" not in log


LONG = "A convolution of three channels with four filters, told window by window for the first lecture of the course"
LARGE = {
    "tall": sw.trace("Conv2D(1, 3)", [[[n % 4, n % 5, n % 7] for n in range(6)]] * 9),
    "wide": sw.trace("nn.Conv1d(1, 1, 3)", [list(range(16))]),
    "decimals": sw.trace("Conv2D(2, 3)", [[[n / 7, n / 3, n / 11] for n in range(5)]] * 5),
}


@pytest.mark.parametrize("name", LARGE)
@pytest.mark.parametrize("title", ["Short", LONG, LONG + ". " + LONG])
def test_a_frame_is_never_overfull_however_large_the_figure_and_long_its_title(
    name: str, title: str, tmp_path: Path
) -> None:
    lesson = tell(LARGE[name], title=title)
    _text, log = compiled("pdflatex", str(lesson.figure("animated", "tex")), tmp_path)
    assert "Overfull" not in log


@pytest.mark.parametrize("engine", ENGINES)
def test_slides_have_an_overlay_for_each_step_and_are_never_overfull(engine: str, tmp_path: Path) -> None:
    _text, log = compiled(engine, str(LESSON.figure("animated", "tex")), tmp_path)
    pages = pypdf.PdfReader(tmp_path / "page.pdf").pages
    assert [f"Window {n} of 4" in " ".join(page.extract_text().split()) for n, page in enumerate(pages, 1)] == 4 * [
        True
    ]
    assert "Overfull" not in log
