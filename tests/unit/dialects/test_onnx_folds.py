"""What an ONNX graph makes of constants, as the standard's own evaluator has it; and each refusal in one sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from stepwise.dialects import onnx as dialect
from stepwise.errors import StepwiseError

X = np.arange(16.0).reshape(1, 1, 4, 4)
FLOAT = np.float32


def constant(name: str, value: Any) -> onnx.TensorProto:
    array = np.asarray(value)
    return numpy_helper.from_array(array.astype(FLOAT) if array.dtype == np.float64 else array, name)


def graph(nodes: list[onnx.NodeProto], constants: dict[str, Any], opset: int) -> onnx.ModelProto:
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, (1, 1, 4, None))
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
    whole = helper.make_graph(nodes, "g", [x], [y], [constant(name, value) for name, value in constants.items()])
    made = helper.make_model(whole, opset_imports=[helper.make_opsetid("", opset)])
    made.ir_version = 8
    return made


def folded(op: str, constants: dict[str, Any], opset: int = 18, **attributes: Any) -> onnx.ModelProto:
    """A graph that adds to x what an operator makes of these constants; an input of no name is left out."""
    given = [name if value is not None else "" for name, value in constants.items()]
    nodes = [
        helper.make_node(op, given, ["made"], **attributes),
        helper.make_node("Cast", ["made"], ["c"], to=TensorProto.FLOAT),
        helper.make_node("Add", ["x", "c"], ["y"]),
    ]
    return graph(nodes, {name: value for name, value in constants.items() if value is not None}, opset)


ROWS = [[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]]
FOLDED = {
    "the first row": folded("Gather", {"a": ROWS, "i": np.array([0])}, axis=0),
    "the last row": folded("Gather", {"a": ROWS, "i": np.array([-1])}, axis=0),
    "backwards": folded(
        "Slice", {"a": ROWS[0], "s": np.array([3]), "e": np.array([-9]), "i": [0], "t": np.array([-1])}
    ),
    "all lines of one": folded("Squeeze", {"a": [[[1.0], [2.0], [3.0], [4.0]]]}),
    "lines named": folded("Squeeze", {"a": [ROWS[0]], "i": np.array([0])}),
    "axes put in": folded("Unsqueeze", {"a": ROWS[0], "i": np.array([0, -2])}),
    "side by side": folded("Concat", {"a": [1.0, 2.0], "b": [3.0, 4.0]}, axis=0),
    "given a shape": folded("Reshape", {"a": ROWS[0], "s": np.array([2, -1, 1, 1])[1:]}),
    "turned": folded("Transpose", {"a": np.array([ROWS[0]]).T}, perm=[1, 0]),
    "filled": folded("ConstantOfShape", {"a": np.array([4, 4])}, value=constant("v", [2.5])),
    "zeros": folded("ConstantOfShape", {"a": np.array([4, 4])}),
    "itself": folded("Identity", {"a": ROWS[0]}),
    "a quotient of decimals": folded("Div", {"a": ROWS[0], "b": [4.0]}),
    "a quotient of whole numbers": folded("Div", {"a": np.array([7, 8, 9, 10]), "b": np.array([2])}),
    "a product": folded("Mul", {"a": ROWS[0], "b": ROWS[1]}),
    "how many numbers": graph(
        [
            helper.make_node("Size", ["x"], ["n"]),
            helper.make_node("Cast", ["n"], ["c"], to=TensorProto.FLOAT),
            helper.make_node("Sub", ["x", "c"], ["y"]),
        ],
        {},
        18,
    ),
}
REFUSED = {
    "it takes 3 to 5 inputs in opset 18, not 1": folded("Slice", {"a": ROWS}),
    "where it starts and ends is missing": folded("Slice", {"a": ROWS, "s": None, "e": np.array([1])}),
    "starts must be a short row of whole numbers": folded("Slice", {"a": ROWS, "s": [0.0], "e": np.array([1])}),
    "and steps=[0] do not go together": folded(
        "Slice", {"a": ROWS, "s": np.array([0]), "e": np.array([1]), "i": np.array([0]), "t": np.array([0])}
    ),
    "axes=[0, 0] names an axis twice": folded("Unsqueeze", {"a": ROWS, "i": np.array([0, 0])}),
    "there is no axis 5 in an array with 3 axes": folded("Unsqueeze", {"a": ROWS, "i": np.array([5])}),
    "there is no axis 4 in an array with 1 axis": folded("Gather", {"a": ROWS[0], "i": np.array([0])}, axis=4),
    "it would have 42 axes; at most 32": folded("Unsqueeze", {"a": ROWS, "i": np.arange(40)}),
    "cannot be left out: not all have length 1": folded("Squeeze", {"a": ROWS, "i": np.array([0])}),
    "single numbers have no axis": folded("Concat", {"a": 1.0, "b": 2.0}, axis=0),
    "(2, 4), (4,) cannot be put side by side": folded("Concat", {"a": ROWS, "b": ROWS[0]}, axis=0),
    "the shape is missing": folded("Reshape", {"a": ROWS}, opset=1),
    "[-1, -1] is no shape": folded("Reshape", {"a": ROWS, "s": np.array([-1, -1])}),
    "(2, 4) cannot be given the shape [3]": folded("Reshape", {"a": ROWS, "s": np.array([3])}),
    "perm=[0, 0] does not name each of 2 axes once": folded("Transpose", {"a": ROWS}, perm=[0, 0]),
    "its indices must be whole numbers, not float32": folded("Gather", {"a": ROWS, "i": [0.0]}),
    "its indices reach beyond axis 0, which has 2 cells": folded("Gather", {"a": ROWS, "i": np.array([7])}),
    "to=9999 is no type of numbers": folded("Cast", {"a": ROWS}, to=9999),
    "to='WIDE' is no type of numbers": folded("Cast", {"a": ROWS}, opset=1, to="WIDE"),
    "it fills an array with one number, and has 2": folded(
        "ConstantOfShape", {"a": np.array([2])}, value=constant("v", [1.0, 2.0])
    ),
    "larger than any shape needs": folded("ConstantOfShape", {"a": np.array([200_000_000])}),
    "it must have one value, and has 2": folded("Constant", {}, value_float=1.0, value_int=3),
    "it holds words": folded("Constant", {}, value_string="a"),
    "it takes numbers, not what is true or false": folded("Add", {"a": np.array([True]), "b": np.array([True])}),
    "do not go together": folded("Add", {"a": ROWS, "b": [1.0, 2.0, 3.0]}),
    "does not fit from axis 1 on of one of 2 axes": folded(
        "Add", {"a": ROWS, "b": [[[1.0]]]}, opset=6, broadcast=1, axis=1
    ),
    "a whole number is divided by 0": folded("Div", {"a": np.array([1]), "b": np.array([0])}),
    "it gives at most 1 output in opset 18, not 2": graph([helper.make_node("Relu", ["x"], ["y", "z"])], {}, 18),
    "its attribute kernel_shape is missing": graph([helper.make_node("MaxPool", ["x"], ["y"])], {}, 18),
    "must be a list of whole numbers": graph([helper.make_node("MaxPool", ["x"], ["y"], kernel_shape="a")], {}, 18),
    "it is written in opset 0": graph([helper.make_node("Relu", ["x"], ["y"])], {}, 0),
    "does not depend on the input's numbers": graph([helper.make_node("Relu", ["a"], ["y"])], {"a": [1.0]}, 18),
    "ReduceMean: axes=[0] is not carried out": graph(
        [helper.make_node("ReduceMean", ["x", "i"], ["y"])], {"i": np.array([0])}, 18
    ),
}


@pytest.mark.parametrize("name", FOLDED)
def test_as_the_standard_works_it_out(name: str, tmp_path: Path) -> None:
    (tmp_path / "m.onnx").write_bytes(FOLDED[name].SerializeToString())
    expected: Any = ReferenceEvaluator(FOLDED[name]).run(None, {"x": X.astype(FLOAT)})
    assert np.asarray(dialect.load(tmp_path / "m.onnx")(X)) == pytest.approx(expected[0], rel=1e-6)


@pytest.mark.parametrize("words", REFUSED)
def test_what_cannot_be_worked_out(words: str, tmp_path: Path) -> None:
    (tmp_path / "m.onnx").write_bytes(REFUSED[words].SerializeToString())

    def carried_out() -> None:
        dialect.load(tmp_path / "m.onnx")(X)

    with pytest.raises(StepwiseError) as told:
        carried_out()
    assert words in str(told.value)


LISTED = {
    "halves": (TensorProto.FLOAT16, [0x3C00, 0xC000, 0x3800], [1.0, -2.0, 0.5]),
    "brain floats": (TensorProto.BFLOAT16, [0x3F80, 0xC000, 0x3F00], [1.0, -2.0, 0.5]),
    "true and false": (TensorProto.BOOL, [1, 0, 1], [1.0, 0.0, 1.0]),
    "bytes": (TensorProto.INT8, [-3, 127, 0], [-3.0, 127.0, 0.0]),
}


def listed(kind: int, numbers: list[int]) -> onnx.ModelProto:
    """A graph that adds numbers which the file has as a list of whole ones, their bits or themselves."""
    made = folded("Identity", {"a": np.array([0])})
    tensor = made.graph.initializer[0]
    tensor.Clear()
    tensor.name, tensor.data_type = "a", kind
    tensor.dims.append(len(numbers))
    tensor.int32_data.extend(numbers)
    return made


@pytest.mark.parametrize("name", LISTED)
def test_numbers_in_a_list(name: str, tmp_path: Path) -> None:
    """By the bits of IEEE 754: 0x3C00 is 1 in half precision, 0x3F80 the upper half of 1 in single precision."""
    kind, bits, meant = LISTED[name]
    (tmp_path / "m.onnx").write_bytes(listed(kind, bits).SerializeToString())
    x = np.zeros((1, 1, 4, 3))
    assert np.asarray(dialect.load(tmp_path / "m.onnx")(x)).tolist() == [[[meant] * 4]]


def test_a_number_that_its_type_does_not_hold(tmp_path: Path) -> None:
    (tmp_path / "m.onnx").write_bytes(listed(TensorProto.UINT8, [1, 300]).SerializeToString())
    with pytest.raises(StepwiseError, match="a has the number 300, which its type uint8 does not hold"):
        dialect.load(tmp_path / "m.onnx")
