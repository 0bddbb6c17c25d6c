"""The numbers of an answer as CSV and in NumPy's format: read back they are the answer, and nothing else."""

from __future__ import annotations

import csv
import math
import re
from dataclasses import replace
from fractions import Fraction
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import stepwise as sw
from stepwise.errors import FileError, StepwiseError
from stepwise.io.inputs import from_file
from stepwise.lessons import compare
from stepwise.marking.answer_files import answer_from_bytes, entries_from_bytes
from stepwise.render import encode
from stepwise.traces.tables import tables
from tests.command import run

untimed = settings(deadline=None)  # a busy machine is no mistake


def numbers(*shape: int) -> np.ndarray[Any, np.dtype[Any]]:
    return np.random.default_rng(math.prod(shape)).normal(0, 50, shape)


# The layer gives back its input, in whatever shape its framework has: what must be in the file is known.
FORMS: dict[str, tuple[str | list[str], np.ndarray[Any, np.dtype[Any]]]] = {
    "a number": ("MaxPool2D(1)", numbers(1, 1)),
    "a line": ("MaxPool1D(1)", numbers(7)),
    "a grid": ("MaxPool2D(1)", numbers(3, 4)),
    "channels last": ("MaxPool2D(1)", numbers(3, 4, 5)),
    "channels first": ("nn.MaxPool2d(1)", numbers(5, 3, 4)),
    "channels and rows alike": ("MaxPool2D(1)", numbers(3, 3, 3)),
    "one image of channels": ("MaxPool2D(1)", numbers(1, 3, 4, 2)),
    "images, last": ("MaxPool2D(1)", numbers(2, 3, 4, 5)),
    "images, first": ("nn.MaxPool2d(1)", numbers(2, 5, 3, 4)),
    "depths": ("nn.MaxPool3d(1)", numbers(2, 3, 4, 5)),
    "depths and channels": ("MaxPool3D(1)", numbers(2, 3, 4, 5, 2)),
    "a line of channels": ("MaxPool1D(1)", numbers(6, 3)),
    "lines of images": ("MaxPool1D(1)", numbers(2, 6, 3)),
    "after a window": (["MaxPool2D(1)", "Dropout(0.5)"], numbers(2, 3, 4)),
    "padded after a window": (["MaxPool2D(1)", "ZeroPadding2D(0)"], numbers(2, 3, 4)),
    "cells": ("nn.Dropout(0.5)", numbers(2, 3, 4)),
    "one row": ("Flatten()", numbers(1, 2, 3)),
    "singles": ("MaxPool2D(1)", numbers(3, 3).astype(np.float32)),
    "whole": ("MaxPool2D(1)", np.arange(-4, 5).reshape(3, 3)),
    "endless": ("MaxPool2D(1)", np.array([[math.nan, math.inf], [-math.inf, -0.0]])),
}


@pytest.mark.parametrize("name", FORMS)
def test_an_answer_of_the_file_is_right_in_all_its_digits(name: str) -> None:
    call, x = FORMS[name]
    trace = sw.trace(call, x)
    for format in ("csv", "npy"):
        answer = answer_from_bytes(encode(trace.lesson(), format), f".{format}")
        verdict = sw.check(trace, answer)
        assert verdict.correct, f"{format}: {verdict.text}"
        assert verdict.answer.shape == trace.output.shape
        assert np.array_equal(
            verdict.answer.values.reshape(trace.output.shape).astype(x.dtype), trace.output, equal_nan=True
        )


@pytest.mark.parametrize("name", FORMS)
def test_numpys_file_is_the_output_itself(name: str) -> None:
    call, x = FORMS[name]
    trace = sw.trace(call, x)
    array = np.load(BytesIO(encode(trace.lesson(), "npy")), allow_pickle=False)
    assert (array.dtype, array.shape, array.tobytes()) == (
        trace.output.dtype,
        trace.output.shape,
        trace.output.tobytes(),
    )


def test_tables_stand_in_the_order_that_is_told() -> None:
    x = np.arange(2 * 3 * 4 * 5).reshape(2, 3, 4, 5)  # of two images, 3×4, five channels
    told = encode(sw.trace("MaxPool2D(1)", x).lesson(), "csv").decode()
    blocks = [[[int(n) for n in row.split(",")] for row in block.split("\n")] for block in told[:-1].split("\n\n")]
    assert blocks == [x[image, :, :, channel].tolist() for image in range(2) for channel in range(5)]
    assert not told.endswith("\n\n")


def test_a_plain_grid_is_what_a_layer_takes_in(tmp_path: Path) -> None:
    x = numbers(4, 5)
    sw.trace("MaxPool2D(1)", x).lesson().save(tmp_path / "x.csv")
    assert np.array_equal(from_file(tmp_path / "x.csv"), x)


