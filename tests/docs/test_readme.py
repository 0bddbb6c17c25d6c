"""Every command and snippet of the README is run, in its order, in an empty folder, and what it shows is what comes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.snippets import ROOT, fences, run_all, shows

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_snippet_does_what_it_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert {"bash", "python", "yaml", "text"} <= run_all("README.md", tmp_path)
    assert (tmp_path / "average.html").read_text(encoding="utf-8").endswith("</html>")
    for language, content, line in fences(README):
        if language == "bash" and not content.startswith("make "):
            assert all(re.match(r"stepwise |  ", command) for command in content.splitlines()), f"line {line}"


def test_shown_output_is_looked_for_line_by_line() -> None:
    printed = "one  \ntwo\nthree\nfour\n"
    assert shows(printed, "one\ntwo\n")
    assert shows(printed, "one\n…\nfour\n")
    assert not shows(printed, "one\nthree\n")
    assert not shows(printed, "four\n…\none\n")
    assert not shows(printed, "hree\n")


def targets() -> set[str]:
    """What the README links to or shows, other than addresses of the web."""
    found = re.findall(r"\]\(([^)]+)\)|(?:src|srcset)=\"([^\"]+)\"", README)
    return {target for pair in found for target in pair if target and "://" not in target}


def test_every_link_leads_somewhere() -> None:
    assert "docs/images/valid-or-same.png" in targets()
    assert [target for target in targets() if not (ROOT / target.partition("#")[0]).exists()] == []


def test_pictures_can_be_understood_without_seeing_them() -> None:
    for picture in re.findall(r"<img [^>]+>", README):
        assert len(re.search(r'alt="([^"]*)"', picture)[1]) > 40  # type: ignore[index]  # else the test fails, as it should
