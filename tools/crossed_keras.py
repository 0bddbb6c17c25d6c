"""Keras's layers, with their options crossed; see `crossed.py`."""

from __future__ import annotations

from typing import Any

from .crossed import Family, Shape, each, image, spans
from .crossed_resizing import KERAS
from .pairwise import Row

SIZES = ((5, 4, 3), (4, 6, 2), (1, 1, 1), (2, 3, 4))
LAID_OUT = {"data_format": ("channels_last", "channels_first"), "_channels": (1, 2), "_batch": (1, 2)}
ALL: dict[str, Any] = {"_n": (1, 2, 3), "_sizes": SIZES}
POOLS = ALL | LAID_OUT | {
    "pool_size": (1, 2, 3, (3, 1, 2), (1, 2, 1), 7),  # 7 is larger than the data
    "strides": (None, 1, 2, 3, (2, 1, 3)),
    "padding": ("valid", "same"),
    "_data": ("mixed", "negative", "ties"),
}  # fmt: skip
CONVOLUTIONS = ALL | {
    "kernel_size": (1, 2, 3, (3, 1, 2), (2, 3, 1)),
    "strides": (1, 2, 3, (1, 2, 3)),
    "padding": ("valid", "same"),
    "dilation_rate": (1, 2, (1, 2, 1)),
    "use_bias": (True, False),
    "data_format": ("channels_last", "channels_first"),
    "activation": (None, "relu", "leaky_relu", "tanh", "sigmoid"),
    "_batch": (1, 2),
}  # fmt: skip


def inside(row: Row, window: str) -> bool:
    """Whether a window fits in where it must."""
    return row["padding"] != "valid" or all(k <= n for k, n in zip(spans(row, window, "dilation_rate"), row["_sizes"]))


def convolves(row: Row) -> bool:
    """What Keras and TensorFlow carry out; in three dimensions and 64 bits, TensorFlow skips data at the start where
    the stride is larger than the window under SAME (2.21; in 32 bits it does not).
    """
    n = row["_n"]
    strides, dilation, window = (each(row[name], n) for name in ("strides", "dilation_rate", "kernel_size"))
    groups, channels = row.get("groups", 1), row.get("_channels", 2)
    skips = n == 3 and row["padding"] == "same" and any(s > k for s, k in zip(strides, window))
    return (
        inside(row, "kernel_size")
        and (max(strides) == 1 or max(dilation) == 1)
        and channels % groups == row.get("filters", 2) % groups == 0
        and not (row["padding"] == "causal" and (n > 1 or row["data_format"] == "channels_first"))
        and not skips
    )


def separates(row: Row) -> bool:
    """As `convolves`; in two dimensions TensorFlow takes the same stride along both."""
    # Of one channel and several filters laid out channels first, TensorFlow gives other numbers than channels last.
    mixed = row["data_format"] == "channels_first" and row["_channels"] == 1 and row["depth_multiplier"] > 1
    return convolves(row) and len(set(each(row["strides"], row["_n"]))) == 1 and not mixed


def spreads(row: Row) -> bool:
    """As `convolves`; the output padding is less than the stride."""
    extra = row["output_padding"]
    strides = each(row["strides"], row["_n"])
    return convolves(row | {"padding": "same"}) and (extra is None or all(extra < s for s in strides))


def two(row: Row) -> tuple[Shape, ...]:
    """Two inputs of one shape."""
    return (row["_shape"], row["_shape"])


def one(row: Row) -> tuple[Shape, ...]:
    """The shape as it stands."""
    return (row["_shape"],)


SHAPES = ((2, 3), (2, 3, 4), (1, 2, 3, 2))

