"""What a layer would hold and take, estimated before it is carried out; of small ones nothing is counted."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..arithmetic import Array
from ..effort import Effort, allow
from .trace import LARGE, Trace, chain

if TYPE_CHECKING:
    from .operation import Layer

MANY = 100_000
"""Exact numbers from which on it is estimated what they take."""
NUMBER = Effort(8e-6, 200)
"""One of them, made or worked out."""


def refuse_too_large(layer: Layer, inputs: Mapping[str, Array], parents: Mapping[str, Trace]) -> None:
    """Raises `LimitError` where the layers together would hold too much."""
    if max(array.size for array in inputs.values()) < LARGE:
        return
    arrays = {id(array): array.nbytes for array in inputs.values()}
    for parent in parents.values():
        arrays |= {id(array): array.nbytes for one in chain(parent) for array in (*one.inputs.values(), one.output)}
    held = Effort(bytes=sum(arrays.values()) + 8 * _results(layer, inputs))
    allow(f"{layer.call}, with the layers before it,", held, "take a smaller input, or fewer layers")


def refuse_many_exact(layer: Layer, inputs: Mapping[str, Array], parents: Mapping[str, Trace]) -> None:
    """Raises `LimitError` where so many exact numbers, with those of the layers before, would take too long."""
    before = {id(one): one.output.size for parent in parents.values() for one in chain(parent)}
    numbers = sum(array.size for array in inputs.values()) + sum(before.values())
    if numbers < MANY:
        return
    effort = (numbers + _results(layer, inputs)) * NUMBER
    what = f"{layer.call}, with the layers before it" if before else layer.call
    allow(f"{what}, carried out exactly,", effort, "take a smaller input or arithmetic='float'")


def _results(layer: Layer, inputs: Mapping[str, Array]) -> int:
    _geometry, shape = layer.operation.planned(layer.layout, inputs)
    return math.prod(shape)
