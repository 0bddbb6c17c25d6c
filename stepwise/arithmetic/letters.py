"""Letters that stand for numbers, and exact numbers that are not rational.

SymPy holds the values; it is never asked to read text, and what it prints is never shown (`parts.py` gives the parts
from which `formula/` writes). What is assumed of a letter (`positive`, `nonnegative`, `real`, or a range `0..255`)
decides what can be said of it (`extremes.py`).

To add an assumption: a word in `ASSUMPTIONS`. To add a function: a line in `FUNCTIONS`.
"""

from __future__ import annotations

import keyword
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np
import sympy

from ..errors import InputError, LimitError, did_you_mean, listing, shown
from .digits import Array, Value
from .exact import MOST_DIGITS, exact, is_expression, lowered

Expression = Any  # a SymPy expression; SymPy has no types of its own

ASSUMPTIONS: dict[str, dict[str, bool]] = {
    "real": {"real": True},
    "positive": {"positive": True},
    "nonnegative": {"nonnegative": True},
    "negative": {"negative": True},
}
FUNCTIONS = {"exp": sympy.exp, "ln": sympy.log, "tanh": sympy.tanh, "erf": sympy.erf, "sqrt": sympy.sqrt}
MOST_LETTERS = 10_000
MOST_MULTIPLIED = 20_000
"""Terms that a product of sums may be multiplied out to."""
LARGEST_DEGREE = 1000
"""The highest power of letters."""
_BOUND = r"(-?[0-9]{1,30}(?:\.[0-9]{1,30})?(?:/[1-9][0-9]{0,29})?)"
_RANGE = re.compile(rf"{_BOUND}\.\.{_BOUND}")


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
    if not isinstance(assume, str):
        raise InputError(f"what is assumed of {name} is a word such as positive, not {shown(assume)}")
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


KNOWN = (sympy.Symbol, sympy.Rational, sympy.Float, sympy.Add, sympy.Mul, sympy.Pow, sympy.Max, sympy.exp, sympy.tanh,
         sympy.Abs, type(sympy.E))  # fmt: skip


def own(expression: Expression, name: str = "input") -> Value:
    """An expression that somebody made with SymPy, over letters as `letter` makes them.

    Raises `InputError` for one with a part that is not known here, or a letter with no proper name.

    >>> own(sympy.Symbol("a", positive=True) / 2).free_symbols == {letter("a", "positive")}
    True
    """
    for part in sympy.preorder_traversal(expression):
        if not isinstance(part, KNOWN):
            raise InputError(
                f"the {name} holds an expression with {type(part).__name__}, which is not known here; it may be made "
                "of numbers, letters, sums, products, powers, Max, exp, tanh and Abs"
            )
    ours = {symbol: letter(symbol.name, assumed(symbol)) for symbol in expression.free_symbols}
    ours |= {number: raised(exact(str(number), name)) for number in expression.atoms(sympy.Float)}
    return lowered(expression.xreplace(ours))


def symbols(name: str, shape: int | Sequence[int], assume: str = "real") -> Array:
    """An array of letters: `symbols("x", (2, 2))` holds x00, x01, x10, x11 (x_10_2 where an axis is longer than 10).

    `assume` says what is known of all of them: `real`, `positive`, `nonnegative`, `negative`, or a range `0..255`.

    Raises `InputError` for a name that is not a single identifier, `LimitError` for too many letters.

    >>> symbols("x", (2, 2)).tolist()
    [[x00, x01], [x10, x11]]
    """
    sizes = (shape,) if isinstance(shape, int) else tuple(shape)
    if not sizes or not all(type(n) is int and n > 0 for n in sizes):
        raise InputError(f"the shape {shown(shape)} must be whole numbers above 0, such as (4, 4)")
    count = int(np.prod(sizes, dtype=object))
    if count > MOST_LETTERS:
        raise LimitError(f"{count:,} letters are asked for; at most {MOST_LETTERS:,} are made")
    array = np.empty(sizes, dtype=object)
    for index in np.ndindex(sizes):
        digits = "".join(map(str, index)) if max(sizes) <= 10 else "_" + "_".join(map(str, index))
        array[index] = letter(name + digits, assume)
    return array


def raised(value: Value) -> Expression:
    """A value as a SymPy expression."""
    return value if is_expression(value) else sympy.Rational(*exact(value).as_integer_ratio())


def total(terms: Iterable[Value]) -> Value:
    """The sum, like terms collected."""
    return lowered(sympy.Add(*map(raised, terms)))


def product(factors: Iterable[Value]) -> Value:
    """The product, multiplied out. Raises `LimitError` where that has too many terms.

    >>> a, b = symbols("a", 2)
    >>> product([Fraction(1, 2), a + b, a])
    a0**2/2 + a0*a1/2
    """
    number, expressions = Fraction(1), []
    for factor in factors:
        if is_expression(factor):
            expressions.append(factor)
        else:
            number *= exact(factor)
    if not expressions or not number:
        return number
    terms = 1
    for expression in expressions:
        terms *= len(expression.args) if expression.is_Add else 1
    if terms > MOST_MULTIPLIED:
        raise LimitError(f"multiplied out, a product has up to {terms:,} terms; at most {MOST_MULTIPLIED:,} are made")
    together = expressions[0] if len(expressions) == 1 else _multiplied(expressions)
    return lowered(together if number == 1 else raised(number) * together)  # SymPy lets a number into a sum by itself


