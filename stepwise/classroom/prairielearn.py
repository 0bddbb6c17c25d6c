"""`stepwise.graders.prairielearn`, by its older name."""

from ..graders.prairielearn import grade

__all__ = ["grade"]
