"""Networks from ONNX files: every value in them is onnxruntime's; what is damaged, hidden or lacking is told.

The files are of PyTorch's making (`tools/network_models.py`), or of our own (`examples/train_digits.py`).
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx as standard
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from stepwise.dialects import onnx
from stepwise.errors import CallError, FileError, InputError, ShapeError
from stepwise.io.arrays import read_idx
from stepwise.io.inputs import sample_digit
from stepwise.traces.trace import Trace, chain
from tests.command import run

ROOT = Path(__file__).parents[3]
DIGIT = ROOT / "examples" / "digit.onnx"
MODELS = [*sorted((ROOT / "tests" / "golden" / "models").glob("*.onnx")), DIGIT]

Array = np.ndarray[Any, Any]


def every_value(path: Path, x: Array) -> dict[str, Array]:
    """What onnxruntime gives for every name in the graph, without putting operations together."""
    model = standard.load(path)
    known = {output.name for output in model.graph.output}
    names = [name for node in model.graph.node for name in node.output if name not in known]
    model.graph.output.extend(standard.ValueInfoProto(name=name) for name in names)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    outputs = [output.name for output in session.get_outputs()]
    return dict(zip(outputs, session.run(None, {session.get_inputs()[0].name: x})))


def some_input(path: Path) -> Array:
    shape = [d.dim_value or 2 for d in standard.load(path).graph.input[0].type.tensor_type.shape.dim]
    return np.random.default_rng(0).uniform(-0.2, 1, shape).astype(np.float32)


def test_there_are_models() -> None:
    assert len(MODELS) == 9
    operators = {node.op_type for path in MODELS for node in standard.load(path).graph.node}
    assert {"Conv", "Gemm", "BatchNormalization", "Add", "Concat", "Clip", "Reshape", "Transpose", "Slice"} <= operators
    assert {standard.load(path).opset_import[0].version for path in MODELS} == {11, 20}


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_every_value_is_onnxruntimes(path: Path) -> None:
    x = some_input(path)
    due, got = every_value(path, x), onnx.load(path).run(x)
    assert due.keys() <= got.keys()
    for name, array in due.items():
        mine = np.asarray(got[name])
        assert (mine.shape, mine.dtype) == (array.shape, array.dtype), name
        assert mine == pytest.approx(array, rel=2e-5, abs=2e-6), name


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_every_network_verifies_is_told_and_asked_why(path: Path) -> None:
    trace = onnx.load(path)(some_input(path)[:1])
    trace.verify()
    lesson = trace.lesson()
    assert len(lesson.sections) == 2 + len(chain(trace))
    assert lesson.html().endswith("</html>")
    why = trace.why((0, 0))
    assert float(why.contributions.sum() + why.rest) == pytest.approx(float(why.explained))
    assert str(onnx.load(path).summary()).count("\n") > len(chain(trace))


def digits() -> tuple[Array, Array]:
    folder = ROOT / "examples" / "mnist"
    return read_idx(folder / "t10k-images-idx3-ubyte.gz"), read_idx(folder / "t10k-labels-idx1-ubyte.gz")


def test_a_thousand_digits_are_read_as_onnxruntime_reads_them() -> None:
    images, labels = digits()
    x = (images[:, None] / 255).astype(np.float32)
    shares = onnx.load(DIGIT)(x).output
    due = every_value(DIGIT, x)["shares"]
    assert len(x) == 1000
    assert shares == pytest.approx(due, rel=1e-4, abs=1e-6)
    assert np.array_equal(shares.argmax(axis=1), due.argmax(axis=1))
    assert (shares.argmax(axis=1) == labels).mean() > 0.97  # none of them was used in training
    assert DIGIT.stat().st_size <= 200_000


def test_a_plain_picture_is_taken_and_another_shape_refused() -> None:
    network = onnx.load(DIGIT)
    one = network(sample_digit(0) / 255)
    assert one.shape == (1, 10)
    assert one.output.argmax() == 5
    assert np.array_equal(one, network((sample_digit(0) / 255)[None, None]))
    for shape in ((27, 28), (3, 28, 28), (1, 1, 1, 28, 28), (784,)):
        with pytest.raises(ShapeError, match=re.escape("takes an input of shape (any, 1, 28, 28)")):
            network(np.zeros(shape))
    with pytest.raises(InputError, match="letters and fractions cannot go in"):
        network(np.array([["a"] * 28] * 28).tolist())


def test_a_value_in_the_middle_can_be_asked_for() -> None:
    network = onnx.load(DIGIT)
    pooled = network(sample_digit(0) / 255, until="max_pool2d")
    assert pooled.shape == (1, 8, 14, 14)
    with pytest.raises(CallError, match="Did you mean max_pool2d"):
        network(sample_digit(0), until="max_pool")


# Files that are not what they should be.


def model(nodes: list[Any], constants: dict[str, Array] | None = None, out: str = "y", shape: Any = (1, 2)) -> Any:
    known = [numpy_helper.from_array(array, name) for name, array in (constants or {}).items()]
    given = [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)]
    result = [helper.make_tensor_value_info(out, TensorProto.FLOAT, None)]
    graph = helper.make_graph(nodes, "graph", given, result, known)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)


def written(folder: Path, made: Any) -> Path:
    path = folder / "model.onnx"
    path.write_bytes(made.SerializeToString())
    return path


def test_an_operation_that_is_lacking_is_named_and_what_comes_before_is_told(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("Relu", ["x"], ["a"]),
        helper.make_node("Erf", ["a"], ["b"], name="strange"),
        helper.make_node("Relu", ["b"], ["y"]),
    ]
    network = onnx.load(written(tmp_path, model(nodes)))
    with pytest.raises(CallError) as caught:
        network([[-1, 2]])
    for words in ("model.onnx", "'strange' (Erf)", "no operator Erf here", "until='a'"):
        assert words in str(caught.value)
    assert network([[-1, 2]], until="a").output.tolist() == [[0, 2]]


def test_an_operator_of_somebody_else_is_lacking_too(tmp_path: Path) -> None:
    nodes = [helper.make_node("Relu", ["x"], ["y"], domain="com.example")]
    with pytest.raises(CallError, match=re.escape("none of the standard's own, but of com.example")):
        onnx.load(written(tmp_path, model(nodes)))([[1, 2]])


def test_a_mistake_inside_is_told_with_its_node(tmp_path: Path) -> None:
    nodes = [helper.make_node("Reshape", ["x", "s"], ["y"], name="cut")]
    network = onnx.load(written(tmp_path, model(nodes, {"s": np.array([3, 3])})))
    with pytest.raises(ShapeError, match=r"'cut' \(Reshape\): .*an input of shape \(1, 2\) has 2 cells"):
        network([[1, 2]])


def test_shapes_are_worked_out_without_a_trace(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("Shape", ["x"], ["s"]),
        helper.make_node("Gather", ["s", "zero"], ["n"]),
        helper.make_node("Unsqueeze", ["n", "axes"], ["n1"]),
        helper.make_node("Concat", ["n1", "rest"], ["target"], axis=0),
        helper.make_node("Reshape", ["x", "target"], ["y"]),
    ]
    constants = {"zero": np.array(0), "axes": np.array([0]), "rest": np.array([-1])}
    network = onnx.load(written(tmp_path, model(nodes, constants, shape=(None, 2, 2))))
    trace = network(np.ones((3, 2, 2)))
    assert trace.shape == (3, 4)
    assert [layer.layer.operation.name for layer in chain(trace)] == ["reshape"]
    assert not isinstance(network.run(np.ones((3, 2, 2)))["target"], Trace)


def test_weights_beside_the_model_are_read_but_none_elsewhere(tmp_path: Path) -> None:
    inside, outside = tmp_path / "in", tmp_path / "secret.bin"
    inside.mkdir()
    numbers = np.array([[2, 0], [0, 3]], np.float32)
    for place in (inside / "w.bin", outside):
        place.write_bytes(b"\x00" * 4 + numbers.tobytes())
    (inside / "link.bin").symlink_to(outside)

    def pointing(location: str, offset: int = 4, length: int = 16) -> Path:
        made = model([helper.make_node("MatMul", ["x", "w"], ["y"])], {"w": numbers})
        tensor = made.graph.initializer[0]
        tensor.ClearField("raw_data")
        tensor.data_location = TensorProto.EXTERNAL
        for key, value in (("location", location), ("offset", offset), ("length", length)):
            tensor.external_data.add(key=key, value=str(value))
        return written(inside, made)

    assert onnx.load(pointing("w.bin"))([[1, 1]]).output.tolist() == [[2, 3]]
    for location in ("../secret.bin", str(outside), "link.bin", "", "\x00"):
        with pytest.raises(FileError, match="outside the model's own folder"):
            onnx.load(pointing(location))
    for offset, length in ((8, 16), (-4, 16), (4, 8), (0, 10**15)):
        with pytest.raises(FileError, match=r"are not whole in 'w\.bin'"):
            onnx.load(pointing("w.bin", offset, length))
    with pytest.raises(FileError, match="cannot read"):
        onnx.load(pointing("none.bin"))


def test_files_that_are_none(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    for content in (b"not a model at all", DIGIT.read_bytes()[:-300], b""):
        path.write_bytes(content)
        with pytest.raises(FileError, match=r"model\.onnx"):
            onnx.load(path)
    with pytest.raises(FileError, match="cannot read"):
        onnx.load(tmp_path / "none.onnx")


def test_graphs_that_do_not_hold_together(tmp_path: Path) -> None:
    relu = helper.make_node("Relu", ["x"], ["y"])
    circle = [helper.make_node("Add", ["x", "b"], ["a"], name="first"), helper.make_node("Relu", ["a"], ["b"])]
    for nodes, out, told in (
        ([helper.make_node("Relu", ["a"], ["y"])], "y", "takes 'a', which nothing gives"),
        ([*circle, relu], "y", "node 'first' (Add) waits for what is made after it: nodes in it go round in a circle"),
        ([helper.make_node("Relu", ["y"], ["y"])], "y", "go round in a circle"),
        ([relu, relu], "y", "gives 'y', a name that is taken"),
        ([relu], "z", "nothing gives its output 'z'"),
        ([helper.make_node("Relu", ["x"], [])], "y", "gives nothing"),
    ):
        with pytest.raises(FileError, match=re.escape(told)):
            onnx.load(written(tmp_path, model(nodes, out=out)))


def test_nodes_in_another_order_are_read_as_their_names_ask(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("Add", ["a", "b"], ["y"]),
        helper.make_node("Relu", ["x"], ["a"]),
        helper.make_node("Mul", ["a", "c"], ["b"]),
        helper.make_node("Constant", [], ["c"], value_float=3.0),
    ]
    network = onnx.load(written(tmp_path, model(nodes)))
    assert network([[-1, 2]]).output.tolist() == [[0, 8]]
    assert [node.outputs[0] for node in network.graph.nodes] == ["a", "c", "b", "y"]


def test_a_second_input_is_no_matter_where_it_is_not_needed(tmp_path: Path) -> None:
    nodes = [helper.make_node("Relu", ["x"], ["y"]), helper.make_node("Add", ["y", "second"], ["z"])]
    made = model(nodes)
    made.graph.input.append(helper.make_tensor_value_info("second", TensorProto.FLOAT, (1, 2)))
    made.graph.output.append(helper.make_tensor_value_info("z", TensorProto.FLOAT, None))
    path = written(tmp_path, made)
    assert onnx.load(path)([[-1, 2]]).output.tolist() == [[0, 2]]
    assert "1 layer" in str(onnx.load(path).summary())
    for asked in (lambda: onnx.load(path)([[1, 2]], until="z"), lambda: onnx.load(path).until("z").summary()):
        with pytest.raises(CallError, match="takes 2 inputs, x, second"):
            asked()
    told = run("shape", str(path), "--until", "y")
    assert (told.status, "1. Relu" in told.out) == (0, True)
    told = run("shape", str(path), "--until", "z")
    assert (told.status, told.out, told.err.count("\n")) == (2, "", 1)
    for swapped in (["second", "x"], ["x", "second"]):
        del made.graph.input[:]
        made.graph.input.extend(helper.make_tensor_value_info(name, TensorProto.FLOAT, (1, 2)) for name in swapped)
        assert run("explain", str(written(tmp_path, made)), "--input", "1 2", "--until", "y").status == 0


def test_an_array_larger_than_its_file_is_refused_unmade(tmp_path: Path) -> None:
    made = model([helper.make_node("MatMul", ["x", "w"], ["y"])], {"w": np.ones((2, 2), np.float32)})
    for dims, told in (((2**40, 2**20), "need more than the 1,024 MB"), ((-2, 2), "which no array has"),
                       ((5, 5), "does not have as many numbers")):  # fmt: skip
        made.graph.initializer[0].ClearField("dims")
        made.graph.initializer[0].dims.extend(dims)
        with pytest.raises(FileError, match=told):
            onnx.load(written(tmp_path, made))
    nodes = [helper.make_node("ConstantOfShape", ["n"], ["c"]), helper.make_node("Add", ["x", "c"], ["y"])]
    with pytest.raises(CallError, match="larger than any shape needs"):
        onnx.load(written(tmp_path, model(nodes, {"n": np.array([10**5, 10**5])})))([[1, 2]])


def test_constants_that_are_no_numbers_or_have_one_name_are_refused(tmp_path: Path) -> None:
    node = helper.make_node("Add", ["x", "w"], ["y"])
    for kind in (np.array(["a", "b"], dtype=object), np.ones(2, np.complex64)):
        with pytest.raises(FileError, match="w is of a type that holds no numbers"):
            onnx.load(written(tmp_path, model([node], {"w": kind})))
    made = model([node], {"w": np.ones(2, np.float32)})
    made.graph.initializer.append(numpy_helper.from_array(np.zeros(2, np.float32), "w"))
    with pytest.raises(FileError, match="two of its constants have the name 'w'"):
        onnx.load(written(tmp_path, made))


def test_an_opset_that_nobody_knows_yet_is_refused(tmp_path: Path) -> None:
    made = model([helper.make_node("Relu", ["x"], ["y"])])
    made.opset_import[0].version = 999
    with pytest.raises(FileError, match=r"written in opset 999, and the package onnx here knows them up to \d+"):
        onnx.load(written(tmp_path, made))


def test_an_input_of_whole_numbers_is_not_cut_to_them(tmp_path: Path) -> None:
    made = model([helper.make_node("Identity", ["x"], ["y"])])
    made.graph.input[0].type.tensor_type.elem_type = TensorProto.UINT8
    network = onnx.load(written(tmp_path, made))
    assert network([[3.0, 200.0]]).output.tolist() == [[3, 200]]
    for number in (1.7, 300.0, -1.0, float("nan")):
        with pytest.raises(InputError, match=rf"takes whole numbers \(uint8\), and {number} is none of them"):
            network([[3.0, number]])
    made.graph.input[0].type.tensor_type.elem_type = TensorProto.STRING
    with pytest.raises(FileError, match="its input 'x' is not an array of numbers"):
        onnx.load(written(tmp_path, made))


def test_what_a_graph_works_out_of_its_constants_is_bounded(tmp_path: Path) -> None:
    column, row = np.zeros((2**15, 1), np.int8), np.zeros((1, 2**15), np.int8)
    for node in (
        helper.make_node("Mul", ["a", "b"], ["c"]),
        helper.make_node("Gather", ["a", "b"], ["c"], axis=1),
        helper.make_node("Concat", ["a"] * 2**14, ["c"], axis=0),
    ):
        made = model([node, helper.make_node("Add", ["x", "c"], ["y"])], {"a": column, "b": row})
        with pytest.raises(CallError, match=r"it would give [0-9,]+ numbers; at most 268,435,456"):
            onnx.load(written(tmp_path, made))([[1, 2]])


def test_sizes_that_are_left_open_are_asked_for_with_those_that_are_known(tmp_path: Path) -> None:
    made = model([helper.make_node("Relu", ["x"], ["y"])], shape=("N", 1, "H", "W"))
    with pytest.raises(ShapeError, match=r"such as summary\(\(1, 1, 28, 28\)\)$"):
        onnx.load(written(tmp_path, made)).summary()


def test_the_part_before_a_value_has_a_summary_and_other_outputs_are_named(tmp_path: Path) -> None:
    nodes = [helper.make_node("Relu", ["x"], ["a"]), helper.make_node("LSTM", ["a"], ["y"], name="odd")]
    path = written(tmp_path, model(nodes))
    assert "1 layer, from 1×2 to 1×2" in str(onnx.load(path).until("a").summary())
    assert "1. Relu" in run("shape", str(path), "--until", "a").out
    assert "2 layers" not in run("shape", str(path), "--until", "a").out
    assert run("shape", "MaxPool2D(2)", "--input-shape", "4,4", "--until", "a").status == 2
    assert "has letters" in run("shape", str(path), "--until", "a", "--input-shape", "n,2").err
    made = model([helper.make_node("Relu", ["x"], ["y"]), helper.make_node("Sigmoid", ["x"], ["z"])])
    made.graph.output.append(helper.make_tensor_value_info("z", TensorProto.FLOAT, None))
    told = run("explain", str(written(tmp_path, made)), "--input", "1 2")
    assert "gives y and z; y is told here, and --until z tells another" in told.err
    assert "another" not in run("explain", str(path), "--input", "1 2", "--until", "a").err


@pytest.mark.parametrize("op", ["Add", "Mul"])
def test_why_leads_to_the_input_where_a_constant_stands_before_it(op: str, tmp_path: Path) -> None:
    nodes = [helper.make_node(op, ["w", "x"], ["s"]), helper.make_node(op, ["w", "s"], ["y"])]
    path = written(tmp_path, model(nodes, {"w": np.array([3, 5], np.float32)}, shape=(4, 2)))
    x = np.arange(8, dtype=np.float32).reshape(4, 2)
    trace = onnx.load(path)(x)
    assert np.array_equal(trace.output, every_value(path, x)["y"])
    why = trace.why((3, 1))
    assert np.array_equal(why.source, x)
    due = np.zeros((4, 2))
    due[3, 1] = 7 if op == "Add" else 5 * 5 * 7
    assert np.array_equal(why.contributions, due)
    assert [mask.sum() for _layer, mask in trace.touched((3, 1)).layers] == [1, 1]


def test_without_the_package_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)  # so that importing it fails, as where it is not installed
    with pytest.raises(FileError, match=re.escape("pip install 'stepwise-cnn[onnx]'")):
        onnx.load(DIGIT)
