"""Values of parameters, checked at the door: each returns the value as the engine wants it or says what fits."""

from __future__ import annotations

import math
import operator
from collections.abc import Mapping
from typing import Any, TypeVar

from ..errors import CallError, did_you_mean, listing, shown

T = TypeVar("T")

LARGEST = 10**6
"""The largest whole number a parameter may be; anything larger is a slip, and would only exhaust memory."""


def whole(name: str, value: Any, least: int = 1, most: int = LARGEST) -> int:
    """A whole number of at least `least`.

    >>> whole("filters", 5)
    5
    """
    try:
        if isinstance(value, bool):
            raise TypeError
        number = operator.index(value)
    except TypeError:
        raise CallError(f"{name}={shown(value)} is not a whole number") from None
    if not least <= number <= most:
        raise CallError(f"{name}={shown(value)} must be at least {least} and at most {most:,}")
    return number


def whole_each(name: str, value: Any, count: int, least: int = 1) -> tuple[int, ...]:
    """One whole number for each spatial axis; a single number stands for all of them.

    >>> whole_each("pool_size", 2, 2), whole_each("pool_size", (3, 1), 2)
    ((2, 2), (3, 1))
    """
    if isinstance(value, tuple | list):
        if len(value) != count:
            raise CallError(f"{name}={shown(value)} has {len(value)} entries; give {count}, or one number for all")
        return tuple(whole(name, entry, least) for entry in value)
    return (whole(name, value, least),) * count


def one_of(name: str, value: Any, meanings: Mapping[str, T]) -> T:
    """The meaning of a word, in either case.

    >>> one_of("padding", "SAME", {"valid": 0, "same": 1})
    1
    """
    if isinstance(value, str) and value.lower() in meanings:
        return meanings[value.lower()]
    hint = did_you_mean(value, meanings) if isinstance(value, str) else ""
    raise CallError(f"{name}={shown(value)} is not known; it is {listing(map(repr, meanings))}.{hint}")


def yes_or_no(name: str, value: Any) -> bool:
    """True or False (or 1 or 0)."""
    if isinstance(value, bool) or value in (0, 1):
        return bool(value)
    raise CallError(f"{name}={shown(value)} is neither True nor False")


def number(name: str, value: Any, least: float = -math.inf, endless: bool = False) -> float:
    """A number, of at least `least`; infinite only where it may be `endless`."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        raise CallError(f"{name}={shown(value)} is not a number")
    if not endless and math.isinf(value):
        raise CallError(f"{name}={shown(value)} must not be infinite")
    try:
        as_float = float(value)
    except OverflowError:
        raise CallError(f"{name} is a number too large for a decimal") from None
    if as_float < least:
        raise CallError(f"{name}={shown(value)} must be at least {least:g}")
    return as_float


def positive(name: str, value: Any) -> float:
    """A number above 0."""
    found = number(name, value)
    if found <= 0:
        raise CallError(f"{name}={shown(value)} must be above 0")
    return found


def share(name: str, value: Any) -> float:
    """A number from 0 to 1."""
    found = number(name, value, least=0)
    if found > 1:
        raise CallError(f"{name}={shown(value)} must be at most 1: it is the share of the numbers that are dropped")
    return found
