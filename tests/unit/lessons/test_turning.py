"""A convolution of images and signals turns its kernel: told as a part of its own, marked, and where two calls part."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import stepwise as sw
from stepwise.document.blocks import Scene, Table
from stepwise.document.lesson import Lesson, Section
from stepwise.lessons import Lesson as Told
from stepwise.marking.wrong import alone
from tests.unit.lessons.sentence_marks import said

X = [[1, 2, 0], [0, 1, 3], [2, 1, 1]]
K = [[1, 2], [0, -1]]
SAME = "scipy.signal.convolve2d(x, k, mode='same')"


def section(lesson: Lesson, title: str) -> Section:
    [found] = [one for one in lesson.everything if one.title == title]
    return found


def numbers(scene: Scene) -> list[list[list[Any]]]:
    return [[[cell.value for cell in row] for row in matrix.rows] for matrix in scene.matrices]


def test_the_turn_is_a_part_of_its_own_with_its_picture_before_anything_slides() -> None:
    lesson = sw.trace(SAME, X, kernel=K).lesson()
    titles = [one.title for one in lesson.sections]
    assert titles.index("The question") < titles.index("Turn the kernel") < titles.index("Slide the window")
    [scene] = [block for block in section(lesson, "Turn the kernel").blocks if isinstance(block, Scene)]
    assert numbers(scene) == [K, np.flip(K).tolist()]
    [asked] = [block for block in section(lesson, "The question").blocks if isinstance(block, Scene)]
    assert numbers(asked)[1] == K  # as it was given


@pytest.mark.parametrize("call", ["scipy.signal.correlate2d(x, k, mode='same')", "cv2.filter2D(x, -1, k)"])
def test_where_nothing_is_turned_it_is_said(call: str) -> None:
    lesson = sw.trace(call, X, kernel=K).lesson()
    assert "Turn the kernel" not in [one.title for one in lesson.everything]
    assert "This is a correlation." in said(lesson)


def test_not_turning_is_the_mistake_here_and_turning_elsewhere() -> None:
    codes = {
        call: {one.misconception.code for one in alone(sw.trace(call, X, kernel=K))} & FLIPS
        for call in (SAME, "scipy.signal.correlate2d(x, k, 'same')", "Conv2D(1, 2)")
    }
    assert list(codes.values()) == [{"conv.kernel_not_flipped"}, {"conv.kernel_flipped"}, {"conv.kernel_flipped"}]
    trace = sw.trace(SAME, X, kernel=K)
    verdict = sw.check(trace, sw.trace(SAME, X, kernel=np.flip(K)).output)
    assert verdict.diagnosis is not None
    assert verdict.diagnosis.codes == ("conv.kernel_not_flipped",)


FLIPS = {"conv.kernel_flipped", "conv.kernel_not_flipped"}


def test_a_comparison_with_a_network_begins_at_the_turn() -> None:
    kernel = [[1, 2, 0], [0, -1, 0], [1, 1, 1]]
    a, b = (sw.trace(call, X, kernel=kernel) for call in (SAME, "nn.Conv2d(1, 1, 3, padding=1)"))
    for one, other in ((a, b), (b, a)):
        [table] = [
            block for block in section(sw.compare(one, other), "Where they differ").blocks if isinstance(block, Table)
        ]
        assert table.rows[0][0] == ("turn of the kernel",)
        assert len(table.rows) == 1


def test_of_a_kernel_that_looks_the_same_the_turn_makes_no_difference() -> None:
    kernel = [[0, 1, 0], [1, -4, 1], [0, 1, 0]]
    a, b = (sw.trace(call, X, kernel=kernel) for call in (SAME, "nn.Conv2d(1, 1, 3, padding=1)"))
    assert "no effect here: turn of the kernel" in said(sw.compare(a, b))
    assert "a correlation gives the same result" in said(a.lesson())


def test_full_mode_is_told_as_a_decision_about_padding() -> None:
    trace = sw.trace("np.convolve(x, k)", [1, 2, 3], kernel=[0, 1, 0.5])
    [axis] = trace.geometry.axes
    assert (axis.padding.rule, axis.padding.before, axis.padding.after) == ("full", 2, 2)
    assert str(axis.padding.formula) == "2·(3 - 1) = 4"
    assert "FULL padding" in trace.lesson().title


@pytest.mark.parametrize("suffix", ["html", "md", "tex", "typ", "txt", "xlsx", "json"])
def test_every_format_tells_it(suffix: str, tmp_path: Any) -> None:
    trace = sw.trace(SAME, X, kernel=K)
    trace.lesson().save(tmp_path / f"x.{suffix}")
    assert (tmp_path / f"x.{suffix}").stat().st_size > 1000
    assert isinstance(trace.lesson(), Told)
