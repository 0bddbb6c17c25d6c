"""What a sheet is to have: the `worksheet:` of each lesson file on it.

    worksheet:
      blank: [output, sizes]           # also padding, formula, steps; or cells: [[0, 1], [1, 0]] of the output
      instructions: Show your **working**.
      room: 4                          # empty lines to write on
      roster: students.csv             # who gets which variant is fixed by the seed
      variants:
        input: {integers: {low: -9, high: 9}}
        kernel: {integers: {low: -2, high: 2}}
        demand: {no_ties: true, results: [-50, 50]}
        alike: {carries: [0, 6]}

To add a key: a field of `Asked`, a line in `KEYS`, a reader below.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import field
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np

from ..arithmetic import Array
from ..dataclass import dataclass
from ..errors import FileError, StepwiseError, as_yaml, listing
from ..exercises.demands import Demands, read_demands
from ..io.arrays import read_idx
from ..io.files import PathLike, lies_in, read_bytes, read_text
from ..io.inputs import from_file
from ..lesson_files.lesson_file import LessonFile, LessonFileError
from ..lesson_files.reading import read_lesson
from ..marking.written import check_keys
from ..traces.layout import Index
from .draws import LARGEST, MOST_CELLS, Draw, read_draw, usual_draw

KEYS = ("blank", "cells", "instructions", "room", "name", "date", "variants", "roster")
VARIANT_KEYS = ("input", "kernel", "bias", "grad", "demand", "alike")
BLANKS = ("output", "sizes", "padding", "formula", "steps")
MOST_ROOM = 30
LONGEST_INSTRUCTIONS = 4000
MOST_EXERCISES = 20
MOST_STUDENTS = 10_000


@dataclass(frozen=True)
class Asked:
    """One exercise of a sheet."""

    file: str  # the lesson file's name
    text: str  # what stands in it
    lesson: LessonFile
    blank: tuple[str, ...] = ("output",)
    cells: tuple[Index, ...] = ()  # of the output, where not all of them are blank
    instructions: str = ""
    room: int = 0
    name: bool = True
    date: bool = True
    draws: Mapping[str, Draw] = field(default_factory=dict)  # input, kernel, bias
    demands: Demands = field(default_factory=Demands)
    beside: Mapping[str, bytes] = field(default_factory=dict)  # the files that the lesson reads
    roster: tuple[str, ...] = ()  # the students, each of whom gets one of the variants
    written: bool = False  # whether the file itself says how its variants are made


def load_asked(path: PathLike) -> Asked:
    """The exercise that a lesson file puts on a sheet. Raises `LessonFileError` or `FileError`."""
    place = Path(path)
    text = read_text(place)
    lesson = read_lesson(text, str(place), place.parent)
    try:
        return _asked(place, text, lesson)
    except LessonFileError:
        raise
    except StepwiseError as error:
        raise LessonFileError(f"{lesson.worksheet_place}: {error}") from None


def load_sheet(paths: Sequence[PathLike]) -> tuple[Asked, ...]:
    """The exercises of a sheet, a lesson file each."""
    if len(paths) > MOST_EXERCISES:
        raise StepwiseError(f"{len(paths)} exercises are too many for one sheet; at most {MOST_EXERCISES}")
    names = [Path(path).name for path in paths]
    for name in names:
        if names.count(name) > 1:
            raise StepwiseError(
                f"two lesson files are called {name}; each needs a name of its own in the sheet's folder"
            )
    return tuple(map(load_asked, paths))


def _asked(place: Path, text: str, lesson: LessonFile) -> Asked:
    data = lesson.worksheet
    check_keys(data, KEYS, "worksheet:")
    variants = data.get("variants", {})
    if not isinstance(variants, Mapping):
        raise StepwiseError(
            f"found variants: {as_yaml(variants)}, expected keys such as input: {{integers: {{high: 9}}}}"
        )
    check_keys(variants, VARIANT_KEYS, "variants:")
    read = partial(_picture, place.parent)
    draws = {n: read_draw(variants[n], f"{n}:", read) for n in ("input", "kernel", "bias", "grad") if n in variants}
    if lesson.input.size > MOST_CELLS:
        raise StepwiseError(
            f"the input has {lesson.input.size:,} numbers, too many to be worked out on paper; at most {MOST_CELLS:,}"
        )
    if "kernel" in draws and not any(layer.plan.initializers for layer in lesson.layers):
        raise StepwiseError("variants: draw a kernel, but no layer here has one")
    upstream = lesson.way_back.grad if lesson.way_back is not None else None
    if "grad" in draws and upstream is None:
        raise StepwiseError("variants: draw an upstream gradient, but there is no backward: {grad: …} here")
    if not {"input", "kernel", "bias", "grad"} & set(variants):
        draws["input"] = _usual_draw(lesson)
        if upstream is not None:
            draws["grad"] = _numbers_like(upstream)
    if data.get("cells") and "sizes" in data.get("blank", ()):
        raise StepwiseError(
            "cells: would be lost on the squared paper that blank: [sizes] gives; leave one of them out"
        )
    return Asked(
        place.name,
        text,
        lesson,
        _blank(data.get("blank", "output")),
        _cells(data.get("cells", [])),
        _instructions(data.get("instructions", "")),
        _room(data.get("room", 0)),
        _flag(data, "name"),
        _flag(data, "date"),
        draws,
        _demands(variants, lesson),
        _beside(lesson.files, place.parent),
        _roster(place.parent, data["roster"]) if "roster" in data else (),
        bool(variants),
    )


def _demands(variants: Mapping[str, Any], lesson: LessonFile) -> Demands:
    """What is demanded; of a whole training step, not that every mistake be told apart, unless the file says so."""
    demand, alike = variants.get("demand", {}), variants.get("alike", True)
    if lesson.way_back is None or lesson.way_back.loss is None or not isinstance(demand, Mapping):
        return read_demands(demand, alike)
    return read_demands({"discriminating": False, **demand}, variants.get("alike", False))


def _roster(folder: Path, name: Any) -> tuple[str, ...]:
    """The students in the first column of a table, or in the one that is headed `student`; each once."""
    path = _inside(folder, name, "roster")
    try:
        rows = [row for row in csv.reader(StringIO(read_text(path), newline="")) if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise FileError(f"{path}: the roster is not a table that can be read: {error}") from None
    head = [cell.strip().casefold() for cell in rows[0]] if rows else []
    column = head.index("student") if "student" in head else 0
    students = [row[column].strip() for row in rows["student" in head :] if len(row) > column and row[column].strip()]
    twice = next((student for student in students if students.count(student) > 1), None)
    if not students or twice is not None or len(students) > MOST_STUDENTS:
        why = "no student" if not students else f"{twice!r} twice" if twice else f"{len(students):,} students"
        raise FileError(
            f"{path}: the roster has {why}; it is a table with a row for each student, at most {MOST_STUDENTS:,}"
        )
    return tuple(students)


def _usual_draw(lesson: LessonFile) -> Draw:
    """Where the file says nothing: numbers like the lesson's own."""
    if lesson.random is not None:
        return usual_draw("integers", lesson.random.get("low", 0), lesson.random.get("high", 9))
    return _numbers_like(lesson.input)


