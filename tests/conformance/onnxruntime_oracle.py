"""One node carried out by onnxruntime, for comparison."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnx import helper

Array = NDArray[Any]

OPTIONS = onnxruntime.SessionOptions()
OPTIONS.intra_op_num_threads = OPTIONS.inter_op_num_threads = 1
OPTIONS.log_severity_level = 4  # what it refuses it also raises


class RefusedError(Exception):
    """onnxruntime does not carry this node out; its reason."""


def computed(
    op: str, inputs: Sequence[Array | None], outputs: int = 1, opset: int = 22, **attributes: Any
) -> list[Array]:
    """The outputs of a node; an input that is left out is None. Raises `RefusedError`."""
    names = ["" if array is None else f"input {number}" for number, array in enumerate(inputs)]
    results = [f"output {number}" for number in range(outputs)]
    graph = helper.make_graph(
        [helper.make_node(op, names, results, **attributes)],
        op,
        [
            helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(array.dtype), array.shape)
            for name, array in zip(names, inputs)
            if array is not None
        ],
        [helper.make_empty_tensor_value_info(name) for name in results],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=10)
    try:
        session = onnxruntime.InferenceSession(model.SerializeToString(), OPTIONS, providers=["CPUExecutionProvider"])
        found: list[Array] = session.run(None, {name: x for name, x in zip(names, inputs) if x is not None})
    except Exception as refusal:  # onnxruntime raises a family of its own, all of them plain Exceptions
        raise RefusedError(str(refusal)) from None
    return [np.asarray(array) for array in found]
