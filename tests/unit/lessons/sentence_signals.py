"""Calls of images and signals whose lessons together say every sentence of these: see `sentence_requests.py`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import stepwise as sw
from tests.unit.lessons.sentence_marks import said

IMAGE = np.arange(16.0).reshape(4, 4) ** 2
LINE = [1, 4, 2, 3]
BLOCK = np.arange(12.0).reshape(2, 3, 2)
EVEN = [[1, 2], [3, 5]]


def _lesson(call: str, x: Any, **given: Any) -> Callable[[], str]:
    def told() -> str:
        trace = sw.trace(call, x, **given)
        return "\n".join((said(trace.lesson()), *(axis.padding.reason for axis in trace.geometry.axes)))

    return told


def _compared(a: str, b: str, x: Any, kernel: Any) -> Callable[[], str]:
    return lambda: said(sw.compare(sw.trace(a, x, kernel=kernel), sw.trace(b, x, kernel=kernel)))


SIGNALS: dict[str, Callable[[], str]] = {
    "signal full": _lesson("np.convolve(x, k)", LINE, kernel=[1, 2]),
    "signal not turned": _lesson("np.correlate(x, k, 'full')", LINE, kernel=[1, 2]),
    "signal the same when turned": _lesson("np.convolve(x, k, 'valid')", LINE, kernel=[1, 2, 1]),
    "image convolved": _lesson("scipy.signal.convolve2d(x, k, 'same')", IMAGE, kernel=EVEN),
    "image correlated": _lesson("scipy.signal.correlate2d(x, k, 'same')", IMAGE, kernel=EVEN),
    "block convolved": _lesson("scipy.signal.convolve(x, k, 'valid')", BLOCK, kernel=np.arange(4).reshape(2, 2, 1)),
    "edge mirrored": _lesson("np.pad(x, 1, mode='reflect')", IMAGE),
    "edge twice": _lesson("np.pad(x, 1, mode='symmetric')", IMAGE),
    "edge repeated": _lesson("np.pad(x, 1, mode='edge')", IMAGE),
    "edge wrapped": _lesson("np.pad(x, 1, mode='wrap')", IMAGE),
    "edge of one number": _lesson("np.pad(x, 1, constant_values=7)", IMAGE),
    "edges joined": _lesson("np.hypot(ndimage.sobel(x, axis=0), ndimage.sobel(x))", IMAGE[:3, :3]),
    "turned or not": _compared("scipy.signal.convolve2d(x, k, 'valid')", "nn.Conv2d(1, 1, 2)", IMAGE, EVEN),
    "edge twice or 0": _compared("ndimage.correlate(x, k)", "nn.Conv2d(1, 1, 3, padding=1)", IMAGE, np.eye(3) * 2),
}
