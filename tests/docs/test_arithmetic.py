"""The figures of conv_arithmetic: the paper's sizes and numbers, and commands that make just what is shown."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stepwise.lessons.figures import Telling, layers
from stepwise.render.figure import WIDEST, raster, snapped
from stepwise.render.figure.layout import Frames
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
    draw(tmp_path / "drawn", [SHOWN[name]])
    for numbers in (True, False):
        program, *words = shlex.split(SHOWN[name].command(numbers))
        assert program == "stepwise"
        assert run(*words, "--force").status == 0
        made = Path(f"{name}.svg").read_text(encoding="utf-8")
        assert made == Path(f"drawn/{name}{'' if numbers else '-cells'}.svg").read_text(encoding="utf-8")
        assert ("<text" in re.sub(r"<text[^>]*>→</text>", "", made)) == numbers


LARGEST = "dilation_transposed"


def pixels(name: str) -> float:
    """Of all the pictures that a .gif of it has."""
    telling = Telling(layers(SHOWN[name].trace().lesson(detail="none"))[-1], SHOWN[name].way)
    frames = Frames(True, "en")
    frames.learn([telling.block(number) for number in range(1, telling.total + 1)])
    one = frames.draw(telling.block(1))
    return telling.total * one.width * one.height * snapped(one, min(1, WIDEST / one.width)) ** 2


def test_no_other_of_the_sixteen_has_more_to_write() -> None:
    """One has as much, less a hundredth; its input is not stretched, so less changes from step to step."""
    sixteen = [name for name in SHOWN if not name.startswith("numerical")]
    assert max(map(pixels, sixteen)) <= 1.02 * pixels(LARGEST)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_largest_is_a_small_file(theme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its numbers; coloured cells alone are a third of it. What typst draws is drawn once for both formats."""
    lesson, drawn = SHOWN[LARGEST].trace().lesson(detail="none"), raster._pages
    kept: list[list[bytes]] = []

    def once(*asked: Any) -> list[bytes]:
        kept[:] = kept or [drawn(*asked)]
        return kept[0]

    monkeypatch.setattr(raster, "_pages", once)
    for format in ("gif", "apng", "svg"):
        assert len(lesson.figure("animated", format, theme=theme, way="gather")) <= 300_000, format
    assert len(kept[0]) == 49
