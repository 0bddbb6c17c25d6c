"""A spreadsheet in which every output cell is a live formula: change a number, and watch what follows.

Blocks cannot be calculated with, so the sheets are made from the traces that the lesson carries, a sheet a layer; a
layer's input is linked to the output it came from. What the layer gave is stored beside each formula, so that a viewer
which does not calculate shows it too.

    places.py    where every cell of an array lies, and what a run of cells is called
    sheets.py    a trace laid out on a sheet
    formulas.py  an operation's formula
    book.py      the file
"""

from __future__ import annotations

from ...arithmetic import is_expression
from ...document.lesson import Lesson
from ...effort import MOST_SECONDS, SHEET_CELL, allow
from ...errors import StepwiseError
from ...language import speaking
from ...traces.trace import Trace
from .sheets import every_trace

MOST_CELLS = round(MOST_SECONDS / SHEET_CELL.seconds)
"""Cells of all arrays together that are written unasked; a spreadsheet with more is slow to open, too."""


def workbook(lesson: Lesson) -> bytes:
    """The file. Raises `MissingExtra` without XlsxWriter, and `StepwiseError` for what no spreadsheet can calculate."""
    traces = list(every_trace(lesson.traces))
    if not traces:
        raise StepwiseError(
            "this lesson carries out no layer on numbers, so there is nothing for a spreadsheet to calculate"
        )
    cells = sum(array.size for trace in traces for array in (*trace.inputs.values(), trace.output))
    allow(f"a spreadsheet of {cells:,} cells", cells * SHEET_CELL, "take a smaller input, or another format")
    for trace in traces:
        _check(trace)
    from .book import written

    with speaking(lesson.language):
        return written(lesson, traces)


def _check(trace: Trace) -> None:
    for name, array in (*trace.inputs.items(), ("output", trace.output)):
        if any(is_expression(value) and value.free_symbols for value in array.flat):
            raise StepwiseError(
                f"{trace.layer.call}: a spreadsheet calculates with numbers, and the {name} has letters; put numbers in"
            )
        for value in array.flat:
            if not abs(value) < 1e15:  # NaN is not, either
                raise StepwiseError(
                    f"{trace.layer.call}: the {name} holds {value}, which a spreadsheet cannot; it has neither NaN nor "
                    "infinity, and 15 digits"
                )


__all__ = ["workbook"]
