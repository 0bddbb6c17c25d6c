"""A formula as MathML Core, which browsers draw without any script."""

from __future__ import annotations

from html import escape
from typing import ClassVar

from .speech import speech
from .tree import LINE, Absolute, Ceiling, Difference, Equality, Floor, Formula, Function, Power, Quotient, Sum, Symbol
from .walk import ATOM, PRODUCT, Printer, split_number

BREAK = "\u200b"
"""Where a line may end. It has no width: a sign brings its own space, as much before it as after."""

BRIEF = 28
"""So many characters of an equality fit on a line of a phone."""
WIDE = 64
"""A fraction and its worth that are longer than this, written on one line, may need two."""


def mathml(formula: Formula, tall: bool = False) -> str:
    """A whole `<math>` element, with the formula in words as its label; `tall` sets fractions one above the other.

    >>> from .tree import Number
    >>> mathml(Equality(Number(3), Number(3)))
    '<math aria-label="3 equals 3"><mn>3</mn><mo>=</mo><mn>3</mn></math>'
    """
    label = escape(speech(formula))
    shape = ' displaystyle="true"' if tall else ""
    if tall and isinstance(formula, Equality) and (pieces := _pieces(formula)):
        return f'<span role="math" aria-label="{label}">{BREAK.join(pieces)}</span>'
    return f'<math{shape} aria-label="{label}">{(_TALL if tall else _FLAT).of(formula)}</math>'


def _pieces(formula: Equality) -> list[str]:
    """What browsers may break a long equality between, each an element of its own, since inside one they break nothing.

    What a long sum or `max(…)` is of, or a long fraction, and what that is equal to; none where it is none of these.
    """
    sides = _sides(formula)
    lengths = [sum(len(str(side)) + 3 for _sign, side in sides[at:]) - 3 for at in range(len(sides))]
    first = sides[0][1]
    if isinstance(first, Symbol):  # a name and what it is stand on one line where they can
        lengths[1] = lengths[0]
    broken = [_terms(side, length) for (_sign, side), length in zip(sides, lengths)]
    tall = isinstance(first, Quotient) and not first.in_line and lengths[0] > WIDE
    if not any(broken) and not tall:
        return []
    pieces = []
    for (sign, side), terms in zip(sides, broken):
        opened, *rest = terms or [_TALL.of(side)]
        shape = ' displaystyle="true"' if tall and side is first else ""
        pieces += [f"<math{shape}>{sign}{opened}</math>", *(f"<math>{term}</math>" for term in rest)]
    return pieces


def _sides(formula: Formula) -> list[tuple[str, Formula]]:
    """What stands before and after each sign of equality, with the sign before it."""
    if not isinstance(formula, Equality):
        return [("", formula)]
    sign = f'<mo form="infix">{"=" if formula.exact else "≈"}</mo>'
    (_none, right), *more = _sides(formula.right)
    return [*_sides(formula.left), (sign, right), *more]


def _terms(left: Formula, length: int) -> list[str]:
    """Each term of a sum with its sign, alone or in the line of a quotient, or each argument of a function.

    None where there is no such sum or function, or all fits on a line, of which `length` characters are needed.
    """
    if isinstance(left, Function) and len(left.arguments) > 1 and (len(left.arguments) > LINE or length >= BRIEF):
        *most, last = [_TALL.of(argument) for argument in left.arguments]
        first, *between = [f"{one}<mo>,</mo>" for one in most]
        return [f"<mi>{escape(left.name)}</mi><mo>(</mo>{first}", *between, f"{last}<mo>)</mo>"]
    opening, total, closing = "", left, ""
    if isinstance(left, Quotient) and left.in_line:
        opening, closing = f"{_TALL.inside(left.numerator, PRODUCT)}<mo>/</mo><mo>(</mo>", "<mo>)</mo>"
        total = left.denominator
    if not isinstance(total, Sum | Difference):
        return []
    signed = _signed(total)
    if sum(len(_group(term)) for _minus, term in signed) <= LINE and length < BRIEF:
        return []
    terms: list[str] = []
    for number, (sign, term) in enumerate(signed):
        one, *more = _group(term) if sign != _MINUS else (term,)
        if not more:
            terms.append(sign + (_TALL.inside(term, PRODUCT) if number else _TALL.of(term)))
            continue
        first, *others = [_TALL.of(one), *(f"{_PLUS}{_TALL.inside(each, PRODUCT)}" for each in more)]
        terms += [f'{sign}<mo form="prefix">(</mo>{first}', *others]
        terms[-1] += '<mo form="postfix">)</mo>'
    terms[-1] += closing
    return [opening, *terms] if opening else terms


