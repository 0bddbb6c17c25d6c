"""Answers to a one-dimensional layer, written as its lesson and its sheets draw the output: a row for each channel.

    1 2 3 4          1 2 3 4 ;; 1 2 4 6          channel 0: 1 2 3 4
    1 2 4 6                                      channel 1: 1 2 4 6

Where channels come last, the array itself has a row for each position. The shape tells which was written; where it
cannot, what a person typed is read as it is drawn, and what a program wrote as the array.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..traces.tables import lines_of
from ..traces.trace import Trace
from .answers import Answer, Shape


def by_channel(answer: Answer, trace: Trace) -> Sequence[int] | None:
    """The order of cells for an answer with a row for each channel; None where it is none.

    >>> import stepwise as sw
    >>> from stepwise.marking.answers import read_answer
    >>> line = sw.trace("MaxPool1D(1)", [[1, 5], [2, 6], [3, 7]])
    >>> by_channel(read_answer("1 2 3; 5 6 7"), line), by_channel(read_answer("1 5; 2 6; 3 7"), line)
    ([0, 3, 1, 4, 2, 5], None)
    """
    if len(answer.shape) not in (2, 3) or (lines := lines_of(trace)) is None:
        return None
    images, channels, length = lines.shape
    stacked = answer.shape in ((images, channels, length), (images * channels, 1, length))
    if not (stacked or answer.shape == (images * channels, length)):
        return None
    if answer.shape == trace.output.shape and not answer.typed:
        return None
    order: list[int] = lines.ravel().argsort().tolist()
    return order


def compared_sizes(answer: Answer, trace: Trace) -> tuple[Shape, Shape]:
    """The size of an answer and the one that was due, both as they were written: by channel, where the answer is."""
    given, due = answer.shape, trace.output.shape
    lines = lines_of(trace) if answer.typed and len(due) == 2 else None
    if lines is None or lines.shape[0] > 1:
        return given, due
    channels, length = lines.shape[1:]
    if len(given) == 3 and given[1] == 1:
        given = (given[0], given[2])
    positions_first = len(given) == 2 and given[1] == channels != given[0] and due == (length, channels)
    return given, due if positions_first else (channels, length)
