"""The weights of a network that are learned, and what they begin with."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from ...arithmetic import Array
from ...errors import CallError, listing, shown
from ...io.inputs import locked
from ...layers.initializers import DEFAULT_SEED
from ...layers.layer import LayerObject
from .passes import Weight


def learned(layers: Iterable[LayerObject]) -> list[Weight]:
    """Every weight that training changes, once, in the layers' order."""
    found: dict[int, LayerObject] = {id(layer): layer for layer in layers}
    return [(layer, name) for layer in found.values() if layer.plan.trainable for name in learned_of(layer)]


def learned_of(layer: LayerObject) -> list[str]:
    """The weights of a layer that are learned, and not collected."""
    collected = {
        name for stage in layer.plan.stages for own, name in stage.weights.items() if own in stage.operation.collected
    }
    return [name for name in layer.plan.initializers if name not in collected]


def by_name(weights: Any, known: Collection[str], strict: bool = True) -> dict[str, Any]:
    """The weights given by their names, such as `0.weight`, to a network that has these names.

    Raises `CallError` for no such mapping, and where it is `strict` for names that are strange or missing.
    """
    if not isinstance(weights, Mapping):
        raise CallError(f"weights are given by name, such as {{'0.weight': …}}, not as {shown(weights)}")
    given = {name: value for name, value in weights.items() if not name.endswith("num_batches_tracked")}
    strange, missing = [n for n in given if n not in known], [n for n in known if n not in given]
    if strict and (strange or missing):
        problems = [f"there is no weight {listing(strange[:3])}"] if strange else []
        problems += [f"missing is {listing(missing[:3])}"] if missing else []
        raise CallError(f"the weights do not fit this network: {'; '.join(problems)}")
    return {name: value for name, value in given.items() if name in known}


def seeded_apart(layers: Sequence[LayerObject]) -> None:
    """Layers that have no weights yet will draw them with different seeds, or two of one size would stay alike."""
    for number, layer in enumerate(layers):
        if layer.seed == DEFAULT_SEED and not layer.weights and not layer.drawn and not layer.written:
            layer.seed = number


def settled(layers: Iterable[LayerObject], dtype: np.dtype[np.floating] | None = None) -> None:
    """What the last call drew is the layers' own from now on, in this type of numbers where one is given."""
    for layer in layers:
        for name, array in layer.known_weights().items():
            own: Array = array if dtype is None or array.dtype == dtype else array.astype(dtype)
            layer.weights[name] = locked(own)
        layer.drawn.clear()
