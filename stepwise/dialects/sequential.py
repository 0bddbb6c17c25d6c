"""Keras's and PyTorch's words for layers one after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..arithmetic import Array
from ..files import PathLike
from .network import Given, Sequential
from .weights import in_order, read_weights
from .words import whole


class KerasSequential(Sequential):
    """`keras.Sequential([layer, …])`, with Keras's methods for weights."""

    def __init__(self, layers: Sequence[Any] = (), name: str | None = None) -> None:
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


def keras_input(shape: Sequence[Any], batch_size: int | None = None, dtype: Any = None, name: Any = None) -> Given:
    """`keras.Input(shape=(28, 28, 1))`: first in a Sequential, it says what goes in."""
    return Given([whole("shape", n) for n in shape])
