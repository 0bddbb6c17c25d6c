"""scikit-image's words, where they are these: `skimage.filters.sobel_h(img)`, `gaussian`, `laplace`.

Each function has scikit-image's own signature and defaults (0.26). Its kernels of derivatives are divided by their sum,
and point the other way than OpenCV's. To add one: a function, and a line in `FUNCTIONS`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...errors import CallError, shown
from ...layers.dialect import Dialect
from ...layers.layer import Plan, Signature
from ...layers.words import number, one_of, yes_or_no
from .constants import full_window
from .derivatives import across
from .edges import NDIMAGE, edge
from .filters import centred, each_number, fixed, median, named_lines, passes
from .gaussians import radius_of, weights
from .layer import Seen, Settled, SignalLayer, nowhere, opened, the_input

SMOOTHING = {"sobel": (1, 2, 1), "prewitt": (1, 1, 1), "scharr": (3, 10, 3)}


class ScikitImageLayer(SignalLayer):
    """A function of `skimage.filters`."""

    dialect = "skimage.filters"


def _along(smoothing: tuple[int, ...], axis: int) -> Signature:
    """`sobel_h` looks for horizontal edges: its derivative goes down the columns."""

    def function(image: Any, mask: Any = None) -> Plan:
        return _slope(smoothing, image, mask, axis, "reflect", 0.0)

    return function


def _any(smoothing: tuple[int, ...]) -> Signature:
    def function(image: Any, mask: Any = None, axis: Any = None, mode: Any = "reflect", cval: Any = 0.0) -> Plan:
        if axis not in (0, 1):
            raise CallError(
                f"axis={shown(axis)}: without an axis it joins both derivatives; write axis=0 or axis=1, or join two "
                "calls with np.hypot(…, …)"
            )
        return _slope(smoothing, image, mask, axis, mode, cval)

    return function


def _slope(smoothing: tuple[int, ...], image: Any, mask: Any, axis: int, mode: Any, cval: Any) -> Plan:
    the_input("image", image)
    if mask is not None:
        raise CallError(f"mask={shown(mask)} would set results to 0; leave it out")
    outside = edge(one_of("mode", mode, NDIMAGE), cval, "cval")
    kernel = across(np.array([-1, 0, 1]), np.array(smoothing) / sum(smoothing), axis, 2)  # turned already
    return opened(lambda seen: fixed(kernel, outside), axes=2)


def _gaussian(
    image: Any,
    sigma: Any = 1.0,
    mode: Any = "nearest",
    cval: Any = 0,
    preserve_range: Any = False,
    truncate: Any = 4.0,
    channel_axis: Any = None,
    out: Any = None,
) -> Plan:
    the_input("image", image)
    nowhere("out", out)
    nowhere("channel_axis", channel_axis)
    yes_or_no("preserve_range", preserve_range)
    outside, cut = edge(one_of("mode", mode, NDIMAGE), cval, "cval"), number("truncate", truncate, least=0)

    def of(seen: Seen) -> Settled:
        spread = each_number("sigma", sigma, seen.ndim)
        lines = [(axis, weights(s, radius_of(s, cut))) for axis, s in enumerate(spread)]
        return passes(named_lines(lines, seen.ndim), outside, seen.ndim)

    return opened(of)


def _laplace(image: Any, ksize: Any = 3, mask: Any = None) -> Plan:
    the_input("image", image)
    if ksize != 3 or mask is not None:
        raise CallError("laplace is carried out with ksize=3 and without a mask")
    kernel = np.array([[0, -1, 0], [-1, 4, -1], [0, -1, 0]])
    return opened(lambda seen: fixed(kernel, edge("symmetric", 0, "")), axes=2)


def _median(
    image: Any,
    footprint: Any = None,
    out: Any = None,
    mode: Any = "nearest",
    cval: Any = 0.0,
    behavior: Any = "ndimage",
) -> Plan:
    the_input("image", image)
    nowhere("out", out)
    if behavior != "ndimage":
        raise CallError(f"behavior={shown(behavior)} is not carried out; it is 'ndimage'")
    size = (3, 3) if footprint is None else full_window("footprint", footprint, 2)
    outside = edge(one_of("mode", mode, NDIMAGE), cval, "cval")
    return opened(lambda seen: median(size, centred(size, (0, 0)), outside), axes=2)


FUNCTIONS: dict[str, Signature] = {
    **{name: _any(line) for name, line in SMOOTHING.items()},
    **{f"{name}_h": _along(line, 0) for name, line in SMOOTHING.items()},
    **{f"{name}_v": _along(line, 1) for name, line in SMOOTHING.items()},
    "gaussian": _gaussian,
    "laplace": _laplace,
    "median": _median,
}

library = Dialect("skimage.filters", ScikitImageLayer, FUNCTIONS)
