"""Gradients: how much an upstream gradient changes with each cell of an operation's input, weights or bias.

A gradient is a Trace like any other. An input cell's gradient is gathered from the output cells that it fed; those are
its taps, and each has as its weight how much that output cell grows with this input cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import ClassVar
from weakref import WeakKeyDictionary

import numpy as np

from ..arithmetic import Array, Value, holds_expressions, is_exact, plain
from ..dataclass import dataclass
from ..errors import CallError, ShapeError, differing
from ..rules.tree import Rule, W, X, equal, total, where
from ..traces.layout import Index, Layout
from ..traces.operation import Layer, Operation
from ..traces.step import Step
from ..traces.tap import Gathered, Padding, Tap
from ..traces.trace import Trace
from .cells import CellOperation, Shape, Source
from .conv import Conv
from .dense import Dense
from .gradient_letters import LEARNED, by_rule, fed, learned
from .gradient_letters import slopes as slopes_by_rule


def gradient_call(call: str, name: str) -> str:
    """What a gradient is called: by its layer's call, and by the framework's name of what it is the gradient of."""
    return f"gradient of {call} for its {name}"


def called_of(call: str) -> tuple[str, str]:
    """The layer's call, and the name, of a gradient that is called so.

    >>> called_of(gradient_call("Conv2D(1, 2)", "kernel"))
    ('Conv2D(1, 2)', 'kernel')
    """
    layer, _between, name = call.removeprefix("gradient of ").rpartition(" for its ")
    return layer, name


Fed = dict[Index, list[tuple[Index, Value]]]  # by input cell: the output cells it fed, each with how much it grows


@dataclass(frozen=True)
class Gradient(CellOperation):
    """dx[i] = sum over the output cells o that i fed of g[o]·(∂y[o] / ∂x[i])

    `of` is the operation, `wrt` the name of the input whose gradient this is. The gradient that comes back is the
    input; the operation's own inputs go by their names, and its first by `x`.
    """

    of: Operation
    wrt: str

    name: ClassVar[str] = "gradient"
    rule: ClassVar[str] = "sum of products"
    listed: ClassVar[bool] = True
    calculation: ClassVar[Rule] = total(X * W)

    def __post_init__(self) -> None:
        if isinstance(self.of, Gradient):
            raise CallError("the gradient of a gradient is not carried out")

    @property
    def weight_name(self) -> str:  # type: ignore[override]  # it depends on what the gradient is of
        """Where the numbers stand that upstream gradients are multiplied by: in the kernel or in the input; else ""."""
        if not isinstance(self.of, Conv | Dense) or self.of.weight_factor != 1 or self.wrt == "bias":
            return ""
        return self.of.weight_name if self.wrt == "input" else "x"

    @property
    def on_page(self) -> Rule:
        """What `worked` says, as one rule: the weights are all 1 where their distances from 1, squared, add up to 0."""
        passed = equal(total((W - 1) * (W - 1)), 0)
        return self.calculation if self.weight_name else where(passed, total(X), self.calculation)

    @property
    def rational(self) -> bool:  # type: ignore[override]  # it depends on what the gradient is of
        """Slopes of exponentials and roots are no fractions."""
        return self.of.rational

    @property
    def counts(self) -> tuple[str, ...]:  # type: ignore[override]  # it depends on what the gradient is of
        """Indices are not numbers to calculate with."""
        return self.of.counts

    def forward(self, layout: Layout, inputs: Mapping[str, Array]) -> Trace:
        """The operation as it was carried out; its output's numbers are those only where they are needed."""
        own = {"input" if name == "x" else name: array for name, array in inputs.items() if name != "input"}
        if self.of.needs_result and not any(map(holds_expressions, own.values())):
            geometry, output = self.of.run(layout, own)
        else:
            geometry, shape = self.of.planned(layout, own)
            output = np.broadcast_to(np.zeros(()), shape)
        return Trace(Layer(self.of, layout, "", self.of.name), own, geometry, output)

    def forward_of(self, trace: Trace) -> Trace:
        """The operation whose gradient a trace is, as it was carried out; made once."""
        if trace not in _FORWARD:
            _FORWARD[trace] = self.forward(trace.layer.layout, trace.inputs)
        return _FORWARD[trace]

    def slopes(self, step: Step) -> list[Value]:
        """A gradient is linear in the upstream gradient: what each of its numbers is multiplied by."""
        return [1 if tap.weight is None else tap.weight for tap in step.taps]

    def apportioned(self, trace: Trace, name: str, grad: Array) -> Array:
        """Back through what was sent: each number of the upstream gradient, by the same factors."""
        found = np.zeros(trace.inputs[name].shape)
        for index, sent in self._sent(trace).items() if name == "input" else ():
            for at, slope in sent:
                found[at] += float(grad[index]) * float(slope)
        return found

    def touches(self, trace: Trace, name: str, mask: Array) -> Array:
        """The cells that a number of the upstream gradient is sent to."""
        if name != "input":
            return super().touches(trace, name, mask)
        found = np.zeros(trace.shape, dtype=bool)
        for index, sent in self._sent(trace).items():
            found[index] = any(mask[at] for at, _slope in sent)
        return found

    @property
    def _own(self) -> str:
        return "x" if self.wrt == "input" else self.wrt

    def result_shape(self, layout: Layout, shapes: Mapping[str, Shape]) -> Shape:
        """The shape of what the gradient is of. Raises `ShapeError` where the upstream gradient does not fit."""
        own = {
            "input" if name == "x" else name: np.broadcast_to(np.zeros(()), shape)
            for name, shape in shapes.items()
            if name != "input"
        }
        if self._own not in shapes:
            raise ShapeError(f"there is no input {self.wrt!r} to take the gradient of")
        _geometry, due = self.of.planned(layout, own)
        if shapes["input"] != due:
            given = shapes["input"]
            raise ShapeError(f"the gradient has shape {given}, but the output {due}: {differing(given, due)}")
        return shapes[self._own]

    def fast(self, layout: Layout, inputs: Mapping[str, Array]) -> Array:
        """The operation's own `gradient`."""
        return np.asarray(self.of.gradient(self.forward(layout, inputs), self.wrt, inputs["input"]))

    def replay(self, trace: Trace) -> tuple[Array, Array | float]:
        """From the other side: every output cell sends its gradient to the cells its own step names."""
        grad = trace.inputs["input"]
        exact = trace.output.dtype == object
        result = np.zeros(trace.shape, dtype=object if exact else np.float64)
        spread = np.zeros(trace.shape)
        for index, sent in self._sent(trace).items():
            pairs = [(plain(grad[at]), slope) for at, slope in sent]
            parts = [g * slope if exact else float(g) * float(slope) for g, slope in pairs]
            result[index] = sum(parts)
            spread[index] = float(sum(map(abs, parts)))
        if exact:
            return result, 0.0
        if self.of.slopes_cancel:
            spread = spread + np.abs(grad).max()
        floats = [array for array in trace.inputs.values() if array.dtype.kind == "f"]  # the coarsest of them counts
        precision = max(map(self.of.precision, (trace.output, *floats)))
        return result, spread * precision * 64 + float(np.finfo(trace.output.dtype).tiny)

    def again(self, layout: Layout, inputs: Mapping[str, Array]) -> tuple[Array, Array | float]:
        """Nothing here: `replay` does it, which has the trace."""
        raise NotImplementedError("the replay of a gradient needs its trace")

    def _sent(self, trace: Trace) -> Fed:
        """For every cell of the input, where the forward steps say it went."""
        if trace not in _SENT:
            found: Fed = {}
            for at, source, slope in self._sendings(forward := self.forward_of(trace), _by_rule(trace, forward)):
                found.setdefault(source, []).append((at, slope))
            _SENT[trace] = found
        return _SENT[trace]

    def _sendings(self, forward: Trace, exact: bool) -> Iterator[tuple[Index, Index, Value]]:
        weights = self.of.weight_name
        if self.wrt == "bias":
            yield from self._probed(forward)
            return
        if self.wrt in LEARNED and exact:
            yield from learned(forward, self.wrt)
            return
        if self.wrt in ("gamma", "beta", "slope"):
            yield from self.of.sendings(forward, self.wrt)
            return
        for step in forward.steps:
            slopes = slopes_by_rule(step) if exact else self.of.slopes(step)
            for tap, slope in zip(step.taps, slopes):
                if self.wrt == weights:
                    if tap.weight_index is not None and tap.is_data:
                        yield step.index, tap.weight_index, tap.value * self.of.weight_factor
                elif tap.input == self.wrt and isinstance(tap.source, tuple) and slope is not None:
                    yield step.index, tap.source, slope

    def _probed(self, forward: Trace) -> Iterator[tuple[Index, Index, Value]]:
        """A bias is not among the taps: each entry is made 1, all else 0, and one sees where it comes out."""
        empty = {name: np.zeros_like(array) for name, array in forward.inputs.items()}
        for index in np.ndindex(empty["bias"].shape):
            bias = empty["bias"].copy()
            bias[index] = 1
            _geometry, output = self.of.run(forward.layer.layout, {**empty, "bias": bias})
            for at in np.argwhere(output != 0):
                place = tuple(map(int, at))
                yield place, index, plain(output[place])

    def lies_as(self, trace: Trace, name: str) -> tuple[Trace, str]:
        """What comes back lies as the output did, a gradient as what it is the gradient of."""
        own = {"input": "output", "output": self.wrt, "x": "input"}
        return self.forward_of(trace), own.get(name, name)

    def reach(self, trace: Trace) -> int:
        """Of an input, as many as are made of it on the average, and more at its edges."""
        grad = trace.inputs["input"]
        if self.wrt != "input":
            return int(grad.size)
        return min(int(grad.size), 2 * self.of.reach(self.forward_of(trace)) * max(1, grad.size // trace.output.size))

    def looked_at(self, trace: Trace) -> int:
        return max(self.reach(trace), self.of.sought(self.forward_of(trace), self.wrt))

    def gathered(self, trace: Trace, index: Index) -> Gathered | None:
        if any(is_exact(array) for array in trace.inputs.values()):
            return None
        found = self.of.fed_at_once(self.forward_of(trace), self.wrt, index, trace.inputs["input"])
        if found is None:
            return None
        grads, slopes = found
        if slopes is not None and not np.isfinite(slopes).all():  # 0·NaN does not vanish
            return None
        return Gathered(grads.ravel(), 0, None if slopes is None else slopes.ravel())

    def cells(self, trace: Trace, index: Index) -> Iterable[Source]:
        """The output cells that an input cell fed."""
        return [Source(at) for at, _slope in self._fed(trace, index)]

    @np.errstate(all="ignore")  # what is too large is infinite, as in the output
    def _fed(self, trace: Trace, index: Index) -> list[tuple[Index, Value]]:
        """The output cells that an input cell fed, in their order, each with how much it grows."""
        forward = self.forward_of(trace)
        if _by_rule(trace, forward):
            return fed(forward, self.wrt, index)
        return sorted(self.of.feeds(forward, self.wrt, index), key=lambda one: one[0])

    def taps(self, trace: Trace, index: Index) -> tuple[Tap, ...]:
        grad = trace.inputs["input"]
        factors = self.of.factors(self.forward_of(trace), self.wrt, index)
        return tuple(
            Tap(at, plain(grad[at]), at, plain(slope), factors.get(at)) for at, slope in self._fed(trace, index)
        )

    def sources(self, trace: Trace, index: Index) -> list[Index | Padding]:
        return sorted(at for at, _slope in self._sent(trace).get(index, []))  # type: ignore[return-value]  # no padding

    def worked(self, step: Step) -> Rule:
        """`0.5·2 + 1·(-1)`; where each cell simply passes it on, only the sum: `0.5 + 1`. A weight of 1 is shown."""
        passed = not self.weight_name and all(tap.weight == 1 for tap in step.taps)
        return total(X) if passed else self.calculation


def _by_rule(trace: Trace, forward: Trace) -> bool:
    """Whether slopes are worked out from the rule; not where decimals came of exact numbers, as of a whole number
    that fits into no 64 bits beside weights that are decimals.
    """
    return trace.output.dtype == object and by_rule(forward)


_FORWARD: WeakKeyDictionary[Trace, Trace] = WeakKeyDictionary()
_SENT: WeakKeyDictionary[Trace, Fed] = WeakKeyDictionary()
