"""The gradients of a trace, each a Trace: what `Trace.backward` does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from .arithmetic import holds_expressions
from .errors import CallError, InputError, ShapeError, differing
from .inputs import as_array
from .ops import Gradient
from .traces import Trace, record


def backward(trace: Trace, grad_output: Any) -> dict[str, Trace]:
    """See `Trace.backward`."""
    operation = trace.layer.operation
    if isinstance(operation, Gradient):
        raise CallError("the gradient of a gradient is not carried out")
    parents = {"input": grad_output} if isinstance(grad_output, Trace) else {}
    grad = grad_output.output if isinstance(grad_output, Trace) else as_array(grad_output, "gradient")
    if grad.shape != trace.shape:
        told = differing(grad.shape, trace.shape)
        raise ShapeError(f"the gradient has shape {grad.shape}, but the output {trace.shape}: {told}")
    if any(map(holds_expressions, (grad, *trace.inputs.values()))):
        raise InputError(f"{trace.layer.call}: gradients are worked out for numbers; put numbers in for the letters")
    if grad.dtype.kind in "iu":
        grad = grad.astype(np.float64)
    own = {"x" if name == "input" else name: array for name, array in trace.inputs.items()}
    found = {}
    for name in operation.differentiable(trace):
        call = f"gradient of {trace.layer.call} for its {name}"
        layer = replace(trace.layer, operation=Gradient(operation, name), call=call)
        found[name] = record(layer, {"input": grad, **own}, parents)
    return found
