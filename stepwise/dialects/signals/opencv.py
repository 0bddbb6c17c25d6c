"""OpenCV's words: `cv2.filter2D(img, -1, k)`. It never turns a kernel, and sizes and anchors are (width, height).

Each function has OpenCV's own signature and defaults (5, and 4 where they agree). Numbers are carried out as decimals;
channels each alone. Where no borderType is given, the image is mirrored without its edge (BORDER_REFLECT_101). To add
one: a function, and a line in `FUNCTIONS`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...arithmetic import Array
from ...errors import CallError, shown
from ...layers.calls import Call, Name
from ...layers.dialect import Dialect
from ...layers.layer import Plan, Signature
from ...layers.words import number, whole, whole_each, yes_or_no
from ...ops import LpPool
from ...ops.pad import Mode
from .constants import constant, full_window, is_name
from .derivatives import cross, opencv_line, outer
from .edges import NOTHING, ZERO, Edge, Pads, edge, side_rule
from .filters import convolution, fixed, largest, mean, median, named_lines, passes, pooling, smallest
from .gaussians import opencv_size, opencv_weights
from .layer import Seen, Settled, SignalLayer, nowhere, opened, the_input

BORDERS = {
    "BORDER_CONSTANT": 0,
    "BORDER_REPLICATE": 1,
    "BORDER_REFLECT": 2,
    "BORDER_WRAP": 3,
    "BORDER_REFLECT_101": 4,
    "BORDER_REFLECT101": 4,
    "BORDER_DEFAULT": 4,
}
DEPTHS = {"CV_8U": 0, "CV_16U": 2, "CV_16S": 3, "CV_32F": 5, "CV_64F": 6}
DECIMALS = (-1, DEPTHS["CV_32F"], DEPTHS["CV_64F"])
CENTRE = (-1, -1)


class OpenCVLayer(SignalLayer):
    """A function of `cv2`."""

    dialect = "cv2"


def _outside(border: Any, constant_is: Edge = ZERO) -> Edge:
    """What a borderType lays around the image. Raises `CallError` for one that OpenCV's filters refuse."""
    kind = constant("borderType", border, BORDERS)
    if kind == BORDERS["BORDER_WRAP"]:  # its box blurs let it pass, for some sizes
        raise CallError("borderType=cv2.BORDER_WRAP is refused by OpenCV: its filters do not wrap an image around")
    if kind == BORDERS["BORDER_CONSTANT"]:
        return constant_is
    modes: dict[int, Mode] = {1: "replicate", 2: "symmetric", 4: "mirror"}
    return Edge(modes[kind])


def _checked(src: Any, ddepth: Any, dst: Any) -> None:
    the_input("src", src)
    nowhere("dst", dst)
    depth = -1 if ddepth == -1 else constant("ddepth", ddepth, DEPTHS)
    if depth not in DECIMALS:
        raise CallError(
            f"ddepth={shown(ddepth)} rounds every result to a whole number and cuts it off; here all is carried out as "
            "decimals, so write -1, cv2.CV_32F or cv2.CV_64F"
        )


def _size(name: str, value: Any) -> tuple[int, int]:
    """(width, height) as (rows, columns)."""
    if not isinstance(value, tuple | list) or len(value) != 2:
        raise CallError(f"{name}={shown(value)} must be (width, height), such as (3, 3)")
    width, height = whole_each(name, value, 2)
    return height, width


