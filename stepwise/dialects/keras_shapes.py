"""Keras's layers that move numbers, and those that join several inputs. To add one: a function, and a line in
`SHAPES`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..errors import CallError, shown
from ..layers.dialect import in_dimensions
from ..layers.layer import Plan, Signature
from ..layers.words import one_of, whole, whole_each
from ..ops import Add, Concat, Crop, Flatten, Linear, Multiply, Nearest, Pad, Reshape, Subtract, Transpose
from ..traces.operation import Operation
from .keras_plans import DATA_FORMAT, single


def _zero_padding(spatial: int, padding: Any = 1, data_format: Any = None, name: Any = None) -> Plan:
    if isinstance(padding, tuple | list) and spatial == 1 and all(isinstance(p, int) for p in padding):
        padding = (tuple(padding),)
    if not isinstance(padding, tuple | list):
        padding = (padding,) * spatial
    if len(padding) != spatial:
        raise CallError(f"padding={padding!r} has {len(padding)} entries; give {spatial}, or one number for all")
    pads = tuple(whole_each("padding", entry, 2, least=0) for entry in padding)
    return single(Pad(tuple((before, after) for before, after in pads)), data_format)


def _cropping(spatial: int, cropping: Any, data_format: Any = None) -> Plan:
    if isinstance(cropping, tuple | list) and spatial == 1 and all(isinstance(n, int) for n in cropping):
        cropping = (tuple(cropping),)
    if not isinstance(cropping, tuple | list):
        cropping = (cropping,) * spatial
    if len(cropping) != spatial:
        raise CallError(
            f"cropping={shown(cropping)} has {len(cropping)} entries; give {spatial}, or one number for all"
        )
    cuts = (whole_each("cropping", entry, 2, least=0) for entry in cropping)
    return single(Crop(tuple((before, after) for before, after in cuts)), data_format)


def _up_sampling(spatial: int, size: Any = 2, data_format: Any = None, name: Any = None, dtype: Any = None) -> Plan:
    scales = tuple(float(n) for n in whole_each("size", size, spatial))
    return single(Nearest(spatial, scales=scales), data_format)


INTERPOLATIONS = {name: name for name in ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5")}


def _up_sampling_2d(
    size: Any = 2, data_format: Any = None, interpolation: Any = "nearest", name: Any = None, dtype: Any = None
) -> Plan:
    way = one_of("interpolation", interpolation, INTERPOLATIONS)
    if way == "nearest":
        return _up_sampling(2, size, data_format)
    if way != "bilinear":
        raise CallError(f"interpolation={way!r} is not carried out here; nearest and bilinear are")
    scales = tuple(float(n) for n in whole_each("size", size, 2))
    return single(Linear(2, scales=scales, coordinates="half_pixel"), data_format)


def _flatten(data_format: Any = None, name: Any = None, dtype: Any = None) -> Plan:
    first = data_format is not None and not one_of("data_format", data_format, DATA_FORMAT)
    return single(Flatten(channels_to_end=first), data_format)


def _merging(operation: Operation) -> Callable[..., Plan]:
    def plan(name: Any = None, dtype: Any = None) -> Plan:
        return single(operation)

    return plan


def _concatenate(axis: Any = -1, name: Any = None, dtype: Any = None) -> Plan:
    return single(Concat(whole("axis", axis, least=-32)))


def _reshape(target_shape: Any, name: Any = None, dtype: Any = None) -> Plan:
    if not isinstance(target_shape, tuple | list):
        raise CallError(f"target_shape={shown(target_shape)} must be a tuple of whole numbers, such as (7, 7, 5)")
    sizes = tuple(whole("target_shape", n, least=-1) for n in target_shape)
    return single(Reshape(sizes, batched=True))


def _permute(dims: Any, name: Any = None, dtype: Any = None) -> Plan:
    axes = dims if isinstance(dims, tuple | list) and all(type(axis) is int for axis in dims) else (None,)
    if sorted(axes, key=str) != sorted(range(1, len(axes) + 1), key=str):
        raise CallError(f"dims={shown(dims)} must name each axis after the batch once, from 1, such as (2, 1, 3)")
    return single(Transpose((0, *dims)))


SHAPES: dict[str, Signature] = {
    **in_dimensions("ZeroPadding{0}D", _zero_padding),
    "Cropping1D": lambda cropping=1, name=None, dtype=None: _cropping(1, cropping),
    "Cropping2D": lambda cropping=0, data_format=None, name=None, dtype=None: _cropping(2, cropping, data_format),
    "Cropping3D": lambda cropping=1, data_format=None, name=None, dtype=None: _cropping(3, cropping, data_format),
    "UpSampling1D": lambda size=2, name=None, dtype=None: _up_sampling(1, size),
    "UpSampling2D": _up_sampling_2d,
    "UpSampling3D": lambda size=2, data_format=None, name=None, dtype=None: _up_sampling(3, size, data_format),
    "Flatten": _flatten,
    "Add": _merging(Add()),
    "Multiply": _merging(Multiply()),
    "Subtract": _merging(Subtract()),
    "Concatenate": _concatenate,
    "Reshape": _reshape,
    "Permute": _permute,
}
