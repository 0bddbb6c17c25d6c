"""Sheets as a class fills them in: the right numbers, worked out by hand, and a person's way of writing them down.

Where a person writes is found by what a person sees: green cells of a spreadsheet, empty cells of tables, fields of a
page. Nothing here knows the names by which the answers come back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl

Grid = list[list[object]]
GREEN = "FFD9F1E7"

POOL = """\
stepwise: 1
title: Max pooling
input: "4 3 1; 2 1 5; 7 -2 0"
layers:
  - MaxPool2D(2, strides=1, padding="same")
marking: {points: 9}
"""
CHAIN = """\
stepwise: 1
title: By hand
input: "1 -2 3; 4 0 -1; 2 2 1"
layers: ["Conv2D(1, 2)", keras.layers.ReLU(), keras.layers.Flatten(), Dense(1)]
weights:
  0: {kernel: [[1, -1], [0, 2]], bias: [1]}
  3: {kernel: [[1], [2], [-1], [1]], bias: [-3]}
parts: [{layer: 0, points: 4}, {layer: 3, points: 2}]
"""
CHANNELS = """\
stepwise: 1
title: Two filters
input: "1 2 3; 4 5 6; 7 8 9"
layers: ["Conv2D(2, 2)"]
weights: [{kernel: [[[[1, 0]], [[0, 1]]], [[[0, 1]], [[1, 0]]]], bias: [0, 10]}]
marking: {points: 8}
"""
ASKED = """\
stepwise: 1
title: All that can be asked
input: 4 3 1; 2 1 5; 7 -2 0
layers: ['MaxPool2D(2, padding="same")']
parts:
  - {layer: 0, ask: sizes, points: 2}
  - {layer: 0, ask: padding, points: 4}
  - {layer: 0, points: 4}
  - {layer: 0, ask: formula, points: 2}
"""
MEANS = """\
stepwise: 1
title: Means
input: 1 3 2 2; 5 4 4 0
layers: [AveragePooling2D(2)]
marking: {points: 2}
"""


@dataclass(frozen=True)
class Layer:
    """What is blank of one layer, in the order of the page: lines, the output's grids, lines."""

    grids: tuple[Grid, ...]
    before: tuple[list[object], ...] = ()
    after: tuple[list[object], ...] = ()


@dataclass(frozen=True)
class Sheet:
    """Lesson files, their right answers, and what each exercise is worth."""

    lessons: dict[str, str]
    layers: tuple[Layer, ...]
    points: dict[str, float] = field(default_factory=dict)


_POOLED: Grid = [[4, 5, 5], [7, 5, 5], [7, 0, 0]]
# By hand: the kernel takes a - b + 2·d + 1.
_CHAIN = (Layer(([[4, -6], [9, 4]],)), Layer(([[4, 0], [9, 4]],)), Layer(([[4, 0, 9, 4]],)), Layer(([[-4]],)))
SHEETS = {
    "one question": Sheet({"pool.yaml": POOL}, (Layer((_POOLED,)),), {"v01": 9}),
    "fractions": Sheet({"mean.yaml": MEANS}, (Layer(([["13/4", 2]],)),), {"v01": 2}),
    "decimals": Sheet({"mean.yaml": MEANS}, (Layer(([["3,25", 2.0]],)),), {"v01": 2}),
    "chosen cells": Sheet(
        {"pool.yaml": POOL + "worksheet: {cells: [[0, 1], [2, 2]]}\n"},
        (Layer(([[None, 5, None], [None] * 3, [None, None, 0]],)),),
        {"v01": 9},
    ),
    "squared paper": Sheet(
        {"pool.yaml": POOL + "worksheet: {blank: [sizes, padding, formula, steps]}\n"},
        (Layer((_POOLED,), ([3, 3], [0, 1, 0, 1])),),
        {"v01": 9},
    ),
    "chain": Sheet({"chain.yaml": CHAIN}, _CHAIN, {"v01": 6}),
    "channels": Sheet({"two.yaml": CHANNELS}, (Layer(([[6, 8], [12, 14]], [[16, 18], [22, 24]])),), {"v01": 8}),
    "asked": Sheet(
        {"asked.yaml": ASKED},
        (Layer(([[4, 5], [7, 0]],), ([2, 2], [0, 1, 0, 1]), (["max(4, 3, 2, 1) = 4"],)),),
        {"v01": 12},
    ),
    "several exercises": Sheet(
        {"pool.yaml": POOL, "chain.yaml": CHAIN, "asked.yaml": ASKED},
        (
            Layer((_POOLED,)),
            *_CHAIN,
            Layer(([[4, 5], [7, 0]],), ([2, 2], [0, 1, 0, 1]), (["max(4, 3, 2, 1) = 4"],)),
        ),
        {"v01.1": 9, "v01.2": 6, "v01.3": 12},
    ),
}


