"""The example that trains, run as it stands on the few digits that the project has."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np

from stepwise.dialects import keras, onnx

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_it_learns_and_writes_its_story(tmp_path: Path) -> None:
    command = [
        sys.executable,
        str(EXAMPLES / "train_digits.py"),
        str(EXAMPLES / "mnist"),
        str(tmp_path),
        "--rounds",
        "4",
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    first, *_, last, _story = done.stdout.splitlines()
    assert float(last.split("val_loss ")[1].split(",")[0]) < float(first.split("val_loss ")[1].split(",")[0])
    page = (tmp_path / "training.html").read_text()
    for told in (
        "The loss",
        "The kernels of the first layer",
        "before, filter 7",
        "after, filter 7",
        "A digit that it",
    ):
        assert told in page
    (_train, _labels), (digits, _theirs) = keras.datasets.mnist.load_data(path=EXAMPLES / "mnist")
    images = (digits[:5, :, :, np.newaxis] / 255).astype(np.float32)
    net = keras.Sequential([
        keras.layers.Conv2D(8, 3, padding="same"), keras.layers.ReLU(), keras.layers.MaxPool2D(2),
        keras.layers.Conv2D(16, 3, padding="same"), keras.layers.ReLU(), keras.layers.MaxPool2D(2),
        keras.layers.Flatten(), keras.layers.Dense(10), keras.layers.Softmax(),
    ])  # fmt: skip
    net.load_weights(tmp_path / "digit.safetensors")
    shares = onnx.load(tmp_path / "digit.onnx")(np.moveaxis(images, -1, 1))
    assert np.allclose(shares, net(images), atol=1e-6)


def test_the_network_that_came_of_it_reads_97_of_100_digits() -> None:
    (_train, _labels), (digits, due) = keras.datasets.mnist.load_data(path=EXAMPLES / "mnist")
    net = onnx.load(EXAMPLES / "digit.onnx")
    shares = net((digits[:, np.newaxis] / 255).astype(np.float32))
    assert (shares.output.argmax(axis=1) == due).mean() >= 0.97
