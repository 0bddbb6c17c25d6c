"""One word as one number: what a cell of an answer says, or None where it says no number.

    7   −7   3.25   .5   13/4   3½   1.5e-3   1.5×10⁻³   ∞   3+1 = 4   12 cm   **4**   ≈2.33   2.333…   2.(3)   1'200

To add a way of writing a number: a case in `number`.
"""

from __future__ import annotations

import math
import re
from fractions import Fraction
from functools import lru_cache

from ...arithmetic import Value
from ...io.numerals import LONGEST_NUMBER, plain_number

LONGEST_WORD = LONGEST_NUMBER
"""Characters of one cell that are read as a number."""

_DIVIDED = re.compile(r"(?<=[0-9])[ ]*[/÷][ ]*(?=[0-9])")
_FOREIGN = re.compile(r"(?![0-9])\d")  # digits of other scripts, which nobody here can be sure of
_MIXED = re.compile(r"([+-]?)([0-9]+)[ \u2064]+([0-9]+)/([0-9]+)")
_VULGAR = {"½": "1/2", "⅓": "1/3", "⅔": "2/3", "¼": "1/4", "¾": "3/4", "⅕": "1/5", "⅛": "1/8", "⅜": "3/8", "⅝": "5/8"}
_WITH_VULGAR = re.compile(rf"([+-]?)([0-9]*)[ ]?([{''.join(_VULGAR)}])")
_POWER = re.compile(r"([+-]?[0-9]+(?:\.[0-9]*)?)[ ]?[×x·*][ ]?10[ ]?(?:\^|\*\*)?[ ]?[{(]?([+-]?[0-9]{1,3})[)}]?")
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_REPEATING = re.compile(r"([+-]?)([0-9]{1,40})\.([0-9]{0,20})\(([0-9]{1,20})\)")
_GROUPED = re.compile(r"([+-]?[0-9]{1,3}(?:['’][0-9]{3})+(?:\.[0-9]*)?)")
_NEGATIVE = re.compile(r"\((-[^-()]{1,40})\)")
_ABOUT = re.compile(r"(?:[≈~∼≃≅=→][ ]?)+(?=[-+.0-9])")  # before a number that is only about right
_GOING_ON = re.compile(r"(.*\.[0-9]+)(?:\.\.\.|…)")  # behind one whose decimals do not end
_UNIT = re.compile(r"(.*[0-9.])[ ]?(?:px|pixels?|cm|mm|km|m|s|ms|kg|g|V|mV|A|Hz|kHz|dB|units?|pts?|points?)")
_WORKING = re.compile(r"[-+*/().·×÷:0-9a-z√²^]+", re.IGNORECASE)  # what may stand before the last = of a chain
_TWO_NUMBERS = re.compile(  # 1+2=3 4+1=5, or a1 = 3 a2 = 5: two of them, not one
    r"[=≈][^=≈]*[0-9.][ ]+(?:[-+.0-9(]|[A-Za-z][^=≈]*[=≈])|[0-9][A-Za-z]{3,}"
)
_GROUP = re.compile(r"\([^()]*\)")
_BLANK = frozenset(("", "null", "none", "~", "…", "...", "□"))
_WIDE = {chr(narrow + 0xFEE0): chr(narrow) for narrow in range(0x21, 0x7F)} | {"\u3000": " "}  # full-width forms
_SIGNS = str.maketrans(
    {"−": "-", "–": "-", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2044": "/", **_WIDE}
    | dict.fromkeys("\ufeff\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\u202a\u202b\u202c\u202d\u202e")  # not to be seen
)


_WORDS = """
    zero one two three four five six seven eight nine ten eleven twelve o l i
    eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf
    un une deux trois quatre cinq sept huit neuf dix uno dos tres cuatro cinco seis siete ocho nueve diez cero
"""
_NUMBER_WORDS = frozenset(_WORDS.split())
_IN_TWO_WORDS = re.compile(r"(?<![\d./])(\d{1,9})[ ]+(\d{1,9}/\d{1,9})(?![\d./])")


def mixed_joined(text: str) -> str:
    """The text with each whole number joined to the fraction behind it: 3 1/3 is one number, not two."""
    return _IN_TWO_WORDS.sub("\\1\u2064\\2", text)


def plain_signs(text: str) -> str:
    """With the signs that a keyboard has, in place of those that a word processor puts there."""
    return text.translate(_SIGNS)


def is_blank(word: str) -> bool:
    """Whether nothing was written: `_`, `?`, nothing at all."""
    return not word.strip("_?") or word.lower() in _BLANK


def is_number_word(word: str) -> bool:
    """Whether a person may read a number in a word of letters: `one`, or an O for a 0."""
    return word.casefold().lstrip("+-") in _NUMBER_WORDS


@lru_cache(maxsize=4096)  # a class writes the same numbers again and again
def number(word: str, comma: bool = False) -> Value:
    """A word as a number, None where it is none; with `comma`, `3,25` is a number.

    >>> number("13/4"), number("3,25", comma=True), number("3+1 = 4"), number("4 px"), number("four")
    (Fraction(13, 4), 3.25, 4, 4, None)
    """
    if len(word) > LONGEST_WORD:
        return None
    word = without_brackets(word.strip().strip("*`$").strip())
    word = word[about.end() :] if (about := _ABOUT.match(word)) else word
    if "=" in word or "≈" in word:
        word = _last_of_chain(word)
    if comma and word.count(",") == 1 and "." not in word:
        word = word.replace(",", ".")
    if unit := _UNIT.fullmatch(word):
        word = unit[1]
    if going_on := _GOING_ON.fullmatch(word):
        word = going_on[1]
    return _bounded(_number(word))


def without_brackets(word: str) -> str:
    """A negative number without the brackets that lessons put around it in a sum: `(-1.5)`.

    >>> without_brackets("(-1.5)"), without_brackets("(1.5)")
    ('-1.5', '(1.5)')
    """
    return negative[1] if (negative := _NEGATIVE.fullmatch(word)) else word


def in_digits(word: str) -> str:
    """A decimal as a keyboard writes it: `1.5×10⁻³` is 1.5e-3, and `1'200` is 1200; anything else as it stands.

    >>> in_digits("1.5×10⁻³"), in_digits("1'200.5"), in_digits("7")
    ('1.5e-3', '1200.5', '7')
    """
    if power := _POWER.fullmatch(word.translate(_RAISED)):
        return f"{power[1]}e{power[2]}"
    return re.sub("['’]", "", word) if _GROUPED.fullmatch(word) else word


def _number(word: str) -> Value:
    word = in_digits(word)
    if (mixed := _MIXED.fullmatch(word)) and int(mixed[4]):
        return _signed(mixed[1], int(mixed[2]) + Fraction(int(mixed[3]), int(mixed[4])))
    if repeating := _REPEATING.fullmatch(word):
        return _repeating(*repeating.groups())
    if vulgar := _WITH_VULGAR.fullmatch(word):
        return _signed(vulgar[1], int(vulgar[2] or 0) + Fraction(_VULGAR[vulgar[3]]))
    try:
        return plain_number(_DIVIDED.sub("/", word)) if not _FOREIGN.search(word) else None
    except ZeroDivisionError:
        return None


def _signed(sign: str, size: Fraction) -> Fraction:
    return -size if sign == "-" else size


def _repeating(sign: str, whole: str, fixed: str, again: str) -> Fraction:
    """`2.1(6)`, which is 2.1666…"""
    size = int(whole) + (int(fixed or 0) + Fraction(int(again), 10 ** len(again) - 1)) / 10 ** len(fixed)
    return _signed(sign, Fraction(size))


def _last_of_chain(word: str) -> str:
    """`4` of `3+1 = 4`; nothing where no working stands before it, or more than one number's."""
    if _TWO_NUMBERS.search(word):
        return ""
    *parts, last = re.split(r"[=≈]", word.replace(" ", ""))
    working = parts
    for _depth in range(4):
        working = [_GROUP.sub("1", part) for part in working]
    if not working or not all(map(_WORKING.fullmatch, working)):
        return ""
    about = "≈" in word
    return last if all(_comes_to(before, last, about) for before in parts) else ""


def _comes_to(before: str, last: str, about: bool) -> bool:
    """Whether a number is the one behind it, rounded to the digits of that; of a working, nothing is known here.

    >>> _comes_to("10/3", "3.33", False), _comes_to("4", "3.5", True), _comes_to("3.5", "4", False)
    (True, False, False)
    """
    first, then = _bounded(_number(before)), _bounded(_number(last))
    if not isinstance(first, int | float | Fraction) or not isinstance(then, int | float | Fraction):
        return True
    decimals = len(last.partition(".")[2]) if "e" not in last.lower() else 0
    if first == then:
        return True
    if not about and not decimals and not isinstance(first, Fraction):
        return False
    return abs(float(first) - float(then)) <= 0.5 * 10.0**-decimals * (1 + 1e-9)


def _bounded(value: Value) -> Value:
    """The number, or None where it is larger than any decimal."""
    try:
        return value if not isinstance(value, int | Fraction) or abs(float(value)) < math.inf else None
    except OverflowError:
        return None
