"""What is said of a formula, understood again: a parser of its own, which knows the words and no formula."""

from __future__ import annotations

import math
import re
import statistics
from fractions import Fraction
from typing import Any

WORDS = {
    "times ten to the power": "e",
    "all divided by": "all",
    "divided by": "/",
    "to the power": "^",
    "open parenthesis": "(",
    "close parenthesis": ")",
    "the maximum of": "max",
    "the minimum of": "min",
    "the median of": "median",
    "the square root of": "sqrt",
    "the natural logarithm of": "ln",
    "the hyperbolic tangent of": "tanh",
    "the error function of": "erf",
    "the angle of": "atan2",
    "the absolute value of": "abs",
    "e to the power": "exp",
    "rounded down": "floor",
    "rounded up": "ceil",
    "is about": "≈",
    "equals": "=",
    "plus": "+",
    "minus": "-",
    "times": "*",
    "over": "over",
    "and": "and",
    "infinity": "infinity",
    "NaN": "nan",
}
_WORD = "|".join(re.escape(words) for words in sorted(WORDS, key=len, reverse=True))
_TOKEN = re.compile(rf"\s*(?:(?P<words>{_WORD})\b|(?P<number>\d+(?:\.\d+)?)|(?P<comma>,))")
FUNCTIONS: dict[str, Any] = {"max": max, "min": min, "sqrt": math.sqrt, "tanh": math.tanh, "exp": math.exp, "abs": abs,
                             "ln": lambda x: math.log(x) if x else -math.inf, "erf": math.erf,
                             "median": statistics.median,
                             "atan2": lambda pair: math.atan2(*map(float, pair))}  # fmt: skip
MOST = 400


class Misheard(Exception):  # noqa: N818 - what happens to a listener
    """What was said could not be understood."""


def heard(said: str) -> list[Any]:
    """What the sides of what was said are worth, in their order: one, or more with `equals` and `is about` between."""
    listener = _Listener(said)
    sides = [listener.group()]
    while listener.next() in ("=", "≈"):
        listener.take()
        sides.append(listener.group())
    if listener.next() is not None:
        raise Misheard(said)
    return sides


class _Listener:
    """From left to right, as one listens: a power before a product, a product before a sum."""

    def __init__(self, said: str) -> None:
        self.tokens: list[Any] = []
        place = 0
        while place < len(said.rstrip()):
            found = _TOKEN.match(said, place)
            if found is None:
                raise Misheard(f"{said[place:]!r} of {said!r}")
            word = found["words"]
            self.tokens.append(WORDS[word] if word else "," if found["comma"] else Fraction(found["number"]))
            place = found.end()

    def next(self) -> Any:
        return self.tokens[0] if self.tokens else None

    def take(self, *due: Any) -> Any:
        if due and self.next() not in due:
            raise Misheard(f"{due} before {self.tokens}")
        return self.tokens.pop(0)

    def goes_on(self) -> bool:
        """Whether something is said of all before a comma."""
        return self.next() == "," and self.tokens[1:2] != [] and self.tokens[1] in ("all", "floor", "ceil")

    def group(self) -> Any:
        """Up to where a parenthesis closes or another side begins; what follows a comma is about all before it."""
        worth = self.sum(None)
        while self.goes_on():
            self.take()
            match self.take():
                case "all":
                    worth = divided(worth, self.power(None))
                case "floor":
                    worth = worth if endless(worth) else Fraction(math.floor(worth))
                case "ceil":
                    worth = worth if endless(worth) else Fraction(math.ceil(worth))
            if self.next() == "," and not self.goes_on():
                self.take()
                worth = self.sum(worth)
        return worth

    def sum(self, begun: Any) -> Any:
        total = self.product(begun)
        while self.next() in ("+", "-"):
            sign = self.take()
            term = self.product(None)
            total = total + term if sign == "+" else total - term
        return total

    def product(self, begun: Any) -> Any:
        if begun is None and self.next() == "-":
            self.take()
            return -self.product(None)
        worth = self.power(begun)
        while self.next() in ("*", "/"):
            sign = self.take()
            factor = self.power(None)
            worth = times(worth, factor) if sign == "*" else divided(worth, factor)
        return worth

    def power(self, begun: Any) -> Any:
        base = self.atom() if begun is None else begun
        if self.next() != "^":
            return base
        self.take()
        return raised(base, self.atom())

    def atom(self) -> Any:
        token = self.take()
        match token:
            case "-":
                return -self.atom()
            case "(":
                worth = self.group()
                self.take(")")
                return worth
            case "infinity":
                return math.inf
            case "nan":
                return math.nan
            case Fraction():
                return self.number(token)
        if token not in FUNCTIONS:
            raise Misheard(f"{token} before {self.tokens}")
        several = token in ("max", "min", "median", "atan2")
        listed = [self.atom()]
        while several and self.next() == "," and not self.goes_on():
            self.take()
            listed.append(self.atom())
        if several and self.next() == "and":
            self.take()
            listed.append(self.atom())
        if any(number != number for number in listed):
            return math.nan
        if several:
            return FUNCTIONS[token](listed)
        return FUNCTIONS[token](listed[0] if token == "abs" else float(listed[0]))

    def number(self, digits: Fraction) -> Any:
        if self.next() == "over":
            self.take()
            return digits / self.take()
        if self.next() == "e":
            self.take()
            sign = -1 if self.next() == "-" and self.take() else 1
            return digits * Fraction(10) ** (sign * int(self.take()))
        return digits


def endless(worth: Any) -> bool:
    return isinstance(worth, float) and not math.isfinite(worth)


def times(a: Any, b: Any) -> Any:
    return a * b


def divided(above: Any, below: Any) -> Any:
    if below:
        return above / below
    return math.copysign(math.inf, above) if above and above == above else math.nan


def raised(base: Any, exponent: Any) -> Any:
    if isinstance(base, Fraction) and isinstance(exponent, Fraction) and exponent.denominator == 1:
        if abs(exponent) > MOST:
            raise OverflowError
        return base**exponent.numerator
    return math.pow(float(base), float(exponent))
