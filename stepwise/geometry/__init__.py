"""Where windows lie, one axis at a time: sizes, padding decisions, starts and taps. There is no array in here.

Axes are independent of each other, so a geometry costs as much as its axes together, never as much as their product.

    padding.py    how many lines of padding, on which side, and why
    axes.py       every window along one axis: sliding, adaptive, transposed
    requests.py   what a layer asks for, and the geometry it gets over data of some size

To add a padding rule: a name and a branch in `padding.py`, and its definition by hand in `replay.py`, against which it
is checked. To add a way for windows to lie: a class in `axes.py`, one in `requests.py`, and its definition by hand.
"""

from .axes import AdaptiveAxis, AxisGeometry, Geometry, TransposedAxis, axis_for, axis_names
from .padding import RULES, PaddingDecision, Rule, Side, decide
from .reach import Reach
from .requests import Adaptive, Request, Sliding, Transposed, Whole

__all__ = [
    "RULES",
    "Adaptive",
    "AdaptiveAxis",
    "AxisGeometry",
    "Geometry",
    "PaddingDecision",
    "Reach",
    "Request",
    "Rule",
    "Side",
    "Sliding",
    "Transposed",
    "TransposedAxis",
    "Whole",
    "axis_for",
    "axis_names",
    "decide",
]
