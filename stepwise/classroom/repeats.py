"""Who handed in more than once: of each student's answers to one exercise the last counts, in the order they are read.

The others stay in the report, without a score, so that a sum over it is right and nothing is hidden. Eight bytes are
kept of each answer while they come; names are not.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cached_property
from hashlib import blake2b

import numpy as np

from .marks import Mark

SUPERSEDED = "superseded"
"""The status of an answer that a later one of the same student stands for."""


class Repeats:
    """Notices answers as they come, and then tells which of them count."""

    def __init__(self) -> None:
        self._seen = array("Q")

    def add(self, mark: Mark) -> None:
        """Notice one more."""
        if mark.student:
            self._seen.append(_hash(mark))

    @cached_property
    def _often(self) -> dict[int, int]:
        """How often each came that came more than once; read when all are in. Sorted in place: no copy is made."""
        seen = np.frombuffer(self._seen, dtype=np.uint64) if self._seen else np.empty(0, dtype=np.uint64)
        seen.sort()
        found, more = np.unique(seen[1:][seen[1:] == seen[:-1]], return_counts=True)
        return dict(zip(found.tolist(), (more + 1).tolist()))

    @property
    def students(self) -> int:
        """Of how many students there is more than one answer."""
        return len(self._often)

    def told(self, marks: Callable[[], Iterator[Mark]]) -> Iterator[Mark]:
        """The same marks; of those that came more than once, all but the last without a score."""
        if not self._often:
            yield from marks()
            return
        met: Counter[int] = Counter()
        for mark in marks():
            key = _hash(mark)
            count = self._often.get(key, 1) if mark.student else 1
            met[key] += count > 1
            if count == 1:
                yield mark
            elif met[key] < count:
                note = f"answer {met[key]} of {count} by this student; the last counts"
                yield replace(mark, status=SUPERSEDED, score=None, correct=None, note=_joined(note, mark.note))
            else:
                note = f"the last of {count} answers by this student, and the one that counts"
                yield replace(mark, note=_joined(note, mark.note))


def _hash(mark: Mark) -> int:
    told = f"{mark.student}\0{mark.variant}".encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(told, digest_size=8).digest(), "little")


def _joined(note: str, before: str) -> str:
    return f"{note}: {before}" if before else note
