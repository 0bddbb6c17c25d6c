"""What a page must know of a gradient beside its taps: the layer's input with its windows, and what is said of each
cell. Which cell won a window, and what follows from that, the page is told; it works out products and sums.
"""

from __future__ import annotations

import math
from typing import Any

from ...document.inline import unmarked
from ...document.matrix import Mark
from ...lessons.gradient_names import gradient_of
from ...lessons.gradient_pictures import along_of, caption, on_input
from ...lessons.said import sentence
from ...traces.layout import flat_index
from ...traces.trace import Trace
from .planes import planes_of

MOST_CELLS = 1_000
"""Cells of a gradient that a page lets its reader operate."""
MOST_TAPS = 20_000
"""What all of them together are made from."""


def gradient_operable(trace: Trace) -> bool:
    """Whether a page can hold a gradient: few cells, and no derivative without a value."""
    operation = trace.layer.operation
    arrays = (*trace.inputs.values(), trace.output)
    if trace.output.size > MOST_CELLS or trace.output.size * operation.reach(trace) > MOST_TAPS:
        return False
    if min(trace.inputs["input"].ndim, trace.output.ndim) < 1 or any(array.dtype == object for array in arrays):
        return False
    return all(math.isfinite(tap.weight) for step in trace.steps for tap in step.taps)


def sentences_of_cells(trace: Trace) -> dict[str, Any]:
    """What is said of every cell: each sentence once, and which of them is said where."""
    said = [unmarked(sentence(step)) for step in trace.steps]
    known = list(dict.fromkeys(said))
    return {"lines": [["", "{told}"]], "told": known, "which": [known.index(one) for one in said]}


def beside_gradient(trace: Trace, view: dict[str, Any]) -> dict[str, Any]:
    """The arrays that stand beside the upstream gradient: the factors, and the layer's input with its windows."""
    operation = gradient_of(trace)
    found: dict[str, Any] = {}
    captions = view["captions"]
    if name := operation.weight_name:
        shape = trace.inputs[name].shape
        found["weights"] = name
        found["kernelPlan"] = planes_of(shape, along_of(trace, name))
        captions["kernel"] = caption(trace, name)(_drawn(found["kernelPlan"]))
    own = "x" if operation.wrt == "input" else operation.wrt
    if not operation.wrt.startswith("input"):
        return found
    plan = planes_of(trace.inputs[own].shape, along_of(trace, own))
    marks = [on_input(step) for step in trace.steps]
    near: dict[str, Any] = {"name": own, "plan": plan, "caption": caption(trace, own)(_drawn(plan))}
    if any(len(one) > 1 for one in marks):
        shape = trace.inputs[own].shape
        near["windows"] = [[flat_index(at, shape) for at in one] for one in marks]
        winner: Mark = "winner"
        near["winners"] = [[flat_index(at, shape) for at, has in one.items() if winner in has] for one in marks]
    return found | {"near": near}


def _drawn(plan: dict[str, Any]) -> list[int]:
    """The size that stands in a caption: of a plane, where it is known what its axes are, else of the whole."""
    if "along" not in plan:
        return list(plan["shape"])
    return [plan["shape"][plan[line]] for line in ("rows", "columns")]
