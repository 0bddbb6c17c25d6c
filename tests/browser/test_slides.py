"""Slides operated in Chromium: in a deck of the real reveal.js, and as a page of their own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

import stepwise as sw

ROOT = Path(__file__).parent.parent.parent
REVEAL = ROOT / "node_modules/reveal.js/dist"
LESSON = sw.trace("MaxPool2D(2, strides=1, padding='same')", [[4, 3], [2, 1]]).lesson()
FORMULAS = ["max(4, 3, 2, 1) = 4", "max(3, 1) = 3", "max(2, 1) = 2", "max(1) = 1"]
SEEN = """() => {
  const slide = document.querySelector('section.present') ?? document.querySelector('section');
  const seen = [...slide.querySelectorAll('svg text')].filter(text => {
    const fragment = text.closest('.fragment') ?? slide;
    return getComputedStyle(text).visibility === 'visible' && getComputedStyle(fragment).opacity === '1';
  });
  return seen.map(text => text.textContent).filter(text => /^max|Window/.test(text));
}"""


@pytest.fixture(name="deck")
def a_teachers_deck(tmp_path: Path) -> str:
    """Two slides of ours between two of a teacher's own."""
    wide = sw.trace("Conv2D(1, 3)", [[[n, n, n] for n in range(6)]] * 9).lesson()
    ours = "".join(str(one.figure("all", "reveal", fragment=True)) for one in (LESSON, wide))
    file = tmp_path / "deck.html"
    file.write_text(
        f'<!doctype html><html lang="en"><title>Mine</title><link rel="stylesheet" href="{REVEAL.as_uri()}/reveal.css">'
        f'<link rel="stylesheet" href="{REVEAL.as_uri()}/theme/white.css"><div class="reveal"><div class="slides">'
        f"<section><h2>Mine</h2></section>{ours}<section>End</section></div></div>"
        f'<script src="{REVEAL.as_uri()}/reveal.js"></script>'
        '<script>Reveal.initialize({hash: true, transition: "none"})</script>',
        encoding="utf-8",
    )
    return file.as_uri()


def test_a_step_is_a_fragment_of_a_real_deck(deck: str, visit: Any) -> None:
    page = visit(deck, width=1280).page
    page.wait_for_function("Reveal.isReady()")
    page.keyboard.press("ArrowRight")
    for number, formula in enumerate(FORMULAS, 1):
        page.wait_for_function(f"({SEEN})().includes({formula!r})")
        assert page.evaluate(SEEN) == [f"Window {number} of 4", formula]
        assert f"Window {number} of 4" in page.locator(".aria-status").inner_text()
        page.keyboard.press("ArrowRight")
    assert page.evaluate("Reveal.getIndices().h") == 2, "then the deck goes on"
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(SEEN)[-1] == FORMULAS[-1]
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(SEEN)[-1] == FORMULAS[-2]


def test_no_slide_is_overfull_and_a_teachers_own_text_is_left_alone(deck: str, visit: Any) -> None:
    page = visit(deck, width=1280).page
    page.wait_for_function("Reveal.isReady()")
    plain = page.evaluate("getComputedStyle(document.querySelector('h2')).fontFamily")
    for slide in (1, 2):
        page.evaluate(f"Reveal.slide({slide})")
        high, wide = page.evaluate("(s => [s.scrollHeight, s.scrollWidth])(Reveal.getCurrentSlide())")
        assert high <= 700, slide
        assert wide <= 960, slide
    assert page.evaluate("getComputedStyle(document.querySelector('h2')).fontFamily") == plain
    assert page.evaluate("getComputedStyle(document.querySelector('h2')).textAnchor") == "start"


@pytest.mark.parametrize("width", [360, 768, 1200])
def test_a_page_of_slides_is_operated_by_keys_buttons_and_its_address(width: int, visit: Any, tmp_path: Path) -> None:
    file = tmp_path / "slides.html"
    source = str(LESSON.figure(format="reveal"))
    assert not re.findall(r"""(?:src|href)=["'](?!#)|url\(|@import""", source), "no request"
    file.write_text(source, encoding="utf-8")
    visited = visit(file.as_uri(), width=width)
    page = visited.page
    assert page.evaluate(SEEN)[-1] == FORMULAS[0]
    page.keyboard.press("ArrowRight")
    page.keyboard.press("PageDown")
    assert page.evaluate(SEEN)[-1] == FORMULAS[2]
    assert page.url.endswith("#step=3")
    assert page.locator("[role=status]").inner_text().startswith("Window 3 of 4")
    page.get_by_role("button", name="Previous").click()
    assert page.evaluate(SEEN)[-1] == FORMULAS[1]
    page.keyboard.press("End")
    assert page.evaluate(SEEN)[-1] == FORMULAS[3]
    page.keyboard.press("ArrowRight")
    assert page.evaluate(SEEN)[-1] == FORMULAS[3]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.querySelector('svg').getBoundingClientRect().bottom <= innerHeight")
    assert not Axe().run(page).response["violations"]
    page.goto(f"{file.as_uri()}#step=2")
    page.reload()
    assert page.evaluate(SEEN)[-1] == FORMULAS[1]
    assert not visited.complaints
