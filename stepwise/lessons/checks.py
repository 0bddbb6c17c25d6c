"""What an answer can be checked by: said only where it holds of something in this very example.

To add one: a function that takes the trace, named in `phrases.py`.
"""

from __future__ import annotations

from itertools import islice
from math import prod

from ..arithmetic import Array, holds_expressions, shown
from ..language import _
from ..ops import BatchNorm, Clip, Softmax
from ..traces import Trace
from .sentences import lp_pool, mean_pool, pads_of, relu_of, unpool

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
    if holds_expressions(trace.inputs["input"]):
        where = _("Were all the numbers in a window the same v")
    elif not _has_even_window(trace):
        return bounded_check(trace)
    elif trace.geometry.has_padding:
        where = _("Where a window touches no padding and all its numbers are the same v")
    else:
        where = _("Where all the numbers in a window are the same v")
    if "bias" not in trace.inputs:
        return where + _(", the output is v times the sum of the weights.")
    return where + _(", the output is v times the sum of the weights, plus the bias.")


def _has_even_window(trace: Trace) -> bool:
    """Whether a window that touches no padding holds the same number everywhere, among the first that there are."""
    most = SEARCHED // max(1, trace.layer.operation.reach(trace))
    for step in islice(trace.steps, most):
        if all(tap.is_data for tap in step.taps) and len({tap.value for tap in step.taps}) == 1:
            return True
    return False


def bounded_check(trace: Trace) -> str:
    """How large a sum of products can be."""
    if "bias" in trace.inputs:
        return _(
            "Every sign dropped, a result less its bias is at most the largest number that goes in, times the sum of "
            "its weights."
        )
    return _("Every sign dropped, a result is at most the largest number that goes in, times the sum of its weights.")


def lp_check(trace: Trace) -> str:
    """Signs that are kept may cancel one another."""
    pool = lp_pool(trace)
    if pool.signed and (pool.power % 2 or pool.power < 0):
        told = _("Each result, raised to the power {p}, is the sum that its root was taken of.")
        return told.format(p=shown(pool.power))
    return _("No result is smaller than the largest number, signs aside, of its window.")


def unpool_check(trace: Trace) -> str:
    if any(unpool(trace).crowding(trace)):
        return _("The output has no other numbers than the input's, and zeros.")
    return _("Every number of the input stands in the output once, and all else is 0.")


def pad_check(trace: Trace) -> str:
    if min(n for pair in pads_of(trace) for n in pair) < 0:
        return _("What is not cut off stands unchanged inside the output.")
    return _("The input stands unchanged inside the output.")


def norm_check(trace: Trace) -> str:
    """The way back; a gamma of 0 has none."""
    operation = trace.layer.operation
    assert isinstance(operation, BatchNorm)
    if not holds_expressions(trace.output) and abs(trace.output).max() == float("inf"):
        return _("From an infinite result there is no way back to its input.")
    if "gamma" in trace.inputs and not all(trace.inputs["gamma"].flat):
        return _("Where gamma is 0, all of its channel's results are the same.")
    undone = {
        (False, False): _("A result times the standard deviation, plus the mean, is its input again."),
        (True, False): _("A result divided by gamma, times the standard deviation, plus the mean, is its input again."),
        (False, True): _("A result less beta, times the standard deviation, plus the mean, is its input again."),
        (True, True): _(
            "A result less beta, divided by gamma, times the standard deviation, plus the mean, is its input again."
        ),
    }
    return undone["gamma" in trace.inputs, "beta" in trace.inputs]


def relu_check(trace: Trace) -> str:
    """Of the numbers that pass; where none does, of those that do not."""
    relu, threshold = relu_of(trace), shown(relu_of(trace).threshold)
    if holds_expressions(trace.inputs["input"]):
        return _("Put a number for each letter: what is above {n} stays as it is.").format(n=threshold)
    x = trace.inputs["input"]
    above, most = x > relu.threshold, float("inf") if relu.ceiling is None else relu.ceiling
    if not (above & (x <= most)).any():
        return _no_passing(trace, above, threshold)
    if relu.ceiling is None:
        return _("Where the input is above {n}, output and input agree.").format(n=threshold)
    told = _("Where the input is above {n}, and not above {most}, output and input agree.")
    return told.format(n=threshold, most=shown(relu.ceiling))


def _no_passing(trace: Trace, above: Array, threshold: str) -> str:
    """`above` says which inputs are above the threshold; none of them is small enough to pass."""
    relu = relu_of(trace)
    if above.all():
        return _("No input is {most} or less, so every output is {most}.").format(most=shown(relu.ceiling or 0))
    if not above.any() and not relu.slope:
        return _("No input is above {n}, so every output is 0.").format(n=threshold)
    if not above.any():
        return _("No input is above {n}, so none passes as it is.").format(n=threshold)
    return _("No input lies between {n} and {most}, so none passes as it is.").format(
        n=threshold, most=shown(relu.ceiling or 0)
    )


def clip_check(trace: Trace) -> str:
    operation = trace.layer.operation
    assert isinstance(operation, Clip)
    if holds_expressions(trace.inputs["input"]):
        return _("Put a number for each letter: one that lies between the bounds is unchanged.")
    x = trace.inputs["input"]
    if ((operation.low <= x) & (x <= operation.high)).any():
        return _("A number that lies between the bounds is unchanged.")
    return _("No number lies between the bounds, so every result is one of the two.")


def softmax_check(trace: Trace) -> str:
    operation = trace.layer.operation
    assert isinstance(operation, Softmax)
    shares = prod(trace.shape[axis] for axis in {axis % trace.ndim for axis in operation.axes})
    if shares == trace.output.size:
        return _("The shares add up to 1.")
    return _("The shares over one and the same sum add up to 1.")


def divide_check(trace: Trace) -> str:
    other = [array for name, array in trace.inputs.items() if name != "input"]
    if other and not any(any(array.flat) for array in other):
        return _("All is divided by 0, so no result is a finite number.")
    return _("Where both are finite and nothing is divided by 0, multiplying by the second input gives the first.")


def gradient_check(trace: Trace) -> str:
    """Of cells that nothing was made from; where there is none, what a gradient is."""
    if any(not step.taps for step in islice(trace.steps, 200)):
        return _("A cell that no output cell depends on has the gradient 0.")
    return _(
        "Make one number larger by a very small amount: the outputs, each times what came back there, add up to more "
        "by that amount times its gradient."
    )
