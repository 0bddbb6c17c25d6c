"""The reports of a class: a table (CSV, JSON Lines, Parquet), and the overview as a lesson.

A table has a row for each answer, in the order they were read, then, where students have several exercises, one for
each student with the sum. It holds what students wrote as their names, so that what a spreadsheet would take for a
formula is defused. To add a format: a writer, and its ending in `FORMATS`.
"""

from __future__ import annotations

import csv
import importlib
import io
import json
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from math import prod
from pathlib import Path
from typing import Any, BinaryIO

from ..errors import MissingExtra, StepwiseError, listing, one_line
from ..io.files import PathLike
from ..io.whole import written_whole
from ..render import encode
from .marks import Mark, Part
from .overview import overview
from .overview_lesson import overview_lesson
from .tally import Tally
from .totals import TOTAL, Totals

COLUMNS = (
    "student",
    "variant",
    "score",
    "max_score",
    "correct",
    "diagnosis",
    "explains",
    "wrong",
    "status",
    "note",
    "source",
)
_FORMULA = tuple("=+-@\t\r|%＝＋－＠")
"""What a spreadsheet may take for the beginning of a formula (OWASP, “CSV Injection”), full-width forms too."""
_ROWS = 8192  # of one group in a Parquet file

Marks = Callable[[], Iterator[Mark]]


def row(mark: Mark) -> dict[str, Any]:
    """A mark as a row: a value for each of `COLUMNS`."""
    return {
        "student": mark.student,
        "variant": mark.variant,
        "score": mark.score,
        "max_score": mark.max_score,
        "correct": mark.correct,
        "diagnosis": mark.diagnosis,
        "explains": sum(part.explains for part in mark.parts),
        "wrong": sum(map(_wrong, mark.parts)),
        "status": mark.status,
        "note": mark.note,
        "source": mark.name,
    }


def _wrong(part: Part) -> int:
    """How many cells are wrong: of an answer of another size, all of them."""
    return prod(part.given) if part.given else part.cells.count("w") + part.cells.count("i")


def defused(text: str) -> str:
    """Words that no spreadsheet takes for a formula, on one line and without control characters.

    >>> defused("=1+1"), defused("ana"), defused("a\\nb")
    ("'=1+1", 'ana', 'a b')
    """
    clean = one_line(text)
    return f"'{clean}" if text.startswith(_FORMULA) or clean.startswith(_FORMULA) else clean


def _for_csv(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float():
            return f"{value:.10g}"
        case str():
            return defused(value)
    return str(value)


def part_columns(tally: Tally) -> tuple[str, ...]:
    """A column for the points of each part, where an exercise has several: `part.1`, `part.2`."""
    most = max((len(one.parts) for one in tally.assignment.exercises.values() if one.in_parts), default=0)
    return tuple(f"part.{number}" for number in range(1, most + 1))


def _rows(marks: Marks, tally: Tally) -> Iterator[dict[str, Any]]:
    """A row for each answer; and where a student has several exercises, one for the student with the sum."""
    parts = part_columns(tally)
    totals = Totals() if tally.assignment.has_several else None
    for mark in marks():
        was_read = mark.score is not None or mark.status == "unreadable"  # of that, the parts that could be read
        earned = [None if part.unread else part.earned for part in mark.parts] if was_read else []
        yield row(mark) | dict(zip(parts, [*earned, *[None] * (len(parts) - len(earned))]))
        if totals is not None:
            totals.add(mark)
    for student, score, most, count, unread in totals.several() if totals is not None else ():
        note = f"the sum of {count} exercises" + (f", {unread} of them not marked yet" if unread else "")
        empty = dict.fromkeys((*COLUMNS, *parts))
        known = {"student": student, "variant": "", "score": score, "max_score": most, "status": TOTAL, "note": note}
        yield empty | known | {"diagnosis": "", "source": "", "explains": 0, "wrong": 0}


def _write_csv(stream: BinaryIO, marks: Marks, tally: Tally) -> None:
    text = io.TextIOWrapper(stream, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow((*COLUMNS, *part_columns(tally)))
    for one in _rows(marks, tally):
        writer.writerow(map(_for_csv, one.values()))
    text.detach()


def _write_jsonl(stream: BinaryIO, marks: Marks, tally: Tally) -> None:
    known: list[Mark] = []

    def kept() -> Iterator[Mark]:
        for mark in marks():
            known[:] = [mark]
            yield mark

    for one in _rows(kept, tally):
        mark = known[0] if known and one["status"] != TOTAL else None
        codes, cells = (list(mark.codes), [part.cells for part in mark.parts]) if mark else ([], [])
        stream.write(json.dumps(one | {"diagnosis": codes, "cells": cells}).encode() + b"\n")


def _write_parquet(stream: BinaryIO, marks: Marks, tally: Tally) -> None:
    arrow, parquet = _arrow()
    kinds = {"score": arrow.float64(), "max_score": arrow.float64(), "correct": arrow.bool_()}
    kinds |= {"explains": arrow.int64(), "wrong": arrow.int64()} | dict.fromkeys(part_columns(tally), arrow.float64())
    names = (*COLUMNS, *part_columns(tally))
    schema = arrow.schema([(name, kinds.get(name, arrow.string())) for name in names])
    rows = _rows(marks, tally)
    with parquet.ParquetWriter(stream, schema) as writer:
        while group := list(islice(rows, _ROWS)):
            for one in group:
                for name in ("student", "note", "source"):
                    one[name] = one_line(one[name])
            writer.write_table(arrow.Table.from_pylist(group, schema=schema))


def _arrow() -> tuple[Any, Any]:
    try:
        return importlib.import_module("pyarrow"), importlib.import_module("pyarrow.parquet")
    except ImportError:
        raise MissingExtra(
            'a Parquet report needs PyArrow, which is not installed; run pip install "stepwise-cnn[parquet]"'
        ) from None


def _write_overview(format: str) -> Callable[[BinaryIO, Marks, Tally], None]:
    def write(stream: BinaryIO, _marks: Marks, tally: Tally) -> None:
        stream.write(encode(overview_lesson(overview(tally)), format))

    return write


OVERVIEWS = ("html", "pdf", "md", "txt", "tex", "typ")
"""The formats of lessons in which the overview is written."""
FORMATS: dict[str, Callable[[BinaryIO, Marks, Tally], None]] = {
    ".csv": _write_csv,
    ".jsonl": _write_jsonl,
    ".parquet": _write_parquet,
    **{f".{format}": _write_overview(format) for format in OVERVIEWS},
}


def check_format(path: PathLike) -> None:
    """Raises `StepwiseError` where a report's suffix names no format, `MissingExtra` where that cannot be written."""
    suffix = Path(path).suffix.lower()
    if suffix not in FORMATS:
        raise StepwiseError(f"the report {str(path)!r} must end in {listing(FORMATS)}, which says what it is")
    if suffix == ".parquet":
        _arrow()


def write_reports(reports: Sequence[PathLike], marks: Marks, tally: Tally, replace: bool) -> None:
    """Write each report, whole or not at all."""
    for report in reports:
        with written_whole(report, replace) as stream:
            FORMATS[Path(report).suffix.lower()](stream, marks, tally)
