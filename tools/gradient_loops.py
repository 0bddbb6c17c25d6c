"""Gradients and what is done wrongly with them, in plain loops: a program that shares no code with stepwise.

Arrays are (image, row, column, channel), kernels (row, column, channel, filter), as in Keras. Each function of `WRONG`
takes a request and gives the wrong answer, or None where the request leaves no room for the mistake.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Draw = np.random.Generator
Cell = tuple[int, int]


@dataclass
class Request:
    """A layer, what went in, and the upstream gradient; which gradient is asked for."""

    kind: str
    call: str
    x: Array
    grad: Array
    name: str  # whose gradient
    kernel: Array | None = None
    bias: Array | None = None
    window: Cell = (1, 1)
    stride: Cell = (1, 1)
    before: Cell = (0, 0)  # padding above and on the left
    weights: dict[str, Array] = field(default_factory=dict)

    def windows(self) -> Iterator[tuple[int, int, list[tuple[int, int, int, int]]]]:
        """Every output place, with the cells of its window that are data: where in the window, where in the input."""
        rows, columns = self.grad.shape[1:3]
        for i in range(rows):
            for j in range(columns):
                cells = []
                for a in range(self.window[0]):
                    for b in range(self.window[1]):
                        p = i * self.stride[0] - self.before[0] + a
                        q = j * self.stride[1] - self.before[1] + b
                        if 0 <= p < self.x.shape[1] and 0 <= q < self.x.shape[2]:
                            cells.append((a, b, p, q))
                yield i, j, cells


def outputs(size: int, window: int, stride: int, same: bool) -> tuple[int, int]:
    """How many windows there are along a line, and the padding before it."""
    if not same:
        return (size - window) // stride + 1, 0
    count = -(-size // stride)
    return count, max((count - 1) * stride + window - size, 0) // 2


def drawn(draw: Draw, kind: str) -> Request:
    """A request such as a worksheet has."""
    if kind == "ReLU":
        shape = (1, int(draw.integers(2, 5)), int(draw.integers(2, 5)), 1)
        return Request(kind, "ReLU()", draw.integers(-9, 10, shape), draw.integers(-9, 10, shape), "input")
    if kind == "dense":
        rows, seen, units = (int(n) for n in draw.integers([1, 2, 2], [4, 5, 4]))
        name = str(draw.choice(["input", "kernel", "bias"]))
        kernel, bias = draw.integers(-4, 5, (seen, units)), draw.integers(-4, 5, units)
        x, grad = draw.integers(-9, 10, (rows, seen)), draw.integers(-9, 10, (rows, units))
        weights = {"kernel": kernel, "bias": bias}
        return Request(kind, f"Dense({units})", x, grad, name, kernel, bias, weights=weights)
    images = int(draw.integers(1, 4)) if kind == "convolution" else 1
    height, width = (int(n) for n in draw.integers(3, 7, 2))
    window = (int(draw.integers(2, 4)), int(draw.integers(2, 4)))
    stride = (int(draw.integers(1, 3)),) * 2 if kind == "convolution" else (int(draw.integers(1, 4)),) * 2
    same = bool(draw.integers(2))
    if not same and (window[0] > height or window[1] > width):
        return drawn(draw, kind)
    places = [outputs(n, k, s, same) for n, k, s in zip((height, width), window, stride)]
    before = (places[0][1], places[1][1])
    channels = int(draw.integers(1, 3))
    filters = int(draw.integers(1, 3)) if kind == "convolution" else channels
    least = int(draw.choice([0, -9]))
    x = draw.integers(least, 10, (images, height, width, channels))
    if kind == "max pooling" and draw.integers(2):
        x = draw.integers(0, 4, x.shape)  # many ties
    grad = draw.integers(-9, 10, (images, places[0][0], places[1][0], filters))
    asked = f"strides={stride[0]}, padding='{'same' if same else 'valid'}'"
    if kind != "convolution":
        pool = "MaxPool2D" if kind == "max pooling" else "AveragePooling2D"
        call = f"{pool}({window}, {asked})"
        return Request(kind, call, x, grad, "input", window=window, stride=stride, before=before)
    kernel, bias = draw.integers(-4, 5, (*window, channels, filters)), draw.integers(-3, 4, filters)
    name = str(draw.choice(["input", "input", "kernel", "kernel", "bias"]))
    weights = {"kernel": kernel, "bias": bias}
    call = f"Conv2D({filters}, {window}, {asked})"
    return Request(kind, call, x, grad, name, kernel, bias, window, stride, before, weights)


KINDS = ("convolution", "max pooling", "average pooling", "ReLU", "dense")


def right(one: Request) -> Array:
    """The gradient that is asked for."""
    return gradient(one, one.name)


def gradient(one: Request, name: str, **changes: Any) -> Array:
    """The gradient of one of the inputs; `changes` are what is done otherwise."""
    match one.kind, name:
        case "ReLU", _:
            return np.where(one.x > 0, one.grad, 0).astype(float)
        case "dense", _:
            return _dense(one, name)
        case "convolution", "bias":
            return np.array([one.grad[..., f].sum() for f in range(one.grad.shape[-1])], dtype=float)
        case "convolution", "kernel":
            return _kernel(one, **changes)
        case "convolution", _:
            return _scattered(one, **changes)
    return _pooled(one, **changes)


def _dense(one: Request, name: str) -> Array:
    assert one.kernel is not None
    (rows, seen), units = one.x.shape, one.grad.shape[1]
    if name == "bias":
        return np.array([sum(one.grad[r, u] for r in range(rows)) for u in range(units)], dtype=float)
    if name == "kernel":
        found = np.zeros((seen, units))
        for r in range(rows):
            for i in range(seen):
                for u in range(units):
                    found[i, u] += one.x[r, i] * one.grad[r, u]
        return found
    found = np.zeros((rows, seen))
    for r in range(rows):
        for i in range(seen):
            for u in range(units):
                found[r, i] += one.grad[r, u] * one.kernel[i, u]
    return found


def _scattered(one: Request, turned: bool = True, overwritten: bool = False) -> Array:
    """Every output cell gives its gradient, times the weights, to the cells that it was made from."""
    assert one.kernel is not None
    found = np.zeros(one.x.shape)
    height, width = one.window
    for n in range(len(one.x)):
        for i, j, cells in one.windows():
            for f in range(one.grad.shape[-1]):
                for a, b, p, q in cells:
                    for c in range(one.x.shape[-1]):
                        weight = one.kernel[a, b, c, f] if turned else one.kernel[height - 1 - a, width - 1 - b, c, f]
                        part = one.grad[n, i, j, f] * weight
                        found[n, p, q, c] = part if overwritten else found[n, p, q, c] + part
    return found


def _kernel(one: Request, images: list[int] | None = None, overwritten: bool = False) -> Array:
    """Every output cell gives each weight its gradient, times the number that the weight lay on."""
    found = np.zeros((*one.window, one.x.shape[-1], one.grad.shape[-1]))
    for n in range(len(one.x)) if images is None else images:
        for i, j, cells in one.windows():
            if overwritten:
                found[:] = 0  # the whole window is written anew
            for a, b, p, q in cells:
                for c in range(one.x.shape[-1]):
                    for f in range(one.grad.shape[-1]):
                        found[a, b, c, f] += one.grad[n, i, j, f] * one.x[n, p, q, c]
    return found


def _pooled(one: Request, overwritten: bool = False, given: str = "") -> Array:
    found = np.zeros(one.x.shape)
    for n in range(len(one.x)):
        for i, j, cells in one.windows():
            for c in range(one.x.shape[-1]):
                seen = [one.x[n, p, q, c] for _a, _b, p, q in cells]
                winner = seen.index(max(seen))
                for number, (_a, _b, p, q) in enumerate(cells):
                    if one.kind == "average pooling":
                        part = one.grad[n, i, j, c] / (1 if given == "all" else len(cells))
                    elif given == "ties":
                        part = one.grad[n, i, j, c] if seen[number] == seen[winner] else None
                    elif given == "shares":
                        share = one.grad[n, i, j, c] / seen.count(seen[winner])
                        part = share if seen[number] == seen[winner] else None
                    else:
                        part = one.grad[n, i, j, c] if number == (0 if given == "first" else winner) else None
                    if part is not None:
                        found[n, p, q, c] = part if overwritten else found[n, p, q, c] + part
    return found


def _close_together(one: Request) -> Request:
    """The windows one cell apart, as many as there are."""
    near = Request(**vars(one))
    near.stride = (1, 1)
    return near


def without_zeros(one: Request) -> Array | None:
    """The full correlation of the upstream gradient, as it is, with the turned kernel; less where there is padding."""
    if one.kind != "convolution" or one.name != "input" or one.stride == (1, 1) or one.before != (0, 0):
        return None
    if max(one.grad.shape[1:3]) == 1:
        return None  # no zeros stand between cells
    assert one.kernel is not None
    images, rows, columns, _filters = one.grad.shape
    padded = _same_after(one)
    if padded != (0, 0):
        return None
    found = np.zeros((images, rows + one.window[0] - 1, columns + one.window[1] - 1, one.x.shape[-1]))
    for n, i, j, f in np.ndindex(one.grad.shape):
        for a, b, c in np.ndindex(one.kernel.shape[:3]):
            found[n, i + a, j + b, c] += one.grad[n, i, j, f] * one.kernel[a, b, c, f]
    return found


def _same_after(one: Request) -> Cell:
    """How far the last windows reach over the end."""
    reach = [(n - 1) * s + k - p for n, s, k, p in zip(one.grad.shape[1:3], one.stride, one.window, one.before)]
    return max(reach[0] - one.x.shape[1], 0), max(reach[1] - one.x.shape[2], 0)


def zeros_in_place(one: Request) -> Array | None:
    """The same mistake in the size that is due."""
    if one.kind != "convolution" or one.name == "bias" or one.stride == (1, 1) or max(one.grad.shape[1:3]) == 1:
        return None
    return gradient(_close_together(one), one.name)


def exchanged(one: Request) -> Array | None:
    """The other of the two gradients."""
    if one.kind not in ("convolution", "dense") or one.name == "bias":
        return None
    return gradient(one, "kernel" if one.name == "input" else "input")


def _only(kind: str, name: str, **changes: Any) -> Callable[[Request], Array | None]:
    def wrong(one: Request) -> Array | None:
        return gradient(one, name, **changes) if (one.kind, one.name) == (kind, name) else None

    return wrong


def not_summed(one: Request) -> Array | None:
    """The upstream gradient itself."""
    return one.grad.astype(float) if one.name == "bias" and one.grad.size > np.size(one.bias) else None


def each_image(one: Request) -> Array | None:
    """A gradient for each image of the batch."""
    if one.name not in ("kernel", "bias") or len(one.x) == 1:
        return None
    if one.name == "bias" and one.grad.size == len(one.x) * np.size(one.bias):
        return None  # the upstream gradient itself
    if one.kind == "dense":
        return np.stack([np.outer(x, g) for x, g in zip(one.x, one.grad)]).astype(float)
    if one.name == "bias":
        return np.asarray(one.grad.sum(axis=(1, 2)), dtype=float)
    return np.stack([_kernel(one, images=[n]) for n in range(len(one.x))])


def first_image(one: Request) -> Array | None:
    """The gradient for the first image of the batch alone."""
    each = each_image(one)
    return None if each is None else each[0]


def gate(one: Request) -> Array | None:
    """What passes, by the sign of the upstream gradient."""
    return np.where(one.grad > 0, one.grad, 0).astype(float) if one.kind == "ReLU" else None


WRONG: tuple[tuple[str, Callable[[Request], Array | None]], ...] = (
    ("grad.kernel_not_turned", _only("convolution", "input", turned=False)),
    ("grad.overlap_overwritten", _only("convolution", "input", overwritten=True)),
    ("grad.overlap_overwritten", _only("convolution", "kernel", overwritten=True)),
    ("grad.overlap_overwritten", _only("max pooling", "input", overwritten=True)),
    ("grad.overlap_overwritten", _only("average pooling", "input", overwritten=True)),
    ("grad.every_tie", _only("max pooling", "input", given="ties")),
    ("grad.every_tie", _only("max pooling", "input", given="shares")),
    ("grad.first_of_window", _only("max pooling", "input", given="first")),
    ("grad.not_divided", _only("average pooling", "input", given="all")),
    ("grad.relu_by_gradient_sign", gate),
    ("grad.stride_zeros_left_out", without_zeros),
    ("grad.stride_zeros_left_out", zeros_in_place),
    ("grad.kernel_and_input_exchanged", exchanged),
    ("grad.bias_not_summed", not_summed),
    ("grad.batch_not_summed", each_image),
    ("grad.batch_not_summed", first_image),
)
"""Codes with a program for each way in which the mistake is made."""
