"""How far the windows of one trace lie from those of another."""

from __future__ import annotations

from ..language import plural
from ..traces.trace import Trace


def shift(a: Trace, b: Trace) -> list[str]:
    """How far, along each axis, the windows of one start from those of the other, where it is equally far for all."""
    pairs = list(zip(a.geometry.axes, b.geometry.axes))
    if any(x.stride != y.stride or x.padding.rule in ("adaptive", "transposed") for x, y in pairs):
        return []
    return [_further(y.start(0) - x.start(0), x.name) for x, y in pairs if x.start(0) != y.start(0)]


def _further(cells: int, axis: str) -> str:
    """`1 row higher` for a window that starts 1 cell before the other's along the height."""
    n = abs(cells)
    if axis == "height":
        return (
            plural("{n} row higher", "{n} rows higher", n)
            if cells > 0
            else plural("{n} row lower", "{n} rows lower", n)
        )
    if axis == "width":
        left = plural("{n} column further left", "{n} columns further left", n)
        return left if cells > 0 else plural("{n} column further right", "{n} columns further right", n)
    return (
        plural("{n} cell earlier", "{n} cells earlier", n)
        if cells > 0
        else plural("{n} cell later", "{n} cells later", n)
    )
