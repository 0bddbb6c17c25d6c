"""Of an operation without a window: each output cell's sources as a line through the input, for the page's script."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...lessons.captions import (
    given_caption,
    result_caption,
    weight_caption,
)
from ...nouns import size_of
from ...traces.axes import roles
from ...traces.layout import flat_index
from ...traces.trace import Trace
from .planes import plane_of, planes_of


def json_number(value: Any) -> int | float:
    """A number as JSON has it."""
    return int(value) if value == int(value) else float(value)


def source_lines(trace: Trace) -> dict[str, Any]:
    """Of an operation without a window: for each output cell, its sources as a line through the input."""
    operation, shape = trace.layer.operation, trace.inputs["input"].shape
    name = getattr(operation, "weight_name", "kernel")
    first: list[int] = []
    weight_first: list[int] = []
    offsets: list[int] = []
    step = weight_step = 0
    if operation.in_place:
        return _described(trace, {"count": 1, "step": 0})
    if operation.listed:
        line = _listed(trace)
        lines = _described(trace, line)
        if any(0 in weights for weights in line.get("weigh", ())):
            lines["whole"] = True  # a number that is not finite reaches cells by a weight of 0, too
        return lines
    for index in np.ndindex(trace.output.shape):
        sources = list(operation.cells(trace, index))  # type: ignore[attr-defined]
        first.append(_source(sources[-1] if operation.counts and sources else None, shape, sources))
        if len(sources) > 1 and not operation.counts:
            step = flat_index(sources[1].at, shape) - first[-1]
            offsets = [flat_index(source.at, shape) - first[-1] for source in sources if source.at is not None]
        if sources and sources[0].weight_index is not None:
            weights = trace.inputs[name].shape
            weight_first.append(flat_index(sources[0].weight_index, weights))
            if len(sources) > 1:
                weight_step = flat_index(sources[1].weight_index, weights) - weight_first[-1]
    count = 1 if operation.counts else len(sources)
    line = {"count": count, "step": step}
    if offsets != [i * step for i in range(len(offsets))]:  # a block, and no line
        line["offsets"] = offsets
    if first != list(range(len(first))) or count != 1:
        line["first"] = first
    result = _described(trace, line)
    if weight_first:
        weights = trace.inputs[name].shape
        line |= {"weights": weight_first, "weightStep": weight_step}
        result["weights"] = name
        if 0 < len(weights) <= 2:
            result["kernelPlan"] = plane_of(weights)
            result["captions"]["kernel"] = weight_caption("kernel", size_of(weights))
    return result


def _listed(trace: Trace) -> dict[str, Any]:
    """Of taps that lie anyhow: the sources of each output cell, and their weights, 0 among them."""
    shape = trace.inputs["input"].shape
    taps = [trace.layer.operation.listing(trace, index) for index in np.ndindex(trace.output.shape)]
    line: dict[str, Any] = {
        "count": max(map(len, taps)),
        "taps": [[flat_index(tap.source, shape) for tap in of if isinstance(tap.source, tuple)] for of in taps],
    }
    weights = trace.inputs.get(trace.layer.operation.weight_name)
    if weights is not None and any(tap.weight_index is not None for of in taps for tap in of):
        line["weighAt"] = [[flat_index(tap.weight_index or (), weights.shape) for tap in of] for of in taps]
    elif any(tap.weight is not None for of in taps for tap in of):
        line["weigh"] = [[json_number(tap.weight) for tap in of] for of in taps]
    return line


def _described(trace: Trace, line: dict[str, Any]) -> dict[str, Any]:
    given, made = (_planes(trace, name) for name in ("input", "output"))
    captions = {"input": given_caption(trace)(_drawn(given)), "output": result_caption(trace)(_drawn(made))}
    return {"line": line, "input": given, "output": made, "captions": captions}


def _planes(trace: Trace, name: str) -> dict[str, Any]:
    """An array seen plane by plane: its rows and columns, and what the entries are called that tell planes apart."""
    shape, found = (trace.output if name == "output" else trace.inputs[name]).shape, roles(trace, name)
    return planes_of(shape, found)


def _drawn(plan: dict[str, Any]) -> list[int]:
    """The size that stands in the caption: of a plane, where it is known what its axes are, else of the whole."""
    return [plan["shape"][plan[along]] for along in ("rows", "columns")] if "along" in plan else plan["shape"]


NOTHING, CONSTANT = -1, -2


def _source(last: Any, shape: tuple[int, ...], sources: list[Any]) -> int:
    """The flat index of a line's first source; `NOTHING` where there is none, `CONSTANT` where it is padding."""
    if not sources:
        return NOTHING
    source = last or sources[0]
    return CONSTANT if source.at is None else flat_index(source.at, shape)
