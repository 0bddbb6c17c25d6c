"""Every operator × every attribute, in every version of it: left out, at its own default, at another operator's.

Each is a file of one node, read as files are, so that what is taken to "say nothing" is tried too. What it gives is
what onnxruntime gives or, of versions older than it knows, the standard's own reference.
"""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx as standard
import onnxruntime
import pytest
from onnx import TensorProto, defs, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from stepwise.dialects import onnx
from stepwise.errors import StepwiseError

Array = np.ndarray[Any, Any]
Attributes = dict[str, Any]

OLDEST_OF_RUNTIME, NEWEST = 7, 22
IMAGE, KERNEL = (2, 2, 6, 5), (4, 2, 3, 2)
PICKED = np.random.default_rng(0)


def numbers(*shape: int) -> Array:
    return PICKED.uniform(-2, 2, shape).astype(np.float32)


def whole(*values: int) -> Array:
    return np.array(values, dtype=np.int64)


# What each operator is given: arrays (the first is the network's input), and the attributes that it needs.
WINDOW = {"kernel_shape": [3, 2]}
GIVEN: dict[str, tuple[list[Array], Attributes]] = {
    "MaxPool": ([numbers(*IMAGE)], WINDOW),
    "AveragePool": ([numbers(*IMAGE)], WINDOW),
    "LpPool": ([numbers(*IMAGE)], WINDOW),
    "GlobalMaxPool": ([numbers(*IMAGE)], {}),
    "GlobalAveragePool": ([numbers(*IMAGE)], {}),
    "GlobalLpPool": ([numbers(*IMAGE)], {}),
    "Conv": ([numbers(*IMAGE), numbers(*KERNEL), numbers(4)], {}),
    "ConvTranspose": ([numbers(*IMAGE), numbers(2, 3, 3, 2), numbers(3)], {}),
    "MaxUnpool": ([numbers(1, 1, 2, 2), np.array([[[[0, 3], [9, 14]]]])], {"kernel_shape": [2, 2]}),
    "Relu": ([numbers(2, 3)], {}),
    "LeakyRelu": ([numbers(2, 3)], {}),
    "Elu": ([numbers(2, 3)], {}),
    "Selu": ([numbers(2, 3)], {}),
    "Gelu": ([numbers(2, 3)], {}),
    "Mish": ([numbers(2, 3)], {}),
    "Softplus": ([numbers(2, 3)], {}),
    "Softsign": ([numbers(2, 3)], {}),
    "HardSigmoid": ([numbers(2, 3)], {}),
    "HardSwish": ([numbers(2, 3)], {}),
    "Sigmoid": ([numbers(2, 3)], {}),
    "Tanh": ([numbers(2, 3)], {}),
    "Identity": ([numbers(2, 3)], {}),
    "Softmax": ([numbers(2, 3, 4)], {}),
    "Flatten": ([numbers(2, 3, 4)], {}),
    "Gemm": ([numbers(3, 3), numbers(3, 3), numbers(3, 3)], {}),
    "MatMul": ([numbers(2, 3), numbers(3, 4)], {}),
    "PRelu": ([numbers(2, 3), numbers(3)], {}),
    "LogSoftmax": ([numbers(2, 3, 4)], {}),
    "LayerNormalization": ([numbers(2, 3, 4), numbers(4)], {}),
    "GroupNormalization": ([numbers(1, 4, 3, 2), numbers(4), numbers(4)], {"num_groups": 2}),
    "InstanceNormalization": ([numbers(*IMAGE), numbers(2), numbers(2)], {}),
    "LRN": ([numbers(3, 3, 2, 2)], {"size": 3}),  # the reference goes through as many channels as there are images
    "BatchNormalization": ([numbers(*IMAGE), numbers(2), numbers(2), numbers(2), abs(numbers(2))], {}),
    "Dropout": ([numbers(2, 3)], {}),
    "Pad": ([numbers(2, 3)], {}),
    "Add": ([numbers(2, 3), numbers(2, 3)], {}),
    "Sum": ([numbers(2, 3), numbers(2, 3), numbers(2, 3)], {}),
    "Mul": ([numbers(2, 3), numbers(2, 3)], {}),
    "Sub": ([numbers(2, 3), numbers(2, 3)], {}),
    "Div": ([numbers(2, 3), numbers(2, 3)], {}),
    "Concat": ([numbers(2, 3), numbers(2, 3)], {"axis": 0}),
    "Reshape": ([numbers(2, 3), whole(3, 2)], {}),
    "Squeeze": ([numbers(1, 3, 1)], {}),
    "Unsqueeze": ([numbers(2, 3), whole(0, 3)], {}),
    "Transpose": ([numbers(2, 3, 4)], {}),
    "Slice": ([numbers(3, 4), whole(0, 1), whole(2, 4)], {}),
    "Tile": ([numbers(2, 3), whole(1, 2)], {}),
    "Clip": ([np.array([[-np.inf, -2, 0], [0.5, 3, np.inf]], np.float32)], {}),
    "ReduceMean": ([numbers(*IMAGE)], {}),
    "DepthToSpace": ([numbers(1, 8, 2, 3)], {"blocksize": 2}),
    "SpaceToDepth": ([numbers(1, 2, 4, 6)], {"blocksize": 2}),
    "Resize": ([numbers(1, 2, 4, 5)], {}),
    "Upsample": ([numbers(1, 2, 4, 5)], {}),
}
# Of older versions, what later became an input.
AS_ATTRIBUTE: dict[str, tuple[int, str, Any]] = {
    "Reshape": (5, "shape", [3, 2]),
    "Unsqueeze": (13, "axes", [0, 3]),
}
TRIED: Attributes = {  # beside every default that any operator has for it
    "strides": [[1, 1], [2, 2], [2, 1]],
    "dilations": [[1, 1], [2, 2]],
    "pads": [[0, 0, 0, 0], [1, 1, 1, 1], [1, 0, 0, 1]],
    "paddings": [[0, 0, 0, 0], [1, 0, 0, 1]],
    "output_padding": [[0, 0], [1, 0]],
    "kernel_shape": [[3, 2]],
    "output_shape": [[9, 7]],
    "auto_pad": ["NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"],
    "alpha": [0.5, 1.0, 0.0],
    "beta": [0.5, 0.0],
    "axis": [-2, 0, 1, 2],
    "axes": [[2, 3], [0], [-1]],
    "starts": [[0, 1], [-2, 0], [1, 2]],
    "ends": [[2, 4], [-1, 10**6], [3, 3]],
    "perm": [[0, 1, 2], [2, 1, 0], [1, 2, 0]],
    "p": [1, 2, 3],
    "min": [-1.0, 0.0],
    "max": [1.0, 2.0],
    "mode": ["constant", "reflect", "edge", "linear", "cubic", "CRD"],
    "scales": [[1.0, 1.0, 2.0, 3.0], [1.0, 1.0, 1.5, 1.0]],
    "height_scale": [2.0, 1.5],
    "width_scale": [3.0],
    "coordinate_transformation_mode": [
        "half_pixel",
        "asymmetric",
        "align_corners",
        "pytorch_half_pixel",
        "half_pixel_symmetric",
        "tf_crop_and_resize",
        "tf_half_pixel_for_nn",
    ],
    "nearest_mode": ["floor", "ceil", "round_prefer_floor", "round_prefer_ceil"],
    "keep_aspect_ratio_policy": ["stretch", "not_larger"],
    "value": [0.0, 1.5],
    "group": [1, 2],
    "size": [1, 2, 3, 5],
}
# Where both are given, the standard leaves open what holds; onnxruntime takes no notice of the pads.
TOGETHER = "cannot be given together with auto_pad"
# Of what is not carried out in every form: a mean along some axes; cubic resizing, and of a region that is cut out.
IN_ONE_FORM = ("ReduceMean", "Resize", "Upsample")
NOT_HERE = "is not carried out"


