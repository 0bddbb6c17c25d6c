"""What an operation must be, and a layer: an operation with the words it was asked for in.

To add an operation: a subclass of `Operation` in `ops/`; see CONTRIBUTING.md.
"""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from ..arithmetic import Array, Value, is_expression
from ..dataclass import dataclass
from ..formula import Formula
from ..geometry import AxisGeometry, Geometry
from ..rules.derive import share
from ..rules.expand import formula_of
from ..rules.tree import Rule
from .influence import Influence
from .layout import Index, Layout

if TYPE_CHECKING:
    from .step import Step
    from .tap import Gathered, Padding, Tap
    from .trace import Trace


MOST_MISSING = 64
"""Output cells, at most, that are asked why they are NaN."""


class Operation(Influence, ABC):
    """What can be traced: its fields are its parameters, its methods what `Trace` and `Step` ask.

    Subclasses are frozen dataclasses, one a file in `ops/`; the docstring of each is its mathematics. What gradients
    and "why?" ask of them is in `influence.py`.
    """

    name: ClassVar[str]  # in saved traces and in the registry
    rule: ClassVar[str]  # how taps become a result, in the field's word
    rational: ClassVar[bool] = True  # whether rational numbers give rational results
    counts: ClassVar[tuple[str, ...]] = ()  # inputs that are indices, not numbers to calculate with
    collected: ClassVar[tuple[str, ...]] = ()  # inputs that a layer keeps, but that training does not learn
    weight_name: ClassVar[str] = "kernel"  # which of the inputs holds the taps' weights

    @property
    def inexact(self) -> bool:
        """Whether it is only worked out in decimals, whatever it is given."""
        return False

    @abstractmethod
    def outline(self, layout: Layout, shape: tuple[int, ...]) -> tuple[Geometry, tuple[int, ...]]:
        """The geometry, and the output's shape in its owner's layout, for an input of this shape.

        Raises `ShapeError` where it does not fit.
        """

    @abstractmethod
    def planned(self, layout: Layout, inputs: Mapping[str, Array]) -> tuple[Geometry, tuple[int, ...]]:
        """The geometry and the output's shape for these inputs. Raises `ShapeError` where they do not fit."""

    @abstractmethod
    def run(self, layout: Layout, inputs: Mapping[str, Array]) -> tuple[Geometry, Array]:
        """The geometry and the output, fast. Raises `ShapeError` where the inputs do not fit."""

    @abstractmethod
    def taps(self, trace: Trace, index: Index) -> tuple[Tap, ...]:
        """What the output cell at `index` was made from, in the window's row-major order."""

    def reach(self, trace: Trace) -> int:
        """The most taps that an output cell may have."""
        return 1

    def looked_at(self, trace: Trace) -> int:
        """How many numbers are looked at to find the taps of an output cell: where they are sought, more than those."""
        return self.reach(trace)

    def gathered(self, trace: Trace, index: Index) -> Gathered | None:
        """The taps of an output cell as whole arrays; None where there is no such way, or the numbers are exact."""
        return None

    @property
    @abstractmethod
    def calculation(self) -> Rule:
        """How taps become a result, as data: from it the formula is written, and everything else that is said of it."""

    @property
    def steady(self) -> Rule | None:
        """The same in a form in which no exponential overflows, where there is one."""
        return None

    operated: ClassVar[bool] = True  # whether a page lets its reader operate it: its taps are all of its first input
    listed: ClassVar[bool] = False  # whether its taps lie anyhow, so that a page is told them one by one
    in_place: ClassVar[bool] = False  # whether an output cell is made from the cell at its own index alone

    keeps_axes: ClassVar[bool] = True  # whether, without windows, an axis of the output is what it is in the input

    def in_lines(self, ndim: int) -> bool:
        """Whether, without windows, the taps of an output cell lie evenly spaced, of an input with so many axes."""
        return True

    def listing(self, trace: Trace, index: Index) -> tuple[Tap, ...]:
        """All that may be taps of an output cell, whatever numbers a page's reader puts into the input."""
        return self.taps(trace, index)

    def gave(self, trace: Trace) -> Sequence[Rule | None]:
        """What a tap gave to the result, divided by its value, as a rule; one for all, or one for each tap.

        None is for a tap that has no part in it. `secants` are the same numbers.
        """
        return [share(self.calculation)]

    def lettered(self, step: Step) -> Rule:
        """The rule as it is said of letters, of which it is not known which is the larger."""
        return self.calculation

    def worked(self, step: Step) -> Rule:
        """The rule as it is said of a step."""
        return self.lettered(step) if any(is_expression(tap.value) for tap in step.taps) else self.calculation

    def beside(self, trace: Trace, name: str) -> Array:
        """For every output cell, the number of the cell of another input that it is made with, counted row by row.

        It is a view that repeats what is the same: of a bias, along all axes but one.
        """
        raise NotImplementedError(f"{self.name} has no {name} beside its taps")

    def figure(self, name: str, axis: AxisGeometry, i: int) -> Value:
        """A number that the rule names, along one axis: of the window at `i`. Those of all axes are multiplied."""
        raise NotImplementedError(f"{self.name} has no {name}")

    @property
    def on_page(self) -> Rule:
        """The rule that a page works by, which has none but this one for all steps: see `worked`."""
        return self.calculation

    def expression(self, step: Step) -> Formula:
        """The step's left-hand side, with its numbers put in."""
        return formula_of(self.worked(step), step)

    @abstractmethod
    def replay(self, trace: Trace) -> tuple[Array, Array | float]:
        """The output again, by a route that shares no arithmetic with `run`, and how far rounding may part the two.

        Raises `VerificationError` where the recorded geometry is not what the parameters ask for.
        """

    @abstractmethod
    def sources(self, trace: Trace, index: Index) -> list[Index | Padding]:
        """The sources of a cell's taps, by the same second route."""

    @abstractmethod
    def check(self, trace: Trace) -> None:
        """Refuse a record whose arrays do not have the shapes its layer asks for. Raises `ShapeError`."""

    @abstractmethod
    def place(self, trace: Trace, index: Index) -> Index:
        """An index into the output as `(n, c, *position)`, the way operations count."""

    @abstractmethod
    def index(self, trace: Trace, place: Index) -> Index:
        """The reverse of `place`."""

    def spreads(self, trace: Trace, index: Index) -> list[tuple[Index, Value]]:
        """Of a transposed convolution, where an input cell lands: each output index, and the weight it gets there."""
        return []

    def channel_counts(self, trace: Trace) -> tuple[int, int]:
        """How many channels go in and come out (see `Trace.channels`); 1 and 1 where there are none."""
        return 1, 1

    def slides_along(self, trace: Trace) -> int:
        """How many axes of its input are those of an image or a line, where the operation itself says so; else 0."""
        return len(trace.geometry.axes)

    def lies_as(self, trace: Trace, name: str) -> tuple[Trace, str]:
        """The trace, and the name of the array in it, that one of its arrays has its axes from."""
        return trace, name

    def kernel_axes(self, layout: Layout) -> tuple[str, ...]:
        """What the axes of its owner's kernel are, in words; none where it has no kernel, or one of two axes."""
        return ()

    def kernel_index(self, layout: Layout, inner: Index, own: Array) -> Index:
        """An index `(out, in, *window)` as an index into the owner's own kernel."""
        return layout.kernel_index(inner, own.shape)

    @abstractmethod
    def seen(self, channel: int, trace: Trace) -> range:
        """The input channels that an output channel is made from."""

    def fitted(self, shape: tuple[int, ...], form: str) -> Operation:
        """The operation for an input of this shape and form (see `Trace.form`), where it matters to it."""
        return self

    @abstractmethod
    def form(self, trace: Trace) -> str:
        """What the output is: a `plain` image, an `image` with channels, or a `batch` (see `Trace.form`)."""

    def weight_shapes(self, layout: Layout, shape: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
        """The owner's shapes of the weights, by name, for an input of this shape."""
        return {}

    def winner(self, taps: Sequence[Tap]) -> Tap | None:
        """The tap that decided the result, where one did."""
        return None

    def winners(self, taps: Sequence[Tap]) -> list[Tap]:
        """The same where several may have decided it together."""
        found = self.winner(taps)
        return [] if found is None else [found]


@dataclass(frozen=True)
class Layer:
    """What is asked for: an operation with its parameters, and how its owner lays arrays out.

    `call` is the layer as it was written, or as its framework would write it. A call that takes several operations (a
    separable convolution, one with an activation) has a layer for each: its stages, numbered from 0.
    """

    operation: Operation
    layout: Layout
    dialect: str
    call: str
    trainable: bool = dataclasses.field(default=True, kw_only=True)  # False of a layer whose weights stay as they are
    form: str = dataclasses.field(default="", kw_only=True)  # of what goes in first, where its axes do not tell it
    whole: str = dataclasses.field(default="", kw_only=True)  # the call that this is one stage of, where it has several
    left_out: tuple[str, ...] = dataclasses.field(default=(), kw_only=True, compare=False)  # of what was pasted, before
    stage: int = 0  # above 0, the input is what the stage before gave
    names: tuple[tuple[str, str], ...] = ()  # of weights that their framework calls otherwise: our name, and its own

    def named(self, weight: str) -> str:
        """The framework's own name of a weight: `weight` for PyTorch's kernel."""
        return dict(self.names).get(weight, weight)
