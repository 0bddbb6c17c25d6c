"""The page about formats: its commands and snippets are run, and it tells of every format there is."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from stepwise.render import FORMATS
from stepwise.render.xlsx import MOST_CELLS
from tests.snippets import ROOT, run_all

TEXT = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")


def test_every_snippet_does_what_it_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert {"bash", "python"} <= run_all("docs/formats.md", tmp_path)
    assert {path.suffix for path in tmp_path.iterdir()} == {
        ".pdf",
        ".xlsx",
        ".md",
        ".svg",
        ".tex",
        ".json",
        ".csv",
        ".npy",
    }


def test_every_format_is_told() -> None:
    assert sorted(re.findall(r"^\| `\.(\w+)` \|", TEXT, re.M)) == sorted(FORMATS)


def test_extras_are_those_there_are() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert {"pdf", "xlsx"} == set(re.findall(r"stepwise-cnn\[(\w+)\]", TEXT))
    assert {"pdf", "xlsx"} < set(settings["project"]["optional-dependencies"])


def test_limits_are_those_there_are() -> None:
    assert f"more than {MOST_CELLS:,} cells" in " ".join(TEXT.split())


def test_every_link_leads_somewhere() -> None:
    for target in re.findall(r"\]\(([^):]+)\)", TEXT):
        assert (ROOT / "docs" / target).exists(), target
