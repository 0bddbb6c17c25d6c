"""docs/worksheets.md: what it shows is what comes; what it lists is what there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from stepwise.exercises.demands import DEMANDS, MEASURES
from stepwise.worksheets.draws import KINDS
from stepwise.worksheets.sheet import BLANKS, KEYS
from stepwise.worksheets.workshop import FORMATS
from tests.snippets import ROOT, run_all

PAGE = ROOT / "docs" / "worksheets.md"


def test_every_snippet_does_what_it_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run_all("docs/worksheets.md", tmp_path) == {"bash", "yaml", "text"}
    assert {path.name for path in tmp_path.iterdir()} >= {"handout", "bank", "marks.csv"}
    assert not (tmp_path / "never").exists()


def test_everything_is_listed() -> None:
    words = set(re.findall(r"\w+", PAGE.read_text(encoding="utf-8")))
    assert {*KEYS, *BLANKS, *KINDS, *DEMANDS, *MEASURES, *FORMATS} <= words
