"""What a loss's name means after a network: which of the losses it is, what it looks at, and the target it takes.

Cross-entropy after a softmax is worked out from the scores that went into it, as TensorFlow does: the same number, and
no logarithm of a share that has become 0.
"""

from __future__ import annotations

import math
from typing import Any, ClassVar, Literal

import numpy as np

from ...arithmetic import Array
from ...dataclass import dataclass
from ...errors import CallError, ShapeError, did_you_mean, listing, shown
from ...io.inputs import locked
from ...ops import (
    BatchMean,
    BinaryCrossEntropy,
    CrossEntropy,
    Loss,
    MeanSquaredError,
    Sigmoid,
    Softmax,
)
from ...ops.targets import target_for
from ...traces.operation import Layer
from ...traces.recording import record
from ...traces.trace import Trace

Kind = Literal["mse", "binary", "classes"]


@dataclass(frozen=True)
class Goal:
    """A loss as it was asked for: `scores` is Keras's `from_logits`, None where the network's end decides."""

    shown_as: ClassVar[str] = "a loss"

    call: str
    kind: Kind
    scores: bool | None = False
    sparse: bool | None = None  # whether the target is class numbers; None where either is taken
    logarithms: bool = False  # whether the network gives logarithms of shares

    def operation(self, output: Trace) -> tuple[Loss, Trace]:
        """The loss's operation for a network that ends so, and the trace whose output it looks at.

        Raises `CallError` where the loss takes shares and the network gives something else.
        """
        if self.kind == "mse":
            return MeanSquaredError(), output
        end = output.layer.operation
        squashed = Softmax if self.kind == "classes" else Sigmoid
        before = output.parents.get("input")
        axis = -1 if output.layer.layout.channels_last or output.ndim < 3 else 1
        own = isinstance(end, squashed) and (not isinstance(end, Softmax) or _along(end, output.ndim) == axis)
        if self.scores is False and not self.logarithms and own and before is not None:
            return self._of_scores(axis), before
        if self.logarithms:
            return CrossEntropy("logarithms", axis), output
        if self.scores or (self.scores is None and not own):
            return self._of_scores(axis), output
        self._check_shares(output)
        return CrossEntropy("shares", axis) if self.kind == "classes" else BinaryCrossEntropy(), output

    def _of_scores(self, axis: int) -> Loss:
        return CrossEntropy("scores", axis) if self.kind == "classes" else BinaryCrossEntropy(scores=True)

    def _check_shares(self, output: Trace) -> None:
        x = output.output
        inside = ((x >= 0) & (x <= 1)) | ~np.isfinite(x)
        if not inside.all():
            raise CallError(
                f"{self.call} takes shares from 0 to 1, but {output.layer.call} gave {float(x[~inside][0]):.6g}; "
                f"{ending(self.kind, output.layer.dialect)}"
            )

    def target(self, output: Trace, given: Any) -> Array:
        """What should have come out, as numbers that the loss takes, checked once and for all samples.

        Raises `ShapeError` or `InputError` where it is no such target.
        """
        operation, seen = self.operation(output)
        array = np.asarray(given)
        if array.ndim > 1 and array.shape[-1] == 1 and self.kind == "classes" and self.sparse is not False:
            array = array[..., 0]
        shape = (len(array), *seen.shape[1:]) if array.ndim and seen.ndim else seen.shape
        numbers = array.ndim < len(shape) if isinstance(operation, CrossEntropy) else None
        if self.sparse is True and numbers is False:
            raise ShapeError(
                f"{self.call} takes a class number for each sample, but the target has shape {array.shape}; for rows "
                "of 0 and 1, take categorical_crossentropy"
            )
        if self.sparse is False and numbers:
            raise ShapeError(
                f"{self.call} takes a row of {shape[-1]} numbers for each sample, but the target has shape "
                f"{array.shape}; for class numbers, take sparse_categorical_crossentropy"
            )
        return target_for(operation, shape, array, output.layer.layout)

    def measured(self, output: Trace, target: Array) -> Trace:
        """The loss, a trace of one number: the mean over the batch."""
        operation, seen = self.operation(output)
        return measured(operation, seen, target, self.call)


