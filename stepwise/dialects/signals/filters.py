"""What the calls of all libraries come to: padding, a kernel, and a convolution or a pooling over the windows."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from ...arithmetic import Array
from ...errors import CallError, shown
from ...geometry import Rule, Sliding
from ...layers.layer import Stage
from ...layers.words import LARGEST, number, whole
from ...ops import Conv, MaxPool, MeanPool, MedianPool, MinPool
from ...ops.windows import WindowOperation
from .edges import NOTHING, ZERO, Edge, Pads, framed, padding, side_rule
from .layer import LAYOUT, TURNED, Settled


def fixed(kernel: Array, outside: Edge, added: float = 0.0) -> Settled:
    """A kernel that the call brings along, its middle on every cell, and a number added at the end."""
    pads = centred(kernel.shape, (0,) * kernel.ndim)
    weights = {"kernel": kernel} | ({"bias": np.array([added])} if added else {})
    return convolution(kernel.shape, pads, outside, False, side_rule(pads, kernel.shape), weights)


MOST_WRITTEN = 9
"""Cells of a kernel of a call's own that are written in the call of its stage."""
VALID = {False: "correlate", True: "convolve"}


def convolution(
    window: Sequence[int],
    pads: Pads,
    outside: Edge,
    turned: bool,
    rule: Rule = "explicit",
    weights: Mapping[str, Array] | None = None,
) -> Settled:
    """Padding, and a kernel laid on the data: turned by half a turn first, or as it stands."""
    added, windows = framed(window, pads, outside, ZERO, rule)
    names = {"kernel": "kernel"} | ({"bias": "bias"} if weights and "bias" in weights else {})
    own = (weights or {}).get("kernel")
    kernel = own.tolist() if own is not None and own.size <= MOST_WRITTEN else "k"
    alone = f"scipy.signal.{VALID[turned]}(x, {kernel}, mode='valid')" if added else ""
    stage = Stage(Conv(windows, 1), names, call=alone)
    return Settled((*added, stage), TURNED if turned else LAYOUT, dict(weights or {}))


