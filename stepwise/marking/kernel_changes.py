"""Another kernel than the one that was given, and channels that are taken otherwise."""

from __future__ import annotations

import dataclasses

import numpy as np

from ..arithmetic import Array
from ..ops import Conv, ConvTranspose, DepthwiseConv, Gradient
from ..traces.trace import Trace
from .changes import again


def with_kernel(trace: Trace, kernel: Array) -> Trace:
    """The trace with another kernel."""
    return again(trace, trace.layer.operation, {**trace.inputs, "kernel": np.array(kernel)})


def kernel_axes(trace: Trace) -> tuple[int, ...]:
    """Which axes of a convolution's kernel, or of its gradient's, lie along the data as its owner lays it out."""
    operation, kernel = trace.layer.operation, trace.inputs["kernel"]
    operation = operation.of if isinstance(operation, Gradient) else operation
    assert isinstance(operation, Conv)
    spatial = operation.spatial
    if kernel.ndim == spatial or trace.layer.layout.kernel_channels_last:
        return tuple(range(spatial))
    return tuple(range(kernel.ndim - spatial, kernel.ndim))


def flipped(trace: Trace) -> Trace | None:
    """The kernel turned by half a turn, as mathematicians' convolution has it; where it is asked for, that is right."""
    if not isinstance(trace.layer.operation, Conv) or trace.layer.layout.kernel_turned:
        return None
    return with_kernel(trace, np.flip(trace.inputs["kernel"], kernel_axes(trace)))


def not_flipped(trace: Trace) -> Trace | None:
    """The kernel laid on the data as it stands, where it was to be turned."""
    if not isinstance(trace.layer.operation, Conv) or not trace.layer.layout.kernel_turned:
        return None
    return with_kernel(trace, np.flip(trace.inputs["kernel"], kernel_axes(trace)))


def kernel_transposed(trace: Trace) -> Trace | None:
    """The kernel with rows for columns."""
    if not isinstance(trace.layer.operation, Conv):
        return None
    axes, shape = kernel_axes(trace), trace.inputs["kernel"].shape
    if len(axes) < 2 or shape[axes[-1]] != shape[axes[-2]]:
        return None
    return with_kernel(trace, np.swapaxes(trace.inputs["kernel"], axes[-1], axes[-2]))


def first_channel_only(trace: Trace) -> Trace | None:
    """Weights of 0 for every input channel (of a group) but the first."""
    operation, layout = trace.layer.operation, trace.layer.layout
    if not isinstance(operation, Conv) or isinstance(operation, DepthwiseConv):
        return None
    kernel = trace.inputs["kernel"]
    if kernel.ndim == operation.spatial or (isinstance(operation, ConvTranspose) and operation.groups > 1):
        return None
    axis = -2 if layout.kernel_channels_last else 1
    if isinstance(operation, ConvTranspose):  # its owner has in and out the other way round
        axis = -1 if layout.kernel_channels_last else 0
    if kernel.shape[axis] == 1:
        return None
    first = np.moveaxis(np.array(kernel), axis, 0)
    first[1:] = 0
    return with_kernel(trace, np.moveaxis(first, 0, axis))


def channels_not_summed(trace: Trace) -> Trace | None:
    """Every input channel convolved by itself, its result an output channel of its own."""
    operation, layout = trace.layer.operation, trace.layer.layout
    if not isinstance(operation, Conv) or isinstance(operation, DepthwiseConv) or operation.groups > 1:
        return None
    channels, filters = trace.channels[0], operation.filters
    if channels == 1:
        return None
    inputs = dict(trace.inputs)
    if not isinstance(operation, ConvTranspose):  # whose kernel is laid out as groups have it already
        inner = layout.kernel(inputs["kernel"], operation.spatial)
        alone = np.swapaxes(inner, 0, 1).reshape(channels * filters, 1, *inner.shape[2:])
        inputs["kernel"] = np.array(np.moveaxis(alone, (0, 1), (-1, -2)) if layout.kernel_channels_last else alone)
    if "bias" in inputs:
        inputs["bias"] = np.tile(inputs["bias"], channels)
    return again(trace, dataclasses.replace(operation, filters=channels * filters, groups=channels), inputs)
