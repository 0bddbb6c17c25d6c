"""Pages in a language whose words are longer: nothing runs out of the page, on a phone, a desk and paper."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from stepwise.lesson_files.reading import read_lesson
from stepwise.worksheets.pages import key_page, student_page
from stepwise.worksheets.sheet import load_sheet
from stepwise.worksheets.workshop import Order, Workshop
from tests.browser.test_in_chromium import WIDER
from tests.pseudo import NAME, OPEN, installed
from tests.unit.test_pseudo import LESSONS, SHEET

OUTSIDE = """width => [...document.querySelectorAll('body *')].filter(one => {
    const box = one.getBoundingClientRect();
    if (!box.width || box.right <= width + 1) return false;
    for (let around = one.parentElement; around; around = around.parentElement) // a box that scrolls holds what it has
        if (getComputedStyle(around).overflowX !== 'visible') return false;
    return true;
}).map(one => one.outerHTML.slice(0, 160))"""
CUT = """() => [...document.querySelectorAll('button, label, summary, figcaption, p, li, h1, h2, h3')]
    .filter(one => one.checkVisibility() && one.clientWidth > 1 && one.scrollWidth > one.clientWidth + 1
        && getComputedStyle(one).display !== 'inline' && getComputedStyle(one).overflowX !== 'auto')
    .map(one => one.outerHTML.slice(0, 160))"""

PRINTED = ".working, .scroll, .formula, .matrix, .facts"


@pytest.fixture(scope="module", autouse=True)
def _lengthened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The language nobody speaks, where languages are looked for."""
    with installed(tmp_path_factory.mktemp("languages")):
        yield


def fits(page: Page, where: str) -> None:
    assert OPEN in page.inner_text("body")
    for width, media in ((320, "screen"), (1280, "screen"), (718, "print")):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(media=media)  # type: ignore[arg-type]
        here, outside = f"{where}, {width} {media}", page.evaluate(OUTSIDE, width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{here}: {outside}"
        assert page.evaluate(CUT) == [], here
        if media == "print":
            assert page.evaluate(WIDER, PRINTED) == [], here


@pytest.mark.parametrize("name", LESSONS)
def test_lessons_fit(name: str, visit: Any, tmp_path: Path) -> None:
    lesson = read_lesson(f"stepwise: 1\nlanguage: {NAME}\n{LESSONS[name].lstrip()}", "lesson.yaml", Path()).lesson()
    lesson.save(tmp_path / "page.html")
    page = visit((tmp_path / "page.html").as_uri()).page
    page.wait_for_selector(".stage.live, .network.live")
    fits(page, name)


def test_sheets_and_their_keys_fit(visit: Any, tmp_path: Path) -> None:
    (tmp_path / "lesson.yaml").write_text(f"stepwise: 1\nlanguage: {NAME}\n{SHEET.lstrip()}", encoding="utf-8")
    shop = Workshop(load_sheet([tmp_path / "lesson.yaml"]), Order())
    posed = shop.posed(shop.find(1))
    for made in (student_page(posed, ""), key_page(posed, "")):
        (tmp_path / "page.html").write_text(made.html(), encoding="utf-8")
        fits(visit((tmp_path / "page.html").as_uri()).page, made.title)
