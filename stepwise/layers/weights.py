"""Weights from files that hold numbers and nothing else: `.npz` and `.safetensors`. No pickle is ever opened."""

from __future__ import annotations

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
