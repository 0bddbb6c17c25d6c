"""What is said of normalisation by the input's own mean and variance: layer, group and instance norm."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

from ..arithmetic import shown
from ..arithmetic.exact import all_decimals
from ..document.blocks import Block, FormulaLine, Prose, Table
from ..document.lesson import Section
from ..formula import Difference, Formula, Number, Power, Quotient, Sum, equality, leaf
from ..language import _
from ..ops import BatchStatistics, GroupNorm, InstanceNorm
from ..ops.elementwise import as_floats
from ..ops.normalize import Normalization
from ..traces.axes import cell_place
from ..traces.layout import Index
from ..traces.trace import Trace
from .inline import as_number
from .lines import Lines, undefined
from .records import Phrases

MOST_ROWS = 12
"""Blocks of cells that get a row of their own."""
MOST_TERMS = 16
"""Numbers whose mean is written out."""


def _norm(trace: Trace) -> Normalization:
    operation = trace.layer.operation
    assert isinstance(operation, Normalization)
    return operation


def _cells(trace: Trace) -> str:
    """Which cells are normalised together."""
    operation, shape = _norm(trace), trace.shape
    count = operation.count(shape)
    if count == trace.output.size:
        return _("all {n} cells").format(n=count)
    if isinstance(operation, InstanceNorm):
        return _("the {n} cells of one channel of one image").format(n=count)
    if isinstance(operation, BatchStatistics):
        return _("the {n} cells of one channel in all images of the batch").format(n=count)
    if isinstance(operation, GroupNorm):
        channels = operation.channels(shape) // operation.parts(shape)
        if operation.parts(shape) == 1:
            return _("the {n} cells of one image").format(n=count)
        return _("the {n} cells of {k} neighbouring channels of one image").format(n=count, k=channels)
    axes = operation.learned_axes(shape)
    if axes == (len(shape) - 1,):
        return _("the {n} cells along the last axis").format(n=count)
    return _("the {n} cells along the axes {axes}").format(n=count, axes=", ".join(map(str, axes)))


def _instruction(trace: Trace) -> str:
    done = {
        (False, False): _("subtract the mean of {cells}, and divide by their standard deviation"),
        (True, False): _("subtract the mean of {cells}, divide by their standard deviation, and scale"),
        (False, True): _("subtract the mean of {cells}, divide by their standard deviation, and shift"),
        (True, True): _("subtract the mean of {cells}, divide by their standard deviation, then scale and shift"),
    }["gamma" in trace.inputs, "beta" in trace.inputs]
    return done.format(cells=_cells(trace))


def _check(trace: Trace) -> str:
    """What adds up to 0; a gamma of 0 leaves nothing that could."""
    gamma = trace.inputs.get("gamma")
    if gamma is not None and not all(gamma.flat):
        return _("Where gamma is 0, the input makes no difference to the result.")
    undone = {
        (False, False): _("The results that share a mean add up to 0."),
        (True, False): _("Divided by their gamma, the results that share a mean add up to 0."),
        (False, True): _("Without their beta, the results that share a mean add up to 0."),
        (True, True): _("Without their beta and divided by their gamma, the results that share a mean add up to 0."),
    }
    return undone[gamma is not None, "beta" in trace.inputs]


def _lines(trace: Trace) -> Lines:
    return ("", _("Mean and variance are those of {cells}.").format(cells=_cells(trace))), *undefined()


def norm_sections(trace: Trace) -> list[Section]:
    """Mean and variance of the blocks; none of letters, exact numbers, or numbers that have no such mean."""
    if not all_decimals(trace.inputs["input"]):
        return []
    return [Section(_("Mean and variance"), tuple(_worked(trace)))]


def _worked(trace: Trace) -> Iterator[Block]:
    operation = _norm(trace)
    count, epsilon = operation.count(trace.shape), operation.epsilon
    sentence = _(
        "Mean and variance are worked out from the input itself, from {cells}. The variance is the mean of the squared "
        "distances from the mean: it is divided by {n}, the number of cells."
    )
    yield Prose((sentence.format(cells=_cells(trace), n=count),))
    firsts = _firsts(trace)
    x = as_floats(trace.inputs["input"])
    mean, variance = operation.statistics(x)
    if count <= MOST_TERMS:
        numbers: list[Formula] = [leaf(x[source.at]) for source in operation.cells(trace, firsts[0]) if source.at]
        centre = Number(float(mean[firsts[0]]))
        yield FormulaLine(equality(Quotient(Sum(tuple(numbers)), Number(count)), centre))
        squares: list[Formula] = [Power(Difference(number, centre), Number(2)) for number in numbers]
        yield FormulaLine(equality(Quotient(Sum(tuple(squares)), Number(count)), Number(float(variance[firsts[0]]))))
    rows = tuple(
        (
            (cell_place(trace, first),),
            as_number(mean[first]),
            as_number(variance[first]),
            as_number(math.sqrt(variance[first] + epsilon)),
        )
        for first in firsts
    )
    head = (_("first cell"), _("mean"), _("variance"), _("standard deviation"))
    yield Table(_("Mean and variance of the cells that are normalised together"), head, rows)
    others = x.size // count - len(firsts)
    if others:
        yield Prose((_("The other {n} are worked out in the same way.").format(n=others),))
    if epsilon:
        kept = _("{epsilon} is added to the variance before the root is taken, so that nothing is divided by 0.")
        yield Prose((kept.format(epsilon=shown(epsilon)),))


def _firsts(trace: Trace) -> list[Index]:
    """The first cell of each block, of the first blocks."""
    blocks = itertools.islice(_norm(trace).blocks(trace.shape), MOST_ROWS)
    return [tuple(along.start for along in block) for block in blocks]


NORMS: dict[str, Phrases] = {
    "layer_norm": Phrases(lambda: _("Layer normalisation"), _instruction, lambda trace: (), _check, _lines),
    "group_norm": Phrases(lambda: _("Group normalisation"), _instruction, lambda trace: (), _check, _lines),
    "batch_statistics": Phrases(
        lambda: _("Batch normalisation in training"), _instruction, lambda trace: (), _check, _lines
    ),
    "instance_norm": Phrases(lambda: _("Instance normalisation"), _instruction, lambda trace: (), _check, _lines),
}
