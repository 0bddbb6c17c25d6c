"""Spreadsheets calculated by LibreOffice, and compared with the trace."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import stepwise as sw
from stepwise.worksheets.handout import make
from stepwise.worksheets.workshop import Order
from tests.command import run
from tests.recalculated import GREEN, WHITE, cells, reading_order, stored
from tests.sheets import SHEETS, fill
from tests.unit.render.test_xlsx import CASES, some

CHAIN = ["Conv2D(2, 3, activation='relu')", "MaxPool2D(2)", "Flatten()", "Dense(3, activation='softmax')"]


def asked() -> dict[str, tuple[Any, Any]]:
    return {name: (call, array) for name, (call, array, _last) in CASES.items()} | {"chain": (CHAIN, some(8, 8))}


@pytest.fixture(scope="module", name="calculated")
def all_calculated(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[sw.Trace, bytes, bytes]]:
    """Each trace, our file, and LibreOffice's. The results we store are taken out first, so that it must calculate."""
    folder = tmp_path_factory.mktemp("sheets")
    (folder / "out").mkdir()
    traces, ours = {}, {}
    for number, (name, (call, array)) in enumerate(asked().items()):
        traces[name] = sw.trace(call, array)
        ours[name] = traces[name].lesson().save(folder / f"{number}.xlsx").read_bytes()
        openpyxl.load_workbook(folder / f"{number}.xlsx").save(folder / f"{number}.xlsx")  # it keeps formulas alone
    done = subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation=file://{folder}/profile",
            "--headless",
            "--convert-to",
            "xlsx",
            "--outdir",
            "out",
        ]
        + [f"{number}.xlsx" for number in range(len(traces))],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    made = {name: (folder / "out" / f"{number}.xlsx").read_bytes() for number, name in enumerate(traces)}
    return {name: (trace, ours[name], made[name]) for name, trace in traces.items()}


@pytest.mark.parametrize("name", [*CASES, "chain"])
def test_libreoffice_comes_to_what_the_layer_gives(
    name: str, calculated: dict[str, tuple[sw.Trace, bytes, bytes]]
) -> None:
    trace, ours, theirs = calculated[name]
    found = stored(theirs)
    due = pytest.approx(reading_order(trace, trace.output), rel=1e-6, abs=1e-9)
    assert [found[cell] for cell in cells(ours, GREEN)] == due


def test_a_changed_number_is_followed_there_too(tmp_path: Path) -> None:
    data = (
        sw.trace("MaxPool2D(2, strides=1, padding='same')", [[4, 3], [2, 1]])
        .lesson()
        .save(tmp_path / "x.xlsx")
        .read_bytes()
    )
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    sheet, name = cells(data, WHITE)[3]
    book[sheet][name] = 9
    book.save(tmp_path / "x.xlsx")
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", "out", "x.xlsx"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        timeout=300,
    )
    found = stored((tmp_path / "out" / "x.xlsx").read_bytes())
    assert [found[cell] for cell in cells(data, GREEN)] == [9, 9, 9, 9]


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_filled_in_and_saved_by_libreoffice_comes_back(name: str, tmp_path: Path) -> None:
    sheet = SHEETS[name]
    for file, text in sheet.lessons.items():
        (tmp_path / file).write_text(text)
    make([tmp_path / file for file in sheet.lessons], tmp_path / "out", Order(formats=("xlsx",)))
    fill(tmp_path / "out" / "v01.xlsx", sheet.layers, tmp_path / "ana.xlsx")
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "xlsx"]
    done = subprocess.run(
        [*command, "--outdir", "in", "ana.xlsx"], cwd=tmp_path, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stderr
    for id in sheet.points:
        told = run("check", str(tmp_path / "out"), str(tmp_path / "in" / "ana.xlsx"), "--variant", id)
        assert told.status == 0, told.out + told.err
