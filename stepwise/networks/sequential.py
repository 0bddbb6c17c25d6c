"""Keras's and PyTorch's words for layers one after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..arithmetic import Array
from ..errors import CallError, ShapeError, shown
from ..io.files import PathLike
from ..layers.layer import LayerObject
from ..layers.weights import in_order, read_weights
from .network import Sequential


class KerasSequential(Sequential):
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

    def load_weights(self, path: PathLike) -> None:
        """Every weight from an `.npz` file, in Keras's order: `numpy.savez("w.npz", *model.get_weights())`."""
        self.give_in_order(in_order(read_weights(path)))

    def predict(self, x: Any) -> Array:
        """The output alone, as Keras gives it."""
        return self(x).output


class TorchSequential(Sequential):
    """`torch.nn.Sequential(module, …)`, with PyTorch's methods for weights."""

    def __init__(self, *modules: Any) -> None:
        super().__init__(modules)

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Set every weight by its name, such as `0.weight`; `torch.load("w.safetensors")` reads them from a file."""
        self.give(state_dict)

    def state_dict(self) -> dict[str, Array]:
        """The weights by name: those that were set, or drawn in a call; before that there are none."""
        return self.known_weights()

    def eval(self) -> TorchSequential:
        """The network itself: it is always told as it is in use."""
        return self


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
