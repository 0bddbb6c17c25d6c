"""Files that hold arrays in somebody else's format: NumPy's own, its archives, IDX, PNG. None of them can run anything.

What a file says of its own size is checked before memory is taken, so a small file cannot ask for a large array. To
add a format: a function here, and a line in `inputs.from_file`.
"""

from __future__ import annotations

import ast
import math
import re
import sys
import warnings
import zlib
from io import BytesIO
from typing import Any

import numpy as np

from ..arithmetic import Array
from ..errors import FileError
from .files import MOST_BYTES, PathLike, read_at_most, read_bytes
from .literals import tree_of
from .png import DamagedPicture, sound
from .zips import DamagedZip, zip_parts

MOST_CELLS = 2**28
"""The most numbers that one file may unpack to."""
MOST_AXES = 32
"""Axes that an array may have: NumPy's bound was this one, and no layer has nearly as many."""
LONGEST_HEADER = 10_000
"""Bytes before an array in NumPy's format, whose own bound this is."""


def read_npy(path: PathLike) -> Array:
    """An array in NumPy's format, never a pickled one. Raises `FileError` for anything else."""
    array = npy_array(read_bytes(path))
    if array is None:
        raise FileError(f"{path} is not an array of numbers in NumPy's format")
    return array


def npy_array(raw: bytes) -> Array | None:
    """The array in NumPy's format; None where the bytes are none, or others than their header says.

    Source: NumPy, `numpy.lib.format`: a signature, a version, the header's length, and the header as Python writes it.
    """
    wide = 2 if raw[6:7] == b"\x01" else 4
    if raw[:6] != b"\x93NUMPY" or raw[6:8] not in (b"\x01\x00", b"\x02\x00", b"\x03\x00"):
        return None
    begin = 8 + wide + int.from_bytes(raw[8 : 8 + wide], "little")
    if begin > len(raw) or begin > LONGEST_HEADER:
        return None
    try:
        header = ast.literal_eval(tree_of(raw[8 + wide : begin].decode().strip()))
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):  # what it says that it raises
        return None
    if not isinstance(header, dict) or set(header) != {"descr", "fortran_order", "shape"}:
        return None
    dtype, shape = _dtype(header["descr"]), header["shape"]
    if dtype is None or not isinstance(shape, tuple) or len(shape) > MOST_AXES:
        return None
    if not all(type(n) is int and n >= 0 for n in shape) or math.prod(shape) * dtype.itemsize != len(raw) - begin:
        return None
    array = np.frombuffer(raw, dtype, offset=begin) if len(raw) > begin else np.empty(0, dtype)
    if dtype.kind == "U" and np.any(array.view(f"{dtype.str[0]}u4") > sys.maxunicode):
        return None  # no word has such letters, and Python fails on them
    return array.reshape(shape, order="F" if header["fortran_order"] is True else "C")


def _dtype(word: Any) -> np.dtype[Any] | None:
    """The type that a word names, where it is one of numbers, complex ones and words among them; else None."""
    found = re.fullmatch(r"([<>=|]?)([?biufcSU])([0-9]{0,4})", word) if isinstance(word, str) else None
    if not found or (found[2] in "SU" and not int(found[3] or 0)):
        return None
    try:
        dtype: np.dtype[Any] = np.dtype(word)
    except TypeError:
        return None
    return dtype


def read_npz(path: PathLike, most: int = MOST_BYTES) -> dict[str, Array]:
    """The arrays of a NumPy archive by name, in their order. Raises `FileError` for a damaged or too large one."""
    raw = read_bytes(path, most)
    most = min(most, max(MOST_BYTES, 4 * len(raw)))  # numbers do not pack much smaller, but zeros do
    try:
        found = {name.removesuffix(".npy"): npy_array(part) for name, part in zip_parts(raw, most).items()}
    except DamagedZip as damage:
        problem = f"unpacks to more than {most // 2**20} MB, the most that is read" if damage.large else "is damaged"
        raise FileError(f"{path} is not a NumPy archive (.npz), or it {problem}") from None
    arrays = {name: array for name, array in found.items() if array is not None}
    if len(arrays) < len(found):
        strange = next(name for name in found if name not in arrays)
        raise FileError(f"{path}: {strange!r} in it is not an array of numbers")
    return arrays


def read_idx(path: PathLike) -> Array:
    """An array from an IDX file, MNIST's own format, gzipped or not. Raises `FileError` for anything else.

    Source: the format's description at the foot of Yann LeCun's MNIST page.
    """
    raw = read_bytes(path)
    damaged = FileError(f"{path} is not an IDX file of bytes, or it is cut short")
    if raw[:2] == b"\x1f\x8b":
        import gzip

        try:
            with gzip.GzipFile(fileobj=BytesIO(raw)) as stream:
                raw = read_at_most(stream, MOST_CELLS + 1)
        except (OSError, EOFError, zlib.error):
            raise damaged from None
    if len(raw) < 4 or raw[:3] != b"\x00\x00\x08" or len(raw) < 4 + 4 * raw[3]:
        raise damaged
    header = 4 + 4 * raw[3]
    shape = tuple(int(n) for n in np.frombuffer(raw[4:header], dtype=">u4"))
    if not 1 <= len(shape) <= MOST_AXES or 0 in shape or len(raw) - header != math.prod(shape):
        raise damaged
    return np.frombuffer(raw, dtype=np.uint8, offset=header).reshape(shape).copy()


MODES = {"1": "L", "L": "L", "LA": "LA", "I;16": "I;16", "I": "I", "P": "RGBA", "RGB": "RGB", "RGBA": "RGBA"}
"""How a picture's cells may be kept, and how they are read: one number, or three, and perhaps how opaque they are."""


def read_png(path: PathLike) -> Array:
    """A PNG picture: `(height, width)` if it is grey, `(height, width, 3)` in colour, as the file has the numbers.

    Raises `FileError` for a damaged or too large one, one that is partly transparent, or where Pillow is not installed.
    """
    raw = read_bytes(path)
    try:
        from PIL import Image, UnidentifiedImageError
    except ImportError:
        raise FileError(
            f"reading {path} needs the package Pillow; install it with: pip install 'stepwise-cnn[images]'"
        ) from None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what a picture may be for others
            with Image.open(BytesIO(sound(raw, str(path), MOST_CELLS)), formats=["PNG"]) as picture:
                if picture.mode not in MODES:
                    raise FileError(f"{path} is a picture of a kind that is not read: {picture.mode}")
                read = picture.convert(MODES[picture.mode])
                array, alpha = np.asarray(read), read.mode in ("LA", "RGBA")
    except FileError:
        raise
    except (DamagedPicture, UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise FileError(f"{path} is not a PNG picture, or it is damaged") from None
    if alpha:
        if array[..., -1].min() < np.iinfo(array.dtype).max:
            raise FileError(f"{path} is partly transparent; save it on a background, so that every cell has a number")
        array = array[..., :-1]
    return np.array(array[..., 0] if array.ndim == 3 and array.shape[-1] == 1 else array)
