"""What only a browser can tell: accessible, at home on a phone, in the dark and on paper, and the numbers it shows."""

from __future__ import annotations

from typing import Any

import numpy as np
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from stepwise.arithmetic import shown

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PHONE = 320
A4 = 718  # CSS pixels of its 210 mm, less 10 mm on either side
WIDER = """selector => [...document.querySelectorAll(selector)]
    .filter(box => box.scrollWidth > box.clientWidth + 1).map(box => box.outerHTML.slice(0, 200))"""


def faults(page: Page, **options: Any) -> list[str]:
    """What axe-core finds wrong, each with the first element it is wrong of."""
    page.evaluate(AXE_SCRIPT)
    options = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"], **options}
    found = page.evaluate("options => axe.run(document, options)", options)
    assert found["testEngine"]["name"] == "axe-core"
    return [f"{v['id']}: {v['help']}; {v['nodes'][0]['html'][:200]}" for v in found["violations"]]


def test_axe_finds_nothing(page_of: Any, visit: Any) -> None:
    """In the light by every rule; in the dark only colours are others, on a phone everything but colours."""
    page = visit(page_of.url, color_scheme="light").page
    assert faults(page) == []
    page.emulate_media(color_scheme="dark")
    assert faults(page, runOnly={"type": "rule", "values": ["color-contrast"]}) == []
    page.set_viewport_size({"width": PHONE, "height": 800})
    assert faults(page, rules={"color-contrast": {"enabled": False}}) == []


def test_asks_for_nothing_and_complains_of_nothing(page_of: Any, visit: Any) -> None:
    opened = visit(page_of.url)
    opened.page.wait_for_load_state("networkidle")
    assert [url for url in opened.requests if not url.startswith("data:")] == [page_of.url]
    assert opened.complaints == []
    assert opened.page.locator("h1").inner_text() == " ".join(page_of.lesson.title.split())  # even a hostile one


def test_never_scrolls_sideways(page_of: Any, visit: Any) -> None:
    page = visit(page_of.url).page
    for width in (PHONE, 768, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_is_complete_without_scripts(page_of: Any, visit: Any) -> None:
    with_scripts, without = visit(page_of.url), visit(page_of.url, java_script_enabled=False)
    assert without.page.inner_text("body") == with_scripts.page.inner_text("body")
    assert page_of.lesson.sections[-1].title in without.page.inner_text("body")


def test_nothing_is_cut_off_on_paper(page_of: Any, visit: Any) -> None:
    page = visit(page_of.url, A4).page
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth") <= A4
    assert page.evaluate(WIDER, ".working, .scroll, .formula, .matrix, .facts") == []


def test_dark_and_light_differ_and_paper_is_white(page_of: Any, visit: Any) -> None:
    page = visit(page_of.url, color_scheme="dark").page
    background = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(background)
    page.emulate_media(color_scheme="light")
    light = page.evaluate(background)
    page.emulate_media(media="print", color_scheme="dark")
    assert dark != light
    assert page.evaluate(background) == light == "rgb(255, 255, 255)"


def test_shows_the_numbers_of_the_trace(page_of: Any, visit: Any) -> None:
    """Every output cell on the page holds what the trace holds there; small outputs are shown whole."""
    page = visit(page_of.url).page
    heights = page.evaluate("[...document.querySelectorAll('math')].map(m => m.getBoundingClientRect().height)")
    assert heights
    assert all(heights), "a formula is not drawn"
    cells = page.evaluate(
        """[...document.querySelectorAll('[data-out]')].map(cell => [cell.dataset.out, cell.textContent.trim(),
            [...document.querySelectorAll('section.layer')].filter(
                layer => layer.compareDocumentPosition(cell) & Node.DOCUMENT_POSITION_FOLLOWING).length])"""
    )
    chained = any(section.level == 1 for section in page_of.lesson.sections)
    seen = set()
    for at, text, layers in cells:
        index = tuple(map(int, at.split(",")))
        traces = [page_of.traces[layers - 1]] if chained else page_of.traces
        if text == "?":
            continue
        expected = {shown(t.output[index]).replace("-", "−") for t in traces if np.all(np.array(index) < t.shape)}
        assert text in expected, f"output {index}"
        seen.add(index)
    if len(page_of.traces) == 1 and page_of.traces[0].output.size <= 16:
        assert seen == set(np.ndindex(page_of.traces[0].shape))
    assert seen
