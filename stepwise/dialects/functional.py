"""Networks in Keras's functional style: `x = keras.layers.Conv2D(5, 3)(inputs)`, and `keras.Model(inputs, outputs)`.

A layer that is called before there are numbers gives a `Symbol`: which layer, on what. A `KerasModel` (beside this)
follows the symbols back from its outputs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..arithmetic import Array
from ..errors import CallError, shown
from ..layers.dialect import bind
from ..layers.forms import Given
from ..layers.layer import LayerObject
from ..layers.outlines import outlined, zeros
from ..layers.words import whole
from ..traces.trace import Trace

Size = int | None


class Symbol:
    """What a layer gives where there are no numbers yet; `shape` is Keras's, with None for the batch."""

    def __init__(self, layer: LayerObject, inputs: Sequence[Symbol]) -> None:
        self.layer: LayerObject | None = layer
        self.inputs = tuple(inputs)
        self.outline: Trace | None = None  # on one image, where its sizes are known
        if all(one.outlined() is not None for one in inputs):
            given = {input_name(i): one.outlined() for i, one in enumerate(inputs)}
            self.outline = outlined(layer, {name: x for name, x in given.items() if x is not None}, "image", {})

    def outlined(self) -> Trace | Array | None:
        """The sizes, for one image without its batch."""
        return self.outline

    @property
    def shape(self) -> tuple[Size, ...] | None:
        """The sizes with None for the batch; None where they are not known."""
        return None if self.outline is None else (None, *self.outline.shape)

    def __repr__(self) -> str:
        return f"<what {self.layer} gives, of shape {self.shape}>"

    def __add__(self, other: Any) -> Symbol:
        return _joined("Add", self, other)

    def __mul__(self, other: Any) -> Symbol:
        return _joined("Multiply", self, other)

    def __sub__(self, other: Any) -> Symbol:
        return _joined("Subtract", self, other)


class GivenSymbol(Symbol, Given):
    """What goes into the network, as `keras.Input(shape=(28, 28, 1))` says it."""

    def __init__(self, shape: Sequence[Size]) -> None:
        Given.__init__(self, shape)
        self.layer = None
        self.inputs = ()

    def outlined(self) -> Array | None:
        return None if None in self.given else zeros(tuple(n for n in self.given if n is not None))

    @property
    def shape(self) -> tuple[Size, ...]:
        """With None for the batch."""
        return (None, *self.given)

    def __repr__(self) -> str:
        return f"<Input of shape {self.shape}>"


def keras_input(*arguments: Any, **keywords: Any) -> GivenSymbol:
    """`keras.Input(shape=(28, 28, 1))`: it says what goes in, of one image, without the batch."""
    bind("Input", given_shape, arguments, keywords)
    return GivenSymbol(given_shape(*arguments, **keywords))


def given_shape(
    shape: Any = None,
    batch_size: Any = None,
    dtype: Any = None,
    sparse: Any = None,
    ragged: Any = None,
    batch_shape: Any = None,
    name: Any = None,
    tensor: Any = None,
    optional: Any = False,
    input_shape: Any = None,
) -> tuple[Size, ...]:
    """The shape of one image that an `Input` says. Raises `CallError` for what is none."""
    if shape is None and batch_shape is not None:
        shape = list(batch_shape)[1:] if isinstance(batch_shape, list | tuple) else batch_shape
    shape = input_shape if shape is None else shape
    if not isinstance(shape, list | tuple):
        raise CallError(
            f"Input takes the shape of one image without the batch, such as (28, 28, 1), not {shown(shape)}"
        )
    return tuple(None if n is None else whole("shape", n) for n in shape)


def called_on(layer: LayerObject, inputs: Sequence[Any]) -> Symbol:
    """What a layer gives that is called before there are numbers. Raises `CallError` beside arrays."""
    if not all(isinstance(one, Symbol) for one in inputs):
        raise CallError(f"{layer} is called on an Input, or what comes from one, together with numbers; give either")
    return Symbol(layer, inputs)


def _joined(name: str, one: Symbol, other: Any) -> Symbol:
    from .keras import layers  # which knows symbols, too

    if not isinstance(other, Symbol):
        raise CallError(
            f"{shown(other)} cannot be joined with what comes from an Input; give what another layer gives that was "
            "called on one"
        )
    return called_on(layers.layer(name), (one, other))


def input_name(number: int) -> str:
    return f"input_{number}" if number else "input"
