"""The weights that make two functions equal: each input's factor must be the same on both sides, an equation each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations, islice
from random import Random
from typing import Any, Literal

import sympy

from ..arithmetic import Value, lowered
from ..arithmetic.letters import raised
from ..dataclass import dataclass

Answer = dict[Any, Value] | Literal["none", "inside"]
Numbers = dict[Any, Fraction]
MOST_PAIRS = 40
MOST_RANDOM = 20


def solved(cells: Iterable[tuple[Value, Value]], unknown: Iterable[Any], inputs: set[Any]) -> Answer:
    """The unknown letters for which each pair of cells is written with the same factors of the inputs.

    `none` where there are no such numbers (then the two may still be equal, written with other maxima); `inside` where
    an unknown stands inside a maximum or beside another unknown, so that its equations are not linear.
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


def factors(value: Value, inputs: Iterable[Any]) -> dict[Any, Value]:
    """What each of the inputs is multiplied by in a value that is linear in them, like terms collected.

    >>> from ..arithmetic.letters import symbols
    >>> a, b, k = (symbols(name, 1)[0] for name in "abk")
    >>> factors(2 * k * a + k * (a - b), [a, b])
    {a0: 3*k0, b0: -k0}
    """
    expanded = sympy.expand(raised(value))
    found = {letter: lowered(expanded.coeff(letter)) for letter in inputs}
    return {letter: factor for letter, factor in found.items() if factor != 0}


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


@dataclass(frozen=True)
class Equation:
    """What the weights must meet for two functions to agree on one input: left = right, both without inputs."""

    numbers: Numbers  # of the inputs
    left: Value
    right: Value


def tried_on_inputs(
    cells: Sequence[tuple[Value, Value]], unknown: Iterable[Any], inputs: set[Any]
) -> list[Equation] | dict[Any, Value]:
    """Inputs on which no weights make the two agree all at once; or else weights with which they agree on all tried.

    Every input gives an equation that is linear in the weights; the first that cannot be met beside those before it is
    returned with the few that it contradicts.
    """
    wanted = set(unknown)
    rows: list[tuple[Any, Numbers, Numbers]] = []  # pivot, row (1 for the constant), and the equations it is made of
    equations: list[Equation] = []
    for left, right in cells:
        used = sorted({x for side in (raised(left), raised(right)) for x in side.free_symbols & inputs}, key=str)
        for numbers in _inputs(used):
            put = {letter: raised(number) for letter, number in numbers.items()}
            equation = Equation(numbers, *(lowered(sympy.expand(raised(one).xreplace(put))) for one in (left, right)))
            row = _row(equation, wanted)
            if row is None:
                continue
            made = {len(equations): Fraction(1)}
            equations.append(equation)
            for pivot, other, parts in rows:
                if factor := row.get(pivot, Fraction(0)):
                    row, made = _less(row, other, factor), _less(made, parts, factor)
            pivot = next((letter for letter in row if letter != 1), None)
            if pivot is not None:
                scale = row[pivot]
                rows.append((pivot, {k: v / scale for k, v in row.items()}, {k: v / scale for k, v in made.items()}))
            elif row:
                return [equations[number] for number in sorted(made)]
    answer: dict[Any, Value] = dict.fromkeys(wanted, Fraction(0))
    for pivot, row, _made in reversed(rows):
        others = (factor * (answer[key] if key != 1 else 1) for key, factor in row.items() if key != pivot)
        answer[pivot] = -sum(others, Fraction(0))
    return answer


def _inputs(letters: Sequence[Any]) -> Iterator[Numbers]:
    """Plain inputs, the plainest first: zeros, single cells, pairs of cells, small random numbers."""
    zeros = dict.fromkeys(letters, Fraction(0))
    yield zeros
    for sign in (1, -1):
        yield from ({**zeros, letter: Fraction(sign)} for letter in letters)
    yield from ({**zeros, a: Fraction(1), b: Fraction(1)} for a, b in islice(combinations(letters, 2), MOST_PAIRS))
    random = Random(0)  # noqa: S311 - no secret, only numbers to try
    for _ in range(MOST_RANDOM):
        yield {letter: Fraction(random.randint(-3, 3)) for letter in letters}


def _row(equation: Equation, wanted: set[Any]) -> Numbers | None:
    """The equation as factors of the weights, and of 1; None where it is not linear with rational factors."""
    row: Numbers = {}
    for part, factor in sympy.expand(raised(equation.left) - raised(equation.right)).as_coefficients_dict().items():
        if not factor.is_Rational or not (part == 1 or part in wanted):
            return None
        if factor:
            row[1 if part == 1 else part] = Fraction(int(factor.p), int(factor.q))
    return row


def _less(row: Numbers, other: Numbers, factor: Fraction) -> Numbers:
    """row - factor·other"""
    found = {key: row.get(key, Fraction(0)) - factor * other.get(key, Fraction(0)) for key in {**row, **other}}
    return {key: value for key, value in found.items() if value}
