"""Exact numbers: rationals that are never rounded, in arrays of the type `object`.

A float stands for the decimal it is written as: 0.1 is 1/10, not the binary number nearest to it.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any, TypeGuard

import numpy as np

from ..errors import InputError
from .digits import Array, Value, plain


def is_expression(value: Value) -> bool:
    """Whether a value is a SymPy expression: one with letters, or a number that is not rational.

    >>> is_expression(Fraction(1, 3))
    False
    """
    return hasattr(type(value), "free_symbols")  # asked this way, so that nobody has to import SymPy


def is_exact(array: Any) -> TypeGuard[Array]:
    """Whether an array holds exact numbers or letters. (An `object` array of plain integers only escapes overflow.)"""
    return (
        isinstance(array, np.ndarray)
        and array.dtype == object
        and any(isinstance(value, Fraction) or is_expression(value) for value in array.flat)
    )


def holds_expressions(array: Array) -> bool:
    """Whether an array holds letters, or numbers that are not rational."""
    return array.dtype == object and any(map(is_expression, array.flat))


def all_decimals(array: Array) -> bool:
    """Whether all numbers are finite, and none is exact or a letter."""
    return not is_exact(array) and all(map(math.isfinite, array.flat))


def size(value: Value) -> int:
    """How many terms a value is written with: 1 for a number or a letter.

    >>> from .letters import symbols
    >>> size(sum(symbols("a", 3))), size(Fraction(1, 3))
    (3, 1)
    """
    if not is_expression(value) or not value.args or value.is_number:
        return 1
    return sum(map(size, value.args))


MOST_DEPTH = 40
"""Parts within parts: SymPy asks about all of them at once, and Python's own stack has an end."""


def depth(value: Value) -> int:
    """How many parts of a value lie within one another: 0 for a number or a letter."""
    return 1 + max(map(depth, value.args), default=0) if is_expression(value) and value.args else 0


def nesting(value: Value, known: dict[Any, tuple[int, int]]) -> tuple[int, int]:
    """Of how many numbers and letters a value is made, and how many exp() lie within one another in it.

    What is found of its parts is kept in `known`: written out, they may be more than could ever be counted one by one.
    """
    if not is_expression(value) or not value.args:
        return 1, 0
    if value not in known:
        parts = [nesting(part, known) for part in value.args]
        deepest = max(deep for _size, deep in parts) + (value.func.__name__ == "exp")
        known[value] = sum(size for size, _deep in parts), deepest
    return known[value]


MOST_DIGITS = 4000
"""Digits that an exact number may have: Python prints no more than some 4,300."""


def digits(value: Value) -> int:
    """About how many digits a rational is written with; 1 for anything else."""
    if not isinstance(value, Fraction | int):
        return 1
    return max(value.numerator.bit_length(), value.denominator.bit_length()) * 3 // 10


def may_be_negative(value: Value) -> bool:
    """Whether a number is below 0, or a letter may stand for one that is."""
    return not value.is_nonnegative if is_expression(value) else bool(value < 0)


def exact(value: Value, name: str = "input") -> Value:
    """A number as an exact one. Raises `InputError` for NaN and the infinities, which no rational is.

    >>> exact(0.1), exact(3), exact("13/4")
    (Fraction(1, 10), Fraction(3, 1), Fraction(13, 4))
    """
    if is_expression(value):
        return Fraction(int(value.p), int(value.q)) if value.is_Rational else value
    if isinstance(value, Fraction):
        return value
    number = plain(value)
    if isinstance(number, float | np.floating) and not math.isfinite(number):
        raise InputError(f"the {name} holds {number}, which is no exact number; use arithmetic='float' for it")
    return Fraction(int(number) if isinstance(number, bool) else str(number))


def lowered(value: Value) -> Value:
    """A SymPy number as a Fraction where it is rational, such as a letter times 0; everything else as it is."""
    return exact(value) if is_expression(value) else value


def lift(array: Array, name: str = "input") -> Array:
    """An array with every number made exact. Raises `InputError` for NaN and the infinities."""
    lifted = np.empty(array.shape, dtype=object)
    lifted.ravel()[...] = [exact(value, name) for value in array.ravel()]
    return lifted


def like(array: Array, number: Any) -> Any:
    """A parameter in the arithmetic of an array: exact where the array is.

    >>> like(lift(np.array([1])), 0.1), like(np.array([1.0]), 0.1)
    (Fraction(1, 10), 0.1)
    """
    return exact(number) if is_exact(array) else number


def as_its_own(array: Array, number: float, beside: Array | None = None) -> Any:
    """A parameter in the array's own kind of number, so that single precision stays single; exact `beside` exact ones.

    >>> as_its_own(np.array([1], "f4"), 0.1), as_its_own(lift(np.array([1])), 0.1)
    (np.float32(0.1), Fraction(1, 10))
    """
    if array.dtype.kind == "f":
        return array.dtype.type(number)
    return exact(number) if beside is not None and is_exact(beside) else like(array, number)
