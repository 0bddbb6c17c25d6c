"""Every command and snippet of the README is run, in its order, in an empty folder, and what it shows is what comes."""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
LEFT_OUT = "…"
"""A line of shown output that stands for any number of lines."""


def fences() -> Iterator[tuple[str, str, int]]:
    """The README's fenced blocks: language, content, line."""
    for token in MarkdownIt().parse(README):
        if token.type == "fence":
            assert token.map is not None
            yield token.info, token.content, token.map[0] + 2  # the content's first line, from 1


def run(commands: str, folder: Path) -> str:
    """What a block of commands prints, as somebody would run it who has installed stepwise."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands],
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, f"{commands}\n{done.stderr}"
    return done.stdout


def shows(printed: str, shown: str) -> bool:
    """Whether the shown lines stand in what was printed, in their order and without gaps but those marked as such."""
    parts = [re.escape(part.strip("\n")) for part in re.split(rf"^{LEFT_OUT}$", shown, flags=re.M)]
    pattern = r"^" + r"$[\s\S]*^".join(parts) + r"$"
    trimmed = "\n".join(line.rstrip() for line in printed.splitlines())
    return re.search(pattern, trimmed, flags=re.M) is not None


def test_every_snippet_does_what_it_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}  # what the Python snippets have named so far
    printed, ran = None, []
    for language, content, line in fences():
        where = f"README.md, line {line}"
        match language:
            case "bash" if content.startswith("make "):
                for command in content.splitlines():
                    run(f"{command} --dry-run", ROOT)  # they are the tests themselves: only that there are such targets
            case "bash":
                assert all(re.match(r"stepwise |  ", command) for command in content.splitlines()), where
                printed = run(content, tmp_path)
            case "text":
                assert printed is not None, f"{where}: no command stands before this output"
                assert shows(printed, content), f"{where}: not what was printed:\n{printed}"
                printed = None
            case "python":
                test = doctest.DocTestParser().get_doctest(content, names, where, "README.md", line)
                assert test.examples, f"{where}: no example to run"
                runner = doctest.DocTestRunner(optionflags=doctest.FAIL_FAST)
                assert runner.run(test, clear_globs=False).failed == 0, where
                names = test.globs
            case "yaml":
                name = re.match(r"# (\w+\.yaml)\n", content)
                assert name, f"{where}: its first line says what the file is called"
                (tmp_path / name[1]).write_text(content, encoding="utf-8")
            case _:
                pytest.fail(f"{where}: nobody runs a block of {language!r}")
        ran.append(language)
    assert {"bash", "python", "yaml", "text"} <= set(ran)
    assert "</html>" in (tmp_path / "average.html").read_text(encoding="utf-8")


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
