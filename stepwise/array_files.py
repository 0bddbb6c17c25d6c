"""Files that hold arrays in somebody else's format: NumPy's own, its archives, IDX, PNG. None of them can run anything.

What a file says of its own size is checked before memory is taken, so a small file cannot ask for a large array. To
add a format: a function here, and a line in `inputs.from_file`.
"""

from __future__ import annotations

import math
import tokenize
import zlib
from io import BytesIO
from pathlib import Path

import numpy as np

from .arithmetic import Array
from .errors import FileError
from .files import MOST_BYTES, PathLike, read_bytes

MOST_CELLS = 2**28
"""The most numbers that one file may unpack to."""


def read_npy(path: PathLike) -> Array:
    """An array in NumPy's format, never a pickled one. Raises `FileError` for anything else."""
    array = _npy(read_bytes(path))
    if array is None:
        raise FileError(f"{path} is not an array of numbers in NumPy's format")
    return array


def _npy(raw: bytes) -> Array | None:
    """The array, or None where the bytes are none, or not as many as their header says."""
    stream = BytesIO(raw)
    try:
        major, _minor = np.lib.format.read_magic(stream)
        read_header = np.lib.format.read_array_header_1_0 if major == 1 else np.lib.format.read_array_header_2_0
        shape, _fortran, dtype = read_header(stream)
        if dtype.hasobject or math.prod(shape) * dtype.itemsize != len(raw) - stream.tell():
            return None
        array: Array = np.load(BytesIO(raw), allow_pickle=False)
    except (ValueError, EOFError, OSError, SyntaxError, TypeError, RecursionError, MemoryError, tokenize.TokenError):
        return None
    return array


def read_npz(path: PathLike, most: int = MOST_BYTES) -> dict[str, Array]:
    """The arrays of a NumPy archive by name, in their order. Raises `FileError` for a damaged or too large one."""
    import zipfile  # this and gzip bring much along, and few requests name such a file

    try:
        with zipfile.ZipFile(BytesIO(read_bytes(path, most))) as archive:
            members = archive.infolist()
            if sum(member.file_size for member in members) > most:
                raise FileError(f"{path} unpacks to more than {most // 2**20} MB, the most that is read")
            found = {member.filename.removesuffix(".npy"): _npy(archive.read(member)) for member in members}
    except FileError:
        raise
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        raise FileError(f"{path} is not a NumPy archive (.npz), or it is damaged") from None
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
                raw = stream.read(MOST_CELLS + 1)
        except (OSError, EOFError, zlib.error):
            raise damaged from None
    if len(raw) < 4 or raw[:3] != b"\x00\x00\x08" or len(raw) < 4 + 4 * raw[3]:
        raise damaged
    header = 4 + 4 * raw[3]
    shape = tuple(int(n) for n in np.frombuffer(raw[4:header], dtype=">u4"))
    if len(raw) - header != math.prod(shape):
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
        with Image.open(BytesIO(raw), formats=["PNG"]) as picture:
            width, height = picture.size
            if width * height * 4 > MOST_CELLS:
                raise FileError(f"{path} has {width:,} × {height:,} cells, more than are read")
            if picture.mode not in MODES:
                raise FileError(f"{path} is a picture of a kind that is not read: {picture.mode}")
            read = picture.convert(MODES[picture.mode])
            array, alpha = np.asarray(read), read.mode in ("LA", "RGBA")
    except Image.DecompressionBombError:
        raise FileError(f"{path} has more cells than are read") from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError):
        raise FileError(f"{path} is not a PNG picture, or it is damaged") from None
    if alpha:
        if array[..., -1].min() < np.iinfo(array.dtype).max:
            raise FileError(f"{path} is partly transparent; save it on a background, so that every cell has a number")
        array = array[..., :-1]
    return np.array(array[..., 0] if array.ndim == 3 and array.shape[-1] == 1 else array)


def is_picture(path: PathLike) -> bool:
    """Whether a file's name is that of a picture."""
    return Path(path).suffix.lower() == ".png"
