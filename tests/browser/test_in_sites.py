"""Lessons in sites that Sphinx, MkDocs and nbconvert have built, in the browser: live, quiet, and fit for all.

A host's own page may have faults of its own; what is asked here is that ours adds none to it.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

import stepwise as sw
from tests.browser.accessibility import faults

SITES = Path(__file__).parents[1] / "sites"
SCHEMES = ("light", "dark")
OURS = """async () => {
    const ours = {include: [['.stepwise-lesson, .stepwise-still']]};
    const found = await axe.run(ours, {resultTypes: ['violations'], preload: false});
    return found.violations.map(v => `${v.id}: ${v.help}; ${v.nodes[0].html.slice(0, 200)}`);
}"""
SEEN = """([ours, theirs]) => {
    const root = document.querySelector(ours), lesson = (root.shadowRoot ?? root).querySelector('.lesson');
    const host = document.querySelector(theirs), style = getComputedStyle(lesson), around = getComputedStyle(host);
    const box = lesson.getBoundingClientRect();
    return {font: style.fontFamily === around.fontFamily, ink: style.color, paper: style.backgroundColor,
            theirs: getComputedStyle(document.body).backgroundColor, width: box.width,
            wide: document.documentElement.scrollWidth > innerWidth};
}"""


def build(*command: str, folder: Path = SITES) -> None:
    """A site's own program, run."""
    done = subprocess.run([sys.executable, "-m", *command], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def sphinx(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site by Sphinx, in Furo."""
    place = tmp_path_factory.mktemp("sphinx")
    build("sphinx", "-q", "-W", "-b", "html", "-d", str(place / "trees"), "handbook", str(place / "html"))
    return place / "html"


@pytest.fixture(scope="module")
def mkdocs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site by MkDocs, in Material."""
    place = tmp_path_factory.mktemp("mkdocs")
    build("mkdocs", "build", "-q", "--strict", "-d", str(place), folder=SITES / "mkdocs")
    return place


def quiet(requests: list[str]) -> list[str]:
    """What was asked of anything but the disk."""
    return [url for url in requests if not re.match("file:|data:|blob:|about:", url)]


def at_home(page: Page, ours: str, theirs: str) -> Any:
    """How a lesson looks beside the host's own words, and what axe finds in it."""
    page.evaluate(AXE_SCRIPT)
    assert page.evaluate(OURS) == []
    seen = page.evaluate(SEEN, [ours, theirs])
    assert seen["font"], "set in the host's typeface"
    assert seen["paper"] == seen["theirs"], "on the host's paper"
    assert not seen["wide"]
    return seen


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 360)])
def test_two_lessons_on_a_page_of_sphinx(sphinx: Path, visit: Callable[..., Any], scheme: str, width: int) -> None:
    visited = visit((sphinx / "index.html").as_uri(), width, color_scheme=scheme)
    page: Page = visited.page
    stages = page.locator(".stepwise-lesson .stage.live")
    expect(stages).to_have_count(3)  # one of the first lesson, two of the second, a chain of two layers
    stages.nth(0).locator("[data-act=next]").click()
    expect(stages.nth(0).locator(".count")).to_have_text("2 of 4")
    expect(stages.nth(1).locator(".count")).to_have_text("1 of 1")
    dark = at_home(page, ".stepwise-lesson", "article p")["paper"] != "rgb(255, 255, 255)"
    assert dark == (scheme == "dark")
    assert quiet(visited.requests) == []
    assert visited.complaints == []


@pytest.mark.parametrize("name", ["deeper/exercises.html", "layers.html"])
def test_other_pages_of_sphinx(sphinx: Path, visit: Callable[..., Any], name: str) -> None:
    visited = visit((sphinx / name).as_uri(), color_scheme="light")
    at_home(visited.page, ".stepwise-lesson", "article")
    assert visited.complaints == []


def test_two_that_are_compared_stand_above_their_controls(sphinx: Path, visit: Callable[..., Any]) -> None:
    page: Page = visit((sphinx / "layers.html").as_uri()).page
    stage = page.locator(".stage.two.live").first
    boxes = [stage.locator(f"css={part}").bounding_box() for part in (".views", ".controls", ".tools")]
    assert all(box and box["width"] > 0.9 * stage.bounding_box()["width"] for box in boxes)  # type: ignore[index]
    tops = [box["y"] for box in boxes if box]
    assert tops == sorted(tops)
    assert tops[1] - tops[0] > 100, "the controls stand below"


def test_a_live_lesson_is_as_high_as_its_content_and_one_of_a_given_height_stays(visit: Any, tmp_path: Path) -> None:
    lesson = sw.trace("MaxPool2D(2, strides=1)", [[4, 3], [2, 1]]).lesson()
    frames = f"{lesson.live()._repr_html_()}{lesson.live(height=300)._repr_html_()}"
    (tmp_path / "book.html").write_text(f"<!doctype html><body>{frames}", encoding="utf-8")
    page = visit((tmp_path / "book.html").as_uri()).page
    page.wait_for_function("document.querySelector('iframe').offsetHeight !== 720")
    inner = page.frames[1].evaluate("document.documentElement.scrollHeight")
    assert page.locator("iframe").first.bounding_box()["height"] == inner
    assert page.locator("iframe").nth(1).bounding_box()["height"] == 300


