"""Nothing is waited for before it is needed: what each use of the package imports, told by a fresh interpreter."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("numpy", "jinja2", "sympy")
SAY = f"\nimport sys; print(*[name for name in {HEAVY} if name in sys.modules])"
HELP = """
import sys
from stepwise.cli import main
sys.argv = ["stepwise", *{words}]
try:
    main()
except SystemExit as stop:
    assert not stop.code
"""
TRACE = """
import stepwise as sw
t = sw.trace("Conv2D(2, 2, padding='same')", [[4.5, 3], [2, 1]])
t.verify(), t.steps[0].formula, t.lesson()
"""


def imported(code: str) -> set[str]:
    """Which of the heavy packages the code imports."""
    done = subprocess.run([sys.executable, "-c", code + SAY], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["-h"]])
def test_help_comes_at_once(words: list[str]) -> None:
    assert imported(HELP.format(words=words)) == set()


@pytest.mark.parametrize("module", ["stepwise", "stepwise.errors", "stepwise.cli"])
def test_importing_it_imports_nothing_heavy(module: str) -> None:
    assert imported(f"import {module}") == set()


def test_a_trace_and_its_lesson_need_only_numpy() -> None:
    assert imported(TRACE) == {"numpy"}


def test_a_page_never_needs_sympy() -> None:
    assert imported(TRACE + "t.lesson().html(), t.lesson().markdown()") == {"numpy", "jinja2"}
