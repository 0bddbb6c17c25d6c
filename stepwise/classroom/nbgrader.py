"""`stepwise.graders.nbgrader`, by its older name."""

from ..graders.nbgrader import cells, check, notebook

__all__ = ["cells", "check", "notebook"]
