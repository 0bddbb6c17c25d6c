"""What has been marked so far, kept beside the report until it is finished: marking goes on where it was stopped.

A line for each answer, in the answers' order: its key and its mark, and a check of the two. On the next run the answers
and these lines are read side by side; as far as they agree nothing is marked again, and from the first answer that has
changed, or the first line that is not whole, all is. So neither a killed program, nor a damaged disk, nor a file that
was handed in meanwhile can lead to a wrong report.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from ..errors import FileError, StepwiseError
from ..io.files import open_plain
from ..io.locks import locked
from .marks import Mark

VERSION = 2
LONGEST_LINE = 2**24
"""Bytes of one line that are read; the mark of the largest answer has a third of it."""


class Journal:
    """The file of marks of one run: a context in which it is read as far as it fits, then written on.

    `reused()` must be read, to its end or not, before `write`.
    """

    def __init__(self, path: Path, fingerprint: str) -> None:
        self.path = path
        self._head = _head(fingerprint)
        self._good = len(self._head)  # bytes that are known to fit
        self._removed = False

    def __enter__(self) -> Journal:
        self._file = self._opened()
        first = self._file.readline(len(self._head) + 1)
        if not (first.startswith(_BEGINS) or _BEGINS.startswith(first)):  # the latter: the disk was full just there
            self._file.close()
            raise FileError(
                f"{str(self.path)!r} is in the way: marks are kept in a file of this name until the report is "
                "finished, and this one holds something else; rename it, or name another report"
            )
        if first != self._head:  # of another lesson, or of nothing
            with _said(self.path):
                self._file.seek(0)
                self._file.truncate()
                self._file.write(self._head)
                self._file.flush()
        return self

    def _opened(self) -> BinaryIO:
        """The file, which this run has to itself. One that its run has finished and removed meanwhile is none."""
        while True:
            try:  # marks are nobody else's; a pipe is not waited for
                flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)
                file = open(os.open(self.path, flags, 0o600), "r+b", _BUFFER)  # noqa: SIM115 - closed by `__exit__`
            except (OSError, ValueError) as error:  # ValueError: a null character, or what is no plain file
                reason = getattr(error, "strerror", None) or str(error)
                if os.path.islink(self.path):  # what it leads to is somebody else's, and would be gone
                    reason = "it is a link, which is not followed; remove it, or name another report"
                raise FileError(f"cannot write {str(self.path)!r}: {reason}") from None
            if not locked(file):
                file.close()
                raise FileError(
                    f"{str(self.path)!r} is being written by another run; wait for it, or name another report"
                )
            try:
                if os.path.samestat(os.fstat(file.fileno()), os.stat(self.path)):
                    return file
            except FileNotFoundError:
                pass
            file.close()

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        with _said(self.path, quiet=value is not None):  # what is still to be written may find no room
            if isinstance(value, StepwiseError) and self._file.seek(0, os.SEEK_END) == len(self._head):
                self._removed = True  # it was refused before any answer was marked: there is nothing to keep
            if self._removed and os.name != "nt":  # while it is still locked: it may be another run's at once
                os.unlink(self.path)
            self._file.close()
            if self._removed and os.name == "nt":  # there an open file cannot be removed
                os.unlink(self.path)

    def remove(self) -> None:
        """It is not needed any more, and goes when the context ends."""
        self._removed = True

    def reused(self, keys: Iterator[str]) -> Iterator[Mark]:
        """The marks of the answers with these keys, up to the first that differs (which has been taken from `keys`)."""
        self._file.seek(self._good)
        for key in keys:
            line = self._file.readline(LONGEST_LINE)
            mark = _read(line, key)
            if mark is None:
                return
            self._good += len(line)
            yield mark

    def begin(self) -> None:
        """Forget what comes after the marks that were reused."""
        with _said(self.path):
            self._file.seek(self._good)
            self._file.truncate()

    def write(self, key: str, mark: Mark) -> None:
        """Add a mark."""
        with _said(self.path):
            self._file.write(_line(key, mark))

    def writing(self, places: Sequence[str]) -> None:
        """All marks are there, and are now written to these places: what lies there from now on is this run's own."""
        with _said(self.path):
            self._file.seek(0, os.SEEK_END)
            self._file.write(_checked(json.dumps({_WRITING: list(places)}).encode()))
        self.flush()

    def flush(self) -> None:
        """What is written is kept, whatever happens to this program."""
        with _said(self.path):
            self._file.flush()

    def marks(self) -> Iterator[Mark]:
        """All marks, in order."""
        self.flush()
        self._file.seek(0)
        self._file.readline()
        while line := self._file.readline(LONGEST_LINE):
            if line.startswith(_WRITING_BEGINS):
                return
            mark = _read(line)
            if mark is None:
                raise FileError(f"{str(self.path)!r} was changed while it was read; give the same command again")
            yield mark


_BUFFER = 2**16
_BEGINS = b'{"stepwise_marks": '
"""How every journal begins, of whatever version: one is known by this, not by its name."""


class _said:  # noqa: N801 - it reads as a word
    """Errors of writing the journal told in a sentence; not again where another one is on its way."""

    def __init__(self, path: Path, quiet: bool = False) -> None:
        self.path, self.quiet = path, quiet

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: object) -> bool:
        if not isinstance(value, OSError) or isinstance(value, FileError):
            return False
        if self.quiet:
            return True
        raise FileError(f"cannot write {str(self.path)!r}: {value.strerror or value}") from None


def was_writing(path: Path, fingerprint: str, places: Sequence[str]) -> bool:
    """Whether a run of the same exercises was stopped while it wrote to the same places; they may be replaced then."""
    due = _checked(json.dumps({_WRITING: list(places)}).encode())
    try:
        with open_plain(path) as file:
            head = _head(fingerprint)
            if file.readline(len(head) + 1) != head or file.seek(0, os.SEEK_END) < len(head) + len(due):
                return False
            file.seek(-len(due), os.SEEK_END)
            return file.read() == due
    except (OSError, ValueError):  # there is none
        return False


def _head(fingerprint: str) -> bytes:
    return json.dumps({"stepwise_marks": VERSION, "of": fingerprint}).encode() + b"\n"


_WRITING = "writing"
_WRITING_BEGINS = b'{"writing":'


def _line(key: str, mark: Mark) -> bytes:
    return _checked(json.dumps({"key": key, **mark.record()}, separators=(",", ":")).encode())


def _checked(entry: bytes) -> bytes:
    return entry + b" " + _check(entry) + b"\n"


def _check(entry: bytes) -> bytes:
    return blake2b(entry, digest_size=8).hexdigest().encode()


def _read(line: bytes, key: str | None = None) -> Mark | None:
    """The mark on a line, where the line is whole and belongs to this key (to any, where none is given)."""
    entry, _space, check = line.rstrip(b"\n").rpartition(b" ")
    if not line.endswith(b"\n") or check != _check(entry):
        return None
    try:
        record = json.loads(entry)
        return Mark.of(record) if key is None or record.get("key") == key else None
    except (ValueError, AttributeError, RecursionError):  # not written by a `Journal`
        return None
