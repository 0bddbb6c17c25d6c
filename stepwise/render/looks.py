"""How a cell looks, decided once for every format that draws matrices."""

from __future__ import annotations

from typing import Any

from ..arithmetic import shown, true_minus
from ..document.blocks import FeatureMap
from ..document.matrix import Cell, Matrix
from ..formula import Formula, Number, leaf
from ..formula.tree import Node
from ..language import _


def content(cell: Cell) -> str | Formula:
    """What stands in a cell: digits with a true minus, a sign, or nothing; or an expression in letters."""
    match cell.kind:
        case "padding":
            return "·"
        case "outside":
            return "×"
        case "unknown":
            return "?"
        case "skipped":
            return str(cell.value)
        case "blank":
            return ""
        case "data":
            formula: Any = cell.value if isinstance(cell.value, Node) else leaf(cell.value)
            return true_minus(formula.digits) if isinstance(formula, Number) else formula


def looks(cell: Cell) -> list[str]:
    """Its kind, where that is not plain data, and its marks; `gap` is inside the window, but dilation steps over it."""
    found: list[str] = [cell.kind] if cell.kind != "data" else []
    found += sorted(cell.marks - {"tapped"})
    return [*found, "gap"] if "window" in cell.marks and "tapped" not in cell.marks else found


def position(matrix: Matrix, number: int, along: str) -> str:
    """The head of a row or column, for those who cannot see where it is: `row 0`."""
    at = matrix.row_at(number) if along == "row" else matrix.column_at(number)
    if at is None:
        return _("rows left out") if along == "row" else _("columns left out")
    return (_("row {n}") if along == "row" else _("column {n}")).format(n=at)


def counted(matrix: Matrix, number: int, along: str) -> str:
    """The same as it is seen, where it is: `0`; dots where rows or columns are left out."""
    at = matrix.row_at(number) if along == "row" else matrix.column_at(number)
    return ("⋮" if along == "row" else "⋯") if at is None else true_minus(str(at))


def in_words(matrix: Matrix) -> str:
    """The matrix in words, row by row, for those who cannot see the picture: `input 2×2: 4, 3; 2, padding`."""
    words = {"padding": _("padding"), "outside": _("outside"), "unknown": _("not yet known")}
    words |= {"blank": _("to be filled in"), "skipped": "…"}

    def said(cell: Cell) -> str:
        text = words.get(cell.kind) or str(content(cell))
        return _("{number} (a mistake)").format(number=text) if "wrong" in cell.marks else text

    rows = (", ".join(map(said, row)) for row in matrix.rows)
    return f"{matrix.caption}: {'; '.join(rows)}"


def has_blanks(matrix: Matrix) -> bool:
    """Whether some of its cells are to be written in, and so must be large enough for a pen."""
    return any(cell.kind == "blank" for row in matrix.rows for cell in row)


def widest(matrix: Matrix) -> int:
    """The characters of the longest number in a matrix."""
    return max((len(str(content(cell))) for row in matrix.rows for cell in row), default=1)


def described(feature_map: FeatureMap) -> str:
    """A picture of numbers in words."""
    low, high = (true_minus(shown(value)) for value in (feature_map.low, feature_map.high))
    sentence = (
        _("{caption}: picture in two colours, from {low} (blue) over 0 (white) to {high} (orange)")
        if feature_map.diverging
        else _("{caption}: grey picture, from {low} (black) to {high} (white)")
    )
    return sentence.format(caption=feature_map.caption, low=low, high=high)
