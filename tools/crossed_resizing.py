"""Resizing, shuffling, cropping and unfolding in all three frameworks, with their options crossed; see `crossed.py`."""

from __future__ import annotations

import math
from typing import Any

from .crossed import Family, Shape, each
from .pairwise import Row

SIZES = ((5, 4, 3), (3, 6, 2), (1, 4, 2))
MODES = {"linear": 1, "bilinear": 2, "trilinear": 3}
DISTINCT = ("distinct", "halves")


def one(row: Row) -> tuple[Shape, ...]:
    """The shape as it stands."""
    return (row["_shape"],)


def interpolates(row: Row) -> bool:
    """One of size and scale, corners only where there are weights, and something left of every axis."""
    weighed = row["mode"] in MODES
    if (row["size"] is None) == (row["scale_factor"] is None) or (weighed and MODES[row["mode"]] != row["_n"]):
        return False
    if (row["align_corners"] is not None and not weighed) or (
        row["recompute_scale_factor"] and row["size"] is not None
    ):
        return False
    scales = each(row["scale_factor"] or 1, row["_n"])
    return all(math.floor(n * scale) for n, scale in zip(row["_sizes"], scales))


def unfolds(row: Row) -> bool:
    """The window fits into the picture and its padding."""
    return all(count > 0 for count in places(row, row["_sizes"][:2]))


