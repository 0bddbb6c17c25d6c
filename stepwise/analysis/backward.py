"""The gradients of a call, each a Trace: what `Trace.backward` does.

A call may have been carried out in several stages, each of them a trace (`Layer.stage`). What comes back is led through
them from the last to the first, so that a gradient's parents are the gradients of the stages behind it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from ..arithmetic import Array, is_exact
from ..errors import CallError, InputError, ShapeError, differing
from ..geometry import Geometry
from ..io.inputs import taken
from ..ops import Gradient
from ..ops.gradient import gradient_call
from ..traces.recording import record
from ..traces.trace import Trace


def backward(trace: Trace, grad_output: Any) -> dict[str, Trace]:
    """The gradients of the input and of every weight, by name, carried back stage by stage (see `Trace.backward`)."""
    found: dict[str, Trace] = {}
    for stage in stages(trace):
        gradients = _of_stage(stage, grad_output)
        weights = {stage.layer.named(name): gradients[name] for name in gradients if name != "input"}
        found = weights | found  # in forward order
        grad_output = gradients["input"]
    return {"input": grad_output, **found}


def planned(trace: Trace) -> dict[str, Trace]:
    """The gradients of one stage as they will be, with nothing in them: what telling them takes is asked of these."""
    operation, found = trace.layer.operation, {}
    own = {"x" if name == "input" else name: array for name, array in trace.inputs.items()}
    for name in () if isinstance(operation, Gradient) else operation.differentiable(trace):
        layer = replace(trace.layer, operation=Gradient(operation, name), stage=0, names=())
        up, empty = (np.broadcast_to(np.zeros(()), shape) for shape in (trace.shape, trace.inputs[name].shape))
        found[trace.layer.named(name)] = Trace(layer, {"input": up, **own}, Geometry(), empty)
    return found


def stages(trace: Trace) -> list[Trace]:
    """The traces of one call, from the last, which is this one, to the first."""
    found = [trace]
    while found[-1].layer.stage and "input" in found[-1].parents:
        found.append(found[-1].parents["input"])
    return found


def _of_stage(trace: Trace, grad_output: Any) -> dict[str, Trace]:
    """The gradients of one stage alone, by our own names."""
    operation = trace.layer.operation
    if isinstance(operation, Gradient):
        raise CallError("the gradient of a gradient is not carried out")
    parents = {"input": grad_output} if isinstance(grad_output, Trace) else {}
    grad = grad_output.output if isinstance(grad_output, Trace) else taken(grad_output, "gradient")
    if grad.shape != trace.shape:
        difference = differing(grad.shape, trace.shape)
        raise ShapeError(f"the gradient has shape {grad.shape}, but the output {trace.shape}: {difference}")
    if grad.dtype.kind in "iu" and not any(map(is_exact, trace.inputs.values())):
        grad = grad.astype(np.float64)
    own = {"x" if name == "input" else name: array for name, array in trace.inputs.items()}
    found = {}
    for name in operation.differentiable(trace):
        if not trace.layer.trainable and not name.startswith("input"):
            continue  # frozen: nobody asks how its weights should change
        call = gradient_call(trace.layer.call, trace.layer.named(name))
        layer = replace(trace.layer, operation=Gradient(operation, name), call=call, stage=0, names=())
        try:
            back = partial(_carried_back, trace, name, grad)
            found[name] = record(layer, {"input": grad, **own}, parents, carry_out=back)
        except InputError as error:
            raise InputError(f"{trace.layer.call}: {error}") from None
    return found


def _carried_back(trace: Trace, name: str, grad: Array) -> tuple[Geometry, Array]:
    """The gradient by the operation's fast way, from the forward pass as it is, which need not be carried out again."""
    gradient = np.asarray(trace.layer.operation.gradient(trace, name, grad))
    mine = not any(gradient is array for array in (grad, *trace.inputs.values(), trace.output))
    return Geometry(), gradient if mine else gradient.copy()
