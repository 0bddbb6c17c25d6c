"""Nothing is waited for before it is needed: what each use of the package imports, told by a fresh interpreter."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("numpy", "jinja2", "sympy")
OF_OTHERS = (
    "numpy.random",
    "ruamel.yaml",
    "importlib.metadata",
    "zipfile",
    "gzip",
    "difflib",
    "stepwise.lesson_files.lesson_file",
    "stepwise.layers.saved",
    "stepwise.marking.verdict",
    "stepwise.marking.answers",
    "stepwise.render.html",
    "stepwise.render.templates",
    "stepwise.render.xlsx",
    "stepwise.dialects.onnx_files",
    "stepwise.dialects.onnx_network",
    "stepwise.algebra.equivalent",
    "stepwise.analysis.backpropagation",
    "stepwise.dialects.keras_models",
    "stepwise.dialects.keras_networks",
    "stepwise.dialects.torch_losses",
    "stepwise.dialects.torch_networks",
    "stepwise.dialects.torch_training",
    "stepwise.lessons.gradients",
    "stepwise.lessons.network",
    "stepwise.networks.network",
    "stepwise.networks.training.model",
    "stepwise.networks.training.optimizers",
    "stepwise.networks.training.trouble",
    "stepwise.ops.targets",
    "stepwise.exercises",
    "stepwise.grading",
    "stepwise.worksheets",
)
"""What other requests than a call told as a text need."""
SAY = "\nimport sys; print(); print(*[name for name in {names} if name in sys.modules])"
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


def imported(code: str, names: tuple[str, ...] = HEAVY) -> set[str]:
    """Which of the heavy packages, or of others, the code imports."""
    done = subprocess.run([sys.executable, "-c", code + SAY.format(names=names)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["-h"]])
def test_help_comes_at_once(words: list[str]) -> None:
    assert imported(HELP.format(words=words)) == set()


@pytest.mark.parametrize("module", ["stepwise", "stepwise.errors", "stepwise.cli"])
def test_importing_it_imports_nothing_heavy(module: str) -> None:
    assert imported(f"import {module}") == set()


EXPLAIN = ["explain", "MaxPool2D(2, strides=1, padding='same')", "--input", "4 3; 2 1"]


def test_a_call_told_as_a_text_waits_for_nothing_that_others_need(tmp_path: Path) -> None:
    assert imported(HELP.format(words=EXPLAIN), (*HEAVY, *OF_OTHERS)) == {"numpy"}
    (tmp_path / "lesson.yaml").write_text("stepwise: 1\ninput: 4 3; 2 1\nlayers: [MaxPool2D(2)]\n")
    page = HELP.format(words=["explain", str(tmp_path / "lesson.yaml"), "--to", "html"])
    assert {"ruamel.yaml", "stepwise.lesson_files.lesson_file", "stepwise.render.html"} <= imported(page, OF_OTHERS)


def test_a_trace_and_its_lesson_need_only_numpy() -> None:
    assert imported(TRACE) == {"numpy"}


def test_a_page_never_needs_sympy() -> None:
    assert imported(TRACE + "t.lesson().html(), t.lesson().markdown()") == {"numpy", "jinja2"}


@pytest.mark.parametrize(
    "words",
    [
        ["shape", "Conv2D(8, 3)", "MaxPool2D(2)", "--input-shape", "28,28,1"],
        ["shape", "--from", "28", "--to", "14", "--dialect", "torch"],
        ["explain", "Conv2D(1, 2)", "--input", "1 2; 3 4.5", "--matrix"],
        ["compare", "MaxPool2D(2)", "AveragePooling2D(2)", "--input", "1 2; 3 4"],
    ],
    ids=" ".join,
)
def test_a_command_on_numbers_never_needs_sympy(words: list[str]) -> None:
    assert "sympy" not in imported(HELP.format(words=words))


def test_letters_do_need_sympy() -> None:
    """Else the tests above would prove nothing."""
    assert "sympy" in imported(HELP.format(words=["explain", "MaxPool2D(2)", "--input", "a 2; 3 4"]))
    assert "sympy" in imported(HELP.format(words=["shape", "MaxPool2D(2)", "--input-shape", "n,n"]))


def test_fractions_alone_need_no_sympy() -> None:
    code = "import stepwise as sw; t = sw.trace('AveragePooling2D(2)', '13/4 1; 2 0'); t.verify(), t.lesson().text()"
    assert imported(code) == {"numpy", "jinja2"} or imported(code) == {"numpy"}
