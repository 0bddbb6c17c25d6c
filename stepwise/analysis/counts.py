"""How large a layer is: its parameters, its multiplications, and how much of the first input one of its cells sees."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ..dataclass import dataclass
from ..formula import Formula, Number, Product, Sum
from ..geometry import Adaptive, Reach, Whole
from ..ops import (
    BatchNorm,
    Concat,
    Conv,
    ConvTranspose,
    Dense,
    Flatten,
    LayerNorm,
    LocalResponseNorm,
    MatMul,
    Pad,
    PReLU,
    Reshape,
    Softmax,
    Transpose,
)
from ..ops.broadcast import Broadcast
from ..ops.elementwise import Elementwise
from ..ops.images import OfImages
from ..ops.normalize import Normalization
from ..ops.windows import WindowOperation
from ..traces.trace import Trace, chain, data_inputs

Size = tuple[int, ...]


@dataclass(frozen=True)
class Count:
    """A number of things and the formula it comes from."""

    number: int = 0
    formula: Formula | None = None  # None where there are none


@dataclass(frozen=True)
class Seen:
    """How much of the first input the cells of a layer see: along each spatial axis, see `Reach`.

    `axes` is None where a cell sees everything, or, `untold`, where it cannot be told what it sees. `moved`: the cells
    no longer lie as they did, so that no window after them sees a patch.
    """

    axes: tuple[Reach, ...] | None
    moved: bool = False
    untold: bool = False

    @property
    def field(self) -> Size | None:
        """How many cells of the input the one sees that sees most."""
        return None if self.axes is None else tuple(reach.field for reach in self.axes)

    @property
    def jump(self) -> tuple[Any, ...]:
        """How far apart lies what neighbours see, as a fraction; None where it is not always as far."""
        return tuple(reach.jump for reach in self.axes or ())

    @property
    def alike(self) -> bool:
        """Whether all cells see equally many."""
        return all(reach.alike for reach in self.axes or ())


UNTOLD = Seen(None, untold=True)


def weight_names(trace: Trace) -> list[str]:
    """The inputs that are weights: neither data nor indices, nor another layer's output."""
    data = [name for name in trace.inputs if name == "input" or name in trace.layer.operation.counts]
    joined = data_inputs(trace)[1:]
    if not trace.parents or trace.layer.dialect != "onnx":  # a join of what was given; only ONNX adds constants so
        data += joined
    elif joined:
        source = _source(trace)
        data += [name for name in joined if trace.inputs[name] is source]
    return [name for name in trace.inputs if name not in data and name not in trace.parents]


def _source(trace: Trace) -> object:
    """What goes into the network."""
    while trace.parents:
        trace = next(iter(trace.parents.values()))
    return trace.inputs["input"]


def parameters(trace: Trace) -> Count:
    """How many numbers a layer keeps: `3·3·1·5 + 5`. Some of them need not be trained, see `totals`."""
    shapes = [trace.inputs[name].shape for name in weight_names(trace)]
    return _count([_product(shape) for shape in shapes])


@dataclass(frozen=True)
class Totals:
    """How many numbers a network keeps: those that are trained, and those that are not.

    What batch normalisation collects is not trained, nor is a layer of Keras with `trainable=False`. Weights that
    several layers share count once.
    """

    trainable: int
    fixed: int

    @property
    def all(self) -> int:
        """Both together."""
        return self.trainable + self.fixed


def totals(layers: Sequence[Trace]) -> Totals:
    """The parameters of several layers."""
    trainable = fixed = 0
    counted: dict[int, object] = {}  # the arrays themselves are kept, so that no other has the same id meanwhile
    for layer in layers:
        for name in weight_names(layer):
            array = layer.inputs[name]
            if id(array) in counted:
                continue
            counted[id(array)] = array
            learned = layer.layer.trainable and name not in layer.layer.operation.collected
            trainable, fixed = trainable + array.size * learned, fixed + array.size * (not learned)
    return Totals(trainable, fixed)


