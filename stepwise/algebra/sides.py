"""One of the two functions that are compared: a chain of layers, or a matrix, and the weights that nobody gave.

A weight that nobody gave, and that its layer would draw at random, is a letter: `k00`; `w00` where it is to be found.
So is a bias, `b`, though Keras begins with zeros: training moves it. Only beside a kernel that was given it is 0.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from typing import Any

import numpy as np

from ..arithmetic import Array
from ..arithmetic.letters import letter, letters_of, substitute
from ..dataclass import dataclass
from ..dialects import LayerObject
from ..dialects.tracing import understood
from ..errors import CallError
from ..layers.initializers import Initializer
from ..layers.wiring import followed, whole_batch
from ..ops.windows import WindowOperation
from ..traces.trace import Trace
from .matrix import LinearMap

Written = str | LayerObject | LinearMap
Place = tuple[int, str]  # the number of a layer in its chain, and the name of one of its weights
Open = tuple[str, tuple[int, ...]]  # of a weight that nobody gave: its layer's call, and its shape


@dataclass(frozen=True)
class Letters(Initializer):
    """Draws letters: one for each weight, the axes of length one left out of their names."""

    name: str = "k"
    drawn: dict[str, Array] = field(default_factory=dict)

    def draw(self, shape: tuple[int, ...], dtype: np.dtype[Any] | None, nth: int = 0) -> Array:
        """An array of letters of this shape, the same at every call."""
        longest = max(shape, default=1)
        array = np.empty(shape, dtype=object)
        for index in np.ndindex(shape):
            places = [str(i) for i, n in zip(index, shape) if n > 1]
            array[index] = letter(
                self.name + ("" if longest <= 10 else "_") + ("" if longest <= 10 else "_").join(places)
            )
        self.drawn[self.name] = array
        return array


@dataclass(frozen=True)
class Asked(Initializer):
    """Draws zeros, and remembers what shape it was asked for."""

    shapes: list[tuple[int, ...]] = field(default_factory=list)

    def draw(self, shape: tuple[int, ...], dtype: np.dtype[Any] | None, nth: int = 0) -> Array:
        """Zeros of this shape."""
        self.shapes.append(shape)
        return np.zeros(shape, dtype)


def drawn_by_nobody(*_: Any) -> Array:
    """The rule of an initializer that draws in its own way."""
    raise AssertionError("this initializer has no rule")


@dataclass(frozen=True)
class Side:
    """A chain of layers (or a matrix) as a function of its input."""

    layers: tuple[LayerObject, ...]
    mapped: LinearMap | None = None

    @property
    def text(self) -> str:
        """The side as it was written."""
        return self.mapped.call or "a matrix" if self.mapped else ", ".join(layer.call for layer in self.layers)

    @property
    def channels_last(self) -> bool:
        """Where the side keeps its channels."""
        return self.layers[0].plan.layout.channels_last if self.layers else True

    def __call__(self, x: Array) -> Array:
        """What the side makes of an array."""
        return self.mapped @ x if self.mapped else self.trace(x).output

    def trace(self, x: Array) -> Trace:
        """The whole working; a matrix has none."""

        def carried_out(layer: LayerObject, given: list[Any]) -> Any:
            value: Any = layer(*given)
            return value[0] if isinstance(value, tuple) else value  # PyTorch's return_indices

        result: Trace = followed(self.layers, whole_batch(self.layers, x), carried_out)
        return result

    def open_weights(self, x: Array) -> dict[Place, Open]:
        """The weights that nobody gave and that would be drawn at random, for an input such as x."""
        asked = {
            (number, name): Asked("zeros", None, drawn_by_nobody)
            for number, layer in enumerate(self.layers)
            for name, initializer in layer.plan.initializers.items()
            if name not in layer.weights
            and (not layer.weights if _free_bias(layer, name) else initializer.seed is not None and name != "bias")
        }
        if asked:
            self.with_letters(asked).trace(x)
        return {place: (self.layers[place[0]].call, one.shapes[0]) for place, one in asked.items()}

    def zero_biases(self) -> bool:
        """Whether a layer's other weights were given and its bias was not, which is 0 then."""
        return any(
            layer.weights and "bias" not in layer.weights and _free_bias(layer, "bias")
            for layer in self.layers
            if "bias" in layer.plan.initializers
        )

    def with_letters(self, initializers: Mapping[Place, Initializer]) -> Side:
        """The side with some of its weights drawn in another way: as letters."""
        layers = list(self.layers)
        for (number, weight), initializer in initializers.items():
            layer = _own(layers[number])
            layer.plan = replace(layer.plan, initializers={**layer.plan.initializers, weight: initializer})
            layer.named |= {weight}
            layers[number] = layer
        return replace(self, layers=tuple(layers))

    def with_weights(self, weights: Mapping[Place, Array]) -> Side:
        """The side with some of its weights given."""
        layers = list(self.layers)
        for (number, weight), array in weights.items():
            layer = _own(layers[number])
            layer.weights = {**layer.weights, weight: array}
            layers[number] = layer
        return replace(self, layers=tuple(layers))

    def letters(self) -> set[str]:
        """The letters that stand in weights that were given."""
        arrays = [weight for layer in self.layers for weight in layer.weights.values()]
        if self.mapped:
            arrays += [self.mapped.array, *([] if self.mapped.bias is None else [self.mapped.bias])]
        return {letter.name for array in arrays if array.dtype == object for letter in letters_of(array.flat)}

    def with_numbers(self, numbers: Mapping[str, Any]) -> Side:
        """The side with numbers for the letters that stand in its weights."""

        def put(array: Array) -> Array:
            return substitute(array, numbers) if array.dtype == object else array

        layers = [_own(layer) for layer in self.layers]
        for layer in layers:
            layer.weights = {name: put(array) for name, array in layer.weights.items()}
        mapped = self.mapped
        if mapped:
            bias = None if mapped.bias is None else put(mapped.bias)
            mapped = replace(mapped, array=put(mapped.array), bias=bias)
        return Side(tuple(layers), mapped)


