"""A spreadsheet's cells by what they look like, and its formulas calculated by a library that is not ours."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import formulas
import numpy as np
import openpyxl

from stepwise.arithmetic import Array
from stepwise.ops.windows import WindowOperation
from stepwise.traces.trace import Trace

GREEN, WHITE, GREY = "FFD9F1E7", "00000000", "FFECEEF2"
Cell = tuple[str, str]  # sheet, name


def cells(data: bytes, colour: str, sheet: int = -1) -> list[Cell]:
    """The cells of numbers or formulas with this fill, in reading order, of one sheet."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    page = book.worksheets[sheet]
    return [
        (page.title, cell.coordinate)
        for row in page.iter_rows()
        for cell in row
        if cell.border.left.style and cell.fill.fgColor.rgb == colour and cell.fill.patternType != "lightUp"
    ]


def formulas_of(data: bytes) -> dict[Cell, str]:
    """Every formula of a file."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    return {
        (page.title, cell.coordinate): cell.value
        for page in book
        for row in page.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }


def stored(data: bytes) -> dict[Cell, Any]:
    """What the file itself says each cell is."""
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    rows = ((page.title, row) for page in book for row in page.iter_rows())
    return {(title, cell.coordinate): cell.value for title, row in rows for cell in row if cell.value is not None}


def calculated(file: Path, changes: Mapping[Cell, float] | None = None) -> dict[Cell, Any]:
    """What every cell comes to, after some numbers were changed."""
    model = formulas.ExcelModel().loads(str(file)).finish()
    given = {f"'[{file.name}]{sheet.upper()}'!{name}": value for (sheet, name), value in (changes or {}).items()}
    found = {}
    for key, ranged in model.calculate(inputs=given or None).items():
        if isinstance(key, str) and ":" not in key and "]" in key:
            sheet, name = key.split("]")[1].split("'!")
            found[sheet, name] = ranged.value[0, 0]
    titles = {page.title.upper(): page.title for page in openpyxl.load_workbook(file, read_only=True)}
    return {(titles[sheet], name): value for (sheet, name), value in found.items()}


def reading_order(trace: Trace, array: Array) -> list[float]:
    """An input's or output's numbers as they are read from a sheet: channel below channel, row by row."""
    layout, operation = trace.layer.layout, trace.layer.operation
    if isinstance(operation, WindowOperation):
        array = layout.images(array, operation.spatial) if array.ndim >= operation.spatial else array
    elif layout.channels_last and array.ndim > 2:
        array = np.moveaxis(array, -1, -3)
    return [float(value) for value in array.ravel()]
