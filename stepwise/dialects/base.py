"""What the dialects share: a layer as an object that can be called, and the reading of a call against a signature.

A dialect is a table: a framework's layer name -> a Python function whose signature is that layer's own (names, order,
defaults) and whose body translates the words into a `Plan`. Arguments are bound by Python itself.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..arithmetic import Array
from ..calls import Call, written
from ..errors import CallError, ShapeError, did_you_mean, listing
from ..inputs import as_array
from ..layout import Layout
from ..trace import Layer, Operation, Trace, record
from .initializers import Initializer


@dataclass(frozen=True)
class Plan:
    """What a call means: an operation, how arrays are laid out, and how weights that nobody gives are drawn."""

    operation: Operation
    layout: Layout
    initializers: Mapping[str, Initializer] = field(default_factory=dict)  # by weight, in the framework's order


Signature = Callable[..., Plan]


class LayerObject:
    """A layer of some framework, ready to be called on an array or on another layer's trace.

    `weights` maps the engine's names (`kernel`, `bias`) to arrays in the framework's own shapes.
    """

    dialect = ""

    def __init__(self, plan: Plan, call: str) -> None:
        self.plan = plan
        self.layer = Layer(plan.operation, plan.layout, self.dialect, call)
        self.weights: dict[str, Array] = {}

    def __repr__(self) -> str:
        return self.layer.call

    def __call__(self, x: Any) -> Trace:
        """Carry the layer out and keep the working. Raises `ShapeError` or `InputError` where `x` does not fit."""
        parents = {"input": x} if isinstance(x, Trace) else {}
        array = x.output if isinstance(x, Trace) else as_array(x)
        drawn = self._drawn(array)
        inputs = {"input": array, **drawn, **self.weights}
        order = ["input", *self.plan.initializers]
        origins = {name: str(self.plan.initializers[name]) for name in drawn}
        return record(self.layer, {name: inputs[name] for name in order}, parents, origins)

    def give(self, weights: Mapping[str, Any]) -> None:
        """Set weights by name. Raises `CallError` for a weight the layer does not have."""
        for name, value in weights.items():
            if name not in self.plan.initializers:
                has = listing(self.plan.initializers) if self.plan.initializers else "no weights"
                raise CallError(f"{self.layer.call} has no {name}; it has {has}")
            self.weights[name] = np.atleast_1d(as_array(value, name))

    def _drawn(self, array: Array) -> dict[str, Array]:
        missing = [name for name in self.plan.initializers if name not in self.weights]
        if not missing:
            return {}
        shapes = self.plan.operation.weight_shapes(self.plan.layout, array.shape)
        dtype = array.dtype if array.dtype.kind == "f" else np.dtype(np.float64)
        return {name: self.plan.initializers[name].draw(shapes[name], dtype) for name in missing}


class Dialect:
    """A framework's layers by name. `dialect.MaxPool2D(2)` and `dialect.layer("MaxPool2D", 2)` are the same."""

    def __init__(self, title: str, kind: type[LayerObject], signatures: Mapping[str, Signature]) -> None:
        self.title = title
        self._kind = kind
        self._signatures = dict(signatures)

    def __contains__(self, name: str) -> bool:
        return name in self._signatures

    def __dir__(self) -> list[str]:
        return sorted(self._signatures)

    def __getattr__(self, name: str) -> Callable[..., LayerObject]:
        if name.startswith("_") or name not in self._signatures:
            raise AttributeError(f"{self.title} has no layer {name} here.{did_you_mean(name, self._signatures)}")
        return lambda *arguments, **keywords: self.layer(name, *arguments, **keywords)

    def layer(self, name: str, *arguments: Any, _text: str | None = None, **keywords: Any) -> LayerObject:
        """The layer `name(*arguments, **keywords)`. Raises `CallError`, naming the parameter that does not fit."""
        signature = self._signatures[name]
        text = _text or written(name, arguments, keywords)
        try:
            bound = inspect.signature(signature).bind(*arguments, **keywords)
        except TypeError as error:
            raise CallError(f"{name}: {_binding_mistake(signature, arguments, keywords, error)}") from None
        try:
            return self._kind(signature(*bound.args, **bound.kwargs), text)
        except (CallError, ShapeError) as error:
            raise type(error)(f"{name}: {error}") from None

    def from_call(self, call: Call) -> LayerObject:
        """The layer that a parsed call names."""
        return self.layer(call.name, *call.arguments, _text=call.text, **call.keywords)


def _binding_mistake(
    signature: Signature, arguments: tuple[Any, ...], keywords: Mapping[str, Any], error: TypeError
) -> str:
    known = list(inspect.signature(signature).parameters)
    unknown = [name for name in keywords if name not in known]
    if unknown:
        return f"there is no parameter {unknown[0]}; it takes {', '.join(known)}.{did_you_mean(unknown[0], known)}"
    if len(arguments) > len(known):
        return f"{len(arguments)} arguments were given, but it takes {len(known)}: {', '.join(known)}"
    return f"{error}; it takes {', '.join(known)}"