@untimed
@given(st.lists(st.floats(allow_nan=False) | st.floats(width=32, allow_nan=False), min_size=1, max_size=6))
def test_every_float_comes_back(values: list[float]) -> None:
    trace = sw.trace("MaxPool2D(1)", [values])
    [row] = csv.reader(StringIO(encode(trace.lesson(detail="none"), "csv").decode()))
    assert [float(cell) for cell in row] == values


@untimed
@given(st.lists(st.fractions() | st.integers(-(2**90), 2**90), min_size=1, max_size=5))
def test_every_exact_number_comes_back(values: list[Fraction]) -> None:
    trace = sw.trace("MaxPool2D(1)", [values], arithmetic="exact")
    [row] = csv.reader(StringIO(encode(trace.lesson(detail="none"), "csv").decode()))
    assert [Fraction(cell) for cell in row] == values


def test_two_that_are_compared_are_two_answers() -> None:
    a, b = (
        sw.trace(call, [[4, 3], [2, 1]]) for call in ("MaxPool2D(2)", "AveragePooling2D(2, strides=1, padding='same')")
    )
    data = encode(compare(a, b), "csv")
    assert data == b"4\n---\n2.5,2.0\n1.5,1.0\n"
    parts = entries_from_bytes(data, ".csv", "auto", ())
    assert [sw.check(trace, part).correct for trace, part in zip((a, b), parts)] == [True, True]
    with pytest.raises(StepwiseError, match=r"has 2 answers, and a \.npy file holds one array"):
        encode(compare(a, b), "npy")


@pytest.mark.parametrize(
    ("call", "given_", "kernel"),
    [
        ("Conv2D(1, 1, use_bias=False)", "a b; c d", "-1"),
        ("Conv2D(1, 2, use_bias=False)", "a b; c d", "-1 2; -3 1/2"),
        ("MaxPool2D(1)", "-a -3; 1/2 -1/2", None),
        ("AveragePooling2D(2)", "-a -b; -c -d", None),
        ("ReLU()", "-a b; c -2", None),
    ],
)
def test_no_cell_is_taken_for_a_formula(call: str, given_: str, kernel: str | None) -> None:
    weights: Any = {} if kernel is None else {"kernel": kernel}
    trace = sw.trace(call, given_, **weights)
    for row in csv.reader(StringIO(encode(trace.lesson(), "csv").decode())):
        for cell in row:
            number = re.fullmatch(r"-?[\d./]+", cell)
            assert number or cell[0] not in "=+-@\t\r", cell


def test_what_no_array_holds_is_refused() -> None:
    for given_ in ("1/2 3; 1 2", "a b; c d", [[2**70, 1], [2, 3]]):
        with pytest.raises(StepwiseError, match=r"write \.csv instead"):
            encode(sw.trace("MaxPool2D(1)", given_).lesson(), "npy")
    for format in ("csv", "npy"):
        with pytest.raises(StepwiseError, match="carries out no layer"):
            encode(sw.Lesson("t", "k", ("l",)), format)


def test_a_sheet_that_asks_gives_no_answer_away() -> None:
    lesson = replace(sw.trace("MaxPool2D(2)", [[4, 3], [2, 1]]).lesson(), unanswered=True)
    for format in ("csv", "npy"):
        with pytest.raises(StepwiseError, match="asks for its answer"):
            encode(lesson, format)


def test_files_are_written_whole_and_never_over_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    call = ("explain", "MaxPool2D(2)", "--input", "4 3; 2 1")
    for suffix in ("csv", "npy"):
        assert run(*call, "-o", f"a.{suffix}").status == 0
        before = Path(f"a.{suffix}").read_bytes()
        done = run(*call, "-o", f"a.{suffix}")
        assert (done.status, Path(f"a.{suffix}").read_bytes()) == (2, before)
        assert "exists already" in done.err
        assert run(*call, "-o", f"a.{suffix}", "--force").status == 0
        with pytest.raises(FileError):
            sw.trace("MaxPool2D(2)", [[4, 3], [2, 1]]).lesson().save(f"a.{suffix}", replace=False)
    done = run("explain", "MaxPool2D(2)", "--input", "1/2 1; 1 1", "-o", "b.npy")
    assert done.status == 2
    assert not Path("b.npy").exists()
    assert run(*call, "--to", "csv").out == "4\n"
    done = run(*call, "-o", "c.csv", "--templates", "t")
    assert done.status == 2
    assert "a file of numbers has no templates" in done.err


def test_tables_are_views_in_the_order_of_files() -> None:
    trace = sw.trace("MaxPool2D(1)", np.arange(24).reshape(3, 4, 2))
    assert [table.tolist() for table in tables(trace)] == [np.arange(c, 24, 2).reshape(3, 4).tolist() for c in (0, 1)]
