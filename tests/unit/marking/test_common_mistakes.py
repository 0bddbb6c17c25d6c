"""The last part of every lesson: what the common mistakes would have given on these very numbers."""

from __future__ import annotations

import numpy as np
import pytest

import stepwise as sw
from stepwise.document.blocks import Table
from stepwise.document.inline import Code
from stepwise.document.lesson import Lesson, Section


def mistakes(lesson: Lesson) -> list[Section]:
    return [section for section in lesson.sections if section.title == "Common mistakes"]


def rows(lesson: Lesson) -> dict[str, str]:
    """By the words of the mistake, what it gives."""
    [section] = mistakes(lesson)
    [table] = [block for block in section.blocks if isinstance(block, Table)]
    plain = [["".join(p.text if isinstance(p, Code) else str(p) for p in cell) for cell in row] for row in table.rows]
    return {told: gives for gives, told in plain}


def test_small_answers_are_shown_whole() -> None:
    told = rows(sw.trace("MaxPool2D(2, strides=1, padding='same')", [[-4, -3], [-2, -1]]).lesson())
    assert told["Padding was taken as 0 in the maximum; it stands for −∞ and can never win."] == "-1 0; 0 0"
    alike = (
        "The extra line of padding was put before the data; it goes after. Or: the minimum of each window was taken,"
    )
    assert told[f"{alike} not its maximum."] == "-4 -3; -2 -1"
    alike = "The window was moved by its own length, not by the stride. Or: no padding was added, though the call asks"
    assert told[f"{alike} for some."] == "1×1, not 2×2: -1"


def test_of_a_large_answer_the_first_cell_that_goes_wrong_is_shown() -> None:
    x = np.arange(64).reshape(8, 8)
    told = rows(sw.trace("AveragePooling2D(2)", x).lesson())
    # the first window holds 0 1 8 9: its sum is 18, its mean 4.5
    assert told["The numbers were added but not divided by their count."] == "18, not 4.5, in cell (0, 0)"


def test_numbers_that_hide_every_mistake_are_told_as_such() -> None:
    [section] = mistakes(sw.trace("ReLU()", [[3, 3], [3, 3]]).lesson())
    assert "None of the common mistakes changes this answer" in sw.trace("ReLU()", [[3, 3], [3, 3]]).lesson().text()
    assert len(section.blocks) == 1


def test_every_layer_of_a_chain_has_its_own() -> None:
    chain = sw.trace(["Conv2D(1, 2)", "ReLU()", "MaxPool2D(2)"], np.arange(25).reshape(5, 5) - 12)
    assert len(mistakes(chain.lesson())) == 3


@pytest.mark.parametrize(
    ("call", "x", "gives"),
    [
        ("MaxPool2D(2)", "a b; c d", "min(a,b,c,d)"),
        ("ReLU()", "a b", "a b"),
        ("AveragePooling2D(2)", "1/2 1/3; 1 2", "2"),
    ],
)
def test_letters_and_fractions_have_them_too(call: str, x: str, gives: str) -> None:
    assert gives in rows(sw.trace(call, x).lesson()).values()


def test_it_stands_in_every_format() -> None:
    lesson = sw.trace("MaxPool2D(2, strides=1, padding='same')", [[-4, -3], [-2, -1]]).lesson()
    for text in (lesson.html(), lesson.markdown(), lesson.text()):
        assert "Common mistakes" in text
        assert "-1 0; 0 0" in text