_PLUS, _MINUS = '<mo form="infix">+</mo>', '<mo form="infix">−</mo>'


def _signed(total: Formula) -> list[tuple[str, Formula]]:
    """The terms of a sum or of differences, `a - b + c`, with the sign before each."""
    if isinstance(total, Difference):
        return [*_signed(total.left), (_MINUS, total.right)]
    if not isinstance(total, Sum):
        return [("", total)]
    first, *others = total.terms
    opened = _signed(first) if isinstance(first, Difference) else [("", first)]
    return [*opened, *((_PLUS, term) for term in others)]


def _group(term: Formula) -> tuple[Formula, ...]:
    """The terms of a sum within a sum; of anything else, itself."""
    return term.terms if isinstance(term, Sum) else (term,)


class _Mathml(Printer):
    plus: ClassVar[str] = "<mo>+</mo>"
    minus: ClassVar[str] = "<mo>−</mo>"
    opposite: ClassVar[str] = '<mo form="prefix">−</mo>'
    times: ClassVar[str] = "<mo>·</mo>"
    equals: ClassVar[str] = "<mo>=</mo>"
    about: ClassVar[str] = "<mo>≈</mo>"
    gap: ClassVar[str] = "<mtext>____</mtext>"
    fences: ClassVar = {Absolute: ("|", "|"), Floor: ("⌊", "⌋"), Ceiling: ("⌈", "⌉")}

    def __init__(self, tall: bool) -> None:
        self.tall = tall

    def number(self, digits: str) -> str:
        sign, above, below, exponent = split_number(digits)
        sign = sign and self.opposite
        if exponent:
            power = f"<msup><mn>10</mn><mrow>{self.number(exponent)}</mrow></msup>"
            return f"{sign}<mn>{above}</mn><mo>·</mo>{power}"
        if below:
            return f"{sign}<mfrac><mn>{above}</mn><mn>{below}</mn></mfrac>"
        return f"{sign}<mi>{above}</mi>" if above in ("NaN", "∞") else f"{sign}<mn>{above}</mn>"

    def symbol(self, symbol: Symbol) -> str:
        letters, index = symbol.parts
        if letters.endswith("′"):
            return f"<msup><mi>{escape(letters[:-1])}</mi><mo>′</mo></msup>"
        name = f"<mi>{escape(letters)}</mi>"
        return f"<msub>{name}<mn>{index}</mn></msub>" if index else name

    def quotient(self, formula: Quotient) -> str:
        if not self.tall or formula.in_line:
            return self.in_line(formula, "<mo>/</mo>")
        above, below = self.of(formula.numerator), self.of(formula.denominator)
        return f"<mfrac><mrow>{above}</mrow><mrow>{below}</mrow></mfrac>"

    def power(self, formula: Power) -> str:
        base, exponent = self.inside(formula.base, ATOM), _FLAT.of(formula.exponent)
        return f"<msup><mrow>{base}</mrow><mrow>{exponent}</mrow></msup>"

    def fenced(self, kind: type[Absolute | Floor | Ceiling], inner: str) -> str:
        opening, closing = self.fences[kind]
        return _between(opening, closing, inner)

    def function(self, name: str, arguments: list[str]) -> str:
        if name == "sqrt":
            return f"<msqrt>{arguments[0]}</msqrt>"
        return f"<mi>{escape(name)}</mi>{self.parentheses('<mo>,</mo>'.join(arguments))}"

    def parentheses(self, inner: str) -> str:
        return _between("(", ")", inner)


def _between(opening: str, closing: str, inner: str) -> str:
    return f"<mrow><mo>{opening}</mo>{inner}<mo>{closing}</mo></mrow>"


_FLAT, _TALL = _Mathml(False), _Mathml(True)
