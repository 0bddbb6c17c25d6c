"""Letters that stand for numbers, and exact numbers that are not rational: the one module here that knows SymPy.

SymPy holds the values; it is never asked to read text, and what it prints is never shown (`taken_apart` gives the parts
from which `formula/` writes). What is assumed of a letter (`positive`, `nonnegative`, `real`, or a range `0..255`)
decides what can be said of it: a maximum drops what can never be the largest.

To add an assumption: a word in `ASSUMPTIONS`. To add a function: a line in `FUNCTIONS`.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from random import Random
from typing import Any

import numpy as np
import sympy

from ..errors import InputError, LimitError, did_you_mean, listing
from .digits import Array, Value
from .exact import exact, is_expression

Expression = Any  # a SymPy expression; SymPy has no types of its own
Bound = Fraction | None  # None: no bound

ASSUMPTIONS: dict[str, dict[str, bool]] = {
    "real": {"real": True},
    "positive": {"positive": True},
    "nonnegative": {"nonnegative": True},
    "negative": {"negative": True},
}
FUNCTIONS = {"exp": sympy.exp, "tanh": sympy.tanh, "sqrt": sympy.sqrt}
MOST_LETTERS = 10_000
_RANGE = re.compile(r"(-?\d+(?:\.\d+)?(?:/\d+)?)\.\.(-?\d+(?:\.\d+)?(?:/\d+)?)")


class Ranged(sympy.Symbol):  # type: ignore[misc]  # SymPy has no types
    """A letter that stands for a number from `low` to `high`; SymPy's own assumptions know only signs."""

    __slots__ = ("high", "low")
    low: Fraction
    high: Fraction

    def __new__(cls, name: str, low: Fraction, high: Fraction) -> Ranged:
        sign = {"nonnegative": True} if low >= 0 else {"nonpositive": True} if high <= 0 else {}
        symbol: Ranged = sympy.Symbol.__xnew__(cls, name, real=True, **sign)
        symbol.low, symbol.high = low, high
        return symbol

    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return (self.name, self.low, self.high), {}

    def _hashable_content(self) -> tuple[Any, ...]:
        return (*super()._hashable_content(), self.low, self.high)


def letter(name: str, assume: str = "real") -> Expression:
    """A letter that stands for a number. `assume` is a word of `ASSUMPTIONS`, or a range such as `0..255`.

    Raises `InputError` for a name that is not a single identifier, and for an assumption that is not known.

    >>> letter("a", "positive").is_positive
    True
    """
    if not name.isidentifier() or not name.isascii() or keyword.iskeyword(name) or len(name) > 32:
        raise InputError(f"{name[:40]!r} is not a letter; write one name such as a, x1 or bias")
    if found := _RANGE.fullmatch(assume):
        low, high = exact(found[1]), exact(found[2])
        if low > high:
            raise InputError(f"the range {assume} is empty: its first number is the larger")
        return Ranged(name, low, high)
    if assume not in ASSUMPTIONS:
        raise InputError(
            f"{assume!r} is not an assumption; it is {listing(ASSUMPTIONS)}, or a range such as 0..255."
            f"{did_you_mean(assume, ASSUMPTIONS)}"
        )
    return sympy.Symbol(name, **ASSUMPTIONS[assume])


def assumed(symbol: Expression) -> str:
    """What is assumed of a letter, in the words of `letter`.

    >>> assumed(letter("a", "0..255")), assumed(letter("b"))
    ('0..255', 'real')
    """
    if isinstance(symbol, Ranged):
        return f"{symbol.low}..{symbol.high}"
    for word in ("positive", "negative", "nonnegative"):
        if getattr(symbol, f"is_{word}"):
            return word
    return "real"


def symbols(name: str, shape: int | Sequence[int], assume: str = "real") -> Array:
    """An array of letters: `symbols("x", (2, 2))` holds x00, x01, x10, x11 (x_10_2 where an axis is longer than 10).

    `assume` says what is known of all of them: `real`, `positive`, `nonnegative`, `negative`, or a range `0..255`.

    Raises `InputError` for a name that is not a single identifier, `LimitError` for too many letters.

    >>> symbols("x", (2, 2)).tolist()
    [[x00, x01], [x10, x11]]
    """
    sizes = (shape,) if isinstance(shape, int) else tuple(shape)
    if not sizes or not all(type(n) is int and n > 0 for n in sizes):
        raise InputError(f"the shape {shape!r} must be whole numbers above 0, such as (4, 4)")
    count = int(np.prod(sizes, dtype=object))
    if count > MOST_LETTERS:
        raise LimitError(f"{count:,} letters are asked for; at most {MOST_LETTERS:,} are made")
    array = np.empty(sizes, dtype=object)
    for index in np.ndindex(sizes):
        digits = "".join(map(str, index)) if max(sizes) <= 10 else "_" + "_".join(map(str, index))
        array[index] = letter(name + digits, assume)
    return array


