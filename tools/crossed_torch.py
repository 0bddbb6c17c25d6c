"""PyTorch's modules, with their options crossed; see `crossed.py`."""

from __future__ import annotations

import math
from typing import Any

from .crossed import Family, Shape, each, spans
from .crossed_resizing import TORCH
from .pairwise import Row

SIZES = ((5, 4, 3), (4, 6, 2), (3, 3, 3), (2, 3, 4))
ALL: dict[str, Any] = {"_n": (1, 2, 3), "_sizes": SIZES, "_channels": (1, 2), "_batch": (None, 1, 2)}
POOLS = ALL | {
    "kernel_size": (1, 2, 3, (3, 1, 2), (1, 2, 1)),
    "stride": (None, 1, 2, 3, (2, 1, 3)),
    "ceil_mode": (False, True),
    "_data": ("mixed", "negative", "ties"),
}  # fmt: skip
CONVOLUTIONS = ALL | {
    "kernel_size": (1, 2, 3, (3, 1, 2), (2, 3, 1)),
    "stride": (1, 2, 4, (1, 2, 3)),
    "padding": (0, 1, 2, (1, 0, 2)),
    "dilation": (1, 2, (1, 2, 1)),
    "groups": (1, 2, 4),
    "bias": (True, False),
    "in_channels": (1, 2, 4),
    "out_channels": (1, 2, 4),
}  # fmt: skip
SHAPES = ((3,), (2, 3), (2, 3, 4), (1, 2, 3, 2))


def padded(row: Row) -> bool:
    """Whether the padding is at most half of the window, and the window fits in."""
    n = row["_n"]
    window, pads = each(row["kernel_size"], n), each(row.get("padding", 0), n)
    reach = spans(row, "kernel_size", "dilation")
    return all(p <= k // 2 for p, k in zip(pads, window)) and all(
        r <= size + 2 * p for r, size, p in zip(reach, row["_sizes"], pads)
    )


def rooted(row: Row) -> bool:
    """Without powers that are not numbers, whose gradients are 0·NaN; and LPPool1d fails on a tuple."""
    norm, numbers = row["norm_type"], row["_data"]
    whole = float(norm).is_integer() or math.isinf(norm)
    sound = numbers == "positive" or (whole and (norm > 0 or numbers == "negative" or math.isinf(norm)))
    return sound and not (row["_n"] == 1 and isinstance(row["kernel_size"], tuple))


def convolves(row: Row) -> bool:
    """What `nn.Conv1d` and its siblings take."""
    n, groups = row["_n"], row["groups"]
    pads = row["padding"]
    if isinstance(pads, str):
        alone = pads == "valid" or max(each(row["stride"], n)) == 1
        pads = (0,) * n if pads == "valid" else (9,) * n
    else:
        alone, pads = True, each(pads, n)
    reach = spans(row, "kernel_size", "dilation")
    mode = row.get("padding_mode", "zeros")
    turned = mode in ("reflect", "circular")
    return (
        alone
        and row["in_channels"] % groups == row["out_channels"] % groups == 0
        and all(r <= size + 2 * p for r, size, p in zip(reach, row["_sizes"], pads))
        and not (turned and any(p >= size for p, size in zip(pads, row["_sizes"]) if p < 9))
    )


def spreads(row: Row) -> bool:
    """What a transposed convolution takes, with some output left."""
    n, groups = row["_n"], row["groups"]
    values = zip(
        *(each(row[name], n) for name in ("stride", "padding", "output_padding", "dilation")),
        spans(row, "kernel_size", "dilation"),
        row["_sizes"],
    )
    return row["in_channels"] % groups == row["out_channels"] % groups == 0 and all(
        extra < max(s, d) and (size - 1) * s - 2 * p + reach + extra > 0 for s, p, extra, d, reach, size in values
    )


def images(row: Row) -> tuple[Shape, ...]:
    """Images of as many channels as the module takes."""
    inner = (row["in_channels"], *row["_sizes"])
    return (inner if row["_batch"] is None else (row["_batch"], *inner),)


def one(row: Row) -> tuple[Shape, ...]:
    """The shape as it stands."""
    return (row["_shape"],)


