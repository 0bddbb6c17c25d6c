"""`stepwise.graders.edx`, by its older name."""

from ..graders.edx import customresponse

__all__ = ["customresponse"]
