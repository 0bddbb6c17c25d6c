"""PyTorch's modules that move numbers. To add one: a function, and a line in `SHAPES`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..errors import CallError
from ..layers.dialect import in_dimensions
from ..layers.layer import Plan, Signature
from ..layers.words import LARGEST, number, whole, whole_each
from ..ops import Flatten, Pad
from ..ops.pad import Mode
from .torch_layer import single


def _pad_numbers(padding: Any, spatial: int) -> tuple[tuple[int, int], ...]:
    """PyTorch's order, last axis first: (left, right, top, bottom, …)."""
    flat = whole_each("padding", padding, 2 * spatial, least=-LARGEST)
    return tuple((flat[2 * i], flat[2 * i + 1]) for i in reversed(range(spatial)))


def _padding(mode: Mode) -> Callable[..., Plan]:
    def plan(spatial: int, padding: Any) -> Plan:
        return single(Pad(_pad_numbers(padding, spatial), mode))

    return plan


def _constant_padding(spatial: int, padding: Any, value: Any) -> Plan:
    return single(Pad(_pad_numbers(padding, spatial), "constant", number("value", value, endless=True)))


def _flatten(start_dim: Any = 1, end_dim: Any = -1) -> Plan:
    first, last = whole("start_dim", start_dim, least=-32), whole("end_dim", end_dim, least=-32)
    if first > last and (first < 0) == (last < 0):
        raise CallError(f"start_dim cannot come after end_dim, but got start_dim={first} and end_dim={last}")
    return single(Flatten(first, last))


SHAPES: dict[str, Signature] = {
    **in_dimensions("ZeroPad{}d", _padding("constant")),
    **in_dimensions("ReflectionPad{}d", _padding("reflect")),
    **in_dimensions("ReplicationPad{}d", _padding("replicate")),
    **in_dimensions("CircularPad{}d", _padding("circular")),
    **in_dimensions("ConstantPad{}d", _constant_padding),
    "Flatten": _flatten,
}