def lowered(value: Value) -> Value:
    """A SymPy number as a Fraction where it is rational; every other expression as it is."""
    return exact(value) if is_expression(value) else value


def raised(value: Value) -> Expression:
    """A value as a SymPy expression."""
    return value if is_expression(value) else sympy.Rational(*exact(value).as_integer_ratio())


def total(terms: Iterable[Value]) -> Value:
    """The sum, like terms collected."""
    return lowered(sympy.Add(*map(raised, terms)))


def product(factors: Iterable[Value]) -> Value:
    """The product, multiplied out."""
    return lowered(sympy.expand_mul(sympy.Mul(*map(raised, factors))))


def power(base: Value, exponent: Value) -> Value:
    """base to the power of exponent."""
    return lowered(raised(base) ** raised(exponent))


def absolute(value: Value) -> Value:
    """The value without its sign."""
    return lowered(sympy.Abs(raised(value)))


def function(name: str, argument: Value) -> Value:
    """A function of `FUNCTIONS`."""
    return lowered(FUNCTIONS[name](raised(argument)))


def maximum(values: Iterable[Value]) -> Value:
    """The largest, as far as it can be told: what can never be the largest is left out, and what is left stays `max`.

    >>> a, b = symbols("a", 2, assume="positive")
    >>> maximum([0, a, b, a])
    Max(a0, a1)
    """
    flat: list[Expression] = []
    for value in map(raised, values):
        flat += value.args if isinstance(value, sympy.Max) else [value]
    unlike = list(dict.fromkeys(flat))
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
            low, high = _difference(other, value, subtract=len(among) <= MOST_SUBTRACTED)
            if low is not None and low >= 0 and (low > 0 or high != 0 or other_place < place):
                return True
    return False


MOST_SUBTRACTED = 16
"""Of more than so many numbers in a maximum, only their bounds are compared: subtracting all from all takes long."""


def _difference(a: Expression, b: Expression, subtract: bool) -> tuple[Bound, Bound]:
    """Bounds of a - b."""
    if subtract and not (a.is_Symbol and b.is_Symbol):
        return bounds(a - b)
    (a_low, a_high), (b_low, b_high) = bounds(a), bounds(b)
    low = None if a_low is None or b_high is None else a_low - b_high
    return low, None if a_high is None or b_low is None else a_high - b_low


@lru_cache(maxsize=100_000)
def bounds(expression: Expression) -> tuple[Bound, Bound]:
    """Between which numbers an expression lies, by interval arithmetic; None where there is no bound.

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
    if expression.is_number and expression.is_real:
        near, room = exact(str(sympy.Float(expression, 30))), Fraction(1, 10**12)
        return near - room, near + room
    return (
        Fraction(0) if expression.is_nonnegative else None,
        Fraction(0) if expression.is_nonpositive else None,
    )


def _summed(parts: Sequence[Bound]) -> Bound:
    return None if None in parts else sum((p for p in parts if p is not None), Fraction(0))


def letters_of(values: Iterable[Value]) -> list[Expression]:
    """Every letter that occurs, in reading order of their names."""
    found = set().union(*(value.free_symbols for value in values if is_expression(value)), set())
    return sorted(found, key=lambda symbol: natural(symbol.name))


def natural(name: str) -> list[tuple[int, str]]:
    """A key that sorts x2 before x10."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name) if part]


