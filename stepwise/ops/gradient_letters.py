"""Gradients in letters, and in numbers that are not rational: slopes are the derivative of an operation's own rule.

Where a slope depends on which of two letters is the larger, what is assumed of them must say it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np

from ..arithmetic import Value, holds_expressions, is_expression, lift
from ..errors import InputError
from ..formula import worked_out
from ..rules.derive import derivative, is_linear
from ..rules.expand import formula_of
from ..rules.tree import X, largest, smallest
from ..traces.kept import kept_of
from ..traces.layout import Index
from ..traces.step import Step
from ..traces.trace import Trace
from .broadcast import TwoSided
from .elementwise import ReLU

Fed = list[tuple[Index, Value]]
LEARNED = {"gamma": 1, "beta": 0}
"""What normalised numbers are multiplied by, and what is added to them; what leaves them as they are."""


def by_rule(forward: Trace) -> bool:
    """Whether slopes are worked out from the rule: of letters, and of exact numbers whose slopes are no fractions."""
    arrays = forward.inputs.values()
    exact = any(array.dtype == object for array in arrays)
    return exact and (not forward.layer.operation.rational or any(map(holds_expressions, arrays)))


UNDECIDED = "which case of its derivative holds depends on what the letters stand for; put numbers in for the letters"


def fed(forward: Trace, wrt: str, index: Index) -> Fed:
    """The output cells that a cell of an input contributes to, each with its slope (see `Operation.feeds`)."""
    operation = forward.layer.operation
    if wrt in ("bias", operation.weight_name) or (operation.rational and is_linear(operation.calculation)):
        return sorted(operation.feeds(forward, wrt, index), key=lambda one: one[0])
    if wrt in LEARNED:
        return [(at, slope) for at, _place, slope in learned(forward, wrt, index)]
    if wrt not in ("input", *(name for name in forward.inputs if name.startswith("input_"))):
        raise InputError(f"its {wrt} has a gradient in numbers only; put numbers in for the letters")
    mask = np.zeros(forward.inputs[wrt].shape, dtype=bool)
    mask[index] = True
    found: Fed = []
    for at in np.argwhere(operation.touches(forward, wrt, mask)):
        place = tuple(map(int, at))
        found += [(place, slope) for name, source, slope in _of_taps(forward, place) if (name, source) == (wrt, index)]
    return found


def learned(forward: Trace, wrt: str, only: Index | None = None) -> Iterator[tuple[Index, Index, Value]]:
    """Of gamma or beta: output cells, which of its numbers each is made with, and how fast it grows with that one.

    With gamma it grows as much as it would be with a gamma of 1 and a beta of 0, and with beta by 1.
    """
    operation, shape = forward.layer.operation, forward.inputs[wrt].shape
    plain = {
        name: lift(np.full(forward.inputs[name].shape, one)) for name, one in LEARNED.items() if name in forward.inputs
    }
    alone = dataclasses.replace(forward, inputs={**forward.inputs, **plain})
    places = operation.beside(forward, wrt)
    for at in np.ndindex(forward.shape):
        place = tuple(map(int, np.unravel_index(places[at], shape)))
        if only in (None, place):
            yield at, place, _result(alone.step(at)) if wrt == "gamma" else 1


@kept_of
def _of_taps(forward: Trace, index: Index) -> list[tuple[str, Index, Value]]:
    """Which numbers an output cell is made of, and how fast it grows with each; every one of these asks again."""
    step = forward.step(index)
    return [
        (tap.input, tap.source, slope)
        for tap, slope in zip(step.taps, slopes(step))
        if isinstance(tap.source, tuple) and slope is not None
    ]


def slopes(step: Step) -> list[Value]:
    """How fast the result grows with each tap (see `Operation.slopes`), by the rule's own derivative."""
    operation, values = step.trace.layer.operation, [tap.value for tap in step.taps if tap.is_data]
    lettered = any(map(is_expression, values)) or any(is_expression(tap.weight) for tap in step.taps)
    if operation.rational and not lettered:
        return operation.slopes(step)
    if operation.calculation in (largest(X), smallest(X)):
        return _of_winner(step)
    if isinstance(operation, ReLU) and operation.calculation == ReLU().calculation:
        return _of_gate(step)
    own = operation.lettered_slopes(step)
    if own is not None:
        return own
    rule = operation.lettered(step)
    if isinstance(operation, TwoSided):
        if not operation.rational and all(value == 0 for value in values):
            return [0 for _tap in step.taps]  # an arrow of no length, which has no slope
        rules = [derivative(rule, number) for number in range(len(step.taps))]
    else:
        rules = [derivative(rule)] * len(step.taps)
    try:
        return [worked_out(formula_of(one, step, tap)) if tap.is_data else None for one, tap in zip(rules, step.taps)]
    except (InputError, TypeError):  # of SymPy, where it compares
        raise InputError(UNDECIDED) from None


def _result(step: Step) -> Value:
    return worked_out(step.trace.layer.operation.expression(step))


def _of_winner(step: Step) -> list[Value]:
    """1 for the letter that is surely the largest, of equal ones the first."""
    result = _result(step)
    winner = next((tap for tap in step.taps if tap.is_data and tap.value == result), None)
    if winner is None:
        raise InputError(UNDECIDED)
    return [(1 if tap is winner else 0) if tap.is_data else None for tap in step.taps]


def _of_gate(step: Step) -> list[Value]:
    """1 where a number surely passes, 0 where it surely does not: at 0 it does not, so what may be 0 is undecided."""
    from ..arithmetic.extremes import surely_positive  # brings SymPy, which is there where there are letters

    [tap], result = step.taps, _result(step)
    if result == 0:
        return [0]
    if result != tap.value or not surely_positive(result):
        raise InputError(UNDECIDED)
    return [1]
