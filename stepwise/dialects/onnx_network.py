"""A network from an ONNX file, carried out node by node; every value that its graph names can be asked for.

What a graph works out about shapes alone (`Shape`, `Gather`, `Cast` …) is worked out at once and leaves no trace, see
`onnx_folds`. Everything else is an operator of `onnx.OPERATORS`. Where only shapes are asked for, nothing is carried
out: arrays are zeros that take no memory (see `outlines`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..advice import way
from ..arithmetic import Array
from ..dataclass import dataclass
from ..effort import MOST_CELLS, PRODUCT, Effort, allow
from ..errors import CallError, InputError, LimitError, ShapeError, StepwiseError, did_you_mean
from ..io.files import PathLike
from ..io.inputs import locked, taken
from ..layers.outlines import zeros
from ..networks.network import Network
from ..traces.trace import Trace
from .onnx import OPERATORS, carry_out, indices, sketch
from .onnx_files import STANDARD, Graph, GraphInput, GraphNode, read_graph
from .onnx_folds import ALWAYS, FOLDED, Budget, Fold
from .onnx_standard import telling

Value = Trace | Array

COMMUTE = ("Add", "Mul")
"""Where a constant stands first it may stand last: a trace begins with what comes from the network's input."""


class OnnxNetwork(Network):
    """The network of a graph. `network(x)` gives the Trace of its first output, `network.run(x)` all values."""

    def __init__(self, graph: Graph, name: str) -> None:
        self.graph = graph
        self.name = name

    def __repr__(self) -> str:
        return f"onnx.load({self.name!r})"

    def __call__(self, x: Any, until: str | None = None) -> Trace:
        """Carry the network out, as far as the value named `until` where that is given.

        Raises `CallError`, naming the node, for an operation that is not here; what comes before it can still be told:
        give the name of a value before it as `until`.
        """
        wanted = self.graph.outputs[0] if until is None else until
        return self._traced(self.run(x, wanted)[wanted], wanted)

    def _traced(self, value: Value, name: str) -> Trace:
        if not isinstance(value, Trace):
            raise CallError(f"{name!r} in {self.name} does not depend on the input's numbers")
        return value

    def until(self, name: str) -> OnnxNetwork:
        """The network as far as the value of this name: `onnx.load("model.onnx").until("conv1").summary()`."""
        return OnnxNetwork(replace(self.graph, outputs=(name,)), self.name)

    def run(self, x: Any, until: str | None = None) -> dict[str, Value]:
        """Every value that the graph names, up to `until`: a Trace, or an array where no input's number is in it."""
        source, nodes = self._needed(until)
        array = self.fitted(x, source)
        sketched = self._carried_out(source, nodes, zeros(array.shape, array.dtype), sketched=True)
        traces = [value for value in sketched.values() if isinstance(value, Trace)]
        allow(f"carrying out {self.name}", sum(map(_effort, traces), Effort()), "stop at an earlier value with until")
        return self._carried_out(source, nodes, array, sketched=False)

    def _needed(self, until: str | None) -> tuple[GraphInput, list[GraphNode]]:
        """What goes in, and the nodes, that a value needs; all of them where no value is named.

        Raises `CallError` where there is no such value, or it needs several inputs.
        """
        nodes = list(self.graph.nodes)
        inputs = {one.name: one for one in self.graph.inputs}
        if until is not None:
            names = [name for node in nodes for name in node.outputs if name]
            if until not in names:
                raise CallError(f"{self.name} gives no value {until!r}.{did_you_mean(until, names)}")
            wanted, kept = {until}, []
            for node in reversed(nodes):
                if not wanted.isdisjoint(node.outputs):
                    kept.append(node)
                    wanted.update(node.inputs)
            nodes, inputs = kept[::-1], {name: one for name, one in inputs.items() if name in wanted}
        if not inputs:
            raise CallError(f"{until or 'what it gives'!r} in {self.name} does not depend on the input's numbers")
        if len(inputs) > 1:
            takes = f"{self.name} takes {len(inputs)} inputs, {', '.join(list(inputs)[:8])}"
            raise CallError(
                f"{takes}; networks with one are carried out here, or as far as a value that needs only one"
            )
        return next(iter(inputs.values())), nodes

    def _carried_out(
        self, source: GraphInput, nodes: Sequence[GraphNode], x: Array, sketched: bool
    ) -> dict[str, Value]:
        values: dict[str, Value] = {**self.graph.constants, source.name: x}
        work = _Work(source.name, self.graph.opset, Budget(self.graph.constants), sketched)
        for node in nodes:
            given = [values[name] if name else None for name in node.inputs]
            if _constant_first(node, given, source.name):
                given.reverse()
            try:
                results = work.results(node, given)
            except StepwiseError as error:
                raise self._with_node(node, error, values) from None
            values |= {name: result for name, result in zip(node.outputs, results) if name}
        return values

    def _with_node(self, node: GraphNode, error: StepwiseError, values: Mapping[str, Value]) -> StepwiseError:
        """The mistake with its node, and how far one can go."""
        before = [name for name, value in values.items() if isinstance(value, Trace)]
        count = f"{len(before)} layers" if len(before) != 1 else "one layer"
        further = f"; the {count} before it can be told, with until={before[-1]!r}" if before else ""
        return type(error)(f"{self.name}: {node}: {error}{further}")

    def fitted(self, x: Any, wanted: GraphInput) -> Array:
        """An input in the type that the graph asks for; axes of length 1 that it lacks are put in before it.

        Raises `ShapeError` where it is of another shape.
        """
        if isinstance(x, Trace):
            x = x.output
        array = np.asarray(taken(x, wanted.name))
        if array.dtype == object:
            raise InputError(f"{self.name} works with decimals; letters and fractions cannot go in")
        array = array.reshape(self._fitted_shape(array.shape, wanted))
        with np.errstate(all="ignore"):
            cast = array.astype(wanted.dtype, copy=False)
        if wanted.dtype.kind in "iub" and np.any(other := cast != array):
            raise InputError(f"{self.name} takes whole numbers ({wanted.dtype}), and {array[other][0]} is none of them")
        return locked(cast)

    def _fitted_shape(self, given: tuple[int, ...], wanted: GraphInput) -> tuple[int, ...]:
        due = wanted.shape
        if due is None:
            return given
        shape = (*(1,) * (len(due) - len(given)), *given)
        if len(shape) != len(due) or any(d not in (None, n) for d, n in zip(due, shape)):
            sizes = ", ".join("any" if d is None else str(d) for d in due)
            raise ShapeError(f"{self.name} takes an input of shape ({sizes}), not {given}")
        return shape

    def outlined(self, input_shape: Sequence[int] | None = None) -> Trace:
        """Shapes alone, since nothing is carried out but what nodes compute of shapes."""
        name = self.graph.outputs[0]
        wanted, nodes = self._needed(name)
        if input_shape is None:
            if wanted.shape is None or None in wanted.shape[1:]:
                example = [1, *(n or 28 for n in (wanted.shape or (1, 3, 28, 28))[1:])]
                such = way("shape").format(shape=tuple(example), numbers=",".join(map(str, example)))
                raise ShapeError(f"{self.name} leaves its input's sizes open; give them, such as {such}")
            input_shape = [1 if n is None else n for n in wanted.shape]
        shape = self._fitted_shape(tuple(input_shape), wanted)
        if math.prod(shape) > MOST_CELLS:
            raise LimitError(
                f"an input of shape {shape} has {math.prod(shape):,} numbers; at most {MOST_CELLS:,} go in"
            )
        return self._traced(self._carried_out(wanted, nodes, zeros(shape, wanted.dtype), sketched=True)[name], name)


