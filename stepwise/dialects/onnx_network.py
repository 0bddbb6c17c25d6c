"""A network from an ONNX file, carried out node by node; every value that its graph names can be asked for.

What a graph works out about shapes alone (`Shape`, `Gather`, `Cast` …) is worked out at once and leaves no trace: to
add such an operator, a line in `FOLDED`. Everything else is an operator of `onnx.OPERATORS`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..arithmetic import Array
from ..errors import CallError, InputError, LimitError, ShapeError, StepwiseError, did_you_mean
from ..files import PathLike
from ..traces import MOST_CELLS, Trace
from .base import taken
from .network import Network
from .onnx import OPERATORS, carry_out, indices
from .onnx_files import Graph, GraphNode, read_graph

Value = Trace | Array


class OnnxNetwork(Network):
    """The network of a graph. `network(x)` gives the Trace of its first output, `network.run(x)` all values."""

    def __init__(self, graph: Graph, name: str) -> None:
        self.graph = graph
        self.name = name
        if len(graph.inputs) != 1:
            raise CallError(
                f"{name} takes {len(graph.inputs)} inputs, {', '.join(i.name for i in graph.inputs)}; "
                "networks with one are carried out here"
            )

    def __repr__(self) -> str:
        return f"onnx.load({self.name!r})"

    def __call__(self, x: Any, until: str | None = None) -> Trace:
        """Carry the network out, as far as the value named `until` where that is given.

        Raises `CallError`, naming the node, for an operation that is not here; what comes before it can still be told:
        give the name of a value before it as `until`.
        """
        wanted = self.graph.outputs[0] if until is None else until
        names = [name for node in self.graph.nodes for name in node.outputs if name]
        if wanted not in names:
            raise CallError(f"{self.name} gives no value {wanted!r}.{did_you_mean(wanted, names)}")
        value = self.run(x, wanted)[wanted]
        if not isinstance(value, Trace):
            raise CallError(f"{wanted!r} in {self.name} does not depend on the input's numbers")
        return value

    def until(self, name: str) -> OnnxNetwork:
        """The network as far as the value of this name: `onnx.load("model.onnx").until("conv1").summary()`."""
        return OnnxNetwork(replace(self.graph, outputs=(name,)), self.name)

    def run(self, x: Any, until: str | None = None) -> dict[str, Value]:
        """Every value that the graph names, up to `until`: a Trace, or an array where no input's number is in it."""
        values: dict[str, Value] = {**self.graph.constants, self.graph.inputs[0].name: self.fitted(x)}
        for node in self.graph.nodes:
            if until is not None and until in values:
                break
            given = [values[name] if name else None for name in node.inputs]
            only_shapes = self.graph.inputs[0].name not in node.inputs and not any(isinstance(v, Trace) for v in given)
            if node.op in COMMUTE and node.inputs[0] != self.graph.inputs[0].name and isinstance(given[0], np.ndarray):
                given.reverse()
            try:
                results = self._results(node, given, only_shapes or node.op in ALWAYS)
            except StepwiseError as error:
                raise self._told(node, error, values) from None
            values |= {name: result for name, result in zip(node.outputs, results) if name}
        return values

    def _results(self, node: GraphNode, given: Sequence[Value | None], at_once: bool) -> list[Value]:
        attributes = dict(node.attributes)
        if node.domain not in ("", "ai.onnx"):
            raise CallError(f"its operator is none of the standard's own, but of {node.domain}")
        if at_once and node.op in FOLDED:
            arrays = [value.output if isinstance(value, Trace) else value for value in given]
            try:
                _check_size(node.op, [array for array in arrays if array is not None], attributes)
                with np.errstate(all="ignore"):
                    return [_locked(FOLDED[node.op](arrays, attributes))]
            except (ValueError, IndexError, TypeError, KeyError, OverflowError, MemoryError) as error:
                raise CallError(f"what it takes does not fit together: {error}") from None
        if node.op not in OPERATORS:
            raise CallError(f"there is no operator {node.op} here")
        trace = carry_out(node.op, given, self.graph.opset, _telling(attributes))
        if len(node.outputs) > 1 and node.op == "MaxPool":
            return [trace, _locked(indices(trace, int(attributes.get("storage_order", 0))))]
        if len(node.outputs) > 1 and node.op == "Dropout":
            return [trace, _locked(np.ones(trace.shape, dtype=bool))]
        if any(node.outputs[1:]):
            raise CallError(f"it gives {len(node.outputs)} outputs; only the first is carried out here")
        return [trace]

    def _told(self, node: GraphNode, error: StepwiseError, values: Mapping[str, Value]) -> StepwiseError:
        """The mistake with its node, and how far one can go."""
        before = [name for name, value in values.items() if isinstance(value, Trace)]
        count = f"{len(before)} layers" if len(before) != 1 else "one layer"
        further = f"; the {count} before it can be told, with until={before[-1]!r}" if before else ""
        return type(error)(f"{self.name}: {node}: {error}{further}")

    def fitted(self, x: Any) -> Array:
        """An input in the type that the graph asks for; axes of length 1 that it lacks are put in before it.

        Raises `ShapeError` where it is of another shape.
        """
        if isinstance(x, Trace):
            x = x.output
        wanted = self.graph.inputs[0]
        array = taken(x, wanted.name)
        if array.dtype == object:
            raise InputError(f"{self.name} works with decimals; letters and fractions cannot go in")
        due = wanted.shape
        if due is not None:
            shape = (*(1,) * (len(due) - array.ndim), *array.shape)
            if len(shape) != len(due) or any(d not in (None, n) for d, n in zip(due, shape)):
                told = ", ".join("any" if d is None else str(d) for d in due)
                raise ShapeError(f"{self.name} takes an input of shape ({told}), not {array.shape}")
            array = array.reshape(shape)
        with np.errstate(all="ignore"):
            cast = array.astype(wanted.dtype, copy=False)
        if wanted.dtype.kind in "iub" and np.any(other := cast != array):
            raise InputError(f"{self.name} takes whole numbers ({wanted.dtype}), and {array[other][0]} is none of them")
        return _locked(cast)

    def outlined(self, input_shape: Sequence[int] | None = None) -> Trace:
        """See `Network.outlined`: carried out on zeros, since nodes may compute with shapes."""
        wanted = self.graph.inputs[0]
        if input_shape is None:
            if wanted.shape is None or None in wanted.shape[1:]:
                example = [1, *(n or 28 for n in (wanted.shape or (1, 3, 28, 28))[1:])]
                raise ShapeError(
                    f"{self.name} leaves its input's sizes open; give them, such as summary({tuple(example)}), "
                    f"or --input-shape {','.join(map(str, example))}"
                )
            input_shape = [1 if n is None else n for n in wanted.shape]
        return self(np.zeros(tuple(input_shape), dtype=wanted.dtype))


