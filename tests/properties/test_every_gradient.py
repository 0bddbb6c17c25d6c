"""Every gradient of every request with options crossed is what small changes of its input or weight show.

All cells are changed at once, along a direction: the sum grows by the gradient's product with it.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from stepwise.dialects import onnx
from stepwise.ops.resize import Linear
from stepwise.traces.trace import Trace
from tests.golden.test_crossed import family
from tools.conformance import built, packed

Arrays = dict[str, np.ndarray[Any, Any]]
SMALL = 1e-6
FRAMEWORKS = ("keras", "torch", "onnx")
OPERATIONS = sorted({(name, family(case["op"])) for name in FRAMEWORKS for case in packed(f"crossed_{name}")["facts"]})


def carried_out(framework: str, case: dict[str, Any]) -> tuple[Callable[[Arrays], Trace], Arrays]:
    """A function of all that a case is given by name, and numbers for it that are far from ties and corners."""
    given: list[Any] = [None if x is None else np.array(x["data"], dtype=x["dtype"]) for x in case["inputs"]]
    if framework == "onnx":
        extra = len(given) - len(onnx.INPUTS.get(case["op"], ("input",)))
        names = [*onnx.INPUTS.get(case["op"], ("input",)), *(f"input_{i}" for i in range(1, extra + 1))]
        free: Arrays = {name: x for name, x in zip(names, given) if name and x is not None and x.dtype.kind != "i"}

        def node(arrays: Arrays) -> Trace:
            inputs: list[Any] = [arrays.get(name, x) for name, x in zip(names, given)]
            trace: Trace = onnx.node(case["op"], inputs, opset=case["opset"], **case["params"])[0]
            return trace

        return node, smooth(free, case)
    layer = built(framework, case)
    inputs = {"input" if not i else f"input_{i}": x for i, x in enumerate(given)}
    weights = {name: np.array(value, dtype=float) for name, value in case["weights"]}

    def called(arrays: Arrays) -> Trace:
        layer.give({name: arrays[name] for name in weights})
        xs = [arrays[name] for name in inputs]
        if "indices_given" in case:
            trace = layer(xs[0], np.array(case["indices_given"]), output_size=case["output_size"])
        else:
            trace = layer(xs if framework == "keras" and len(xs) > 1 else xs[0])
        result: Trace = trace[0] if isinstance(trace, tuple) else trace
        return result

    return called, smooth(inputs | weights, case)


def smooth(arrays: Arrays, case: dict[str, Any]) -> Arrays:
    """Numbers of the same shapes, no two alike and none 0; what must be above 0 is: what a root is taken of, too."""
    random = np.random.default_rng(zlib.crc32(case["id"].encode()))
    found = {}
    for key, array in arrays.items():
        spread = (random.permutation(array.size) + random.uniform(0.2, 0.8)).reshape(array.shape) / array.size
        positive = (array > 0).all() or "var" in key or case["op"].startswith("LPPool")
        found[key] = spread + 0.5 if positive else 4 * spread - 1.97
    return found


def change_of(trace: Trace) -> float:
    """By how much numbers are changed: 32 bits, in which TensorFlow resizes, do not hold a small change; as resizing is
    linear, a large one shows the same."""
    operation = trace.layer.operation
    return 1 if isinstance(operation, Linear) and operation.rounded else SMALL


@pytest.mark.parametrize(("framework", "operation"), OPERATIONS)
def test_gradients_are_what_small_changes_show(framework: str, operation: str) -> None:
    tried = 0
    for case in packed(f"crossed_{framework}")["facts"]:
        if "refused" in case or family(case["op"]) != operation:
            continue
        function, arrays = carried_out(framework, case)
        trace = function(arrays)
        random = np.random.default_rng(tried)
        back = random.uniform(-1, 1, trace.shape)
        gradients = trace.backward(back)
        assert gradients.keys() <= arrays.keys() or case["op"] == "Tile"
        for name in [name for name in gradients if name in arrays]:
            direction = random.uniform(-1, 1, arrays[name].shape)
            change = change_of(trace)
            ends = [function(arrays | {name: arrays[name] + by * direction}).output for by in (change, -change)]
            more, less = (np.where(np.isfinite(end), end, 0) for end in ends)  # ∞ may be padded with
            due = ((more - less) * back).sum() / (2 * change)
            gradient = gradients[name].output
            if case["op"] == "Tile":  # its copies are further inputs, each with its part of what comes back
                gradient = np.sum([one.output for one in gradients.values()], axis=0)
            size = np.abs(gradient * direction).sum()
            assert (gradient * direction).sum() == pytest.approx(due, rel=1e-5, abs=1e-6 * (1 + size)), (
                case["id"], case["params"], name,
            )  # fmt: skip
        tried += 1
    assert tried