def _multiplied(factors: Sequence[Expression]) -> Expression:
    """The product multiplied out; of a sum of quotients term by term, so that what is above and below cancels first.

    >>> a, b = symbols("a", 2)
    >>> product([a + b, 1 / (a + b) - 1 / (a + b) ** 2])
    1 - 1/(a0 + a1)
    """
    below = {part.base for factor in factors for part in sympy.Mul.make_args(factor) if _divides(part)}
    signed = [(sympy.S.NegativeOne, -factor) if factor.is_Add and -factor in below else (factor,) for factor in factors]
    factors = [factor for parts in signed for factor in parts]  # -a - b cancels a + b below it
    for number, factor in enumerate(factors):
        if factor.is_Add and any(_below(term) for term in factor.args):
            others = (*factors[:number], *factors[number + 1 :])
            return sympy.Add(*(_multiplied([*sympy.Mul.make_args(term), *others]) for term in factor.args))
    found = _gathered(sympy.Mul(*factors))
    parts = sympy.Mul.make_args(found)
    if not any(part.is_Add for part in parts) and sum(map(_divides, parts)) > 1:
        return found  # the product of several sums below would be longer
    return _gathered(sympy.expand_mul(found, deep=False))


def _gathered(expression: Expression) -> Expression:
    """With one exponential in each product: SymPy makes one of exp(a)·exp(-a), but not of exp(a + b)·exp(-a - b).

    >>> a, b = symbols("a", 2)
    >>> product([function("exp", a + b), function("exp", -a - b), a])
    a0
    """
    if not expression.has(sympy.exp):
        return expression
    if expression.is_Add:
        return sympy.Add(*map(_gathered, expression.args))
    if _divides(expression):
        return _gathered(expression.base) ** expression.exp
    if not expression.is_Mul:
        return expression
    parts = list(map(_gathered, expression.args))
    powers = [part.args[0] for part in parts if isinstance(part, sympy.exp)]
    others = [part for part in parts if not isinstance(part, sympy.exp)]
    return sympy.Mul(*others, sympy.exp(sympy.Add(*powers)))


def _below(term: Expression) -> bool:
    """Whether a term has a sum in its denominator."""
    return any(map(_divides, sympy.Mul.make_args(term)))


def _divides(part: Expression) -> bool:
    return bool(part.is_Pow and part.base.is_Add and part.exp.is_negative)


def power(base: Value, exponent: Value) -> Value:
    """base to the power of exponent.

    Raises `InputError` where there is no such number, `LimitError` for one with too many digits.
    """
    if not is_expression(exponent):
        if not is_expression(base) and (
            (base < 0 and exact(exponent).denominator != 1) or (base == 0 and exponent < 0)
        ):
            raise InputError(f"{base} to the power of {exponent} is no real number, so there is none to go on with")
        long = max((_digits(number) for number in _numbers_in(base)), default=0) * abs(exact(exponent))
        if long > MOST_DIGITS:
            raise LimitError(
                f"a power here has some {int(long):,} digits; at most {MOST_DIGITS:,} are worked out exactly"
            )
        if is_expression(base) and degree(base) * abs(exact(exponent)) > LARGEST_DEGREE:
            raise LimitError(f"letters to a power above {LARGEST_DEGREE:,} are not worked out; put numbers in for them")
    return lowered(raised(base) ** raised(exponent))


def degree(value: Expression) -> Fraction:
    """The highest power of letters in an expression, as far as its writing tells.

    >>> a, b = symbols("a", 2)
    >>> degree(a**2 * b + 1), degree((a + b) ** 3)
    (Fraction(3, 1), Fraction(3, 1))
    """
    if value.is_Symbol:
        return Fraction(1)
    parts = [degree(part) for part in value.args]
    if value.is_Mul:
        return sum(parts, Fraction(0))
    if value.is_Pow and value.exp.is_Rational:
        return parts[0] * abs(Fraction(int(value.exp.p), int(value.exp.q)))
    return max(parts, default=Fraction(0))


def _numbers_in(value: Value) -> Iterable[Fraction]:
    """The numbers that a power of the value raises: of an expression, its factors that are no letters."""
    if not is_expression(value):
        return [exact(value)]
    return [lowered(part) for part in sympy.Mul.make_args(value) if part.is_Rational]


def _digits(number: Fraction) -> float:
    return (
        max(number.numerator.bit_length(), number.denominator.bit_length()) * math.log10(2) if abs(number) != 1 else 0
    )


def absolute(value: Value) -> Value:
    """The value without its sign."""
    return lowered(sympy.Abs(raised(value)))


def function(name: str, argument: Value) -> Value:
    """A function of `FUNCTIONS`. Raises `InputError` for a logarithm that there is not."""
    if name == "ln" and not is_expression(argument) and argument <= 0:
        raise InputError(f"{argument} has no logarithm, so there is none to go on with")
    found = FUNCTIONS[name](raised(argument))
    if name == "ln" and found.has(sympy.exp):
        found = sympy.expand_log(found, deep=False)  # ln(exp(a) / (exp(a) + exp(b))) is a - ln(exp(a) + exp(b))
    return lowered(found)


def angle(rise: Value, run: Value) -> Value:
    """The angle of an arrow, from -π to π; 0 where there is none. A part of a turn is one of π.

    >>> angle(Fraction(1), Fraction(-1))
    3*pi/4
    """
    if not (is_expression(rise) or is_expression(run) or rise or run):
        return Fraction(0)
    return lowered(sympy.atan2(raised(rise), raised(run)))


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
