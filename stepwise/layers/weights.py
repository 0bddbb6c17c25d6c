"""Weights from files that hold numbers and nothing else: `.npz` and `.safetensors`. No pickle is ever opened."""

from __future__ import annotations

import io
import json
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..arithmetic import Array
from ..errors import FileError
from ..io.arrays import read_npz
from ..io.files import PathLike, read_bytes
from ..io.whole import write_whole

MOST_BYTES = 2**30
"""The largest file of weights that is read."""
DTYPES = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1",
    "U8": "u1", "U16": "<u2", "U32": "<u4", "U64": "<u8", "BOOL": "u1",
}  # fmt: skip

ADVICE = {
    ".pt": "safetensors.torch.save_file(model.state_dict(), 'weights.safetensors')",
    ".h5": "numpy.savez('weights.npz', *model.get_weights())",
}
"""How to write, in the framework, what can be read here."""
SAME_ADVICE = {".pth": ".pt", ".bin": ".pt", ".ckpt": ".pt", ".pkl": ".pt", ".keras": ".h5", ".hdf5": ".h5"}


def read_weights(path: PathLike) -> dict[str, Array]:
    """The arrays of a file by name. Raises `FileError` for one that is damaged or of a kind that is not read."""
    suffix = Path(path).suffix.lower()
    if suffix == ".npz":
        return read_npz(path, MOST_BYTES)
    if suffix == ".safetensors":
        return _safetensors(path)
    advice = ADVICE.get(SAME_ADVICE.get(suffix, suffix))
    hint = f"; write one with {advice}" if advice else ""
    raise FileError(f"{path}: weights are read from .npz and .safetensors files, which cannot run anything{hint}")


def write_weights(path: PathLike, arrays: Mapping[str, Array]) -> None:
    """Write arrays by name, in this order, into an `.npz` or a `.safetensors` file, whole or not at all.

    Raises `FileError` for another kind of file, and where it cannot be written.
    """
    suffix = Path(path).suffix.lower()
    if suffix == ".npz":
        buffer = io.BytesIO()
        np.savez(buffer, **arrays)  # type: ignore[arg-type]  # NumPy's stubs take a name for another parameter
        write_whole(path, buffer.getvalue())
    elif suffix == ".safetensors":
        write_whole(path, _as_safetensors(arrays))
    else:
        raise FileError(f"{path}: weights are written into .safetensors and .npz files, which cannot run anything")


def _as_safetensors(arrays: Mapping[str, Array]) -> bytes:
    """As `_safetensors` reads it; the header is filled up with spaces, so that the numbers begin at a multiple of 8."""
    names = {dtype: name for name, dtype in DTYPES.items() if name not in ("BF16", "BOOL")}
    header: dict[str, Any] = {}
    parts: list[bytes] = []
    at = 0
    for name, array in arrays.items():
        own = array if array.dtype.newbyteorder("<").str.lstrip("|") in names else array.astype(np.float64)
        raw = np.ascontiguousarray(own, dtype=own.dtype.newbyteorder("<")).tobytes()
        kind = names[own.dtype.newbyteorder("<").str.lstrip("|")]
        header[name] = {"dtype": kind, "shape": list(own.shape), "data_offsets": [at, at + len(raw)]}
        parts.append(raw)
        at += len(raw)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + b"".join(parts)


def in_order(arrays: Mapping[str, Array]) -> list[Array]:
    """Arrays in the order of the numbers in their names (`arr_2` before `arr_10`), else in the file's own."""
    numbered = [re.fullmatch(r"arr_(\d+)", name) for name in arrays]
    if not all(numbered):
        return list(arrays.values())
    return [arrays[name] for name in sorted(arrays, key=lambda name: int(name[4:]))]


def _safetensors(path: PathLike) -> dict[str, Array]:
    """Eight bytes that say how long the header is, a header in JSON, and the numbers (huggingface/safetensors)."""
    raw = read_bytes(path, MOST_BYTES)
    damaged = FileError(f"{path} is not a safetensors file, or it is damaged")
    length = int.from_bytes(raw[:8], "little")
    if len(raw) < 8 or length > len(raw) - 8:
        raise damaged
    try:
        header = json.loads(raw[8 : 8 + length])
    except (ValueError, RecursionError):
        raise damaged from None
    if not isinstance(header, dict):
        raise damaged
    data = memoryview(raw)[8 + length :]
    found = {name: _tensor(entry, data) for name, entry in header.items() if name != "__metadata__"}
    if any(array is None for array in found.values()):
        raise damaged
    return {name: array for name, array in found.items() if array is not None}


def _tensor(entry: Any, data: memoryview) -> Array | None:
    """One array of the file; None where its entry does not fit what there is."""
    if not isinstance(entry, dict) or not isinstance(entry.get("dtype"), str) or entry["dtype"] not in DTYPES:
        return None
    dtype = np.dtype(DTYPES[entry["dtype"]])
    shape, offsets = _wholes(entry.get("shape")), _wholes(entry.get("data_offsets"))
    if shape is None or offsets is None or len(offsets) != 2 or offsets[1] > len(data):
        return None
    if offsets[1] - offsets[0] != math.prod(shape) * dtype.itemsize:
        return None
    try:
        array = np.frombuffer(data[offsets[0] : offsets[1]], dtype).reshape(shape)
    except (ValueError, OverflowError):  # more axes, or longer ones, than an array can have
        return None
    if entry["dtype"] == "BF16":  # the upper half of a float32
        return (array.astype(np.uint32) << 16).view(np.float32)
    return array.astype(dtype.newbyteorder("="))


def _wholes(value: Any) -> list[int] | None:
    """A list of whole numbers, none of them negative; None for anything else."""
    return value if isinstance(value, list) and all(type(n) is int and n >= 0 for n in value) else None
