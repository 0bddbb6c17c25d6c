"""A rule as the formula of one output cell: its taps put in, in the order in which a person writes them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Protocol, assert_never

from ..arithmetic import Value, is_expression, may_be_negative
from ..errors import InputError
from ..formula import Absolute, Difference, Formula, Function, Negative, Number, Power, Product, Quotient, Sum
from ..formula.value import behind
from .tree import (
    Apply,
    Aside,
    Beside,
    Constant,
    Figure,
    Fold,
    Holds,
    IsOwn,
    Known,
    Own,
    Result,
    Rule,
    Tap,
    Weight,
    Where,
    Wins,
    parts,
)


class Cell(Protocol):
    """What a rule asks of an output cell; a `Step` can answer it all."""

    @property
    def taps(self) -> Sequence[Any]:
        """Its taps: each has a `value`, a `weight`, and `is_data`."""

    @property
    def result(self) -> Value:
        """What the cell holds."""

    @property
    def own(self) -> Any:
        """The tap that lies where the cell itself lies."""

    @property
    def winners(self) -> Sequence[Any]:
        """The tap that decided a maximum; of a median, it may be two."""

    def beside(self, name: str) -> Value:
        """A number of another input that this cell is made with; None where that is not given."""

    def figure(self, name: str) -> Value:
        """A number that follows from where its window lies."""


def formula_of(rule: Rule, cell: Cell, tap: Any = None) -> Formula:
    """The left-hand side of a cell's working; inside a fold, `tap` is the tap in hand."""
    match rule:
        case Tap():
            if tap is not None and rule.number == -1:
                return Number(tap.value)
            return Number(cell.taps[rule.number].value if cell.taps else 0)
        case Weight():
            return Number(tap.weight)
        case Apply(sign="+"):
            return _added(rule, cell, tap)
        case Apply(sign="·"):
            factors = [formula_of(part, cell, tap) for part in rule.parts if not _is_one(part, cell)]
            return factors[0] if len(factors) == 1 else Product(tuple(factors))
        case Apply():
            return _applied(rule, [formula_of(part, cell, tap) for part in rule.parts])
        case Constant():
            return Number(rule.value)
        case Fold():
            terms = _terms(rule, cell)
            if rule.sign != "+":
                return Function(rule.sign, terms)
            return Sum(terms) if terms else Number(0)
        case Beside():
            given = cell.beside(rule.name)
            return Number(rule.otherwise if given is None else given)
        case Figure():
            return Number(cell.figure(rule.name))
        case Own():
            return formula_of(rule.body, cell, cell.own)
        case Known():
            return Number(_known(rule.inner, cell))
        case Aside():
            return formula_of(rule.inner, cell, tap)
        case Result():
            return Number(cell.result)
        case IsOwn():
            return Number(int(tap is cell.own))
        case Wins():
            won = cell.winners
            return Number(Fraction(1, len(won)) if any(tap is one for one in won) else 0)
        case Where():
            return formula_of(rule.then if held(rule.condition, cell, tap) else rule.otherwise, cell, tap)
    assert_never(rule)


def _is_one(factor: Rule, cell: Cell) -> bool:
    """Whether a factor is a figure of 1, which is not written."""
    return isinstance(factor, Figure) and bool(cell.figure(factor.name) == 1)


def _terms(fold: Fold, cell: Cell) -> tuple[Formula, ...]:
    """What a fold is over. What is worked out first is so once, and not for each tap."""
    body = settled(fold.body, cell)
    return tuple([formula_of(body, cell, tap) for tap in taking_part(cell)])


def settled(rule: Rule, cell: Cell) -> Rule:
    """The rule with what is worked out first as the number that it comes to."""
    if not any(isinstance(part, Known) for part in parts(rule)):
        return rule
    match rule:
        case Known():
            return Constant(_known(rule.inner, cell))
        case Apply():
            return Apply(rule.sign, tuple(settled(part, cell) for part in rule.parts))
        case Aside():
            return settled(rule.inner, cell)
    return rule


def _added(rule: Apply, cell: Cell, tap: Any) -> Formula:
    """The terms of a fold are terms of the sum that it stands in; a number that is not given is none."""
    terms: list[Formula] = []
    for part in rule.parts:
        match part:
            case Fold(sign="+"):
                terms += _terms(part, cell)
            case Beside(otherwise=None) if cell.beside(part.name) is None:
                pass
            case Apply(sign="·", parts=(*_, Beside(otherwise=None) as last)) if cell.beside(last.name) is None:
                pass
            case _:
                terms.append(formula_of(part, cell, tap))
    return Sum(tuple(terms)) if terms else Number(0)


def _applied(rule: Apply, made: list[Formula]) -> Formula:
    first = made[0]
    match rule.sign:
        case "-":
            return Difference(first, made[1])
        case "/":
            return Quotient(first, made[1])
        case "^":
            return Power(first, made[1])
        case "neg":
            return Number(-first.value) if isinstance(first, Number) else Negative(first)
        case "| |":
            return Absolute(first)
        case "size":
            return Absolute(first) if not isinstance(first, Number) or may_be_negative(first.value) else first
    return Function(rule.sign, tuple(made))


def taking_part(cell: Cell) -> list[Any]:
    """The taps that a fold is over: data, and padding that does not vanish, as 0·NaN and 0·∞ do not."""
    return [tap for tap in cell.taps if tap.is_data or (tap.weight is not None and tap.weight - tap.weight != 0)]


def worth_of(rule: Rule, cell: Cell, tap: Any = None) -> Value:
    """What a rule comes to in one cell, worked out from the numbers themselves."""
    return behind(formula_of(rule, cell, tap))


def _known(rule: Rule, cell: Cell) -> Value:
    """What is worked out first, as a number of the taps' own kind: the largest of them as it stands."""
    if isinstance(rule, Fold) and rule.sign == "max" and isinstance(rule.body, Tap):
        values = [one.value for one in taking_part(cell)]
        return next((value for value in values if value != value), None) or max(values)
    found = worth_of(rule, cell)
    if any(isinstance(tap.value, Fraction) for tap in cell.taps):
        return found
    return float(found) if isinstance(found, Fraction) and found.denominator > 1 else found


def held(condition: Holds, cell: Cell, tap: Any = None) -> bool:
    """Whether a condition holds in one cell."""
    left, right = worth_of(condition.left, cell, tap), worth_of(condition.right, cell, tap)
    if any(is_expression(side) and side.free_symbols for side in (left, right)):
        raise InputError("which of two cases holds depends on what the letters stand for; put numbers in for letters")
    match condition.sign:
        case ">":
            return bool(left > right)
        case "≤":
            return bool(left <= right)
        case "=":
            return bool(left == right)
        case "≠":
            return bool(left != right)
    assert_never(condition.sign)
