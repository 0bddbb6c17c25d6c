"""Keras's and PyTorch's words for layers one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ..arithmetic import Array
from ..errors import CallError, ShapeError, shown
from ..layers.layer import LayerObject
from .network import Sequential
from .training.model import Trainable
from .training.modules import Modular


class KerasSequential(Sequential, Trainable):
    """`keras.Sequential([layer, …])`, with Keras's methods for weights."""

    def __init__(self, layers: Sequence[Any] = (), name: str | None = None) -> None:
        if not isinstance(layers, list | tuple):
            raise CallError(
                f"Sequential takes a list of layers, such as Sequential([MaxPool2D(2)]), not {shown(layers)}"
            )
        super().__init__(layers)

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Set every weight, in Keras's order."""
        self.give_in_order(weights)

    def get_weights(self) -> list[Array]:
        """The weights in Keras's order: those that were set, or drawn in a call; before that there are none."""
        return list(self.known_weights().values())

    def _sample(self, shape: tuple[int, ...]) -> None:
        """From now on the network knows what one sample is."""
        self.given = self.given or shape


class TorchSequential(Sequential, Modular):
    """`torch.nn.Sequential(module, …)`, with PyTorch's methods for weights."""

    def __init__(self, *modules: Any) -> None:
        super().__init__(modules)

    def named_layers(self) -> Iterator[tuple[str, LayerObject]]:
        return iter(self.parts.items())


def in_keras_order(layers: Sequence[LayerObject], weights: Sequence[Any]) -> None:
    """Set the weights of several layers, in Keras's order. Raises `ShapeError` for another number of them."""
    known = [(layer, name) for layer in layers for name in layer.plan.initializers]
    if len(weights) != len(known):
        raise ShapeError(f"the network has {len(known)} weights, but {len(weights)} were given")
    for (layer, name), value in zip(known, weights):
        layer.give({name: value})


def keras_weights(layers: Sequence[LayerObject]) -> list[Array]:
    """The weights of several layers in Keras's order, those that were set or drawn."""
    return [array for layer in layers for array in layer.known_weights().values()]
