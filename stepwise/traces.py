"""The record of one operation, and the questions it answers.

A `Trace` holds arrays and geometry only, so that recording costs about as much as computing. Everything else is derived
when asked for: a `Step` is how one output cell came to be, a `Tap` one thing that its window touched.

    trace.step((0, 1)).taps      what the window touched, padding included
    trace.step((0, 1)).formula   max(3, 1) = 3

What an operation must be able to do to be traced is the `Operation` contract below; `ops/` holds the operations.
"""

from __future__ import annotations

import dataclasses
import json
import math
import operator
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple, SupportsIndex, overload
from weakref import WeakKeyDictionary

import numpy as np

from .arithmetic import (
    MOST_DEPTH,
    MOST_DIGITS,
    Array,
    Value,
    depth,
    digits,
    exact,
    holds_expressions,
    is_exact,
    is_expression,
    lift,
    nesting,
    plain,
    size,
)
from .arithmetic.records import to_record
from .effort import EXACT, LINE, NESTED, REPLAYED, SAVED_CELL, TAP_SEEN, Effort, allow
from .errors import FileError, InputError, LimitError, VerificationError
from .files import PathLike, write_whole
from .formula import Formula, outcome, worked_out
from .geometry import AxisGeometry, Geometry
from .influence import Influence
from .layout import Index, Layout, index_in
from .rules.derive import share
from .rules.expand import formula_of
from .rules.tree import Rule

if TYPE_CHECKING:
    from .lessons.blocks import Lesson
    from .why import Touched, Why


MOST_MISSING = 64
"""Output cells, at most, that are asked why they are NaN."""
REPLAYS = 3
"""So many times numbers are put in for letters when a trace is verified."""
MOST_TAPS = 400_000
"""The most taps, about, that are compared one by one when a trace is verified."""
LARGE = 2**20
"""Cells of an array from which on it is counted what all layers hold together."""
MOST_TERMS = 100_000
"""The most terms that all output cells may have together in letters: more nobody reads."""
MOST_WORK = 250_000
"""The most terms that may go into them together: more would take minutes."""


class _Padding(Enum):
    """The source of a tap that has none."""

    PADDING = "padding"
    OUTSIDE = "outside"

    def __repr__(self) -> str:
        return self.name


PADDING: Final = _Padding.PADDING
OUTSIDE: Final = _Padding.OUTSIDE


class Tap(NamedTuple):
    """One thing a window touched: data, padding, or a cell outside, past the padded edge, which only ceil mode reaches.

    Which of the three is told by `source`, never by the value: NaN is data.
    """

    source: Index | _Padding  # the index into the input as its owner laid it out, or PADDING, or OUTSIDE
    value: Value  # what was there; for padding, what it stands for: -inf in a maximum, 0 in a sum
    position: Index  # along the spatial axes, counted from the first data cell; may lie outside
    weight: Value = None  # what the value was multiplied by, if anything
    weight_index: Index | None = None  # where in the kernel that weight is
    input: str = "input"  # which of the trace's inputs it came from

    @property
    def is_data(self) -> bool:
        """Whether there was a number here."""
        return isinstance(self.source, tuple)

    @property
    def is_padding(self) -> bool:
        """Whether there was padding here."""
        return self.source is PADDING

    @property
    def is_outside(self) -> bool:
        """Whether there was nothing here, not even padding."""
        return self.source is OUTSIDE


