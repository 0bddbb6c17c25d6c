"""HTML: one self-contained page, no request, no script needed."""

from __future__ import annotations

import base64
from typing import Any

from markupsafe import Markup

from ..arithmetic import shown
from ..formula import Formula, leaf, mathml
from ..formula import Number as FormulaNumber
from ..formula.tree import Node
from ..language import _
from ..lessons.blocks import Cell, FeatureMap, Frame, Matrix
from .png import colour_png, grey_png
from .shades import DIVERGING, FRAME, Colour, levels
from .templates import TemplateFormat, register


def math(formula: Formula, tall: bool = False) -> Markup:
    """A formula as MathML, spoken by its label."""
    return Markup(mathml(formula, tall))  # noqa: S704 - mathml() escapes every name it writes


def number(cell: Cell) -> str | Markup:
    """What stands in a cell, with a true minus."""
    if cell.kind == "padding":
        return "·"
    if cell.kind == "unknown":
        return "?"
    formula: Any = cell.value if isinstance(cell.value, Node) else leaf(cell.value)
    return formula.digits.replace("-", "−") if isinstance(formula, FormulaNumber) else math(formula)


def classes(matrix: Matrix, row: int, column: int) -> str:
    """A cell's classes: its kind, its marks, and the edges of the window that run along it."""
    cell = matrix.rows[row][column]
    found: list[str] = [cell.kind] if cell.kind != "data" else []
    found += sorted(cell.marks - {"tapped"})
    if "window" in cell.marks and "tapped" not in cell.marks:
        found.append("gap")  # inside the window's span, but dilation steps over it
    frame = matrix.frame
    if frame and frame.top <= row < frame.top + frame.height and frame.left <= column < frame.left + frame.width:
        edges = {
            "t": row == frame.top,
            "b": row == frame.top + frame.height - 1,
            "l": column == frame.left,
            "r": column == frame.left + frame.width - 1,
        }
        found += [f"w{side}" for side, on in edges.items() if on]
    return " ".join(found)


def position(matrix: Matrix, number: int, along: str) -> str:
    """The head of a row or column, for those who cannot see where it is: `row 0`, `padding`."""
    first = matrix.first_row if along == "row" else matrix.first_column
    return (_("row {n}") if along == "row" else _("column {n}")).format(n=first + number)


def picture(feature_map: FeatureMap) -> str:
    """A feature map as a data address of a PNG, one pixel a number; grey, or in two colours that part at 0."""
    rows = levels(feature_map, 256)
    if feature_map.diverging or feature_map.frame:
        colours = [[DIVERGING[level] if feature_map.diverging else (level,) * 3 for level in row] for row in rows]
        image = colour_png(framed(colours, feature_map.frame) if feature_map.frame else colours)
    else:
        image = grey_png([bytes(row) for row in rows])
    return "data:image/png;base64," + base64.b64encode(image).decode()


ENLARGED = 6
"""Pixels along the side of a cell where a frame is drawn between cells."""


def framed(rows: list[list[Colour]], frame: Frame) -> list[list[Colour]]:
    """The picture enlarged, with a frame around some of its cells."""
    wide = [[colour for colour in row for _ in range(ENLARGED)] for row in rows for _ in range(ENLARGED)]
    top, left = frame.top * ENLARGED, frame.left * ENLARGED
    bottom, right = top + frame.height * ENLARGED - 1, left + frame.width * ENLARGED - 1
    for y in range(top, bottom + 1):
        for x in range(left, right + 1):
            if min(y - top, bottom - y, x - left, right - x) < 2:
                wide[y][x] = FRAME
    return wide


HTML = register(
    TemplateFormat(
        folder="html",
        suffix="html",
        escapes=True,
        filters={
            "math": math,
            "number": number,
            "classes": classes,
            "position": position,
            "picture": picture,
            "shown": lambda value: shown(value).replace("-", "−"),
        },
    )
)
