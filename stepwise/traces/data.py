"""A record as data for JSON, which reads back to the very same numbers."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from ..arithmetic import Array, exact, is_exact
from ..arithmetic.records import to_record


def fields(record: Any) -> dict[str, Any]:
    return {field.name: getattr(record, field.name) for field in dataclasses.fields(record)}


def data_fields(record: Any) -> dict[str, Any]:
    """A dataclass's fields as data; one inside another is told apart by its kind."""
    return {
        name: {"kind": type(value).__name__, **data_fields(value)} if dataclasses.is_dataclass(value) else _cell(value)
        for name, value in fields(record).items()
    }


def array_to_data(array: Array) -> dict[str, Any]:
    """An array as JSON-ready data that reads back to the very same numbers."""
    if is_exact(array):
        return {"dtype": "exact", "shape": list(array.shape), "data": [to_record(exact(v)) for v in array.flat]}
    return {
        "dtype": str(array.dtype),
        "shape": list(array.shape),
        "data": [_cell(v) for v in array.ravel().tolist()],
    }


def _cell(value: Any) -> Any:
    if isinstance(value, float) and not np.isfinite(value):
        return {True: "NaN", False: "Infinity" if value > 0 else "-Infinity"}[value != value]
    return value
