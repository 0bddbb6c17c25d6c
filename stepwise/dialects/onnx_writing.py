"""A network of ours as an ONNX file: layers one after another, with their weights, for any number of images at once.

Written with the extra `[onnx]`; what is written is opened by `onnx.load`. A network of Keras's is written with its
channels first, as ONNX has them, and the weights behind a Flatten in the order that this makes. To add an operation: a
function in `NODES`, which gives its node and its weights.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING, Any

import numpy as np

from ..arithmetic import Array
from ..dataclass import dataclass
from ..errors import CallError, MissingExtra, shown
from ..geometry import AxisGeometry
from ..io.files import PathLike
from ..io.whole import write_whole
from ..ops import BatchNorm, Conv, Dense, Flatten, Identity, MaxPool, ReLU, Sigmoid, Softmax, Tanh
from ..traces.operation import Operation
from ..traces.trace import Trace, chain

if TYPE_CHECKING:
    from ..networks.network import Sequential

OPSET, IR_VERSION = 20, 10


@dataclass(frozen=True)
class Node:
    """A node without its names: the operator, its attributes, and its weights in ONNX's shapes."""

    op: str
    attributes: Mapping[str, Any] = field(default_factory=dict)
    weights: Mapping[str, Array] = field(default_factory=dict)


def save(network: Sequential, path: PathLike, input_shape: Sequence[int] | None = None) -> None:
    """Write a network as an ONNX file, whole or not at all: `onnx.save(net, "net.onnx")`.

    input_shape  the shape of one input without its batch; after a training it is known

    Its input is called `image`, its output `shares` where it ends with a softmax, else `scores`; values in between are
    called after what gives them: `conv2d`, `relu`, `max_pool2d`, `conv2d_1`. Raises `CallError` where there is an
    operation that is not written, `MissingExtra` without onnx.
    """
    try:
        import onnx
    except ImportError:
        raise MissingExtra("writing ONNX files needs onnx: pip install 'stepwise-cnn[onnx]'") from None
    shape = network.given if input_shape is None else tuple(input_shape)
    if shape is None or None in shape:
        raise CallError("say what goes in, without its batch: onnx.save(net, path, input_shape=(28, 28, 1))")
    trace = network(np.zeros((1, *(n for n in shape if n)), np.float32))
    helper, kind = onnx.helper, onnx.TensorProto.FLOAT
    nodes, weights, name = [], [], "image"
    counts: dict[str, int] = {}
    traces = chain(trace)
    for number, layer in enumerate(traces):
        node = _node(layer, traces[:number])
        if node is None:
            continue
        own = [f"{number}.{weight}" for weight in node.weights]
        weights += [
            onnx.numpy_helper.from_array(np.ascontiguousarray(a), n) for a, n in zip(node.weights.values(), own)
        ]
        given, name = name, _called(node, counts)
        if number == len(traces) - 1:
            name = "shares" if node.op == "Softmax" else "scores"
        nodes.append(helper.make_node(node.op, [given, *own], [name], **node.attributes))
    last = trace.layer.layout.channels_last
    sizes = [*trace_shape(traces[0], last)]
    ends = [
        helper.make_tensor_value_info(n, kind, ["images", *s]) for n, s in (("image", sizes), (name, trace.shape[1:]))
    ]
    graph = helper.make_graph(nodes, "network", ends[:1], ends[1:], weights)
    made = {"opset_imports": [helper.make_opsetid("", OPSET)], "ir_version": IR_VERSION, "producer_name": "stepwise"}
    model = helper.make_model(graph, **made)
    onnx.checker.check_model(model)
    write_whole(path, model.SerializeToString(deterministic=True))


def trace_shape(first: Trace, channels_last: bool) -> tuple[int, ...]:
    """The shape of one input with its channels first."""
    own = first.inputs["input"].shape[1:]
    return (own[-1], *own[:-1]) if channels_last and len(own) > 1 else own


def _called(node: Node, counts: dict[str, int]) -> str:
    axes = len(node.attributes.get("kernel_shape", ()))
    word = {"Conv": f"conv{axes}d", "MaxPool": f"max_pool{axes}d", "Gemm": "linear"}.get(node.op, node.op.lower())
    counts[word] = counts.get(word, -1) + 1
    return f"{word}_{counts[word]}" if counts[word] else word


def _node(trace: Trace, before: Sequence[Trace]) -> Node | None:
    operation = trace.layer.operation
    if isinstance(operation, Identity):
        return None
    if type(operation) not in NODES:
        raise CallError(f"{trace.layer.call} is not written into ONNX files here")
    return NODES[type(operation)](trace, before)


