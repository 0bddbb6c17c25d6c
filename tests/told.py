"""What every fact is asked, whichever framework it came from."""

from __future__ import annotations

import json

import numpy as np

from stepwise.layers.saved import from_data
from stepwise.traces.trace import Trace
from tests.worked_out import explains, sample
from tools.conformance import Fact


def agrees(fact: Fact) -> None:
    """Every output has the shape and the numbers that are due."""
    for got, due in fact.carry_out():
        array = np.asarray(got)
        assert array.shape == due.shape
        assert fact.agrees(got, due), f"{array.tolist()} is not {due.tolist()}"


def traces(fact: Fact) -> list[Trace]:
    """The traces among a fact's outputs; indices are plain arrays."""
    found = [got for got, _due in fact.carry_out() if isinstance(got, Trace)]
    assert found
    return found


def explains_itself(fact: Fact) -> None:
    """The trace verifies, reads back from what it saves to the same numbers, and its formulas give its cells."""
    tolerance = 1e-4 if fact.dialect == "ONNX" else 1e-9  # float32 there
    for trace in traces(fact):
        trace.verify()
        again = from_data(json.loads(json.dumps(trace.to_data(), allow_nan=False)))
        again.verify()
        assert again.output.dtype == trace.output.dtype
        assert np.array_equal(again.output, trace.output, equal_nan=True)
        assert again.to_data() == trace.to_data()
        for number in sample(len(trace.steps)):
            step = trace.steps[number]
            assert explains(step, tolerance), f"{step.index}: {step.formula}"


def tells_itself(fact: Fact) -> None:
    """The lesson can be told in every format."""
    for trace in traces(fact):
        lesson = trace.lesson()
        assert lesson.html().startswith("<!doctype html>")
        assert lesson.markdown().startswith("# ")
        assert lesson.text().strip()
