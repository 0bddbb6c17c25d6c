"""What is said of losses."""

from __future__ import annotations

from ..language import _
from ..ops import BinaryCrossEntropy, CrossEntropy
from ..traces.trace import Trace
from .lines import Lines, undefined
from .records import Phrases


def _squared(trace: Trace) -> str:
    return _("subtract its target from each number, square the difference, and take the mean of all squares")


def _binary(trace: Trace) -> str:
    operation = trace.layer.operation
    assert isinstance(operation, BinaryCrossEntropy)
    if _between(trace):
        if operation.scores:
            return _(
                "make a probability p = 1 / (1 + exp(−x)) of each score, take −t·ln(p) − (1 − t)·ln(1 − p), where t is "
                "its target, and the mean of all"
            )
        return _("take −t·ln(p) − (1 − t)·ln(1 − p) of each probability p, where t is its target, and the mean of all")
    if operation.scores:
        return _(
            "make a probability p = 1 / (1 + exp(−x)) of each score, take −ln(p) where the target is 1 and −ln(1 − p) "
            "where it is 0, and the mean of all"
        )
    return _("take −ln(p) where the target is 1 and −ln(1 − p) where it is 0, and the mean of all")


def _cross(trace: Trace) -> str:
    operation = trace.layer.operation
    assert isinstance(operation, CrossEntropy)
    if _between(trace):
        return {
            "scores": _(
                "turn the scores into probabilities with a softmax, multiply −ln(p) of each class by its target, and "
                "add the products"
            ),
            "shares": _("multiply −ln(p) of each class by its target, and add the products"),
            "logarithms": _(
                "multiply each class's logarithm, with the opposite sign, by its target, and add the products"
            ),
        }[operation.of]
    return {
        "scores": _("turn the scores into probabilities with a softmax, and take −ln(p) of the true class"),
        "shares": _("take −ln(p), where p is the probability of the true class"),
        "logarithms": _("take the logarithm of the true class's probability, with the opposite sign"),
    }[operation.of]


def _between(trace: Trace) -> bool:
    """Whether a target is neither 0 nor 1, as one of several classes that are each true in part."""
    return any(target not in (0, 1) for target in trace.inputs["target"].flat)


def _lines(trace: Trace) -> Lines:
    return undefined()


def _of_cross(trace: Trace) -> Lines:
    if _between(trace):
        return undefined()
    return (("", _("The smaller the probability of the true class, the larger the loss.")), *undefined())


LOSSES: dict[str, Phrases] = {
    "mean_squared_error": Phrases(
        noun=lambda: _("Mean squared error"),
        instruction=_squared,
        padding=lambda trace: (),
        check=lambda trace: _("A mean of squares is never below 0, and 0 only where every number is its target."),
        lines=_lines,
    ),
    "binary_cross_entropy": Phrases(
        noun=lambda: _("Binary cross-entropy"),
        instruction=_binary,
        padding=lambda trace: (),
        check=lambda trace: _("The loss is never below 0. A probability of 0.5 everywhere gives ln(2) ≈ 0.6931."),
        lines=_lines,
    ),
    "cross_entropy": Phrases(
        noun=lambda: _("Cross-entropy"),
        instruction=_cross,
        padding=lambda trace: (),
        check=lambda trace: _("The loss is never below 0. Equal probabilities of n classes give ln(n)."),
        lines=_of_cross,
    ),
    "batch_mean": Phrases(
        noun=lambda: _("Mean over the batch"),
        instruction=lambda trace: _("add the losses of all samples, and divide by their number"),
        padding=lambda trace: (),
        check=lambda trace: _("The mean lies between the smallest and the largest of the losses."),
        lines=_lines,
    ),
    "descent": Phrases(  # new weights, as sheets have them
        noun=lambda: _("Update"),
        instruction=lambda trace: _("subtract the learning rate times its gradient from each weight"),
        padding=lambda trace: (),
        check=lambda trace: _("Where a gradient is above 0, the weight becomes smaller."),
        lines=_lines,
    ),
}