FAMILIES = [
    Family("keras", "MaxPooling{n}D", POOLS | {"_n": (1, 2)}, lambda row: inside(row, "pool_size")),
    # In three dimensions TensorFlow gives every one of equal maxima the whole gradient.
    Family(
        "keras", "MaxPooling{n}D", POOLS | {"_n": (3,), "_data": ("distinct",)}, lambda row: inside(row, "pool_size"),
        part="3",
    ),
    Family("keras", "AveragePooling{n}D", POOLS, lambda row: inside(row, "pool_size")),
    # In three dimensions the gradient of AdaptiveMaxPooling3D ends TensorFlow's process (2.21, CPU).
    Family("keras", "AdaptiveMaxPooling{n}D", ALL | LAID_OUT | {"_n": (1, 2), "output_size": (1, 2, 3, (3, 2, 1), 4)}),
    Family("keras", "AdaptiveAveragePooling{n}D", ALL | LAID_OUT | {"output_size": (1, 2, 3, (3, 2, 1), 4)}),
    Family("keras", "GlobalMaxPooling{n}D", ALL | LAID_OUT | {"keepdims": (False, True), "_data": ("ties", "mixed")}),
    Family("keras", "GlobalAveragePooling{n}D", ALL | LAID_OUT | {"keepdims": (False, True)}),
    Family(
        "keras", "Conv{n}D",
        CONVOLUTIONS | {"filters": (1, 2, 4), "groups": (1, 2, 4), "_channels": (1, 2, 4),
                        "padding": ("valid", "same", "causal")},
        convolves,
    ),
    Family(
        "keras", "DepthwiseConv{n}D",
        CONVOLUTIONS | {"_n": (1, 2), "depth_multiplier": (1, 2, 3), "_channels": (1, 3)},
        separates,
    ),
    Family(
        "keras", "SeparableConv{n}D",
        CONVOLUTIONS | {"_n": (1, 2), "filters": (1, 3), "depth_multiplier": (1, 2), "_channels": (1, 2)},
        separates,
    ),
    Family(
        "keras", "Conv{n}DTranspose",
        CONVOLUTIONS | {"filters": (1, 2), "dilation_rate": (1,), "data_format": ("channels_last",),
                        "output_padding": (None, 0, 1, 2), "_channels": (1, 2)},
        spreads,
    ),
    Family(
        "keras", "ZeroPadding1D", {"padding": (0, 2, (1, 0), (0, 3)), "_sizes": ((3,), (1,)), "_batch": (1, 2)},
        whole=("padding",), part="1",
    ),
    Family(
        "keras", "ZeroPadding{n}D",
        {"_n": (2, 3), "_sizes": SIZES, "padding": (0, 1, (2, 0, 1), ((1, 0), (0, 2), (3, 1)))} | LAID_OUT,
    ),
    Family(
        "keras", "ReLU",
        {"max_value": (None, 0.0, 1.0, 2.5), "negative_slope": (0.0, 0.25, 1.0, 2.0), "threshold": (0.0, 0.5, 2.0),
         "_sizes": ((7,),), "_data": ("halves", "negative", "ties")},
    ),
    Family(
        "keras", "LeakyReLU",
        {"negative_slope": (0.0, 0.3, 1.0, 1.5), "_sizes": ((7,),), "_data": ("halves", "ties")},
    ),
    Family("keras", "ELU", {"alpha": (1.0, 0.0, 0.5, 2.0), "_sizes": ((7,),), "_data": ("halves", "ties")}),
    Family("keras", "Softmax", {"axis": (-1, 1, 2, (1, 2)), "_shape": ((2, 3, 4), (1, 2, 3, 2))}, shapes=one),
    Family(
        "keras", "Activation",
        {"activation": ("linear", "relu", "leaky_relu", "sigmoid", "tanh", "softmax", "elu"), "_shape": SHAPES},
        shapes=one,
    ),
    Family(
        "keras", "Activation",
        {"activation": ("relu6", "selu", "gelu", "silu", "swish", "mish", "softplus", "softsign", "log_sigmoid",
                        "log_softmax", "hard_sigmoid", "hard_silu", "hard_swish", "hard_tanh"),
         "_shape": SHAPES, "_data": ("halves", "wide")},
        shapes=one, part="more",
    ),
    Family(
        "keras", "Flatten",
        {"data_format": (None, "channels_first", "channels_last"), "_shape": SHAPES[1:]}, shapes=one,
    ),
    Family(
        "keras", "Dense",
        {"units": (1, 3), "use_bias": (True, False), "activation": (None, "relu", "softmax", "tanh", "leaky_relu"),
         "_shape": SHAPES},
        shapes=one,
    ),
    Family(
        "keras", "PReLU",
        {"shared_axes": (None, [1], [1, 2], [2]), "_shape": ((2, 3, 4), (1, 2, 3, 2)), "_data": ("mixed", "ties")},
        shapes=one, whole=("shared_axes",),
    ),
    Family(
        "keras", "LayerNormalization",
        {"axis": (-1, 1, 2, [1, 2], [1, -1]), "epsilon": (1e-3, 0.5), "center": (True, False), "scale": (True, False),
         "_shape": ((2, 3, 4), (1, 2, 3, 2), (2, 2, 3, 2, 2)), "_data": ("mixed", "wide", "ties")},
        shapes=one, whole=("axis",),
    ),
    Family(
        "keras", "GroupNormalization",
        {"groups": (1, 2, -1, 4), "axis": (-1, 1), "epsilon": (1e-3, 0.5), "center": (True, False),
         "scale": (True, False), "_shape": ((2, 4, 4), (1, 4, 3, 4), (2, 4, 2, 2, 4)), "_data": ("mixed", "wide")},
        shapes=one,
    ),
    Family(
        "keras", "BatchNormalization",
        {"axis": (-1, 1, 2, 3), "epsilon": (1e-3, 0.5), "center": (True, False), "scale": (True, False),
         "_shape": SHAPES[1:]},
        lambda row: row["axis"] < len(row["_shape"]),
        shapes=one,
    ),
    Family("keras", "Dropout", {"rate": (0.0, 0.5), "_shape": SHAPES}, shapes=one),
    Family("keras", "SpatialDropout{n}D", {"_n": (1, 2, 3), "rate": (0.5,), "_sizes": SIZES[:1]}),
    Family("keras", "Identity", {"_shape": SHAPES}, shapes=one),
    *(Family("keras", op, {"_shape": SHAPES}, shapes=two) for op in ("Add", "Multiply", "Subtract")),
    Family("keras", "Concatenate", {"axis": (-1, 1, 2), "_shape": SHAPES[1:]}, shapes=two),
    Family(
        "keras", "Reshape",
        {"target_shape": ((-1,), (3, 4), (2, -1), (1, -1, 2)), "_shape": ((2, 3, 4), (1, 2, 3, 2))},
        shapes=one, whole=("target_shape",),
    ),
    Family(
        "keras", "Permute", {"dims": ((2, 1), (1, 2)), "_shape": ((2, 3, 4), (1, 2, 3))}, shapes=one, whole=("dims",)
    ),
    Family(
        "keras", "Permute", {"dims": ((3, 1, 2), (2, 1, 3)), "_shape": ((1, 2, 3, 2), (2, 1, 3, 2))},
        shapes=one, whole=("dims",), part="4",
    ),
    *KERAS,
]  # fmt: skip

__all__ = ["FAMILIES", "image"]
