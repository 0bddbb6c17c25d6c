"""ONNX's operators that keep the shape: activations, normalisations, dropout. To add one: a function, and a line in
`CELLS`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import CallError
from ..layers.layer import Plan
from ..layers.words import number, one_of, whole, yes_or_no
from ..ops import (
    ELU,
    GELU,
    SELU,
    BatchNorm,
    Clip,
    GroupNorm,
    HardSigmoid,
    HardSwish,
    Identity,
    InstanceNorm,
    LayerNorm,
    LocalResponseNorm,
    LogSoftmax,
    Mish,
    PReLU,
    ReLU,
    Sigmoid,
    Softmax,
    Softplus,
    Softsign,
    Tanh,
)
from ..traces.operation import Operation
from ..traces.trace import Trace
from .onnx_folds import axis_of

if TYPE_CHECKING:
    pass
from .onnx_node import Node, plainly, shape_of, single


def _leaky_relu(node: Node, alpha: Any = 0.01) -> Plan:
    return single(ReLU(slope=number("alpha", alpha)))


def _selu(node: Node, alpha: Any = None, gamma: Any = None) -> Plan:
    """Version 1 of the operator had four digits of the constants."""
    due = (1.6732, 1.0507) if node.opset < 6 else (1.67326319217681884765625, 1.05070102214813232421875)
    alpha, gamma = (own if given is None else given for own, given in zip(due, (alpha, gamma)))
    return single(SELU(number("alpha", alpha), number("gamma", gamma)))


def _gelu(node: Node, approximate: Any = "none") -> Plan:
    return single(GELU(by_tanh=one_of("approximate", approximate, {"none": False, "tanh": True})))


def _hard_sigmoid(node: Node, alpha: Any = 0.2, beta: Any = 0.5) -> Plan:
    return single(HardSigmoid(number("alpha", alpha), number("beta", beta)))


def _shares(make: type[Softmax]) -> Callable[..., Plan]:
    def plan(node: Node, axis: Any = None) -> Plan:
        if node.opset >= 13:
            return single(make((whole("axis", -1 if axis is None else axis, least=-32),)))
        # Before opset 13 the input counts as a matrix: everything from `axis` on is one row.
        x = node.array(0)
        ndim = 2 if x is None else x.ndim
        first = axis_of(whole("axis", 1 if axis is None else axis, least=-32), ndim)
        return single(make(tuple(range(first, ndim))))

    return plan


def _batch_normalization(
    node: Node,
    epsilon: Any = 1e-5,
    momentum: Any = 0.9,
    training_mode: Any = 0,
    spatial: Any = 1,
    is_test: Any = 0,
) -> Plan:
    if training_mode or (node.opset < 7 and not is_test):
        given = "training_mode=1" if training_mode else "is_test=0"
        raise CallError(f"{given} is not carried out; batch normalisation is told at inference")
    if not yes_or_no("spatial", spatial):
        raise CallError("spatial=0 is not carried out; the statistics are those of whole channels here")
    return single(BatchNorm(1, number("epsilon", epsilon)))


def _layer_normalization(node: Node, axis: Any = -1, epsilon: Any = 1e-5, stash_type: Any = 1) -> Plan:
    first = whole("axis", axis, least=-32)
    ndim = len(shape_of(node)) if node.inputs else -first
    axes = range(axis_of(first, ndim), ndim) if node.inputs else range(first, 0)
    return single(LayerNorm(number("epsilon", epsilon), tuple(axes)))


def _group_normalization(node: Node, num_groups: Any, epsilon: Any = 1e-5, stash_type: Any = 1) -> Plan:
    return single(GroupNorm(number("epsilon", epsilon), whole("num_groups", num_groups)))


def fitted_weights(operation: Operation, given: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs of a node, its scale and shift as one number for each place that has its own.

    A layer normalisation repeats its scale as arrays are repeated, a group normalisation before opset 21 has one number
    for each group.
    """
    found = dict(given)
    if not isinstance(operation, LayerNorm | GroupNorm):
        return found
    x = given["input"]
    due = operation.learned_shape(np.shape(x.output if isinstance(x, Trace) else x))
    for name in ("gamma", "beta"):
        weight = given.get(name)
        if weight is None or isinstance(weight, Trace) or np.shape(weight) == due:
            continue
        if isinstance(operation, LayerNorm) and np.ndim(weight) <= len(due):
            with contextlib.suppress(ValueError):  # what does not fit is refused with both shapes
                found[name] = np.broadcast_to(weight, due)
        elif (
            isinstance(operation, GroupNorm)
            and np.shape(weight) == (operation.groups,)
            and due[0] % operation.groups == 0
        ):
            found[name] = np.repeat(weight, due[0] // operation.groups)
    return found


def _instance_normalization(node: Node, epsilon: Any = 1e-5) -> Plan:
    return single(InstanceNorm(number("epsilon", epsilon)))


def _lrn(node: Node, size: Any, alpha: Any = 1e-4, beta: Any = 0.75, bias: Any = 1.0) -> Plan:
    """Of an even number of channels, ONNX takes the one more after its own."""
    count = whole("size", size)
    alpha, beta, bias = number("alpha", alpha), number("beta", beta), number("bias", bias)
    return single(LocalResponseNorm((count - 1) // 2, count // 2, alpha, count, beta, bias))


def _dropout(node: Node, ratio: Any = 0.5, seed: Any = None, is_test: Any = 1) -> Plan:
    training = node.array(2)
    if training is not None and bool(training.any()):
        raise CallError("training_mode=True is not carried out; dropout is told at inference, where it does nothing")
    return single(Identity())


def _clip(node: Node, min: Any = None, max: Any = None) -> Plan:
    low, high = (
        node.single(place, name) if given is None else number(name, given, endless=True)
        for place, name, given in ((1, "min", min), (2, "max", max))
    )
    x = node.array(0)
    if node.opset >= 6 and x is not None and x.size and x.dtype.kind == "f":
        most = float(np.finfo(x.dtype).max)  # an end left out is the type's own, which infinities lie beyond
        low = -most if low is None and np.fmin.reduce(x, axis=None) == -np.inf else low
        high = most if high is None and np.fmax.reduce(x, axis=None) == np.inf else high
    return single(Clip(float("-inf") if low is None else low, float("inf") if high is None else high))


CELLS: dict[str, Callable[..., Plan]] = {
    "Relu": plainly(ReLU()),
    "LeakyRelu": _leaky_relu,
    "Elu": lambda node, alpha=1.0: single(ELU(number("alpha", alpha))),
    "Selu": _selu,
    "Gelu": _gelu,
    "Mish": plainly(Mish()),
    "Softplus": plainly(Softplus()),
    "Softsign": plainly(Softsign()),
    "HardSigmoid": _hard_sigmoid,
    "HardSwish": plainly(HardSwish()),
    "Sigmoid": plainly(Sigmoid()),
    "Tanh": plainly(Tanh()),
    "Identity": plainly(Identity()),
    "PRelu": plainly(PReLU(count=0, axis=None)),
    "Softmax": _shares(Softmax),
    "LogSoftmax": _shares(LogSoftmax),
    "BatchNormalization": _batch_normalization,
    "LayerNormalization": _layer_normalization,
    "GroupNormalization": _group_normalization,
    "InstanceNormalization": _instance_normalization,
    "LRN": _lrn,
    "Dropout": _dropout,
    "Clip": _clip,
}
