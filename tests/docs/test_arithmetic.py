"""The figures of conv_arithmetic: the paper's sizes and numbers, and commands that make just what is shown."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import numpy as np
import pytest

from tests.command import run
from tools.arithmetic import FIGURES, draw

SHOWN = {shown.name: shown for shown in FIGURES}
PAPER = {  # Dumoulin & Visin, figures 1.1, 1.2, 1.5 and 1.6, with a decimal where they print one
    "numerical_no_padding_no_strides": [[12, 12, 17], [10, 17, 19], [9, 6, 14]],
    "numerical_padding_strides": [[6, 17, 3], [8, 17, 13], [6, 4, 4]],
    "numerical_average_pooling": [[1.7, 1.7, 1.7], [1.0, 1.2, 1.8], [1.1, 0.8, 1.3]],
    "numerical_max_pooling": [[3, 3, 3], [3, 3, 3], [3, 2, 3]],
}


@pytest.mark.parametrize("name", SHOWN)
def test_sizes_and_numbers_are_those_of_the_paper(name: str) -> None:
    trace = SHOWN[name].trace()
    assert trace.shape == (SHOWN[name].output, SHOWN[name].output)
    if SHOWN[name].theirs[-5:] == "above":
        assert SHOWN[name].theirs.endswith(f"{trace.shape[0]}×{trace.shape[1]} above")
    if name in PAPER:
        assert np.round(np.asarray(trace, float), 1).tolist() == PAPER[name]


def test_the_sixteen_are_there() -> None:
    straight = {name for name in SHOWN if not name.startswith("numerical") and not name.endswith("transposed")}
    assert len(straight) == 8
    assert {f"{name}_transposed" for name in straight} <= SHOWN.keys()


@pytest.mark.parametrize("name", ["padding_strides", "no_padding_strides_transposed", "numerical_average_pooling"])
def test_a_command_makes_what_stands_beside_it(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    draw(tmp_path / "drawn")
    for numbers in (True, False):
        program, *words = shlex.split(SHOWN[name].command(numbers))
        assert program == "stepwise"
        assert run(*words, "--force").status == 0
        made = Path(f"{name}.svg").read_text(encoding="utf-8")
        assert made == Path(f"drawn/{name}{'' if numbers else '-cells'}.svg").read_text(encoding="utf-8")
        assert ("<text" in re.sub(r"<text[^>]*>→</text>", "", made)) == numbers


@pytest.mark.parametrize("numbers", [True, False])
@pytest.mark.parametrize("name", ["full_padding_no_strides", "arbitrary_padding_no_strides"])
def test_the_largest_are_small_files(name: str, numbers: bool) -> None:
    """49 and 36 steps: none of theirs has more, or a larger picture."""
    lesson = SHOWN[name].trace().lesson(detail="none")
    for format in ("gif", "apng", "svg"):
        assert len(lesson.figure("animated", format, numbers=numbers)) <= 300_000, format
