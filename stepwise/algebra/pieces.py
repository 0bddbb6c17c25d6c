"""Piecewise-linear functions in a form that can be compared: a maximum of sums, less another maximum of sums.

    max(a + b, 2·c) - max(0, a)     upper = {a + b, 2·c}   lower = {0, a}

Every expression that layers make from sums, products with numbers and maxima has such a form, and two of them are the
same function if and only if upper + lower' and upper' + lower are, as maxima, the same. A part that is none of those
(a product of letters, exp) counts as a letter of its own: then what is found equal is equal, but what is found unlike
need not be (`opaque`). Increasing functions are moved out of maxima first. Source: Kripfganz & Schulze, "Piecewise
affine functions as a difference of two convex functions", Optimization 18 (1987).
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, TypeAlias

import sympy

from ..arithmetic import Value, lowered
from ..arithmetic.extremes import maximum
from ..arithmetic.letters import raised
from ..dataclass import dataclass
from ..errors import LimitError

Piece: TypeAlias = frozenset[tuple[Any, Fraction]]
"""A sum: each letter (or 1, for the constant) with its factor."""
Pieces: TypeAlias = frozenset[Piece]

ZERO: Piece = frozenset()
ONE = sympy.Integer(1)
HOLE = sympy.Dummy("□", real=True)
"""Where something is left out of an expression."""
MOST_PIECES = 1500
"""Sums that one maximum may hold: a sum of maxima multiplies their numbers."""
MOST_COMPARED = 40
"""Of more sums than this, it is not worked out which of them are never the largest."""


@dataclass(frozen=True)
class Form:
    """max(upper) - max(lower); `opaque` where a part of it counts as a letter without being one."""

    upper: Pieces
    lower: Pieces = frozenset({ZERO})
    opaque: bool = False


def form(value: Value) -> Form:
    """The form of an expression or a number.

    Raises `LimitError` where it would have too many pieces.

    >>> from ..arithmetic.extremes import maximum
    >>> from ..arithmetic.letters import symbols
    >>> a, b = symbols("a", 2)
    >>> form(maximum([a, b]) + a) == form(maximum([2 * a, a + b]))
    True
    """
    return _form(raised(value), {})


def _form(expression: Any, known: dict[Any, Form]) -> Form:
    if expression not in known:
        known[expression] = _made(expression, known)
    return known[expression]


def _made(expression: Any, known: dict[Any, Form]) -> Form:
    if not expression.has(sympy.Max):
        return _linear(expression)
    if expression.is_Add:
        total = Form(frozenset({ZERO}))
        for term in expression.args:
            total = _added(total, _form(term, known))
        return total
    if isinstance(expression, sympy.Max):
        if (moved := _moved_out(expression)) is not None:
            return _atom(moved)
        return _largest([_form(part, known) for part in expression.args])
    coefficient, rest = expression.as_coeff_Mul()
    if coefficient != 1 and coefficient.is_Rational:
        return _scaled(_form(rest, known), Fraction(int(coefficient.p), int(coefficient.q)))
    return _atom(expression)


def _moved_out(largest: Any) -> Any:
    """max(f(a), f(b)) as f(max(a, b)), for an increasing function of one kind; None for any other maximum."""
    found = [_peeled(part) for part in largest.args]
    outer, _inner, grows = found[0]
    if outer == HOLE or not grows or any(one[0] != outer for one in found):
        return None
    return outer.xreplace({HOLE: raised(maximum(inner for _outer, inner, _grows in found))})


def _peeled(expression: Any) -> tuple[Any, Any, bool]:
    """An expression as a function of what stands innermost in its exponential or tanh, and whether it grows with that.

    1 / (1 + exp(-a)) is 1 / (1 + exp(-□)) of a: each layer grows with the next or falls, and two falls are a growth. Of
    anything else, the function is the bare □.
    """
    if isinstance(expression, sympy.tanh | sympy.exp):
        inner, sign = expression.args[0], sympy.Integer(1)
        coefficient, _rest = inner.as_coeff_Mul()
        if coefficient < 0:
            inner, sign = -inner, sympy.Integer(-1)
        return expression.func(sign * HOLE), inner, sign > 0
    if expression.is_Pow and expression.exp == -1 and expression.base.is_positive:
        outer, inner, grows = _peeled(expression.base)
        return (1 / outer, inner, not grows) if outer != HOLE else (HOLE, expression, True)
    if expression.is_Add or expression.is_Mul:
        constant, rest = (expression.as_coeff_Add if expression.is_Add else expression.as_coeff_Mul)()
        outer, inner, grows = _peeled(rest) if rest != expression else (HOLE, expression, True)
        if outer != HOLE:
            return (
                (constant + outer, inner, grows)
                if expression.is_Add
                else (constant * outer, inner, grows == (constant > 0))
            )
    return HOLE, expression, True


def _linear(expression: Any) -> Form:
    piece, opaque = {}, False
    for term, factor in sympy.expand(expression).as_coefficients_dict().items():
        opaque = opaque or not (term.is_Symbol or term.is_number)
        if not factor.is_Rational:
            return _atom(expression)
        piece[term] = Fraction(int(factor.p), int(factor.q))
    return Form(frozenset({_piece(piece)}), opaque=opaque)


def _atom(expression: Any) -> Form:
    return Form(frozenset({_piece({expression: Fraction(1)})}), opaque=True)


def _piece(factors: Mapping[Any, Fraction]) -> Piece:
    return frozenset((letter, factor) for letter, factor in factors.items() if factor)


def plus(a: Piece, b: Piece, times: Fraction = Fraction(1)) -> Piece:
    """a + times·b"""
    total = dict(a)
    for letter, factor in b:
        total[letter] = total.get(letter, Fraction(0)) + times * factor
    return _piece(total)


def summed(a: Pieces, b: Pieces) -> Pieces:
    """The pieces of max(a) + max(b): every one of a with every one of b."""
    if len(a) * len(b) > MOST_PIECES:
        raise LimitError(f"written as maxima of sums it has more than {MOST_PIECES:,} sums in one maximum")
    return frozenset(plus(x, y) for x in a for y in b)


def _added(a: Form, b: Form) -> Form:
    return Form(summed(a.upper, b.upper), summed(a.lower, b.lower), a.opaque or b.opaque)


def _scaled(a: Form, factor: Fraction) -> Form:
    upper, lower = (frozenset(plus(ZERO, piece, abs(factor)) for piece in part) for part in (a.upper, a.lower))
    return Form(upper, lower, a.opaque) if factor >= 0 else Form(lower, upper, a.opaque)


def _largest(parts: list[Form]) -> Form:
    """max(u1 - l1, u2 - l2, …) = max over i of (ui + the lowers of the others) - (all lowers)"""
    lower: Pieces = frozenset({ZERO})
    for part in parts:
        lower = summed(lower, part.lower)
    upper: set[Piece] = set()
    for number, part in enumerate(parts):
        raised_up = part.upper
        for other_number, other in enumerate(parts):
            if other_number != number:
                raised_up = summed(raised_up, other.lower)
        upper |= raised_up
        if len(upper) > MOST_PIECES:
            raise LimitError(f"written as maxima of sums it has more than {MOST_PIECES:,} sums in one maximum")
    return Form(frozenset(upper), lower, any(part.opaque for part in parts))


def same(a: Form, b: Form) -> bool | None:
    """Whether two forms are one function; None where it cannot be told."""
    left, right = summed(a.upper, b.lower), summed(b.upper, a.lower)
    if left == right:
        return True
    if a.opaque or b.opaque:
        return None
    if max(len(left), len(right)) > MOST_COMPARED:
        return None
    return all(_reached(piece, right) for piece in left - right) and all(_reached(p, left) for p in right - left)


def apart(a: Form, b: Form) -> dict[Any, Fraction] | None:
    """Numbers for the letters at which two forms that are not one function differ; None where none were found."""
    left, right = summed(a.upper, b.lower), summed(b.upper, a.lower)
    for one, other in ((left, right), (right, left)):
        for piece in one - other:
            if not _reached(piece, other):
                return _above(piece, other)
    return None


def _reached(piece: Piece, others: Pieces) -> bool:
    """Whether max(others) is nowhere smaller than the piece.

    It is so just if a mean of the others, with weights that add up to 1, has the piece's factors and at least its
    constant (Farkas' lemma): a question of linear programming, answered in rationals.
    """
    weights = {other: sympy.Symbol(f"w{i}") for i, other in enumerate(others)}
    conditions = [sympy.Eq(sympy.Add(*weights.values()), 1), *(weight >= 0 for weight in weights.values())]
    for letter in _letters(piece, *others):
        mean = sympy.Add(*(weight * _factor(other, letter) for other, weight in weights.items()))
        conditions.append(sympy.Eq(mean, _factor(piece, letter)))
    constant = sympy.Add(*(weight * _factor(other, ONE) for other, weight in weights.items()))
    found = _solved(constant, conditions)  # the largest constant, not any that is enough: `lpmax` errs without a goal
    return found is not None and constant.xreplace(found) >= _factor(piece, ONE)


def _above(piece: Piece, others: Pieces) -> dict[Any, Fraction] | None:
    """Numbers for which the piece is larger than all the others, as far as 1 if it can be."""
    letters = _letters(piece, *others)
    gap = sympy.Symbol("gap")
    conditions = [gap <= 1]
    for other in others:
        lead = plus(piece, other, Fraction(-1))
        conditions.append(sympy.Add(*(raised(factor) * letter for letter, factor in lead)) >= gap)
    solution = _solved(gap, conditions)
    return None if solution is None else {letter: lowered(solution.get(letter, sympy.Integer(0))) for letter in letters}


def _solved(goal: Any, conditions: list[Any]) -> dict[Any, Any] | None:
    """The numbers for which the goal is largest under linear conditions; None where no numbers were found to meet them.

    What the solver gives is put into the conditions again: it has given numbers that meet not all of them.
    """
    from sympy.solvers.simplex import InfeasibleLPError, lpmax

    if any(condition == sympy.false for condition in conditions):
        return None
    try:
        _best, solution = lpmax(goal, [condition for condition in conditions if condition != sympy.true])
    except InfeasibleLPError:
        return None
    found: dict[Any, Any] = solution
    return found if all(condition.xreplace(found) == sympy.true for condition in conditions) else None


def _letters(*pieces: Piece) -> list[Any]:
    return sorted({letter for piece in pieces for letter, _factor in piece if letter != ONE}, key=str)


def _factor(piece: Piece, letter: Any) -> Any:
    return raised(dict(piece).get(letter, Fraction(0)))
