"""What is done wrongly where images are resized, or channels moved: each as a change that the engine carries out."""

from __future__ import annotations

import dataclasses

from ..language import _
from ..ops import DepthToSpace, Linear, MaxPool, MeanPool, MedianPool, MinPool, Nearest, SpaceToDepth
from ..ops.blocks import Order
from ..traces.trace import Trace
from . import changes


def corners_aligned(trace: Trace) -> Trace | None:
    """The first and last cells laid on one another, where the middles of cells are compared."""
    operation = trace.layer.operation
    if not isinstance(operation, Linear) or operation.coordinates == "align_corners":
        return None
    return changes.again(trace, dataclasses.replace(operation, coordinates="align_corners", rounded=""))


def corners_not_aligned(trace: Trace) -> Trace | None:
    """The middles of cells compared, where the first and last cells lie on one another."""
    operation = trace.layer.operation
    if not isinstance(operation, Linear) or operation.coordinates != "align_corners":
        return None
    return changes.again(trace, dataclasses.replace(operation, coordinates="half_pixel"))


def only_copied(trace: Trace) -> Trace | None:
    """The nearest cell copied, where a weighted mean was asked for."""
    operation = trace.layer.operation
    if not isinstance(operation, Linear):
        return None
    nearest = Nearest(operation.axes, operation.sizes, operation.scales)
    return changes.again(trace, nearest)


def other_order(trace: Trace) -> Trace | None:
    """The channels of a block counted in the other order: DCR taken for CRD, or the reverse."""
    operation = trace.layer.operation
    if not isinstance(operation, DepthToSpace | SpaceToDepth):
        return None
    order: Order = "depth first" if operation.order == "column first" else "column first"
    return changes.again(trace, dataclasses.replace(operation, order=order))


def order_sentence(trace: Trace) -> str | None:
    """Of channels that are counted depth first, the other way round."""
    operation = trace.layer.operation
    if not isinstance(operation, DepthToSpace | SpaceToDepth) or operation.order == "column first":
        return None
    return _("the cells of a block were taken from channels that follow one another; here they lie far apart (DCR)")


def largest_taken(trace: Trace) -> Trace | None:
    """The maximum, where the minimum was asked for."""
    return changes.with_rule(trace, MaxPool) if isinstance(trace.layer.operation, MinPool) else None


def mean_taken(trace: Trace) -> Trace | None:
    """The mean, where the median was asked for."""
    return changes.with_rule(trace, MeanPool) if isinstance(trace.layer.operation, MedianPool) else None
