"""What is said of one cell of a gradient: what it gave to, what it gets from there, and why.

Lines are templates under conditions, as in `lines.py`; what the conditions mean is in `gradient_facts`.
"""

from __future__ import annotations

from ..arithmetic import exact, is_expression, plain, shown
from ..language import _, plural
from ..ops import Gradient, MaxPool, MaxUnpool, MeanPool, MedianPool, MinPool, ReLU
from ..traces.step import Step
from ..traces.trace import Trace
from .gradients_of_medians import another_nan, median_lines, of_median

Facts = tuple[set[str], dict[str, str]]


def gradient_lines() -> tuple[tuple[str, str], ...]:
    """The lines of every gradient, whatever it is the gradient of."""
    return (
        ("unused", _("No output cell depends on this cell, so its gradient is 0.")),
        ("uncovered", _("No window covers this cell, so its gradient is 0.")),
        (
            "replaced",
            _(
                "A later number replaced this one in the output cell that its index points to. As in PyTorch, its "
                "gradient is the upstream gradient there all the same."
            ),
        ),
        ("lost", "{lost}"),
        ("tied", "{tied}"),
        ("tied out", _("It is the winner of no window, so its gradient is 0.")),
        ("won", "{won}"),
        ("nan out", "{out}"),
        *median_lines(),
        ("largest", _("It is the largest number of the only window: the upstream gradient there is its gradient.")),
        ("shared out", "{sharing}"),
        ("smaller", _("It is smaller than the largest number of the only window, so its gradient is 0.")),
        (
            "no equal",
            _("The maximum is NaN, and nothing equals NaN: the upstream gradient is divided among 0 cells, 0 / 0."),
        ),
        ("fed", "{fed}"),
        ("weight", "{used}"),
        ("of bias", "{biased}"),
        ("passed on", _("The upstream gradients there are added.")),
        ("passed on once", _("The upstream gradient there is its gradient.")),
        ("shared", _("Each is a mean, divided by {divisor}: 1/{divisor} of each upstream gradient there is added up.")),
        (
            "shared once",
            _("It is a mean, divided by {divisor}: 1/{divisor} of the upstream gradient there is the gradient."),
        ),
        (
            "shared unlike",
            _("Each is a mean: each upstream gradient there is divided by its own divisor, and the results are added."),
        ),
        (
            "times weight",
            _(
                "Each upstream gradient there is multiplied by the weight that this cell was multiplied by, and the "
                "products are added."
            ),
        ),
        (
            "times weight once",
            _("The upstream gradient there, times the weight that this cell was multiplied by, is its gradient."),
        ),
        (
            "times number",
            _(
                "Each upstream gradient there is multiplied by the number that the weight was multiplied by, and the "
                "products are added."
            ),
        ),
        (
            "times number once",
            _("The upstream gradient there, times the number that the weight was multiplied by, is its gradient."),
        ),
        (
            "weighed once",
            _("The upstream gradient there, times the derivative with respect to this number, is its gradient."),
        ),
        (
            "weighed",
            _(
                "Each upstream gradient there is multiplied by the derivative with respect to this number, and the "
                "products are added."
            ),
        ),
        ("below", _("The number here is below {threshold}, where the derivative is 0, so the gradient is 0.")),
        (
            "never above",
            _("The number here is never above {threshold}: there the derivative is 0, and so the gradient."),
        ),
        ("at", _("The number here is exactly {threshold}. There the derivative counts as 0, so the gradient is 0.")),
        ("over", _("The number here is above {ceiling}, where the derivative is 0, so the gradient is 0.")),
        (
            "open",
            _("The number here is above {threshold}, where the derivative is 1: the upstream gradient is unchanged."),
        ),
        ("scaled", _("The number here is not above {threshold}: the upstream gradient is multiplied by {slope}.")),
        ("missing", _("The number here is NaN (not a number).")),
        (
            "no slope",
            _("The derivative with respect to this number has no value, so the result is NaN (not a number)."),
        ),
    )


