"""How one output cell came to be, and all of them, each made when it is asked for."""

from __future__ import annotations

import dataclasses
import math
import operator
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, SupportsIndex, overload
from weakref import WeakKeyDictionary

import numpy as np

from ..arithmetic import Array, Value, plain
from ..dataclass import dataclass
from ..formula import Formula, outcome
from .layout import Index

if TYPE_CHECKING:
    from .tap import Tap
    from .trace import Trace


@dataclass(frozen=True, eq=False)
class Step:
    """How one output cell came to be: a view of one cell of a trace, everything derived when asked for."""

    shown_as: ClassVar[str] = "a step"

    trace: Trace = dataclasses.field(repr=False)
    index: Index  # into trace.output, never negative

    @cached_property
    def taps(self) -> tuple[Tap, ...]:
        """Everything the window touched, padding included, in row-major order of the window."""
        return self.trace.layer.operation.taps(self.trace, self.index)

    @property
    def rule(self) -> str:
        """How the taps became the result: `max`, `mean`, `sum of products`."""
        return self.trace.layer.operation.rule

    @cached_property
    def formula(self) -> Formula:
        """The working of this cell: `max(3, 1) = 3`. Padding that changes nothing is left out.

        An `Equality`; of letters that come to nothing simpler, only the working: `max(a, b)`.
        """
        return outcome(self.trace.layer.operation.expression(self), self.result)

    @property
    def result(self) -> Value:
        """The number in the output cell."""
        return plain(self.trace.output[self.index])

    @cached_property
    def winner(self) -> Tap | None:
        """The tap a maximum was taken from (the first in row-major order where several tie), else None."""
        return self.trace.layer.operation.winner(self.taps)

    @cached_property
    def winners(self) -> list[Tap]:
        """The taps that decided the result; two of a median that is a mean."""
        return self.trace.layer.operation.winners(self.taps)

    @property
    def own(self) -> Tap:
        """The tap that lies where the output cell lies."""
        return next(tap for tap in self.taps if tap.source == self.index)

    def beside(self, name: str) -> Value:
        """A number of another input that the cell is made with, as its bias; None where that is not given."""
        at = self.beside_at(name)
        return None if at is None else plain(self.trace.inputs[name][at])

    def beside_at(self, name: str) -> Index | None:
        """Where in that input it stands; None where that is not given."""
        if name not in self.trace.inputs:
            return None
        known = _BESIDE.setdefault(self.trace, {})
        if name not in known:
            known[name] = self.trace.layer.operation.beside(self.trace, name)
        return tuple(map(int, np.unravel_index(known[name][self.index], self.trace.inputs[name].shape)))

    def figure(self, name: str) -> Value:
        """A number that follows from where the window lies: how many cells it covers."""
        cell, operation = self.trace.place(self.index)[2:], self.trace.layer.operation
        if not self.trace.geometry.axes:
            return operation.reach(self.trace)  # without windows, all cells are made from as many
        return math.prod(operation.figure(name, axis, i) for axis, i in zip(self.trace.geometry.axes, cell))


class Steps(Sequence[Step]):
    """Every step of a trace, in row-major order of the output, each made when it is asked for."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace

    def __len__(self) -> int:
        return self._trace.output.size

    @overload
    def __getitem__(self, number: SupportsIndex) -> Step: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[Step]: ...
    def __getitem__(self, number: SupportsIndex | slice) -> Step | Sequence[Step]:
        if isinstance(number, slice):
            return [self[i] for i in range(*number.indices(len(self)))]
        place = range(len(self))[operator.index(number)]  # negative numbers count from the end
        index = np.unravel_index(place, self._trace.output.shape)
        return Step(self._trace, tuple(int(i) for i in index))

    def __iter__(self) -> Iterator[Step]:
        return (Step(self._trace, index) for index in np.ndindex(self._trace.output.shape))


_BESIDE: WeakKeyDictionary[Trace, dict[str, Array]] = WeakKeyDictionary()
"""What `Operation.beside` says of a trace's inputs: every step asks again."""
