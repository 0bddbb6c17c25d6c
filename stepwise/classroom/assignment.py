"""`stepwise.exercises.assignment`, by its older name."""

from ..exercises.assignment import Assignment, Exercise, load_assignment, read_exercise

__all__ = ["Assignment", "Exercise", "load_assignment", "read_exercise"]
