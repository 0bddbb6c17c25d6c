"""A large input told: processor time and memory that do not grow with it, in every format and for every question."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import numpy as np

import stepwise as sw
from stepwise.render import encode

from .measure import Row, peak_bytes

SIZE = 4000
SECONDS = 0.6
TIMES = 6
"""The most that is held at once, as a multiple of the input's own bytes."""
BACK_SECONDS = 15
"""Leading back and telling it: half of what would be refused. It grows with the input, whose whole gradients are made;
of a convolution, its gradient is also carried out as a correlation over all cells.
"""
BACK_TIMES = 10
"""There and back: input, output, upstream gradient and gradients are whole arrays, the last of them decimals."""


def large(_rounds: int) -> Iterator[Row]:
    """4000×4000 whole numbers, carried out by several layers; then told in every format, compared, and asked why."""
    for name, call in CALLS.items():
        yield from _rows(f"{name}, to text", call, lambda trace: trace.lesson().text())
    for format in ("html", "md", "tex", "typ", "pdf", "json", "csv", "npy"):
        yield from _rows(f"max pool, to {format}", POOL, lambda trace, to=format: encode(trace.lesson(), to))  # type: ignore[misc]
    yield from _rows("max pool, compared with itself", POOL, lambda trace: sw.compare(trace, trace).text())
    yield from _rows("max pool, why", POOL, lambda trace: trace.why((1, 1)).lesson().text())
    yield from _rows("max pool, its own output marked", POOL, lambda trace: sw.check(trace, trace.output).text)
    for name, call in BACK.items():
        yield from _rows(f"{name}, the way back", call, _told_back, BACK_SECONDS, BACK_TIMES)
    yield from _rows("max pool, two ways back compared", POOL, _compared_back, BACK_SECONDS, BACK_TIMES)


POOL = "MaxPool2D(2)"
CALLS = {
    "max pool": POOL,
    "mean": "AveragePooling2D(2)",
    "conv 3×3": "Conv2D(1, 3)",
    "transposed conv": "Conv2DTranspose(1, 2)",
    "padding": "ZeroPadding2D(1)",
    "ReLU": "ReLU()",
    "softmax": "Softmax()",
    "dense": "Dense(2)",
}
BACK = {
    "max pool": POOL,
    "mean": "AveragePooling2D(2)",
    "conv 3×3": "Conv2D(1, 3)",
    "depthwise 3×3": "DepthwiseConv2D(3)",
    "ReLU": "ReLU()",
    "softmax": "Softmax()",
    "batch normalisation": "BatchNormalization()",
    "dense": "Dense(2)",
}


def _led_back(trace: sw.Trace) -> sw.Backward:
    return sw.backward(trace, np.ones(trace.shape, dtype=int))


def _told_back(trace: sw.Trace) -> str:
    return _led_back(trace).lesson().text()


def _compared_back(trace: sw.Trace) -> str:
    """With itself: two that are the same everywhere, so that nothing about them is refused."""
    return sw.compare(_led_back(trace), _led_back(trace)).text()


def _rows(
    what: str, call: str, tell: Callable[[sw.Trace], object], seconds: float = SECONDS, times: float = TIMES
) -> Iterator[Row]:
    """The processor time of telling, and the most memory that carrying out and telling hold together."""
    small, x = (np.random.default_rng(0).integers(0, 256, (n, n)) for n in (8, SIZE))
    tell(sw.trace(call, small))  # modules are loaded, templates compiled
    trace = sw.trace(call, x)
    start = time.process_time()
    tell(trace)
    title = f"{SIZE}×{SIZE}, {what}"
    yield Row(title, "s", time.process_time() - start, seconds)
    del trace
    yield Row(f"{title}: memory", "input", peak_bytes(lambda: tell(sw.trace(call, x))) / x.nbytes, times)
