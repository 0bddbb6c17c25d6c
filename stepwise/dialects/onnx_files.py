"""An ONNX file read as plain data: its nodes, its constants, what goes in. Nothing in it is executed.

The file's own format is read by the `onnx` package (the extra `[onnx]`); weights that it keeps beside itself must lie
in its own folder. Everything that a graph says of itself is checked before it is believed: names, counts, sizes, types,
and every node against the standard's record of its operator.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Any

import numpy as np

from ..arithmetic import Array
from ..dataclass import dataclass
from ..errors import FileError
from ..io.files import PathLike, read_bytes
from .onnx_standard import fault
from .onnx_tensors import LONGEST_AXIS, MOST_AXES, MOST_BYTES, Tensors, dtype_of

if TYPE_CHECKING:
    from onnx import AttributeProto, GraphProto, ModelProto, NodeProto

MOST_NODES = 20_000
MOST_NAMES = 20_000
"""The most inputs or outputs that one node may have, and the network itself."""
STANDARD = ("", "ai.onnx")
"""What the standard's own operators are said to belong to."""


@dataclass(frozen=True)
class GraphNode:
    """One node: an operator, the names of what it takes and gives, and its attributes."""

    op: str
    domain: str
    name: str
    inputs: tuple[str, ...]  # empty where an optional one is left out
    outputs: tuple[str, ...]
    attributes: Mapping[str, Any] = field(default_factory=dict)
    fault: str = ""  # where it does not keep to the standard's record of its operator: then it is not carried out

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
    from google.protobuf.message import DecodeError  # onnx brings it along

    model = onnx.ModelProto()
    try:
        model.ParseFromString(read_bytes(path, MOST_BYTES))
    except DecodeError:
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
    """Reads one model."""

    def __init__(self, path: PathLike) -> None:
        self.tensors = Tensors(path)
        self.error, self.text = self.tensors.error, self.tensors.text

    def graph(self, model: ModelProto) -> Graph:
        graph = model.graph
        opset = self._opset(model)
        constants: dict[str, Array] = {}
        for tensor in graph.initializer:
            name = self.text(tensor.name)
            if name in constants:
                raise self.error(f"two of its constants have the name {name!r}")
            constants[name] = self.tensors.array(tensor, name)
        if max(len(graph.input) - len(constants), len(graph.output)) > MOST_NAMES:
            raise self.error(f"it takes or gives more than {MOST_NAMES:,} arrays; no more are read")
        inputs = self._inputs(graph, constants)
        nodes = self._ordered(tuple(self._nodes(graph, opset)), {*constants, *(one.name for one in inputs)})
        given = {name for node in nodes for name in node.outputs} | set(constants) | {one.name for one in inputs}
        outputs = tuple(self.text(output.name) for output in graph.output)
        for name in outputs:
            if name not in given:
                raise self.error(f"nothing gives its output {name!r}")
        return Graph(nodes, constants, inputs, outputs, opset)

    def _opset(self, model: ModelProto) -> int:
        """The version of the standard's operators that the nodes are written in."""
        from onnx import defs

        opset = max((one.version for one in model.opset_import if self.text(one.domain) in STANDARD), default=1)
        if opset > defs.onnx_opset_version():
            raise self.error(
                f"it is written in opset {opset}, and the package onnx here knows them up to "
                f"{defs.onnx_opset_version()}; export it with that one, or install a newer onnx"
            )
        if opset < 1:
            raise self.error(f"it is written in opset {opset}, and there is none below 1")
        return opset

    def _nodes(self, graph: GraphProto, opset: int) -> Iterable[GraphNode]:
        for node in graph.node:
            op, name = self.text(node.op_type), self.text(node.name)
            if not any(node.output):
                raise self.error(f"the node {name!r} ({op}) gives nothing")
            if max(len(node.input), len(node.output), len(node.attribute)) > MOST_NAMES:
                raise self.error(f"the node {name!r} ({op}) has more than {MOST_NAMES:,} inputs or outputs")
            yield self._node(node, op, name, opset)

    def _node(self, node: NodeProto, op: str, name: str, opset: int) -> GraphNode:
        attributes, kinds = {}, {}
        for one in node.attribute:
            key = self.text(one.name)
            if key in attributes:
                raise self.error(f"the node {name!r} ({op}) has two attributes {key!r}")
            attributes[key], kinds[key] = self._attribute(one, key, op), _kind(one)
        domain = self.text(node.domain)
        inputs, outputs = (tuple(map(self.text, names)) for names in (node.input, node.output))
        counts = (len(_without_last_empty(names)) for names in (inputs, outputs))
        problem = fault(op, opset, kinds, *counts) if domain in STANDARD else ""
        return GraphNode(op, domain, name, inputs, outputs, attributes, problem)

    def _ordered(self, nodes: tuple[GraphNode, ...], known: set[str]) -> tuple[GraphNode, ...]:
        """The nodes, each after what it takes, as the standard asks; where they do so already, they stay."""
        givers: dict[str, int] = {}
        for number, node in enumerate(nodes):
            for name in filter(None, node.outputs):
                if name in known or name in givers:
                    raise self.error(f"{node} gives {name!r}, a name that is taken")
                givers[name] = number
        for node in nodes:
            for name in filter(None, node.inputs):
                if name not in known and name not in givers:
                    raise self.error(f"{node} takes {name!r}, which nothing gives")
        takers: dict[int, list[int]] = {number: [] for number in range(len(nodes))}
        lacking = [len({givers[name] for name in node.inputs if name in givers}) for node in nodes]
        for number, node in enumerate(nodes):
            for giver in {givers[name] for name in node.inputs if name in givers}:
                takers[giver].append(number)
        ready = [number for number, count in enumerate(lacking) if not count]  # a heap
        found = []
        while ready:
            number = heapq.heappop(ready)
            found.append(nodes[number])
            for taker in takers[number]:
                lacking[taker] -= 1
                if not lacking[taker]:
                    heapq.heappush(ready, taker)
        if len(found) < len(nodes):
            stuck = next(node for node, count in zip(nodes, lacking) if count)
            raise self.error(f"{stuck} waits for what is made after it: nodes in it go round in a circle")
        return tuple(found)

    def _inputs(self, graph: GraphProto, constants: Mapping[str, Array]) -> tuple[GraphInput, ...]:
        """What must be given: an input that has a constant's name is that constant."""
        found: dict[str, GraphInput] = {}
        for value in graph.input:
            name = self.text(value.name)
            if name in found or not name:
                raise self.error(f"two of its inputs have the name {name!r}" if name else "an input has no name")
            if name not in constants:
                found[name] = self._input(value, name)
        return tuple(found.values())

    def _input(self, value: Any, name: str) -> GraphInput:
        tensor = value.type.tensor_type
        dtype = dtype_of(tensor.elem_type)
        if dtype is None:
            raise self.error(f"its input {name!r} is not an array of numbers")
        if not tensor.HasField("shape"):
            return GraphInput(name, dtype, None)
        sizes = [d.dim_value for d in tensor.shape.dim]
        if len(sizes) > MOST_AXES or max(sizes, default=0) > LONGEST_AXIS or min(sizes, default=0) < -1:
            raise self.error(f"its input {name!r} has {sizes[:8]} for its sizes, which no array that is read has")
        return GraphInput(name, dtype, tuple(n if n > 0 else None for n in sizes))

    def _attribute(self, attribute: AttributeProto, name: str, op: str) -> Any:
        """An attribute's value, as its kind has it; of a kind that no operator here takes, a sign that it is there."""
        match _kind(attribute):
            case "TENSOR":
                return self.tensors.array(attribute.t, f"attribute {name} of {op}")
            case "FLOAT":
                return attribute.f
            case "INT":
                return attribute.i
            case "STRING":
                return attribute.s.decode("utf-8", "replace")
            case "FLOATS":
                return list(attribute.floats)
            case "INTS":
                return list(attribute.ints)
        return _Unread()


def _kind(attribute: AttributeProto) -> str:
    """The kind of an attribute by its name in the standard."""
    return str(type(attribute).AttributeType.Name(attribute.type))


def _without_last_empty(names: tuple[str, ...]) -> tuple[str, ...]:
    """Without those at the end that are left out."""
    while names and not names[-1]:
        names = names[:-1]
    return names


class _Unread:
    """An attribute of a kind that no operation here takes: a graph, a sparse tensor."""

    def __repr__(self) -> str:
        return "…"
