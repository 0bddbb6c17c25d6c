"""A file that one program has to itself, and who has it otherwise."""

from __future__ import annotations

import os
import time
from typing import BinaryIO

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
