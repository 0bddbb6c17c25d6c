"""Files written whole or not at all, and read with a bound and a sentence when that fails."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from ..advice import way
from ..errors import FileError, StepwiseError
from ..exports import export_for
from ..stopping import unfinished

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
    Where the system can (Linux), a file that is not finished has no name: whatever ends this program, nothing is left.
    """
    target = Path(path)
    if not replace:
        check_free(target)
    try:
        if _written_through(target):  # a file moved into its place would be its end
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
        raise FileError(f"cannot write {str(target)!r}: {_reason(error)}") from None


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


MOMENT = 2.0
"""Seconds for which a run that is being ended may still hold a file."""
LONGEST_END = 60.0
"""Seconds for which the workers of a run that is gone may still hold it, on however busy a machine."""


def locked(file: BinaryIO | int) -> bool:
    """Whether this program has the file to itself until it closes it; where none can be locked, that is believed."""
    try:
        import fcntl
    except ImportError:
        return True
    began = time.monotonic()
    let_go = False
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            waited = time.monotonic() - began
        except OSError:
            return True
        if waited > MOMENT:
            owners = _owners(file)
            # Where nobody has it, it was let go since it was tried: tried once more, for not every system lists all.
            if waited > LONGEST_END or (let_go if owners == [] else not _all_gone(owners)):
                return False
            let_go = owners == []
        time.sleep(0.05)


def _owners(file: BinaryIO | int) -> list[int] | None:
    """The processes that locked a file; None where nobody can tell."""
    place = os.fstat(file if isinstance(file, int) else file.fileno())
    named = f"{os.major(place.st_dev):02x}:{os.minor(place.st_dev):02x}:{place.st_ino}"
    try:
        with open("/proc/locks") as locks:
            return [int(line.split()[4]) for line in locks if f" {named} " in line and " FLOCK " in line]
    except (OSError, ValueError, IndexError):
        return None


def _all_gone(owners: list[int] | None) -> bool:
    """Whether who locked a file is gone, and only what it had begun still holds it; False where nobody can tell."""
    return (
        owners is not None
        and any(owners)
        and not any(os.path.exists(f"/proc/{owner}") for owner in owners if owner > 0)
    )


def check_free(path: PathLike) -> None:
    """Raises `FileError` where there is a file already, or where no file can be."""
    try:
        taken = os.path.lexists(path) and not _written_through(path)
        os.stat(Path(path).parent)
    except (OSError, ValueError) as error:
        raise FileError(f"cannot write {os.fspath(path)!r}: {_reason(error)}") from None
    if taken:
        raise FileError(_taken(path))


def _taken(path: PathLike) -> str:
    return f"{os.fspath(path)} exists already; {way('replace')} to replace it, or name another file"


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
            raise NotRead(path, _reason(error)) from None
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
        raise NotRead(path, _reason(error)) from None
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
