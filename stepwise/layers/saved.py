"""Saved traces read back: the same numbers, or one sentence that says what is wrong with the file.

A file is data. Its operation is looked up in the registry and its parameters are checked by the operation itself;
whether the *numbers* agree with each other is for `Trace.verify` to say.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Iterator
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np

from ..arithmetic import Array
from ..arithmetic.records import DamagedNumber, from_records
from ..errors import FileError, StepwiseError
from ..geometry import RULES, Adaptive, AxisGeometry, Geometry, PaddingDecision, Sliding, Transposed, Whole, axis_for
from ..io.arrays import MOST_AXES
from ..io.files import PathLike, read_text
from ..ops import OPERATIONS
from ..traces.layout import Layout
from ..traces.operation import Layer, Operation
from ..traces.trace import Trace

DEEPEST = 500
"""Layers a saved chain may have; Python's own reader of JSON gives up before or after, as its version has it."""
DTYPES = {f"{kind}{bits}" for kind in ("int", "uint") for bits in (8, 16, 32, 64)} | {
    "float16", "float32", "float64", "object", "exact"
}  # fmt: skip
LARGEST = 2**40
"""The largest whole number a parameter or an axis may have; no layer that was carried out has a larger one."""
WIDEST = 2**20
"""Cells a window, a stride or a padding may have in a saved trace; a window is laid out cell by cell to be checked."""
MOST_POSITIONS = 2**24
"""Cells that the windows along an axis may cover together; checking more takes minutes."""
MOST_GATHERED, GATHERED_EACH = 2**25, 2**11
"""Cells that all windows may have together, and so many more for each number in the file: seconds at most."""
MOST_TOLD = 200
"""Letters that are told of what is wrong."""
T = TypeVar("T")


def load(path: PathLike) -> Trace:
    """The trace that `Trace.save` wrote to `path`.

    Raises `FileError` for a file that is damaged or not a saved trace.
    """
    try:
        data = json.loads(read_text(path))
    except RecursionError:
        raise FileError(
            f"{path} is not a saved trace: it is a chain of more than {DEEPEST} layers, or nested"
        ) from None
    except ValueError:  # also integers of thousands of digits
        raise FileError(f"{path} is not a saved trace: it is not JSON") from None
    return from_data(data, str(path))


class _DamagedError(Exception):
    """What is wrong with the data, for the sentence that names the file."""


def _short(error: Exception) -> str:
    """What is told of an error: it may quote what stands in the file, which may be of any length."""
    message = str(error)
    return message if len(message) <= MOST_TOLD else f"{message[:MOST_TOLD]} …"


def from_data(data: Any, name: str = "the data") -> Trace:
    """The trace in JSON-ready data; a parent may be a trace already. `name` says where the data is from.

    Raises `FileError` for data that is no trace's.
    """
    try:
        return _trace(data, 0, {})
    except _DamagedError as damage:
        raise FileError(f"{name} is not a saved trace: {_short(damage)}") from None
    except StepwiseError as error:
        raise FileError(f"{name} is not a sound trace: {_short(error)}") from None


