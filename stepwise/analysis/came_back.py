"""What came back to each layer of a backward pass: the gradient of its output, and the terms that it is the sum of."""

from __future__ import annotations

from ..arithmetic import Array
from ..ops import Gradient
from ..traces.trace import Trace
from .backpropagation import Backward
from .backward import stages


def came_back(back: Backward) -> dict[int, Array | Trace]:
    """The gradient of the output of every trace of the forward pass that one came back to, by the `id` of the trace.

    The upstream gradient of the whole is the array that was given, where one was.

    >>> import numpy as np
    >>> import stepwise as sw
    >>> t = sw.trace(["ReLU()", "ReLU()"], [[1, -2]])
    >>> found = came_back(sw.backward(t, [[3, 4]]))
    >>> [np.asarray(found[id(one)]).tolist() for one in (t.parents["input"], t)]
    [[[3.0, 0.0]], [[3.0, 4.0]]]
    """
    found: dict[int, Array | Trace] = {}
    for call, entry in zip(back.calls, back.gradients):
        gradient = entry.get("input")
        for stage in reversed(stages(call)) if gradient is not None else ():
            assert gradient is not None  # of each stage for its input: that of the first stage, then of the next
            behind = gradient.parents.get("input")
            found[id(stage)] = gradient.inputs["input"] if behind is None else behind
            if stage is not call:
                assert behind is not None
                gradient = behind
    return found


def terms_of(back: Backward, came: Trace) -> list[tuple[int, str, Trace]]:
    """The gradients that a sum adds up, each with its layer's number from 0 and the name of that layer's input.

    Empty where it is no sum: where an output is used once.
    """
    if isinstance(came.layer.operation, Gradient):
        return []
    owners = {id(trace): (number, name) for number, entry in enumerate(back.gradients) for name, trace in entry.items()}
    return [(*owners[id(one)], one) for one in came.parents.values() if id(one) in owners]
