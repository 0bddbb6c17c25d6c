"""Whether two rows of stages may be set side by side, or one sentence that says why they may not."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import ShapeError
from ..traces.trace import Trace, data_inputs
from .beside import same_input


def check_comparable(one: Sequence[Trace], two: Sequence[Trace]) -> None:
    """Raises `ShapeError` where they look through no windows, along other axes, or at another input."""
    looking = [[trace for trace in line if trace.geometry.axes] for line in (one, two)]
    for line, found in zip((one, two), looking):
        if not found:
            call = line[-1].layer.call
            if len(data_inputs(line[0])) > 1:
                raise ShapeError(
                    f"{call} joins branches, and chains are set side by side; compare the layers of one branch"
                )
            raise ShapeError(f"{call} has no window; only layers that look through one can be compared")
    a, b = looking[0][0], looking[1][0]
    axes = [tuple(axis.name for axis in trace.geometry.axes) for trace in (a, b)]
    if axes[0] != axes[1]:
        raise ShapeError(
            f"{a.layer.call} looks along {' and '.join(axes[0])}, {b.layer.call} along {' and '.join(axes[1])}; "
            "only layers with the same axes can be compared"
        )
    given = [line[0].inputs["input"] for line in (one, two)]
    if not same_input(one, two):
        if given[0].shape != given[1].shape:
            difference = f"these have inputs {given[0].shape} and {given[1].shape}"
        elif [f.layer.layout.channels_last for (f, *_others) in looking] in ([True, False], [False, True]):
            difference = (
                f"of an input {given[0].shape}, one of these takes the last axis for the channels, the other not; "
                "type the channels as grids, or give both the same data_format"
            )
        else:
            difference = "the numbers of these two differ"
        raise ShapeError(f"only layers over the same input can be compared; {difference}")
