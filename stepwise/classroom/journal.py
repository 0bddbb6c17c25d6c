"""What has been marked so far, kept beside the report until it is finished: marking goes on where it was stopped.

A line for each answer, in the answers' order: its key, and its mark. On the next run the answers and these lines are
read side by side; as far as they agree nothing is marked again, and from the first answer that has changed, all is.
So neither a killed program nor a file that was handed in meanwhile can lead to a wrong report.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from ..errors import FileError
from .marks import Mark

VERSION = 1


class Journal:
    """The file of marks of one run: a context in which it is read as far as it fits, then written on.

    `reused()` must be read, to its end or not, before `write`.
    """

    def __init__(self, path: Path, fingerprint: str) -> None:
        self.path = path
        self._head = json.dumps({"stepwise_marks": VERSION, "of": fingerprint}).encode() + b"\n"
        self._good = len(self._head)  # bytes that are known to fit

    def __enter__(self) -> Journal:
        try:
            self._file = open(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600), "r+b")  # marks are nobody else's
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise FileError(f"cannot write {str(self.path)!r}: {reason}") from None
        if not _locked(self._file):
            self._file.close()
            raise FileError(f"{str(self.path)!r} is being written by another run; wait for it, or name another report")
        if self._file.readline(len(self._head) + 1) != self._head:  # of another lesson, or of nothing
            self._file.seek(0)
            self._file.truncate()
            self._file.write(self._head)
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()

    def reused(self, keys: Iterator[str]) -> Iterator[Mark]:
        """The marks of the answers with these keys, up to the first that differs (which has been taken from `keys`)."""
        self._file.seek(self._good)
        for key in keys:
            line = self._file.readline()
            mark = _read(line, key)
            if mark is None:
                return
            self._good += len(line)
            yield mark

    def begin(self) -> None:
        """Forget what comes after the marks that were reused."""
        self._file.seek(self._good)
        self._file.truncate()

    def write(self, key: str, mark: Mark) -> None:
        """Add a mark."""
        self._file.write(json.dumps({"key": key, **mark.record()}, separators=(",", ":")).encode() + b"\n")

    def flush(self) -> None:
        """What is written is kept, whatever happens to this program."""
        self._file.flush()

    def marks(self) -> Iterator[Mark]:
        """All marks, in order."""
        self._file.flush()
        with self.path.open("rb") as again:
            again.readline()
            for line in again:
                yield Mark.of(json.loads(line))


def _locked(file: BinaryIO) -> bool:
    """Whether this run has the file to itself until it closes it; where files cannot be locked, that is believed."""
    try:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except (ImportError, OSError):
        return True
    return True


def _read(line: bytes, key: str) -> Mark | None:
    """The mark on a line, where the line is whole and belongs to this key."""
    if not line.endswith(b"\n"):
        return None
    try:
        record = json.loads(line)
        return Mark.of(record) if record["key"] == key else None
    except (ValueError, TypeError, KeyError):
        return None
