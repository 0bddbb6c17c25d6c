"""Gradients, losses and new weights as a sheet draws them: what is given, and all planes that are to be filled in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import product

import numpy as np

from ..arithmetic import Array, plain
from ..document.matrix import Cell, Matrix, MatrixKind
from ..language import _
from ..lessons.captions import gradient_caption
from ..lessons.gradient_names import forward, symbol
from ..lessons.gradient_pictures import caption
from ..marking.descent import Descent
from ..marking.whole_pass import needed
from ..nouns import input_noun, size_of
from ..ops import Gradient
from ..ops.loss import Loss
from ..ops.losses import BatchMean
from ..traces.axes import axis_word, plane_axes, roles
from ..traces.layout import Index
from ..traces.tables import KERNEL_ORDER
from ..traces.trace import Trace

LEADS = ("image", *KERNEL_ORDER[:1], "channel", "depth")
"""The order of planes: as an answer has them."""


def has_own_sketch(trace: Trace) -> bool:
    """Whether it is drawn here, not as a layer on the way there is."""
    return isinstance(trace.layer.operation, Gradient | Descent | Loss)


def given_names(trace: Trace) -> list[str]:
    """The arrays that are given for a step: not what a step before gives, nor what makes no difference to it."""
    operation = trace.layer.operation
    names = [name for name, array in trace.inputs.items() if name not in trace.parents and array.ndim > 0]
    if not isinstance(operation, Gradient):
        return names
    wanted = needed(operation)
    chosen = [name for name in names if name != "input" and (wanted is None or name in wanted)]
    return chosen + (["input"] if "input" in names else [])


def given_matrices(trace: Trace) -> list[Matrix]:
    """What is given for a step, plane by plane."""
    return [matrix for name in given_names(trace) for matrix in planes(trace, name)]


def planes(trace: Trace, name: str) -> list[Matrix]:
    """Every plane of an array of a step, in the order in which an answer has them."""
    array = trace.output if name == "output" else trace.inputs[name]
    kind: MatrixKind = "output" if name == "output" else "input" if name in ("input", "x") else "kernel"
    along = _along(trace, name, array)
    if array.ndim < 2:
        row = tuple(_cell(array, index) for index in np.ndindex(array.shape))
        return [Matrix(kind, _called(trace, name)(array.shape), (row,))]
    lines = plane_axes(along, array.ndim)
    leads = [axis for axis in range(array.ndim) if axis not in lines]
    if along:
        leads.sort(key=lambda axis: LEADS.index(along[axis]) if along[axis] in LEADS else len(LEADS))
    shape = tuple(array.shape[axis] for axis in lines)
    found = []
    for lead in product(*(range(array.shape[axis]) for axis in leads)):
        at = dict(zip(leads, lead))
        rows = tuple(
            tuple(_cell(array, _index(array.ndim, at, lines, (r, c))) for c in range(shape[1])) for r in range(shape[0])
        )
        words = [axis_word(along, axis).format(n=n) for axis, n in at.items() if array.shape[axis] > 1]
        found.append(Matrix(kind, " · ".join([_called(trace, name)(shape), *words]), rows))
    return found


def _along(trace: Trace, name: str, array: Array) -> tuple[str, ...]:
    """What the axes of an array are."""
    operation = trace.layer.operation
    if isinstance(operation, Descent):
        return roles(trace.parents["input"]) if array.ndim > 2 else ()
    if isinstance(operation, Gradient) and name not in ("input", "output", "x"):
        return roles(forward(trace), name)
    found = roles(trace, name)
    before = trace.parents.get("x") or trace.parents.get("input")
    if not found and isinstance(operation, Gradient) and before is not None and before.ndim == array.ndim:
        return roles(before)
    return found


def _called(trace: Trace, name: str) -> Callable[[Iterable[int]], str]:
    """What an array is called, for its size."""
    operation = trace.layer.operation
    if isinstance(operation, Gradient) and isinstance(operation.of, Loss | BatchMean) and name == "output":
        return gradient_caption(symbol("output"))  # it is the last layer's upstream gradient, and is called so
    if isinstance(operation, Gradient):
        return caption(trace, name)
    noun = input_noun(name)
    if isinstance(trace.layer.operation, Descent):
        before = _("weights before {size}") if name == "before" else _("new weights {size}")
        return lambda shape: before.format(size=size_of(shape))
    if isinstance(trace.layer.operation, Loss):
        noun = {"output": _("loss"), "target": _("target")}.get(name, noun)
    return lambda shape: f"{noun} {size_of(shape)}"


def _index(ndim: int, at: dict[int, int], lines: tuple[int, int], place: Index) -> Index:
    return tuple(at[axis] if axis in at else place[lines.index(axis)] for axis in range(ndim))


def _cell(array: Array, index: Index) -> Cell:
    return Cell("data", plain(array[index]), index)
