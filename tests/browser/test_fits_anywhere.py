"""A lesson inside other people's pages: sealed off, under a strict policy, with hooks that stay."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

import stepwise as sw
from stepwise.render import policy, write_assets

ROOT = Path(__file__).parents[2]
SAME = "MaxPool2D(2, strides=1, padding='same')"
FOUR = [[4, 3], [2, 1]]
HOSTILE = """
  html { font-size: 40px; } body { color: lime; line-height: 3; letter-spacing: .5em; text-transform: uppercase; }
  * { box-sizing: content-box !important; font-family: fantasy !important; }
  table, td, th, button, input, p, h1, h2, section, ol, li, math { all: unset !important; margin: 9px !important; }
  [hidden] { display: block !important; } td { display: none !important; }
  .scene, .step, .working { position: fixed !important; }
"""
LOOKS = """root => [...root.querySelectorAll('.stage td, .stage button, h1, h2, .working, .frame')].map(element => {
    const look = getComputedStyle(element), {width, height} = element.getBoundingClientRect();
    return ['color', 'fontFamily', 'fontSize', 'borderTopWidth', 'display', 'position', 'letterSpacing',
        'textTransform', 'lineHeight'].map(name => look[name]).concat(element.tagName, width, height);
})"""
THEIRS = """() => ['#own', '#b', '.matrix td'].map(selector => {
    const look = getComputedStyle(document.querySelector(selector));
    return ['color', 'fontFamily', 'fontSize', 'borderTopWidth', 'display', 'padding', 'margin', 'backgroundColor',
        'fontWeight', 'lineHeight'].map(name => look[name]);
})"""
IDS = """() => [...document.querySelectorAll('.stepwise-lesson')]
    .flatMap(root => [...root.shadowRoot.querySelectorAll('[id]')].map(element => element.id))"""
Served = Callable[[str, dict[str, str]], str]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """Serves pages with headers of their own: `served(html, {"Content-Security-Policy": …})`."""
    headers: dict[str, str] = {}

    class Handler(http.server.SimpleHTTPRequestHandler):
        def end_headers(self) -> None:
            for name, value in headers.items():
                self.send_header(name, value)
            super().end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(tmp_path)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()

    def serve(html: str, given: dict[str, str]) -> str:
        headers.update(given)
        (tmp_path / "page.html").write_text(html, encoding="utf-8")
        return f"http://127.0.0.1:{server.server_port}/page.html"

    yield serve
    server.shutdown()
    thread.join()
    server.server_close()


def host(*pieces: str, head: str = "") -> str:
    body = "\n".join(pieces)
    return f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Host</title>{head}<body>{body}</body></html>'


def fragment(call: str = SAME, data: Any = FOUR, **how: Any) -> str:
    return sw.trace(call, data).lesson().html(fragment=True, **how)


def live(page: Page, count: int = 1) -> None:
    expect(page.locator(".stage.live")).to_have_count(count)


def looks(page: Page) -> Any:
    live(page)
    page.locator(".lesson").evaluate(
        "root => new Promise(next => requestAnimationFrame(() => requestAnimationFrame(next)))"
        ".then(() => Promise.allSettled(root.getAnimations({subtree: true}).map(moving => moving.finished)))"
    )  # the frame has arrived
    return page.locator(".lesson").evaluate(LOOKS)


def opened(visit: Any, tmp_path: Path, html: str, name: str = "host.html") -> Page:
    (tmp_path / name).write_text(html, encoding="utf-8")
    page: Page = visit((tmp_path / name).as_uri()).page
    return page


def test_hostile_styles_do_not_leak_in(visit: Any, tmp_path: Path) -> None:
    quiet = looks(opened(visit, tmp_path, host(fragment())))
    hostile = looks(opened(visit, tmp_path, host(fragment(), head=f"<style>{HOSTILE}</style>")))
    assert len(quiet) > 30
    assert hostile == quiet


def test_bootstrap_does_not_leak_in_nor_our_styles_out(visit: Any, tmp_path: Path) -> None:
    bootstrap = (ROOT / "node_modules/bootstrap/dist/css/bootstrap.min.css").as_uri()
    own = '<h1 id="own">Theirs</h1><table class="matrix"><tr><td class="window">1</td></tr></table>'
    own += '<button id="b">b</button>'
    link = f'<link rel="stylesheet" href="{bootstrap}">'
    before = opened(visit, tmp_path, host(own, head=link)).evaluate(THEIRS)
    page = opened(visit, tmp_path, host(own, fragment(), head=link))
    bare = opened(visit, tmp_path, host('<div style="margin: 0">', fragment(), "</div>"))
    assert [row[:4] for row in looks(page)] == [row[:4] for row in looks(bare)]
    assert page.evaluate(THEIRS) == before


def test_two_fragments_on_one_page_keep_apart(visit: Any, tmp_path: Path) -> None:
    first, second = fragment(), fragment("AveragePooling2D(2, strides=1)", [[1, 2, 3], [4, 5, 6]])
    page = opened(visit, tmp_path, host(first, second, first))
    live(page, 3)
    page.locator("[data-act=next]").nth(1).click()
    assert page.locator(".count").all_text_contents() == ["1 of 4", "2 of 2", "1 of 4"]
    assert "step.2=2" in page.url
    page.locator("[data-act=last]").nth(2).click()
    assert page.locator(".count").all_text_contents() == ["1 of 4", "2 of 2", "4 of 4"]
    ids = page.evaluate(IDS)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("whole", [True, False], ids=["page", "fragment"])
def test_a_strict_policy_with_the_script_served_apart(visit: Any, served: Served, tmp_path: Path, whole: bool) -> None:
    write_assets(tmp_path / "assets")
    lesson = sw.trace(SAME, FOUR).lesson()
    html = lesson.html(assets="assets") if whole else host(lesson.html(fragment=True, assets="assets"))
    html = html.replace(" media=", " data-media=")
    strict = "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:"
    if whole:
        html = html.replace("<style", "<!-- <style").replace("</style>", "</style> -->")  # the body's margin alone
    visited = visit(served(html, {"Content-Security-Policy": strict}))
    live(visited.page)
    visited.page.locator("[data-act=next]").click()
    expect(visited.page.locator(".stage td.result")).to_have_attribute("data-out", "0,1")
    assert visited.page.locator(".controls button").first.evaluate("b => b.getBoundingClientRect().height") >= 40
    assert visited.complaints == []


def test_a_strict_policy_with_hashes(visit: Any, served: Served) -> None:
    html = sw.trace(SAME, FOUR).lesson().html()
    visited = visit(served(html, {"Content-Security-Policy": f"default-src 'none'; {policy(html)}"}))
    live(visited.page)
    assert visited.page.locator(".controls button").first.evaluate("b => b.getBoundingClientRect().height") >= 40
    assert visited.complaints == []
    refused = visit(
        served(html.replace("b=0,n=0", "b=0,n=0 "), {"Content-Security-Policy": f"default-src 'none'; {policy(html)}"})
    )
    expect(refused.page.locator(".steps .step").first).to_be_visible()
    expect(refused.page.locator(".stage.live")).to_have_count(0)


AWAIT = """place => void (window.fed = new Promise((found, late) => {
    addEventListener('stepwise-fed', ({detail}) => detail.input[place] > 0 && found(detail));
    setTimeout(late, 120_000, new Error('nothing was fed'));
}))"""
"""What is fed, once a cell has something: such a policy forbids the driver to ask again and again by itself."""


def test_pad_and_picture_under_a_strict_policy_ask_for_nothing(visit: Any, served: Served, tmp_path: Path) -> None:
    """With hashes, as the documentation has it; what is used comes out right, and leaves the page alone."""
    trace = sw.trace("Conv2D(1, 2)", [[0, 0, 0], [0, 9, 0], [0, 0, 0]], kernel=[[1, 2], [3, 4]])
    html = trace.lesson(knobs=["all", "pad", "picture"]).html()
    address = served(html, {"Content-Security-Policy": f"default-src 'none'; {policy(html)}"})
    visited = visit(address)
    page = visited.page
    page.evaluate(AWAIT, 0)
    page.locator(".feed canvas").click(position={"x": 20, "y": 20})
    drawn = page.evaluate("fed")
    assert drawn["input"][0] > 0, "a dot is a stroke, too"
    assert sum(drawn["input"]) == drawn["input"][0]
    given = np.array(drawn["input"]).reshape(3, 3)
    assert drawn["output"] == sw.trace("Conv2D(1, 2)", given, kernel=[[1, 2], [3, 4]]).output.ravel().tolist()
    page.locator("[data-knob=stride]").press("ArrowUp")
    Image.fromarray(np.eye(3, dtype=np.uint8) * 255).save(tmp_path / "own.png")
    page.evaluate(AWAIT, 8)
    page.locator(".feed [type=file]").set_input_files(tmp_path / "own.png")
    taken = page.evaluate("fed")
    assert taken["input"] == [9, 0, 0, 0, 9, 0, 0, 0, 9]
    assert taken["output"] == [9 * 1 + 9 * 4], "with the stride that was turned"
    assert visited.complaints == []
    assert visited.requests == [address]


def test_a_strict_policy_with_a_nonce(visit: Any, served: Served) -> None:
    html = host(fragment(nonce="abc123=="))
    strict = "default-src 'none'; script-src 'nonce-abc123=='; style-src 'nonce-abc123=='; img-src data:"
    visited = visit(served(html, {"Content-Security-Policy": strict}))
    live(visited.page)
    assert visited.complaints == []


def test_a_host_sets_colours_and_scheme(visit: Any, tmp_path: Path) -> None:
    own = "<style>.stepwise-lesson { --stepwise-window: rgb(200, 0, 100); --stepwise-scheme: dark; }</style>"
    page = opened(visit, tmp_path, host(fragment(), head=own))
    live(page)
    assert page.locator(".frame.window").evaluate("f => getComputedStyle(f).borderTopColor") == "rgb(200, 0, 100)"
    assert page.locator(".lesson").evaluate("l => getComputedStyle(l).backgroundColor") == "rgb(18, 22, 29)"


def test_a_host_hears_of_every_step(visit: Any, tmp_path: Path) -> None:
    heard = "<script>heard = []; addEventListener('stepwise-step', event => heard.push(event.detail));</script>"
    page = opened(visit, tmp_path, host(heard, fragment()))
    live(page)
    page.locator("[data-act=next]").click()
    assert page.evaluate("heard") == [
        {"stage": 0, "step": 2, "of": 4, "index": [0, 1], "formula": "max(3, 1) = 3", "changed": False}
    ]


def test_hooks_that_other_peoples_scripts_rely_on(visit: Any, tmp_path: Path) -> None:
    page = opened(
        visit, tmp_path, sw.trace("MaxPool2D(2, padding='same')", [[[1, 2], [3, 4], [5, 6]]] * 3).lesson().html()
    )
    live(page)
    for hook in (".stepwise-lesson", "[data-pad]", '[data-in="0,0,1"]', '[data-out="1,1,0"]', "[role=status]"):
        assert page.locator(hook).count() >= 1, hook
    for name in ("first", "previous", "next", "last", "play"):
        expect(page.locator(f".stage [data-act={name}]")).to_have_count(1)
