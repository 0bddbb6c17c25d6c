"""How large a layer is: its parameters, its multiplications, and how much of the first input one of its cells sees."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from .formula import Formula, Number, Product, Sum
from .geometry import Sliding
from .ops import BatchNorm, Conv, ConvTranspose, Dense, MatMul
from .ops.broadcast import Broadcast
from .ops.cells import Moving
from .ops.elementwise import Elementwise
from .ops.windows import WindowOperation
from .traces import Trace, chain

Size = tuple[int, ...]


@dataclass(frozen=True)
class Count:
    """A number of things and the formula it comes from."""

    number: int = 0
    formula: Formula | None = None  # None where there are none


@dataclass(frozen=True)
class Seen:
    """How much of the first input one cell sees: cells along each spatial axis, and how far neighbours lie apart.

    `field` is None where a cell sees everything, or not all see equally much.
    """

    field: Size | None
    jump: Size = ()


def weight_names(trace: Trace) -> list[str]:
    """The inputs that are weights: neither data nor indices, nor another layer's output."""
    data = [name for name in trace.inputs if name == "input" or name in trace.layer.operation.counts]
    joined = [name for name in trace.inputs if name.startswith("input_")]
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
        case BatchNorm():
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
        found[id(layer)] = _after(layer, _merged(before))
    return found


def _merged(before: list[Seen]) -> Seen | None:
    """Of several branches the widest; None at the beginning."""
    if not before:
        return None
    if any(seen.field is None or seen.jump != before[0].jump for seen in before):
        return Seen(None)
    return Seen(tuple(map(max, zip(*(seen.field for seen in before if seen.field is not None)))), before[0].jump)


def _after(layer: Trace, before: Seen | None) -> Seen:
    operation = layer.layer.operation
    if isinstance(operation, Elementwise | Moving | Broadcast | BatchNorm):
        spatial = max(min(layer.output.ndim - 2, 2), 1)  # of a beginning without windows: a picture, or a line
        return before or Seen((1,) * spatial, (1,) * spatial)
    sliding = operation.windows if isinstance(operation, WindowOperation) else None
    if not isinstance(sliding, Sliding):
        return Seen(None)
    now = before or Seen((1,) * sliding.spatial, (1,) * sliding.spatial)
    if now.field is None or len(now.field) != sliding.spatial:
        return Seen(None)
    spans = [axis.span for axis in layer.geometry.axes]
    field = tuple(f + (span - 1) * j for f, span, j in zip(now.field, spans, now.jump))
    return Seen(field, tuple(j * stride for j, stride in zip(now.jump, sliding.stride)))
