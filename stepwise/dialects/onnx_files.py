"""An ONNX file read as plain data: its nodes, its constants, what goes in. Nothing in it is executed.

The file's own format is read by the `onnx` package (the extra `[onnx]`); weights that it keeps beside itself must lie
in its own folder. Everything that a graph says of itself is checked before it is believed.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

import numpy as np

from ..arithmetic import Array
from ..errors import FileError
from ..files import PathLike, read_bytes

if TYPE_CHECKING:
    from onnx import AttributeProto, GraphProto, ModelProto, TensorProto

MOST_BYTES = 2**30
"""The largest file, and the most numbers' bytes of one network, that are read."""
MOST_NODES = 20_000


@dataclass(frozen=True)
class GraphNode:
    """One node: an operator, the names of what it takes and gives, and its attributes."""

    op: str
    domain: str
    name: str
    inputs: tuple[str, ...]  # empty where an optional one is left out
    outputs: tuple[str, ...]
    attributes: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return (
            f"node {self.name!r} ({self.op})" if self.name else f"the node that gives {self.outputs[0]!r} ({self.op})"
        )


@dataclass(frozen=True)
class GraphInput:
    """What goes in: its name, its element type, and its sizes, None or a word where they are free."""

    name: str
    dtype: np.dtype[Any]
    shape: tuple[int | None, ...] | None


@dataclass(frozen=True)
class Graph:
    """A network as its file has it; the nodes stand in an order in which they can be carried out."""

    nodes: tuple[GraphNode, ...]
    constants: Mapping[str, Array]
    inputs: tuple[GraphInput, ...]
    outputs: tuple[str, ...]
    opset: int


def read_graph(path: PathLike) -> Graph:
    """The graph of an ONNX file. Raises `FileError` for one that is damaged, too large or not self-contained."""
    onnx = _package(path)
    model = onnx.ModelProto()
    try:
        model.ParseFromString(read_bytes(path, MOST_BYTES))
    except Exception as error:  # protobuf's own errors have no public base
        if isinstance(error, FileError):
            raise
        raise FileError(f"{path} is not an ONNX file, or it is damaged") from None
    if not model.graph.node or not model.graph.output:
        raise FileError(f"{path} holds no network: its graph has no nodes or gives nothing")
    if len(model.graph.node) > MOST_NODES:
        raise FileError(f"{path} has {len(model.graph.node):,} nodes; at most {MOST_NODES:,} are read")
    return _Reader(path).graph(model)


def _package(path: PathLike) -> Any:
    try:
        import onnx
    except ImportError:
        raise FileError(
            f"reading {path} needs the package onnx; install it with: pip install 'stepwise-cnn[onnx]'"
        ) from None
    return onnx


