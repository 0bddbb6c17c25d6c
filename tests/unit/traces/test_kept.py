"""What a trace's operation works out once is worked out anew for other arguments, however they are given."""

from __future__ import annotations

from typing import Any

import stepwise as sw
from stepwise.traces.kept import kept, kept_of
from stepwise.traces.trace import Trace


class Counting:
    def __init__(self) -> None:
        self.asked: list[int] = []

    @kept
    def times(self, trace: Trace, by: int = 1) -> Any:
        self.asked.append(by)
        return trace.output * by


def test_it_is_kept_for_each_arguments() -> None:
    trace, operation = sw.trace("MaxPool2D(2)", [[1, 2], [3, 4]]), Counting()
    assert [operation.times(trace, by=n).item() for n in (2, 3, 2)] == [8, 12, 8]
    assert [operation.times(trace, n).item() for n in (5, 5)] == [20, 20]
    assert operation.asked == [2, 3, 5]


def test_a_function_of_a_trace_is_kept_for_each_trace_and_arguments() -> None:
    asked: list[int] = []

    @kept_of
    def times(trace: Trace, by: int) -> Any:
        asked.append(by)
        return trace.output * by

    one, other = (sw.trace("MaxPool2D(2)", [[1, 2], [3, n]]) for n in (4, 9))
    assert [times(trace, by).item() for trace in (one, other) for by in (2, 3, 2)] == [8, 12, 8, 18, 27, 18]
    assert asked == [2, 3, 2, 3]
