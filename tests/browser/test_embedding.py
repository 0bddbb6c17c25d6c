"""The lines that put a page's lesson into another page: copied, pasted, and alive there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

import stepwise as sw
from stepwise.document.origin import Origin
from stepwise.render import policy, write_assets
from tests.browser.accessibility import CONTRAST, SHAPES, faults
from tests.browser.test_fits_anywhere import served as served

NAMES = ["iframe", "fragment", "myst", "sphinx", "mkdocs", "markdown"]
SAME = replace(
    sw.trace("MaxPool2D(2, strides=1, padding='same')", [[4, 3], [2, 1]]).lesson(), origin=Origin("max", "max.yaml")
)
COPIED = "void (navigator.clipboard.writeText = text => { window.copied = text; return Promise.resolve(); })"
REFUSED = "void (navigator.clipboard.writeText = () => Promise.reject(new Error('no')))"


def opened(visit: Any, url: str) -> Page:
    page: Page = visit(url).page
    page.locator(".stage.live").first.wait_for()
    page.locator(".embed summary").click()
    page.locator("[data-paste=fragment]").wait_for()
    return page


def copy(page: Page, name: str) -> str:
    page.locator(f"[data-paste={name}] button").click()
    expect(page.locator(".embed [role=status]")).to_have_text("Copied.")
    copied: str = page.evaluate("window.copied")
    return copied


@pytest.fixture(name="page")
def a_page(tmp_path: Path, visit: Any) -> Page:
    file = tmp_path / "max.html"
    file.write_text(SAME.html(), encoding="utf-8")
    return opened(visit, file.as_uri())


def test_every_entry_is_copied_whole_and_said_to_be(page: Page) -> None:
    assert page.locator("[data-paste]").evaluate_all("all => all.map(one => one.dataset.paste)") == NAMES
    page.evaluate(COPIED)
    for name in NAMES:
        assert copy(page, name) == page.locator(f"[data-paste={name}] pre").text_content()
    assert copy(page, "myst") == "```{stepwise} max.yaml\n```"


def test_where_nothing_may_be_copied_the_lines_are_selected(page: Page) -> None:
    page.evaluate(REFUSED)
    page.evaluate("document.execCommand = () => false")
    page.locator("[data-paste=mkdocs] button").click()
    expect(page.locator(".embed [role=status]")).to_have_text("Selected: copy it with the keys of your system.")
    assert page.evaluate("getSelection().toString()").strip() == "```stepwise\nmax.yaml\n```"


def test_the_piece_is_the_lesson_as_it_was_and_lives_elsewhere(page: Page, tmp_path: Path, visit: Any) -> None:
    page.locator(".stage td[data-in='0,1']").click()
    page.evaluate(COPIED)
    piece = copy(page, "fragment")
    host = '<!doctype html><html lang="en"><meta charset="utf-8"><title>Mine</title><main><h1>Mine</h1>{}</main>'
    told = "root => [...root.querySelectorAll('.lesson')].map(one => one.textContent.replace(/\\s+/g, ' ').trim())"
    texts = []
    for name, html in (("pasted", piece), ("ours", SAME.html(fragment=True))):
        file = tmp_path / f"{name}.html"
        file.write_text(host.format(html), encoding="utf-8")
        there = visit(file.as_uri())
        there.page.locator(".stage.live").wait_for()
        texts.append(there.page.evaluate(f"({told})(document.querySelector('.stepwise-lesson').shadowRoot)"))
        there.page.locator("[data-act=next]").click()
        expect(there.page.locator(".count")).to_have_text("2 of 4")
        assert there.page.locator(".embed").count() == 0
        assert there.requests == [file.as_uri()]
    assert texts[0] == texts[1]


def test_the_frame_shows_the_page(page: Page, tmp_path: Path, visit: Any) -> None:
    page.evaluate(COPIED)
    file = tmp_path / "host.html"
    frame = copy(page, "iframe")
    file.write_text(f'<!doctype html><html lang="en"><title>Mine</title>{frame}', encoding="utf-8")
    there = visit(file.as_uri()).page
    inside = there.frame_locator("iframe.stepwise")
    inside.locator("[data-act=next]").click()
    expect(inside.locator(".count")).to_have_text("2 of 4")
    assert there.locator("iframe").get_attribute("title") == SAME.title


def test_a_served_page_is_named_by_its_address(tmp_path: Path, visit: Any, served: Callable[..., str]) -> None:
    html = SAME.html()
    address = f"{served(html, {'Content-Security-Policy': policy(html)})}?a=1&b=2"
    page = opened(visit, f"{address}#step=2")
    page.evaluate(COPIED)
    written = address.replace("&", "&amp;")
    assert f'src="{written}"' in copy(page, "iframe")
    assert copy(page, "markdown").endswith(f"](<{written}>)")


def test_served_apart_under_a_strict_policy(tmp_path: Path, visit: Any, served: Callable[..., str]) -> None:
    write_assets(tmp_path / "assets")
    strict = {"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:"}
    page = opened(visit, served(SAME.html(assets="assets"), strict))
    page.evaluate(COPIED)
    piece = copy(page, "fragment")
    origin = page.url.rsplit("/", 1)[0]
    assert f'<script src="{origin}/assets/stepwise.js"' in piece
    assert f'href="{origin}/assets/stepwise.css"' in piece


def test_without_scripts_the_lines_are_there(tmp_path: Path, visit: Any) -> None:
    file = tmp_path / "max.html"
    file.write_text(SAME.html(), encoding="utf-8")
    page = visit(file.as_uri(), java_script_enabled=False).page
    page.locator(".embed summary").click()
    for name in NAMES:
        assert page.locator(f"[data-paste={name}] pre").is_visible() == (name != "fragment")
    assert not page.locator(".embed button").first.is_visible()


def test_axe_finds_nothing_and_nothing_is_wider_than_a_phone(page: Page) -> None:
    for width, differs in ((1200, {}), (360, SHAPES)):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert faults(page, **differs) == []
    page.emulate_media(color_scheme="dark")
    assert faults(page, **CONTRAST) == []
