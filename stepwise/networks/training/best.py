"""The best weights so far, which a training that is stopped leaves in its network and in a file."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from ...arithmetic import Array
from ...errors import FileError
from ...language import _
from ...layers.layer import LayerObject
from ...layers.weights import write_weights
from .telling import line

STOPPED = "stepwise-stopped.safetensors"
"""Where the best weights so far are saved when Ctrl-C ends a training."""


class Best:
    """The weights of the epoch with the smallest loss, of the validation where there is one."""

    def __init__(self, layers: list[LayerObject]) -> None:
        self.layers = layers
        self.smallest = math.inf
        self.described = ""
        self.kept: list[dict[str, Array]] | None = None

    def see(self, epoch: int, measures: Mapping[str, float]) -> None:
        """Keep the weights where this epoch is the best so far."""
        name = "val_loss" if "val_loss" in measures else "loss"
        if measures[name] < self.smallest:
            self.smallest = measures[name]
            self.described = _("epoch {epoch}, {measure}").format(epoch=epoch, measure=line({name: measures[name]}))
            self.kept = [dict(layer.weights) for layer in self.layers]

    def rescued(self, epoch: int) -> str:
        """Give the network its best weights, save them, and say so."""
        for layer, weights in zip(self.layers, self.kept or []):
            layer.weights.update(weights)
        which = _("its best weights so far ({told})") if self.kept else _("the weights that it had by then")
        which = which.format(told=self.described)
        try:
            write_weights(STOPPED, weights_by_name(self.layers))
        except FileError as error:
            sentence = _(
                "training was stopped in epoch {epoch}; the network has {which}, but they are not saved: {why}"
            )
            return sentence.format(epoch=epoch, which=which, why=error)
        sentence = _("training was stopped in epoch {epoch}; the network has {which}, and they are saved in {file}")
        return sentence.format(epoch=epoch, which=which, file=Path(STOPPED).absolute())


def weights_by_name(layers: Sequence[LayerObject]) -> dict[str, Array]:
    """Every weight of some layers, by the layer's number and its own name: `0.kernel`."""
    return {f"{n}.{name}": array for n, layer in enumerate(layers) for name, array in layer.known_weights().items()}
