"""The working of a cell as a person writes it: read as arithmetic, never run, and compared with another.

    (1 + 1 + 5 + 6) / 4 = 3.25        max(4, 3, 2, 1)        4·1 + 3·0 + 1

Two workings are the same where they do the same with the same numbers: terms may stand in another order, a product may
be worked out already, and what is multiplied by 0 may be left out.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable

from ..dataclass import dataclass
from ..language import _
from .forms.words import plain_signs

LONGEST = 4_000
"""Characters of a working that are read."""
DEEPEST = 20
"""Brackets within brackets."""
NEAR = 1e-9
"""What two numbers may differ by, relatively, to be the same."""

_LATEX = re.compile(r"\\(?:left|right|[,;:! ])|\\(?=max|min|sqrt|exp)")
_SIGNS = {"\\cdot": "·", "\\times": "×", "\\div": "÷", "\\approx": "≈", "{": "(", "}": ")"}
_TOKEN = re.compile(r"\d+(?:\.\d*)?(?:[eE][+-]?\d{1,3})?|\.\d+|[A-Za-z√]+|\*\*|[-+*/·×÷^(),]|\S")
_FUNCTIONS: dict[str, Callable[[list[float]], float]] = {
    "max": max,
    "min": min,
    "sqrt": lambda values: math.sqrt(values[0]),
    "exp": lambda values: math.exp(values[0]),
}


class _BrokenError(Exception):
    """Why a working cannot be read."""


@dataclass(frozen=True)
class _Term:
    """An expression: its value, and what it is made from, as far as that tells two workings apart."""

    value: float
    kind: str = "number"
    parts: tuple[_Term, ...] = ()

    def same(self, other: _Term) -> bool:
        """Whether the two do the same with the same numbers."""
        if self.kind != other.kind or len(self.parts) != len(other.parts):
            return False
        if not self.parts:
            return math.isclose(self.value, other.value, rel_tol=NEAR, abs_tol=NEAR)
        ordered = (self.parts, other.parts) if self.kind == "quotient" else (_sorted(self.parts), _sorted(other.parts))
        return all(a.same(b) for a, b in zip(*ordered))


def _sorted(parts: tuple[_Term, ...]) -> list[_Term]:
    return sorted(parts, key=lambda part: part.value)


@dataclass(frozen=True)
class Compared:
    """What comes of comparing a working with the one that is due."""

    same: bool = False
    value: float = math.nan  # what the working comes to, or says it does
    problem: str = ""  # why it cannot be read


def same_working(text: str, due: str) -> Compared:
    """Whether a working is the one that is due, and what it comes to.

    >>> same_working("(6 + 1 + 5 + 1)/4", "(1 + 1 + 5 + 6) / 4 = 3.25").same
    True
    >>> same_working("3.25", "(1 + 1 + 5 + 6) / 4 = 3.25").same  # the result alone is no working
    False
    >>> same_working("4 + 1 = 5", "4·1 + 3·0 + 2·0 + 1·1 + 0 = 5").same
    True
    """
    if len(text) > LONGEST:
        return Compared(problem=_("the working has more than {n} characters").format(n=LONGEST))
    try:
        first, *rest = [_read(side) for side in re.split(r"[=≈]", _plain(text)) if side.strip()]
    except (_BrokenError, ValueError, OverflowError, ZeroDivisionError, ArithmeticError):
        return Compared(problem=_("the working {text} cannot be read").format(text=repr(text.strip()[:40])))
    right = _read(re.split(r"[=≈]", plain_signs(due))[0])
    said = rest[-1].value if rest else first.value
    honest = abs(said - right.value) <= 0.005 * max(1.0, abs(right.value)) if rest else True
    return Compared(first.same(right) and honest, said)


def _plain(text: str) -> str:
    """A working with the signs of a keyboard, those of LaTeX among them: `\\max\\{4, 3\\}` is max(4, 3)."""
    text = plain_signs(text).strip().strip("$`").replace("\\{", "(").replace("\\}", ")")
    text = re.sub(r"\\[dt]?frac\{([^{}]*)\}\{([^{}]*)\}", r"(\1)/(\2)", _LATEX.sub("", text))
    for written, meant in _SIGNS.items():
        text = text.replace(written, meant)
    return text


def _read(text: str) -> _Term:
    tokens = _TOKEN.findall(text)
    term, rest = _sum(tokens, 0, 0)
    if rest != len(tokens):
        raise _BrokenError
    return term


def _sum(tokens: list[str], at: int, depth: int) -> tuple[_Term, int]:
    """Terms that are added or subtracted; one that is 0 does not count."""
    terms: list[_Term] = []
    sign = 1.0
    if at < len(tokens) and tokens[at] in "+-":
        sign, at = (-1.0 if tokens[at] == "-" else 1.0), at + 1
    while True:
        term, at = _product(tokens, at, depth)
        terms.append(_negated(term) if sign < 0 else term)
        if at >= len(tokens) or tokens[at] not in ("+", "-"):
            break
        sign, at = (-1.0 if tokens[at] == "-" else 1.0), at + 1
    if len(terms) == 1:
        return terms[0], at
    flat = [part for term in terms for part in (term.parts if term.kind == "sum" else (term,))]
    kept = tuple(part for part in flat if part.value != 0 or part.parts)
    total = sum(part.value for part in flat)
    return (_Term(total, "sum", kept) if len(kept) > 1 else kept[0] if kept else _Term(0.0)), at


def _negated(term: _Term) -> _Term:
    if term.kind == "sum":
        return _Term(-term.value, "sum", tuple(map(_negated, term.parts)))
    return _Term(-term.value, term.kind, term.parts)


def _product(tokens: list[str], at: int, depth: int) -> tuple[_Term, int]:
    """Factors; of plain numbers only what they come to counts, for a product may be worked out in the head."""
    term, at = _power(tokens, at, depth)
    while at < len(tokens) and tokens[at] in ("*", "·", "×", "/", "÷"):
        sign = tokens[at]
        other, at = _power(tokens, at + 1, depth)
        if sign in "/÷":
            value = term.value / other.value
            plain = not term.parts and not other.parts
            term = _Term(value) if plain else _Term(value, "quotient", (term, _Term(other.value)))
        else:
            value = term.value * other.value
            several = [one for one in (term, other) if one.parts]
            term = _Term(value) if not several else _Term(value, "product", (term, other))
    return term, at


def _power(tokens: list[str], at: int, depth: int) -> tuple[_Term, int]:
    term, at = _atom(tokens, at, depth)
    if at < len(tokens) and tokens[at] in ("^", "**"):
        other, at = _atom(tokens, at + 1, depth)
        if abs(other.value) > 100 or abs(term.value) > 1e12:
            raise _BrokenError
        value = term.value**other.value
        if not isinstance(value, float):
            raise _BrokenError
        term = _Term(value) if not term.parts else _Term(value, "power", (term, other))
    return term, at


def _atom(tokens: list[str], at: int, depth: int) -> tuple[_Term, int]:
    if at >= len(tokens) or depth > DEEPEST:
        raise _BrokenError
    sign = tokens[at]
    if sign == "-":
        term, at = _atom(tokens, at + 1, depth + 1)
        return _negated(term), at
    if sign == "(":
        return _closed(tokens, at + 1, depth)
    if sign[0].isdigit() or sign[0] == ".":
        return _Term(float(sign)), at + 1
    name = {"√": "sqrt"}.get(sign, sign.lower())
    if name in _FUNCTIONS and at + 1 < len(tokens) and tokens[at + 1] == "(":
        arguments: list[_Term] = []
        at += 2
        while True:
            term, at = _sum(tokens, at, depth + 1)
            arguments.append(term)
            if at < len(tokens) and tokens[at] == ",":
                at += 1
                continue
            break
        if at >= len(tokens) or tokens[at] != ")":
            raise _BrokenError
        return _Term(float(_FUNCTIONS[name]([one.value for one in arguments])), name, tuple(arguments)), at + 1
    raise _BrokenError


def _closed(tokens: list[str], at: int, depth: int) -> tuple[_Term, int]:
    term, at = _sum(tokens, at, depth + 1)
    if at >= len(tokens) or tokens[at] != ")":
        raise _BrokenError
    return term, at + 1
