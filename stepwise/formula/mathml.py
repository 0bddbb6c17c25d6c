"""A formula as MathML Core, which browsers draw without any script."""

from __future__ import annotations

from html import escape
from typing import assert_never

from .speech import speech
from .text import ATOM, POWER, PRODUCT, tightness
from .tree import (
    LINE,
    Absolute,
    Ceiling,
    Difference,
    Equality,
    Floor,
    Formula,
    Function,
    Gap,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
)

BREAK = "\u200b"
"""Where a line may end. It has no width: a sign brings its own space, as much before it as after."""

WIDE = 64
"""A fraction and its worth that are longer than this, written on one line, may need two."""


def mathml(formula: Formula, tall: bool = False) -> str:
    """A whole `<math>` element, with the formula in words as its label; `tall` sets fractions one above the other.

    >>> mathml(Equality(Number(3), Number(3)))
    '<math aria-label="3 equals 3"><mn>3</mn><mo>=</mo><mn>3</mn></math>'
    """
    label = escape(speech(formula))
    shape = ' displaystyle="true"' if tall else ""
    if tall and isinstance(formula, Equality) and (pieces := _pieces(formula)):
        return f'<span role="math" aria-label="{label}">{BREAK.join(pieces)}</span>'
    return f'<math{shape} aria-label="{label}">{_row(formula, tall)}</math>'


def _pieces(formula: Equality) -> list[str]:
    """What browsers may break a long equality between, each an element of its own, since inside one they break nothing.

    The terms of a long sum, or a long fraction, and what they are equal to; none where the left side is neither.
    """
    left = formula.left
    if isinstance(left, Quotient) and not left.in_line and len(str(formula)) > WIDE:
        pieces = [f'<math displaystyle="true">{_row(left, True)}</math>']
    else:
        pieces = [f"<math>{term}</math>" for term in _terms(left)]
    if pieces:
        sign = "=" if formula.exact else "≈"
        pieces.append(f'<math><mo form="infix">{sign}</mo>{_row(formula.right, True)}</math>')
    return pieces


def _terms(left: Formula) -> list[str]:
    """Each term of a long sum with its sign, alone or in the line of a quotient; none where there is no such sum."""
    opening, total, closing = "", left, ""
    if isinstance(left, Quotient) and left.in_line:
        opening, closing = f"{_inside(left.numerator, PRODUCT, True)}<mo>/</mo><mo>(</mo>", "<mo>)</mo>"
        total = left.denominator
    if not isinstance(total, Sum) or len(total.terms) <= LINE:
        return []
    first, *rest = total.terms
    terms = [_row(first, True), *(f'<mo form="infix">+</mo>{_inside(term, PRODUCT, True)}' for term in rest)]
    terms[0], terms[-1] = opening + terms[0], terms[-1] + closing
    return terms


def _row(formula: Formula, tall: bool) -> str:
    match formula:
        case Number():
            return _number(formula.digits)
        case Symbol():
            letters, index = formula.parts
            if letters.endswith("′"):
                return f"<msup><mi>{escape(letters[:-1])}</mi><mo>′</mo></msup>"
            name = f"<mi>{escape(letters)}</mi>"
            return f"<msub>{name}<mn>{index}</mn></msub>" if index else name
        case Gap():
            return "<mtext>____</mtext>"
        case Sum():
            first, *rest = formula.terms
            return "<mo>+</mo>".join([_row(first, tall), *(_inside(term, PRODUCT, tall) for term in rest)])
        case Difference():
            return f"{_row(formula.left, tall)}<mo>−</mo>{_inside(formula.right, PRODUCT, tall)}"
        case Negative():
            return f'<mo form="prefix">−</mo>{_inside(formula.inner, PRODUCT, tall)}'
        case Product():
            return "<mo>·</mo>".join(_inside(factor, POWER, tall) for factor in formula.factors)
        case Quotient():
            if not tall or formula.in_line:
                above, below = (
                    _inside(formula.numerator, PRODUCT, tall),
                    _inside(formula.denominator, POWER, tall),
                )
                return f"{above}<mo>/</mo>{below}"
            above, below = _row(formula.numerator, tall), _row(formula.denominator, tall)
            return f"<mfrac><mrow>{above}</mrow><mrow>{below}</mrow></mfrac>"
        case Power():
            base, exponent = _inside(formula.base, ATOM, tall), _row(formula.exponent, False)
            return f"<msup><mrow>{base}</mrow><mrow>{exponent}</mrow></msup>"
        case Absolute():
            return _fenced("|", _row(formula.inner, tall), "|")
        case Function(name="sqrt"):
            return f"<msqrt>{_row(formula.arguments[0], tall)}</msqrt>"
        case Function():
            inner = "<mo>,</mo>".join(_row(argument, tall) for argument in formula.arguments)
            return f"<mi>{escape(formula.name)}</mi>{_fenced('(', inner, ')')}"
        case Floor():
            return _fenced("⌊", _row(formula.inner, tall), "⌋")
        case Ceiling():
            return _fenced("⌈", _row(formula.inner, tall), "⌉")
        case Equality():
            sign = "=" if formula.exact else "≈"
            return f"{_row(formula.left, tall)}<mo>{sign}</mo>{_row(formula.right, tall)}"
    assert_never(formula)


def _number(digits: str) -> str:
    sign = '<mo form="prefix">−</mo>' if digits.startswith("-") else ""
    digits = digits.lstrip("-")
    if "e" in digits:
        mantissa, exponent = digits.split("e")
        power = f"<msup><mn>10</mn><mrow>{_number(exponent)}</mrow></msup>"
        return f"{sign}<mn>{mantissa}</mn><mo>·</mo>{power}"
    if "/" in digits:
        above, below = digits.split("/")
        return f"{sign}<mfrac><mn>{above}</mn><mn>{below}</mn></mfrac>"
    if digits in ("NaN", "∞"):
        return f"{sign}<mi>{digits}</mi>"
    return f"{sign}<mn>{digits}</mn>"


def _fenced(opening: str, inner: str, closing: str) -> str:
    return f"<mrow><mo>{opening}</mo>{inner}<mo>{closing}</mo></mrow>"


def _inside(formula: Formula, required: int, tall: bool) -> str:
    inner = _row(formula, tall)
    return inner if tightness(formula) >= required else _fenced("(", inner, ")")
