"""HTML: one self-contained page, no request, no script needed."""

from __future__ import annotations

import base64

from markupsafe import Markup

from ..arithmetic import shown
from ..formula import Formula, mathml
from ..lessons.blocks import Cell, FeatureMap, Matrix
from .looks import content, looks, position
from .png import grey_png
from .shades import levels
from .templates import TemplateFormat, register


def math(formula: Formula, tall: bool = False) -> Markup:
    """A formula as MathML, spoken by its label."""
    return Markup(mathml(formula, tall))  # noqa: S704 - mathml() escapes every name it writes


def number(cell: Cell) -> str | Markup:
    """What stands in a cell, with a true minus."""
    found = content(cell)
    return found if isinstance(found, str) else math(found)


def classes(matrix: Matrix, row: int, column: int) -> str:
    """A cell's classes: how it looks, and the edges of the window that run along it."""
    found = looks(matrix.rows[row][column])
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


def picture(feature_map: FeatureMap) -> str:
    """A feature map as a data address of a PNG, one pixel a number."""
    rows = [bytes(row) for row in levels(feature_map, 256)]
    return "data:image/png;base64," + base64.b64encode(grey_png(rows)).decode()


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
