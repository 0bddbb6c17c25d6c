"""Well-known networks at toy sizes, as PyTorch's two exporters and tf2onnx write them: every value is onnxruntime's.

The files are made by `tools/exported_networks.py`.
"""

from __future__ import annotations

import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import onnx as standard
import onnxruntime
import pytest

from stepwise.analysis.counts import fields
from stepwise.dialects import onnx
from stepwise.dialects.onnx_network import OnnxNetwork
from stepwise.traces.trace import Trace, chain

FOLDER = Path(__file__).parents[2] / "golden" / "networks"
EXPORTS = [(path.stem, name) for path in sorted(FOLDER.glob("*.zip")) for name in zipfile.ZipFile(path).namelist()]
NETWORKS = sorted({network for network, _name in EXPORTS})

SHORT = 20
"""Networks of fewer layers are written as a page, too; a page takes a second for every few."""

Array = np.ndarray[Any, Any]


@cache
def content(network: str, name: str) -> bytes:
    return zipfile.ZipFile(FOLDER / f"{network}.zip").read(name)


def loaded(network: str, name: str, folder: Path) -> OnnxNetwork:
    path = folder / name
    path.write_bytes(content(network, name))
    return onnx.load(path)


def every_value(data: bytes, x: Array) -> dict[str, Array]:
    """What onnxruntime gives for every name in the graph, without putting operations together."""
    model = standard.load_from_string(data)
    known = {output.name for output in model.graph.output}
    names = [name for node in model.graph.node for name in node.output if name and name not in known]
    model.graph.output.extend(standard.ValueInfoProto(name=name) for name in names)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    outputs = [output.name for output in session.get_outputs()]
    return dict(zip(outputs, session.run(None, {session.get_inputs()[0].name: x})))


def some_input(data: bytes, images: int = 2) -> Array:
    shape = [d.dim_value or 9 for d in standard.load_from_string(data).graph.input[0].type.tensor_type.shape.dim]
    return np.random.default_rng(0).uniform(-0.2, 1, (images, *shape[1:])).astype(np.float32)


def test_the_networks_and_the_ways_that_people_have_are_there() -> None:
    assert {"lenet", "alexnet", "vgg", "resnet18", "mobilenet-v2", "squeezenet", "unet"} <= set(NETWORKS)
    ways = {name.removesuffix(".onnx") for _network, name in EXPORTS}
    assert {f"torchscript-{opset}" for opset in (11, 13, 17, 18, 20)} <= ways
    assert {"dynamo-18", "dynamo-20", "tf2onnx-11", "tf2onnx-13", "tf2onnx-17", "tf2onnx-18"} <= ways
    for network, name in EXPORTS:
        opset = int(name.split("-")[1].partition(".")[0])
        assert next(one.version for one in standard.load_from_string(content(network, name)).opset_import) == opset
    assert sum(path.stat().st_size for path in FOLDER.glob("*.zip")) < 1_000_000


@pytest.mark.parametrize(("network", "name"), EXPORTS)
def test_every_value_is_onnxruntimes(network: str, name: str, tmp_path: Path) -> None:
    data = content(network, name)
    x = some_input(data)
    due, got = every_value(data, x), loaded(network, name, tmp_path).run(x)
    assert due.keys() <= got.keys()
    for value, array in due.items():
        mine = np.asarray(got[value])
        assert (mine.shape, mine.dtype) == (array.shape, array.dtype), value
        assert mine == pytest.approx(array, rel=2e-5, abs=2e-6), value


@pytest.mark.parametrize("network", NETWORKS)
def test_every_network_is_told_and_asked_why(network: str, tmp_path: Path) -> None:
    name = next(name for one, name in EXPORTS if one == network and "-17" in name)
    net = loaded(network, name, tmp_path)
    trace = net(some_input(content(network, name), images=1))
    trace.verify()
    layers = chain(trace)
    lesson = trace.lesson()
    assert len(lesson.sections) == 2 + len(layers)
    if len(layers) < SHORT:
        assert len(lesson.html()) < 30_000 + 80_000 * len(layers)
    why = trace.why((0,) * trace.ndim)
    assert float(why.contributions.sum() + why.rest) == pytest.approx(float(why.explained), abs=1e-4)
    assert str(net.summary([1, *trace_input(trace).shape[1:]])).count("\n") > len(layers)


@pytest.mark.parametrize(
    ("network", "name", "due"),
    [  # by hand: to the field of the layer before, (k - 1) times all strides so far is added
        ("keras-mnist", "tf2onnx-13.onnx", ["1", "3", "4", "8", "10", "all"]),
        ("lenet", "dynamo-20.onnx", ["5", "6", "10", "12", "all"]),
        ("keras-unet", "tf2onnx-13.onnx", ["1", "3", "7", "11", "19", "not told"]),  # enlarged by Tile and Reshape
    ],
)
def test_what_a_cell_sees_is_not_said_to_be_all_where_that_is_not_known(
    network: str, name: str, due: list[str], tmp_path: Path
) -> None:
    net = loaded(network, name, tmp_path)
    given = net.graph.inputs[0].shape
    assert given is not None
    trace = net.outlined([1, *(n or 1 for n in given[1:])])
    seen = fields(trace)
    told = [seen[id(layer)] for layer in chain(trace)]
    words = [str(one.field[0]) if one.field else "not told" if one.untold else "all" for one in told]
    assert list(dict.fromkeys(words)) == due


def trace_input(trace: Trace) -> Array:
    return chain(trace)[0].inputs["input"]
