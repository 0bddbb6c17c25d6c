"""A way back as it is asked for: a gradient or a loss, what is to be told of it, and an update after it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..analysis.backpropagation import Backward, backward, everywhere_in, planned_loss
from ..analysis.backward import planned
from ..analysis.update import Update, refuse_update
from ..arithmetic import holds_expressions
from ..dataclass import dataclass
from ..document.lesson import Lesson
from ..errors import CallError, did_you_mean, listing
from ..ops.losses import LOSSES
from ..traces.trace import Trace, chain
from .choice import refuse_long


@dataclass(frozen=True)
class WayBack:
    """What is asked for: `grad`, the upstream gradient, or a `loss` with its `target`.

    `wanted` names the gradients to be told, `input` and weights, all of them where it is empty. With a learning rate,
    `lr`, the weights are updated, too.
    """

    grad: Any = None
    loss: str | None = None
    target: Any = None
    wanted: tuple[str, ...] = ()
    lr: float | None = None
    momentum: float = 0
    weight_decay: float = 0
    other: WayBack | None = None  # of the second of two calls that are compared, where it is not the same

    def carried_out(self, trace: Trace, everywhere: bool = False) -> Backward:
        """The gradients. Raises `StepwiseError` for what does not fit the trace.

        With `everywhere`, a gradient that is one number is that of every output cell, as two calls whose outputs have
        other sizes need it.
        """
        grad = everywhere_in(trace, self.grad) if everywhere and self.grad is not None else self.grad
        back = backward(trace, grad, loss=self.loss, target=self.target)
        named(back, self.wanted)
        return back

    def updated(self, back: Backward) -> Update | None:
        """The update after it, where one is asked for."""
        return None if self.lr is None else back.step(self.lr, self.momentum, self.weight_decay)

    def lesson(self, trace: Trace, language: str = "en", detail: str = "auto", title: str | None = None) -> Lesson:
        """The lesson of it."""
        from .backpropagation import tell_backward
        from .update import tell_update

        self.refuse_long(trace, detail)
        back = self.carried_out(trace)
        update = self.updated(back)
        if update is not None:
            return tell_update(update, language, detail, self.wanted, title)
        return tell_backward(back, language, detail, self.wanted, title)

    def refuse_long(self, trace: Trace, detail: str) -> None:
        """Raises `StepwiseError` before anything is led back, where it would not be told."""
        if self.lr is not None:
            refuse_update(trace, self.lr, self.momentum, self.weight_decay)
        layers = [one for one in chain(trace) if not any(map(holds_expressions, (*one.inputs.values(), one.output)))]
        gradients = [(name, found) for one in layers for name, found in planned(one).items()]
        gradients_shown = [found for name, found in gradients if not self.wanted or name in self.wanted]
        if self.loss in LOSSES and self.target is not None and not holds_expressions(trace.output):
            gradients_shown = [*gradients_shown, planned_loss(trace, self.loss)]
        refuse_long(gradients_shown, "auto" if self.lr is not None else detail)


def named(back: Backward, wanted: Sequence[str]) -> list[tuple[int, str, Trace]]:
    """The gradients of these names, each with its layer's number from 0, in forward order; all where none is named.

    A kernel is found by this word in every framework. Raises `CallError` for a name that no layer has.
    """
    found, known = [], []
    for number, (call, entry) in enumerate(zip(back.calls, back.gradients)):
        ours = {call.layer.named(own): own for own in call.inputs}
        for name, trace in entry.items():
            known += [name]
            if not wanted or name in wanted or ours.get(name) in wanted:
                found.append((number, name, trace))
    names = {*known, *(own for call in back.calls for own in call.inputs if call.layer.named(own) in known)}
    for name in wanted:
        if name not in names:
            there = list(dict.fromkeys(known))
            hint = did_you_mean(name, there)
            raise CallError(f"there is no gradient for {name!r} here; it is {listing(there)}.{hint}".removesuffix("."))
    return found
