"""What stands in `stepwise.exercises` now, by its older name."""

from ..exercises.assignment import Assignment, load_assignment
from ..exercises.exercise import Exercise, read_exercise

__all__ = ["Assignment", "Exercise", "load_assignment", "read_exercise"]
