"""Damaged and hostile ONNX files: each is a network, or is refused in one sentence; little is made for it."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import onnx as standard
import pytest
from onnx import TensorProto, helper, numpy_helper

from stepwise.dialects import onnx
from stepwise.errors import FileError, StepwiseError
from stepwise.traces.trace import chain
from tests.command import run
from tests.fuzz.onnx_blows import CASES, FILES, struck, told

STRUCK, SEED = 1_000, 8
KEPT = sorted(CASES.glob("*.onnx"))


def test_what_is_struck_is_told_or_refused(tmp_path: Path) -> None:
    """Anything but one of our own errors would end the test; so does a warning."""
    path, whole, answers = tmp_path / "model.onnx", 0, set()
    for number in range(STRUCK):
        path.write_bytes(struck(SEED, number))
        message = told(path)
        whole += "layers" in message and "parameters" in message
        answers.add(message.replace(str(path), "")[:40])
    assert 0 < whole < STRUCK, "some blows hit what does not matter, and some what does"
    assert len(answers) > 100, "they hit many different things"


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
def test_what_once_got_through_is_refused_in_one_sentence(path: Path) -> None:
    before = sorted(path.parent.iterdir())
    ran = run("shape", str(path))
    assert sorted(path.parent.iterdir()) == before
    if path.stem == "wide":
        assert (ran.status, ran.err) == (0, "")
        return
    assert (ran.status, ran.out, ran.err.count("\n")) == (2, "", 1), ran.err
    assert ran.err.startswith("stepwise: ")
    assert "Traceback" not in ran.err


def most_made(path: Path) -> int:
    """The most bytes that were there at once while a file was told."""
    tracemalloc.start()
    try:
        told(path)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_few_kilobytes_take_a_few_megabytes(tmp_path: Path) -> None:
    """The wide picture would be 12 million numbers; each of the others would make millions from its few constants."""
    told(FILES[0])  # what is loaded once is no matter
    assert most_made(CASES / "wide.onnx") < 32 * 2**20
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, (1, 2**12))
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
    doubled = [helper.make_node("Concat", [f"c{i}", f"c{i}"], [f"c{i + 1}"], axis=0) for i in range(40)]
    filled = [helper.make_node("ConstantOfShape", ["s"], [f"f{i}"]) for i in range(50)]
    padded = [helper.make_node("Pad", ["x" if i == 0 else f"p{i - 1}", "pads"], [f"p{i}"]) for i in range(3)]
    window = [helper.make_node("MaxPool", ["c"], ["m"], kernel_shape=[2000, 2000], pads=[999] * 4)]
    constants = {
        "c0": np.ones((1, 16), np.float32),
        "c": np.ones((1, 1, 16, 16), np.float32),
        "s": np.array([10**3, 10**3]),
        "pads": np.array([0, 10**5, 0, 10**5]),
    }
    for nodes, last, kept in (
        (doubled, "c40", {"c0"}),
        (filled, "f49", {"s"}),
        (padded, "p2", {"pads"}),
        (window, "m", {"c"}),
    ):
        if last != "p2":
            nodes = [*nodes, helper.make_node("Add", ["x", last], ["y"])]
        else:
            nodes = [*nodes, helper.make_node("Relu", [last], ["y"])]
        known = [numpy_helper.from_array(array, name) for name, array in constants.items() if name in kept]
        graph = helper.make_graph(nodes, "graph", [x], [y], known)
        made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
        (tmp_path / "model.onnx").write_bytes(made.SerializeToString())
        assert most_made(tmp_path / "model.onnx") < 96 * 2**20, last


@pytest.mark.parametrize("kind", ["FLOAT", "DOUBLE", "FLOAT16", "BFLOAT16", "INT8", "INT16", "INT32", "INT64", "UINT8",
                                  "UINT16", "UINT32", "UINT64", "BOOL"])  # fmt: skip
def test_numbers_are_as_many_as_are_said_in_every_type_and_place(kind: str, tmp_path: Path) -> None:
    numbers, code = np.array([[0, 1, 1], [1, 0, 1]]), getattr(TensorProto, kind)
    for raw in (False, True):
        if raw:
            dtype = helper.tensor_dtype_to_np_dtype(code)
            tensor = helper.make_tensor("w", code, (2, 3), numbers.astype(dtype).tobytes(), raw=True)
        else:
            tensor = helper.make_tensor("w", code, (2, 3), numbers.ravel().tolist())
        graph = helper.make_graph(
            [helper.make_node("Add", ["x", "w"], ["y"])],
            "graph",
            [helper.make_tensor_value_info("x", TensorProto.FLOAT, (2, 3))],
            [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
            [tensor],
        )
        made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
        path = tmp_path / "model.onnx"
        path.write_bytes(made.SerializeToString())
        assert np.array_equal(onnx.load(path).graph.constants["w"], numbers)
        for dims in ((2, 4), (2, 2), (3,), (0,), (2, -3), (2**31 + 1, 0)):
            made.graph.initializer[0].ClearField("dims")
            made.graph.initializer[0].dims.extend(dims)
            path.write_bytes(made.SerializeToString())
            with pytest.raises(FileError, match=r"w (of shape|has the shape) \("):
                onnx.load(path)


def test_the_files_themselves_are_told(tmp_path: Path) -> None:
    for path in FILES:
        network = onnx.load(path)
        outlined = network.outlined()
        given = chain(outlined)[0].inputs["input"]
        carried_out = network(np.zeros(given.shape))
        assert [t.shape for t in chain(outlined)] == [t.shape for t in chain(carried_out)]
        assert str(network.summary())
        model = standard.load(path)
        model.graph.node.reverse()
        (tmp_path / "turned.onnx").write_bytes(model.SerializeToString())
        assert np.array_equal(onnx.load(tmp_path / "turned.onnx")(np.zeros(given.shape)), carried_out.output)


def test_a_few_kilobytes_that_would_make_gigabytes_are_refused_beforehand(tmp_path: Path) -> None:
    """A row of ten cells is padded by a million, and then goes through a dozen layers."""
    [residual] = [file for file in FILES if file.stem == "residual"]
    model = standard.load(residual)
    first = next(node for node in model.graph.node if node.op_type == "Conv")
    [pads] = [attribute for attribute in first.attribute if attribute.name == "pads"]
    pads.ints[1] = 10**6
    path = tmp_path / "padded.onnx"
    path.write_bytes(model.SerializeToString())
    shape = chain(onnx.load(path).outlined())[0].inputs["input"].shape
    with pytest.raises(StepwiseError, match=r"carrying out .* would take about .* GB; stop at an earlier value"):
        onnx.load(path)(np.zeros(shape))
    assert "layers" in str(onnx.load(path).summary())


def test_a_request_that_is_too_large_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StepwiseError, match="at most 268,435,456 go in"):
        onnx.load(FILES[-1]).outlined((10**6, 1, 28, 28))
