"""How far the three dialects agree with facts from elsewhere: `make conformance` writes docs/conformance.md.

A fact is a request, its inputs, and what came out of it somewhere else: in a real framework (`tests/golden`, see its
README) or in the ONNX standard, whose own conformance cases ship in the `onnx` package. The tests carry out the same
facts one by one; here they are counted. To add facts: a function that yields them, and a line in `SOURCES`.
"""

from __future__ import annotations

import gzip
import importlib
import json
import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import stepwise as sw
from stepwise.dialects import keras, onnx, torch
from stepwise.traces.trace import Trace

Array = NDArray[Any]
Pairs = list[tuple[Any, Array]]  # each output, a Trace or an array, with what it should be

ROOT = Path(__file__).parent.parent
GOLDEN = ROOT / "tests" / "golden"
PAGE = ROOT / "docs" / "conformance.md"

OPERATORS = {  # of the ONNX standard, and how many cases its release 1.23 has for each
    "AveragePool": 20, "Conv": 6, "ConvTranspose": 11, "Elu": 3, "Flatten": 9, "Gelu": 4, "Gemm": 11,
    "GroupNormalization": 2, "InstanceNormalization": 2, "LayerNormalization": 19, "GlobalAveragePool": 2,
    "GlobalMaxPool": 2, "HardSigmoid": 3, "HardSwish": 1, "LeakyRelu": 3, "LogSoftmax": 7, "LpPool": 8, "LRN": 2,
    "PRelu": 2,
    "MatMul": 7, "MaxPool": 19, "MaxUnpool": 2, "Mish": 1, "Relu": 1, "Selu": 3, "Sigmoid": 2, "Softmax": 7,
    "Softplus": 2, "Softsign": 2, "Tanh": 2, "DepthToSpace": 2, "SpaceToDepth": 4, "Resize": 21, "Upsample": 1,
}  # fmt: skip
NOT_CARRIED_OUT = (
    "test_resize_.*(cubic|antialias|tf_crop_and_resize)",
    "test_resize_downsample_scales_linear_align_corners$",
)
"""Cases of what is refused here in one sentence, by their names; and one in which the standard's reference lays the
corners of 2.4 cells on one another (4·0.6), where onnxruntime, PyTorch and we take those of the 2 cells that there are.
"""


@dataclass(frozen=True)
class Fact:
    """One request whose outcome is known; `carry_out` gives every output beside what is due."""

    dialect: str
    operation: str
    name: str
    carry_out: Callable[[], Pairs]
    relative: float = 1e-9
    absolute: float = 1e-9

    def agrees(self, got: Any, due: Array) -> bool:
        """Whether an output is what it should be: shape and kind of number alike, integers to the last digit."""
        array = np.asarray(got)
        if array.shape != due.shape:
            return False
        if array.dtype.kind in "iub" and due.dtype.kind in "iub":
            return bool(np.array_equal(array, due))
        return bool(np.allclose(array, due, rtol=self.relative, atol=self.absolute, equal_nan=True))

    def holds(self) -> bool:
        """Whether every output is what it should be."""
        return all(self.agrees(got, due) for got, due in self.carry_out())


def keras_facts() -> Iterator[Fact]:
    """What Keras 3.15 on TensorFlow 2.21 computed, in float64."""
    for case in read("keras_cases"):
        yield Fact("Keras", case["op"], case["id"], partial(_keras, case))


def _keras(case: dict[str, Any]) -> Pairs:
    layer = getattr(keras.layers, case["op"])(**tuples(case["params"]))
    if case["weights"]:
        layer.set_weights([np.array(weight["value"]) for weight in case["weights"]])
    return [(layer(np.array(case["inputs"]["x"])), np.array(case["outputs"]["y"]))]


def torch_facts() -> Iterator[Fact]:
    """What PyTorch 2.13 computed, in float64; indices too."""
    for case in read("torch_cases"):
        yield Fact("PyTorch", case["op"], case["id"], partial(_torch, case))


def torch_results(case: dict[str, Any]) -> tuple[Trace, ...]:
    """A case of PyTorch's carried out: the result, and indices where there are."""
    parameters, inputs = tuples(case["params"]), {name: np.array(v) for name, v in case["inputs"].items()}
    size = parameters.pop("output_size") if case["op"].startswith("MaxUnpool") else None
    module = getattr(torch.nn, case["op"])(**parameters)
    for name in ("weight", "bias"):
        if name in inputs:
            setattr(module, name, inputs[name])
    given = [inputs["input"]] + ([inputs["indices"]] if "indices" in inputs else [])
    result = module(*given, output_size=size) if size else module(*given)
    return result if isinstance(result, tuple) else (result,)


