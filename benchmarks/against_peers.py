"""Tracing against computing: stepwise beside onnxruntime, PyTorch and ONNX's reference evaluator, on one thread.

Every figure is a ratio of medians taken in one run, so that the machine cancels out; a peer that is not installed is
named and left out. Run it with `make bench`, or `python benchmarks/against_peers.py`.
"""

from __future__ import annotations

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"  # before NumPy and the peers are loaded: one thread for everybody

import statistics
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import stepwise as sw
from stepwise.dialects import keras, torch as torch_words

Work = Callable[[], object]
ROUNDS = 15


def median_times(works: dict[str, Work], rounds: int = ROUNDS) -> dict[str, float]:
    """The median seconds of each, measured in turn so that a busy moment falls on all alike."""
    times: dict[str, list[float]] = {name: [] for name in works}
    for name, work in works.items():
        work()  # warm up
    for _ in range(rounds):
        for name, work in works.items():
            start = time.perf_counter()
            work()
            times[name].append(time.perf_counter() - start)
    return {name: statistics.median(taken) for name, taken in times.items()}


def peak_bytes(work: Work) -> int:
    """The most memory that NumPy and Python held at once, above what was held before."""
    tracemalloc.start()
    work()
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def onnx_session(op: str, inputs: dict[str, np.ndarray[Any, Any]], **attributes: Any) -> Work | None:
    """The node in onnxruntime on one thread, or None where that is not installed."""
    try:
        import onnxruntime
        from onnx import TensorProto, helper
    except ImportError:
        return None
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, a.shape) for name, a in inputs.items()]
    node = helper.make_node(op, list(inputs), ["Y"], **attributes)
    graph = helper.make_graph([node], "g", values, [helper.make_tensor_value_info("Y", TensorProto.FLOAT, None)])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 22)], ir_version=10)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return lambda: session.run(None, inputs)


def reference(op: str, inputs: dict[str, np.ndarray[Any, Any]], **attributes: Any) -> Work | None:
    """The node in ONNX's reference evaluator."""
    try:
        from onnx import TensorProto, helper
        from onnx.reference import ReferenceEvaluator
    except ImportError:
        return None
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, a.shape) for name, a in inputs.items()]
    node = helper.make_node(op, list(inputs), ["Y"], **attributes)
    graph = helper.make_graph([node], "g", values, [helper.make_tensor_value_info("Y", TensorProto.FLOAT, None)])
    evaluator = ReferenceEvaluator(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 22)]))
    return lambda: evaluator.run(None, inputs)


def pytorch() -> Any:
    """PyTorch on one thread, or None where it is not installed."""
    try:
        import torch
    except ImportError:
        return None
    torch.set_num_threads(1)
    return torch


Row = tuple[str, str, float, str]  # the work, the peer, stepwise's time as a multiple of the peer's, what to reach


def pooling() -> Iterator[Row]:
    """A 2×2/2 float32 max pool of 8×64×56×56."""
    x = np.random.default_rng(0).random((8, 64, 56, 56), dtype=np.float32)
    pool = torch_words.nn.MaxPool2d(2)
    works: dict[str, Work | None] = {"stepwise": lambda: pool(x)}
    works["onnxruntime"] = onnx_session("MaxPool", {"X": x}, kernel_shape=[2, 2], strides=[2, 2])
    if torch := pytorch():
        tensor = torch.from_numpy(x)
        works["PyTorch with indices"] = lambda: torch.nn.functional.max_pool2d(tensor, 2, return_indices=True)
    last = np.ascontiguousarray(np.moveaxis(x, 1, -1))
    own = keras.layers.MaxPool2D(2)
    works["stepwise, channels last"] = lambda: own(last)
    reach = {"onnxruntime": "≤ 2.5", "PyTorch with indices": "≤ 0.1"}
    yield from _ratios("max pool 2×2/2, 8×64×56×56", works, reach)
    size = x.nbytes + pool(x).output.nbytes
    yield "  its peak memory", "input + output", peak_bytes(lambda: pool(x)) / size, "≤ 2.5"


