"""The peers, each on one thread. One that is not installed is None, and is left out of the table."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from types import ModuleType
from typing import Any

import numpy as np

from stepwise.networks.network import Sequential

from .measure import Work

Arrays = Mapping[str, np.ndarray[Any, Any]]


def installed(name: str) -> ModuleType | None:
    """A module, or None where it is not installed."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def pytorch() -> Any:
    """PyTorch on one thread."""
    torch = installed("torch")
    if torch:
        torch.set_num_threads(1)
    return torch


def onnxruntime_node(op: str, inputs: Arrays, **attributes: Any) -> Work | None:
    """A node in onnxruntime."""
    runtime = installed("onnxruntime")
    model = _model(op, inputs, attributes)
    if runtime is None or model is None:
        return None
    options = runtime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = runtime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return lambda: session.run(None, inputs)


def onnxruntime_network(network: Sequential, image: np.ndarray[Any, Any]) -> Work | None:
    """A chain of PyTorch's layers in onnxruntime, with the same weights."""
    onnx, runtime = installed("onnx"), installed("onnxruntime")
    if onnx is None or runtime is None:
        return None
    helper, kind, name = onnx.helper, onnx.TensorProto.FLOAT, "input"
    nodes, weights = [], []
    for number, layer in enumerate(network.layers):
        op, attributes = OPERATORS[layer.plan.stages[0].operation.name]
        own = [f"{number}.{weight}" for weight in layer.weights]
        weights += [onnx.numpy_helper.from_array(array, n) for array, n in zip(layer.weights.values(), own)]
        nodes.append(helper.make_node(op, [name, *own], [f"output {number}"], **attributes))
        name = f"output {number}"
    given = helper.make_tensor_value_info("input", kind, image.shape)
    graph = helper.make_graph(nodes, "graph", [given], [helper.make_tensor_value_info(name, kind, None)], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 22)], ir_version=10)
    options = runtime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = runtime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return lambda: session.run(None, {"input": image})


OPERATORS: dict[str, tuple[str, dict[str, Any]]] = {
    "conv": ("Conv", {"pads": [1, 1, 1, 1]}),
    "relu": ("Relu", {}),
    "max_pool": ("MaxPool", {"kernel_shape": [2, 2], "strides": [2, 2]}),
    "flatten": ("Flatten", {}),
    "dense": ("Gemm", {"transB": 1}),
    "softmax": ("Softmax", {"axis": 1}),
}


def reference_node(op: str, inputs: Arrays, **attributes: Any) -> Work | None:
    """A node in ONNX's reference evaluator."""
    model = _model(op, inputs, attributes)
    if model is None:
        return None
    evaluator = importlib.import_module("onnx.reference").ReferenceEvaluator(model)
    return lambda: evaluator.run(None, inputs)


def _model(op: str, inputs: Arrays, attributes: Mapping[str, Any]) -> Any:
    onnx = installed("onnx")
    if onnx is None:
        return None
    helper, kind = onnx.helper, onnx.TensorProto.FLOAT
    values = [helper.make_tensor_value_info(name, kind, array.shape) for name, array in inputs.items()]
    node = helper.make_node(op, list(inputs), ["Y"], **attributes)
    graph = helper.make_graph([node], "graph", values, [helper.make_tensor_value_info("Y", kind, None)])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 22)], ir_version=10)