def _torch(case: dict[str, Any]) -> Pairs:
    return list(zip(torch_results(case), map(np.array, case["outputs"].values()), strict=True))


def onnxruntime_facts() -> Iterator[Fact]:
    """What onnxruntime computed for random nodes of opset 22, in float32."""
    for case in read("onnx_random_cases"):
        yield Fact("ONNX", case["op"], case["id"], partial(_onnxruntime, case), 1e-4, 1e-4)


def _onnxruntime(case: dict[str, Any]) -> Pairs:
    def array(data: dict[str, Any]) -> Array:
        return np.array(data["data"]).reshape(data["shape"]).astype(data["dtype"])

    inputs = [array(case["inputs"][name]) for name in case["input_order"]]
    outputs = onnx.node(case["op"], inputs, opset=case["opset"], **case["params"])
    due = [array(output) for output in case["outputs"].values()]
    return list(zip(outputs[: len(due)], due, strict=True))


def crossed_facts(framework: str) -> Iterator[Fact]:
    """What a framework gave for options crossed pairwise: outputs, indices, gradients by the names of the weights."""
    for case in packed(f"crossed_{framework}")["facts"]:
        if "refused" not in case:
            single = case["dtype"] == "float32"
            tolerances = (2e-5, 2e-5) if single else (1e-7, 1e-9)
            yield Fact(TITLES[framework], case["op"], case["id"], partial(_crossed, framework, case), *tolerances)


def pair_facts(framework: str) -> Iterator[Fact]:
    """The same of options crossed at random, by somebody else; those of the operations that there are here."""
    for case in packed(f"pairs_{framework}"):
        shaped = {**case, "inputs": [{"dtype": "float64", "data": case["input"]}]}
        if known(framework, case):
            due = {name: grad for name, grad in case["grads"].items() if name != DISPUTED.get(case["id"])}
            carry_out = partial(_crossed, framework, shaped | {"grads": due})
            yield Fact(TITLES[framework], case["op"], case["id"], carry_out, 1e-7, 1e-7)


def known(framework: str, case: dict[str, Any]) -> bool:
    """Whether the operation, and the activation it asks for, is there."""
    layers = keras.layers if framework == "keras" else torch.layers
    activation = case["params"].get("activation")
    return case["op"] in layers and (activation is None or activation in keras.ACTIVATIONS)


def _crossed(framework: str, case: dict[str, Any]) -> Pairs:
    trace, found = crossed_results(framework, case)
    pairs: Pairs = [(trace, np.array(case["output"]))]
    if "indices" in case:
        pairs.append((found, np.array(case["indices"])))
    if case.get("grads"):
        gradients = trace.backward(np.array(case["grad_output"], dtype=trace.dtype))
        pairs += [(gradients[name], np.array(due)) for name, due in case["grads"].items()]
    return pairs


def crossed_results(framework: str, case: dict[str, Any]) -> tuple[Trace, Any]:
    """A case carried out: its trace, and the indices where it has them."""
    inputs = [None if x is None else np.array(x["data"], dtype=x["dtype"]) for x in case["inputs"]]
    if framework == "onnx":
        trace, *others = onnx.node(case["op"], inputs, opset=case["opset"], **case["params"])
        return trace, others[0] if others else None
    weights = {name: np.array(value, dtype=inputs[0].dtype) for name, value in case["weights"]}
    layer = built(framework, case)
    layer.give(weights)
    if "indices_given" in case:
        return layer(inputs[0], np.array(case["indices_given"]), output_size=case["output_size"]), None
    result = layer(inputs if framework == "keras" and len(inputs) > 1 else inputs[0])
    return result if isinstance(result, tuple) else (result, None)


def built(framework: str, case: dict[str, Any]) -> Any:
    """The layer of a case."""
    layers = {"keras": keras.layers, "torch": torch.layers}[framework]
    return layers.layer(case["op"], **{name: tuples(value) for name, value in case["params"].items()})


DISPUTED = {"pair-keras-088": "input"}
"""Gradients that a framework gets wrong: tests/golden/README.md says how that is known."""
TITLES = {"keras": "Keras", "torch": "PyTorch", "onnx": "ONNX"}


