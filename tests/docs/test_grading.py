"""docs/grading.md: what it shows is what comes, and the manifest it shows can be marked against."""

from __future__ import annotations

from pathlib import Path

import pytest

from stepwise.exercises.assignment import load_assignment
from tests.snippets import ROOT, fences, run_all
from tests.unit.grading.classes import LESSON

PAGE = ROOT / "docs" / "grading.md"


def test_every_snippet_does_what_it_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run_all("docs/grading.md", tmp_path) == {"bash", "python", "yaml", "text", "json"}
    made = {path.name for path in tmp_path.iterdir()}
    assert {"report.csv", "overview.html", "autograder.zip", "q1.py", "q1.ipynb", "again.jsonl"} <= made


def test_the_manifest_that_is_shown_is_read(tmp_path: Path) -> None:
    [shown] = [content for language, content, _line in fences(PAGE.read_text(encoding="utf-8")) if language == "json"]
    (tmp_path / "manifest.json").write_text(shown)
    for name in ("pooling.yaml", "another.yaml"):
        (tmp_path / name).write_text(LESSON)
    assert load_assignment(tmp_path).variants == ("v01", "v02", "v03")
