"""Backpropagation: the gradients of a whole chain or network, each a Trace, and the loss they come from.

What comes to the output is led back call by call, from the last to the first. Where an output is used several times,
the gradients that come back to it are added.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from ..advice import way
from ..arithmetic import Array
from ..dataclass import dataclass
from ..errors import CallError, InputError, ShapeError, did_you_mean, differing, listing, shown
from ..geometry import Geometry
from ..io.inputs import locked, taken
from ..networks.training.goals import measured
from ..ops import Add, CrossEntropy, Loss
from ..ops.losses import LOSSES, BatchMean, loss_after
from ..ops.targets import fitted, target_for, without_extra_axes
from ..traces.operation import Layer
from ..traces.recording import record
from ..traces.trace import Trace, chain, data_inputs, verify_each
from .backward import backward as of_call
from .backward import stages
from .shared_out import first_input, followed

if TYPE_CHECKING:
    from ..document.lesson import Lesson
    from .update import Update, Velocity


@dataclass(frozen=True, eq=False)
class Backward:
    """The gradients of a chain or a network, for one upstream gradient of its output.

    `gradients` has an entry for each layer call, in the order of the forward pass: the Trace of the gradient of its
    input and of each weight that is learned, by the framework's own names. `input` is that of the first input.
    """

    shown_as: ClassVar[str] = "a backward pass"

    trace: Trace  # of the last layer
    loss: Trace | None  # of the loss; its output is a single number
    gradients: list[dict[str, Trace]]
    input: Trace
    calls: tuple[Trace, ...]  # the last trace of each layer call, as many as there are entries in `gradients`
    upstream: Array | Trace  # the gradient of the output: as it was given, or a Trace that leads on to the loss

    @property
    def last(self) -> Trace:
        """The last of the forward pass: the loss, or the last layer where there is none."""
        return self.trace if self.loss is None else self.loss

    def verify(self) -> None:
        """Replay every window of the forward pass, the loss and every gradient by an independent way.

        Raises `VerificationError`, naming the first thing that differs.
        """
        verify_each(self.traces)

    @property
    def traces(self) -> list[Trace]:
        """Everything that was carried out, each once and after all that it looks at: forward first, then back."""
        found: dict[int, Trace] = {}
        for one in [self.last, *(trace for entry in reversed(self.gradients) for trace in entry.values()), self.input]:
            for trace in chain(one):
                found.setdefault(id(trace), trace)
        return list(found.values())

    def step(
        self, lr: float = 0.1, momentum: float = 0, weight_decay: float = 0, velocity: Velocity | None = None
    ) -> Update:
        """One step of gradient descent: every weight w becomes `w - lr·g`, and the loss is worked out again.

        With `weight_decay`, g + weight_decay·w takes the place of g; with `momentum`, what is subtracted is lr times a
        velocity, which begins as g and becomes momentum·velocity + g in each further step (PyTorch's SGD). `velocity`
        is that of the update before, `update.velocity`.

        Raises `InputError` for a learning rate that is not above 0, a momentum that is not from 0 to 1, and a negative
        weight decay.
        """
        from .update import updated

        return updated(self, lr, momentum, weight_decay, velocity)

    def lesson(self, language: str = "en", detail: str = "auto", wanted: Sequence[str] = ()) -> Lesson:
        """The whole way back told as a worked example, from the loss to the first layer.

        `wanted` names the gradients to be told, `input` or weights; without it all of them are.
        """
        from ..lessons.backpropagation import tell_backward  # a door that opens forward, named in the import check

        return tell_backward(self, language, detail, wanted)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """What a notebook shows of it: its lesson."""
        return self.lesson()._repr_mimebundle_()

    def __repr__(self) -> str:
        of = f", loss {self.loss.layer.call}" if self.loss is not None else ""
        return f"<Backward of {len(self.calls)} layer{'s' * (len(self.calls) != 1)}{of}>"


def backward(trace: Trace, grad_output: Any = None, *, loss: str | None = None, target: Any = None) -> Backward:
    """Lead a gradient back through every layer of a chain or network, down to its first input.

    trace        the Trace of the last layer
    grad_output  the upstream gradient: the gradient of the output, in the output's shape (axes of length one may be
                 left out), or the Trace of one
    loss         instead: `mse` (mean squared error), `cross_entropy` or `binary_cross_entropy`. Cross-entropies take
                 probabilities where the network ends with a softmax or a sigmoid, and scores otherwise
    target       what should have come out: numbers in the output's shape; for cross-entropy class numbers, one for each
                 sample, too

    The mean is over the whole batch, as in Keras and as PyTorch's default. Raises `CallError`, `InputError` or
    `ShapeError`, each with one sentence.

    >>> import stepwise as sw
    >>> t = sw.trace("MaxPool2D(2, strides=1)", [[1, 5, 2], [0, 3, 1], [4, 2, 0]])
    >>> sw.backward(t, [[1, 0.5], [2, 4]]).input.output.tolist()
    [[0.0, 1.5, 0.0], [0.0, 4.0, 0.0], [2.0, 0.0, 0.0]]
    """
    if not isinstance(trace, Trace):
        raise CallError(f"backward takes a trace, such as that of stepwise.trace(…), not {shown(trace)}")
    of_loss = None
    if loss is None:
        if target is not None:
            raise CallError(f"a target was given, but no loss; add {way('loss')} ({listing(LOSSES)})")
        if grad_output is None:
            losses = f"{way('loss')} ({listing(LOSSES)}) and its {way('target')}"
            raise CallError(f"give the upstream gradient with {way('grad')}, or a loss with {losses}")
        upstream = _given(trace, grad_output)
    else:
        if grad_output is not None:
            raise CallError("give either an upstream gradient or a loss, not both")
        of_loss = loss_of(trace, loss, target)
        upstream = of_call(of_loss, np.ones((), dtype=of_loss.dtype if of_loss.dtype.kind == "f" else int))["input"]
    return _led_back(trace, of_loss, upstream)


def loss_of(trace: Trace, loss: str, target: Any) -> Trace:
    """The Trace of a loss: of one number for each sample first, and then of their mean, where there are several.

    Raises `CallError` for a loss that is not known, or without a target.
    """
    if not isinstance(loss, str) or loss not in LOSSES:
        hint = did_you_mean(loss, LOSSES) if isinstance(loss, str) else ""
        raise CallError(f"the loss {shown(loss)} is not known; it is {listing(LOSSES)}.{hint}".removesuffix("."))
    if target is None:
        raise CallError(f"the loss {loss} needs a target, what should have come out; add {way('target')}")
    last = trace.layer
    operation = loss_after(loss, last.operation, trace.ndim, last.layout.channels_last)
    numbers = target_for(operation, trace.shape, target, last.layout)
    return measured(operation, trace, numbers, loss_call(operation, last.dialect))


def planned_loss(trace: Trace, loss: str) -> Trace:
    """A known loss as it will be, with nothing in it: what telling it takes is asked of this."""
    last = trace.layer
    operation = loss_after(loss, last.operation, trace.ndim, last.layout.channels_last)
    samples = operation.of_samples(trace.shape)
    empty, each, mean = (np.broadcast_to(np.zeros(()), shape) for shape in (trace.shape, samples, ()))
    call = loss_call(operation, last.dialect)
    if samples:
        return Trace(Layer(BatchMean(), last.layout, last.dialect, call), {"input": each}, Geometry(), mean)
    return Trace(Layer(operation, last.layout, last.dialect, call), {"input": empty, "target": empty}, Geometry(), mean)


def loss_call(loss: Loss, dialect: str) -> str:
    """The loss as its framework writes it: `CrossEntropyLoss()`, `CategoricalCrossentropy(from_logits=True)`."""
    scores = getattr(loss, "scores", False) or getattr(loss, "of", "") == "scores"
    if dialect == "torch":
        names = {"mean_squared_error": "MSELoss()", "binary_cross_entropy": f"BCE{'WithLogits' * scores}Loss()"}
        negative = isinstance(loss, CrossEntropy) and loss.of == "logarithms"
        return names.get(loss.name, "NLLLoss()" if negative else "CrossEntropyLoss()")
    names = {"mean_squared_error": "MeanSquaredError", "binary_cross_entropy": "BinaryCrossentropy"}
    return f"{names.get(loss.name, 'CategoricalCrossentropy')}({'from_logits=True' * scores})"


def everywhere_in(trace: Trace, grad: Any) -> Any:
    """A gradient that is one number as that of every cell of an output; any other as it is.

    >>> import stepwise as sw
    >>> everywhere_in(sw.trace("ReLU()", [[1, 2]]), 3).tolist()
    [[3, 3]]
    """
    return np.full(trace.shape, np.asarray(grad).reshape(())) if np.size(grad) == 1 else grad


def _given(trace: Trace, grad_output: Any) -> Array | Trace:
    """The upstream gradient, in the output's own shape. Raises `ShapeError` where it does not fit."""
    if isinstance(grad_output, Trace):
        return grad_output
    array = taken(grad_output, "gradient")
    due = fitted(array, trace.shape, trace.layer.layout)
    if due is None:
        given = without_extra_axes(array.shape, trace.shape)
        raise ShapeError(
            f"the gradient has shape {given}, but the output {trace.shape}: {differing(given, trace.shape)}"
        )
    return locked(due)


