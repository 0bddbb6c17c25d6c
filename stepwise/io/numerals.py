"""Numbers as people write them, and what they are read as: one word is one number, a fraction or a letter.

To add a way of writing a number: a case in `number`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from fractions import Fraction

import numpy as np

from ..arithmetic import Array, Value, exact, holds_expressions, is_exact, is_expression, lift
from ..dataclass import dataclass
from ..effort import FRACTION, allow
from ..errors import InputError, did_you_mean, listing, shown

LONGEST_NUMBER = 400
"""Characters of one number: Python's own integers grow without bound, and so would the time to read them."""
ARITHMETIC = ("float", "exact", "symbolic")
Assumed = str | Mapping[str, str]
_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,4})?")
_FRACTION = re.compile(r"([+-]?\d+)/(\d+)")
_LETTER = re.compile(r"[A-Za-z](_?[0-9]+(_[0-9]+)*)?")
_SPECIAL = {"nan": math.nan, "inf": math.inf, "infinity": math.inf, "∞": math.inf}


def read_assumptions(text: str) -> Assumed:
    """What is known of letters, from text: one assumption for all, or one for each.

    Raises `InputError` for text that is neither.

    >>> read_assumptions("positive"), read_assumptions("a=positive, b=0..255")
    ('positive', {'a': 'positive', 'b': '0..255'})
    """
    if "=" not in text:
        return text.strip()
    parts = [part.partition("=") for part in text.split(",")]
    if not all(name.strip() and sign and word.strip() for name, sign, word in parts):
        raise InputError(f"the assumptions {text[:60]!r} are neither one word nor a list such as a=positive, b=0..255")
    return {name.strip(): word.strip() for name, _sign, word in parts}


@dataclass(frozen=True)
class Reading:
    """How numbers are read: for which array, in which arithmetic (None: as the numbers themselves ask for).

    `assume` says what is known of letters: one assumption for all of them, or one for each by name.
    """

    name: str = "input"
    arithmetic: str | None = None
    assume: Assumed = "real"

    def __post_init__(self) -> None:
        assume: object = self.assume
        if not isinstance(assume, str | Mapping):
            expected = "what is assumed of letters is a word such as positive, or a mapping of letters to words"
            raise InputError(f"{expected}, not {shown(assume)}")
        if self.arithmetic is not None and (not isinstance(self.arithmetic, str) or self.arithmetic not in ARITHMETIC):
            hint = did_you_mean(str(self.arithmetic), ARITHMETIC)
            raise InputError(f"arithmetic={shown(self.arithmetic)} is not known; it is {listing(ARITHMETIC)}.{hint}")

    def letter(self, word: str) -> Value:
        """A letter, with what is assumed of it."""
        from ..arithmetic.letters import letter  # SymPy is loaded where there is a letter, and only then

        assume = self.assume if isinstance(self.assume, str) else self.assume.get(word, "real")
        return letter(word, assume)

    def settled(self, array: Array) -> Array:
        """The array in the arithmetic that was asked for, or that its numbers ask for: fractions make it exact."""
        if is_exact(array):
            array = self._own(array)
            from_letters = any(is_expression(value) and value.free_symbols for value in array.flat)
            if from_letters and self.arithmetic in ("float", "exact"):
                raise InputError(f"the {self.name} has letters; arithmetic={shown(self.arithmetic)} takes numbers only")
            endless = any(isinstance(value, float) and not math.isfinite(value) for value in array.flat)
            if self.arithmetic == "float" or (endless and self.arithmetic is None and not from_letters):
                return array.astype(np.float64)
            return lift(array, self.name)
        if self.arithmetic not in ("exact", "symbolic"):
            return array
        allow(f"making {array.size:,} numbers exact", array.size * FRACTION, "take decimals (arithmetic='float')")
        return lift(array, self.name)

    def _own(self, array: Array) -> Array:
        """The array with expressions that came from elsewhere made our own."""
        if not holds_expressions(array):
            return array
        from ..arithmetic.letters import own

        made = [own(value, self.name) if is_expression(value) else value for value in array.flat]
        result = np.empty(array.shape, dtype=object)
        result.ravel()[...] = made
        return result


def plain_number(word: str) -> Value:
    """A word as a whole number, a decimal, a fraction, NaN or an infinity; None where it is none of them.

    Raises `ZeroDivisionError`.

    >>> plain_number("-3"), plain_number("1e3"), plain_number("13/4"), plain_number("-inf"), plain_number("x")
    (-3, 1000.0, Fraction(13, 4), -inf, None)
    """
    if _DECIMAL.fullmatch(word):
        return int(word) if word.lstrip("+-").isdigit() else float(word)
    if fraction := _FRACTION.fullmatch(word):
        return Fraction(int(fraction[1]), int(fraction[2]))
    sign, bare = signed(word)
    return sign * _SPECIAL[bare.lower()] if bare.lower() in _SPECIAL else None


def signed(word: str) -> tuple[int, str]:
    """The sign before a word, as 1 or -1, and the word without it."""
    return (-1, word[1:]) if word.startswith("-") else (1, word.removeprefix("+"))


def number(word: str, reading: Reading, where: str) -> Value:
    """One number from a word, or a letter. Raises `InputError` for anything else."""
    name = reading.name
    if len(word) > LONGEST_NUMBER:
        raise InputError(f"the {name} has a number of {len(word):,} characters{where}; at most {LONGEST_NUMBER}")
    try:
        value = plain_number(word)
    except ZeroDivisionError:
        raise InputError(f"the {name} has {word}{where}, which divides by zero") from None
    if isinstance(value, float) and _DECIMAL.fullmatch(word):
        if reading.arithmetic in ("exact", "symbolic"):
            return exact(word)
        if math.isinf(value):
            raise InputError(f"the {name} has {word}{where}, which is too large for a decimal")
    if value is not None:
        return value
    sign, bare = signed(word)
    if _LETTER.fullmatch(bare) or (reading.arithmetic == "symbolic" and bare.isidentifier()):
        return sign * reading.letter(bare)
    found = repr(word[:40]) if word else "nothing"
    raise InputError(f"the {name} has {found}{where}, where a number belongs (or one letter, such as a or x1)")