def inputs(op: str, opset: int) -> tuple[list[Array], Attributes]:
    arrays, attributes = list(GIVEN[op][0]), dict(GIVEN[op][1])
    if op in AS_ATTRIBUTE and opset < AS_ATTRIBUTE[op][0]:
        arrays = arrays[:1]
        attributes[AS_ATTRIBUTE[op][1]] = AS_ATTRIBUTE[op][2]
    if op == "Pad":
        if opset >= 11:
            arrays.append(whole(1, 0, 0, 1))
        else:
            attributes["pads" if opset > 1 else "paddings"] = [1, 0, 0, 1]
    if op in ("Resize", "Upsample"):
        scales = np.array([1, 1, 2, 3], np.float32)
        if opset < 9:
            attributes |= {"scales": [1.0, 1.0, 2.0, 3.0]}
        else:
            arrays += [scales] if opset < 11 else [np.array([], np.float32), scales]
    if op == "Slice" and opset < 10:
        arrays, attributes = arrays[:1], {"starts": [0, 1], "ends": [2, 4]}
    if op == "Tile" and opset < 6:
        arrays = [arrays[0], whole(2), whole(1)]  # how many times, and along which axis
    if op == "ReduceMean":
        arrays, attributes = ([*arrays, whole(2, 3)], {}) if opset >= 18 else (arrays, {"axes": [2, 3]})
    return arrays, attributes


