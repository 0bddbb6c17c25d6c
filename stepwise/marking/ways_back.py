"""How the gradient of a layer is changed into the one that a misconception carries out.

As in `changes.py`, each function takes a trace and gives another, made by the same engine, or None where there is
nothing to change; here the trace is that of a gradient.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..arithmetic import Array
from ..geometry import Sliding
from ..ops import (
    BatchMean,
    BinaryCrossEntropy,
    Conv,
    Dense,
    Gradient,
    Identity,
    MaxPool,
    MeanPool,
    MeanSquaredError,
    MinPool,
    ReLU,
    Reshape,
)
from ..ops.windows import WindowOperation
from ..traces.operation import Operation
from ..traces.trace import Trace
from . import changes, kernel_changes
from .descent import Descent
from .gradients import backwards, gradient_of, of, of_conv, turns_kernel
from .wrong_gradients import (
    BatchSum,
    BinaryCrossEntropies,
    EveryLargest,
    EverySmallest,
    FirstOfWindow,
    LastWritten,
    OfEachImage,
    SumOfSquares,
)

MOST_WALKED = 10_000
"""Window cells of a layer whose gradient is carried out one window after the other."""


def _with(trace: Trace, operation: Gradient, **inputs: Array) -> Trace:
    return changes.again(trace, operation, {**trace.inputs, **inputs})


def turned(trace: Trace, where_due: bool) -> Trace | None:
    """The kernel turned by half a turn: once more where that is due, so that it lies as it stands; else wrongly."""
    gradient = of(trace, Conv, "input")
    if gradient is None or turns_kernel(trace) != where_due:
        return None
    return _with(trace, gradient, kernel=np.flip(trace.inputs["kernel"], kernel_changes.kernel_axes(trace)))


def kernel_transposed(trace: Trace) -> Trace | None:
    """Rows and columns of the kernel exchanged, where it is to be turned by half a turn."""
    if not turns_kernel(trace):
        return None
    gradient, kernel, axes = of_conv(trace, "input"), trace.inputs["kernel"], kernel_changes.kernel_axes(trace)
    if gradient is None or len(axes) < 2 or kernel.shape[axes[-1]] != kernel.shape[axes[-2]]:
        return None
    return _with(trace, gradient, kernel=np.swapaxes(np.flip(kernel, axes), axes[-1], axes[-2]))


def _strided(trace: Trace, *names: str) -> tuple[Gradient, Conv, Sliding] | None:
    """A convolution whose windows move by more than one cell, and its gradient."""
    gradient = of_conv(trace, *names)
    windows = gradient.of.windows if gradient and isinstance(gradient.of, Conv) else None
    if gradient is None or not isinstance(gradient.of, Conv) or not isinstance(windows, Sliding):
        return None
    axes = gradient.forward_of(trace).geometry.axes
    return (gradient, gradient.of, windows) if any(a.stride > 1 and a.output > 1 for a in axes) else None


def without_zeros(trace: Trace) -> Trace | None:
    """The upstream gradient without the zeros that stand for the stride: what it gives has another size."""
    found = _strided(trace, "input", "kernel")
    if found is None:
        return None
    gradient, conv, windows = found
    axes = gradient.forward_of(trace).geometry.axes
    pads = tuple((axis.padding.before, axis.padding.after) for axis in axes)
    held = [axis.size + sum(pad) for axis, pad in zip(axes, pads)]
    if gradient.wrt == "kernel":  # as long a kernel as the upstream gradient, laid on the input, leaves room for
        window = tuple((n - axis.output) // axis.dilation + 1 for n, axis in zip(held, axes))
        sizes, name = list(trace.inputs["kernel"].shape), "kernel"
        for place, n in zip(kernel_changes.kernel_axes(trace), window):
            sizes[place] = n
        asked = dataclasses.replace(windows, window=window, stride=(1,) * windows.spatial)
    else:
        given = [axis.output + axis.span - 1 - sum(pad) for axis, pad in zip(axes, pads)]
        images = trace.layer.layout.images_shape(trace.inputs["x"].shape, conv.spatial)
        sizes, name = list(trace.layer.layout.restored_shape((*images[:2], *given), trace.inputs["x"].ndim)), "x"
        asked = dataclasses.replace(windows, stride=(1,) * windows.spatial)
    if min(sizes) < 1:
        return None
    asked = dataclasses.replace(asked, padding="explicit", pads=pads, ceil=False)
    operation = dataclasses.replace(gradient, of=dataclasses.replace(conv, windows=asked))
    return _with(trace, operation, **{name: np.zeros(sizes, dtype=trace.inputs[name].dtype)})


def side_by_side(trace: Trace) -> Trace | None:
    """Without these zeros, too, in the size that is due: windows moved by one cell, as many as there are."""
    found = _strided(trace, "input", "kernel")
    if found is None:
        return None
    gradient, conv, windows = found
    forward = gradient.forward_of(trace)
    pads = tuple((axis.padding.before, axis.padding.after) for axis in forward.geometry.axes)
    asked = dataclasses.replace(windows, stride=(1,) * windows.spatial, padding="explicit", pads=pads, ceil=False)
    moved = dataclasses.replace(conv, windows=asked)
    own = {"input" if name == "x" else name: array for name, array in trace.inputs.items() if name != "input"}
    _geometry, shape = moved.planned(trace.layer.layout, own)
    grad = trace.inputs["input"]
    if len(shape) != grad.ndim or any(n < m for n, m in zip(shape, grad.shape)):
        return None
    placed = np.zeros(shape, dtype=grad.dtype)
    placed[tuple(slice(0, n) for n in grad.shape)] = grad
    return _with(trace, dataclasses.replace(gradient, of=moved), input=placed)


def zeros_left_out(trace: Trace) -> Trace | None:
    """As it would be done on paper: an input's gradient of another size, a kernel's in its own."""
    gradient = gradient_of(trace)
    return (side_by_side if gradient and gradient.wrt == "kernel" else without_zeros)(trace)


def matrix_not_transposed(trace: Trace) -> Trace | None:
    """A dense layer's matrix as it stands, where its transpose is due; only of a square one does it fit."""
    gradient = of(trace, Dense, "input")
    if gradient is None or len(set(trace.inputs["kernel"].shape)) > 1:
        return None
    return _with(trace, gradient, kernel=trace.inputs["kernel"].T)