def _anchored(anchor: Any, size: tuple[int, ...]) -> Pads:
    """Lines around the image for the cell of the window that lies on the pixel; (-1, -1) is its middle."""
    if not isinstance(anchor, tuple | list) or len(anchor) != 2:
        raise CallError(f"anchor={shown(anchor)} must be (x, y); (-1, -1) is the middle of the window")
    places = [whole("anchor", n, least=-1) for n in anchor][::-1]
    found = tuple(k // 2 if place == -1 else place for place, k in zip(places, size))
    if any(place >= k for place, k in zip(found, size)):
        raise CallError(f"anchor={shown(anchor)} lies outside a window of {size[1]} by {size[0]}")
    return tuple((place, k - 1 - place) for place, k in zip(found, size))


def _filter(
    src: Any,
    ddepth: Any,
    kernel: Any,
    dst: Any = None,
    anchor: Any = CENTRE,
    delta: Any = 0,
    borderType: Any = BORDERS["BORDER_DEFAULT"],
) -> Plan:
    _checked(src, ddepth, dst)
    outside, added = _outside(borderType), number("delta", delta)
    weights = {"bias": np.array([added])} if added else {}

    def of(seen: Seen) -> Settled:
        pads = _anchored(anchor, seen.kernel)
        return convolution(seen.kernel, pads, outside, False, side_rule(pads, seen.kernel), weights)

    return opened(of, axes=2, kernel=kernel, name="kernel")


def _blur(
    src: Any, ksize: Any, dst: Any = None, anchor: Any = CENTRE, borderType: Any = BORDERS["BORDER_DEFAULT"]
) -> Plan:
    return _box(src, -1, ksize, dst, anchor, True, borderType)


def _box(
    src: Any,
    ddepth: Any,
    ksize: Any,
    dst: Any = None,
    anchor: Any = CENTRE,
    normalize: Any = True,
    borderType: Any = BORDERS["BORDER_DEFAULT"],
) -> Plan:
    _checked(src, ddepth, dst)
    size, outside = _size("ksize", ksize), _outside(borderType)
    pads = _anchored(anchor, size)
    if yes_or_no("normalize", normalize):
        return opened(lambda seen: mean(size, pads, outside), axes=2, channels=True)
    added = lambda windows: LpPool(windows, 1, signed=True)  # noqa: E731 - the sum of what it covers
    return opened(lambda seen: pooling(added, size, pads, outside, ZERO), axes=2, channels=True)


def _gaussian(
    src: Any,
    ksize: Any,
    sigmaX: Any,
    dst: Any = None,
    sigmaY: Any = 0,
    borderType: Any = BORDERS["BORDER_DEFAULT"],
    hint: Any = None,
) -> Plan:
    _checked(src, -1, dst)
    outside, across = _outside(borderType), number("sigmaX", sigmaX)
    down = number("sigmaY", sigmaY) or across
    if not isinstance(ksize, tuple | list) or len(ksize) != 2:
        raise CallError(f"ksize={shown(ksize)} must be (width, height), such as (3, 3), or (0, 0) to go by the sigmas")
    width, height = whole_each("ksize", ksize, 2, least=0)
    lines = []
    for name, size, sigma in (("height", height, down), ("width", width, across)):
        if not size and sigma <= 0:
            raise CallError(f"ksize={shown(ksize)} leaves the {name} to a sigma, which must be above 0 then")
        size = size or opencv_size(sigma)
        if size % 2 == 0:
            raise CallError(f"ksize={shown(ksize)}: OpenCV takes odd sizes only, so that the window has a middle")
        lines.append(opencv_weights(size, sigma))
    return opened(lambda seen: passes(named_lines(list(enumerate(lines)), 2), outside, 2), axes=2)


def _derivative_size(ksize: Any) -> int:
    size = (
        ksize if ksize == -1 else constant("ksize", ksize, {"FILTER_SCHARR": -1}) if isinstance(ksize, Name) else ksize
    )
    if size not in (-1, 1, 3, 5, 7) and not (type(size) is int and 0 < size <= 31 and size % 2):
        raise CallError(f"ksize={shown(ksize)} must be 1, 3, 5, 7, an odd number up to 31, or -1 for Scharr's kernel")
    return int(size)


def _sobel(
    src: Any,
    ddepth: Any,
    dx: Any,
    dy: Any,
    dst: Any = None,
    ksize: Any = 3,
    scale: Any = 1,
    delta: Any = 0,
    borderType: Any = BORDERS["BORDER_DEFAULT"],
) -> Plan:
    _checked(src, ddepth, dst)
    orders, size = (whole("dy", dy, 0), whole("dx", dx, 0)), _derivative_size(ksize)
    if size == -1:
        return _derived(_scharr_kernel(*orders), scale, delta, borderType)
    if not any(orders) or max(orders) >= max(size, 3):
        raise CallError(f"dx={dx} and dy={dy}: one of them must be above 0, and both below ksize={shown(ksize)}")
    sizes = [3 if size == 1 and order else size for order in orders]
    kernel = outer([opencv_line(order, n) for order, n in zip(orders, sizes)])
    return _derived(kernel, scale, delta, borderType)


def _scharr_kernel(dy: int, dx: int) -> Array:
    if dx + dy != 1:
        raise CallError(f"dx={dx} and dy={dy}: Scharr's kernel is that of one derivative, so one is 1 and the other 0")
    slope, smooth = np.array([-1, 0, 1]), np.array([3, 10, 3])
    return outer([slope, smooth] if dy else [smooth, slope])


def _scharr(
    src: Any,
    ddepth: Any,
    dx: Any,
    dy: Any,
    dst: Any = None,
    scale: Any = 1,
    delta: Any = 0,
    borderType: Any = BORDERS["BORDER_DEFAULT"],
) -> Plan:
    return _sobel(src, ddepth, dx, dy, dst, -1, scale, delta, borderType)


def _derived(kernel: Array, scale: Any, delta: Any, border: Any) -> Plan:
    """A kernel that the call brings along, scaled, and a number added at the end."""
    factor, added, outside = number("scale", scale), number("delta", delta), _outside(border)
    kernel = kernel if factor == 1 else kernel * factor
    return opened(lambda seen: fixed(kernel, outside, added), axes=2)


def _laplacian(
    src: Any,
    ddepth: Any,
    dst: Any = None,
    ksize: Any = 1,
    scale: Any = 1,
    delta: Any = 0,
    borderType: Any = BORDERS["BORDER_DEFAULT"],
) -> Plan:
    _checked(src, ddepth, dst)
    size = whole("ksize", ksize, most=31)
    if size % 2 == 0:
        raise CallError(f"ksize={shown(ksize)} must be odd, so that the kernel has a middle")
    if size == 1:
        kernel = cross(np.array([1, -2, 1]), (0, 1), 2)
    elif size == 3:
        kernel = np.array([[2, 0, 2], [0, -8, 0], [2, 0, 2]])
    else:
        second, smooth = opencv_line(2, size), opencv_line(0, size)
        kernel = np.outer(second, smooth) + np.outer(smooth, second)
    return _derived(kernel, scale, delta, borderType)


def _element(kernel: Any, iterations: Any) -> tuple[tuple[int, ...], int]:
    """The size of a full rectangle, and how often it is laid on. Raises `CallError` for one that leaves cells out."""
    times = whole("iterations", iterations, most=100)
    if kernel is None:
        return (3, 3), times
    if is_name(kernel):
        raise CallError(f"kernel={shown(kernel)}: write what it is, such as np.ones((3, 3)) or None for 3 by 3")
    return full_window("kernel", kernel, 2, "rectangle"), times


def _median(src: Any, ksize: Any, dst: Any = None) -> Plan:
    _checked(src, -1, dst)
    size = whole("ksize", ksize)
    if size not in (1, 3, 5):
        raise CallError(f"ksize={shown(ksize)}: OpenCV takes the median of decimals over 3 or 5 pixels each way")
    pads = ((size // 2, size // 2),) * 2
    return opened(lambda seen: median((size, size), pads, Edge("replicate")), axes=2, channels=True)


def _morphed(pool: Any) -> Signature:
    def function(
        src: Any,
        kernel: Any,
        dst: Any = None,
        anchor: Any = CENTRE,
        iterations: Any = 1,
        borderType: Any = BORDERS["BORDER_CONSTANT"],
        borderValue: Any = None,
    ) -> Plan:
        _checked(src, -1, dst)
        size, times = _element(kernel, iterations)
        value = (
            NOTHING if borderValue is None or _is_default(borderValue) else edge("constant", borderValue, "borderValue")
        )
        outside = _outside(borderType, value)
        pads = tuple((a * times, b * times) for a, b in _anchored(anchor, size))  # as OpenCV does it: one larger window
        window = tuple((n - 1) * times + 1 for n in size)
        return opened(lambda seen: pool(window, pads, outside), axes=2, channels=True)

    return function


def _is_default(value: Any) -> bool:
    """`cv2.morphologyDefaultBorderValue()`: what never counts."""
    return isinstance(value, Call) and value.name == "morphologyDefaultBorderValue"


FUNCTIONS: dict[str, Signature] = {
    "filter2D": _filter,
    "blur": _blur,
    "boxFilter": _box,
    "GaussianBlur": _gaussian,
    "Sobel": _sobel,
    "Scharr": _scharr,
    "Laplacian": _laplacian,
    "dilate": _morphed(largest),
    "erode": _morphed(smallest),
    "medianBlur": _median,
}

library = Dialect("cv2", OpenCVLayer, FUNCTIONS)