def versions(op: str) -> list[int]:
    """The opsets from which on the operator is another one."""
    found = {one.since_version for one in defs.get_all_schemas_with_history() if one.name == op and not one.domain}
    return sorted(version for version in found if version <= NEWEST)


def settings(op: str, opset: int) -> Iterator[Attributes]:
    """Nothing said; every attribute at each value that is tried of it; and some two of them together."""
    known = defs.get_schema(op, max_inclusive_version=opset).attributes
    base = inputs(op, opset)[1]
    choices: dict[str, list[Any]] = {}
    for name, attribute in known.items():
        kind = str(attribute.type).rpartition(".")[2]
        if kind not in ("INT", "FLOAT", "STRING", "INTS", "FLOATS") or name in ("consumed_inputs", "seed", "momentum"):
            continue
        values = [*TRIED.get(name, []), *(DEFAULTS.get((name, kind), []))]
        if op == "Slice" and name == "axes":
            values = [[0, 1], [-1, 0]]  # as many as there are starts
        if kind == "INT" and not values:
            values = [0, 1]
        if kind == "INT" and name in ("ceil_mode", "count_include_pad", "keepdims", "transA", "transB", "allowzero",
                                      "storage_order", "noop_with_empty_axes", "training_mode", "spatial", "broadcast",
                                      "is_test"):  # fmt: skip
            values = [0, 1]
        if kind == "FLOAT":
            values = [float(v) for v in values]
        choices[name] = [v for i, v in enumerate(values) if v not in values[:i]]
    yield dict(base)
    for name, values in choices.items():
        for value in values:
            yield {**base, name: value}
    for (one, first), (two, second) in itertools.combinations(choices.items(), 2):
        chance = np.random.default_rng(zlib.crc32(f"{op}{opset}{one}{two}".encode()))
        yield {**base, one: first[chance.integers(len(first))], two: second[chance.integers(len(second))]}


def _defaults() -> dict[tuple[str, str], list[Any]]:
    """By an attribute's name and kind, what it is where it is left out: of every operator that has one of this name."""
    found: dict[tuple[str, str], list[Any]] = {}
    for one in defs.get_all_schemas_with_history():
        if one.domain or one.name not in GIVEN:
            continue
        for name, attribute in one.attributes.items():
            if attribute.default_value.type:
                value = helper.get_attribute_value(attribute.default_value)
                value = value.decode() if isinstance(value, bytes) else value
                values = found.setdefault((name, str(attribute.type).rpartition(".")[2]), [])
                if value not in values:
                    values.append(value)
    return found


DEFAULTS = _defaults()


def written(op: str, opset: int, attributes: Attributes, arrays: list[Array], outputs: int = 1) -> standard.ModelProto:
    names = ["x", *(f"c{i}" for i in range(1, len(arrays)))]
    node = helper.make_node(op, names, [f"y{i}" for i in range(outputs)], **attributes)
    known = [numpy_helper.from_array(array, name) for name, array in zip(names[1:], arrays[1:])]
    given = [helper.make_tensor_value_info("x", helper.np_dtype_to_tensor_dtype(arrays[0].dtype), arrays[0].shape)]
    given += [  # before version 4 of the format, constants are inputs too
        helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(array.dtype), array.shape)
        for name, array in zip(names[1:], arrays[1:])
    ]
    result = [helper.make_tensor_value_info("y0", TensorProto.FLOAT, None)]
    graph = helper.make_graph([node], "one", given, result, known)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)


