"""Who handed in more than once: of each student's answers to one exercise the last counts, in the order they are read.

The others stay in the report, without a score, so that a sum over it is right and nothing is hidden.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cached_property

from .marks import Mark
from .on_disk import DiskCounter

SUPERSEDED = "superseded"
"""The status of an answer that a later one of the same student stands for."""


class Repeats:
    """Notices answers as they come, and then tells which of them count."""

    def __init__(self) -> None:
        self._seen = DiskCounter()

    def add(self, mark: Mark) -> None:
        """Notice one more."""
        if mark.student:
            self._seen.add(mark.student, mark.variant)

    @cached_property
    def students(self) -> int:
        """Of how many students there is more than one answer; read when all are in."""
        return self._seen.repeated

    def final(self, marks: Callable[[], Iterator[Mark]]) -> Iterator[Mark]:
        """The same marks; of those that came more than once, all but the last without a score."""
        if not self.students:
            yield from marks()
            return
        self._seen.begin_again()
        for mark in marks():
            met, count = self._seen.again(mark.student, mark.variant) if mark.student else (1, 1)
            if count == 1:
                yield mark
            elif met < count:
                note = f"answer {met} of {count} by this student; the last counts"
                yield replace(mark, status=SUPERSEDED, score=None, correct=None, note=_joined(note, mark.note))
            else:
                note = f"the last of {count} answers by this student, and the one that counts"
                yield replace(mark, note=_joined(note, mark.note), own_note=mark.note)


def _joined(note: str, before: str) -> str:
    return f"{note}: {before}" if before else note
