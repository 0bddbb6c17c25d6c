"""SciPy's words for images of any number of axes: `scipy.ndimage.convolve(x, k, mode='reflect')`.

Each function has SciPy's own signature and defaults (1.17). What SciPy calls reflect repeats the edge; its mirror does
not. To add a function: it, and a line in `FUNCTIONS`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...errors import CallError, shown
from ...layers.dialect import Dialect
from ...layers.layer import Plan, Signature
from ...layers.words import LARGEST, number, one_of
from .constants import full_window
from .derivatives import DIFFERENCE, SECOND, across, cross
from .edges import NDIMAGE, Edge, Pads, edge, side_rule
from .filters import (
    along,
    axes_of,
    centred,
    convolution,
    each_number,
    fixed,
    largest,
    mean,
    median,
    named_lines,
    origins_of,
    passes,
    per_axis,
    smallest,
)
from .gaussians import radius_of, weights
from .layer import Seen, Settled, SignalLayer, nowhere, opened, the_input

LEAST_SIGMA = 1e-15
"""A Gaussian that is no wider leaves its axis out."""


class SciPyImageLayer(SignalLayer):
    """A function of `scipy.ndimage`."""

    dialect = "scipy.ndimage"


def _outside(mode: Any, cval: Any) -> Edge:
    return edge(one_of("mode", mode, NDIMAGE), cval, "cval")


def _laid(seen: Seen, outside: Edge, origin: Any, turned: bool) -> Settled:
    """A kernel around every cell, its middle on it; of an even one, the cell after the middle (turned: before it)."""
    origins = origins_of(origin, seen.kernel, -1 if turned else 1)
    pads = centred(seen.kernel, origins, upper=turned)
    return convolution(seen.kernel, pads, outside, turned, side_rule(pads, seen.kernel))


def _weighted(turned: bool) -> Signature:
    def function(
        input: Any,
        weights: Any,
        output: Any = None,
        mode: Any = "reflect",
        cval: Any = 0.0,
        origin: Any = 0,
        axes: Any = None,
    ) -> Plan:
        the_input("input", input)
        nowhere("output", output)
        outside = _outside(mode, cval)
        if axes is not None:
            raise CallError("axes is not carried out here; give a kernel with as many axes as the input")
        return opened(lambda seen: _laid(seen, outside, origin, turned), kernel=weights, name="weights")

    return function


def _weighted_along_one(turned: bool) -> Signature:
    def function(
        input: Any,
        weights: Any,
        axis: Any = -1,
        output: Any = None,
        mode: Any = "reflect",
        cval: Any = 0.0,
        origin: Any = 0,
    ) -> Plan:
        the_input("input", input)
        nowhere("output", output)
        outside = _outside(mode, cval)

        def of(seen: Seen) -> Settled:
            [along_axis] = axes_of(axis, seen.ndim, "axis")
            size = along((along_axis,), (seen.kernel[0],), seen.ndim, 1)
            shift = origins_of(origin, seen.kernel[:1], -1 if turned else 1)
            pads = centred(size, along((along_axis,), shift, seen.ndim, 0), upper=turned)
            return convolution(size, pads, outside, turned, side_rule(pads, size))

        return opened(of, kernel=weights, name="weights", line=True)

    return function


def _pooled(pool: Callable[[tuple[int, ...], Pads, Edge], Settled], along_one: bool = False) -> Signature:
    """A filter that looks at all cells of its window alike."""

    def plan(input: Any, size: Any, axes: Any, output: Any, mode: Any, cval: Any, origin: Any) -> Plan:
        the_input("input", input)
        nowhere("output", output)
        outside = _outside(mode, cval)

        def of(seen: Seen) -> Settled:
            chosen = axes_of(axes, seen.ndim, "axis" if along_one else "axes")
            sizes = per_axis("size", size, len(chosen))
            shifts = per_axis("origin", origin, len(chosen), least=-LARGEST)
            if pool is not median:  # SciPy leaves an axis out along which the window has one cell
                shifts = tuple(0 if n == 1 else o for o, n in zip(shifts, sizes))
            origins = origins_of(shifts, sizes)
            window = along(chosen, sizes, seen.ndim, 1)
            return pool(window, centred(window, along(chosen, origins, seen.ndim, 0)), outside)

        return opened(of)

    def by_size(
        input: Any,
        size: Any = None,
        footprint: Any = None,
        output: Any = None,
        mode: Any = "reflect",
        cval: Any = 0.0,
        origin: Any = 0,
        axes: Any = None,
    ) -> Plan:
        if footprint is not None:
            size = full_window("footprint", footprint)
        if size is None:
            raise CallError("size must be given: the window's length, one number or one for each axis")
        return plan(input, size, axes, output, mode, cval, origin)

    def by_axis(
        input: Any,
        size: Any,
        axis: Any = -1,
        output: Any = None,
        mode: Any = "reflect",
        cval: Any = 0.0,
        origin: Any = 0,
    ) -> Plan:
        return plan(input, size, axis, output, mode, cval, origin)

    return by_axis if along_one else by_size


def _uniform(
    input: Any,
    size: Any = 3,
    output: Any = None,
    mode: Any = "reflect",
    cval: Any = 0.0,
    origin: Any = 0,
    axes: Any = None,
) -> Plan:
    return _pooled(mean)(input, size, None, output, mode, cval, origin, axes)


def _gaussian(
    input: Any,
    sigma: Any,
    order: Any = 0,
    output: Any = None,
    mode: Any = "reflect",
    cval: Any = 0.0,
    truncate: Any = 4.0,
    radius: Any = None,
    axes: Any = None,
) -> Plan:
    the_input("input", input)
    nowhere("output", output)
    outside, cut = _outside(mode, cval), number("truncate", truncate, least=0)
    if order != 0:
        raise CallError(f"order={shown(order)} asks for a derivative of a Gaussian; only order=0 is carried out")

    def of(seen: Seen) -> Settled:
        chosen = axes_of(axes, seen.ndim)
        spread = each_number("sigma", sigma, len(chosen))
        reach = [radius_of(s, cut) for s in spread]
        if radius is not None:
            reach = list(per_axis("radius", radius, len(chosen), least=0))
        lines = [(axis, weights(s, r)) for axis, s, r in zip(chosen, spread, reach) if s > LEAST_SIGMA]
        return passes(named_lines(lines or [(0, weights(0, 0))], seen.ndim), outside, seen.ndim)

    return opened(of)


def _gaussian_along_one(
    input: Any,
    sigma: Any,
    axis: Any = -1,
    order: Any = 0,
    output: Any = None,
    mode: Any = "reflect",
    cval: Any = 0.0,
    truncate: Any = 4.0,
    radius: Any = None,
) -> Plan:
    if not number("sigma", sigma, least=0):
        raise CallError("sigma=0 leaves no Gaussian: SciPy divides by it; give one above 0")
    return _gaussian(input, sigma, order, output, mode, cval, truncate, radius, axis)


def _derivative(smoothing: list[int]) -> Signature:
    def function(input: Any, axis: Any = -1, output: Any = None, mode: Any = "reflect", cval: Any = 0.0) -> Plan:
        the_input("input", input)
        nowhere("output", output)
        outside = _outside(mode, cval)

        def of(seen: Seen) -> Settled:
            [chosen] = axes_of(axis, seen.ndim, "axis")
            smooth = np.array(smoothing)
            if outside.mode == "constant" and outside.value:
                others = [(axis, smooth) for axis in range(seen.ndim) if axis != chosen]
                lines = named_lines([(chosen, DIFFERENCE), *others], seen.ndim)
                return passes(lines, outside, seen.ndim, each=True)
            return fixed(across(DIFFERENCE, smooth, chosen, seen.ndim), outside)

        return opened(of)

    return function


def _laplace(input: Any, output: Any = None, mode: Any = "reflect", cval: Any = 0.0, axes: Any = None) -> Plan:
    the_input("input", input)
    nowhere("output", output)
    outside = _outside(mode, cval)
    return opened(lambda seen: fixed(cross(SECOND, axes_of(axes, seen.ndim), seen.ndim), outside))


FUNCTIONS: dict[str, Signature] = {
    "convolve": _weighted(turned=True),
    "correlate": _weighted(turned=False),
    "convolve1d": _weighted_along_one(turned=True),
    "correlate1d": _weighted_along_one(turned=False),
    "uniform_filter": _uniform,
    "uniform_filter1d": _pooled(mean, along_one=True),
    "maximum_filter": _pooled(largest),
    "maximum_filter1d": _pooled(largest, along_one=True),
    "minimum_filter": _pooled(smallest),
    "minimum_filter1d": _pooled(smallest, along_one=True),
    "median_filter": _pooled(median),
    "gaussian_filter": _gaussian,
    "gaussian_filter1d": _gaussian_along_one,
    "sobel": _derivative([1, 2, 1]),
    "prewitt": _derivative([1, 1, 1]),
    "laplace": _laplace,
}

library = Dialect("scipy.ndimage", SciPyImageLayer, FUNCTIONS)
