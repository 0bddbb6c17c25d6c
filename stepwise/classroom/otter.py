"""`stepwise.graders.otter`, by its older name."""

from ..graders.otter import Case, Question, question_file

__all__ = ["Case", "Question", "question_file"]
