"""How cells depend on one another: what an operation is asked for gradients, for "why?" and for "what did it touch?".

Each operation answers for itself alone; `ops/gradient.py` and `why.py` put the answers together. In every method `name`
is that of one of the operation's inputs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import numpy as np

from ..arithmetic import Array, Value, rounding
from ..errors import CallError
from .layout import Index

if TYPE_CHECKING:
    from .step import Step
    from .trace import Trace

Box = tuple[tuple[int, int], ...]
"""Along each axis of an array, the first index and one past the last."""


class Shares(NamedTuple):
    """What cells of one input gave to an output cell: where they are, and the two factors of what each gave."""

    input: str
    at: Array  # (cells, axes)
    values: Array  # (cells)
    factors: Array  # (cells)


class Influence:
    """The part of `Operation` that is about influence. The defaults are for operations that have no derivative here."""

    counts: ClassVar[tuple[str, ...]] = ()  # inputs that are indices, not numbers to calculate with
    needs_result: ClassVar[bool] = False  # whether slopes are worked out from the result too
    slopes_cancel: ClassVar[bool] = False  # whether slopes are differences, and so hold only as many digits as those
    squashes: ClassVar[bool] = False  # whether each result is a score in another form: softmax, sigmoid, tanh

    @property
    def weight_factor(self) -> float:
        """What every product of a number and its weight is multiplied by."""
        return 1

    def precision(self, gradient: Array) -> float:
        """How far each product that a gradient is added up from may be rounded, relative to itself."""
        return rounding(gradient)

    def differentiable(self, trace: Trace) -> tuple[str, ...]:
        """The inputs that have a gradient here."""
        return tuple(name for name in trace.inputs if name not in self.counts)

    def slopes(self, step: Step) -> list[Value]:
        """How much the result grows with each tap, in the taps' order; None for a tap that it does not depend on."""
        raise CallError(f"{step.trace.layer.call}: no gradient is worked out for this operation")

    def lettered_slopes(self, step: Step) -> list[Value] | None:
        """Slopes in letters, where they are written shorter than the rule's own derivative."""
        return None

    def gradient(self, trace: Trace, name: str, grad: Array) -> Array:
        """How much the sum of `grad` times the output grows with each cell of an input, fast."""
        raise CallError(f"{trace.layer.call}: no gradient is worked out for this operation")

    def feeds(self, trace: Trace, name: str, index: Index) -> Iterable[tuple[Index, Value]]:
        """The output cells that depend on a cell of an input, in row-major order, each with how much it grows."""
        raise CallError(f"{trace.layer.call}: no gradient is worked out for this operation")

    def sought(self, trace: Trace, name: str) -> int:
        """How many numbers are looked at, one by one, to find what a cell of an input feeds; beside what it feeds."""
        return 1

    def fed_at_once(self, trace: Trace, name: str, index: Index, grad: Array) -> tuple[Array, Array | None] | None:
        """Of a cell that feeds very many: what came back to them, and how much each grows with it, as whole arrays.

        Where each grows as much as the cell, the second is None. None where there is no such way.
        """
        return None

    def factors(self, trace: Trace, name: str, index: Index) -> dict[Index, Index]:
        """Of an operation that multiplies and adds: where the number stands that the cell was multiplied by on its way
        to each output cell that it feeds. Of a number of the input that is a weight, of a weight a number of the input;
        of the bias, and of every other operation, there is none.
        """
        return {}

    def sendings(self, trace: Trace, name: str) -> Iterator[tuple[Index, Index, Value]]:
        """Of an input that is not among the taps, by a second route: each output cell, the input's cell it depends on,
        and how much it grows with it.
        """
        raise CallError(f"{trace.layer.call}: no gradient is worked out for its {name}")

    def secants(self, step: Step) -> list[Value]:
        """What each tap gives to the result, divided by its value: the slopes, where the operation is linear."""
        return self.slopes(step)

    def apportioned(self, trace: Trace, name: str, grad: Array) -> Array:
        """As `gradient`, by secants."""
        return self.gradient(trace, name, grad)

    def shares(self, trace: Trace, index: Index) -> list[Shares]:
        """What every input cell gave to an output cell."""
        step = trace.step(index)
        found: dict[str, list[tuple[Index, Value, Value]]] = {}
        for tap, factor in zip(step.taps, self.secants(step)):
            if isinstance(tap.source, tuple) and factor is not None:
                found.setdefault(tap.input, []).append((tap.source, tap.value, factor))
        return [
            Shares(
                name,
                np.array([at for at, _, _ in taken], dtype=np.int64).reshape(len(taken), -1),
                np.array([value for _, value, _ in taken], dtype=float),
                np.array([factor for _, _, factor in taken], dtype=float),
            )
            for name, taken in found.items()
        ]

    def looks_at(self, trace: Trace, name: str, box: Box) -> Box:
        """The cells of an input that a box of output cells was made from, or a box around them."""
        return tuple((0, size) for size in trace.inputs[name].shape)

    def touches(self, trace: Trace, name: str, mask: Array) -> Array:
        """The output cells that are made from marked cells of an input."""
        return np.full(trace.output.shape, bool(mask.any()))
