"""What has to be remembered of every student, on disk: memory does not grow with the class.

All are private temporary databases of SQLite, which are gone with the run, however it ends. Of what is remembered only
a hash of eight bytes is kept.
"""

from __future__ import annotations

import sqlite3
from hashlib import blake2b


def opened(table: str) -> sqlite3.Connection:
    """A database with one table, on disk, that nobody else sees and that is gone when it is closed."""
    database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-2000"):  # two megabytes of it in memory
        database.execute(f"PRAGMA {pragma}")
    database.execute(table)
    database.execute("BEGIN")
    return database


def _hash(words: tuple[str, ...]) -> int:
    told = "\0".join(words).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(told, digest_size=8).digest(), "little", signed=True)


class DiskSet:
    """Which words have been seen.

    >>> seen = DiskSet()
    >>> seen.add("ana"), seen.add("ben"), seen.add("ana")
    (True, True, False)
    """

    def __init__(self) -> None:
        self._database = opened("CREATE TABLE seen (hash INTEGER PRIMARY KEY)")

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
        self._database = opened("CREATE TABLE names (hash INTEGER PRIMARY KEY, owner INTEGER)")

    def taken_by(self, name: str, owner: str) -> bool:
        """Take a name; whether it is this one's."""
        self._database.execute("INSERT OR IGNORE INTO names VALUES (?, ?)", (_hash((name,)), _hash((owner,))))
        [found] = self._database.execute("SELECT owner FROM names WHERE hash = ?", (_hash((name,)),)).fetchone()
        return bool(found == _hash((owner,)))


class DiskCounter:
    """How often words have been seen, and which time it is when they come by again.

    >>> often = DiskCounter()
    >>> for word in ("ana", "ben", "ana"):
    ...     often.add(word)
    >>> often.repeated, often.again("ana"), often.again("ben"), often.again("ana")
    (1, (1, 2), (1, 1), (2, 2))
    """

    def __init__(self) -> None:
        self._database = opened("CREATE TABLE seen (hash INTEGER PRIMARY KEY, times INTEGER, met INTEGER DEFAULT 0)")

    def add(self, *words: str) -> None:
        """See them once more."""
        self._database.execute(
            "INSERT INTO seen (hash, times) VALUES (?, 1) ON CONFLICT (hash) DO UPDATE SET times = times + 1",
            (_hash(words),),
        )

    @property
    def repeated(self) -> int:
        """How many were seen more than once."""
        [count] = self._database.execute("SELECT COUNT(*) FROM seen WHERE times > 1").fetchone()
        return int(count)

    def begin_again(self) -> None:
        """Forget what has come by again."""
        self._database.execute("UPDATE seen SET met = 0 WHERE met > 0")

    def again(self, *words: str) -> tuple[int, int]:
        """Which time it is that these words come by again, and how often they were seen in all."""
        found = self._database.execute(
            "UPDATE seen SET met = met + 1 WHERE hash = ? RETURNING met, times", (_hash(words),)
        ).fetchone()
        return (int(found[0]), int(found[1])) if found else (1, 1)
