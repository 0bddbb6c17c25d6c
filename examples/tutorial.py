"""A digit through convolution and pooling, to a probability, and then the whole network trained on digits: a course
script, with stepwise's `keras` for Keras itself.

    python examples/tutorial.py [FOLDER OR mnist.npz] [WHERE THE PICTURES GO]

Only the imports are other ones, and no tensor is made: a layer takes an array and gives a trace, which NumPy and
matplotlib take as they take a tensor. So any number can be asked where it comes from. The last part trains the network
on the digits of the folder; `train_digits.py` goes on from there.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")  # pictures are saved, not shown

import matplotlib.pyplot as plt
import numpy as np

from stepwise import Trace
from stepwise.dialects import keras

DIGITS = Path(__file__).parent / "mnist"


def digit(path: str | Path = DIGITS) -> np.ndarray[Any, Any]:
    """The first training image, between 0 and 1, as a batch of one image with one channel."""
    (train_images, _train_labels), (_test_images, _test_labels) = keras.datasets.mnist.load_data(path=path)
    return np.array(train_images[0] / 255.0).reshape(1, 28, 28, 1)


def network(image: Any, weights: dict[str, list[Any]] | None = None) -> dict[str, Trace]:
    """The layers one after the other. Without weights, the layers draw their own, as Keras's do."""
    init = keras.initializers.RandomNormal(stddev=0.01)
    conv2d = keras.layers.Conv2D(filters=5, kernel_size=3, strides=(2, 2), padding="SAME", kernel_initializer=init)
    dense = keras.layers.Dense(2)  # a cat or a dog
    if weights is not None:
        conv2d.set_weights(weights["conv"])
        dense.set_weights(weights["dense"])

    conv = conv2d(image)
    pool_of_conv = keras.layers.MaxPool2D(pool_size=(2, 2), strides=(2, 2), padding="SAME")(conv)

    relu = keras.layers.ReLU()(conv)
    pool = keras.layers.MaxPool2D(pool_size=(2, 2), strides=(2, 2), padding="SAME")(relu)
    flat = keras.layers.Flatten()(pool)
    softmax = keras.layers.Softmax()(dense(flat))
    return {"conv": conv, "pool_of_conv": pool_of_conv, "relu": relu, "pool": pool, "softmax": softmax}


def trained(path: str | Path = DIGITS, epochs: int = 20) -> tuple[Any, Any]:
    """The whole network, one share for each digit, trained on the training images; and what was measured."""
    (train_images, train_labels), (test_images, test_labels) = keras.datasets.mnist.load_data(path=path)
    train_images, test_images = (
        (images[..., np.newaxis] / 255.0).astype("float32") for images in (train_images, test_images)
    )
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.layers.Conv2D(filters=5, kernel_size=3, strides=(2, 2), padding="SAME", activation="relu"),
            keras.layers.MaxPool2D(pool_size=(2, 2), strides=(2, 2), padding="SAME"),
            keras.layers.Flatten(),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(
        train_images, train_labels, epochs=epochs, verbose=0, validation_data=(test_images, test_labels)
    )
    return model, history


def plot(maps: Trace, path: Path) -> None:
    """Five feature maps in a row, as the course draws them: the channels come first, then each is a picture."""
    side = maps.shape[1]
    plt.figure(figsize=(10, 2.4))
    for number, feature_map in enumerate(np.swapaxes(maps, 0, 3)):
        plt.subplot(1, 5, number + 1)
        plt.imshow(feature_map.reshape(side, side), cmap="gray")
    plt.savefig(path)
    plt.close()


def main(path: str | Path = DIGITS, folder: str | Path = ".") -> None:
    """Carry it out, save the pictures, and ask the winner where it comes from."""
    traces = network(digit(path))
    for name, side in (("conv", 14), ("pool_of_conv", 7)):
        picture = Path(folder) / f"{name}.png"
        plot(traces[name], picture)
        print(f"{picture}: five maps of {side}×{side}")
    shares = traces["softmax"]
    for animal, share in zip(("cat", "dog"), shares[0]):
        print(f"{animal}: {share:.3f}")
    winner = (0, int(np.argmax(shares)))
    print(f"The winner's largest path down: {' > '.join(str(link.index) for link in shares.why(winner).path)}")

    model, history = trained(path)
    measured = {name: values[-1] for name, values in history.history.items()}
    print(f"After {len(history.epoch)} epochs the loss is {measured['loss']:.3f}.")
    print(f"Of 100 digits that it has never seen, the network reads {100 * measured['val_accuracy']:.0f}.")
    digit_again = model(digit(path))
    print(f"The first digit is read as a {int(np.argmax(digit_again))}.")


if __name__ == "__main__":
    main(*sys.argv[1:3])
