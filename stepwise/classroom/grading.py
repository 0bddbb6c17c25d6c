"""`stepwise.grading.grading`, by its older name."""

from ..grading.grading import Summary, grade

__all__ = ["Summary", "grade"]
