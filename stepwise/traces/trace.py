"""The record of one operation: its inputs, its geometry, its output, and the traces its inputs came from.

Every step is derived from them when it is asked for, so that recording costs next to nothing.
"""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, ClassVar, SupportsIndex

import numpy as np

from ..arithmetic import Array, holds_expressions, is_exact, plain
from ..dataclass import dataclass
from ..effort import EXACT, LINE, REPLAYED, SAVED_CELL, TAP_SEEN, Effort, allow
from ..errors import FileError, VerificationError
from ..geometry import Geometry
from ..io.files import PathLike
from ..io.whole import write_whole
from .data import array_to_data, data_fields, fields
from .layout import Index, index_in
from .operation import MOST_MISSING
from .residues import without_residues
from .step import Step, Steps
from .verifying import REPLAYS, alike, differs, even_choice, replayed_steps

if TYPE_CHECKING:
    from ..analysis.why import Touched, Why
    from ..document.lesson import Lesson
    from .operation import Layer
    from .tap import Tap


NOISE = 1e-12
"""What an expression that comes to 0 may come to in decimals, when numbers are put in for its letters."""
LARGE = 2**20
"""Cells of an array from which on it is counted what all layers hold together."""


@dataclass(frozen=True, eq=False, repr=False)
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
        verify_each(chain(self))  # each once, however many paths lead to it

    @property
    def _replaying(self) -> Effort:
        """How much work it is to verify this trace alone."""
        reach = self.layer.operation.reach(self)
        cells = self.output.size * reach * (EXACT if is_exact(self.output) else REPLAYED)
        steps = min(self.output.size, replayed_steps(reach)) * reach * TAP_SEEN
        lines = sum(axis.output * axis.window for axis in self.geometry.axes) * LINE
        return cells + steps + lines

    def _verify_alone(self) -> None:
        for name, parent in self.parents.items():
            if not alike(parent.output, self.inputs[name]):
                raise VerificationError(f"the {name} is not what the layer it came from gave: {parent!r}")
        lettered = any(map(holds_expressions, (*self.inputs.values(), self.output)))
        for numbers in self._in_numbers():
            numbers._verify_output(NOISE if lettered and numbers.output.dtype.kind == "f" else 0)
        for step in even_choice(self.steps, replayed_steps(self.layer.operation.reach(self))):
            sources = [tap.source for tap in step.taps]
            if sources != self.layer.operation.sources(self, step.index):
                raise VerificationError(f"the step of output cell {step.index} names the wrong taps: {sources}")
            for tap in step.taps:
                self._verify_tap(step, tap)

    def _in_numbers(self) -> Iterator[Trace]:
        """The trace itself, or, of one with letters, a few with numbers put in for them."""
        arrays = {**self.inputs, "output": self.output}
        if not any(map(holds_expressions, arrays.values())):
            yield self
            return
        from ..arithmetic.decimals import nearest, stays_rational  # where there are expressions, SymPy is here
        from ..arithmetic.letters import letters_of, pick, substitute

        exact_values = [value for array in arrays.values() if array.dtype == object for value in array.flat]
        rational = self.layer.operation.rational and stays_rational(exact_values)
        letters = letters_of(exact_values)
        for attempt in range(REPLAYS if letters else 1):
            numbers = {letter: pick(letter, attempt) for letter in letters}
            put = partial(substitute if rational else nearest, numbers=numbers)
            settled = {n: put(a) if a.dtype == object else a for n, a in arrays.items()}
            output = settled.pop("output")
            yield dataclasses.replace(self, inputs=settled, output=output)

    def _verify_output(self, room: float = 0) -> None:
        with np.errstate(all="ignore"):
            again, slack = self.layer.operation.replay(self)
            again = again.astype(self.output.dtype)  # what is too large for a narrow type is infinite there
        if again.shape != self.output.shape:
            raise VerificationError(f"the output has shape {self.output.shape}, but replaying gives {again.shape}")
        slack = np.asarray(slack) + room if room else slack
        wrong = differs(self.output, again, slack)
        if wrong.any():  # what rounding left may be more than the slack of so small numbers
            again = without_residues(dataclasses.replace(self, output=again))
            wrong = differs(self.output, again, slack)
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
        for kept, found in pairs:
            if kept != found and not (kept != kept and found != found):  # NaN is told by being unlike itself
                raise VerificationError(
                    f"the step of output cell {step.index} has a tap with {kept}, where there is {plain(found)}"
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
        whole = {"whole": self.layer.whole} if self.layer.whole else {}
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
                **whole,
                **named,
                "dialect": self.layer.dialect,
                "layout": self.layer.layout.to_data(),
                "operation": {"name": operation.name, **data_fields(operation)},
            },
            "inputs": {
                name: parent(self.parents[name]) if name in self.parents else array(given)
                for name, given in self.inputs.items()
            },
            "origins": dict(self.origins),
            "geometry": {"axes": [{"name": a.name, **fields(a.padding)} for a in self.geometry.axes]},
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
        from ..analysis.backward import backward  # a door that opens forward, named in the import check

        return backward(self, grad_output)

    def why(self, index: SupportsIndex | Sequence[SupportsIndex]) -> Why:
        """Where the number at `index` comes from: through every layer before, down to the first input.

        Raises `StepIndexError` for an index that is not a cell of the output, `LimitError` where it would take long.
        """
        from ..analysis.why import Why, allow_asking  # a door that opens forward, named in the import check

        allow_asking(self)
        return Why(self, self.step(index).index)

    def touched(self, index: SupportsIndex | Sequence[SupportsIndex]) -> Touched:
        """The other way: what a cell of the first input had a part in, in every layer up to this one."""
        from ..analysis.why import touched  # a door that opens forward, named in the import check

        return touched(self, index)

    def lesson(
        self,
        language: str = "en",
        detail: str = "auto",
        matrix: bool = False,
        practice: bool = False,
        alternatives: Sequence[Trace] = (),
        classes: Sequence[str] = (),
        knobs: str | Sequence[str] = (),
    ) -> Lesson:
        """The trace told as a worked example; see `stepwise.lessons.tell`.

        `detail` is `"auto"` (all steps when few, else the telling ones), `"all"` or `"none"`; with `matrix`, every
        convolution is told as one matrix, too; `classes` are names for the numbers that a network gives; `knobs`
        (`"all"` or names) are what the reader of a page may turn beside the figure.
        """
        from ..lessons import tell  # a door that opens forward, named in the import check

        return tell(self, language, detail, None, matrix, practice, alternatives, classes, knobs)

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


def verify_each(traces: Sequence[Trace]) -> None:
    """Replay each of these traces alone (see `Trace.verify`). Raises `VerificationError`, `LimitError`."""
    effort = sum((trace._replaying for trace in traces), start=Effort())
    cells = sum(trace.output.size for trace in traces)
    allow(f"replaying {cells:,} output cells", effort, "verify a trace of a smaller input")
    for trace in traces:
        trace._verify_alone()


def data_inputs(trace: Trace) -> list[str]:
    """The inputs that are data, by name: several where a layer joins them."""
    return ["input", *(name for name in trace.inputs if name.startswith("input_"))]


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


__all__ = ["Trace", "chain", "data_inputs", "verify_each"]
