"""What each student has earned in all exercises together, where there are several; kept on disk."""

from __future__ import annotations

from collections.abc import Iterator

from .marks import Mark
from .on_disk import Database
from .repeats import SUPERSEDED

TOTAL = "total"
"""The status of a row that is a student's sum."""


class Totals:
    """Adds up marks by student."""

    def __init__(self) -> None:
        self._database = Database(
            "CREATE TABLE totals (student BLOB PRIMARY KEY, score REAL, most REAL, count INTEGER, unread INTEGER)"
        )

    def add(self, mark: Mark) -> None:
        """Add one more; an answer that a later one stands for does not count."""
        if not mark.student or mark.status == SUPERSEDED:
            return
        unread = mark.score is None
        self._database.execute(
            "INSERT INTO totals VALUES (?, ?, ?, 1, ?) ON CONFLICT (student) DO UPDATE SET"
            " score = score + excluded.score, most = most + excluded.most, count = count + 1,"
            " unread = unread + excluded.unread",
            (mark.student.encode("utf-8", "surrogatepass"), mark.score or 0.0, mark.max_score, unread),
        )

    def several(self) -> Iterator[tuple[str, float, float, int, int]]:
        """Of each student with several exercises, by name: points, points there are, exercises, those not marked."""
        found = self._database.rows(
            "SELECT student, score, most, count, unread FROM totals WHERE count > 1 ORDER BY student"
        )
        for student, score, most, count, unread in found:
            yield student.decode("utf-8", "surrogatepass"), score, most, count, unread
