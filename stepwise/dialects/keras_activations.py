"""Keras's activations as functions, `keras.activations.gelu(x)`: each is the layer that does the same.

Each function has Keras's own signature (Keras 3, `keras/src/activations`); the input comes first. To add one: a line in
`FUNCTIONS`, or in `ACTIVATIONS` where it takes nothing but the input.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Sequence
from typing import Any

from ..errors import CallError, did_you_mean
from ..layers.calls import Call, Name
from ..layers.dialect import bind
from ..layers.layer import Plan
from ..layers.words import number, whole, yes_or_no
from ..ops import ELU, GELU, Identity, LogSoftmax, ReLU, Softmax
from ..traces.operation import Operation
from ..traces.trace import Trace
from .keras_layer import KerasLayer
from .keras_plans import ACTIVATIONS, single


def _plain(operation: Operation | None) -> Callable[..., Plan]:
    def plan(x: Any) -> Plan:
        return single(Identity() if operation is None else operation)

    return plan


def _relu(x: Any, negative_slope: Any = 0.0, max_value: Any = None, threshold: Any = 0.0) -> Plan:
    ceiling = None if max_value in (None, math.inf) else number("max_value", max_value)
    return single(ReLU(number("negative_slope", negative_slope), number("threshold", threshold), ceiling))


def _softmax(make: type[Softmax]) -> Callable[..., Plan]:
    def plan(x: Any, axis: Any = -1) -> Plan:
        axes = tuple(axis) if isinstance(axis, list | tuple) else (axis,)
        return single(make(tuple(whole("axis", one, least=-32) for one in axes)))

    return plan


def _leaky(x: Any, negative_slope: Any = 0.2) -> Plan:
    return single(ReLU(slope=number("negative_slope", negative_slope)))


def _elu(x: Any, alpha: Any = 1.0) -> Plan:
    return single(ELU(number("alpha", alpha)))


def _gelu(x: Any, approximate: Any = False) -> Plan:
    return single(GELU(by_tanh=yes_or_no("approximate", approximate)))


FUNCTIONS: dict[str, Callable[..., Plan]] = {
    **{word: _plain(operation) for word, (_call, operation) in ACTIVATIONS.items()},
    "relu": _relu,
    "leaky_relu": _leaky,
    "elu": _elu,
    "gelu": _gelu,
    "softmax": _softmax(Softmax),
    "log_softmax": _softmax(LogSoftmax),
}


def layer_of(name: str, text: str, arguments: Sequence[Any] = (), keywords: dict[str, Any] | None = None) -> KerasLayer:
    """The layer of a call without its input. Raises `CallError`."""
    signature = FUNCTIONS[name]
    given = [None, *arguments]
    bind(name, signature, tuple(given), keywords or {})
    try:
        layer = KerasLayer(signature(*given, **(keywords or {})), text)
    except CallError as error:
        raise CallError(f"{name}: {error}") from None
    layer.written = True
    return layer


def activation_layer(call: Call) -> KerasLayer:
    """The layer that does what a pasted call does. Raises `CallError` where no activation has this name."""
    if call.name not in FUNCTIONS:
        raise CallError(f"there is no function {'.'.join(call.path)} here.{did_you_mean(call.name, FUNCTIONS)}")
    arguments, keywords = list(call.arguments), dict(call.keywords)
    first = arguments.pop(0) if arguments else keywords.pop("x", Name("x"))
    if not isinstance(first, Name):
        raise CallError(
            f"{call.name}: its input stands first; write a name such as x, and give the numbers as the input"
        )
    return layer_of(call.name, call.text, arguments, keywords)


class Activations:
    """`keras.activations`: called at once on an input."""

    def __dir__(self) -> list[str]:
        return sorted(FUNCTIONS)

    def __getattr__(self, name: str) -> Callable[..., Trace]:
        if name not in FUNCTIONS:
            raise AttributeError(f"keras.activations has no {name} here.{did_you_mean(name, FUNCTIONS)}")

        def function(x: Any, *arguments: Any, **keywords: Any) -> Trace:
            return layer_of(name, f"keras.activations.{name}(x)", arguments, keywords)(x)

        function.__signature__ = inspect.signature(FUNCTIONS[name])  # type: ignore[attr-defined]  # inspect's protocol
        return function
