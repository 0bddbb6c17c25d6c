"""What ONNX's operators take, in its order. To add an operator of several inputs: a line in `INPUTS`, and one in
`NEEDED`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    pass


# What the engine calls a node's inputs, in ONNX's order; empty for those that are parameters, not data.
INPUTS: dict[str, tuple[str, ...]] = {
    "Conv": ("input", "kernel", "bias"),
    "ConvTranspose": ("input", "kernel", "bias"),
    "Gemm": ("input", "kernel", "bias"),
    "MatMul": ("input", "other"),
    "MaxUnpool": ("input", "indices", ""),
    "BatchNormalization": ("input", "gamma", "beta", "mean", "variance"),
    "PRelu": ("input", "slope"),
    "LayerNormalization": ("input", "gamma", "beta"),
    "GroupNormalization": ("input", "gamma", "beta"),
    "InstanceNormalization": ("input", "gamma", "beta"),
    "Add": ("input", "input_1"),
    "Mul": ("input", "input_1"),
    "Sub": ("input", "input_1"),
    "Div": ("input", "input_1"),
    "Reshape": ("input", ""),
    "Slice": ("input", "", "", "", ""),
    "Tile": ("input", ""),
    "Squeeze": ("input", ""),
    "Unsqueeze": ("input", ""),
    "Clip": ("input", "", ""),
    "ReduceMean": ("input", ""),
    "Resize": ("input", "", "", ""),
    "Upsample": ("input", ""),
    "Pad": ("input", "", "", ""),
    "Dropout": ("input", "", ""),
}

OF_TWO = ("Add", "Mul", "Sub", "Div")
"""Operators that before opset 7 could say which axis of the first input the second begins at."""

ANY_NUMBER = ("Concat", "Sum")
"""Operators that take as many inputs as there are."""

# How many of them cannot be left out, where it is more than the first.
NEEDED: dict[str, int] = {
    "Conv": 2,
    "ConvTranspose": 2,
    "Gemm": 2,
    "MatMul": 2,
    "MaxUnpool": 2,
    "Reshape": 2,
    "Tile": 2,
    "BatchNormalization": 5,
    "PRelu": 2,
    "LayerNormalization": 2,
    "GroupNormalization": 3,
    "InstanceNormalization": 3,
    "Add": 2,
    "Mul": 2,
    "Sub": 2,
    "Div": 2,
}
