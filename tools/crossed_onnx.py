"""ONNX's operators, with their attributes crossed; see `crossed.py`.

`_shapes` are those of the inputs that hold numbers; `_ints` and `_floats` are further inputs, given outright. What
onnxruntime refuses, or does otherwise than the standard's formulas, is left out by the rules that
`tests/conformance/test_against_onnxruntime.py` states.
"""

from __future__ import annotations

from typing import Any

from .crossed import Family, Shape, each, spans
from .crossed_resizing import ONNX
from .pairwise import Row

SIZES = ((5, 4, 3), (4, 6, 2), (3, 3, 3))
ALL: dict[str, Any] = {"_n": (1, 2, 3), "_sizes": SIZES, "_channels": (1, 2), "_batch": (1, 2)}
AUTO = ("NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER")
POOLS = ALL | {
    "kernel_shape": ((1, 1, 1), (2, 2, 2), (3, 1, 2), (3, 3, 2)),
    "strides": ((1, 1, 1), (2, 2, 2), (1, 2, 1), (3, 2, 1)),
    "pads": (None, (0, 0, 0, 1, 0, 1), (1, 0, 1, 0, 0, 0)),
    "dilations": ((1, 1, 1), (2, 1, 1)),
    "auto_pad": AUTO,
    "ceil_mode": (0, 1),
    "_data": ("mixed", "negative", "ties"),
}  # fmt: skip


def slides(row: Row) -> bool:
    """Within the rules, and with room for the window."""
    n, auto = row["_n"], row["auto_pad"]
    window, strides = each(row["kernel_shape"], n), each(row["strides"], n)
    dilated = max(each(row["dilations"], n)) > 1
    pads = row["pads"] or (0,) * 2 * n
    if row["pads"] is not None and auto != "NOTSET":
        return False
    if any(p >= k for p, k in zip(pads, window * 2)):
        return False
    if auto.startswith("SAME"):
        return not dilated and all(k >= s for k, s in zip(window, strides))
    totals = [a + b for a, b in zip(pads[:n], pads[n:])]
    reach = spans(row, "kernel_shape", "dilations")
    return all(r <= size + total for r, size, total in zip(reach, row["_sizes"], totals))


