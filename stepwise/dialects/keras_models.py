"""Keras's networks: `keras.Sequential([layer, …])`, and `keras.Model(inputs, outputs)` of layers that branch.

A model follows the symbols back from its outputs, and is called like any other network. A layer that stands in it twice
has one set of weights.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..arithmetic import Array
from ..errors import CallError, ShapeError, did_you_mean, named, shown
from ..io.inputs import locked, taken
from ..layers.forms import form_for
from ..layers.layer import LayerObject
from ..layers.outlines import Kept, outlined, zeros
from ..layers.words import yes_or_no
from ..networks.network import Network
from ..networks.sequential import KerasSequential as PlainSequential
from ..networks.sequential import in_keras_order, keras_weights
from ..networks.training.model import Trainable
from ..traces.trace import Trace
from .functional import GivenSymbol, Symbol, called_on, input_name


class Freezing:
    """A network of Keras whose layers can be frozen together: `model.trainable = False`."""

    @property
    def layers(self) -> list[LayerObject]:
        """The layers that are frozen."""
        raise NotImplementedError

    @property
    def trainable(self) -> bool:
        """Whether any layer's weights are learned."""
        return any(layer.plan.trainable for layer in self.layers)

    @trainable.setter
    def trainable(self, value: Any) -> None:
        for layer in self.layers:
            layer.plan = replace(layer.plan, trainable=yes_or_no("trainable", value))


class KerasSequential(PlainSequential, Freezing):
    """`keras.Sequential([layer, …])`; called on an `Input`, it is one part of a larger network."""

    def __call__(self, x: Any) -> Any:
        if not isinstance(x, Symbol):
            return super().__call__(x)
        for layer in self.layers:
            x = called_on(layer, (x,))
        return x


