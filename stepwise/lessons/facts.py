"""What holds of one step: the conditions of its lines (see `lines.py`), and the numbers that they may name.

A page's script finds the same by itself, for it tells steps that no lesson told: what is common in `sentence.js`, a
maximum's winner in `winner.js`, where a number was moved from in `moves.js`, cells outside in `outside.js`, and why a
result is NaN in `undefined.js`.

To add an operation: nothing here; what its lines ask for is a rule in their conditions.
"""

from __future__ import annotations

import math
from fractions import Fraction

from ..arithmetic import Value, is_expression, shown
from ..formula import cause
from ..language import _, plural
from ..ops import Concat, ConvTranspose, Gradient, MaxUnpool, Pad
from ..ops.cells import Moving
from ..ops.rearrange import Transpose
from ..rules.tree import X, largest, middle, smallest
from ..traces.axes import cell_place
from ..traces.layout import Index, flat_index
from ..traces.step import Step

Facts = tuple[set[str], dict[str, str]]


def facts(step: Step) -> Facts:
    """The conditions that hold of a step, and the numbers that templates may name."""
    taps = step.taps
    data, outside = sum(tap.is_data for tap in taps), sum(tap.is_outside for tap in taps)
    padded = len(taps) - data - outside
    full, there = len(taps), len(taps) - outside
    numbers = {"covered": covered(data, padded, outside)}
    numbers |= {"full": str(full), "there": str(there), "all": str(there), "scale": f"{full}/{there}"}
    if math.gcd(full, there) > 1 and there:  # as the formula has it
        numbers["scale"] += f" = {Fraction(full, there)}"
    bias = "bias" in step.trace.inputs
    holding = {"bias" if bias else "no bias"}
    if not taps:
        holding |= {"none", "only bias" if bias else "nothing"}
    else:
        holding |= {"some", *(("some and bias",) if bias else ())}
    holding |= {name for name, held in (("padded", padded), ("outside", outside)) if held}
    if padded and all(tap.weight is None or tap.weight - tap.weight == 0 for tap in taps if tap.is_padding):
        holding.add("adds nothing")
    more, named = _own(step)
    holding, numbers = holding | more, numbers | named
    if _is_nan(step.result) and (found := cause(step.formula)):
        holding.add(found)
    return holding, numbers


def _own(step: Step) -> Facts:
    """What holds of a kind of operation: that a maximum has a winner, that a number is moved from somewhere."""
    operation = step.trace.layer.operation
    if operation.calculation in (largest(X), smallest(X)):
        return _max(step)
    if operation.calculation == middle(X):
        return _median(step)
    if isinstance(operation, Moving):
        return _moved(step)
    if isinstance(operation, ConvTranspose):
        return set(), {"landed": _landed(step)} if step.taps else {}
    if isinstance(operation, Gradient):
        from .gradients import gradient_facts  # the way back costs the way there nothing

        return gradient_facts(step)
    return set(), {}


def _is_nan(value: Value) -> bool:
    return not is_expression(value) and value != value


def _letters(step: Step) -> bool:
    return any(is_expression(tap.value) for tap in step.taps)


def _max(step: Step) -> Facts:
    best = step.winner
    if best is None:
        return set(), {}
    data = [tap.value for tap in step.taps if tap.is_data]
    nans, ties = sum(value != value for value in data), data.count(best.value)
    numbers = {"best": shown(best.value), "ties": str(ties), "nans": str(nans), "first": _place(step, best.source)}
    if len(data) == 1:
        return {"only"}, numbers
    if nans:
        return {"nan" if nans == 1 else "nans"}, numbers
    return {"tie" if ties > 1 else "largest"}, numbers


MOST_ORDERED = 25
"""Numbers that are said in order."""


def _median(step: Step) -> Facts:
    """The numbers in order, and whether one or two of them are in the middle."""
    data = [tap.value for tap in step.taps if tap.is_data]
    if any(is_expression(value) for value in data):
        return set(), {}
    nans = sum(value != value for value in data)
    numbers = {"best": shown(step.result), "nans": str(nans)}
    if nans:
        return {"nan" if nans == 1 else "nans"}, numbers
    if len(data) == 1:
        return {"only"}, numbers
    ordered, half = sorted(data), len(data) // 2
    numbers |= {
        "ordered": ", ".join(map(shown, ordered)),
        "low": shown(ordered[half - 1]),
        "high": shown(ordered[half]),
    }
    return {"odd" if len(data) % 2 else "even", *(("few",) if len(data) <= MOST_ORDERED else ())}, numbers


