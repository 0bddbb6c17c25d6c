"""The weights of a network that are learned, and what they begin with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from ...arithmetic import Array
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
