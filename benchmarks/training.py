"""Training beside PyTorch's, and the way back beside the way there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import stepwise as sw
from stepwise.dialects import keras
from stepwise.dialects import torch as torch_words
from stepwise.networks.training.fitting import training as in_training
from stepwise.networks.training.passes import gradients

from .measure import Row, Work, median_times
from .peers import pytorch

BATCH = 64


def training(rounds: int) -> Iterator[Row]:
    """A step of the network that reads digits: convolution, ReLU and pooling twice, a dense layer, softmax."""
    random = np.random.default_rng(0)
    x, y = random.random((BATCH, 1, 28, 28), dtype=np.float32), random.integers(0, 10, BATCH)
    works: dict[str, Work] = {
        "Keras's words": keras_step(np.moveaxis(x, 1, -1).copy(), y),
        "PyTorch's words": torch_step(torch_words, x, y),
    }
    if torch := pytorch():
        works["PyTorch"] = torch_step(torch, torch.from_numpy(x), torch.from_numpy(y))
    times = median_times(works, rounds)
    theirs, title = times.pop("PyTorch", None), f"a training step of the digit network, {BATCH} images"
    for words, own in times.items() if theirs else ():
        yield Row(f"{title}, in {words}", "PyTorch", own / (theirs or 1), 2.5)


def keras_step(x: Any, y: Any) -> Work:
    """One batch of `fit`."""
    layers = keras.layers
    net = keras.Sequential(
        [
            *(layers.Conv2D(8, 3, padding="same"), layers.ReLU(), layers.MaxPool2D(2)),
            *(layers.Conv2D(16, 3, padding="same"), layers.ReLU(), layers.MaxPool2D(2)),
            *(layers.Flatten(), layers.Dense(10), layers.Softmax()),
        ]
    )
    net.compile(keras.optimizers.SGD(0.01, momentum=0.9), "sparse_categorical_crossentropy")
    net.fit(x, y, batch_size=BATCH, verbose=0)
    optimizer, goal, _metrics = net._compiled()
    target = goal.target(net(x), y)

    def step() -> None:
        with in_training(net.layers):
            optimizer.apply(gradients(goal.measured(net(x), target)))

    return step


def torch_step(torch: Any, x: Any, y: Any) -> Work:
    """A step of the usual loop, in PyTorch's words, whoever understands them."""
    nn = torch.nn
    net = nn.Sequential(
        *(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(8, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(784, 10)),
    )
    optimizer, criterion = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9), nn.CrossEntropyLoss()

    def step() -> None:
        optimizer.zero_grad()
        criterion(net(x), y).backward()
        optimizer.step()

    return step


def way_back(rounds: int) -> Iterator[Row]:
    """The gradients of a call, of its input and its weights, beside the call itself."""
    random = np.random.default_rng(0)
    nn: Any = torch_words.nn
    images, maps = (random.random((8, channels, 56, 56), dtype=np.float32) for channels in (16, 64))
    calls: dict[str, tuple[Callable[[Any], sw.Trace], Any]] = {
        "conv 3×3, 8×16×56×56 → 16": (nn.Conv2d(16, 16, 3, padding=1), images),
        "depthwise conv 3×3, 8×16×56×56": (nn.Conv2d(16, 16, 3, padding=1, groups=16), images),
        "max pool 2×2/2, 8×64×56×56": (nn.MaxPool2d(2), maps),
        "max pool 2×2/2, 8×56×56×64, channels last": (keras.layers.MaxPool2D(2), np.moveaxis(maps, 1, -1).copy()),
        "max pool 3×3/2, 8×64×56×56": (nn.MaxPool2d(3, 2, 1), maps),
        "max pool 3×3/1, 8×64×56×56": (nn.MaxPool2d(3, 1, 1), maps),
        "mean pool 2×2/2, 8×64×56×56": (nn.AvgPool2d(2), maps),
        "bilinear upsampling to twice the size, 8×16×56×56": (nn.Upsample(scale_factor=2, mode="bilinear"), images),
        "ReLU, 8×16×56×56": (nn.ReLU(), images - np.float32(0.5)),
        "dense, 64×784 → 100": (nn.Linear(784, 100), random.random((64, 784), dtype=np.float32)),
    }
    for name, (call, x) in calls.items():
        trace = call(x)
        back = random.random(trace.shape, dtype=np.float32)
        works: dict[str, Work] = {
            "there": lambda call=call, x=x: call(x),  # type: ignore[misc]
            "back": lambda trace=trace, back=back: trace.backward(back),  # type: ignore[misc]
        }
        times = median_times(works, rounds)
        yield Row(f"{name}: the way back", "the way there", times["back"] / times["there"], 3)
