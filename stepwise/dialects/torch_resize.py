"""PyTorch's modules that resize images, and those that move numbers between channels and space. To add one: a function,
and a line in `RESIZING`.
"""

from __future__ import annotations

from typing import Any

from ..errors import CallError, shown
from ..geometry import Adaptive
from ..layers.layer import Plan, Signature
from ..layers.words import one_of, positive, whole, whole_each, yes_or_no
from ..ops import ChannelShuffle, DepthToSpace, Fold, Linear, MeanPool, Nearest, SpaceToDepth, Unfold
from .torch_layer import single

AXES = {"linear": 1, "bilinear": 2, "trilinear": 3}
MODES = {mode: mode for mode in ("nearest", "nearest-exact", *AXES, "bicubic", "area")}


def interpolated(
    size: Any,
    scale_factor: Any,
    mode: Any,
    align_corners: Any,
    recompute_scale_factor: Any,
) -> Plan:
    """What `F.interpolate` does. Raises `CallError` with PyTorch's reasons."""
    way = one_of("mode", mode, MODES)
    if way == "bicubic":
        raise CallError("mode='bicubic' is not carried out here; nearest, linear, bilinear and trilinear are")
    if align_corners is not None and way not in AXES:
        raise CallError(
            f"align_corners={align_corners!r} does not go with mode={mode!r}; PyTorch takes it with linear, bilinear "
            "and trilinear only"
        )
    if (size is None) == (scale_factor is None):
        both = "only one of size and scale_factor may be given" if size is not None else "size or scale_factor must be"
        raise CallError(f"{both}{' given' if size is None else ''}, such as scale_factor=2")
    again = recompute_scale_factor is not None and yes_or_no("recompute_scale_factor", recompute_scale_factor)
    if again and size is not None:
        raise CallError("recompute_scale_factor=True goes with a scale_factor only, not with a size")
    axes = AXES.get(way, 0)
    sizes = () if size is None else _each("size", size, axes)
    scales = () if scale_factor is None else _each("scale_factor", scale_factor, axes)
    if way == "area":
        if not isinstance(size, tuple | list):
            raise CallError("mode='area' takes the size along each axis here: it is AdaptiveAvgPool of that size")
        return single(MeanPool(Adaptive(tuple(whole("size", n) for n in sizes))))
    known = axes or next((len(given) for given in (size, scale_factor) if isinstance(given, tuple | list)), 0)
    asked: dict[str, Any] = {
        "axes": known,
        "sizes": tuple(whole("size", n) for n in sizes),
        "scales": tuple(positive("scale_factor", scale) for scale in scales),
        "by_scale": not again,
    }
    if way in AXES:
        corners = align_corners is not None and yes_or_no("align_corners", align_corners)
        return single(Linear(**asked, coordinates="align_corners" if corners else "half_pixel"))
    if way == "nearest-exact":
        return single(Nearest(**asked, coordinates="half_pixel", rounding="round_prefer_ceil"))
    return single(Nearest(**asked))


def _each(name: str, value: Any, axes: int) -> tuple[Any, ...]:
    """One entry for each axis; a single one where it stands for all of them."""
    if not isinstance(value, tuple | list):
        return (value,) * max(axes, 1)
    if (axes and len(value) != axes) or not 1 <= len(value) <= 3:
        fits = f"give {axes}" if axes else "give 1 to 3"
        raise CallError(f"{name}={shown(value)} has {len(value)} entries; {fits}, or one number for all")
    return tuple(value)


def _upsample(
    size: Any = None,
    scale_factor: Any = None,
    mode: Any = "nearest",
    align_corners: Any = None,
    recompute_scale_factor: Any = None,
) -> Plan:
    return interpolated(size, scale_factor, mode, align_corners, recompute_scale_factor)


def _upsampling_nearest(size: Any = None, scale_factor: Any = None) -> Plan:
    sizes = tuple(size) if isinstance(size, list | tuple) else (size,) * 2
    scales = tuple(scale_factor) if isinstance(scale_factor, list | tuple) else (scale_factor,) * 2
    return interpolated(
        None if size is None else sizes, None if scale_factor is None else scales, "nearest", None, None
    )


def _upsampling_bilinear(size: Any = None, scale_factor: Any = None) -> Plan:
    return interpolated(size, scale_factor, "bilinear", True, None)


def _unfold(kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Plan:
    return single(Unfold(**_blocks(kernel_size, dilation, padding, stride)))


def _fold(output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Plan:
    return single(Fold(whole_each("output_size", output_size, 2), **_blocks(kernel_size, dilation, padding, stride)))


def _blocks(kernel_size: Any, dilation: Any, padding: Any, stride: Any) -> dict[str, tuple[int, ...]]:
    return {
        "window": whole_each("kernel_size", kernel_size, 2),
        "stride": whole_each("stride", stride, 2),
        "padding": whole_each("padding", padding, 2, least=0),
        "dilation": whole_each("dilation", dilation, 2),
    }


RESIZING: dict[str, Signature] = {
    "Upsample": _upsample,
    "UpsamplingNearest2d": _upsampling_nearest,
    "UpsamplingBilinear2d": _upsampling_bilinear,
    "PixelShuffle": lambda upscale_factor: single(DepthToSpace(whole("upscale_factor", upscale_factor))),
    "PixelUnshuffle": lambda downscale_factor: single(SpaceToDepth(whole("downscale_factor", downscale_factor))),
    "ChannelShuffle": lambda groups: single(ChannelShuffle(whole("groups", groups))),
    "Unfold": _unfold,
    "Fold": _fold,
}