def passes(lines: Mapping[str, tuple[int, Array]], outside: Edge, ndim: int, each: bool = False) -> Settled:
    """One line of weights after the other, each along its own axis.

    What lies outside is added before the first, or before `each`, along its own axis: with weights that add up to 1
    both come to the same.
    """
    reach = {axis: (len(line) // 2, len(line) // 2) for axis, line in lines.values()}
    stages: list[Stage] = []
    weights = {}
    for number_, (name, (axis, line)) in enumerate(lines.items()):
        shape = tuple(len(line) if a == axis else 1 for a in range(ndim))
        if each or not number_:
            pads = tuple(reach.get(a, (0, 0)) if not each or a == axis else (0, 0) for a in range(ndim))
            stages += [padding(pads, outside)] if any(map(any, pads)) else []
        call = f"scipy.signal.correlate(x, {name}, mode='valid')"
        stages.append(Stage(Conv(Sliding(shape, (1,) * ndim, "valid"), 1), {"kernel": name}, call=call))
        weights[name] = line.reshape(shape)
    return Settled(tuple(stages), LAYOUT, weights)


def pooling(
    pool: Callable[[Sliding], WindowOperation], window: Sequence[int], pads: Pads, outside: Edge, own: Edge
) -> Settled:
    """Padding, and a pooling whose windows are one cell apart."""
    added, windows = framed(window, pads, outside, own, side_rule(pads, window))
    return Settled((*added, Stage(pool(windows))))


def mean(window: Sequence[int], pads: Pads, outside: Edge) -> Settled:
    """A box blur: the mean of what the window covers; zeros outside count."""
    return pooling(partial(_counting, outside), window, pads, outside, ZERO)


def _counting(outside: Edge, windows: Sliding) -> MeanPool:
    return MeanPool(windows, counts_padding=outside.is_zero and windows.padding != "valid")


def largest(window: Sequence[int], pads: Pads, outside: Edge) -> Settled:
    """The largest of what the window covers; where nothing lies outside, it never wins."""
    return pooling(MaxPool, window, pads, outside, NOTHING)


def smallest(window: Sequence[int], pads: Pads, outside: Edge) -> Settled:
    """The smallest of what the window covers; where nothing lies outside, it never wins."""
    return pooling(MinPool, window, pads, outside, NOTHING)


def median(window: Sequence[int], pads: Pads, outside: Edge) -> Settled:
    """The number in the middle of what the window covers, in order. Raises `CallError` for an even number of cells."""
    cells = math.prod(window)
    if cells % 2 == 0:
        raise CallError(
            f"a window of {' × '.join(map(str, window))} has {cells} cells and no number in the middle; take odd sizes"
        )
    return pooling(MedianPool, window, pads, outside, NOTHING)


def centred(sizes: Sequence[int], origins: Sequence[int], upper: bool = False) -> Pads:
    """Lines before and after for an output as large as the input: windows around their cell, shifted by an origin.

    Of an even window, the odd line goes before, or after where it is the `upper` one.
    """
    middles = [((n - 1) // 2 if upper else n // 2) + o for n, o in zip(sizes, origins)]
    return tuple((middle, n - 1 - middle) for middle, n in zip(middles, sizes))


def per_axis(name: str, value: Any, ndim: int, least: int = 1) -> tuple[int, ...]:
    """A whole number for each axis, from one for all or one for each. Raises `CallError`."""
    if not isinstance(value, tuple | list):
        return (whole(name, value, least),) * ndim
    if len(value) != ndim:
        raise CallError(f"{name}={shown(value)} has {len(value)} entries, and there are {ndim} axes here")
    return tuple(whole(name, n, least) for n in value)


def origins_of(value: Any, sizes: Sequence[int], sign: int = 1) -> tuple[int, ...]:
    """`origin`, by which a window is shifted along each axis; it must stay over its cell (SciPy's rule)."""
    found = per_axis("origin", value, len(sizes), least=-LARGEST)
    for o, n in zip(found, sizes):
        if not -(n // 2) <= o <= (n - 1) // 2:
            raise CallError(
                f"origin={shown(value)} shifts a window of {n} off its cell; SciPy takes {-(n // 2)} to {(n - 1) // 2}"
            )
    return tuple(sign * o for o in found)


def axes_of(value: Any, ndim: int, name: str = "axes") -> tuple[int, ...]:
    """The axes that are meant, counted from 0; None for all. Raises `CallError` for one that there is not."""
    if value is None:
        return tuple(range(ndim))
    found = []
    for axis in value if isinstance(value, tuple | list) else (value,):
        number = whole(name, axis, least=-LARGEST)
        if not -ndim <= number < ndim:
            raise CallError(f"{name}={shown(value)} names an axis that an input of {ndim} axes does not have")
        found.append(number % ndim)
    if len(set(found)) < len(found):
        raise CallError(f"{name}={shown(value)} names an axis twice")
    return tuple(found)


def along(axes: Sequence[int], values: Sequence[int], ndim: int, other: int) -> tuple[int, ...]:
    """Numbers that are given for some axes, with another number for the rest."""
    given = dict(zip(axes, values))
    return tuple(given.get(axis, other) for axis in range(ndim))


def each_number(name: str, value: Any, count: int, least: float = 0) -> tuple[float, ...]:
    """A number for each axis, from one for all or one for each. Raises `CallError`."""
    if not isinstance(value, tuple | list):
        return (number(name, value, least),) * count
    if len(value) != count:
        raise CallError(f"{name}={shown(value)} has {len(value)} entries, and there are {count} axes here")
    return tuple(number(name, one, least) for one in value)


def named_lines(lines: Sequence[tuple[int, Array]], ndim: int) -> dict[str, tuple[int, Array]]:
    """Lines of weights by what they run along: down the columns, across the rows."""
    names = ("through", "down", "across")[-ndim:] if ndim > 1 else ("line",)
    return {names[axis]: (axis, line) for axis, line in lines}
