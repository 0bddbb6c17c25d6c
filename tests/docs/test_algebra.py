"""Every command and snippet of docs/algebra.md is run, and what it shows is what comes."""

from __future__ import annotations

import doctest
import re
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from tests.snippets import run, shows

PAGE = Path(__file__).parents[2] / "docs" / "algebra.md"


def test_every_snippet_does_what_it_shows(tmp_path: Path) -> None:
    names: dict[str, Any] = {}
    printed, ran = None, []
    for token in MarkdownIt().parse(PAGE.read_text(encoding="utf-8")):
        if token.type != "fence":
            continue
        assert token.map is not None
        where = f"{PAGE.name}, line {token.map[0] + 2}"
        match token.info:
            case "bash":
                assert token.content.startswith("stepwise "), where
                printed = run(token.content, tmp_path)
            case "text":
                assert printed is not None, where
                assert shows(printed, token.content), f"{where}: not what was printed:\n{printed}"
            case "python":
                test = doctest.DocTestParser().get_doctest(token.content, names, where, PAGE.name, token.map[0] + 1)
                assert doctest.DocTestRunner(optionflags=doctest.FAIL_FAST).run(test, clear_globs=False).failed == 0, (
                    where
                )
                names = test.globs
            case _:
                pytest.fail(f"{where}: nobody runs a block of {token.info!r}")
        ran.append(token.info)
    assert ran.count("bash") >= 4
    assert ran.count("python") >= 5


def test_it_answers_the_three_questions() -> None:
    titles = re.findall(r"^## (.*)$", PAGE.read_text(encoding="utf-8"), flags=re.M)
    assert titles == ["Why does SAME give ⌈n/s⌉?", "Is average pooling a convolution?", "Which paddings take 28 to 14?"]
