"""mystmd itself, from npm, reads a site with our plugin: every directive, and a mistake by file and line."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
MYST = ROOT / ".venv/mystmd/node_modules/.bin/myst"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """The site, where it may be written to."""
    place = tmp_path / "site"
    shutil.copytree(ROOT / "tests/sites/mystmd", place)
    return place


def myst(site: Path, *arguments: str) -> str:
    """What `myst build` says. Its theme comes from the network, so that a site is read and no page of it drawn."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [MYST, "build", *arguments], cwd=site, env={**os.environ, "PATH": path, "NO_COLOR": "1"}, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    return done.stdout + done.stderr


def count(node: dict[str, Any]) -> Counter[str]:
    """The nodes of a tree, by kind."""
    return sum(map(count, node.get("children", [])), Counter({node["type"]: 1}))


def test_a_page_is_exported(site: Path) -> None:
    said = myst(site, "--md", "--strict")
    assert "⚠" not in said and "⛔" not in said, said  # noqa: PT018
    told = (site / "out/index.md").read_text(encoding="utf-8")
    assert "### Max pooling by hand" in told
    assert told.count(":::{dropdown} Solution") == 1
    assert "iframe} data:text/html;charset=utf-8;base64," in told


def test_a_site_is_read_and_its_pictures_are_files(site: Path) -> None:
    said = myst(site, "--site")
    assert "Built 1 page for project" in said, said
    kinds = count(json.loads((site / "_build/site/content/index.json").read_text(encoding="utf-8"))["mdast"])
    assert (kinds["iframe"], kinds["details"]) == (1, 1)
    assert kinds["image"] > 10
    assert len(list((site / "_build/site/public").glob("*.svg"))) > 5
    assert "mystDirective" not in kinds


def test_a_mistake_is_told_by_file_and_line(site: Path) -> None:
    with (site / "index.md").open("a", encoding="utf-8") as page:
        page.write("\n```{stepwise}\n:input: 4 3; 2 1\n\nMaxPol2D(2)\n```\n")
    lines = (site / "index.md").read_text(encoding="utf-8").splitlines()
    said = myst(site, "--site", "--strict")
    line = lines.index("MaxPol2D(2)") + 1
    assert f"index.md:{line} Cross reference target was not found: there is no layer MaxPol2D here." in said
