"""What cannot be read is told in one sentence, and nothing is waited for."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from stepwise.errors import FileError
from stepwise.io import files
from tests.command import run

READERS: dict[str, Callable[[str], list[str]]] = {
    "an input": lambda place: ["explain", "MaxPool2D(2)", "--input", place],
    "a lesson": lambda place: ["explain", place],
    "a lesson's input": lambda place: ["explain", "lesson.yaml"],
    "a table": lambda place: ["grade", "good.yaml", place, "-o", "report.csv"],
    "an answer": lambda place: ["check", "good.yaml", "--answer-file", place],
    "a record": lambda place: ["verify", place],
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("place", ["pipe.csv", "zero.csv", "pipe.yaml", "pipe.npy", "pipe.json"])
def test_no_pipe_is_waited_for_and_no_device_read(
    reader: str, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    if place.startswith("zero"):
        os.symlink("/dev/zero", place)
    else:
        os.mkfifo(place)
    (tmp_path / "good.yaml").write_text("stepwise: 1\ninput: 4 3; 2 1\nlayers: [MaxPool2D(2)]\n")
    (tmp_path / "lesson.yaml").write_text(f"stepwise: 1\ninput: {{file: {place}}}\nlayers: [MaxPool2D(2)]\n")
    before = sorted(tmp_path.iterdir())
    done = run(*READERS[reader](place))
    assert (done.status, done.err.count("\n")) == (2, 1), done
    assert sorted(tmp_path.iterdir()) == before


def test_a_pipe_that_somebody_writes_to_is_no_file_either(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    both_ends = os.open(pipe, os.O_RDWR)
    try:
        os.write(both_ends, b"4 3; 2 1")
        with pytest.raises(FileError, match="it is a pipe or a device"):
            files.read_bytes(pipe)
    finally:
        os.close(both_ends)


def test_what_cannot_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FileError, match="cannot read"):
        files.read_bytes(tmp_path / "none")
    with pytest.raises(FileError, match="cannot read"):
        files.read_text(tmp_path)
    (tmp_path / "latin").write_bytes("größe".encode("latin-1"))
    with pytest.raises(FileError, match=r"is not a text file in UTF-8 \(byte 2\)"):
        files.read_text(tmp_path / "latin")
    monkeypatch.setattr(files, "MOST_BYTES", 2**20)
    with open(tmp_path / "large", "wb") as stream:
        stream.truncate(2**20 + 1)
    with pytest.raises(FileError, match="larger than 1 MB"):
        files.read_bytes(tmp_path / "large")


def test_a_byte_order_mark_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\xef\xbb\xbf4 3")
    assert files.read_text(tmp_path / "a.txt") == "4 3"


def test_a_file_error_is_an_os_error() -> None:
    with pytest.raises(OSError):  # noqa: PT011 - that it is one is the point
        files.read_bytes(os.devnull + "/none")
