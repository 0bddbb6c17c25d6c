"""Saved traces read back: the same numbers, or one sentence that says what is wrong with the file.

A file is data. Its operation is looked up in the registry and its parameters are checked by the operation itself;
whether the *numbers* agree with each other is for `Trace.verify` to say.
"""

from __future__ import annotations

import dataclasses
import json
import math
from typing import Any, TypeVar

import numpy as np

from .arithmetic import Array
from .errors import FileError, StepwiseError
from .files import PathLike, read_text
from .geometry import RULES, Adaptive, AxisGeometry, Geometry, PaddingDecision, Sliding, Transposed, Whole, axis_for
from .layout import Layout
from .ops import OPERATIONS
from .traces import Layer, Trace

DEEPEST = 500
DTYPES = {f"{kind}{bits}" for kind in ("int", "uint") for bits in (8, 16, 32, 64)} | {
    "float16", "float32", "float64", "object"
}  # fmt: skip
T = TypeVar("T")


def load(path: PathLike) -> Trace:
    """The trace that `Trace.save` wrote to `path`.

    Raises `FileError` for a file that is damaged or not a saved trace.
    """
    try:
        data = json.loads(read_text(path))
    except (json.JSONDecodeError, RecursionError):
        raise FileError(f"{path} is not a saved trace: it is not JSON") from None
    try:
        return from_data(data)
    except _DamagedError as damage:
        raise FileError(f"{path} is not a saved trace: {damage}") from None
    except StepwiseError as error:
        raise FileError(f"{path} is not a sound trace: {error}") from None


class _DamagedError(Exception):
    """What is wrong with the data, for the sentence that names the file."""


def from_data(data: Any, depth: int = 0) -> Trace:
    """The trace in JSON-ready data."""
    if not isinstance(data, dict) or data.get("format") != "stepwise-trace":
        raise _DamagedError('it has no "format": "stepwise-trace"')
    if data.get("version") != 1:
        raise _DamagedError(f"it is of version {data.get('version')!r}; version 1 is read here")
    if depth > DEEPEST:
        raise _DamagedError(f"it is a chain of more than {DEEPEST} layers")
    inputs_data = _field(data, "inputs", dict)
    parents = {
        name: from_data(entry["parent"], depth + 1)
        for name, entry in inputs_data.items()
        if isinstance(entry, dict) and "parent" in entry
    }
    inputs = {n: parents[n].output if n in parents else _array(entry) for n, entry in inputs_data.items()}
    if "input" not in inputs:
        raise _DamagedError("it has no input")
    axes = tuple(_axis(axis) for axis in _field(_field(data, "geometry", dict), "axes", list))
    origins = {str(k): str(v) for k, v in _field(data, "origins", dict).items()}
    trace = Trace(
        _layer(_field(data, "layer", dict)),
        inputs,
        Geometry(axes),
        _array(data.get("output")),
        parents,
        origins,
    )
    trace.layer.operation.check(trace)
    return trace


def _field(data: dict[str, Any], name: str, kind: type[T]) -> T:
    value = data.get(name)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise _DamagedError(f"{name!r} is missing or not of the kind it should be")
    return value


def _layer(data: dict[str, Any]) -> Layer:
    fields = dict(_field(data, "operation", dict))
    name = fields.pop("name", None)
    if name not in OPERATIONS:
        raise _DamagedError(f"it is of an unknown operation {name!r}")
    kind = OPERATIONS[name]
    if set(fields) != {field.name for field in dataclasses.fields(kind)}:  # type: ignore[arg-type]
        raise _DamagedError(f"the parameters of {name} are {sorted(fields)}")
    layout_data = _field(data, "layout", dict)
    layout = Layout(**{f.name: _field(layout_data, f.name, bool) for f in dataclasses.fields(Layout)})
    try:
        operation = kind(**{k: _parameter(v) for k, v in fields.items()})
    except (TypeError, AttributeError, ValueError) as error:
        detail = f": {error}" if isinstance(error, StepwiseError) else ""
        raise _DamagedError(f"the parameters of {name} do not fit{detail}") from None
    return Layer(operation, layout, _field(data, "dialect", str), _field(data, "call", str))


REQUESTS = {kind.__name__: kind for kind in (Sliding, Whole, Adaptive, Transposed)}


def _parameter(value: Any) -> Any:
    """A parameter as its operation has it: lists are tuples, and a request for windows is made again."""
    if isinstance(value, dict):
        fields = {k: _parameter(v) for k, v in value.items() if k != "kind"}
        return REQUESTS[_field(value, "kind", str)](**fields) if value.get("kind") in REQUESTS else None
    return tuple(_parameter(v) for v in value) if isinstance(value, list) else value


def _axis(data: Any) -> AxisGeometry:
    if not isinstance(data, dict):
        raise _DamagedError("an axis is not an object")
    names = [f.name for f in dataclasses.fields(PaddingDecision) if f.name not in ("rule", "ceil")]
    numbers = {name: _field(data, name, int) for name in names}
    rule = next((rule for rule in RULES if rule == data.get("rule")), None)
    positive = min(numbers[name] for name in ("size", "window", "stride", "dilation", "output"))
    if rule is None or positive < 1 or (rule != "transposed" and min(numbers["before"], numbers["after"]) < 0):
        raise _DamagedError("an axis has numbers that no geometry has")
    return axis_for(_field(data, "name", str), PaddingDecision(rule=rule, ceil=_field(data, "ceil", bool), **numbers))


_SPECIAL = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def _array(data: Any) -> Array:
    if not isinstance(data, dict) or data.get("dtype") not in DTYPES:
        raise _DamagedError("an array is missing or of an unknown type")
    shape, cells, dtype = _field(data, "shape", list), _field(data, "data", list), data["dtype"]
    if not all(type(n) is int and n > 0 for n in shape) or math.prod(shape) != len(cells):
        raise _DamagedError(f"an array of shape {shape} has {len(cells)} numbers")
    values = [_SPECIAL.get(cell, cell) if isinstance(cell, str) else cell for cell in cells]
    if not all(type(value) in (int, float) for value in values):
        raise _DamagedError("an array holds something that is not a number")
    try:
        array = np.array(values, dtype=np.dtype(dtype)).reshape(shape)
    except (OverflowError, ValueError):
        raise _DamagedError(f"an array's numbers do not fit {dtype}") from None
    array.flags.writeable = False
    return array
