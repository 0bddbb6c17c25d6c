"""A PyTorch module as an object: how it is called, and what its attributes are; and what all modules share."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ..arithmetic import Array
from ..errors import CallError
from ..layers.initializers import bounded
from ..layers.layer import LayerObject, Plan, Stage
from ..layers.words import whole
from ..networks.training.modules import Modular, learned
from ..ops import MaxUnpool, Reshape, winners
from ..traces.layout import Layout
from ..traces.operation import Operation
from ..traces.trace import Trace
from .torch_tensed import TensorTrace

LAYOUT = Layout(channels_last=False, kernel_channels_last=False)


class TorchLayer(LayerObject, Modular):
    """A module with PyTorch's attributes for weights: `m.weight = w`, `m.bias = b`.

    A pooling module with `return_indices=True` returns (Trace, indices), as in PyTorch.
    """

    dialect = "torch"
    makes = TensorTrace
    _own = ("plan", "call", "weights", "drawn", "returns_indices", "written", "named", "seed", "training", "kept")

    def __init__(self, plan: Plan, call: str) -> None:
        super().__init__(plan, call)
        self.returns_indices = isinstance(plan, WithIndices)

    def __call__(self, x: Any, *others: Any, output_size: Any = None) -> Any:
        """Carry the module out on `x`; a MaxUnpool takes the indices too, and may be told its `output_size`."""
        unpool = self.plan.stages[0].operation
        if isinstance(unpool, MaxUnpool):
            if len(others) != 1:
                raise CallError(f"{self.call} takes two inputs: the maxima and their indices")
            spatial, wanted = len(unpool.window), () if output_size is None else tuple(output_size)
            if output_size is not None and len(wanted) not in (spatial, spatial + 2):
                raise CallError(
                    f"output_size={wanted} has {len(wanted)} entries; it takes {spatial}, or {spatial + 2} with batch "
                    "and channels"
                )
            wanted = wanted[-spatial:]
            sized = replace(unpool, sizes=tuple(whole("output_size", n) for n in wanted))
            other = TorchLayer(replace(self.plan, stages=(Stage(sized),)), self.call)
            return LayerObject.run(other, {"input": x, "indices": others[0]})
        trace = super().__call__(x, *others)
        return (trace, indices(trace)) if self.returns_indices else trace

    def named_layers(self) -> Iterator[tuple[str, LayerObject]]:
        return iter([("", self)])

    def fitted(self, operation: Operation, shape: tuple[int, ...], form: str) -> Operation:
        """Of one image without an axis for the batch, `x.view(-1, 400)` leaves no first axis as it is."""
        if isinstance(operation, Reshape) and operation.batched and form in ("plain", "image"):
            one = math.prod(operation.shape) == math.prod(shape)
            operation = replace(operation, batched=False) if one else operation
        return super().fitted(operation, shape, form)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self._own:
            super().__setattr__(name, value)
        elif value is not None or name in self.plan.initializers:
            self.give({name: value})

    def __getattr__(self, name: str) -> Array | None:
        weights: dict[str, Array] = self.__dict__.get("weights", {})
        if name in weights:
            return learned(self, name, weights[name])
        if name in ("weight", "bias"):
            return None
        raise AttributeError(f"{self.__dict__.get('call', 'this module')} has no attribute {name}")


class WithIndices(Plan):
    """A plan whose module returns indices too."""


def indices(trace: Trace) -> Array:
    """Where each maximum came from, in the output's own shape: its number within the image and channel (PyTorch)."""
    spatial = len(trace.geometry.axes)
    return LAYOUT.restored(winners(trace), spatial, trace.inputs["input"].ndim)


def single(operation: Operation) -> Plan:
    return Plan((Stage(operation),), LAYOUT)


def symmetric(padding: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
    return tuple((p, p) for p in padding)


def weights_drawn(fan_in: int, bias: bool) -> dict[str, Any]:
    """PyTorch's own initialisation of weight and bias: uniform between ±1/√fan_in (`kaiming_uniform_` with a = √5)."""
    drawn = bounded("kaiming_uniform_(a=√5)", 1 / math.sqrt(max(fan_in, 1)))
    return {"weight": drawn, "bias": drawn} if bias else {"weight": drawn}