def due(model: standard.ModelProto, opset: int, x: Array) -> Array | None:
    """What the oracle gives; None where it refuses."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        return np.asarray(session.run(None, {"x": x})[0])
    except Exception:  # an oracle has no one kind of error
        if opset >= OLDEST_OF_RUNTIME:
            return None
    if "Gemm" in str(model.graph.node[0].op_type):
        return None  # the reference forgets beta where nothing is broadcast; see below
    try:
        return np.asarray(ReferenceEvaluator(model).run(None, {"x": x})[0])  # type: ignore[index]
    except Exception:
        return None


def known_quirk(op: str, opset: int, attributes: Attributes) -> bool:
    """Where the oracle is known to be wrong, or to be of another mind than the standard."""
    pads = any(attributes.get("pads", ())) or attributes.get("auto_pad", "").startswith("SAME")
    if op == "AveragePool" and opset < 7 and pads:
        return True  # only the reference knows that version, and it counts padding, as no later version does
    if op == "Selu" and opset < 6 and not {"alpha", "gamma"} <= attributes.keys():
        return True  # only the reference knows that version, and it takes the defaults of a later one
    # The pools of onnxruntime size their output under SAME as if the window were not dilated.
    return bool(attributes.get("auto_pad", "").startswith("SAME") and max(attributes.get("dilations", [1])) > 1)


def refusal(path: Path, x: Array) -> str:
    """Why a file is not carried out; empty where it is."""
    try:
        onnx.load(path)(x)
    except StepwiseError as error:
        return str(error)
    return ""


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of the oracles' own arithmetic
@pytest.mark.parametrize("op", GIVEN)
def test_every_attribute_says_what_it_says_to_its_own_operator(op: str, tmp_path: Path) -> None:
    path, agreed = tmp_path / "one.onnx", 0
    for opset in versions(op):
        arrays = inputs(op, opset)[0]
        for attributes in settings(op, opset):
            model = written(op, opset, attributes, arrays)
            expected = due(model, opset, arrays[0])
            path.write_bytes(model.SerializeToString())
            if expected is None or known_quirk(op, opset, attributes):
                refusal(path, arrays[0])  # in one sentence, or not at all
                continue
            if refused := refusal(path, arrays[0]):
                assert TOGETHER in refused or (op in IN_ONE_FORM and NOT_HERE in refused), (opset, attributes)
                continue
            got = onnx.load(path)(arrays[0])
            assert got.shape == expected.shape, (opset, attributes)
            assert got.output == pytest.approx(expected, rel=1e-5, abs=1e-6, nan_ok=True), (opset, attributes)
            assert onnx.load(path).outlined(arrays[0].shape).shape == expected.shape, (opset, attributes)
            agreed += 1
    assert agreed > 0 or op == "GlobalLpPool"  # which neither of them carries out


def test_all_operators_are_tried() -> None:
    assert GIVEN.keys() == onnx.OPERATORS.keys()


BIASES = [(), (1,), (4,), (1, 1), (1, 4), (3, 1), (3, 4)]


@pytest.mark.parametrize("shape", BIASES)
@pytest.mark.parametrize("opset", [1, 6, 7, 11, 13])
@pytest.mark.parametrize("beta", [1.0, -0.5])
def test_what_gemm_adds_is_repeated_as_it_asks(shape: tuple[int, ...], opset: int, beta: float, tmp_path: Path) -> None:
    """alpha·A·B + beta·C, with C repeated to its shape: before opset 7 only where `broadcast` is 1."""
    a, b, c = numbers(3, 2), numbers(2, 4), numbers(*shape)
    path = tmp_path / "gemm.onnx"
    for broadcast in (0, 1) if opset < 7 else (None,):
        attributes: Attributes = {"alpha": 2.0, "beta": beta}
        attributes |= {} if broadcast is None else {"broadcast": broadcast}
        path.write_bytes(written("Gemm", opset, attributes, [a, b, c]).SerializeToString())
        if broadcast == 0 and shape != (3, 4):
            with pytest.raises(StepwiseError, match=r"without broadcast=1 it must have \(3, 4\)"):
                onnx.load(path)(a)
            continue
        trace = onnx.load(path)(a)
        assert trace.output == pytest.approx(2 * a @ b + beta * np.broadcast_to(c, (3, 4)), rel=1e-5, abs=1e-6)
        trace.verify()
        factors = str(trace.step((2, 3)).formula).count("·")
        assert factors == 4 + (beta != 1), "alpha and x and w, twice; and beta and c"


@pytest.mark.parametrize("op", ["Add", "Mul", "Sub", "Div"])
def test_before_opset_7_the_second_is_repeated_where_it_is_asked(op: str, tmp_path: Path) -> None:
    x = numbers(2, 3, 4)
    of = {"Add": np.add, "Mul": np.multiply, "Sub": np.subtract, "Div": np.divide}[op]
    for shape, axis, lined in (((3,), 1, (3, 1)), ((2, 3), 0, (2, 3, 1)), ((4,), None, (4,)), ((2,), 0, (2, 1, 1)),
                               ((), None, ()), ((4,), -1, (4,))):  # fmt: skip
        second = numbers(*shape)
        attributes = {"broadcast": 1} if axis is None else {"broadcast": 1, "axis": axis}
        path = tmp_path / "one.onnx"
        path.write_bytes(written(op, 6, attributes, [x, second]).SerializeToString())
        trace = onnx.load(path)(x)
        assert trace.output == pytest.approx(of(x, second.reshape(lined)), rel=1e-5)
        trace.verify()
        path.write_bytes(written(op, 6, {}, [x, second]).SerializeToString())
        with pytest.raises(StepwiseError, match="do not go together without broadcast=1"):
            onnx.load(path)(x)