def kernels(row: Row) -> tuple[Shape, ...]:
    """Input, kernel, and a bias where there is one."""
    groups, seen, made = row["group"], row["_in"], row["_out"]
    outer = (made, seen // groups) if "output_padding" not in row else (seen, made // groups)
    found = ((row["_batch"], seen, *row["_sizes"]), (*outer, *each(row["kernel_shape"], row["_n"])))
    return (*found, (made,)) if row["_bias"] else found


def convolves(row: Row) -> bool:
    """As `slides`; the groups divide."""
    return slides(row) and row["_in"] % row["group"] == row["_out"] % row["group"] == 0


def spreads(row: Row) -> bool:
    """A transposed convolution, with some output left."""
    n = row["_n"]
    strides, extra = each(row["strides"], n), each(row["output_padding"], n)
    reach, same = spans(row, "kernel_shape", "dilations"), row["auto_pad"].startswith("SAME")
    pads = row["pads"] or (0,) * 2 * n
    return (
        row["_in"] % row["group"] == row["_out"] % row["group"] == 0
        and not (row["pads"] is not None and row["auto_pad"] != "NOTSET")
        and all(e < s for e, s in zip(extra, strides))
        and (not same or all(r >= s for r, s in zip(reach, strides)))
        and all(
            (size - 1) * s + r + e - a - b > 0
            for size, s, r, e, a, b in zip(row["_sizes"], strides, reach, extra, pads[:n], pads[n:])
        )
    )


def listed(row: Row) -> tuple[Shape, ...]:
    """The shapes as they stand."""
    found: tuple[Shape, ...] = row["_shapes"]
    return found


def one(row: Row) -> tuple[Shape, ...]:
    """The shape as it stands."""
    return (row["_shape"],)


PAIRED: dict[str, Any] = {"paired": ("pads",)}
CONVOLUTIONS = {name: values for name, values in POOLS.items() if name not in ("ceil_mode", "_channels", "_data")} | {
    "group": (1, 2, 4), "_in": (1, 2, 4), "_out": (1, 2, 4), "_bias": (True, False),
}  # fmt: skip
SHAPES = ((2, 3), (2, 3, 4), (1, 2, 3, 2))
BROADCAST = (((2, 3), (2, 3)), ((2, 3, 4), (4,)), ((2, 3, 4), (3, 1)), ((1, 3), (2, 1)), ((3,), (2, 3)))


def of_shape(op: str, **options: Any) -> Family:
    """An operator of one input of any shape."""
    return Family("onnx", op, {"_shape": SHAPES, **options}, shapes=one)


FAMILIES = [
    Family("onnx", "MaxPool", POOLS | {"storage_order": (0, 1)}, slides, **PAIRED),
    Family("onnx", "AveragePool", POOLS | {"count_include_pad": (0, 1)}, slides, **PAIRED),
    Family("onnx", "LpPool", POOLS | {"p": (1, 2, 3)}, slides, **PAIRED),
    *(Family("onnx", op, ALL) for op in ("GlobalMaxPool", "GlobalAveragePool")),
    Family("onnx", "GlobalLpPool", ALL | {"p": (1, 2, 3), "_opset": (2,)}),
    Family("onnx", "Conv", CONVOLUTIONS, convolves, kernels, **PAIRED),
    Family(
        "onnx", "ConvTranspose", CONVOLUTIONS | {"output_padding": ((0, 0, 0), (1, 1, 0), (1, 0, 1))}, spreads, kernels,
        **PAIRED,
    ),
    Family(
        "onnx", "ConvTranspose",
        {"_n": (1, 2), "_sizes": ((3, 4),), "kernel_shape": ((2, 2), (3, 3), (3, 2)), "strides": ((2, 2), (3, 2)),
         "output_shape": ((6, 7), (7, 8), (8, 9), (5, 7)), "auto_pad": ("NOTSET", "SAME_UPPER", "SAME_LOWER"),
         "output_padding": ((0, 0), (1, 1)), "group": (1,), "_in": (1, 2), "_out": (1, 2), "_bias": (True,),
         "_batch": (1,)},
        shapes=kernels, part="sized",
    ),
    Family(
        "onnx", "MaxUnpool",
        {"_n": (1, 2), "_channels": (1, 2), "_batch": (1, 2), "_sizes": ((4, 6),), "kernel_shape": ((2, 2),),
         "strides": ((2, 2),)},
    ),
    of_shape("Relu", _data=("halves", "ties")),
    of_shape("LeakyRelu", alpha=(None, 0.0, 0.5, 1.0, -0.5, 2.0), _data=("halves", "ties")),
    of_shape("Elu", alpha=(None, 0.0, 0.5, 2.0), _data=("halves", "ties")),
    of_shape("Selu", alpha=(None, 0.5, 2.0), gamma=(None, 0.5, 2.0), _data=("halves", "wide")),
    of_shape("Gelu", approximate=(None, "none", "tanh"), _opset=(20,), _data=("halves", "wide")),
    *(of_shape(op, _data=("halves", "wide")) for op in ("Softplus", "Softsign", "HardSwish", "Mish")),
    of_shape("HardSigmoid", alpha=(None, 0.5, 0.0), beta=(None, 0.0, -1.0), _data=("halves", "wide")),
    of_shape("Sigmoid"), of_shape("Tanh"), of_shape("Identity"), of_shape("Dropout"),
    of_shape("Softmax", axis=(None, -1, 0, 1, -2), _opset=(11, 13, 22)),
    of_shape("Flatten", axis=(None, 0, 1, 2, -1)),
    of_shape("Transpose", perm=(None,)),
    Family(
        "onnx", "Transpose", {"perm": ((2, 0, 1), (0, 2, 1)), "_shape": ((2, 3, 4), (1, 2, 3))},
        shapes=one, whole=("perm",), part="3",
    ),
    Family(
        "onnx", "Gemm",
        {"alpha": (None, 0.5, 2.0), "beta": (None, 0.0, 3.0), "transA": (0, 1), "transB": (0, 1),
         "_shapes": (((3, 3), (3, 3), (3,)), ((3, 3), (3, 3), (3, 1)), ((3, 3), (3, 3), (3, 3)), ((3, 3), (3, 3)))},
        shapes=listed,
    ),
    Family(
        "onnx", "MatMul",
        {"_shapes": (((2, 3), (3, 4)), ((3,), (3, 2)), ((2, 3), (3,)), ((2, 2, 3), (3, 1)), ((2, 1, 2, 3), (2, 3, 2)))},
        shapes=listed,
    ),
    of_shape("PRelu", _floats=(([0.5],), ([[-1], [2]],)), _data=("mixed", "wide"), _shape=((3, 2, 4), (1, 2, 2, 3))),
    of_shape("LogSoftmax", axis=(None, -1, 0, 1, -2), _opset=(11, 13, 22)),
    Family(
        "onnx", "LayerNormalization",
        {"axis": (None, -1, 2, -2, 1), "epsilon": (None, 0.5), "_shape": ((2, 3, 4), (1, 2, 3, 4)),
         "_floats": (([1, -2, 0, 3],), ([1, -2, 0, 3], [0, 1, 2, -1]))},
        shapes=one,
    ),
    Family(
        "onnx", "GroupNormalization",
        {"num_groups": (1, 2), "epsilon": (None, 0.5), "_opset": (21,), "_shape": ((2, 2, 4), (1, 2, 3, 2)),
         "_floats": (([1, -2], [0.5, 3]),)},
        shapes=one,
    ),
    of_shape(
        "LRN", size=(1, 3, 5), alpha=(None, 0.5, 2.0), beta=(None, 1.0), bias=(None, 2.0),
        _data=("mixed", "wide"), _shape=((1, 4, 2, 3), (2, 5, 3, 1)),
    ),
    Family(
        "onnx", "InstanceNormalization",
        {"epsilon": (None, 0.5), "_shape": ((2, 2, 4), (1, 2, 3, 2)), "_floats": (([1, -2], [0.5, 3]),)},
        shapes=one,
    ),
    Family(
        "onnx", "BatchNormalization",
        {"epsilon": (None, 0.5), "_data": ("positive",),
         "_shapes": tuple(((2, 3, *sizes), *[(3,)] * 4) for sizes in ((), (4,), (3, 2)))},
        shapes=listed,
    ),
    Family(
        "onnx", "Pad",
        {"mode": ("constant", "reflect", "edge", "wrap"), "_shape": ((3, 4), (4, 3)),
         "_ints": ((0, 1, 2, 0), (1, 1, 1, 1), (-1, 2, 0, -1), (0, 0, 0, 0))},
        shapes=one,
    ),
    *(Family("onnx", op, {"_shapes": BROADCAST}, shapes=listed) for op in ("Add", "Sub", "Mul")),
    Family("onnx", "Div", {"_shapes": BROADCAST, "_data": ("positive", "negative")}, shapes=listed),
    Family("onnx", "Sum", {"_shapes": (*BROADCAST, ((2, 3), (3,), (2, 1)))}, shapes=listed),
    Family(
        "onnx", "Concat", {"axis": (0, 1, -1), "_shapes": (((2, 3), (2, 3)), ((2, 3), (2, 3), (2, 3)))}, shapes=listed
    ),
    Family(
        "onnx", "Reshape",
        {"_shape": ((2, 3, 4),), "_ints": ((-1,), (0, -1), (4, 6), (2, 0, 4), (2, 2, 2, 3)), "allowzero": (0,)},
        shapes=one,
    ),
    Family("onnx", "Squeeze", {"_shape": ((1, 2, 1, 3),), "_ints": (None, (0,), (0, -2))}, shapes=one),
    Family("onnx", "Unsqueeze", {"_shape": ((2, 3),), "_ints": ((0,), (-1,), (0, 2), (1, -1))}, shapes=one),
    Family("onnx", "Clip", {"_shape": SHAPES, "_floats": ((-1.0, 2.0), (0.5,), ())}, shapes=one),
    Family(
        "onnx", "ReduceMean", {"_shape": ((2, 3, 4, 2),), "_ints": ((2, 3), (-1, -2)), "keepdims": (0, 1)}, shapes=one
    ),
    *ONNX,
    Family(
        "onnx", "Slice",
        {
            "_shape": ((3, 4), (2, 5, 4)),
            "_ints": (((1,), (3,)), ((0, 1), (2, -1)), ((-3,), (10**6,), (1,)), ((1, 0), (2, 2), (-1, 0), (1, 1))),
        },
        shapes=one,
    ),
    Family("onnx", "Tile", {"_shape": ((2, 3),), "_ints": ((1, 2), (3, 1), (1, 1))}, shapes=one),
]  # fmt: skip
