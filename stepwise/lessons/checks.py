"""What an answer can be checked by: said only where it holds of something in this very example.

To add one: a function that takes the trace, named in `phrases.py`.
"""

from __future__ import annotations

from itertools import islice
from math import prod

from ..arithmetic import Array, holds_expressions, shown, within
from ..language import _
from ..ops import BatchNorm, Clip, Gradient, MaxUnpool, Softmax
from ..ops.windows import WindowOperation
from ..traces.step import Step
from ..traces.trace import Trace
from .looking import looked_at
from .sentences import dense_of, lp_pool, mean_pool, pads_of, relu_of, unpool

SEARCHED = 20_000
"""Numbers under windows that are looked at for one whose numbers are all the same."""


def mean_check(trace: Trace) -> str:
    operation = mean_pool(trace)
    if operation.divisor is not None:
        return _("Each result times {count} is the sum of the numbers in its window.").format(count=operation.divisor)
    if operation.counts_padding and trace.geometry.has_padding:
        return _("Each mean lies between the smallest and the largest number of its window, padding among them as 0.")
    return _("Each mean lies between the smallest and the largest number of its window.")


def conv_check(trace: Trace) -> str:
    """Of all weights: so padding must not lie under one of them."""
    biased = "bias" in trace.inputs
    if holds_expressions(trace.inputs["input"]):
        if biased:
            return _(
                "If all numbers in a window were the same v, the output would be v times the sum of the weights, "
                "plus the bias."
            )
        return _("If all numbers in a window were the same v, the output would be v times the sum of the weights.")
    if not _has_even_window(trace):
        return bounded_check(trace)
    if trace.geometry.has_padding:
        if biased:
            return _(
                "Where a window holds only data, all with the value v, the output is v times the sum of the weights, "
                "plus the bias."
            )
        return _("Where a window holds only data, all with the value v, the output is v times the sum of the weights.")
    if biased:
        return _(
            "Where all numbers in a window are the same v, the output is v times the sum of the weights, plus the bias."
        )
    return _("Where all numbers in a window are the same v, the output is v times the sum of the weights.")


def _has_even_window(trace: Trace) -> bool:
    """Whether a window that touches no padding holds the same number everywhere, among the first that there are."""
    most = SEARCHED // max(1, trace.layer.operation.reach(trace))
    return any(map(_is_even, islice(trace.steps, most)))


def _is_even(step: Step) -> bool:
    operation = step.trace.layer.operation
    at_once = operation.seen_at_once(step.trace, step.index) if isinstance(operation, WindowOperation) else None
    if at_once is not None:
        data, padded, _lines = at_once
        return not padded and len(set(data.ravel().tolist())) == 1
    return all(tap.is_data for tap in step.taps) and len({tap.value for tap in step.taps}) == 1


def bounded_check(trace: Trace) -> str:
    """How large a sum of products can be."""
    if "bias" in trace.inputs:
        return _(
            "In absolute values, a result minus its bias is at most the largest input times the sum of its weights."
        )
    return _("In absolute values, a result is at most the largest input times the sum of its weights.")


def dense_check(trace: Trace) -> str:
    dense = dense_of(trace)
    if dense.alpha == 1 and dense.beta == 1:
        return bounded_check(trace)
    if "bias" not in trace.inputs:
        bounded = _(
            "In absolute values, a result is at most {alpha} times the largest input times the sum of its weights."
        )
        return bounded.format(alpha=shown(abs(dense.alpha)))
    bounded = _(
        "In absolute values, a result minus {beta} times its bias is at most {alpha} times the largest input times the "
        "sum of its weights."
    )
    return bounded.format(alpha=shown(abs(dense.alpha)), beta=shown(dense.beta))


def lp_check(trace: Trace) -> str:
    """Signs that are kept may cancel one another; of the power 1, no root is taken."""
    pool = lp_pool(trace)
    if pool.signed and pool.power == 1:
        if trace.geometry.has_outside:
            return _("Where a window does not reach past an edge, the result is the sum of its numbers.")
        return _("Each result is the sum of the numbers in its window.")
    if pool.signed and (pool.power % 2 or pool.power < 0):
        power = _("Each result, raised to the power {p}, is the sum under the root.")
        return power.format(p=shown(pool.power))
    return _("No result is smaller than the largest absolute value in its window.")


def unpool_check(trace: Trace) -> str:
    if any(unpool(trace).crowding(trace)):
        return _("The output holds only numbers of the input, and zeros.")
    return _("Every number of the input occurs once in the output, and every other cell is 0.")


