"""Our own documentation site: built strictly, complete, its lessons live, and every page of it fit for all."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from stepwise import cli
from tests.snippets import ROOT
from tools.docsite import described_examples

DOCS = ROOT / "docs"
PAGES = sorted(path.relative_to(DOCS).with_suffix("").as_posix() for path in DOCS.rglob("*.md"))
AXE = """async () => (await axe.run(document, {resultTypes: ['violations'], preload: false})).violations
    .map(v => `${v.id}: ${v.nodes[0].html.slice(0, 160)}`)"""

pytestmark = pytest.mark.xdist_group("docs")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, as `make docs` builds it, its gallery in two formats: the tests of the examples write them all."""
    place = tmp_path_factory.mktemp("docs")
    command = [
        sys.executable,
        "-m",
        "sphinx",
        "-q",
        "-W",
        "--keep-going",
        "-b",
        "html",
        "-D",
        "gallery_formats=md,html",
    ]
    done = subprocess.run(
        [*command, "-d", str(place / "trees"), str(DOCS), str(place / "html")], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    return place / "html"


def test_it_is_complete(site: Path) -> None:
    assert [page for page in PAGES if not (site / f"{page}.html").exists()] == []
    gallery = (site / "gallery.html").read_text(encoding="utf-8")
    for name, _text in described_examples():
        assert f'href="gallery/{name}.html"' in gallery
        assert (site / f"gallery/{name}.html").exists()
    told = (site / "reference/command-line.html").read_text(encoding="utf-8")
    assert all(f'id="stepwise-{name}"' in told for name in cli.COMMANDS)
    for live in ("index", "pooling", "start-site", "start-student", "geometry", "frameworks"):
        assert '<template shadowrootmode="open">' in (site / f"{live}.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_for_everyone_and_asks_nothing_of_others(site: Path, visit: Callable[..., Any], page: str) -> None:
    visited = visit((site / f"{page}.html").as_uri(), color_scheme="light")
    visited.page.evaluate(AXE_SCRIPT)
    assert visited.page.evaluate(AXE) == []
    assert [url for url in visited.requests if not url.startswith(("file:", "data:"))] == []
    assert visited.complaints == []
    visited.page.set_viewport_size({"width": 360, "height": 800})
    assert visited.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
