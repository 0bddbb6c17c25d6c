"""Carrying a layer out on fractions and letters: cell by cell, by its rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..arithmetic import MOST_DEPTH, MOST_DIGITS, Array, depth, digits, holds_expressions, lift, nesting, size
from ..effort import NESTED, Effort, allow
from ..errors import LimitError
from ..formula import worked_out
from .estimates import refuse_many_exact
from .trace import Trace

if TYPE_CHECKING:
    from .operation import Layer
    from .step import Step


MOST_TERMS = 100_000
"""The most terms that all output cells may have together in letters: more nobody reads."""
MOST_WORK = 250_000
"""The most terms that may go into them together: more would take minutes."""


def record_exactly(
    layer: Layer, inputs: Mapping[str, Array], parents: Mapping[str, Trace], origins: Mapping[str, str]
) -> Trace:
    """Carry a layer out on exact numbers or letters. Raises `LimitError` where that would take too long.

    Rationals go the fast way, which NumPy takes with Fractions too. Where there are letters, or the result is not
    rational, every cell is what the formula of its step comes to.
    """
    operation = layer.operation
    if operation.inexact:
        raise LimitError(f"{layer.call} is worked out in decimals only; use arithmetic='float' for it")
    refuse_many_exact(layer, inputs, parents)
    lifted = {name: array if name in operation.counts else lift(array, name) for name, array in inputs.items()}
    for array in lifted.values():
        array.flags.writeable = False
    if operation.rational and not any(map(holds_expressions, lifted.values())):
        geometry, result = operation.run(layer.layout, lifted)
        trace = Trace(layer, lifted, geometry, lift(result), parents, origins)
    else:
        geometry, shape = operation.planned(layer.layout, lifted)
        trace = Trace(layer, lifted, geometry, np.empty(shape, dtype=object), parents, origins)
        _work_out(trace)
    refuse_long_numbers(layer, trace.output)
    trace.output.flags.writeable = False
    return trace


def refuse_long_numbers(layer: Layer, output: Array) -> None:
    """Raises `LimitError` where an exact number has more digits than anybody reads: squared, they are twice as many."""
    if output.dtype == object and max(map(digits, output.flat), default=0) > MOST_DIGITS:
        raise LimitError(
            f"{layer.call}: an exact number has more than {MOST_DIGITS:,} digits here; use arithmetic='float' for it"
        )


def _work_out(trace: Trace) -> None:
    """Fill an output cell by cell. Raises `LimitError` where that would take minutes, or be more than anybody reads."""
    call, terms = trace.layer.call, 0
    steps = _of_few_terms(trace)
    _refuse_nested(trace, steps)
    for number, step in enumerate(steps):
        try:
            trace.output[step.index] = result = worked_out(trace.layer.operation.expression(step))
        except LimitError as error:
            raise LimitError(f"{call}: {error}") from None
        if depth(result) > MOST_DEPTH:
            raise LimitError(
                f"{call}: the expressions in letters have more than {MOST_DEPTH} parts within one another here; "
                "take fewer layers, or numbers for the letters"
            )
        terms += size(result)
        if terms > MOST_TERMS:
            raise _too_large(trace, number, f"have more than {MOST_TERMS:,} terms together")


def _of_few_terms(trace: Trace) -> list[Step]:
    """Every step, with its taps. Raises `LimitError` for too many terms: counting them is faster than adding them."""
    work, steps = 0, []
    for number, step in enumerate(trace.steps):
        work += sum(size(tap.value) for tap in step.taps)
        if work > MOST_WORK:
            raise _too_large(trace, number, f"are made from more than {MOST_WORK:,} terms together")
        steps.append(step)
    return steps


def _refuse_nested(trace: Trace, steps: Sequence[Step]) -> None:
    """Raises `LimitError` where exp() of exp() of exact numbers would be compared for minutes.

    SymPy works each one out anew, with all that is in it, and in more digits for every exp() around it.
    """
    known: dict[Any, tuple[int, int]] = {}
    if not any(nesting(value, known)[1] > 1 for array in trace.inputs.values() for value in array.flat):
        return
    effort = Effort()
    for step in steps:
        for tap in step.taps:
            numbers, deep = nesting(tap.value, known)
            effort += numbers * 2.0**deep * NESTED
    what = f"{trace.layer.call}: carrying exp() of exp() on exactly"
    allow(what, effort, "use arithmetic='float' (decimals instead of fractions), take fewer layers")


def _too_large(trace: Trace, number: int, why: str) -> LimitError:
    return LimitError(
        f"{trace.layer.call}: worked out with letters, the first {number + 1:,} of {trace.output.size:,} output cells "
        f"{why}; take a smaller input, fewer layers, or numbers for some of the letters"
    )
