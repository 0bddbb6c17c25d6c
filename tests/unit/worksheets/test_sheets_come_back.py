"""Our own sheets, filled in: what was written is marked, what was not is blank, and nothing else is an answer."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from stepwise.exercises.assignment import load_assignment
from stepwise.grading.grading import grade
from stepwise.grading.marker import ClassMarker
from stepwise.grading.submissions import find_submissions
from stepwise.worksheets.handout import make
from stepwise.worksheets.workshop import Order
from tests.command import run
from tests.sheets import SHEETS, Grid, Layer, Sheet, fill

FORMATS = ("md", "html", "xlsx")


@pytest.fixture(scope="module", name="handouts")
def all_handouts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Each kind of sheet, as it is handed out."""
    made = {}
    for name, sheet in SHEETS.items():
        folder = tmp_path_factory.mktemp("sheet")
        for file, text in sheet.lessons.items():
            (folder / file).write_text(text)
        make([folder / file for file in sheet.lessons], folder / "out", Order(formats=FORMATS))
        made[name] = folder / "out"
    return made


def scores(handout: Path, folder: Path) -> dict[str, object]:
    """What was earned for each exercise, as the report has it."""
    report = folder.parent / "report.jsonl"
    grade(handout, folder, [report], replace=True)
    rows = [json.loads(line) for line in report.read_text().splitlines()]
    return {row["variant"]: row["score"] for row in rows if row["status"] != "total"}


def cells(handout: Path, folder: Path) -> list[str]:
    """A letter for each cell, part by part."""
    assignment = load_assignment(handout)
    marker = ClassMarker(assignment)
    marks = [marker.mark(one) for one in find_submissions(folder, assignment.variants)]
    return [part.cells for mark in marks for part in mark.parts]


def handed_in(handout: Path, format: str, layers: tuple[Layer, ...], tmp_path: Path, name: str = "ana--v01") -> Path:
    (tmp_path / "in").mkdir(exist_ok=True)
    place = tmp_path / "in" / f"{name}.{format}"
    fill(handout / f"v01.{format}", layers, place)
    return place


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("name", SHEETS)
def test_the_right_numbers_earn_everything(name: str, format: str, handouts: dict[str, Path], tmp_path: Path) -> None:
    sheet, handout = SHEETS[name], handouts[name]
    place = handed_in(handout, format, sheet.layers, tmp_path)
    assert scores(handout, tmp_path / "in") == sheet.points
    for id in sheet.points:
        told = run("check", str(handout), str(place), "--variant", id)
        assert told.status == 0, told.out + told.err
    if len(sheet.points) == 1:
        told = run("check", str(handout / next(iter(sheet.lessons))), str(place))
        assert told.status == 0, told.out + told.err


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("name", SHEETS)
def test_a_wrong_cell_is_that_one_and_an_empty_one_is_blank(
    name: str, format: str, handouts: dict[str, Path], tmp_path: Path
) -> None:
    sheet, handout = SHEETS[name], handouts[name]
    row, column = next((r, c) for r, row in enumerate(_last(sheet)) for c, cell in enumerate(row) if cell is not None)
    for value, letter in ((99999, "w"), ("", "b")):
        handed_in(handout, format, _changed(sheet, row, column, value), tmp_path)
        found = cells(handout, tmp_path / "in")
        odd = [(text, place) for text in found for place, letter in enumerate(text) if letter != "r"]
        if _last(sheet) == [[-4]] and value == "":
            assert found[-1] == "", "nothing was answered"
            continue
        [(text, place)] = odd
        assert text[place] == letter


def _last(sheet: Sheet) -> Grid:
    return sheet.layers[-1].grids[-1]


def _changed(sheet: Sheet, row: int, column: int, value: object) -> tuple[Layer, ...]:
    """The answers, with another one in a cell of the last grid."""
    grid = [list(line) for line in _last(sheet)]
    grid[row][column] = value
    last = sheet.layers[-1]
    return (*sheet.layers[:-1], replace(last, grids=(*last.grids[:-1], grid)))


@pytest.mark.parametrize("format", FORMATS)
def test_a_sheet_says_itself_which_one_it_is(format: str, handouts: dict[str, Path], tmp_path: Path) -> None:
    several, single = SHEETS["several exercises"], SHEETS["one question"]
    handed_in(handouts["several exercises"], format, several.layers, tmp_path, "ana")
    assert scores(handouts["several exercises"], tmp_path / "in") == several.points
    handed_in(handouts["one question"], format, single.layers, tmp_path, "ana")
    assert scores(handouts["one question"], tmp_path / "in") == single.points


@pytest.mark.parametrize("format", FORMATS)
def test_another_sheet_is_not_marked(format: str, handouts: dict[str, Path], tmp_path: Path) -> None:
    folder = tmp_path / "two"
    for file, text in SHEETS["one question"].lessons.items():
        (tmp_path / file).write_text(text)
    make([tmp_path / "pool.yaml"], folder, Order(2, 7))
    handed_in(handouts["one question"], format, SHEETS["one question"].layers, tmp_path, "ana--v02")
    assert scores(folder, tmp_path / "in") == {"v02": None}


def test_one_text_is_no_answer_to_several_exercises(handouts: dict[str, Path], tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "ana--v01.txt").write_text("4 5 5; 7 5 5; 7 0 0")
    assert set(scores(handouts["several exercises"], tmp_path / "in").values()) == {None}


def test_rows_put_in_and_a_sheet_renamed_change_nothing(handouts: dict[str, Path], tmp_path: Path) -> None:
    place = handed_in(handouts["one question"], "xlsx", SHEETS["one question"].layers, tmp_path)
    book = openpyxl.load_workbook(place)
    [page] = book.worksheets
    page.title = "Ana's own"  # openpyxl leaves names as they are, which spreadsheet programs do not
    for name in book.defined_names.values():
        name.value = name.value.replace("1 Max pooling", "Ana''s own")
    page["A40"] = 77
    book.save(place)
    assert scores(handouts["one question"], tmp_path / "in") == {"v01": 9}


def test_a_spreadsheet_with_several_grids_and_no_word_is_not_marked(tmp_path: Path) -> None:
    (tmp_path / "pool.yaml").write_text(SHEETS["one question"].lessons["pool.yaml"])
    given, wrong, right = [[4, 3, 1], [2, 1, 5], [7, -2, 0]], [[4, 5], [7, 5]], [[4, 5, 5], [7, 5, 5], [7, 0, 0]]
    for answer, words, status in ((wrong, "", 2), (right, "", 2), (right, "answer", 0), (wrong, "answer", 1)):
        book = openpyxl.Workbook()
        for row in given:
            book.active.append(row)
        book.active.append([])
        book.active.append([words])
        for row in answer:
            book.active.append(row)
        book.save(tmp_path / "a.xlsx")
        assert run("check", str(tmp_path / "pool.yaml"), str(tmp_path / "a.xlsx")).status == status, (answer, words)
