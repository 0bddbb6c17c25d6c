"""What only a browser can tell: accessible, at home on a phone, in the dark and on paper, and the numbers it shows."""

from __future__ import annotations

from typing import Any

import numpy as np
from playwright.sync_api import Page

from stepwise.arithmetic import shown
from stepwise.document.blocks import Steps
from tests.browser.accessibility import CONTRAST, SHAPES, faults

PHONE = 320
A4 = 718  # CSS pixels of its 210 mm, less 10 mm on either side
WIDER = """selector => [...document.querySelectorAll(selector)]
    .filter(box => box.scrollWidth > box.clientWidth + 1).map(box => box.outerHTML.slice(0, 200))"""


SAMPLED = ("4321-same", "4321-compare", "digit-conv-pool", "not-finite")
"""Lessons that between them have every kind of part; what does not depend on the lesson is tried on these."""


TARGETS = """[...document.querySelectorAll('button, input, select, .stage td[tabindex]')]
    .filter(e => e.checkVisibility()).map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
    .filter(([, box]) => box.width < 24 || box.height < 24).map(([html]) => html)"""


def test_targets_are_large_enough(still: Page) -> None:
    page = still
    assert page.evaluate(TARGETS) == []
    heights = page.locator("[data-act] >> visible=true").evaluate_all(
        "all => all.map(b => b.getBoundingClientRect().height)"
    )
    assert all(height >= 40 for height in heights)


def test_focus_can_be_seen_and_goes_everywhere(still: Page) -> None:
    """Every button, field and matrix of the stage is reached by Tab, with an outline; nothing else traps it."""
    page = still
    reachable = page.evaluate("""[...document.querySelectorAll('button, input, select, [tabindex="0"]')]
        .filter(e => e.checkVisibility()).length""")
    seen = 0
    for _ in range(reachable + 3):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
        seen += 1
        assert page.evaluate("parseFloat(getComputedStyle(document.activeElement).outlineWidth)") >= 2
    assert seen >= reachable


def test_asks_for_nothing_and_complains_of_nothing(page_of: Any, still: Page, kept: Any) -> None:
    opened = kept.visits[True]
    still.wait_for_load_state("networkidle")
    assert [url for url in opened.requests if not url.startswith("data:")] == [page_of.url]
    assert opened.complaints == []
    assert opened.page.locator("h1").inner_text() == " ".join(page_of.lesson.title.split())  # even a hostile one


def test_never_scrolls_sideways(still: Page) -> None:
    for width in (PHONE, 768, 1280):
        still.set_viewport_size({"width": width, "height": 800})
        assert still.evaluate("document.documentElement.scrollWidth") <= width


def test_is_complete_without_scripts_and_on_paper(page_of: Any, still: Page, bare: Page) -> None:
    """Without scripts, and on paper, every step that the lesson tells is there, and nothing to press."""
    still.emulate_media(media="print")
    assert bare.inner_text("body") == still.inner_text("body")
    told = sum(len(b.steps) for s in page_of.lesson.sections for b in s.blocks if isinstance(b, Steps))
    for page in (still, bare):
        assert page.locator(".step >> visible=true").count() == told > 0
        assert page.locator("button >> visible=true").count() == 0
    assert page_of.lesson.sections[-1].title in bare.inner_text("body")
    assert still.locator(".step").first.evaluate("step => getComputedStyle(step).breakInside") == "avoid"


def test_nothing_is_cut_off_on_paper(still: Page) -> None:
    still.set_viewport_size({"width": A4, "height": 800})
    still.emulate_media(media="print")
    assert still.evaluate("document.documentElement.scrollWidth") <= A4
    assert still.evaluate(WIDER, ".working, .scroll, .formula, .matrix, .facts") == []


def test_dark_and_light_differ_and_paper_is_white(still: Page) -> None:
    page = still
    page.emulate_media(color_scheme="dark")
    background = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(background)
    page.emulate_media(color_scheme="light")
    light = page.evaluate(background)
    page.emulate_media(media="print", color_scheme="dark")
    assert dark != light
    assert page.evaluate(background) == light == "rgb(255, 255, 255)"


def test_shows_the_numbers_of_the_trace(page_of: Any, bare: Page) -> None:
    """Every output cell on the page holds what the trace holds there; small outputs are shown whole."""
    page = bare
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


def test_axe_finds_nothing_at_twice_the_size(page_of: Any, still: Page) -> None:
    """200 % zoom: half the room, twice the pixels."""
    metrics = {"width": 640, "height": 800, "deviceScaleFactor": 2, "mobile": False}
    still.context.new_cdp_session(still).send("Emulation.setDeviceMetricsOverride", metrics)
    assert still.evaluate("[innerWidth, devicePixelRatio]") == [640, 2]
    if page_of.name in SAMPLED:
        assert faults(still, **SHAPES) == []
    assert still.evaluate("document.documentElement.scrollWidth") <= 640


def test_axe_finds_nothing(page_of: Any, still: Page, kept: Any) -> None:
    """At the second step, something pinned, in the light by every rule; elsewhere what could be otherwise there.

    It comes last: the page is not left as it was.
    """
    page = still
    page.emulate_media(color_scheme="light")
    for name in ("[data-act=next]", ".stage td[data-in]"):
        if page.locator(f"{name} >> visible=true").count():
            page.locator(f"{name} >> visible=true").first.click()
    assert faults(page) == []
    if page_of.name in SAMPLED:
        page.emulate_media(color_scheme="dark")
        assert faults(page, **CONTRAST) == []
        page.emulate_media(forced_colors="active")
        assert faults(page, **SHAPES) == []
        page.emulate_media(forced_colors="none", color_scheme="light")
        page.set_viewport_size({"width": PHONE, "height": 800})
        assert faults(page, **SHAPES) == []
    assert kept.visits[True].complaints == []
    kept.close()
