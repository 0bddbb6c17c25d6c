"""An answer laid out otherwise than the output."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..language import _, listed
from ..traces.tables import tables
from ..traces.trace import Trace, chain
from .answers import Answer, Shape
from .lines import by_channel
from .wrong import flat

LEAST_GROUPED = 1000
"""A number that may be written with its digits in groups of three."""


def fitted_to(answer: Answer, trace: Trace) -> Answer | None:
    """The answer in the shape of the trace's output, None where its size is another."""
    due = trace.output.shape
    if (order := by_channel(answer, trace)) is not None:
        return answer.reordered(due, order)
    if answer.blocks and (order := _from_blocks(answer.shape, trace)) is not None:
        return answer.reordered(due, order)
    if (order := plane_by_plane(answer.shape, trace)) is not None:
        if answer.words is not None:
            return answer.reordered(due, order)
        if trace.output.shape[-1] > 1:
            return None  # an array of a program, with its axes moved
    if fits(answer.shape, due):
        return answer.reordered(due)
    return None


def meant(read: Answer, trace: Trace) -> Answer:
    """Of the ways to read an answer, the one of the size that is due; one that says why where several are.

    >>> import stepwise as sw
    >>> t = sw.trace("AveragePooling2D((1, 2))", [[4, 5], [6, 8]])
    >>> from stepwise.marking.answers import read_answer
    >>> meant(read_answer("4,5; 7"), t).numbers, meant(read_answer("4,5; 6,7"), t).numbers
    ((4.5, 7), (4.5, 6.7))
    """
    if read.problem or not (read.others or read.unsure):
        return read
    ways = (read, *read.others)
    if any(one.kind == "grouped" for one in ways) and np.abs(flat(trace.output)).max(initial=0) < LEAST_GROUPED:
        ways = tuple(one for one in ways if one.kind != "grouped")
    fitted = {id(one): fitted_to(one, trace) for one in (read, *read.others)}
    fitting = [one for one in ways if fitted[id(one)] is not None]
    doubtful = bool(fitting) and fitting[0].kind == "doubtful"
    fitting = [read, fitting[0]] if doubtful else [one for one in fitting if one.kind != "doubtful"]
    if fitting and fitting[0].blocks:  # what stands apart is a channel's, and no row of one grid
        fitting = [one for one in fitting if one is fitting[0] or one.numbers != fitting[0].numbers]
    different = {own.numbers for one in fitting if (own := fitted[id(one)]) is not None}
    if len(different) > 1 or doubtful:
        problem = _("it can be read as {ways}; write decimals with a point, and separate cells with spaces")
        readings = list(dict.fromkeys(one.numbers for one in fitting))[:2]
        choice = listed((" ".join(map(str, numbers[:6])) for numbers in readings), either=True)
        return replace(read, problem=problem.format(ways=choice))
    return fitting[0] if fitting else replace(read, problem=read.unsure)


def fits(given: Shape, due: Shape) -> bool:
    """Whether a shape is the one due, where axes of length one may be left out; a line may lie or stand.

    >>> fits((2, 2), (1, 2, 2, 1)), fits((1, 3), (3,)), fits((3, 1), (3,)), fits((3, 2), (2, 3)), fits((3, 1), (1, 3))
    (True, True, True, False, False)
    """
    long = tuple(n for n in due if n != 1)
    if tuple(n for n in given if n != 1) != long:
        return False
    if len(long) <= 1 and len(due) <= 1:
        return True
    extra = len(given) - len(due)
    if extra > 0 and all(n == 1 for n in given[:extra]):
        given = given[extra:]  # a batch of one, which is not asked for
    rest = list(given)
    for n in due:  # what is given must be what is due with some ones left out, and nothing moved
        if rest and rest[0] == n:
            rest.pop(0)
        elif n != 1:
            return False
    return not rest or (len(long) > 1 and all(n == 1 for n in rest))


def _from_blocks(given: Shape, trace: Trace) -> Sequence[int] | None:
    """The order of cells for an answer of several tables: one for each channel, image or depth, as files hold them."""
    due = trace.output
    if math.prod(given) != due.size or len(given) != 3:
        return None
    numbered = np.stack(tables(trace, np.arange(due.size).reshape(due.shape)))
    order: list[int] = np.argsort(numbered, axis=None).tolist()
    return order if numbered.shape == given else None


def plane_by_plane(given: Shape, trace: Trace) -> Sequence[int] | None:
    """The order of cells for lists with a grid for each channel, where the array that is due has its channels last."""
    if len(given) < 3 or (order := channels_first(trace)) is None:
        return None
    height, width, channels = trace.output.shape[-3:]
    given, due = given[-3:], (height, width, channels)
    return order if given == (channels, height, width) != due else None


def axes_moved(given: Shape, due: Shape) -> bool:
    """Whether an array has its channels first where they are due last, or last where they are due first."""
    return len(given) == len(due) > 2 and given != due and given in ((*due[1:], due[0]), (due[-1], *due[:-1]))


def side_by_side(trace: Trace) -> Sequence[int] | None:
    """The order of cells for an output of several grids, from grids that stand beside each other."""
    due = tuple(n for n in trace.output.shape if n != 1)
    if len(due) != 3:
        return None
    grids = np.arange(trace.output.size).reshape(due[1], due[0], due[2])
    order: list[int] = np.moveaxis(grids, 0, 1).ravel().tolist()
    return order


def channels_first(trace: Trace) -> Sequence[int] | None:
    """The order of cells for an output whose channels come last, from one grid for each channel."""
    due = trace.output.shape
    pictures = any(layer.geometry.axes for layer in chain(trace))  # else the first axis may be anything
    long = due[1:] if len(due) == 4 and due[0] == 1 else due
    if not trace.layer.layout.channels_last or len(long) != 3 or not pictures:
        return None
    grids = np.arange(trace.output.size).reshape(long[2], *long[:2])
    order: list[int] = np.moveaxis(grids, 0, -1).ravel().tolist()
    return order
