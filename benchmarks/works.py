"""The works that are measured, and what is to be reached: a function for each, which gives its rows of the table."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

import stepwise as sw
from stepwise.dialects import keras
from stepwise.dialects import torch as torch_words
from stepwise.io.inputs import sample_digit
from stepwise.marking import Marker
from stepwise.networks.network import Sequential
from stepwise.traces.trace import chain
from stepwise.worksheets.sheet import load_sheet
from stepwise.worksheets.workshop import Order, Workshop

from . import million
from .large import large
from .measure import Row, Work, median_processor_times, median_times, peak_bytes
from .peers import onnxruntime_network, onnxruntime_node, pytorch, reference_node
from .training import training, way_back


def pooling(rounds: int) -> Iterator[Row]:
    """A 2×2 float32 max pool with stride 2."""
    title = "max pool 2×2/2, 8×64×56×56"
    x = np.random.default_rng(0).random((8, 64, 56, 56), dtype=np.float32)
    last = np.ascontiguousarray(np.moveaxis(x, 1, -1))
    pool, pool_last = torch_words.nn.MaxPool2d(2), keras.layers.MaxPool2D(2)
    works: dict[str, Work | None] = {
        "stepwise": lambda: pool(x),
        "channels last": lambda: pool_last(last),
        "onnxruntime": onnxruntime_node("MaxPool", {"X": x}, kernel_shape=[2, 2], strides=[2, 2]),
    }
    if torch := pytorch():
        tensor = torch.from_numpy(x)
        works["PyTorch with indices"] = lambda: torch.nn.functional.max_pool2d(tensor, 2, return_indices=True)
    yield from ratios(title, works, rounds, {"onnxruntime": 2.5, "PyTorch with indices": 0.1})
    size = x.nbytes + pool(x).output.nbytes
    for work, own in (("stepwise", lambda: pool(x)), ("channels last", lambda: pool_last(last))):
        yield Row(f"{title}: memory, {work}", "input + output", peak_bytes(own) / size, 2.5)


def convolution(rounds: int) -> Iterator[Row]:
    """A 3×3 float32 convolution."""
    title = "conv 3×3, 8×16×56×56 → 16"
    random = np.random.default_rng(0)
    x, w = random.random((8, 16, 56, 56), dtype=np.float32), random.random((16, 16, 3, 3), dtype=np.float32)
    last = np.ascontiguousarray(np.moveaxis(x, 1, -1))
    conv = torch_words.nn.Conv2d(16, 16, 3, padding=1, bias=False)
    conv.give({"weight": w})
    conv_last = keras.layers.Conv2D(16, 3, padding="same", use_bias=False)
    conv_last.give({"kernel": np.ascontiguousarray(w.transpose(2, 3, 1, 0))})
    works: dict[str, Work | None] = {
        "stepwise": lambda: conv(x),
        "channels last": lambda: conv_last(last),
        "onnxruntime": onnxruntime_node("Conv", {"X": x, "W": w}, kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
    }
    if torch := pytorch():
        tx, tw = torch.from_numpy(x), torch.from_numpy(w)
        works["PyTorch"] = lambda: torch.nn.functional.conv2d(tx, tw, padding=1)
    yield from ratios(title, works, rounds, {"onnxruntime": 2.2, "PyTorch": 2.2})
    size = x.nbytes + conv(x).output.nbytes
    for work, own in (("stepwise", lambda: conv(x)), ("channels last", lambda: conv_last(last))):
        yield Row(f"{title}: memory, {work}", "input + output", peak_bytes(own) / size, 2.5)


def reference(rounds: int) -> Iterator[Row]:
    """A small pool beside the standard's reference evaluator, which is slow on anything large."""
    x = np.random.default_rng(0).random((1, 8, 28, 28), dtype=np.float32)
    pool = torch_words.nn.MaxPool2d(2)
    works = {
        "stepwise": lambda: pool(x),
        "ONNX's reference": reference_node("MaxPool", {"X": x}, kernel_shape=[2, 2], strides=[2, 2]),
    }
    yield from ratios("max pool 2×2/2, 1×8×28×28", works, rounds, {})


def steps(rounds: int) -> Iterator[Row]:
    """One Step, of a large trace and of a small one: what its window touched, and its result; then its formula too."""
    for size in (224, 8):
        trace = sw.trace("MaxPool2D(2)", np.random.default_rng(0).random((size, size, 64), dtype=np.float32))
        indices = [(number % 4, 1, number % 64) for number in range(200)]
        times = median_times(
            {"touched": partial(_touched, trace, indices), "told": partial(_told, trace, indices)}, rounds
        )
        title = f"one Step of {size}×{size}×64"
        yield Row(title, "µs", times["touched"] / len(indices) * 1e6, 50)
        yield Row(f"{title}, its formula written out", "µs", times["told"] / len(indices) * 1e6)


def _touched(trace: sw.Trace, indices: list[tuple[int, int, int]]) -> None:
    for index in indices:
        step = trace.step(index)
        _ = step.taps, step.result


def _told(trace: sw.Trace, indices: list[tuple[int, int, int]]) -> None:
    for index in indices:
        str(trace.step(index).formula)


def lessons(rounds: int) -> Iterator[Row]:
    """The tutorial's convolution and pool on a digit, to a page."""
    digit = sample_digit(0) / 255
    calls = ["Conv2D(5, 3, strides=2, padding='same')", "MaxPool2D(2, padding='same')"]

    def page() -> str:
        return sw.trace(calls, digit).lesson().html()

    title = "a digit through conv(5) and pool"
    yield Row(f"{title}, to a page", "ms", median_times({"page": page}, rounds)["page"] * 1e3, 100)
    yield Row(f"{title}: its page", "kB", len(page().encode()) / 1e3, 150)


