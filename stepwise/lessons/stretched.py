"""A transposed convolution drawn as the sliding window that it is, too: over its input, stretched and padded.

Between two input cells lie stride - 1 empty ones, around them as many as the kernel reaches past the first and the last
less what is cut off; over that slides the kernel, turned by half a turn, one cell at a time.
Source: Dumoulin & Visin, arXiv:1603.07285, §4.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..arithmetic import plain
from ..document.blocks import Scene
from ..document.matrix import Cell, Mark, Matrix
from ..geometry import AxisGeometry
from ..language import _
from ..nouns import size_of
from ..traces.layout import Index
from ..traces.step import Step
from . import drawing, pictures
from .edges import Span
from .names import names, shown_as


def stretched(axis: AxisGeometry) -> Span:
    """The positions of the stretched and padded input: the first, and one past the last.

    Input cell j lies at j·stride; what no window reaches, since it is cut off, is drawn too, where it is data.
    """
    before, reach = axis.padding.before, (axis.window - 1) * axis.dilation
    return min(0, before - reach), max((axis.size - 1) * axis.stride + 1, axis.output + before)


def window(axis: AxisGeometry, index: int) -> Span:
    """Where the turned kernel lies for an output cell: its last cell on the output's own place."""
    last = index + axis.padding.before
    return last - (axis.window - 1) * axis.dilation, last + 1


def stretched_scene(step: Step) -> Scene:
    """One step of a transposed convolution along one or two axes."""
    before = pictures.scene(step)
    trace = step.trace
    image, filter_, *cell = trace.place(step.index)
    channels = iter(trace.layer.operation.seen(filter_, trace))
    matrices: list[Matrix] = []
    for matrix in before.matrices:
        if matrix.kind == "input":
            matrices.append(_input(step, (image, next(channels)), cell, matrix.caption))
        elif matrix.kind == "kernel":
            matrices.append(_turned(matrix))
        else:
            matrices.append(matrix)
    return replace(before, matrices=tuple(matrices))


def _turned(kernel: Matrix) -> Matrix:
    caption = _("{kernel}, turned by half a turn").format(kernel=kernel.caption)
    return replace(kernel, caption=caption, rows=tuple(row[::-1] for row in kernel.rows[::-1]))


def _input(step: Step, at: tuple[int, int], cell: Sequence[int], caption: str) -> Matrix:
    trace = step.trace
    axes, array = trace.geometry.axes, trace.inputs["input"]
    named = names(trace)
    windows = [window(axis, i) for axis, i in zip(axes, cell)]

    def draw(position: Index) -> Cell:
        inside = all(first <= p < last for (first, last), p in zip(windows, position))
        tapped = inside and all((p - first) % a.dilation == 0 for a, (first, _), p in zip(axes, windows, position))
        marks: frozenset[Mark] = frozenset({"window", "tapped"} if tapped else {"window"} if inside else ())
        found = [divmod(p, axis.stride) for axis, p in zip(axes, position)]
        if any(rest for _whole, rest in found) or not all(axis.holds(j) for axis, (j, _) in zip(axes, found)):
            return Cell("padding", marks=marks)
        index = trace.layer.layout.outer((*at, *(j for j, _rest in found)), array.ndim)
        return Cell("data", shown_as(plain(array[index]), named, index), index, marks)

    spans = [stretched(axis) for axis in axes]
    size = size_of(last - first for first, last in spans)
    words = _("{input}, stretched and padded to {size}").format(input=caption, size=size)
    [matrix] = drawing.matrices("input", words, spans, windows, draw)
    return matrix
