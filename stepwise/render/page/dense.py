"""The size of type at which the matrices of a scene stand in one row, and a wide one on a phone.

Python guesses widths from characters: a browser would know them only after the page is laid out, and paper has no
script. Small scenes, most of all, are left as they are.
"""

from __future__ import annotations

from ...document.blocks import Scene
from ...document.matrix import Matrix
from ..looks import widest

ROW = 50.0
"""The widest row of a lesson at its full width, in the lesson's own type."""
PHONE = 90.0
"""Of a phone's width, how many hundredths a matrix may take."""
NARROW = 18.0
"""What fits any phone as it is."""
LEAST = 0.7
CELL, SIGN = 2.75, 3.2


def dense(scene: Scene) -> str:
    """The style of a scene's type, as CSS; nothing where it fits as it is.

    >>> from ...document.matrix import Cell
    >>> row = tuple(Cell("data", 1, (i,)) for i in range(8))
    >>> dense(Scene((Matrix("input", "", (row,)),) * 3, ("", "")))
    'clamp(0.7em, 4.09vw, 0.7em)'
    >>> dense(Scene((Matrix("input", "", (row[:2],)),), ()))
    ''
    """
    widths = [_width(matrix) for matrix in scene.matrices]
    row = sum(widths) + SIGN * (len(widths) - 1)
    if row <= ROW and max(widths, default=0) <= NARROW:
        return ""
    part = max(LEAST, min(1.0, ROW / row))
    return f"clamp({LEAST}em, {PHONE / max(widths):.3g}vw, {part:.3g}em)"


def _width(matrix: Matrix) -> float:
    """In its own type, as `matrix.css` has its cells."""
    return len(matrix.rows[0]) * max(CELL, 0.6 * widest(matrix) + 0.75)
