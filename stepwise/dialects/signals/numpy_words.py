"""NumPy's words: `np.convolve(x, k, mode='full')`, `np.correlate`, `np.pad`.

Each function has NumPy's own signature and defaults (2). To add one: a function, and a line in `FUNCTIONS`.
"""

from __future__ import annotations

from typing import Any

from ...errors import CallError, shown
from ...layers.dialect import Dialect
from ...layers.layer import Plan, Signature
from ...layers.words import LARGEST, one_of, whole
from .edges import NUMPY, ZERO, edge, padding
from .filters import convolution
from .layer import LAYOUT, Seen, Settled, SignalLayer, opened, the_input
from .scipy_signal import MODES, slid


class NumPyLayer(SignalLayer):
    """A function of `numpy`."""

    dialect = "numpy"


def _slid(seen: Seen, mode: str, turned: bool) -> Settled:
    """As SciPy has it, but `same` is as long as the longer of the two."""
    [n], [k] = seen.sizes, seen.kernel
    if mode != "same" or not isinstance(n, int) or k <= n:
        return slid(seen, mode, ZERO, turned)
    first = (n - 1) // 2 if turned else n // 2  # of the places of full mode, so many are left out at the start
    return convolution((k,), ((k - 1 - first, k - n + first),), ZERO, turned)


def _convolve(a: Any, v: Any, mode: Any = "full") -> Plan:
    the_input("a", a)
    word = one_of("mode", mode, {m: m for m in MODES})
    return opened(lambda seen: _slid(seen, word, turned=True), axes=1, kernel=v, name="v")


def _correlate(a: Any, v: Any, mode: Any = "valid") -> Plan:
    the_input("a", a)
    word = one_of("mode", mode, {m: m for m in MODES})
    return opened(lambda seen: _slid(seen, word, turned=False), axes=1, kernel=v, name="v")


def _pad(array: Any, pad_width: Any, mode: Any = "constant", constant_values: Any = 0) -> Plan:
    the_input("array", array)
    outside = edge(one_of("mode", mode, NUMPY), constant_values, "constant_values")
    given = pad_width if isinstance(pad_width, tuple | list) else (pad_width,)

    def of(seen: Seen) -> Settled:
        pairs = given if any(isinstance(one, tuple | list) for one in given) else (given,)
        pairs = pairs * seen.ndim if len(pairs) == 1 else pairs
        if len(pairs) != seen.ndim or not all(isinstance(pair, tuple | list) and 1 <= len(pair) <= 2 for pair in pairs):
            raise CallError(f"pad_width={shown(pad_width)} is no (before, after) for each of {seen.ndim} axes")
        lines = [tuple(whole("pad_width", n, 0, LARGEST) for n in pair) for pair in pairs]
        return Settled((padding(tuple((line[0], line[-1]) for line in lines), outside),), LAYOUT)

    return opened(of)


FUNCTIONS: dict[str, Signature] = {"convolve": _convolve, "correlate": _correlate, "pad": _pad}

library = Dialect("numpy", NumPyLayer, FUNCTIONS)
