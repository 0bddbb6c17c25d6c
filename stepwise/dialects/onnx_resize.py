"""ONNX's operators that resize images, and those that move numbers between channels and space. To add one: a function,
and a line in `RESIZING`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from ..errors import CallError, shown
from ..layers.layer import Plan
from ..layers.words import one_of, positive, whole, yes_or_no
from ..ops import DepthToSpace, Linear, Nearest, SpaceToDepth
from ..ops.blocks import Order
from ..ops.coordinates import HALF, Coordinates, Rounding
from .onnx_folds import axes_of
from .onnx_node import Node, single

ORDERS: dict[str, Order] = {"dcr": "depth first", "crd": "column first"}
WAYS = {"nearest": "nearest", "linear": "linear", "bilinear": "linear", "cubic": "cubic"}
PLACES: dict[str, Coordinates | None] = {
    "half_pixel": "half_pixel",
    "half_pixel_symmetric": "half_pixel_symmetric",
    "pytorch_half_pixel": "pytorch_half_pixel",
    "align_corners": "align_corners",
    "asymmetric": "asymmetric",
    "tf_half_pixel_for_nn": "tf_half_pixel_for_nn",
    "tf_crop_and_resize": None,
}
POLICIES: dict[str, Callable[[Iterable[Fraction]], Fraction] | None] = {
    "stretch": None,
    "not_larger": min,
    "not_smaller": max,
}
"""Which of the scales that the sizes ask for along each axis is taken for all of them."""
ROUNDINGS: dict[str, Rounding] = {
    "round_prefer_floor": "round_prefer_floor",
    "round_prefer_ceil": "round_prefer_ceil",
    "floor": "floor",
    "ceil": "ceil",
}


def _depth_to_space(node: Node, blocksize: Any, mode: Any = "DCR") -> Plan:
    return single(DepthToSpace(whole("blocksize", blocksize), one_of("mode", mode, ORDERS)))


def _space_to_depth(node: Node, blocksize: Any, mode: Any = "DCR") -> Plan:
    return single(SpaceToDepth(whole("blocksize", blocksize), one_of("mode", mode, ORDERS)))


def _resize(
    node: Node,
    antialias: Any = 0,
    axes: Any = None,
    coordinate_transformation_mode: Any = "half_pixel",
    cubic_coeff_a: Any = -0.75,
    exclude_outside: Any = 0,
    extrapolation_value: Any = 0.0,
    keep_aspect_ratio_policy: Any = "stretch",
    mode: Any = "nearest",
    nearest_mode: Any = "round_prefer_floor",
    scales: Any = None,
    sizes: Any = None,
) -> Plan:
    """`scales` and `sizes` are inputs in ONNX; a call that is written down may give them here."""
    if yes_or_no("antialias", antialias):
        raise CallError("antialias=1 is not carried out here; every cell is made from those nearest to it")
    coordinates = one_of("coordinate_transformation_mode", coordinate_transformation_mode, PLACES)
    if coordinates is None:
        raise CallError("tf_crop_and_resize is not carried out; cut the region out first, and resize that")
    old = node.opset < 11  # the places were i·n/m, and what lay nearest was rounded down
    given = node.numbers(1 if old else 2, "scales") if scales is None else scales
    wanted = node.wholes(3, "sizes") if sizes is None else sizes
    return _resized(
        node,
        mode,
        "asymmetric" if old else coordinates,
        "floor" if old else one_of("nearest_mode", nearest_mode, ROUNDINGS),
        given,
        wanted,
        axes,
        one_of("keep_aspect_ratio_policy", keep_aspect_ratio_policy, POLICIES),
    )


def _upsample(
    node: Node,
    mode: Any = "nearest",
    scales: Any = None,
    height_scale: Any = None,
    width_scale: Any = None,
) -> Plan:
    """Opset 9 has the scales as an input, 7 as an attribute, 1 one for each axis of a picture."""
    given = node.numbers(1, "scales") if scales is None else scales
    if given is None and height_scale is not None and width_scale is not None:
        given = [1, 1, height_scale, width_scale]
    return _resized(node, mode, "asymmetric", "floor", given, None, None)


def _for_axes(name: str, given: Any) -> list[Any] | None:
    """One number for each axis; an empty input is none."""
    if given is None:
        return None
    if not isinstance(given, list | tuple | np.ndarray):
        raise CallError(f"{name}={shown(given)} is one number; give one for each axis, such as {name}=[1, 1, 2, 2]")
    return list(given) or None


def _resized(
    node: Node,
    mode: Any,
    coordinates: Coordinates,
    rounding: Rounding,
    scales: Sequence[Any] | None,
    sizes: Sequence[Any] | None,
    axes: Any,
    policy: Callable[[Iterable[Fraction]], Fraction] | None = None,
) -> Plan:
    way = one_of("mode", mode, WAYS)
    if way == "cubic":
        raise CallError("mode='cubic' is not carried out here; nearest and linear are")
    scales, sizes = _for_axes("scales", scales), _for_axes("sizes", sizes)
    if (scales is None) == (sizes is None):
        raise CallError("give either the scales or the sizes, one for each axis; use onnx.node")
    given: list[Any] = scales or sizes or []
    x = node.array(0)
    if axes is not None:
        if x is None:
            raise CallError("axes are carried out where the input is known; use onnx.node")
        given = _for_every_axis(given, axes_of(axes, x.ndim), x.shape, scaled=scales is not None)
    scale = None
    if policy is not None and sizes is not None and x is not None:
        chosen = range(x.ndim) if axes is None else axes_of(axes, x.ndim)
        scale = policy(Fraction(given[axis], x.shape[axis]) for axis in chosen)
        given = [math.floor(scale * n + HALF) if axis in chosen else n for axis, n in enumerate(x.shape)]
    if not 3 <= len(given) <= 5:
        if x is None or x.ndim != len(given) or x.ndim > 3:
            raise CallError(
                f"{shown(given)} has {len(given)} entries; it takes one for each axis: images, channels, 1 to 3 more"
            )
        outer, inner = [], given
    else:
        outer, inner = given[:2], given[2:]
    kept = [1, 1] if scales is not None else ([] if x is None else list(x.shape[:2]))
    if outer and kept and any(float(a) != b for a, b in zip(outer, kept)):
        raise CallError("only the axes after images and channels are resized here; the first two keep their sizes")
    asked: dict[str, Any] = {"axes": len(inner), "coordinates": coordinates, "copies": True}
    if scales is not None:
        asked["scales"] = tuple(positive("scales", scale) for scale in inner)
    else:
        asked["sizes"] = tuple(whole("sizes", n) for n in inner)
        asked["scales"] = () if scale is None else (float(scale),) * len(inner)
    return single(Linear(**asked) if way == "linear" else Nearest(**asked, rounding=rounding, rounded="onnxruntime"))


def _for_every_axis(given: Sequence[Any], axes: Sequence[int], shape: Sequence[int], scaled: bool) -> list[Any]:
    """One entry for each axis of the input, where only those of some axes are given."""
    if len(given) != len(axes):
        raise CallError(f"{shown(list(given))} has {len(given)} entries, but axes names {len(axes)}")
    found: list[Any] = [1] * len(shape) if scaled else list(shape)
    for axis, value in zip(axes, given):
        found[axis] = value
    return found


RESIZING: dict[str, Callable[..., Plan]] = {
    "DepthToSpace": _depth_to_space,
    "SpaceToDepth": _space_to_depth,
    "Resize": _resize,
    "Upsample": _upsample,
}
