"""Two traces that may be compared, or one sentence that says why they may not."""

from __future__ import annotations

from collections.abc import Sequence

from ..document.lesson import Lesson
from ..errors import CallError, ShapeError, shown
from ..language import speaking
from ..traces.trace import Trace, data_inputs
from .beside import same_input, unshared
from .choice import check_detail, refuse_long
from .compared_gradients import are_gradients, tell_compared_gradients
from .comparison import tell_comparison


def compare(a: Trace, b: Trace, language: str = "en", title: str | None = None, detail: str = "auto") -> Lesson:
    """Two traces over the same input side by side, from the first decision where they differ.

    Calls of several stages, and chains, are compared stage by stage, from the first on that they do not share. Their
    outputs are compared as feature maps, wherever each framework keeps its channels. Two gradients are compared cell by
    cell, where the same upstream gradient was led back to both.

    Raises `CallError` where it was not, `ShapeError` where their inputs differ, or where they do not look through
    windows along the same axes.

    >>> import stepwise as sw
    >>> x = [[4, 3], [2, 1]]
    >>> a, b = (sw.trace(f"MaxPool2D(2, strides=1, padding={p!r})", x) for p in ("valid", "same"))
    >>> compare(a, b).title
    'VALID or SAME?'
    """
    for trace in (a, b):
        if not isinstance(trace, Trace):
            raise CallError(f"compare takes two traces, such as those of stepwise.trace(…), not {shown(trace)}")
    check_detail(detail)
    if are_gradients(a, b):
        with speaking(language):
            return tell_compared_gradients(a, b, language, title)
    one, two = unshared(a, b)
    refuse_long((*one, *two), detail)
    _check_comparable(one, two)
    with speaking(language):
        return tell_comparison(a, b, language, title, detail)


def _check_comparable(one: Sequence[Trace], two: Sequence[Trace]) -> None:
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
