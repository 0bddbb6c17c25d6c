"""The weights that make two functions equal: each input's factor must be the same on both sides, an equation each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import sympy

from ..arithmetic import Value
from ..arithmetic.letters import lowered, raised

Answer = dict[Any, Value] | Literal["none", "inside"]


def solved(cells: Iterable[tuple[Value, Value]], unknown: Iterable[Any], inputs: set[Any]) -> Answer:
    """The unknown letters for which each pair of cells is the same function of the inputs.

    `none` where there are no such numbers; `inside` where an unknown stands inside a maximum or beside another unknown,
    so that its equations are not linear.
    """
    wanted = set(unknown)
    equations: dict[Any, None] = {}
    for left, right in cells:
        by_input: dict[Any, list[Any]] = {}
        for term in sympy.Add.make_args(sympy.expand(raised(left) - raised(right))):
            factor, part = _split(term, inputs)
            if part.free_symbols & wanted:
                return "inside"
            by_input.setdefault(part, []).append(factor)
        for factors in by_input.values():
            equations[sympy.expand(sympy.Add(*factors))] = None
    answer: dict[Any, Any] = {}
    for equation in equations:
        if not _settle(equation, wanted, answer):
            return "inside"
    if any(sympy.expand(equation.xreplace(answer)) != 0 for equation in equations):
        return _by_elimination(list(equations), sorted(wanted, key=str))
    free = {letter: sympy.Integer(0) for letter in wanted if letter not in answer}
    return {letter: lowered(sympy.expand(value.xreplace(free))) for letter, value in {**answer, **free}.items()}


def _split(term: Any, inputs: set[Any]) -> tuple[Any, Any]:
    """A term as its factor and what it is a factor of: 2·w·x·max(x, y) as 2·w and x·max(x, y)."""
    parts = [part for part in sympy.Mul.make_args(term) if part.free_symbols & inputs]
    part = sympy.Mul(*parts)
    return sympy.Mul(*(p for p in sympy.Mul.make_args(term) if not p.free_symbols & inputs)), part


def _settle(equation: Any, wanted: set[Any], answer: dict[Any, Any]) -> bool:
    """Take an equation with a single unknown for that unknown's answer. False where unknowns are multiplied."""
    letters = equation.free_symbols & wanted
    if any(sympy.degree(equation, letter) > 1 for letter in letters):
        return False
    if any(len(term.free_symbols & wanted) > 1 for term in sympy.Add.make_args(equation)):
        return False
    if len(letters) == 1:
        [letter] = letters
        factor = equation.coeff(letter)
        if letter not in answer and not factor.free_symbols:
            answer[letter] = sympy.expand(-(equation - factor * letter) / factor)
    return True


def _by_elimination(equations: list[Any], wanted: list[Any]) -> Answer:
    """All equations together, which are linear in the unknown."""
    solutions = sympy.linsolve(equations, wanted)
    if not solutions:
        return "none"
    [values] = solutions
    free = dict.fromkeys(wanted, sympy.Integer(0))
    return {letter: lowered(sympy.expand(value.xreplace(free))) for letter, value in zip(wanted, values)}
