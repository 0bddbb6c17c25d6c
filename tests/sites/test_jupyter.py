"""A notebook, run and written as a page by nbconvert itself; what its values show, and the cell magic."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell

import stepwise as sw
from stepwise.sites.jupyter import Live, magic

NOTEBOOK = Path(__file__).parent / "notebook.ipynb"
SAME = sw.trace("MaxPool2D(2, strides=1, padding='same')", [[4, 3], [2, 1]])


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The notebook, run and made a page."""
    folder = tmp_path_factory.mktemp("notebook")
    command = [sys.executable, "-m", "nbconvert", "--execute", "--to", "html", "--output-dir", str(folder)]
    done = subprocess.run([*command, str(NOTEBOOK)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return (folder / "notebook.html").read_text(encoding="utf-8")


def test_a_notebook_shows_what_its_cells_give(page: str) -> None:
    outputs = page.partition("<body")[2]
    assert outputs.count('<div class="stepwise-still"') == 2
    frames = [unescape(found) for found in re.findall(r'<iframe sandbox="allow-scripts" srcdoc="([^"]*)"', outputs)]
    assert len(frames) == 2
    assert all(frame.startswith("<!doctype html>") and "stepwise-record" in frame for frame in frames)
    assert ":root { color-scheme: light;" in frames[0]
    assert "Convolution: 2×2 window" in frames[1]


@pytest.mark.parametrize("value", [SAME, SAME.lesson(), sw.compare(SAME, SAME)], ids=["trace", "lesson", "comparison"])
def test_a_value_shows_itself_without_script_or_id(value: sw.Trace | sw.Lesson) -> None:
    bundle = value._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/markdown", "text/plain"}
    assert not re.search(r"<script|<iframe|<template|\sid=|\son\w+=|https?://(?!www\.w3\.org)", bundle["text/html"])
    assert "max(4, 3, 2, 1) = 4" in bundle["text/plain"]
    assert json.dumps(bundle)


def test_the_magic_reads_options_as_the_command_line_does() -> None:
    told = magic('--input "4 3; 2 1" --practice', "MaxPool2D(2, strides=1, padding='same')\n")
    assert told.text() == SAME.lesson(practice=True).text()
    live = magic(
        "--input image --live", "MaxPool2D(2, strides=1, padding='same')", {"image": np.array([[4, 3], [2, 1]])}
    )
    assert isinstance(live, Live)
    assert live.lesson.text() == SAME.lesson().text()
    both = magic('--input "4 3; 2 1" --compare', "MaxPool2D(2, strides=1)\nMaxPool2D(2, strides=1, padding='same')")
    assert both.title == "VALID or SAME?"


@pytest.mark.parametrize(
    ("line", "cell", "says"),
    [
        ('--input "4 3; 2 1"', "MaxPool2D(2)\nMaxPol2D(2)", "this cell, line 3: there is no layer MaxPol2D"),
        ("--inptu 1", "ReLU()", "this cell, line 2: there is no option 'inptu' here"),
        ("input", "ReLU()", "found 'input', expected an option such as"),
        ("--input", "ReLU()", "--input has no value"),
        ('--input "4', "ReLU()", "cannot be read: No closing quotation"),
    ],
)
def test_a_mistake_in_a_cell_is_one_line(line: str, cell: str, says: str) -> None:
    shell: Any = InteractiveShell()  # type: ignore[no-untyped-call]
    shell.run_line_magic("load_ext", "stepwise")
    with pytest.raises(UsageError) as caught:
        shell.run_cell_magic("stepwise", line, cell)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("how", "says"), [({"height": 5}, "height=5"), ({"scheme": "blue"}, "auto, light or dark")])
def test_a_frame_says_what_it_can_be(how: dict[str, Any], says: str) -> None:
    with pytest.raises(sw.StepwiseError, match=says):
        SAME.lesson().live(**how)