def places(row: Row, sizes: Shape) -> list[int]:
    """How many places a window has along each axis."""
    names = ("kernel_size", "stride", "padding", "dilation")
    along = zip(sizes, *(each(row[name], 2) for name in names))
    return [(n + 2 * p - d * (k - 1) - 1) // s + 1 for n, k, s, p, d in along]


def columns(row: Row) -> tuple[Shape, ...]:
    """What goes into a fold: as many columns as the window has places on the output."""
    inner = (2 * math.prod(each(row["kernel_size"], 2)), math.prod(places(row, row["output_size"])))
    return (inner if row["_batch"] is None else (row["_batch"], *inner),)


WINDOWS: dict[str, Any] = {
    "kernel_size": (1, 2, (2, 3), 3),
    "dilation": (1, 2, (1, 2)),
    "padding": (0, 1, (1, 0)),
    "stride": (1, 2, (2, 1)),
    "_batch": (None, 1, 2),
}
TORCH = [
    Family(
        "torch", "Upsample",
        {"_n": (1, 2, 3), "_sizes": SIZES, "_channels": (1, 2), "_batch": (1, 2),
         "size": (None, 7, 1, (6, 3, 8)), "scale_factor": (None, 2, 3, 0.5, 1.3, 2.5, (2.0, 0.75, 1.5)),
         "mode": ("nearest", "nearest-exact", *MODES), "align_corners": (None, False, True),
         "recompute_scale_factor": (None, False, True), "_data": DISTINCT},
        interpolates,
    ),
    Family(
        "torch", "UpsamplingNearest{n}d",
        {"_n": (2,), "_sizes": SIZES, "size": (None, 3, (6, 5)), "scale_factor": (None, 2, 1.7, (3, 0.6))},
        lambda row: (row["size"] is None) != (row["scale_factor"] is None),
    ),
    Family(
        "torch", "UpsamplingBilinear{n}d",
        {"_n": (2,), "_sizes": SIZES, "size": (None, 3, (6, 5)), "scale_factor": (None, 2, 1.7, (3.0, 1.5))},
        lambda row: (row["size"] is None) != (row["scale_factor"] is None),
    ),
    Family(
        "torch", "PixelShuffle",
        {"upscale_factor": (1, 2, 3), "_shape": ((4, 2, 3), (1, 4, 2, 2), (2, 9, 1, 2), (8, 2, 1)), "_data": DISTINCT},
        shapes=one,
    ),
    Family(
        "torch", "PixelUnshuffle",
        {"downscale_factor": (1, 2, 3), "_shape": ((1, 4, 6), (1, 2, 2, 4), (2, 3, 6, 6), (2, 3, 3)),
         "_data": DISTINCT},
        shapes=one,
    ),
    Family(
        "torch", "ChannelShuffle",
        {"groups": (1, 2, 3, 4), "_shape": ((1, 6, 2, 2), (2, 4, 3, 1), (1, 12, 2), (2, 6, 1, 2, 2)),
         "_data": DISTINCT},
        lambda row: row["_shape"][1] % row["groups"] == 0, one,
    ),
    Family("torch", "Unfold", WINDOWS | {"_n": (2,), "_sizes": ((4, 5), (3, 3)), "_channels": (1, 2)}, unfolds),
    Family(
        "torch", "Fold", WINDOWS | {"output_size": ((4, 5), (3, 3))},
        lambda row: all(count > 0 for count in places(row, row["output_size"])), columns, ("output_size",),
    ),
    Family(
        "torch", "MinPool{n}d",
        {"_n": (1, 2, 3), "_sizes": ((5, 4, 6), (6, 5, 3)), "kernel_size": (2, 3, (3, 2, 1)), "stride": (None, 1, 2),
         "padding": (0, 1), "dilation": (1, 2), "ceil_mode": (False, True), "_batch": (None, 2),
         "_data": ("mixed", "positive", "ties")},
        lambda row: row["dilation"] == 1 or row["kernel_size"] == 2,
    ),
    Family(
        "torch", "MedianPool{n}d",
        {"_n": (1, 2, 3), "_sizes": ((5, 4, 6), (6, 5, 3)), "kernel_size": (1, 2, 3, (3, 2, 1)), "stride": (None, 1, 2),
         "_batch": (None, 2), "_data": ("distinct",)},
    ),
]  # fmt: skip
LAID_OUT = {"data_format": ("channels_last", "channels_first"), "_channels": (1, 2), "_batch": (1, 2)}
KERAS = [
    Family("keras", "UpSampling1D", {"_n": (1,), "_sizes": ((3,), (1,), (4,)), "size": (1, 2, 3), "_batch": (1, 2)}),
    Family(
        "keras", "UpSampling2D",
        {"_n": (2,), "_sizes": ((3, 4), (1, 2), (5, 3)), "size": (1, 2, 4, (2, 3), (1, 5)),
         "interpolation": ("nearest", "bilinear")} | LAID_OUT,
    ),
    Family("keras", "UpSampling3D", {"_n": (3,), "_sizes": ((3, 2, 2), (1, 3, 2)),
    "size": (1, 2, (2, 1, 3))} | LAID_OUT),
    Family(
        "keras", "Cropping1D", {"_n": (1,), "_sizes": ((5,), (4,)), "cropping": (0, 1, (0, 2), (2, 1)),
        "_batch": (1, 2)},
        whole=("cropping",),
    ),
    Family(
        "keras", "Cropping{n}D",
        {"_n": (2, 3), "_sizes": ((5, 4, 6), (6, 5, 4)),
         "cropping": (0, 1, (2, 0, 1), ((1, 0), (0, 2), (1, 2)))} | LAID_OUT,
    ),
]  # fmt: skip
PLACES = ("half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel", "half_pixel_symmetric")


def resizes(row: Row) -> bool:
    """Scales or sizes for every axis of the shape."""
    shape: Shape = row["_shape"]
    scales = row["_floats"][-1] or ()
    if row.get("coordinate_transformation_mode") == "half_pixel_symmetric" and any(4 * scale % 1 for scale in scales):
        return False  # places that fall on a cell in fractions, and beside it in onnxruntime's 32 bits
    if sizes := row.get("_ints"):
        return len(sizes) == len(shape) and sizes[:2] == shape[:2]
    return len(row["_floats"][-1]) == len(shape)


RESIZED: dict[str, Any] = {
    "mode": ("nearest", "linear"),
    "coordinate_transformation_mode": PLACES,
    "nearest_mode": ("round_prefer_floor", "round_prefer_ceil", "floor", "ceil"),
    "_shape": ((1, 2, 5), (1, 1, 4, 6), (2, 1, 3, 5), (1, 1, 2, 3, 4)),
    "_data": DISTINCT,
}
ONNX = [
    Family(
        "onnx", "DepthToSpace",
        {"blocksize": (1, 2, 3), "mode": (None, "DCR", "CRD"), "_shape": ((1, 4, 2, 3), (2, 8, 1, 2), (1, 36, 1, 1))},
        lambda row: row["_shape"][1] % row["blocksize"] ** 2 == 0, one,
    ),
    Family(
        "onnx", "SpaceToDepth", {"blocksize": (1, 2, 3),
        "_shape": ((1, 1, 6, 6), (2, 3, 6, 12), (1, 2, 12, 6))}, shapes=one
    ),
    Family(
        "onnx", "Resize",
        RESIZED | {"_floats": tuple(((), (1, 1, *scales)) for scales in (
            (2,), (0.6,), (2.5,), (2, 3), (0.5, 1.5), (1.3, 0.7), (3.5, 1), (2, 1.5, 0.75)))},
        resizes, one,
    ),
    Family(
        "onnx", "Resize",
        RESIZED | {"_ints": ((1, 2, 7), (1, 2, 3), (1, 1, 9, 5), (1, 1, 1, 8), (2, 1, 2, 11), (2, 1, 7, 2), (1, 1, 3,
        5, 2)),
                   "_floats": ((None, None),)},
        resizes, one, part="sized",
    ),
    Family(
        "onnx", "Resize",
        {"mode": ("nearest", "linear"), "_opset": (10,), "_shape": ((1, 1, 4, 6),),
         "_floats": (((1, 1, 2, 3),), ((1, 1, 1.5, 2.5),))},
        resizes, one, part="old",
    ),
    Family(
        "onnx", "Upsample",
        {"mode": ("nearest", "linear"), "_opset": (9,), "_shape": ((1, 1, 4, 6), (2, 2, 3, 3)),
         "_floats": (((1, 1, 2, 3),), ((1, 1, 1.5, 2.5),))},
        resizes, one,
    ),
]  # fmt: skip
