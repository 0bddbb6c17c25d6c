"""Networks: layers that follow one another, or join and part, called as one.

Called on an input, a network gives the Trace of its last layer, whose `.parents` lead back to the input. To add a kind
of network: a subclass that says how its layers are carried out.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from ..arithmetic import Array
from ..errors import CallError, ShapeError, named, shown
from ..layers.forms import Given
from ..layers.grids import arranged
from ..layers.layer import LayerObject
from ..traces.trace import Trace
from .training.parameters import by_name

if TYPE_CHECKING:
    from ..document.lesson import Lesson


class Network(ABC):
    """Several layers called as one."""

    shown_as: ClassVar[str] = "a network"

    @abstractmethod
    def __call__(self, x: Any) -> Trace:
        """Carry every layer out; the last one's Trace, whose parents lead back."""

    @abstractmethod
    def outlined(self, input_shape: Sequence[int] | None) -> Trace:
        """The same without any numbers: a trace that has shapes and geometry only."""

    def summary(self, input_shape: Sequence[int | None] | None = None, language: str = "en") -> Lesson:
        """A table of the layers: what comes out of each, its parameters, its multiply-adds and what a cell of it sees.

        `print(network.summary((28, 28, 1)))` prints it; it can be saved in any format, as every lesson can. A batch
        comes first, `(None, 28, 28, 1)` one of any size. After a call of a Sequential the shape is known.
        """
        from ..lessons.summary import tell_summary  # a door that opens forward, named in the import check

        return tell_summary(self.outlined(None if input_shape is None else _sizes(input_shape)), language)


def _sizes(shape: Any) -> tuple[int, ...]:
    """A shape as given: a batch of any size, Keras's `None`, is one of 1. Raises `ShapeError` for what is none."""
    sizes = list(shape) if isinstance(shape, list | tuple) else [shape]
    if sizes and sizes[0] is None:
        sizes[0] = 1
    if not sizes or not all(isinstance(n, int | np.integer) and n > 0 for n in sizes):
        raise ShapeError(f"a summary takes whole numbers above 0, such as summary((28, 28, 1)), not {shown(shape)}")
    return tuple(map(int, sizes))


class Sequential(Network):
    """Layers one after the other. `parts` are the layers by name: their number, or for one within another `2.0`."""

    def __init__(self, layers: Sequence[Any], call: str = "") -> None:
        self.call = call
        self.parts: dict[str, LayerObject] = {}
        self.shape: tuple[int, ...] | None = None  # of what goes in, where a call has shown it
        self.given: tuple[int | None, ...] | None = None  # of one input without its batch, where an `Input` says it
        for layer in layers:
            self.add(layer)

    def add(self, layer: Any) -> None:
        """Put a layer, or another network's layers, at the end."""
        number = len({name.partition(".")[0] for name in self.parts})
        match layer:
            case Sequential():
                self.parts |= {f"{number}.{name}": inner for name, inner in layer.parts.items()}
            case LayerObject():
                if not self.parts and layer.input_shape:
                    self.given = layer.input_shape
                self.parts[str(number)] = layer
            case Given():
                if self.parts:
                    raise CallError("an Input can only stand first in a Sequential")
                self.given = layer.given
            case _:
                raise CallError(
                    f"a Sequential takes layers, such as Conv2D(5, 3) or nn.Conv2d(1, 5, 3), not {shown(layer)}"
                )

    @property
    def layers(self) -> list[LayerObject]:
        """The layers in order."""
        return list(self.parts.values())

    def __len__(self) -> int:
        return len(self.parts)

    def __iter__(self) -> Iterator[LayerObject]:
        return iter(self.layers)

    def __getitem__(self, number: int) -> LayerObject:
        return self.layers[number]

    def __repr__(self) -> str:
        return self.call or f"Sequential([{', '.join(map(repr, self.layers))}])"

    def __call__(self, x: Any) -> Trace:
        if not self.parts:
            raise CallError("a Sequential without layers gives nothing; add one, such as MaxPool2D(2)")
        given = x = arranged(x, [layer.plan for layer in self.layers])
        form = self._form(x)
        for layer in self.layers:
            try:
                with layer.taking(form):
                    x = layer(x)
            except ShapeError as error:
                raise named(layer.call, error) from None
            if not isinstance(x, Trace):
                raise CallError(f"{layer} gives more than one thing, which the next layer cannot take")
        self.shape = self.shape or np.shape(given) or None
        last: Trace = x
        return last

    def outlined(self, input_shape: Sequence[int] | None = None) -> Trace:
        from ..layers.outlines import outline, zeros

        known = self.shape if self.given is None or None in self.given else tuple(n for n in self.given if n)
        shape = known if input_shape is None else tuple(input_shape)
        if shape is None:
            raise ShapeError("the summary of a network needs its input's shape, such as summary((28, 28, 1))")
        return outline(self.layers, shape, self._form(zeros(shape)))

    def _form(self, x: Any) -> str:
        """What goes in is one image or a batch; empty where its axes tell it."""
        from ..layers.forms import form_for

        return "" if self.given is None or isinstance(x, Trace) else form_for(self.given, np.shape(x))

    def named_weights(self) -> dict[str, tuple[LayerObject, str]]:
        """Every weight by its dotted name, in order: the layer that has it, and its name there."""
        return {
            f"{number}.{name}": (layer, name)
            for number, layer in self.parts.items()
            for name in layer.plan.initializers
        }

    def give(self, weights: Mapping[str, Any]) -> None:
        """Set weights by their dotted names, such as `0.weight`, all of them. Raises `CallError` for other names."""
        known = self.named_weights()
        for name, value in by_name(weights, known).items():
            layer, own = known[name]
            layer.give({own: value})

    def give_in_order(self, weights: Sequence[Any]) -> None:
        """Set weights in the layers' order, all of them. Raises `ShapeError` for another number of them."""
        known = self.named_weights()
        if len(weights) != len(known):
            raise ShapeError(f"the network has {len(known)} weights, but {len(weights)} were given")
        for (layer, own), value in zip(known.values(), weights):
            layer.give({own: value})

    def known_weights(self) -> dict[str, Array]:
        """The weights that were set, or drawn in a call, by their dotted names and in the layers' order."""
        return {
            f"{number}.{own}": array
            for number, layer in self.parts.items()
            for own, array in layer.known_weights().items()
        }