def convolution() -> Iterator[Row]:
    """A 3×3 float32 convolution of 8×16×56×56 to 16 channels."""
    random = np.random.default_rng(0)
    x = random.random((8, 16, 56, 56), dtype=np.float32)
    w = random.random((16, 16, 3, 3), dtype=np.float32)
    conv = torch_words.nn.Conv2d(16, 16, 3, padding=1, bias=False)
    conv.weight = w
    works: dict[str, Work | None] = {"stepwise": lambda: conv(x)}
    works["onnxruntime"] = onnx_session("Conv", {"X": x, "W": w}, kernel_shape=[3, 3], pads=[1, 1, 1, 1])
    if torch := pytorch():
        tx, tw = torch.from_numpy(x), torch.from_numpy(w)
        works["PyTorch"] = lambda: torch.nn.functional.conv2d(tx, tw, padding=1)
    own = keras.layers.Conv2D(16, 3, padding="same", use_bias=False)
    own.set_weights([np.ascontiguousarray(w.transpose(2, 3, 1, 0))])
    last = np.ascontiguousarray(np.moveaxis(x, 1, -1))
    works["stepwise, channels last"] = lambda: own(last)
    reach = {"onnxruntime": "≤ 2.2 of the faster", "PyTorch": "≤ 2.2 of the faster"}
    yield from _ratios("conv 3×3, 8×16×56×56 → 16", works, reach)
    size = x.nbytes + conv(x).output.nbytes
    yield "  its peak memory", "input + output", peak_bytes(lambda: conv(x)) / size, "one bounded block more"


def _ratios(title: str, works: dict[str, Work | None], reach: dict[str, str]) -> Iterator[Row]:
    present = {name: work for name, work in works.items() if work is not None}
    times = median_times(present)
    own = times.pop("stepwise")
    for name, taken in times.items():
        if name.startswith("stepwise"):
            yield f"{title} ({name.split(', ')[1]})", "stepwise", taken / own, ""
        else:
            yield title, name, own / taken, reach.get(name, "")
    for name in works.keys() - present.keys():
        print(f"{name} is not installed, so it is left out", file=sys.stderr)


def against_reference() -> Iterator[Row]:
    """A small pool and convolution beside the reference evaluator, which is slow on anything large."""
    x = np.random.default_rng(0).random((1, 8, 28, 28), dtype=np.float32)
    pool = torch_words.nn.MaxPool2d(2)
    works = {"stepwise": lambda: pool(x), "ONNX reference": reference("MaxPool", {"X": x}, kernel_shape=[2, 2], strides=[2, 2])}
    yield from _ratios("max pool 2×2/2, 1×8×28×28", works, {})


def steps() -> Iterator[Row]:
    """One Step, on a large trace and on a small one; microseconds, not a ratio."""
    random = np.random.default_rng(0)
    large = sw.trace("MaxPool2D(2)", random.random((224, 224, 64), dtype=np.float32))
    small = sw.trace("MaxPool2D(2)", random.random((8, 8, 64), dtype=np.float32))
    for title, trace in (("large (224×224×64)", large), ("small (8×8×64)", small)):
        start = time.perf_counter()
        for i in range(2000):
            _ = trace.step((i % 4, 1, i % 64)).taps
        yield f"one Step, {title}", "µs", (time.perf_counter() - start) / 2000 * 1e6, "≤ 50"


def lessons() -> Iterator[Row]:
    """The tutorial's convolution and pool on a digit, to a page; milliseconds and kilobytes."""
    from stepwise.inputs import sample_digit

    digit = sample_digit(0) / 255
    call = ["Conv2D(5, 3, strides=2, padding='same')", "MaxPool2D(2, padding='same')"]
    page = sw.trace(call, digit).lesson().html()
    taken = median_times({"page": lambda: sw.trace(call, digit).lesson().html()}, 9)["page"]
    yield "digit through conv(5) and pool, to HTML", "ms", taken * 1e3, "≤ 100"
    yield "  its page", "kB", len(page.encode()) / 1e3, "≤ 150"


def start_up() -> Iterator[Row]:
    """`stepwise --help` beside importing click."""

    def run(*command: str) -> Work:
        return lambda: subprocess.run([sys.executable, *command], check=True, capture_output=True)

    works: dict[str, Work | None] = {"stepwise": run("-m", "stepwise", "--help"), "import click": run("-c", "import click")}
    yield from _ratios("stepwise --help", works, {"import click": "≤ 1.5"})


def main() -> None:
    """Print the table."""
    print(f"{'work':<48} {'measured against':<24} {'here':>8}   reach")
    for part in (pooling, convolution, against_reference, steps, lessons, start_up):
        for work, peer, figure, reach in part():
            print(f"{work:<48} {peer:<24} {figure:>8.2f}   {reach}")


if __name__ == "__main__":
    main()
