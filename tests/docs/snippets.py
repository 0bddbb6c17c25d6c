"""The snippets of a page, run in their order as somebody would who reads it, and compared with what it shows."""

from __future__ import annotations

import doctest
import json
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
LEFT_OUT = "…"
"""A line of shown output that stands for any number of lines."""


def fences(page: Path) -> Iterator[tuple[str, str, int]]:
    """A page's fenced blocks: language, content, line."""
    for token in MarkdownIt().parse(page.read_text(encoding="utf-8")):
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


def run_page(page: Path, folder: Path) -> set[str]:
    """Run every snippet of a page in a folder, which must be the present one; gives the languages they are in."""
    names: dict[str, Any] = {}  # what the Python snippets have named so far
    printed, ran = None, []
    for language, content, line in fences(page):
        where = f"{page.name}, line {line}"
        match language:
            case "bash" if content.startswith("make "):
                for command in content.splitlines():
                    run(f"{command} --dry-run", ROOT)  # they are the tests themselves: only that there are such targets
            case "bash":
                printed = run(content, folder)
            case "text":
                assert printed is not None, f"{where}: no command stands before this output"
                assert shows(printed, content), f"{where}: not what was printed:\n{printed}"
                printed = None
            case "python":
                test = doctest.DocTestParser().get_doctest(content, names, where, page.name, line)
                assert test.examples, f"{where}: no example to run"
                runner = doctest.DocTestRunner(optionflags=doctest.FAIL_FAST)
                assert runner.run(test, clear_globs=False).failed == 0, where
                names = test.globs
            case "yaml":
                name = re.match(r"# (\w+\.yaml)\n", content)
                assert name, f"{where}: its first line says what the file is called"
                (folder / name[1]).write_text(content, encoding="utf-8")
            case "json":
                json.loads(content)
            case _:
                pytest.fail(f"{where}: nobody runs a block of {language!r}")
        ran.append(language)
    return set(ran)