def _led_back(trace: Trace, loss: Trace | None, upstream: Array | Trace) -> Backward:
    layers, source = chain(trace), first_input(trace)[1]
    inner = {id(one.parents["input"]) for one in layers if one.layer.stage and "input" in one.parents}
    calls = [one for one in layers if id(one) not in inner]
    waiting: dict[int, list[Array | Trace]] = {id(trace): [upstream]}
    gradients: dict[int, dict[str, Trace]] = {}
    arrived: list[Trace] = []  # at the first input
    for call in reversed(calls):
        if id(call) not in waiting:
            gradients[id(call)] = {}  # only its cells' numbers were looked at, as the places of a maximum
            continue
        found = gradients[id(call)] = of_call(call, _added(call, waiting[id(call)]))
        first = stages(call)[-1]
        for name in followed(first, source):
            if name not in found:
                continue
            if name in first.parents:
                waiting.setdefault(id(first.parents[name]), []).append(found[name])
            elif name in data_inputs(first):
                arrived.append(found[name])
    if not arrived:
        raise InputError("no gradient comes back to the first input: the output does not depend on its numbers")
    back = _added(calls[0], arrived[::-1])
    assert isinstance(back, Trace)
    return Backward(trace, loss, [gradients[id(call)] for call in calls], back, tuple(calls), upstream)


def _added(call: Trace, found: Sequence[Array | Trace]) -> Array | Trace:
    """What comes back to one output: of several gradients, their sum."""
    if len(found) == 1:
        return found[0]
    named: Mapping[str, Any] = {f"input_{i}" if i else "input": one for i, one in enumerate(found)}
    parents = {name: one for name, one in named.items() if isinstance(one, Trace)}
    arrays = {name: one.output if isinstance(one, Trace) else locked(one) for name, one in named.items()}
    layer = Layer(Add(), call.layer.layout, call.layer.dialect, "sum of the gradients")
    return record(layer, arrays, parents)
