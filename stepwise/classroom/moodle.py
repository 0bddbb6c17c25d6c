"""A question bank for Moodle."""

from __future__ import annotations

from collections.abc import Sequence

from .assignment import Exercise


def question_bank(exercises: Sequence[tuple[str, Exercise]]) -> str:
    """Moodle XML."""
    raise NotImplementedError
