"""A rule as JSON, for readers in other languages: the page's script walks it as it stands.

    x  w  y                   the value and the weight of the tap in hand; the result
    ["@", name]               a number of another input;  ["#", name]  one that follows from where the window lies
    ["each +", body]          a sum over taps;  ["each max", body]  the largest
    ["own", body]  ["known", inner]  ["?", "≤", left, right, then, otherwise]  ["/", above, below]  3

What is not given is left out, or is the number that stands for it.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import Any, assert_never

from .tree import (
    Apply,
    Aside,
    Beside,
    Constant,
    Figure,
    Fold,
    Holds,
    IsOwn,
    Known,
    Own,
    Result,
    Rule,
    Tap,
    Weight,
    Where,
    Wins,
)


def as_data(rule: Rule, given: Collection[str] = ()) -> Any:
    """The rule as data, for a layer with these inputs.

    >>> from .tree import W, X, total
    >>> as_data(total(X * W) + Beside("bias")), as_data(total(X * W) + Beside("bias"), ["bias"])
    (['+', ['each +', ['·', 'x', 'w']]], ['+', ['each +', ['·', 'x', 'w']], ['@', 'bias']])
    """
    match rule:
        case Constant():
            return _number(rule.value)
        case Tap():
            return "x" if rule.number == -1 else f"x{rule.number}"
        case Weight():
            return "w"
        case Beside():
            return ["@", rule.name] if rule.name in given else _number(rule.otherwise)
        case Figure():
            return ["#", rule.name]
        case Fold():
            return [f"each {rule.sign}", as_data(rule.body, given)]
        case Own():
            return ["own", as_data(rule.body, given)]
        case Known():
            return ["known", as_data(rule.inner, given)]
        case Aside():
            return as_data(rule.inner, given)
        case Where():
            then, otherwise = as_data(rule.then, given), as_data(rule.otherwise, given)
            return ["?", *condition(rule.condition, given), then, otherwise]
        case Result():
            return "y"
        case IsOwn():
            return ["is own"]
        case Wins():
            return ["wins"]
        case Apply():
            parts = [part for part in rule.parts if not (rule.sign == "+" and _left_out(part, given))]
            return [rule.sign, *(as_data(part, given) for part in parts)]
    assert_never(rule)


def condition(holds: Holds, given: Collection[str] = ()) -> list[Any]:
    """A condition as data: its sign and its two sides."""
    return [holds.sign, as_data(holds.left, given), as_data(holds.right, given)]


def _left_out(part: Rule, given: Collection[str]) -> bool:
    """Whether a term is none, since what it is made with is not given."""
    if isinstance(part, Apply) and part.sign == "·":
        part = part.parts[-1]
    return isinstance(part, Beside) and part.otherwise is None and part.name not in given


def _number(value: Any) -> Any:
    """A number; what JSON has no number for as a word that reads back to it."""
    return value if math.isfinite(value) else str(value).replace("inf", "Infinity").replace("nan", "NaN")
