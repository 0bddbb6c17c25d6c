"""What is to be done, and what padding means, where that depends on the layer's parameters."""

from __future__ import annotations

from ..arithmetic import shown
from ..formula import Number
from ..language import _
from ..ops import BatchNorm, Clip, MaxUnpool, MeanPool, Pad, ReLU
from ..ops.lp_pool import LpPool
from ..traces import Trace
from .blocks import Strong, Text
from .terms import sizes


def mean_pool(trace: Trace) -> MeanPool:
    operation = trace.layer.operation
    assert isinstance(operation, MeanPool)
    return operation


def conv_instruction(trace: Trace) -> str:
    if "bias" in trace.inputs:
        return _("multiply each number by the weight lying on it, add the products up, and add the bias")
    return _("multiply each number by the weight lying on it, and add the products up")


def depthwise_instruction(trace: Trace) -> str:
    if "bias" in trace.inputs:
        return _("multiply each number by the weight lying on it, add up, one channel at a time, and add the bias")
    return _("multiply each number by the weight lying on it and add up, one channel at a time")


def transposed_instruction(trace: Trace) -> str:
    if "bias" in trace.inputs:
        return _("multiplied by the number there; where copies overlap, add, and add the bias everywhere")
    return _("multiplied by the number there; where copies overlap, add")


def lp_pool(trace: Trace) -> LpPool:
    operation = trace.layer.operation
    assert isinstance(operation, LpPool)
    return operation


def lp_instruction(trace: Trace) -> str:
    power = lp_pool(trace).power
    if power == 1:
        told = _("add the numbers it covers") if lp_pool(trace).signed else _("add the numbers it covers, signs aside")
    elif power == 2:
        told = _("square the numbers it covers, add the squares, and take the square root")
    else:
        told = _("raise the numbers it covers to the power {p}, add them, and take the root").format(p=shown(power))
    return told


def unpool(trace: Trace) -> MaxUnpool:
    operation = trace.layer.operation
    assert isinstance(operation, MaxUnpool)
    return operation


def unpool_instruction(trace: Trace) -> str:
    told = _("put every number where its index points, and 0 everywhere else")
    shared, lost = unpool(trace).crowding(trace)
    if shared:
        told += _("; of several that are sent to one cell, the last stays")
    if lost:
        told += _("; what is sent outside the output is lost")
    return told


def unpool_size(trace: Trace) -> str:
    """Where the size of the output comes from; empty for any other operation."""
    operation = trace.layer.operation
    if not isinstance(operation, MaxUnpool):
        return ""
    usual = operation.usual(trace.inputs["input"].shape)
    told = [
        _("Along an axis of n cells it is (n − 1)·stride + window − padding: {sizes}.").format(sizes=sizes(usual)),
    ]
    if usual != operation.sizes:
        asked = "output_shape" if operation.through_all else "output_size"
        told.append(_("But {asked} asks for {sizes}.").format(asked=asked, sizes=sizes(operation.sizes)))
    return " ".join(told)


def pads_of(trace: Trace) -> list[tuple[int, int]]:
    operation = trace.layer.operation
    assert isinstance(operation, Pad)
    return operation.full(trace.layer.layout, trace.inputs["input"].ndim)


def pad_instruction(trace: Trace) -> str:
    lines = [n for pair in pads_of(trace) for n in pair]
    if not any(lines):
        return _("leave the input as it is: no line is added")
    if min(lines) < 0:
        return _("add and cut off lines at the edges") if max(lines) > 0 else _("cut lines off at the edges")
    return _("set the input into a larger frame")


def norm_instruction(trace: Trace) -> str:
    scale, shift = "gamma" in trace.inputs, "beta" in trace.inputs
    told = _("subtract the mean and divide by the standard deviation, as they were collected in training")
    operation = trace.layer.operation
    if isinstance(operation, BatchNorm) and operation.epsilon:
        added = _(" ({epsilon} is added to the variance, so that nothing is divided by 0)")
        told += added.format(epsilon=Number(operation.epsilon).digits)
    if scale and shift:
        return told + _(", then scale and shift")
    return told + (_(", then scale") if scale else _(", then shift") if shift else "")


def clip_instruction(trace: Trace) -> str:
    operation = trace.layer.operation
    assert isinstance(operation, Clip)
    below, above = operation.low > float("-inf"), operation.high < float("inf")
    low, high = shown(operation.low), shown(operation.high)
    if below and above:
        told = _("replace numbers below {low} by {low}, and then those above {high} by {high}")
        return told.format(low=low, high=high)
    if below:
        return _("replace numbers below {low} by {low}").format(low=low)
    return _("replace numbers above {high} by {high}").format(high=high) if above else _("leave every number as it is")


def enumerated(parts: list[str]) -> str:
    """`a, b and c`"""
    *most, last = parts
    return ", ".join(most) + _(" and ") + last if most else last


def relu_of(trace: Trace) -> ReLU:
    operation = trace.layer.operation
    assert isinstance(operation, ReLU)
    return operation


def relu_instruction(trace: Trace) -> str:
    relu = relu_of(trace)
    numbers = {"threshold": shown(relu.threshold), "slope": shown(relu.slope), "most": shown(relu.ceiling or 0)}
    sign = "−" if relu.threshold > 0 else "+"
    numbers["less"] = f"x {sign} {shown(abs(relu.threshold))}"
    if relu.threshold and relu.slope:
        told = _("let numbers above {threshold} pass, and replace every other number x by {slope}·({less})")
    elif relu.threshold:
        told = _("let numbers above {threshold} pass, and replace the others by 0")
    elif relu.slope:
        told = _("let positive numbers pass, and scale those below 0 by {slope}")
    else:
        told = _("let positive numbers pass, and replace those below 0 by 0")
    if relu.ceiling is not None:
        told += _("; replace what is above {most} by {most}")
    return told.format(**numbers)


def dense_instruction(trace: Trace) -> str:
    if "bias" in trace.inputs:
        return _("multiply every input by its weight, add the products, then the bias")
    return _("multiply every input by its weight, and add the products")


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