class _Reader:
    """Reads one model, and knows its file's name for messages."""

    def __init__(self, path: PathLike) -> None:
        self.path = Path(path)
        self.bytes_left = MOST_BYTES
        self.beside: dict[str, bytes] = {}  # files that hold weights, each read once

    def graph(self, model: ModelProto) -> Graph:
        graph = model.graph
        constants: dict[str, Array] = {}
        for tensor in graph.initializer:
            if tensor.name in constants:
                raise self.error(f"two of its constants have the name {tensor.name!r}")
            constants[tensor.name] = self.array(tensor, tensor.name)
        nodes = tuple(self._nodes(graph))
        self._check_order(nodes, [*constants, *(value.name for value in graph.input)])
        given = {name for node in nodes for name in node.outputs} | set(constants) | {v.name for v in graph.input}
        for output in graph.output:
            if output.name not in given:
                raise self.error(f"nothing gives its output {output.name!r}")
        return Graph(
            nodes,
            constants,
            tuple(self._input(value) for value in graph.input if value.name not in constants),
            tuple(output.name for output in graph.output),
            self._opset(model),
        )

    def _opset(self, model: ModelProto) -> int:
        """The version of the standard's operators that the nodes are written in."""
        from onnx import defs

        opset = max((one.version for one in model.opset_import if one.domain in ("", "ai.onnx")), default=1)
        if opset > defs.onnx_opset_version():
            raise self.error(
                f"it is written in opset {opset}, and the package onnx here knows them up to "
                f"{defs.onnx_opset_version()}; export it with that one, or install a newer onnx"
            )
        return opset

    def error(self, message: str) -> FileError:
        return FileError(f"{self.path}: {message}")

    def _nodes(self, graph: GraphProto) -> Iterable[GraphNode]:
        for node in graph.node:
            if not any(node.output):
                raise self.error(f"the node {node.name!r} ({node.op_type}) gives nothing")
            attributes = {a.name: self._attribute(a, node.op_type) for a in node.attribute}
            yield GraphNode(node.op_type, node.domain, node.name, tuple(node.input), tuple(node.output), attributes)

    def _check_order(self, nodes: Iterable[GraphNode], known: Iterable[str]) -> None:
        """The standard asks that nodes stand after what they take, and that every name is given once."""
        found = set(known)
        for node in nodes:
            for name in node.inputs:
                if name and name not in found:
                    raise self.error(f"{node} takes {name!r}, which nothing before it gives")
            for name in node.outputs:
                if name and name in found:
                    raise self.error(f"{node} gives {name!r}, a name that is taken")
                found.add(name)

    def _input(self, value: Any) -> GraphInput:
        tensor = value.type.tensor_type
        dtype = _dtype(tensor.elem_type)
        if dtype is None:
            raise self.error(f"its input {value.name!r} is not an array of numbers")
        if not tensor.HasField("shape"):
            return GraphInput(value.name, dtype, None)
        sizes = tuple(d.dim_value if d.dim_value > 0 else None for d in tensor.shape.dim)
        return GraphInput(value.name, dtype, sizes)

    def _attribute(self, attribute: AttributeProto, op: str) -> Any:
        from onnx import helper

        kinds = type(attribute)
        if attribute.type == kinds.TENSOR:
            return self.array(attribute.t, f"attribute {attribute.name} of {op}")
        if attribute.type in (kinds.FLOAT, kinds.INT, kinds.STRING, kinds.FLOATS, kinds.INTS, kinds.STRINGS):
            value = helper.get_attribute_value(attribute)
            if attribute.type == kinds.STRING:
                return value.decode("utf-8", "replace")
            return list(value) if attribute.type in (kinds.FLOATS, kinds.INTS) else value
        return _Unread()

    def array(self, tensor: TensorProto, name: str) -> Array:
        """A tensor's numbers, locked. They may lie in the model itself, or in a file beside it."""
        from onnx import numpy_helper

        kinds = type(tensor)
        shape, dtype = tuple(tensor.dims), _dtype(tensor.data_type)
        if dtype is None:
            raise self.error(f"{name} is of a type that holds no numbers")
        if min(shape, default=0) < 0:
            raise self.error(f"{name} has the shape {shape}, which no array has")
        count = math.prod(shape) * dtype.itemsize
        self.bytes_left -= count
        if self.bytes_left < 0:
            raise self.error(f"its numbers need more than the {MOST_BYTES // 2**20:,} MB that are read")
        beside = self._external(tensor, name, count) if tensor.data_location == kinds.EXTERNAL else None
        try:
            if beside is None:
                array = numpy_helper.to_array(tensor)
            else:
                array = np.frombuffer(beside, dtype.newbyteorder("<")).reshape(shape)
        except (ValueError, TypeError) as error:
            raise self.error(f"{name} of shape {shape} does not have as many numbers: {error}") from None
        kept = np.array(array, dtype=np.float32 if array.dtype.kind not in "iufb" else array.dtype.newbyteorder("="))
        kept = kept.reshape(shape)
        own = kept if kept.base is None else kept.copy()
        own.flags.writeable = False
        return own

    def _external(self, tensor: TensorProto, name: str, count: int) -> bytes:
        """The bytes of a tensor that lies in another file: one of the model's own folder, and no other."""
        told = {entry.key: entry.value for entry in tensor.external_data}
        location = told.get("location", "")
        place = self.path.parent / location
        try:
            folder = os.path.realpath(self.path.parent)
            inside = not PurePath(location).is_absolute() and Path(os.path.realpath(place)).is_relative_to(folder)
        except ValueError:  # a null character
            inside = False
        if not location or not inside:
            raise self.error(f"the numbers of {name} are said to be in {location!r}, outside the model's own folder")
        try:
            offset, length = int(told.get("offset", 0)), int(told.get("length", count))
        except ValueError:
            offset, length = -1, -1
        if location not in self.beside:
            self.beside[location] = read_bytes(place, MOST_BYTES)
        content = self.beside[location]
        if offset < 0 or length != count or offset + length > len(content):
            raise self.error(f"the numbers of {name} are not whole in {location!r}")
        return content[offset : offset + length]


def _dtype(kind: int) -> np.dtype[Any] | None:
    """An element type of the standard as NumPy's; None for words, complex numbers, and what is no type."""
    from onnx import helper

    try:
        dtype = np.dtype(helper.tensor_dtype_to_np_dtype(kind))
    except (KeyError, TypeError):
        return None
    return None if dtype.kind in "Oc" else dtype


class _Unread:
    """An attribute of a kind that no operation here takes: a graph, a sparse tensor."""

    def __repr__(self) -> str:
        return "…"
