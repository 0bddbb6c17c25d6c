"""The spreadsheet formula of each output cell: its operation's rule, with the names of cells where numbers would stand.

    =MAX(B7:C8)    =AVERAGE(B7:C8)    =SUMPRODUCT(B7:C8,$F$7:$G$8)+$F$11    =MAX(0,B7)

Padding lies in cells of its own: an empty sign where it does not count (functions pass words over), a 0 that looks like
one where it does. To add a node or a sign of rules: a case here.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, assert_never

import numpy as np

from ...arithmetic import Value
from ...formula import Formula, Function
from ...formula.tree import operands
from ...formula.value import behind
from ...rules.expand import formula_of, worth_of
from ...rules.tree import (
    Apply,
    Aside,
    Beside,
    Constant,
    Figure,
    Fold,
    IsOwn,
    Known,
    Own,
    Result,
    Rule,
    Tap,
    Weight,
    Where,
    Wins,
    X,
    asides,
    parts,
    size,
)
from ...traces.step import Step
from .places import area_name, areas
from .sheets import GROWN, Sheet

MOST_ARGUMENTS = 250
"""A function takes at most 255."""
LARGEST_POWER = 700
"""Of a larger power of e, Excel makes an error."""
SUM, PRODUCT, POWER, ATOM = range(4)
"""How tightly a formula holds together: a looser one inside a tighter one needs parentheses."""

Text = tuple[str, int]  # a formula, and how tightly it holds together
SQUARES = {X**2, size(X) ** 2}
COMPARED = {">": ">", "=": "=", "≠": "<>", "≤": "<="}


def cell_formula(sheet: Sheet, step: Step) -> str:
    """The formula of an output cell."""
    operation = step.trace.layer.operation
    rule = operation.calculation
    if operation.steady is not None and _overflows(formula_of(rule, step)):
        rule = operation.steady
    return _Written(sheet, step).of(rule)[0]


def aside(sheet: Sheet, step: Step) -> tuple[str, float]:
    """What the rule works out aside for the cell's own number, and what it comes to: `EXP(B7-MAX(B7:D7))`."""
    [rule] = asides(step.trace.layer.operation.calculation)
    return _Written(sheet, step).of(rule, step.own)[0], float(worth_of(rule, step, step.own))


def number(value: Value) -> str:
    """A parameter as a formula writes it."""
    if isinstance(value, Fraction):
        return f"({value.numerator}/{value.denominator})" if value.denominator > 1 else str(value.numerator)
    text = repr(value.item() if isinstance(value, np.generic) else value).removesuffix(".0")
    return f"({text})" if text.startswith("-") else text


