"""The arrays of an ONNX file: what is said of each is checked first, then the numbers are read.

The numbers lie in the file as bytes (`raw_data`), as a list of one of five kinds, or in another file of the model's own
folder. How many there must be follows from the shape and the type; nothing is made before they are found to be there.
"""

from __future__ import annotations

import math
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

import numpy as np

from ..arithmetic import Array
from ..errors import FileError
from ..io.files import PathLike, lies_in, read_bytes
from ..io.inputs import locked

if TYPE_CHECKING:
    from onnx import TensorProto

MOST_BYTES = 2**30
"""The largest file, and the most numbers' bytes of one network, that are read."""
MOST_AXES = 32
LONGEST_AXIS = 2**31

# TensorProto.DataType -> the type as NumPy has it, and which list its numbers are in where they are not bytes.
DTYPES: dict[int, tuple[str, str]] = {
    1: ("float32", "float_data"),
    2: ("uint8", "int32_data"),
    3: ("int8", "int32_data"),
    4: ("uint16", "int32_data"),
    5: ("int16", "int32_data"),
    6: ("int32", "int32_data"),
    7: ("int64", "int64_data"),
    9: ("bool", "int32_data"),
    10: ("float16", "int32_data"),  # in the list, as the whole number of its bits
    11: ("float64", "double_data"),
    12: ("uint32", "uint64_data"),
    13: ("uint64", "uint64_data"),
    16: ("bfloat16", "int32_data"),
}


def dtype_of(kind: int) -> np.dtype[Any] | None:
    """An element type of the standard as NumPy's; None for words, complex numbers, and types narrower than a byte.

    The upper half of a float32 (bfloat16) counts as one.
    """
    if kind not in DTYPES:
        return None
    name = DTYPES[kind][0]
    return np.dtype(np.float32 if name == "bfloat16" else name)


class Tensors:
    """Reads the arrays of one model, and knows its file's name for messages, and how much it has read."""

    def __init__(self, path: PathLike) -> None:
        self.path = Path(path)
        self.bytes_left = MOST_BYTES
        self.beside: dict[str, bytes] = {}  # files that hold weights, each read once

    def error(self, message: str) -> FileError:
        """The mistake with its file."""
        return FileError(f"{self.path}: {message}")

    def text(self, value: str | bytes) -> str:
        """A name or a word of the file: protobuf gives what is no text as bytes. Raises `FileError` for that."""
        if not isinstance(value, str):
            raise self.error(f"it is damaged: {value[:40]!r} stands where a name belongs, and is no text in UTF-8")
        return value

    def array(self, tensor: TensorProto, name: str) -> Array:
        """A tensor's numbers, locked. Raises `FileError` where they are not those that its shape and type ask for."""
        shape = tuple(tensor.dims)
        if tensor.data_type not in DTYPES:
            raise self.error(f"{name} is of a type that holds no numbers, or none that are read")
        if min(shape, default=0) < 0:
            raise self.error(f"{name} has the shape {shape}, which no array has")
        kind, listed = DTYPES[tensor.data_type]
        count = math.prod(shape)
        stored = np.dtype("uint16" if kind == "bfloat16" else kind)
        self.bytes_left -= count * stored.itemsize
        if self.bytes_left < 0:
            raise self.error(f"its numbers need more than the {MOST_BYTES // 2**20:,} MB that are read")
        if len(shape) > MOST_AXES or max(shape, default=0) > LONGEST_AXIS:
            raise self.error(f"{name} has the shape {_short(shape)}, larger than that of any array that is read")
        if tensor.data_location == type(tensor).EXTERNAL:
            flat = self._from_bytes(self._external(tensor, name, count * stored.itemsize), stored)
        elif tensor.HasField("raw_data"):
            self._check_count(name, shape, len(tensor.raw_data), count * stored.itemsize, "bytes")
            flat = self._from_bytes(tensor.raw_data, stored)
        else:
            numbers = getattr(tensor, listed)
            self._check_count(name, shape, len(numbers), count, "numbers")
            flat = self._from_list(numbers, stored, kind, name)
        if kind == "bfloat16":
            flat = (flat.astype(np.uint32) << 16).view(np.float32)
        return locked(flat.reshape(shape))

    def _check_count(self, name: str, shape: tuple[int, ...], found: int, due: int, what: str) -> None:
        if found != due:
            raise self.error(
                f"{name} of shape {shape} does not have as many numbers: there are {found:,} {what}, and should be "
                f"{due:,}"
            )

    def _from_bytes(self, raw: bytes, stored: np.dtype[Any]) -> Array:
        if stored.kind == "b":
            return np.asarray(np.frombuffer(raw, np.uint8) != 0)
        return np.frombuffer(raw, stored.newbyteorder("<")).astype(stored)

    def _from_list(self, numbers: Any, stored: np.dtype[Any], kind: str, name: str) -> Array:
        """From a list of whole numbers, which may be wider than the type they are meant for, or of decimals."""
        if kind == "float16":
            stored = np.dtype("uint16")
        if stored.kind == "f":
            return np.array(numbers, dtype=stored)
        wide = np.array(numbers, dtype=np.uint64 if stored.itemsize > 2 and stored.kind == "u" else np.int64)
        if stored.kind == "b":
            return np.asarray(wide != 0)
        narrow = wide.astype(stored)
        if np.any(narrow != wide):
            raise self.error(f"{name} has the number {wide[narrow != wide][0]}, which its type {kind} does not hold")
        return narrow.view(np.float16) if kind == "float16" else narrow

    def _external(self, tensor: TensorProto, name: str, count: int) -> bytes:
        """The bytes of a tensor that lies in another file: one of the model's own folder, and no other."""
        entries = {self.text(entry.key): self.text(entry.value) for entry in tensor.external_data}
        location = entries.get("location", "")
        place = self.path.parent / location
        if not location or PurePath(location).is_absolute() or not lies_in(self.path.parent, place):
            raise self.error(f"the numbers of {name} are said to be in {location!r}, outside the model's own folder")
        offset, length = (
            _whole(entries.get(key, default)) for key, default in (("offset", "0"), ("length", str(count)))
        )
        if location not in self.beside:
            self.beside[location] = read_bytes(place, MOST_BYTES)
        content = self.beside[location]
        if offset < 0 or length != count or offset + length > len(content):
            raise self.error(f"the numbers of {name} are not whole in {location!r}")
        return content[offset : offset + length]


def _whole(word: str) -> int:
    """A whole number written out; -1 for what is none."""
    return int(word) if word.isascii() and word.isdigit() and len(word) < 20 else -1


def _short(shape: tuple[int, ...]) -> str:
    return str(shape) if len(shape) <= 8 else f"({', '.join(map(str, shape[:8]))}, …)"
