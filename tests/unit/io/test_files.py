"""Files are written whole or not at all, and what cannot be read is told in one sentence."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from stepwise.errors import FileError
from stepwise.io import files
from tests.command import run


def test_text_and_bytes(tmp_path: Path) -> None:
    assert files.write_whole(tmp_path / "a.txt", "⌈2⌉\n") == tmp_path / "a.txt"
    assert (tmp_path / "a.txt").read_bytes() == "⌈2⌉\n".encode()
    files.write_whole(tmp_path / "b.bin", b"\x00\xff")
    assert files.read_bytes(tmp_path / "b.bin") == b"\x00\xff"
    assert files.read_text(tmp_path / "a.txt") == "⌈2⌉\n"


def test_it_replaces_a_file_unless_told_not_to(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    files.write_whole(target, "old")
    with pytest.raises(FileError, match="exists already; pass replace=True"):
        files.write_whole(target, "new", replace=False)
    assert target.read_text() == "old"
    files.write_whole(target, "new")
    assert target.read_text() == "new"
    assert list(tmp_path.iterdir()) == [target]


def test_a_pipe_and_a_terminal_are_written_through_and_stay_what_they_are(tmp_path: Path) -> None:
    pipe, read = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()), daemon=True)
    reader.start()
    files.write_whole(pipe, "through", replace=False)
    reader.join(10)
    assert read == [b"through"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    ours, theirs = os.openpty()
    files.write_whole(os.ttyname(theirs), "page")
    assert os.read(ours, 10) == b"page"
    os.close(ours)
    os.close(theirs)


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


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("old")
    link = tmp_path / "latest.html"
    link.symlink_to("page.html")
    with pytest.raises(FileError, match=r"latest\.html exists already"):
        files.write_whole(link, "new", replace=False)
    files.write_whole(link, "new")
    assert link.is_symlink()
    assert (tmp_path / "page.html").read_text() == "new"


def test_others_may_read_it_as_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "plain.txt").write_text("")
    files.write_whole(tmp_path / "a.txt", "")
    modes = {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("plain.txt", "a.txt")}
    assert len(modes) == 1


def test_a_place_that_cannot_be_written_is_told_and_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "inside").write_text("")
    for place in (tmp_path / "none" / "a.txt", tmp_path / "folder", tmp_path / "folder" / "inside" / "a.txt"):
        with pytest.raises(FileError, match="cannot write") as caught:
            files.write_whole(place, "text")
        assert str(place) in str(caught.value)
        assert "\n" not in str(caught.value)
    assert [path.name for path in tmp_path.rglob("*")] == ["folder", "inside"]


def test_a_name_with_a_null_character(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="cannot write"):
        files.write_whole(tmp_path / "a\x00b", "text")
    with pytest.raises(FileError, match="cannot read"):
        files.read_bytes(tmp_path / "a\x00b")


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


HOLDER = """
import fcntl, subprocess, sys
file = open(sys.argv[1], "r+b")
fcntl.flock(file, fcntl.LOCK_EX)
wait = subprocess.Popen(["sleep", sys.argv[2]], pass_fds=[file.fileno()], stdout=subprocess.DEVNULL)
print(wait.pid, flush=True)
if sys.argv[3] == "stays":
    wait.wait()
"""


def test_what_a_run_that_is_gone_had_begun_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long it takes to end on a busy machine; a run that is there is not waited for."""
    monkeypatch.setattr(files, "MOMENT", 0.0)
    place = tmp_path / "held"
    place.touch()
    for stays, seconds, free in (("goes", "0.5", True), ("stays", "600", False)):
        holder = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(place), seconds, stays], stdout=subprocess.PIPE, text=True
        )
        assert holder.stdout is not None
        worker = int(holder.stdout.readline())
        if stays == "goes":
            holder.wait()
        with open(place, "r+b") as again:
            assert files.locked(again) is free
        if stays == "stays":
            os.kill(worker, signal.SIGKILL)
        holder.wait()
        holder.stdout.close()


@pytest.mark.parametrize(("refusals", "free"), [(1, True), (1000, False)])
def test_what_is_let_go_just_after_it_was_tried_is_tried_once_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refusals: int, free: bool
) -> None:
    """A system that lists no owner of a lock that is held says no more than one that cannot be asked."""
    left = iter(range(refusals))

    def refused(_: object, __: int) -> None:
        if next(left, None) is not None:
            raise BlockingIOError

    monkeypatch.setattr(files, "MOMENT", 0.0)
    monkeypatch.setattr("fcntl.flock", refused)
    with open(tmp_path / "held", "w+b") as file:
        assert files.locked(file) is free
    assert (next(left, None) is None) is free  # given up long before it would have been free
