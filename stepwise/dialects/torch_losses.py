"""PyTorch's losses: `nn.CrossEntropyLoss()(output, target)`, and `F.cross_entropy(output, target)` at once.

To add a loss: a function with PyTorch's parameters, and a line in `LOSSES`; its functional form, a line in `FUNCTIONS`.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from ..errors import CallError, ShapeError, shown
from ..layers.dialect import bind
from ..networks.training.goals import Goal
from ..traces.trace import Trace
from .torch_tensed import TensorTrace


class Criterion:
    """A loss of PyTorch's: called on an output and its target, it gives a trace of one number."""

    shown_as: ClassVar[str] = "a loss"

    def __init__(self, goal: Goal) -> None:
        self.goal = goal

    def __call__(self, input: Any, target: Any) -> TensorTrace:
        """The mean over the batch. Raises `ShapeError` or `InputError` where the target does not fit."""
        if not isinstance(input, Trace):
            raise CallError(f"{self.goal.call} takes what a module gave, a trace, not {shown(input)}")
        given = np.asarray(target.output if isinstance(target, Trace) else target)
        if self.goal.kind == "mse":
            _refuse_repeating(input.shape, given.shape)
        return as_tensor(self.goal.measured(input, self.goal.target(input, given)))

    def to(self, *where: Any) -> Criterion:
        """The loss itself."""
        return self

    def __repr__(self) -> str:
        return self.goal.call


def _refuse_repeating(shape: tuple[int, ...], target: tuple[int, ...]) -> None:
    """Refuse a target that PyTorch compares with other outputs than its own, with a warning. Raises `ShapeError`."""
    try:
        repeated = np.broadcast_shapes(shape, target)
    except ValueError:
        return  # which the loss says
    if repeated != shape and math.prod(repeated) != math.prod(shape):
        raise ShapeError(
            f"the target has shape {target}, but the output {shape}: PyTorch repeats both to {repeated}, and compares "
            f"every target with other outputs than its own; give target.view{shape}"
        )


def as_tensor(trace: Trace) -> TensorTrace:
    """The same trace, with a tensor's methods."""
    return TensorTrace(trace.layer, trace.inputs, trace.geometry, trace.output, trace.parents, trace.origins)


_PLAIN = {"ignore_index": -100, "label_smoothing": 0.0}
"""What these are where nothing is asked for; the other options are None then."""


def _plainly(name: str, options: dict[str, Any]) -> None:
    """Nothing but the mean over the batch is asked for. Raises `CallError`, naming the option."""
    for option, value in options.items():
        plain = _PLAIN.get(option)
        if option == "reduction":
            if not isinstance(value, str) or value != "mean":
                raise CallError(f"{name}: reduction={shown(value)} is not carried out here; the mean over the batch is")
        elif value is not plain and not (isinstance(value, int | float) and value == plain):
            raise CallError(f"{name}: {option} is not carried out here")


def _cross_entropy(
    weight: Any = None,
    size_average: Any = None,
    ignore_index: Any = -100,
    reduce: Any = None,
    reduction: Any = "mean",
    label_smoothing: Any = 0.0,
) -> Goal:
    _plainly("CrossEntropyLoss", locals())
    return Goal("CrossEntropyLoss()", "classes", scores=True)


def _negative(
    weight: Any = None,
    size_average: Any = None,
    ignore_index: Any = -100,
    reduce: Any = None,
    reduction: Any = "mean",
) -> Goal:
    _plainly("NLLLoss", locals())
    return Goal("NLLLoss()", "classes", sparse=True, logarithms=True)


def _mean_squared(size_average: Any = None, reduce: Any = None, reduction: Any = "mean", weight: Any = None) -> Goal:
    _plainly("MSELoss", locals())  # weight: of the function alone
    return Goal("MSELoss()", "mse")


def _binary(weight: Any = None, size_average: Any = None, reduce: Any = None, reduction: Any = "mean") -> Goal:
    _plainly("BCELoss", locals())
    return Goal("BCELoss()", "binary")


def _binary_of_scores(
    weight: Any = None,
    size_average: Any = None,
    reduce: Any = None,
    reduction: Any = "mean",
    pos_weight: Any = None,
) -> Goal:
    _plainly("BCEWithLogitsLoss", locals())
    return Goal("BCEWithLogitsLoss()", "binary", scores=True)


LOSSES: dict[str, Callable[..., Goal]] = {
    "CrossEntropyLoss": _cross_entropy,
    "NLLLoss": _negative,
    "MSELoss": _mean_squared,
    "BCELoss": _binary,
    "BCEWithLogitsLoss": _binary_of_scores,
}
FUNCTIONS = {
    "cross_entropy": "CrossEntropyLoss",
    "nll_loss": "NLLLoss",
    "mse_loss": "MSELoss",
    "binary_cross_entropy": "BCELoss",
    "binary_cross_entropy_with_logits": "BCEWithLogitsLoss",
}
"""The functions of `torch.nn.functional` that do at once what a loss does."""


def loss(name: str, *arguments: Any, **keywords: Any) -> Criterion:
    """A loss by its name. Raises `CallError`, naming the parameter that does not fit."""
    bind(name, LOSSES[name], arguments, keywords)
    return Criterion(LOSSES[name](*arguments, **keywords))


def loss_at_once(name: str) -> Callable[..., TensorTrace]:
    """`F.cross_entropy(output, target)`, with the options of its loss after the two, as in PyTorch."""
    options = inspect.signature(LOSSES[FUNCTIONS[name]]).parameters.values()
    first = [inspect.Parameter(one, inspect.Parameter.POSITIONAL_OR_KEYWORD) for one in ("input", "target")]

    def at_once(*arguments: Any, **keywords: Any) -> TensorTrace:
        bind(name, at_once, arguments, keywords)
        given = signature.bind(*arguments, **keywords).arguments
        input, target = given.pop("input"), given.pop("target")
        return loss(FUNCTIONS[name], **given)(input, target)

    at_once.__signature__ = signature = inspect.Signature([*first, *options])  # type: ignore[attr-defined]
    return at_once
