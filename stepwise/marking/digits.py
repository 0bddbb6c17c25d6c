"""The digits that a number was written with: how far it may lie from what was rounded to it.

3.33      half a unit of the second decimal, three significant figures
1.2e3     half of a hundred, two
2.66…     a whole unit of the second decimal: the rest was cut off
13/4      no rounding at all
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from .forms.words import in_digits, without_brackets

FIGURES = 3
"""Significant figures that a rounded number must have to be right, unless it has all there are."""
PRINTED = 6
"""A number with so many figures was worked out by machine, perhaps in 32 bits, and not rounded by hand."""
SINGLE = 4 * 2.0**-23
"""What rounding in 32 bits, a few times over, leaves such a number off by, relative to it; not whole ones."""
SLACK = 1e-9
"""What binary fractions lose of a half."""
MOST_PLACES = 300
"""Places before or after the point of a last digit: beyond them no decimal has a unit."""

_DECIMAL = re.compile(r"[+-]?(\d*)(?:[.,](\d*))?(?:[eE]([+-]?\d{1,3}))?")


class Written(NamedTuple):
    """How a number was written."""

    half: float  # half a unit of its last digit, a whole one where the rest was cut off; 0 of a fraction
    figures: int  # significant ones, those of a zero after the point among them
    decimals: int  # digits after the point, less what the exponent moves it by


EXACT = Written(0.0, 99, 0)


@lru_cache(maxsize=4096)
def written(word: str) -> Written:
    """How a word was written; of a fraction, or of a number that is no word, as it stands.

    >>> written("0.050"), written("1.2e3").half, written("13/4").half
    (Written(half=0.0005, figures=2, decimals=3), 50.0, 0.0)
    """
    number = re.split(r"[=≈~∼≃≅→]", word)[-1].strip().strip("*`$ ")
    number = without_brackets(number)
    cut = number.endswith(("...", "…"))
    number = in_digits(number.removesuffix("...").removesuffix("…"))
    number = re.sub(r"[ ]?[a-zA-Z]{1,6}$", "", number) if not re.fullmatch(r".*[eE][+-]?\d+", number) else number
    match = _DECIMAL.fullmatch(number)
    if not match or not (match[1] or match[2]):
        return EXACT
    whole, after, exponent = match[1], match[2] or "", int(match[3] or 0)
    decimals = max(-MOST_PLACES, min(MOST_PLACES, len(after) - exponent))
    figures = (whole + after).lstrip("0") or after
    return Written((1.0 if cut else 0.5) * 10.0**-decimals, len(figures), decimals)


def rounds_to(due: float, given: float, word: str) -> bool:
    """Whether `given`, as it was written, is `due` rounded, with figures enough; a machine's may be off a little."""
    how = written(word)
    if how.figures < FIGURES:
        return False
    room = _room(due, given, how)
    if how.figures >= PRINTED and not due.is_integer():
        room = max(room, SINGLE * abs(due))
    return abs(given - due) <= room


def _room(due: float, given: float, how: Written) -> float:
    """How far a number may lie from what was rounded to it: a half goes away from zero, or to the even digit."""
    at_half = abs(given) < abs(due) and how.half > 0 and round(given / (2 * how.half)) % 2 == 1
    return how.half * (1 - SLACK if at_half else 1 + SLACK)


def rounded_too_far(due: float, given: float, word: str) -> bool:
    """Whether a number is the one due, rounded to too few digits: 3.3 for 3.25, or 3.

    Of a number that rounds away to nothing no digit is left to be right.
    """
    if due - due != 0 or given - given != 0 or (abs(given - due) > 1 and "e" not in word.lower()):
        return False  # no half of a digit is larger than that
    how = written(word)
    if given == 0 and how.decimals < 2:
        return False
    whole = due.is_integer() and how.decimals >= 0
    return how is not EXACT and not whole and abs(given - due) <= _room(due, given, how)
