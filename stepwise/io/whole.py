"""Files written whole or not at all: nobody ever sees half of one."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ..advice import way
from ..errors import FileError, StepwiseError
from ..stopping import unfinished
from .files import PathLike, endless, reason
from .locks import locked


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
    Where the system can (Linux), a file that is not finished has no name: whatever ends this program, nothing is left.
    """
    target = Path(path)
    if not replace:
        check_free(target)
    try:
        if endless(target):  # a file moved into its place would be its end
            with open(target, "wb") as through:
                yield through
            return
        place = Path(os.path.realpath(target))
        nameless = _nameless(place.parent)
        with _named(place, replace) if nameless is None else _linked(nameless, place, replace) as stream:
            yield stream
    except StepwiseError:  # of whoever writes
        raise
    except FileExistsError:
        raise FileError(_taken(target)) from None
    except (OSError, ValueError) as error:  # ValueError: a null character in the name
        raise FileError(f"cannot write {str(target)!r}: {reason(error)}") from None


def _nameless(folder: Path) -> BinaryIO | None:
    """A file in a folder that has no name yet, and so is gone when its process is; None where there is no such thing.

    Raises `OSError` where no file can be made at all.
    """
    if not hasattr(os, "O_TMPFILE") or not os.path.isdir("/proc/self/fd"):
        return None
    try:
        return open(os.open(folder, os.O_TMPFILE | os.O_WRONLY, 0o666), "wb")
    except OSError as error:
        if error.errno in (errno.EOPNOTSUPP, errno.EISDIR, errno.ENOENT, errno.EINVAL) and folder.is_dir():
            return None  # a kind of file system that has none
        raise


@contextlib.contextmanager
def _linked(stream: BinaryIO, place: Path, replace: bool) -> Iterator[BinaryIO]:
    """The nameless file, which gets its name when the block ends well."""
    with stream:
        yield stream
        stream.flush()
        if not replace or not os.path.lexists(place):
            with contextlib.nullcontext() if not replace else contextlib.suppress(FileExistsError):
                _link(stream, place)
                return
        # A name cannot be taken from another file at one stroke, so it gets one beside it first. That one is always the
        # same, so that what a program leaves that was killed just here goes with the next one that writes the file.
        beside = _beside(place)
        while True:
            try:
                _link(stream, beside)
            except FileExistsError:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(beside)
                continue
            try:
                os.replace(beside, place)
            except FileNotFoundError:  # another program, which writes the same file, has removed it
                continue
            except OSError:
                os.unlink(beside)
                raise
            return


def _link(stream: BinaryIO, place: Path) -> None:
    # With a folder beside an absolute name, Python calls linkat, which follows the link that stands for the file.
    folder = os.open(place.parent, os.O_RDONLY)
    try:
        os.link(f"/proc/self/fd/{stream.fileno()}", place, src_dir_fd=folder, follow_symlinks=True)
    finally:
        os.close(folder)


def _beside(place: Path) -> Path:
    """A hidden name beside a file's own; a name may be as long as names can be, so this one does not have it in it."""
    import hashlib

    return place.with_name(f".{hashlib.blake2b(os.fsencode(place.name), digest_size=8).hexdigest()}.unfinished")


@contextlib.contextmanager
def _named(place: Path, replace: bool) -> Iterator[BinaryIO]:
    """A file with a hidden name, which is locked while it is written, and moved to its place in the end.

    One that nobody locks any more is of a program that was killed; it goes.
    """
    import tempfile  # a text that is printed is written nowhere

    beside = _beside(place)
    for left in place.parent.glob(f"{beside.name}-*"):
        with contextlib.suppress(OSError), open(left, "r+b") as stream:
            if locked(stream):
                os.unlink(left)
    handle, name = tempfile.mkstemp(dir=place.parent, prefix=f"{beside.name}-")
    unfinished.add(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            locked(stream)
            yield stream
        os.chmod(name, 0o666 & ~_umask())  # mkstemp makes it private; a page is as readable as any new file
        if replace:
            os.replace(name, place)
        else:
            check_free(place)
            os.rename(name, place)
    finally:
        with contextlib.suppress(OSError):  # already moved into its place
            os.unlink(name)
        unfinished.discard(name)


def check_free(path: PathLike) -> None:
    """Raises `FileError` where there is a file already, or where no file can be."""
    try:
        taken = os.path.lexists(path) and not endless(path)
        os.stat(Path(path).parent)
    except (OSError, ValueError) as error:
        raise FileError(f"cannot write {os.fspath(path)!r}: {reason(error)}") from None
    if taken:
        raise FileError(_taken(path))


def _taken(path: PathLike) -> str:
    return f"{os.fspath(path)} exists already; {way('replace')} to replace it, or name another file"


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