def exchanged(trace: Trace) -> Trace | None:
    """The kernel's gradient where the input's is due, or the other way round; written in its place where it fits."""
    gradient = of(trace, (Conv, Dense), "input", "kernel")
    if gradient is None:
        return None
    wrt = "kernel" if gradient.wrt == "input" else "input"
    other = changes.again(trace, dataclasses.replace(gradient, wrt=wrt))
    sizes = [[n for n in shape if n != 1] for shape in (other.shape, trace.shape)]
    fits = sizes[0] == sizes[1] and other.shape != trace.shape
    return changes.after(other, Reshape(trace.shape)) if fits else other


def walked(trace: Trace) -> bool:
    """Whether there are few enough window cells to go from one to the other."""
    gradient = gradient_of(trace)
    if gradient is None:
        return False
    forward = gradient.forward_of(trace)
    return forward.output.size * gradient.of.reach(forward) <= MOST_WALKED


def every_tie(trace: Trace, parted: bool = False) -> Trace | None:
    """To all that equal the winner of a window, each the whole gradient or an equal part of it."""
    gradient = of(trace, (MaxPool, MinPool), "input")
    if gradient is None or not walked(trace):
        return None
    match gradient.of:
        case MaxPool(windows=windows, last_nan=last_nan, shared=shared):
            if shared and parted:
                return None  # that is right
            tied: Operation = EveryLargest(windows=windows, last_nan=last_nan, parted=parted)
        case MinPool(windows=windows):
            tied = EverySmallest(windows=windows, parted=parted)
        case _:
            return None
    return changes.again(trace, dataclasses.replace(gradient, of=tied))


def first_of_window(trace: Trace) -> Trace | None:
    """To the first cell of every window."""
    gradient = of(trace, (MaxPool, MinPool), "input")
    if gradient is None or not walked(trace) or not isinstance(gradient.of, WindowOperation):
        return None
    return changes.again(trace, dataclasses.replace(gradient, of=FirstOfWindow(windows=gradient.of.windows)))


def not_divided(trace: Trace) -> Trace | None:
    """To every cell of a mean's window the whole gradient."""
    gradient = of(trace, MeanPool, "input")
    if gradient is None or not isinstance(gradient.of, MeanPool) or gradient.of.divisor == 1:
        return None
    return changes.again(trace, dataclasses.replace(gradient, of=MeanPool(gradient.of.windows, divisor=1)))


