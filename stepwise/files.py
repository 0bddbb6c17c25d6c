"""Files written whole or not at all, and read with a bound and a sentence when that fails."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from .errors import FileError, StepwiseError

MOST_BYTES = 256 * 2**20
"""The largest file that is read; larger ones are refused before they take memory."""

PIECE = 2**20
"""So many bytes are read at once."""

PathLike = str | os.PathLike[str]


def write_whole(path: PathLike, content: str | bytes, replace: bool = True) -> Path:
    """Write a file beside its place and move it there, so that nobody ever sees half of it.

    Raises `FileError` where the place cannot be written, or is taken and `replace` is False.
    """
    with written_whole(path, replace) as stream:
        stream.write(content.encode() if isinstance(content, str) else content)
    return Path(path)


@contextlib.contextmanager
def written_whole(path: PathLike, replace: bool = True) -> Iterator[BinaryIO]:
    """A stream for a file too large to hold at once, written like `write_whole` does when the block ends well.

    A link stays a link: what it leads to is written. A device or a pipe, such as `/dev/stdout`, is written through.
    """
    target = Path(path)
    if not replace:
        check_free(target)
    beside = None
    try:
        if _written_through(target):  # a file moved into its place would be its end
            with open(target, "wb") as stream:
                yield stream
            return
        place = Path(os.path.realpath(target))
        import tempfile  # a text that is printed is written nowhere

        handle, beside = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.")
        with os.fdopen(handle, "wb") as stream:
            yield stream
        os.chmod(beside, 0o666 & ~_umask())  # mkstemp makes it private; a page is as readable as any new file
        os.replace(beside, place)
    except StepwiseError:  # of whoever writes
        raise
    except (OSError, ValueError) as error:  # ValueError: a null character in the name
        raise FileError(f"cannot write {str(target)!r}: {_reason(error)}") from None
    finally:
        if beside is not None:
            with contextlib.suppress(OSError):  # already moved into its place
                os.unlink(beside)


def check_free(path: PathLike) -> None:
    """Raises `FileError` where there is a file already, or where no file can be."""
    try:
        taken = os.path.lexists(path) and not _written_through(path)
        os.stat(Path(path).parent)
    except (OSError, ValueError) as error:
        raise FileError(f"cannot write {os.fspath(path)!r}: {_reason(error)}") from None
    if taken:
        raise FileError(f"{path} exists already; add --force to replace it, or name another file")


def _written_through(path: PathLike) -> bool:
    """Whether what is written there is no file's content."""
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError):
        return False
    return stat.S_ISCHR(mode) or stat.S_ISFIFO(mode)


def _reason(error: OSError | ValueError) -> str:
    return getattr(error, "strerror", None) or str(error)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def read_bytes(path: PathLike, most: int | None = None) -> bytes:
    """A file's content. Raises `FileError` where it cannot be read or has more than `most` (or `MOST_BYTES`) bytes."""
    most = MOST_BYTES if most is None else most
    try:
        with open(path, "rb") as stream:
            pieces, size = [], 0
            while size <= most and (piece := stream.read(min(PIECE, most + 1 - size))):  # no more memory than it has
                pieces.append(piece)
                size += len(piece)
    except (OSError, ValueError) as error:
        raise FileError(f"cannot read {os.fspath(path)!r}: {_reason(error)}") from None
    if size > most:
        raise FileError(f"{path} is larger than {most // 2**20} MB, the most that is read")
    return b"".join(pieces)


def read_text(path: PathLike) -> str:
    """A file's text, in UTF-8. Raises `FileError`."""
    try:
        return read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileError(f"{path} is not a text file in UTF-8 (byte {error.start})") from None