def load(path: PathLike) -> OnnxNetwork:
    """The network of an ONNX file. Raises `FileError` where it cannot be read, or `[onnx]` is not installed."""
    return OnnxNetwork(read_graph(path), str(path))


def _check_size(op: str, arrays: Sequence[Array], attributes: Mapping[str, Any]) -> None:
    """Refuse what would be larger than an operation's output may be, before it takes memory. Raises `LimitError`."""
    cells = 0
    if op in ("Add", "Sub", "Mul", "Div"):
        cells = math.prod(np.broadcast_shapes(*(array.shape for array in arrays)))
    elif op == "Concat":
        cells = sum(array.size for array in arrays)
    elif op == "Gather" and len(arrays) == 2:
        data, chosen = arrays
        cells = data.size // max(1, data.shape[attributes.get("axis", 0)]) * chosen.size
    if cells > MOST_CELLS:
        raise LimitError(f"it would give {cells:,} numbers; at most {MOST_CELLS:,} are worked out")


def _locked(array: Any) -> Array:
    array = np.asarray(array)
    own: Array = array if array.base is None else array.copy()
    own.flags.writeable = False
    return own


def _telling(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes without those that say nothing, so that the call of a layer can be read."""
    return {name: value for name, value in attributes.items() if not _is_silent(name, value)}


def _is_silent(name: str, value: Any) -> bool:
    if isinstance(value, list) and value and name in ("strides", "dilations"):
        return set(value) == {1}
    if isinstance(value, list) and value and name in ("pads", "output_padding"):
        return set(value) == {0}
    return name in SILENT and SILENT[name] == value


SILENT = {
    "auto_pad": "NOTSET",
    "group": 1,
    "ceil_mode": 0,
    "storage_order": 0,
    "transA": 0,
    "alpha": 1.0,
    "beta": 1.0,
    "allowzero": 1,
}


def _constant(given: Sequence[Array | None], attributes: Mapping[str, Any]) -> Array:
    for name, value in attributes.items():
        if name == "value":
            return np.asarray(value)
        if name in ("value_float", "value_floats"):
            return np.asarray(value, dtype=np.float32)
        if name in ("value_int", "value_ints"):
            return np.asarray(value, dtype=np.int64)
    raise CallError("it holds words, where numbers belong")


def _array(given: Sequence[Array | None], number: int = 0) -> Array:
    if number >= len(given) or (found := given[number]) is None:
        raise CallError(f"its input {number} is missing")
    return found


def _axes(given: Sequence[Array | None], attributes: Mapping[str, Any]) -> tuple[int, ...]:
    axes = given[1] if len(given) > 1 else attributes.get("axes")
    return () if axes is None else tuple(int(axis) for axis in np.ravel(axes))


def _cast(given: Sequence[Array | None], attributes: Mapping[str, Any]) -> Array:
    from onnx import helper

    return _array(given).astype(helper.tensor_dtype_to_np_dtype(int(attributes["to"])))


def _slice(given: Sequence[Array | None], attributes: Mapping[str, Any]) -> Array:
    x = _array(given)
    names = ("starts", "ends", "axes", "steps")
    parts = [given[i] if len(given) > i else attributes.get(name) for i, name in enumerate(names, 1)]
    starts, ends = (np.ravel(part).tolist() for part in parts[:2] if part is not None)
    axes = np.ravel(parts[2]).tolist() if parts[2] is not None else list(range(len(starts)))
    steps = np.ravel(parts[3]).tolist() if parts[3] is not None else [1] * len(starts)
    chosen = [slice(None)] * x.ndim
    for start, end, axis, step in zip(starts, ends, axes, steps):
        beyond = end < -x.shape[axis] if step < 0 else False  # as far as the first, and that one too
        chosen[axis] = slice(start, None if beyond else end, step)
    return x[tuple(chosen)]


def _squeeze(given: Sequence[Array | None], attributes: Mapping[str, Any]) -> Array:
    return np.squeeze(_array(given), _axes(given, attributes) or None)


def _unsqueeze(given: Sequence[Array | None], attributes: Mapping[str, Any]) -> Array:
    return np.expand_dims(_array(given), _axes(given, attributes))


def _filled_with(given: Sequence[Array | None], attributes: Mapping[str, Any]) -> Array:
    value = np.ravel(attributes.get("value", np.zeros(1, dtype=np.float32)))
    shape = [int(n) for n in _array(given)]
    if len(shape) > 32 or any(not 0 <= n <= 10**6 for n in shape) or np.prod(shape, dtype=object) > 10**7:
        raise CallError(f"an array of shape {shape} is asked for, larger than any shape needs")
    return np.full(shape, value[0])


def _quotient(given: Sequence[Array | None], attributes: Mapping[str, Any]) -> Array:
    a, b = _array(given), _array(given, 1)
    return a / b if a.dtype.kind == "f" else np.trunc(a / b).astype(a.dtype)


def _reshaped(given: Sequence[Array | None], attributes: Mapping[str, Any]) -> Array:
    x = _array(given)
    return x.reshape([x.shape[i] if n == 0 and i < x.ndim else n for i, n in enumerate(_array(given, 1).tolist())])


Fold = Callable[[Sequence[Array | None], Mapping[str, Any]], Array]

FOLDED: dict[str, Fold] = {
    "Constant": _constant,
    "Shape": lambda given, attributes: np.array(
        _array(given).shape[attributes.get("start") : attributes.get("end")], dtype=np.int64
    ),
    "Size": lambda given, attributes: np.array(_array(given).size, dtype=np.int64),
    "ConstantOfShape": _filled_with,
    "Cast": _cast,
    "Gather": lambda given, attributes: np.take(_array(given), _array(given, 1), axis=attributes.get("axis", 0)),
    "Slice": _slice,
    "Squeeze": _squeeze,
    "Unsqueeze": _unsqueeze,
    "Concat": lambda given, attributes: np.concatenate(
        [_array(given, i) for i in range(len(given))], axis=attributes["axis"]
    ),
    "Reshape": _reshaped,
    "Transpose": lambda given, attributes: np.transpose(_array(given), attributes.get("perm")),
    "Identity": lambda given, attributes: _array(given),
    "Add": lambda given, attributes: _array(given) + _array(given, 1),
    "Sub": lambda given, attributes: _array(given) - _array(given, 1),
    "Mul": lambda given, attributes: _array(given) * _array(given, 1),
    "Div": _quotient,
}

COMMUTE = ("Add", "Mul")
"""Where a constant stands first it may stand last: a trace begins with what comes from the network's input."""

ALWAYS = ("Constant", "Shape", "Size")
"""What is worked out at once whatever goes in: only the shape of it counts."""
