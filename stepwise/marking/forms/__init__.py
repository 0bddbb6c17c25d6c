"""What an answer was written in: every way in which people write a grid, found out and read.

    words.py    one cell as one number
    rows.py     rows of words: what ends a row, what parts cells, and whether a comma is a point
    markup.py   tables and matrices in Markdown, org, HTML, LaTeX
    code.py     what programs print and read: Python, NumPy, PyTorch, TensorFlow, R, MATLAB, Julia
    labels.py   a grid of numbers among its headings
    prose.py    the words around an answer: `My answer is:`, `Y =`

A text may be read in more than one way (`4,5; 6,7`): then all of them are given, the likeliest first, and whoever knows
the size that was asked for chooses.
"""

from __future__ import annotations

from .code import from_code
from .markup import from_markup
from .prose import bare
from .reading import Decimal, Reading, Unreadable
from .rows import from_rows


def readings(text: str, decimal: Decimal) -> list[Reading]:
    """Every way to read a text, the likeliest first. Raises `Unreadable` where there is none."""
    if found := from_markup(text):
        return found
    text = bare(text)
    if not text:
        raise Unreadable("")
    return from_markup(text) or from_code(text, decimal) or from_rows(text, decimal)


__all__ = ["Decimal", "Reading", "Unreadable", "readings"]