def _trace(data: Any, depth: int, known: dict[int, Trace]) -> Trace:
    """The trace in JSON-ready data; `known` are those read so far that have a number."""
    if not isinstance(data, dict) or data.get("format") != "stepwise-trace":
        raise _DamagedError('it has no "format": "stepwise-trace"')
    if data.get("version") != 1:
        raise _DamagedError(f"it is of version {data.get('version')!r}; version 1 is read here")
    if depth > DEEPEST:
        raise _DamagedError(f"it is a chain of more than {DEEPEST} layers")
    inputs_data = _field(data, "inputs", dict)
    parents = {
        name: _parent(entry, depth + 1, known)
        for name, entry in inputs_data.items()
        if isinstance(entry, dict) and ("parent" in entry or "same" in entry)
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
    _check_work(trace)
    try:
        trace.layer.operation.check(trace)
    except KeyError as missing:
        raise _DamagedError(f"it has no input {missing}") from None
    if "number" in data:
        number = _field(data, "number", int)
        if number in known:
            raise _DamagedError(f"two of its layers have the number {number}")
        known[number] = trace
    return trace


def _check_work(trace: Trace) -> None:
    """Raises `_DamagedError` where replaying it would take far longer than reading it."""
    windows = math.prod(axis.padding.window * axis.padding.output for axis in trace.geometry.axes)
    outer = trace.output.size // max(1, math.prod(axis.padding.output for axis in trace.geometry.axes))
    numbers = sum(array.size for array in trace.inputs.values()) + trace.output.size
    if windows * max(1, outer) > MOST_GATHERED + GATHERED_EACH * numbers:
        raise _DamagedError(f"its windows have {windows * max(1, outer):,} cells together, too many to check")


def _parent(entry: dict[str, Any], depth: int, known: dict[int, Trace]) -> Trace:
    """A parent as it is written: whole, or by the number of one that was read before."""
    if "same" not in entry:
        parent = entry["parent"]
        return parent if isinstance(parent, Trace) else _trace(parent, depth, known)
    number = _field(entry, "same", int)
    if number not in known:
        raise _DamagedError(f"no layer before has the number {number}")
    return known[number]


def _field(data: dict[str, Any], name: str, kind: type[T]) -> T:
    value = data.get(name)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise _DamagedError(f"{name!r} is missing or not of the kind it should be")
    return value


def _layer(data: dict[str, Any]) -> Layer:
    fields = dict(_field(data, "operation", dict))
    name = fields.pop("name", None)
    if not isinstance(name, str) or name not in OPERATIONS:
        raise _DamagedError(f"it is of an unknown operation {name!r}")
    kind = OPERATIONS[name]
    _check_fields(kind, fields)
    layout_data = _field(data, "layout", dict)
    known = [f.name for f in dataclasses.fields(Layout) if f.name in layout_data or f.default is dataclasses.MISSING]
    layout = Layout(**{name: _field(layout_data, name, bool) for name in known})
    operation = _built(kind, fields, name)
    trainable = _field(data, "trainable", bool) if "trainable" in data else True
    form = _field(data, "form", str) if "form" in data else ""
    if form not in ("", "plain", "image", "batch"):
        raise _DamagedError(f"what goes in is said to be {form[:20]!r}, not plain, an image or a batch")
    stage = _field(data, "stage", int) if "stage" in data else 0
    whole = _field(data, "whole", str) if "whole" in data else ""
    names = _field(data, "names", dict) if "names" in data else {}
    if stage < 0 or not all(isinstance(text, str) for text in names.values()):
        raise _DamagedError("the stage or the names of its weights are not of the kind they should be")
    words = _field(data, "dialect", str), _field(data, "call", str)
    return Layer(operation, layout, *words, stage, tuple(names.items()), trainable=trainable, form=form, whole=whole)


def _check_fields(kind: type[Operation], fields: dict[str, Any]) -> None:
    if set(fields) != {field.name for field in dataclasses.fields(kind)}:  # type: ignore[arg-type]  # all are dataclasses
        raise _DamagedError(f"the parameters of {kind.name} are {sorted(fields)}")


REQUESTS = {kind.__name__: kind for kind in (Sliding, Whole, Adaptive, Transposed)}


def _built(kind: type[T], fields: dict[str, Any], name: str) -> T:
    """A dataclass from data, each field as its annotation says."""
    hints = get_type_hints(kind)
    try:
        return kind(**{field: _parameter(value, hints.get(field), field) for field, value in fields.items()})
    except (TypeError, StepwiseError) as error:
        detail = f": {error}" if isinstance(error, StepwiseError) else ""
        raise _DamagedError(f"the parameters of {name} do not fit{detail}") from None


def _parameter(value: Any, hint: Any, name: str) -> Any:
    """A parameter of the type that its annotation names: lists become tuples, requests for windows are made again."""
    inner = get_args(hint)
    if hint is Operation and isinstance(value, dict):
        operation = next((kind for kind in OPERATIONS.values() if kind.__name__ == value.get("kind")), None)
        if operation is not None:
            given = {k: v for k, v in value.items() if k != "kind"}
            _check_fields(operation, given)
            return _built(operation, given, operation.name)
    if get_origin(hint) in (Union, UnionType):
        kinds = {kind.__name__: kind for kind in inner if kind in REQUESTS.values()}
        if not kinds:
            hint = type(None) if value is None else next(kind for kind in inner if kind is not type(None))
            return _parameter(value, hint, name)
        kind = kinds.get(str(value.get("kind"))) if isinstance(value, dict) else None
        if kind is not None:
            made = _built(kind, {k: v for k, v in value.items() if k != "kind"}, kind.__name__)
            if any(number > WIDEST for number in _numbers(value)):
                raise _DamagedError(f"its {name} have numbers above {WIDEST:,}, too large to check")
            return made
    elif get_origin(hint) is Literal:
        if isinstance(value, str) and value in inner:
            return value
    elif get_origin(hint) is tuple:
        if isinstance(value, list) and (inner[-1] is ... or len(inner) == len(value)):
            return tuple(_parameter(v, inner[0] if inner[-1] is ... else inner[i], name) for i, v in enumerate(value))
    elif hint is float and isinstance(value, str) and value in _SPECIAL:
        return _SPECIAL[value]
    elif type(value) is int and hint in (int, float) and abs(value) > LARGEST:
        raise _DamagedError(f"the parameter {name!r} is too large")
    elif type(value) is hint or (hint is float and type(value) is int):
        return value
    raise _DamagedError(f"the parameter {name!r} is not of the kind it should be")


def _numbers(value: Any) -> Iterator[float]:
    """The numbers in data, however deep."""
    if isinstance(value, int | float):
        yield abs(value)
    elif isinstance(value, list | dict):
        for entry in value.values() if isinstance(value, dict) else value:
            yield from _numbers(entry)


def _axis(data: Any) -> AxisGeometry:
    if not isinstance(data, dict):
        raise _DamagedError("an axis is not an object")
    names = [f.name for f in dataclasses.fields(PaddingDecision) if f.name not in ("rule", "ceil")]
    numbers = {name: _field(data, name, int) for name in names}
    rule = next((rule for rule in RULES if rule == data.get("rule")), None)
    positive = min(numbers[name] for name in ("size", "window", "stride", "dilation", "output"))
    if (
        rule is None
        or positive < 1
        or max(map(abs, numbers.values())) > LARGEST
        or (rule != "transposed" and min(numbers["before"], numbers["after"]) < 0)
    ):
        raise _DamagedError("an axis has numbers that no geometry has")
    if numbers["window"] * numbers["output"] > MOST_POSITIONS:
        raise _DamagedError(
            f"an axis has {numbers['output']:,} windows of {numbers['window']:,} cells, too many to check"
        )
    return axis_for(_field(data, "name", str), PaddingDecision(rule=rule, ceil=_field(data, "ceil", bool), **numbers))


_SPECIAL = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def _array(data: Any) -> Array:
    if not isinstance(data, dict) or not isinstance(data.get("dtype"), str) or data["dtype"] not in DTYPES:
        raise _DamagedError("an array is missing or of an unknown type")
    shape, cells, dtype = _field(data, "shape", list), _field(data, "data", list), data["dtype"]
    if not all(type(n) is int and n > 0 for n in shape) or math.prod(shape) != len(cells):
        raise _DamagedError(f"an array of shape {shape} has {len(cells)} numbers")
    if len(shape) > MOST_AXES:
        raise _DamagedError(f"an array has {len(shape)} axes; at most {MOST_AXES}")
    if dtype == "exact":
        return _exact_array(cells, shape)
    values = [_SPECIAL.get(cell, cell) if isinstance(cell, str) else cell for cell in cells]
    if not all(type(value) in (int, float) for value in values):
        raise _DamagedError("an array holds something that is not a number")
    if "int" in dtype and not all(type(value) is int for value in values):
        raise _DamagedError(f"an array of {dtype} holds something that is not a whole number")
    try:
        with np.errstate(over="raise"):
            array = np.array(values, dtype=np.dtype(dtype)).reshape(shape)
    except (OverflowError, ValueError, FloatingPointError):
        raise _DamagedError(f"an array's numbers do not fit {dtype}") from None
    array.flags.writeable = False
    return array


def _exact_array(cells: list[Any], shape: list[int]) -> Array:
    array = np.empty(len(cells), dtype=object)
    try:
        array[:] = from_records(cells)
    except (DamagedNumber, RecursionError) as error:
        raise _DamagedError(f"an array holds no exact number: {error}") from None
    exact = array.reshape(shape)
    exact.flags.writeable = False
    return exact
