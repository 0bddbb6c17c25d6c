"""“Read off the answer” has every number of the answer, in every format; padding is shown where it is spoken of."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import stepwise as sw
from stepwise.document.blocks import Prose, Scene
from stepwise.document.inline import unmarked
from stepwise.document.lesson import Section
from stepwise.document.matrix import Cell, Matrix
from stepwise.lessons.answer import MOST_NUMBERS
from stepwise.render import TEXTUAL, render
from stepwise.render.text import WIDTH
from stepwise.traces.trace import Trace
from tests.command import run


def large(*shape: int, start: int = 1000) -> np.ndarray[Any, np.dtype[Any]]:
    """Numbers of four digits, no two alike, so that each can be looked for in a page."""
    return start + np.random.default_rng(len(shape)).permutation(math.prod(shape)).reshape(shape)


# A window of one cell gives back what it is given, so what must be shown is known without stepwise.
SHOWN: dict[str, tuple[str | list[str], np.ndarray[Any, np.dtype[Any]]]] = {
    "one number": ("MaxPool2D(1)", large(1, 1)),
    "a small grid": ("MaxPool2D(1)", large(3, 3)),
    "a grid as large as it may be": ("MaxPool2D(1)", large(20, 20)),
    "one row": ("MaxPool2D(1)", large(1, 400)),
    "one column": ("MaxPool2D(1)", large(400, 1)),
    "a line": ("MaxPool1D(1)", large(400)),
    "a line of channels": ("MaxPool1D(1)", large(12, 30)),
    "lines of images": ("MaxPool1D(1)", large(3, 9, 5)),
    "seven channels": ("MaxPool2D(1)", large(5, 4, 7)),
    "a hundred channels of a cell": ("GlobalMaxPooling2D()", large(1, 1, 100)),
    "images of channels": ("MaxPool2D(1)", large(2, 5, 4, 3)),
    "images of channels, first": ("nn.MaxPool2d(1)", large(2, 3, 5, 4)),
    "depths": ("nn.MaxPool3d(1)", large(2, 6, 5, 5)),
    "a cell-wise layer": ("ReLU()", large(9, 40)),
    "cells of several axes": ("nn.ReLU()", large(2, 3, 4, 5)),
    "one row of cells": ("Flatten()", large(1, 4, 9, 9)),
    "after a window": (["MaxPool2D(1)", "ReLU()"], large(4, 5, 6)),
}


def answer_of(lesson: sw.Lesson) -> Section:
    return [part for part in lesson.everything if part.title == "Read off the answer"][-1]


def cells(section: Section) -> Iterator[tuple[Matrix, Cell]]:
    for block in section.blocks:
        for matrix in block.matrices if isinstance(block, Scene) else ():
            yield from ((matrix, cell) for row in matrix.rows for cell in row)


@pytest.mark.parametrize("name", SHOWN)
def test_every_number_stands_in_it_once(name: str) -> None:
    call, x = SHOWN[name]
    trace = sw.trace(call, x)
    found = {cell.index: cell.value for matrix, cell in cells(answer_of(trace.lesson(detail="none")))}
    assert len(list(cells(answer_of(trace.lesson(detail="none"))))) == trace.output.size
    assert found == {index: trace.output[index] for index in np.ndindex(trace.output.shape)}
    assert sorted(map(int, found.values())) == sorted(map(int, x.flat))


@pytest.mark.parametrize("format", TEXTUAL)
@pytest.mark.parametrize("name", SHOWN)
def test_every_number_is_on_the_page_in_every_format(name: str, format: str) -> None:
    call, x = SHOWN[name]
    lesson = sw.trace(call, x).lesson(detail="none")
    alone = sw.Lesson("t", "k", ("l",), (answer_of(lesson),))
    page = render(alone, format)
    words = set(re.findall(r"\d+", re.sub(r"data-\w+=\"[^\"]*\"", "", page)))
    assert not {str(n) for n in x.flat} - words


@pytest.mark.parametrize("name", SHOWN)
def test_it_fits_a_line_of_a_terminal(name: str) -> None:
    call, x = SHOWN[name]
    told = sw.trace(call, x).lesson(detail="none").text()
    assert max(map(len, told.split("\n"))) <= WIDTH


def test_each_channel_and_image_has_its_name() -> None:
    call, x = SHOWN["images of channels"]
    captions = {matrix.caption for matrix, _cell in cells(answer_of(sw.trace(call, x).lesson()))}
    names = {f"image {i} · channel {c}" for i, c in itertools.product(range(2), range(3))}
    assert captions == {f"output 5×4 · {name}" for name in names}
    for matrix, cell in cells(answer_of(sw.trace(call, x).lesson())):
        assert cell.index is not None
        assert f"image {cell.index[0]} · channel {cell.index[3]}" in matrix.caption


def test_four_filters_are_all_shown_and_a_small_answer_of_a_large_input_is_no_shade() -> None:
    lesson = sw.trace("Conv2D(4, 2)", large(3, 3)).lesson()
    assert len({matrix.caption for matrix, _cell in cells(answer_of(lesson))}) == 4
    lesson = sw.trace("MaxPool2D(3)", np.arange(81).reshape(9, 9)).lesson()
    assert [cell.value for _matrix, cell in cells(answer_of(lesson))] == [20, 23, 26, 47, 50, 53, 74, 77, 80]


@pytest.mark.parametrize(
    ("call", "shape"),
    [("MaxPool2D(1)", (1, 401)), ("MaxPool2D(1)", (21, 20, 9)), ("ReLU()", (21, 20)), ("MaxPool1D(1)", (500,))],
)
def test_of_more_it_says_where_all_of_them_are(call: str, shape: tuple[int, ...]) -> None:
    trace = sw.trace(call, large(*shape))
    lesson = trace.lesson(detail="none")
    told = " ".join(unmarked(block.text) for block in answer_of(lesson).blocks if isinstance(block, Prose))
    assert trace.output.size > MOST_NUMBERS
    assert f"The output has {trace.output.size:,} numbers" in told
    assert "CSV" in told
    assert " -o" not in told
    assert "--" not in told
    if len(shape) == 3:
        assert "Of its 9 channels the first 8 are shown here." in told
    assert ".save(" not in render(lesson, "html").split("<script")[0]


def test_only_the_last_layer_of_a_chain_says_so() -> None:
    lesson = sw.trace(["MaxPool2D(1)", "MaxPool2D(1)"], large(30, 30)).lesson(detail="none")
    assert lesson.text().count("CSV") == 1


def test_the_command_says_how(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    np.save("x.npy", large(30, 30))
    asked = ("explain", "MaxPool2D(1)", "--input", "x.npy", "--steps", "none")
    told = run(*asked).out
    assert "All 900 numbers of the answer: add -o answer.csv or -o answer.npy" in told
    assert run(*asked, "-o", "x.txt").status == 0
    assert "-o answer.csv" not in (tmp_path / "x.txt").read_text(encoding="utf-8")
    assert run(*asked, "-o", "answer.npy").status == 0
    assert np.array_equal(np.load("answer.npy"), np.load("x.npy"))
    assert "-o answer.csv" not in run("explain", "MaxPool2D(1)", "--input", "4 3; 2 1").out


# Padding.

PADDED = {
    "the whole of 8×8 under 5×5": ("MaxPool2D(5, strides=1, padding='same')", (8, 8)),
    "a large picture": ("nn.MaxPool2d(3, stride=2, padding=1)", (28, 28)),
    "a large picture, uneven": ("MaxPool2D((2, 5), strides=1, padding='same')", (50, 30)),
    "wide padding": ("nn.Conv2d(1, 1, 21, padding=10)", (100, 40)),
    "a line": ("Conv1D(1, 5, padding='same')", (40,)),
    "a short line": ("MaxPool1D(3, strides=1, padding='same')", (12,)),
    "causal": ("Conv1D(1, 3, padding='causal', dilation_rate=4)", (30,)),
    "a box": ("nn.MaxPool3d(3, stride=2, padding=1)", (12, 9, 10)),
    "a small picture": ("MaxPool2D(2, strides=1, padding='same')", (2, 2)),
}


def padded(trace: Trace) -> list[Matrix]:
    [section] = [part for part in trace.lesson(detail="none").sections if part.title == "Where does the padding go?"]
    [scene] = [block for block in section.blocks if isinstance(block, Scene)]
    return list(scene.matrices)


@pytest.mark.parametrize("name", PADDED)
@pytest.mark.parametrize("numbers", ["whole", "long"])
def test_every_padded_edge_is_shown(name: str, numbers: str) -> None:
    call, shape = PADDED[name]
    x = np.arange(math.prod(shape)).reshape(shape) * (1 if numbers == "whole" else 1 / 7)
    trace = sw.trace(call, x)
    matrices = padded(trace)
    axes = trace.geometry.axes[-2:]
    for axis, along in zip(axes[::-1], ("column_at", "row_at")):
        for matrix in matrices:
            count = len(matrix.rows[0]) if along == "column_at" else len(matrix.rows)
            drawn = {getattr(matrix, along)(n) for n in range(count)}
            before, after = axis.padding.before, axis.padding.after
            for side in (-before, -1) if before else ():
                assert side in drawn, f"{axis.name} {side}"
            for side in (axis.size, axis.size + after - 1) if after else ():
                assert side in drawn, f"{axis.name} {side}"
            assert {0, axis.size - 1} <= drawn
    if len(shape) == 3:
        assert len({matrix.caption for matrix in matrices}) == 4  # in front, the first, the last, at the back
    assert max(map(len, trace.lesson(detail="none").text().split("\n"))) <= WIDTH


@pytest.mark.parametrize("name", PADDED)
def test_what_is_drawn_at_a_position_is_what_is_there(name: str) -> None:
    call, shape = PADDED[name]
    trace = sw.trace(call, np.arange(math.prod(shape)).reshape(shape))
    axes = trace.geometry.axes
    for matrix in padded(trace):
        for (r, row), (c, _) in itertools.product(enumerate(matrix.rows), enumerate(matrix.rows[0])):
            cell, at = row[c], (matrix.row_at(r), matrix.column_at(c))
            assert (cell.kind == "skipped") == (None in at)
            if cell.kind == "skipped":
                continue
            inside = [0 <= p < axis.size for p, axis in zip(at[-len(axes):], axes[-2:]) if p is not None]  # fmt: skip
            if cell.kind == "data":
                assert all(inside)
                assert cell.index is not None
                assert cell.value == trace.inputs["input"][cell.index]
                assert at[1] == cell.index[-1]
            elif len(axes) < 3:
                assert not all(inside)


@pytest.mark.parametrize("format", TEXTUAL)
def test_what_is_left_out_is_dots_in_every_format(format: str) -> None:
    call, shape = PADDED["a large picture"]
    page = render(sw.trace(call, np.arange(math.prod(shape)).reshape(shape)).lesson(detail="none"), format)
    for sign, tex in (("⋯", r"\cdots"), ("⋮", r"\vdots"), ("⋱", r"\ddots")):
        assert {"tex": tex, "json": '"kind": "skipped"'}.get(format, sign) in page


def test_heads_are_silent_where_lines_are_left_out() -> None:
    matrix = Matrix("input", "", ((Cell("data", 1),) * 5,) * 4, -1, -2, True, None, (((2, 7),), ((1, 3), (3, 4))))
    assert [matrix.row_at(n) for n in range(4)] == [-1, 0, None, 8]
    assert [matrix.column_at(n) for n in range(5)] == [-2, None, 2, None, 7]
