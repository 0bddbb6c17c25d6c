"""A rule of one tap over whole arrays, for those who have no faster way, and for a second route beside the fast one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..arithmetic import Array, erf
from .tree import Apply, Comparison, Constant, Holds, Known, Result, Rule, Sign, Tap, Where

APPLIED: dict[Sign, Callable[..., Any]] = {
    "-": np.subtract,
    "/": np.divide,
    "^": np.power,
    "neg": np.negative,
    "| |": np.abs,
    "size": np.abs,
    "exp": np.exp,
    "ln": np.log,
    "tanh": np.tanh,
    "erf": erf,
    "sqrt": np.sqrt,
    "atan2": np.arctan2,
}
COMPARED: dict[Comparison, Callable[..., Any]] = {
    ">": np.greater,
    "≤": np.less_equal,
    "=": np.equal,
    "≠": np.not_equal,
}
CHAINED: dict[Sign, Callable[..., Any]] = {"+": np.add, "·": np.multiply, "max": np.maximum, "min": np.minimum}

AT_ONCE = 2**13
"""Numbers in hand at once: what lies between two steps then stays in a core's own cache."""


def over(rule: Rule, x: Array, y: Array | None = None) -> Array:
    """What the rule makes of every number of an array of floats, taken as the tap in hand; `y` are the results.

    >>> from .tree import X, exp
    >>> over(1 / (1 + exp(-X)), np.zeros(2)).tolist()
    [0.5, 0.5]
    """
    x = np.asarray(x)
    flat, results = x.reshape(-1), None if y is None else np.asarray(y).reshape(-1)
    parts = [slice(first, first + AT_ONCE) for first in range(0, max(1, flat.size), AT_ONCE)]
    found = None
    with np.errstate(all="ignore"):
        for part in parts:
            made = np.asarray(_over(rule, flat[part], None if results is None else results[part]))
            if found is None:
                found = np.empty(flat.size, made.dtype)
            found[part] = made
    assert found is not None
    return found.reshape(x.shape)


def _over(rule: Rule, x: Array, y: Array | None) -> Any:
    match rule:
        case Tap():
            return x
        case Result() if y is not None:
            return y
        case Constant():
            return np.asarray(rule.value, dtype=np.asarray(x).dtype if isinstance(rule.value, float) else None)
        case Known():
            return _over(rule.inner, x, y)
        case Where():
            return np.where(_holding(rule.condition, x, y), _over(rule.then, x, y), _over(rule.otherwise, x, y))
        case Apply(sign=sign):
            parts = [_over(part, x, y) for part in rule.parts]
            if sign in APPLIED:
                return APPLIED[sign](*parts)
            found = parts[0]
            for part in parts[1:]:
                found = CHAINED[sign](found, part)
            return found
    raise TypeError(f"{type(rule).__name__} is of several taps, or of more than one number")


def _holding(condition: Holds, x: Array, y: Array | None) -> Array:
    return np.asarray(COMPARED[condition.sign](_over(condition.left, x, y), _over(condition.right, x, y)))
