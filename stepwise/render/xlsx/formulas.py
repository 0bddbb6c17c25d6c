"""The spreadsheet formula of each output cell, an operation a function.

    =MAX(B7:C8)    =AVERAGE(B7:C8)    =SUMPRODUCT(B7:C8,$F$7:$G$8)+$F$11    =MAX(0,B7)

Padding lies in cells of its own: an empty sign where it does not count (functions pass words over), a 0 that looks like
one where it does. To add an operation: a function here, and a line in `FORMULAS`; a test names each that is missing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from ...arithmetic import Value
from ...layout import Index
from ...ops import (
    Absolute,
    Add,
    BatchNorm,
    Clip,
    Concat,
    Conv,
    ConvTranspose,
    Dense,
    DepthwiseConv,
    Divide,
    Flatten,
    Gradient,
    Identity,
    LpPool,
    MatMul,
    MaxPool,
    MaxUnpool,
    MeanPool,
    Multiply,
    Pad,
    ReLU,
    Reshape,
    Sigmoid,
    Softmax,
    Subtract,
    Tanh,
    Transpose,
)
from ...traces import Operation, Step, Tap
from .places import Spot, area_name, areas
from .sheets import GROWN, Sheet

MOST_ARGUMENTS = 250
"""A function takes at most 255."""

Written = Callable[[Sheet, Step], str]


def number(value: Value) -> str:
    """A parameter as a formula writes it."""
    if isinstance(value, Fraction):
        return f"({value.numerator}/{value.denominator})" if value.denominator > 1 else str(value.numerator)
    text = repr(value.item() if isinstance(value, np.generic) else value)
    return f"({text})" if text.startswith("-") else text.removesuffix(".0")


def _spots(sheet: Sheet, step: Step) -> list[Spot]:
    return sheet.tapped(step.taps, step.index)


def _names(spots: Sequence[Spot]) -> list[str]:
    return [area_name(area) for (area,) in areas([(spot,) for spot in spots])]


def _called(function: str, names: Sequence[str]) -> str:
    """`MAX(…)`, of several where there are more than one can take."""
    if len(names) <= MOST_ARGUMENTS:
        return f"{function}({','.join(names)})"
    parts = [names[i : i + MOST_ARGUMENTS] for i in range(0, len(names), MOST_ARGUMENTS)]
    return f"{function}({','.join(_called(function, part) for part in parts)})"


def _products(pairs: Sequence[tuple[Spot, Spot]]) -> str:
    """Products of numbers and weights, added: over rectangles that lie alike, else one by one."""
    terms = []
    for given, weights in areas(pairs):
        names = area_name(given), area_name(weights, fixed=True)
        terms.append("*".join(names) if given[0] == given[1] else f"SUMPRODUCT({','.join(names)})")
    return "+".join(terms) or "0"


def _weighted(sheet: Sheet, step: Step, weights: str) -> str:
    spots = _spots(sheet, step)
    at = [tap.weight_index for tap in step.taps]
    return _products([(spot, sheet.input(weights, index)) for spot, index in zip(spots, at) if index is not None])


def _bias(sheet: Sheet, step: Step, index: Index) -> str:
    return "+" + sheet.input("bias", index).name(fixed=True) if "bias" in sheet.trace.inputs else ""


def _max(sheet: Sheet, step: Step) -> str:
    return _called("MAX", _names(_spots(sheet, step)))


def _mean(sheet: Sheet, step: Step) -> str:
    """What does not count is no number on the sheet, so that the mean passes it over."""
    operation: Any = step.trace.layer.operation
    names = _names(_spots(sheet, step))
    if operation.divisor is None:
        return _called("AVERAGE", names)
    return f"{_called('SUM', names)}/{number(operation.divisor)}"


def _norm(sheet: Sheet, step: Step) -> str:
    operation: Any = step.trace.layer.operation
    names = _names(_spots(sheet, step))
    power = operation.power
    scale = operation._scale(step.trace, step.trace.place(step.index)[2:])
    if power == 2 and scale == 1:
        return f"SQRT({_called('SUMSQ', names)})"
    each = [name if operation.signed else f"ABS({name})" for name in names]
    total = "+".join(f"SUMPRODUCT({one if power == 1 else f'({one})^{number(power)}'})" for one in each)
    total = total if scale == 1 else f"{number(scale)}*({total})"
    return total if power == 1 else f"({total})^(1/{number(power)})"


def _convolution(sheet: Sheet, step: Step) -> str:
    return _weighted(sheet, step, "kernel") + _bias(sheet, step, (step.trace.place(step.index)[1],))


def _dense(sheet: Sheet, step: Step) -> str:
    operation: Any = step.trace.layer.operation
    told = _weighted(sheet, step, "kernel")
    if operation.alpha != 1:
        told = f"{number(operation.alpha)}*({told})"
    if "bias" not in step.trace.inputs:
        return told
    shape = step.trace.inputs["bias"].shape
    own = step.index[len(step.index) - len(shape) :]
    at = sheet.input("bias", tuple(0 if n == 1 else i for i, n in zip(own, shape))).name(fixed=True)
    return f"{told}+{at}" if operation.beta == 1 else f"{told}+{number(operation.beta)}*{at}"


def _matrix_product(sheet: Sheet, step: Step) -> str:
    return _weighted(sheet, step, "other")


def _only(sheet: Sheet, step: Step) -> str:
    return sheet.input(step.taps[0].input, _source(step)).name()


def _source(step: Step) -> Index:
    source = step.taps[0].source
    assert isinstance(source, tuple)
    return source


def _relu(sheet: Sheet, step: Step) -> str:
    operation: Any = step.trace.layer.operation
    x = _only(sheet, step)
    told = f"MAX(0,{x})"
    if operation.slope or operation.threshold:
        less = f"({x}-{number(operation.threshold)})" if operation.threshold else x
        told = f"IF({x}>{number(operation.threshold)},{x},{number(operation.slope)}*{less})"
    return told if operation.ceiling is None else f"MIN({number(operation.ceiling)},{told})"


def _sigmoid(sheet: Sheet, step: Step) -> str:
    x = _only(sheet, step)
    if abs(step.taps[0].value) > 700:  # there EXP overflows, so the other half of the same function is written
        return f"IF({x}>0,1/(1+EXP(-ABS({x}))),EXP(-ABS({x}))/(1+EXP(-ABS({x}))))"
    return f"1/(1+EXP(-{x}))"


def _tanh(sheet: Sheet, step: Step) -> str:
    return f"TANH({_only(sheet, step)})"


def _absolute(sheet: Sheet, step: Step) -> str:
    operation: Any = step.trace.layer.operation
    return f"{'-' if operation.negative else ''}ABS({_only(sheet, step)})"


def _softmax(sheet: Sheet, step: Step) -> str:
    """Each one's share: the exponentials stand in cells of their own (see `grown`)."""
    zone = sheet.zones[GROWN]
    sources = [tap.source for tap in step.taps if isinstance(tap.source, tuple)]
    return f"{zone.found[step.index].name()}/{_called('SUM', _names([zone.found[at] for at in sources]))}"


