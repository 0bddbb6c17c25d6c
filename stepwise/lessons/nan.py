"""NaN and infinities under a maximum or a softmax, decimals of whole numbers: where frameworks do not do what is told.

Measured on CPUs, with TensorFlow 2.21, PyTorch 2.13 and onnxruntime 1.32; `tests/golden/test_nan.py` has the numbers.
"""

from __future__ import annotations

import math

from ..language import _
from ..ops import MaxPool, Softmax
from ..traces.step import Step
from ..traces.trace import Trace


def _several(step: Step) -> bool:
    return sum(bool(tap.value != tap.value) for tap in step.taps) > 1


def _of_whole_numbers(trace: Trace) -> str:
    """SciPy's filters of images give numbers of the kind that went in."""
    first = trace
    while first.layer.stage and "input" in first.parents:
        first = first.parents["input"]
    if first.inputs["input"].dtype.kind not in "iu" or trace.output.dtype.kind != "f":
        return ""
    if all(not math.isfinite(value) or float(value).is_integer() for value in trace.output.flat):
        return ""
    return _(
        "Of an array of whole numbers SciPy itself gives whole numbers: it cuts decimals off. Of an array of decimals "
        "it gives what stands here."
    )


def of_frameworks(trace: Trace) -> str:
    """What another program may give instead of these results, or why they are these; empty where all agree."""
    operation = trace.layer.operation
    if trace.layer.dialect == "scipy.ndimage":
        return _of_whole_numbers(trace)
    if type(operation) is Softmax:
        spoilt = trace.layer.dialect == "keras" and operation.beside_missing(trace)
        parted = _("Beside NaN or ∞, TensorFlow's own softmax, on a CPU, gives mostly 0; PyTorch's gives NaN, as here.")
        return parted if spoilt else ""
    if not isinstance(operation, MaxPool) or trace.output.dtype.kind != "f":
        return ""
    missing = (trace.output != trace.output).any()  # NaN alone is unlike itself
    nothing = (trace.output == -math.inf).any()
    match trace.layer.dialect:
        case "keras" if missing and not operation.shared:
            return _("TensorFlow's own max pooling, on a CPU, ignores NaN; PyTorch's gives NaN, as here.")
        case "keras" if nothing and not operation.shared:
            return _(
                "Where every number is −∞, TensorFlow's own max pooling, on a CPU, gives the lowest finite number."
            )
        case "torch" if any(_several(trace.step(at)) for at in trace.missing):
            return _("Where a window holds NaN several times, PyTorch's index and gradient are those of the last.")
        case "onnx" if missing:
            return _(
                "In ONNX Runtime, whether the maximum is NaN depends on where NaN is in the window; here it always is."
            )
        case "onnx" if nothing:
            return _("Where every number is −∞, ONNX Runtime gives the lowest finite number.")
    return ""
