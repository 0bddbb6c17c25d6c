"""A network learns to read handwritten digits, and the page that comes of it tells how: the tutorial's announced end.

    python examples/train_digits.py FOLDER [WHERE THE STORY GOES] [--rounds 30] [--digits 5000]

FOLDER has MNIST's four files, or is Keras's `mnist.npz`. With 5,000 digits and 30 rounds it takes about two minutes on
two cores, and reads more than 97 of 100 digits that it has never seen. The same seed gives the same weights. It writes
`training.html`, `digit.safetensors` and, where onnx is installed, `digit.onnx`.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

import stepwise as sw
from stepwise.dialects import keras
from stepwise.document.blocks import Block, FeatureMap, Figure, Prose, Table
from stepwise.document.lesson import Lesson, Section
from stepwise.errors import MissingExtra

SEED, BATCH = 0, 64
Array = np.ndarray[Any, Any]


def network() -> Any:
    """Two convolutions, each with ReLU and pooling, then one share for each digit: 9,098 weights."""
    layers = keras.layers
    return keras.Sequential(
        [
            layers.Conv2D(8, 3, padding="same"),
            layers.ReLU(),
            layers.MaxPool2D(2),
            layers.Conv2D(16, 3, padding="same"),
            layers.ReLU(),
            layers.MaxPool2D(2),
            layers.Flatten(),
            layers.Dense(10),
            layers.Softmax(),
        ]
    )


def rate(number: int, rounds: int) -> float:
    """The learning rate of a round: it falls from 0.003 to nearly 0, along half a wave."""
    return 0.003 * (1 + float(np.cos(np.pi * number / rounds))) / 2


def trained(images: Array, labels: Array, held_out: tuple[Array, Array], rounds: int) -> tuple[Any, dict[str, Any]]:
    """The network after so many rounds over the digits, and what was measured in each.

    In each round every digit is moved by up to one pixel, so that the network does not learn places by heart.
    """
    keras.utils.set_random_seed(SEED)
    net = network()
    net.compile(keras.optimizers.Adam(), "sparse_categorical_crossentropy", metrics=["accuracy"])
    net.predict(images[:1])  # draws the weights
    told: dict[str, Any] = {"kernels": net.get_weights()[0]}
    random = np.random.default_rng(SEED)
    for number in range(rounds):
        net.optimizer.learning_rate = rate(number, rounds)
        history = net.fit(moved(images, random), labels, batch_size=BATCH, verbose=0, validation_data=held_out).history
        for name, [value] in history.items():
            told.setdefault(name, []).append(value)
        print(f"round {number + 1}/{rounds}: " + ", ".join(f"{name} {v[0]:.4f}" for name, v in history.items()))
    return net, told


def moved(images: Array, random: np.random.Generator) -> Array:
    """Every image moved by up to one pixel, in any direction."""
    moves = random.integers(-1, 2, (len(images), 2))
    found = images.copy()
    for move in {tuple(move) for move in moves.tolist()}:
        rows = (moves == move).all(axis=1)
        found[rows] = np.roll(images[rows], move, (1, 2))
    return found


def story(net: Any, told: dict[str, Any], held_out: tuple[Array, Array]) -> Lesson:
    """The training as a page: the loss, the kernels before and after, a right and a wrong digit with why."""
    images, labels = held_out
    guesses = net.predict(images).argmax(axis=1)
    right, wrong = (np.flatnonzero((guesses == labels) == found) for found in (True, False))
    share = float((guesses == labels).mean())
    lead = (
        f"{len(told['loss'])} rounds over the digits, one step for every {BATCH} of them. Afterwards the network reads "
        f"{100 * share:.1f} of 100 digits that it has never seen."
    )
    sections = [
        Section("The loss", tuple(_loss(told))),
        Section("The kernels of the first layer", tuple(_kernels(told["kernels"], net.get_weights()[0]))),
    ]
    for title, numbers in (("A digit that it reads", right), ("A digit that it takes for another", wrong)):
        if len(numbers):
            number = int(numbers[0])
            sections += _digit(title, net, images[number], int(labels[number]), int(guesses[number]))
    return Lesson("A network learns to read digits", ("Training", "MNIST"), (lead,), tuple(sections), "en")


def _loss(told: dict[str, Any]) -> Iterator[Block]:
    yield Prose(("The mean cross-entropy of each round, from the first on the left to the last on the right.",))
    yield Figure((curve("loss of the digits it learns from", told["loss"]),))
    if "val_loss" in told:
        yield Figure((curve("loss of the digits it has never seen", told["val_loss"]),))
    names = [name for name in ("loss", "accuracy", "val_loss", "val_accuracy") if name in told]
    rounds = range(len(told["loss"]))
    chosen = sorted({*rounds[:3], *rounds[:: max(1, len(rounds) // 6)], rounds[-1]})
    rows = tuple(((str(n + 1),), *((f"{told[name][n]:.4f}",) for name in names)) for n in chosen)
    yield Table("What was measured", ("round", *names), rows)


def curve(caption: str, values: list[float], height: int = 24, width: int = 72) -> FeatureMap:
    """Numbers as a curve of dark cells, from 0 at the bottom to the largest at the top."""
    across = np.interp(np.linspace(0, len(values) - 1, width), np.arange(len(values)), values)
    levels = np.round(across / max(across.max(), 1e-12) * (height - 1)).astype(int)
    rows = np.zeros((height, width))
    for column, level in enumerate(levels):
        before = levels[max(column - 1, 0)]
        rows[height - 1 - max(level, before) : height - min(level, before), column] = 1
    return FeatureMap(f"{caption}: from {values[0]:.3g} to {values[-1]:.3g}", tuple(map(tuple, rows.tolist())), 0, 1)


def _kernels(before: Array, after: Array) -> Iterator[Block]:
    yield Prose(("Before, the weights are drawn by chance; afterwards, many of them look for an edge.",))
    for word, kernels in (("before", before), ("after", after)):
        most = float(np.abs(kernels).max())
        maps = (
            FeatureMap(f"{word}, filter {n}", tuple(map(tuple, kernels[:, :, 0, n].tolist())), -most, most, True)
            for n in range(kernels.shape[-1])
        )
        yield Figure(tuple(maps))


def _digit(title: str, net: Any, image: Array, label: int, guess: int) -> list[Section]:
    """A digit, the shares that the network gives it, and why the largest is what it is."""
    trace = net(image[np.newaxis])
    picture = FeatureMap(f"a {label}", tuple(map(tuple, image[:, :, 0].tolist())), 0, 1)
    rows = tuple(((str(n),), (f"{share:.4f}",)) for n, share in enumerate(trace.output[0].tolist()))
    said = f"It is a {label}, and the network says {guess}."
    why = trace.why((0, guess)).lesson()
    shown = (Figure((picture,)), Prose((said,)), Table("What the network gives", ("digit", "share"), rows))
    return [Section(title, shown), *why.sections]


def main() -> None:
    parser = argparse.ArgumentParser(description="A network learns to read digits.")
    parser.add_argument("folder", help="with MNIST's four files, or Keras's mnist.npz")
    parser.add_argument("to", nargs="?", default=".", help="where the story goes")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--digits", type=int, default=5000, help="how many of them it learns from")
    given = parser.parse_args()
    (images, labels), (others, their_labels) = keras.datasets.mnist.load_data(path=given.folder)
    x, held_out = (np.float32(found[..., np.newaxis] / 255) for found in (images[: given.digits], others[:1000]))
    y, due = labels[: given.digits], their_labels[:1000]
    net, told = trained(x, y, (held_out, due), given.rounds)
    to = Path(given.to)
    net.save_weights(to / "digit.safetensors")
    try:
        sw.dialects.onnx.save(net, to / "digit.onnx")
    except MissingExtra as error:
        print(error)
    page = story(net, told, (held_out, due)).save(to / "training.html")
    print(f"{page}: {100 * told['val_accuracy'][-1]:.1f} of 100 digits are read")


if __name__ == "__main__":
    main()
