"""Where a number first became NaN or infinite in a step of training, and why it may have."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...arithmetic import Array, plain
from ...errors import TrainingError
from ...traces.layout import written_index
from ...traces.trace import Trace, chain, data_inputs
from .passes import Gradients, way_back

LARGE = 1e3
"""From this size on, a weight is said to have grown."""


def strange_at(array: Array) -> tuple[int, ...] | None:
    """The first cell that is NaN or infinite; None where there is none."""
    if array.dtype.kind != "f":
        return None
    with np.errstate(all="ignore"):
        if np.isfinite(array.sum(dtype=np.float64)) or np.isfinite(array).all():
            return None
    return tuple(map(int, np.argwhere(~np.isfinite(array))[0]))


def stopped(
    when: str, loss: Trace, gradients: Gradients, lr: float | None, rows: Sequence[int] | None
) -> TrainingError:
    """What is told where the loss, a gradient or a weight is no finite number any more.

    `when` says the step; `rows` are the numbers of the samples in the batch.
    """
    found = _forward(loss, rows) or _backward(loss)
    if found is None:
        found = _updated(gradients)
    where, why = found
    return TrainingError(f"training stopped in {when}: {where}{why or _grown(loss, lr)}")


def _forward(loss: Trace, rows: Sequence[int] | None) -> tuple[str, str] | None:
    for trace in chain(loss):
        for name, array in trace.inputs.items():
            at = None if name in trace.parents else strange_at(array)
            if at is None:
                continue
            value = plain(array[at])
            if name in data_inputs(trace):
                row = f"sample {rows[at[0]]}" if rows is not None and at and at[0] < len(rows) else "the input"
                inside = written_index(at[1:]) if rows is not None else written_index(at)
                return f"{row} holds {value} at {inside}, and what is made of it is no number", "; leave it out"
            own = trace.layer.named(name)
            return f"the {own} of {trace.layer.call} is {value} at {written_index(at)}", ""
        at = strange_at(trace.output)
        if at is not None:
            value = plain(trace.output[at])
            return f"{trace.layer.call} gave {value} first, at {written_index(at)}", _why_here(trace)
    return None


def _why_here(trace: Trace) -> str:
    """What the operation itself tells of why."""
    name = trace.layer.operation.name
    if name in ("binary_cross_entropy", "cross_entropy") and not np.isnan(trace.output).any():
        return ", the logarithm of a probability that has become 0; take the loss of scores (from_logits=True)"
    return ""


def _backward(loss: Trace) -> tuple[str, str] | None:
    upstream = np.ones(loss.shape, dtype=loss.dtype)
    for trace, name, gradient in way_back(loss, upstream):
        at = strange_at(gradient)
        if at is not None:
            of = f"gradient of {trace.layer.call} for its {trace.layer.named(name)}"
            return f"on the way back, the {of} is {plain(gradient[at])} first, at {written_index(at)}", ""
    return None


def _updated(gradients: Gradients) -> tuple[str, str]:
    for layer, name in gradients:
        at = strange_at(layer.weights[name])
        if at is not None:
            value = plain(layer.weights[name][at])
            return f"the update made the {name} of {layer.call} {value} at {written_index(at)}", ""
    return "a number is no longer finite", ""


def _grown(loss: Trace, lr: float | None) -> str:
    """The usual reason: the weights have grown with every step."""
    weights = [array for trace in chain(loss) for name, array in trace.inputs.items() if _is_weight(trace, name)]
    finite = [float(np.abs(array[np.isfinite(array)]).max(initial=0)) for array in weights if array.size]
    largest = max(finite, default=0.0)
    if largest > LARGE:
        rate = "" if lr is None else f" {lr:g}"
        less = "a tenth of it" if lr is None else f"{lr / 10:g}"
        return f"; the weights have grown to {largest:.3g}, so the learning rate{rate} is too large: try {less}"
    less = "a smaller learning rate" if lr is None else f"a learning rate below {lr:g}"
    return f"; numbers became too large, or were divided by 0: try {less}, or smaller inputs"


def _is_weight(trace: Trace, name: str) -> bool:
    return name not in trace.parents and name not in data_inputs(trace) and name != "target"
