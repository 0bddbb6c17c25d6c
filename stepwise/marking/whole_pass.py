"""Everything of a training step joined into one chain: forward pass, loss, gradients, new weights, the loss again.

A gradient's own parents are the gradients behind it. Here it has the layers of the forward pass, too, that its numbers
come from, so that an answer to one of them is followed into all that depends on it, and a mistake is found where it is.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

from ..analysis.backpropagation import Backward
from ..analysis.update import Update
from ..dataclass import dataclass
from ..errors import StepwiseError, did_you_mean, listing
from ..ops import Conv, Dense, Flatten, Gradient, Identity, MeanPool, Reshape
from ..ops.cells import Moving
from ..traces.trace import Trace, chain
from .descent import descended


def needed(gradient: Gradient) -> set[str] | None:
    """The inputs of a gradient, but for the upstream one, whose numbers it depends on; None: all of them."""
    if isinstance(gradient.of, Conv | Dense):
        return {"input": {"kernel"}, "kernel": {"x"}}.get(gradient.wrt, set())
    if isinstance(gradient.of, Flatten | Reshape):
        return {"x"}  # not its numbers, but how they lay
    return set() if isinstance(gradient.of, MeanPool | Moving | Identity) else None


@dataclass(frozen=True, eq=False)
class WholePass:
    """A backward pass, and the update after it where there is one, as traces that lead back to each other."""

    back: Backward
    update: Update | None = None

    @cached_property
    def _joined(self) -> dict[int, Trace]:
        """By the id of each trace that was carried out: the same with all it comes from among its parents."""
        came_from = {
            id(trace.inputs[name]): parent for trace in chain(self.back.last) for name, parent in trace.parents.items()
        }
        joined: dict[int, Trace] = {}
        for trace in self.back.traces:
            parents = {name: joined[id(parent)] for name, parent in trace.parents.items()}
            operation = trace.layer.operation
            if isinstance(operation, Gradient):
                wanted = needed(operation)
                for name, array in trace.inputs.items():
                    known = came_from.get(id(array)) if wanted is None or name in wanted else None
                    if name not in parents and known is not None:
                        parents[name] = joined[id(known)]
            same = all(parents[name] is parent for name, parent in trace.parents.items())
            same = same and len(parents) == len(trace.parents)
            joined[id(trace)] = trace if same else replace(trace, parents=parents)
        return joined

    @property
    def loss(self) -> Trace:
        """The loss. Raises `StepwiseError` where there is none."""
        if self.back.loss is None:
            raise StepwiseError("parts: ask for the loss, but backward: has none, such as loss: mse")
        return self._joined[id(self.back.loss)]

    def joined(self, trace: Trace) -> Trace:
        """A trace of the pass, with all it comes from."""
        return self._joined[id(trace)]

    def gradient(self, layer: int, name: str) -> Trace:
        """A gradient of a layer, by our name or the framework's. Raises `StepwiseError` where there is none."""
        own = self._own(layer, name)
        return self._joined[id(self.back.gradients[layer][own])]

    def new_weight(self, layer: int, name: str) -> Trace:
        """A weight of a layer after the update. Raises `StepwiseError` where there is none."""
        own = self._own(layer, name)
        if own not in self._new[layer]:
            raise StepwiseError(f"parts: ask for the update of {name}, which is no weight")
        return self._new[layer][own]

    @cached_property
    def _new(self) -> list[dict[str, Trace]]:
        if self.update is None:
            raise StepwiseError("parts: ask for new weights, but there is no update:, such as update: {lr: 0.1}")
        found = []
        for before, gradient in zip(self.update.before, self.update.gradient):
            rates = self.update.lr, self.update.weight_decay
            found.append(
                {name: descended(w, self._joined[id(gradient[name])], *rates, name) for name, w in before.items()}
            )
        return found

    @cached_property
    def loss_again(self) -> Trace:
        """The loss with the new weights. Raises `StepwiseError` where there is none."""
        _loss = self.loss  # refuses where there is none
        new = self._new
        assert self.update is not None
        came_from = {
            id(array): trace
            for own, traces in zip(self.update.after, new)
            for array, trace in zip(own.values(), traces.values())
        }
        joined: dict[int, Trace] = {}
        for trace in chain(self.update.trace):
            parents = {name: joined[id(parent)] for name, parent in trace.parents.items()}
            parents |= {name: came_from[id(a)] for name, a in trace.inputs.items() if id(a) in came_from}
            joined[id(trace)] = replace(trace, parents=parents)
        return joined[id(self.update.trace)]

    def _own(self, layer: int, name: str) -> str:
        """The framework's name of what a gradient is asked for."""
        if layer >= len(self.back.gradients):
            last = len(self.back.gradients) - 1
            raise StepwiseError(f"parts: ask for layer {layer}; the layers are numbered 0 to {last}")
        found = self.back.gradients[layer]
        ours = {own: self.back.calls[layer].layer.named(own) for own in ("input", "kernel", "bias", name)}
        for own in (name, ours.get(name, name)):
            if own in found:
                return own
        hint = did_you_mean(name, list(found))
        refusal = f"there is no gradient for {name!r} in layer {layer}; it is {listing(found)}.{hint}"
        raise StepwiseError(refusal.removesuffix("."))