def tutorial_facts() -> Iterator[Fact]:
    """The tutorial that this project began with, carried out by TensorFlow: small pooling, and a digit all the way."""
    known = read("seed_tf")
    corner, sixteen = np.array([[4, 3], [2, 1]]), np.array([[1, 1, 2, 4], [5, 6, 7, 8], [3, 2, 1, 0], [1, 2, 3, 4]])
    for name in ("4321-VALID", "4321-SAME", "4321-valid", "4321-same"):
        small = keras.layers.MaxPool2D(pool_size=(2, 2), strides=1, padding=name.split("-")[1])
        yield Fact("Keras", "MaxPool2D", name, partial(_small, small, corner, known[name]["value"]))
    for name, layer in (("cs231n-max", keras.layers.MaxPool2D), ("cs231n-avg", keras.layers.AveragePooling2D)):
        yield Fact("Keras", repr(layer(2)).split("(")[0], name, partial(_small, layer(2), sixteen, known[name]))
    for name, operation in DIGIT.items():
        yield Fact("Keras", operation, f"digit, {name}", partial(_digit, name, known["mnist"][name]))


def _small(layer: Any, picture: Array, due: Any) -> Pairs:
    return [(layer(picture.reshape(1, *picture.shape, 1)), np.array(due))]


def _digit(name: str, due: Any) -> Pairs:
    return [(digit()[name], np.array(due))]


DIGIT = {"conv": "Conv2D", "pool_of_conv": "MaxPool2D", "relu": "ReLU", "pool": "MaxPool2D", "softmax": "Dense"}


@cache
def digit() -> dict[str, Trace]:
    """The tutorial's digit through its layers, by the names that the facts have."""
    known = read("seed_tf")["mnist"]
    layers: Any = keras.layers
    convolution = layers.Conv2D(5, 3, strides=(2, 2), padding="SAME")
    convolution.set_weights([np.array(known["kernel"]), np.array(known["bias"])])
    dense = layers.Dense(2, activation="softmax")
    dense.set_weights([np.array(known["dense_kernel"]), np.array(known["dense_bias"])])
    traces = {"conv": convolution((np.array(known["digit"]) / 255.0).reshape(1, 28, 28, 1))}
    traces["pool_of_conv"] = layers.MaxPool2D((2, 2), (2, 2), padding="SAME")(traces["conv"])
    traces["relu"] = layers.ReLU()(traces["conv"])
    traces["pool"] = layers.MaxPool2D((2, 2), (2, 2), padding="SAME")(traces["relu"])
    traces["softmax"] = dense(layers.Flatten()(traces["pool"]))
    return traces


@cache
def standard_facts() -> tuple[Fact, ...]:
    """The conformance cases of the ONNX standard for `OPERATORS`, each at its own opset, by its own tolerance.

    Collecting makes the cases of every operator there is, which takes seconds; so it is done once.
    """
    with warnings.catch_warnings():
        # Some of the standard's cases for other operators overflow or divide by zero on purpose.
        warnings.filterwarnings("ignore", category=RuntimeWarning, module=r"onnx\.backend\.test\.case\.node\.")
        collected = importlib.import_module("onnx.backend.test.case.node").collect_testcases(None)
    facts = []
    for case in collected:
        nodes = case.model.graph.node
        if len(nodes) == 1 and nodes[0].op_type in OPERATORS and not nodes[0].domain:
            if any(re.match(name, case.name) for name in NOT_CARRIED_OUT):
                continue
            run = partial(_standard, case)
            facts.append(Fact("ONNX", nodes[0].op_type, case.name, run, case.rtol, case.atol))
    return tuple(facts)


def _standard(case: Any) -> Pairs:
    helper = importlib.import_module("onnx.helper")
    [node], [opset] = case.model.graph.node, [o.version for o in case.model.opset_import if o.domain in ("", "ai.onnx")]
    attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
    attributes = {name: v.decode() if isinstance(v, bytes) else v for name, v in attributes.items()}
    pairs: Pairs = []
    for inputs, outputs in case.data_sets:
        left = iter(inputs)  # an optional input that is left out has an empty name
        given = [next(left) if name else None for name in node.input]
        results = onnx.node(node.op_type, given, opset=opset, **attributes)
        pairs += zip(results[: len(outputs)], map(np.asarray, outputs), strict=True)
    return pairs


