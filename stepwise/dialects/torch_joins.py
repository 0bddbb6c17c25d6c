"""PyTorch's ways to join what several layers give: `torch.cat([a, b], dim=1)`, `a + b`.

To add one: a line in `JOINS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..layers.dialect import bind
from ..layers.layer import LayerObject, Plan
from ..layers.words import whole
from ..ops import Add, Concat, Multiply, Subtract
from .torch_layer import TorchLayer, single

SIGNS = {"+": "add", "*": "mul", "-": "sub"}
"""What a sign between two tensors does, as a function of `torch`."""


def _cat(dim: Any = 0) -> Plan:
    return single(Concat(whole("dim", dim, least=-32)))


JOINS: dict[str, Callable[..., Plan]] = {
    "cat": _cat,
    "add": lambda: single(Add()),
    "mul": lambda: single(Multiply()),
    "sub": lambda: single(Subtract()),
}


def join(name: str, arguments: Sequence[Any], keywords: Mapping[str, Any], text: str) -> LayerObject:
    """A function of several tensors as a layer, which is called on them. Raises `CallError`."""
    bind(name, JOINS[name], arguments, keywords)
    layer = TorchLayer(JOINS[name](*arguments, **keywords), text)
    layer.written = True
    return layer
