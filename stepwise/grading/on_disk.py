"""What has to be remembered of every student, on disk: memory does not grow with the class.

All are private temporary databases of SQLite, which are gone with the run, however it ends. Of what is remembered only
a hash of eight bytes is kept.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import Any

from ..errors import FileError

Values = Sequence[int | float | bytes]


class Database:
    """One table on disk, that nobody else sees and that is gone when it is closed."""

    def __init__(self, table: str) -> None:
        try:
            self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        except sqlite3.Error as error:
            raise _failed(error) from None
        # Two megabytes of it are kept in memory.
        for order in ("PRAGMA journal_mode=OFF", "PRAGMA synchronous=OFF", "PRAGMA cache_size=-2000", table, "BEGIN"):
            self.execute(order)

    def execute(self, order: str, values: Values = ()) -> sqlite3.Cursor:
        """Carry out an order. Raises `FileError` where the disk is full, say."""
        try:
            return self._database.execute(order, values)
        except sqlite3.Error as error:
            raise _failed(error) from None

    def rows(self, order: str, values: Values = ()) -> Iterator[Any]:
        """The rows that an order gives, one after the other. Raises what `execute` raises."""
        found = self.execute(order, values)
        while True:
            try:
                row = found.fetchone()
            except sqlite3.Error as error:  # to put them in an order takes room, too
                raise _failed(error) from None
            if row is None:
                return
            yield row


def _failed(error: sqlite3.Error) -> FileError:
    return FileError(
        "what has to be remembered of each student cannot be written to the folder for temporary files: "
        f"{error}; make room in it, or name another one in TMPDIR"
    )


def _hash(words: tuple[str, ...]) -> int:
    content = "\0".join(words).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(content, digest_size=8).digest(), "little", signed=True)


class DiskSet:
    """Which words have been seen.

    >>> seen = DiskSet()
    >>> seen.add("ana"), seen.add("ben"), seen.add("ana")
    (True, True, False)
    """

    def __init__(self) -> None:
        self._database = Database("CREATE TABLE seen (hash INTEGER PRIMARY KEY)")

    def add(self, *words: str) -> bool:
        """Whether these words are new."""
        return self._database.execute("INSERT OR IGNORE INTO seen VALUES (?)", (_hash(words),)).rowcount == 1


class DiskNames:
    """Whose a name is: of whoever took it first.

    >>> names = DiskNames()
    >>> names.taken_by("ana", "Ana"), names.taken_by("ana", "ana"), names.taken_by("ana", "Ana")
    (True, False, True)
    """

    def __init__(self) -> None:
        self._database = Database("CREATE TABLE names (hash INTEGER PRIMARY KEY, owner INTEGER)")

    def taken_by(self, name: str, owner: str) -> bool:
        """Take a name; whether it is this one's."""
        self._database.execute("INSERT OR IGNORE INTO names VALUES (?, ?)", (_hash((name,)), _hash((owner,))))
        [found] = self._database.rows("SELECT owner FROM names WHERE hash = ?", (_hash((name,)),))
        return bool(found == (_hash((owner,)),))


class DiskCounter:
    """How often words have been seen, and which time it is when they come by again.

    >>> often = DiskCounter()
    >>> for word in ("ana", "ben", "ana"):
    ...     often.add(word)
    >>> often.repeated, often.again("ana"), often.again("ben"), often.again("ana")
    (1, (1, 2), (1, 1), (2, 2))
    """

    def __init__(self) -> None:
        self._database = Database("CREATE TABLE seen (hash INTEGER PRIMARY KEY, times INTEGER, met INTEGER DEFAULT 0)")

    def add(self, *words: str) -> None:
        """See them once more."""
        self._database.execute(
            "INSERT INTO seen (hash, times) VALUES (?, 1) ON CONFLICT (hash) DO UPDATE SET times = times + 1",
            (_hash(words),),
        )

    @property
    def repeated(self) -> int:
        """How many were seen more than once."""
        [[count]] = self._database.rows("SELECT COUNT(*) FROM seen WHERE times > 1")
        return int(count)

    def begin_again(self) -> None:
        """Forget what has come by again."""
        self._database.execute("UPDATE seen SET met = 0 WHERE met > 0")

    def again(self, *words: str) -> tuple[int, int]:
        """Which time it is that these words come by again, and how often they were seen in all."""
        order = "UPDATE seen SET met = met + 1 WHERE hash = ? RETURNING met, times"
        found = list(self._database.rows(order, (_hash(words),)))
        return (int(found[0][0]), int(found[0][1])) if found else (1, 1)
