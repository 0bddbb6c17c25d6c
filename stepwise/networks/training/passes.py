"""From a loss back to every weight that is learned: each operation's own `gradient`, on arrays, call by call.

What a lesson tells as a Trace (`stepwise.backward`) is worked out here by the same methods, and nothing is kept of it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...arithmetic import Array
from ...errors import CallError
from ...layers.layer import LayerObject, owner
from ...traces.trace import Trace, chain

Weight = tuple[LayerObject, str]
"""A weight of a layer, by the framework's own name."""
Gradients = dict[Weight, Array]


def gradients(last: Trace, upstream: Array | None = None) -> Gradients:
    """How much a number grows with each weight that is learned; without an upstream gradient, a loss itself."""
    if upstream is None:
        if last.output.size != 1:
            raise CallError(f"a loss is a single number, but here are {last.output.size}; take their mean first")
        upstream = np.ones(last.shape, dtype=last.dtype if last.dtype.kind == "f" else np.float64)
    found: Gradients = {}
    for trace, name, gradient in way_back(last, upstream):
        weight = _weight(trace, name)
        if weight is not None:
            found[weight] = found[weight] + gradient if weight in found else gradient
    return found


def way_back(last: Trace, upstream: Array) -> Iterator[tuple[Trace, str, Array]]:
    """Every gradient on the way, from the last trace to the first; only those that a weight before them needs."""
    traces = chain(last)
    needed = _needed(traces)
    coming: dict[int, Array] = {id(last): upstream}
    with np.errstate(all="ignore"):
        for trace in reversed(traces):
            back = coming.pop(id(trace), None)
            if back is None:
                continue
            operation = trace.layer.operation
            for name in operation.differentiable(trace):
                parent = trace.parents.get(name)
                if id(parent) not in needed if parent is not None else _weight(trace, name) is None:
                    continue
                gradient = operation.gradient(trace, name, back)
                yield trace, name, gradient
                if parent is not None:
                    known = coming.get(id(parent))
                    coming[id(parent)] = gradient if known is None else known + gradient


def _needed(traces: list[Trace]) -> set[int]:
    """Those that have a weight that is learned, or come from one that has."""
    found: set[int] = set()
    for trace in traces:
        own = any(_weight(trace, name) for name in trace.inputs if name not in trace.parents)
        if own or any(id(parent) in found for parent in trace.parents.values()):
            found.add(id(trace))
    return found


def _weight(trace: Trace, name: str) -> Weight | None:
    """The weight that an input of a trace is, where it is learned."""
    layer = owner(trace)
    own = trace.layer.named(name)
    if layer is None or not trace.layer.trainable or own not in layer.plan.initializers or name in trace.parents:
        return None
    return (layer, own) if name not in trace.layer.operation.collected else None