def _conv(trace: Trace, before: Sequence[Trace]) -> Node:
    operation = trace.layer.operation
    assert isinstance(operation, Conv)
    channels = trace.channels[0]
    weights = {"weight": operation.kernel(trace.layer.layout, trace.inputs["kernel"])}
    weights |= {"bias": trace.inputs["bias"]} if "bias" in trace.inputs else {}
    return Node("Conv", _window(trace) | {"group": operation.split(channels)}, weights)


def _max_pool(trace: Trace, before: Sequence[Trace]) -> Node:
    return Node("MaxPool", _window(trace))


def _window(trace: Trace) -> dict[str, Any]:
    axes: Sequence[AxisGeometry] = trace.geometry.axes
    if any(axis.padding.overhang for axis in axes):
        raise CallError(f"{trace.layer.call}: windows that hang over the edge are not written into ONNX files here")
    return {
        "kernel_shape": [axis.window for axis in axes],
        "strides": [axis.stride for axis in axes],
        "dilations": [axis.dilation for axis in axes],
        "pads": [*(axis.padding.before for axis in axes), *(axis.padding.after for axis in axes)],
    }


def _relu(trace: Trace, before: Sequence[Trace]) -> Node:
    operation = trace.layer.operation
    assert isinstance(operation, ReLU)
    if operation.threshold or operation.ceiling is not None:
        raise CallError(f"{trace.layer.call}: only a plain and a leaky ReLU are written into ONNX files here")
    return Node("LeakyRelu", {"alpha": float(operation.slope)}) if operation.slope else Node("Relu")


def _flatten(trace: Trace, before: Sequence[Trace]) -> Node:
    return Node("Flatten", {"axis": 1})


def _dense(trace: Trace, before: Sequence[Trace]) -> Node:
    operation = trace.layer.operation
    assert isinstance(operation, Dense)
    if trace.inputs["input"].ndim != 2:
        raise CallError(f"{trace.layer.call}: a dense layer of an ONNX file takes rows of numbers here; flatten first")
    kernel = trace.inputs["kernel"]
    kernel = kernel if operation.out_first else kernel.T
    flat = next((one for one in reversed(before) if isinstance(one.layer.operation, Flatten)), None)
    since = [one for one in before[before.index(flat) :] if isinstance(one.layer.operation, Dense)] if flat else []
    if flat is not None and not since and flat.layer.layout.channels_last and flat.inputs["input"].ndim > 2:
        sizes = flat.inputs["input"].shape[1:]  # as it is counted here: the channels change fastest
        kernel = np.moveaxis(kernel.reshape(len(kernel), *sizes), -1, 1).reshape(len(kernel), math.prod(sizes))
    weights = {"weight": kernel} | ({"bias": trace.inputs["bias"]} if "bias" in trace.inputs else {})
    return Node("Gemm", {"transB": 1}, weights)


def _softmax(trace: Trace, before: Sequence[Trace]) -> Node:
    operation = trace.layer.operation
    assert isinstance(operation, Softmax)
    if trace.ndim != 2 or {axis % 2 for axis in operation.axes} != {1}:
        raise CallError(
            f"{trace.layer.call}: only a softmax of rows is written into ONNX files here, not {shown(trace.shape)}"
        )
    return Node("Softmax", {"axis": -1})


def _batch_norm(trace: Trace, before: Sequence[Trace]) -> Node:
    operation = trace.layer.operation
    assert isinstance(operation, BatchNorm)
    x = trace.inputs["input"]
    channels = operation.channels(x.shape)
    if operation.axis is None or operation.axis % x.ndim != (x.ndim - 1 if trace.layer.layout.channels_last else 1):
        raise CallError(f"{trace.layer.call}: only channels are normalised in an ONNX file here")
    given = {"gamma": 1, "beta": 0, "mean": 0, "variance": 1}
    weights = {n: trace.inputs.get(n, np.full(channels, value, x.dtype)) for n, value in given.items()}
    return Node("BatchNormalization", {"epsilon": float(operation.epsilon)}, weights)


NODES: dict[type[Operation], Callable[[Trace, Sequence[Trace]], Node]] = {
    Conv: _conv,
    MaxPool: _max_pool,
    ReLU: _relu,
    Flatten: _flatten,
    Dense: _dense,
    Softmax: _softmax,
    BatchNorm: _batch_norm,
    Sigmoid: lambda trace, before: Node("Sigmoid"),
    Tanh: lambda trace, before: Node("Tanh"),
}
