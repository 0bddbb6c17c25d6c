"""Files of arrays: what is whole is read as it stands, what is damaged, huge or could run something is told."""

from __future__ import annotations

import gzip
import io
import pickle
import re
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from stepwise.dialects import keras
from stepwise.errors import FileError
from stepwise.io.arrays import read_npy, read_npz, read_png
from stepwise.io.inputs import from_file
from stepwise.lesson_files.reading import load_lesson_file
from tests.command import run

ROOT = Path(__file__).parents[3]
Array = np.ndarray[Any, Any]


def npy(array: Array) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=array.dtype.hasobject)
    return stream.getvalue()


def header(shape: str, dtype: str = "'<f8'") -> bytes:
    """A header of NumPy's format that says what one wants it to say."""
    text = f"{{'descr': {dtype}, 'fortran_order': False, 'shape': {shape}, }}".encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text


def test_numpys_own(tmp_path: Path) -> None:
    for array in (np.arange(6).reshape(2, 3), np.array(2.5), np.asfortranarray(np.eye(3, dtype=np.float32))):
        (tmp_path / "a.npy").write_bytes(npy(array))
        again = read_npy(tmp_path / "a.npy")
        assert (again.dtype, again.tolist()) == (array.dtype, array.tolist())


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x93NUMPY\x01\x00 cut short",
        npy(np.arange(6))[:-1],
        npy(np.arange(6)) + b"\x00",
        npy(np.array([{"a": 1}], object)),
        header("(1000000000000,)") + b"\x00" * 8,
        header("(-1,)") + b"\x00" * 8,
        header("(1,)", "'|O'") + pickle.dumps([print]),
        header("__import__('os').getcwd()") + b"\x00" * 8,
        header("(" * 5000) + b"\x00" * 8,
        header("(2,)", "'<U1'") + b"\x34\x00\x00\x00\xff\xff\xff\xff",
        header("(1,)", "'>U2'") + b"\x00\x00\x00\x34\x00\x11\x00\x00",
    ],
    ids=range(12),
)
def test_what_is_no_array_of_numpys(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.npy").write_bytes(content)
    with pytest.raises(FileError, match="is not an array of numbers in NumPy's format"):
        from_file(tmp_path / "a.npy")


def archive(path: Path, members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return path


def test_archives(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", first=np.eye(2), second=np.arange(3))
    assert {name: array.tolist() for name, array in read_npz(tmp_path / "a.npz").items()} == {
        "first": [[1, 0], [0, 1]],
        "second": [0, 1, 2],
    }
    bomb = archive(tmp_path / "bomb.npz", {"a.npy": b"\x00" * 3_000_000})
    assert bomb.stat().st_size < 10_000
    with pytest.raises(FileError, match="unpacks to more than 1 MB"):
        read_npz(bomb, most=2**20)
    with pytest.raises(FileError, match="'a' in it is not an array of numbers"):
        read_npz(archive(tmp_path / "p.npz", {"a.npy": npy(np.array([{}], object))}))
    whole = (tmp_path / "a.npz").read_bytes()
    for content in (b"", b"PK", whole[:-40], whole[:200] + b"\xff" * 40 + whole[240:]):
        (tmp_path / "d.npz").write_bytes(content)
        with pytest.raises(FileError, match=r"d\.npz"):
            read_npz(tmp_path / "d.npz")


@pytest.mark.parametrize(
    ("mode", "shape", "dtype"),
    [("L", (3, 4), "uint8"), ("RGB", (3, 4, 3), "uint8"), ("1", (3, 4), "uint8"), ("P", (3, 4, 3), "uint8"),
     ("LA", (3, 4), "uint8"), ("RGBA", (3, 4, 3), "uint8"), ("I;16", (3, 4), "uint16")],
)  # fmt: skip
def test_pictures_are_read_as_the_file_has_them(mode: str, shape: tuple[int, ...], dtype: str, tmp_path: Path) -> None:
    grey = np.arange(12, dtype=np.uint8).reshape(3, 4) * 20
    source = Image.fromarray(grey)
    made = Image.fromarray(grey.astype(np.uint16) * 200) if mode == "I;16" else source.convert(mode)
    made.save(tmp_path / "a.png")
    read = read_png(tmp_path / "a.png")
    assert (read.shape, str(read.dtype)) == (shape, dtype)
    if mode in ("L", "LA"):
        assert np.array_equal(read, grey)
    if mode in ("RGB", "RGBA"):
        assert np.array_equal(read, np.repeat(grey[..., None], 3, axis=2))
    if mode == "I;16":
        assert np.array_equal(read, grey.astype(int) * 200)
    if mode == "1":
        assert set(np.unique(read)) <= {0, 255}
    assert from_file(tmp_path / "a.png").tolist() == read.tolist()


def test_pictures_that_cannot_be_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.png"
    Image.new("RGBA", (2, 2), (1, 2, 3, 100)).save(path)
    with pytest.raises(FileError, match="partly transparent"):
        read_png(path)
    Image.new("L", (50, 50), 7).save(path)
    whole = path.read_bytes()
    for content in (b"", whole[:40], whole[:-30], b"GIF89a" + whole, whole[:45] + b"\xff" * 8 + whole[53:]):
        path.write_bytes(content)
        with pytest.raises(FileError, match="is not a PNG picture, or it is damaged"):
            read_png(path)
    # a header that says 30,000 × 30,000, and next to nothing after it
    big = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(big, "PNG")
    path.write_bytes(big.getvalue())
    with pytest.raises(FileError, match="more cells than are read"):
        read_png(path)
    monkeypatch.setitem(sys.modules, "PIL", None)  # so that importing it fails, as where it is not installed
    with pytest.raises(FileError, match=re.escape("pip install 'stepwise-cnn[images]'")):
        read_png(path)


def test_a_lesson_takes_a_picture(tmp_path: Path) -> None:
    Image.fromarray(np.array([[40, 30], [20, 10]], np.uint8)).save(tmp_path / "four.png")
    (tmp_path / "l.yaml").write_text("stepwise: 1\ninput: {file: four.png, divide: 10}\nlayers: [MaxPool2D(2)]\n")
    assert load_lesson_file(tmp_path / "l.yaml").traced().output.tolist() == [[4]]
    done = run("explain", "MaxPool2D(2)", "--input", str(tmp_path / "four.png"))
    assert "max(40, 30, 20, 10) = 40" in done.out


# MNIST.

MNIST = ROOT / "examples" / "mnist"


def test_mnist_from_a_folder_and_from_kerass_archive(tmp_path: Path) -> None:
    (x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data(path=MNIST)
    assert (x_train.shape, x_test.shape, str(x_train.dtype)) == ((100, 28, 28), (1000, 28, 28), "uint8")
    assert y_train[:5].tolist() == [5, 7, 1, 9, 5]
    assert y_test.max() == 9
    np.savez(tmp_path / "mnist.npz", x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test)
    (again, _), (_, labels) = keras.datasets.mnist.load_data(tmp_path / "mnist.npz")
    assert np.array_equal(again, x_train)
    assert np.array_equal(labels, y_test)
    for name in (
        "train-images-idx3-ubyte",
        "train-labels-idx1-ubyte",
        "t10k-images-idx3-ubyte",
        "t10k-labels-idx1-ubyte",
    ):
        (tmp_path / name.replace("t10k", "test")).write_bytes(gzip.decompress((MNIST / f"{name}.gz").read_bytes()))
    assert np.array_equal(keras.datasets.mnist.load_data(tmp_path)[1][0], x_test)


def test_mnist_that_is_not_there_or_not_whole(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="nothing is downloaded"):
        keras.datasets.mnist.load_data(tmp_path / "mnist.npz")
    with pytest.raises(FileError, match="has no file train-images"):
        keras.datasets.mnist.load_data(tmp_path)
    np.savez(tmp_path / "m.npz", x_train=np.zeros((2, 28, 28)), y_train=np.zeros(3), x_test=np.zeros(1))
    with pytest.raises(FileError, match="has no y_test"):
        keras.datasets.mnist.load_data(tmp_path / "m.npz")
    images = np.zeros((2, 28, 28))
    np.savez(tmp_path / "m.npz", x_train=images, y_train=np.zeros(3), x_test=images, y_test=np.zeros(2))
    with pytest.raises(FileError, match="do not go together"):
        keras.datasets.mnist.load_data(tmp_path / "m.npz")


def test_mnist_whose_gzip_is_damaged_in_the_middle(tmp_path: Path) -> None:
    name = "train-images-idx3-ubyte.gz"
    content = bytearray((MNIST / name).read_bytes())
    for at in range(200, 400):
        content[at] ^= 0xFF
    (tmp_path / name).write_bytes(content)
    with pytest.raises(FileError, match="is not an IDX file of bytes, or it is cut short"):
        keras.datasets.mnist.load_data(tmp_path)


def test_digits_are_shipped_with_their_licence() -> None:
    for folder in (MNIST, ROOT / "stepwise" / "data"):
        [licence] = folder.glob("LICENSE*.txt")
        text = licence.read_text(encoding="utf-8")
        for words in ("Yann LeCun and Corinna Cortes", "creativecommons.org/licenses/by-sa/3.0"):
            assert words in text