def pad_check(trace: Trace) -> str:
    if min(n for pair in pads_of(trace) for n in pair) < 0:
        return _("What is not cut off is unchanged inside the output.")
    return _("The input is unchanged inside the output.")


def norm_check(trace: Trace) -> str:
    """The way back; a gamma of 0 has none."""
    operation = trace.layer.operation
    assert isinstance(operation, BatchNorm)
    if not holds_expressions(trace.output) and abs(trace.output).max() == float("inf"):
        return _("An infinite result does not determine its input.")
    if "gamma" in trace.inputs and not all(trace.inputs["gamma"].flat):
        return _("Where gamma is 0, all of its channel's results are the same.")
    undone = {
        (False, False): _("A result times the standard deviation, plus the mean, is the input."),
        (True, False): _("A result divided by gamma, times the standard deviation, plus the mean, is the input."),
        (False, True): _("A result minus beta, times the standard deviation, plus the mean, is the input."),
        (True, True): _(
            "A result minus beta, divided by gamma, times the standard deviation, plus the mean, is the input."
        ),
    }
    return undone["gamma" in trace.inputs, "beta" in trace.inputs]


def relu_check(trace: Trace) -> str:
    """Of the numbers that pass; where none does, of those that do not."""
    relu, threshold = relu_of(trace), shown(relu_of(trace).threshold)
    if holds_expressions(trace.inputs["input"]):
        return _("Put in a number for each letter: a number above {n} is unchanged.").format(n=threshold)
    x = trace.inputs["input"]
    above = within(x, relu.threshold) & (x != relu.threshold)
    if not (above if relu.ceiling is None else above & within(x, most=relu.ceiling)).any():
        return _no_passing(trace, above, threshold)
    if relu.ceiling is None:
        return _("Where the input is above {n}, the output equals the input.").format(n=threshold)
    between = _("Where the input is above {n}, and not above {most}, the output equals the input.")
    return between.format(n=threshold, most=shown(relu.ceiling))


def _no_passing(trace: Trace, above: Array, threshold: str) -> str:
    """`above` says which inputs are above the threshold; none of them is small enough to pass."""
    relu = relu_of(trace)
    if above.all():
        return _("No input is {most} or less, so every output is {most}.").format(most=shown(relu.ceiling or 0))
    if not above.any() and not relu.slope:
        return _("No input is above {n}, so every output is 0.").format(n=threshold)
    if not above.any():
        return _("No input is above {n}, so none is left unchanged.").format(n=threshold)
    return _("No input is between {n} and {most}, so none is left unchanged.").format(
        n=threshold, most=shown(relu.ceiling or 0)
    )


def clip_check(trace: Trace) -> str:
    operation = trace.layer.operation
    assert isinstance(operation, Clip)
    if holds_expressions(trace.inputs["input"]):
        return _("Put in a number for each letter: a number between the bounds is unchanged.")
    x = trace.inputs["input"]
    if within(x, operation.low, operation.high).any():
        return _("A number between the bounds is unchanged.")
    return _("No number is between the bounds, so every result is one of the two bounds.")


def softmax_check(trace: Trace) -> str:
    operation = trace.layer.operation
    assert isinstance(operation, Softmax)
    shares = prod(trace.shape[axis] for axis in {axis % trace.ndim for axis in operation.axes})
    if shares == trace.output.size:
        return _("The shares add up to 1.")
    return _("The shares with the same denominator add up to 1.")


def divide_check(trace: Trace) -> str:
    other = [array for name, array in trace.inputs.items() if name != "input"]
    if other and not any(any(array.flat) for array in other):
        return _("Every division is by 0, so no result is a finite number.")
    return _("Where both inputs are finite and the second is not 0, the result times the second input is the first.")


def gradient_check(trace: Trace) -> str:
    """Of cells that nothing was made from; where there is none, what a gradient is."""
    if any(not step.taps for step in looked_at(trace)):
        return _("Where no output cell depends on a cell, its gradient is 0.")
    gradient = trace.layer.operation
    assert isinstance(gradient, Gradient)
    if isinstance(gradient.of, MaxUnpool) and gradient.of.crowding(gradient.forward_of(trace))[0]:
        return _("Each gradient is the upstream gradient where its number's index points.")
    return _(
        "Increase one number by a very small amount: the sum of the outputs, each times its upstream gradient, "
        "increases by that amount times the number's own gradient."
    )
