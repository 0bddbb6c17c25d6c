"""What holds of one step: the conditions of its lines (see `lines.py`), and the numbers that they may name.

A page's script finds the same by itself, for it tells steps that no lesson told: what is common in `sentence.js`, what
one rule adds in its own `rules-….js`, cells outside in `outside.js`, and why a result is NaN in `undefined.js`.

To add an operation whose lines have conditions of their own: a function in `OWN`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

from ..arithmetic import Value, is_expression, shown
from ..formula import cause
from ..language import _, plural
from ..layout import Index, written_index
from ..ops import OPERATIONS, BatchNorm, Clip, Concat, MaxUnpool, MeanPool, Pad, ReLU
from ..ops.lp_pool import LpPool
from ..ops.rearrange import Transpose
from ..traces import Step
from .gradients import gradient_facts

Facts = tuple[set[str], dict[str, str]]


def facts(step: Step) -> Facts:
    """The conditions that hold of a step, and the numbers that templates may name."""
    taps = step.taps
    data, outside = sum(tap.is_data for tap in taps), sum(tap.is_outside for tap in taps)
    padded = len(taps) - data - outside
    numbers = {"covered": covered(data, padded, outside), "landed": landed(len(taps))}
    bias = "bias" in step.trace.inputs
    holding = {"bias" if bias else "no bias"}
    if not taps:
        holding |= {"none", "only bias" if bias else "nothing"}
    else:
        holding |= {"some", *(("some and bias",) if bias else ())}
    holding |= {name for name, held in (("padded", padded), ("outside", outside)) if held}
    if padded and all(tap.weight is None or tap.weight - tap.weight == 0 for tap in taps if tap.is_padding):
        holding.add("adds nothing")
    own = OWN.get(step.trace.layer.operation.name)
    if own is not None:
        more, named = own(step)
        holding, numbers = holding | more, numbers | named
    if _is_nan(step.result) and (found := cause(step.formula)):
        holding.add(found)
    return holding, numbers


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
    numbers = {"best": shown(best.value), "ties": str(ties), "nans": str(nans), "first": _place(best.source)}
    if len(data) == 1:
        return {"only"}, numbers
    if nans:
        return {"nan" if nans == 1 else "nans"}, numbers
    return {"tie" if ties > 1 else "largest"}, numbers


def _place(source: object) -> str:
    return written_index(source) if isinstance(source, tuple) else ""


def _mean(step: Step) -> Facts:
    """How the divisor came to be."""
    operation = step.trace.layer.operation
    assert isinstance(operation, MeanPool)
    divisor = operation.counted(step.trace, step.trace.place(step.index)[2:])
    there = sum(not tap.is_outside for tap in step.taps)
    numbers = {"divisor": str(divisor), "all": str(there)}
    if operation.divisor is not None:
        return {"given"}, numbers
    if not any(tap.is_padding for tap in step.taps):
        return {"alone" if divisor == 1 else "plain"}, numbers
    return {"counted" if operation.counts_padding else "left out"}, numbers


def _norm(step: Step) -> Facts:
    operation = step.trace.layer.operation
    assert isinstance(operation, LpPool)
    there = sum(not tap.is_outside for tap in step.taps)
    scaled = operation.scaled and there < len(step.taps)
    full = len(step.taps)
    numbers = {"full": str(full), "there": str(there), "p": shown(operation.power), "scale": f"{full}/{there}"}
    if math.gcd(full, there) > 1:  # as the formula has it
        numbers["scale"] += f" = {Fraction(full, there)}"
    return {_raising(operation), *(("scaled",) if scaled else ())}, numbers


def _raising(operation: LpPool) -> str:
    """What is done with the numbers of a window: squares need no word about signs."""
    if operation.power == 2:
        return "squared"
    done = "summed" if operation.power == 1 else "raised"
    return done if operation.signed else f"sizes {done}"


def counted_row_by_row(index: Index, shape: Index) -> str:
    """Where a cell stands in reading order, from 0: `1·3 + 2 = 5`.

    >>> counted_row_by_row((1, 2), (2, 3)), counted_row_by_row((0, 2), (1, 3))
    ('1·3 + 2 = 5', '2')
    """
    steps = [math.prod(shape[axis + 1 :]) for axis in range(len(shape))]
    told = [(i, step) for i, step, size in zip(index, steps, shape) if size > 1]
    number = sum(i * step for i, step in told)
    if len(told) < 2:
        return str(number)
    return " + ".join(f"{i}·{step}" if step > 1 else str(i) for i, step in told) + f" = {number}"


def _moved(step: Step) -> Facts:
    taps = step.taps
    if not taps:
        return set(), {}
    last = taps[-1].source
    if not isinstance(last, tuple):
        return {"constant"}, {}
    numbers = {"source": written_index(last)}
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
            if _number(last, given) == _number(step.index, step.trace.shape):
                return {"moved", "in order"}, numbers
    return {"moved"}, numbers


def _number(index: Index, shape: Index) -> int:
    number = 0
    for i, size in zip(index, shape):
        number = number * size + i
    return number


def _relu(step: Step) -> Facts:
    relu = step.trace.layer.operation
    assert isinstance(relu, ReLU)
    if _letters(step):
        return set(), {}
    told = {"slope": relu.slope, "threshold": relu.threshold, "ceiling": relu.ceiling}
    numbers = {name: shown(value) for name, value in told.items() if value is not None}
    sign = "−" if relu.threshold > 0 else "+"
    value = step.taps[0].value
    if value == value and _is_nan(step.result):
        return set(), numbers  # −∞ times 0
    return {_passing(relu, value)}, numbers | {"less": f"x {sign} {shown(abs(relu.threshold))}"}


def _passing(relu: ReLU, value: Value) -> str:
    if value != value:
        return "nan"
    if value > relu.threshold:
        if relu.ceiling is not None and value > relu.ceiling:
            return "cut off"
        return "above" if relu.threshold else "positive"
    if relu.threshold:
        return "lacking" if relu.slope else "not above"
    if not value:
        return "zero"
    return "scaled" if relu.slope else "negative"


def _function(step: Step) -> Facts:
    return {"nan"} if _is_nan(step.taps[0].value) else set(), {}


def _clip(step: Step) -> Facts:
    clip = step.trace.layer.operation
    assert isinstance(clip, Clip)
    value = step.taps[0].value
    numbers = {"low": shown(clip.low), "high": shown(clip.high)}
    if _letters(step):
        return set(), numbers
    if value != value:
        return {"nan"}, numbers
    if clip.low > clip.high:
        return {"crossed"}, numbers
    return {"below" if value < clip.low else "beyond" if value > clip.high else "between"}, numbers


def _softmax(step: Step) -> Facts:
    return set() if _letters(step) or _is_nan(step.result) else {"defined"}, {}


def _scaled(step: Step) -> Facts:
    assert isinstance(step.trace.layer.operation, BatchNorm)
    gamma, beta = ("gamma" in step.trace.inputs, "beta" in step.trace.inputs)
    found = "gamma and beta" if gamma and beta else "gamma alone" if gamma else "beta alone" if beta else "neither"
    return {found}, {}


def _joined(step: Step) -> Facts:
    shapes = {array.shape for array in step.trace.inputs.values()}
    return {"repeated"} if len(shapes) > 1 else set(), {}


OWN: dict[str, Callable[[Step], Facts]] = {
    "max_pool": _max,
    "mean_pool": _mean,
    "lp_pool": _norm,
    "max_unpool": _moved,
    "pad": _moved,
    "flatten": _moved,
    "reshape": _moved,
    "transpose": _moved,
    "concat": _moved,
    "relu": _relu,
    "sigmoid": _function,
    "tanh": _function,
    "absolute": _function,
    "clip": _clip,
    "softmax": _softmax,
    "batch_norm": _scaled,
    "add": _joined,
    "multiply": _joined,
    "subtract": _joined,
    "divide": _joined,
    "gradient": gradient_facts,
}
assert OWN.keys() <= OPERATIONS.keys()


def numbers_told(n: int) -> str:
    """`3 numbers`"""
    return plural("{n} number", "{n} numbers", n)


def padded_told(n: int) -> str:
    """`2 padded cells`"""
    return plural("{n} padded cell", "{n} padded cells", n)


def outside_told(n: int) -> str:
    """`2 cells outside`"""
    return plural("{n} cell outside", "{n} cells outside", n)


def landed(n: int) -> str:
    """`2 products land on this cell:`"""
    return plural("{n} product lands on this cell:", "{n} products land on this cell:", n)


def two_kinds() -> str:
    """`2 numbers and 2 padded cells`"""
    return _("{numbers} and {padding}")


def three_kinds() -> str:
    """`1 number, 2 padded cells and 1 cell outside`"""
    return _("{numbers}, {padding} and {outside}")


def covered(data: int, padded: int, outside: int = 0) -> str:
    """What a window covers: `2 numbers and 2 padded cells`."""
    told = numbers_told(data)
    if padded and outside:
        return three_kinds().format(numbers=told, padding=padded_told(padded), outside=outside_told(outside))
    if padded or outside:
        return two_kinds().format(numbers=told, padding=padded_told(padded) if padded else outside_told(outside))
    return told