def substitute(array: Any, numbers: Mapping[Any, Any]) -> Array:
    """An array with numbers put in for letters, by the letter's name or the letter itself. Exact; other letters stay.

    `array` may be a Trace, too: of its output.

    >>> substitute(symbols("x", 2), {"x0": 3, "x1": 0.5}).tolist()
    [Fraction(3, 1), Fraction(1, 2)]
    """
    cells = np.asarray(array, dtype=object)
    by_name = {key if isinstance(key, str) else key.name: raised(number) for key, number in numbers.items()}
    chosen = {symbol: by_name[symbol.name] for symbol in letters_of(cells.flat) if symbol.name in by_name}
    result = np.empty(cells.shape, dtype=object)
    result.ravel()[...] = [
        lowered(cell.xreplace(chosen)) if is_expression(cell) else exact(cell) for cell in cells.ravel()
    ]
    return result


def pick(symbol: Expression, attempt: int) -> Fraction:
    """A number that a letter may stand for: the same one each time, another one for each attempt."""
    random = Random(f"{symbol.name} {attempt}")  # noqa: S311 - no secret, only a number to try
    if isinstance(symbol, Ranged):
        return symbol.low + (symbol.high - symbol.low) * Fraction(random.randint(0, 12), 12)
    number = Fraction(random.randint(1, 40), random.choice((1, 1, 2, 3)))
    if symbol.is_negative or (random.random() < 0.5 and not symbol.is_nonnegative):
        return -number
    return number


def near(value: Value) -> float:
    """The decimal nearest to a value without letters."""
    return float(sympy.N(raised(value), 30)) if is_expression(value) else float(value)


def taken_apart(value: Expression) -> tuple[str, list[Any]]:
    """The outermost part of an expression and what it is made of, in the order a person would write it.

    One of: ("symbol", [name]) ("sum", terms) ("product", factors) ("quotient", [above, below]) ("negative", [inner])
    ("power", [base, exponent]) ("absolute", [inner]), or the name of a function with its arguments.

    >>> a, b = symbols("a", 2)
    >>> taken_apart(b / 2 - a)
    ('quotient', [-2*a0 + a1, Fraction(2, 1)])
    """
    if value.is_Symbol:
        return "symbol", [value.name]
    if value.is_Add:
        return _sum_parts(value)
    if value.is_Mul:
        return _product_parts(value)
    if value is sympy.E:
        return "exp", [Fraction(1)]
    if isinstance(value, sympy.exp):
        return "exp", [lowered(value.args[0])]
    if value.is_Pow:
        base, exponent = value.args
        if exponent == sympy.Rational(1, 2):
            return "sqrt", [lowered(base)]
        if exponent.could_extract_minus_sign():
            return "quotient", [Fraction(1), lowered(base**-exponent)]
        return "power", [lowered(base), lowered(exponent)]
    if isinstance(value, sympy.Abs):
        return "absolute", [lowered(value.args[0])]
    if isinstance(value, sympy.Max):
        return "max", sorted(map(lowered, value.args), key=lambda part: (is_expression(part), _order(part)))
    for kind, name in ((sympy.tanh, "tanh"), (sympy.floor, "floor"), (sympy.ceiling, "ceiling")):
        if isinstance(value, kind):
            return name, [lowered(value.args[0])]
    raise TypeError(f"{value!r} has no part that is known here")


def _sum_parts(value: Expression) -> tuple[str, list[Any]]:
    below = sympy.ilcm(*(term.as_coeff_Mul()[0].q for term in value.args if term.as_coeff_Mul()[0].is_Rational), 1)
    if below != 1:
        return "quotient", [lowered(sympy.expand_mul(value * below)), Fraction(int(below))]
    return "sum", sorted(map(lowered, value.args), key=_order)


def _product_parts(value: Expression) -> tuple[str, list[Any]]:
    coefficient, rest = value.as_coeff_Mul()
    if coefficient.is_negative:
        return "negative", [lowered(-value)]
    above, below = sympy.fraction(value)
    if below != 1:
        return "quotient", [lowered(above), lowered(below)]
    factors = sorted(rest.as_ordered_factors(), key=_order)
    return "product", [*([] if coefficient == 1 else [lowered(coefficient)]), *factors]


def _order(value: Value) -> tuple[Any, ...]:
    """Positive terms first, letters in the order of their names, plain numbers last."""
    if not is_expression(value):
        return (2, 0, [])
    negative = value.is_Mul and value.as_coeff_Mul()[0].is_negative
    names = [natural(symbol.name) for symbol in letters_of([value])]
    return (1 if negative else 0, -1 if isinstance(value, sympy.Max) else 0, names, str(value))
