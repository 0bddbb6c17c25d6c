"""Files read with a bound, and one sentence where that fails. How they are written: `whole.py`."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO, Protocol

from ..errors import FileError
from ..exports import export_for

MOST_BYTES = 256 * 2**20
"""The largest file that is read; larger ones are refused before they take memory."""

PIECE = 2**20
"""So many bytes are read at once."""

PathLike = str | os.PathLike[str]


def endless(path: PathLike) -> bool:
    """Whether what is written there is no file's content."""
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError):
        return False
    return stat.S_ISCHR(mode) or stat.S_ISFIFO(mode)


def reason(error: OSError | ValueError) -> str:
    return getattr(error, "strerror", None) or str(error)


class NotRead(FileError):  # noqa: N818 - it says what happened
    """A file that was not read, and why: it is a `link`, a `folder`, a `device`, too `large`; or the system's words.

    `size` is what is known to be in it.
    """

    def __init__(self, path: PathLike, why: str, size: int = 0, most: int = 0) -> None:
        self.why, self.size = why, size
        reasons = {
            "device": f"{os.fspath(path)!r} is not a file that can be read: it is a pipe or a device",
            "large": f"{os.fspath(path)} is larger than {most // 2**20} MB, the most that is read",
        }
        reason = os.strerror(errno.EISDIR) if why == "folder" else why
        super().__init__(reasons.get(why, f"cannot read {os.fspath(path)!r}: {reason}"))


def read_bytes(path: PathLike, most: int | None = None, links: bool = True) -> bytes:
    """A file's content. Raises `NotRead` where it has more than `most` (or `MOST_BYTES`) bytes, or cannot be read.

    No more memory is taken than the file fills. With `links` False, none is followed.
    """
    most = MOST_BYTES if most is None else most
    with open_plain(path, links) as stream:
        try:
            size = os.fstat(stream.fileno()).st_size
            content = b"" if size > most else read_at_most(stream, most + 1)
        except OSError as error:
            raise NotRead(path, reason(error)) from None
    if max(size, len(content)) > most:
        raise NotRead(path, "large", max(size, len(content)), most)
    return content


class _Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...


def read_at_most(stream: _Stream, most: int) -> bytes:
    """What is left of a stream, up to so many bytes; asked for them at once, Python sets aside room for them all."""
    pieces, read = [], 0
    while piece := stream.read(min(PIECE, most - read)):
        pieces.append(piece)
        read += len(piece)
    return b"".join(pieces)


def open_plain(path: PathLike, links: bool = True) -> BinaryIO:
    """A file opened for reading: never a pipe, which would be waited for, or a device, which may never end.

    Raises `NotRead` for those, and where there is none.
    """
    flags = getattr(os, "O_NONBLOCK", 0) | (0 if links else getattr(os, "O_NOFOLLOW", 0))
    try:
        if not links and os.path.islink(path):
            raise NotRead(path, "link")
        stream = open(path, "rb", opener=lambda name, own: os.open(name, own | flags))  # noqa: SIM115 - by who asks
    except NotRead:
        raise
    except IsADirectoryError:
        raise NotRead(path, "folder") from None
    except (OSError, ValueError) as error:  # ValueError: a null character in the name
        raise NotRead(path, reason(error)) from None
    if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
        stream.close()
        raise NotRead(path, "device")
    return stream


def lies_in(folder: PathLike, path: PathLike) -> bool:
    """Whether a file lies in a folder, wherever links lead."""
    try:
        return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))
    except ValueError:  # a null character
        return False


def read_text(path: PathLike) -> str:
    """A file's text, in UTF-8. Raises `FileError`."""
    if refusal := export_for(path):
        raise FileError(refusal)
    try:
        return read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileError(f"{path} is not a text file in UTF-8 (byte {error.start})") from None