def gradient_facts(step: Step) -> Facts:
    """The conditions that hold of one cell of a gradient, and the numbers that its lines name."""
    holding, numbers = _facts(step)
    if len(step.taps) == 1:  # nothing is added up
        holding = {f"{one} once" if one in SUMMED else one for one in holding}
    return holding | ({"no slope"} if holding & {"weighed", "weighed once"} and has_no_slope(step) else set()), numbers


SUMMED = {"passed on", "shared", "times weight", "times number", "weighed"}
"""What is added up, where it comes from several output cells."""


def has_no_slope(step: Step) -> bool:
    """Whether a gradient is NaN because some output cell has no slope there, not of NaN in the upstream gradient."""
    if not isinstance(step.trace.layer.operation, Gradient) or any(tap.value != tap.value for tap in step.taps):
        return False
    return any(tap.weight != tap.weight for tap in step.taps)


def _facts(step: Step) -> Facts:
    operation = step.trace.layer.operation
    assert isinstance(operation, Gradient)
    of, taps = operation.of, step.taps
    numbers = {
        "fed": plural("It contributes to {n} output cell.", "It contributes to {n} output cells.", len(taps)),
        "used": plural(
            "This weight contributes to {n} output cell.", "This weight contributes to {n} output cells.", len(taps)
        ),
        "biased": plural("It was added to {n} output cell.", "It was added to {n} output cells.", len(taps)),
    }
    if isinstance(of, MaxPool) and of.shared:
        return _of_shared(step, numbers)
    if isinstance(of, MaxPool | MinPool):
        return _of_winner(step, numbers)
    if isinstance(of, MedianPool):
        holding, named = of_median(step, operation.forward_of(step.trace))
        return holding, numbers | named
    if isinstance(of, ReLU):
        return _of_relu(step, of, numbers)
    if not taps:
        covering = operation.wrt == "input" and bool(operation.forward_of(step.trace).geometry.axes)
        return {"uncovered" if covering else "unused"}, numbers
    if isinstance(of, MaxUnpool) and _is_replaced(step):
        return {"replaced"}, numbers
    if operation.wrt == "bias":
        return {"of bias", "passed on" if _passes(step) else "weighed"}, numbers
    if operation.wrt == of.weight_name and operation.wrt in step.trace.inputs:
        return {"weight", "times number"}, numbers
    if isinstance(of, MeanPool):
        return _of_mean(step, of, numbers)
    if operation.weight_name:
        return {"fed", "times weight"}, numbers
    return {"fed", "passed on" if _passes(step) else "weighed"}, numbers


def _passes(step: Step) -> bool:
    return all(tap.weight == 1 for tap in step.taps)


def _forward(step: Step) -> Trace:
    operation = step.trace.layer.operation
    assert isinstance(operation, Gradient)
    return operation.forward_of(step.trace)


def _is_replaced(step: Step) -> bool:
    """Whether the cell that a number was sent to holds a later one."""
    [tap] = step.taps
    assert isinstance(tap.source, tuple)
    return _forward(step).step(tap.source).taps[-1].source != step.index


def _of_winner(step: Step, numbers: dict[str, str]) -> Facts:
    """Of the windows over a cell: in how many it won, and in how many it was only as large as the winner."""
    forward = _forward(step)
    pool = forward.layer.operation
    assert isinstance(pool, MaxPool | MinPool)
    image, channel, *position = forward.layer.layout.inner(step.index, pool.spatial)
    value = plain(forward.inputs["input"][step.index])
    covering = won = ties = 0
    for cell, _offset in pool.met(forward, tuple(position)):
        winner = forward.step(forward.index((image, channel, *cell))).winner
        if winner is None:
            continue
        covering += 1
        won += winner.source == step.index
        ties += winner.source != step.index and winner.value == value
    if not covering:
        return {"uncovered"}, numbers
    numbers |= _in_windows(covering, won, ties)
    if isinstance(pool, MinPool):
        numbers["lost"] = plural(
            "It lies in {n} window, but is not the smallest number there, so its gradient is 0.",
            "It lies in {n} windows, but is the smallest number of none, so its gradient is 0.",
            covering,
        )
    if value != value and not won:
        return {"nan out"}, numbers
    held = {"won"} if won else {"lost"} if not ties else {"tied out"}
    return held | ({"tied"} if ties else set()), numbers


