"""A list of layers in which some take what an earlier one gave: a network whose branches part and come together.

In a plain chain every layer takes what the one before it gave. Where branches join, a layer says how far back each of
its inputs is, in `takes`: (1, 3) is what the one before it gave, and what went in two layers earlier. So a list of
layers stays a list: their numbers, their weights and their calls are those of a chain.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import numpy as np

from ..errors import CallError, counted
from ..ops import Concat
from ..ops.broadcast import Broadcast
from ..ops.windows import WindowOperation
from .layer import LayerObject

PLAIN = (1,)
Value = TypeVar("Value")


def branched(layers: Iterable[LayerObject]) -> bool:
    """Whether any of these layers takes something else than what the one before it gave."""
    return any(layer.takes != PLAIN for layer in layers)


def wired(layers: Sequence[LayerObject], inputs: Sequence[Sequence[int]]) -> list[LayerObject]:
    """These layers, each taking what others gave: `inputs` are their places, -1 what goes into the first.

    A layer that stands at several places has its weights once. Raises `CallError` for one that takes another number of
    inputs.
    """
    takes = [tuple(place - one for one in given) for place, given in enumerate(inputs)]
    for layer, given in zip(layers, takes):
        joins = isinstance(layer.plan.stages[0].operation, Broadcast | Concat) and not layer.parts
        if joins != (len(given) > 1):
            due = (
                "joins several inputs, and is called on one"
                if joins
                else f"takes one input, and is called on {len(given)}"
            )
            raise CallError(f"{layer.call} {due}")
    if all(given == PLAIN for given in takes):
        return list(layers)
    found = []
    for layer, given in zip(layers, takes):
        placed = copy.copy(layer)  # with the same weights
        placed.__dict__["takes"] = given
        found.append(placed)
    return found


def followed(
    layers: Iterable[LayerObject], first: Value, carried_out: Callable[[LayerObject, list[Value]], Value]
) -> Value:
    """What the last layer gives, where each is carried out on what it takes. Raises `CallError` beyond the first.

    >>> from ..dialects import layers
    >>> branches = layers("x = nn.ReLU()(x)\\ny = torch.cat([x, nn.Tanh()(x)], dim=1)")
    >>> followed(branches, "x", lambda layer, given: f"{layer}({', '.join(given)})")
    'torch.cat(dim=1)(nn.ReLU()(x), nn.Tanh()(nn.ReLU()(x)))'
    """
    values = [first]
    for layer in layers:
        values.append(carried_out(layer, taken_of(layer, values)))
    return values[-1]


def taken_of(layer: LayerObject, values: Sequence[Value]) -> list[Value]:
    """Of what went in and what layers gave, that which a layer takes. Raises `CallError` where there is none."""
    if max(layer.takes) > len(values):
        raise CallError(
            f"{layer.call} takes what came {counted(max(layer.takes), 'layer')} before it, and there are only "
            f"{len(values) - 1}; leave the lines of its network together"
        )
    return [values[-back] for back in layer.takes]


def whole_batch(layers: Sequence[LayerObject], array: Any, always: bool = False) -> Any:
    """What goes into a network of branches, as its framework has it: with axes for the batch and the channels.

    Code that joins branches counts axes with those. Anything goes into a plain chain, unless it is `always` a batch.
    """
    shape = batch_shape(layers, np.shape(array), always)
    return array if shape == np.shape(array) else np.reshape(array, shape)


def batch_shape(layers: Sequence[LayerObject], shape: tuple[Any, ...], always: bool = False) -> tuple[Any, ...]:
    """The shape that an input of this shape then has."""
    looking = [
        (stage.operation.spatial, layer.plan.layout.channels_last)
        for layer in layers
        for stage in layer.plan.stages
        if isinstance(stage.operation, WindowOperation) and not layer.plan.any_axes  # filters have neither
    ]
    if not (looking and (always or branched(layers))):
        return shape
    [(spatial, last), *_rest] = looking
    if len(shape) == spatial:
        return (1, *shape, 1) if last else (1, 1, *shape)
    return (1, *shape) if len(shape) == spatial + 1 else shape