def multiply_adds(trace: Trace) -> Count:
    """How many times a number is multiplied by a weight, and added: `14·14·5·9`. Comparisons and moves do not count."""
    operation, given, output = trace.layer.operation, trace.inputs["input"], trace.output
    factors: Size
    match operation:
        case ConvTranspose():
            # every input cell meets each cell of the kernel once, for every filter of its group
            factors = (given.size, *trace.geometry.window, operation.filters // operation.groups)
        case Conv():
            factors = (output.size, *trace.geometry.window, len(operation.seen(0, trace)))
        case Dense():
            factors = (output.size, given.shape[-2 if operation.transposed_input else -1])
        case MatMul():
            factors = (output.size, given.shape[-1])
        case BatchNorm() | Normalization():
            factors = (output.size,)
        case _:
            factors = ()
    return _count([_product(factors)] if factors else [])


def _product(sizes: Size) -> Formula:
    factors = tuple(map(Number, sizes))
    return Product(factors) if len(factors) > 1 else factors[0] if factors else Number(1)


def _count(terms: list[Formula]) -> Count:
    if not terms:
        return Count()
    numbers = [
        math.prod(factor.value for factor in term.factors if isinstance(factor, Number))
        if isinstance(term, Product)
        else term.value
        for term in terms
        if isinstance(term, Product | Number)
    ]
    return Count(sum(numbers), Sum(tuple(terms)) if len(terms) > 1 else terms[0])


def fields(trace: Trace) -> dict[int, Seen]:
    """The receptive field after every layer, by the layer's `id`."""
    found: dict[int, Seen] = {}
    for layer in chain(trace):
        before = [found[id(parent)] for parent in layer.parents.values()]
        if before and isinstance(layer.layer.operation, Broadcast | Concat):
            weights = weight_names(layer)  # what goes in may be joined with what was made from it
            given = [name for name in layer.inputs if name not in layer.parents and name not in weights]
            before += [Seen((Reach(),) * len(before[0].axes or ())) for _name in given if before[0].axes is not None]
        found[id(layer)] = _after(layer, _merged(before))
    return found


def _merged(before: list[Seen]) -> Seen | None:
    """What a cell sees that is made from one of each branch; None at the beginning."""
    if not before:
        return None
    if any(one.axes is None and not one.untold for one in before):
        return Seen(None)
    first, *others = before
    for other in others:
        if first.axes is None or other.axes is None or len(first.axes) != len(other.axes):
            return UNTOLD
        joined = [a.joined(b) for a, b in zip(first.axes, other.axes)]
        if None in joined:
            return UNTOLD
        first = Seen(tuple(reach for reach in joined if reach is not None), first.moved or other.moved)
    return first


def _after(layer: Trace, before: Seen | None) -> Seen:
    operation, ndim = layer.layer.operation, layer.inputs["input"].ndim
    spatial = max(min(layer.output.ndim - 2, 2), 1)  # of a beginning without windows: a picture, or a line
    now = before or Seen((Reach(),) * spatial)
    match operation:
        case WindowOperation():
            return _through(layer, now)
        case OfImages():
            return _of_images(layer, operation, now)
        case Elementwise() | Broadcast() | BatchNorm() | PReLU():
            return now
        case Concat() | Softmax() | LayerNorm() if _over_channels(layer, now):
            return now
        case LocalResponseNorm() if operation.axis is None or _over_channels(layer, now):
            return now
        case Concat() if now.moved:
            return now
        case Dense() if now.axes is not None and not now.moved and not operation.transposed_input:
            in_channels = layer.layer.layout.channels_last and ndim in (len(now.axes) + 1, len(now.axes) + 2)
            return now if in_channels and ndim > 2 else UNTOLD if ndim > 2 else Seen(None)
        case Dense() | MatMul() if ndim > 2 and now.axes is not None:
            return UNTOLD
        case Pad() if now.axes is not None and not now.moved:
            full = operation.full(layer.layer.layout, ndim)
            own = full[-len(now.axes) :] if operation.all_axes else operation.pads
            if len(own) != len(now.axes):
                return UNTOLD
            return Seen(tuple(reach.padded(pads[0]) for reach, pads in zip(now.axes, own)))
        case Transpose() if _channels_moved(operation.order):
            return now
        case Reshape() if _channel_moved(layer.inputs["input"].shape, layer.shape):
            return now
        case Flatten() | Reshape() | Transpose():
            return replace(now, moved=True)
        case Concat() | Pad():
            return UNTOLD if now.axes is not None or now.untold else now
    return replace(now, axes=None) if now.untold else Seen(None)


def _through(layer: Trace, now: Seen) -> Seen:
    """After a layer that looks through windows; one window over everything sees all there is."""
    windows, axes = layer.layer.operation.windows, layer.geometry.axes  # type: ignore[attr-defined]  # it has windows
    whole = isinstance(windows, Whole) or (isinstance(windows, Adaptive) and set(windows.output) == {1})
    if whole:
        return Seen(None)
    if now.axes is None or now.moved:
        return UNTOLD if now.axes is not None or now.untold else Seen(None)
    before = now.axes
    if len(before) != len(axes):
        if set(before) != {Reach()}:
            return UNTOLD
        before = (Reach(),) * len(axes)
    found = [reach.through(axis) for reach, axis in zip(before, axes)]
    return Seen(None if None in found else tuple(reach for reach in found if reach is not None))


def _of_images(layer: Trace, operation: OfImages, now: Seen) -> Seen:
    """After a layer that resizes, cuts off, or moves between channels and space."""
    if now.axes is None or now.moved:
        return UNTOLD if now.axes is not None or now.untold else Seen(None)
    before = now.axes
    if len(before) != operation.spatial:
        if set(before) != {Reach()}:
            return UNTOLD
        before = (Reach(),) * operation.spatial
    sizes = layer.layer.layout.images_shape(layer.inputs["input"].shape, operation.spatial)[2:]
    found = [operation.reaches(reach, axis, size) for axis, (reach, size) in enumerate(zip(before, sizes))]
    return Seen(None if None in found else tuple(reach for reach in found if reach is not None))


def _over_channels(layer: Trace, now: Seen) -> bool:
    """Whether an operation along one axis goes along that of the channels, and so leaves cells where they are."""
    operation, ndim = layer.layer.operation, layer.output.ndim
    spatial = len(now.axes or ())
    if now.axes is None or now.moved or ndim not in (spatial + 1, spatial + 2) or ndim < 3:
        return False
    channels = ndim - 1 if layer.layer.layout.channels_last else ndim - 1 - spatial
    along = operation.axes if isinstance(operation, Softmax | LayerNorm) else (operation.axis,)  # type: ignore[attr-defined]
    return {axis % ndim for axis in along} == {channels}


def _channel_moved(given: Size, result: Size) -> bool:
    """Whether an image's only channel is taken from the end to the front, or back: exporters write it as a reshape."""
    if len(given) != len(result) or len(given) < 3 or given[0] != result[0]:
        return False
    first, last = (given, result) if given[1] == 1 else (result, given)
    return first[1] == 1 and last[-1] == 1 and first[2:] == last[1:-1]


def _channels_moved(order: Size) -> bool:
    """Whether a transposition only takes the channels from the end to the front, or back."""
    for first in (0, 1):  # without and with a batch before them
        own = tuple(axis - first for axis in order[first:])
        straight = tuple(range(len(own)))
        turned = (straight, (*straight[-1:], *straight[:-1]), (*straight[1:], *straight[:1]))
        if order[:first] == tuple(range(first)) and len(own) > 2 and own in turned:
            return True
    return False
