"""Hostile words in pages, fragments and sites, opened: nothing of them runs, asks the network or becomes an element."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stepwise.errors import StepwiseError
from stepwise.render import render_html, render_still
from tests.hostile.table import LONG, PLACES, WORDS
from tests.unit.render.test_hostile import everywhere

MARKUP = [words for words in WORDS if any(sign in words for sign in "<&\"'{}:!") and len(words) < 200]
SLOW = {"ONNX names", "practice", "alternatives", "calls compared", *LONG}
SITES = Path(__file__).parents[1] / "sites"
FOUND = """() => {
    const found = [], goes = /^(src|href|action|srcset|style|poster|data|formaction)$/i;
    const bad = a => /^on/i.test(a.name) || /^\\s*javascript:/i.test(a.value)
        || goes.test(a.name) && /evil\\.example/.test(a.value);
    const walk = root => {
        for (const element of root.querySelectorAll('*')) {
            if ([...element.attributes].some(bad)) found.push(element.outerHTML.slice(0, 200));
            if (element.shadowRoot) walk(element.shadowRoot);
        }
    };
    walk(document);
    return found;
}"""


def inert(visit: Callable[..., Any], file: Path) -> Any:
    """Open a page, and look for what has come alive."""
    opened = visit(file.as_uri())
    opened.page.wait_for_load_state()
    opened.page.wait_for_timeout(300)
    assert opened.complaints == [], "no dialog, and no mistake in a script"
    assert [url for url in opened.requests if not url.startswith(("file:", "data:", "blob:"))] == []
    assert opened.page.evaluate(FOUND) == []
    return opened.page


def test_fragments_of_every_place_on_one_page(visit: Callable[..., Any], tmp_path: Path) -> None:
    pieces: list[str] = []
    for place, make in PLACES.items():
        for words in MARKUP if place == "every block" else MARKUP[: 4 if place in SLOW else 12]:
            try:
                lesson = make(words)
            except StepwiseError:
                continue
            pieces.append(render_html(lesson, fragment=True) if len(pieces) % 3 else render_still(lesson))
    assert len(pieces) > 100
    file = tmp_path / "host.html"
    text = f"<!doctype html><html lang=en><meta charset=utf-8><title>host</title>{''.join(pieces)}</html>"
    file.write_text(text, encoding="utf-8", errors="replace")
    inert(visit, file)


@pytest.mark.parametrize("alive", ["<p onclick=1>", "<a href='javascript:1'>", "<svg><a href='//evil.example'/></svg>"])
def test_what_is_alive_would_be_found(alive: str, visit: Callable[..., Any], tmp_path: Path) -> None:
    shadow = f"<div><template shadowrootmode=open>{alive}</template></div>"
    for text in (alive, shadow):
        (tmp_path / "page.html").write_text(f"<!doctype html>{text}")
        with pytest.raises(AssertionError):
            inert(visit, tmp_path / "page.html")


@pytest.mark.parametrize("words", MARKUP[:8], ids=ascii)
def test_pages_of_their_own(words: str, visit: Callable[..., Any], tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text(everywhere(words).html(), encoding="utf-8")
    page = inert(visit, file)
    assert page.title() == " ".join(words.split()), "all of it, as words"


@pytest.mark.parametrize("host", ["sphinx", "mkdocs"])
def test_sites(host: str, visit: Callable[..., Any], tmp_path: Path) -> None:
    """Lessons with such titles and leads, from files, in a page that a site's own program has built."""
    fences = []
    docs = tmp_path / "docs"
    docs.mkdir()
    for number, words in enumerate(MARKUP):
        if not words.isprintable():
            continue
        lesson = {"stepwise": 1, "title": words, "lead": words, "input": "4 3; 2 1", "layers": ["MaxPool2D(2)"]}
        (docs / f"h{number}.yaml").write_text(json.dumps(lesson), encoding="utf-8")
        fences.append(
            f"```{{stepwise}} h{number}.yaml\n```\n" if host == "sphinx" else f"```stepwise\nh{number}.yaml\n```\n"
        )
    (docs / "index.md").write_text("# Hostile\n\n" + "\n".join(fences), encoding="utf-8")
    if host == "sphinx":
        (docs / "conf.py").write_text('extensions = ["myst_parser", "stepwise.sites.sphinx"]\n')
        command = ["sphinx", "-q", "-W", "-b", "html", "docs", "out"]
    else:
        settings = (SITES / "mkdocs" / "mkdocs.yml").read_text(encoding="utf-8")
        (tmp_path / "mkdocs.yml").write_text(settings, encoding="utf-8")
        command = ["mkdocs", "build", "-q", "--strict", "-d", "out"]
    done = subprocess.run([sys.executable, "-m", *command], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    page = inert(visit, tmp_path / "out" / "index.html")
    assert page.locator(".stepwise-lesson").count() == len(fences)