def fill(page: Path, layers: tuple[Layer, ...], out: Path) -> None:
    """Write the answers into a page as a person does, and save it as `out`."""
    match page.suffix:
        case ".xlsx":
            _spreadsheet(page, layers, out)
        case ".md":
            out.write_text(_markdown(page.read_text(), layers))
        case ".html":
            out.write_text(_page(page.read_text(), layers))
        case other:
            raise ValueError(other)


def _spreadsheet(page: Path, layers: tuple[Layer, ...], out: Path) -> None:
    """A layer has a sheet; what is asked besides the output stands below it, one below the other."""
    book = openpyxl.load_workbook(page)
    for sheet, layer in zip(book.worksheets, layers, strict=True):
        green = [cell for row in sheet.iter_rows() for cell in row if cell.fill.fgColor.rgb == GREEN]
        due = [n for grid in layer.grids for row in grid for n in row if n is not None]
        due += [n for line in (*layer.before, *layer.after) for n in line]
        for cell, value in zip(green, due):  # what the sheet has no cell for is not marked
            cell.value = None if value == "" else value
        assert len(green) <= len(due)
    book.save(out)


def _in_order(layers: tuple[Layer, ...]) -> Iterator[Grid]:
    for layer in layers:
        yield from ([line] for line in layer.before)
        yield from layer.grids
        yield from ([line] for line in layer.after)


def _markdown(text: str, layers: tuple[Layer, ...]) -> str:
    """Into the empty cells of each table, from its first cell on; of what has no table there is nothing to fill in."""
    tables = [grid for layer in layers for grid in layer.grids]
    lines: Iterator[Grid] = iter([[line] for layer in layers for line in (*layer.before, *layer.after)])
    told: list[str] = []
    grids, rows = iter(tables), iter(Grid())
    for line in text.split("\n"):
        cells = line.split("|")
        if re.match(r"\| *:-", line):
            heads = told[-1].split("|")[1:-1]
            rows = iter(next(grids) if not heads[0].strip() else next(lines))
        elif (re.match(r"\| +(\*\*\d|\|| )", line) and re.match(r"\| *:-", told[-1])) or line.startswith("| **"):
            answers = [("**" in cells[1] and cells[1]) or None, *next(rows, [])] if "**" in cells[1] else next(rows, [])
            for place, answer in enumerate(answers, 1):
                if answer is not None and not cells[place].strip():
                    cells[place] = f" {answer} "
            line = "|".join(cells)
        told.append(line)
    return "\n".join(told)


def _page(text: str, layers: tuple[Layer, ...]) -> str:
    """Into the fields, as a browser saves a page in which they were filled in."""
    grids = _in_order(layers)

    def filled(match: re.Match[str]) -> str:
        part = match[0]
        if "<input" not in part or ">Name <" in part:
            return part
        answers = next(grids)
        if part.startswith("<p"):
            words = iter(answers[0])
            return re.sub("<input", lambda _: f'<input value="{next(words)}"', part)
        head, *rows = part.split("<tr>")[1:]
        for number, row in enumerate(rows):
            cells = row.split("<td")
            for column, answer in enumerate(answers[number] if number < len(answers) else []):
                if answer is not None:
                    cells[column + 1] = cells[column + 1].replace("<input", f'<input value="{answer}"')
            rows[number] = "<td".join(cells)
        return part.split("<tr>")[0] + "<tr>" + "<tr>".join([head, *rows])

    return re.sub(r"<table[\s\S]*?</table>|<p class=\"fillin[\s\S]*?</p>", filled, text)