def ending(kind: Kind, dialect: str) -> str:
    """What to do about a network that gives no shares: in the words of its framework.

    >>> ending("binary", "torch")
    'end the network with a sigmoid, or take BCEWithLogitsLoss'
    """
    end = "a softmax" if kind == "classes" else "a sigmoid"
    scores = "BCEWithLogitsLoss" if dialect == "torch" else "the loss of scores (from_logits=True)"
    return f"end the network with {end}, or take {scores}"


def measured(operation: Loss, seen: Trace, target: Array, call: str) -> Trace:
    """A loss carried out, and then the mean over the batch where it gives a number for each sample."""
    about: dict[str, Any] = {"trainable": False}
    layout, dialect = seen.layer.layout, seen.layer.dialect
    parts = bool(operation.of_samples(seen.shape))
    layer = Layer(operation, layout, dialect, call, whole=call if parts else "", **about)
    each = record(layer, {"input": seen.output, "target": locked(target)}, {"input": seen})
    if not parts:
        return each
    mean = Layer(BatchMean(), layout, dialect, "mean over the batch", 1, whole=call, **about)
    return record(mean, {"input": each.output}, {"input": each})


def _along(softmax: Softmax, ndim: int) -> int:
    """The axis of a softmax as a loss counts it; a number that is none where it has several."""
    axes = {axis % ndim for axis in softmax.axes}
    return math.inf if len(axes) > 1 else -1 if axes == {ndim - 1} else axes.pop()  # type: ignore[return-value]


KERAS: dict[str, Goal] = {
    "sparse_categorical_crossentropy": Goal("sparse_categorical_crossentropy", "classes", sparse=True),
    "categorical_crossentropy": Goal("categorical_crossentropy", "classes", sparse=False),
    "binary_crossentropy": Goal("binary_crossentropy", "binary"),
    "mse": Goal("mse", "mse"),
    "mean_squared_error": Goal("mean_squared_error", "mse"),
}
"""Keras's words for losses."""


def named_goal(given: Any) -> Goal:
    """A loss given as an object, or by Keras's word for it. Raises `CallError`."""
    if isinstance(given, Goal):
        return given
    if isinstance(given, str) and given.lower() in KERAS:
        return KERAS[given.lower()]
    hint = did_you_mean(given, KERAS) if isinstance(given, str) else ""
    raise CallError(f"there is no loss {shown(given)} here; it is {listing(map(repr, KERAS))}.{hint}")


METRICS = {"accuracy": "accuracy", "acc": "accuracy", "mse": "mse", "mean_squared_error": "mse", "mae": "mae"}
"""Keras's words for what is measured beside the loss."""


def named_metrics(given: Any) -> list[str]:
    """The words for what is measured beside the loss, as they were given. Raises `CallError`."""
    words = [] if given is None else given if isinstance(given, list | tuple) else [given]
    for word in words:
        if not isinstance(word, str) or word not in METRICS:
            hint = did_you_mean(word, METRICS) if isinstance(word, str) else ""
            raise CallError(f"there is no metric {shown(word)} here; it is {listing(map(repr, METRICS))}.{hint}")
    return list(words)


def metric(word: str, output: Array, target: Array, axis: int = -1) -> float:
    """The mean over a batch of what a word measures.

    Accuracy compares classes, or, where there is one number for each sample, whether it is above 1/2.
    """
    match METRICS[word]:
        case "accuracy":
            if output.ndim and output.shape[axis] > 1:
                return float((output.argmax(axis) == target.argmax(axis)).mean())
            return float(((output > 0.5) == (target > 0.5)).mean())
        case "mse":
            return float(((output - target) ** 2).mean())
    return float(np.abs(output - target).mean())
