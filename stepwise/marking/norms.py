"""What is done wrongly in normalisations and in a softmax's logarithm: each as a change that the engine carries out."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np

from ..arithmetic import Array
from ..language import _
from ..ops import BatchNorm, GroupNorm, InstanceNorm, LayerNorm, LocalResponseNorm, LogSoftmax, Softmax
from ..ops.elementwise import as_floats
from ..ops.normalize import Normalization
from ..traces.trace import Trace
from . import changes
from .wrong_norms import FarBatchNorm, Misnormalised, OtherLogarithm

UNSEEN = 1e-3
"""Results that are as near as this are written alike."""
Change = Callable[[Trace], Trace | None]


def _altered(trace: Trace, **how: object) -> Trace | None:
    """A normalisation by the input's own mean and variance, done in another way."""
    operation = trace.layer.operation
    if not isinstance(operation, Normalization) or operation.count(trace.shape) == 1:
        return None
    return changes.again(trace, Misnormalised(operation.epsilon, operation, **how))  # type: ignore[arg-type]  # its fields


def less_one(trace: Trace) -> Trace | None:
    """The variance divided by n - 1, as statistics estimates it of a sample."""
    return _altered(trace, less=1)


def epsilon_outside(trace: Trace) -> Trace | None:
    """Epsilon added to the root, not to the variance under it."""
    operation = trace.layer.operation
    if isinstance(operation, BatchNorm):
        far = FarBatchNorm(operation.axis, operation.epsilon, operation.spatial, "outside")
        return _seen(trace, changes.again(trace, far))
    return _seen(trace, _altered(trace, divisor="outside"))


def _seen(trace: Trace, wrong: Trace | None) -> Trace | None:
    """A wrong result, but for one that differs in digits that nobody writes."""
    if wrong is None or np.allclose(_in_decimals(wrong), _in_decimals(trace), rtol=UNSEEN, atol=UNSEEN):
        return None
    return wrong


def _in_decimals(trace: Trace) -> Array:
    """The output as it may be written; with letters, for some numbers that they may stand for."""
    if trace.output.dtype != object:
        return as_floats(trace.output)
    from ..arithmetic.decimals import nearest  # SymPy is here where there are exact roots
    from ..arithmetic.letters import letters_of, pick

    return nearest(trace.output, {letter: pick(letter, 0) for letter in letters_of(trace.output.flat)})


def no_root(trace: Trace) -> Trace | None:
    """Divided by the variance, not by its root."""
    operation = trace.layer.operation
    if isinstance(operation, BatchNorm):
        return changes.again(trace, FarBatchNorm(operation.axis, operation.epsilon, operation.spatial, "no root"))
    return _altered(trace, divisor="no root")


def not_scaled(trace: Trace) -> Trace | None:
    """Gamma left out."""
    known = isinstance(trace.layer.operation, Normalization | BatchNorm)
    return changes.without(trace, "gamma") if known else None


def not_shifted(trace: Trace) -> Trace | None:
    """Beta left out."""
    known = isinstance(trace.layer.operation, Normalization | BatchNorm)
    return changes.without(trace, "beta") if known else None


def other_cells(trace: Trace) -> Trace | None:
    """Mean and variance of other cells: of the columns for the rows, of all channels for one, of one for all."""
    operation, shape = trace.layer.operation, trace.shape
    match operation:
        case LayerNorm():
            axes = operation.learned_axes(shape)
            rest = tuple(axis for axis in range(len(shape)) if axis not in axes)
            over: Normalization = LayerNorm(operation.epsilon, rest)
        case InstanceNorm():
            over = GroupNorm(operation.epsilon, 1, operation.axis, operation.batched)
        case GroupNorm() if operation.parts(shape) == 1:
            over = InstanceNorm(operation.epsilon, 1, operation.axis, operation.batched)
        case GroupNorm():
            over = GroupNorm(operation.epsilon, 1, operation.axis, operation.batched)
        case _:
            return None
    if over.count(shape) == 1 or (isinstance(operation, GroupNorm) and over.count(shape) == operation.count(shape)):
        return None  # nothing is left of a cell alone, and as many channels are the same channels
    return _altered(trace, over=over)


def cells_sentence(trace: Trace) -> str | None:
    """Which cells were taken for which."""
    operation = trace.layer.operation
    match operation:
        case InstanceNorm():
            return _("mean and variance were taken over all channels together; here each channel has its own")
        case GroupNorm() if operation.parts(trace.shape) == 1:
            return _("mean and variance were taken of each channel by itself; here all channels share them")
        case GroupNorm():
            return _("mean and variance were taken over all channels together; here each group has its own")
    return None


def scale_sentence(trace: Trace) -> str | None:
    """By PyTorch's name, where it is PyTorch's."""
    if trace.layer.named("gamma") != "weight":
        return None
    return _("the normalised numbers were not multiplied by the weight")


def shift_sentence(trace: Trace) -> str | None:
    """By PyTorch's name, where it is PyTorch's."""
    return _("the bias was not added to the normalised numbers") if trace.layer.named("beta") == "bias" else None


def of_the_input(trace: Trace) -> Trace | None:
    """Mean and variance of the numbers at hand, where those collected in training are due."""
    operation, shape = trace.layer.operation, trace.shape
    if not isinstance(operation, BatchNorm):
        return None
    own = None if operation.axis is None else operation.axis % len(shape)
    over = LayerNorm(operation.epsilon, tuple(axis for axis in range(len(shape)) if axis != own))
    if over.count(shape) == 1:
        return None
    learned = GroupNorm(operation.epsilon, 1, operation.axis, False)
    kept = {name: array for name, array in trace.inputs.items() if name not in ("mean", "variance")}
    return changes.again(trace, Misnormalised(operation.epsilon, learned, over=over), kept)


def base_ten(trace: Trace) -> Trace | None:
    """The logarithm to base 10."""
    return _logarithm(trace, 10)


def base_two(trace: Trace) -> Trace | None:
    """The logarithm to base 2."""
    return _logarithm(trace, 2)


def _logarithm(trace: Trace, base: int) -> Trace | None:
    operation = trace.layer.operation
    if type(operation) is not LogSoftmax:
        return None
    return changes.again(trace, OtherLogarithm(operation.axes, base))


def no_logarithm(trace: Trace) -> Trace | None:
    """The shares themselves."""
    operation = trace.layer.operation
    return changes.again(trace, Softmax(operation.axes)) if type(operation) is LogSoftmax else None


def _response(change: Callable[[LocalResponseNorm], LocalResponseNorm]) -> Change:
    """A local response normalisation with another parameter, where that makes a difference."""

    def changed(trace: Trace) -> Trace | None:
        operation = trace.layer.operation
        if not isinstance(operation, LocalResponseNorm):
            return None
        other = change(operation)
        return None if other == operation else changes.again(trace, other)

    return changed


alpha_not_divided = _response(lambda norm: dataclasses.replace(norm, size=1))
alpha_divided = _response(
    lambda norm: dataclasses.replace(norm, size=norm.before + norm.after + 1) if norm.size == 1 else norm
)
power_forgotten = _response(lambda norm: dataclasses.replace(norm, beta=1.0))
own_channel_only = _response(lambda norm: dataclasses.replace(norm, before=0, after=0))
other_side = _response(lambda norm: dataclasses.replace(norm, before=norm.after, after=norm.before))
