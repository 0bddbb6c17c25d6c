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


def large(_rounds: int) -> Iterator[Row]:
    """4000×4000 whole numbers, carried out by several layers; then told in every format, compared, and asked why."""
    for name, call in CALLS.items():
        yield from _rows(f"{name}, to text", call, lambda trace: trace.lesson().text())
    for format in ("html", "md", "tex", "typ", "pdf", "json", "csv", "npy"):
        yield from _rows(f"max pool, to {format}", POOL, lambda trace, to=format: encode(trace.lesson(), to))  # type: ignore[misc]
    yield from _rows("max pool, compared with itself", POOL, lambda trace: sw.compare(trace, trace).text())
    yield from _rows("max pool, why", POOL, lambda trace: trace.why((1, 1)).lesson().text())
    yield from _rows("max pool, its own output marked", POOL, lambda trace: sw.check(trace, trace.output).text)


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


def _rows(what: str, call: str, tell: Callable[[sw.Trace], object]) -> Iterator[Row]:
    """The processor time of telling, and the most memory that carrying out and telling hold together."""
    small, x = (np.random.default_rng(0).integers(0, 256, (n, n)) for n in (8, SIZE))
    tell(sw.trace(call, small))  # modules are loaded, templates compiled
    trace = sw.trace(call, x)
    start = time.process_time()
    tell(trace)
    title = f"{SIZE}×{SIZE}, {what}"
    yield Row(title, "s", time.process_time() - start, SECONDS)
    del trace
    yield Row(f"{title}: memory", "input", peak_bytes(lambda: tell(sw.trace(call, x))) / x.nbytes, TIMES)
