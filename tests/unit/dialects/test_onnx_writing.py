"""Networks written as ONNX files: onnxruntime carries them out and gives what they gave."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest

from stepwise.dialects import keras, onnx, torch
from stepwise.errors import CallError

L: Any = keras.layers
nn: Any = torch.nn
NETWORKS: dict[str, tuple[Any, tuple[int, ...]]] = {
    "a chain of Keras's": (
        lambda: keras.Sequential([
            L.Conv2D(4, 3, strides=2, padding="same", activation="relu"), L.BatchNormalization(), L.Dropout(0.5),
            L.MaxPool2D(2), L.Flatten(), L.Dense(5, activation="tanh"), L.Dense(3), L.Softmax(),
        ]),
        (9, 8, 2),
    ),
    "a chain of PyTorch's": (
        lambda: nn.Sequential(
            nn.Conv2d(2, 4, (2, 3), padding=1, groups=2, dilation=(1, 2)), nn.LeakyReLU(0.1), nn.BatchNorm2d(4),
            nn.MaxPool2d(2, stride=1), nn.Flatten(), nn.Linear(56, 3), nn.Sigmoid(),
        ),
        (2, 7, 5),
    ),
    "signals": (lambda: keras.Sequential([L.Conv1D(3, 2), L.ReLU(), L.Flatten(), L.Dense(2)]), (6, 2)),
    "rows": (lambda: keras.Sequential([L.Dense(3, use_bias=False), L.ReLU(), L.Dense(2)]), (4,)),
}  # fmt: skip


@pytest.mark.parametrize("name", NETWORKS)
def test_onnxruntime_gives_the_same(name: str, tmp_path: Path) -> None:
    make, shape = NETWORKS[name]
    net = make()
    x = np.random.default_rng(0).normal(size=(3, *shape)).astype(np.float32)
    due = net(x)
    onnx.save(net, file := tmp_path / "net.onnx", shape)
    first = np.moveaxis(x, -1, 1) if due.layer.layout.channels_last else x
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    [given] = session.get_inputs()
    assert given.shape == ["images", *first.shape[1:]]
    assert session.run(None, {"image": first})[0] == pytest.approx(due.output, abs=1e-5)
    assert onnx.load(file)(first).output == pytest.approx(due.output, abs=1e-5)


def test_what_is_not_written_is_told(tmp_path: Path) -> None:
    for net, shape, told in (
        (keras.Sequential([L.GlobalAveragePooling2D()]), (4, 4, 1), "GlobalAveragePooling2D() is not written"),
        (keras.Sequential([L.ReLU(max_value=6)]), (4,), "only a plain and a leaky ReLU"),
        (keras.Sequential([L.Dense(2)]), None, "input_shape=(28, 28, 1)"),
        (nn.Sequential(nn.MaxPool2d(2, ceil_mode=True)), (1, 3, 3), "hang over the edge"),
    ):
        with pytest.raises(CallError) as caught:
            onnx.save(net, tmp_path / "net.onnx", shape)
        assert told in str(caught.value)
    assert not list(tmp_path.iterdir())