def frames(op: str, *, cuts: bool) -> Family:
    """A padding module; its numbers are for the last axis first."""
    options: dict[str, Any] = ALL | {
        "padding": (0, 1, 2, (1, 0, 2, 1, 0, 1), *([(-1, 2, 1, -1, 0, 1)] if cuts else []))
    }
    if op == "ConstantPad{n}d":
        options["value"] = (0.0, -1.5, math.inf)
    return Family("torch", op, options, paired=("padding",))


FAMILIES = [
    Family(
        "torch", "MaxPool{n}d",
        POOLS | {"padding": (0, 1, (1, 0, 1)), "dilation": (1, 2, (2, 1, 1)), "return_indices": (False, True)}, padded,
    ),
    Family(
        "torch", "AvgPool{n}d",
        POOLS | {"_n": (2, 3), "padding": (0, 1, (1, 0, 1)), "count_include_pad": (True, False),
                 "divisor_override": (None, 1, 3, -2)},
        padded,
    ),
    Family(
        "torch", "AvgPool{n}d",
        POOLS | {"_n": (1,), "padding": (0, 1), "kernel_size": (1, 2, 3), "stride": (None, 1, 2, 3),
                 "count_include_pad": (True, False)},
        padded, part="1",
    ),
    Family(
        "torch", "LPPool{n}d",
        POOLS | {"norm_type": (math.inf, -math.inf, 1, 2, 3, 0.5, -1, 2.5, -2),
                 "_data": ("mixed", "positive", "negative")},
        lambda row: padded(row) and rooted(row),
    ),
    Family(
        "torch", "AdaptiveMaxPool{n}d",
        ALL | {"output_size": (1, 2, (3, 2, 1), 7, (None, 2, None)), "return_indices": (False, True),
               "_data": ("mixed", "ties")},
        lambda row: row["_n"] > 1 or row["output_size"] != (None,),
    ),
    Family(
        "torch", "AdaptiveAvgPool{n}d", ALL | {"output_size": (1, 2, (3, 2, 1), 7, (None, 2, None))},
        lambda row: row["_n"] > 1 or row["output_size"] != (None,),
    ),
    Family(
        "torch", "MaxUnpool{n}d",
        {"_n": (1, 2, 3), "kernel_size": (2, (2, 3, 1)), "stride": (None, 3), "padding": (0,), "_batch": (None, 2),
         "_sizes": ((7, 6, 5), (6, 6, 4)), "_output_size": (False, True)},
    ),
    Family(
        "torch", "Conv{n}d",
        CONVOLUTIONS | {"padding": (0, 1, 2, (1, 0, 2), "valid", "same"),
                        "padding_mode": ("zeros", "reflect", "replicate", "circular")},
        convolves, images,
    ),
    Family("torch", "ConvTranspose{n}d", CONVOLUTIONS | {"output_padding": (0, 1, (1, 0, 0))}, spreads, images),
    frames("ZeroPad{n}d", cuts=True),
    frames("ConstantPad{n}d", cuts=True),
    frames("ReflectionPad{n}d", cuts=False),
    frames("ReplicationPad{n}d", cuts=False),
    frames("CircularPad{n}d", cuts=True),
    Family(
        "torch", "BatchNorm{n}d",
        {"_n": (1, 2, 3), "num_features": (2,), "eps": (1e-5, 0.5), "affine": (True, False), "_sizes": SIZES[:2]},
    ),
    Family(
        "torch", "PReLU",
        {"num_parameters": (1, 2), "init": (0.25, -1.0), "_shape": ((3, 2), (2, 2, 3), (1, 2, 3, 2)),
         "_data": ("mixed", "ties")},
        shapes=one,
    ),
    Family(
        "torch", "LogSoftmax", {"dim": (0, 1, -1, -2), "_shape": SHAPES[1:], "_data": ("mixed", "wide")}, shapes=one,
    ),
    Family(
        "torch", "LayerNorm",
        {"normalized_shape": (4, [4], [3, 4], [2, 3, 4]), "eps": (1e-5, 0.5), "elementwise_affine": (True, False),
         "bias": (True, False), "_shape": ((2, 3, 4), (1, 2, 3, 4)), "_data": ("mixed", "wide", "ties")},
        shapes=one, whole=("normalized_shape",),
    ),
    Family(
        "torch", "GroupNorm",
        {"num_groups": (1, 2, 4), "num_channels": (4,), "eps": (1e-5, 0.5), "affine": (True, False),
         "_shape": ((2, 4, 3), (1, 4, 3, 2), (2, 4, 2, 1, 3)), "_data": ("mixed", "wide")},
        shapes=one,
    ),
    Family(
        "torch", "LocalResponseNorm",
        {"size": (1, 2, 3, 4, 5), "alpha": (1e-4, 0.5, 2.0), "beta": (0.75, 1.0, 0.5), "k": (1.0, 2.0, 0.5),
         "_shape": ((2, 4, 3), (1, 4, 3, 2), (2, 3, 2, 1, 3)), "_data": ("mixed", "wide", "ties")},
        shapes=one,
    ),
    Family(
        "torch", "InstanceNorm{n}d",
        {"_n": (1, 2, 3), "num_features": (2,), "eps": (1e-5, 0.5), "affine": (True, False),
         "track_running_stats": (False, True), "_sizes": SIZES[:2], "_batch": (None, 1, 2)},
    ),
    Family(
        "torch", "BatchNorm1d", {"num_features": (3,), "affine": (True, False), "_shape": ((2, 3), (4, 3))},
        shapes=one, part="rows",
    ),
    Family("torch", "ReLU", {"_shape": SHAPES, "_data": ("halves", "ties")}, shapes=one),
    Family("torch", "ReLU6", {"_shape": SHAPES, "_data": ("positive", "ties")}, shapes=one),
    Family(
        "torch", "LeakyReLU",
        {"negative_slope": (0.01, 0.0, -0.5, 1.0, 2.0), "_shape": SHAPES, "_data": ("halves", "ties")}, shapes=one,
    ),
    Family(
        "torch", "ELU",
        {"alpha": (1.0, 0.0, 0.5, -0.5, 2.0), "_shape": SHAPES, "_data": ("halves", "ties")}, shapes=one,
    ),
    *(
        Family("torch", op, {"_shape": SHAPES, "_data": ("halves", "wide")}, shapes=one)
        for op in ("SELU", "SiLU", "Mish", "Softsign", "LogSigmoid", "Hardsigmoid", "Hardswish", "Hardtanh")
    ),
    Family(
        "torch", "GELU", {"approximate": ("none", "tanh"), "_shape": SHAPES, "_data": ("halves", "wide")}, shapes=one,
    ),
    Family(
        "torch", "Softplus",
        {"beta": (1.0, 2.0, 0.5, -1.0), "threshold": (20.0, 3.0, 0.0, -2.0), "_shape": SHAPES,
         "_data": ("halves", "wide")},
        shapes=one,
    ),
    Family(
        "torch", "Hardtanh",
        {"min_val": (-1.0, -2.5, 0.0, 1.0), "max_val": (1.0, 4.0, 2.5), "_shape": SHAPES, "_data": ("halves", "ties")},
        shapes=one, part="bounds",
    ),
    Family("torch", "Sigmoid", {"_shape": SHAPES}, shapes=one),
    Family("torch", "Tanh", {"_shape": SHAPES}, shapes=one),
    Family(
        "torch", "Softmax", {"dim": (0, 1, -1, -2), "_shape": SHAPES[1:]}, shapes=one,
    ),
    Family(
        "torch", "Flatten", {"start_dim": (0, 1, 2, -2), "end_dim": (-1, 1, 2, -2), "_shape": SHAPES[2:]}, shapes=one,
    ),
    Family(
        "torch", "Linear", {"in_features": (3,), "out_features": (1, 4), "bias": (True, False),
                            "_shape": ((3,), (2, 3), (2, 1, 3))},
        shapes=one,
    ),
    Family("torch", "Dropout", {"p": (0.0, 0.5), "_shape": SHAPES[1:]}, shapes=one),
    Family("torch", "Dropout{n}d", {"_n": (1, 2, 3), "p": (0.5,), "_sizes": SIZES[:1]}),
    Family("torch", "Identity", {"_shape": SHAPES[1:]}, shapes=one),
    *TORCH,
]  # fmt: skip
