"""The tutorial's script, run as it stands, and held against what TensorFlow gave for the same weights."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from stepwise.lesson_files.lesson_file import LessonFileError
from stepwise.lesson_files.reading import load_lesson_file
from stepwise.traces.trace import chain
from tools.conformance import read

EXAMPLES = Path(__file__).parents[2] / "examples"
KNOWN = read("seed_tf")["mnist"]


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("tutorial", EXAMPLES / "tutorial.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def plotting() -> dict[str, str]:
    """An environment in which Matplotlib has listed the machine's fonts, as it does once, and tells of."""
    folder = EXAMPLES.parent / "build" / "matplotlib"
    folder.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "MPLCONFIGDIR": str(folder)}
    subprocess.run([sys.executable, "-c", "import matplotlib.pyplot"], env=environment, check=True, capture_output=True)
    return environment


def test_it_runs_in_an_empty_folder(tmp_path: Path, plotting: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, EXAMPLES / "tutorial.py"],
        cwd=tmp_path,
        env=plotting,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "five maps of 14×14" in done.stdout
    for name in ("conv.png", "pool_of_conv.png"):
        assert (tmp_path / name).read_bytes().startswith(b"\x89PNG")


def test_it_goes_on_to_its_announced_end(script: Any) -> None:
    model, history = script.trained(epochs=15)
    losses = history.history["loss"]
    assert losses[-1] < losses[0] / 4
    assert history.history["val_accuracy"][-1] > 0.6  # by chance it would be a tenth
    trace = model(script.digit())
    assert int(np.argmax(trace)) == 5  # the first training image
    trace.verify()


def test_its_numbers_are_tensorflows(script: Any) -> None:
    weights = {
        "conv": [np.array(KNOWN["kernel"]), np.array(KNOWN["bias"])],
        "dense": [np.array(KNOWN["dense_kernel"]), np.array(KNOWN["dense_bias"])],
    }
    traces = script.network((np.array(KNOWN["digit"]) / 255.0).reshape(1, 28, 28, 1), weights)
    assert traces.keys() == {"conv", "pool_of_conv", "relu", "pool", "softmax"}
    for name, trace in traces.items():
        assert trace.output == pytest.approx(np.array(KNOWN[name]), abs=1e-9), name


def test_a_trace_is_swapped_and_plotted_as_a_tensor_is(script: Any) -> None:
    traces = script.network(script.digit())
    swapped = np.swapaxes(traces["conv"], 0, 3)
    assert swapped.shape == (5, 14, 14, 1)
    assert np.array_equal(swapped[2, :, :, 0], traces["conv"].output[0, :, :, 2])
    pooled = np.swapaxes(traces["pool_of_conv"], 0, 3)
    blocks = swapped[..., 0].reshape(5, 7, 2, 7, 2)
    assert np.array_equal(pooled[..., 0], blocks.max(axis=(2, 4)))


@pytest.mark.parametrize(("name", "layers"), [("network.yaml", 6), ("digit-network.yaml", 9)])
def test_the_lesson_files_of_networks(name: str, layers: int) -> None:
    lesson_file = load_lesson_file(EXAMPLES / name)
    trace = lesson_file.traced()
    assert len(chain(trace)) == layers
    assert len(lesson_file.lesson().sections) == 2 + layers
    assert trace.output.sum() == pytest.approx(1)


def test_the_lesson_files_weights_are_the_tutorials() -> None:
    trace = load_lesson_file(EXAMPLES / "network.yaml").traced()
    assert trace.output == pytest.approx(np.array(KNOWN["softmax"])[0], abs=1e-6)


def test_mistakes_with_networks_and_weights_are_told(tmp_path: Path) -> None:
    np.savez(tmp_path / "w.npz", np.ones((1, 1)), np.ones(1))
    np.savez(tmp_path / "x.npz", **{"0.kernel": np.ones((2, 1)), "0.bias": np.ones(1)})  # type: ignore[arg-type]  # NumPy's stubs
    for body, told in (
        ("network: none.onnx", "cannot read"),
        ("network: ../up.onnx", "lesson's own folder"),
        ("network: 3", "found network: 3"),
        ("network: a.onnx\nlayers: [ReLU()]", "both layers: and network:"),
        ("network: a.onnx\nweights: []", "has its weights already"),
        ("layers: [MaxPool2D(1)]\nweights: {file: w.npz}", "0 weights, but 2 were given"),
        ("layers: [Dense(1)]\nweights: {file: x.npz}", "kernel has shape (2, 1)"),
        ("layers: [Dense(1)]\nweights: {file: w.pt}", "which cannot run anything"),
        ("compare: [ReLU(), ReLU()]\nweights: {file: w.npz}", "two calls are compared here"),
    ):
        (tmp_path / "l.yaml").write_text(f"stepwise: 1\ninput: 4 3 1; 2 1 1\n{body}\n")
        with pytest.raises(LessonFileError) as caught:
            load_lesson_file(tmp_path / "l.yaml").traced()
        assert told in str(caught.value)
        assert "\n" not in str(caught.value)
