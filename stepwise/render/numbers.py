"""The numbers of a lesson's answer, and nothing else: as CSV, and in NumPy's own format.

CSV is what the reader of answers takes: a row of the table a line, an empty line between tables (of channels, images,
depths), a line `---` between the answers of two layers that are compared. Every number is written out, so that it reads
back to itself. NumPy's file is the output as it stands, axes and all.
"""

from __future__ import annotations

import csv
import re
from fractions import Fraction
from io import BytesIO, StringIO

import numpy as np

from ..arithmetic import Array, Value, is_expression, plain
from ..document.lesson import Lesson
from ..effort import WRITTEN_CELL, allow
from ..errors import StepwiseError
from ..formula import near, written
from ..traces.tables import tables
from ..traces.trace import Trace
from .digits import csv_lines, fits

_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?|[0-9]+/[0-9]+|inf|nan)")


def as_csv(lesson: Lesson) -> bytes:
    """The answer, row by row. Raises `StepwiseError` for a lesson that has none to give."""
    answers = _answers(lesson, "csv")
    cells = sum(trace.output.size for trace in answers)
    allow(f"a table of {cells:,} numbers", cells * WRITTEN_CELL, "take a smaller input, or .npy")
    return b"---\n".join(b"\n".join(map(_table, tables(trace))) for trace in answers)


def as_npy(lesson: Lesson) -> bytes:
    """The answer as an array. Raises `StepwiseError` where there is none, or what no array of numbers holds."""
    answers = _answers(lesson, "npy")
    if len(answers) > 1:
        raise StepwiseError(f"this lesson has {len(answers)} answers, and a .npy file holds one array; write .csv")
    array = _of_numbers(answers[0].output)
    stream = BytesIO()
    np.lib.format.write_array(stream, array, allow_pickle=False)
    return stream.getvalue()


def _answers(lesson: Lesson, format: str) -> tuple[Trace, ...]:
    if lesson.unanswered:
        raise StepwiseError(f"this sheet asks for its answer; .{format} would be nothing but that")
    if not lesson.traces:
        raise StepwiseError(f"this lesson carries out no layer, so it has no numbers for .{format}")
    return lesson.traces


def _table(rows: Array) -> bytes:
    if fits(rows):
        return b"".join(csv_lines(rows))
    stream = StringIO()
    csv.writer(stream, lineterminator="\n").writerows([_cell(plain(value)) for value in row] for row in rows)
    return stream.getvalue().encode()


def _cell(value: Value) -> str:
    """A number in all its digits, or an expression in letters, which no spreadsheet is to take for a formula.

    >>> [_cell(value) for value in (4, -0.5, 1 / 3, Fraction(-13, 4), float("inf"))]
    ['4', '-0.5', '0.3333333333333333', '-13/4', 'inf']
    """
    if is_expression(value) and not value.free_symbols:  # a root, or a power of e, has no digits but a decimal's
        value = Fraction(int(value.p), int(value.q)) if value.is_Rational else near(value)
    text = written(value) if is_expression(value) else str(value)
    # What begins like a formula is one to a spreadsheet; in parentheses it is the same expression, and only words.
    return text if _NUMBER.fullmatch(text) or text[:1] not in tuple("=+-@\t\r") else f"({text})"


def _of_numbers(array: Array) -> Array:
    if array.dtype != object:
        return array
    whole = [value for value in array.flat if isinstance(value, int) and abs(value) < 2**63]
    if len(whole) < array.size:
        raise StepwiseError("a .npy file holds no fractions, letters or endless whole numbers; write .csv instead")
    return array.astype(np.int64)
