"""What a class handed in: a folder with one file a student, or a table with one row a student; read one at a time.

Whatever cannot be taken becomes a `Submission` that says why, so that one bad file or row never stops the rest.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ..dataclass import dataclass
from ..errors import FileError, listing
from ..io.files import open_plain
from .folders import entries, in_folder
from .tables import TABLES

if TYPE_CHECKING:
    from .submission import Submission


@dataclass(frozen=True)
class Submissions:
    """A folder or a table, and how it is read."""

    path: Path
    variants: Collection[str] = ()  # the ids that there are

    def __iter__(self) -> Iterator[Submission]:
        return (one for one, _done in self.measured())

    def measured(self) -> Iterator[tuple[Submission, int]]:
        """Each submission, and how much of `size` has been read when it comes."""
        if os.path.isdir(self.path):
            yield from ((one, number) for number, one in enumerate(in_folder(self.path, self.variants), 1))
            return
        with open_plain(self.path) as stream:
            for one in TABLES[self.path.suffix.lower()](stream, self):
                yield one, stream.tell()

    @cached_property
    def size(self) -> int:
        """Files of a folder, bytes of a table: how far `measured` goes."""
        if os.path.isdir(self.path):
            return len(entries(self.path, self.variants))
        with open_plain(self.path) as stream:
            return os.fstat(stream.fileno()).st_size


def find_submissions(path: str | os.PathLike[str], variants: Collection[str] = ()) -> Submissions:
    """A folder or table of submissions; nothing of it is read yet. Raises `FileError` where it is neither."""
    place = Path(path)
    try:
        kind = place.stat().st_mode
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise FileError(f"cannot read the submissions {str(path)!r}: {reason}") from None
    suffix = place.suffix.lower()
    if not stat.S_ISDIR(kind) and suffix not in TABLES:
        hint = "; unpack it first" if suffix in (".zip", ".gz", ".tar", ".7z") else ""
        raise FileError(
            f"{path} is no class's submissions{hint}: give a folder with one file a student, or a table that ends in "
            f"{listing(TABLES)}"
        )
    return Submissions(place, variants)
