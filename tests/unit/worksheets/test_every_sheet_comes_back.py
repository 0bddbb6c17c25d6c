"""A sheet of any request, filled in with the right numbers in the cells that it draws for them, earns everything."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

import stepwise as sw
from stepwise.document.blocks import Place, Scene
from stepwise.document.lesson import Lesson, Section
from stepwise.errors import StepwiseError
from stepwise.exercises.sketches import posed_scene
from stepwise.marking import Marker, Part
from stepwise.marking.filled import filled_in
from stepwise.render import encode
from stepwise.traces.trace import chain
from tests.requests import OPERATIONS, numbers, request
from tests.sheets import Grid, Layer, fill

EACH = 9
"""Requests of each kind; every one is tried in one of the formats."""


def sheet_of(trace: sw.Trace) -> tuple[Lesson, tuple[Grid, ...]]:
    """A page with the blank output of a trace, and what belongs into its blanks: the number that each is drawn for."""
    scene: Scene = posed_scene(trace, (), first=True, squared=False, field="1.1")
    blank = [matrix for matrix in scene.matrices if matrix.field]
    grids = tuple([[trace.output[cell.index].item() for cell in row] for row in matrix.rows] for matrix in blank)
    page = Lesson("Sheet", "", (), (Section("", (scene,)),), "en", (trace,), "v01", True, (Place("1.1", trace),))
    return page, grids


def comes_back(trace: sw.Trace, format: str, folder: Path) -> None:
    try:
        page, grids = sheet_of(trace)
        data = encode(page, format)
    except StepwiseError:
        return  # too large for paper
    (folder / f"page.{format}").write_bytes(data)
    layers = [sheet_of(one)[1] for one in chain(trace)] if format == "xlsx" else [grids]  # which has a sheet for each
    fill(folder / f"page.{format}", tuple(map(Layer, layers)), folder / f"filled.{format}")
    found = filled_in((folder / f"filled.{format}").read_bytes(), f".{format}")
    assert found is not None
    [answer] = found.answers("v01", [Part(trace)], "auto")
    verdict = Marker(trace).check(answer)
    assert verdict.correct, (trace.layer.call, trace.shape, format, verdict.text)


@pytest.mark.parametrize("make", dict.fromkeys(OPERATIONS))
def test_of_every_kind_of_request(make: object, tmp_path: Path) -> None:
    for seed in range(EACH):
        trace = request(seed, make).trace  # type: ignore[arg-type]
        comes_back(trace, ("md", "html", "xlsx")[seed % 3], tmp_path)


@pytest.mark.parametrize("format", ["md", "html", "xlsx"])
@pytest.mark.parametrize(
    ("calls", "shape"),
    [
        (['Conv1D(2, 3, padding="same", strides=2)'], (5, 2)),
        (["nn.Conv1d(2, 2, 3, padding=1, stride=2)"], (2, 5)),
        (["AveragePooling1D(2)"], (5, 1)),
        (["MaxPooling1D(1)"], (2, 2)),
        (["MaxPooling1D(1)"], (2, 3, 3)),
        (["nn.MaxPool1d(1)"], (2, 3, 3)),
        (["GlobalMaxPooling1D()"], (4, 3)),
        (["GlobalMaxPooling1D(keepdims=True)"], (4, 3)),
        (["MaxPooling1D(2, strides=1)", "ReLU()"], (3, 2)),
        (["nn.MaxPool1d(2, stride=1)", "nn.ReLU()"], (2, 3)),
        (["MaxPooling2D(1)"], (2, 2, 2)),
        (["MaxPooling3D(1)"], (2, 2, 2, 2)),
    ],
)
def test_of_lines_whose_channels_are_as_many_as_their_cells(
    calls: list[str], shape: tuple[int, ...], format: str, tmp_path: Path
) -> None:
    trace = sw.trace(calls[0], numbers(random.Random(3), *shape))
    for call in calls[1:]:
        trace = sw.trace(call, trace)
    comes_back(trace, format, tmp_path)