def _place(step: Step, source: object) -> str:
    return cell_place(step.trace, source, "input") if isinstance(source, tuple) else ""


def counted_row_by_row(index: Index, shape: Index) -> str:
    """Where a cell stands in reading order, from 0: `1·3 + 2 = 5`.

    >>> counted_row_by_row((1, 2), (2, 3)), counted_row_by_row((0, 2), (1, 3))
    ('1·3 + 2 = 5', '2')
    """
    steps = [math.prod(shape[axis + 1 :]) for axis in range(len(shape))]
    moves = [(i, step) for i, step, size in zip(index, steps, shape) if size > 1]
    number = sum(i * step for i, step in moves)
    if len(moves) < 2:
        return str(number)
    return " + ".join(f"{i}·{step}" if step > 1 else str(i) for i, step in moves) + f" = {number}"


def _moved(step: Step) -> Facts:
    taps = step.taps
    if not taps:
        return set(), {}
    last = taps[-1].source
    if not isinstance(last, tuple):
        return {"constant"}, {}
    numbers = {"source": cell_place(step.trace, last, taps[-1].input)}
    operation, given = step.trace.layer.operation, step.trace.inputs["input"].shape
    match operation:
        case MaxUnpool():
            numbers |= {
                "sent": str(len(taps)),
                "counted": counted_row_by_row(*operation.counted_place(step.trace, step.index)),
            }
            return {"several" if len(taps) > 1 else "moved"}, numbers
        case Pad():
            shifts = operation.full(step.trace.layer.layout, len(given))
            inside = all(i - before == at for i, at, (before, _after) in zip(step.index, last, shifts))
            return {"moved" if inside else operation.mode}, numbers
        case Concat():
            numbers["which"] = str(list(step.trace.inputs).index(taps[-1].input) + 1)
        case Transpose():
            numbers["order"] = ", ".join(map(str, operation.order_of(len(given))))
        case _:
            numbers["counted"] = counted_row_by_row(last, given)
            if flat_index(last, given) == flat_index(step.index, step.trace.shape):
                return {"moved", "in order"}, numbers
    return {"moved"}, numbers


def number_count(n: int) -> str:
    """`3 numbers`"""
    return plural("{n} number", "{n} numbers", n)


def padded_count(n: int) -> str:
    """`2 padded cells`"""
    return plural("{n} padded cell", "{n} padded cells", n)


def outside_count(n: int) -> str:
    """`2 cells outside`"""
    return plural("{n} cell outside", "{n} cells outside", n)


def landed(n: int, first: str = "{first}", last: str = "{last}") -> str:
    """How many products are added in a cell of a transposed convolution, and of which input cells."""
    return plural(
        "{n} product is added here: the input number at {first} times the weight that lies on this cell.",
        "{n} products are added here: of the input numbers from {first} to {last}, each times the weight that lies on "
        "this cell.",
        n,
        first=first,
        last=last,
    )


def _landed(step: Step) -> str:
    first, last = (_place(step, tap.source) for tap in (step.taps[0], step.taps[-1]))
    return landed(len(step.taps), first, last)


def two_kinds() -> str:
    """`2 numbers and 2 padded cells`"""
    return _("{numbers} and {padding}")


def three_kinds() -> str:
    """`1 number, 2 padded cells and 1 cell outside`"""
    return _("{numbers}, {padding} and {outside}")


def covered(data: int, padded: int, outside: int = 0) -> str:
    """What a window covers: `2 numbers and 2 padded cells`."""
    numbers = number_count(data)
    if padded and outside:
        return three_kinds().format(numbers=numbers, padding=padded_count(padded), outside=outside_count(outside))
    if padded or outside:
        return two_kinds().format(numbers=numbers, padding=padded_count(padded) if padded else outside_count(outside))
    return numbers
