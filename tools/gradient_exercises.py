"""Exercises on gradients for `misconceptions.py`: random ones by operation, and one for each code of the way back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import stepwise as sw
from stepwise.marking.whole_pass import WholePass
from stepwise.traces.trace import Trace
from tools.gradient_loops import Draw, Request, drawn


def trace_of(one: Request) -> Trace:
    """The gradient that a request asks for, by stepwise."""
    x, grad = (array[0, ..., 0] if one.kind == "ReLU" else array for array in (one.x, one.grad))
    return sw.trace(one.call, x, **one.weights).backward(grad)[one.name]


def conv_transpose(draw: Draw) -> Trace:
    """The gradient of a transposed convolution's input."""
    window, stride, channels, filters = (int(n) for n in draw.integers([2, 1, 1, 1], [4, 3, 3, 3]))
    x = draw.integers(-9, 10, (*(int(n) for n in draw.integers(2, 4, 2)), channels))
    kernel = draw.integers(-4, 5, (window, window, filters, channels))
    trace = sw.trace(f"Conv2DTranspose({filters}, {window}, strides={stride})", x, kernel=kernel)
    return trace.backward(draw.integers(-9, 10, trace.shape))["input"]


GRADIENTS: dict[str, Callable[[Draw], Trace]] = {
    **{
        f"gradient of {kind}": lambda draw, kind=kind: trace_of(drawn(draw, kind))  # type: ignore[misc]
        for kind in ("convolution", "max pooling", "average pooling", "ReLU", "dense")
    },
    "gradient of transposed convolution": conv_transpose,
}
EXAMPLES: dict[str, tuple[str, str, dict[str, Any], str, str]] = {
    # an exercise for each code: call, input, weights, upstream gradient, whose gradient is asked for
    "grad.kernel_and_input_exchanged": ("Conv2D(1, 2)", "1 2 0; 3 1 1; 0 2 1", {"kernel": "1 0; 2 -1"},
                                        "1 2; 0 1", "kernel"),
    "grad.kernel_not_turned": ("Conv2D(1, 2)", "1 2 0; 3 1 1; 0 2 1", {"kernel": "1 0; 2 -1"}, "1 2; 0 1", "input"),
    "grad.kernel_turned": ("Conv2DTranspose(1, 2)", "1 2; 3 4", {"kernel": "1 0; 2 -1"},
                           "1 2 0; 3 1 1; 0 2 1", "input"),
    "grad.kernel_not_transposed": ("Dense(2)", "[[1, 2]]", {"kernel": "1 0; 2 -1"}, "[[3, 1]]", "input"),
    "grad.stride_zeros_left_out": ("Conv2D(1, 2, strides=2)", "1 2 0 1; 3 1 1 0; 0 2 1 4; 1 1 0 2",
                                   {"kernel": "1 0; 2 -1"}, "1 2; 0 1", "input"),
    "grad.every_tie": ("MaxPool2D(2)", "5 1; 5 2", {}, "3", "input"),
    "grad.first_of_window": ("MaxPool2D(2)", "1 3 2 2; 5 7 4 0", {}, "6 -1", "input"),
    "grad.not_divided": ("AveragePooling2D(2)", "1 3 2 2; 5 7 4 0", {}, "8 -4", "input"),
    "grad.relu_by_gradient_sign": ("ReLU()", "-2 3; 1 -5", {}, "4 -1; 2 3", "input"),
    "grad.overlap_overwritten": ("MaxPool1D(2, strides=1)", "[[1], [2], [7], [0]]", {}, "[[2], [3], [4]]", "input"),
    "grad.bias_not_summed": ("Conv2D(1, 2)", "1 2 0; 3 1 1", {"kernel": "1 0; 2 -1", "bias": [1]}, "2 5", "bias"),
    "grad.batch_not_summed": ("Dense(1)", "[[1, 2], [3, 0]]", {"kernel": "1; 2"}, "[[2], [1]]", "kernel"),
    "loss.not_averaged": ("Dense(2)", "[[1, 2]]", {"kernel": "1 0; 2 -1"}, "[[3, 1]]", "loss"),
    "update.sign": ("Dense(2)", "[[1, 2]]", {"kernel": "1 0; 2 -1"}, "[[3, 1]]", "update"),
}  # fmt: skip


def example_of(code: str) -> Trace:
    """The gradient of an example; of a loss, the mean of squares, with what stands for the gradient as its target."""
    call, data, weights, grad, name = EXAMPLES[code]
    trace = sw.trace(call, data, **weights)
    if name == "loss":
        loss = sw.backward(trace, loss="mse", target=grad).loss
        assert loss is not None
        return loss
    if name == "update":
        back = sw.backward(trace, grad)
        return WholePass(back, back.step(0.5)).new_weight(0, "kernel")
    return trace.backward(grad)[name]
