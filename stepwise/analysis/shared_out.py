"""A number shared out over the cells of the first input, from layer to layer: all cells at once, or one by one where
few are followed.
"""

from __future__ import annotations

import math

import numpy as np

from ..arithmetic import Array, Value, is_expression, plain
from ..traces.influence import Box
from ..traces.layout import Index
from ..traces.trace import Trace, chain, data_inputs


def first_input(trace: Trace) -> tuple[Trace, Array]:
    """The first layer that was carried out, and what went into it."""
    first = chain(trace)[0]
    return first, first.inputs["input"]


def followed(trace: Trace, source: Array) -> list[str]:
    """The inputs that lead down: those that come from other layers, or are the first input itself."""
    data = data_inputs(trace)
    return [
        name for name, array in trace.inputs.items() if name in trace.parents or (name in data and _same(array, source))
    ]


def _same(a: Array, b: Array) -> bool:
    return a is b or (a.shape == b.shape and bool(np.array_equal(a, b, equal_nan=a.dtype.kind == b.dtype.kind == "f")))


def hull(a: Box | None, b: Box) -> Box:
    """The smallest box that holds both; an empty one adds nothing."""
    if a is None or any(low >= high for low, high in a):
        return b
    if any(low >= high for low, high in b):
        return a
    return tuple((min(c[0], d[0]), max(c[1], d[1])) for c, d in zip(a, b))


LARGE = 2**18
"""Cells of a layer from which on its numbers are shared out cell by cell, where they are few."""


FEW = 20_000
"""Cells, of all layers together, that are followed one by one."""


def _few(trace: Trace, index: Index, source: Array) -> bool:
    """Whether a number depends on little of what is large: then most of the layers need not be looked at."""
    layers = chain(trace)
    if max(array.size for layer in layers for array in (*layer.inputs.values(), layer.output)) < LARGE:
        return False
    boxes = {id(trace): tuple((i, i + 1) for i in index)}
    cells = 0
    for layer in reversed(layers):
        box = boxes.pop(id(layer), None)
        if box is None:
            continue
        for name in followed(layer, source):
            seen = layer.layer.operation.looks_at(layer, name, box)
            cells += math.prod(high - low for low, high in seen)
            if name in layer.parents:
                parent = id(layer.parents[name])
                boxes[parent] = hull(boxes.get(parent), seen)
    return cells <= FEW


def _cell_by_cell(trace: Trace, index: Index, source: Array) -> dict[Index, Value]:
    """By what each cell of the first input is multiplied, of those that the number depends on."""
    factors: dict[int, dict[Index, Value]] = {id(trace): {index: 1.0}}
    found: dict[Index, Value] = {}
    for layer in reversed(chain(trace)):
        names = followed(layer, source)
        for cell, factor in factors.pop(id(layer), {}).items():
            for one in layer.layer.operation.shares(layer, cell):
                if one.input not in names:
                    continue
                parent = layer.parents.get(one.input)
                into = found if parent is None else factors.setdefault(id(parent), {})
                for at, own in zip(map(tuple, one.at.tolist()), one.factors.tolist()):
                    into[at] = into.get(at, 0.0) + factor * own
    return found


def decimal(value: Value) -> Value:
    """An expression as the decimal nearest to it; a number as it is."""
    return plain(in_decimals(np.asarray(value))[()]) if is_expression(value) else value


def in_decimals(array: Array) -> Array:
    """Exact numbers as the decimals nearest to them, of which a fraction may be larger than any."""
    if array.dtype.kind != "O":
        return array
    from ..arithmetic.decimals import nearest  # it loads mpmath, which nothing but exact numbers needs

    return nearest(array)


def sent_down(trace: Trace | None, index: Index, source: Array) -> Array:
    """From a cell down to the first input: each layer shares out what its output was given."""
    floats = source.dtype if source.dtype.kind == "f" else np.dtype(np.float64)
    numbers = in_decimals(source)
    given = np.zeros(source.shape, dtype=floats)
    if trace is None:
        given[index] = numbers[index]
        return given
    if _few(trace, index, source):
        for at, factor in _cell_by_cell(trace, index, source).items():
            given[at] += factor * numbers[at]
        return given
    start = np.zeros(trace.shape, dtype=trace.dtype if trace.dtype.kind == "f" else np.float64)
    start[index] = 1
    factors: dict[int, Array] = {id(trace): start}
    for layer in reversed(chain(trace)):
        factor = factors.pop(id(layer), None)
        if factor is None:
            continue
        for name in followed(layer, source):
            parent = layer.parents.get(name)
            with np.errstate(all="ignore"):
                back = layer.layer.operation.apportioned(layer, name, factor)
                sent = None if parent is not None else np.asarray(back * numbers, dtype=given.dtype)
            if sent is not None:
                given += sent
            else:
                factors[id(parent)] = factors[id(parent)] + back if id(parent) in factors else back
    return given