def _in_windows(covering: int, won: int, ties: int) -> dict[str, str]:
    """What is said of a cell by the numbers of windows that cover it, that it wins, and that it could have won."""
    return {
        "lost": plural(
            "It lies in {n} window, but is not the largest number there, so its gradient is 0.",
            "It lies in {n} windows, but is the largest number of none, so its gradient is 0.",
            covering,
        ),
        "out": another_nan(covering),
        "won": plural(
            "It is the winner of {n} window: the upstream gradient there is its gradient.",
            "It is the winner of {n} windows: the upstream gradients there are added.",
            won,
        ),
        "tied": plural(
            "In {n} window it is as large as the winner, but only the first of equals is the winner.",
            "In {n} windows it is as large as the winner, but only the first of equals is the winner.",
            ties,
        ),
    }


def _of_shared(step: Step, numbers: dict[str, str]) -> Facts:
    """Where all that are equal to the one window's maximum get a part, as in TensorFlow's reduce_max."""
    forward = _forward(step)
    pool = forward.layer.operation
    assert isinstance(pool, MaxPool)
    image, channel, *_position = forward.layer.layout.inner(step.index, pool.spatial)
    whole = forward.step(forward.index((image, channel, *(0,) * pool.spatial)))
    value, winner = plain(forward.inputs["input"][step.index]), whole.winner
    if winner is None or winner.value != winner.value:
        return {"no equal"}, numbers
    if value != winner.value:
        return {"smaller"}, numbers
    others = sum(tap.value == value for tap in whole.taps) - 1
    numbers["sharing"] = plural(
        "It and {n} other are the largest numbers of the only window: each gets an equal share of the "
        "upstream gradient.",
        "It and {n} others are the largest numbers of the only window: each gets an equal share of the "
        "upstream gradient.",
        others,
    )
    return {"shared out" if others else "largest"}, numbers


def _of_relu(step: Step, relu: ReLU, numbers: dict[str, str]) -> Facts:
    value = plain(step.trace.inputs["x"][step.index])
    numbers |= {"threshold": shown(relu.threshold), "slope": shown(relu.slope), "ceiling": shown(relu.ceiling or 0)}
    if value != value:
        return {"missing"}, numbers
    if is_expression(value):  # a plain ReLU's: no other has a slope in letters, and this slope says where it lies
        closed = "below" if (value - exact(relu.threshold)).is_negative else "never above"
        return ({"open"} if step.taps[0].weight == 1 else {closed}), numbers
    if relu.ceiling is not None and value > relu.threshold and value >= relu.ceiling and not step.taps[0].weight:
        return {"over" if value > relu.ceiling else "weighed", *(() if value > relu.ceiling else ("fed",))}, numbers
    if value > relu.threshold:
        return {"open"} if step.taps[0].weight == 1 else {"fed", "weighed"}, numbers
    if step.taps[0].weight == 0:
        return {"at" if value == relu.threshold else "below"}, numbers
    return {"scaled"}, numbers


def _of_mean(step: Step, mean: MeanPool, numbers: dict[str, str]) -> Facts:
    forward = _forward(step)
    fed = [tap.source for tap in step.taps if isinstance(tap.source, tuple)]
    divisors = {mean.counted(forward, forward.place(at)[2:]) for at in fed}
    if divisors == {1}:
        return {"fed", "passed on"}, numbers
    numbers["divisor"] = shown(min(divisors))
    return {"fed", "shared" if len(divisors) == 1 else "shared unlike"}, numbers
