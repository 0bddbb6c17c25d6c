"""Files are written whole or not at all."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from stepwise.errors import FileError
from stepwise.io import files, whole


def test_text_and_bytes(tmp_path: Path) -> None:
    assert whole.write_whole(tmp_path / "a.txt", "⌈2⌉\n") == tmp_path / "a.txt"
    assert (tmp_path / "a.txt").read_bytes() == "⌈2⌉\n".encode()
    whole.write_whole(tmp_path / "b.bin", b"\x00\xff")
    assert files.read_bytes(tmp_path / "b.bin") == b"\x00\xff"
    assert files.read_text(tmp_path / "a.txt") == "⌈2⌉\n"


def test_it_replaces_a_file_unless_told_not_to(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    whole.write_whole(target, "old")
    with pytest.raises(FileError, match="exists already; pass replace=True"):
        whole.write_whole(target, "new", replace=False)
    assert target.read_text() == "old"
    whole.write_whole(target, "new")
    assert target.read_text() == "new"
    assert list(tmp_path.iterdir()) == [target]


def test_a_pipe_and_a_terminal_are_written_through_and_stay_what_they_are(tmp_path: Path) -> None:
    pipe, read = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()), daemon=True)
    reader.start()
    whole.write_whole(pipe, "through", replace=False)
    reader.join(10)
    assert read == [b"through"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    ours, theirs = os.openpty()
    whole.write_whole(os.ttyname(theirs), "page")
    assert os.read(ours, 10) == b"page"
    os.close(ours)
    os.close(theirs)


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("old")
    link = tmp_path / "latest.html"
    link.symlink_to("page.html")
    with pytest.raises(FileError, match=r"latest\.html exists already"):
        whole.write_whole(link, "new", replace=False)
    whole.write_whole(link, "new")
    assert link.is_symlink()
    assert (tmp_path / "page.html").read_text() == "new"


def test_others_may_read_it_as_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "plain.txt").write_text("")
    whole.write_whole(tmp_path / "a.txt", "")
    modes = {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("plain.txt", "a.txt")}
    assert len(modes) == 1


def test_a_place_that_cannot_be_written_is_told_and_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "inside").write_text("")
    for place in (tmp_path / "none" / "a.txt", tmp_path / "folder", tmp_path / "folder" / "inside" / "a.txt"):
        with pytest.raises(FileError, match="cannot write") as caught:
            whole.write_whole(place, "text")
        assert str(place) in str(caught.value)
        assert "\n" not in str(caught.value)
    assert [path.name for path in tmp_path.rglob("*")] == ["folder", "inside"]


def test_a_name_with_a_null_character(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="cannot write"):
        whole.write_whole(tmp_path / "a\x00b", "text")
    with pytest.raises(FileError, match="cannot read"):
        files.read_bytes(tmp_path / "a\x00b")
