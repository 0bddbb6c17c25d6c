"""Whether a trace carries out a gradient, and of what; and a change of a layer, carried over to its gradient.

The changes of gradients themselves stand in `ways_back.py`, which `later` loads for a trace that they may concern: most
requests have none.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from ..arithmetic import holds_expressions
from ..ops import BatchMean, BinaryCrossEntropy, Conv, ConvTranspose, Gradient, MeanSquaredError
from ..traces.operation import Operation
from ..traces.trace import Trace
from . import changes

Change = Callable[[Trace], Trace | None]


def gradient_of(trace: Trace) -> Gradient | None:
    """The gradient that a trace carries out, where it is one, of numbers."""
    operation = trace.layer.operation
    if not isinstance(operation, Gradient) or any(map(holds_expressions, trace.inputs.values())):
        return None
    return operation


def of(trace: Trace, kind: type[Operation] | tuple[type[Operation], ...], *names: str) -> Gradient | None:
    """The gradient that a trace carries out, where it is that of such an operation, for one of these inputs."""
    gradient = gradient_of(trace)
    return gradient if gradient and isinstance(gradient.of, kind) and gradient.wrt in names else None


def of_conv(trace: Trace, *names: str) -> Gradient | None:
    """The gradient of a convolution, not of a transposed one, for one of these inputs."""
    gradient = of(trace, Conv, *names)
    return None if gradient and isinstance(gradient.of, ConvTranspose) else gradient


def turns_kernel(trace: Trace) -> bool:
    """Whether a gradient is a correlation with the kernel turned by half a turn: of a layer that does not turn it."""
    return of_conv(trace, "input") is not None and not trace.layer.layout.kernel_turned


def backwards(change: Change) -> Change:
    """What the gradient is where the layer itself was changed on its way there, if its output keeps its size."""

    def changed(trace: Trace) -> Trace | None:
        gradient = gradient_of(trace)
        if gradient is None or gradient.wrt != "input":
            return None
        forward = gradient.forward_of(trace)
        wrong = change(forward)
        if wrong is None or wrong.output.shape != forward.output.shape or wrong.inputs.keys() != forward.inputs.keys():
            return None
        own = {"x" if name == "input" else name: array for name, array in wrong.inputs.items()}
        operation = dataclasses.replace(gradient, of=wrong.layer.operation)
        return changes.again(trace, operation, {**own, "input": trace.inputs["input"]})

    return changed


def later(name: str, **options: Any) -> Change:
    """The change of this name in `ways_back.py`, with these options: of a gradient, a loss or a step against one."""

    def change(trace: Trace) -> Trace | None:
        if trace.layer.operation.name not in _CONCERNED:
            return None
        from . import ways_back

        found: Trace | None = getattr(ways_back, name)(trace, **options)
        return found

    return change


_CONCERNED = {one.name for one in (Gradient, BatchMean, MeanSquaredError, BinaryCrossEntropy)} | {"descent"}
