"""What a value of pasted code is: whether it counts as true, is sizes, holds what flows, and how much it holds."""

from __future__ import annotations

from typing import Any

from .values import (
    Applied,
    Chain,
    Class,
    Function,
    Given,
    Made,
    Method,
    Model,
    Numbers,
    Squared,
    Squares,
    Thing,
    Unread,
)


def truth(value: Any) -> bool | None:
    """Whether a value counts as true; None where that is not known, as of numbers that flow."""
    match value:
        case bool() | int() | float() | str() | None | list() | tuple():
            return bool(value)
        case Chain(parts=parts):
            return bool(parts)
        case Made() | Thing() | Class() | Model() | Function():
            return True
    return None


def is_sizes(value: Any) -> bool:
    """Whether a value is the sizes of what flows: `x.shape`, `x.size()`."""
    return isinstance(value, Method) and value.name == "size" and isinstance(value.owner, Given | Applied | Numbers)


def flows_in(value: Any) -> bool:
    """Whether what a layer gives stands in a value."""
    match value:
        case Applied() | Model() | Squared() | Squares() | Unread(takes=True):
            return True
        case list() | tuple():
            return any(map(flows_in, value))
        case Method(owner=owner):
            return flows_in(owner) and not is_sizes(value)
    return False


def counted(value: Any) -> int:
    return 1 + sum(map(counted, value)) if isinstance(value, list | tuple) else 1