class _Written:
    """The writer of one cell's formula."""

    def __init__(self, sheet: Sheet, step: Step) -> None:
        self.sheet, self.step = sheet, step

    def of(self, rule: Rule, tap: Any = None, names: Sequence[str] = ()) -> Text:
        """The rule; `tap` is the tap in hand, or `names` are those of areas of taps and of their weights."""
        match rule:
            case Constant():
                return number(rule.value), ATOM
            case Tap():
                return (names[0] if names else self._tap(rule, tap)), ATOM
            case Weight():
                return (names[1] if names else self._weight(tap)), ATOM
            case Beside():
                return self._beside(rule), ATOM
            case Figure():
                return number(self.step.figure(rule.name)), ATOM
            case Fold():
                return self._folded(rule)
            case Own(body=Aside()):
                return self.sheet.zones[GROWN].found[self.step.index].name(), ATOM
            case Own():
                return self.of(rule.body, self.step.own)
            case Known() | Aside():
                return self.of(rule.inner, tap, names)
            case Where(condition=c):
                left, right = (self.of(side, tap, names)[0] for side in (c.left, c.right))
                then, otherwise = (self.of(branch, tap, names)[0] for branch in (rule.then, rule.otherwise))
                if c.sign == "≤":  # as one says it: what passes first
                    return f"IF({left}>{right},{otherwise},{then})", ATOM
                return f"IF({left}{COMPARED[c.sign]}{right},{then},{otherwise})", ATOM
            case Result() | IsOwn() | Wins():
                raise TypeError("a slope is no formula of a sheet")
            case Apply():
                return self._applied(rule, tap, names)
        assert_never(rule)

    def _tap(self, rule: Tap, tap: Any) -> str:
        """The cell; nothing, and it is 0; or a padding's constant."""
        if tap is None and not self.step.taps:
            return "0"
        found = tap or self.step.taps[rule.number]
        source = found.source
        return self.sheet.input(found.input, source).name() if isinstance(source, tuple) else number(found.value)

    def _weight(self, tap: Any) -> str:
        """The cell of a tap's weight."""
        name = self.step.trace.layer.operation.weight_name
        return self.sheet.input(name, tap.weight_index).name() if name in self.step.trace.inputs else number(tap.weight)

    def _beside(self, rule: Beside) -> str:
        at = self.step.beside_at(rule.name)
        return number(rule.otherwise) if at is None else self.sheet.input(rule.name, at).name(fixed=True)

    def _applied(self, rule: Apply, tap: Any, names: Sequence[str]) -> Text:
        def inside(part: Rule, needed: int) -> str:
            text, tight = self.of(part, tap, names)
            return text if tight >= needed else f"({text})"

        match rule.sign, rule.parts:
            case "+", parts:
                return "+".join(self.of(part, tap, names)[0] for part in self._kept(parts, 0)), SUM
            case "·", parts:
                kept = self._kept(parts, 1)
                return (
                    ("*".join(inside(part, PRODUCT) for part in kept), PRODUCT) if kept[1:] else self.of(kept[0], tap)
                )
            case "-", (left, right):
                if self._absent(right, 0):
                    return self.of(left, tap, names)
                return f"{inside(left, SUM)}-{inside(right, PRODUCT)}", SUM
            case "/", (Fold(sign="+", body=body), Figure("count")) if body == X:
                return _called("AVERAGE", self._names()), ATOM  # what does not count is no number on the sheet
            case "/", (above, below):
                return f"{inside(above, PRODUCT)}/{inside(below, POWER)}", PRODUCT
            case "^", (base, exponent):
                if (squares := self._squares(base, exponent)) is not None:
                    return squares, ATOM
                return f"({self.of(base, tap, names)[0]})^{inside(exponent, ATOM)}", POWER
            case "neg", (only,):
                return f"-{inside(only, PRODUCT)}", SUM
            case (("| |" | "size"), (only,)):
                return f"ABS({self.of(only, tap, names)[0]})", ATOM
            case "atan2", (rise, run):  # which a sheet has the other way round, and an error where both are 0
                up, along = (self.of(part, tap, names)[0] for part in (rise, run))
                return f"IF(AND({up}=0,{along}=0),0,ATAN2({along},{up}))", ATOM
            case sign, parts:
                return f"{sign.upper()}({','.join(self.of(part, tap, names)[0] for part in parts)})", ATOM

    def _kept(self, parts: Sequence[Rule], neutral: int) -> Sequence[Rule]:
        """The operands that are written: neither what changes nothing since it is not given, nor a figure of 1."""
        kept = [part for part in parts if not self._absent(part, neutral)]
        return kept or parts[:1]

    def _absent(self, part: Rule, neutral: int) -> bool:
        match part:
            case Beside():
                return part.otherwise in (None, neutral) and self.step.beside_at(part.name) is None
            case Apply(sign="·", parts=(*_, Beside(otherwise=None) as last)):
                return self.step.beside_at(last.name) is None
            case Figure():
                return neutral == 1 and self.step.figure(part.name) == 1
        return False

    def _squares(self, base: Rule, exponent: Rule) -> str | None:
        """The root of a sum of squares has functions of its own."""
        if isinstance(base, Apply) and base.sign == "·" and len(kept := self._kept(base.parts, 1)) == 1:
            base = kept[0]
        if isinstance(base, Fold) and base.body in SQUARES and exponent == Constant(1) / Constant(2):
            return f"SQRT({_called('SUMSQ', self._names())})"
        return None

    def _names(self) -> list[str]:
        """The areas that the taps lie in."""
        spots = self.sheet.tapped(self.step.taps, self.step.index)
        return [area_name(area) for (area,) in areas([(spot,) for spot in spots])]

    def _folded(self, rule: Fold) -> Text:
        function = {"+": "SUM", "max": "MAX", "min": "MIN", "median": "MEDIAN"}[rule.sign]
        body, taps = rule.body, self.step.taps
        if isinstance(body, Aside):
            found = self.sheet.zones[GROWN].found
            spots = [found[tap.source] for tap in taps if isinstance(tap.source, tuple)]
            return _called(function, [area_name(area) for (area,) in areas([(spot,) for spot in spots])]), ATOM
        if isinstance(body, Apply) and body.sign == "·" and isinstance(body.parts[-1], Weight):
            return self._products(body)
        if any(isinstance(part, Weight) for part in parts(body)):
            return "+".join(self.of(body, tap)[0] for tap in taps), SUM
        if body == X and rule.sign == "+" and len({tap.input for tap in taps}) == len(taps) > 1:
            return "+".join(self._names()), SUM  # each from an input of its own
        if body == X:
            return _called(function, self._names()), ATOM
        each = [self.of(body, None, (name,))[0] for name in self._names()]
        if rule.sign == "+":
            return "+".join(f"SUMPRODUCT({one})" for one in each), SUM
        return f"SUMPRODUCT({function}({','.join(each)}))", ATOM  # which works through areas cell by cell

    def _products(self, body: Apply) -> Text:
        """Products of numbers and weights, added: over rectangles that lie alike, else one by one."""
        *factors, _tap, _weight = body.parts
        terms = []
        name = self.step.trace.layer.operation.weight_name
        if not name:  # weights that lie on no sheet
            terms = [f"{self._tap(X, tap)}*{number(tap.weight)}" for tap in self.step.taps]
        else:
            spots = self.sheet.tapped(self.step.taps, self.step.index)
            at = [tap.weight_index for tap in self.step.taps]
            pairs = [(spot, self.sheet.input(name, index)) for spot, index in zip(spots, at) if index is not None]
            for given, weights in areas(pairs):
                both = area_name(given), area_name(weights, fixed=True)
                terms.append("*".join(both) if given[0] == given[1] else f"SUMPRODUCT({','.join(both)})")
        formula = "+".join(terms) or "0"
        for factor in reversed(factors):
            formula = f"{self.of(factor)[0]}*({formula})"
        return formula, PRODUCT if factors else SUM


def _called(function: str, names: Sequence[str]) -> str:
    """`MAX(…)`, of several where there are more than one can take."""
    if len(names) <= MOST_ARGUMENTS:
        return f"{function}({','.join(names)})"
    parts = [names[i : i + MOST_ARGUMENTS] for i in range(0, len(names), MOST_ARGUMENTS)]
    return f"{function}({','.join(_called(function, part) for part in parts)})"


def _overflows(formula: Formula) -> bool:
    """Whether a power of e in it is too large for a sheet, or would be with the opposite number."""
    if isinstance(formula, Function) and formula.name == "exp" and abs(behind(formula.arguments[0])) > LARGEST_POWER:
        return True
    return any(map(_overflows, operands(formula)))


__all__ = ["aside", "cell_formula"]
