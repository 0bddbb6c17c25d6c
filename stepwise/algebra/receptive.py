"""Receptive fields: how much of the input one output cell sees, how far apart two neighbours look, and where it begins.

    field'  = field + (span - 1)·jump          span = (window - 1)·dilation + 1
    jump'   = jump·stride
    offset' = offset + ((span - 1) / 2 - padding before)·jump

`field` is in cells of the input; `jump` is the distance, in cells of the input, between what neighbouring output cells
see; `offset` is the centre of the first output cell's field, counted from the centre of the first input cell.
A transposed convolution does the reverse: its neighbours see nearly the same cells, and not all equally many, so its
field is told as the most that any sees (see `geometry/reach.py`).
Source: Araujo, Norris & Sim, "Computing Receptive Fields of Convolutional Neural Networks", Distill 2019.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ..dataclass import dataclass
from ..dialects import LayerObject
from ..errors import ShapeError
from ..formula import Difference, Equality, Formula, Number, Product, Quotient, Sum
from ..geometry import Adaptive, AxisGeometry, Reach, Sliding, Transposed
from ..ops import Dense, Flatten, LayerNorm, LocalResponseNorm, Pad, Softmax
from ..ops.images import OfImages
from ..ops.rearrange import Reshape, Transpose
from ..ops.windows import WindowOperation
from ..traces.operation import Operation


@dataclass(frozen=True)
class Field:
    """What one cell of a layer's output sees along one axis, and how that was worked out.

    All are None from the layer on whose cells see everything; `jump` and `offset` also where they are not the same for
    every cell, `offset` where it depends on the input's size. A layer that looks at single cells has no working: it
    changes nothing, nor does one that moves them. Where `alike` is false, `field` is what the cell sees that sees most.
    """

    call: str
    field: int | None = None
    jump: Fraction | int | None = None
    offset: Fraction | None = None
    workings: tuple[Formula, ...] = ()  # of field, jump and, where it is known, offset
    alike: bool = True
    moved: bool = False  # whether cells were moved, so that a neighbour may have been anywhere
    untold: bool = False  # what it sees depends on where cells were moved before


def receptive_fields(
    layers: Sequence[LayerObject],
    before: Sequence[int | None],
    axis: int = 0,
    geometry: Sequence[Sequence[AxisGeometry]] = (),
) -> list[Field]:
    """The receptive field after every stage of every layer, along one spatial axis.

    `before` is each stage's padding before the data, or what is cut off there, None where it is not known; `geometry`,
    where sizes are known, the axes of each stage's windows.

    >>> from ..dialects.tracing import understood
    >>> chain = understood("Conv2D(8, 3), MaxPool2D(2), Conv2D(8, 3)")
    >>> [(f.field, f.jump, str(f.offset)) for f in receptive_fields(chain, (0, 0, 0))]
    [(3, 1, '1'), (4, 2, '3/2'), (8, 2, '7/2')]
    >>> up = understood("Conv2D(8, 3, strides=2), Conv2DTranspose(1, 3, strides=2)")
    >>> [(f.field, str(f.jump), f.alike) for f in receptive_fields(up, (0, 0))]
    [(3, '2', True), (5, '1', False)]
    """
    if any(layer.parts for layer in layers):
        raise ShapeError("receptive fields are told of a chain, and here layers are joined")
    now, reach = Field("", 1, 1, Fraction(0)), Reach()
    found = []
    stages = [(stage.call_in(layer.call), stage.operation, layer) for layer in layers for stage in layer.plan.stages]
    moved: Operation | None = None  # the last that moved cells, if any did
    for number, ((call, operation, layer), padded) in enumerate(zip(stages, before, strict=True)):
        if now.untold:
            found.append(Field(call, untold=True))
            continue
        if now.field is not None and isinstance(operation, Flatten | Reshape | Transpose):
            moved = operation
        if moved is not None and now.field is not None:
            now = _after_moving(now, call, operation, moved)
            found.append(now)
            continue
        if now.field is not None and _along_channels(operation, layer):
            now = Field(call, now.field, now.jump, now.offset, alike=now.alike)
            found.append(now)
            continue
        axes = geometry[number] if geometry else ()
        after = None if now.field is None else _reached(reach, operation, axis, padded or 0, axes)
        if after is None:
            now = Field(call, untold=isinstance(operation, OfImages))
        elif isinstance(operation, WindowOperation) and isinstance(operation.windows, Sliding) and _simple(now):
            now = _through(now, call, operation.windows, axis, padded)
        elif after is reach:
            now = Field(call, now.field, now.jump, now.offset, alike=now.alike)
        else:
            now = Field(call, after.field, after.jump, None, alike=after.alike)
        reach = after or reach
        found.append(now)
    return found


def _after_moving(now: Field, call: str, operation: Operation, moved: Operation) -> Field:
    """A cell that was moved sees what it saw; the next one may have been anywhere."""
    if operation.in_place or isinstance(operation, Flatten | Reshape | Transpose):
        return Field(call, now.field, None, None, alike=now.alike, moved=True)
    if isinstance(operation, Dense | Softmax | LayerNorm) and isinstance(moved, Flatten):
        return Field(call)
    return Field(call, untold=True)


def _along_channels(operation: Operation, layer: LayerObject) -> bool:
    """Whether it puts together the channels of a place, and no two places."""
    if isinstance(operation, Dense):
        return layer.plan.layout.channels_last and not operation.transposed_input
    if isinstance(operation, Softmax | LayerNorm):
        return operation.axes == ((-1,) if layer.plan.layout.channels_last else (1,))
    return isinstance(operation, LocalResponseNorm)


def _simple(now: Field) -> bool:
    """Whether all cells see alike, a whole number of cells apart, so that the rules for windows hold."""
    return now.alike and isinstance(now.jump, int)


def _reached(reach: Reach, operation: Operation, axis: int, padded: int, axes: Sequence[AxisGeometry]) -> Reach | None:
    """What a stage's cells see; the very same where it looks at single cells, None where they see all."""
    if operation.in_place:
        return reach
    if isinstance(operation, OfImages):
        if axis >= operation.spatial > 0:  # 0: as many as its input has
            return None  # the axes are others here
        return operation.reaches(reach, axis, 0)
    if isinstance(operation, Pad) and not operation.all_axes and axis < len(operation.pads):
        return reach.padded(operation.pads[axis][0])
    match operation.windows if isinstance(operation, WindowOperation) else None:
        case Sliding() | Transposed() as windows if not axes:
            own = windows.window[axis], windows.stride[axis], windows.dilation[axis], padded
            if isinstance(windows, Transposed):
                return reach.spread(*own)
            return reach.slid(*own) if reach.shift is not None else None
        case Adaptive() as windows if windows.output[axis] == 1:
            return None
        case Sliding() | Transposed() | Adaptive() if axes:
            return reach.through(axes[axis])
    return None


def _through(now: Field, call: str, windows: Sliding, axis: int, padded: int | None) -> Field:
    """The field after one more layer of windows."""
    field, jump, stride = now.field or 1, int(now.jump or 1), windows.stride[axis]
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
