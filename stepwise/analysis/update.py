"""One step of gradient descent: the weights before, their gradients, the weights after, and the loss again."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

import numpy as np

from ..arithmetic import Array, Value, as_its_own, holds_expressions, plain
from ..dataclass import dataclass
from ..errors import CallError, InputError, shown
from ..io.inputs import locked
from ..traces.recording import record
from ..traces.trace import Trace, chain, data_inputs
from .backward import stages

if TYPE_CHECKING:
    from ..document.lesson import Lesson
    from .backpropagation import Backward

Weights: TypeAlias = list[dict[str, Array]]
"""By layer call in the order of the forward pass, and by the framework's own name of each weight."""
Velocity: TypeAlias = Weights
NOTHING_LEARNED = "no layer has weights that are learned, so there is nothing to update"


@dataclass(frozen=True, eq=False)
class Update:
    """The weights before and after one step, by layer and name; a layer without weights has none.

    `loss_before` and `loss_after` are None where an upstream gradient was given, and no loss.
    """

    shown_as: ClassVar[str] = "an update"

    backward: Backward
    before: Weights
    gradient: list[dict[str, Trace]]
    after: Weights
    loss_before: float | None
    loss_after: float | None
    trace: Trace  # the forward pass again, with the weights after: of the loss, or of the last layer
    again: Mapping[int, Trace]  # of each trace of the forward pass, by its `id`, the one in its place
    velocity: Velocity
    lr: float
    momentum: float
    weight_decay: float
    velocity_before: Velocity | None  # of the step before; None where there was none

    def lesson(self, language: str = "en", detail: str = "auto") -> Lesson:
        """The backward pass, the update with its numbers, and the loss again, told as a worked example."""
        from ..lessons.update import tell_update  # a door that opens forward, named in the import check

        return tell_update(self, language, detail)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """What a notebook shows of it: its lesson."""
        return self.lesson()._repr_mimebundle_()

    def __repr__(self) -> str:
        loss = "" if self.loss_before is None else f", loss {self.loss_before:.6g} -> {self.loss_after:.6g}"
        return f"<Update of {sum(map(len, self.before))} weights{loss}>"


def updated(back: Backward, lr: float, momentum: float, weight_decay: float, velocity: Velocity | None) -> Update:
    """One step of gradient descent (see `Backward.step`)."""
    _check_rates(lr, momentum, weight_decay)
    before = [_weights(call, found) for call, found in zip(back.calls, back.gradients)]
    gradient = [{name: found[name] for name in own} for own, found in zip(before, back.gradients)]
    if not any(before):
        raise CallError(NOTHING_LEARNED)
    _check_velocity(velocity, before)
    totals = _totals(before, gradient)
    after: Weights = []
    moving: Velocity = []
    for number, own in enumerate(before):
        after.append({})
        moving.append({})
        for name, weight in own.items():
            last = velocity[number][name] if velocity is not None else None
            change, moved = stepped(weight, totals[id(weight)], lr, weight_decay, momentum, last)
            moving[-1][name], after[-1][name] = locked(change), locked(moved)
    changed = {id(w): after[n][name] for n, own in enumerate(before) for name, w in own.items()}
    made = carried_out_again(back.last, changed)
    forward = made[id(back.last)]
    first, second = (None, None) if back.loss is None else (_number(back.loss), _number(forward))
    rates = lr, momentum, weight_decay
    return Update(back, before, gradient, after, first, second, forward, made, moving, *rates, velocity)


def stepped(
    weight: Array, gradient: Array, lr: float, decay: float, momentum: float = 0, velocity: Array | None = None
) -> tuple[Array, Array]:
    """v = momentum·v + g + decay·w, and w - lr·v: the velocity of a step against a gradient, and the weight after it.

    >>> stepped(np.array([2.0]), np.array([3.0]), lr=0.1, decay=0.5)
    (array([4.]), array([1.6]))
    """
    rate, decays, keeps = (as_its_own(weight, given, gradient) for given in (lr, decay, momentum))
    change = gradient + decays * weight if decay else gradient
    if velocity is not None and momentum:
        change = keeps * velocity + change
    return np.asarray(change), np.asarray(weight - rate * change)


def refuse_update(trace: Trace, lr: float, momentum: float, weight_decay: float) -> None:
    """What can be said against an update before anything is led back. Raises `InputError` and `CallError`, as it does
    after it.
    """
    _check_rates(lr, momentum, weight_decay)
    for stage in chain(trace):
        operation, data = stage.layer.operation, data_inputs(stage)
        if stage.layer.trainable and any(name not in data for name in operation.differentiable(stage)):
            return
    raise CallError(NOTHING_LEARNED)


def _check_rates(lr: float, momentum: float, weight_decay: float) -> None:
    _check("learning rate", lr, lr_fits, "a number above 0, such as 0.1")
    _check("momentum", momentum, lambda m: 0 <= m < 1, "a number from 0 to below 1, such as 0.9")
    _check("weight decay", weight_decay, lambda d: d >= 0, "a number from 0 on, such as 0.0001")


def lr_fits(lr: float) -> bool:
    """Whether it is a learning rate."""
    return lr > 0


def _check(name: str, value: Any, fits: Any, due: str) -> None:
    """Raises `InputError` for what is no such number."""
    number = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
    if not number or not math.isfinite(value) or not fits(value):
        raise InputError(f"the {name} is {shown(value)}; it must be {due}")


def _weights(call: Trace, found: dict[str, Trace]) -> dict[str, Array]:
    """The weights of a call that have a gradient, by the framework's names."""
    own = {
        stage.layer.named(name): array
        for stage in reversed(stages(call))
        for name, array in stage.inputs.items()
        if name not in data_inputs(stage)
    }
    return {name: own[name] for name in found if name in own}


def _totals(before: Weights, gradient: list[dict[str, Trace]]) -> dict[int, Array]:
    """The gradient of each weight; of one that several layers share, the sum."""
    totals: dict[int, Array] = {}
    for own, found in zip(before, gradient):
        for name, weight in own.items():
            known = totals.get(id(weight))
            totals[id(weight)] = found[name].output if known is None else known + found[name].output
    return totals


def _check_velocity(velocity: Velocity | None, before: Weights) -> None:
    """Raises `CallError` where it is not that of these weights."""
    shapes = [[{name: array.shape for name, array in own.items()} for own in each] for each in (before, velocity or [])]
    if velocity is not None and shapes[0] != shapes[1]:
        raise CallError("the velocity is not that of these weights; give update.velocity of the step before")


def carried_out_again(last: Trace, changed: dict[int, Array]) -> dict[int, Trace]:
    """Every layer again, by the `id` of what it was, with other weights in place of those of these `id`s."""
    made: dict[int, Trace] = {}
    for trace in chain(last):
        parents = {name: made[id(parent)] for name, parent in trace.parents.items()}
        data = data_inputs(trace)
        inputs = {
            name: parents[name].output if name in parents else array if name in data else changed.get(id(array), array)
            for name, array in trace.inputs.items()
        }
        made[id(trace)] = record(trace.layer, inputs, parents)
    return made


def _number(loss: Trace) -> Any:
    value: Value = plain(loss.output[()])
    return value if holds_expressions(loss.output) and value.free_symbols else float(value)
