"""Numbers from outside: lists, arrays, text such as `4 3; 2 1`, and files. All of it is data; nothing is executed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from ..arithmetic import Array, is_exact, is_expression
from ..errors import FileError, InputError, LimitError, shown
from .arrays import MOST_CELLS, read_idx, read_npy, read_png
from .files import PathLike, read_text
from .numerals import LONGEST_NUMBER, Assumed, Reading, number

LONGEST_TEXT = 10_000_000
MOST_BITS = (10**LONGEST_NUMBER).bit_length()
"""Bits of one whole number."""
LARGEST_DIVISOR = 1e300


class Grids(np.ndarray):
    """Numbers as a person types them: the rows of a grid, or several grids. What they mean, the layer says."""


def as_array(data: Any, name: str = "input", arithmetic: str | None = None, assume: Assumed = "real") -> Array:
    """The data as a new array of numbers: integers stay integers, floats keep their type, fractions stay fractions.

    `data` is an array (or anything NumPy takes for one), nested lists, a number, or text: JSON (`[[4, 3], [2, 1]]`), or
    rows ended by `;` or a new line, with numbers parted by spaces or commas. An empty line, or `;;`, begins another
    grid. Numbers are integers, decimals, fractions, `nan`, `inf`, and letters such as `a` and `x1`.
    `arithmetic` is `float`, `exact` or `symbolic`; without it, fractions make the array exact and letters symbolic.
    Raises `InputError`, naming the place, for ragged rows, words, or nothing at all.

    >>> as_array("4 3; 2 1").tolist(), as_array([[1, 2.5]]).tolist()
    ([[4, 3], [2, 1]], [[1.0, 2.5]])
    >>> as_array("1/2 -3.5\\n1e3 inf").tolist(), as_array("4 3; 2 1;; 0 0; 1 0").tolist()
    ([[0.5, -3.5], [1000.0, inf]], [[[4, 3], [2, 1]], [[0, 0], [1, 0]]])
    >>> as_array("13/4 0.1", arithmetic="exact").tolist()
    [[Fraction(13, 4), Fraction(1, 10)]]
    """
    reading = Reading(name, arithmetic, assume)
    found = _from_text(data, reading) if isinstance(data, str) else _from_data(data, reading)
    settled = reading.settled(np.asarray(found))
    return settled.view(Grids) if isinstance(data if isinstance(data, Grids) else found, Grids) else settled


def taken(data: Any, name: str = "input", arithmetic: str | None = None, assume: Assumed = "real") -> Array:
    """As `as_array`, but locked, so that nobody changes it; what is locked and owns its numbers is not read again."""
    if isinstance(data, np.ndarray) and not data.flags.writeable and data.size:
        Reading(name, arithmetic, assume)  # says what is wrong with those
        if isinstance(data, Grids) or (data.base is None and data.dtype != np.longdouble):
            if data.dtype.kind in "iuf" and arithmetic not in ("exact", "symbolic"):
                return data
            if data.dtype == object and arithmetic != "float" and all(type(value) is Fraction for value in data.flat):
                return data
    found = as_array(data, name, arithmetic, assume)
    if not isinstance(found, Grids):
        return locked(found)
    found.flags.writeable = False
    return found


def locked(array: Any) -> Array:
    """An array of its own that nobody will change: this one, or a copy where it is a view of another."""
    own: Array = np.asarray(array)
    own = own if own.base is None else np.array(own)
    own.flags.writeable = False
    return own


def _from_data(data: Any, reading: Reading) -> Array:
    name = reading.name
    if isinstance(data, list | tuple):
        data = _cells(data, reading)
    array = np.array(data)
    if array.size == 0:
        raise InputError(f"the {name} is empty (its shape is {array.shape}); give at least one number")
    if array.dtype.kind == "b":
        return array.astype(np.int64)
    if array.dtype.kind == "U":
        raise InputError(f"the {name} holds words where numbers belong, such as {str(array.ravel()[0])!r}")
    if array.dtype == object:
        return _unbounded(array, name)
    if array.dtype.kind not in "iuf":
        raise InputError(f"the {name} holds {array.dtype} where numbers belong")
    return array.astype(np.float64) if array.dtype == np.longdouble else array


def _unbounded(array: Array, name: str) -> Array:
    """What no NumPy type holds: exact numbers, letters, and Python's own integers, which have no bound.

    Such integers stay as they are; beside decimals they must be decimals too.
    """
    for value in array.ravel():
        if not isinstance(value, int | float | Fraction) and not is_expression(value):
            raise InputError(f"the {name} holds {_held(value)} where numbers belong")
    if is_exact(array) or all(isinstance(value, int) for value in array.ravel()):
        return array
    try:
        return array.astype(np.float64)
    except OverflowError:
        raise InputError(f"the {name} has a whole number too large to stand beside decimals") from None


def _held(value: object) -> str:
    """What stands where a number belongs; None is also what YAML and JSON make of a place left empty, or of null."""
    return "nothing" if value is None else "a mapping" if isinstance(value, Mapping) else shown(value)


def _cells(data: Sequence[Any], reading: Reading) -> Array:
    name = reading.name
    shape: list[int] = []
    inner: Any = data
    while _nested(inner):
        shape.append(len(inner))
        inner = inner[0] if len(inner) else None
        if len(shape) > 32:
            raise InputError(f"the {name} is nested deeper than any array is")
    flat = list(_leaves(data, tuple(shape), reading, ()))
    try:
        array = np.array(flat)
    except OverflowError:
        array = np.array(flat, dtype=object)
    if array.dtype.kind == "O" or _loses_digits(array, flat):
        array = np.array(flat, dtype=object)
    return array.reshape(shape)


def _nested(data: Any) -> bool:
    return isinstance(data, list | tuple) or (isinstance(data, np.ndarray) and data.ndim > 0)


def _loses_digits(array: Array, flat: list[Any]) -> bool:
    """Whether NumPy turned integers too large for it into rounded floats."""
    return array.dtype.kind == "f" and all(isinstance(value, int) for value in flat) and bool(flat)


def _leaves(data: Any, shape: tuple[int, ...], reading: Reading, at: tuple[int, ...]) -> Iterator[Any]:
    name = reading.name
    if not shape:
        if isinstance(data, str | Decimal):
            yield number(str(data), reading, f" at {list(at)}")
        elif (
            isinstance(data, bool | int | float | Fraction | np.number) and not isinstance(data, np.complexfloating)
        ) or is_expression(data):
            if isinstance(data, int) and data.bit_length() > MOST_BITS:
                raise InputError(f"the {name} has a number of more than {LONGEST_NUMBER} digits at {list(at)}")
            yield data
        elif _nested(data):
            raise InputError(f"the {name} is ragged: at {list(at)} there is a list where other rows have a number")
        else:
            raise InputError(f"the {name} holds {_held(data)} at {list(at)}, where a number belongs")
        return
    if not _nested(data) or len(data) != shape[0]:
        found = f"a list of {len(data)}" if _nested(data) else shown(data)
        raise InputError(f"the {name} is ragged: at {list(at)} there is {found}, where others have {shape[0]}")
    for i, entry in enumerate(data):
        yield from _leaves(entry, shape[1:], reading, (*at, i))


def _from_text(text: str, reading: Reading) -> Array:
    name = reading.name
    if len(text) > LONGEST_TEXT:
        raise LimitError(f"the {name} has {len(text):,} characters; at most {LONGEST_TEXT:,} are read")
    stripped = text.strip()
    if stripped.startswith("["):
        try:
            read = partial(number, reading=reading, where="")
            return _from_data(json.loads(stripped, parse_int=read, parse_float=read), reading)
        except (json.JSONDecodeError, RecursionError) as error:
            where = f" (column {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
            raise InputError(f"the {name} begins like JSON but cannot be read as it{where}") from None
    grids = [rows for grid in re.split(r"\n\s*\n|;[^\S\n]*;", stripped) if (rows := _rows(grid))]
    if not grids:
        raise InputError(f"the {name} is empty; write rows of numbers, such as 4 3; 2 1")
    if len(grids) == 1:
        return _from_data(_grid(grids[0], reading, ""), reading).view(Grids)
    typed = [_grid(rows, reading, f" of grid {g}") for g, rows in enumerate(grids, 1)]
    for g, grid in enumerate(typed, 1):
        if (len(grid), len(grid[0])) != (len(typed[0]), len(typed[0][0])):
            found, first = (f"{_counted(one, 'row')} of {_numbers(one[0])}" for one in (grid, typed[0]))
            raise InputError(f"the {name} is ragged: grid {g} has {found}, grid 1 has {first}")
    return _from_data(typed, reading).view(Grids)


def _rows(grid: str) -> list[str]:
    return [row for row in re.split(r"[;\n]", grid) if row.strip()]


def _grid(rows: Sequence[str], reading: Reading, of: str) -> list[list[Any]]:
    """The numbers of a grid; `of` says which it is, where there are several."""
    cells = [
        [number(word, reading, f" in row {r}, column {c}{of}") for c, word in enumerate(_words(row), 1)]
        for r, row in enumerate(rows, 1)
    ]
    for r, row in enumerate(cells, 1):
        if len(row) != len(cells[0]):
            difference = f"row {r} has {_numbers(row)}, row 1 has {_numbers(cells[0])}"
            raise InputError(f"the {reading.name} is ragged: {of.removeprefix(' of ')}{', ' if of else ''}{difference}")
    return cells


def _words(row: str) -> list[str]:
    """Between two commas there must be a word: a cell left empty would let the others move up."""
    return re.split(r"\s*,\s*|\s+", row.strip())


def _numbers(cells: Sequence[Any]) -> str:
    return _counted(cells, "number")


def _counted(things: Sequence[Any], name: str) -> str:
    return f"1 {name}" if len(things) == 1 else f"{len(things)} {name}s"


def from_file(path: PathLike, name: str = "input", arithmetic: str | None = None, assume: Assumed = "real") -> Array:
    """An array from a `.csv`, `.txt`, `.json`, `.npy` (never a pickled one) or `.png` file.

    It is locked, so that a layer takes it as it is. Raises `FileError` for a file that is damaged or of another kind.
    """
    readers: dict[str, Callable[[PathLike], Any]] = {".npy": read_npy, ".png": read_png}
    readers |= dict.fromkeys((".csv", ".txt", ".json"), read_text)
    reader = readers.get(Path(path).suffix.lower())
    if reader is None:
        raise FileError(f"{path}: numbers are read from .csv, .txt, .json, .npy and .png files")
    try:
        return taken(reader(path), name, arithmetic, assume)
    except InputError as error:
        raise FileError(f"{path}: {error}") from None


def random_numbers(value: Any) -> Array:
    """Whole numbers drawn from `{shape: [4, 4], low: 0, high: 9}`, the same for the same seed. Raises `InputError`."""
    if not isinstance(value, Mapping) or not set(value) <= {"shape", "low", "high", "seed"}:
        raise InputError("random: takes shape, low, high and seed, such as {shape: [4, 4], low: 0, high: 9}")
    shape, low, high, seed = (
        value.get("shape"),
        value.get("low", 0),
        value.get("high", 9),
        value.get("seed", 0),
    )
    if not isinstance(shape, list) or not shape or not all(type(n) is int and n > 0 for n in shape):
        raise InputError(f"random: shape {shown(shape)} must be a list of whole numbers above 0")
    if (
        not all(type(n) is int for n in (low, high, seed))
        or low > high
        or seed < 0
        or max(abs(low), abs(high)) > 10**15
    ):
        raise InputError(
            f"random: low {shown(low)}, high {shown(high)} and seed {shown(seed)} must be whole numbers, "
            "low at most high"
        )
    if len(shape) > 8 or np.prod(shape, dtype=object) > MOST_CELLS:
        raise InputError(f"random: shape {list(shape)} has too many cells; at most {MOST_CELLS:,}")
    return np.random.default_rng(seed).integers(low, high, shape, endpoint=True)


def sample_digit(index: int) -> Array:
    """One of the bundled MNIST digits, 28×28, 0…255. Raises `InputError` for a number there is none of."""
    digits = read_idx(Path(__file__).parents[1] / "data" / "mnist-sample.idx.gz")
    if type(index) is not int or not 0 <= index < len(digits):
        raise InputError(f"there is no digit {shown(index)} in the bundled sample; it has 0 to {len(digits) - 1}")
    chosen: Array = digits[index].copy()  # not a view, which would keep all of them
    return chosen
