"""The page about networks: its snippets give what they show, and its commands run."""

from __future__ import annotations

import doctest
import os
import shlex
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from tests.command import run

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "networks.md"
BLOCKS = [token for token in MarkdownIt().parse(PAGE.read_text(encoding="utf-8")) if token.type == "fence"]


def test_a_program_on_the_page_runs(capsys: pytest.CaptureFixture[str]) -> None:
    [program] = [block.content for block in BLOCKS if block.info == "python" and ">>> " not in block.content]
    exec(program, {})  # our own page's
    printed = capsys.readouterr().out
    assert printed.index("Layer 1: Convolution") < printed.index("Layer 3: Max pooling"), "in the order of their use"


def test_every_snippet_gives_what_it_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    names: dict[str, Any] = {}
    snippets = [block for block in BLOCKS if block.info == "python" and ">>> " in block.content]
    assert len(snippets) >= 4
    for block in snippets:
        test = doctest.DocTestParser().get_doctest(block.content, names, "docs/networks.md", "networks.md", 0)
        assert test.examples
        runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.FAIL_FAST)
        assert runner.run(test, clear_globs=False).failed == 0
        names = test.globs


def test_every_command_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    os.symlink(ROOT / "examples", tmp_path / "examples")
    commands = [line for block in BLOCKS if block.info == "bash" for line in block.content.splitlines()]
    assert len(commands) >= 4
    for command in commands:
        program, *arguments = shlex.split(command)
        assert program == "stepwise"
        done = run(*arguments)
        assert done.status == 0, done.err
        assert done.out or done.err.startswith("wrote ")
    assert "<details" in (tmp_path / "digit.html").read_text(encoding="utf-8")
