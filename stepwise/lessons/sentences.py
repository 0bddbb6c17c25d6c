"""What is said of padding, and to check an answer by, where that depends on the layer's parameters."""

from __future__ import annotations

from ..arithmetic import shown
from ..language import _
from ..ops import MeanPool, ReLU
from ..traces import Trace
from .blocks import Strong, Text


def mean_pool(trace: Trace) -> MeanPool:
    operation = trace.layer.operation
    assert isinstance(operation, MeanPool)
    return operation


def mean_check(trace: Trace) -> str:
    operation = mean_pool(trace)
    if operation.divisor is not None:
        return _("Each result times {count} is the sum of the numbers in its window.").format(count=operation.divisor)
    if operation.counts_padding and trace.geometry.pads:
        return _("Each mean lies between the smallest and the largest number of its window, padding among them as 0.")
    return _("Each mean lies between the smallest and the largest number of its window.")


def conv_check(trace: Trace) -> str:
    if "bias" not in trace.inputs:
        return _("Where all the numbers in a window are the same v, the output is v times the sum of the weights.")
    return _(
        "Where all the numbers in a window are the same v, the output is v times the sum of the weights, plus the bias."
    )


def relu_of(trace: Trace) -> ReLU:
    operation = trace.layer.operation
    assert isinstance(operation, ReLU)
    return operation


def relu_instruction(trace: Trace) -> str:
    relu = relu_of(trace)
    passing = _("positive numbers") if not relu.threshold else _("numbers above {n}").format(n=shown(relu.threshold))
    below = _("those below 0") if not relu.threshold else _("the others")
    if relu.slope:
        told = _("let {passing} pass, and scale {below} by {slope}").format(
            passing=passing, below=below, slope=shown(relu.slope)
        )
    else:
        told = _("let {passing} pass, and hold back {below}").format(passing=passing, below=below)
    return told if relu.ceiling is None else told + _("; cut off at {n}").format(n=shown(relu.ceiling))


def relu_check(trace: Trace) -> str:
    relu = relu_of(trace)
    if relu.ceiling is None:
        return _("Where the input is above {n}, output and input agree.").format(n=shown(relu.threshold))
    return _("Where the input is above {n}, and not above {most}, output and input agree.").format(
        n=shown(relu.threshold), most=shown(relu.ceiling)
    )


def dense_instruction(trace: Trace) -> str:
    if "bias" in trace.inputs:
        return _("multiply every input by its weight, add the products, then the bias")
    return _("multiply every input by its weight, and add the products")


def dense_check(trace: Trace) -> str:
    if "bias" in trace.inputs:
        return _("With all inputs 0, only the bias would be left.")
    return _("With all inputs 0, every output would be 0.")


def flatten_instruction(trace: Trace) -> str:
    """Of a bare array of three axes it is a guess that the first counts images, so the reader is told."""
    given, rows = trace.inputs["input"].shape, trace.shape[0] if trace.ndim == 2 else 1
    if rows > 1 and rows == given[0]:
        told = _("write the numbers of each image in one row, in reading order, the last axis running fastest;")
        return told + " " + _("the first axis counts the images, {n} here").format(n=rows)
    return _("write the numbers in one row, in reading order, the last axis running fastest")


def mean_padding(trace: Trace) -> Text:
    operation = mean_pool(trace)
    if operation.divisor is not None:
        return (_("Padding is not data. In the sum it counts as 0; the call itself says what to divide by."),)
    if not operation.counts_padding:
        return (
            _("Padding is not data. Here it is "),
            Strong(_("not counted")),
            _(" in a mean: at the edge you divide by the number of data cells, not by the size of the window."),
        )
    return (
        _("Padding is not data, but here it is "),
        Strong(_("counted")),
        _(" in a mean, as 0: at the edge you still divide by all cells of the window that lie on data or padding."),
    )


def zero_padding(trace: Trace) -> Text:
    return (_("Padding is not data. In a sum it "), Strong(_("counts as 0")), _(" and adds nothing."))
