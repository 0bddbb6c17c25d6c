"""What stepwise's own geometry says of every combination of knobs, for the test of the page's plan.

    python -m tools.knob_facts

A line is one combination, over every size: the framework's call, and for each size null where stepwise refuses it, or
the axis as a page is told it. Written to `tests/golden/knobs.json.gz`, and the same for the same engine.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

import stepwise as sw
from stepwise.errors import StepwiseError

PLACE = Path(__file__).resolve().parents[1] / "tests" / "golden" / "knobs.json.gz"
SIZES = tuple(range(1, 11))
WINDOWS, STRIDES, DILATIONS = (1, 2, 3, 4, 5), (1, 2, 3, 4), (1, 2, 3)
PADDINGS: tuple[str | int, ...] = ("valid", "same", 1, 2, 3)
OPERATIONS = ("max", "mean", "convolution", "transposed")
DIALECTS = ("keras", "torch", "onnx")


def combinations() -> Iterator[dict[str, Any]]:
    """Every combination, without the size."""
    names = ("operation", "window", "stride", "dilation", "padding", "ceil", "dialect")
    for values in product(OPERATIONS, WINDOWS, STRIDES, DILATIONS, PADDINGS, (False, True), DIALECTS):
        yield dict(zip(names, values))


def call(asked: dict[str, Any]) -> str:
    """The call as a person would write it, with every parameter that is not the framework's own choice."""
    k, s, d, padding, dialect = (asked[name] for name in ("window", "stride", "dilation", "padding", "dialect"))
    pools = asked["operation"] in ("max", "mean")
    number = {"valid": 0, "same": 0}.get(padding, padding)
    if dialect == "keras":
        name = {"max": "MaxPool1D", "mean": "AveragePooling1D", "convolution": "Conv1D"}
        words = [f"{k}" if pools else f"1, {k}", f"strides={s}", f"padding={padding!r}"]
        words += [f"dilation_rate={d}"] if d > 1 else []
        words += ["ceil_mode=True"] if asked["ceil"] else []
        return f"{name.get(asked['operation'], 'Conv1DTranspose')}({', '.join(words)})"
    if dialect == "torch":
        name = {"max": "MaxPool1d", "mean": "AvgPool1d", "convolution": "Conv1d", "transposed": "ConvTranspose1d"}
        words = [f"{k}" if pools else f"1, 1, {k}", f"stride={s}"]
        words += ["padding='same'"] if padding == "same" else [f"padding={number}"]
        words += [f"dilation={d}"] if d > 1 else []
        words += ["ceil_mode=True"] if asked["ceil"] else []
        return f"nn.{name[asked['operation']]}({', '.join(words)})"
    name = {"max": "MaxPool", "mean": "AveragePool", "convolution": "Conv", "transposed": "ConvTranspose"}
    words = [f"kernel_shape=[{k}]", f"strides=[{s}]", f"dilations=[{d}]"]
    words += ["auto_pad='SAME_UPPER'"] if padding == "same" else [f"pads=[{number}, {number}]"]
    words += ["ceil_mode=1"] if asked["ceil"] else []
    return f"{name[asked['operation']]}({', '.join(words)})"


def fact(asked: dict[str, Any], size: int) -> list[Any] | None:
    """What the engine plans: what is drawn, the padded edge, the windows, the working of their number, divisors."""
    kernel = {} if asked["operation"] in ("max", "mean") else {"kernel": np.ones(asked["window"], int)}
    try:
        trace = sw.trace(call(asked), np.ones(size, int), **kernel)
    except StepwiseError:
        return None
    (axis,) = trace.geometry.axes
    edge = axis.size + axis.padding.after if axis.padding.overhang else None
    at = [axis.positions(i) for i in range(axis.output)]
    operation: Any = trace.layer.operation
    divisors = [int(operation.figure("count", axis, i)) for i in range(axis.output)] if "mean" in operation.name else []
    return [list(axis.drawn), edge, at, str(axis.padding.output_formula), divisors]


def facts() -> Iterator[tuple[dict[str, Any], list[Any]]]:
    """Every combination, and what the engine says at every size."""
    for asked in combinations():
        yield asked, [fact(asked, size) for size in SIZES]


def main() -> None:
    lines = [json.dumps([asked, answer], ensure_ascii=False, separators=(",", ":")) for asked, answer in facts()]
    with gzip.GzipFile(PLACE, "wb", mtime=0) as file:
        file.write("\n".join(lines).encode())


if __name__ == "__main__":
    main()