@dataclass(frozen=True)
class _Work:
    """How nodes are carried out: at once where only shapes count, else as a trace, or the sketch of one."""

    source: str  # the name of the network's input
    opset: int
    budget: Budget
    sketched: bool

    def results(self, node: GraphNode, given: Sequence[Value | None]) -> list[Value]:
        """What a node gives, output by output. Raises `StepwiseError` where it cannot be carried out."""
        if node.domain not in STANDARD:
            raise CallError(f"its operator is none of the standard's own, but of {node.domain}")
        if node.fault:
            raise CallError(node.fault)
        constant = self.source not in node.inputs and not any(isinstance(value, Trace) for value in given)
        if node.op in FOLDED and (constant or node.op in ALWAYS):
            arrays = [value.output if isinstance(value, Trace) else value for value in given]
            with np.errstate(all="ignore"):
                return [locked(FOLDED[node.op](Fold(arrays, node.attributes, self.opset, self.budget)))]
        if node.op not in OPERATORS:
            raise CallError(f"there is no operator {node.op} here")
        attributes = telling(node.op, self.opset, node.attributes)
        if self.sketched or constant:
            trace = sketch(node.op, given, self.opset, attributes)
        if constant:  # it is needed even where only shapes are asked for: it may be one
            self.budget.spend(trace.output.size * max(1, math.prod(trace.geometry.window)))
        if constant or not self.sketched:
            trace = carry_out(node.op, given, self.opset, attributes)
        first: Value = locked(trace.output) if constant else trace
        if len(node.outputs) > 1 and node.op == "MaxPool":
            order = int(node.attributes.get("storage_order", 0))
            return [first, zeros(trace.shape, np.int64) if self.sketched else locked(indices(trace, order))]
        if len(node.outputs) > 1 and node.op == "Dropout":
            return [first, zeros(trace.shape, bool)]
        if any(node.outputs[1:]):
            raise CallError(f"it gives {len(node.outputs)} outputs; only the first is carried out here")
        return [first]


def _effort(trace: Trace) -> Effort:
    """How long a layer takes, and what is kept of it: every cell of the output meets the kernel, or its window."""
    kernel = trace.inputs.get("kernel")
    each = math.prod(trace.geometry.window if kernel is None else kernel.shape[1:])
    return Effort(trace.output.size * max(1, each) * PRODUCT.seconds, 8 * trace.output.size)


def _constant_first(node: GraphNode, given: Sequence[Value | None], source: str) -> bool:
    """Whether a constant stands before what comes from the network's input, and may as well stand after it."""
    if node.op not in COMMUTE or len(given) != 2 or "broadcast" in node.attributes:
        return False
    return node.inputs[0] != source and isinstance(given[0], np.ndarray)


def load(path: PathLike) -> OnnxNetwork:
    """The network of an ONNX file. Raises `FileError` where it cannot be read, or `[onnx]` is not installed."""
    return OnnxNetwork(read_graph(path), str(path))
