"""The largest of numbers and letters, as far as it can be told: what can never be the largest is left out.

What is assumed of letters bounds every expression made from them, by interval arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import lru_cache

import sympy

from .decimals import digits_of
from .digits import Value
from .exact import lowered
from .letters import Expression, Ranged, raised

Bound = Fraction | None  # None: no bound
MOST_SUBTRACTED = 16
"""Of more than so many in a maximum, only their bounds are compared: subtracting all from all takes long."""


def maximum(values: Iterable[Value]) -> Value:
    """The largest, as far as it can be told: what can never be the largest is left out, and what is left stays `max`.

    >>> from .letters import symbols
    >>> a, b = symbols("a", 2, assume="positive")
    >>> maximum([0, a, b, a])
    Max(a0, a1)
    """
    flat: list[Expression] = []
    for value in map(raised, values):
        flat += value.args if isinstance(value, sympy.Max) else [value]
    unlike = _within_reach(list(dict.fromkeys(flat)))
    if len(unlike) > MOST_SUBTRACTED:
        return lowered(sympy.Max(*unlike, evaluate=False))
    kept = [value for place, value in enumerate(unlike) if not _never_largest(value, place, unlike)]
    return lowered(kept[0] if len(kept) == 1 else sympy.Max(*kept, evaluate=False))


def minimum(values: Iterable[Value]) -> Value:
    """The smallest: the largest of the opposites, turned round."""
    opposite = maximum(-raised(value) for value in values)
    return lowered(sympy.expand_mul(-raised(opposite)))


def _never_largest(value: Expression, place: int, among: Sequence[Expression]) -> bool:
    """Whether another is never smaller; of two that are always equal, the later is left out."""
    for other_place, other in enumerate(among):
        if other_place != place:
            low, high = _difference(other, value)
            if low is not None and low >= 0 and (low > 0 or high != 0 or other_place < place):
                return True
    return False


def _difference(a: Expression, b: Expression) -> tuple[Bound, Bound]:
    """Bounds of a - b."""
    if not (a.is_Symbol and b.is_Symbol):
        return bounds(a - b)
    (a_low, a_high), (b_low, b_high) = bounds(a), bounds(b)
    low = None if a_low is None or b_high is None else a_low - b_high
    return low, None if a_high is None or b_low is None else a_high - b_low


def _within_reach(values: Sequence[Expression]) -> list[Expression]:
    """The values without those that lie wholly below another's lower bound: told from each one's bounds alone."""
    between = [bounds(value) for value in values]
    lows = [(low, -place) for place, (low, _high) in enumerate(between) if low is not None]
    if not lows:
        return list(values)
    highest, place = max(lows)
    return [
        value
        for at, (value, (_low, high)) in enumerate(zip(values, between))
        if at == -place or high is None or high > highest
    ]


@lru_cache(maxsize=100_000)
def bounds(expression: Expression) -> tuple[Bound, Bound]:
    """Between which numbers an expression lies, by interval arithmetic; None where there is no bound.

    >>> from .letters import letter
    >>> a, b = letter("a", "positive"), letter("b", "0..10")
    >>> bounds(a + 1), bounds(b - 3)
    ((Fraction(1, 1), None), (Fraction(-3, 1), Fraction(7, 1)))
    """
    if expression.is_Rational:
        value = lowered(expression)
        return value, value
    if isinstance(expression, Ranged):
        return expression.low, expression.high
    if expression.is_Add:
        lows, highs = zip(*map(bounds, expression.args))
        return _summed(lows), _summed(highs)
    if expression.is_Mul:
        coefficient, rest = expression.as_coeff_Mul()
        if coefficient.is_Rational and coefficient != 1:
            low, high = bounds(rest)
            factor = lowered(coefficient)
            scaled = tuple(None if b is None else b * factor for b in (low, high))
            return (scaled[1], scaled[0]) if factor < 0 else (scaled[0], scaled[1])
    if isinstance(expression, sympy.Max):
        lows, highs = zip(*map(bounds, expression.args))
        known = [low for low in lows if low is not None]
        return max(known, default=None), None if None in highs else max(highs)
    if expression.is_number and (digits := digits_of(expression)) is not None:
        room = abs(digits) / 10**20
        return digits - room, digits + room
    return (
        Fraction(0) if expression.is_nonnegative else None,
        Fraction(0) if expression.is_nonpositive else None,
    )


def surely_positive(value: Expression) -> bool:
    """Whether an expression is above 0 whatever its letters stand for.

    >>> from .letters import letter
    >>> [surely_positive(letter("a", assumed)) for assumed in ("positive", "1..2", "0..2")]
    [True, True, False]
    """
    low, _high = bounds(value)
    return bool(value.is_positive) or (low is not None and low > 0)


def _summed(parts: Sequence[Bound]) -> Bound:
    return None if None in parts else sum((p for p in parts if p is not None), Fraction(0))