def test_a_theme_that_never_goes_dark_keeps_its_lessons_light(visit: Callable[..., Any], tmp_path: Path) -> None:
    build(
        "sphinx",
        "-q",
        "-W",
        "-b",
        "html",
        "-D",
        "html_theme=alabaster",
        "-d",
        f"{tmp_path}/t",
        "handbook",
        f"{tmp_path}/o",
    )
    page = visit((tmp_path / "o/index.html").as_uri(), color_scheme="dark").page
    assert page.evaluate(SEEN, [".stepwise-lesson", "p"])["paper"] == "rgb(255, 255, 255)"


@pytest.mark.parametrize("scheme", SCHEMES)
def test_two_lessons_on_a_page_of_mkdocs(mkdocs: Path, visit: Callable[..., Any], scheme: str) -> None:
    visited = visit((mkdocs / "index.html").as_uri(), color_scheme=scheme)
    expect(visited.page.locator(".stage.live")).to_have_count(2)
    if scheme == "dark":  # Material chooses by a button that only a server's page has: as that does
        visited.page.evaluate("document.body.dataset.mdColorScheme = 'slate'")
    dark = at_home(visited.page, ".stepwise-lesson", "article p")["paper"] != "rgb(255, 255, 255)"
    assert dark == (scheme == "dark")
    assert quiet(visited.requests) == []


@pytest.mark.parametrize("theme", ["true", "false"], ids=["light", "dark"])
def test_the_still_lesson_in_a_notebook(visit: Callable[..., Any], tmp_path: Path, theme: str) -> None:
    trace = sw.trace("MaxPool2D(2, strides=1, padding='same')", [[4, 3], [2, 1]])
    paper, ink = ("#fff", "#111") if theme == "true" else ("#111", "#fff")
    host = f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>Notebook</title>
        <style>body {{ --jp-layout-color0: {paper}; background: {paper}; color: {ink}; }}
        .jp-out table {{ font-size: 3px; border: 9px solid red; }} .jp-out td, .jp-out th {{ padding: 40px; }}
        .jp-out h1 {{ color: red; }} .jp-out p {{ margin: 99px; }}</style>
        <body data-jp-theme-light="{theme}"><main class="jp-out"><h1>A</h1><h2>B</h2><p id="own">own</p>"""
    html = trace._repr_mimebundle_()["text/html"]
    (tmp_path / "book.html").write_text(f"{host}{html}{html}</main>", encoding="utf-8")
    visited = visit((tmp_path / "book.html").as_uri())
    page: Page = visited.page
    assert faults(page) == []
    seen = page.locator(".stepwise-still td[data-in]").first.evaluate("e => getComputedStyle(e).padding")
    assert seen != "40px", "the host's rules stay out"
    assert page.locator("#own").evaluate("e => getComputedStyle(e).margin") == "99px", "and ours in"
    assert (page.evaluate(SEEN, [".stepwise-still", "main"])["paper"] == "rgb(255, 255, 255)") == (theme == "true")
    assert (quiet(visited.requests), visited.complaints) == ([], [])


def test_a_live_lesson_in_a_notebook_is_locked_up_and_runs(visit: Callable[..., Any], tmp_path: Path) -> None:
    trace = sw.trace("MaxPool2D(2, strides=1, padding='same')", [[4, 3], [2, 1]])
    (tmp_path / "book.html").write_text(f"<!doctype html><body>{trace.lesson().live()._repr_html_()}", encoding="utf-8")
    visited = visit((tmp_path / "book.html").as_uri())
    inside = visited.page.frame_locator("iframe")
    inside.locator("[data-act=next]").click()
    expect(inside.locator(".count")).to_have_text("2 of 4")
    assert visited.page.locator("iframe").get_attribute("sandbox") == "allow-scripts"
    assert (quiet(visited.requests), visited.complaints) == ([], [])


def guide() -> str:
    """What the guide tells the author of any page to paste."""
    text = (Path(__file__).parents[2] / "docs/sites.md").read_text(encoding="utf-8")
    return text.partition("```html\n")[2].partition("```")[0]


def test_a_frame_is_told_how_high_its_page_is(visit: Callable[..., Any], tmp_path: Path) -> None:
    sw.trace("MaxPool2D(2, strides=1, padding='same')", [[4, 3], [2, 1]]).lesson().save(tmp_path / "lesson.html")
    (tmp_path / "host.html").write_text(f"<!doctype html><body>{guide()}", encoding="utf-8")
    page: Page = visit((tmp_path / "host.html").as_uri()).page
    for width in (1200, 400):
        page.set_viewport_size({"width": width, "height": 800})
        page.wait_for_function(
            """() => { const frame = document.querySelector('iframe');
                return frame.clientHeight > 900; }"""
        )
        inner = page.frames[1]
        due = inner.evaluate("document.documentElement.scrollHeight")
        expect(page.locator("iframe")).to_have_css("height", f"{due}px")