def marking(rounds: int) -> Iterator[Row]:
    """A 3×3 answer read and marked, with the misconception that explains it; half of them have mistakes."""
    marker = Marker(sw.trace(million.CALL, million.INPUT))
    given = list(million.answers(400))

    def mark() -> None:
        for answer in given:
            verdict = marker.check(answer)
            _ = verdict.correct or verdict.diagnosis

    yield Row("a 3×3 answer marked and diagnosed", "µs", median_times({"mark": mark}, rounds)["mark"] / 400 * 1e6, 500)


SHEET = """\
stepwise: 1
title: Max pooling
input: {random: {shape: [4, 4], low: 0, high: 20}}
layers:
  - MaxPool2D(2)
"""


def worksheets(rounds: int) -> Iterator[Row]:
    """A variant drawn, proven to tell mistakes apart, verified and marked; its page and its key in Markdown."""
    with tempfile.TemporaryDirectory() as folder:
        lesson = Path(folder) / "lesson.yaml"
        lesson.write_text(SHEET)
        shop = Workshop(load_sheet([lesson]), Order(100, 7, ("md",)))

    def make() -> None:
        for number in range(1, 51):
            shop.pages(number, shop.find(number))

    yield Row("a worksheet and its key in Markdown", "ms", median_times({"make": make}, rounds)["make"] / 50 * 1e3, 5)


def starting(rounds: int) -> Iterator[Row]:
    """Commands beside the imports that they cannot do without."""
    explain = ("explain", "MaxPool2D(2, strides=1, padding='same')", "--input", "4 3; 2 1")
    commands = {
        "help": ("-m", "stepwise", "--help"),
        "click": ("-c", "import click"),
        "explain": ("-m", "stepwise", *explain),
        "numpy": ("-c", "import numpy"),
    }
    taken = median_processor_times(commands, rounds)
    yield Row("stepwise --help: processor time", "import click", taken["help"] / taken["click"], 1.3)
    yield Row("stepwise explain, a text: processor time", "import numpy", taken["explain"] / taken["numpy"], 2.5)


def whole_network(rounds: int) -> Iterator[Row]:
    """A 224×224×3 image through a network of VGG-16's shape, with random weights; and any of its numbers asked why."""
    title = "VGG-16's shape, 224×224×3"
    network, image = vgg16(), np.random.default_rng(0).random((1, 3, 224, 224), dtype=np.float32)
    works: dict[str, Work | None] = {
        "stepwise": lambda: network(image),
        "onnxruntime": onnxruntime_network(network, image),
    }
    few = min(rounds, 7)
    yield from ratios(title, works, few, {"onnxruntime": 2.5})
    trace = network(image)
    held = sum(layer.output.nbytes for layer in chain(trace)) + image.nbytes
    yield Row(f"{title}: memory", "input + all outputs", peak_bytes(lambda: network(image)) / held, 2.5)
    slowest = 0.0
    for number, layer in enumerate(chain(trace)):
        index = layer.steps[number * 7919 % layer.output.size].index
        taken = median_times({"why": partial(_asked, layer, index)}, few)["why"]
        slowest = max(slowest, taken)
    yield Row(f"{title}: why, of its layers' numbers the slowest", "ms", slowest * 1e3, 50)


def _asked(trace: sw.Trace, index: tuple[int, ...]) -> None:
    why = trace.why(index)
    _ = why.path, why.field, why.largest(10)


def vgg16() -> Sequential:
    """Simonyan & Zisserman 2014, configuration D, with random weights."""
    nn: Any = torch_words.nn
    modules, seen = [], 3
    for count, filters in ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)):
        for _ in range(count):
            modules += [nn.Conv2d(seen, filters, 3, padding=1), nn.ReLU()]
            seen = filters
        modules.append(nn.MaxPool2d(2))
    modules += [nn.Flatten(), nn.Linear(25088, 4096), nn.ReLU(), nn.Linear(4096, 4096), nn.ReLU()]
    network: Sequential = nn.Sequential(*modules, nn.Linear(4096, 1000), nn.Softmax(dim=1))
    random = np.random.default_rng(0)
    shapes = {id(layer): layer for layer in network.layers if layer.plan.initializers}
    for trace in chain(network.outlined((1, 3, 224, 224))):
        if "kernel" in trace.inputs:
            layer = shapes.pop(next(iter(shapes)))
            shape = trace.inputs["kernel"].shape
            spread = np.float32(np.sqrt(2 / np.prod(shape[1:])))
            layer.give({"weight": random.standard_normal(shape, dtype=np.float32) * spread})
            layer.give({"bias": np.zeros(shape[0], dtype=np.float32)})
    return network


def ratios(title: str, works: Mapping[str, Work | None], rounds: int, most: Mapping[str, float]) -> Iterator[Row]:
    """stepwise's time as a multiple of each peer's that is installed; its other layout's as a multiple of its own."""
    times = median_times({name: work for name, work in works.items() if work}, rounds)
    own = times.pop("stepwise")
    for name, taken in times.items():
        if name == "channels last":
            yield Row(f"{title}, {name}", "stepwise", taken / own)
        else:
            yield Row(title, name, own / taken, most.get(name))


WORKS = (
    pooling, convolution, reference, steps, lessons, marking, worksheets, starting, whole_network, training, way_back,
    large,
)  # fmt: skip
