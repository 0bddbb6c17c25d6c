"""ONNX's words: `onnx.node("MaxPool", [x], opset=22, kernel_shape=[2, 2])`, and pasted `MaxPool(kernel_shape=[2, 2])`.

Each function in the modules beside it, by what the operators do, has an operator's attributes and defaults as
parameters (operator specification, opset 22; where an older opset differs, `opset` is asked), and its body is the
translation. To add an operator: a function, a line in the table of its module, and the engine's names of its inputs in
`onnx_inputs.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from ..arithmetic import Array
from ..errors import CallError, ShapeError, did_you_mean
from ..io.files import PathLike
from ..io.inputs import Grids, locked, taken
from ..layers.dialect import Dialect, bind
from ..layers.grids import filters_in
from ..layers.layer import LayerObject, Plan, Stage
from ..layers.outlines import sketched
from ..layers.words import whole
from ..ops import Conv, ConvTranspose, LayerNorm, winners
from ..ops.elementwise import as_floats
from ..traces.trace import Trace
from .onnx_cells import CELLS, fitted_weights
from .onnx_inputs import ANY_NUMBER as ANY_NUMBER
from .onnx_inputs import INPUTS as INPUTS
from .onnx_inputs import NEEDED as NEEDED
from .onnx_inputs import OF_TWO
from .onnx_node import LAYOUT, NEWEST_OPSET, Node
from .onnx_resize import RESIZING
from .onnx_shapes import SHAPES, as_second, copies
from .onnx_windows import WINDOWS
from .onnx_writing import save as save

if TYPE_CHECKING:
    from .onnx_network import OnnxNetwork

OPERATORS: dict[str, Callable[..., Plan]] = WINDOWS | CELLS | SHAPES | RESIZING


def _inputs(count: int) -> str:
    return "1 input" if count == 1 else f"{count} inputs"


class OnnxLayer(LayerObject):
    """An operator pasted as a call; what depends on its kernel is settled when the kernel is known."""

    dialect = "onnx"
    written = True  # ONNX has no initializers that could be its own

    def _stage(self, stage: Stage, inputs: Any, number: int) -> Trace:
        kernel = self.weights.get("kernel")
        operation = stage.operation
        if isinstance(operation, Conv) and isinstance(kernel, Grids):
            x = inputs["input"]
            channels = self.plan.layout.channels(np.shape(x.output if isinstance(x, Trace) else x), operation.spatial)
            stage = replace(stage, operation=replace(operation, filters=filters_in(operation, kernel, channels)))
        elif isinstance(operation, Conv) and kernel is not None and kernel.ndim > 2:
            filters = kernel.shape[1] * operation.groups if isinstance(operation, ConvTranspose) else kernel.shape[0]
            stage = replace(stage, operation=replace(operation, filters=filters))
        return super()._stage(stage, inputs, number)

    def give(self, weights: Any) -> None:
        """A bias may always be given."""
        if (
            "bias" in weights
            and isinstance(self.plan.stages[0].operation, Conv)
            and "bias" not in self.plan.initializers
        ):
            names = {"kernel": "kernel", "bias": "bias"}
            drawn = {**self.plan.initializers, "bias": self.plan.initializers["kernel"]}
            self.plan = replace(self.plan, stages=(replace(self.plan.stages[0], weights=names),), initializers=drawn)
        super().give(weights)


layers = Dialect("onnx", OnnxLayer, {name: partial(function, Node()) for name, function in OPERATORS.items()})


def node(op: str, inputs: Sequence[Any], opset: int = NEWEST_OPSET, **attributes: Any) -> list[Any]:
    """Carry one ONNX node out: a list with a Trace or array for each of its outputs.

    `inputs` are in ONNX's order, None where an optional one is left out; each is an array or a Trace. `attributes` are
    the node's own. MaxPool gives its indices as a second output, Dropout its mask, LayerNormalization its mean
    and 1 over its standard deviation.

    Raises `CallError` for an unknown operator or attribute, `ShapeError` where inputs do not fit.

    >>> [y] = node("Relu", [[[-1, 2]]])
    >>> y.output.tolist()
    [[0, 2]]
    """
    trace = carry_out(op, inputs, opset, attributes)
    if op == "MaxPool":
        return [trace, indices(trace, int(attributes.get("storage_order", 0)))]
    if isinstance(norm := trace.layer.operation, LayerNorm):
        return [trace, *_statistics(trace, norm)]
    return [trace, np.ones(trace.shape, dtype=bool)] if op == "Dropout" else [trace]


def _statistics(trace: Trace, norm: LayerNorm) -> list[Array]:
    """The mean of what is normalised together, and 1 over its standard deviation, as ONNX gives them beside it."""
    x = as_floats(trace.inputs["input"])
    once = tuple(slice(1) if axis in norm.learned_axes(x.shape) else slice(None) for axis in range(x.ndim))
    mean, variance = norm.statistics(x)
    return [mean[once], (1 / np.sqrt(variance + np.asarray(norm.epsilon, x.dtype)))[once]]


def carry_out(op: str, inputs: Sequence[Any], opset: int, attributes: Mapping[str, Any]) -> Trace:
    """The first output of a node; see `node`."""
    kept = [
        None if x is None or _left_out(op, x) else x if isinstance(x, Trace) else locked(taken(x, "input"))
        for x in inputs
    ]
    layer, given = _prepared(op, kept, opset, attributes)
    return layer.run(given)


def _left_out(op: str, x: Any) -> bool:
    """Whether an input stands for none: of Resize, one that is empty does."""
    return op == "Resize" and not isinstance(x, Trace) and np.size(x) == 0


def sketch(op: str, inputs: Sequence[Any], opset: int, attributes: Mapping[str, Any]) -> Trace:
    """The same without any numbers: a trace that has shapes and geometry only. Of inputs only those are looked at that
    stand for a shape, for axes, or for an end.
    """
    layer, given = _prepared(op, inputs, opset, attributes)
    return sketched(layer, given)


def _prepared(
    op: str, inputs: Sequence[Any], opset: int, attributes: Mapping[str, Any]
) -> tuple[OnnxLayer, dict[str, Any]]:
    """A node as a layer, and what goes into it by the engine's names."""
    if op not in OPERATORS:
        raise CallError(f"there is no operator {op} here.{did_you_mean(op, OPERATORS)}")
    arrays = tuple(x.output if isinstance(x, Trace) else x for x in inputs)
    names = INPUTS.get(op, ("input",))
    if op in ANY_NUMBER:
        names = ("input", *(f"input_{i}" for i in range(1, len(inputs))))
    if len(arrays) > len(names):
        raise CallError(f"{op} takes {_inputs(len(names))}, but has {len(arrays)}")
    needed = len(names) if op in ANY_NUMBER else NEEDED.get(op, 1)
    if op == "Reshape" and opset < 5:  # the shape was an attribute
        needed = 1
    if len(arrays) < needed or any(array is None for array in arrays[:needed]):
        has = sum(array is not None for array in arrays[:needed])
        raise CallError(f"{op} needs {_inputs(needed)}, but has {has}")
    if op == "Concat" and opset < 4:
        attributes = {"axis": 1, **attributes}
    bind(op, partial(OPERATORS[op], Node()), (), attributes)
    try:
        plan = OPERATORS[op](Node(whole("opset", opset), arrays), **attributes)
    except (CallError, ShapeError) as error:
        raise type(error)(f"{op}: {error}") from None
    given = {name: x for name, x in zip(names, inputs) if name and x is not None}
    parted = op in OF_TWO and arrays[0].shape != arrays[1].shape
    if parted and attributes.get("broadcast") and "axis" in attributes:
        given["input_1"] = as_second(given["input_1"], np.ndim(arrays[0]), whole("axis", attributes["axis"], -32))
    if op == "Tile":
        given |= {f"input_{i}": inputs[0] for i in range(1, copies(Node(opset, arrays))[1])}
    given = fitted_weights(plan.stages[0].operation, given)
    plan = replace(plan, stages=(replace(plan.stages[0], weights={}),), initializers={})
    parameters = ", ".join(f"{key}={value!r}" for key, value in attributes.items())
    return OnnxLayer(plan, f"{op}({parameters})"), given


def indices(trace: Trace, storage_order: int = 0) -> Array:
    """Where each maximum came from, counted through the whole input tensor; by columns where `storage_order` is 1."""
    found = winners(trace)
    images = LAYOUT.images_shape(trace.inputs["input"].shape, found.ndim - 2)
    sizes = images[2:]
    if storage_order:
        found = np.ravel_multi_index(np.unravel_index(found, sizes)[::-1], sizes[::-1])
    planes = np.arange(images[0] * images[1]).reshape(images[0], images[1], *(1,) * len(sizes))
    everywhere = found + planes * int(np.prod(sizes))
    return LAYOUT.restored(everywhere.astype(np.int64), len(sizes), trace.inputs["input"].ndim)


def load(path: PathLike) -> OnnxNetwork:
    """The network of an ONNX file, ready to be called; see `onnx_network.load`."""
    from .onnx_network import load as load_network  # it is built on the operators above

    return load_network(path)