class Gathered(NamedTuple):
    """Everything that a step of very many taps is made from, at once."""

    values: Array  # the data among its taps, in the window's row-major order
    padded: int  # how many taps are none
    weights: Array | None = None  # what each value is multiplied by, where it is
    bias: Value = None  # what is added at the end, where something is


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

    def gathered(self, trace: Trace, index: Index) -> Gathered | None:
        """The taps of an output cell as whole arrays; None where there is no such way, or the numbers are exact."""
        return None

    @property
    @abstractmethod
    def calculation(self) -> Rule:
        """How taps become a result, as data: from it the formula is written, and everything else that is said of it."""

    steady: ClassVar[Rule | None] = None  # the same in a form in which no exponential overflows, where there is one

    operated: ClassVar[bool] = True  # whether a page lets its reader operate it: its taps are all of its first input
    in_place: ClassVar[bool] = False  # whether an output cell is made from the cell at its own index alone

    def in_lines(self, ndim: int) -> bool:
        """Whether, without windows, the taps of an output cell lie evenly spaced, of an input with so many axes."""
        return True

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

    def expression(self, step: Step) -> Formula:
        """The step's left-hand side, with its numbers put in."""
        return formula_of(self.worked(step), step)

    @abstractmethod
    def replay(self, trace: Trace) -> tuple[Array, Array | float]:
        """The output again, by a route that shares no arithmetic with `run`, and how far rounding may part the two.

        Raises `VerificationError` where the recorded geometry is not what the parameters ask for.
        """

    @abstractmethod
    def sources(self, trace: Trace, index: Index) -> list[Index | _Padding]:
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
        """See `Trace.channels`."""
        return 1, 1

    def kernel_index(self, layout: Layout, inner: Index, own: Array) -> Index:
        """An index `(out, in, *window)` as an index into the owner's own kernel."""
        return layout.kernel_index(inner, own.ndim)

    @abstractmethod
    def seen(self, channel: int, trace: Trace) -> range:
        """The input channels that an output channel is made from."""

    def fitted(self, shape: tuple[int, ...], form: str) -> Operation:
        """The operation for an input of this shape and form (see `Trace.form`), where it matters to it."""
        return self

    @abstractmethod
    def form(self, trace: Trace) -> str:
        """See `Trace.form`."""

    def weight_shapes(self, layout: Layout, shape: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
        """The owner's shapes of the weights, by name, for an input of this shape."""
        return {}

    def winner(self, taps: Sequence[Tap]) -> Tap | None:
        """The tap that decided the result, where one did."""
        return None


@dataclasses.dataclass(frozen=True)
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
    stage: int = 0  # above 0, the input is what the stage before gave
    names: tuple[tuple[str, str], ...] = ()  # of weights that their framework calls otherwise: our name, and its own

    def named(self, weight: str) -> str:
        """The framework's own name of a weight: `weight` for PyTorch's kernel."""
        return dict(self.names).get(weight, weight)


@dataclasses.dataclass(frozen=True, eq=False)
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


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Trace:
    """The record of one operation: what went in, how the windows lie, what came out.

    `np.asarray(trace)` is its output, so a trace can be fed to the next layer, to NumPy or to a plot.

    >>> import stepwise as sw
    >>> t = sw.trace("MaxPool2D(2, strides=1, padding='same')", [[4, 3], [2, 1]])
    >>> t.output.tolist(), str(t.step((0, 1)).formula)
    ([[4, 3], [2, 1]], 'max(3, 1) = 3')
    """

    shown_as: ClassVar[str] = "a trace"

    layer: Layer
    inputs: Mapping[str, Array]  # by name, each in its owner's layout: "input", and "kernel", "bias" where there are
    geometry: Geometry
    output: Array  # in the owner's layout
    parents: Mapping[str, Trace] = dataclasses.field(default_factory=dict)  # input name -> the trace it came from
    origins: Mapping[str, str] = dataclasses.field(default_factory=dict)  # weight name -> the initializer that drew it

    def step(self, index: SupportsIndex | Sequence[SupportsIndex]) -> Step:
        """How the output cell at `index` came to be; negative indices count from the end.

        Raises `StepIndexError` for an index that is not a cell of the output.
        """
        return Step(self, index_in(index, self.output.shape, "output"))

    @property
    def steps(self) -> Steps:
        """Every step, in row-major order of the output; a lazy sequence."""
        return Steps(self)

    def place(self, index: Index) -> Index:
        """An index into the output as `(image, channel, *position)`."""
        return self.layer.operation.place(self, index)

    def index(self, place: Index) -> Index:
        """The index into the output of the cell at `(image, channel, *position)`."""
        return self.layer.operation.index(self, place)

    @property
    def channels(self) -> tuple[int, int]:
        """Channels that go in and come out, of an operation that looks through windows."""
        return self.layer.operation.channel_counts(self)

    @property
    def largest(self) -> int:
        """The number, in row-major order, of the output cell with the largest value; 0 where letters hide it.

        NaN is no value, and so none is larger.
        """
        if holds_expressions(self.output):
            return 0
        found = int(np.argmax(self.output))  # of several with NaN among them, the first NaN
        if self.output.dtype.kind == "f" and np.isnan(self.output.flat[found]):
            numbers = ~np.isnan(self.output)
            return int(np.argmax(np.where(numbers, self.output, -np.inf))) if numbers.any() else found
        return found

    @property
    def missing(self) -> list[Index]:
        """The first output cells whose result is NaN, at most `MOST_MISSING`."""
        if self.output.dtype.kind != "f":
            return []
        places = np.argwhere(np.isnan(self.output))[:MOST_MISSING]
        return [tuple(map(int, at)) for at in places]

    def verify(self) -> None:
        """Replay every window by an independent way, here and in every layer before.

        The geometry is derived again by sliding a window by hand, every output cell is computed again by gathering its
        window cell by cell, and steps (all of them up to some thousands, else an even choice) must name the same taps.

        Raises `VerificationError`, naming the first thing that differs.
        """
        traces = chain(self)  # each once, however many paths lead to it
        effort = sum((trace._replaying for trace in traces), start=Effort())
        cells = sum(trace.output.size for trace in traces)
        allow(f"replaying {cells:,} output cells", effort, "verify a trace of a smaller input")
        for trace in traces:
            trace._verify_alone()

    @property
    def _replaying(self) -> Effort:
        """How much work it is to verify this trace alone."""
        reach = self.layer.operation.reach(self)
        cells = self.output.size * reach * (EXACT if is_exact(self.output) else REPLAYED)
        steps = min(self.output.size, _replayed_steps(reach)) * reach * TAP_SEEN
        lines = sum(axis.output * axis.window for axis in self.geometry.axes) * LINE
        return cells + steps + lines

    def _verify_alone(self) -> None:
        for name, parent in self.parents.items():
            if not _alike(parent.output, self.inputs[name]):
                raise VerificationError(f"the {name} is not what the layer it came from gave: {parent!r}")
        for numbers in self._in_numbers():
            numbers._verify_output()
        for step in _even_choice(self.steps, _replayed_steps(self.layer.operation.reach(self))):
            told = [tap.source for tap in step.taps]
            if told != self.layer.operation.sources(self, step.index):
                raise VerificationError(f"the step of output cell {step.index} names the wrong taps: {told}")
            for tap in step.taps:
                self._verify_tap(step, tap)

    def _in_numbers(self) -> Iterator[Trace]:
        """The trace itself, or, of one with letters, a few with numbers put in for them."""
        arrays = {**self.inputs, "output": self.output}
        if not any(map(holds_expressions, arrays.values())):
            yield self
            return
        from .arithmetic.decimals import nearest, stays_rational  # where there are expressions, SymPy is here
        from .arithmetic.letters import letters_of, pick, substitute

        exact_values = [value for array in arrays.values() if array.dtype == object for value in array.flat]
        rational = self.layer.operation.rational and stays_rational(exact_values)
        letters = letters_of(exact_values)
        for attempt in range(REPLAYS if letters else 1):
            numbers = {letter: pick(letter, attempt) for letter in letters}
            put = partial(substitute if rational else nearest, numbers=numbers)
            settled = {n: put(a) if a.dtype == object else a for n, a in arrays.items()}
            output = settled.pop("output")
            yield dataclasses.replace(self, inputs=settled, output=output)

    def _verify_output(self) -> None:
        with np.errstate(all="ignore"):
            again, slack = self.layer.operation.replay(self)
            again = again.astype(self.output.dtype)  # what is too large for a narrow type is infinite there
        if again.shape != self.output.shape:
            raise VerificationError(f"the output has shape {self.output.shape}, but replaying gives {again.shape}")
        wrong = _differs(self.output, again, slack)
        if wrong.any():
            index = tuple(int(i) for i in np.argwhere(wrong)[0])
            raise VerificationError(
                f"output cell {index} is {plain(self.output[index])}, but replaying its window gives "
                f"{plain(again[index])} ({int(wrong.sum())} of {wrong.size} cells differ)"
            )

    def _verify_tap(self, step: Step, tap: Tap) -> None:
        weights = self.inputs.get(self.layer.operation.weight_name)
        there = ((tap.value, self.inputs[tap.input][tap.source]),) if isinstance(tap.source, tuple) else ()
        pairs = (
            there if weights is None or tap.weight_index is None else (*there, (tap.weight, weights[tap.weight_index]))
        )
        for told, found in pairs:
            if told != found and not (told != told and found != found):  # NaN is told by being unlike itself
                raise VerificationError(
                    f"the step of output cell {step.index} has a tap with {told}, where there is {plain(found)}"
                )

    def save(self, path: PathLike) -> None:
        """Write the trace as JSON (`docs/trace.schema.json`), whole or not at all; `stepwise.load` reads it back.

        Raises `LimitError` for one that is too large, and `FileError` where it cannot be written.
        """
        cells = sum(array.size for trace in chain(self) for array in (*trace.inputs.values(), trace.output))
        allow(f"a record of {cells:,} numbers", cells * SAVED_CELL, "save a trace of a smaller input")
        try:
            text = json.dumps(self.to_data(), ensure_ascii=False, separators=(",", ":")) + "\n"
        except RecursionError:
            raise FileError(
                f"cannot write {path}: a chain of {len(chain(self))} layers is too long for one file"
            ) from None
        write_whole(path, text)

    def to_data(self, array: Callable[[Array], Any] | None = None, parent: Callable[[Trace], Any] | None = None) -> Any:
        """The trace as JSON-ready data; `array` and `parent` are other ways to write the arrays and the parents.

        A trace that several layers look at is written once and then named by its number.
        """
        if parent is not None:
            return self._to_data(array or array_to_data, lambda given: {"parent": parent(given)}, {})
        looked_at = Counter(id(given) for trace in chain(self) for given in trace.parents.values())
        numbers = {number: 0 for number, count in looked_at.items() if count > 1}

        def written(given: Trace) -> Any:
            known = numbers.get(id(given), 0)
            return {"same": known} if known else {"parent": given._to_data(array or array_to_data, written, numbers)}

        return self._to_data(array or array_to_data, written, numbers)

    def _to_data(
        self, array: Callable[[Array], Any], parent: Callable[[Trace], Any], numbers: dict[int, int]
    ) -> dict[str, Any]:
        """`numbers` has the traces that are looked at more than once: 0, or once written the number they go by."""
        operation = self.layer.operation
        numbered = {}
        if id(self) in numbers:
            numbers[id(self)] = 1 + max(numbers.values())
            numbered = {"number": numbers[id(self)]}
        staged = {"stage": self.layer.stage} if self.layer.stage else {}
        named = {"names": dict(self.layer.names)} if self.layer.names else {}
        return {
            "format": "stepwise-trace",
            "version": 1,
            **numbered,
            "layer": {
                "call": self.layer.call,
                **({} if self.layer.trainable else {"trainable": False}),
                **({"form": self.layer.form} if self.layer.form else {}),
                **staged,
                **named,
                "dialect": self.layer.dialect,
                "layout": dataclasses.asdict(self.layer.layout),
                "operation": {"name": operation.name, **_data_fields(operation)},
            },
            "inputs": {
                name: parent(self.parents[name]) if name in self.parents else array(given)
                for name, given in self.inputs.items()
            },
            "origins": dict(self.origins),
            "geometry": {"axes": [{"name": a.name, **_fields(a.padding)} for a in self.geometry.axes]},
            "output": array(self.output),
        }

    def backward(self, grad_output: Any) -> dict[str, Trace]:
        """The gradients of the call, for the gradient that comes back to its output; each is a Trace.

        There is one for its input and one for each weight that is learned, by the framework's own name of it (`kernel`
        in Keras, `weight` in PyTorch), through every stage of the call: an activation, a separable convolution's two
        kernels, data that was padded first. `grad_output` has the output's shape; given the Trace of a gradient, a
        chain is led back call by call.

        >>> import stepwise as sw
        >>> t = sw.trace("MaxPool2D(2)", [[4, 3], [2, 1]])
        >>> t.backward([[1.5]])["input"].output.tolist()
        [[1.5, 0.0], [0.0, 0.0]]
        """
        from .backward import backward  # a door that opens forward, named in the import check

        return backward(self, grad_output)

    def why(self, index: SupportsIndex | Sequence[SupportsIndex]) -> Why:
        """Where the number at `index` comes from: through every layer before, down to the first input.

        Raises `StepIndexError` for an index that is not a cell of the output, `LimitError` where it would take long.
        """
        from .why import Why, allow_asking  # a door that opens forward, named in the import check

        allow_asking(self)
        return Why(self, self.step(index).index)

    def touched(self, index: SupportsIndex | Sequence[SupportsIndex]) -> Touched:
        """The other way: what a cell of the first input had a part in, in every layer up to this one."""
        from .why import touched  # a door that opens forward, named in the import check

        return touched(self, index)

    def lesson(
        self,
        language: str = "en",
        detail: str = "auto",
        matrix: bool = False,
        practice: bool = False,
        alternatives: Sequence[Trace] = (),
        classes: Sequence[str] = (),
    ) -> Lesson:
        """The trace told as a worked example; see `stepwise.lessons.tell`.

        `detail` is `"auto"` (all steps when few, else the telling ones), `"all"` or `"none"`; with `matrix`, every
        convolution is told as one matrix, too; `classes` are names for the numbers that a network gives.
        """
        from .lessons import tell  # a door that opens forward, named in the import check

        return tell(self, language, detail, None, matrix, practice, alternatives, classes)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """What a notebook shows of it: its lesson."""
        return self.lesson()._repr_mimebundle_()

    @cached_property
    def form(self) -> str:
        """What the output is: a `plain` image, one `image` with channels, or a `batch`."""
        before, waiting = self.parents.get("input"), []
        while before is not None and "form" not in vars(before):
            waiting.append(before)
            before = before.parents.get("input")
        for one in reversed(waiting):  # the first first, so that in a long chain none asks through all the others
            vars(one)["form"] = one.layer.operation.form(one)
        return self.layer.operation.form(self)

    @property
    def shape(self) -> tuple[int, ...]:
        """The output's shape."""
        return self.output.shape

    @property
    def ndim(self) -> int:
        """The output's number of axes."""
        return self.output.ndim

    @property
    def dtype(self) -> np.dtype[Any]:
        """The output's element type."""
        return self.output.dtype

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        return np.array(self.output, dtype=dtype, copy=copy) if copy else np.asarray(self.output, dtype=dtype)

    def __getitem__(self, key: Any) -> Any:
        return self.output[key]

    def __len__(self) -> int:
        return len(self.output)

    def __repr__(self) -> str:
        return f"<Trace of {self.layer.call}: {self.inputs['input'].shape} -> {self.output.shape}>"


_BESIDE: WeakKeyDictionary[Trace, dict[str, Array]] = WeakKeyDictionary()
"""What `Operation.beside` says of a trace's inputs: every step asks again."""


def record(
    layer: Layer,
    inputs: Mapping[str, Array],
    parents: Mapping[str, Trace] | None = None,
    origins: Mapping[str, str] | None = None,
) -> Trace:
    """Carry a layer out on its inputs and keep the record. The arrays become the trace's own and are locked.

    Raises `ShapeError` where the inputs do not fit the layer.
    """
    if any(map(is_exact, inputs.values())):
        return _record_exactly(layer, inputs, parents or {}, origins or {})
    _refuse_what_does_not_fit(layer, inputs, parents or {})
    for array in inputs.values():
        array.flags.writeable = False
    try:
        with np.errstate(all="ignore"):  # NaN and infinities are data like any other
            geometry, output = layer.operation.run(layer.layout, inputs)
    except OverflowError:  # Python's integers have no bound, floats have
        raise InputError(f"{layer.call}: a whole number becomes too large here to be written as a decimal") from None
    output.flags.writeable = False
    return Trace(layer, dict(inputs), geometry, output, parents or {}, origins or {})


def _refuse_what_does_not_fit(layer: Layer, inputs: Mapping[str, Array], parents: Mapping[str, Trace]) -> None:
    """Raises `LimitError` where the layers together would hold too much; of small ones nothing is counted."""
    if max(array.size for array in inputs.values()) < LARGE:
        return
    arrays = {id(array): array.nbytes for array in inputs.values()}
    for parent in parents.values():
        arrays |= {id(array): array.nbytes for one in chain(parent) for array in (*one.inputs.values(), one.output)}
    _geometry, shape = layer.operation.planned(layer.layout, inputs)
    held = Effort(bytes=sum(arrays.values()) + 8 * math.prod(shape))
    allow(f"{layer.call}, with the layers before it,", held, "take a smaller input, or fewer layers")


def _record_exactly(
    layer: Layer, inputs: Mapping[str, Array], parents: Mapping[str, Trace], origins: Mapping[str, str]
) -> Trace:
    """Carry a layer out on exact numbers or letters.

    Rationals go the fast way, which NumPy takes with Fractions too. Where there are letters, or the result is not
    rational, every cell is what the formula of its step comes to.
    """
    operation = layer.operation
    if operation.inexact:
        raise LimitError(f"{layer.call} is worked out in decimals only; use arithmetic='float' for it")
    lifted = {name: array if name in operation.counts else lift(array, name) for name, array in inputs.items()}
    for array in lifted.values():
        array.flags.writeable = False
    if operation.rational and not any(map(holds_expressions, lifted.values())):
        geometry, result = operation.run(layer.layout, lifted)
        trace = Trace(layer, lifted, geometry, lift(result), parents, origins)
    else:
        geometry, shape = operation.planned(layer.layout, lifted)
        trace = Trace(layer, lifted, geometry, np.empty(shape, dtype=object), parents, origins)
        _work_out(trace)
    if max(map(digits, trace.output.flat), default=0) > MOST_DIGITS:
        raise LimitError(
            f"{layer.call}: an exact number has more than {MOST_DIGITS:,} digits here; use arithmetic='float' for it"
        )
    trace.output.flags.writeable = False
    return trace


def _work_out(trace: Trace) -> None:
    """Fill an output cell by cell. Raises `LimitError` where that would take minutes, or be more than anybody reads."""
    call, terms = trace.layer.call, 0
    steps = _of_few_terms(trace)
    _refuse_nested(trace, steps)
    for number, step in enumerate(steps):
        try:
            trace.output[step.index] = result = worked_out(trace.layer.operation.expression(step))
        except LimitError as error:
            raise LimitError(f"{call}: {error}") from None
        if depth(result) > MOST_DEPTH:
            raise LimitError(
                f"{call}: the expressions in letters have more than {MOST_DEPTH} parts within one another here; "
                "take fewer layers, or numbers for the letters"
            )
        terms += size(result)
        if terms > MOST_TERMS:
            raise _too_large(trace, number, f"have more than {MOST_TERMS:,} terms together")


def _of_few_terms(trace: Trace) -> list[Step]:
    """Every step, with its taps. Raises `LimitError` for too many terms: counting them is faster than adding them."""
    work, steps = 0, []
    for number, step in enumerate(trace.steps):
        work += sum(size(tap.value) for tap in step.taps)
        if work > MOST_WORK:
            raise _too_large(trace, number, f"are made from more than {MOST_WORK:,} terms together")
        steps.append(step)
    return steps


def _refuse_nested(trace: Trace, steps: Sequence[Step]) -> None:
    """Raises `LimitError` where exp() of exp() of exact numbers would be compared for minutes.

    SymPy works each one out anew, with all that is in it, and in more digits for every exp() around it.
    """
    known: dict[Any, tuple[int, int]] = {}
    if not any(nesting(value, known)[1] > 1 for array in trace.inputs.values() for value in array.flat):
        return
    effort = Effort()
    for step in steps:
        for tap in step.taps:
            numbers, deep = nesting(tap.value, known)
            effort += numbers * 2.0**deep * NESTED
    what = f"{trace.layer.call}: carrying exp() of exp() on exactly"
    allow(what, effort, "use arithmetic='float' (decimals instead of fractions), take fewer layers")


def _too_large(trace: Trace, number: int, why: str) -> LimitError:
    return LimitError(
        f"{trace.layer.call}: worked out with letters, the first {number + 1:,} of {trace.output.size:,} output cells "
        f"{why}; take a smaller input, fewer layers, or numbers for some of the letters"
    )


def _differs(a: Array, b: Array, slack: Array | float) -> Array:
    """Where two arrays part by more than the slack; NaN equals NaN, and an infinity only itself.

    An infinite slack stands where finite terms have no finite sum: what they come to is a matter of their order.
    """
    if a.dtype == object or b.dtype == object or a.dtype.kind in "iub":
        return np.asarray(a != b, dtype=bool)
    with np.errstate(invalid="ignore"):
        near = np.abs(a - b) <= slack
    alike: Array = (a == b) | (np.isnan(a) & np.isnan(b)) | near | np.isposinf(slack)
    return ~alike


def _alike(a: Array, b: Array) -> bool:
    return a is b or (a.shape == b.shape and not _differs(a, b, 0.0).any())


def _replayed_steps(reach: int) -> int:
    """Of how many steps the taps are compared: of long ones fewer."""
    return max(4, min(4096, MOST_TAPS // max(1, reach)))


def _even_choice(steps: Steps, most: int) -> Iterator[Step]:
    stride = -(-len(steps) // most) or 1
    return (steps[i] for i in range(0, len(steps), stride)) if stride > 1 else iter(steps)


def _fields(record: Any) -> dict[str, Any]:
    return {field.name: getattr(record, field.name) for field in dataclasses.fields(record)}


def _data_fields(record: Any) -> dict[str, Any]:
    """A dataclass's fields as data; one inside another is told apart by its kind."""
    return {
        name: {"kind": type(value).__name__, **_data_fields(value)} if dataclasses.is_dataclass(value) else _cell(value)
        for name, value in _fields(record).items()
    }


def array_to_data(array: Array) -> dict[str, Any]:
    """An array as JSON-ready data that reads back to the very same numbers."""
    if is_exact(array):
        return {"dtype": "exact", "shape": list(array.shape), "data": [to_record(exact(v)) for v in array.flat]}
    return {
        "dtype": str(array.dtype),
        "shape": list(array.shape),
        "data": [_cell(v) for v in array.ravel().tolist()],
    }


def _cell(value: Any) -> Any:
    if isinstance(value, float) and not np.isfinite(value):
        return {True: "NaN", False: "Infinity" if value > 0 else "-Infinity"}[value != value]
    return value


def chain(trace: Trace) -> list[Trace]:
    """The traces from the first layer to this one, each once and after all that it looks at."""
    found: dict[int, Trace] = {}
    waiting = [(trace, False)]
    while waiting:
        here, parents_found = waiting.pop()
        if parents_found:
            found.setdefault(id(here), here)
        elif id(here) not in found:
            waiting.append((here, True))
            waiting += [(parent, False) for parent in reversed(list(here.parents.values()))]
    return list(found.values())


__all__ = [
    "OUTSIDE",
    "PADDING",
    "Layer",
    "Operation",
    "Step",
    "Steps",
    "Tap",
    "Trace",
    "array_to_data",
    "chain",
    "record",
]
