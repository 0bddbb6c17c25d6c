"""What the dialects share: a table of layers, and the reading of a call against a signature.

A dialect is a table: a framework's layer name -> a Python function whose signature is that layer's own (names, order,
defaults) and whose body translates the words into a `Plan`. Arguments are bound by Python itself.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from ..errors import CallError, ShapeError, did_you_mean
from ..io.literals import tree_of
from . import chance
from .calls import Call, written
from .layer import LayerObject, Plan, Signature
from .nearest import nearest


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
            raise AttributeError(f"{self.title} has no layer {name} here{nearest(name, self._signatures)}")
        return lambda *arguments, **keywords: self._layer(name, arguments, keywords)

    def layer(self, name: str, /, *arguments: Any, **keywords: Any) -> LayerObject:
        """The layer `name(*arguments, **keywords)`. Raises `CallError`, naming the parameter that does not fit."""
        return self._layer(name, arguments, keywords)

    def _layer(
        self, name: str, arguments: Sequence[Any], keywords: Mapping[str, Any], text: str | None = None
    ) -> LayerObject:
        signature = self._signatures[name]
        text = text or written(name, tuple(arguments), dict(keywords))
        parameters = bind(name, signature, arguments, keywords)
        try:
            layer = self._kind(_staged(signature(*arguments, **keywords), text, signature), text)
        except (CallError, ShapeError) as error:
            raise type(error)(f"{name}: {error}") from None
        layer.seed = chance.own_seed()
        layer.named = frozenset(own for own, one in layer.plan.initializers.items() if one.parameter in parameters)
        return layer

    def from_call(self, call: Call) -> LayerObject:
        """The layer that a parsed call names."""
        layer = self._layer(call.name, call.arguments, call.keywords, call.text)
        layer.written = True
        return layer


def _staged(plan: Plan, text: str, signature: Signature) -> Plan:
    """The plan, each of its stages with the words for it alone."""
    if len(plan.stages) == 1:
        return plan
    own = _without_other_stages(text, list(inspect.signature(signature).parameters))
    prefix = text.partition("(")[0].rpartition(".")[0]

    def named(call: str) -> str:
        """As the whole call is named: `nn.ReflectionPad2d` beside `nn.Conv2d`; `abs(x)` is no layer."""
        return f"{prefix}.{call}" if prefix and call[:1].isupper() else call

    return replace(plan, stages=tuple(replace(s, call=named(s.call), alone=own) for s in plan.stages))


def _without_other_stages(text: str, parameters: list[str]) -> str:
    """A call as its own operation alone would be written: what a stage before or after it does is taken out.

    >>> _without_other_stages("Dense(3, 'relu', use_bias=False)", ["units", "activation", "use_bias"])
    'Dense(3, use_bias=False)'
    """
    call = tree_of(text)
    assert isinstance(call, ast.Call)
    names = [*parameters[: len(call.args)], *(keyword.arg for keyword in call.keywords)]
    dropped = {"activation"} | ({"padding", "padding_mode"} if "padding_mode" in names else set())
    for i in range(len(call.args)):
        if parameters[i] in dropped:  # what follows is named instead, so that every argument keeps its meaning
            later = zip(parameters[i:], call.args[i:])
            call.keywords[:0] = [ast.keyword(name, value) for name, value in later]
            del call.args[i:]
            break
    call.keywords = [keyword for keyword in call.keywords if keyword.arg not in dropped]
    return ast.unparse(call)


def bind(name: str, signature: Callable[..., Any], arguments: Sequence[Any], keywords: Mapping[str, Any]) -> set[str]:
    """Check a call against a signature: the parameters it names. Raises `CallError` for one that does not fit."""
    known = list(inspect.signature(signature).parameters)
    try:
        return set(inspect.signature(signature).bind(*arguments, **keywords).arguments)
    except TypeError as error:
        unknown = [given for given in keywords if given not in known]
        if unknown:
            hint = did_you_mean(unknown[0], known)
            message = f"there is no parameter {unknown[0]}; it takes {', '.join(known) or 'none'}.{hint}"
        elif len(arguments) > len(known):
            message = f"{len(arguments)} arguments were given, but it takes {len(known)}: {', '.join(known)}"
        else:
            message = f"{error}; it takes {', '.join(known)}"
        raise CallError(f"{name}: {message}") from None


def in_dimensions(
    pattern: str, function: Callable[..., Plan], counts: Sequence[int] = (1, 2, 3)
) -> dict[str, Signature]:
    """Rows of a table for layers that exist in several dimensions: `{}` in the names, the count as first argument.

    >>> list(in_dimensions("MaxPooling{}D MaxPool{}D", lambda spatial: None, (1, 2)))
    ['MaxPooling1D', 'MaxPool1D', 'MaxPooling2D', 'MaxPool2D']
    """
    return {name.format(count): _with_dimensions(function, count) for count in counts for name in pattern.split()}


def _with_dimensions(function: Callable[..., Plan], count: int) -> Signature:
    layer = partial(function, count)
    layer.__doc__ = function.__doc__
    return layer
