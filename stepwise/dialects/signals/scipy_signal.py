"""SciPy's words for signals: `scipy.signal.convolve2d(x, k, mode='same')`. Convolution turns the kernel by half a turn.

Each function has SciPy's own signature and defaults (1.17). To add one: a function, and a line in `FUNCTIONS`.
"""

from __future__ import annotations

from typing import Any

from ...errors import ShapeError
from ...layers.dialect import Dialect
from ...layers.layer import Plan, Signature
from ...layers.words import one_of
from .edges import BOUNDARIES, ZERO, Edge, Pads, edge, side_rule
from .filters import centred, convolution
from .layer import Seen, Settled, SignalLayer, opened, the_input

MODES = ("full", "same", "valid")


class SciPySignalLayer(SignalLayer):
    """A function of `scipy.signal`."""

    dialect = "scipy.signal"


def slid(seen: Seen, mode: str, outside: Edge, turned: bool, upper: bool = False) -> Settled:
    """A kernel laid on data at every place that the mode keeps.

    full    wherever they share a cell: the kernel's size less one is added on each side
    same    as many places as the data has cells, around the middle of those
    valid   where one of the two covers the other, so that nothing is added around the longer one
    """
    if mode == "valid":
        return convolution(seen.kernel, inside(seen), ZERO, turned)
    if mode == "full":
        return convolution(seen.kernel, tuple((k - 1, k - 1) for k in seen.kernel), outside, turned, "full")
    pads = centred(seen.kernel, (0,) * seen.ndim, upper)
    return convolution(seen.kernel, pads, outside, turned, side_rule(pads, seen.kernel))


def inside(seen: Seen) -> Pads:
    """What valid mode adds: nothing, or where the kernel is the longer, so much that it covers all of the data.

    Raises `ShapeError` where each is the longer along some axis.
    """
    longer = [k - n if isinstance(n, int) and k > n else 0 for k, n in zip(seen.kernel, seen.sizes)]
    shorter = [isinstance(n, int) and k < n for k, n in zip(seen.kernel, seen.sizes)]
    if any(longer) and any(shorter):
        raise ShapeError(
            f"mode='valid' takes an input and a kernel of which one is at least as large as the other along every "
            f"axis; these have the sizes {seen.sizes} and {seen.kernel}"
        )
    return tuple((n, n) for n in longer)


def _along_all(turned: bool) -> Signature:
    def function(in1: Any, in2: Any, mode: Any = "full", method: Any = "auto") -> Plan:
        the_input("in1", in1)
        word = one_of("mode", mode, {m: m for m in MODES})
        one_of("method", method, {m: m for m in ("auto", "direct", "fft")})  # all give the same
        return opened(lambda seen: slid(seen, word, ZERO, turned), kernel=in2, name="in2")

    return function


def _along_two(turned: bool) -> Signature:
    def function(in1: Any, in2: Any, mode: Any = "full", boundary: Any = "fill", fillvalue: Any = 0) -> Plan:
        the_input("in1", in1)
        word = one_of("mode", mode, {m: m for m in MODES})
        outside = edge(one_of("boundary", boundary, BOUNDARIES), fillvalue, "fillvalue")
        return opened(lambda seen: slid(seen, word, outside, turned, upper=not turned), axes=2, kernel=in2, name="in2")

    return function


FUNCTIONS: dict[str, Signature] = {
    "convolve": _along_all(turned=True),
    "correlate": _along_all(turned=False),
    "convolve2d": _along_two(turned=True),
    "correlate2d": _along_two(turned=False),
}

library = Dialect("scipy.signal", SciPySignalLayer, FUNCTIONS)
