"""What a gradient is called: the layer it belongs to, what it is the gradient of, and its symbol, as `dL/dX`."""

from __future__ import annotations

from dataclasses import replace
from weakref import WeakKeyDictionary, WeakValueDictionary

from ..language import _
from ..nouns import input_noun
from ..ops import Gradient
from ..ops.gradient import called_of
from ..traces.operation import Layer
from ..traces.recording import record
from ..traces.trace import Trace

LETTERS = {"input": "X", "kernel": "W", "bias": "b", "gamma": "γ", "beta": "β", "slope": "a", "output": "Y",
           "target": "t"}  # fmt: skip
"""The letters of arrays, as courses have them."""


def gradient_of(trace: Trace) -> Gradient:
    """The operation of a trace that is a gradient."""
    operation = trace.layer.operation
    assert isinstance(operation, Gradient)
    return operation


def layer_call(trace: Trace) -> str:
    """The call of the layer whose gradient it is."""
    return called_of(trace.layer.call)[0]


def letter(name: str) -> str:
    """The letter of an array by our own name; `X2` for the second of several inputs.

    >>> letter("kernel"), letter("input_1"), letter("other")
    ('W', 'X2', 'other')
    """
    if name.startswith("input_"):
        return f"X{int(name.removeprefix('input_')) + 1}"
    return LETTERS.get(name, name)


def symbol(name: str) -> str:
    """The gradient of an array.

    >>> symbol("kernel"), symbol("output")
    ('dL/dW', 'dL/dY')
    """
    return f"dL/d{letter(name)}"


def own_symbol(trace: Trace) -> str:
    """The symbol of a gradient: `dL/dX`."""
    return symbol(gradient_of(trace).wrt)


def wrt_noun(trace: Trace) -> str:
    """What it is the gradient of, by the word that the layer's framework has for it: `kernel`, `weight`."""
    name = gradient_of(trace).wrt
    return input_noun(name) if name.startswith("input") else called_of(trace.layer.call)[1]


def short_name(trace: Trace) -> str:
    """The layer's name without its parameters: `Conv2D`."""
    return layer_call(trace).partition("(")[0].rpartition(".")[2]


def gradient_noun(trace: Trace) -> str:
    """`Gradient of Conv2D for its kernel`"""
    return _("Gradient of {layer} for its {name}").format(layer=short_name(trace), name=wrt_noun(trace))


def gradient_instruction(trace: Trace) -> str:
    """What is done, in a clause."""
    asked = _("work out {symbol}: how fast the loss grows with each cell of the {name} of {layer}")
    return asked.format(symbol=own_symbol(trace), name=wrt_noun(trace), layer=short_name(trace))


def forward(trace: Trace) -> Trace:
    """The layer as it was carried out, with its own call and its output's numbers; made once for all its gradients."""
    if trace not in _FORWARD:
        operation = gradient_of(trace)
        own = {"input" if name == "x" else name: array for name, array in trace.inputs.items() if name != "input"}
        layer: Layer = replace(trace.layer, operation=operation.of, call=layer_call(trace), names=())
        arrays = tuple((name, id(array)) for name, array in own.items())
        made = _MADE.get(arrays)
        if made is None or made.layer != layer or any(made.inputs[name] is not array for name, array in own.items()):
            made = _MADE[arrays] = record(layer, own)
        _FORWARD[trace] = made
    return _FORWARD[trace]


_FORWARD: WeakKeyDictionary[Trace, Trace] = WeakKeyDictionary()
_MADE: WeakValueDictionary[tuple[tuple[str, int], ...], Trace] = WeakValueDictionary()