def read(name: str) -> Any:
    """A file of facts."""
    return json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))


@cache
def packed(name: str) -> Any:
    """A file of many facts, which is compressed."""
    return json.loads(gzip.decompress((GOLDEN / f"{name}.json.gz").read_bytes()))


def tuples(value: Any) -> Any:
    """JSON has lists where the frameworks' calls have tuples."""
    if isinstance(value, dict):
        return {name: tuples(inner) for name, inner in value.items()}
    return tuple(map(tuples, value)) if isinstance(value, list) else value


LIBRARIES = {
    "np": "NumPy",
    "scipy": "SciPy",
    "cv2": "OpenCV",
    "skimage": "scikit-image",
    "tf": "Keras",
    "keras": "Keras",
}


def signal_facts() -> Iterator[Fact]:
    """What NumPy, SciPy, OpenCV and scikit-image gave for calls on images and signals."""
    for number, case in enumerate(packed("signals")["facts"]):
        if "refused" not in case:
            function = case["call"].partition("(")[0]
            yield Fact(LIBRARIES[function.split(".")[0]], function, f"{number}", partial(_signal, case))


def _signal(case: dict[str, Any]) -> Pairs:
    return [(sw.trace(case["call"], case["input"], kernel=case.get("kernel")), np.array(case["output"]))]


def function_facts() -> Iterator[Fact]:
    """What TensorFlow's and PyTorch's functions and methods gave."""
    for number, case in enumerate(read("functions")):
        name, slack = case["call"].partition("(")[0], case.get("slack", 1e-9)
        dialect = LIBRARIES.get(name.split(".")[0], "PyTorch")
        yield Fact(dialect, name, f"{number}", partial(_function, case), max(slack, 1e-7), slack)


def _function(case: dict[str, Any]) -> Pairs:
    weights: dict[str, Any] = {n: np.array(case[n]) for n in ("kernel", "bias") if case[n] is not None}
    return [(sw.trace(case["call"], np.array(case["x"]), **weights), np.array(case["y"]))]


SOURCES: dict[str, Callable[[], Iterator[Fact] | tuple[Fact, ...]]] = {
    "Keras 3.15 on TensorFlow 2.21": keras_facts,
    "the tutorial, in TensorFlow": tutorial_facts,
    "Keras 3.15, options crossed at random": partial(pair_facts, "keras"),
    "Keras 3.15, options crossed pairwise": partial(crossed_facts, "keras"),
    "PyTorch 2.13": torch_facts,
    "PyTorch 2.13, options crossed at random": partial(pair_facts, "torch"),
    "PyTorch 2.13, options crossed pairwise": partial(crossed_facts, "torch"),
    "TensorFlow 2.21 and PyTorch 2.13, functions": function_facts,
    "NumPy 2.4, SciPy 1.17, OpenCV 5.0, scikit-image 0.26": signal_facts,
    "onnxruntime, opset 22": onnxruntime_facts,
    "onnxruntime, options crossed pairwise": partial(crossed_facts, "onnx"),
    "the ONNX standard, release 1.23": standard_facts,
}

HEAD = """\
# Agreement with other people's facts

Each case is a request with its inputs and what came out of it elsewhere: in a real framework, or in the ONNX standard's
own conformance cases (each at its own opset). Keras's and PyTorch's are in float64 and agree within 1e-9; onnxruntime's
are in float32, and so are TensorFlow's functions that have nothing else; NumPy's, SciPy's, OpenCV's and scikit-image's
are in float64; the standard's have tolerances of their own; whole numbers, and the indices of maxima, are the same.

This page is made by the cases: `make conformance` writes it, and a test fails where it does not say what they give.

| dialect | operation | facts from | cases passed |
|---|---|---|---|
"""


def page() -> str:
    """The page, as the facts give it now."""
    lines, passed, total = [], 0, 0
    for source, facts in SOURCES.items():
        found, held = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
        for fact in facts():
            found[fact.dialect, fact.operation] += 1
            held[fact.dialect, fact.operation] += fact.holds()
        for (dialect, operation), count in sorted(found.items()):
            lines.append(f"| {dialect} | {operation} | {source} | {held[dialect, operation]} of {count} |\n")
        passed, total = passed + held.total(), total + found.total()
    return HEAD + "".join(lines) + f"| | **all** | | **{passed} of {total}** |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
