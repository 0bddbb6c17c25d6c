"""Networks drawn node by node: operators that are known here, with the attributes that the standard gives them."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, composite
from onnx import AttributeProto, TensorProto, defs, helper, numpy_helper

from stepwise.dialects.onnx import OPERATORS

FOLDED = (
    "Constant",
    "ConstantOfShape",
    "Shape",
    "Gather",
    "Slice",
    "Unsqueeze",
    "Squeeze",
    "Cast",
    "Range",
    "Split",
    "Pad",
)
NAMES = sorted(OPERATORS) * 4 + sorted(FOLDED)
WHOLE = st.one_of(st.integers(-2, 6), st.integers(-2, 6), st.sampled_from([2**31, -(2**63), 2**63 - 1, 10**6]))
DECIMAL = st.one_of(st.floats(-4, 4), st.floats(width=32), st.just(0.0))
WORDS = st.sampled_from(
    ["NOTSET", "SAME_UPPER", "VALID", "constant", "reflect", "linear", "nearest", "asymmetric", "", "x", "\x00"]
)
LIKELY = {
    "kernel_shape": st.just([2, 2]),
    "strides": st.just([1, 1]),
    "pads": st.just([0, 0, 0, 0]),
    "dilations": st.just([1, 1]),
    "group": st.just(1),
    "axis": st.integers(-2, 2),
    "perm": st.permutations([0, 1, 2, 3]),
}


@composite
def network(draw: DrawFn) -> bytes:
    """One to three nodes one after the other, their further inputs constants."""
    opset = draw(st.sampled_from([13, 18, 22, 22, 7, 1]))
    sound = draw(st.booleans())  # every other network has only values that are likely to fit
    shape = draw(st.sampled_from([[1, 1, 4, 4], [1, 2, 3, 3], [2, 3], [1, 1, 5, 5], [4], []]))
    nodes, constants, last = [], [], "x"
    for number in range(draw(st.sampled_from([1, 1, 2, 3]))):
        op = draw(st.sampled_from(NAMES))
        try:
            schema = defs.get_schema(op, opset)
        except defs.SchemaError:
            schema = defs.get_schema(op)
        inputs = [last]
        wanted = draw(st.integers(max(1, schema.min_input), max(1, min(schema.max_input, 5))))
        for place in range(1, wanted):
            name = f"c{number}.{place}"
            constants.append(numpy_helper.from_array(draw(_constants(shape)), name))
            inputs.append(name)
        last = f"y{number}"
        node = helper.make_node(op, inputs, [last])
        for attribute in schema.attributes.values():
            if attribute.required or draw(st.integers(0, 3)) == 0:
                made = draw(_attribute(attribute, sound))
                if made is not None:
                    node.attribute.append(made)
        nodes.append(node)
    given = helper.make_tensor_value_info(
        "x", draw(st.sampled_from([TensorProto.FLOAT, TensorProto.FLOAT, TensorProto.INT64])), shape
    )
    gives = helper.make_tensor_value_info(last, TensorProto.FLOAT, None)
    graph = helper.make_graph(nodes, "drawn", [given], [gives], constants)
    return bytes(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8).SerializeToString()
    )


@composite
def _constants(draw: DrawFn, shape: list[int]) -> Any:
    like = st.lists(st.integers(0, 4), max_size=4) | st.just(shape) | st.just(shape[1:2])
    dims = tuple(draw(like))
    kind = draw(st.sampled_from(["float32", "float32", "int64", "float64", "bool"]))
    first = draw(WHOLE)
    with np.errstate(all="ignore"):
        return (np.arange(np.prod(dims, dtype=int)).reshape(dims) + (first if abs(first) < 2**40 else 0)).astype(kind)


@composite
def _attribute(draw: DrawFn, attribute: Any, sound: bool) -> Any:
    """One that the standard lets this operator have; of tensors and graphs there are none."""
    name, kinds = attribute.name, AttributeProto
    if sound and name not in LIKELY and not attribute.required:
        return None
    if name in LIKELY and (sound or draw(st.integers(0, 2))):
        return helper.make_attribute(name, draw(LIKELY[name]))
    values: dict[int, Any] = {
        kinds.INT: WHOLE,
        kinds.FLOAT: DECIMAL,
        kinds.STRING: WORDS,
        kinds.INTS: st.lists(WHOLE, max_size=5),
        kinds.FLOATS: st.lists(DECIMAL, max_size=4),
        kinds.STRINGS: st.lists(WORDS, max_size=2),
    }
    kind = int(attribute.type.value)
    if draw(st.integers(0, 9)) == 0:
        kind = draw(st.sampled_from(sorted(values)))
    if kind not in values:
        return None
    return helper.make_attribute(name, draw(values[kind]), attr_type=kind)