class KerasModel(Network, Trainable, Freezing):
    """`keras.Model(inputs, outputs)`: the network between what goes in and what comes out."""

    def __init__(self, inputs: Any = None, outputs: Any = None, name: str | None = None, **others: Any) -> None:
        if others:
            raise CallError(f"there is no parameter {next(iter(others))}; Model takes inputs, outputs and name")
        self.inputs: list[GivenSymbol] = _symbols("inputs", inputs, GivenSymbol)
        self.outputs: list[Symbol] = _symbols("outputs", outputs, Symbol)
        self.single = not isinstance(outputs, list | tuple)
        self.name = name or "model"
        self.nodes = self._followed()

    def __repr__(self) -> str:
        return f"Model({', '.join(map(repr, self.layers))})"

    def _followed(self) -> list[Symbol]:
        """What is between, each after what it comes from. Raises `CallError` where something else goes in."""
        found: dict[int, Symbol] = {}
        self._met: list[LayerObject] = []
        waiting = [(output, False) for output in reversed(self.outputs)]
        while waiting:
            here, ready = waiting.pop()
            if id(here) in found:
                continue
            if ready:
                found[id(here)] = here
                continue
            if isinstance(here, GivenSymbol):
                if here not in self.inputs:
                    raise CallError(f"the outputs come from {here!r}, which is not among the model's inputs")
                continue
            self._met.append(_layer(here))
            waiting += [(here, True), *((one, False) for one in reversed(here.inputs))]
        return list(found.values())

    @property
    def layers(self) -> list[LayerObject]:
        """The layers, each once, in Keras's order: those farthest from the outputs first.

        Of those equally far, the one that is met first on the way back comes first (`keras/src/ops/function.py`).
        """
        depths: dict[int, int] = {}  # of nodes
        own: dict[int, int] = {}  # of layers, which may stand in several
        for node in reversed(self.nodes):
            depth = max(depths.get(id(node), 0), own.get(id(node.layer), 0))
            own[id(node.layer)] = depths[id(node)] = depth
            for one in node.inputs:
                depths[id(one)] = max(depth + 1, depths.get(id(one), 0))
        found = list({id(layer): layer for layer in self._met}.values())
        return sorted(found, key=lambda layer: -own[id(layer)])

    def __call__(self, x: Any) -> Any:
        """Carry every layer out: the last one's Trace, or a list of them where the model has a list of outputs.

        Called on an `Input`, or on what comes from one, it is a part of a larger network.
        """
        given = list(x) if isinstance(x, list | tuple) and len(self.inputs) > 1 else [x]
        if len(given) != len(self.inputs):
            raise CallError(f"{self.name} takes {len(self.inputs)} inputs, but {len(given)} were given")
        if any(isinstance(one, Symbol) for one in given):
            values = self._each(
                given, lambda node, known: called_on(_layer(node), [known[id(one)] for one in node.inputs])
            )
        else:
            arrays = [one if isinstance(one, Trace) else locked(taken(one)) for one in given]
            forms = {id(one): form_for(one.given, np.shape(array)) for one, array in zip(self.inputs, arrays)}
            values = self._each(arrays, lambda node, known: _carried_out(node, known, forms))
        results = [values[id(output)] for output in self.outputs]
        return results[0] if self.single else results

    def _each(self, given: Sequence[Any], of: Any) -> dict[int, Any]:
        known = {id(one): value for one, value in zip(self.inputs, given)}
        for node in self.nodes:
            known[id(node)] = of(node, known)
        return known

    def outlined(self, input_shape: Sequence[int] | None = None) -> Trace:
        shapes = [one.given for one in self.inputs] if input_shape is None else [tuple(input_shape)]
        if len(shapes) != len(self.inputs):
            raise ShapeError(f"{self.name} takes {len(self.inputs)} inputs; leave their shapes to what Input says")
        if any(None in shape for shape in shapes):
            raise ShapeError("the Input leaves sizes open; give them, such as summary((28, 28, 1))")
        arrays = [zeros(tuple(n for n in shape if n is not None)) for shape in shapes]
        forms = {id(one): form_for(one.given, array.shape) for one, array in zip(self.inputs, arrays)}
        kept: Kept = {}
        values = self._each(arrays, lambda node, known: _outlined(node, known, forms, kept))
        last: Trace = values[id(self.outputs[0])]
        return last

    def get_layer(self, name: str | None = None, index: int | None = None) -> LayerObject:
        """A layer by its number. Raises `CallError` where there is none."""
        names = {_called(layer): layer for layer in self.layers}
        if index is not None and -len(self.layers) <= index < len(self.layers):
            return self.layers[index]
        if name in names:
            return names[name]
        if name is None:
            raise CallError(f"there is no layer {index}; the layers are numbered 0 to {len(self.layers) - 1}")
        raise CallError(f"there is no layer {name!r}.{did_you_mean(str(name), [n for n in names if n])}")

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Set every weight, in Keras's order: layer by layer, each layer once."""
        in_keras_order(self.layers, weights)

    def get_weights(self) -> list[Array]:
        """The weights in Keras's order: those that were set, or drawn in a call; before that there are none."""
        return keras_weights(self.layers)


def _symbols(what: str, given: Any, kind: type[Any]) -> list[Any]:
    listed = list(given) if isinstance(given, list | tuple) else [given]
    if not listed or not all(isinstance(one, kind) for one in listed):
        made = "keras.Input(…)" if kind is GivenSymbol else "what a layer gives that was called on an Input"
        raise CallError(f"Model takes {what} such as {made}, or a list of them, not {shown(given)}")
    return listed


def _layer(node: Symbol) -> LayerObject:
    assert node.layer is not None  # an Input is no node
    return node.layer


def _called(layer: LayerObject) -> str | None:
    """The name that a call gives its layer: `Conv2D(5, 3, name="first")`."""
    found: str | None = layer.__dict__.get("title")
    return found


def _carried_out(node: Symbol, known: Mapping[int, Any], forms: Mapping[int, str]) -> Trace:
    layer, inputs = _layer(node), [known[id(one)] for one in node.inputs]
    bare = [forms[id(one)] for one in node.inputs if id(one) in forms]
    try:
        with layer.taking(bare[0] if bare else ""):
            first, *others = inputs
            return LayerObject.__call__(layer, first, *others)
    except ShapeError as error:
        raise named(layer.call, error) from None


def _outlined(node: Symbol, known: Mapping[int, Any], forms: Mapping[int, str], kept: Kept) -> Trace:
    given = {input_name(i): known[id(one)] for i, one in enumerate(node.inputs)}
    bare = [forms[id(one)] for one in node.inputs if id(one) in forms]
    return outlined(_layer(node), given, bare[0] if bare else "", kept)
