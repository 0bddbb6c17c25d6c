"""Receptive fields: how much of the input one output cell sees, how far apart two neighbours look, and where it begins.

    field'  = field + (span - 1)·jump          span = (window - 1)·dilation + 1
    jump'   = jump·stride
    offset' = offset + ((span - 1) / 2 - padding before)·jump

`field` is in cells of the input; `jump` is the distance, in cells of the input, between what neighbouring output cells
see; `offset` is the centre of the first output cell's field, counted from the centre of the first input cell.
Source: Araujo, Norris & Sim, "Computing Receptive Fields of Convolutional Neural Networks", Distill 2019.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from ..dialects import LayerObject
from ..formula import Difference, Equality, Formula, Number, Product, Quotient, Sum
from ..geometry import Sliding
from ..ops.windows import WindowOperation

LOCAL = ("relu", "sigmoid", "tanh", "absolute", "identity", "batch_norm")
"""Operations whose output cells are made from the input cell at their own place alone."""


@dataclass(frozen=True)
class Field:
    """What one cell of a layer's output sees along one axis, and how that was worked out.

    All are None from the layer on whose cells see everything, or not all equally much; `offset` also where it depends
    on the input's size. A layer that looks at single cells has no working: it changes nothing.
    """

    call: str
    field: int | None = None
    jump: int | None = None
    offset: Fraction | None = None
    workings: tuple[Formula, ...] = ()  # of field, jump and, where it is known, offset


def receptive_fields(layers: Sequence[LayerObject], before: Sequence[int | None], axis: int = 0) -> list[Field]:
    """The receptive field after every stage of every layer, along one spatial axis.

    `before` is each stage's padding before the data, None where it is not known.

    >>> from ..tracing import understood
    >>> chain = understood("Conv2D(8, 3), MaxPool2D(2), Conv2D(8, 3)")
    >>> [(f.field, f.jump, str(f.offset)) for f in receptive_fields(chain, (0, 0, 0))]
    [(3, 1, '1'), (4, 2, '3/2'), (8, 2, '7/2')]
    """
    now = Field("", 1, 1, Fraction(0))
    found = []
    stages = [(stage.call or layer.call, stage.operation) for layer in layers for stage in layer.plan.stages]
    for (call, operation), padded in zip(stages, before, strict=True):
        sliding = isinstance(operation, WindowOperation) and isinstance(operation.windows, Sliding)
        if now.field is None or now.jump is None or not (sliding or operation.name in LOCAL):
            now = Field(call)
        elif not sliding:
            now = Field(call, now.field, now.jump, now.offset)
        else:
            now = _through(now, call, operation.windows, axis, padded)  # type: ignore[attr-defined]  # it slides
        found.append(now)
    return found


def _through(now: Field, call: str, windows: Sliding, axis: int, padded: int | None) -> Field:
    """The field after one more layer of windows."""
    field, jump, stride = now.field or 1, now.jump or 1, windows.stride[axis]
    span = (windows.window[axis] - 1) * windows.dilation[axis] + 1
    wider, farther = field + (span - 1) * jump, jump * stride
    less_one = Difference(Number(span), Number(1))
    workings: list[Formula] = [
        Equality(Sum((Number(field), Product((less_one, Number(jump))))), Number(wider)),
        Equality(Product((Number(jump), Number(stride))), Number(farther)),
    ]
    if now.offset is None or padded is None:
        return Field(call, wider, farther, None, tuple(workings))
    offset = now.offset + (Fraction(span - 1, 2) - padded) * jump
    shift: Formula = Quotient(less_one, Number(2))
    if padded:
        shift = Difference(shift, Number(padded))
    moved = Sum((_decimal(now.offset), Product((shift, Number(jump)))))
    return Field(call, wider, farther, offset, (*workings, Equality(moved, _decimal(offset))))


def _decimal(half: Fraction) -> Number:
    """A whole number or a half: both are exact as decimals."""
    return Number(int(half) if half.denominator == 1 else float(half))
