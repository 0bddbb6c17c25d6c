"""`stepwise.graders.gradescope`, by its older name."""

from ..graders.gradescope import autograder, results, write_autograder

__all__ = ["autograder", "results", "write_autograder"]
