"""How a request is changed into the one that a misconception carries out.

Each function takes a trace and gives another, made by the same engine, or None where there is nothing to change.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from ..arithmetic import Array
from ..geometry import Sliding, Transposed
from ..ops import ConvTranspose
from ..ops.windows import WindowOperation
from ..traces.operation import Layer, Operation
from ..traces.recording import record
from ..traces.trace import Trace


def again(trace: Trace, operation: Operation, inputs: Mapping[str, Array] | None = None) -> Trace:
    """The trace carried out by another operation, over other inputs where some are given."""
    given = {name: array.view() for name, array in (inputs or trace.inputs).items()}
    parents = {
        name: parent for name, parent in trace.parents.items() if inputs is None or inputs.get(name) is parent.output
    }
    return record(dataclasses.replace(trace.layer, operation=operation), given, parents, trace.origins)


def before(trace: Trace, operation: Operation) -> Trace:
    """The trace over an input that was changed first, by an operation of its own."""
    changed = record(
        Layer(operation, trace.layer.layout, trace.layer.dialect, operation.name),
        {"input": trace.inputs["input"].view()},
        {name: parent for name, parent in trace.parents.items() if name == "input"},
    )
    inputs = {**trace.inputs, "input": changed.output}
    return record(trace.layer, inputs, {**trace.parents, "input": changed}, trace.origins)


def after(trace: Trace, operation: Operation) -> Trace:
    """The trace's output, changed by an operation of its own."""
    layer = Layer(operation, trace.layer.layout, trace.layer.dialect, operation.name)
    return record(layer, {"input": trace.output}, {"input": trace})


def sliding(trace: Trace) -> Sliding | None:
    """The windows of an operation that slides one."""
    operation = trace.layer.operation
    windows = operation.windows if isinstance(operation, WindowOperation) else None
    return windows if isinstance(windows, Sliding) else None


def transposed(trace: Trace) -> Transposed | None:
    """The windows of a transposed convolution."""
    operation = trace.layer.operation
    windows = operation.windows if isinstance(operation, ConvTranspose) else None
    return windows if isinstance(windows, Transposed) else None


def with_windows(trace: Trace, **changes: Any) -> Trace:
    """The trace with something else asked of its windows."""
    operation = trace.layer.operation
    assert isinstance(operation, WindowOperation)
    windows = dataclasses.replace(operation.windows, **changes)
    return again(trace, dataclasses.replace(operation, windows=windows))


def with_rule(trace: Trace, rule: type[WindowOperation]) -> Trace:
    """The same windows under another rule."""
    operation = trace.layer.operation
    assert isinstance(operation, WindowOperation)
    return again(trace, rule(operation.windows))


def without(trace: Trace, name: str) -> Trace | None:
    """The trace without one of its inputs."""
    if name not in trace.inputs:
        return None
    kept = {n: array for n, array in trace.inputs.items() if n != name}
    return again(trace, trace.layer.operation, kept)
