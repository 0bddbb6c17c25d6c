"""What a cell of a figure looks like, and how its number is written where it is long: decided once for every format."""

from __future__ import annotations

from ...arithmetic import true_minus
from ...document.matrix import Cell, MatrixKind
from ..looks import content, looks

MOST = 6
"""Characters of a number that a cell shows; a longer one is rounded, and said whole where the reader points at it."""
_SIDES = {1: (40, 16), 2: (40, 16), 3: (40, 16), 4: (45, 15), 5: (49, 14), 6: (54, 13)}


def side_for(characters: int) -> tuple[int, int]:
    """The side of a square cell with room for so many characters, and the size of its letters."""
    return _SIDES[max(1, min(characters, MOST))]


def shown(cell: Cell) -> tuple[str, str]:
    """What stands in a cell, and the whole of it where that is more."""
    text = str(content(cell))
    value = cell.value
    whole = true_minus(repr(value)) if isinstance(value, float) and value == value else text
    if len(text) <= MOST:
        return text, "" if whole == text or float(text.replace("−", "-").replace("∞", "inf")) == value else whole
    if cell.kind == "data" and (rounded := _rounded(value)):
        return rounded, whole
    return text[: MOST - 1] + "…", whole


def _rounded(number: object) -> str:
    """A number in as many digits as fit; nothing where it has none, or where even its first does not."""
    try:
        value = float(number)  # type: ignore[arg-type]  # whatever is no number says so
    except (TypeError, ValueError, OverflowError):
        return ""
    for digits in range(MOST, 0, -1):
        text = f"{value:.{digits}g}".replace("e+0", "e").replace("e-0", "e-").replace("e+", "e")
        if len(text) <= MOST:
            return true_minus(text)
    return ""


def box_look(cell: Cell, kind: MatrixKind, numbers: bool, framed: bool = False) -> str:
    """The look of the rectangle; without numbers, colours say everything, and so they are stronger.

    Of several results, which a frame holds together, the lines between them are seen, too.
    """
    found = looks(cell)
    inside = "window" in found and "gap" not in found
    if cell.kind == "padding":
        look = "padding-window" if inside else "padding"
    elif "result" in found:
        look = "landed" if framed and not numbers else "result"
    elif cell.kind in ("outside", "unknown", "blank"):
        look = cell.kind
    elif inside:
        look = "window"
    elif "idle" in found:
        look = "unknown"
    else:
        look = kind if kind != "input" else "data"
    return look if numbers else f"{look}-alone"


def text_look(cell: Cell) -> str:
    """The look of what stands in it."""
    found = looks(cell)
    for mark, look in (("wrong", "wrong"), ("result", "result-words"), ("winner", "winner")):
        if mark in found:
            return look
    return "soft" if cell.kind in ("unknown", "outside", "skipped") or {"gap", "idle"} & {*found} else "ink"