def grown(sheet: Sheet, step: Step) -> tuple[str, float]:
    """A softmax's exponential, and what it comes to: `EXP(B7-MAX(B7:D7))`."""
    below = next(tap.value for tap in step.taps if tap.source == step.index) - max(tap.value for tap in step.taps)
    return f"EXP({sheet.input('input', step.index).name()}-{_max(sheet, step)})", math.exp(below)


def _moved(sheet: Sheet, step: Step) -> str:
    """The cell that was moved here, the last where several were; nothing, and it is 0; or a padding's constant."""
    if not step.taps:
        return "0"
    tap = step.taps[-1]
    return sheet.input(tap.input, tap.source).name() if isinstance(tap.source, tuple) else number(tap.value)


def _normalised(sheet: Sheet, step: Step) -> str:
    operation: Any = step.trace.layer.operation
    channel = 0 if operation.axis is None else step.index[operation.axis]
    inputs = step.trace.inputs
    gamma, beta, mean, variance = (
        sheet.input(name, (channel,)).name(fixed=True) if name in inputs else default
        for name, default in (("gamma", ""), ("beta", ""), ("mean", ""), ("variance", "1"))
    )
    centred = f"({_only(sheet, step)}-{mean})" if mean else _only(sheet, step)
    told = f"{gamma + '*' if gamma else ''}{centred}/SQRT({variance}+{number(operation.epsilon)})"
    return f"{told}+{beta}" if beta else told


def _added(sheet: Sheet, step: Step) -> str:
    return "+".join(spot.name() for spot in _spots(sheet, step))


def _between(sign: str) -> Written:
    """Two cells with a sign between them."""

    def written(sheet: Sheet, step: Step) -> str:
        return sign.join(sheet.input(tap.input, _at(tap)).name() for tap in step.taps)

    return written


def _at(tap: Tap) -> Index:
    assert isinstance(tap.source, tuple)
    return tap.source


def _clipped(sheet: Sheet, step: Step) -> str:
    operation: Any = step.trace.layer.operation
    told = _only(sheet, step)
    told = told if math.isinf(operation.low) else f"MAX({number(operation.low)},{told})"
    return told if math.isinf(operation.high) else f"MIN({number(operation.high)},{told})"


def _gradient(sheet: Sheet, step: Step) -> str:
    """What came back, times how much each output cell grows: those factors are numbers, not cells."""
    terms = [f"{sheet.input(tap.input, _at(tap)).name()}*{number(tap.weight)}" for tap in step.taps]
    return "+".join(terms) or "0"


FORMULAS: dict[type[Operation], Written] = {
    MaxPool: _max,
    MeanPool: _mean,
    LpPool: _norm,
    Conv: _convolution,
    DepthwiseConv: _convolution,
    ConvTranspose: _convolution,
    Dense: _dense,
    MatMul: _matrix_product,
    ReLU: _relu,
    Sigmoid: _sigmoid,
    Tanh: _tanh,
    Absolute: _absolute,
    Identity: _only,
    Softmax: _softmax,
    Flatten: _moved,
    Pad: _moved,
    MaxUnpool: _moved,
    BatchNorm: _normalised,
    Add: _added,
    Multiply: _between("*"),
    Subtract: _between("-"),
    Divide: _between("/"),
    Clip: _clipped,
    Concat: _only,
    Reshape: _only,
    Transpose: _only,
    Gradient: _gradient,
}
