"""What the reader of a page may turn beside a figure: window, stride, padding and their kin, of one layer.

To add a knob: its name in `KNOBS`, a control in `templates/html/knobs.html.jinja`, what it does in `script/knobs.js`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..arithmetic import Array, is_exact, is_expression
from ..errors import StepwiseError, did_you_mean, listing, shown
from ..geometry import Sliding, Transposed
from ..ops import Conv, ConvTranspose, MaxPool, MeanPool
from ..traces.trace import Trace
from .fed import FED
from .spelled import LARGEST, MOST_STEPS, spelled_out

KNOBS = ("operation", "window", "stride", "padding", "dilation", "ceil", "size", "kernel")
ASKED = (*KNOBS, *FED)
TURNED: dict[type, str] = {MaxPool: "max", MeanPool: "mean", Conv: "convolution", ConvTranspose: "transposed"}
"""The operations that knobs turn, and what they are called there."""
OF_POOLS, OF_KERNELS = ("max", "mean"), ("convolution", "transposed")
MOST_CHANNELS = 8
ONLY = "knobs turn max pooling, average pooling, a convolution or a transposed one"


def read_knobs(value: Any) -> tuple[str, ...]:
    """What is asked for: a list of names, names with commas between, or `all` knobs. Raises `StepwiseError`.

    >>> read_knobs("padding, window")
    ('window', 'padding')
    """
    names = value.replace(",", " ").split() if isinstance(value, str) else value
    if not isinstance(names, list | tuple) or not names or not all(isinstance(name, str) for name in names):
        raise StepwiseError(f"knobs {shown(value)} must be all, or a list of {listing(ASKED)}")
    for name in names:
        if name not in ASKED and name != "all":
            problem = f"there is no knob {shown(name)}; it is all, {listing(ASKED)}"
            raise StepwiseError(f"{problem}.{did_you_mean(name, ASKED)}")
    return tuple(name for name in ASKED if name in names or ("all" in names and name in KNOBS))


def knobs_for(trace: Trace, knobs: Sequence[str]) -> tuple[str, ...]:
    """Of these knobs, those that do something here. Raises `StepwiseError` where one that is named never could."""
    operation = turned(trace)["operation"]
    fixed = "operation" not in knobs
    idle = {"ceil": OF_KERNELS, "kernel": OF_POOLS}
    useless = [name for name in knobs if fixed and operation in idle.get(name, ())]
    if useless and tuple(knobs) != KNOBS:
        missing = {"ceil": "a convolution has no ceil mode", "kernel": "a pooling layer has no kernel"}[useless[0]]
        raise StepwiseError(
            f"the knob {useless[0]} would turn nothing, since {missing}; leave it out, or add operation"
        )
    return tuple(name for name in knobs if name not in useless)


def turned(trace: Trace) -> dict[str, Any]:
    """Where the knobs of a layer stand, as the page has it. Raises `StepwiseError` where they cannot turn it."""
    operation: Any = trace.layer.operation
    call, name = trace.layer.call, TURNED.get(type(operation))
    if trace.parents:
        raise StepwiseError("knobs turn one layer, and here are several; leave them out, or tell one layer alone")
    if name is None:
        raise StepwiseError(f"{call}: {ONLY}")
    if trace.layer.dialect not in ("keras", "torch", "onnx"):
        raise StepwiseError(f"{call}: knobs turn layers in the words of Keras, PyTorch and ONNX")
    windows = operation.windows
    padding = _sliding(windows) if isinstance(windows, Sliding) else _spread(windows)
    if padding is None or _more(operation, padding):
        raise StepwiseError(
            f"{call}: knobs know windows that slide, with padding VALID, SAME or the same number on every side"
        )
    axes = len(trace.geometry.axes)
    given, (channels, filters) = trace.inputs["input"], trace.channels
    grouped = name in OF_KERNELS and operation.groups > 1
    many = given.ndim == axes + 2 and trace.layer.layout.images(given, axes).shape[0] > 1
    if grouped or many or axes > 2 or max(channels, filters) > MOST_CHANNELS:
        most = f"up to {MOST_CHANNELS} channels and filters"
        raise StepwiseError(
            f"{call}: knobs turn a layer over one image, along one axis or two, with {most} in no groups"
        )
    if not all(map(_turns, trace.inputs.values())):
        raise StepwiseError(
            f"{call}: knobs need numbers of up to 18 digits, fractions and letters, each alone; of 2·a, π or longer "
            "numbers, leave them out"
        )
    if any(map(is_exact, trace.inputs.values())) and not spelled_out(trace):
        raise StepwiseError(
            f"{call}: of fractions and letters, knobs turn up to {LARGEST} rows and columns and {MOST_STEPS} results"
        )
    return {
        "operation": name,
        "window": list(windows.window),
        "stride": list(windows.stride),
        "dilation": list(windows.dilation),
        "padding": padding,
        "ceil": getattr(windows, "ceil", False),
        "size": list(trace.geometry.input_shape),
        "channels": channels,
        "filters": filters if name in OF_KERNELS else 1,
        "counted": operation.counts_padding if name == "mean" and trace.layer.dialect != "keras" else None,
    }


def _turns(array: Array) -> bool:
    """Whether an array holds numbers as a computer has them, or fractions and letters, each alone."""
    if not is_exact(array):
        return array.dtype.kind in "iuf"
    return all(not is_expression(value) or value.is_Symbol for value in array.flat)


def _sliding(windows: Sliding) -> str | int | None:
    match windows.padding:
        case "valid":
            return "valid"
        case "same_upper":
            return "same"
        case "explicit":
            return _alike(windows.pads)
    return None


def _spread(windows: Any) -> str | int | None:
    if not isinstance(windows, Transposed) or windows.outputs or any(windows.extra):
        return None
    known: Mapping[str, str | int | None] = {"valid": "valid", "upper": "same", "": _alike(windows.cuts) or "valid"}
    return known.get(windows.same) if windows.same or _alike(windows.cuts) is not None else None


def _alike(pads: Sequence[tuple[int, int]]) -> int | None:
    """The lines of padding, where they are as many on every side."""
    sides = {lines for side in pads for lines in side}
    return sides.pop() if len(sides) == 1 else None


def _more(operation: Any, padding: str | int) -> bool:
    """Whether the operation has what no knob turns: padding counted under SAME, a divisor, shared maxima."""
    counts = getattr(operation, "counts_padding", False) and padding == "same"
    return counts or getattr(operation, "divisor", None) is not None or getattr(operation, "shared", False)
