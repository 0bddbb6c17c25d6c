"""Keras's words for data sets: `keras.datasets.mnist.load_data(path=…)`. Nothing is downloaded.

The files are those that everybody has: Keras's own `mnist.npz`, or MNIST's four files in a folder, gzipped or not.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from ..arithmetic import Array
from ..errors import FileError
from ..io.arrays import read_idx, read_npz
from ..io.files import PathLike

Split = tuple[Array, Array]  # images and their labels
ARRAYS = ("x_train", "y_train", "x_test", "y_test")
FILES = ("train-images", "train-labels", "t10k-images", "t10k-labels")
"""How MNIST's files begin; the test set's may also begin with `test`."""


class Mnist:
    """`keras.datasets.mnist`"""

    @staticmethod
    def load_data(path: PathLike = "mnist.npz") -> tuple[Split, Split]:
        """Training images and labels, and those to test with, as `(x_train, y_train), (x_test, y_test)`.

        `path` is Keras's `mnist.npz`, or a folder with the four IDX files. Raises `FileError` where one is missing,
        damaged or not what it should be.
        """
        found = _archive(path) if not os.path.isdir(path) else [_idx(Path(path), name) for name in FILES]
        for images, labels in (found[:2], found[2:]):
            if images.ndim != 3 or labels.ndim != 1 or len(images) != len(labels):
                raise FileError(
                    f"{path}: images of shape {images.shape} and labels of shape {labels.shape} do not go together; "
                    "images have three axes, and each a label"
                )
        return (found[0], found[1]), (found[2], found[3])


def _archive(path: PathLike) -> list[Array]:
    if not os.path.exists(path):
        raise FileError(
            f"there is no {os.fspath(path)}, and nothing is downloaded; give load_data(path=…) Keras's mnist.npz, "
            "or a folder with MNIST's four files"
        )
    arrays = read_npz(path)
    missing = [name for name in ARRAYS if name not in arrays]
    if missing:
        raise FileError(f"{path} has no {missing[0]}; an archive of MNIST has {', '.join(ARRAYS)}")
    return [np.array(arrays[name]) for name in ARRAYS]


def _idx(folder: Path, begins: str) -> Array:
    names = (begins, begins.replace("t10k", "test"))
    places = [place for name in names for place in sorted(folder.glob(f"{name}*ubyte*"))]
    if not places:
        raise FileError(f"{folder} has no file {begins}-…-ubyte, gzipped or not; MNIST has four, two for each set")
    return read_idx(places[0])


class Datasets:
    """`keras.datasets`"""

    mnist = Mnist
