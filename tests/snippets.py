"""Commands and snippets of a document, run in its order in an empty folder; what it shows must be what comes."""

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

ROOT = Path(__file__).parents[1]
LEFT_OUT = "…"
"""A line of shown output that stands for any number of lines."""


def fences(document: str) -> Iterator[tuple[str, str, int]]:
    """The fenced blocks of a document: language, content, line."""
    for token in MarkdownIt().parse(document):
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


def run_all(name: str, folder: Path) -> set[str]:
    """Every block of a document of the repository, run; the languages there were."""
    names: dict[str, Any] = {}  # what the Python snippets have named so far
    printed = None
    ran: set[str] = set()
    for language, content, line in fences((ROOT / name).read_text(encoding="utf-8")):
        where = f"{name}, line {line}"
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
                test = doctest.DocTestParser().get_doctest(content, names, where, name, line)
                assert test.examples, f"{where}: no example to run"
                runner = doctest.DocTestRunner(optionflags=doctest.FAIL_FAST)
                assert runner.run(test, clear_globs=False).failed == 0, where
                names = test.globs
            case "yaml":
                called = re.match(r"# (\w+\.ya?ml)\n", content)
                assert called, f"{where}: its first line says what the file is called"
                (folder / called[1]).write_text(content, encoding="utf-8")
            case "json":
                json.loads(content)
            case "html":
                pass  # a page of its own is made of it in tests/browser
            case _ if language.startswith("{"):
                pass  # a directive: the site that it stands in is built, strictly
            case _:
                pytest.fail(f"{where}: nobody runs a block of {language!r}")
        ran.add(language)
    return ran