def _free_bias(layer: LayerObject, name: str) -> bool:
    """Whether this is a bias of which the call does not say what it is."""
    return name == "bias" and name not in layer.named


def _own(layer: LayerObject) -> LayerObject:
    """A copy, so that nobody else's layer changes."""
    return copy.copy(layer)


def side(written: Written | Sequence[Written]) -> Side:
    """A side from what a person wrote. Raises `CallError` for nothing at all, or a matrix in a chain."""
    if isinstance(written, LinearMap):
        return Side((), written)
    if isinstance(written, Sequence) and not isinstance(written, str):
        if any(isinstance(one, LinearMap) for one in written):
            raise CallError("a matrix stands alone; it cannot be one of several layers")
        return Side(tuple(understood([one for one in written if isinstance(one, str | LayerObject)])))
    return Side(tuple(understood(written)))


def kernel_names(taken: int) -> str:
    """A letter for the next kernel: k, l, m, …"""
    return _letter("klmnpqr", taken)


def bias_names(taken: int) -> str:
    """A letter for the next bias: b, c, d, …"""
    return _letter("bcdefgh", taken)


def _letter(letters: str, taken: int) -> str:
    return letters[taken] if taken < len(letters) else letters[0] + chr(ord("a") + taken - len(letters))


def turned(x: Array, a: Side, b: Side) -> Array:
    """An array in the layout of `a`, as `b` lays it out."""
    first = x.ndim - 1 - _spatial(a, b)  # the axes before the image: none, or that of the batch
    if first < 0 or a.channels_last == b.channels_last or a.mapped or b.mapped:
        return x
    return np.moveaxis(x, -1, first) if a.channels_last else np.moveaxis(x, first, -1)


def _spatial(*sides: Side) -> int:
    """Along how many axes windows lie; two, where there are none."""
    stages = (stage for side in sides for layer in side.layers for stage in layer.plan.stages)
    return next((s.operation.spatial for s in stages if isinstance(s.operation, WindowOperation)), 2)