def _numbers_like(array: Array) -> Draw:
    """Numbers such as these. Raises `StepwiseError` where there are none."""
    try:
        low, high = int(np.floor(array.min())), int(np.ceil(array.max()))
        low, high = min(low, 0), max(high, low + 9)
        if max(-low, high) > LARGEST:
            raise OverflowError
        whole = array.dtype == object or bool((array % 1 == 0).all())
        return usual_draw("integers" if whole else "decimals", low, high)
    except (TypeError, ValueError, OverflowError):  # letters, or no finite number, or too large a one
        raise StepwiseError(
            f"numbers like those of this input cannot be drawn: they are letters, or larger than {LARGEST:,}; "
            "say how, such as variants: {input: {integers: {low: 0, high: 9}}}"
        ) from None


def _blank(value: Any) -> tuple[str, ...]:
    words = [value] if isinstance(value, str) else value
    if not isinstance(words, list) or not words or not all(word in BLANKS for word in words):
        raise StepwiseError(
            f"found blank: {as_yaml(value)}, expected some of {listing(BLANKS)}, such as [output, sizes]"
        )
    return tuple(dict.fromkeys(words))


def _cells(value: Any) -> tuple[Index, ...]:
    fits = isinstance(value, list) and all(isinstance(c, list) and all(type(n) is int for n in c) for c in value)
    if not fits:
        raise StepwiseError(f"found cells: {as_yaml(value)}, expected places in the output, such as [[0, 1], [1, 0]]")
    return tuple(tuple(cell) for cell in value)


def _instructions(value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_INSTRUCTIONS:
        raise StepwiseError(f"instructions: are words of Markdown, at most {LONGEST_INSTRUCTIONS:,} characters")
    return value


def _room(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= MOST_ROOM:
        raise StepwiseError(f"found room: {as_yaml(value)}, expected a number of lines from 0 to {MOST_ROOM}")
    return value


def _flag(data: Mapping[str, Any], key: str) -> bool:
    if type(value := data.get(key, True)) is not bool:
        raise StepwiseError(f"found {key}: {as_yaml(value)}, expected true or false")
    return value


def _picture(folder: Path, name: Any) -> Array:
    path = _inside(folder, name, "file")
    return read_idx(path)[0] if path.name.endswith((".idx", ".idx.gz")) else from_file(path)


def _inside(folder: Path, name: Any, key: str) -> Path:
    if not isinstance(name, str) or Path(name).name != name:
        raise FileError(f"found {key}: {as_yaml(name)}, expected the name of a file beside the lesson")
    place = folder / name
    if not lies_in(folder, place):
        raise FileError(f"{key}: {name!r} does not lie in the lesson's own folder")
    return place


def _beside(files: Sequence[Path], folder: Path) -> dict[str, bytes]:
    """The files that the lesson reads; they go with it."""
    return {file.name: read_bytes(_inside(folder, str(file.relative_to(folder)), "file")) for file in files}