def gated_by_gradient(trace: Trace) -> Trace | None:
    """What passes a ReLU decided by the upstream gradient."""
    gradient = of(trace, ReLU, "input")
    return _with(trace, gradient, x=trace.inputs["input"]) if gradient else None


def ungated(trace: Trace) -> Trace | None:
    """The upstream gradient as it came, through a ReLU that lets everything pass."""
    if of(trace, ReLU, "input") is None:
        return None
    return changes.again(trace, Identity(), {"input": trace.inputs["input"]})


def overwritten(trace: Trace) -> Trace | None:
    """Of all that is to be added up in a cell, the last."""
    if gradient := of_conv(trace, "kernel"):
        return _masked(trace, gradient, _last_window)
    gradient = of_conv(trace, "input") or of(trace, (MaxPool, MinPool, MeanPool), "input")
    if gradient is None or not walked(trace):
        return None
    return changes.again(trace, LastWritten(gradient.of, gradient.wrt))


def _masked(trace: Trace, gradient: Gradient, kept: Callable[[Trace, Array], Any]) -> Trace:
    """With nothing of the upstream gradient but what is kept of it."""
    grad = trace.inputs["input"]
    mask = np.zeros(grad.shape, dtype=bool)
    kept(gradient.forward_of(trace), mask)
    return _with(trace, gradient, input=np.where(mask, grad, np.zeros_like(grad)))


def _last_window(forward: Trace, mask: Array) -> None:
    operation = forward.layer.operation
    assert isinstance(operation, WindowOperation)
    last: Any = (-1, slice(None), *(-1,) * operation.spatial)
    operation.output_images(forward, mask)[last] = True  # it is a view


def bias_not_summed(trace: Trace) -> Trace | None:
    """The upstream gradient itself as the gradient of the bias."""
    gradient, grad = of(trace, (Conv, Dense), "bias"), trace.inputs["input"]
    if gradient is None or grad.size == trace.output.size:
        return None
    return changes.again(trace, Identity(), {"input": grad})


def batch_size(trace: Trace) -> int:
    """How many images, or rows, a weight's gradient is added up over; 1 where there is no batch."""
    gradient = of(trace, (Conv, Dense), "kernel", "bias")
    if gradient is None or (isinstance(gradient.of, Dense) and gradient.of.transposed_input):
        return 1
    grad = trace.inputs["input"]
    spatial = gradient.of.spatial if isinstance(gradient.of, Conv) else 0
    batch = grad.ndim == spatial + 2 and trace.inputs["x"].ndim == spatial + 2
    return len(grad) if batch else 1


def batch_not_summed(trace: Trace) -> Trace | None:
    """A gradient of a weight for each image."""
    gradient, count = gradient_of(trace), batch_size(trace)
    if gradient is None or count == 1 or type(gradient) is not Gradient:
        return None
    if gradient.wrt == "bias" and trace.inputs["input"].size == count * trace.output.size:
        return None  # that is the upstream gradient itself, which has a name
    if count * math.prod(trace.shape) > MOST_WALKED:
        return None
    return changes.again(trace, OfEachImage(gradient.of, gradient.wrt))


def one_image(trace: Trace, which: int) -> Trace | None:
    """The gradient of a weight for one image of the batch alone."""
    gradient = gradient_of(trace)
    if gradient is None or batch_size(trace) == 1:
        return None

    def keep(forward: Trace, mask: Array) -> None:
        mask[which] = True

    return _masked(trace, gradient, keep)


def not_averaged(trace: Trace) -> Trace | None:
    """A loss, or its gradient, that is not divided by the number of samples or of numbers."""
    operation = trace.layer.operation
    if isinstance(operation, Gradient):
        return backwards(not_averaged)(trace) if type(operation.of) in _ADDED else None
    if trace.inputs["input"].size == 1:
        return None
    match operation:
        case MeanSquaredError():
            return changes.again(trace, SumOfSquares())
        case BinaryCrossEntropy():
            return changes.again(trace, BinaryCrossEntropies(operation.scores))
        case BatchMean():
            return changes.again(trace, BatchSum())
    return None


_ADDED = (MeanSquaredError, BinaryCrossEntropy, BatchMean)


def uphill(trace: Trace) -> Trace | None:
    """New weights with the gradient added."""
    operation = trace.layer.operation
    if not isinstance(operation, Descent):
        return None
    return changes.again(trace, Descent(-operation.lr, operation.decay))
