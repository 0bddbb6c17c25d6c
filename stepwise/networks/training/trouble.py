"""Where a number first became NaN or infinite in training, and why it may have; a loss that grows and does not fall."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

from ...arithmetic import Array, plain
from ...errors import TrainingError
from ...language import _
from ...traces.layout import written_index
from ...traces.trace import Trace, chain, data_inputs
from .goals import Kind, ending
from .passes import Gradients, way_back

LARGE = 1e3
"""From this size on, a weight is said to have grown."""
EXPLODED = 10
"""By how much a mean loss must have grown from what it was at the beginning to be told of."""


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


def not_finite(measure: str, loss: Trace, rows: Sequence[int]) -> str | None:
    """What is told of a loss that is only measured, where it is no finite number; None where it is one."""
    found = None if strange_at(loss.output) is None else _forward(loss, rows)
    if found is None:
        return None
    where, why = found
    if not why and (largest := _largest_weight(loss)) > LARGE:
        why = f"; the weights have grown to {largest:.3g}: try a smaller learning rate"
    elif not why:
        why = "; these samples may be far larger than those of training"
    return f"{measure} is {plain(loss.output[()])}: {where}{why}"


def exploded(first: float, now: float, when: str, lr: float, times: float = EXPLODED) -> str | None:
    """What is told of a loss that has grown by much; None where it has not. `when` says the epoch or the step."""
    if not math.isfinite(now) or now <= times * max(first, 1e-12):
        return None
    sentence = _(
        "the loss grew from {first:.4g} to {now:.4g} in {when}: the learning rate {lr:g} is too large; try {less:g}"
    )
    return sentence.format(first=first, now=now, when=when, lr=lr, less=lr / 10)


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
            return f"{trace.layer.call} gave {value} first{_place(at)}", _why_here(trace)
    return None


def _place(at: tuple[int, ...]) -> str:
    """Where it is; of a single number there is nothing to say."""
    return f", at {written_index(at)}" if at else ""


def _why_here(trace: Trace) -> str:
    """What the operation itself tells of why."""
    kinds: dict[str, Kind] = {"binary_cross_entropy": "binary", "cross_entropy": "classes"}
    kind = kinds.get(trace.layer.operation.name)
    if kind is None or np.isnan(trace.output).any():
        return ""
    return f", the logarithm of a probability that has become 0; {ending(kind, trace.layer.dialect)}"


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
    largest = _largest_weight(loss)
    if largest > LARGE:
        rate = "" if lr is None else f" {lr:g}"
        less = "a tenth of it" if lr is None else f"{lr / 10:g}"
        return f"; the weights have grown to {largest:.3g}, so the learning rate{rate} is too large: try {less}"
    less = "a smaller learning rate" if lr is None else f"a learning rate below {lr:g}"
    return f"; numbers became too large, or were divided by 0: try {less}, or smaller inputs"


def largest_of(arrays: Iterable[Array]) -> float:
    """The size of the largest number in some arrays that is one."""
    return max((float(np.abs(array[np.isfinite(array)]).max(initial=0)) for array in arrays), default=0.0)


def _largest_weight(loss: Trace) -> float:
    return largest_of(array for trace in chain(loss) for name, array in trace.inputs.items() if _is_weight(trace, name))


def _is_weight(trace: Trace, name: str) -> bool:
    return name not in trace.parents and name not in data_inputs(trace) and name != "target"
